"""The same answers for programs: REST with JSON and server-sent events. Built around one `Counter`, which also serves
the OpenAI-compatible door and the MCP tools.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from corpus.errors import LinpingError, QuestionError
from corpus.records import Article, latest_first
from index.search.hits import SentenceHit
from rag.citing import published_text
from rag.quoting import standing_of
from rag.records import Answer, Mode
from ui import wording
from ui.service import wording as wording_serving
from ui.service.counter import Counter, visitor
from ui.service.desk import Conversation, grown, last_of
from ui.service.editions import Edition
from ui.service.figures import FigureBook, Wish, as_csv, as_json
from ui.service.limits import MAX_QUESTION, TooMany, Visitor
from ui.service.narrowing import MOST_ARTICLES, limit_of

log = logging.getLogger(__name__)

_MOST_HITS = 50
_LONGEST_QUOTE = 2000  # characters
_EVENT_STREAM = "text/event-stream"
STREAM_HEADERS = {"Cache-Control": "no-store"}
_LINE_ENDS = {point: f"\\u{point:04x}" for point in (0x85, 0x2028, 0x2029)}


class Ask(BaseModel):
    """A question. History is not sent but kept: give back the `session` of the last reply to go on from there."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description=f"问题，最多 {MAX_QUESTION} 字", examples=["临平2028工业目标是多少?"])
    session: str | None = Field(None, max_length=64, description="上次回答里的 session，用来接着问；不给就是新的对话")
    articles: list[str] = Field([], max_length=MOST_ARTICLES, description="只在这些文章里找，写文章的 id；不给就是全部")
    since: str = Field(
        "", max_length=20, description="只在这天及以后刊出的报道里找：2024、2024-05 或 2024-05-06", examples=["2024"]
    )
    until: str = Field("", max_length=20, description="只在这天及以前刊出的报道里找，写法同上")
    stream: bool = Field(False, description="为真时以 SSE 逐步返回；请求头 Accept: text/event-stream 也可")


@dataclass(frozen=True, slots=True)
class SessionAnswer(Answer):
    """An Answer with the session to go on in, and the label that goes wherever the text goes."""

    session: str = ""
    label: str = wording.DISCLAIMER

    @classmethod
    def to(cls, answer: Answer, session: str) -> SessionAnswer:
        values = {field.name: getattr(answer, field.name) for field in fields(Answer)}
        return cls(**values, session=session, label=label_of(answer))


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in a list. `published` reads «2024年5—6月», empty when nobody knows."""

    id: str
    headline: str
    publisher: str
    authors: tuple[str, ...]
    published: str
    published_inferred: bool
    characters: int

    @classmethod
    def of(cls, article: Article) -> ArticleRow:
        return cls(
            article.id,
            article.headline,
            article.publisher,
            article.authors,
            published_text(article.published),
            bool(article.published and article.published.inferred),
            len(article.text),
        )


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    kind: str
    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class QuotedNow:
    """What has become of a quote: `same`, `moved`, `changed` or `gone`, in words in `note`; where its sentence stands now."""

    standing: str
    start: int
    end: int
    note: str

    @classmethod
    def of(cls, article: Article, quote: str, start: int) -> QuotedNow:
        now = standing_of(article, quote, start)
        return cls(now.standing.value, now.start, now.end, wording_serving.standing({now.standing}))


@dataclass(frozen=True, slots=True)
class ArticleText(ArticleRow):
    """A whole article. Offsets are code points of `text`, half-open; at `gaps` the source has lost words."""

    text: str = ""
    blocks: tuple[ArticleBlock, ...] = ()
    gaps: tuple[int, ...] = ()
    quoted: QuotedNow | None = None

    @classmethod
    def of(cls, article: Article, quote: str = "", start: int = 0) -> ArticleText:
        row = asdict(ArticleRow.of(article))
        blocks = tuple(ArticleBlock(one.kind.value, one.start, one.end, one.level) for one in article.blocks)
        quoted = QuotedNow.of(article, quote, start) if quote else None
        return cls(**row, text=article.text, blocks=blocks, gaps=article.gaps, quoted=quoted)


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence that was found. `quote` == the article's text[start:end]; ranks count from 1, None: not proposed."""

    article_id: str
    headline: str
    start: int
    end: int
    quote: str
    rank: int
    lexical_rank: int | None
    dense_rank: int | None
    matched: tuple[str, ...]


