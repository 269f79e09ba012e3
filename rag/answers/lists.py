"""The members of an enumeration in a sentence, and the short answers that need no model: lists, dates, names."""

from __future__ import annotations

import re

from corpus.chinese.facts import NameKind, dates, names, whole_number
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Span
from rag.question.kinds import AnswerKind, Asked
from rag.reading.ranker import common_runs

_FEWEST = 3  # members that an enumeration without a stated number must have
_MEMBER = r"[^、，。；：,.;:！？!?\n]{1,32}"
_RUN = re.compile(rf"{_MEMBER}(?:、{_MEMBER})+")
_LAST = re.compile("(?:和|及|与|以及)(?=[^和及与]{2,16}$)")
_TAIL = re.compile("等|(?<![0-9])[0-9一二两三四五六七八九十]{1,3}[个大条所家项座处种类名位支]")
# What is said of all members, behind the last of them.
_SAID = re.compile("(?:较|比)(?:[0-9]{4}年|上年|去年|同期)|分别|同比|实现|达到|增长|下降|突破|[“「『]$")
_BOUND = re.compile("(?:[以之]?前(?![来往期不提身后])|[以之]?后(?![来勤续期])|前后|起|以来|左右)")
_STATED = re.compile(r"(?P<n>[0-9]{1,3}|[一二两三四五六七八九十]{1,3})[个大条所家项座处种类名位支重朵]")
_LEAD = re.compile(f".*(?:{any_of('rag/before_lists')}|集聚了?)(?=[^、]{{2,}}$)")


def enumeration(asked: Asked, text: str) -> tuple[Span, ...]:
    """Return the members of the one enumeration of `text` that the question asks for; none when that is not clear.

    The enumeration is the one whose words the question does not hold itself; of several, that with more members whose
    surroundings the question names. Members are cut at 、, the last at 和, the tail at 等 or a number of things.
    """
    if asked.kind is not AnswerKind.LIST:
        return ()
    matched, _, _ = common_runs(asked.folded, fold(text))
    best: tuple[float, tuple[Span, ...]] | None = None
    for run in _RUN.finditer(text):
        members = _members(text, run.start(), run.end())
        new = sum(not matched[span.start : span.end].all() for span in members)
        stated = _stated(text, members)
        if len(members) < _FEWEST and stated != len(members):
            continue
        around = matched[max(0, run.start() - 20) : run.start()].sum() + matched[run.end() - 8 : run.end() + 20].sum()
        score = new + 0.3 * float(around) + 2.0 * (stated == len(members))
        if new and (best is None or score > best[0]):
            best = (score, members)
    return best[1] if best else ()


def _members(text: str, start: int, end: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = start
    pieces = text[start:end].split("、")
    for number, piece in enumerate(pieces):
        low, high = at, at + len(piece)
        at = high + 1
        if number == 0 and (lead := _LEAD.match(piece)):
            low += lead.end()
        if number == len(pieces) - 1:
            if tail := _TAIL.search(piece, 2):
                high = high - len(piece) + tail.start()
            if said := _SAID.search(text[low:high], 2):
                high = low + said.start()
            if both := _LAST.search(text[low:high]):
                spans.append(Span(low, low + both.start()))
                low += both.end()
        spans.append(Span(low, high))
    return tuple(span for span in spans if len(span) >= 1)


def _stated(text: str, members: tuple[Span, ...]) -> int | None:
    """Return the number that the sentence itself gives right after the enumeration or shortly before it."""
    after = _STATED.match(text, members[-1].end)
    found = after or next(iter(_STATED.finditer(text, max(0, members[0].start - 16), members[0].start)), None)
    return whole_number(found["n"]) if found else None


def has_clear_end(text: str, members: tuple[Span, ...]) -> bool:
    """Tell whether the last member surely ends where it is cut: before 等, a number of things, or a mark after a name
    no longer than the others."""
    end = members[-1].end
    if text.startswith("等", end) or _STATED.match(text, end) or _SAID.match(text, end):
        return True
    longest = max(len(span) for span in members[:-1])
    return (end == len(text) or text[end] in "，。；,.;") and len(members[-1]) <= longest + 1


def is_complete(text: str, members: tuple[Span, ...]) -> bool:
    """Tell whether the members are all there are: as many as the sentence says, or not followed by 等."""
    stated = _stated(text, members)
    return stated == len(members) or (stated is None and not text.startswith("等", members[-1].end))


_NUMERAL = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_MARK = re.compile(
    rf"\s*(?:(?:{_NUMERAL})[.、．)）](?![0-9])|[(（](?:{_NUMERAL})[)）]|[①-⑳]|[-·・●■◆*]\s?|第(?:{_NUMERAL})(?:步|项|条)?[，、：:,])\s*"
)
_NTH = re.compile(rf"第(?P<n>{_NUMERAL})(?:个|步|项|条|点|种|类)")


def items_of(text: str) -> tuple[Span, ...]:
    """Return the items of a list that stands line by line, without their numbers and the line that leads into it."""
    spans: list[Span] = []
    at = 0
    lines = text.split("\n")
    marked = sum(_MARK.match(line) is not None for line in lines)
    for number, line in enumerate(lines):
        mark = _MARK.match(line)
        leads = number == 0 and mark is None and (marked > 0 or line.rstrip().endswith(("：", ":")))
        if line.strip() and not leads:
            bare = line.rstrip("；;。，,、 ")
            spans.append(Span(at + (mark.end() if mark else 0), at + max(len(bare), mark.end() if mark else 0)))
        at += len(line) + 1
    return tuple(spans)


def nth_item(asked: Asked, text: str) -> Span | None:
    """Return the item of a list that a question asks for by its number, 第二步是什么; None when it asks for no one."""
    found = _NTH.search(asked.folded)
    if found is None or _NTH.search(fold(text)):  # a list that says 第二步 itself is read like any text
        return None
    items = items_of(text)
    number = whole_number(found["n"])
    return items[number - 1] if number and number <= len(items) else None


def with_bound(text: str, date: Span) -> Span:
    """Return a date with the word behind it that says on which side of it: 2025年底前, 6月起."""
    found = _BOUND.match(text, date.end)
    return Span(date.start, found.end()) if found else date


def plain_span(asked: Asked, text: str) -> Span | None:
    """Return the one date, or the one name in quotation marks, that a sentence can answer with; None when unsure."""
    if asked.kind is AnswerKind.DATE:
        found = [Span(d.start, d.end) for d in dates(text) if d.year or d.month or d.day]
        new = [span for span in found if fold(text[span.start : span.end]) not in asked.folded]
        return with_bound(text, new[0]) if len(found) == len(new) == 1 else None
    if asked.kind is AnswerKind.NAME and re.search(
        "叫(?:做)?(?:什么|啥)|名(?:字|称)(?:是|叫)?(?:什么|啥)?", asked.folded
    ):
        quoted = [n for n in names(text) if n.kind in (NameKind.QUOTED, NameKind.TITLE) and len(n.text) <= 20]
        fresh = [Span(n.start, n.end) for n in quoted if fold(n.text) not in asked.folded]
        return fresh[0] if len(fresh) == 1 else None
    return None
