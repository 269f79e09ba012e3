"""F01 to F13: nothing that stops a build or damages a disk loses the published index or mixes two."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.errors import BadIndex, StorageError
from index.storage.disk import OS_DISK, OsDisk
from index.storage.generations import Manifest
from index.storage.store import build_index, inspect_index, open_index
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block
from tests.index.crashing import KILLS
from tests.index.faults import FULL_DISK_ERRORS, FaultyDisk, PowerCut, PowerLossDisk, flipped, raising
from tests.index.worlds import NEW, OLD, build, leftovers, manifest, opened, state

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one generation of OLD."""
    folder = tmp_path_factory.mktemp("old") / "index"
    build(OLD, folder)
    return folder


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose current generation is NEW and whose one before is OLD."""
    folder = tmp_path_factory.mktemp("both") / "index"
    build(OLD, folder)
    build(NEW, folder)
    return folder


def copied(template: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    return folder


def scene(name: str, folder: Path) -> dict[str, Any]:
    """Play a scene of tests/index/crashing.py and return what it saw; its asserts are ours."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.index.crashing", name, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_f01_leaving_at_any_operation_leaves_the_old_index_or_the_new_one(tmp_path: Path) -> None:
    seen = scene("exit_at_every_operation", tmp_path)
    assert seen["crashes"] > 80 and seen["old"] > 60 and seen["new"] > 4


def test_f02_a_build_killed_at_any_time_is_finished_by_the_next_with_the_same_bytes(tmp_path: Path) -> None:
    assert scene("killed_at_random_times", tmp_path)["killed"] >= KILLS // 2


@pytest.mark.parametrize(
    ("number", "lasting"),
    [*((number, False) for number in FULL_DISK_ERRORS), (errno.ENOSPC, True)],
    ids=lambda given: errno.errorcode[given] if given > 1 else ["once", "from_then_on"][given],
)
def test_f03_an_error_at_any_operation_keeps_the_old_index_and_says_what_to_do(
    old: Path, tmp_path: Path, number: int, lasting: bool
) -> None:
    outcomes: Counter[str] = Counter()
    for at in range(1, 1000):
        folder = copied(old, tmp_path / "索引")
        disk = FaultyDisk(at, raising(number), torn=True, lasting=lasting)
        try:
            build(NEW, folder, disk)
        except StorageError as error:
            assert str(folder) in str(error) and ("腾出空间" in str(error) or "磁盘" in str(error))
            outcomes["refused"] += 1
        else:
            outcomes["built"] += 1  # a fault while reading what is replaced, or while sweeping up, stops nothing
        outcomes[state(folder)] += 1
        assert leftovers(folder) == []
        if len(disk.operations) < at:
            break
    assert outcomes["refused"] > 25 and outcomes["old"] > 25 and outcomes["new"] >= 1


def test_f03_a_full_disk_says_how_much_room_is_needed(old: Path, tmp_path: Path) -> None:
    disk = FaultyDisk(0, raising(errno.ENOSPC))
    disk.free_bytes = lambda folder: 1000  # type: ignore[method-assign]
    with pytest.raises(StorageError, match=r"只剩 1 MB，建索引要 1 MB；请腾出空间后再试"):
        build(NEW, copied(old, tmp_path / "i"), disk)
    assert state(tmp_path / "i") == "old"


def test_f03_a_real_limit_on_file_sizes_is_noticed(tmp_path: Path) -> None:
    assert scene("file_size_limit", tmp_path) == {"limits": 5, "refused": 5}


def after_power_cuts(template: Path, home: Path, seeds: int = 2, forget: str = "") -> Counter[str]:
    """Cut the power at every operation, with chance falling otherwise for each seed; count what is found afterwards.

    A disk that forgets is let off at the first violation.
    """
    found: Counter[str] = Counter()
    for seed in range(seeds):
        for at in range(1, 1000):
            if forget and found["violated"]:
                return found
            folder = copied(template, home / "i")
            disk = PowerLossDisk(at, seed, forget)
            cut = False
            try:
                build(NEW, folder, disk)
            except PowerCut:
                cut = True
            try:
                found[state(folder)] += 1
            except (AssertionError, BadIndex):  # a warning, or nothing whole at all
                found["violated"] += 1
            build(NEW, folder, FaultyDisk(0, raising(0)))
            found["mended"] += state(folder) == "new" and leftovers(folder) == []
            found["runs"] += 1
            if not cut:
                break
    return found


