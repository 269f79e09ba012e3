"""Who and whom: the names of a sentence stand in it as in the spans, unless a word turns them round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from corpus.chinese.facts import NameKind, names
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.checks.statements import han_pairs

_TURNS = re.compile(f"{any_of('rag/order_turns')}|[,.;:]")
_ENDING = re.compile(f"{any_of('rag/acting')}|[^新老县]城(?![市区镇乡])")
_LONGEST = 10  # characters of a name with such an ending


def turned_round(sentence: str, texts: Sequence[str], places: frozenset[str]) -> str:
    """Return two names that a sentence gives in the other order than the text that holds both and most of it; or nothing.

    Names in one list, or on either side of 由, 被, 的是 …, may stand either way.
    """
    folded = fold(sentence)
    told = [fold(text) for text in texts]
    found = _mentions(folded, sentence, places, told)
    for (at, one), (then, other) in combinations(found, 2):
        if _TURNS.search(folded[at + len(one) : then]) or _TURNS.match(folded[then + len(other) :].lstrip(",.;:")):
            continue
        holding = [text for text in told if one in text and other in text]
        if not holding:
            continue
        text = max(holding, key=lambda text: sum(pair in text for pair in han_pairs(folded)))  # that tells the same
        if _before(other, one, text) and not _TURNS.search(text[text.rfind(other) + len(other) : text.find(one)]):
            return f"{one} … {other}"
    return ""


def _before(first: str, second: str, text: str) -> bool:
    """Whether every mention of `first` stands before every mention of `second`."""
    return text.rfind(first) < text.find(second)


def _mentions(folded: str, sentence: str, places: frozenset[str], texts: Sequence[str]) -> list[tuple[int, str]]:
    found = {(folded.find(place), place) for place in places if place in folded}
    for name in names(sentence):
        if name.kind is not NameKind.LATIN or len(name.text) >= 3:
            for word in re.split("[为对给向]", re.sub('["\\s]', "", fold(name.text))):
                if len(word) >= 2 and word in folded:
                    found.add((folded.find(word), word))
    for end in _ENDING.finditer(folded):
        words = next(
            (
                folded[at : end.end()]
                for at in range(max(0, end.end() - _LONGEST), end.end() - 3)
                if any(folded[at : end.end()] in text for text in texts)
            ),
            "",
        )
        if words:
            found.add((end.end() - len(words), words))
    found = {(at, word) for at, word in found if any(word in text for text in texts)}
    longest = [(at, word) for at, word in found if not any(word != other and word in other for _, other in found)]
    return sorted(longest)
