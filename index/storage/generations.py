"""Generations: how an index changes on disk without ever being half changed.

A generation is a folder that is never altered after its name appears. Files are written and synced in a temporary
folder, then the manifest that names their sizes and hashes, then the folder takes its name by one rename, then CURRENT,
which names the generation and the hash of its manifest, is replaced by another rename. Whatever stops this leaves the
old generation or the new one. What the disk damages later is found by its hash, and the newest generation that is whole
is served.

One writer holds a lock on LOCK; a reader holds a shared lock on the manifest that it reads. Both are let go by the
system when their process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from corpus.errors import BadIndex, IndexBusy, StorageError
from index.storage.disk import (
    OS_DISK,
    Buffer,
    Content,
    Disk,
    megabytes,
    pieces,
    remove_tree,
    storage_errors,
    write_file,
)

SCHEMA = 2
MAPPED_FROM = 1 << 26  # bytes of a generation from which its files are mapped, not read
CHECKED_AT_MOST = (
    1 << 28
)  # bytes of a generation up to which opening it reads and checks each; `linping doctor` always does
METRIC = "inner_product"
KEPT = 3  # generations that stay on disk

CURRENT = "CURRENT"
LOCK = "LOCK"
MANIFEST = "MANIFEST.json"
TEMPORARY = ".tmp-"
_NAME = re.compile(r"gen-(\d{6,12})")
_POINTER = re.compile(rb"(gen-\d{6,12}) ([0-9a-f]{64})\n?")
_RETRIES = 8
_PATIENCE = 50  # looks at LOCK, 10 ms apart

T = TypeVar("T")
Files = Mapping[str, Content]
Read = Mapping[str, Buffer]


class Damaged(BadIndex):
    """One generation that is not whole: the next older one is tried, where opening it tells."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a generation: its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is. `passages` and `sentences` are counts; `fingerprint` tells models of one name apart.

    `vectors` says how they are searched: "flat", each one, or "coded", by short codes first; `sentences_by`, whether
    sentences are searched for "themselves" or within the "passages" that were found.
    """

    schema: int
    generation: str
    embedder: str
    fingerprint: str
    dim: int
    metric: str
    corpus_digest: str
    articles: int
    passages: int
    sentences: int
    files: tuple[FileEntry, ...] = ()
    vectors: str = "flat"
    sentences_by: str = "themselves"

    def encode(self) -> bytes:
        """Return JSON that carries its own hash, so that a flipped bit shows even when CURRENT names another one."""
        record = asdict(self)
        record["sha256"] = _sha256(_canonical(record))
        return json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Return the manifest; raises Damaged when it is not one."""
        try:
            record = json.loads(data)
            claimed = record.pop("sha256")
            if _sha256(_canonical(record)) != claimed:
                raise Damaged(f"{MANIFEST} 的校验和不符")
            record["files"] = tuple(FileEntry(**entry) for entry in record["files"])
            return cls(**record)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Damaged(f"{MANIFEST} 读不懂") from error

    def same_content(self, other: Manifest) -> bool:
        """Return whether the two differ in their number alone."""
        return replace(self, generation="") == replace(other, generation="")


def file_entries(files: Files) -> tuple[FileEntry, ...]:
    """Return what a manifest says of `files`, by name."""
    return tuple(FileEntry(name, len(files[name]), _sha256(files[name])) for name in sorted(files))


def _sha256(data: Content) -> str:
    digest = hashlib.sha256()
    for piece in pieces(data):
        digest.update(piece)
    return digest.hexdigest()


