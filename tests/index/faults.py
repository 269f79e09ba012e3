"""Disks that fail on purpose: the index takes any of them in place of the real one."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.storage.disk import OsDisk


class FaultyDisk(OsDisk):
    """The real disk, until the `at`-th operation (from 1); `fault` is then called in its place.

    With `torn`, a write that fails has put half of its bytes on the disk. With `lasting`, every operation from then on
    that needs space fails as well. Syncing is left out: it cannot change what a process that lives on sees.
    """

    NEEDS_SPACE = frozenset({"make_folder", "create", "write", "sync"})

    def __init__(self, at: int, fault: Callable[[], None], *, torn: bool = False, lasting: bool = False) -> None:
        self.operations: list[str] = []
        self._at = at
        self._fault = fault
        self._torn = torn
        self._lasting = lasting

    def _turn(self, operation: str) -> bool:
        self.operations.append(operation)
        turn = len(self.operations)
        return turn == self._at or (self._lasting and turn > self._at and operation in self.NEEDS_SPACE)

    def _step(self, operation: str) -> None:
        if self._turn(operation):
            self._fault()

    def make_folder(self, path: Path) -> None:
        self._step("make_folder")
        super().make_folder(path)

    def names(self, folder: Path) -> list[str]:
        self._step("names")
        return super().names(folder)

    def read(self, path: Path) -> bytes:
        self._step("read")
        return super().read(path)

    def read_at(self, path: Path, start: int, size: int) -> bytes:
        self._step("read_at")
        return super().read_at(path, start, size)

    def create(self, path: Path) -> int:
        self._step("create")
        return super().create(path)

    def write(self, handle: int, data: memoryview) -> int:
        if self._turn("write"):
            if self._torn:
                super().write(handle, data[: len(data) // 2])
            self._fault()
        return super().write(handle, data)

    def sync(self, handle: int) -> None:
        self._step("sync")

    def close(self, handle: int) -> None:
        super().close(handle)  # a close that fails has closed all the same
        self._step("close")

    def sync_folder(self, path: Path) -> None:
        self._step("sync_folder")

    def rename(self, old: Path, new: Path) -> None:
        self._step("rename")
        super().rename(old, new)

    def remove(self, path: Path) -> None:
        self._step("remove")
        super().remove(path)

    def remove_folder(self, path: Path) -> None:
        self._step("remove_folder")
        super().remove_folder(path)

    def free_bytes(self, folder: Path) -> int:
        self._step("free_bytes")
        return super().free_bytes(folder)

    def lock(self, path: Path, *, shared: bool, create: bool) -> int | None:
        self._step("lock")
        return super().lock(path, shared=shared, create=create)


def raising(number: int) -> Callable[[], None]:
    """Return a fault that the system would report as `number`."""

    def fault() -> None:
        raise OSError(number, os.strerror(number))

    return fault


def exiting() -> None:
    """Leave at once, as a killed process does: no cleanup, no flush."""
    os._exit(137)


class PowerCut(BaseException):
    """The machine went dark. Not an Exception: nothing may handle it."""


@dataclass(slots=True)
class _Entry:
    """One change of a folder that is not on the medium yet."""

    action: str
    path: Path
    old: Path | None = None
    before: bytes | None = None  # what a removed or replaced file held


class PowerLossDisk(OsDisk):
    """A disk whose power fails at the `at`-th operation: what was not synced is then lost or damaged by chance.

    Bytes of a file that was never synced after its last write suffer one of six fates (those of Lucene's
    MockDirectoryWrapper). Of the changes of a folder that were not synced, the last ones are undone, as many as chance
    says, each folder for itself. `forget` names an operation ("sync" or "sync_folder") that does nothing: a disk that
    lies, to show that the model notices.
    """

    def __init__(self, at: int, seed: int, forget: str = "") -> None:
        self.count = 0
        self._at = at
        self._chance = random.Random(f"{seed}-{at}")
        self._forget = forget
        self._unsynced: set[Path] = set()
        self._pending: list[_Entry] = []
        self._open: dict[int, Path | None] = {}

    def _step(self) -> None:
        self.count += 1
        if self.count == self._at:
            self._lose_power()
        if self.count >= self._at:
            raise PowerCut

    def make_folder(self, path: Path) -> None:
        self._step()
        if not path.exists():
            super().make_folder(path)
            self._pending.append(_Entry("make_folder", path))

    def names(self, folder: Path) -> list[str]:
        self._step()
        return super().names(folder)

    def read(self, path: Path) -> bytes:
        self._step()
        return super().read(path)

    def read_at(self, path: Path, start: int, size: int) -> bytes:
        self._step()
        return super().read_at(path, start, size)

    def create(self, path: Path) -> int:
        self._step()
        assert not path.exists(), f"{path.name} would be emptied in place"
        handle = super().create(path)
        self._open[handle] = path
        self._unsynced.add(path)
        self._pending.append(_Entry("create", path))
        return handle

    def write(self, handle: int, data: memoryview) -> int:
        self._step()
        path = self._open[handle]
        if path is not None:
            self._unsynced.add(path)
        return super().write(handle, data)

    def sync(self, handle: int) -> None:
        self._step()
        path = self._open[handle]
        if path is not None and self._forget != "sync":
            self._unsynced.discard(path)

    def close(self, handle: int) -> None:
        if handle in self._open:  # otherwise the power cut closed it
            del self._open[handle]
            super().close(handle)
        self._step()

    def sync_folder(self, path: Path) -> None:
        self._step()
        if self._forget != "sync_folder":
            self._pending = [entry for entry in self._pending if entry.path.parent != path]

    def rename(self, old: Path, new: Path) -> None:
        self._step()
        before = new.read_bytes() if new.is_file() else None
        super().rename(old, new)
        self._moved(old, new)
        self._pending.append(_Entry("rename", new, old, before))

    def remove(self, path: Path) -> None:
        self._step()
        self._pending.append(_Entry("remove", path, before=path.read_bytes()))
        super().remove(path)

    def remove_folder(self, path: Path) -> None:
        self._step()
        super().remove_folder(path)
        self._pending.append(_Entry("remove_folder", path))

    def free_bytes(self, folder: Path) -> int:
        self._step()
        return super().free_bytes(folder)

    def lock(self, path: Path, *, shared: bool, create: bool) -> int | None:
        self._step()
        handle = super().lock(path, shared=shared, create=create)
        if handle is not None:
            self._open[handle] = None
        return handle

    def _moved(self, old: Path, new: Path) -> None:
        def follow(path: Path) -> Path:
            return new / path.relative_to(old) if path.is_relative_to(old) else path

        self._unsynced = {follow(path) for path in self._unsynced}
        for entry in self._pending:
            entry.path = follow(entry.path)

    def _lose_power(self) -> None:
        for handle in list(self._open):
            os.close(handle)
        self._open.clear()
        for path in sorted(self._unsynced):
            if path.exists():
                self._damage(path)
        lost: dict[Path, int] = {}  # how many of a folder's last changes never reached the medium
        for folder in sorted({entry.path.parent for entry in self._pending}):
            changes = sum(entry.path.parent == folder for entry in self._pending)
            lost[folder] = self._chance.choice((0, changes, self._chance.randint(0, changes)))
        while self._pending:
            entry = self._pending.pop()
            folder = entry.path.parent
            if lost.get(folder, 0) > 0:
                lost[folder] -= 1
                self._undo(entry, lost)

    def _undo(self, entry: _Entry, lost: dict[Path, int]) -> None:
        path = entry.path
        if entry.action == "make_folder":
            shutil.rmtree(path, ignore_errors=True)
        elif entry.action == "create":
            path.unlink(missing_ok=True)
        elif entry.action == "remove_folder":
            if path.parent.is_dir():
                path.mkdir(exist_ok=True)
        elif entry.action == "remove":
            if path.parent.is_dir():
                path.write_bytes(entry.before or b"")
        elif entry.old is not None and path.exists():
            path.rename(entry.old)
            self._moved(path, entry.old)
            if path in lost:
                lost[entry.old] = lost.pop(path)
            if entry.before is not None:
                path.write_bytes(entry.before)

    def _damage(self, path: Path) -> None:
        data = path.read_bytes()
        fate = self._chance.randrange(6)
        if fate == 0:
            path.unlink()
        elif fate == 1:
            path.write_bytes(bytes(len(data)))
        elif fate == 2:
            path.write_bytes(data[: len(data) // 2])
        elif fate == 3:
            path.write_bytes(flipped(data, self._chance))
        elif fate == 4:
            path.write_bytes(self._chance.randbytes(len(data)))


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with one bit turned over; empty data stay empty."""
    if not data:
        return data
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


FULL_DISK_ERRORS = (errno.ENOSPC, errno.EIO, errno.EDQUOT)
