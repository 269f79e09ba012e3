"""One system at one size, in a process of its own: prints one JSON object. `python -m evals.bench.measure SYSTEM PASSAGES`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import numpy as np

from evals.bench.passages import Question, read_task
from evals.bench.systems import SYSTEMS

K = 5
LEAST = 300  # passages that hold all that is asked about
_WARMING = 5  # passages


@click.command(help=__doc__)
@click.argument("system", type=click.Choice(sorted(SYSTEMS)))
@click.argument("passages", type=click.IntRange(1))
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--questions", type=click.IntRange(10), default=500, show_default=True)
@click.option("--index", "kept", type=click.Path(path_type=Path), help="Where the index stays; else nowhere.")
@click.option("--ask-only", is_flag=True, help="Open what --index holds.")
def main(system: str, passages: int, data: Path, questions: int, kept: Path | None, ask_only: bool) -> None:
    task = read_task(data, min(passages, LEAST) if ask_only else passages, questions)  # the questions are the same
    made = SYSTEMS[system]()
    figures: dict[str, Any] = {
        "system": system,
        "passages": passages,
        "load": os.getloadavg()[0],
        "versions": {p: version(p) for p in made.packages},
    }
    with tempfile.TemporaryDirectory() as scratch:
        home = kept or Path(scratch) / "index"
        if not ask_only:
            SYSTEMS[system]().index(read_task(data, _WARMING, 1), Path(scratch) / "warm")  # imports and models
            figures |= _clocked("index", lambda: made.index(task, home))
            figures["index_peak_mb"] = _memory("VmHWM")
            figures["disk_mb"] = _size(home)
        if made.opens and not ask_only:
            figures |= _answered_apart(system, passages, data, questions, home)
        else:
            if made.opens:
                figures |= _clocked("open", lambda: made.open(home))
            figures |= _asked(made.ask, task.questions)
            figures["answer_mb"], figures["answer_peak_mb"] = _memory("VmRSS"), _memory("VmHWM")
            figures["answer_own_mb"] = _memory("RssAnon")
    click.echo(json.dumps(figures))


def _answered_apart(system: str, passages: int, data: Path, questions: int, home: Path) -> dict[str, Any]:
    """Ask in a fresh process, as a server would that finds the index on its disk."""
    command = [sys.executable, "-m", "evals.bench.measure", system, str(passages), "--data", str(data)]
    command += ["--questions", str(questions), "--index", str(home), "--ask-only"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _asked(ask: Callable[[str, int], Sequence[str]], questions: Sequence[Question]) -> dict[str, Any]:
    for question in questions[:: max(1, len(questions) // 10)]:
        ask(question.text, K)
    walls, spent, first, among = [], [], 0, 0
    for question in questions:
        wall, cpu = time.perf_counter(), time.process_time()
        found = list(ask(question.text, K))
        walls.append(time.perf_counter() - wall)
        spent.append(time.process_time() - cpu)
        first += bool(found[:1]) and found[0] in question.passages
        among += any(one in question.passages for one in found[:K])
    figures: dict[str, Any] = {
        "questions": len(questions),
        "recall_1": first / len(questions),
        "recall_5": among / len(questions),
    }
    for name, times in (("wall", walls), ("cpu", spent)):
        figures[f"p50_{name}_ms"] = 1000 * statistics.median(times)
        figures[f"p95_{name}_ms"] = 1000 * float(np.quantile(times, 0.95))
    return figures


def _clocked(step: str, work: Callable[[], None]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    work()
    return {f"{step}_s": time.perf_counter() - wall, f"{step}_cpu_s": sum(os.times()[:4]) - cpu}


def _memory(key: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{key}:")[2].split()[0]) / 1024


def _size(home: Path) -> float:
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 1e6 if home.exists() else 0.0


if __name__ == "__main__":
    main()
