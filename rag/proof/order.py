"""Who and whom: the names of a sentence stand in it as in the spans, unless a word turns them round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from corpus.chinese.facts import NameKind, names
from corpus.chinese.text import fold
from corpus.chinese.words import any_of

_TURNS = re.compile(f"{any_of('rag/order_turns')}|[,.;:]|、")


def turned_round(sentence: str, texts: Sequence[str], places: frozenset[str]) -> str:
    """Return two names that a sentence gives in the other order than the text that holds both and most of it; or nothing.

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
        text = max(
            holding, key=lambda text: sum(pair in text for pair in _ordered(folded))
        )  # the one that tells the same
        if _before(other, one, text) and not _TURNS.search(text[text.rfind(other) + len(other) : text.find(one)]):
            return f"{one} … {other}"
    return ""


_ENDING = re.compile(f"{any_of('rag/acting')}|[^新老县]城(?![市区镇乡])")
_LONGEST = 10  # characters of a name with such an ending
_PIECE = re.compile("[，。；：！？,;:!?]|——")
_WORDS = re.compile("[\u3400-\u9fff]{3}")
_FIRST, _LAST = 4, 3  # characters of a subject, and of what is said of it, that stand in a text word for word
_CLAUSE = 6  # characters of an item of a list that is a clause
_JOINED = 0.8  # of a piece of a sentence that the two make up
_OWN = 4  # characters before what is said, in its own clause of the text: a subject
_LEADS_IN = re.compile(f"^(?:{any_of('rag/leading')}|[并也还将正已不]|成功|先后|同时|其中|集聚|拥有)")


def split_from(sentence: str, texts: Sequence[str]) -> str:
    """Return what a sentence says of a subject where the texts say it only of another subject, in another clause; or nothing."""
    pieces = [piece for text in texts for piece in _pieces(text)]
    for piece in _pieces(sentence):
        first = next(
            (piece[:end] for end in range(len(piece), _FIRST - 1, -1) if any(piece[:end] in one for one in pieces)), ""
        )
        last = next(
            (
                piece[at:]
                for at in range(len(first), len(piece) - _LAST + 1)
                if any(piece[at:] in one for one in pieces)
            ),
            "",
        )
        if (
            not last
            or last[0] in "在于"
            or not _WORDS.search(last)
            or len(first) + len(last) < _JOINED * len(piece)
            or any(first[:_FIRST] in one and last in one for one in pieces)
        ):
            continue
        of = [one[: one.find(last)] for one in pieces if last in one]
        if all(len(words) >= _OWN and not _LEADS_IN.match(words) for words in of) and any(
            first in one and len(one) - one.find(first) - len(first) >= _LAST for one in pieces
        ):
            return last
    return ""


def crossed(sentence: str, texts: Sequence[str]) -> str:
    """Return two pieces of a sentence whose beginnings and ends stand in the texts crosswise: 甲慢, 乙快 for 甲快, 乙慢."""
    told = _pieces(sentence)
    for alone in (False, True):  # then also items of a list that are clauses: 愿意做甲的多、愿意做乙的少
        if alone and "、" in sentence:
            return ""
        parts = [part for text in texts for part in (text.split("、") if alone else [text])]
        given = [piece for part in parts for piece in _pieces(part) if not alone or len(piece) >= _CLAUSE]
        pieces = [set(_ordered(piece)) for piece in given]
        if found := _crossed(told, [_ends(_ordered(piece), pieces, alone=alone) for piece in told]):
            return found
    return ""


def _crossed(told: Sequence[str], ends: Sequence[tuple[set[int], set[int]]]) -> str:
    for one, other in combinations(range(len(told)), 2):
        (begins, stops), (other_begins, other_stops) = ends[one], ends[other]
        first, second = (begins & other_stops) - stops - other_begins, (stops & other_begins) - begins - other_stops
        if first and second:
            return f"{told[one]} … {told[other]}"
    return ""


def _pieces(text: str) -> list[str]:
    """Return the clauses of a text, folded and without quotation marks; the items of a list are not apart."""
    return [fold(piece).replace('"', "") for piece in _PIECE.split(text) if piece]


def _ordered(piece: str) -> list[str]:
    return [
        piece[at : at + 2] for at in range(len(piece) - 1) if re.fullmatch("[\u3400-\u9fff]{2}", piece[at : at + 2])
    ]


def _ends(ordered: Sequence[str], pieces: Sequence[set[str]], *, alone: bool) -> tuple[set[int], set[int]]:
    """Return the pieces of the texts that hold the first, and those that hold the last pair of characters that any holds.

    `alone`: that one piece alone holds.
    """
    held = [found for pair in ordered if (found := {at for at, piece in enumerate(pieces) if pair in piece})]
    held = [one for one in held if len(one) == 1 or not alone]
    return (held[0], held[-1]) if held else (set(), set())


_COMPLEMENT = re.compile(
    "(?:来自|位于|直达|通往|毗邻|[东西南北]{1,2}[接邻衔]|属于|交付|(?<![对相])比(?!重|例|较|如|赛|上))(?P<what>[\u3400-\u9fffa-z0-9]{2})"
)


_UNDER = re.compile("在[^,.;]*?(?P<who>[\u3400-\u9fff]{2})的?(?P<what>带领|指导|支持|陪同|邀请|帮助|要求|委托)下")


def other_complement(sentence: str, texts: Sequence[str]) -> str:
    """Return what a sentence gives to a word (来自, 位于, 东接 …) to which the texts give only something else; or nothing."""
    whole = re.sub('"', "", "\n".join(fold(text) for text in texts))
    for found in _UNDER.finditer(re.sub('"', "", fold(sentence))):
        given = [
            whole[max(0, at.start() - 3) : at.start()].removesuffix("的")[-2:]
            for at in re.finditer(found["what"], whole)
        ]
        if given and found["who"] in whole and found["who"] not in given:
            return found.group()
    for found in _COMPLEMENT.finditer(fold(sentence)):
        word = found.group()[:-2]
        if (
            word in whole
            and found["what"] in whole
            and not re.search(f"{word}[^,.;:]{{0,12}}{re.escape(found['what'])}", whole)
        ):
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
