"""The contract with an unreliable model, over real HTTP and SSE: F30 to F37 and F39 of the fault tables."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openai
import pytest
from pydantic import SecretStr

from rag.llm.breaker import Breaker, RetryBudget, State
from rag.llm.endpoints import Endpoint
from rag.llm.generator import Event, Failed, Finished, Generation, LanguageModel, Text, Timeouts, Trouble
from rag.llm.prompt import Message
from tests.rag.model_server import Exchange, ModelServer, Play, in_turn, model_server, piece, refusing, saying, texts

MESSAGES = (Message("system", "规则"), Message("user", "临平？"))
QUICK = Timeouts(connect=1.0, first=0.6, gap=0.5, total=3.0)
PATIENT = Timeouts(connect=3.0, first=10.0, gap=10.0, total=40.0)  # a busy machine is slow, not wrong
SAID = "到2028年产值3000亿元[1]。"


@contextmanager
def talking(
    play: Play,
    timeouts: Timeouts = PATIENT,
    breaker: Breaker | None = None,
    key: str | None = None,
    jitter: float = 0.01,
) -> Iterator[tuple[ModelServer, LanguageModel]]:
    with model_server(play) as server:
        model = LanguageModel(
            Endpoint("scripted", server.base_url, SecretStr(key) if key else None),
            timeouts,
            breaker=breaker,
            budget=RetryBudget(floor=100),
            jitter=lambda low, high: jitter,
        )
        model.warm()
        try:
            yield server, model
        finally:
            model.close()


def heard(generation: Generation, seconds: float = 20.0) -> tuple[str, Event]:
    """Return all text and how it ended."""
    text = ""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        event = generation.next(left)
        if isinstance(event, Text):
            text += event.text
        elif event is not None:
            return text, event
    raise AssertionError(f"nothing ended after {text!r}")


def outcome(play: Play, timeouts: Timeouts = PATIENT) -> tuple[str, Event, int]:
    """Return text, end and how many requests the server counted."""
    with talking(play, timeouts) as (server, model):
        text, end = heard(model.start(MESSAGES))
        return text, end, len(server.requests)


def test_the_script_speaks_the_protocol_of_the_official_client() -> None:
    with model_server(saying(SAID)) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="sk-x", max_retries=0)
        stream = client.chat.completions.create(
            model="scripted", messages=[{"role": "user", "content": "临平？"}], stream=True
        )
        chunks = list(stream)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SAID
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert server.keys == ["Bearer sk-x"]
        server.play = refusing(429, retry_after="1")
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "临平？"}])
        server.play = refusing(401)
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "临平？"}])


def test_text_comes_token_by_token_and_ends_with_the_reason() -> None:
    with talking(saying(SAID, size=2)) as (server, model):
        generation = model.start(MESSAGES)
        events: list[Event] = []
        while not events or isinstance(events[-1], Text):
            event = generation.next(10)
            assert event is not None
            events.append(event)
    assert [event.text for event in events if isinstance(event, Text)] == [
        SAID[at : at + 2] for at in range(0, len(SAID), 2)
    ]
    assert events[-1] == Finished("stop")
    request = server.requests[0]
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert (request["model"], request["stream"], request["temperature"]) == ("scripted", True, 0.0)
    assert "tools" not in request
    assert texts(server.requests) == ["临平？"]


# ---------------------------------------------------------------------------------------------------- F30: no connection


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def raw_server(answer: bytes) -> Iterator[int]:
    """Serve the same bytes to every connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(1)
                    try:
                        connection.recv(65536)
                        connection.sendall(answer)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        thread.join(2)


def unreachable(base_url: str, timeouts: Timeouts = QUICK) -> Event:
    model = LanguageModel(Endpoint("scripted", base_url), timeouts, budget=RetryBudget(floor=100))
    model.warm()
    try:
        started = time.monotonic()
        text, end = heard(model.start(MESSAGES))
        assert text == ""
        assert time.monotonic() - started <= 5
        return end
    finally:
        model.close()


def test_f30_a_refused_connection_is_told_within_five_seconds() -> None:
    assert unreachable(f"http://127.0.0.1:{free_port()}/v1") == Failed(Trouble.UNREACHABLE)


def test_f30_a_name_that_nobody_knows_is_told_within_five_seconds() -> None:
    assert unreachable("http://nobody-knows-this-name.invalid/v1") == Failed(Trouble.UNREACHABLE)


def test_f30_a_server_without_tls_is_told_within_five_seconds() -> None:
    for port in raw_server(b"HTTP/1.1 200 OK\r\n\r\n"):
        assert unreachable(f"https://127.0.0.1:{port}/v1") == Failed(Trouble.UNREACHABLE)