def found(hit: SentenceHit, articles: Mapping[str, Article]) -> FoundSentence:
    """Return a hit as the API shows it."""
    sentence = hit.sentence
    article = articles[sentence.article_id]
    return FoundSentence(
        sentence.article_id,
        article.headline,
        sentence.start,
        sentence.end,
        sentence.text,
        hit.rank,
        hit.lexical_rank,
        hit.dense_rank,
        hit.matched,
    )


def label_of(answer: Answer) -> str:
    """Return the label that the text of an answer carries wherever it is shown or copied."""
    return wording.AI_LABEL if answer.mode is Mode.LLM else wording.DISCLAIMER


def api_router(counter: Counter) -> APIRouter:
    """Return the routes under /api."""
    api = APIRouter(prefix="/api", tags=["问答与文章"])
    desk = counter.desk

    @api.post(
        "/ask",
        summary="提一个问题",
        responses={200: {"model": SessionAnswer, "content": {_EVENT_STREAM: {}}}, 429: {}, 401: {}},
        response_model=None,
    )
    async def ask(sent: Ask, request: Request) -> Response:
        """回答一个问题，每句话带引用。

        以 SSE 返回时，先有若干 `partial`（同一个回答，越来越完整），最后一个 `answer`；出错时是 `error`。
        """
        who = visitor(counter, request)
        session, before = counter.conversation(sent.session)
        limit = limit_of(sent.articles, sent.since, sent.until)
        answers = desk.stream(sent.question, before, who, "api", limit)
        if sent.stream or _EVENT_STREAM in request.headers.get("accept", ""):
            first = await anext(answers)  # what cannot be answered is refused before a stream has begun
            events = _events(counter, sent.question, session, before, first, answers)
            return StreamingResponse(events, media_type=_EVENT_STREAM, headers=STREAM_HEADERS)
        answer = await last_of(answers)
        counter.sessions.keep(session, grown(before, sent.question, answer))
        return JSONResponse(asdict(SessionAnswer.to(answer, session)))

    @api.delete("/sessions/{session}", summary="忘掉一段对话", status_code=204, responses={404: {}})
    async def forget(session: str, request: Request) -> None:
        """删除服务器内存里的这段对话和为它记住的回答；日志里本来就没有问题的文字。"""
        visitor(counter, request)
        said = counter.sessions.forget(session)
        if said is None:
            raise HTTPException(404, wording.NO_SUCH_SESSION)
        if desk.edition.cache is not None:
            for turn in said:
                desk.edition.cache.forget(turn.question)

    @api.get("/articles", summary="全部文章，最近的在前")
    async def list_articles(request: Request) -> list[ArticleRow]:
        visitor(counter, request)
        return [ArticleRow.of(article) for article in latest_first(desk.articles)]

    @api.get("/articles/{article_id:path}", summary="一篇文章", responses={404: {}, 410: {}})
    async def one_article(
        article_id: str,
        request: Request,
        quote: Annotated[str, Query(description="引用过的原话", max_length=_LONGEST_QUOTE)] = "",
        start: Annotated[int, Query(ge=0, description="它当时的位置")] = 0,
    ) -> ArticleText:
        """全文、分段和缺字处；引用的 start、end 就是这里 text 的位置。给出 quote，quoted 就说明这句引文现在还在不在。"""
        visitor(counter, request)
        return ArticleText.of(article_of(desk.edition, article_id), quote, start)

    @api.get("/search", summary="找句子")
    async def search(
        request: Request,
        q: Annotated[str, Query(description="要找的话", max_length=MAX_QUESTION)],
        k: Annotated[int, Query(ge=1, le=_MOST_HITS, description="最多几句")] = 10,
    ) -> list[FoundSentence]:
        """按文字和意思一起找，最接近的在前；不作回答。"""
        who = visitor(counter, request)
        return await search_in(counter, q, k, who, "api")

    @api.get("/figures", summary="文章里的全部数字")
    async def figures(
        request: Request,
        q: Annotated[str, Query(description="包含的词，空格分开", max_length=200)] = "",
        measure: Annotated[str, Query(description="、".join(f"{k}（{v}）" for k, v in wording.MEASURES.items()))] = "",
        nature: Annotated[str, Query(description="plan（规划）或 result（已有）")] = "",
        article: str = "",
        limit: Annotated[int, Query(ge=1, le=5000)] = 500,
    ) -> list[dict[str, Any]]:
        """每个数字带对象、指标、单位、截至时间、性质和所在的句子。"""
        visitor(counter, request)
        book = await run_in_threadpool(lambda: desk.edition.shelf.figures)
        return [as_json(row) for row in book.wanted(Wish(q, measure, nature, article))[:limit]]

    @api.get("/figures.csv", summary="文章里的全部数字，CSV", response_class=PlainTextResponse)
    async def figures_csv(
        request: Request, q: str = "", measure: str = "", nature: str = "", article: str = ""
    ) -> Response:
        visitor(counter, request)
        book = await run_in_threadpool(lambda: desk.edition.shelf.figures)
        return csv_file(book, Wish(q, measure, nature, article), str(request.base_url))

    return api


