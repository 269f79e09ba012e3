"""Ours beside its peers: `python -m evals.bench`, which is `make bench`. Writes docs/benchmark.md, its plot and its figures.

Every figure is measured in a process of its own, one after the other in one run. What people should read are ratios and
processor time: seconds on the clock depend on who else uses the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from evals.bench.answers import ANSWERING
from evals.bench.page import plot, written
from evals.bench.systems import SYSTEMS

SIZES = (5, 2_000, 20_000, 100_000, 817_313)  # the last: all that news and laws give, cut short
_PEERS_TO = {
    "haystack": 100_000,
    "llamaindex": 100_000,
    "txtai": 100_000,
    "langchain": 100_000,
    "langchain/reranked": 20_000,
    "ours/encoder": 2_000,  # minutes of two cores each thousand
    "langchain/encoder": 2_000,
}
_WAITING = {
    "OMP_WAIT_POLICY": "passive",
    "GOMP_SPINCOUNT": "0",
}  # a thread that waits is not to count as one that works
_FIGURES = Path("build/bench.json")
_ANSWERS = Path("build/bench_answers.json")
_PAGE = Path("docs/benchmark.md")
_PLOT = Path("docs/images/benchmark.svg")


@click.command(help=__doc__)
@click.option(
    "--sizes", default=",".join(map(str, SIZES)), show_default=True, help="Passages, by commas; none: an empty one."
)
@click.option("--systems", default=",".join(SYSTEMS), show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--questions", default=200, show_default=True)
@click.option("--limit", default=3600, show_default=True, help="Seconds that one system may take at one size.")
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    default=_FIGURES,
    show_default=True,
    help="Added to; start anew by removing it.",
)
@click.option(
    "--answers", type=click.Path(path_type=Path), default=_ANSWERS, show_default=True, help="The same, of answers."
)
@click.option("--page/--no-page", default=True, help="Whether to write docs/benchmark.md.")
def main(
    sizes: str, systems: str, data: Path, questions: int, limit: int, figures: Path, answers: Path, page: bool
) -> None:
    found: list[dict[str, Any]] = json.loads(figures.read_text()) if figures.exists() else []
    for size in map(int, filter(None, sizes.split(","))):
        for system in systems.split(","):
            if any((one["system"], one["passages"]) == (system, size) for one in found):
                continue
            if size > _PEERS_TO.get(system, SIZES[-1]):
                continue
            asked = ["evals.bench.measure", system, str(size), "--data", str(data), "--questions", str(questions)]
            found.append({"system": system, "passages": size} | _measured(asked, limit))
            _put(figures, found)
            click.echo(f"{size} {system}: {found[-1].get('failed') or found[-1]['recall_1']}", err=True)
    answered: list[dict[str, Any]] = json.loads(answers.read_text()) if answers.exists() else []
    for system in sorted(ANSWERING.keys() - {one["system"] for one in answered}):
        answered.append({"system": system} | _measured(["evals.bench.answers", system, "--data", str(data)], limit))
        _put(answers, answered)
    if page:
        found.sort(key=lambda one: list(SYSTEMS).index(one["system"]))
        _PAGE.write_text(written(found, answered), encoding="utf-8")
        plot(found, _PLOT)


def _put(path: Path, found: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")


def _measured(module: list[str], limit: int) -> dict[str, Any]:
    """Run a module in a process of its own; return the object that it prints, or how it failed."""
    command = [sys.executable, "-m", *module]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=os.environ | _WAITING)
    except subprocess.TimeoutExpired:
        return {"failed": f"more than {limit} s"}
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "?"}
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
