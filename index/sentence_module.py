"""The built-in encoder as a module of sentence-transformers: `SentenceTransformer(folder, trust_remote_code=True)`.

The flag is asked for whenever a folder names a class that is not the library's own. Its vectors are those of
`index.search.encoder`, for it runs the same graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from sentence_transformers.base.modules.input_module import InputModule

from index.search.encoder import EncoderEmbedder


class EncoderModule(InputModule):
    """Texts to vectors of unit length. Cannot be trained: `index.training.encoder` has the weights in torch."""

    def __init__(self, folder: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._folder = Path(folder)
        self._embedder = EncoderEmbedder.load("builtin", self._folder)

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> Self:
        """Read the encoder of a folder. Raises ModelError."""
        return cls(model_name_or_path)

    def get_embedding_dimension(self) -> int:
        return self._embedder.dim

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Return the texts behind their prompt."""
        return {"texts": [(prompt or "") + str(text) for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, shape (n, dim)."""
        return {**features, "sentence_embedding": torch.from_numpy(self._embedder.encode_prefixed(features["texts"]))}

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        raise NotImplementedError(f"copy {self._folder}")