def test_f30_a_proxy_that_wants_a_password_is_told_within_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    for port in raw_server(
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ):
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        assert unreachable("https://api.example.cn/v1") == Failed(Trouble.UNREACHABLE)


def test_a_proxy_in_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert outcome(saying(SAID))[:2] == (SAID, Finished("stop"))


# ------------------------------------------------------------------------------------------------------------ F31: slow


def test_f31_no_first_token_in_time_is_a_failure_and_not_tried_again() -> None:
    assert outcome(lambda exchange: exchange.wait(5), QUICK) == ("", Failed(Trouble.SLOW), 1)


def test_f31_a_gap_longer_than_allowed_ends_the_answer() -> None:
    def play(exchange: Exchange) -> None:
        exchange.begin()
        exchange.piece("到2028年")
        exchange.wait(5)

    assert outcome(play, QUICK) == ("到2028年", Failed(Trouble.SLOW, begun=True), 1)


def test_f31_a_drip_within_the_gap_ends_with_the_whole_time() -> None:
    text, end, _ = outcome(saying("滴" * 100, size=1, pause=0.2), Timeouts(1, 0.6, 0.5, 1.0))
    assert end == Failed(Trouble.SLOW, begun=True)
    assert 2 <= len(text) <= 6


def test_f31_threads_and_sockets_return_to_where_they_were() -> None:
    with talking(in_turn(*[lambda exchange: exchange.wait(5)] * 4, saying(SAID)), QUICK) as (server, model):
        heard(model.start(MESSAGES))
        before = threading.active_count()
        for _ in range(4):
            heard(model.start(MESSAGES))
        until = time.monotonic() + 5
        while (len(server.gone) < 4 or threading.active_count() > before) and time.monotonic() < until:
            time.sleep(0.02)
        assert len(server.gone) >= 4  # every hanging request was closed
        assert threading.active_count() <= before


# -------------------------------------------------------------------------------------------------------------- F32: cut


def test_f32_wherever_the_stream_is_cut_what_came_is_whole_text_and_never_complete() -> None:
    events = "".join(f"data: {piece(text)}\n\n" for text in ("到2028年，", "产值3000", "亿元", "[1", "]。"))
    wire = events.encode()
    inside = [match.start() + 1 for match in re.finditer("年|亿".encode(), wire)]
    places = sorted({0, 1, len(wire) - 1, len(wire), *inside, *range(7, len(wire), 61)})
    with talking(refusing(500)) as (server, model):
        for place in places:

            def play(exchange: Exchange, end: int = place) -> None:
                exchange.head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
                if end:
                    exchange.chunk(wire[:end])
                exchange.handler.connection.shutdown(socket.SHUT_RDWR)

            server.play = play
            text, end = heard(model.start(MESSAGES))
            assert isinstance(end, Failed), place
            assert "\ufffd" not in text
            assert "到2028年，产值3000亿元[1]。".startswith(text)
            model.breaker.succeeded()  # each cut counts as a failure; here they must not add up


# ------------------------------------------------------------------------------------------------------- F33, F34: stop


def test_f33_stopping_closes_the_request_within_two_seconds_whatever_it_waits_for() -> None:
    def hang(exchange: Exchange) -> None:
        exchange.begin()
        exchange.piece("到2028年")
        exchange.wait(30)

    for play in (saying("甲" * 500, size=1, pause=0.05), hang, lambda exchange: exchange.wait(30)):
        with talking(play, Timeouts(3, 30, 30, 60)) as (server, model):
            generation = model.start(MESSAGES)
            generation.next(0.5)
            time.sleep(0.2)
            stopped = time.monotonic()
            generation.close()
            while not server.gone and time.monotonic() - stopped < 5:
                time.sleep(0.01)
            assert server.gone[0] - stopped < 2
            assert model.breaker.health.failures == 0  # the endpoint did nothing wrong


def test_f34_when_one_of_two_stops_the_other_goes_on() -> None:
    with talking(saying(SAID * 4, size=3, pause=0.02), Timeouts()) as (_, model):
        first, second = model.start(MESSAGES), model.start(MESSAGES)
        first.next(5)
        first.close()
        assert heard(second) == (SAID * 4, Finished("stop"))


# ---------------------------------------------------------------------------------------------------------- F35: status


