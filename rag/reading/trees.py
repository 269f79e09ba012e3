"""Boosted regression trees, trained elsewhere, evaluated with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError


@dataclass(frozen=True)
class Trees:
    """Boosted regression trees as flat arrays, shape (trees, nodes); a leaf points at itself."""

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    depth: int

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sum over all trees, shape (len(features),)."""
        trees = np.arange(len(self.feature))[:, None]
        node = np.zeros((len(self.feature), len(features)), dtype=np.int32)
        rows = np.arange(len(features))[None, :]
        for _ in range(self.depth):
            goes_left = features[rows, self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(goes_left, self.left[trees, node], self.right[trees, node])
        total: NDArray[np.float32] = self.value[trees, node].sum(axis=0, dtype=np.float32)
        return total

    def save(self, path: Path) -> None:
        """Write the arrays as safetensors."""
        from safetensors.numpy import save

        path.write_bytes(
            save(
                {
                    name: np.ascontiguousarray(getattr(self, name))
                    for name in ("feature", "threshold", "left", "right", "value")
                },
                metadata={"depth": str(self.depth)},
            )
        )

    @classmethod
    def load(cls, path: Path) -> Trees:
        """Read what `save` wrote. Raises ModelError."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as file:
                arrays: dict[str, Any] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                depth = int(file.metadata()["depth"])
            return cls(depth=depth, **arrays)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"决策树模型 {path} 缺失或已损坏，请重新安装本项目，或重新训练。") from error
