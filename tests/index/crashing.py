"""Processes that die while they build an index. Run by test_store_faults.py in an interpreter of their own.

`python -m tests.index.crashing SCENE FOLDER` prints one JSON object. An own interpreter, so that forking is safe: the
one of the tests may hold threads.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.errors import IndexBusy, LinpingError, StorageError
from index.storage.disk import OS_DISK, Disk
from index.storage.store import build_index
from tests.fakes import MadeCorpus, made_article, one_passage_a_block
from tests.index.faults import FaultyDisk, exiting
from tests.index.worlds import EMBEDDER, NEW, OLD, build, leftovers, manifest, opened, state

KILLS = 20
_MORE_THAN_ENOUGH = 2000


def forked(work: Callable[[], int]) -> int:
    """Start a process that leaves with what `work` returns, 99 when it raises; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        code = work()
    finally:
        os._exit(code)


def exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def builds(corpus: MadeCorpus, folder: Path, disk: Disk) -> Callable[[], int]:
    def work() -> int:
        build(corpus, folder, disk)
        return 0

    return work


def fresh(template: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)


def exit_at_every_operation(home: Path) -> dict[str, Any]:
    """F01: leave at operation n, for every n; with and without half of a write on the disk."""
    template, folder = home / "template", home / "索引"
    build(OLD, template)
    build(NEW, home / "whole")
    wanted = manifest(home / "whole").files
    seen: Counter[str] = Counter()
    for torn in (False, True):
        for at in range(1, _MORE_THAN_ENOUGH):
            fresh(template, folder)
            code = exit_code(forked(builds(NEW, folder, FaultyDisk(at, exiting, torn=torn))))
            seen[state(folder)] += 1
            seen["crashes"] += code == 137
            build(NEW, folder, FaultyDisk(0, exiting))
            assert state(folder) == "new" and leftovers(folder) == [], at
            assert manifest(folder).files == wanted, f"not the bytes of an uninterrupted build after {at}"
            if code != 137:
                assert code == 0, code
                break
    return dict(seen)


def exit_during_recovery(home: Path) -> dict[str, Any]:
    """F05: leave at n, then leave again while the next build cleans up."""
    template, folder, crashed = home / "template", home / "索引", home / "crashed"
    build(OLD, template)
    seen: Counter[str] = Counter()
    for first in range(5, 145, 7):
        fresh(template, crashed)
        if exit_code(forked(builds(NEW, crashed, FaultyDisk(first, exiting, torn=True)))) != 137:
            break
        for second in range(1, 145, 9):
            fresh(crashed, folder)
            seen["crashes"] += exit_code(forked(builds(NEW, folder, FaultyDisk(second, exiting)))) == 137
            seen[state(folder)] += 1
        build(NEW, folder)
        assert state(folder) == "new" and leftovers(folder) == []
    return dict(seen)


def killed_at_random_times(home: Path) -> dict[str, Any]:
    """F02: SIGKILL from outside, at moments spread by chance over the time that a whole build takes."""
    template, folder = home / "template", home / "索引"
    lines = [f"第{number}条消息说，{number * 7}个人走过了{number * 11}级台阶。" for number in range(400)]
    many = MadeCorpus((*NEW.articles, *(made_article(f"长{n}", *lines[n::8]) for n in range(8))))
    build(OLD, template)
    started = time.perf_counter()
    build(many, home / "whole")
    took = time.perf_counter() - started
    wanted = manifest(home / "whole").files
    chance = random.Random(7)
    seen: Counter[str] = Counter()
    for turn in range(KILLS):
        fresh(template, folder)
        pid = forked(builds(many, folder, OS_DISK))
        time.sleep(took * (turn + chance.random()) / KILLS)
        os.kill(pid, signal.SIGKILL)
        seen["killed"] += exit_code(pid) == -signal.SIGKILL
        snapshot = opened(folder)
        assert snapshot.warnings == () and snapshot.corpus_digest in {OLD.digest, many.digest}
        build(many, folder)
        assert manifest(folder).files == wanted and leftovers(folder) == []
    return dict(seen)


def file_size_limit(home: Path) -> dict[str, Any]:
    """F03: a real limit of the system, from no byte at all to one byte too few for the largest file."""
    template, folder = home / "template", home / "索引"
    build(OLD, template)
    build(NEW, home / "whole")
    largest = max(entry.bytes for entry in manifest(home / "whole").files)
    refused = 0
    for limit in (0, 1, 100, largest // 2, largest - 1):

        def limited(limit: int = limit) -> int:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                build(NEW, folder)
            except StorageError as error:
                return 8 if str(folder) in str(error) and "腾出空间" in str(error) else 1
            return 0

        fresh(template, folder)
        refused += exit_code(forked(limited)) == StorageError.exit_code
        assert state(folder) == "old" and leftovers(folder) == []
    return {"limits": 5, "refused": refused}


def four_writers(home: Path) -> dict[str, Any]:
    """F06: the one that has the lock holds it until the other three have given up."""
    folder, released = home / "索引", home / "released"
    build(OLD, folder)

    def write() -> int:
        def wait(stage: str, done: int, total: int) -> None:
            while stage == "writing" and not released.exists():
                time.sleep(0.005)

        try:
            build_index(NEW, folder, EMBEDDER, split=one_passage_a_block, progress=wait)
        except IndexBusy as busy:
            holder = int((folder / "LOCK").read_text().split()[0])
            return IndexBusy.exit_code if f"进程号 {holder}" in str(busy) and holder != os.getpid() else 1
        return 0

    for _ in range(4):
        forked(write)
    codes = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(3)]
    released.touch()
    codes.append(os.waitstatus_to_exitcode(os.wait()[1]))
    return {"codes": codes, "state": state(folder)}


def a_writer_and_eight_readers(home: Path) -> dict[str, Any]:
    """F06: one writes ten generations and keeps one; eight open the index all the while."""
    folder, over = home / "索引", home / "over"

    def edition(number: int) -> MadeCorpus:
        texts = (f"这是第{number}版的第{line}句。" for line in range(40))
        return MadeCorpus((made_article(f"甲{number}", *texts), made_article("乙", f"乙也是第{number}版。")))

    by_digest = {edition(number).digest: number for number in range(10)}
    build(edition(0), folder)

    def read() -> int:
        seen = set()
        while True:
            last = over.exists()
            try:
                snapshot = opened(folder)
            except LinpingError:
                return 1
            number = by_digest[snapshot.corpus_digest]
            if snapshot.warnings or any(f"第{number}版" not in sentence.text for sentence in snapshot.sentences):
                return 2
            seen.add(snapshot.generation)
            if last:
                return 0 if number == 9 and len(seen) > 1 else 3

    readers = [forked(read) for _ in range(8)]
    for number in range(1, 10):
        build(edition(number), folder, keep=1)
    over.touch()
    return {"codes": [exit_code(pid) for pid in readers], "left": sum(p.name[:4] == "gen-" for p in folder.iterdir())}


SCENES = {
    scene.__name__: scene
    for scene in (
        exit_at_every_operation,
        exit_during_recovery,
        killed_at_random_times,
        file_size_limit,
        four_writers,
        a_writer_and_eight_readers,
    )
}

if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](Path(sys.argv[2]))))
