"""A question that names nothing it could be about is asked back, with a few questions that the articles answer.

Only what makes no sense without its thing is vague: news, a state of affairs, the holder of an office that every firm has.
A figure that a question leaves without a place (人才总量是多少) is taken to be the district's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Article
from index.storage.catalogue import Catalogue
from rag.answers.suggestions import frequent_names
from rag.question.bigrams import is_ordinary
from rag.question.topics import SURNAMES
from rag.records import Answer, Status
from rag.wording import ASKED_BACK

_MOST = 3  # choices
_TRIED = 8  # questions that are asked to find them
_LATEST = 4  # articles, the newest, that choices are drawn from
_HELD = {
    "老板": "董事长|总经理|创始人|老板|CEO|负责人",
    "老总": "董事长|总经理|创始人|CEO|负责人",
}  # what articles write instead
_OFFICE = f"老板|老总|负责人|经理|主任|会长|村?(?![区市局]长){any_of('rag/posts')}"  # a mayor is the district's
_NEWS = "进展|进度|情况|消息|动态|动向|近况|新闻|变化|新鲜事|状况"
_IT = "(?:(?:它|他|她|这个|那个|这|那)们?)"
_THE = f"{any_of('rag/the')}*"
_END = "(?:了|呢|吗|呀|啊|吧|来着)*"
_WHO = "(?:是|叫)?(?:谁|哪位|什么(?:名字?)?|啥)"
_HOW = "怎么?样|咋样|如何|怎样"
_TELL = "(?:请|麻烦|帮我|给我|能不能|可以|我想|想)*(?:介绍|说说|讲讲|聊聊|谈谈|说|讲|了解|告诉我)(?:一?下)?"
_WHOSE = re.compile(f"{_IT}?{_THE}(?:(?:谁|哪位)是)?(?P<office>{_OFFICE})(?:{_WHO})?{_END}")
_WHICH = re.compile(
    f"{_IT}?{_THE}(?:有没有|有|是)?(?:什么|啥|哪些)?{_THE}(?:{_NEWS}){_THE}(?:有没有|有哪些|是什么|有什么|{_HOW})?{_END}"
    f"|{_IT}?{_THE}(?:{_HOW}){_END}|{_TELL}{_IT}?(?:的?(?:{_NEWS}))?{_END}"
)
_HOLDER = "([\\w·（）()]{{2,18}}?)(?:相关|主要|有关|现任)?({offices})([{surnames}][\u4e00-\u9fff]{{1,2}})"


def is_vague(question: str) -> bool:
    """Tell whether a question, as it stands after what went before, says nothing of what it is about."""
    bare = _bare(question)
    return bool(_WHOSE.fullmatch(bare) or _WHICH.fullmatch(bare))


def choices(question: str, articles: Catalogue, ask: Callable[[str], Answer]) -> tuple[str, ...]:
    """Return at most three questions that may have been meant, drawn from the newest articles and answered by them."""
    newest = articles.newest(_LATEST)
    whose = _WHOSE.fullmatch(_bare(question))
    drafts = _offices(whose["office"], newest) if whose else _news(newest)
    found: list[str] = []
    for draft, _ in zip(drafts, range(_TRIED), strict=False):
        if ask(draft).status is Status.ANSWERED:
            found.append(draft)
        if len(found) == _MOST:
            break
    return tuple(found)


def offers_choices(answer: Answer) -> bool:
    """Tell whether an answer asks back; its suggestions are what may have been meant."""
    return answer.answer == ASKED_BACK


def _bare(question: str) -> str:
    return re.sub(r"[\s,.?!:;、。]", "", fold(question)).removeprefix("请问")


def _offices(office: str, articles: Collection[Article]) -> Iterator[str]:
    """Yield a question for each holder of such an office whom the articles name."""
    holder = re.compile(_HOLDER.format(offices=_HELD.get(office, office), surnames="".join(sorted(SURNAMES))))
    seen: set[str] = set()
    for article in articles:
        for found in holder.finditer(article.text):
            if found[1] not in seen and not is_ordinary(found[1]):
                seen.add(found[1])
                yield f"{found[1]}的{found[2]}是谁？"


def _news(articles: Collection[Article]) -> Iterator[str]:
    """Yield a question for each name that tells articles apart, else for any."""
    named = frequent_names(articles, 2 * _TRIED)
    telling = [name for name in named if not all(name in article.text for article in articles)]
    for name in telling or named:
        yield f"介绍一下{name}"
