"""A figure, date or name alone: proven when the span prints it and the question supplies the rest of the claim.

That the span answers the question, and with which words, is the reader's to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from corpus.chinese.facts import names
from corpus.chinese.text import fold
from rag.checks.amounts import same_amount
from rag.checks.dates import stated_date
from rag.checks.statements import BETWEEN_ITEMS, Ground, Statement

_LEAD = re.compile(
    "^(?:它|这|那|他|她)?(?:是在?|名?叫做?|名字[叫是]|为|就是|在|位于|由|一般为|一般是|共|有|需要?|要|于)"
)
_LONGEST = 26  # characters
_LIKELY = 0.3  # probability that a span answers, from which a value alone rests on it
_POSSIBLE = 0.15  # the same, where the reader has no doubt which words would be the answer
SURE = 0.6  # from which another value than the span's is a contradiction
CERTAIN = 0.7  # how sure the reader must be of the words themselves


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
        return all(stated_date(statement, fact, ground) for fact in statement.dates)
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
        return shared(question, ground.folded) >= 0.3
    folded = letters(value)
    told = any(folded in (other := letters(answer)) or other in folded for answer in read.answers[:3] if answer)
    if told and read.sure >= CERTAIN:
        return read.probability >= _POSSIBLE
    return read.probability >= (_LIKELY if told else SURE)


def letters(text: str) -> str:
    """Return the letters, figures and % of a text, folded."""
    return re.sub(r"[^\w%]", "", fold(text))


def items_of(text: str) -> list[str]:
    """Return the letters of each item that a text lists, but for single ones."""
    return [item for item in map(letters, BETWEEN_ITEMS.split(text)) if len(item) >= 2]


def shared(text: str, other: str) -> float:
    """Return the share of the pairs of neighbouring letters of a text that the other one holds."""
    pairs = [first + second for first, second in pairwise(letters(text))]
    return sum(pair in other for pair in pairs) / max(1, len(pairs))