def test_f04_what_was_not_synced_when_the_power_failed_was_not_needed(old: Path, tmp_path: Path) -> None:
    found = after_power_cuts(old, tmp_path)
    assert found["violated"] == 0
    assert found["old"] > 60 and found["new"] > 6
    assert found["mended"] == found["runs"]


@pytest.mark.parametrize("forgotten", ["sync", "sync_folder"])
def test_f04_the_power_loss_model_would_notice_a_missing_sync(old: Path, tmp_path: Path, forgotten: str) -> None:
    assert after_power_cuts(old, tmp_path, 20, forgotten)["violated"] > 0


def test_f05_leaving_again_during_recovery_still_leaves_the_old_index_or_the_new_one(tmp_path: Path) -> None:
    seen = scene("exit_during_recovery", tmp_path)
    assert seen["crashes"] > 40 and seen["old"] > 40 and seen["new"] > 10


def test_f06_of_four_writers_one_commits_and_three_are_told_which_process_it_is(tmp_path: Path) -> None:
    assert scene("four_writers", tmp_path) == {"codes": [7, 7, 7, 0], "state": "new"}


def test_f06_readers_never_see_a_mixed_or_missing_index_while_one_writes(tmp_path: Path) -> None:
    assert scene("a_writer_and_eight_readers", tmp_path)["codes"] == [0] * 8


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "bit": lambda data: flipped(data, random.Random(len(data))),
    "half": lambda data: data[: len(data) // 2],
    "one_byte_short": lambda data: data[:-1],
    "one_byte_more": lambda data: data + b"\0",
    "zeros": lambda data: bytes(len(data)),
    "empty": lambda data: b"",
    "gone": lambda data: None,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_f07_a_damaged_file_is_named_and_the_generation_before_is_served(
    both: Path, tmp_path: Path, damage: str
) -> None:
    for name in (*(entry.name for entry in manifest(both).files), "MANIFEST.json"):
        folder = copied(both, tmp_path / "i")
        path = folder / "gen-000002" / name
        changed = DAMAGES[damage](path.read_bytes())
        path.unlink() if changed is None else path.write_bytes(changed)
        snapshot = opened(folder)
        assert (snapshot.generation, snapshot.corpus_digest) == ("gen-000001", OLD.digest)
        (warning,) = snapshot.warnings
        assert "gen-000002 已损坏" in warning and name in warning and "linping index" in warning
        newest, before = inspect_index(folder)
        assert (newest.current, name in newest.problem) == (True, True)
        assert (before.current, before.problem) == (False, "")


def test_f07_two_hundred_flipped_bits_are_all_found(both: Path, tmp_path: Path) -> None:
    chance = random.Random(1)
    folder = copied(both, tmp_path / "i")
    paths = sorted((folder / "gen-000002").iterdir())
    for _ in range(200):
        path = chance.choice(paths)
        whole = path.read_bytes()
        path.write_bytes(flipped(whole, chance))
        assert opened(folder).generation == "gen-000001"
        path.write_bytes(whole)
    assert opened(folder).warnings == ()


def test_f07_a_build_replaces_a_damaged_generation(both: Path, tmp_path: Path) -> None:
    folder = copied(both, tmp_path / "i")
    (folder / "gen-000002" / "vectors.npy").write_bytes(b"")
    assert build(NEW, folder).generation == "gen-000003"
    assert state(folder) == "new"


def test_f08_files_swapped_between_generations_are_found(both: Path, tmp_path: Path) -> None:
    for name in (*(entry.name for entry in manifest(both).files), "MANIFEST.json"):
        folder = copied(both, tmp_path / "i")
        one, two = folder / "gen-000001" / name, folder / "gen-000002" / name
        one.rename(tmp_path / "held")
        two.rename(one)
        (tmp_path / "held").rename(two)
        with pytest.raises(BadIndex, match="没有一版完好"):
            opened(folder)


def test_f08_a_generation_under_the_name_of_another_is_found(both: Path, tmp_path: Path) -> None:
    folder = copied(both, tmp_path / "i")
    shutil.rmtree(folder / "gen-000002")
    shutil.copytree(folder / "gen-000001", folder / "gen-000002")
    assert opened(folder).generation == "gen-000001"


def test_f08_a_whole_generation_of_another_index_is_not_the_one_that_was_published(tmp_path: Path) -> None:
    folder, other = tmp_path / "i", tmp_path / "other"
    build(OLD, folder)
    build(MadeCorpus((made_article("外", "别处的文章。"),)), other)
    shutil.rmtree(folder / "gen-000001")
    shutil.copytree(other / "gen-000001", folder / "gen-000001")
    with pytest.raises(BadIndex, match="不是 CURRENT 记下的那一份"):
        opened(folder)


@pytest.mark.parametrize("content", [b"", b"gen-000002", b"\xff\x00rubbish", b"../gen-000001 " + b"0" * 64, None])
def test_f08_without_a_readable_current_the_newest_whole_generation_is_served(
    both: Path, tmp_path: Path, content: bytes | None
) -> None:
    folder = copied(both, tmp_path / "i")
    (folder / "CURRENT").unlink() if content is None else (folder / "CURRENT").write_bytes(content)
    snapshot = opened(folder)
    assert snapshot.generation == "gen-000002"
    assert "CURRENT 文件缺失或损坏" in snapshot.warnings[0]
    build(NEW, folder)
    assert opened(folder).warnings == ()


def test_f08_a_dangling_current_is_reported_and_its_number_is_not_used_again(both: Path, tmp_path: Path) -> None:
    folder = copied(both, tmp_path / "i")
    (folder / "CURRENT").write_text(f"gen-000009 {'0' * 64}\n")
    snapshot = opened(folder)
    assert snapshot.generation == "gen-000002" and "gen-000009" in snapshot.warnings[0]
    assert build(NEW, folder).generation == "gen-000010"


def test_f08_a_folder_in_the_place_of_current_is_no_crash(both: Path, tmp_path: Path) -> None:
    folder = copied(both, tmp_path / "i")
    (folder / "CURRENT").unlink()
    (folder / "CURRENT").mkdir()
    assert opened(folder).generation == "gen-000002"


def test_f09_when_every_generation_is_damaged_nothing_is_served_and_the_rebuild_is_named(
    both: Path, tmp_path: Path
) -> None:
    folder = copied(both, tmp_path / "i")
    for name in ("gen-000001", "gen-000002"):
        (folder / name / "articles.jsonl").write_bytes(b"{}")
    with pytest.raises(BadIndex, match=r"没有一版完好的索引.*gen-000002.*gen-000001.*请运行 linping index --index"):
        opened(folder)
    build(NEW, folder)
    assert state(folder) == "new"


@pytest.mark.parametrize("make", [lambda folder: None, lambda folder: folder.mkdir()], ids=["no_folder", "empty"])
def test_f09_where_nothing_was_built_the_build_is_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "i")
    with pytest.raises(BadIndex, match="还没有索引；请先运行 linping index --index"):
        opened(tmp_path / "i")
    assert not (tmp_path / "i" / "LOCK").exists()


