"""Does a sentence speak of the time that the question asks about?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from corpus.chinese.timing import Period, contains, governs, is_compared_with, months_of, overlaps
from corpus.chinese.words import any_of
from corpus.records import Precision, Published, TimeMention
from index.storage.snapshot import Snapshot
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.units import fits, found_quantities, wanted

_LOOKS_BACK = 4  # months in which articles tell how the year before ended
_REACH = 2  # passages of the same article that are looked back for a time when the sentence names none


def speaks_of(period: Period | None, asked: Asked, candidate: Candidate, snapshot: Snapshot) -> bool:
    """Tell whether `candidate` may be about `period`; True when the question names no time.

    The times that the sentence names decide; when it names none, the last one named before it, or the article's own year,
    and the one before in an article of the first months; when none is named at all, these two years. Of a quantity that is asked for, the time decides
    that stands before it: «到2028年，产值3000亿元，较2023年…» gives no figure of 2023, a figure of its first quarter is not
    that of a year, and what came in since 2015 is not what came in within one. Where neither the sentence nor its article tells the year, months and quarters decide.
    """
    if period is None or period.latest or (period.first is None and period.last is None):
        return True
    governing = _governing(asked, candidate, snapshot)
    if any(one and _agree(period, one) and not _is_other(period, one, asked, candidate) for one in governing):
        return True
    if governing and all(governing):
        return False
    named, own = _mentions(candidate, snapshot)
    if any(_agree(period, mention) for mention in named if _known(mention)):
        return True
    if own:
        return False
    published = snapshot.articles[candidate.article_id].published
    if published is None:
        return True
    told = _usual(published) if not named or published.first.month <= _LOOKS_BACK else _own_year(published)
    since = period.precision is Precision.OPEN
    over = (
        since or period.last is None or period.last <= published.last
    )  # nothing is reported of a time that has not passed
    return overlaps(period, Period(published.first, published.last, "", Precision.RANGE)) or (
        over and overlaps(period, told)
    )


def _governing(asked: Asked, candidate: Candidate, snapshot: Snapshot) -> list[TimeMention | None]:
    """Return, for every quantity that fits the question, the last time named before it in the sentence, None where none is."""
    if asked.kind is not AnswerKind.QUANTITY:
        return []
    owner = snapshot.sentences[candidate.row].passage
    named = [m for m in snapshot.passages[owner].times if candidate.start <= m.start < candidate.end and _known(m)]
    what, text, base = wanted(asked), candidate.text, candidate.start
    return [
        next((m for m in reversed(named) if governs(text, m.start - base, m.end - base, quantity.start)), None)
        for quantity in found_quantities(text)
        if fits(quantity, what)
    ]


def _mentions(candidate: Candidate, snapshot: Snapshot) -> tuple[Sequence[TimeMention], bool]:
    """Return the times of the sentence and True, or the last one before it and False."""
    owner = snapshot.sentences[candidate.row].passage
    here = snapshot.passages[owner].times
    own = [
        mention
        for mention in here
        if candidate.start <= mention.start < candidate.end
        and not is_compared_with(candidate.text, mention.start - candidate.start)
    ]
    if any(map(_known, own)):
        return own, True
    rows = snapshot.passage_rows(candidate.article_id)
    for row in range(owner, max(rows.start, owner - _REACH) - 1, -1):
        before = [m for m in snapshot.passages[row].times if m.start < candidate.start and _known(m)]
        if before:
            return before[-1:], False
    return (), False


def _known(mention: TimeMention) -> bool:
    """Vague spans (近年来, 目前) and unresolved ones say nothing that a question could contradict; 2023年以来 and 7月份 do."""
    vague = mention.precision is Precision.OPEN and not any(map(str.isdigit, mention.text))
    return (_is_resolved(mention) or bool(months_of(mention.text))) and not vague


def _is_resolved(mention: TimeMention) -> bool:
    return mention.first is not None or mention.last is not None


def _agree(period: Period, mention: TimeMention) -> bool:
    """Tell whether a time may be the one that is asked about; of one without a year, by its months."""
    if _is_resolved(mention):
        return overlaps(period, mention)
    if period.first is None or period.last is None or (period.first.year, 12) < (period.last.year, period.last.month):
        return True
    asked = range(period.first.month, 13 if period.last.year > period.first.year else period.last.month + 1)
    return bool(months_of(mention.text) & set(asked))


def _is_other(period: Period, mention: TimeMention, asked: Asked, candidate: Candidate) -> bool:
    """Tell whether a figure of the time told is another than that of the asked time, which it overlaps."""
    return _is_part(period, mention, candidate) or (
        _ADDED.search(asked.folded) is not None and _is_longer(period, mention)
    )


def _is_part(period: Period, mention: TimeMention, candidate: Candidate) -> bool:
    """Tell whether a month, quarter or half of the asked period is told, and no state at its end (截至6月)."""
    if mention.precision not in _PARTS_OF_YEARS or period.precision not in _STRETCHES:
        return False
    if _UP_TO.search(candidate.text[: mention.start - candidate.start]):
        return False
    if _is_resolved(mention):
        return contains(period, mention) and not contains(mention, period)
    return period.precision is Precision.YEAR


def _is_longer(period: Period, mention: TimeMention) -> bool:
    """Tell whether a time that reaches into the asked year, or part of one, began before it."""
    if period.precision not in _STRETCHES or period.first is None or mention.first is None:
        return False
    return mention.first < period.first


_ADDED = re.compile(f"{any_of('rag/added')}|{any_of('rag/changes')}")
_PARTS_OF_YEARS = frozenset({Precision.MONTH, Precision.QUARTER, Precision.HALF})
_STRETCHES = frozenset({Precision.QUARTER, Precision.HALF, Precision.YEAR})
_UP_TO = re.compile("(?:截至|截止|到|至|末)$")


def _usual(published: Published) -> Period:
    return Period(date(published.first.year - 1, 1, 1), published.last, "", Precision.RANGE)


def _own_year(published: Published) -> Period:
    return Period(date(published.first.year, 1, 1), published.last, "", Precision.RANGE)
