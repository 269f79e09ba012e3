"""Lists that stand line by line: «需要以下材料：», then «1．身份证原件；» and its siblings. Whoever asks wants all of them."""

from __future__ import annotations

import re

from corpus.text import fold
from index.snapshot import Snapshot

_NUMERAL = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_ITEM = re.compile(rf"(?:(?:{_NUMERAL})[.,、．)](?![0-9])|[(](?:{_NUMERAL})[)]|[-·●■◆*]\s?|第(?:{_NUMERAL})(?:步|项|条)?[,、:])")
_LEADS_IN = re.compile("[:：]$|(?:如下|以下[^,。.]{0,10}|[0-9一二两三四五六七八九十]+(?:个|项|类|种|条|步)[^,。.]{0,8})[。.:：]?$")
_MOST = 30  # items


def is_item(text: str) -> bool:
    """Tell whether a line is numbered or marked as one of several."""
    return _style(text) != ""


def _style(text: str) -> str:
    """Return how a line is numbered, the number left out: «、» for 一、 and «()» for （二）; empty when it is not."""
    text = text.lstrip()
    if "①" <= text[:1] <= "⑳":
        return "①"
    found = _ITEM.match(fold(text))
    if found is None:
        return ""
    return re.sub("[0-9]+", "1", re.sub("[一二三四五六七八九十]+", "一", found.group())).strip() + text[found.end() - 1]


def list_around(row: int, snapshot: Snapshot) -> tuple[int, ...]:
    """Return the rows of the list that the sentence in `row` begins or belongs to, its lead-in first; empty when to none.

    Two lines that are numbered alike, one after the other, make a list; the line before them leads in when it says so.
    """
    siblings = snapshot.article_sentence_rows(snapshot.sentences[row].article_id)

    def text(at: int) -> str:
        return snapshot.sentences[at].text

    first = row if is_item(text(row)) else row + 1
    if first not in siblings or not is_item(text(first)) or (first > row and not _LEADS_IN.search(fold(text(row)))):
        return ()
    style = _style(text(first))
    while first - 1 in siblings and _style(text(first - 1)) == style:
        first -= 1
    last = first
    while last + 1 in siblings and _style(text(last + 1)) == style:
        last += 1
    items = tuple(range(first, min(last, first + _MOST - 1) + 1))
    if len(items) < 2:
        return ()
    lead = first - 1
    return (lead, *items) if lead in siblings and _LEADS_IN.search(fold(text(lead))) else items
