"""Of which time and of whom a figure is said, in words to stand beside it: «2023年 · 临平», «2024年上半年 · 经开区»."""

from __future__ import annotations

from corpus.records import Precision, Span, TimeMention
from index.storage.snapshot import Snapshot
from rag.figures.figure import figures_at

_LONGEST = 14  # characters of whom a figure is said; what is longer is a phrase and no name


def scope_of(row: int, value: Span, snapshot: Snapshot) -> str:
    """Return the period and the subject of the quantity at `value` of the sentence in `row`; empty when neither is told."""
    figure = next(
        (one for one in figures_at(snapshot, row) if value.overlaps(Span(one.quantity.start, one.quantity.end))), None
    )
    if figure is None:
        return ""
    subject = figure.subject if len(figure.subject) <= _LONGEST else ""
    return " · ".join(part for part in (period_text(figure.time), subject) if part)


def period_text(mention: TimeMention | None) -> str:
    """Return a time as a reader writes it; empty for one that its article does not resolve."""
    if mention is None or mention.first is None or mention.last is None:
        return ""
    first, last = mention.first, mention.last
    if mention.precision is Precision.OPEN or (first.year != last.year and mention.precision is not Precision.RANGE):
        return mention.text
    match mention.precision:
        case Precision.YEAR:
            return f"{first.year}年"
        case Precision.HALF:
            return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
        case Precision.QUARTER:
            return f"{first.year}年第{(first.month + 2) // 3}季度"
        case Precision.MONTH:
            return f"{first.year}年{first.month}月"
        case Precision.DAY:
            return f"{first.year}年{first.month}月{first.day}日"
    if first.year != last.year:
        return f"{first.year}—{last.year}年"
    return f"{first.year}年" if (first.month, last.month) == (1, 12) else f"{first.year}年{first.month}—{last.month}月"
