"""Behind a reverse proxy, under a path, from pages of other origins, and where little is granted."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from corpus.errors import SettingsError
from tests.fakes_ui import HARBOUR, ScriptedAnswerer, site
from ui import wording
from ui.service import wording as wording_serving
from ui.service.hosting import Hosting
from ui.service.keys import Keys, is_loopback, visitor_of
from ui.settings import Settings, load_settings
from ui.web import server as serving
from ui.web.server import build_server

KEY = "a-key-of-more-than-twenty-letters"
FRIEND = "https://friend.example"
QUESTION = {"question": "青溪2028工业目标是多少?"}


@pytest.fixture(scope="module")
def below() -> TestClient:
    """A server that a proxy shows below /qa/."""
    hosting = Hosting(root_path="/qa", origins=(FRIEND,), keys=Keys({"desk": KEY}))
    app = build_server(ScriptedAnswerer(), site(hosting=hosting))
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000))


@pytest.mark.parametrize(
    "path", ["healthz", "readyz", "metrics", "api/docs", "api/articles", "", "page/assets/page.js"]
)
def test_head_says_what_get_says_but_the_body(client: httpx.Client, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    for needed in ("x-content-type-options", "content-security-policy"):
        assert needed in head.headers


def test_head_opens_no_stream(client: httpx.Client) -> None:
    assert client.head("gradio_api/queue/data", params={"session_hash": "nobody"}).status_code in (404, 405)


def test_every_stream_tells_proxies_to_let_it_through(client: httpx.Client) -> None:
    asked = {"messages": [{"role": "user", "content": "你好"}], "stream": True}
    for reply in (
        client.post("api/ask", json=QUESTION, headers={"accept": "text/event-stream"}),
        client.post("v1/chat/completions", json=asked),
    ):
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["x-accel-buffering"] == "no"
        assert reply.headers["cache-control"] == "no-store"


def test_the_icon_and_the_description_are_where_they_are_looked_for(client: httpx.Client) -> None:
    icon = client.get("favicon.ico")
    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert b"<svg" in icon.content
    assert urlsplit(client.get("docs").headers["location"]).path == "/api/docs"


@pytest.mark.parametrize("asked", ["/qa/", "/"])  # as a proxy hands it on, with the path or without
def test_below_a_path_everything_that_the_page_names_is_there(below: TestClient, asked: str) -> None:
    page = below.get(asked)
    assert page.status_code == 200
    named = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    ours = [one for one in named if "page/assets" in one]
    assert len(ours) >= 3
    for link in ours:
        seen = urlsplit(urljoin("http://127.0.0.1/qa/", link))
        assert seen.path.startswith("/qa/page/assets/")
        assert below.get(seen.path).status_code == 200
        assert below.get(seen.path.removeprefix("/qa")).status_code == 200
    assert not re.findall(r'(?:from|href|src)=\\?"/(?:page|api)', page.text)
    script = below.get("/qa/page/assets/page.js").text
    assert not re.search(r"""["'`]/(?:page|api|gradio_api)/""", script)


def test_below_a_path_every_door_is_open_and_the_path_itself_leads_in(below: TestClient) -> None:
    for prefix in ("/qa", ""):
        assert below.post(f"{prefix}/api/ask", json=QUESTION).json()["short_answer"] == "突破3000亿元"
        assert below.get(f"{prefix}/page/articles/{HARBOUR}").status_code == 200
        assert below.get(f"{prefix}/healthz").json()["status"] == "ok"
        assert below.get(f"{prefix}/v1/nothing").json()["error"]["message"] == wording.NOT_OPEN
        assert below.get(f"{prefix}/gradio_api/upload").status_code == 404
        joined = {"data": ["你好", None, "", ""], "fn_index": 0, "session_hash": "below-one", "trigger_id": 1}
        assert below.post(f"{prefix}/gradio_api/queue/join", json=joined).status_code == 200
        assert below.post(f"{prefix}/gradio_api/queue/join", json={**joined, "fn_index": 99}).status_code == 422
        assert below.post(f"{prefix}/api/ask", content=b"x" * 70_000).status_code == 413
    assert below.get("/qa", follow_redirects=False).headers["location"] == "/qa/"
    assert below.get("/qa/docs", follow_redirects=False).headers["location"] == "/qa/api/docs"
    docs = below.get("/qa/api/docs").text
    for link in re.findall(r'href="([^"]+)"', docs):
        assert below.get(urlsplit(urljoin("http://127.0.0.1/qa/api/docs", link)).path).status_code == 200


