"""Two servers behind nginx, as deploy/nginx.conf puts them: one is killed while questions are asked, and none fails."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

CONFIG = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
_QUESTIONS = 24
_PATIENCE = 400  # seconds, for a machine that does much else

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    believing = os.environ | {"LINPING_PROXIES": "127.0.0.1"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=believing)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def _await(address: str) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/readyz", timeout=10).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not get ready")


def test_one_of_two_servers_dies_under_load_and_no_question_fails(index_folder: Path, tmp_path: Path) -> None:
    front, *ports = _free_ports(3)
    text = CONFIG.read_text(encoding="utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{front}")
    for shipped, port in zip((7860, 7861), ports, strict=True):
        assert f"127.0.0.1:{shipped}" in text
        text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{port}")
    config = tmp_path / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    places = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{text}\n}}\n",
        encoding="utf-8",
    )
    address = f"http://127.0.0.1:{front}"

    def ask(number: int) -> tuple[int, str]:
        reply = httpx.post(
            f"{address}/api/ask", json={"question": f"临平2028工业目标是多少？{'?' * (number % 5)}"}, timeout=_PATIENCE
        )
        return reply.status_code, reply.json().get("status", "")

    serve = [
        sys.executable,
        "-c",
        "from ui.terminal.cli import main; main()",
        "serve",
        "--index",
        str(index_folder),
        "--port",
    ]
    with ExitStack() as stack:
        first, _ = (stack.enter_context(_running([*serve, str(port)])) for port in ports)
        stack.enter_context(
            _running([str(NGINX), "-c", str(config), "-p", str(tmp_path), "-e", str(tmp_path / "error.log")])
        )
        for port in ports:
            _await(f"http://127.0.0.1:{port}")
        _await(address)
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(ask, number) for number in range(_QUESTIONS)]
            for future in asked[:6]:
                future.result()
            first.kill()
            replies = [future.result() for future in asked]
        assert first.wait() != 0
        assert replies == [(200, replies[0][1])] * _QUESTIONS, replies
        assert httpx.get(f"{address}/", timeout=_PATIENCE).status_code == 200  # the page moves over as well
