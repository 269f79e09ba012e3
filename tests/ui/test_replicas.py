"""Two servers behind nginx, as deploy/nginx.conf puts them: one is killed while questions are asked, and none fails; nor is a
lead lost of the desk that they share."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tests.ui.leads.postgres import MISSING, server
from ui.leads.store import Store
from ui.leads.users import Users

CONFIG = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
_QUESTIONS = 24
_PATIENCE = 400  # seconds, for a machine that does much else

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


@contextmanager
def _running(command: list[str], desk: str = "") -> Iterator[subprocess.Popen[bytes]]:
    believing = os.environ | {"LINPING_PROXIES": "127.0.0.1"} | ({"LINPING_DESK_DATABASE": desk} if desk else {})
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


def _nginx(tmp_path: Path, front: int, ports: list[int]) -> list[str]:
    """Return the command of nginx at `front` before the servers at two ports, by the file that is shipped."""
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
    return [str(NGINX), "-c", str(config), "-p", str(tmp_path), "-e", str(tmp_path / "error.log")]


def _serve(index_folder: Path, port: int) -> list[str]:
    program = "from ui.terminal.cli import main; main()"
    return [sys.executable, "-c", program, "serve", "--index", str(index_folder), "--port", str(port)]


def test_one_of_two_servers_dies_under_load_and_no_question_fails(index_folder: Path, tmp_path: Path) -> None:
    front, *ports = _free_ports(3)
    address = f"http://127.0.0.1:{front}"

    def ask(number: int) -> tuple[int, str]:
        reply = httpx.post(
            f"{address}/api/ask", json={"question": f"临平2028工业目标是多少？{'?' * (number % 5)}"}, timeout=_PATIENCE
        )
        return reply.status_code, reply.json().get("status", "")

    with ExitStack() as stack:
        first, _ = (stack.enter_context(_running(_serve(index_folder, port))) for port in ports)
        stack.enter_context(_running(_nginx(tmp_path, front, ports)))
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


def _sheet(count: int, asked: str) -> bytes:
    return ("问题,答复\n" + "".join(f"{asked.format(n)},\n" for n in range(1, count + 1))).encode()


def _until(done: Callable[[], object], what: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_two_servers_share_a_desk_and_one_that_dies_loses_no_lead(index_folder: Path, tmp_path: Path) -> None:
    front, *ports = _free_ports(3)
    with ExitStack() as stack:
        desk = stack.enter_context(server()).guarded
        store = Store(SecretStr(desk))
        Users(store).add("小周", "correct horse battery", "admin", who="root")
        first, _ = (stack.enter_context(_running(_serve(index_folder, port), desk)) for port in ports)
        stack.enter_context(_running(_nginx(tmp_path, front, ports)))
        for port in (*ports, front):
            _await(f"http://127.0.0.1:{port}")
        here, there, before = (
            stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE, trust_env=False))
            for port in (*ports, front)
        )
        here.post("/desk/login", data={"name": "小周", "password": "correct horse battery"})
        for client in (there, before):
            client.cookies.update(here.cookies)
        form = re.findall(r'name="form" value="([^"]+)"', there.get("/desk").text)[0]  # logged in here, known there

        def added(client: httpx.Client, data: bytes) -> int:
            sent = client.post("/desk/leads", data={"form": form, "client": "青禾"}, files={"file": ("问卷.csv", data)})
            return int(sent.headers["location"].rpartition("/")[2])

        one = added(here, _sheet(2, "临平2028工业目标是多少？（第{}问）"))
        assert f"/desk/leads/{one}" in there.get("/desk").text
        assert there.post(f"/desk/leads/{one}/answer", data={"form": form}).status_code == 303
        _until(lambda: not here.get(f"/desk/leads/{one}/state").json()["left"], "answered there, seen here")
        short = store.item(one, 1).reply
        assert short is not None and short.short and short.short in here.get(f"/desk/leads/{one}/1").text
        answered = store.exported(one)

        two = added(here, _sheet(_QUESTIONS, "临平第{}家科技馆占地多少平方米？"))
        assert here.post(f"/desk/leads/{two}/answer", data={"form": form}).status_code == 303
        _until(lambda: store.lead(two).counts["drafted"], "the first server answers")
        first.kill()
        first.wait()
        left = store.lead(two).counts["open"]
        assert 0 < before.get(f"/desk/leads/{two}/state").json()["left"] <= left  # what was sent last may still be kept
        three = added(before, _sheet(1, "临平2028工业目标是多少？（第{}问）"))
        with store.writing() as db:
            db.execute("UPDATE runs SET beat = beat - 60")  # as if its last sign of life were old
        _until(lambda: not before.get(f"/desk/leads/{two}/state").json()["left"], "taken up by the second server")
        drafted = [change.number for change in store.history(two) if change.what == "drafted"]
        assert sorted(number or 0 for number in drafted) == list(range(1, _QUESTIONS + 1))  # none lost, none twice
        assert all(one.reply is not None and not one.trouble for one in store.items(two))
        assert store.exported(one) == answered
        assert [lead.id for lead in store.leads()] == [three, two, one]
