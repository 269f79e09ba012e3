"""How strict the proof of a sentence must be, tuned on summaries of news that the product has never seen.

True: a sentence of an article's summary, against the sentences of that article. False: the same sentence against the
article that is most like it (another event in the same words), or with one figure altered. Each cites the three sentences
of its evidence that share most with it, as a model would. The even rows tune, the odd rows judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from corpus.chinese.facts import quantities
from corpus.chinese.text import fold, split_sentences
from corpus.records import Published, Span
from rag.checks.content import Strictness
from rag.checks.faults import Fault
from rag.checks.statements import ShownSpan
from rag.proof.prover import Prover
from rag.training.reading_sets import read_rows

_SET = "news_title_body_train"
_DATE = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")
_MOST = 24  # sentences of evidence, the likeliest of an article: what a model would be shown
_CITED = 3
_COVERS = (0.5, 0.6, 0.7, 0.8, 0.9)
_CLAUSES = (0.0, 0.4, 0.6)


@dataclass(frozen=True, slots=True)
class ProofTrial:
    """A sentence that wants proof and what it may be proven by."""

    sentence: str
    evidence: tuple[ShownSpan, ...]
    cited: tuple[int, ...]
    kind: str  # true, other, altered


@dataclass(frozen=True, slots=True)
class Summarised:
    text: str
    summary: str
    published: Published | None
    pairs: frozenset[str]


def read(data: Path) -> list[Summarised]:
    """Return the rows that have a summary."""
    rows = []
    for row in read_rows(data, _SET):
        text, summary = str(row["text"]), str(row["summary"])
        found = _DATE.match(text)
        day = date(*map(int, found.groups())) if found else None
        body = text.split("正文：", 1)[-1]
        rows.append(Summarised(body, summary, Published(day, day) if day else None, frozenset(_pairs(body))))
    return rows


def _pairs(text: str) -> set[str]:
    words = re.sub("[^\u3400-\u9fff]", " ", fold(text)).split()
    return {first + second for word in words for first, second in pairwise(word)}


def trials(rows: Sequence[Summarised]) -> Iterator[ProofTrial]:
    """Yield every trial of `rows`."""
    for at, row in enumerate(rows):
        others = (other for number, other in enumerate(rows) if number != at and other.pairs != row.pairs)
        likest = max(others, key=lambda other: len(other.pairs & row.pairs) / (len(other.pairs | row.pairs) or 1))
        for span in split_sentences(row.summary):
            sentence = row.summary[span.start : span.end]
            yield _trial(sentence, row, "true")
            yield _trial(sentence, likest, "other")
            if (altered := alter(sentence)) is not None:
                yield _trial(altered, row, "altered")


def alter(sentence: str) -> str | None:
    """Return the sentence with the leading digit of its first Arabic figure changed; None without one."""
    for quantity in quantities(sentence):
        if found := re.search("[1-9]", quantity.text):
            at = quantity.start + found.start()
            return sentence[:at] + str(int(sentence[at]) % 9 + 1) + sentence[at + 1 :]
    return None


def _trial(sentence: str, row: Summarised, kind: str) -> ProofTrial:
    wanted = _pairs(sentence)

    def shared(span: Span) -> int:
        return len(wanted & _pairs(row.text[span.start : span.end]))

    spans = sorted(sorted(split_sentences(row.text), key=lambda span: -shared(span))[:_MOST])
    evidence = tuple(
        ShownSpan(n, "news", span.start, span.end, row.text[span.start : span.end], "", row.published)
        for n, span in enumerate(spans, start=1)
    )
    likest = sorted(range(len(spans)), key=lambda at: -shared(spans[at]))[:_CITED]
    return ProofTrial(sentence, evidence, tuple(at + 1 for at in sorted(likest)), kind)


def released(found: Sequence[ProofTrial], strictness: Strictness) -> dict[str, tuple[int, int]]:
    """Return for each kind of trial how many were proven, and of how many."""
    counts: dict[str, list[int]] = {}
    for trial in found:
        count = counts.setdefault(trial.kind, [0, 0])
        count[0] += Prover(trial.evidence, strictness).prove(trial.sentence, trial.cited).proven
        count[1] += 1
    return {kind: (proven, total) for kind, (proven, total) in counts.items()}


def run(data: Path, limit: int | None, say: Callable[[str], object]) -> None:
    """Print the curve of the tuning half and one line of the judging half."""
    rows = read(data)[:limit]
    tuning, judging = list(trials(rows[::2])), list(trials(rows[1::2]))
    say("cover  clause  true released  other article released  altered figure released")
    for clause in _CLAUSES:
        for cover in _COVERS:
            say(f"{cover:<5}  {clause:<6}  {_told(released(tuning, Strictness(cover, clause)))}")
    say(f"judging half, as shipped: {_told(released(judging, Strictness()))}")
    say(f"why true ones are withheld: {_faults([trial for trial in judging if trial.kind == 'true'])}")


def _told(counts: dict[str, tuple[int, int]]) -> str:
    return "  ".join(f"{kind} {proven}/{total} = {proven / total:.1%}" for kind, (proven, total) in counts.items())


def _faults(found: Sequence[ProofTrial]) -> str:
    faults = [Prover(trial.evidence).prove(trial.sentence, trial.cited).fault for trial in found]
    return ", ".join(f"{fault.value or 'none'} {faults.count(fault)}" for fault in Fault if fault in faults)
