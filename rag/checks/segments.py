"""Whose sentence it is: who is told of stands in the same stretch of a span as what is told.

A stretch ends with a semicolon or full stop. One that begins with somebody else tells nothing of those who are named only
before or after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from rag.checks.content import without_links
from rag.checks.owners import NO_SUBJECT
from rag.checks.statements import LINKS, Ground, pairs_of

_STRETCH = re.compile("[.;!?\n]")
_OPENING = re.compile("(?:截至|到|在|自|从)?(?:[0-9]+(?:年|月|日|时)(?:底|初|末|[上中下]旬|以来)?)*,?")
_SHORTEST, _LONGEST = 3, 16  # characters of who is told of
_TOLD = 0.6  # of the pairs of what is told, in one stretch
_OWN = 3  # characters before what is told: somebody else


def of_another_stretch(sentence: str, grounds: Sequence[Ground], around: str, question: str) -> str:
    """Return who a sentence tells of, where the stretch that tells it begins with somebody else; or nothing."""
    folded = re.sub('["\\s]', "", fold(sentence))
    start = found.end() if (found := _OPENING.match(folded)) else 0
    who = _who(folded[start:], around)
    if not who or who in fold(question) or any(who in fold(ground.before) for ground in grounds):
        return ""
    told = pairs_of(folded[start + len(who) :])
    stretches = [one for ground in grounds for one in _STRETCH.split(re.sub('["\\s]', "", ground.evened)) if one]
    if len(told) < _OWN or not stretches:
        return ""
    best = max(stretches, key=lambda one: sum(pair in one for pair in told))
    held = [best.find(pair) for pair in told if pair in best]
    if len(held) < _TOLD * len(told):
        return ""
    names = pairs_of(who)
    if 2 * sum(pair in best for pair in names) >= len(names):
        return ""
    before = LINKS.sub("", re.sub("[^\u3400-\u9fff]", "", best[: min(held)]))
    return who if len(before) >= _OWN else ""


def _who(text: str, around: str) -> str:
    """Return the longest words that a text begins with and that were found."""
    run = re.match("[\u3400-\u9fffa-z0-9]*", text) if not (LINKS.match(text) or NO_SUBJECT.match(text)) else None
    for end in range(min(_LONGEST, len(run.group()) if run else 0), _SHORTEST - 1, -1):
        if text[:end] in around:
            span = without_links(text, 0, end)
            return text[: span.end] if span.end - span.start >= _SHORTEST else ""
    return ""
