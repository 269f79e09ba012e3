"""Chinese at large: how often two characters stand together, so that a right but rare word is not taken for a typo."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

_FILE = Path(__file__).parent.parent / "models" / "language" / "pairs.npz"


@dataclass(frozen=True, slots=True)
class Language:
    """Counts of the commonest pairs of Han characters. `keys` are sorted, first character in the upper 16 bits.

    `begins[code]` and `ends[code]` are the shares of all words that begin and end with a character, shape (65536,).
    """

    keys: NDArray[np.uint32]
    counts: NDArray[np.float32]
    begins: NDArray[np.float32]
    ends: NDArray[np.float32]
    total: int

    def shares(self, first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Return how likely a pair is, inside a word or where two words meet; shapes broadcast."""
        inside = self.pairs(first, second) / np.float32(self.total)
        shares: NDArray[np.float32] = np.maximum(inside, self.ends[first] * self.begins[second]).astype(np.float32)
        return shares

    def pairs(self, first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Return how often each pair occurs, 0 where it is too rare to be known; shapes broadcast."""
        wanted = (first.astype(np.uint32) << np.uint32(16)) | second.astype(np.uint32)
        at = self.keys.searchsorted(wanted)
        at[at == len(self.keys)] = 0
        found: NDArray[np.float32] = self.counts[at] * (self.keys[at] == wanted)
        return found

    def count(self, pair: str) -> float:
        """Return how often one pair occurs."""
        return float(self.pairs(np.array([ord(pair[0])], np.uint32), np.array([ord(pair[1])], np.uint32))[0])


@cache
def language() -> Language:
    """Return the table that comes with this project. Raises ModelError."""
    try:
        with np.load(_FILE, allow_pickle=False) as stored:
            gaps = np.ascontiguousarray(stored["gaps"].T).view("<u4").ravel()
            keys = np.cumsum(gaps, dtype=np.uint64).astype(np.uint32)
            counts = np.exp2(stored["levels"].astype(np.float32) / 8)
            edges = [np.full(1 << 16, np.exp2(-32), dtype=np.float32) for _ in range(2)]
            for edge, name in zip(edges, ("begins", "ends"), strict=True):
                edge[stored["characters"]] = np.exp2(-stored[name].astype(np.float32) / 8)
            return Language(keys, counts, edges[0], edges[1], int(stored["total"][0]))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"字表 {_FILE} 缺失或已损坏，请重新安装本项目。") from error


def is_ordinary(text: str) -> bool:
    """Whether a run of Han characters is made of everyday words alone, by how Chinese at large uses its pairs."""
    if len(text) < 2:
        return True
    at_large = language()
    codes = np.array([ord(character) & 0xFFFF for character in text], dtype=np.uint32)
    sure = at_large.pairs(codes[:-1], codes[1:]) > _EVERYDAY * at_large.total
    alone = at_large.ends[codes] > _STANDS_ALONE
    covered = [True] + [False] * len(text)
    for at in range(len(text)):
        if covered[at]:
            covered[at + 1] = covered[at + 1] or bool(alone[at])
            run = at
            while run < len(sure) and sure[run]:
                run += 1
                covered[run + 1] = True
    return covered[-1]


_EVERYDAY = 8e-6  # of all pairs: what a pair of an everyday word has at least
_STANDS_ALONE = 4e-4  # of all words: what a character that is a word by itself has at least
