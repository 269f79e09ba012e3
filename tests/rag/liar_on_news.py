"""`python -m tests.rag.liar_on_news`: the lies of the scripted liar on news that no rule of the proof was written after.

Each sentence of the summaries (as in `rag.training.proof`) that is proven as it stands is told again with every lie that fits
it and the same citations; counted is how many of those are proven too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from rag.proof.prover import Prover
from rag.training.proof import read, trials
from tests.rag.liar import MAKERS

ROWS = 400  # the rules were looked over with the lies of these; later rows judge


def _proven(prover: Prover, sentence: str, cited: tuple[int, ...]) -> bool:
    try:
        return prover.prove(sentence, cited).proven
    except Exception as error:  # as in an answer: whatever cannot be checked is not shown
        click.echo(f"{error!r}: {sentence}", err=True)
        return False


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--first", default=ROWS, show_default=True, help="the first row of news")
@click.option("--last", default=1000, show_default=True, help="the row after the last")
def main(data: Path, first: int, last: int) -> None:
    written: Counter[str] = Counter()
    released: Counter[str] = Counter()
    examples: list[str] = []
    true = told = 0
    for trial in trials(read(data)[first:last]):
        prover = Prover(trial.evidence)
        told += trial.kind == "true"
        if trial.kind != "true" or not _proven(prover, trial.sentence, trial.cited):
            continue
        true += 1
        for kind, make in MAKERS.items():
            lie = make(trial.sentence, true)
            if lie is None or lie == trial.sentence:
                continue
            written[kind] += 1
            if _proven(prover, lie, trial.cited):
                released[kind] += 1
                examples.append(f"{kind}: {trial.sentence} → {lie}")
    print(f"{true} of {told} sentences proven as they stand\n\n| lie | told | released | |\n|---|--:|--:|--:|")
    for kind, count in sorted(written.items()):
        print(f"| {kind} | {count} | {released[kind]} | {released[kind] / count:.1%} |")
    print("\n" + "\n".join(examples))


if __name__ == "__main__":
    main()
