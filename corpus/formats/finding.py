"""Which text of a web page is the article: two readers judge, and where they differ, the headline decides.

readability goes by tags, names of classes and commas; the other looks for the element that holds the most running text
close beneath it, whatever it is called. Mostly they agree. Where they do not, one of them took comments, a notice at the
foot or a neighbour for the article: readability is believed unless the other begins nearer to the headline by a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement, document_fromstring, tostring

from corpus.formats import pages
from corpus.formats.paragraphs import Paragraph
from corpus.records import BlockKind

_PAUSE, _HAN = re.compile("[，。]"), re.compile("[\u3400-\u9fff]")
_NUMBER = "at"  # attribute: which element of the page this was before readability took it
_NEARNESS = 0.5  # what a paragraph counts for the element around the one it counts for, and so on outwards
_NO_PARTS = "p tr td ul ol li span blockquote center h1 h2 h3 h4"  # are in an article, never all of it
_NO_PART = frozenset(_NO_PARTS.split())
_LINE = 12  # characters of the shortest line that an article begins with
_NEARER = 100  # characters of running text, a paragraph
_AGREED = 0.5  # of the running text that either reader takes: taken by both


@dataclass(frozen=True, slots=True)
class SeenText:
    """A paragraph and the element that holds it; `linked` counts its characters inside links."""

    text: str
    element: HtmlElement
    level: int = 0
    apart: bool = False
    linked: int = 0
    kind: BlockKind | None = None
    made: Paragraph | None = None
    told: bool = False  # held to be the article

    def paragraph(self) -> Paragraph:
        return self.made or Paragraph(self.text, self.level, self.apart, self.kind)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The elements that are the article, how far two readers agreed on it, and its share of the page's running text.

    Both go from 0 to 1.
    """

    told: frozenset[HtmlElement]
    agreed: float = 1.0
    share: float = 1.0


def article_of(body: HtmlElement, found: Sequence[SeenText], headline: int | None) -> Whereabouts:
    """Return the elements of the article; `headline` is the number of the paragraph that is the headline, if one is."""
    named, dense = _by_readability(body), _by_density(body, found)
    running = sum(map(_running, found))
    agreed = _agreement(found, named, dense) if running else 1.0
    nearer = _distance(found, dense, headline) + _NEARER < _distance(found, named, headline)
    told = dense if agreed < _AGREED and nearer else named
    return Whereabouts(told, agreed, sum(_running(p) for p in found if p.element in told) / running if running else 1.0)


def bare(text: str) -> str:
    return "".join(text.split())


def line_of(tag: HtmlElement) -> Iterator[HtmlElement]:
    """Yield an element and all that it stands in, outwards."""
    yield tag
    yield from tag.iterancestors()


def _by_readability(body: HtmlElement) -> frozenset[HtmlElement]:
    """Return the elements that readability holds to be the article; none of a page that it cannot take."""
    from readability import Document

    copied = deepcopy(body)
    tags = list(body.iter(etree.Element))
    for number, tag in enumerate(copied.iter(etree.Element)):
        tag.set(_NUMBER, str(number))
        tag.text, tag.tail = _as_measured(tag.text), _as_measured(tag.tail)
    page = f"<html>{tostring(copied, encoding='unicode')}</html>"
    try:
        article = document_fromstring(Document(page).summary(html_partial=True))
    except (ValueError, etree.LxmlError, AttributeError, TypeError, ZeroDivisionError):
        return frozenset()
    numbers = (tag.get(_NUMBER, "") for tag in article.iter(etree.Element))
    return frozenset(tags[int(number)] for number in numbers if number.isdigit())


def _as_measured(text: str | None) -> str | None:
    """Return text as long and as rich in commas as English that says the same: readability counts both.

    It passes over paragraphs under 25 characters and weighs the others by their commas and hundreds of characters.
    """
    return _HAN.sub(r"\g<0>\g<0>\g<0>", _PAUSE.sub(",", text)) if text else text


def _by_density(body: HtmlElement, found: Sequence[SeenText]) -> frozenset[HtmlElement]:
    """Return the elements with text in the part of the page that has the most running text close beneath it."""
    scores: dict[HtmlElement, float] = {}
    lengths: dict[HtmlElement, int] = {}
    links: dict[HtmlElement, int] = {}
    for paragraph in found:
        says, length = _running(paragraph), len(bare(paragraph.text))
        for tag in line_of(paragraph.element):
            lengths[tag] = lengths.get(tag, 0) + length
            links[tag] = links.get(tag, 0) + paragraph.linked
            if tag.tag not in _NO_PART:
                scores[tag] = scores.get(tag, 0.0) + says
                says *= _NEARNESS
            if tag is body:
                break
    best = max(scores, key=lambda tag: scores[tag] * (1 - links[tag] / max(1, lengths[tag])), default=None)
    if best is None or not scores[best]:
        return frozenset()
    return frozenset(p.element for p in found if p.linked * 2 <= len(bare(p.text)) and best in line_of(p.element))


def _running(paragraph: SeenText) -> float:
    """Return how many characters of running text a paragraph holds; lists count half, rows of tables nothing."""
    if not _says(paragraph) or not pages.reads_like_text(paragraph.text) or paragraph.kind is BlockKind.ROW:
        return 0.0
    return (len(bare(paragraph.text)) - paragraph.linked) * (0.5 if paragraph.kind is BlockKind.LIST else 1.0)


def _says(paragraph: SeenText) -> bool:
    return paragraph.linked * 2 <= len(bare(paragraph.text)) and not pages.is_furniture(paragraph.text)


def _agreement(found: Sequence[SeenText], one: frozenset[HtmlElement], other: frozenset[HtmlElement]) -> float:
    """Return the share of the running text in either part that is in both."""
    either = sum(_running(p) for p in found if p.element in one or p.element in other)
    return sum(_running(p) for p in found if p.element in one and p.element in other) / either if either else 0.0


def _distance(found: Sequence[SeenText], told: frozenset[HtmlElement], headline: int | None) -> float:
    """Return how much running text stands between the headline, or the top, and the first of a part; what comes before
    the headline is farther than anything behind it."""
    begin = headline or 0
    first = next((n for n, p in enumerate(found) if p.element in told and len(p.text) >= _LINE and _says(p)), None)
    if first is None:
        return float("inf")
    between = sum(_running(p) for p in found[min(first, begin) : max(first, begin)])
    return between if first >= begin else between + sum(map(_running, found))
