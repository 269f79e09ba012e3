"""Small real classes that stand in for large ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.text import fold


class BigramEmbedder:
    """Embeds a text by hashing its characters and pairs of characters: no model file, no training, no surprise.

    `calls` counts the texts that were embedded.
    """

    def __init__(self, dim: int = 64, name: str = "bigram") -> None:
        self.name = name
        self.dim = dim
        self.fingerprint = hashlib.sha256(f"{name}-{dim}".encode()).hexdigest()
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, shape (len(texts), dim); zeros for an empty text."""
        self.calls += len(texts)
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            folded = fold(text)
            for gram in [*folded, *(folded[at : at + 2] for at in range(len(folded) - 1))]:
                digest = hashlib.blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest()
                sign = 1 if digest[0] & 1 else -1
                vectors[row, int.from_bytes(digest[1:], "big") % self.dim] += sign
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths == 0, 1, lengths)
        return vectors