def article_of(edition: Edition, article_id: str) -> Article:
    """Return an article. Raises HTTPException, with what is known of it, for one that is not there."""
    found = edition.articles.get(article_id)
    if found is not None:
        return found
    if article_id in edition.withdrawn:
        raise HTTPException(410, wording_serving.withdrawn(edition.withdrawn[article_id]))
    raise HTTPException(404, wording.NO_SUCH_ARTICLE)


def csv_file(book: FigureBook, wish: Wish, link: str) -> Response:
    """Return the rows that fit as a file to keep."""
    headers = {"Content-Disposition": 'attachment; filename="linping-figures.csv"'}
    return Response(as_csv(book.wanted(wish), link), media_type="text/csv; charset=utf-8", headers=headers)


async def search_in(counter: Counter, question: str, k: int, who: Visitor, door: str) -> list[FoundSentence]:
    """Return the sentences nearest to a question. Raises QuestionError, TooMany, HTTPException without an index."""
    asked = counter.desk.admitted(question, who, door)
    async with counter.desk.place(door):
        edition = counter.desk.edition
        if edition.library is None:
            raise HTTPException(503, wording.NO_SEARCH)
        hits = await run_in_threadpool(edition.library.search_sentences, asked, k)
    return [found(hit, edition.articles) for hit in hits]


async def _events(
    counter: Counter, question: str, session: str, before: Conversation, first: Answer, rest: AsyncIterator[Answer]
) -> AsyncIterator[str]:
    """Yield each growing answer as an event, one behind: only when the stream ends is it known which was the last."""
    last = first
    try:
        async for answer in rest:
            yield _event("partial", asdict(SessionAnswer.to(last, session)))
            last = answer
    except Exception as error:
        log.exception("an answer broke off")
        yield _event("error", {"detail": told(error)})
        return
    counter.sessions.keep(session, grown(before, question, last))
    yield _event("answer", asdict(SessionAnswer.to(last, session)))


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {one_line(data)}\n\n"


def one_line(data: object) -> str:
    """Return JSON that is one line for every reader: some end a line at U+2028, too."""
    return json.dumps(data, ensure_ascii=False).translate(_LINE_ENDS)


def told(error: Exception) -> str:
    """Return what a user may know of an error: our own sentences, nothing of the insides."""
    if isinstance(error, QuestionError | TooMany):
        return str(error)
    if isinstance(error, StarletteHTTPException):
        return str(error.detail)
    return wording.broken(error)


def status_of(error: Exception) -> int:
    """Return the HTTP status that tells of an error."""
    if isinstance(error, QuestionError):
        return 422
    if isinstance(error, TooMany):
        return 429
    if isinstance(error, StarletteHTTPException):
        return error.status_code
    return 503 if isinstance(error, LinpingError) else 500
