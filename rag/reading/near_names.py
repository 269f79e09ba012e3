"""Names that differ by an ordinal, a direction, a code or a rank: 五号线 and 三号线, 东校区 and 西校区, 局长 and 副局长.

Nothing else in a sentence makes up for such a difference, and no model of meaning is sure of it: it is compared by value.
"""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.chinese.numerals import of_han
from corpus.chinese.text import fold
from corpus.chinese.words import any_of

_HEADS = f"{any_of('rag/heads')}|期(?!间|望|货|待|限|末|初|盼|刊)|(?:(?<=[首])|(?<=[第头].)|(?<=第..)|(?<=第...))批(?!准|评|发|复|示)|中(?=[^国央心医间文华]|$)|站(?!位|点|长|台)|(?<=[东西南北])门(?!店|户|类|诊|口|票|槛|前|外)|环(?!境|保|节|比|球|绕|卫)|代(?=[^表理替价码]|$)"
_MARKED = re.compile(
    f"第?(?<![上下这那每同本哪某])(?P<mark>首|[0-9]{{1,4}}|[一二三四五六七八九十百]{{1,4}}|[东西南北](?:[东西南北])?|[甲乙丙丁]|(?<![a-z])[a-z](?![a-z]))(?:人民(?=医院))?(?P<head>{_HEADS})(?!伍)"
)
_ROMAN = {ord(roman): str(number) for number, roman in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", 1)}
_POST = re.compile(f"(?P<rank>副?)大?(?P<post>{any_of('rag/deputised')})")


@lru_cache(maxsize=8192)
def marked_names(text: str) -> frozenset[tuple[str, str]]:
    """Return (mark, head) of every marked name in a text: («5», «号线»), numerals as digits. 几 and 哪 mark nothing."""
    digits = text.translate(_ROMAN)
    return frozenset((_value(found["mark"]), found["head"]) for found in _MARKED.finditer(fold(digits)))


def names_another(question: str, sentence: str, around: str, article: str) -> bool:
    """Tell whether a sentence speaks of another of the marked things, or posts, than the question does.

    The sentence decides when it names any of that head; else what stands around it; else the whole article must name it.
    Of a post (局长, 副局长) only the sentence decides: a chief is often named without the word.
    """
    told = _posts(sentence)
    if any(post in told and ranks.isdisjoint(told[post]) for post, ranks in _posts(question).items()):
        return True
    for mark, head in marked_names(question):
        for text in (sentence, around):
            marks = {other for other, its in marked_names(text) if its == head}
            if mark in marks:
                break
            if marks:
                return True
        else:
            if (mark, head) not in marked_names(article):
                return True
    return False


@lru_cache(maxsize=8192)
def _posts(text: str) -> dict[str, frozenset[str]]:
    """Return the posts that a text names, each with its ranks: 副 or none."""
    found = [(one["post"], one["rank"]) for one in _POST.finditer(text)]
    return {post: frozenset(rank for other, rank in found if other == post) for post, _ in found}


def _value(mark: str) -> str:
    """Return a numeral of up to 99 in digits, 首 as 1, anything else as it is."""
    if mark == "首":
        return "1"
    number = of_han(mark)
    return mark if number is None else str(number)
