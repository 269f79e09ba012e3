"""The web server: our routes, the Gradio page behind a gate, and the headers that every response carries.

Gradio is a toolbox for demos; of its sixty routes a visitor of this page needs eight. The gate answers 404 for the rest
(uploads, file reads, proxies, monitoring, generated API pages) before Gradio sees the request.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import SettingsError
from rag.answering import Answerer
from ui import render, wording
from ui.feedback import Feedback, FeedbackBook
from ui.limits import MAX_BODY, MAX_QUESTION

log = logging.getLogger(__name__)

_OPEN_ROUTES: Final = re.compile(
    r"/|/config|/theme\.css|/robots\.txt|/(assets|static)/[\w./@-]+"
    r"|/gradio_api/(queue/(join|data)|cancel|reset|startup-events)/?"
)
_QUEUE_JOIN: Final = "/gradio_api/queue/join"
_SCRIPT: Final = re.compile(rb"<script(?=[\s>])")
_FOREIGN_HEAD: Final = re.compile(
    rb'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>|\s*<link rel="manifest"[^>]*>', re.DOTALL
)
_OPENING: Final = f'<p class="opening">{wording.LOADING}</p><noscript>{wording.NO_SCRIPT}</noscript>'.encode()
_MARK: Final = re.compile(r"(\d{1,3}):(\d{1,7})-(\d{1,7})", re.ASCII)
_MAX_MARKS: Final = 50
_PUBLIC_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def content_policy(nonce: str) -> str:
    """Return the Content-Security-Policy of one page.

    'unsafe-eval' is there because Gradio compiles the (constant) templates of its HTML component with `Function`;
    inline styles because Svelte writes them. Scripts run only from our own host or with this page's nonce.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Gate:
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
        path = scope["path"]
        if not _OPEN_ROUTES.fullmatch(path) or ".." in path or _wants_stored_page(scope):
            await _refusal(404, wording.NOT_OPEN)(scope, receive, send)
            return
        if scope["method"] == "POST":
            body = await _small_body(scope, receive)
            if body is None:
                await _refusal(413, wording.too_long(MAX_QUESTION))(scope, receive, send)
                return
            if path.rstrip("/") == _QUEUE_JOIN and not _is_a_question(body, self.events):
                await _refusal(422, wording.BAD_REQUEST)(scope, receive, send)
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
            await _refusal(429, wording.BUSY)(scope, receive, send)
        elif refused:
            await _refusal(refused, wording.BAD_REQUEST)(scope, receive, send)


def _wants_stored_page(scope: Scope) -> bool:
    return any(key == "deep_link" for key, _ in parse_qsl(scope["query_string"].decode("latin-1")))


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
        and all(value is None or isinstance(value, str) for value in data[:1])
        and isinstance(session, str)
        and re.fullmatch(r"[\w-]{4,64}", session, re.ASCII) is not None
    )


async def _small_body(scope: Scope, receive: Receive) -> bytes | None:
    """Read the body; None when it is larger than we take, without reading the rest."""
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared) > MAX_BODY:
        return None
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _refusal(status: int, words: str) -> JSONResponse:
    # Gradio's script shows `detail` of any answer that is not 200, 422 or 503.
    return JSONResponse({"detail": words}, status_code=status)


