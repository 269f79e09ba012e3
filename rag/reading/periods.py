"""Does a sentence speak of the time that the question asks about?"""

from __future__ import annotations

import re
from datetime import date

from corpus.chinese.timing import Period, brought_to, contains, governs, is_compared_with, months_of, overlaps
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

    The times that the sentence names decide, and 目前 is when its article was written; what is still to come does not
    date what is told of before. When it names none, the last one named before it, or the article's own year,
    and the one before in an article of the first months; when none is named at all, these two years; so it is with a
    reason, which may lie in another time. Of a quantity that is asked for, the time decides
    that stands before it: «到2028年，产值3000亿元，较2023年…» gives no figure of 2023, a figure of its first quarter is not
    that of a year, and what came in since 2015 is not what came in within one. Where neither the sentence nor its article tells the year, months and quarters decide.
    """
    if period is None or period.latest or (period.first is None and period.last is None):
        return True
    published = snapshot.articles[candidate.article_id].published
    governing = _governing(asked, candidate, snapshot)
    if any(
        one and _agree(period, one, published) and not _is_other(period, one, asked, candidate) for one in governing
    ):
        return True
    if governing and all(governing):
        return False
    own = _own(asked, candidate, snapshot)
    if any(_agree(period, mention, published) for mention in own if _known(mention) or _is_now(mention, published)):
        return True
    dating = [mention for mention in own if _dates(mention, period, published)]
    if dating and asked.kind is not AnswerKind.REASON and not _tells_before(dating[0], candidate):
        return False
    before = _before(candidate, snapshot)
    if before and _agree(period, before, published):
        return True
    if published is None:
        return True
    if overlaps(period, _years(published, published.first.year)):
        return True
    # Nothing is reported of a time that has not passed.
    over = period.last is None or period.last <= published.last or period.precision is Precision.OPEN
    looks_back = before is None or published.first.month <= _LOOKS_BACK
    return over and looks_back and overlaps(period, _years(published, published.first.year - 1))


def _governing(asked: Asked, candidate: Candidate, snapshot: Snapshot) -> list[TimeMention | None]:
    """Return, for every quantity that fits the question, the last time named before it in the sentence, None where none is."""
    if asked.kind is not AnswerKind.QUANTITY:
        return []
    owner = snapshot.sentences[candidate.row].passage
    named = [
        m
        for m in snapshot.passages[owner].times
        if candidate.start <= m.start < candidate.end and _known(m) and not _is_of_an_event(m, candidate)
    ]
    what, text, base = wanted(asked), candidate.text, candidate.start
    return [
        next((m for m in reversed(named) if governs(text, m.start - base, m.end - base, quantity.start)), None)
        for quantity in found_quantities(text)
        if fits(quantity, what)
    ]


def _own(asked: Asked, candidate: Candidate, snapshot: Snapshot) -> list[TimeMention]:
    """Return the times that the sentence names; left out are those that something is compared with, and of a quantity those of events."""
    amount = asked.kind is AnswerKind.QUANTITY
    return [
        mention
        for mention in snapshot.passages[snapshot.sentences[candidate.row].passage].times
        if candidate.start <= mention.start < candidate.end
        and not is_compared_with(candidate.text, mention.start - candidate.start, mention.end - candidate.start)
        and not (amount and _is_of_an_event(mention, candidate))
    ]


def _before(candidate: Candidate, snapshot: Snapshot) -> TimeMention | None:
    """Return the last time named before the sentence, in its passage or the two before."""
    owner = snapshot.sentences[candidate.row].passage
    rows = snapshot.passage_rows(candidate.article_id)
    for row in range(owner, max(rows.start, owner - _REACH) - 1, -1):
        before = [m for m in snapshot.passages[row].times if m.start < candidate.start and _known(m)]
        if before:
            return before[-1]
    return None


def _known(mention: TimeMention) -> bool:
    """Vague spans (近年来, 目前) and unresolved ones say nothing that a question could contradict; 2023年以来, 今年以来 and 7月份 do."""
    vague = mention.precision is Precision.OPEN and not _SAYS_WHICH.search(mention.text)
    return (_is_resolved(mention) or bool(months_of(mention.text))) and not vague


def _is_now(mention: TimeMention, published: Published | None) -> bool:
    """Tell whether a time is that of the article itself: 目前, 眼下."""
    return published is not None and mention.first == published.first and mention.precision is Precision.OPEN


def _dates(mention: TimeMention, period: Period, published: Published | None) -> bool:
    """Tell whether a time of the sentence dates what it tells: one that is still to come does not, unless such a time is asked about."""
    if not _known(mention):
        return False
    coming = published is not None and mention.first is not None and mention.first > published.last
    return not coming or published is None or period.first is None or period.first > published.last


def _is_resolved(mention: TimeMention) -> bool:
    return mention.first is not None or mention.last is not None


def _agree(period: Period, mention: TimeMention, published: Published | None) -> bool:
    """Tell whether a time may be the one that is asked about; of one without a year, by its months.

    A month without a year may be still to come where it is not over in the year of the article.
    """
    if _is_resolved(mention):
        coming = _coming(mention, published) if published else None
        return overlaps(period, mention) or (coming is not None and overlaps(period, coming))
    if period.first is None or period.last is None or (period.first.year, 12) < (period.last.year, period.last.month):
        return True
    asked = range(period.first.month, 13 if period.last.year > period.first.year else period.last.month + 1)
    return bool(months_of(mention.text) & set(asked))


def _coming(mention: TimeMention, published: Published) -> Period | None:
    """Return the months told, of the article's year, where no year was said and they are still to come: 9月开学, written in March."""
    year = published.first.year
    if (
        mention.first is None
        or mention.first.year != year - 1
        or _SAYS_YEAR.search(mention.text)
        or not months_of(mention.text)
    ):
        return None
    moved = brought_to(Period(mention.first, mention.last, mention.text, mention.precision), year)
    return moved if moved.last and moved.last > published.last else None