@pytest.mark.parametrize(
    ("play", "trouble", "requests"),
    [
        (refusing(429), Trouble.BUSY, 3),
        (refusing(429, retry_after="0"), Trouble.BUSY, 3),
        (refusing(429, retry_after="60"), Trouble.BUSY, 1),  # longer than a reader waits
        (refusing(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), Trouble.BUSY, 3),
        (refusing(500), Trouble.BROKEN, 3),
        (refusing(502, "<html><h1>Bad Gateway</h1></html>"), Trouble.BROKEN, 3),
        (refusing(503), Trouble.BROKEN, 3),
        (refusing(529), Trouble.BROKEN, 3),
        (refusing(408), Trouble.REFUSED, 3),
        (refusing(400), Trouble.REFUSED, 1),
        (refusing(401), Trouble.KEY, 1),
        (refusing(403), Trouble.KEY, 1),
        (refusing(404), Trouble.UNKNOWN_MODEL, 1),
        (refusing(422), Trouble.REFUSED, 1),
        (
            refusing(400, '{"error": {"message": "This model\'s maximum context length is 4096 tokens"}}'),
            Trouble.TOO_LONG,
            1,
        ),
        (refusing(413, '{"error": {"message": "输入超长"}}'), Trouble.TOO_LONG, 1),
        (refusing(307, location="http://127.0.0.1:9/v1"), Trouble.REFUSED, 1),  # a key follows no redirect
    ],
)
def test_f35_each_status_is_tried_as_often_as_the_contract_says(play: Play, trouble: Trouble, requests: int) -> None:
    assert outcome(play) == ("", Failed(trouble), requests)


def test_f35_a_retry_that_succeeds_is_an_answer() -> None:
    assert outcome(in_turn(refusing(503), refusing(429, retry_after="0"), saying(SAID))) == (SAID, Finished("stop"), 3)


def test_f35_retry_after_is_waited_for() -> None:
    with talking(in_turn(refusing(429, retry_after="1"), saying(SAID))) as (_, model):
        started = time.monotonic()
        assert heard(model.start(MESSAGES)) == (SAID, Finished("stop"))
        assert time.monotonic() - started >= 1.0


def test_f35_after_the_first_token_nothing_is_tried_again() -> None:
    def play(exchange: Exchange) -> None:
        exchange.begin()
        exchange.piece("到2028年")
        exchange.event('{"error": {"message": "overloaded", "code": 503}}')
        exchange.end()

    assert outcome(play) == ("到2028年", Failed(Trouble.BROKEN, begun=True), 1)


# --------------------------------------------------------------------------------------------------------- F36: garbage


def events(*data: str, end: bool = True) -> Play:
    def play(exchange: Exchange) -> None:
        exchange.begin()
        for one in data:
            exchange.event(one)
        if end:
            exchange.end()

    return play


def one_chunk(data: bytes) -> Play:
    def play(exchange: Exchange) -> None:
        exchange.begin()
        exchange.chunk(data)
        exchange.raw(b"0\r\n\r\n")

    return play


@pytest.mark.parametrize(
    ("play", "trouble"),
    [
        (events(), Trouble.GARBAGE),
        (events("{not json"), Trouble.GARBAGE),
        (events("[1, 2]"), Trouble.GARBAGE),
        (events('{"choices": "none"}'), Trouble.GARBAGE),
        (events('{"choices": [{"delta": {"content": 7}}]}'), Trouble.GARBAGE),
        (refusing(200, "<html>登录</html>", content_type="text/html"), Trouble.GARBAGE),
        (refusing(200, ""), Trouble.GARBAGE),
        (refusing(200, "x" * 10_000_000), Trouble.GARBAGE),
        (refusing(500, "x" * 10_000_000), Trouble.GARBAGE),
        (one_chunk(b"data: " + b"\xff\xfe\xe4\n\n"), Trouble.GARBAGE),
        (events(piece("好"), end=False), Trouble.CUT),
        (events(piece("好")), Trouble.CUT),  # [DONE] without finish_reason
    ],
)
def test_f36_garbage_is_told_and_bounded(play: Play, trouble: Trouble) -> None:
    text, end, _ = outcome(play)
    assert isinstance(end, Failed)
    assert end.trouble is trouble
    assert text in ("", "好")


def test_f36_an_endless_stream_ends_by_size_or_by_time() -> None:
    def endless(exchange: Exchange) -> None:
        exchange.begin()
        while True:
            exchange.piece("哈" * 2000)

    text, end, _ = outcome(endless, Timeouts(1, 5, 5, 20))
    assert isinstance(end, Failed)
    assert len(text) < 4 << 20


@pytest.mark.parametrize("reason", ["length", "content_filter", "tool_calls"])
def test_the_reason_of_the_end_is_passed_on(reason: str) -> None:
    assert outcome(saying("到2028年", finish=reason)) == ("到2028年", Finished(reason), 1)


# ------------------------------------------------------------------------------------------------- F37: events as they are


def lines(separator: bytes) -> Play:
    parts = [f"data: {piece(text)}".encode() for text in ("到2028年", "产值3000亿元[1]。")]
    parts = [b": keep-alive", *parts, b"event: message\ndata: ".replace(b"\n", separator) + piece("", "stop").encode()]
    parts += [b"data: [DONE]", b"data: {trailing", f"data: {piece('多余')}".encode()]
    return one_chunk((separator * 2).join(parts) + separator * 2)


