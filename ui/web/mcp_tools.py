"""The same answers as tools of the Model Context Protocol: ask, search, read_article, on the same server at /mcp."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from ui import wording
from ui.service.counter import Counter
from ui.service.desk import grown
from ui.service.limits import Visitor
from ui.web.api import ArticleText, SessionAnswer, article_of, search_in, told

_DOOR = "mcp"
_visitor: ContextVar[Visitor] = ContextVar("visitor")


class McpDoor:
    """The endpoint: who may come in is settled here, before the protocol begins."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        server = tools(counter)
        server.streamable_http_app(stateless_http=True, json_response=True)  # makes the session manager
        self.manager: StreamableHTTPSessionManager = server.session_manager
        self._app = StreamableHTTPASGIApp(self.manager)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = (scope.get("client") or ("", 0))[0]
        headers = Headers(scope=scope)
        try:
            who = self._counter.admit(peer, headers)
        except HTTPException as error:
            refusal = JSONResponse({"detail": error.detail}, status_code=error.status_code, headers=error.headers)
            await refusal(scope, receive, send)
            return
        token = _visitor.set(who)
        try:
            await self._app(_loopback(scope), receive, send)
        finally:
            _visitor.reset(token)


def _loopback(scope: Scope) -> Scope:
    """Return the request as if asked for by a loopback name: the library's own check knows no other, ours is done."""
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"host", b"origin")]
    return {**scope, "headers": [*kept, (b"host", b"127.0.0.1:80")]}


def tools(counter: Counter) -> MCPServer[Any]:
    """Return the tools. What they return is for a model to read: every text with its source, every answer labelled."""
    server: MCPServer[Any] = MCPServer(
        name="linping", title=wording.TITLE, instructions=wording.MCP_INSTRUCTIONS, log_level="WARNING"
    )

    @server.tool(title="提问", description=wording.MCP_ASK)
    async def ask(question: str, session: str = "") -> dict[str, Any]:
        async def work() -> dict[str, Any]:
            name, before = counter.conversation(session or None)
            answer = await counter.desk.answer(question, before, _visitor.get(), _DOOR)
            counter.sessions.keep(name, grown(before, question, answer))
            return asdict(SessionAnswer.to(answer, name))

        return await _said(work)

    @server.tool(title="找句子", description=wording.MCP_SEARCH)
    async def search(query: str, k: int = 10) -> dict[str, Any]:
        async def work() -> dict[str, Any]:
            hits = await search_in(counter, query, min(max(1, k), 50), _visitor.get(), _DOOR)
            return {"sentences": [asdict(hit) for hit in hits], "label": wording.QUOTED_LABEL}

        return await _said(work)

    @server.tool(title="读文章", description=wording.MCP_READ)
    async def read_article(article_id: str, quote: str = "", start: int = 0) -> dict[str, Any]:
        async def work() -> dict[str, Any]:
            return asdict(ArticleText.of(article_of(counter.desk.edition, article_id), quote, start))

        return await _said(work)

    return server


async def _said(work: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Return what `work` returns; its errors as one sentence for the model to read."""
    try:
        return await work()
    except Exception as error:
        raise ToolError(told(error)) from error