class Dressing:
    """Around everything: security headers, and the page's own head in place of the one that Gradio ships."""

    def __init__(self, app: ASGIApp, head: str) -> None:
        self.app = app
        self.head = head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        is_page = scope["path"] == "/"
        if is_page:  # the body is rewritten below, so it must arrive as plain bytes
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        start: Message | None = None
        body = b""

        async def dress(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _PUBLIC_HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = content_policy(nonce)
                del headers["server"]
                if is_page:
                    headers["Cache-Control"] = "no-store"
                    start = message
                    return
            elif is_page and message["type"] == "http.response.body" and start is not None:
                body += message.get("body", b"")
                if message.get("more_body", False):
                    return
                body = _own_head(body, self.head, nonce) if body else body
                MutableHeaders(scope=start)["content-length"] = str(len(body))
                await send(start)
                message = {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
            await send(message)

        await self.app(scope, receive, dress)


def _own_head(page: bytes, head: bytes, nonce: str) -> bytes:
    """Return Gradio's page in Chinese, without its advertisements, its inline scripts allowed by `nonce`."""
    page = _FOREIGN_HEAD.sub(b"", page).replace(b'lang="en"', b'lang="zh-CN"', 1)
    page = page.replace(b"</head>", head + b"</head>", 1).replace(b"<gradio-app", _OPENING + b"<gradio-app", 1)
    return _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', page)


def own_head(version: str, *, feedback: bool) -> str:
    """Return what the page's head gets from us; `version` makes a browser fetch changed files anew."""
    words = json.dumps(script_words(), ensure_ascii=False)
    return (
        f'<meta name="description" content="{wording.TAGLINE}"><meta name="color-scheme" content="light dark">'
        '<meta name="theme-color" content="#fcfbf8" media="(prefers-color-scheme: light)">'
        '<meta name="theme-color" content="#14191a" media="(prefers-color-scheme: dark)">'
        f'<link rel="icon" type="image/svg+xml" href="/page/assets/icon.svg?{version}">'
        f'<link rel="stylesheet" href="/page/assets/page.css?{version}">'
        f'<script defer src="/page/assets/page.js?{version}" data-limit="{MAX_QUESTION}"'
        f' data-feedback="{"on" if feedback else "off"}" data-words="{render.safe(words)}"></script>'
    )


def script_words() -> dict[str, str]:
    """Return the words that the page's script shows by itself."""
    return {
        "tooLong": wording.too_long(MAX_QUESTION),
        "copied": wording.COPIED,
        "copyFailed": wording.COPY_FAILED,
        "thanks": wording.THANKS,
        "feedbackFailed": wording.FEEDBACK_FAILED,
        "pending": wording.PENDING_ANNOUNCED,
        "stopped": wording.STOPPED,
        "lost": wording.LOST,
        "evidence": wording.EVIDENCE,
        "article": wording.PANE_LABEL,
        "articleFailed": wording.ARTICLE_FAILED,
        "paneEmpty": wording.PANE_EMPTY,
    }


def build_server(answerer: Answerer, *, openers: Sequence[str] = (), feedback: Path | None = None) -> FastAPI:
    """Return the whole server. `feedback` is the file that 👍👎 are written to; None switches the thumbs off."""
    from ui.app import build_app, mount  # takes seconds, and reads the environment that `serve` sets

    assets = resources.files("ui") / "assets"
    version = _version(Path(str(assets)))
    server = FastAPI(title=wording.TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    server.add_middleware(Dressing, head=own_head(version, feedback=feedback is not None))
    server.mount("/page/assets", StaticFiles(directory=str(assets)), name="assets")
    _add_articles(server, answerer)
    _add_feedback(server, None if feedback is None else FeedbackBook(feedback))
    page = build_app(answerer, openers)
    return mount(server, page, Middleware(Gate, events=frozenset(page.fns)), _closed_folders())


def _version(assets: Path) -> str:
    digest = sha256()
    for path in sorted(assets.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _closed_folders() -> list[Path]:
    """Everything that this process could read and no visitor may: Gradio would otherwise offer the working folder."""
    return [Path.cwd(), Path(str(resources.files("corpus"))).parent, Path.home()]


def _add_articles(server: FastAPI, answerer: Answerer) -> None:
    @server.get("/page/articles/{article_id:path}", response_class=HTMLResponse)
    def article(article_id: str, request: Request) -> Response:
        found = answerer.articles.get(article_id)
        if found is None:
            return HTMLResponse(render.missing_article(wording.NO_SUCH_ARTICLE), status_code=404)
        asked = request.query_params.getlist("mark")
        marks = [mark for text in asked[:_MAX_MARKS] if (mark := _mark(text)) and mark.end <= len(found.text)]
        note = wording.NO_SUCH_PLACE if len(marks) < len(asked) else ""
        return HTMLResponse(render.article_view(found, marks, note))


def _mark(text: str) -> render.Mark | None:
    match = _MARK.fullmatch(text)
    if match is None or int(match[2]) >= int(match[3]):
        return None
    return render.Mark(int(match[1]), int(match[2]), int(match[3]))


def _add_feedback(server: FastAPI, book: FeedbackBook | None) -> None:
    @server.post("/page/feedback")
    async def feedback(request: Request) -> Response:
        if book is None:
            return _refusal(404, wording.NOT_OPEN)
        body = await _small_body(request.scope, request.receive)
        said = None if body is None else Feedback.read(body)
        if said is None:
            return _refusal(422, wording.BAD_REQUEST)
        book.write(said)
        return Response(status_code=204)


class PageServer(uvicorn.Server):
    """The server on a socket that is already bound; knows its address, and when a page can be opened there."""

    def __init__(self, app: FastAPI, listening: socket.socket, started: Callable[[str], None] | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,  # visitors' addresses and session ids are nobody's business
                server_header=False,
                timeout_graceful_shutdown=5,
                limit_concurrency=1000,
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
    openers: Sequence[str] = (),
    feedback: Path | None = None,
    started: Callable[[str], None] | None = None,
) -> Iterator[PageServer]:
    """Give a server that is ready to run; its temporary folder goes when it has stopped.

    `started` is told the address once the page can be opened. Raises SettingsError when the port cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="linping-page-") as folder:
        os.environ.update(launch_environment(Path(folder)))
        with _listen(host, port) as listening:
            yield PageServer(build_server(answerer, openers=openers, feedback=feedback), listening, started)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise SettingsError(wording.port_taken(host, port)) from error


def serve(
    answerer: Answerer,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    openers: Sequence[str] = (),
    feedback: Path | None = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until interrupted; see `page_server`."""
    with page_server(answerer, host, port, openers=openers, feedback=feedback, started=started) as server:
        server.run()


def launch_environment(folder: Path) -> dict[str, str]:
    """Return the variables that Gradio reads: no telemetry, no hub, its temporary files in a folder of ours."""
    return {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(folder),
        "GRADIO_SHARE": "False",
        "GRADIO_MCP_SERVER": "False",
        "HF_HUB_OFFLINE": "1",
    }
