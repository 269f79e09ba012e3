"""What stands between a visitor and our routes: a path that a proxy puts before ours, pages of other origins, HEAD,
and requests that a proxy and we could take for different ones.

All are ASGI middleware and know nothing of questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.service import wording as wording_serving
from ui.web.refusing import refusal

_DOORS: Final = ("/api/", "/v1/", "/mcp", "/healthz", "/readyz", "/metrics")
_OWN_HEAD: Final = "/gradio_api/"  # streams there end only when the listener leaves


def path_of(scope: Scope) -> str:
    """Return the path of a request as our routes know it, without what a proxy puts before it."""
    path: str = scope.get("path", "")
    root: str = scope.get("root_path", "")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


class Under:
    """Serves everything below `root` («/qa»), whether the proxy takes that off the path before it asks us or not."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app = app
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path == self.root and scope["type"] == "http":  # the page's own addresses are relative to the slash
            await RedirectResponse(f"{self.root}/")(scope, receive, send)
            return
        if not path.startswith(f"{self.root}/"):
            path = self.root + path
        await self.app({**scope, "path": path, "root_path": self.root}, receive, send)


class OtherOrigins(CORSMiddleware):
    """Lets pages of the listed origins read what the doors for programs say; nobody else's, and nothing else."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["Authorization", "X-API-Key", "Content-Type", "Mcp-Protocol-Version", "Mcp-Session-Id"],
            expose_headers=["Retry-After"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if path_of(scope).startswith(_DOORS):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class OneLength:
    """Refuses a request that tells its length twice: one program would take for its end what another takes for its
    middle, and the rest for somebody else's request. (Request smuggling; RFC 9112, 6.1.)
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope["headers"]} if scope["type"] == "http" else set()
        if {b"content-length", b"transfer-encoding"} <= names:
            await refusal(path_of(scope), 400, wording_serving.TWO_LENGTHS, {"Connection": "close"})(
                scope, receive, send
            )
        else:
            await self.app(scope, receive, send)


class Heads:
    """Answers HEAD wherever GET is answered, with the same headers; and tells proxies to let events through at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bare = scope["method"] == "HEAD" and not path_of(scope).startswith(_OWN_HEAD)
        if bare:
            scope = {**scope, "method": "GET"}

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/event-stream"):
                    headers["X-Accel-Buffering"] = "no"  # else nginx keeps events back until it has many
            elif bare and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, reply)