def test_a_listed_origin_may_read_and_an_unlisted_one_gets_nothing(below: TestClient) -> None:
    asking = {
        "origin": FRIEND,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    allowed = below.options("/qa/api/ask", headers=asking)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == FRIEND
    read = below.post("/qa/api/ask", json=QUESTION, headers={"origin": FRIEND})
    assert read.status_code == 200
    assert read.headers["access-control-allow-origin"] == FRIEND
    for origin in ("https://evil.example", "http://localhost:3000", "null"):
        assert below.options("/qa/api/ask", headers={**asking, "origin": origin}).status_code == 400
        refused = below.post("/qa/api/ask", json=QUESTION, headers={"origin": origin})
        assert refused.status_code == 401
        assert "access-control-allow-origin" not in refused.headers
        keyed = below.post("/qa/api/ask", json=QUESTION, headers={"origin": origin, "x-api-key": KEY})
        assert keyed.status_code == 200
        assert "access-control-allow-origin" not in keyed.headers
    assert "access-control-allow-origin" not in below.get("/qa/", headers={"origin": FRIEND}).headers


def test_another_port_of_this_machine_is_another_origin() -> None:
    def local(host: str, origin: str, *origins: str) -> bool:
        return visitor_of("127.0.0.1", {"host": host, "origin": origin}, origins=origins).local

    assert local("127.0.0.1:7860", "http://127.0.0.1:7860")
    assert local("LOCALHOST:7860", "http://localhost:7860")
    assert not local("127.0.0.1:7860", "http://localhost:3000")
    assert not local("127.0.0.1:7860", "http://localhost:7860")
    assert local("127.0.0.1:7860", "http://localhost:3000", "http://localhost:3000")
    assert is_loopback("::ffff:127.0.0.1")
    assert not is_loopback("::ffff:203.0.113.9")


@pytest.mark.parametrize("path", ["qa", "/qa/", "//", "/a b", "/问", "/qa?x"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(SettingsError, match="root_path"):
        load_settings({"LINPING_ROOT_PATH": path})
    assert load_settings({"LINPING_ROOT_PATH": "/a/b-c"}).root_path == "/a/b-c"
    assert load_settings({"LINPING_ORIGINS": f"{FRIEND}, http://localhost:3000"}).origins[1] == "http://localhost:3000"
    assert Hosting.of(Settings(root_path="/qa", origins=(FRIEND,))).origins == (FRIEND,)


@pytest.mark.parametrize("host", ["::1", "[::1]", "localhost", "127.0.0.1", "::"])
def test_addresses_of_both_kinds_can_be_listened_at(host: str) -> None:
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving.listening_at(host, 0) as listening:
        port = listening.getsockname()[1]
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if host != "::" and (family != listening.family):
                continue
            with socket.socket(family) as caller:
                assert caller.connect_ex((address, port)) == 0


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid", "2001:db8::7", "a" * 300, "\x00"])
def test_an_address_that_is_not_here_is_said_so_in_one_sentence(host: str) -> None:
    with pytest.raises(SettingsError) as refused:
        serving.listening_at(host, 0)
    assert str(refused.value).count("。") == 1
    assert "--host" in str(refused.value)


START = """
import sys, threading
from ui.web.server import page_server
from tests.fakes_ui import ScriptedAnswerer, site
import httpx
with page_server(ScriptedAnswerer(), host=sys.argv[1], port=0, site=site()) as server:
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    server.wait_until_open(240)
    with httpx.Client(base_url=server.address, trust_env=False, timeout=120) as client:
        assert client.get("").status_code == 200
        assert client.post("api/ask", json={"question": "你好"}).json()["status"] == "smalltalk"
        sent = {"data": ["你好", None, "", ""], "fn_index": 0, "trigger_id": 1, "session_hash": "homeless"}
        client.post("gradio_api/queue/join", json=sent).raise_for_status()
        text = client.get("gradio_api/queue/data", params={"session_hash": "homeless"}).text
        assert "process_completed" in text and '"success":true' in text, text
    server.should_exit = True
    thread.join()
print("answered")
"""
_POOR = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"}  # no HOME, no TMPDIR


def started(prefix: list[str], host: str = "127.0.0.1") -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-c", START, host]
    return subprocess.run(
        command,
        cwd=Path(serving.__file__).parent.parent,
        env=_POOR,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("unshare") or os.getuid() != 0, reason="needs root and unshare")
@pytest.mark.parametrize("memory", [True, False])
def test_with_nothing_writable_a_server_answers_from_memory_or_says_what_it_needs(memory: bool) -> None:
    closed = "mount -o remount,bind,ro / && "
    closed += "for at in /tmp /var/tmp /run /dev; do ! mountpoint -q $at || mount -o remount,bind,ro $at; done; "
    closed += f"mount -t tmpfs -o {'rw' if memory else 'ro'},mode=1777 none /dev/shm && "
    done = started(
        ["unshare", "-m", "sh", "-c", f'{closed}! touch /tmp/x && exec unshare -U --map-user=54321 "$@"', "sh"]
    )  # nor is there a home, a locale, or a name to the user's id
    assert ("answered" if memory else wording_serving.NO_TEMPORARY) in done.stdout + done.stderr, done.stderr[-3000:]


@pytest.mark.slow
def test_a_server_answers_with_48_file_handles() -> None:
    done = started(["sh", "-c", 'ulimit -n 48; exec "$@"', "sh"])
    assert "answered" in done.stdout, done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("unshare") or os.getuid() != 0, reason="needs root and unshare")
def test_a_server_answers_where_there_is_ipv6_alone() -> None:
    bare = "ip link set lo up && ip addr del 127.0.0.1/8 dev lo; "
    if not shutil.which("ip"):
        pytest.skip("no ip here")
    done = started(["unshare", "-n", "sh", "-c", f'{bare}exec "$@"', "sh"], "::1")
    assert "answered" in done.stdout, done.stderr[-3000:]
