"""The desk on a PostgreSQL server: two programs at once, a server that goes away, and a password that nobody reads."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from corpus.errors import SettingsError, StorageError
from tests.ui.leads.postgres import MISSING, PASSWORD, SERVER, Running, apart
from tests.ui.leads.scripted import LeadAnswerer, answered, read, store_at, with_lead
from ui.leads.database import Away
from ui.leads.letters import Sender
from ui.leads.replies import Reply, Said
from ui.leads.store import LeadError, QuestionStatus, Stale, Store
from ui.leads.users import Users
from ui.leads.web import desk_router
from ui.settings import Settings, load_settings
from ui.terminal.cli import cli
from ui.web.serving import check_serving

needs_psycopg = pytest.mark.skipif(MISSING.startswith("psycopg"), reason=MISSING)


@pytest.fixture
def shared(postgres: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose store is on the server."""
    monkeypatch.setenv(SERVER, postgres.address)
    return tmp_path


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Return what each call returns, or the LeadError that it raises, all begun at the same moment in threads."""
    together = threading.Barrier(len(calls))

    def call(one: Callable[[], object]) -> object:
        together.wait(60)
        try:
            return one()
        except LeadError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_of_two_people_at_two_servers_one_changes_a_question_and_the_other_is_told(shared: Path) -> None:
    first, lead = with_lead(shared)
    second = store_at(shared)
    for number in range(1, 13):
        seen = first.item(lead, number)
        done = at_once(
            lambda seen=seen: first.revise(seen, Reply(said=(Said("甲的。"),)), who="甲"),
            lambda seen=seen: second.revise(seen, Reply(said=(Said("乙的。"),)), who="乙"),
        )
        lost = [one for one in done if isinstance(one, Stale)]
        kept = second.item(lead, number)
        assert len(lost) == 1 and kept.reply is not None and kept.version == seen.version + 1
        (change,) = (one for one in first.history(lead, number) if one.what == "edited")
        assert kept.reply.said[0].text == f"{change.who}的。" and change.who in str(lost[0])


def test_of_many_runs_at_many_servers_one_answers_a_lead(shared: Path) -> None:
    _, lead = with_lead(shared)
    stores = [store_at(shared) for _ in range(4)]
    answerers = [LeadAnswerer() for _ in stores]
    begun, released = threading.Event(), threading.Event()

    class Held(LeadAnswerer):
        def answer(self, question: str, history: object = ()) -> object:  # type: ignore[override]
            begun.set()
            assert released.wait(120)
            return super().answer(question)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(answered, store_at(shared), lead, Held(), 1)
        assert begun.wait(60)
        refused = at_once(*(lambda s=s, a=a: answered(s, lead, a) for s, a in zip(stores, answerers, strict=True)))
        released.set()
        assert held.result(120).failed == 0
    assert ["正在回答" in str(one) for one in refused] == [True] * len(stores)
    assert not any(one.asked for one in answerers)
    again, _ = with_lead(shared)
    done = at_once(*(lambda s=s: answered(s, 2, LeadAnswerer()) for s in stores))
    assert sum(getattr(one, "total", 0) for one in done) == len(again.items(2))  # whoever came later found none open


def test_who_writes_to_a_lead_waits_for_others_there_and_for_nobody_else(shared: Path) -> None:
    first, lead = with_lead(shared)
    second, other = with_lead(shared)
    read_again = read("问卷.csv", "问题,答复\n有几家书店？,\n".encode())
    with ThreadPoolExecutor(1) as pool:
        with first.writing(lead) as db:
            seen = second.item(lead, 1)
            waiting = pool.submit(second.reread, lead, read_again, who="乙")
            third = store_at(shared)
            third.move(third.item(other, 1), QuestionStatus.REVIEW, who="丙")
            third.set_policy([("months", "12")])
            db.execute("UPDATE questions SET status = 'review', version = version + 1 WHERE id = ?", (seen.id,))
            locked = (
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT 1 FROM leads%'"
            )
            until = time.monotonic() + 60
            while not third.rows(locked) and time.monotonic() < until:
                time.sleep(0.01)
            assert third.rows(locked) and not waiting.done()
        with pytest.raises(LeadError, match="已有人审阅"):
            waiting.result(60)
    assert [one.status for one in first.items(lead)][:2] == [QuestionStatus.REVIEW, QuestionStatus.OPEN]


def test_what_changed_is_seen_by_who_looks_again_and_again_while_others_write(shared: Path) -> None:
    store, lead = with_lead(shared)
    seen: set[int] = set()
    moment, over = 0, threading.Event()

    def work(numbers: range) -> None:
        mine = store_at(shared)
        for number in numbers:
            mine.assign(mine.item(lead, number), "小吴", who="小周")

    with ThreadPoolExecutor(3) as pool:
        for share in (range(1, 5), range(5, 9), range(9, 13)):
            pool.submit(work, share).add_done_callback(lambda _: over.set() if len(seen) else None)
        while len(seen) < 12 and not over.wait(0.001):
            now = store.moment(lead)
            seen |= {one.number for one in store.changed_since(lead, moment) if one.owner}
            moment = now
    seen |= {one.number for one in store.changed_since(lead, moment) if one.owner}
    assert seen == set(range(1, 13))


def test_a_server_that_is_started_anew_is_gone_on_with(postgres: Running, shared: Path) -> None:
    store, lead = with_lead(shared)
    seen = store.item(lead, 1)
    postgres.stop()
    try:
        with pytest.raises(Away, match="连不上"):
            store.items(lead)
        with pytest.raises(Away, match="连不上"):
            store.revise(seen, Reply(), who="小周")
    finally:
        postgres.start()
    store = store_at(shared)
    store.revise(seen, Reply(said=(Said("还在。"),)), who="小周")
    with pytest.raises(StorageError, match="没有保存"), store.writing(lead) as db:
        db.execute("UPDATE questions SET owner = '小吴' WHERE lead_id = ?", (lead,))
        postgres.stop()
        postgres.start()
        db.execute("UPDATE questions SET due = '2026-02-09' WHERE lead_id = ?", (lead,))
    assert not any(one.owner or one.due for one in store.items(lead))
    assert store.item(lead, 1).reply == Reply(said=(Said("还在。"),))


def test_the_desk_says_that_it_cannot_reach_its_database_and_no_page_or_log_shows_a_password(
    postgres: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    Users(Store(apart(postgres.guarded, "guarded"))).add("小周", "correct horse battery", "staff", who="root")
    with socket.create_server(("127.0.0.1", 0)) as held:
        closed = held.getsockname()[1]
    wrong = postgres.guarded.replace("Ge%20heim", "Ge%20heimnis")
    nobody = postgres.guarded.replace(str(postgres.port), str(closed))
    shown = ""
    for address, told in ((wrong, "用户名或密码不对"), (nobody, "连不上")):
        with pytest.raises(Away, match=told) as raised:
            Store(SecretStr(address))
        app = FastAPI()
        counter = SimpleNamespace(desk=None, proxies=())
        app.include_router(desk_router(counter, SecretStr(address), Sender()))  # type: ignore[arg-type]
        for where in ("/desk", "/desk/login", "/desk/leads/1"):
            reply = TestClient(app).get(where)
            assert reply.status_code == 503 and "连不上" in reply.text
            assert "127.0.0.1" not in reply.text
            shown += reply.text
        shown += f"{raised.value} {raised.value.__cause__}"
    assert str(closed) in caplog.text
    assert not any(part in shown + caplog.text for part in ("heim", PASSWORD))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://linping:geheim@heim@db/linping",
        "postgresql://linping:ge/heim@db/linping",
        "postgresql://linping:ge#heim@db/linping",
        "postgresql://linping:ge?heim@db/linping",
        "mysql://linping:geheim@db/linping",
        "geheim",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str, tmp_path: Path) -> None:
    file = tmp_path / "linping.toml"
    file.write_text(f'desk_database = "{address}"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="desk_database") as raised:
        load_settings({"LINPING_SETTINGS": str(file)})
    assert "heim" not in str(raised.value)


@needs_psycopg
@pytest.mark.parametrize(
    "address", ["postgresql://linping:100%zz@db/linping", "postgresql://db/linping?pasword=geheim"]
)
def test_an_address_that_the_driver_refuses_is_not_repeated_either(address: str) -> None:
    with pytest.raises(SettingsError, match="desk_database") as raised:
        Store(SecretStr(address))
    assert not any(part in str(raised.value) for part in ("100%zz", "geheim"))


def test_settings_are_shown_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINPING_DESK_DATABASE", "postgresql://linping:geheim@db/linping")
    done = CliRunner().invoke(cli, ["settings"])
    assert "desk_database = ***" in done.output and "geheim" not in done.output + repr(load_settings())


def test_without_the_driver_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"pip install 'linping-qa\[postgres\]'"):
        Store(SecretStr("postgresql://db/linping"))


def test_the_check_before_serving_looks_at_the_database(postgres: Running, tmp_path: Path) -> None:
    for address, good in ((apart(postgres.guarded, tmp_path), True), (SecretStr(f"{postgres.guarded}x"), False)):
        settings = Settings(index=tmp_path / "none", port=0, feedback=None, desk_database=address)
        (found,) = (one for one in check_serving(settings) if one.what == "答复台的数据库")
        assert found.good is good and PASSWORD not in found.detail


def test_a_desk_moves_from_a_file_to_a_server_and_back_with_all_that_it_holds(
    postgres: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, lead = with_lead(tmp_path)
    answered(file, lead)
    file.comment(lead, 2, "请核实", who="小吴")
    Users(file).add("小周", "correct horse battery", "staff", who="root")
    monkeypatch.setenv(SERVER, postgres.address)
    server = store_at(tmp_path)
    server.restore(tmp_path / "leads.sqlite")
    server.backup(tmp_path / "back.sqlite")
    for moved in (server, Store(tmp_path / "back.sqlite")):
        assert moved.exported(lead) == file.exported(lead)
        assert moved.file(lead) == file.file(lead)
        assert Users(moved).log_in("小周", "correct horse battery")
        assert moved.add(read("a.txt", "有几家书店？".encode()), b"x", who="小周") == lead + 1
        assert moved.item(lead + 1, 1).id > file.items(lead)[-1].id
    with pytest.raises(LeadError, match="已有内容"):
        server.restore(tmp_path / "leads.sqlite")
    with pytest.raises(LeadError, match="没有"):
        server.restore(tmp_path / "none.sqlite")


@pytest.mark.usefixtures("database")
def test_half_characters_and_the_character_zero_are_kept_as_something_that_can_be_kept(tmp_path: Path) -> None:
    data = "问题,答复\n有几家书店？,\n".encode()
    store = store_at(tmp_path)
    lead = store.add(read("问\0卷.csv", data), data + b"\0", who="小周", client="甲\0乙\ud800")
    store.comment(lead, 1, "\0", who="小周")
    assert store.lead(lead).client.startswith("甲") and store.file(lead) == data + b"\0"


@pytest.mark.usefixtures("database")
def test_what_belongs_to_something_that_somebody_has_deleted_is_told(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    item = store.item(lead, 1)
    store.delete(lead)
    with pytest.raises(LeadError, match="删掉"):
        store.keep_typing(item, "写到一半", who="小周")
    with pytest.raises(LeadError, match="删掉"):
        store.note(lead, who="小周", what="exported")
