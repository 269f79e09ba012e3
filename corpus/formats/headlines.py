"""Which words of a web page are its headline: what the page calls itself, found again where it is printed.

A page calls itself by its headline, its section and its site in one («…_国内首页_某某网»), sometimes by its site alone. So
a line counts as the headline only when it holds the better part of such a name; where none does, what is left of the
name without the site, when the article speaks of it; else a heading, or the line over the day and the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from corpus.chinese.words import any_of
from corpus.decoding import Told
from corpus.lines import bylines, dating

_ORNAMENTS = "》>»›·•■◆●▲▼★☆ "  # before a headline
_SEPARATOR = re.compile(r"\s*(?:(?<![—-])[-—–](?![—-])|[_|｜丨>»])\s*")
_KEYWORDS = re.compile(r"[^,，;；]{1,10}(?:[,，;；][^,，;；]{1,10}){3,}")
_MARKS = re.compile("[-—–_|｜丨>»:：]+")
_TAIL = re.compile(r"\s*(?:(?<![—-])[-—–](?![—-])|[_|｜丨])\s*(?!\d)[^_|｜丨]{2,24}$")
_SITE_HEAD = re.compile(r"^[^\s_|｜丨:：—–-]{2,12}\s*(?:(?<![—-])[-—–](?![—-])|[_|｜丨:：])\s*(?=\S)")
_SENTENCES = re.compile("。.*。$")  # a description, though a page may call itself so
_SITE = re.compile(rf"[\w\s·.]*{any_of('corpus/site_ends')}", re.IGNORECASE)
_SHORTEST, _LONGEST = 4, 120  # characters that count of a headline
_SITE_LENGTH = 14  # of the longest name of a site or a section
_NAME = 6  # characters of the longest name of a site that articles are wont to cite: «新华网北京1月2日电»
_BETTER_PART = 0.5  # of what a name has between two separators, the longest such
_MOST = 0.8  # of that part, what a heading has in common with it that has other words beside
_LITTLE_ELSE = 0.6  # of a heading: what it has in common with a name, as «【快讯】某地某事 …» with «某地某事 …_某网»
_SPOKEN_OF = 0.25  # of the pairs of characters of a headline that its article has, too: of 100 headlines two have fewer
_CITED = 0.5  # of a headline that has the form of a site's name
_LINE = 60  # characters of the longest headline that no name tells
_DESCRIPTION = 20  # letters of the shortest description that tells of an article
_DESCRIBED = 6  # characters of the shortest


class Line(Protocol):
    """What a line of the page must tell."""

    @property
    def text(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def linked(self) -> int: ...


def key(text: str) -> str:
    """Return the letters and digits of a text, by which titles compare: marks and widths of one title differ."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


