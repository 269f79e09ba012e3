"""Where an article is at home: the places that it names with what they are (临平区, 塘栖镇), and which of them it means by 全区."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from corpus.chinese.text import fold
from corpus.chinese.words import any_of, words
from corpus.records import Article, Published
from rag.question.bigrams import language
from rag.reading.candidates import Candidate
from rag.reading.places import gazetteer

_ADMIN = re.compile("(?=(?P<stem>[\u4e00-\u9fff]{2})(?P<level>[省市区县镇])(?![域块间别位内划级场民长街江]))")
_NO_STEM = re.compile(
    f"{any_of('rag/no_stem')}|[的在与和及是个这那全各城园郊社片景街市区县省新主地老小古夜超校院]|[库灾疫牧矿辖郊特路塞防盲禁误时地战]"
)
_A_WORD = (
    500.0  # times that two characters stand together at large: then they are a word and no name, unless it is known
)
_RATHER = 10.0  # times as often a character stands with the one before it: then it begins no name
_HOMES, _OFTEN = 2, 2  # places that an article may be at home in; times that it names each
_BEGINS = 120  # characters within which an article says where it is at home
_LEVELS = "省市区县镇"
LANDS = frozenset(words("rag/lands"))


@lru_cache(maxsize=4096)
def places_of(article_text: str) -> frozenset[str]:
    """Return the names of places that an article uses with and without 省, 市, 区 …: 临平区 and 临平 give 临平."""
    folded = fold(article_text)
    stems = Counter(stem for stem, _ in _named(folded))
    known = {stem for stem in stems if folded.count(stem) > stems[stem] + 1}
    return frozenset(known | {land for land in LANDS if land in folded})


@lru_cache(maxsize=4096)
def administered(article_text: str) -> frozenset[tuple[str, str]]:
    """Return the places that an article names with what they are, (临平, 区)."""
    return frozenset(_named(fold(article_text)))


def _named(folded: str) -> Iterator[tuple[str, str]]:
    """Yield stem and level wherever a text names a place with what it is.

    业强区 in 工业强区 names none, nor does 代表县 in 作代表县里.
    """
    for found in _ADMIN.finditer(folded):
        stem, level = found["stem"], found["level"]
        if _NO_STEM.search(stem):
            continue
        before = folded[max(0, found.start() - 1) : found.start() + 1]
        within = len(before) == len(stem) and language().count(before) > _RATHER * (1 + language().count(stem))
        if stem + level in gazetteer().written or not (within or language().count(stem) > _A_WORD):
            yield stem, level


@lru_cache(maxsize=4096)
def home_of(article_text: str, level: str) -> str:
    """Return the place that 全区, 全市 mean: the one of that level that the article names most."""
    folded = fold(article_text)
    stems = [stem for stem, of in sorted(administered(article_text)) if of == level]
    return max(stems, key=folded.count, default="")


def setting_of(article: Article) -> str:
    """Return where an article is at home and when it was written, as the reader reads it: «宁溪区2025年2月：»; what is not known is left out."""
    return _setting(article.text, article.published)


@lru_cache(maxsize=4096)
def _setting(article_text: str, published: Published | None) -> str:
    folded = fold(article_text)
    begins = folded[:_BEGINS]
    said = [one for one in sorted(administered(article_text)) if one[0] in begins and folded.count(one[0]) >= _OFTEN]
    said.sort(key=lambda one: folded.count(one[0]))
    of_level = {level: stem for stem, level in said}  # of two districts the one that is named more
    homes = [of_level[level] + level for level in _LEVELS if level in of_level]
    when = _month(published) if published else ""
    return f"{''.join(homes[-_HOMES:])}{when}：" if homes or when else ""


def _month(published: Published) -> str:
    first, last = published.first, published.last
    if published.inferred or first.year != last.year:
        return ""
    return f"{first.year}年{first.month}月" if first.month == last.month else f"{first.year}年"


def is_of_another_home(question: str, candidate: Candidate, article: Article) -> bool:
    """Tell whether a question names a place that the sentence's article tells of beside its own, and nothing around names it.

    What a paper of 甲区 tells without saying where is of 甲区, not of 乙区 beside it.
    """
    asked = administered(question)
    if not asked:  # most questions name no place: no article is read for them
        return False
    around = fold(f"{article.headline}\n{candidate.heading}\n{candidate.passage}\n{candidate.before}\n{candidate.text}")
    homes = [(stem, home_of(article.text, level)) for stem, level in asked & administered(article.text)]
    return any(home and home != stem and stem not in around for stem, home in homes)
