"""What a build makes of a large corpus before it is written in order: files that go when the build ends, however it ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from numpy.typing import DTypeLike

from index.search.columns import Column, NewColumn
from index.storage.disk import Disk, remove_tree, storage_errors, write_all
from index.storage.generations import TEMPORARY


class SpillFile:
    """A file that is made when there is something for it. Nobody waits for the medium: a build that is stopped begins anew.

    Raises StorageError.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._handle: int | None = None

    def add(self, data: memoryview) -> None:
        with storage_errors(self._path.parent.parent):
            if self._handle is None:
                self._disk.make_folder(self._path.parent)
                self._handle = self._disk.create(self._path)
            write_all(self._disk, self._handle, data)

    def read(self, start: int, size: int) -> bytes:
        with storage_errors(self._path.parent.parent):
            return self._disk.read_at(self._path, start, size)

    def remove(self) -> None:
        """Close and remove the file; what cannot be removed now the next build tries again."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            with contextlib.suppress(OSError):
                self._disk.close(handle)
            with contextlib.suppress(OSError):
                self._disk.remove(self._path)


@contextlib.contextmanager
def spilling(folder: Path, disk: Disk) -> Iterator[NewColumn]:
    """Give columns whose files lie beside the generation under construction in the index folder, and go afterwards."""
    home = folder / f"{TEMPORARY}{os.getpid()}-parts"
    files: list[SpillFile] = []

    def column(dtype: DTypeLike, width: int = 0) -> Column:
        files.append(SpillFile(home / f"{len(files):03d}", disk))
        return Column(dtype, width, files[-1])

    try:
        yield column
    finally:
        for file in files:
            file.remove()
        if home.exists():
            with contextlib.suppress(OSError):
                remove_tree(disk, home)
