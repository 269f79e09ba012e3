"""`python -m evals.amounts`: where a sentence holds several amounts that fit, is the one shown that was asked for?

The questions about news whose answer lies in a sentence with at least two amounts of the kind asked for. The sentence is
given: what is measured is the choice alone. Sets that were chosen on come first, then those that were not.

Last come questions about the made-up districts, asked as a whole: is the amount shown large the one asked for?
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from corpus.chinese.text import fold
from corpus.records import Span
from evals import unseen
from index.search.embedding import STATIC, load_embedder
from index.storage.snapshot import Snapshot
from index.storage.store import build_index, open_index
from rag.answers.composition import Evidence
from rag.answers.short_answer import amounts_that_fit, with_value
from rag.question.kinds import AnswerKind, understand
from rag.reading.candidates import Candidate, candidate_at
from rag.reading.reader import Reader
from rag.training.cards import share
from rag.training.news_questions import QUESTIONS

SHOWN = "amounts.jsonl"
CHOSEN_ON, NOT_CHOSEN_ON = ("read_fresh.jsonl", "read_held.jsonl"), ("read_next.jsonl", "news_held.jsonl")


def holding(case: Mapping[str, Any], snapshot: Snapshot) -> Candidate | None:
    """Return the sentence that holds the whole answer of a case; None where there is none, or several answers."""
    name = f"news-{case['row']:05d}"
    if len(case["answers"]) != 1 or name not in snapshot.articles:
        return None
    (answer,) = case["answers"]
    for row in snapshot.article_sentence_rows(name):
        one = snapshot.sentences[row]
        if one.start <= answer["start"] and answer["end"] <= one.end:
            return candidate_at(snapshot, row)
    return None


def chosen(cases: Sequence[Mapping[str, Any]], snapshot: Snapshot, reader: Reader) -> Iterator[bool]:
    """Yield of each question with a choice of amounts whether the right one is shown."""
    for case in cases:
        asked = understand(case["question"])
        candidate = holding(case, snapshot) if case["answerable"] and asked.kind is AnswerKind.QUANTITY else None
        if candidate is None:
            continue
        gold = Span(case["answers"][0]["start"] - candidate.start, case["answers"][0]["end"] - candidate.start)
        places = amounts_that_fit(asked, candidate.text)
        right = [place for place in places if place.overlaps(gold)]
        if len(places) >= 2 and len(right) == 1:
            yield with_value(Evidence(candidate), asked, reader, snapshot).value == right[0]


def shown(cases: Sequence[Mapping[str, Any]], folder: Path) -> Iterator[bool | None]:
    """Yield of each question about the districts whether the right amount is shown large; None where none is."""
    for place, asked in groupby(cases, key=itemgetter("district")):
        about = unseen.about_district(place, folder)
        for case in asked:
            short = about.answer(case["question"]).short_answer
            yield None if short is None else fold(short) == fold(case["short"])


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("../shared/data"))
def main(data: Path) -> None:
    """Print for each set how many questions leave a choice, and how often it is right."""
    embedder, reader = load_embedder(STATIC), Reader.load()
    judges = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        build_index(unseen.news(data), Path(folder), embedder)
        snapshot = open_index(Path(folder), embedder)
        sets = {name: unseen.read(name) for name in (*CHOSEN_ON, *NOT_CHOSEN_ON)} | {"the judge's": judges}
        for name, cases in sets.items():
            right = list(chosen(cases, snapshot, reader))
            click.echo(f"{name}: {sum(right)} of {len(right)}, {share(sum(right) / max(1, len(right)), len(right))}")
    with tempfile.TemporaryDirectory() as folder:
        told = list(shown(unseen.read(SHOWN), Path(folder)))
    large = [one for one in told if one is not None]
    click.echo(
        f"{SHOWN}: {sum(large)} of {len(told)} right, {len(large) - sum(large)} wrong, {len(told) - len(large)} not shown"
    )


if __name__ == "__main__":
    main()
