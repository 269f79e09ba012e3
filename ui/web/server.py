"""The web server: our routes, Gradio's queue behind a gate, and the headers that every response carries.

Gradio is a toolbox for demos; of its sixty routes this page needs three. The gate answers 404 for the rest (its own page,
uploads, file reads, proxies, monitoring, generated API pages) before Gradio sees the request.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import re
import resource
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

import anyio
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from corpus.errors import LinpingError, QuestionError, SettingsError
from corpus.records import Article
from rag.protocol import Answerer
from rag.quoting import Quoted, Standing, quoted
from ui import wording
from ui.leads.letters import Sender
from ui.leads.shelf import Shelf
from ui.leads.web import desk_router
from ui.page import render, render_views
from ui.page.exporting import as_docx, as_markdown, read_records
from ui.service import wording as wording_serving
from ui.service.caching import AnswerCache
from ui.service.chronicle import chronicle
from ui.service.counter import Counter
from ui.service.desk import Desk, Sessions
from ui.service.editions import Edition, EditionSource, Keeper, Library, Suggesting
from ui.service.explaining import Explainer, explain
from ui.service.feedback import Feedback, FeedbackBook
from ui.service.figures import Wish
from ui.service.hosting import Hosting
from ui.service.keys import visitor_of
from ui.service.limits import MAX_BODY, MAX_MESSAGE, MAX_QUESTION, TooMany, checked
from ui.service.metering import CONTENT_TYPE, Meter
from ui.web.api import api_router, article_of, csv_file, status_of, told
from ui.web.proxying import Heads, OneLength, OtherOrigins, Under, path_of
from ui.web.refusing import refusal

log = logging.getLogger(__name__)

_OPEN_ROUTES: Final = re.compile(r"/gradio_api/(queue/(join|data)|cancel)/?")
_QUEUE_JOIN: Final = "/gradio_api/queue/join"
_NO_SCRIPT: Final = f"<noscript>{wording.NO_SCRIPT}</noscript>"
_MARK: Final = re.compile(r"(\d{1,3}):(\d{1,7})-(\d{1,7})(?:~([0-9a-f]{8}))?(?::([\s\S]{0,40}))?", re.ASCII)
_MAX_MARKS: Final = 50
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_BODIES: Final = (
    ("/page/export/", 32 * MAX_BODY),
    ("/api/", MAX_BODY),
    ("/page/", MAX_BODY),
    ("/v1/", 4 * MAX_BODY),
    ("/mcp", 4 * MAX_BODY),
)
_IN_MEMORY: Final = "/dev/shm"
_BODY_SECONDS: Final = 15.0
_HEADER_SECONDS: Final = 15.0
_PUBLIC_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gatekeeper:
    """Between our server and Gradio: known routes, known events and small bodies only, and refusals in Chinese."""

    def __init__(self, app: ASGIApp, events: frozenset[int]) -> None:
        self.app = app
        self.events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = path_of(scope)
        if not _OPEN_ROUTES.fullmatch(path):
            await refusal(path, 404, wording.NOT_OPEN)(scope, receive, send)
            return
        if scope["method"] == "POST":
            body = await _small_body(scope, receive)
            if body is None:
                await refusal(path, 413, wording.too_long(MAX_QUESTION))(scope, receive, send)
                return
            if path.rstrip("/") == _QUEUE_JOIN and not _is_a_question(body, self.events):
                await refusal(path, 422, wording.BAD_REQUEST)(scope, receive, send)
                return
            receive = _replay(body, receive)
        await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Gradio answer, but say its refusals in our words and end its broken streams in peace."""
        refused = 0
        begun = False

        async def reply(message: Message) -> None:
            nonlocal refused, begun
            if message["type"] == "http.response.start" and message["status"] >= 400:
                refused = message["status"]
            if not refused:
                begun = True
                await send(message)

        try:
            await self.app(scope, receive, reply)
        except Exception as error:
            log.warning("the page's framework failed on %s: %r", scope["path"], error)
            if begun:  # such as the stream of a session that does not exist
                await send({"type": "http.response.body", "body": b""})
                return
            refused = 500
        if refused == 503:
            await refusal("", 429, wording.BUSY)(scope, receive, send)
        elif refused:
            await refusal("", refused, wording.BAD_REQUEST)(scope, receive, send)


