"""One word in the place of another: a sentence that stands in a span but for one word says something else.

«经营者将面临罚款» is not proven by «驾驶员将面临罚款»; that a word is another name for the same is the thesaurus's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.checks.content import without_links
from rag.checks.naming import PLACES
from rag.checks.statements import LINKS
from rag.question.rewording import thesaurus

_PIECE = re.compile("[，。；：！？,;:!?\n]|——")
_LITTLE = re.compile(f"{any_of('rag/people')}|{any_of('rag/things')}|[他它她]们|人员|职务|大[幅大量]")
_ASKS = re.compile(f"{any_of('rag/asks')}|[哪谁啥几]|什么|多少|怎")
_POINTS = re.compile("自身|[其该此这那]|本[社区市公]")
_DENIES = re.compile("[没不无未]")
_ALIKE = 0.4  # of the pairs of characters of a piece that a piece of a span must hold to be compared with it
_NEAREST = 0.9  # of what the nearest one holds: others tell something else
_NAME = 4  # characters from which half of them make another name
_SHORT, _LONG = 2, 6  # characters of a word that is exchanged
_TOUCHING = 2  # characters on either side of it that both have
_SAME = 4  # characters that both have in all


def exchanged_word(sentence: str, texts: Sequence[str], around: str, question: str) -> str:
    """Return a word of a sentence where the texts, which tell the same, have another one; or nothing.

    The word stands elsewhere in `around`, all that was found: what nothing holds is told by other checks.
    """
    pieces = [piece for text in texts for piece in _pieces(text)]
    for mine in _pieces(sentence):
        pairs = {mine[at : at + 2] for at in range(len(mine) - 1)}
        shares = [sum(pair in one for pair in pairs) / len(pairs) for one in pieces]
        least = max([_ALIKE, *(_NEAREST * share for share in shares)])
        near = [one for one, share in zip(pieces, shares, strict=True) if share >= least]
        found = [_differences(mine, one) for one in near]
        if any(not one for one in found):
            continue
        for theirs, differences in zip(near, found, strict=True):
            for word, other, first in differences:
                if _says_another(word, other, mine, theirs, around, fold(question), first=first):
                    return word
    return ""


def _says_another(word: str, other: str, mine: str, theirs: str, around: str, question: str, *, first: bool) -> bool:
    if _DENIES.search(word) or _LITTLE.fullmatch(word) or word in theirs or word in question or word not in around:
        return False
    if (other in mine and not first) or other not in around or _ASKS.search(other):
        return False
    shared, shorter = 2 * len(set(word) & set(other)), min(len(word), len(other))
    if shared > shorter or (shared == shorter and shorter < _NAME):  # 设立 for 建立, but 甲乙小镇 is not 丙丁小镇
        return False
    known = thesaurus().official
    return other not in known.get(word, ()) and word not in known.get(other, ())


def _pieces(text: str) -> list[str]:
    pieces = (re.sub('["()\\s]', "", fold(piece)) for piece in _PIECE.split(text))
    return [piece for piece in pieces if len(piece) >= _SAME]


@lru_cache(maxsize=4096)
def _differences(mine: str, theirs: str) -> tuple[tuple[str, str, bool], ...]:
    return tuple(_exchanges(mine, theirs))


def _exchanges(mine: str, theirs: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the words in the same place of two pieces, between what both have, and whether both begin with them."""
    blocks = [(0, 0, 0)]
    blocks += [
        (one.a, one.b, one.size)
        for one in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
        if one.size >= _TOUCHING
    ]
    blocks.append((len(mine), len(theirs), 0))
    if sum(size for _, _, size in blocks) < _SAME:
        return
    for (a, b, size), (next_a, next_b, next_size) in pairwise(blocks):
        if not size and not next_size:
            continue
        if _POINTS.search(theirs[b + size : next_b]):
            continue
        word, other = _bare(mine[a + size : next_a]), _bare(theirs[b + size : next_b])
        if all(_SHORT <= len(one) <= _LONG and not re.search("[0-9]", one) for one in (word, other)):
            yield word, other, not size


def _bare(text: str) -> str:
    """Return what a stretch says: without what ties it in; nothing where that is a verb of one character."""
    said = _PARTICLES.sub("", LINKS.sub("", text))
    if len(said) < _SHORT:
        return text if _SIDE.fullmatch(text) or PLACES.fullmatch(text) else ""
    span = without_links(text, 0, len(text))
    return text[span.start : span.end]


_PARTICLES = re.compile("[的了着过得]")
_SIDE = re.compile("[\u3400-\u9fff][中上下里外内间边]")