@pytest.mark.parametrize("separator", [b"\n", b"\r\n", b"\r"])
def test_f37_any_line_end_comments_and_what_follows_the_end_are_read_right(separator: bytes) -> None:
    assert outcome(lines(separator)) == ("到2028年产值3000亿元[1]。", Finished("stop"), 1)


def test_f37_an_event_cut_anywhere_between_chunks_is_one_event() -> None:
    wire = f"data: {piece('到2028年产值3000亿元[1]。')}\n\ndata: {piece('', 'stop')}\n\ndata: [DONE]\n\n".encode()

    def play(exchange: Exchange) -> None:
        exchange.begin()
        for at in range(0, len(wire), 5):
            exchange.chunk(wire[at : at + 5])
        exchange.raw(b"0\r\n\r\n")

    assert outcome(play)[:2] == ("到2028年产值3000亿元[1]。", Finished("stop"))


def test_thoughts_in_a_field_of_their_own_count_as_life_and_are_no_text() -> None:
    def play(exchange: Exchange) -> None:
        exchange.begin()
        for _ in range(4):
            exchange.wait(0.3)  # together longer than a first token may take
            exchange.piece("", reasoning_content="想一想")
        exchange.piece(SAID)
        exchange.piece("", "stop")
        exchange.end()

    assert outcome(play, Timeouts(3, 0.9, 0.9, 20))[:2] == (SAID, Finished("stop"))


# --------------------------------------------------------------------------------------------------------- F39: breaker


def test_f39_five_failures_open_the_breaker_a_probe_closes_it_and_its_figures_show_it() -> None:
    now = [0.0]
    breaker = Breaker(5, 30, lambda: now[0])
    with talking(refusing(401), breaker=breaker) as (server, model):
        for _ in range(5):
            assert heard(model.start(MESSAGES))[1] == Failed(Trouble.KEY)
        assert heard(model.start(MESSAGES))[1] == Failed(Trouble.RESTING)
        assert len(server.requests) == 5
        assert (breaker.health.state, breaker.health.opened, breaker.health.refused) == (State.OPEN, 1, 1)
        now[0] = 31.0
        server.play = saying(SAID)
        assert heard(model.start(MESSAGES))[1] == Finished("stop")
        assert breaker.health.state is State.CLOSED


def test_what_was_asked_wrongly_opens_no_breaker() -> None:
    with talking(refusing(400)) as (server, model):
        for _ in range(7):
            assert heard(model.start(MESSAGES))[1] == Failed(Trouble.REFUSED)
        assert len(server.requests) == 7


# ------------------------------------------------------------------------------------------------------------- privacy


def test_neither_key_nor_prompt_nor_what_the_server_says_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="rag")
    plays: list[Play] = [
        refusing(401, '{"error": {"message": "wrong key sk-secret 临平？"}}'),
        refusing(500, "sk-secret 临平？"),
        events('{"error": {"message": "sk-secret"}}'),
        events("{sk-secret"),
    ]
    for play in plays:
        with talking(play, key="sk-secret") as (server, model):
            heard(model.start(MESSAGES))
            assert server.keys[0] == "Bearer sk-secret"
    assert "sk-secret" not in caplog.text
    assert "临平？" not in caplog.text
    assert "127.0.0.1" in caplog.text  # the operator is told which service


def test_without_a_key_none_of_another_vendor_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another")
    with talking(saying(SAID)) as (server, model):
        heard(model.start(MESSAGES))
        assert "sk-of-another" not in server.keys[0]


def test_a_tracing_variable_sends_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server(saying(SAID)) as tracer:
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.base_url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        assert outcome(saying(SAID))[:2] == (SAID, Finished("stop"))
        time.sleep(0.5)
        assert tracer.requests == []


def test_building_one_touches_no_endpoint_and_imports_no_client() -> None:
    code = (
        "import sys\n"
        "from rag.llm.endpoints import Endpoint\n"
        "from rag.llm.generator import LanguageModel\n"
        "LanguageModel(Endpoint('m', 'http://127.0.0.1:9/v1'))\n"
        "heavy = {'langchain_openai', 'openai', 'langchain_core', 'tiktoken', 'httpx2'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_one_module_alone_imports_the_client() -> None:
    root = Path(__file__).resolve().parents[2]
    found = {
        str(path.relative_to(root))
        for layer in ("corpus", "index", "rag", "ui", "evals")
        for path in (root / layer).rglob("*.py")
        if re.search(
            r"^\s*(?:from|import) (?:langchain_openai|openai|httpx2)\b", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert found == {"rag/llm/generator.py"}