def _is_a_question(body: bytes, events: frozenset[int]) -> bool:
    """Tell whether a request is one that the page itself could send: a known event, text, a plain session."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(sent, dict):
        return False
    event, data, session = sent.get("fn_index"), sent.get("data"), sent.get("session_hash")
    return (
        type(event) is int  # True is an int to isinstance
        and event in events
        and isinstance(data, list)
        and all(value is None or isinstance(value, str) for value in (*data[:1], *data[2:]))
        and isinstance(session, str)
        and re.fullmatch(r"[\w-]{4,64}", session, re.ASCII) is not None
    )


async def _small_body(scope: Scope, receive: Receive, limit: int = MAX_BODY) -> bytes | None:
    """Read the body; None when it is larger than we take, without reading the rest, or takes too long to come."""
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        return None
    chunks: list[bytes] = []
    size = 0
    with anyio.move_on_after(_BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > limit:
                return None
            if not message.get("more_body", False):
                return b"".join(chunks)
    return None


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class SmallBodies:
    """Around our own routes: a body that is too large, or does not come, is refused before anything reads it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = next((size for prefix, size in _BODIES if path_of(scope).startswith(prefix)), None)
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT", "PATCH", "DELETE") or limit is None:
            await self.app(scope, receive, send)
            return
        body = await _small_body(scope, receive, limit)
        if body is None:
            await refusal(path_of(scope), 413, wording.too_long(MAX_QUESTION))(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


class Zipping(GZipMiddleware):
    """Compresses the page and what it fetches; not what programs ask for, nor a queue's events."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        compressed = path_of(scope) == "/" or path_of(scope).startswith("/page/")
        await (super().__call__ if compressed else self.app)(scope, receive, send)


class Dressing:
    """Around everything: the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dress(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _PUBLIC_HEADERS.items():
                    headers[name] = value
                del headers["server"]
            await send(message)

        await self.app(scope, receive, dress)


def own_head(version: str, *, feedback: bool, why: bool = False) -> str:
    """Return what the page's head gets from us; `version` makes a browser fetch changed files anew."""
    words = json.dumps(script_words(), ensure_ascii=False)
    return (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{wording.TITLE}</title><meta name="description" content="{wording.TAGLINE}"><meta name="color-scheme" content="light dark">'
        '<meta name="theme-color" content="#fcfbf8" media="(prefers-color-scheme: light)">'
        '<meta name="theme-color" content="#14191a" media="(prefers-color-scheme: dark)">'
        f'<link rel="icon" type="image/svg+xml" href="page/assets/icon.svg?{version}">'
        f'<link rel="stylesheet" href="page/assets/page.css?{version}">'
        f'<script defer src="page/assets/keeping.js?{version}"></script>'
        f'<script defer src="page/assets/page.js?{version}" data-limit="{MAX_MESSAGE}"'
        f' data-feedback="{"on" if feedback else "off"}" data-why="{"on" if why else "off"}"'
        f' data-words="{render.safe(words)}"></script>'
    )


def script_words() -> dict[str, str]:
    """Return the words that the page's script shows by itself."""
    return {
        "tooLong": wording.too_long(MAX_MESSAGE),
        "copied": wording.COPIED,
        "copyFailed": wording.COPY_FAILED,
        "thanks": wording.THANKS,
        "feedbackFailed": wording.FEEDBACK_FAILED,
        "pending": wording.PENDING_ANNOUNCED,
        "stopped": wording.STOPPED,
        "oneAtATime": wording.ONE_AT_A_TIME,
        "lost": wording.LOST,
        "evidence": wording.EVIDENCE,
        "article": wording.PANE_LABEL,
        "articleFailed": wording.ARTICLE_FAILED,
        "viewFailed": wording.VIEW_FAILED,
        "whyFailed": wording.WHY_FAILED,
        "shared": wording.SHARED,
        "shareText": wording.SHARE_TEXT,
        "otherwise": wording.SHARED_OTHERWISE,
        "empty": wording.EMPTY_QUESTION,
        "keptNone": wording.KEPT_NONE,
        "keptCount": wording.KEPT_COUNT,
        "keptSure": wording.KEPT_SURE,
        "keptFailed": wording.KEPT_FAILED,
        "exportFailed": wording.EXPORT_FAILED,
        "exportEmpty": wording.EXPORT_EMPTY,
        "widen": wording.NARROW_OFF,
        "slow": wording.SLOW,
        "open": wording.OPEN_MARK,
        "opened": wording.OPEN_MARKED,
        "openNone": wording.OPEN_NONE,
    }


@dataclass(frozen=True, slots=True)
class Site:
    """What is served beside the answers. `library` is searched by programs, `finder` explains; None: not there.

    `openers` are offered before the first question. `feedback` is the file that 👍👎 are written to; None: no thumbs.
    `cache` is for an answerer that repeats itself; `source` says when there is something newer to serve.
    """

    openers: Sequence[str] = ()
    feedback: Path | None = None
    library: Library | None = None
    finder: Explainer | None = None
    suggester: Suggesting | None = None
    hosting: Hosting = field(default_factory=Hosting)
    cache: AnswerCache | None = None
    source: EditionSource | None = None


def build_server(answerer: Answerer, site: Site | None = None) -> FastAPI:
    """Return the whole server: page, API, tools for other assistants, and what an operator looks at."""
    from ui.page.app import build_app, mount  # takes seconds, and reads the environment that `serve` sets
    from ui.web.api_docs import docs_page
    from ui.web.api_openai import openai_router
    from ui.web.mcp_tools import McpDoor

    site = site or Site()
    hosting = site.hosting
    edition = Edition(answerer, site.library, site.finder, site.suggester, site.cache)
    desk = Desk(edition, limits=hosting.limits, meter=Meter())
    counter = Counter(desk, Sessions(hosting.limits.sessions), hosting.keys, hosting.proxies, hosting.origins)

    def about(of: Edition) -> str:
        return render_views.about(hosting, len(of.articles), feedback=site.feedback is not None)

    page = build_app(desk, hosting.proxies)
    offered = list(site.openers)

    def offer(of: Edition, openers: Sequence[str]) -> None:
        offered[:] = openers

    def switch(fresh: Edition) -> None:
        desk.switch(fresh)
        desk.meter.switched()

    keeper = Keeper(edition, site.source, switch, offer, desk.busy)
    tools = McpDoor(counter)
    assets = resources.files("ui") / "assets"
    version = _version(Path(str(assets)))
    server = FastAPI(
        title=wording.TITLE,
        description=wording.API_ABOUT,
        version=metadata.version("linping-qa"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_running(tools.manager.run, keeper),
    )
    _add_errors(server)
    server.add_middleware(SmallBodies)
    head = own_head(version, feedback=site.feedback is not None, why=site.finder is not None)

    @server.get("/", response_class=HTMLResponse, include_in_schema=False)
    def drawn() -> Response:
        edition, openers = desk.edition, tuple(offered)
        shell = edition.shelf.drawn(openers, lambda: render.shell(edition.articles, openers, about(edition)))
        body = _NO_SCRIPT + shell
        page = f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    server.add_middleware(Zipping, minimum_size=500)
    server.add_middleware(Dressing)
    if hosting.origins:
        server.add_middleware(OtherOrigins, origins=hosting.origins)
    server.add_middleware(Heads)
    server.add_middleware(OneLength)
    if hosting.root_path:
        server.add_middleware(Under, root=hosting.root_path)
    server.mount("/page/assets", StaticFiles(directory=str(assets)), name="assets")
    _add_articles(server, desk)
    _add_views(server, counter)
    _add_feedback(server, None if site.feedback is None else FeedbackBook(site.feedback), desk.meter)

    @server.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return Response((assets / "icon.svg").read_bytes(), media_type="image/svg+xml")

    @server.get("/docs", include_in_schema=False)
    def short_docs(request: Request) -> Response:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/api/docs")

    @server.get("/api/docs", response_class=HTMLResponse, include_in_schema=False)
    def docs() -> str:
        return docs_page(server.openapi(), version)

    server.include_router(api_router(counter))
    server.include_router(openai_router(counter))
    server.include_router(
        desk_router(
            counter, hosting.leads, Sender(hosting.operator, hosting.contact), hosting.sign_on_header, _shelf(hosting)
        )
    )
    _add_operating(server, counter, site.source)
    server.router.routes.append(Route("/mcp", endpoint=tools))
    gate = Middleware(Gatekeeper, events=frozenset(page.fns))
    return mount(server, page, gate, _closed_folders(), hosting.root_path)


def _shelf(hosting: Hosting) -> Shelf | None:
    if hosting.corpus is None or hosting.store is None:
        return None
    return Shelf(hosting.corpus, hosting.store, hosting.embedder, hosting.fetch, hosting.ocr)


def _running(
    tools: Callable[[], AbstractAsyncContextManager[None]], keeper: Keeper
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs as long as the server does: the tools' sessions, and the keeping up with the index."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        keeper.start()
        try:
            async with tools():
                yield
        finally:
            keeper.stop()

    return lifespan


def _add_errors(server: FastAPI) -> None:
    """Say every failure in one Chinese sentence; what happened inside goes to the log."""

    async def say(request: Request, error: Exception) -> Response:
        path = path_of(request.scope)
        if isinstance(error, RequestValidationError):
            fields = sorted({".".join(map(str, one["loc"][1:])) for one in error.errors()} - {""})
            status = 400 if path.startswith("/v1/") else 422  # as OpenAI's own
            return refusal(path, status, wording.bad_fields(fields), param=fields[0] if fields else None)
        status = status_of(error)
        if isinstance(error, HTTPException) and not _HAN.search(str(error.detail)):  # the framework's own, in English
            return refusal(path, status, wording.NOT_OPEN if status in (404, 405) else wording.BAD_REQUEST)
        if status >= 500:
            log.error("%s failed", request.url.path, exc_info=error)
        headers = dict(getattr(error, "headers", None) or {})
        if isinstance(error, TooMany):
            headers["Retry-After"] = str(max(1, round(error.wait)))
        param, code = getattr(error, "param", None), getattr(error, "code", None)
        return refusal(path, status, told(error), headers, param=param, code=code)

    for kind in (LinpingError, RequestValidationError, HTTPException, Exception):
        server.add_exception_handler(kind, say)


def _add_views(server: FastAPI, counter: Counter) -> None:
    """Add what the page fetches when somebody looks at figures, years, or why a sentence was found."""
    desk = counter.desk

    def wish(request: Request) -> Wish:
        asked = request.query_params
        page = asked.get("page", "1")
        return Wish(
            asked.get("q", "")[:200],
            asked.get("measure", ""),
            asked.get("nature", ""),
            asked.get("article", ""),
            asked.get("order", "clear"),
            int(page) if page.isdecimal() and len(page) < 6 else 1,
        )

    @server.get("/page/figures", response_class=HTMLResponse, include_in_schema=False)
    def figures() -> str:
        shelf = desk.edition.shelf
        return shelf.drawn("figures", lambda: render_views.figures_view(shelf.figures, shelf.articles))

    @server.get("/page/figures/rows", response_class=HTMLResponse, include_in_schema=False)
    def rows(request: Request) -> str:
        return render_views.figure_rows(desk.edition.shelf.figures, wish(request))

    @server.get("/page/figures.csv", include_in_schema=False)
    def exported(request: Request) -> Response:
        return csv_file(desk.edition.shelf.figures, wish(request), str(request.base_url))

    @server.get("/page/years", response_class=HTMLResponse, include_in_schema=False)
    def years() -> str:
        shelf = desk.edition.shelf
        return shelf.drawn("years", lambda: render_views.chronicle_view(chronicle(tuple(shelf.articles.values()))))

    @server.post("/page/export/{form}", include_in_schema=False)
    async def export(form: str, request: Request) -> Response:
        try:
            records = read_records(json.loads(await request.body()))
        except (ValueError, RecursionError):
            records = None
        if form not in ("md", "docx") or records is None:
            return refusal(request.url.path, 422, wording.BAD_REQUEST)
        address = str(request.base_url)
        if form == "md":
            return Response(as_markdown(records, address), media_type="text/markdown; charset=utf-8")
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return Response(await run_in_threadpool(as_docx, records, address), media_type=word)

    @server.post("/page/why", response_class=HTMLResponse, include_in_schema=False)
    async def why(request: Request) -> Response:
        wanted = _place(await request.body())
        edition = desk.edition
        if edition.finder is None:
            return refusal("", 404, wording.NOT_OPEN)
        if wanted is None:
            return refusal("", 422, wording.BAD_REQUEST)
        question, article_id, start, end = wanted
        article = edition.articles.get(article_id)
        if article is None or end > len(article.text):
            return refusal("", 404, wording.NO_SUCH_ARTICLE)
        peer = request.client.host if request.client else ""
        desk.admitted(question, visitor_of(peer, request.headers, "why", counter.proxies), "page")
        reason = await run_in_threadpool(
            explain, edition.finder, question, article_id, start, end, article.text[start:end]
        )
        return HTMLResponse(render_views.why(reason))


def _place(body: bytes) -> tuple[str, str, int, int] | None:
    """Return question, article and span of a request; None when it is anything else."""
    try:
        sent = json.loads(body)
        question, article_id, start, end = (sent[key] for key in ("question", "article_id", "start", "end"))
        checked(question)
    except (ValueError, TypeError, KeyError, RecursionError, QuestionError):
        return None
    if not isinstance(article_id, str) or type(start) is not int or type(end) is not int or not 0 <= start < end:
        return None
    return question, article_id, start, end


def _add_operating(server: FastAPI, counter: Counter, source: EditionSource | None) -> None:
    """Add what an operator looks at: alive, ready, and the numbers."""

    def notices(edition: Edition) -> list[str]:
        known = edition.library.warnings if edition.library else ()
        return list(known if source is None else source.notices)

    @server.get("/healthz", tags=["运行"], summary="活着没有，限制是多少")
    async def alive() -> dict[str, Any]:
        return {"status": "ok", "limits": counter.desk.limits.shown()}

    @server.get("/readyz", tags=["运行"], summary="能不能回答", responses={503: {}})
    async def ready() -> Response:
        edition = counter.desk.edition
        articles = len(edition.articles)
        told = {
            "status": "ready" if articles else "empty",
            "articles": articles,
            "generation": edition.generation or None,
            "warnings": notices(edition),
        }
        return JSONResponse(told, status_code=200 if articles else 503)

    @server.get("/metrics", tags=["运行"], summary="Prometheus 指标", response_class=PlainTextResponse)
    async def metrics(request: Request) -> Response:
        counter.admit(request.client.host if request.client else "", request.headers)
        desk = counter.desk
        return Response(
            desk.meter.exposition(desk.edition, len(notices(desk.edition)), desk.model_health), media_type=CONTENT_TYPE
        )


def _version(assets: Path) -> str:
    digest = sha256()
    for path in sorted(assets.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _closed_folders() -> list[Path]:
    """Everything that this process could read and no visitor may: Gradio would otherwise offer the working folder."""
    here = [Path.cwd(), Path(str(resources.files("corpus"))).parent]
    with suppress(RuntimeError):  # nobody's home: no HOME, and a user id without a name
        here.append(Path.home())
    return here


def _add_articles(server: FastAPI, desk: Desk) -> None:
    @server.get("/page/articles/{article_id:path}", response_class=HTMLResponse, include_in_schema=False)
    def article(article_id: str, request: Request) -> Response:
        try:
            found = article_of(desk.edition, article_id)
        except HTTPException as missing:
            return HTMLResponse(render.missing_article(str(missing.detail)), status_code=missing.status_code)
        asked = request.query_params.getlist("mark")
        places = [_standing(text, found) for text in asked[:_MAX_MARKS]]
        marks = [
            render.Highlight(n, place.start, place.end) for n, place in places if place.standing is not Standing.GONE
        ]
        standings = {place.standing for _, place in places} | {Standing.GONE for _ in asked[_MAX_MARKS:]}
        return HTMLResponse(render.article_view(found, marks, wording_serving.standing(standings)))


def _standing(text: str, article: Article) -> tuple[int, Quoted]:
    """Return the number of the mark that a text asks for, and where the words are now that it names."""
    match = _MARK.fullmatch(text)
    if match is None:
        return 0, quoted(article, 0, 0)
    return int(match[1]), quoted(article, int(match[2]), int(match[3]), match[5] or "", match[4] or "")


def _add_feedback(server: FastAPI, book: FeedbackBook | None, meter: Meter) -> None:
    @server.post("/page/feedback", include_in_schema=False)
    async def feedback(request: Request) -> Response:
        if book is None:
            return refusal("", 404, wording.NOT_OPEN)
        body = await _small_body(request.scope, request.receive)
        said = None if body is None else Feedback.read(body)
        if said is None:
            return refusal("", 422, wording.BAD_REQUEST)
        try:
            await run_in_threadpool(book.write, said)
        except OSError as error:
            log.warning("feedback is not kept: %r", error)
            return refusal("", 503, wording_serving.NOT_NOTED)
        meter.thumb(said.verdict)
        return Response(status_code=204)


class Impatient(H11Protocol):
    """HTTP that does not wait for ever: whoever connects and says nothing whole is sent away. (Slow loris.)"""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._waiting = asyncio.get_running_loop().call_later(_HEADER_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.cancel()
        super().connection_lost(exc)


class PageServer(uvicorn.Server):
    """The server on a socket that is already bound; knows its address, and when a page can be opened there."""

    def __init__(self, app: FastAPI, listening: socket.socket, started: Callable[[str], None] | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Impatient,
                log_level="warning",
                access_log=False,  # visitors' addresses and session ids are nobody's business
                server_header=False,
                proxy_headers=False,  # `ui.service.keys.visitor_of` decides whom to believe
                timeout_graceful_shutdown=5,
                limit_concurrency=4000,
            )
        )
        host, port = listening.getsockname()[:2]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        self._listening = listening
        self._started = started
        self._is_open = threading.Event()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        super().run(sockets or [self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._is_open.set()
        if self._started is not None:
            self._started(self.address)

    def wait_until_open(self, seconds: float = 30.0) -> None:
        """Raises TimeoutError when the page cannot be opened within `seconds`."""
        if not self._is_open.wait(seconds):
            raise TimeoutError(f"{self.address} did not open")


@contextmanager
def page_server(
    answerer: Answerer,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    site: Site | None = None,
    started: Callable[[str], None] | None = None,
) -> Iterator[PageServer]:
    """Give a server that is ready to run; its temporary folder goes when it has stopped.

    `started` is told the address once the page can be opened. Raises SettingsError when the port cannot be had.
    """
    with temporary_folder() as folder:
        os.environ.update(launch_environment(folder))
        _allow_many_connections()
        with listening_at(host, port) as listening:
            yield PageServer(build_server(answerer, site), listening, started)


def _allow_many_connections() -> None:
    """Take as many open files as the system grants: idle visitors must not lock the others out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that Gradio may write to, in memory where no other can be written. Raises SettingsError."""
    for place in (None, _IN_MEMORY):
        try:
            made = tempfile.TemporaryDirectory(prefix="linping-page-", dir=place)
        except OSError:
            continue
        if place:
            tempfile.tempdir = place  # else whoever asks for the usual place is told again that there is none
        with made as folder:
            yield Path(folder)
        return
    raise SettingsError(wording_serving.NO_TEMPORARY)


def listening_at(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host`, a name or an address of either kind. Raises SettingsError."""
    try:
        if host in ("::", "[::]"):
            return _dual_stack(port)
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        found.sort(key=lambda one: one[0] != socket.AF_INET)  # 127.0.0.1 before ::1, where both are there
        for left, (family, _, _, _, address) in zip(range(len(found) - 1, -1, -1), found, strict=True):
            try:
                return socket.create_server(address[:2], family=family, backlog=512)
            except OSError as error:
                if not left or error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
    except (OSError, OverflowError, UnicodeError) as error:
        raise SettingsError(wording_serving.not_listening(host, port, getattr(error, "errno", None))) from error
    raise SettingsError(wording_serving.not_listening(host, port, errno.EADDRNOTAVAIL))


def _dual_stack(port: int) -> socket.socket:
    """Return a socket for all addresses of both kinds, of IPv6 alone where the system parts them."""
    both = socket.has_dualstack_ipv6()
    return socket.create_server(("::", port), family=socket.AF_INET6, backlog=512, dualstack_ipv6=both)


def serve(
    answerer: Answerer,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    site: Site | None = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until interrupted; see `page_server`."""
    with page_server(answerer, host, port, site=site, started=started) as server:
        server.run()


def launch_environment(folder: Path) -> dict[str, str]:
    """Return the variables that Gradio reads: no telemetry, no hub, its temporary files in a folder of ours."""
    return {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(folder),
        "GRADIO_SHARE": "False",
        "GRADIO_MCP_SERVER": "False",
        "GRADIO_ANALYTICS_MAX_EVENTS": "100",  # else it keeps 10,000 sessions' ids and sums them up after every answer
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
        "HF_HUB_OFFLINE": "1",
    }
