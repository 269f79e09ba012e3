"""The file operations that an index commit is made of, behind a port so that tests can make any one of them fail."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from corpus.errors import StorageError
from index.search.columns import Column

Buffer = bytes | memoryview
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


class Disk(Protocol):
    """Every method does one system call's worth of work and raises OSError; nothing is buffered."""

    def make_folder(self, path: Path) -> None:
        """Create a folder and its parents; no error when it exists."""

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder, sorted."""

    def read(self, path: Path) -> bytes: ...

    def map(self, path: Path) -> memoryview:
        """Return a file's bytes without reading them: what is looked at is read when it is looked at."""

    def read_at(self, path: Path, start: int, size: int) -> bytes:
        """Return `size` bytes of a file from `start` on; fewer at its end."""

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a file in hexadecimal, without holding it."""

    def create(self, path: Path) -> int:
        """Open a new or emptied file for writing and return its handle."""

    def write(self, handle: int, data: memoryview) -> int:
        """Write some of `data` and return how many bytes went out: maybe fewer than given."""

    def sync(self, handle: int) -> None:
        """Return when the file's bytes are on the medium."""

    def close(self, handle: int) -> None:
        """Close a handle; a lock that it holds is let go."""

    def sync_folder(self, path: Path) -> None:
        """Return when the folder's entries (creations, renames, removals) are on the medium."""

    def rename(self, old: Path, new: Path) -> None:
        """Rename atomically; a file that is there is replaced."""

    def remove(self, path: Path) -> None: ...

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""

    def free_bytes(self, folder: Path) -> int: ...

    def lock(self, path: Path, *, shared: bool, create: bool) -> int | None:
        """Return a handle that holds the lock of a file until it is closed or its process ends; None when it is taken.

        Many may share, or one may hold it alone.
        """


class OsDisk:
    """The real thing."""

    def make_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)

    def names(self, folder: Path) -> list[str]:
        return sorted(path.name for path in folder.iterdir())

    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def map(self, path: Path) -> memoryview:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def read_at(self, path: Path, start: int, size: int) -> bytes:
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(size)

    def digest(self, path: Path) -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def create(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)

    def write(self, handle: int, data: memoryview) -> int:
        return os.write(handle, data)

    def sync(self, handle: int) -> None:
        if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync alone stops at the drive's cache
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        else:
            os.fsync(handle)

    def close(self, handle: int) -> None:
        os.close(handle)

    def sync_folder(self, path: Path) -> None:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        old.replace(new)

    def remove(self, path: Path) -> None:
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        path.rmdir()

    def free_bytes(self, folder: Path) -> int:
        status = os.statvfs(folder)
        return status.f_bavail * status.f_frsize

    def lock(self, path: Path, *, shared: bool, create: bool) -> int | None:
        flags = (os.O_RDWR | os.O_CREAT) if create else os.O_RDONLY
        handle = os.open(path, flags | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            os.close(handle)
            raise
        return handle


OS_DISK = OsDisk()
_PIECE = 1 << 20


class Pieces:
    """The bytes of a file in several buffers and columns, none of which is copied: a column is read as it is needed."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Iterable[Buffer | Column]) -> None:
        self._parts = tuple(
            part if isinstance(part, Column) else memoryview(part).cast("B")
            for part in parts
            if isinstance(part, Column) or len(memoryview(part))
        )

    def __len__(self) -> int:
        return sum(part.nbytes for part in self._parts)

    def __iter__(self) -> Iterator[memoryview]:
        for part in self._parts:
            if not isinstance(part, Column):
                yield part
                continue
            for chunk in part.chunks():
                yield np.ascontiguousarray(chunk).reshape(-1).view(np.uint8).data


Content = bytes | memoryview | Pieces


def pieces(content: Content) -> Iterable[memoryview]:
    """Return the buffers of what a file holds."""
    return content if isinstance(content, Pieces) else (memoryview(content),)


def write_file(disk: Disk, path: Path, data: Content) -> None:
    """Write a whole file and wait until it is on the medium."""
    handle = disk.create(path)
    try:
        for view in pieces(data):
            write_all(disk, handle, view)
        disk.sync(handle)
    finally:
        disk.close(handle)


def write_all(disk: Disk, handle: int, data: memoryview) -> None:
    """Write all of `data`. A short write goes on where it stopped."""
    while data:
        written = disk.write(handle, data[:_PIECE])
        if written <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        data = data[written:]


def remove_tree(disk: Disk, folder: Path) -> None:
    """Remove a folder of files."""
    for name in disk.names(folder):
        disk.remove(folder / name)
    disk.remove_folder(folder)


@contextlib.contextmanager
def storage_errors(folder: Path, needed: int = 0) -> Iterator[None]:
    """Turn an OSError of the block into a StorageError that says what to do; `needed` is in bytes."""
    try:
        yield
    except OSError as error:
        raise StorageError(_explain(error, folder, needed)) from error


def _explain(error: OSError, folder: Path, needed: int) -> str:
    kept = "原来的索引没有改动。"
    if error.errno in _FULL:
        size = f"，这次约需 {megabytes(needed)}" if needed else ""
        return f"磁盘已满或超出配额，写不进「{folder}」{size}；请腾出空间后再试，{kept}"
    if error.errno in _REFUSED:
        return f"「{folder}」只读或没有权限；请改用可写的目录（--index），{kept}"
    if error.errno == errno.ENAMETOOLONG:
        return f"路径太长：「{folder}」；请换一个短一些的目录（--index）。"
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return f"「{folder}」不是文件夹；请换一个目录（--index）。"
    if error.errno == errno.ELOOP:
        return f"「{folder}」是绕回自己的链接；请换一个目录（--index）。"
    return f"读写「{folder}」时磁盘出错（{error.strerror or error}）；请检查磁盘后再试，{kept}"


def megabytes(size: int) -> str:
    """Return a size for people: at least 1 MB."""
    return f"{max(1, -(-size // 1_000_000))} MB"
