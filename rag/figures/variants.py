"""Names that are printed in two ways: one has a character more inside, and all the rest is the same.

Three spellings of one name may differ by two characters; they are joined through the one between.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.chinese.facts import NameKind, names
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Article

_SHORTEST, _LONGEST = 6, 16  # characters of a name; of shorter ones too many differ by a word
_ONLY_HAN = re.compile("[\u4e00-\u9fff]+")
_PIECES = re.compile('[、·,;。，；"“”()（）]|--|——')
# What makes another thing of a name, or merely spells out a form that is usual in short.
_TELLS_APART = re.compile(
    f"{any_of('rag/tells_apart')}|[一二三四五六七八九十百千万亿零两几第]|[东西南北中上下左右前后内外大小新老旧高低男女]|[省市区县镇乡村州国级]|[的了与和及或暨在]|[对往线也我你他她它能会可就都还不没主]|[分支总副正]|[年月日]"
)


_KINDS = re.compile(  # a word before one of these says which of them
    f".{{0,2}}{any_of('rag/variant_kinds')}"
)


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where a form of a name stands: article and offsets."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Variant:
    """Two forms of one name, the shorter first, and the first place of each in every article that has it."""

    short: str
    long: str
    short_places: tuple[NamePlace, ...]
    long_places: tuple[NamePlace, ...]


def inserted(short: str, long: str) -> str:
    """Return what `long` has more inside than `short`; empty when they differ in any other way, or at an edge."""
    if len(long) - len(short) != 1 or len(short) < _SHORTEST:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if at < 2 or at == len(short) or short[at:] != long[at + 1 :] or _KINDS.fullmatch(short, at):
        return ""
    return long[at]


def is_variant(short: str, long: str) -> bool:
    """Tell whether two strings look like two spellings of one name."""
    more = inserted(short, long)
    return bool(more) and not _TELLS_APART.search(more)


def names_of(text: str) -> list[tuple[int, int]]:
    """Return where names stand in `text` (as printed: its quotation marks count) that may be misspelt.

    They are of four to sixteen Han characters, quoted or of a name's ending.
    """
    folded = fold(text)
    found: list[tuple[int, int]] = []
    for name in names(text):
        if name.kind is NameKind.LATIN:
            continue
        at = name.start
        for piece in _PIECES.split(folded[name.start : name.end]):
            start = folded.find(piece, at, name.end) if piece else -1
            if start >= 0:
                at = start + len(piece)
                if _SHORTEST <= len(piece) <= _LONGEST and _ONLY_HAN.fullmatch(piece):
                    found.append((start, at))
    return found


def variants_of(name: str, text: str) -> Iterable[tuple[int, int]]:
    """Yield where `text` (folded) has another form of `name` (folded): it begins with the same two characters.

    A form must end as the name ends, in two characters, or in one where a mark or the text's end closes it.
    """
    at = text.find(name[:2])
    while at >= 0:
        for length in (len(name) - 1, len(name) + 1):
            form = text[at : at + length]
            if len(form) < length or form[-1] != name[-1]:
                continue
            closed = form[-2:] == name[-2:] or not text[at + length : at + length + 1].isalnum()
            if closed and (is_variant(name, form) or is_variant(form, name)):
                yield at, at + length
        at = text.find(name[:2], at + 1)


def find_variants(articles: Iterable[Article]) -> list[Variant]:
    """Return the names of the corpus that are printed in two ways, longest first."""
    texts: dict[str, str] = {}
    known: set[str] = set()
    for article in articles:
        texts[article.id] = fold(article.text)
        known |= {texts[article.id][start:end] for start, end in names_of(article.text)}
    pairs = _by_deletion(known)
    by_edges: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in known:
        for length in (len(name) - 1, len(name) + 1):
            by_edges[name[:2], name[-2:]][length].append(name)
    ends = {tail for _, tail in by_edges}
    lengths = sorted({length for found in by_edges.values() for length in found})
    for text in texts.values():
        pairs |= _in_text(text, by_edges, ends, lengths)
    found = []
    for short, long in _joined(pairs):
        places = _places(short, texts), _places(long, texts)
        if places[0] and places[1]:
            found.append(Variant(short, long, *places))
    return _outermost(found)


def _in_text(
    text: str, by_edges: Mapping[tuple[str, str], Mapping[int, list[str]]], ends: set[str], lengths: Sequence[int]
) -> set[tuple[str, str]]:
    """Return the pairs that the runs of a text make with known names: edges alike, a character more or less."""
    pairs: set[tuple[str, str]] = set()
    for at in range(2, len(text) - 1):
        if text[at : at + 2] not in ends:
            continue
        for length in lengths:
            start = at + 2 - length
            named = by_edges.get((text[start : start + 2], text[at : at + 2])) if start >= 0 else None
            for name in named.get(length, ()) if named else ():
                form = text[start : at + 2]
                short, long = sorted((name, form), key=len)
                if _ONLY_HAN.fullmatch(form) and is_variant(short, long):
                    pairs.add((short, long))
    return pairs


def _joined(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Add the outer two of three spellings in a row."""
    longer = defaultdict(set)
    for short, long in pairs:
        longer[short].add(long)
    return pairs | {(short, longest) for short, long in pairs for longest in longer.get(long, ())}


def _by_deletion(known: set[str]) -> set[tuple[str, str]]:
    """Names among themselves may differ before the last character as well: their edges are certain."""
    pairs = set()
    for long in known:
        for at in range(2, len(long) - 1):
            short = long[:at] + long[at + 1 :]
            if short in known and is_variant(short, long):
                pairs.add((short, long))
    return pairs


def _places(form: str, texts: Mapping[str, str]) -> tuple[NamePlace, ...]:
    found = []
    for article_id, text in texts.items():
        at = text.find(form)
        if at >= 0:
            found.append(NamePlace(article_id, at, at + len(form)))
    return tuple(found)


def _outermost(found: list[Variant]) -> list[Variant]:
    """Leave out a pair whose forms stand inside those of another: 融沪桥头堡 within 深度融沪桥头堡."""
    found.sort(key=lambda variant: (-len(variant.long), variant.long, variant.short))
    kept: list[Variant] = []
    for variant in found:
        if not any(variant.short in other.short and variant.long in other.long for other in kept):
            kept.append(variant)
    return kept
