"""Whatever is sent to a door for programs: a reply of ours in time, never a crash, never the insides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.fakes_ui import ScriptedAnswerer, site
from ui.service.chores import chore_of, done
from ui.service.hosting import Hosting
from ui.service.limits import ServerLimits
from ui.web.server import build_server

CALM = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
WORDS = st.text(max_size=40) | st.sampled_from(
    ["\ud800", "\x00", "你好", "﷽" * 20, "e\u0301\u0301\u0301" * 9, "\u202e", "", "1e999"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
JSON = st.recursive(
    SCALARS, lambda of: st.lists(of, max_size=4) | st.dictionaries(WORDS, of, max_size=4), max_leaves=12
)
ROLE = st.sampled_from(["user", "assistant", "system", "tool"]) | WORDS
PART = st.fixed_dictionaries({"type": st.sampled_from(["text", "image_url"]) | WORDS}, optional={"text": JSON})
MESSAGE = st.fixed_dictionaries({"role": ROLE, "content": WORDS | st.lists(PART, max_size=3) | JSON})
OPTIONS = {
    "stream": JSON,
    "n": JSON,
    "stop": WORDS | st.lists(WORDS, max_size=5) | JSON,
    "max_tokens": JSON,
    "model": JSON,
    "response_format": JSON | st.fixed_dictionaries({"type": WORDS}),
    "tool_choice": JSON,
    "stream_options": JSON,
}
CHAT = st.fixed_dictionaries({"messages": st.lists(MESSAGE, max_size=4) | JSON}, optional=OPTIONS)
ASK = st.fixed_dictionaries({"question": WORDS | JSON}, optional={"session": JSON, "stream": JSON})
TEXTS = st.fixed_dictionaries(
    {"input": WORDS | JSON}, optional={"model": JSON, "encoding_format": JSON, "dimensions": JSON}
)
RPC = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "method": st.sampled_from(["tools/call", "tools/list", "initialize"]) | WORDS},
    optional={"id": JSON, "params": JSON | st.fixed_dictionaries({"name": WORDS, "arguments": JSON})},
)


@pytest.fixture(scope="module")
def client() -> Any:
    app = build_server(ScriptedAnswerer(), site(hosting=Hosting(limits=ServerLimits(seconds=2.0))))
    with TestClient(
        app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000), raise_server_exceptions=False
    ) as opened:
        yield opened


def sent(client: TestClient, path: str, body: bytes) -> None:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    reply = client.post(path, content=body, headers=headers)
    assert reply.status_code < 500 or "坏" in body.decode("utf-8", "replace"), (body, reply.text)
    assert "Traceback" not in reply.text
    assert "site-packages" not in reply.text
    if reply.status_code >= 400 and not path.startswith("/mcp"):
        told = reply.json()
        assert told.get("detail") or told["error"]["message"]


def as_body(value: Any) -> bytes:
    return json.dumps(value).encode()


@CALM
@given(body=CHAT | JSON)
def test_completions(client: TestClient, body: Any) -> None:
    sent(client, "/v1/chat/completions", as_body(body))


@CALM
@given(body=TEXTS | JSON)
def test_embeddings(client: TestClient, body: Any) -> None:
    sent(client, "/v1/embeddings", as_body(body))


@CALM
@given(body=ASK | JSON)
def test_asking(client: TestClient, body: Any) -> None:
    sent(client, "/api/ask", as_body(body))


@CALM
@given(body=RPC | st.lists(RPC, max_size=2) | JSON)
def test_tools(client: TestClient, body: Any) -> None:
    sent(client, "/mcp", as_body(body))


@CALM
@given(
    body=st.binary(max_size=200),
    path=st.sampled_from(["/v1/chat/completions", "/api/ask", "/page/why", "/page/feedback"]),
)
def test_bytes(client: TestClient, body: bytes, path: str) -> None:
    sent(client, path, body)


@pytest.mark.parametrize(
    "path",
    [
        "/page/articles/../../etc/passwd",
        "/page/articles/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/articles/%00",
        "/v1/models/%2e%2e",
        "/page/assets/../server.py",
        "/page/assets/%2e%2e/server.py",
        "/page/articles/" + "a" * 5000,
        "/api/search?q=" + "%ff" * 50,
        "/api/search?q=%ED%A0%80&k=1",
        "/page/figures/rows?page=%F0%9F%98%80",
        "/page/articles/x?mark=999:1-2",
        "//etc/passwd",
    ],
)
def test_paths(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code < 500, reply.text
    assert "root:" not in reply.text
    assert "import " not in reply.text


@settings(max_examples=100, deadline=None)
@given(st.text(), st.lists(st.tuples(st.sampled_from(["USER", "ASSISTANT", "KING"]), st.text()), max_size=5))
def test_a_chore_is_none_or_done(order: str, turns: list[tuple[str, str]]) -> None:
    history = "\n".join(f"{who}: {words}" for who, words in turns)
    chore = chore_of(f'### Task:\n{order}\nJSON format: {{ "title": "x" }}\n<chat_history>\n{history}\n</chat_history>')
    assert chore is None or set(json.loads(done(chore))) == {chore.wanted.value}
