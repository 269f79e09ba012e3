"""What hostile and broken visitors send, by the names of the fault table: F40, F42 to F46, F50, F52, F53."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from corpus.records import BlockKind
from tests.fakes_ui import HARBOUR, SCRIPT, TARGET, ScriptedAnswerer, article
from tests.ui.conftest import PHONE, WIDE, awaited
from tests.ui.test_server import answer_to, asking
from ui import wording
from ui.page import render, render_views
from ui.service.chronicle import chronicle
from ui.service.figures import FigureBook
from ui.trials import crowd
from ui.web import server

TARGET_QUESTION = "青溪2028工业目标是多少?"


# ── F40: many at once ───────────────────────────────────────────────────────────────────────────────────────────────


def test_f40_many_visitors_each_get_their_own_answers_and_their_own_history(address: str) -> None:
    met, read = awaited(crowd.gather(address, 40, 8.0, ("记得吗", *list(SCRIPT)[:4]), (0.05, 0.3)))
    assert met.wrong == []
    assert len(read) == 40
    assert sum(map(len, read.values())) >= 80


def test_f40_no_canary_is_seen_by_another(address: str) -> None:
    async def tell_and_recall(client: httpx.AsyncClient, name: str, seen: crowd.Crowd) -> str:
        await crowd.ask(client, name, f"我的暗号是{name}", seen)
        return await crowd.ask(client, name, "记得吗", seen)

    async def all_of_them() -> tuple[crowd.Crowd, list[str]]:
        seen = crowd.Crowd()
        async with httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as client:
            told = await asyncio.gather(*(tell_and_recall(client, f"canary{n:02}", seen) for n in range(30)))
        return seen, told

    seen, told = awaited(all_of_them())
    assert seen.wrong == []
    for number, text in enumerate(told):
        assert f"1 轮：我的暗号是canary{number:02}" in text
        assert text.count("canary") == 1


# ── F42, F43, F44: questions and requests of every wrong shape ──────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [1_700_000, 70_000])
def test_f42_a_question_of_megabytes_is_refused_before_anything_reads_it(client: httpx.Client, size: int) -> None:
    for path, sent in (
        ("gradio_api/queue/join", asking("x" * size)),
        ("api/ask", {"question": "x" * size}),
        ("v1/chat/completions", {"messages": [{"role": "user", "content": "x" * size}]}),
    ):
        assert client.post(path, json=sent).status_code in (413, 422)


def test_f42_a_history_of_100_000_turns_is_refused_and_a_shorter_forged_one_not_believed(client: httpx.Client) -> None:
    turns = [["问", "答"]] * 100_000
    assert client.post("gradio_api/queue/join", json=asking("记得吗", history=turns)).status_code == 413
    messages = [{"role": "assistant", "content": "好"}] * 100_000
    assert client.post("v1/chat/completions", json={"messages": messages}).status_code in (413, 422)
    assert "0 轮：还没有问过" in answer_to(client, "记得吗", "forger-f42", [["问", "答"]] * 100)


@pytest.mark.parametrize(
    "payload", [{"path": "/etc/passwd"}, ["问"], 7, True, 1.5, {"meta": {"_type": "gradio.FileData"}}]
)
def test_f42_what_is_not_text_reaches_no_answerer_and_no_file(client: httpx.Client, payload: Any) -> None:
    for path, sent in (("gradio_api/queue/join", asking(payload)), ("api/ask", {"question": payload})):
        response = client.post(path, json=sent)
        assert response.status_code == 422
        assert "root:" not in response.text


_ODD = (
    "临平\x00\x07\x1b[31m在哪",
    "临平\u202e哪在\u202c",
    "临" + "\u0301" * 400 + "平",
    "👩‍👩‍👧‍👦临平🇨🇳",
    "临平" + "\n" * 900,
    "\u200b临\u200d平\ufeff",
    "‮‮‮平临",
    "ﷺ" * 50,
    "临平\u2028\u2029在哪",
    "𠮷野家在临平",
    "\t\t临平\t",
    "Ｌｉｎｐｉｎｇ　在哪",
)


@pytest.mark.parametrize("question", _ODD)
def test_f43_odd_characters_are_answered_like_any_and_come_back_harmless(client: httpx.Client, question: str) -> None:
    reply = client.post("api/ask", json={"question": question})
    assert reply.status_code == 200
    json.loads(reply.text)
    shown = answer_to(client, question, "odd-f43")
    for harmful in ("\\u202e", "\\u0000", "\\u001b", "\u202e", "\u200b", "\u0301\u0301\u0301"):
        assert harmful not in shown


def test_f43_a_lone_surrogate_is_the_senders_fault(client: httpx.Client) -> None:
    raw = b'{"question": "\\ud800\\udc"}'
    response = client.post("api/ask", content=raw, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("gradio_api/queue/join", {"data": ["x", None], "fn_index": 77, "session_hash": "f44aaaa"}),
        ("gradio_api/queue/join", {"data": ["x", None], "api_name": "/reply", "session_hash": "f44aaaa"}),
        ("gradio_api/queue/join", {"data": ["x", None], "fn_index": 0, "session_hash": "../../x"}),
        ("gradio_api/queue/join", {"data": ["x", None], "fn_index": 0, "session_hash": None}),
        ("gradio_api/cancel", {"session_hash": "f44aaaa", "fn_index": 0, "event_id": "replayed"}),
        ("gradio_api/cancel", {}),
        ("gradio_api/reset", {"event_id": "replayed"}),
        ("gradio_api/call/reply", {"data": ["x"]}),
    ],
)
def test_f44_unknown_functions_sessions_and_events_are_refused_without_a_trace(
    client: httpx.Client, path: str, sent: dict[str, Any]
) -> None:
    response = client.post(path, json=sent)
    assert response.status_code < 500
    assert "Traceback" not in response.text
    assert "site-packages" not in response.text


# ── F45, F46: floods and idlers ─────────────────────────────────────────────────────────────────────────────────────


def test_f45_uploads_of_every_kind_are_turned_away_and_leave_nothing_on_the_disk(
    client: httpx.Client, address: str
) -> None:
    before = _files()
    for _ in range(30):
        assert client.post("gradio_api/upload", files={"files": ("a.html", b"x" * 50_000)}).status_code == 404
    bad = {"content-type": "multipart/form-data; boundary="}
    assert client.post("gradio_api/upload", content=b"--\r\n\r\n--", headers=bad).status_code == 404
    for path in ("api/ask", "page/feedback", "gradio_api/queue/join"):
        assert client.post(path, content=b"--x", headers={"content-type": "multipart/form-data"}).status_code in (
            400,
            413,
            422,
        )
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=30) as line:  # a gigabyte is announced
        line.sendall(b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1073741824\r\n\r\n")
        assert b" 413 " in line.recv(4096).split(b"\r\n")[0]
    assert _files() == before


def _files() -> set[str]:
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_f45_a_bomb_of_headers_is_refused(address: str) -> None:
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=30) as line:
        line.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(300))
        )
        try:
            answered = line.recv(4096)
        except ConnectionResetError:
            answered = b""
        assert answered == b"" or b" 4" in answered.split(b"\r\n")[0]


def test_f46_idlers_and_dawdlers_do_not_keep_others_waiting_and_are_sent_away(
    address: str, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_HEADER_SECONDS", 3.0)
    host = urlsplit(address)
    with ExitStack() as held:
        lines = [
            held.enter_context(socket.create_connection((host.hostname, host.port), timeout=60)) for _ in range(400)
        ]
        for number, line in enumerate(lines):
            if number % 2:
                line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a")
        assert client.post("api/ask", json={"question": TARGET_QUESTION}).json()["short_answer"] == "突破3000亿元"
        assert all(line.recv(1) == b"" for line in lines)


def test_f46_a_body_that_never_comes_is_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_BODY_SECONDS", 1.0)
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=60) as line:
        line.sendall(b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        assert b" 413 " in line.recv(4096).split(b"\r\n")[0]


# ── F50, F53: payloads and monsters in every place that is shown ────────────────────────────────────────────────────

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=data:text/html,x>",
    "<embed src=//evil.example>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>@import'//evil.example'</style>",
    "<form action=//evil.example>",
    "<input type=password autofocus onfocus=alert(1)>",
    "<button formaction=//evil.example>",
    "<video src=//evil.example>",
    "<audio src=x onerror=alert(1)>",
    "<source src=//evil.example>",
    "<table background=//evil.example>",
    '<div style="position:fixed;inset:0">',
    "<a href=javascript:alert(1)>x</a>",
    "<a href=https://evil.example>x</a>",
    "<a href=data:text/html,x>x</a>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mtext><img src=x onerror=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</article></div></section><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href=//evil.example?>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "&#106;avascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)',
    "` onmouseover=`alert(1)",
    "x' autofocus onfocus='alert(1)",
    "${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "{% import os %}",
    "#{7*7}",
    "<%= 7*7 %>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "[x]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example/?q=secret",
    "//evil.example",
    "$$\\href{javascript:alert(1)}{x}$$",
    "$\\unicode{<img src=x onerror=alert(1)>}$",
    "\\u003cscript\\u003ealert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "＜script＞alert(1)＜/script＞",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202e<script>alert(1)</script>",
    "<img src=`x`onerror=alert(1)>",
    "<x onclick=alert(1) data-do=ask data-ask=x>x</x>",
    "a" * 600,
)
_FOREIGN = (
    "script, img, iframe, object, embed, base, meta, link, style, form:not(.sieve), video, audio, source, marquee, math,"
    " template:not(#kept-row):not(#open-row),"
    " input:not([type=search]), textarea, [background], [formaction], a[href]:not([href^='#']):not([href='/api/docs'])"
    ":not([href='page/figures.csv'])"
)


def everywhere(payload: str) -> str:
    """Return all that the page ever draws, with a payload in every place that is not ours to write."""
    told = SCRIPT[TARGET_QUESTION](TARGET_QUESTION)
    sources = article(
        f"id-{payload[:20]}",
        [
            (BlockKind.KICKER, payload),
            (BlockKind.HEADLINE, payload),
            (BlockKind.BYLINE, payload),
            (BlockKind.BODY, f"2024年，{payload}企业达到300家。{TARGET}"),
            (BlockKind.CAPTION, payload),
        ],
        publisher=payload,
        authors=(payload,),
    )
    sources = replace(sources, published=None, file_name=payload)
    articles = {sources.id: sources}
    citation = replace(
        told.citations[0],
        article_id=sources.id,
        headline=payload,
        publisher=payload,
        published=payload,
        quote=payload,
        start=0,
        end=len(payload),
    )
    hostile = replace(
        told,
        question=payload,
        short_answer=payload,
        answer=payload,
        as_of=payload,
        modality=payload,
        standalone=f"{payload}?",
        notices=(payload,),
        suggestions=(payload,),
        citations=(citation,),
        calculation=f"{payload}[1]",
        claims=(replace(told.claims[0], text=payload, value=payload[:5], label=payload),),
    )
    refused = replace(hostile, status=type(told.status).REFUSED)
    return "".join(
        (
            render.pending_turn("t1", payload),
            render.broken_turn("t2", payload, payload, payload),
            render.refused_question("t3", payload, payload),
            render.hint(payload, payload),
            render.answer_turn("t4", hostile, articles, follow_up=True),
            render.answer_turn("t5", refused, articles),
            render.article_view(sources, [render.Highlight(1, 0, 5)], payload),
            render.shelf(articles),
            render.stage(articles, (payload,)),
            render_views.figures_view(FigureBook.of(tuple(articles.values())), articles),
            render_views.chronicle_view(chronicle(tuple(articles.values()))),
        )
    )


@pytest.mark.browser
def test_f50_no_payload_in_any_place_becomes_anything_but_text(visits: Any) -> None:
    page = visits(WIDE).page
    assert len(PAYLOADS) >= 60
    for payload in PAYLOADS:
        found = page.evaluate(
            """([html, foreign]) => {
                const place = document.querySelector(".turns");
                place.innerHTML = html;
                const bad = [...place.querySelectorAll(foreign)].map((one) => one.outerHTML.slice(0, 120));
                const handlers = [...place.querySelectorAll("*")].flatMap((one) => one.getAttributeNames())
                    .filter((name) => name.startsWith("on") || name === "style" || name === "srcdoc");
                const count = place.querySelectorAll("[data-do=ask]").length;
                return [...bad, ...handlers, ...(count > 3 ? ["a button too many"] : [])];
            }""",
            [everywhere(payload), _FOREIGN],
        )
        assert found == [], payload
    page.wait_for_timeout(500)


@pytest.mark.browser
def test_f52_a_citation_that_was_tampered_with_opens_nothing_it_should_not(visits: Any) -> None:
    visit = visits(WIDE, may_complain=True)  # a browser reports every 404 by itself
    visit.ask(TARGET_QUESTION)
    for link, selector, said in (
        ("#article=..%2F..%2F..%2Fetc%2Fpasswd&span=0-9", ".pane .missing", wording.NO_SUCH_ARTICLE),
        (f"#article={HARBOUR}&span=0-99999999", ".pane .notice", wording.NO_SUCH_PLACE),
    ):
        visit.page.evaluate(
            """(link) => {
                document.querySelectorAll(".turns a[data-n]").forEach((one) => one.setAttribute("href", link));
                document.querySelector(".turns .chip").click();
            }""",
            link,
        )
        visit.page.wait_for_selector(f"{selector}:has-text('{said[:8]}')")
        assert "root:" not in visit.page.inner_text(".pane")


def test_f52_tampered_reasons_are_refused(client: httpx.Client) -> None:
    for sent, status in (
        ({"question": "青溪", "article_id": "../../etc/passwd", "start": 0, "end": 5}, 404),
        ({"question": "青溪", "article_id": HARBOUR, "start": 0, "end": 10**9}, 404),
        ({"question": "青溪", "article_id": HARBOUR, "start": -1, "end": 5}, 422),
        ({"question": "青溪", "article_id": HARBOUR, "start": True, "end": 5}, 422),
        ({"question": "", "article_id": HARBOUR, "start": 0, "end": 5}, 422),
        ({"article_id": HARBOUR}, 422),
        ([], 422),
    ):
        assert client.post("page/why", json=sent).status_code == status


@pytest.mark.browser
@pytest.mark.parametrize(
    "monster",
    [
        "字" * 100_000,
        "a" * 100_000,
        "$$\\frac{1}{2}$$ 和 $x$ " * 200,
        "\n".join("|".join(["格"] * 50) for _ in range(1000)),
    ],
    ids=["a line of 100 KB", "one word of 100 KB", "LaTeX", "a table of 1000 × 50"],
)
def test_f53_monsters_stay_text_and_within_a_phone(visits: Any, monster: str) -> None:
    page = visits(PHONE).page
    told = SCRIPT[TARGET_QUESTION](TARGET_QUESTION)
    citation = replace(told.citations[0], quote=monster)
    hostile = replace(
        told, short_answer=monster[:200], claims=(replace(told.claims[0], text=monster),), citations=(citation,)
    )
    html = render.answer_turn("t1", replace(hostile, question=monster[:1000]), {})
    page.evaluate(
        "(html) => { document.body.dataset.asked = ''; document.querySelector('.turns').innerHTML = html; }", html
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert page.locator(".turns :is(math, .katex, table)").count() == 0
    assert page.locator("#question textarea").is_visible()


def test_a_deadline_ends_an_answer_that_does_not_end() -> None:
    from ui.service.desk import Desk
    from ui.service.editions import Edition
    from ui.service.limits import ServerLimits, Visitor

    slow = ScriptedAnswerer(pause=0.02)
    started = time.monotonic()
    answers = list(
        Desk(Edition(slow), limits=ServerLimits(seconds=0.2)).replies("慢得没有尽头", (), Visitor(local=True), "api")
    )
    assert wording.CUT_SHORT in answers[-1].notices
    assert slow.stopped == 1
    assert time.monotonic() - started < 30


def test_the_folder_of_temporary_files_goes_with_the_server(tmp_path: Path) -> None:
    with server.page_server(ScriptedAnswerer(), port=0):
        folder = Path(os.environ["GRADIO_TEMP_DIR"])
        assert folder.is_dir()
    assert not folder.exists()