def _is_other(period: Period, mention: TimeMention, asked: Asked, candidate: Candidate) -> bool:
    """Tell whether a figure of the time told is another than that of the asked time, which it overlaps."""
    return (
        _is_part(period, mention, candidate)
        or _is_whole(period, mention)
        or (_ADDED.search(asked.folded) is not None and _is_longer(period, mention))
    )


def _is_part(period: Period, mention: TimeMention, candidate: Candidate) -> bool:
    """Tell whether a month, quarter or half of the asked period is told, and no state at its end (截至6月) nor what happened in it."""
    if mention.precision not in _PARTS_OF_YEARS or period.precision not in _STRETCHES or not months_of(mention.text):
        return False
    if _UP_TO.search(candidate.text[: mention.start - candidate.start]):
        return False
    if _is_resolved(mention):
        return contains(period, mention) and not contains(mention, period)
    return period.precision is Precision.YEAR


def _is_whole(period: Period, mention: TimeMention) -> bool:
    """Tell whether a part of a year is asked about, and the year or a longer part of it told."""
    if not months_of(period.text) or not _is_resolved(mention) or mention.precision is Precision.OPEN:
        return False
    told_whole = mention.precision is Precision.YEAR or bool(months_of(mention.text))
    return told_whole and contains(mention, period) and not contains(period, mention)


def _is_of_an_event(mention: TimeMention, candidate: Candidate) -> bool:
    """Tell whether a day or month dates what its clause tells, and no figures behind it: 二期去年11月开工，总投资26亿元."""
    if mention.precision not in _OF_EVENTS:
        return False
    clause = _CLAUSE.match(candidate.text, mention.end - candidate.start)
    return clause is not None and not found_quantities(clause.group())


def _tells_before(mention: TimeMention, candidate: Candidate) -> bool:
    """Tell whether a clause stands before the first time of a sentence: that does not date it."""
    return _FIRST.match(candidate.text[: mention.start - candidate.start]) is not None


def _is_longer(period: Period, mention: TimeMention) -> bool:
    """Tell whether a time that reaches into the asked year, or part of one, began before it."""
    if period.precision not in _STRETCHES or period.first is None or mention.first is None:
        return False
    return mention.first < period.first


_ADDED = re.compile(f"{any_of('rag/added')}|{any_of('rag/changes')}")
_PARTS_OF_YEARS = frozenset({Precision.MONTH, Precision.QUARTER, Precision.HALF})
_STRETCHES = frozenset({Precision.QUARTER, Precision.HALF, Precision.YEAR})
_UP_TO = re.compile("(?:截至|截止|到|至|末)$")
_CLAUSE = re.compile("[^,;.，；。、的]{2,}(?:[,;，；]|的)")
_FIRST = re.compile("[^,;，；]{6,}[,;，；]")
_OF_EVENTS = frozenset({Precision.DAY, Precision.MONTH})
_SAYS_YEAR = re.compile("(?<!半)年|[0-9]{4}")
_SAYS_WHICH = re.compile("[0-9]|[今去前明后本]年")


def _years(published: Published, first: int) -> Period:
    """Return the time from the beginning of a year to the day of an article."""
    return Period(date(first, 1, 1), published.last, "", Precision.RANGE)
