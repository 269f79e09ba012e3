"""Names that are printed in two ways: one has a character or two more inside, and all the rest is the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.facts import NameKind, names
from corpus.records import Article
from corpus.text import fold

_SHORTEST, _LONGEST = 4, 16  # characters of a name
_MOST = 2  # characters that one form has more
_LONG_ENOUGH = 6  # characters of the shorter form when two are inserted
_ONLY_HAN = re.compile("[\u4e00-\u9fff]+")
_PIECES = re.compile("[、·,;。，；\"“”()（）]|--|——")
# What makes another thing of a name, or merely spells out a form that is usual in short.
_TELLS_APART = re.compile(
    "[一二三四五六七八九十百千万亿零两几第]|[东西南北中上下左右前后内外大小新老旧高低男女]|[省市区县镇乡村州国级]|[的了与和及或暨在]"
    "|[也我你他她它能会可就都还不没主]|有限|股份|集团|科技|技术|经济|人民|综合|管理|中国|国际|民族|自治|行政|公司|[分支总副正]|[年月日]|工业|产业|社会"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form of a name stands: article and offsets."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Variant:
    """Two forms of one name, the shorter first, and the first place of each in every article that has it."""

    short: str
    long: str
    short_places: tuple[Place, ...]
    long_places: tuple[Place, ...]


def inserted(short: str, long: str) -> str:
    """Return what `long` has more inside than `short`; empty when they differ in any other way, or at an edge."""
    more = len(long) - len(short)
    if not 1 <= more <= _MOST or len(short) < (_SHORTEST if more == 1 else _LONG_ENOUGH):
        return ""
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if at < 2 or at == len(short) or short[at:] != long[at + more :]:
        return ""
    return long[at : at + more]


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
        for length in range(max(_SHORTEST, len(name) - _MOST), len(name) + _MOST + 1):
            form = text[at : at + length]
            if len(form) < length or length == len(name) or form[-1] != name[-1]:
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
    by_edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in known:
        by_edges[name[:2], name[-2:]].append(name)
    pairs: set[tuple[str, str]] = set()
    for form in _forms(texts, by_edges, known):
        for name in by_edges.get((form[:2], form[-2:]), ()):
            if is_variant(name, form):
                pairs.add((name, form))
            elif is_variant(form, name):
                pairs.add((form, name))
    pairs |= _by_deletion(known)
    found = []
    for short, long in pairs:
        places = _places(short, texts), _places(long, texts)
        if places[0] and places[1] and _believable(short, long, texts):
            found.append(Variant(short, long, *places))
    return _outermost(found)


def _forms(texts: Mapping[str, str], by_edges: Mapping[tuple[str, str], list[str]], known: Iterable[str]) -> set[str]:
    """Return the runs of the texts that begin and end like a known name and are a little longer or shorter."""
    ends = {tail for _, tail in by_edges}
    lengths = sorted({len(name) + more for name in known for more in (-2, -1, 1, 2)})
    forms: set[str] = set()
    for text in texts.values():
        for at in range(2, len(text) - 1):
            if text[at : at + 2] not in ends:
                continue
            for length in lengths:
                start = at + 2 - length
                if start >= 0 and length >= _SHORTEST and (text[start : start + 2], text[at : at + 2]) in by_edges:
                    form = text[start : at + 2]
                    if _ONLY_HAN.fullmatch(form):
                        forms.add(form)
    return forms


def _by_deletion(known: set[str]) -> set[tuple[str, str]]:
    """Names among themselves may differ before the last character as well: their edges are certain."""
    pairs = set()
    for long in known:
        for at in range(2, len(long) - 1):
            short = long[:at] + long[at + 1 :]
            if short in known and is_variant(short, long):
                pairs.add((short, long))
    return pairs


def _places(form: str, texts: Mapping[str, str]) -> tuple[Place, ...]:
    found = []
    for article_id, text in texts.items():
        at = text.find(form)
        if at >= 0:
            found.append(Place(article_id, at, at + len(form)))
    return tuple(found)


def _believable(short: str, long: str, texts: Mapping[str, str]) -> bool:
    """A short name with one character more may be another thing: not when an article has both, side by side."""
    if len(short) > 5 or len(long) - len(short) > 1:
        return True
    return not any(short in text and long in text for text in texts.values())


def _outermost(found: list[Variant]) -> list[Variant]:
    """Leave out a pair whose forms stand inside those of another: 融沪桥头堡 within 深度融沪桥头堡."""
    found.sort(key=lambda variant: (-len(variant.long), variant.long, variant.short))
    kept: list[Variant] = []
    for variant in found:
        if not any(variant.short in other.short and variant.long in other.long for other in kept):
            kept.append(variant)
    return kept
