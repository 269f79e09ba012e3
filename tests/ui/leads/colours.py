"""How often is a green answer wrong? `python -m tests.ui.leads.colours [--set read_next.jsonl --data FOLDER]`.

The desk's default rules, and the same with another least confidence, on questions whose answers are known: those of `dev` and
`plain` over the five articles, those about two made-up towns, and any set of `evals.unseen` that is named. Asked the day after the
newest article. An answer is right when it says every obligatory fact, or cites a clause that holds it; to an absent one none is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from corpus.loading import load_corpus
from evals import unseen
from evals.cases import SETS, EvalCase, read_cases
from evals.metrics.facts_found import facts_found
from index.search.embedding import BUILTIN, STATIC
from rag.answerer import ExtractiveAnswerer
from rag.protocol import History
from rag.records import Answer, Status
from ui.leads.answering import Sources, reply_of
from ui.leads.policy import Policy, judge
from ui.leads.replies import Colour, Reply

LEAST = (0.75, 0.8, 0.85, 0.9)
Case = tuple[str, History, Callable[[Answer], bool]]  # question, what was said before, whether an answer is right


@click.command()
@click.option("--set", "names", multiple=True, help="one more set of evals.unseen; may be given again")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--most", type=int, default=10_000, help="questions of each set")
def main(names: tuple[str, ...], data: Path, most: int) -> None:
    print("| set | least confidence | green | wrong among green | of the right answers green |\n|---|--:|--:|--:|--:|")
    with TemporaryDirectory() as folder:
        ours = unseen.answerer(load_corpus(Path("corpus/articles")), Path(folder, "ours"), BUILTIN)
        tell("dev, plain", ours, [*known("dev.jsonl"), *known("plain.jsonl")][:most])
        towns = unseen.answerer(load_corpus(SETS / "towns"), Path(folder, "towns"), BUILTIN)
        tell("towns", towns, cited(unseen.TOWNS)[:most])
        if names:
            news = unseen.answerer(unseen.news(data), Path(folder, "news"), STATIC)
        for name in names:
            tell(name, news, cited(name)[:most])


def known(name: str) -> Iterator[Case]:
    """Yield the questions of a set whose facts are written down."""
    for case in read_cases(SETS / name):
        if case.expected != "smalltalk":
            yield case.question, case.history, partial(says_all, case)


def says_all(case: EvalCase, given: Answer) -> bool:
    return bool(case.must) and facts_found(case, given) == 1


def cited(name: str) -> list[Case]:
    """Return the questions of a set whose clauses are marked."""
    return [(row["question"], (), partial(cites_one, row)) for row in unseen.read(name)]


def cites_one(row: Mapping[str, Any], given: Answer) -> bool:
    return bool(row["answerable"]) and any(unseen.holds(row, one) for one in given.citations)


def tell(name: str, answerer: ExtractiveAnswerer, cases: Sequence[Case]) -> None:
    """Print one row for each least confidence."""
    sources = Sources(answerer)
    newest = max((one.published.last for one in answerer.articles.values() if one.published), default=date.today())
    today = newest + timedelta(days=1)
    replies: list[tuple[str, Reply, bool]] = []
    for question, history, is_right in cases:
        given = answerer.answer(question, history)
        if given.status is Status.ANSWERED:
            replies.append((question, reply_of(given, sources, Policy(), today), is_right(given)))
    right = sum(good for _, _, good in replies)
    for least in LEAST:
        policy = Policy(green=least)
        green = [
            good
            for question, reply, good in replies
            if judge(reply, question, answerer.articles, policy, today)[0] is Colour.GREEN
        ]
        wrong = f"{len(green) - sum(green)}, {unseen.share(1 - sum(green) / len(green), len(green))}" if green else "–"
        print(f"| {name} | {least} | {len(green)} | {wrong} | {sum(green) / max(1, right):.2f} |", flush=True)


if __name__ == "__main__":
    main()
