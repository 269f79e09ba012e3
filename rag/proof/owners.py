"""Of whom a clause is said: a sentence may not give the predicate of one subject to another that the spans also name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.facts import NameKind, names
from corpus.records import Span
from corpus.text import fold, split_clauses

_OPENING = re.compile("(?:截至|到|在|据|按|自|从)?(?:(?:19|20)?[0-9]{1,4}年?[^,]{0,8},)?(?:[0-9]{4}年(?:上半年|下半年|全年|[0-9]{1,2}月)?,?)?(?:目前|其中|同时)?,?")
_PREPOSITION = re.compile("[与和跟同向在为对从到把被给让以据、及]$")
_NO_NAME = re.compile("不仅|助力|列入|最早|作为|成为|通过|实现|完成|打造|推进|形成")
_LEAST = 3  # pairs of characters that a predicate needs to be looked for
_FOUND = 0.5  # of its pairs in one clause of the spans


def of_another(sentence: str, texts: Sequence[str]) -> str:
    """Return the subject that the spans give to what a sentence says of another of their names; or nothing."""
    folded = fold(sentence)
    subject = _subject(folded, texts)
    if subject is None:
        return ""
    first = re.split("[,.;]", folded[subject.end :])[0]
    predicate = _pairs(first if len(_pairs(first)) >= _LEAST else folded[subject.end :])
    if len(predicate) < _LEAST:
        return ""
    named = folded[subject.start : subject.end]
    owners = [owner for text in texts for owner in _owners(predicate, named, text)]
    if not owners or any(not owner or _alike(named, owner) for owner in owners):
        return ""
    return owners[0]


def _subject(folded: str, texts: Sequence[str]) -> Span | None:
    """Return the name that a sentence begins with and a text holds, behind a time."""
    start = found.end() if (found := _OPENING.match(folded)) else 0
    whole = "\n".join(fold(text) for text in texts)
    for name in _names(folded):
        if name.start > start + 1:
            break
        for begin in (name.start, name.start + 1):  # 坐地铁9号线: a verb may have been taken into the name
            for end in range(name.end, begin + 1, -1):
                if folded[begin:end] in whole:
                    return Span(begin, end)
    return None


def _owners(predicate: set[str], named: str, text: str) -> Iterator[str]:
    """Yield whose the clauses of a text are that say the predicate: empty when they name nobody, or `named` itself."""
    folded = fold(text)
    for clause in split_clauses(text, Span(0, len(text))):
        inside = folded[clause.start : clause.end]
        if len(predicate & _pairs(inside)) < _FOUND * len(predicate):
            continue
        if named in inside:
            yield ""
            continue
        leading = [
            name for name in _names(folded)
            if clause.start <= name.start <= clause.start + 1 or (name.end <= clause.start and _leads(folded, name))
        ]  # fmt: skip
        own = [name for name in leading if clause.start <= name.start]
        last = (own or leading)[-1:]
        yield folded[last[0].start : last[0].end] if last else ""


def _leads(folded: str, name: Span) -> bool:
    """Whether a name begins its clause or ends it, and no preposition stands before it."""
    if _PREPOSITION.search(folded[: name.start]):
        return False
    return name.start == 0 or folded[name.start - 1] in ",.;:" or folded[name.end : name.end + 1] in ("", ",")


def _names(folded: str) -> list[Span]:
    return [
        Span(one.start, one.end) for one in names(folded)
        if (one.kind is not NameKind.LATIN or one.end - one.start >= 4) and not _NO_NAME.match(one.text)
    ]  # fmt: skip


def _alike(name: str, other: str) -> bool:
    """Whether two names may be of one thing: one is the other's end, or its short form (经开区 for 经济技术开发区)."""
    name, other = (re.sub('["\\s]', "", one) for one in (name, other))
    if name in other:
        return not re.fullmatch("[\u4e00-\u9fff]{2}[市区县]?", name) or other.endswith(name)
    if other in name:
        return True
    letters = iter(other)
    return all(letter in letters for letter in name) and not re.fullmatch("[\u4e00-\u9fff]{2}[市区县]", name)


def _pairs(text: str) -> set[str]:
    words = re.sub("[^\u3400-\u9fffa-z0-9]", " ", text).split()
    return {a + b for word in words for a, b in pairwise(word)}
