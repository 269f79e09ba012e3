"""A scripted server that speaks the OpenAI chat protocol over real HTTP and SSE on the loopback, and plays its faults.

A play is a function that is given the Exchange and writes whatever it likes to the wire.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gone(Exception):
    """The client has closed the connection."""


@dataclass
class Exchange:
    """One request and the open connection it came by."""

    server: ModelServer
    handler: BaseHTTPRequestHandler
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """What the user message says."""
        return str(self.body["messages"][-1]["content"])

    def head(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Write the status line and headers; the body then ends with the connection or by Content-Length."""
        lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'No'}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.raw("\r\n".join([*lines, "", ""]).encode())

    def begin(self) -> None:
        """Begin a stream of events in chunks, as servers do."""
        self.head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})

    def raw(self, data: bytes) -> None:
        try:
            self.handler.wfile.write(data)
            self.handler.wfile.flush()
        except OSError as error:
            raise Gone from error

    def chunk(self, data: bytes) -> None:
        """Write one HTTP chunk."""
        self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, data: str, end: str = "\n\n") -> None:
        self.chunk(f"data: {data}{end}".encode())

    def piece(self, text: str, finish: str | None = None, **delta: str) -> None:
        """Write one token."""
        self.event(piece(text, finish, **delta))

    def end(self) -> None:
        self.event("[DONE]")
        self.raw(b"0\r\n\r\n")

    def wait(self, seconds: float) -> None:
        """Wait; raises Gone as soon as the client closes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self.handler.connection], [], [], min(left, 0.02))
            try:
                closed = readable and self.handler.connection.recv(1, socket.MSG_PEEK) == b""
            except ConnectionResetError as error:  # closed with tokens unread
                raise Gone from error
            if closed:
                raise Gone


def piece(text: str, finish: str | None = None, **delta: str) -> str:
    """Return one chat.completion.chunk as JSON."""
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "scripted",
            "choices": [
                {"index": 0, "delta": {"role": "assistant", "content": text, **delta}, "finish_reason": finish}
            ],
        },
        ensure_ascii=False,
    )


Play = Callable[[Exchange], None]


def saying(text: str | Callable[[str], str], *, size: int = 3, pause: float = 0.0, finish: str | None = "stop") -> Play:
    """Return a play that writes `text`, `size` characters a token, with `pause` seconds before each."""

    def play(exchange: Exchange) -> None:
        said = text if isinstance(text, str) else text(exchange.prompt)
        exchange.begin()
        for at in range(0, len(said), size):
            exchange.wait(pause)
            exchange.piece(said[at : at + size])
            exchange.server.written.append((time.monotonic(), said[: at + size]))
        if finish is not None:
            exchange.piece("", finish)
        exchange.end()

    return play


def refusing(status: int, body: str | bytes = '{"error": {"message": "no"}}', **headers: str) -> Play:
    """Return a play that answers with an error; `retry_after="1"` becomes the header Retry-After."""

    def play(exchange: Exchange) -> None:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        exchange.head(status, {"Content-Type": "application/json", "Content-Length": str(len(data)), **named})
        exchange.raw(data)

    return play


def in_turn(*plays: Play) -> Play:
    """Return a play that plays the next of `plays` at each request, and the last one for ever after."""
    waiting = list(plays)
    lock = threading.Lock()

    def play(exchange: Exchange) -> None:
        with lock:
            now = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        now(exchange)

    return play


@dataclass
class ModelServer:
    """The server. `play` may be changed at any time; `requests` are the bodies, `keys` the Authorization headers.

    `gone` are the times at which a client closed before the play was over, `written` (time, text so far) of tokens.
    """

    play: Play
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    gone: list[float] = field(default_factory=list)
    written: list[tuple[float, str]] = field(default_factory=list)
    base_url: str = ""
    port: int = 0


@contextmanager
def model_server(play: Play) -> Iterator[ModelServer]:
    """Run a server from threads on a free port; every connection is closed at the end."""
    state = ModelServer(play)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(body)
            state.keys.append(self.headers.get("Authorization", ""))
            if self.path != "/v1/chat/completions":
                refusing(404)(Exchange(state, self, body))
                return
            try:
                state.play(Exchange(state, self, body))
            except Gone:
                state.gone.append(time.monotonic())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    state.base_url = f"http://127.0.0.1:{state.port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def texts(requests: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the user messages of requests."""
    return [str(request["messages"][-1]["content"]) for request in requests]