@pytest.mark.parametrize("other", [BigramEmbedder(16, "别家模型"), BigramEmbedder(32, "bigram")], ids=["name", "dim"])
def test_f10_an_index_of_another_embedder_is_refused_by_both_names(old: Path, other: BigramEmbedder) -> None:
    with pytest.raises(BadIndex) as refusal:
        open_index(old, other)
    for told in ("「bigram」（16 维", f"「{other.name}」（{other.dim} 维", "linping index"):
        assert told in str(refusal.value)


def test_f10_another_metric_is_refused(old: Path, tmp_path: Path) -> None:
    folder = copied(old, tmp_path / "i")
    rewrite_manifest(folder, metric="l2")
    with pytest.raises(BadIndex, match=r"，l2）建的.*，inner_product）"):
        opened(folder)


def test_f10_a_model_that_lies_about_being_the_same_is_found_by_its_vectors(old: Path) -> None:
    class Turned(BigramEmbedder):
        def encode(self, texts: Any) -> NDArray[np.float32]:
            return np.roll(super().encode(texts), 1, axis=1)

    with pytest.raises(BadIndex, match="现在算出来的不一样"):
        open_index(old, Turned(16, "bigram"))


def test_f10_a_build_with_another_embedder_replaces_the_index(old: Path, tmp_path: Path) -> None:
    folder = copied(old, tmp_path / "i")
    other = BigramEmbedder(32, "别家模型")
    built = build_index(OLD, folder, other, split=one_passage_a_block)
    assert (built.changed, built.reused) == (True, 0)
    assert open_index(folder, other).generation == "gen-000002"


def test_an_index_of_a_later_format_is_refused_by_its_number(old: Path, tmp_path: Path) -> None:
    folder = copied(old, tmp_path / "i")
    rewrite_manifest(folder, schema=99)
    with pytest.raises(BadIndex, match="第 99 版格式"):
        opened(folder)
    assert "第 99 版格式" in inspect_index(folder)[0].problem
    assert build(OLD, folder).generation == "gen-000002" and state(folder) == "old"


