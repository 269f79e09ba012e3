"""`python -m evals.claims`: how the proof takes sentences that are worded freely, true and with one subtle fault.

`rag/training/questions/claims.jsonl` holds what a language model might answer to the written questions, by seven hands that saw
the evidence and not the proof: `question` is the id there, `text` the sentence, `fault` its kind, empty where it is
borne out. The reader has learned from them, but for those about a tenth of the articles: only these are held against their evidence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import click

from rag.checks.statements import ShownSpan
from rag.proof.borne_out import bears_out
from rag.proof.prover import Prover
from rag.proof.values import Read, Reads
from rag.reading.reader import Reader, Window
from rag.training.cards import share
from rag.training.claims import WrittenClaim, kept_apart, read_claims, sentences_of, texts
from rag.training.written import PAIRS, QUESTIONS, TWINS, Written, read_written

FAULTS = ("neighbour", "year", "scope", "cause", "plan", "who", "other")
_LEAD, _BEFORE, _NEAR = 30, 400, 3  # characters of the beginning, before the evidence, between neighbouring sentences


def asked(claims: Iterable[WrittenClaim]) -> dict[str, Written]:
    """Return the questions of the claims that have evidence and of whose articles the reader has read no claim, by id."""
    wanted = {one.question for one in claims}
    written = (one for file in (QUESTIONS, PAIRS, TWINS) for one in read_written(file))
    return {one.id: one for one in written if one.id in wanted and one.evidence and kept_apart(one)}


def evidence(question: Written, text: str) -> list[ShownSpan]:
    """Return the evidence of a question, first what answers it, then the sentences beside."""
    first = question.within.start
    beside = [
        one
        for one in sentences_of(question, text)
        if not any(one.overlaps(own) for own in question.evidence)
        and any(0 <= one.start - own.end <= _NEAR or 0 <= own.start - one.end <= _NEAR for own in question.evidence)
    ]
    lead = text[first : first + _LEAD]
    return [
        ShownSpan(
            n,
            "",
            at.start,
            at.end,
            text[at.start : at.end],
            lead,
            None,
            text[max(first, at.start - _BEFORE) : at.start],
        )
        for n, at in enumerate((*question.evidence, *beside), start=1)
    ]


def reading(question: str, spans: Sequence[ShownSpan], reader: Reader) -> Reads:
    """Return how each span reads as an answer, each when it is first asked for."""

    @cache
    def read(n: int) -> Read:
        span = spans[n - 1]
        (one,) = reader.read(question, [Window.of(span.text, lead=span.heading, before=span.before)])
        answers = tuple(answer.text for answer in one.answers)
        return Read(1 / (1 + math.exp(-one.odds)), answers, one.best.score if one.best else 0.0)

    return read


def proven(claims: Sequence[WrittenClaim], data: Path) -> Iterator[tuple[WrittenClaim, str | None]]:
    """Yield each claim whose question has evidence, with the fault for which it is withheld; None where it is shown."""
    questions, reader = asked(claims), Reader.load()
    held = texts(data, questions.values())
    provers: dict[str, tuple[Prover, tuple[int, ...]]] = {}
    for one in claims:
        if (question := questions.get(one.question)) is None:
            continue
        if one.question not in provers:
            spans = evidence(question, held[question.source, question.row])
            reads = reading(question.question, spans, reader)
            cited = tuple(range(1, len(question.evidence) + 1))
            borne = bears_out(question.question, spans, reader)
            provers[one.question] = Prover(spans, question=question.question, reads=reads, bears_out=borne), cited
        prover, cited = provers[one.question]
        verdict = prover.prove(one.text, cited)
        yield one, None if verdict.proven else verdict.fault.value


def table(verdicts: Iterable[tuple[WrittenClaim, str | None]]) -> str:
    """Return the shares as Markdown: true sentences withheld by fault found, faulty ones released by kind."""
    told: Counter[str] = Counter()
    withheld: Counter[str] = Counter()
    released: Counter[str] = Counter()
    for claim, fault in verdicts:
        told[claim.fault] += 1
        if not claim.fault and fault is not None:
            withheld[fault] += 1
        elif claim.fault and fault is None:
            released[claim.fault] += 1
    faulty = Counter({kind: count for kind, count in told.items() if kind})
    rows = [
        "| | sentences | share |",
        "|---|--:|--:|",
        _row("true, withheld", withheld.total(), told[""]),
        *(_row(f"… {fault}", count, told[""]) for fault, count in withheld.most_common(6)),
        _row("faulty, released", released.total(), faulty.total()),
        *(_row(f"… {kind}", released[kind], faulty[kind]) for kind in FAULTS if faulty[kind]),
    ]
    return "\n".join(rows)


def _row(what: str, hits: int, of: int) -> str:
    return f"| {what} | {hits} of {of} | {share(hits / of, of) if of else ''} |"


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--limit", type=int, help="claims; all when left out")
def main(data: Path, limit: int | None) -> None:
    """Print what the proof withholds of the true ones and releases of the faulty ones."""
    click.echo(table(proven(read_claims()[:limit], data)))


if __name__ == "__main__":
    main()
