"""Several articles in one file: where each of them begins, told from headlines with a line of their own that dates them.

Nothing here decides for anybody: a file that looks so is named, and split when somebody says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from corpus.lines import bylines, layout
from corpus.lines.dating import printed_day
from corpus.lines.layout import Shape, SourceLine

_LONGEST = 60  # characters of a headline
_REACH = 3  # lines after a headline in which the line with the day stands
_STARTS = 4  # lines of a file in which its first headline stands
_ALONE = 16  # characters of a line that holds a day and nothing else


def beginnings(lines: Sequence[SourceLine]) -> tuple[int, ...]:
    """Return which lines begin an article of their own, in order; () for a file of one article.

    Every article but the last must hold a whole sentence, and each but for those behind a rule («-----») needs a line
    with its own day: under its headline, over it, or at its foot. Days that stand alone between paragraphs, as in a list
    of events, begin nothing.
    """
    ruled = frozenset(line.start for rule, line in pairwise(lines) if layout.is_rule(rule.text))
    places = [at for at, line in enumerate(lines) if not layout.is_rule(line.text)]
    said = [lines[at] for at in places]
    found = _dated_under(said, ruled)
    if len(found) < 2:
        found = _dated_over(said) or _dated_at_foot(said)
    if len(found) < 2 or any(_events(said, *span) for span in pairwise([*found, len(said)])):
        return ()
    return tuple(places[at] for at in found)


def _dated_under(lines: Sequence[SourceLine], ruled: frozenset[int]) -> list[int]:
    """Return the headlines that have a day under them, or a rule over them (the lines that begin at `ruled`)."""
    found: list[int] = []
    for at, line in enumerate(lines):
        first = not found
        if not _may_head(line) or (first and at >= _STARTS):
            continue
        if not first and not _says(lines, found[-1] + 1, at):
            continue
        if _has_day(lines, at) or (not first and line.start in ruled and _says(lines, at + 1, at + 1 + _REACH)):
            found.append(at)
    return found


def _dated_over(lines: Sequence[SourceLine]) -> list[int]:
    days = _days(lines)
    if not days or days[0] or any(at + 1 >= len(lines) or not _may_head(lines[at + 1]) for at in days):
        return []
    return days if all(_says(lines, *span) for span in pairwise(days)) else []


def _dated_at_foot(lines: Sequence[SourceLine]) -> list[int]:
    days = _days(lines)
    if not days or days[-1] != len(lines) - 1:
        return []
    found = [0, *(at + 1 for at in days[:-1])]
    return (
        found
        if all(_may_head(lines[at]) and _says(lines, at, day) for at, day in zip(found, days, strict=True))
        else []
    )


def _days(lines: Sequence[SourceLine]) -> list[int]:
    return [at for at, line in enumerate(lines) if bylines.is_imprint(line.text) and printed_day(line.text)]


def _may_head(line: SourceLine) -> bool:
    bare = bylines.TITLE_LABEL.sub("", line.text).strip("【】")
    return (
        layout.shape_of(bare) is Shape.TITLE
        and 4 <= len(bare) <= _LONGEST
        and not bylines.is_imprint(line.text)
        and not layout.is_numbered(line.text)
        and not layout.looks_like_caption(line.text)
        and not layout.byline_names(line.text, expected=False)
    )


def _says(lines: Sequence[SourceLine], begin: int, end: int) -> bool:
    """Whether a whole sentence stands among some lines."""
    return any(line.shape is Shape.CLOSED for line in lines[begin:end])


def _has_day(lines: Sequence[SourceLine], at: int) -> bool:
    """Whether a line that tells a day as the article's own stands right under a headline: only titles lie between."""
    for line in lines[at + 1 : at + 1 + _REACH]:
        if printed_day(line.text):
            return True
        if line.shape is not Shape.TITLE or layout.is_numbered(line.text):
            return False
    return False


def _events(lines: Sequence[SourceLine], begin: int, end: int) -> bool:
    """Whether days stand alone between the paragraphs of one article."""
    days = [
        n for n in range(begin + _REACH + 1, end - 1) if len(lines[n].text) <= _ALONE and printed_day(lines[n].text)
    ]
    return len(days) > 1
