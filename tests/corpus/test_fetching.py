"""One page by its address: what must not be asked is not, and what does not end is ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corpus.errors import UnreadableFile
from corpus.fetching import Bounds, fetch_page, is_address

PAGE = "<html><body><p>新渠今天通水。</p></body></html>".encode("gb18030")


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = "text/html", PAGE
        if self.path.startswith("/round"):
            self.send_response(302)
            self.send_header("Location", "/round")
            self.end_headers()
            return
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/新闻/2025/a.html?x=1".encode().decode("latin-1"))  # as servers do
            self.end_headers()
            return
        if self.path == "/inner":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        if self.path == "/gone":
            self.send_error(404)
            return
        if self.path == "/film":
            kind = "video/mp4"
        if self.path == "/flood":
            body = b"x" * 3_000_000
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            if self.path == "/trickle":
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


INSIDE = Bounds(scheme="http", private=True, most_bytes=1_000_000, seconds=2.0, redirects=3)


def test_bytes_come_as_the_server_sent_them_under_a_name_that_a_disk_takes(site: str) -> None:
    found = fetch_page(f"{site}/moved", INSIDE)
    assert found.data == PAGE
    assert found.address.endswith("/新闻/2025/a.html?x=1")
    assert found.file_name == "127.0.0.1-新闻-2025-a-x-1.html"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/round", "转了 3 次"),
        ("/inner", "不是 http 网址"),
        ("/gone", "状态 404"),
        ("/film", "video/mp4"),
        ("/flood", "超过 1 MB"),
        ("/trickle", "超过 2 秒"),
    ],
)
def test_what_is_no_page_or_does_not_end_is_refused(site: str, path: str, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableFile, match=reason):
        fetch_page(site + path, INSIDE)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://news.example.cn/a", "不是 https"),
        ("file:///etc/passwd", "不是 https"),
        ("https://", "不是 https"),
        ("https://me:secret@news.example.cn/", "用户名和密码"),
        ("https://127.0.0.1/", "本机或内网"),
        ("https://[::1]/", "本机或内网"),
        ("https://[::ffff:10.0.0.1]/", "本机或内网"),
        ("https://192.168.1.1/", "本机或内网"),
        ("https://169.254.169.254/latest/meta-data", "本机或内网"),
        ("https://0x7f.1/", "本机或内网"),
        ("https://localhost/", "本机或内网"),
        ("https://8.8.8.8:22/", "端口 22"),
        ("https://[bad", "不是网址"),
    ],
)
def test_addresses_that_are_not_public_pages_are_never_asked(address: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        fetch_page(address)


def test_files_are_no_addresses() -> None:
    assert is_address("https://news.example.cn/a") and is_address("HTTP://x")
    assert not is_address("报道.html") and not is_address("C:/https.txt")