@dataclass(frozen=True)
class Titles:
    """What a page calls itself, the surest first; what it calls its site; and what else may repeat the headline."""

    names: Sequence[str]
    sites: Sequence[str] = ()
    descriptions: Sequence[str] = field(default=())

    @cached_property
    def _sites(self) -> frozenset[str]:
        return frozenset(filter(None, map(key, self.sites)))

    @cached_property
    def _keys(self) -> list[tuple[str, list[str]]]:
        """The names that say more than the site, with their parts."""
        parted = [
            (key(name), [key(part) for part in _SEPARATOR.split(name) if not _KEYWORDS.fullmatch(part)])
            for name in self.names
        ]
        return [
            (whole, [part for part in parts if part not in self._sites])
            for whole, parts in parted
            if whole and whole not in self._sites
        ]

    def printed(self, lines: Sequence[Line]) -> tuple[int, int] | None:
        """Return the number of the line that the page is called after and how many of its names say so.

        It is the first of those that have most in common with a name; None when none has enough.
        """
        best, most, agreed = -1, 0, 0
        for number, line in enumerate(lines):
            if len(line.text) > 2 * _LONGEST or _is_dated(line.text) or _SENTENCES.search(line.text):
                continue
            said = key(line.text)
            shares = [_shared(said, line.level > 0, whole, parts) for whole, parts in self._keys]
            if most < max(shares, default=0) <= _LONGEST:
                best, most, agreed = number, max(shares), sum(share > 0 for share in shares)
        if best < 0:
            described = frozenset(said for one in self.descriptions if len(said := key(one)) >= _DESCRIBED)
            fits = (n for n, line in enumerate(lines) if _is_title(line) and key(line.text) in described)
            best = next(fits, -1)
        return (best, agreed) if best >= 0 else None

    def headline(self, lines: Sequence[Line], headings: Sequence[str], spoken: frozenset[str]) -> Told | None:
        """Return the headline of an article, how it is known and how surely.

        `lines` are those of the page down to where the article begins, `headings` those that may be the headline,
        `spoken` the pairs of characters of the article.
        """
        if found := self.printed(lines):
            number, agreed = found
            sure = 0.97 if agreed > 1 else 0.95 if agreed else 0.9
            return Told(
                lines[number].text.lstrip(_ORNAMENTS),
                "页面标题与正文标题一致" if agreed else "页面摘要与正文标题一致",
                sure,
            )
        names = [short for name in self.names if len(short := self._without_site(name)) >= 2]
        told = [short for short in names if not self._is_site(short) or _is_cited(short, spoken)]
        if short := next((short for short in told if share(short, spoken) >= _SPOKEN_OF), ""):
            return Told(short, "页面自报的标题", 0.8)
        own = [text for text in headings if not self._is_site(text)]
        if text := next((text for text in own if len(text) >= _DESCRIBED and share(text, spoken) >= _SPOKEN_OF), ""):
            return Told(text, "页面里的标题，正文说到它", 0.8)
        if told:
            return Told(told[0], "页面自报的标题", 0.8)
        if own:
            return Told(own[0], "页面里的第一个标题", 0.7)
        if over := _over_imprint(lines):
            return Told(over, "日期、来源上面的一行", 0.7)
        return Told(names[0], "页面只报了网站或栏目的名称", 0.4) if names else None

    def described(self, spoken: frozenset[str]) -> float:
        """Return how much of the page's longest description an article has, from 0 to 1; 1 where none is long enough."""
        longest = max(self.descriptions, key=len, default="")
        return share(longest, spoken) if len(key(longest)) >= _DESCRIPTION else 1.0

    def _is_site(self, name: str) -> bool:
        """Whether a name is that of a site or a section."""
        return key(name) in self._sites or all(
            key(part) in self._sites or (len(part) <= _SITE_LENGTH and _SITE.fullmatch(part))
            for part in filter(None, map(str.strip, _MARKS.split(name)))
        )

    def _without_site(self, name: str) -> str:
        """Return a name without the names of site and section behind and before it."""
        for _ in range(4):
            short = _TAIL.sub("", name)
            if short == name or len(short) < _SHORTEST or self._is_site(short):
                break
            name = short
        if (head := _SITE_HEAD.match(name)) and self._is_site(head[0].rstrip(" -—–_|｜丨:：")):
            name = name[head.end() :]
        return name


def _shared(said: str, heads: bool, whole: str, parts: Sequence[str]) -> int:
    """Return how many letters a line has in common with a name; 0 where it does not hold the better part of it.

    A heading may hold a little more than that.
    """
    longest = max(parts, key=len, default=whole)
    least = max(_SHORTEST, len(longest) * _BETTER_PART)
    if len(said) < least:
        return 0
    if said in whole:
        return len(said)
    if not heads or len(longest) < _DESCRIBED:
        return 0
    shared = SequenceMatcher(None, said, longest, autojunk=False).find_longest_match().size
    return shared if shared >= len(longest) * _MOST and shared >= len(said) * _LITTLE_ELSE else 0


def _is_cited(name: str, spoken: frozenset[str]) -> bool:
    """Whether a name in the form of a site's is what an article is about: «本市新建电动车充电网»."""
    return len(name) > _NAME and not _MARKS.search(name) and share(name, spoken) >= _CITED


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters and digits of a text."""
    said = key(text)
    return frozenset(said[at : at + 2] for at in range(len(said) - 1))


def share(words: str, spoken: frozenset[str]) -> float:
    """Return the share of the pairs of some words that an article has, from 0 to 1."""
    own = pairs(words)
    return len(own & spoken) / len(own) if own else 0.0


def _is_dated(text: str) -> bool:
    return len(text) <= _LINE and dating.printed_day(text) is not None


def _is_title(line: Line) -> bool:
    """Whether a line has the form of a headline."""
    text = line.text
    fits = _DESCRIBED <= len(text) <= _LINE and not text.endswith(("。", "：", ":"))
    return fits and line.linked * 2 <= len(text) and not _SITE.fullmatch(text)


def _over_imprint(lines: Sequence[Line]) -> str:
    """Return the line right over the first one that says when and where; «» when it reads like no headline."""
    under = ((above, line) for above, line in pairwise(lines) if _is_dated(line.text) and bylines.is_imprint(line.text))
    return next((above.text if _is_title(above) else "" for above, _ in under), "")