@pytest.mark.parametrize("name", ["有 空格", "中文目录", "😀🚇", "l" * 250, "引'号\"和$符"])
def test_f11_any_name_of_a_folder_works(tmp_path: Path, name: str) -> None:
    build(OLD, tmp_path / name)
    assert state(tmp_path / name) == "old"


def test_f11_a_link_to_a_folder_works(old: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(old, target_is_directory=True)
    assert state(tmp_path / "link") == "old"


def test_f11_a_read_only_medium_is_read_and_refuses_to_be_written(old: Path, tmp_path: Path) -> None:
    class ReadOnly(OsDisk):
        def make_folder(self, path: Path) -> None:
            if not path.is_dir():
                raising(errno.EROFS)()

        def create(self, path: Path) -> int:
            raise OSError(errno.EROFS, "read-only")

        def lock(self, path: Path, *, shared: bool, create: bool) -> int | None:
            if create:
                raise OSError(errno.EROFS, "read-only")
            return OS_DISK.lock(path, shared=shared, create=create)

    assert opened(old, ReadOnly()).warnings == ()
    with pytest.raises(StorageError, match="只读或没有权限；请改用可写的目录"):
        build(NEW, old, ReadOnly())
    with pytest.raises(StorageError, match="只读或没有权限"):
        build(NEW, tmp_path / "fresh", ReadOnly())


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_f11_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "i").mkdir(mode=0o500)
    with pytest.raises(StorageError, match="只读或没有权限"):
        build(NEW, tmp_path / "i")


def test_f11_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "i").write_text("")
    with pytest.raises(StorageError, match="不是文件夹"):
        build(NEW, tmp_path / "i")
    with pytest.raises(StorageError, match="不是文件夹"):
        opened(tmp_path / "i")


def test_f11_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="路径太长"):
        build(NEW, tmp_path / ("长" * 200))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "index.pkl"])
def test_f12_a_manifest_that_names_another_file_is_not_followed(both: Path, tmp_path: Path, name: str) -> None:
    folder = copied(both, tmp_path / "i")
    files = manifest(folder).files
    rewrite_manifest(folder, files=[{"name": name, "bytes": 1, "sha256": "0" * 64}, *map(as_record, files[1:])])
    assert opened(folder).generation == "gen-000001"


def test_f12_a_pickled_array_is_not_opened(both: Path, tmp_path: Path) -> None:
    folder = copied(both, tmp_path / "i")
    path = folder / "gen-000002" / "vectors.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    entries = [as_record(entry) for entry in manifest(folder).files if entry.name != "vectors.npy"]
    data = path.read_bytes()
    entries.append({"name": "vectors.npy", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    rewrite_manifest(folder, files=entries)
    snapshot = opened(folder)
    assert snapshot.generation == "gen-000001" and "内容读不懂" in snapshot.warnings[0]


def test_f13_generations_are_counted_and_not_dated(tmp_path: Path) -> None:
    for number in range(1, 6):
        corpus = MadeCorpus((made_article("甲", f"第{number}版。"),))
        assert build(corpus, tmp_path / "i").generation == f"gen-{number:06d}"
        os.utime(tmp_path / "i" / f"gen-{number:06d}", (0, 0))  # the clock has no say
    assert sorted(path.name for path in (tmp_path / "i").glob("gen-*")) == ["gen-000003", "gen-000004", "gen-000005"]
    assert opened(tmp_path / "i").generation == "gen-000005"


def as_record(entry: Any) -> dict[str, Any]:
    return {"name": entry.name, "bytes": entry.bytes, "sha256": entry.sha256}


def rewrite_manifest(folder: Path, **changes: Any) -> None:
    """Put a consistent manifest in place of the current one, and point CURRENT at it: what no accident does."""
    before = manifest(folder)
    path = folder / before.generation / "MANIFEST.json"
    record = json.loads(path.read_bytes()) | changes
    del record["sha256"]
    canonical = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    record["sha256"] = hashlib.sha256(canonical).hexdigest()
    data = json.dumps(record, ensure_ascii=False).encode()
    assert isinstance(Manifest.decode(data), Manifest)
    path.write_bytes(data)
    (folder / "CURRENT").write_text(f"{before.generation} {hashlib.sha256(data).hexdigest()}\n")
