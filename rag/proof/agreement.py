"""Does a sentence give the answer that a span gives?"""

from __future__ import annotations

import re

from corpus.chinese.facts import Measure, equal
from rag.checks.dates import stated_date
from rag.checks.statements import Ground, Statement
from rag.proof.values import items_of, letters, shared


def agrees(sentence: str, answer: str) -> bool:
    """Whether a sentence gives the answer that a span gives: its figure or date by value, one of its items, or half its words."""
    if letters(answer) in letters(sentence):
        return True
    said, given = Statement(sentence), Statement(answer)
    figures = [one for one in given.quantities if one.measure is not Measure.BARE]
    if any(equal(one, other) for one in figures for other in said.quantities):
        return True
    if any(2 * len(one.text) >= len(answer) for one in figures):
        return False
    if given.dates and all(stated_date(given, fact, Ground(sentence)) for fact in given.dates):
        return True
    told = letters(sentence)
    items = [item for item in map(letters, re.split("[、,，；;]|以及|和|及|与", answer)) if len(item) >= 2]
    return (
        any(item in told for item in items) or shared(answer, told) >= 0.5 or shared(sentence, letters(answer)) >= 0.5
    )


def gives(sentence: str, answer: str) -> bool:
    """Whether a sentence gives an answer as the span has it: word for word, or its figures by value."""
    if letters(answer) in letters(sentence):
        return True
    said, given = Statement(sentence), Statement(answer)
    if any(2 * len(one.text) >= len(answer) for one in given.quantities):
        return any(equal(one, other) for one in given.quantities for other in said.quantities)
    items = items_of(answer)
    return len(items) >= 2 and all(item in letters(sentence) for item in items)
