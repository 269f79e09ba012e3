"""Questions about an article itself: who wrote it, when it appeared, where, whose photos and data it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.chinese.text import fold
from corpus.records import Article, Block, BlockKind
from rag.citing import published_text
from rag.reading.ranker import common_runs


class Imprint(StrEnum):
    """What a newspaper prints about a piece besides its text."""

    AUTHORS = "authors"
    PUBLISHED = "published"
    PUBLISHER = "publisher"
    PHOTOS = "photos"
    DATA = "data"


_PIECE = r"(?:文章|报道|稿子?|稿件|新闻|文|通讯|文稿|专栏|点评)"
_ASKED: tuple[tuple[Imprint, re.Pattern[str]], ...] = (
    (Imprint.PHOTOS, re.compile(r"(?:图片|照片|配图|图)[^?,。]{0,8}(?:谁|哪|提供|拍|来源|出处|什么人)")),
    (Imprint.DATA, re.compile(r"数据[^?,。]{0,6}(?:哪|谁|来源|出处|提供|什么)")),
    (
        Imprint.AUTHORS,
        re.compile(
            rf"作者|记者(?:是|有|叫)|哪[几些]?[位名个]?记者|(?:谁|哪[几些]?[位名个]|什么人)[^?,。]{{0,6}}(?:写|采写|撰写|撰稿|执笔|报道)的?|{_PIECE}[^?,。]{{0,6}}(?:谁|哪[几些]?[位个])"
        ),
    ),
    (
        Imprint.PUBLISHER,
        re.compile(
            rf"{_PIECE}[^?。]{{0,12}}(?:哪(?:家|个|份|张)?(?:报|媒体|报社|平台|网)|出自哪|登在哪|刊登在哪|哪里(?:发表|刊登))"
        ),
    ),
    (
        Imprint.PUBLISHED,
        re.compile(
            rf"{_PIECE}[^?。]{{0,12}}(?:什么时候|何时|哪[天年月日]|几号|时间|日期|多久前)[^?。]{{0,4}}(?:发表|刊登|发布|登|出|写|见报)?的?\??$"
        ),
    ),
)
_MENTIONED = re.compile(rf"《[^》]{{2,60}}》|[这那该本]一?篇|{_PIECE}")
_SHORTEST = 5  # characters of a headline that a question must repeat
_BLOCKS = {
    Imprint.AUTHORS: (BlockKind.BYLINE,),
    Imprint.PHOTOS: (BlockKind.CREDIT,),
    Imprint.DATA: (BlockKind.DATA_SOURCE,),
}


@dataclass(frozen=True, slots=True)
class ImprintFact:
    """What an article prints about itself: the block that says it, and the value as short as it can be said."""

    article: Article
    block: Block
    value: str


def asked_imprint(question: str) -> Imprint | None:
    """Return what `question` asks about an article itself, None when it asks about the world."""
    folded = fold(question)
    if _MENTIONED.search(question) is None:
        return None
    return next((imprint for imprint, pattern in _ASKED if pattern.search(folded)), None)


def find_imprint(imprint: Imprint, question: str, articles: Mapping[str, Article]) -> tuple[ImprintFact, ...]:
    """Return the facts of the article that `question` names; none when it names none or nothing is printed."""
    article = _named(question, articles)
    if article is None:
        return ()
    if imprint in _BLOCKS:
        blocks = [block for block in article.blocks if block.kind in _BLOCKS[imprint]]
        return tuple(ImprintFact(article, block, _value(article, block)) for block in blocks)
    headline = next((block for block in article.blocks if block.kind is BlockKind.HEADLINE), None)
    value = published_text(article.published) if imprint is Imprint.PUBLISHED else article.publisher
    if headline is None or not value:
        return ()
    inferred = imprint is Imprint.PUBLISHED and article.published is not None and article.published.inferred
    return (ImprintFact(article, headline, f"{value}（推定）" if inferred else value),)


def _named(question: str, articles: Mapping[str, Article]) -> Article | None:
    """Return the article whose headline or kicker shares the longest run with the question."""
    folded = fold(question)
    best: tuple[int, Article | None] = (_SHORTEST - 1, None)
    for article in articles.values():
        longest = max(common_runs(folded, fold(line))[1] for line in (article.headline, article.kicker or "-"))
        if longest > best[0]:
            best = (longest, article)
    return best[1]


def _value(article: Article, block: Block) -> str:
    text = article.text[block.start : block.end].strip("■●▲ 　()（）")
    if block.kind is BlockKind.BYLINE:
        return "、".join(article.authors) if all(name[-1:] in text for name in article.authors) else text
    return re.sub(r"^(?:本版|本报)?(?:图片|照片|数据来源)?[均]?[由:：]?|(?:提供|摄)$", "", text).strip()
