"""Who and whom: the names of a sentence stand in it as in the spans, unless a word turns them round."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import NameKind, names
from corpus.chinese.text import fold
from corpus.chinese.words import any_of

_TURNS = re.compile(f"{any_of('rag/order_turns')}|[,.;:]|、")


def turned_round(sentence: str, texts: Sequence[str], places: frozenset[str]) -> str:
    """Return two names that a sentence gives in the other order than the only text that holds both; or nothing.

    Names in one list, or on either side of 由, 被, 的是 …, may stand either way.
    """
    folded = fold(sentence)
    found = _mentions(folded, sentence, places, [fold(text) for text in texts])
    for (at, one), (then, other) in ((a, b) for i, a in enumerate(found) for b in found[i + 1 :]):
        if _TURNS.search(folded[at + len(one) : then]) or _TURNS.match(folded[then + len(other) :].lstrip(",.;:")):
            continue
        holding = [text for text in map(fold, texts) if one in text and other in text]
        if not holding:
            continue
        if all(_before(other, one, text) and not _TURNS.search(text[text.find(other) : text.rfind(one)]) for text in holding):
            return f"{one} … {other}"
    return ""


_COMPLEMENT = re.compile("(?:来自|位于|直达|通往|毗邻|[东西南北]{1,2}[接邻衔]|属于|交付)(?P<what>[\u3400-\u9fffa-z0-9]{2})")


def other_complement(sentence: str, texts: Sequence[str]) -> str:
    """Return what a sentence gives to a word (来自, 位于, 东接 …) to which the texts give only something else; or nothing."""
    whole = "\n".join(fold(text) for text in texts)
    for found in _COMPLEMENT.finditer(fold(sentence)):
        word = found.group()[:-2]
        if word in whole and found["what"] in whole and not re.search(f"{word}[^,.;:]{{0,12}}{re.escape(found['what'])}", whole):
            return found.group()
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
    found = {(at, word) for at, word in found if any(word in text for text in texts)}
    longest = [(at, word) for at, word in found if not any(word != other and word in other for _, other in found)]
    return sorted(longest)
