"""Names, places and persons: those of a sentence stand in the spans, or are what the spans speak of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Name, NameKind, names
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.checks.statements import LINKS, Ground, Statement, bare
from rag.question.bigrams import is_ordinary
from rag.question.rewording import thesaurus

PLACES = re.compile(f"{any_of('rag/lands')}|{any_of('rag/cities')}")
_SURNAME = any_of("corpus/surnames")
_PERSON = re.compile(
    rf"(?:{any_of('corpus/titles')}(?P<after>{_SURNAME}[\u4e00-\u9fff]{{1,2}}))"
    rf"|(?<![\u4e00-\u9fff])(?P<lead>{_SURNAME}[\u4e00-\u9fff]{{1,2}}?)(?={any_of('rag/says')}|创办|教授|博士|书记|区长)"
)
_LONGEST_NAME = 16  # characters: more in quotation marks is what somebody said
_OPENS = 2  # characters in which the subject of a span stands


def unnamed(statement: Statement, grounds: Sequence[Ground], question: str = "") -> str:
    """Return the first name that no ground holds; empty when all are held.

    A name of the question may stand before the ground in its article: of it the ground speaks without naming it again.
    Words of the question may stand before a name (坐地铁9号线).
    """
    text = "\n".join(ground.folded for ground in grounds)
    asked = bare(fold(question))
    spoken = spoken_of(statement, grounds, question)
    spaced = "\n".join(ground.evened for ground in grounds)
    context = text + "\n" + "\n".join(ground.folded_heading for ground in grounds)
    for name in statement.names:
        folded = bare(fold(name.text))
        if not folded or (name.kind is NameKind.LATIN and _is_quantity(statement, name)):
            continue
        if name.text in spoken:
            continue
        if name.kind is NameKind.LATIN and _has_word(fold(name.text).strip(), spaced):
            continue
        if name.kind is NameKind.PROPER:
            if not _held(_SINGLE.sub("", _PRONOUN.sub("", folded)), text, context, asked):
                return name.text
        elif not _has_word(folded, context if name.kind is NameKind.LATIN else text) and not (
            name.kind is NameKind.LATIN and _other_word(folded, context)
        ):
            return name.text
    for found in PLACES.finditer(statement.folded):
        if found.group() not in context:
            return found.group()
    for person in _PERSON.finditer(statement.folded):
        called = person.group("after") or person.group("lead")
        if called not in text and called[:-1] not in text:
            return called
    return ""


def spoken_of(statement: Statement, grounds: Sequence[Ground], question: str) -> tuple[str, ...]:
    """Return the names of a sentence that the grounds speak of without naming them.

    Those that the question asks about and that stand before grounds which name nothing else, and those that one points back to.
    """
    pointed = tuple(
        name.text for name in statement.names if any(_pointed_at(bare(fold(name.text)), one) for one in grounds)
    )
    if any(_names_itself(ground) for ground in grounds):
        return pointed
    asked, before = bare(fold(question)), "\n".join(bare(fold(ground.before)) for ground in grounds)
    return pointed + tuple(
        name.text
        for name in statement.names
        if (folded := bare(fold(name.text))) and folded in asked and folded in before
    )


def _names_itself(ground: Ground) -> bool:
    """Whether a span begins with a name: then it speaks of that, and not of what was named before."""
    quoted = re.match('"[^"]*"', ground.evened)
    begin = (
        quoted.end() if quoted and quoted.end() > _LONGEST_NAME else 0
    )  # what somebody says names nobody who is spoken of
    if re.match('["]?(?:这|该|此|其|它|他|她)', ground.evened[begin:]):
        return False
    return any(begin <= name.start <= begin + _OPENS and len(name.text) <= _LONGEST_NAME for name in names(ground.text))


_POINTS = re.compile("这[家个座位款所项]|该[公企项]|其")


def _pointed_at(name: str, ground: Ground) -> bool:
    """Whether a span points back (这家企业) to the name that the first clause of the sentence before it ends with."""
    if _POINTS.search(ground.evened) is None:
        return False
    last = [one for one in re.split("[.!?\n]", fold(ground.before)) if one.strip()]
    return bool(last) and bare(last[-1].split(",")[0]).endswith(name)


def _is_quantity(statement: Statement, name: Name) -> bool:
    return any(one.start < name.end and name.start < one.end for one in statement.quantities)


def _has_word(word: str, text: str) -> bool:
    """Whether a Latin word stands in the text as a whole word; Han words stand anywhere."""
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None


def _other_word(word: str, text: str) -> bool:
    return any(other in text for other in thesaurus().official.get(word, ()))


# A character of Chinese that was taken into a name of Latin letters: 坐G7556, HGT51F是.
_SINGLE = re.compile("^[\u4e00-\u9fff](?=[a-z0-9])|(?<=[a-z0-9])[\u4e00-\u9fff]$")
_PRONOUN = re.compile("^[^它他她]{0,3}[它他她]")
_DISTRICT = re.compile("[区市县省镇村]$")


def _held(name: str, text: str, context: str, asked: str = "") -> bool:
    """Whether a guessed name, or what remains of it after words that the text holds too, stands in the text.

    A name that only the headings hold is believed when the text names no other thing of the kind.
    """
    for start in range(0, max(1, len(name) - 1)):
        head, rest = name[:start], name[start:]
        if start and not (
            LINKS.fullmatch(head)
            or head in context
            or head in asked
            or _made_of_links(head, context)
            or (start == 1 and rest in context)
        ):
            continue
        if rest in text:
            return True
        if rest.endswith("地区") and rest[:-2] in context:  # 临平地区生产总值
            return True
        short = _DISTRICT.sub("", rest)
        if (
            len(short) >= 2
            and short != rest
            and short in text
            and not re.search(f"{re.escape(short)}[^区市县省镇村全]{{0,1}}[区市县省镇村]", text)
        ):
            return True
        if len(short) >= 2 and short != rest and re.search(f"{re.escape(short)}全?{rest[-1]}", text):
            return True
        if (rest in context or (len(short) >= 2 and short in context)) and not re.search(
            f"[\u3400-\u9fff]{{2}}{re.escape(rest[-1])}(?![域块间别位内])", text
        ):
            return True
    return False


def _made_of_links(text: str, context: str) -> bool:
    """Whether nothing remains without linking words but what the context holds: 甲公司比, 报道说, and one verb: 甲公司授予"""
    pieces = [piece for piece in LINKS.sub(" ", text).split() if piece not in context]
    return all(len(piece) > 4 and piece[:-2] in context and is_ordinary(piece[-2:]) for piece in pieces)


def places_named(statement: Statement) -> frozenset[str]:
    """Return the known places that a sentence names."""
    return frozenset(found.group() for found in PLACES.finditer(statement.folded))
