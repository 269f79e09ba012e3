"""What has become of words that were once quoted: an article may be corrected, or read otherwise, after it was cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import islice

from corpus.chunking import block_sentences
from corpus.records import Article

FIRST_WORDS = 10  # characters of a quote that its address carries
_LONGEST = 20_000  # characters of a quote
_PLACES = 20  # looked at, where its first words stand often


class Standing(StrEnum):
    """How a quote stands in the article of today: at its place, elsewhere, begun alike but otherwise now, or nowhere."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Quoted:
    """Where a quote stands today; of a changed one, the sentence that stands there now; `start == end` for one that is gone."""

    standing: Standing
    start: int
    end: int


def print_of(quote: str) -> str:
    """Return eight letters that stand for the whole of a quote."""
    return sha256(quote.encode("utf-8", "replace")).hexdigest()[:8]


def quoted(article: Article, start: int, end: int, first_words: str = "", print_: str = "") -> Quoted:
    """Return what has become of the quote that stood at [start, end), began with `first_words` and had the print `print_`.

    Without a print its first words are taken for it, and without those its place: such an address cannot tell of a change.
    """
    length = end - start
    if not 0 < length <= (_LONGEST if print_ else len(article.text)):
        return _GONE
    if not first_words:
        return Quoted(Standing.SAME, start, end) if start >= 0 and end <= len(article.text) else _GONE
    places = _places(article.text, first_words, start)
    for place in places:
        if not print_ or print_of(article.text[place : place + length]) == print_:
            standing = Standing.SAME if place == start or not print_ else Standing.MOVED
            return Quoted(standing, place, min(place + length, len(article.text)))
    return Quoted(Standing.CHANGED, places[0], _end_of(article, places[0])) if places else _GONE


def standing_of(article: Article, quote: str, start: int) -> Quoted:
    """Return what has become of a quote that stood at `start`."""
    return quoted(article, start, start + len(quote), quote[:FIRST_WORDS], print_of(quote))


_GONE = Quoted(Standing.GONE, 0, 0)


def _places(text: str, words: str, near: int) -> list[int]:
    """Return where some words stand, the nearest first."""
    found = (match.start() for match in re.finditer(re.escape(words), text))
    return sorted(islice(found, 50 * _PLACES), key=lambda place: abs(place - near))[:_PLACES]


def _end_of(article: Article, place: int) -> int:
    """Return where the sentence ends that begins at `place`, or holds it."""
    spans = block_sentences(article, article.block_at(place))
    return next((span.end for span in spans if span.start <= place < span.end), article.block_at(place).end)
