"""What an article tells of one of its streets, towns or firms is not told of another: 望鲸岛 and 大岬岛 of one county.

Districts and above are at home in whole articles (`homes`); these are named where they are spoken of. A firm may be called by its
kind as well (公司, 医院).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Article
from rag.question.kinds import Asked
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import Candidate

_LOCALITY = re.compile(
    "(?P<stem>[\u4e00-\u9fff]{2,8}?)(?:(?P<part>[老新东西南北主]?(?:院区|校区|片区|园区|厂区|港区)|[东西南北]区)"
    f"|(?<![小新海])(?:{any_of('rag/localities')})|(?P<firm>{any_of('rag/firm_ends')}))"
)
_COUNTED = re.compile(f"[个座]?(?P<what>{any_of('rag/localities')})")
_ITS_KIND = re.compile(f"{any_of('rag/firm_ends')}|企业|[该其]|本[院校]")
_BEGINS = 150  # characters within which an article says what it is about


def localities_asked(topics: Collection[str], rows_with: Callable[[str], Iterable[int]]) -> tuple[re.Match[str], ...]:
    """Return the localities and firms among the names in a question that some article names; `rows_with` gives their rows."""
    found = filter(None, (_LOCALITY.fullmatch(name) for name in map(fold, topics)))
    return tuple(one for one in found if any(True for _ in rows_with(one.group())))


def is_of_another_locality(
    asked: Sequence[re.Match[str]], candidate: Candidate, article: Article, words: CorpusWords
) -> bool:
    """Tell whether nothing around a sentence names one of the localities that are `asked` about.

    Of a part of a house (第一医院新院区) its own name is enough (新院区).
    """
    around = ""
    for found in asked:
        name = found.group()
        around = around or fold(
            "\n".join((article.headline, article.text[:_BEGINS], candidate.heading, candidate.passage))
        )
        near = f"{around}\n{fold(candidate.before)}\n{fold(candidate.text)}"
        own = (name, found["part"], found["firm"] and found["stem"], *map(fold, words.other_names(name)))
        called = found["firm"] is not None and _ITS_KIND.search(fold(candidate.text))
        if not called and not any(form in near for form in own if form):
            return True
    return False


def counts_other_things(asked: Asked, text: str) -> bool:
    """Tell whether it is asked how many streets, towns or islands there are, and a sentence speaks of none: 7条道路 are no 街道."""
    found = _COUNTED.match(asked.unit)
    return found is not None and found["what"][0] not in fold(text)
