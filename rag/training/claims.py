"""A question with an answer put to it: what the reader learns from to tell whether a sentence bears it out.

Three sources: sentences as a language model might write them, true and with one subtle fault (`questions/claims.jsonl`);
the short answers of the written questions against other amounts, dates and names of the same window; and what answers
one question told as the answer to its near twin.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from corpus.chinese.text import split_sentences
from corpus.records import Span
from rag.reading.reader import Window, with_answer
from rag.training.written import PAIRS, QUESTIONS, TWINS, Written, read_written, source_texts

CLAIMS = QUESTIONS.with_name("claims.jsonl")
_LEAD, _TOGETHER = 30, 3  # characters of the article's beginning; sentences of evidence that are read as one
_SHORT = 24  # characters of an answer that is put to a question as it stands
_VALUE = re.compile(r"[+-]?\d[\d.,]*(?:万|亿|千|百)?[\u4e00-\u9fff%‰]{0,2}|[“《][^”》]{2,20}[”》]")
_BESIDE = 0.5  # share of the true sentences that are also read against a sentence beside their evidence


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A sentence that answers the question `question`; `fault` is a kind of FAULTS, empty where the evidence bears it out."""

    question: str
    text: str
    fault: str


@dataclass(frozen=True, slots=True)
class PutAnswer:
    """A question with an answer put to it, a window, and whether the window bears it out."""

    asked: str
    window: Window
    holds: bool


def read_claims(path: Path = CLAIMS) -> list[WrittenClaim]:
    """Return the sentences of a file."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [WrittenClaim(row["question"], row["text"], row["fault"]) for row in rows]


def texts(data: Path, questions: Iterable[Written]) -> dict[tuple[str, int], str]:
    """Return the text of each row that the questions are about."""
    wanted = {(one.source, one.row) for one in questions}
    return {
        (source, number): text
        for source in sorted({source for source, _ in wanted})
        for number, text in enumerate(source_texts(data, source))
        if (source, number) in wanted
    }


def kept_apart(question: Written) -> bool:
    """Tell whether a question's article is of the tenth that training leaves out, by hash."""
    return int(sha256(f"{question.source}-{question.row}".encode()).hexdigest(), 16) % 10 == 0


def claim_groups(
    data: Path, files: Sequence[Path] = (QUESTIONS, PAIRS, TWINS)
) -> Iterator[tuple[Written, list[PutAnswer]]]:
    """Yield every question of which something is claimed, with its claims; the same for the same files."""
    dice = random.Random(11)
    written = [one for file in files for one in read_written(file)]
    held = texts(data, written)
    told: dict[str, list[WrittenClaim]] = {}
    for claim in read_claims():
        told.setdefault(claim.question, []).append(claim)
    by_article: dict[str, list[Written]] = {}
    for one in written:
        by_article.setdefault(one.article_id, []).append(one)
    for one in written:
        text = held[one.source, one.row]
        claims = [
            *_sentences(one, text, told.get(one.id, ()), dice),
            *_values(one, text, dice),
            *_borrowed(one, text, by_article[one.article_id]),
        ]
        if claims:
            yield one, claims


def _sentences(question: Written, text: str, told: Sequence[WrittenClaim], dice: random.Random) -> Iterator[PutAnswer]:
    """Yield the written sentences against their evidence; a true one now and then against the sentence beside it."""
    spans = question.evidence or question.near
    if not told or not spans:
        return
    window = _window(question, text, spans[:_TOGETHER])
    others = [one for one in sentences_of(question, text) if not any(one.overlaps(own) for own in spans)]
    beside = min(others, key=lambda one: abs(one.start - spans[0].start), default=None)
    for one in told:
        if not one.fault and not question.evidence:
            continue  # it says that nothing is told
        asked = with_answer(question.question, one.text)
        yield PutAnswer(asked, window, not one.fault)
        if not one.fault and beside is not None and dice.random() < _BESIDE:
            yield PutAnswer(asked, _window(question, text, [beside]), False)


def _values(question: Written, text: str, dice: random.Random) -> Iterator[PutAnswer]:
    """Yield the short answer, and something else of its kind that the window tells."""
    if len(question.answers) != 1 or not question.evidence:
        return
    (answer,) = question.answers
    right = text[answer.start : answer.end]
    home = next((one for one in question.evidence if one.start <= answer.start and answer.end <= one.end), None)
    if home is None or len(right) > _SHORT:
        return
    window = _window(question, text, [home])
    others = [one for one in dict.fromkeys(_VALUE.findall(window.text)) if one not in right and right not in one]
    if right[0].isdigit() != any(other[0].isdigit() for other in others):
        return
    others = [one for one in others if one[0].isdigit() == right[0].isdigit()]
    if others:
        yield PutAnswer(with_answer(question.question, right), window, True)
        yield PutAnswer(with_answer(question.question, dice.choice(others)), window, False)


def _borrowed(question: Written, text: str, others: Sequence[Written]) -> Iterator[PutAnswer]:
    """Yield what answers another question at the very stretch that only tempts."""
    if question.evidence or not question.near:
        return
    for other in others:
        if len(other.answers) != 1 or not any(near.overlaps(own) for near in question.near for own in other.evidence):
            continue
        answer = text[other.answers[0].start : other.answers[0].end]
        if len(answer) <= _SHORT:
            tempting, telling = _window(question, text, question.near[:1]), _window(other, text, other.evidence[:1])
            yield PutAnswer(with_answer(question.question, answer), tempting, False)
            yield PutAnswer(with_answer(other.question, answer), telling, True)
            return


def sentences_of(question: Written, text: str) -> list[Span]:
    """Return where the sentences of what was read lie in the text of its row."""
    first, last = question.within.start, question.within.end
    return [Span(one.start + first, one.end + first) for one in split_sentences(text[first:last])]


def _window(question: Written, text: str, spans: Sequence[Span]) -> Window:
    first = question.within.start
    begin = min(one.start for one in spans)
    lead = text[first : first + _LEAD] if begin > first + _LEAD else ""
    told = "".join(text[one.start : one.end] for one in sorted(spans, key=lambda one: one.start))
    return Window.of(told, lead=lead, before=text[first:begin])
