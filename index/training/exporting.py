"""The learned table as a folder that sentence-transformers, model2vec and `index.search.embedding` read alike."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

_MODULES = [
    {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def quantised(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return `table` as eight-bit numbers and one scale per row: their product is `table` to a 254th of a row's top."""
    scales = (np.abs(table).max(axis=1) / 127).astype(np.float32)
    numbers = np.rint(table / np.where(scales > 0, scales, 1)[:, None])
    return numbers.astype(np.int8), scales


def save(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32], card: str) -> int:
    """Write the model folder and return its size in bytes."""
    numbers, scales = quantised(table)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"embeddings": numbers, "weights": scales}, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)  # safetensors leaves it to the owner alone
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": int(table.shape[1]),
        "embedding_dtype": "int8",
        "normalize": True,
        "max_length": None,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (folder / "modules.json").write_text(json.dumps(_MODULES, indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
    return sum(path.stat().st_size for path in folder.iterdir())
