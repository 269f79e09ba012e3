"""Vectors on disk as they come: a long build that is stopped goes on from them, whatever has joined the corpus meanwhile.

Each file holds the digests of some texts and their vectors, and is named after its own hash: one that was cut short is as if
it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.search.embedding import Embedder
from index.storage.disk import Disk, pieces, remove_tree, storage_errors, write_file
from index.storage.snapshot import read_arrays, write_arrays

_PREFIX = "EMBEDDED-"
_DIGEST = 16  # bytes of the hash of a text


class KeptVectors:
    """Those that one embedder has made for an index that is not there yet."""

    def __init__(self, folder: Path, embedder: Embedder, disk: Disk) -> None:
        self._folder = folder
        self._home = folder / f"{_PREFIX}{embedder.fingerprint[:16]}"
        self._dim = embedder.dim
        self._disk = disk

    def of(self, texts: Sequence[str]) -> dict[str, NDArray[np.float16]]:
        """Return the vectors of those texts that are there. Raises StorageError."""
        held: dict[bytes, NDArray[np.float16]] = {}
        with storage_errors(self._folder):
            names = self._disk.names(self._home) if self._home.is_dir() else []
            for name in names:
                data = self._disk.read(self._home / name)
                if hashlib.sha256(data).hexdigest() != name:
                    continue
                digests, vectors = read_arrays(data)
                if vectors.shape[1] == self._dim:
                    held |= zip(map(bytes, digests), vectors, strict=True)
        found = ((text, held.get(_digest(text))) for text in (texts if held else ()))
        return {text: vector for text, vector in found if vector is not None}

    def keep(self, texts: Sequence[str], vectors: NDArray[np.float16]) -> None:
        """Put vectors by and wait until they are on the medium. Raises StorageError."""
        digests = np.frombuffer(b"".join(map(_digest, texts)), np.uint8).reshape(-1, _DIGEST)
        content = write_arrays(digests, vectors)
        name = hashlib.sha256(b"".join(pieces(content))).hexdigest()
        with storage_errors(self._folder, len(content)):
            self._disk.make_folder(self._home)
            write_file(self._disk, self._home / name, content)

    def clear(self) -> None:
        """Remove what was put by, of any embedder: the index is there. What cannot be removed now the next build tries again."""
        for home in self._folder.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                remove_tree(self._disk, home)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_DIGEST]