def _canonical(record: Mapping[str, object]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """A generation that is whole. `warnings` say in Chinese why it is not the one that was asked for."""

    manifest: Manifest
    content: T
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How one generation is: `problem` is empty when it is whole."""

    generation: str
    current: bool
    problem: str


def rebuild_command(folder: Path) -> str:
    return f'linping index --index "{folder}"'


# Reading


def load(
    folder: Path,
    names: Sequence[str],
    accept: Callable[[Manifest], None],
    decode: Callable[[Manifest, Read], T],
    disk: Disk,
) -> Loaded[T]:
    """Return the current generation, or the newest whole one when that is damaged.

    `accept` raises BadIndex for a manifest that must not be served at all; `decode` raises Damaged for content that
    does not hold together. Raises BadIndex when nothing can be served, StorageError when the folder cannot be read.
    """
    for _ in range(_RETRIES):
        pointer = current(folder, disk)
        problems: list[tuple[str, str]] = []
        for name in _candidates(folder, pointer, disk):
            try:
                manifest, files = _verified(folder, name, names, pointer, disk)
                accept(manifest)
                return Loaded(manifest, decode(manifest, files), _warnings(folder, pointer, name, problems))
            except Damaged as damage:
                problems.append((name, str(damage)))
                if current(folder, disk) != pointer:
                    break  # a writer moved on and swept this one away while we read it
        else:
            raise BadIndex(_nothing(folder, problems))
    raise BadIndex(f"「{folder}」里的索引变化太快，读不到一版完整的；请稍后再试。")


def inspect(folder: Path, names: Sequence[str], disk: Disk) -> tuple[Report, ...]:
    """Return how every generation is, newest first. For `doctor`: hashes only, nothing is decoded."""
    pointer = current(folder, disk)
    reports = []
    for name in sorted(generations(folder, disk), reverse=True):
        try:
            _verified(folder, name, names, pointer, disk, thorough=True)
            problem = ""
        except BadIndex as damage:  # Damaged, or of another format
            problem = str(damage)
        reports.append(Report(name, pointer is not None and pointer[0] == name, problem))
    return tuple(reports)


def manifests(folder: Path, disk: Disk) -> tuple[Manifest, ...]:
    """Return what the generations on disk say of themselves, newest first, those that say nothing left out; raises StorageError."""
    found = []
    for name in generations(folder, disk)[::-1]:
        with contextlib.suppress(Damaged):
            found.append(Manifest.decode(_read(folder / name / MANIFEST, disk.read)))
    return tuple(found)


def earlier(found: Sequence[Manifest], now: str, generation: str = "") -> Manifest:
    """Return which of the generations `found`, newest first, is gone back to: the one named, else the one before `now`.

    Raises BadIndex when it is not there, or is the one that is served.
    """
    names = [one.generation for one in found]
    if not generation:
        generation = next(iter(names[names.index(now) + 1 :]), "") if now in names else ""
    if generation not in names or generation == now:
        kept = "、".join(name for name in names if name != now) or "没有"
        raise BadIndex(f"不能换到索引「{generation or '上一版'}」；现在用的是 {now or '无'}，还留着的有：{kept}。")
    return found[names.index(generation)]


def generations(folder: Path, disk: Disk) -> list[str]:
    """Return the names of the generations that are there, oldest first; raises StorageError."""
    try:
        found = [name for name in disk.names(folder) if _NAME.fullmatch(name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        with storage_errors(folder):
            raise error
    return sorted(found, key=_number)


def _number(name: str) -> int:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def current(folder: Path, disk: Disk) -> tuple[str, str] | None:
    """Return what CURRENT names, a generation and the hash of its manifest; None when it is missing or garbage."""
    try:
        match = _POINTER.fullmatch(disk.read(folder / CURRENT))
    except FileNotFoundError:
        return None
    except OSError as error:
        if not folder.is_dir():
            with storage_errors(folder):
                raise error
        return None
    return (match[1].decode(), match[2].decode()) if match else None


def embedder_of(folder: Path, disk: Disk = OS_DISK) -> str | None:
    """Return the name of the embedder that built the current generation; None when there is none that can be read."""
    for name in _candidates(folder, current(folder, disk), disk) if folder.is_dir() else ():
        try:
            return Manifest.decode(_read(folder / name / MANIFEST, disk.read)).embedder
        except Damaged:
            continue
    return None


def _candidates(folder: Path, pointer: tuple[str, str] | None, disk: Disk) -> list[str]:
    found = generations(folder, disk)[::-1]
    if pointer is None:
        return found
    return [pointer[0], *(name for name in found if name != pointer[0])]


def _verified(
    folder: Path,
    name: str,
    names: Sequence[str],
    pointer: tuple[str, str] | None,
    disk: Disk,
    *,
    thorough: bool = False,
) -> tuple[Manifest, dict[str, Buffer]]:
    """Return the manifest and the bytes of every file; raises Damaged.

    Each file is equal to its hash, unless the generation is so large that to read it all would take longer than people
    wait: then its size is, unless `thorough`.
    """
    home = folder / name
    with _lease(home, disk):
        data = _read(home / MANIFEST, disk.read)
        if pointer is not None and pointer[0] == name and _sha256(data) != pointer[1]:
            raise Damaged(f"{MANIFEST} 不是 {CURRENT} 记下的那一份")
        manifest = Manifest.decode(data)
        if manifest.generation != name:
            raise Damaged(f"{MANIFEST} 属于 {manifest.generation}")
        if manifest.schema != SCHEMA:
            raise BadIndex(
                f"「{folder}」里的索引是第 {manifest.schema} 版格式，这个程序只认第 {SCHEMA} 版；"
                f"请运行 {rebuild_command(folder)} 重建。"
            )
        if sorted(entry.name for entry in manifest.files) != sorted(names):
            raise Damaged(f"{MANIFEST} 列出的文件不对")
        size = sum(entry.bytes for entry in manifest.files)
        mapped, checked = size >= MAPPED_FROM, thorough or size <= CHECKED_AT_MOST
        files: dict[str, Buffer] = {}
        for entry in manifest.files:
            path = home / entry.name
            look: Callable[[Path], Buffer] = disk.map if mapped and entry.bytes else disk.read
            content = _read(path, look)
            if len(content) != entry.bytes:
                raise Damaged(f"{entry.name} 应有 {entry.bytes} 字节，实有 {len(content)}")
            if checked and (_read(path, disk.digest) if mapped else _sha256(content)) != entry.sha256:
                raise Damaged(f"{entry.name} 的校验和不符")
            files[entry.name] = content
    return manifest, files


def _read(path: Path, read: Callable[[Path], T]) -> T:
    try:
        return read(path)
    except FileNotFoundError:
        raise Damaged(f"缺少 {path.name}") from None
    except OSError as error:
        raise Damaged(f"{path.name} 读不出来（{error.strerror}）") from error


@contextlib.contextmanager
def _lease(home: Path, disk: Disk) -> Iterator[None]:
    """Keep a generation from being swept away while it is read."""
    try:
        handle = disk.lock(home / MANIFEST, shared=True, create=False)
    except FileNotFoundError:
        raise Damaged(f"缺少 {MANIFEST}") from None
    except OSError as error:
        raise Damaged(f"{MANIFEST} 读不出来（{error.strerror}）") from error
    if handle is None:
        raise Damaged("正在被清理")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # nothing was written: there is nothing to lose
            disk.close(handle)


def _warnings(
    folder: Path, pointer: tuple[str, str] | None, served: str, problems: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    rebuild = f"请运行 {rebuild_command(folder)} 重建。"
    found = []
    if pointer is None:
        found.append(f"索引的 {CURRENT} 文件缺失或损坏，现在用的是最新的完好版本 {served}；{rebuild}")
    for name, problem in problems:
        found.append(f"索引 {name} 已损坏（{problem}），现在用的是 {served}，内容可能不是最新的；{rebuild}")
    return tuple(found)


def _nothing(folder: Path, problems: Sequence[tuple[str, str]]) -> str:
    if not problems:
        return f"「{folder}」里还没有索引；请先运行 {rebuild_command(folder)}。"
    listed = "；".join(f"{name}（{problem}）" for name, problem in problems)
    return f"「{folder}」里没有一版完好的索引：{listed}；请运行 {rebuild_command(folder)} 重建。"


# Writing


class Writer:
    """The one process that may change an index folder. Made by `writing`."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def commit(self, draft: Manifest, files: Files) -> Manifest:
        """Publish `files`, which `draft` lists, as the next generation and return its manifest.

        Raises StorageError; the generation before is then still the current one.
        """
        folder, disk = self._folder, self._disk
        needed = sum(map(len, files.values()))
        temporary = folder / f"{TEMPORARY}{os.getpid()}"
        with storage_errors(folder, needed):
            try:
                self._check_space(needed)
                manifest = self._write(temporary, draft, files)
                disk.rename(temporary, folder / manifest.generation)
                disk.sync_folder(folder)
                self._point_at(manifest)
            except BaseException:  # an interrupt from the keyboard as well
                with contextlib.suppress(OSError):  # the first error is the one to tell; the next writer sweeps again
                    self._sweep()
                raise
        return manifest

    def go_back(self, name: str, names: Sequence[str]) -> Manifest:
        """Make a generation that is there the current one, every byte checked first. Raises BadIndex, StorageError."""
        try:
            manifest, _ = _verified(self._folder, name, names, None, self._disk, thorough=True)
        except Damaged as damage:
            raise BadIndex(
                f"不能换到 {name}：{damage}；请另选一版，或运行 {rebuild_command(self._folder)} 重建。"
            ) from damage
        with storage_errors(self._folder):
            self._point_at(manifest)
        return manifest

    def collect(self, keep: int = KEPT) -> tuple[str, ...]:
        """Remove all but the newest `keep` generations and return warnings; one that is being read stays."""
        pointer = current(self._folder, self._disk)
        found = generations(self._folder, self._disk)
        warnings = []
        for name in found[: max(0, len(found) - keep)]:
            if pointer is not None and name == pointer[0]:
                continue
            try:
                self._discard(name)
            except OSError as error:
                warnings.append(f"旧的索引 {name} 没能删掉（{error.strerror}），不影响使用。")
        return tuple(warnings)

    def _check_space(self, needed: int) -> None:
        free = self._disk.free_bytes(self._folder)
        if free < 2 * needed:
            raise StorageError(
                f"「{self._folder}」所在的磁盘只剩 {megabytes(free)}，建索引要 {megabytes(2 * needed)}；"
                "请腾出空间后再试，原来的索引没有改动。"
            )

    def _write(self, temporary: Path, draft: Manifest, files: Files) -> Manifest:
        disk = self._disk
        disk.make_folder(temporary)
        for entry in draft.files:
            write_file(disk, temporary / entry.name, files[entry.name])
        manifest = replace(draft, generation=self._next_name())
        write_file(disk, temporary / MANIFEST, manifest.encode())
        disk.sync_folder(temporary)
        for entry in draft.files:  # what the disk gives back, not what we meant to write
            path = temporary / entry.name
            if (disk.digest(path) if entry.bytes >= MAPPED_FROM else _sha256(disk.read(path))) != entry.sha256:
                raise OSError(errno.EIO, f"{entry.name} 写入后读回来不一样")
        return manifest

    def _next_name(self) -> str:
        """Numbers only rise, and never follow the clock."""
        pointer = current(self._folder, self._disk)
        taken = [*generations(self._folder, self._disk), *([pointer[0]] if pointer else [])]
        return f"gen-{max(map(_number, taken), default=0) + 1:06d}"

    def _point_at(self, manifest: Manifest) -> None:
        digest = _sha256(manifest.encode())
        fresh = self._folder / f"{TEMPORARY}{CURRENT}"
        write_file(self._disk, fresh, f"{manifest.generation} {digest}\n".encode())
        self._disk.rename(fresh, self._folder / CURRENT)
        self._disk.sync_folder(self._folder)

    def _discard(self, name: str) -> None:
        manifest = self._folder / name / MANIFEST
        handle = None
        with contextlib.suppress(FileNotFoundError):
            handle = self._disk.lock(manifest, shared=False, create=False)
            if handle is None:
                return
        try:
            doomed = self._folder / f"{TEMPORARY}{name}"
            self._disk.rename(self._folder / name, doomed)  # a half-removed generation must not bear its name
            remove_tree(self._disk, doomed)
        finally:
            if handle is not None:
                self._disk.close(handle)

    def _sweep(self) -> None:
        """Remove what an interrupted writer left."""
        for name in self._disk.names(self._folder):
            if not name.startswith(TEMPORARY):
                continue
            path = self._folder / name
            if path.is_dir() and not path.is_symlink():
                remove_tree(self._disk, path)
            else:
                self._disk.remove(path)


@contextlib.contextmanager
def writing(folder: Path, disk: Disk) -> Iterator[Writer]:
    """Hold the write lock of an index folder, which is made when it is missing.

    Raises IndexBusy, naming the process, when another holds it; StorageError.
    """
    with storage_errors(folder):
        disk.make_folder(folder)
        handle = disk.lock(folder / LOCK, shared=False, create=True)
    if handle is None:
        raise IndexBusy(f"{_holder(folder, disk)}正在写「{folder}」里的索引；请等它完成后再试。")
    try:
        with storage_errors(folder):
            os.ftruncate(handle, 0)
            disk.write(handle, memoryview(f"{os.getpid()} {datetime.now():%Y-%m-%d %H:%M:%S}\n".encode()))
            writer = Writer(folder, disk)
            writer._sweep()
        yield writer
    finally:
        with contextlib.suppress(OSError):  # the lock goes with the process at the latest
            os.ftruncate(handle, 0)
        with contextlib.suppress(OSError):
            disk.close(handle)


def _holder(folder: Path, disk: Disk) -> str:
    """Name the process that holds the lock: it writes its number just after it took it."""
    for _ in range(_PATIENCE):
        try:
            pid, _, since = disk.read(folder / LOCK).decode().strip().partition(" ")
        except (OSError, UnicodeDecodeError):
            break
        if pid.isdigit() and _lives(int(pid)):  # a dead one is the holder before
            return f"另一个进程（进程号 {pid}，{since} 开始）"
        time.sleep(0.01)
    return "另一个进程"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
