"""Torn, half-open and lying connections, a full disk, a clock that steps, and what must never be written down."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from tests.fakes_ui import ScriptedAnswerer, site
from tests.ui.test_server import answer_to
from ui.service import wording as wording_serving
from ui.service.caching import AnswerCache
from ui.service.feedback import Feedback, FeedbackBook
from ui.service.hosting import Hosting
from ui.service.keys import Keys
from ui.service.limits import ServerLimits, TooMany, Turnstile, Visitor
from ui.web.server import build_server

ASK = b'{"question": "\xe4\xbd\xa0\xe5\xa5\xbd"}'
KEY = "a-key-of-more-than-twenty-letters"


def line_to(address: str) -> socket.socket:
    host = urlsplit(address)
    return socket.create_connection((host.hostname or "", host.port or 0), timeout=120)


def replies(address: str, sent: bytes) -> bytes:
    """Send bytes as they are; return all that comes back until the server closes."""
    with line_to(address) as line:
        line.sendall(sent)
        heard = b""
        try:
            while piece := line.recv(65536):
                heard += piece
        except ConnectionResetError:
            pass
        return heard


def post(*headers: bytes, body: bytes = ASK, path: bytes = b"/api/ask") -> bytes:
    lines = [b"POST " + path + b" HTTP/1.1", b"Host: 127.0.0.1", b"Content-Type: application/json", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


SECRET = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ASK), ASK)
SMUGGLED = {
    "both lengths": post(b"Content-Length: 4", b"Transfer-Encoding: chunked", body=CHUNKED + SECRET),
    "both lengths, the other way": post(
        b"Transfer-Encoding: chunked", b"Content-Length: %d" % (len(CHUNKED) + len(SECRET)), body=CHUNKED + SECRET
    ),
    "an unknown encoding": post(b"Transfer-Encoding: xchunked", body=CHUNKED + SECRET),
    "two encodings": post(b"Transfer-Encoding: chunked, identity", body=CHUNKED + SECRET),
    "an encoding behind a control": post(b"Transfer-Encoding: \x0bchunked", body=CHUNKED + SECRET),
    "a space before the colon": post(b"Transfer-Encoding : chunked", body=CHUNKED + SECRET),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: 9", body=SECRET),
    "a length with a sign": post(b"Content-Length: +9", body=SECRET),
    "a length below nothing": post(b"Content-Length: -1", body=SECRET),
    "a length in hexadecimal": post(b"Content-Length: 0x9", body=SECRET),
    "a chunk without end": post(b"Transfer-Encoding: chunked", body=b"f" * 30 + b"\r\n" + SECRET),
    "a chunk below nothing": post(b"Transfer-Encoding: chunked", body=b"-1\r\n" + SECRET),
    "a bare return in a header": post(b"X-A: a\rContent-Length: 0", body=SECRET),
    "a NUL in a header": post(b"X-A: a\0b", body=SECRET),
    "a header that is none": post(b"no colon here", body=SECRET),
    "HTTP without a version": b"GET /healthz\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "an endless method": b"A" * 80_000,
    "an endless header": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 80_000,
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(200),
}


def test_what_could_be_taken_for_two_requests_is_none(address: str, client: httpx.Client) -> None:
    for what, sent in SMUGGLED.items():
        heard = replies(address, sent)
        assert heard.count(b"HTTP/1.1 ") <= 1, (what, heard)
        assert not heard or heard.split()[1] in (b"400", b"431", b"501"), (what, heard[:200])
        assert b"linping_" not in heard, what
    told = replies(address, SMUGGLED["both lengths"]).partition(b"\r\n\r\n")[2]
    assert wording_serving.TWO_LENGTHS in told.decode()
    assert client.post("api/ask", json={"question": "你好"}).status_code == 200


def test_a_body_in_chunks_is_a_body(address: str) -> None:
    heard = replies(address, post(b"Transfer-Encoding: chunked", b"Connection: close", body=CHUNKED))
    assert heard.startswith(b"HTTP/1.1 200")
    assert b'"smalltalk"' in heard


@pytest.fixture
def nothing_left(client: httpx.Client) -> Iterator[None]:
    """Afterwards the process holds no more files than before, and nobody is being answered."""
    here = Path("/proc/self/fd")
    client.get("healthz")
    before = len(list(here.iterdir()))
    yield
    for _ in range(600):
        idle = "linping_in_flight 0.0" in client.get("metrics").text
        if idle and len(list(here.iterdir())) <= before:
            return
        time.sleep(0.1)
    pytest.fail(f"{len(list(here.iterdir()))} files are open, {before} were")


@pytest.mark.usefixtures("nothing_left")
def test_torn_and_half_open_lines_leave_nothing(address: str, client: httpx.Client) -> None:
    whole = post(b"Content-Length: %d" % len(ASK), b"Connection: close")
    slow = '{"question": "慢", "stream": true}'.encode()
    for cut in (1, 20, len(whole) - len(ASK), len(whole) - 1):  # gone before the request is whole
        with line_to(address) as line:
            line.sendall(whole[:cut])
    held = []
    for number in range(30):
        line = line_to(address)
        held.append(line)
        line.sendall(
            post(b"Content-Length: %d" % len(slow), body=slow)
            if number % 5 == 0
            else b"GET /page/figures HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20
        )
    assert client.post("api/ask", json={"question": "你好"}).status_code == 200
    for line in held:  # torn off in the midst of what they were told
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()


@pytest.mark.usefixtures("nothing_left")
def test_nobody_changes_to_a_websocket(address: str, client: httpx.Client) -> None:
    wish = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    for path in (b"/", b"/api/ask", b"/mcp", b"/gradio_api/queue/join", b"/v1/chat/completions", b"/nothing") * 10:
        with line_to(address) as line:
            line.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n" + wish)
            assert b" 101 " not in line.recv(200).split(b"\r\n")[0]
    assert client.get("healthz").status_code == 200


def test_what_is_sent_packed_is_not_unpacked(client: httpx.Client) -> None:
    bomb = gzip.compress(b'{"question": "' + b"a" * 30_000_000 + b'"}')
    assert len(bomb) < 64 * 1024
    for path in (
        "api/ask",
        "v1/chat/completions",
        "v1/embeddings",
        "mcp",
        "page/why",
        "page/export/md",
        "page/feedback",
        "gradio_api/queue/join",
    ):
        for coding in ("gzip", "deflate", "br", "gzip, gzip"):
            reply = client.post(
                path,
                content=bomb,
                headers={
                    "content-encoding": coding,
                    "content-type": "application/json",
                    "accept": "application/json, text/event-stream",
                },
            )
            assert 400 <= reply.status_code < 500, (path, coding, reply.text)


def test_a_thumb_that_a_full_disk_does_not_take_is_said_so_and_answers_go_on(caplog: pytest.LogCaptureFixture) -> None:
    thumb = {"answer_id": "a1", "verdict": "up", "reason": ""}
    with TestClient(
        build_server(ScriptedAnswerer(), site(Path("/dev/full"))),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 5000),
    ) as full:
        refused = full.post("/page/feedback", json=thumb)
        assert (refused.status_code, refused.json()["detail"]) == (503, wording_serving.NOT_NOTED)
        assert full.post("/api/ask", json={"question": "你好"}).status_code == 200
        assert 'linping_feedback_total{verdict="up"}' not in full.get("/metrics").text
    assert "No space left" in caplog.text


def test_a_line_that_does_not_fit_is_not_half_there(tmp_path: Path) -> None:
    book = tmp_path / "feedback.jsonl"
    FeedbackBook(book).write(Feedback("a1", "up", ""))
    before = book.read_bytes()
    code = (
        "import resource, signal, sys; from pathlib import Path; from ui.service.feedback import Feedback, FeedbackBook\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); size = Path(sys.argv[1]).stat().st_size + 10\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "try: FeedbackBook(Path(sys.argv[1])).write(Feedback('a2', 'down', ''))\n"
        "except OSError as error: print(error.errno)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(book)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "28"
    assert book.read_bytes() == before
    FeedbackBook(book).write(Feedback("a3", "up", ""))
    assert [json.loads(line)["answer_id"] for line in book.read_text().splitlines()] == ["a1", "a3"]


@pytest.mark.parametrize("step", [-30 * 86_400, 30 * 86_400])
def test_a_clock_that_steps_lets_nobody_in_and_shuts_nobody_out(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    door = Turnstile(ServerLimits(per_minute=2, per_day=0))
    somebody, other = Visitor("203.0.113.5", "a"), Visitor("203.0.113.6", "b")
    for _ in range(2):
        door.admit(somebody)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + step)
    with pytest.raises(TooMany) as waits:
        door.admit(somebody)
    assert waits.value.wait <= 60
    door.admit(other)


PERSONAL = (
    "330110199003078219",
    "13857112345",
    "6222021202012345678",
    "浙A12345",
    "li.si@example.com",
    "艺尚小镇3幢502室",
)


def test_f61_what_somebody_tells_of_himself_is_written_nowhere(
    client: httpx.Client, feedback_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, "httpx")  # the one who asks, not we
    for number, secret in enumerate(PERSONAL):
        for kind, before in enumerate(("", "坏一次", "崩溃", "拒")):
            question = f"{before}我是{secret}，青溪2028工业目标是多少?"
            client.post("api/ask", json={"question": question})
            client.post(
                "v1/chat/completions", json={"model": "linping", "messages": [{"role": "user", "content": question}]}
            )
            client.get("api/search", params={"q": question})
            answer_to(client, question, f"personal-{number}-{kind}")
        client.post("api/ask", content=f'{{"question": "{secret}"'.encode())
        client.get(f"api/articles/{secret}")
    client.post("page/feedback", json={"answer_id": "a1", "verdict": "up", "reason": ""})
    written = caplog.text + client.get("metrics").text + feedback_file.read_text(encoding="utf-8")
    assert "failed" in caplog.text, "nothing was written at all"
    for secret in PERSONAL:
        assert secret not in written
        assert httpx.URL("http://a", params={"q": secret}).query.decode()[2:] not in written


def test_f62_a_key_is_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hosting = Hosting(keys=Keys({"desk": KEY}))
    with TestClient(
        build_server(ScriptedAnswerer(), site(hosting=hosting)),
        base_url="http://10.1.1.1",
        client=("203.0.113.5", 5000),
        raise_server_exceptions=False,
    ) as away:
        heard = ""
        for headers in ({"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}, {"x-api-key": KEY + "x"}):
            for question in ("你好", "坏一次", "崩溃", "拒"):
                heard += away.post("/api/ask", json={"question": question}, headers=headers).text
                heard += away.post("/v1/chat/completions", content=b"{", headers=headers).text
        heard += "".join(
            away.get(path, headers={"x-api-key": KEY}).text
            for path in ("/metrics", "/healthz", "/readyz", "/", "/api/docs", "/api/openapi.json")
        )
    assert "smalltalk" in heard
    assert KEY not in heard + caplog.text


def test_f63_a_conversation_is_forgotten_when_its_owner_says_so(client: httpx.Client) -> None:
    session = client.post("api/ask", json={"question": "我的暗号是芦苇"}).json()["session"]
    assert "芦苇" in client.post("api/ask", json={"question": "记得吗", "session": session}).text
    assert client.delete(f"api/sessions/{session}").status_code == 204
    for gone in (
        client.delete(f"api/sessions/{session}"),
        client.post("api/ask", json={"question": "记得吗", "session": session}),
    ):
        assert gone.status_code == 404
    cache = AnswerCache(2)
    cache.put("我的暗号是芦苇", next(ScriptedAnswerer().stream("你好")))
    cache.forget("我的暗号是芦葦")
    assert len(cache) == 0


def test_500_at_once_are_answered_or_told_when_to_come_again(address: str) -> None:
    from tests.ui.conftest import awaited

    async def crowd() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=500)
        async with httpx.AsyncClient(base_url=address, timeout=300, trust_env=False, limits=limits) as many:
            import asyncio

            return await asyncio.gather(
                *(many.post("api/ask", json={"question": f"我的暗号是{n:03}"}) for n in range(500))
            )

    heard = awaited(crowd())
    answered = [n for n, reply in enumerate(heard) if reply.status_code == 200]
    assert len(answered) >= 8
    assert all(f"我的暗号是{n:03}" == heard[n].json()["question"] for n in answered)
    for reply in heard:
        if reply.status_code != 200:
            assert reply.status_code == 429
            assert 1 <= int(reply.headers["retry-after"]) <= 60
            assert "。" in reply.json()["detail"]
