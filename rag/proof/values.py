"""A figure, date or name alone: proven when the span prints it and the question supplies the rest of the claim.

That the span answers the question, and with which words, is the reader's to say. It also knows when a whole sentence gives
another value of the kind than the one that its span answers with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.chinese.facts import Comparison, Measure, compare, names, quantities
from corpus.chinese.text import fold
from rag.proof.amounts import same_amount
from rag.proof.dates import stated_date
from rag.proof.statements import Ground, Statement

_LEAD = re.compile(
    "^(?:它|这|那|他|她)?(?:是在?|名?叫做?|名字[叫是]|为|就是|在|位于|由|一般为|一般是|共|有|需要?|要|于)"
)
_LONGEST = 26  # characters
_LIKELY = 0.3  # probability that a span answers, from which a value alone rests on it
_POSSIBLE = 0.15  # the same, where the reader has no doubt which words would be the answer
SURE = 0.6  # from which another value than the span's is a contradiction
CERTAIN = 0.7  # how sure the reader must be of the words themselves
_WHO = re.compile("谁|哪[位家个所座]|叫啥|叫什么|什么名|名字|姓啥")


@dataclass(frozen=True, slots=True)
class Read:
    """How a span reads as an answer to the question: with which probability, and with which words, likeliest first.

    `sure` is how surely the first of these words are those, from 0 to 1.
    """

    probability: float
    answers: tuple[str, ...]
    sure: float = 0.0


Reads = Callable[[int], Read | None]  # of a numbered span; None where nobody can tell


def bare_value(sentence: str) -> str | None:
    """Return the value that a sentence is, without «是» and a full stop; None when it says more."""
    text = re.sub("的(?:数字|数据|事)?$", "", sentence.strip().rstrip("。."))
    text = text[len(_LEAD.match(fold(text)).group()) :] if _LEAD.match(fold(text)) else text  # type: ignore[union-attr]
    return text if 0 < len(text) <= _LONGEST and not re.search("[，,；;：]", text) else None


def prints(value: str, ground: Ground) -> bool:
    """Whether a span prints a value: a figure or date by what it means, anything else word for word."""
    statement = Statement(value)
    if statement.quantities and re.fullmatch(r"[约近超余多不到\s]*", _outside(value, statement)):
        return all(any(same_amount(one, other) for other in ground.quantities) for one in statement.quantities)
    if statement.dates and re.fullmatch("[\\s底初末日号]*", _outside(value, statement)):
        return all(stated_date(statement, fact, [ground]) for fact in statement.dates)
    words = re.sub(r'[\s"《》()]', "", fold(value))
    return len(words) >= 2 and words in re.sub("[《》()]", "", ground.folded)


def is_pure(value: str) -> bool:
    """Whether a value is one name, figure or date and nothing else."""
    statement, named = Statement(value), names(value)
    if statement.quantities or statement.dates:
        return not named and len(re.sub(r"[约近超余多不到\s底初末日号]", "", _outside(value, statement))) == 0
    return len(named) == 1 and len(named[0].text) >= len(value) - 2


def _outside(value: str, statement: Statement) -> str:
    marks = statement.masked
    return "".join(sign for at, sign in enumerate(value) if not marks[at])


def is_answer(value: str, read: Read | None, question: str, ground: Ground) -> bool:
    """Whether a span answers the question with this value; by the words that both share where no reader tells."""
    if read is None:
        return _shared(question, ground.folded) >= 0.3
    folded = _letters(value)
    told = any(folded in (other := _letters(answer)) or other in folded for answer in read.answers[:3] if answer)
    if told and read.sure >= CERTAIN:
        return read.probability >= _POSSIBLE
    return read.probability >= (_LIKELY if told else SURE)


def agrees(sentence: str, answer: str) -> bool:
    """Whether a sentence gives the answer that a span gives: its figure or date by value, one of its items, or half its words."""
    if _letters(answer) in _letters(sentence):
        return True
    said, given = Statement(sentence), Statement(answer)
    figures = [one for one in given.quantities if one.measure is not Measure.BARE]
    if any(compare(one, other) is Comparison.EQUAL for one in figures for other in said.quantities):
        return True
    if any(2 * len(one.text) >= len(answer) for one in figures):
        return False
    if given.dates and all(stated_date(given, fact, [Ground(sentence)]) for fact in given.dates):
        return True
    letters = _letters(sentence)
    items = [item for item in map(_letters, re.split("[、,，；;]|以及|和|及|与", answer)) if len(item) >= 2]
    return (
        any(item in letters for item in items)
        or _shared(answer, letters) >= 0.5
        or _shared(sentence, _letters(answer)) >= 0.5
    )


def gives(sentence: str, answer: str) -> bool:
    """Whether a sentence gives an answer as the span has it: word for word, or its figures by value."""
    if _letters(answer) in _letters(sentence):
        return True
    said, given = Statement(sentence), Statement(answer)
    if any(2 * len(one.text) >= len(answer) for one in given.quantities):
        return any(compare(one, other) is Comparison.EQUAL for one in given.quantities for other in said.quantities)
    items = [item for item in map(_letters, _ITEMS.split(answer)) if len(item) >= 2]
    return len(items) >= 2 and all(item in _letters(sentence) for item in items)


def contradicts(statement: Statement, question: str, reads: Sequence[Read]) -> str:
    """Return the value that the spans answer with where a sentence gives another one of the kind; or nothing."""
    if _FURTHER.match(statement.folded):  # says itself that it tells of something else
        return ""
    for read in reads:
        if read.probability < SURE or not read.answers:
            continue
        first = read.answers[0]
        if _other_date(statement, first, question) or _other_item(statement.text, first):
            return first
        asked = [one for one in quantities(first) if one.measure is not Measure.BARE]
        own = [one for one in statement.quantities if not _asked_with(one.text, question)]
        if len(asked) == 1 and 2 * len(asked[0].text) >= len(first) and own and not re.search("[=≈]", statement.folded):
            alike = [one for one in own if compare(one, asked[0]) is not Comparison.INCOMPARABLE]
            if alike and not any(compare(one, asked[0]) is Comparison.EQUAL for one in alike):
                return first
        elif _WHO.search(fold(question)) and not quantities(first) and 2 <= len(first) <= 12:
            text = _letters(statement.text)
            if not any(_shared(answer, text) >= 0.5 for answer in read.answers[:3] if answer):
                return first
    return ""


_FURTHER = re.compile("其中|此外|另外|同时|还")


def _other_date(statement: Statement, answer: str, question: str) -> bool:
    """Whether a sentence gives a date where the answer is another one as fine."""
    given = [one for one in Statement(answer).dates if 2 * len(one.text) >= len(answer)]
    own = [one for one in statement.dates if not _asked_with(one.text, question)]
    fine = (
        [one for one in own if [one.month is None, one.day is None] == [given[0].month is None, given[0].day is None]]
        if given
        else []
    )
    return (
        bool(fine)
        and not any(stated_date(Statement(one.text), one, [Ground(answer)]) for one in fine)
        and all(one.year and given[0].year for one in fine)
    )


def _other_item(sentence: str, answer: str) -> bool:
    """Whether a list has most items of the answer, and one that is none of them."""
    items = [item for item in map(_letters, _ITEMS.split(answer)) if len(item) >= 2]
    lists = re.findall("[^，。；：]*、[^，。；：]*", sentence)
    if len(items) < 3 or "、" not in answer or re.search("[，,0-9]", answer) or not lists:
        return False
    listed = max(lists, key=lambda one: sum(item in _letters(one) for item in items))
    mine = [_letters(item) for item in _ITEMS.split(listed)[1:]]
    told = [any(item[:2] == one[:2] or one in item for one in items) for item in mine if len(item) >= 2]
    return sum(item in _letters(sentence) for item in items) >= 2 and told.count(False) == 1


_ITEMS = re.compile("、|以及|和|及|与")


def _asked_with(text: str, question: str) -> bool:
    return fold(text) in fold(question)


def _letters(text: str) -> str:
    return re.sub(r"[^\w%]", "", fold(text))


def _shared(text: str, other: str) -> float:
    letters = _letters(text)
    pairs = [a + b for a, b in pairwise(letters)]
    return sum(pair in other for pair in pairs) / max(1, len(pairs))
