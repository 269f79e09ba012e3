"""`python -m tests.rag.liar_on_news`: the lies of the scripted liar on news that no rule of the proof was written after.

Each sentence of the summaries that is proven as it stands (the odd rows of `rag.training.proof`) is told again with every lie
that fits it and the same citations; counted is how many of those are proven too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from rag.proving import Prover
from rag.training.proof import read, trials
from tests.rag.liar import MAKERS

ROWS = 400


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--limit", default=ROWS, show_default=True, help="rows of news, of which the odd ones are used")
def main(data: Path, limit: int) -> None:
    written: Counter[str] = Counter()
    released: Counter[str] = Counter()
    examples: list[str] = []
    true = 0
    for trial in trials(read(data)[:limit][1::2]):
        prover = Prover(trial.evidence)
        if trial.kind != "true" or not prover.prove(trial.sentence, trial.cited).proven:
            continue
        true += 1
        for kind, make in MAKERS.items():
            lie = make(trial.sentence, true)
            if lie is None or lie == trial.sentence:
                continue
            written[kind] += 1
            if prover.prove(lie, trial.cited).proven:
                released[kind] += 1
                examples.append(f"{kind}: {trial.sentence} → {lie}")
    print(f"{true} sentences proven as they stand\n\n| lie | told | released | |\n|---|--:|--:|--:|")
    for kind, count in sorted(written.items()):
        print(f"| {kind} | {count} | {released[kind]} | {released[kind] / count:.1%} |")
    print("\n" + "\n".join(examples))


if __name__ == "__main__":
    main()
