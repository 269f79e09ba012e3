"""The desk in a browser: closed to strangers, forms of the session only, by role, two people at once, proofs while typing."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import docx
import httpx
import pytest

from corpus.loading import Corpus, load_corpus
from index.search.embedding import load_embedder
from index.storage.store import build_index
from index.storage.stores import FolderStore
from tests.fakes_ui import ARTICLES, FIRMS_2026, HARBOUR, TARGET, ScriptedAnswerer, site
from tests.ui.leads import files
from tests.ui.leads.scripted import store_at
from ui.leads import shelf, shelf_pages, wording
from ui.leads import users as users_module
from ui.leads.store import LeadError, Store
from ui.leads.users import IDLE, WHOLE, Users
from ui.leads.web import COOKIE
from ui.service.hosting import Hosting
from ui.trials import screenshots

PEOPLE = {"admin": "老王", "staff": "小周", "reader": "小吴"}
SECRET = "correct horse battery"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("desk") / "leads.sqlite")
    for role, name in PEOPLE.items():
        Users(store).add(name, SECRET, role, who="root")
    Users(store).add("小陈", SECRET, "staff", who="root")
    return store


@pytest.fixture(scope="module")
def desk(store: Store) -> Iterator[str]:
    with screenshots.running(ScriptedAnswerer(), site(hosting=Hosting(leads=store.address))) as address:
        yield address


def guest(desk: str) -> httpx.Client:
    return httpx.Client(base_url=desk, trust_env=False, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))


@pytest.fixture(scope="module")
def seats(desk: str) -> Iterator[dict[str, httpx.Client]]:
    """Everybody, logged in once."""
    found = {}
    for name in (*PEOPLE.values(), "小陈"):
        found[name] = guest(desk)
        assert found[name].post("desk/login", data={"name": name, "password": SECRET}).status_code == 303
    yield found
    for one in found.values():
        one.close()


def secret(client: httpx.Client) -> str:
    found = re.search(r'name="form" value="([^"]+)"', client.get("desk").text)
    assert found
    return found[1]


def new_lead(client: httpx.Client, mail: str = files.MAIL) -> str:
    """Paste a mail; return the address of its lead."""
    sent = client.post(
        "desk/leads",
        data={"form": secret(client), "mail": mail, "client": files.COMPANY, "due": "2026-02-05"},
        files={"file": ("", b"")},
    )
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].lstrip("/")


def answer(client: httpx.Client, lead: str) -> None:
    assert client.post(f"{lead}/answer", data={"form": secret(client)}).status_code == 303
    until = time.monotonic() + 120
    while time.monotonic() < until:
        told = client.get(f"{lead}/state").json()
        if not told["running"] and not told["left"]:
            return
        time.sleep(0.2)
    raise TimeoutError


def version(client: httpx.Client, lead: str, number: int) -> str:
    found = re.search(r'data-version="(\d+)"', client.get(f"{lead}/{number}").text)
    assert found
    return found[1]


def test_a_lead_says_who_took_it_in_though_another_is_responsible_by_now(seats: dict[str, httpx.Client]) -> None:
    lead = new_lead(seats["小周"])
    assert seats["小周"].post(f"{lead}/set", data={"form": secret(seats["小周"]), "owner": "小陈"}).status_code == 303
    assert re.search(r"小陈 · 由小周收入（\d{4}-\d\d-\d\d", seats["小周"].get(lead).text)


def test_a_stranger_is_sent_to_the_login_and_reads_nothing(
    desk: str, store: Store, seats: dict[str, httpx.Client]
) -> None:
    lead = new_lead(seats["小周"])
    with guest(desk) as client:
        for path in ("desk", lead, f"{lead}/1", f"{lead}/state", "desk/memory", "desk/news", "desk/audit"):
            sent = client.get(path)
            assert sent.status_code == 303, path
            assert sent.headers["location"] == "/desk/login"
            assert files.COMPANY not in sent.text
        for path in ("desk/leads", f"{lead}/answer", f"{lead}/1/accept", f"{lead}/export", f"{lead}/delete"):
            assert client.post(path, data={"form": "x"}).status_code == 303, path
        for path in ("desk/policy", f"{lead}/out"):
            assert client.get(path).status_code == 303, path
        for path in (f"{lead}/1/typing", f"{lead}/set", "desk/policy", "desk/memory/forget", "desk/shelf/rollback"):
            assert client.post(path, data={"form": "x"}).status_code == 303, path
    page = guest(desk).get("").text
    assert "/desk" not in page  # off the public page
    assert store.lead(int(lead.rpartition("/")[2])).counts["open"] == 9


def test_pages_are_private_and_carry_the_headers_of_all_pages(seats: dict[str, httpx.Client]) -> None:
    sent = seats["小周"].get("desk")
    assert sent.headers["cache-control"] == "no-store"
    assert sent.headers["x-robots-tag"] == "noindex"
    assert "frame-ancestors 'none'" in sent.headers["content-security-policy"]
    assert "<script>" not in sent.text


def test_the_cookie_is_for_the_desk_alone_and_for_no_script(desk: str) -> None:
    with guest(desk) as client:
        cookie = client.post("desk/login", data={"name": "老王", "password": SECRET}).headers["set-cookie"].lower()
    assert COOKIE in cookie
    for word in ("httponly", "samesite=strict", "path=/desk"):
        assert word in cookie


def test_a_form_without_the_secret_of_its_session_does_nothing(seats: dict[str, httpx.Client], store: Store) -> None:
    lead = new_lead(seats["小周"])
    for form in ("", "x" * 32, secret(seats["小陈"])):
        sent = seats["小周"].post(f"{lead}/1/comment", data={"form": form, "said": "不该留下"})
        assert sent.status_code == 403
        assert wording.OLD_FORM in sent.text
    assert not store.comments(int(lead.rpartition("/")[2]))


def test_roles_may_do_what_is_theirs(seats: dict[str, httpx.Client]) -> None:
    lead = new_lead(seats["小周"])
    reader, staff, admin = seats["小吴"], seats["小周"], seats["老王"]
    assert reader.get(lead).status_code == 200
    assert reader.post(f"{lead}/answer", data={"form": secret(reader)}).status_code == 403
    assert "改写" not in reader.get(f"{lead}/1").text
    assert staff.get("desk/audit").status_code == 403
    assert staff.post(f"{lead}/delete", data={"form": secret(staff)}).status_code == 403
    assert "登录" in admin.get("desk/audit").text
    assert admin.post(f"{lead}/delete", data={"form": secret(admin)}).status_code == 303
    assert staff.get(lead).status_code == 422


def test_the_whole_way_from_a_mail_to_the_letter_by_two_people(
    seats: dict[str, httpx.Client], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    one, two = seats["小周"], seats["小陈"]
    lead = new_lead(one)
    answer(one, lead)
    page = one.get(lead).text
    assert "突破3000亿元（2028年 · 全区）" in page
    assert "小周" in two.get(f"{lead}/state").json()["told"]
    old = version(two, lead, 1)
    assert one.post(f"{lead}/1/accept", data={"form": secret(one), "version": old}).status_code == 303
    late = two.post(
        f"{lead}/1/edit", data={"form": secret(two), "version": old, "text": TARGET}, headers={"X-Form": secret(two)}
    )
    assert late.status_code in (409, 422)
    two.post(f"{lead}/2/edit", data={"form": secret(two), "version": version(two, lead, 2), "text": "租金三年不涨。"})
    late = one.post(f"{lead}/2/accept", data={"form": secret(one), "version": old}, headers={"X-Form": secret(one)})
    assert late.status_code == 409
    assert "小陈" in late.json()["detail"]
    assert one.post(f"{lead}/2/accept", data={"form": secret(one), "version": version(one, lead, 2)}).status_code == 303
    sent = one.post(f"{lead}/export", data={"form": secret(one), "kind": "letter"})
    assert sent.status_code == 200
    assert sent.content.startswith(b"PK")
    assert "attachment" in sent.headers["content-disposition"]
    text = one.post(f"{lead}/export", data={"form": secret(one), "kind": "markdown"}).text
    assert "租金三年不涨。" in text
    assert TARGET in text
    assert one.get("desk/memory", params={"q": "工业目标"}).text.count("青溪2028工业目标") >= 1
    told = caplog.text + one.get("metrics").text
    assert "linping_index" in told
    for word in (files.COMPANY, "陈静", "13800000000", "chen.jing", "精密模具", "小周"):
        assert word not in told, word


def test_what_is_typed_is_proved_and_figures_without_a_source_light_up(seats: dict[str, httpx.Client]) -> None:
    staff = seats["小周"]
    lead = new_lead(staff)
    answer(staff, lead)
    form = secret(staff)
    sent = staff.post(f"{lead}/1/prove", data={"form": form, "text": f"{TARGET}\n产值会达到5000亿元<b>。"})
    assert sent.status_code == 200
    assert "<mark>5000亿元</mark>" in sent.text
    assert sent.text.count('class="proven"') == 1
    assert "<b>" not in sent.text


def test_a_file_that_cannot_be_read_is_refused_in_chinese(seats: dict[str, httpx.Client]) -> None:
    staff = seats["小周"]
    sent = staff.post(
        "desk/leads", data={"form": secret(staff)}, files={"file": ("问卷.xlsx", b"\xd0\xcf\x11\xe0" + bytes(900))}
    )
    assert sent.status_code == 422
    assert "问卷.xlsx" in sent.text
    assert "密码" in sent.text
    assert staff.post("desk/leads", content=iter([b"x" * 99])).status_code == 413  # does not say how much is to come
    assert (
        staff.post(f"{new_lead(staff)}/1/comment", data={"form": secret(staff), "said": "x" * 300_000}).status_code
        == 413
    )


def test_columns_are_set_until_somebody_has_worked_on_the_answers(seats: dict[str, httpx.Client], store: Store) -> None:
    staff = seats["小周"]
    sent = staff.post("desk/leads", data={"form": secret(staff)}, files={"file": ("问卷.xlsx", files.sheet())})
    lead = sent.headers["location"].lstrip("/")
    number = int(lead.rpartition("/")[2])
    wish = {
        "form": secret(staff),
        "part": "产业与空间",
        "question": "3",
        "answer": "4",
        "header": "3",
        "as": "answer",
        "column": "5",
    }
    assert re.search(r'value="4" class="taken">答复</button><br>答复列', staff.get(lead).text)
    assert staff.post(f"{lead}/columns", data=wish).status_code == 303
    items = store.items(number)
    assert (items[1].asked.place.answer, items[40].asked.place.answer) == ("E6", "D5")
    assert re.search(r'value="5" class="taken">备注</button><br>答复列', staff.get(lead).text)
    assert staff.post(f"{lead}/columns", data={**wish, "column": "-1"}).status_code == 303
    assert store.items(number)[1].asked.place.answer == ""
    assert staff.post(f"{lead}/columns", data=wish).status_code == 303
    staff.post(f"{lead}/2/edit", data={"form": wish["form"], "version": "1", "text": TARGET})
    assert staff.post(f"{lead}/columns", data=wish).status_code == 422


def test_the_rules_of_the_colours_are_shown_to_all_and_set_by_an_admin(
    seats: dict[str, httpx.Client], store: Store
) -> None:
    reader, staff, admin = seats["小吴"], seats["小周"], seats["老王"]
    lead = new_lead(staff, "有几家书店？\n车站有哪些配套？\n")
    answer(staff, lead)
    assert "数字的时间或范围不明" in staff.get(f"{lead}/2").text
    page = reader.get("desk/policy").text
    assert 'name="months" value="24"' in page and "<option selected>否" in page and "只有管理员可以改" in page
    rules = {"green": "0.5", "blue": "0", "months": "90", "by_hand": "书店、补贴", "scoped": "否", "inferred": "是"}
    assert staff.post("desk/policy", data={"form": secret(staff), **rules}).status_code == 403
    assert admin.post("desk/policy", data={"form": "x", **rules}).status_code == 403
    assert "months" in admin.post("desk/policy", data={"form": secret(admin), **rules, "months": "0"}).text
    set_ = admin.post("desk/policy", data={"form": secret(admin), **rules}).text
    assert 'value="90"' in set_ and "题换了颜色" in set_
    assert "可发出" in staff.get(f"{lead}/2").text
    assert "问到「书店」，按规定由人来答" in staff.get(f"{lead}/1").text
    assert any(done.what == "policy" for done in Users(store).audit())
    admin.post(
        "desk/policy",
        data={
            "form": secret(admin),
            "green": "0.85",
            "months": "24",
            "by_hand": "补贴",
            "scoped": "是",
            "inferred": "否",
        },
    )


def test_an_answer_is_replaced_by_a_remembered_one_or_by_the_nearest_passage(
    seats: dict[str, httpx.Client], store: Store
) -> None:
    staff = seats["小周"]
    form = secret(staff)
    first = new_lead(staff, "数谷的设计企业现在有多少家？\n")
    staff.post(f"{first}/1/edit", data={"form": form, "version": version(staff, first, 1), "text": FIRMS_2026})
    assert staff.post(f"{first}/1/accept", data={"form": form, "version": version(staff, first, 1)}).status_code == 303
    lead = new_lead(staff, "数谷的设计企业去年有多少家？\n高铁到省城要多久？\n")
    answer(staff, lead)
    page = staff.get(f"{lead}/1").text
    assert "以前答过相近的" in page
    (remembered, *_) = re.findall(r'name="memory" value="(\d+)"', page)
    at = version(staff, lead, 1)
    assert staff.post(f"{lead}/1/replace", data={"form": form, "version": at, "memory": "99999"}).status_code == 422
    assert staff.post(f"{lead}/1/replace", data={"form": form, "version": at, "memory": remembered}).status_code == 303
    item = store.item(int(lead.rpartition("/")[2]), 1)
    assert item.reply is not None and item.reply.said[0].text == FIRMS_2026 and item.reply.remembered == int(remembered)
    assert item.status.value == "review"
    late = staff.post(
        f"{lead}/1/replace", data={"form": form, "version": at, "memory": remembered}, headers={"X-Form": form}
    )
    assert late.status_code == 409
    refused = staff.get(f"{lead}/2").text
    assert "要答这一题，需要有公开报道说到「高铁到省城要多久」" in refused and "采用这句" in refused
    assert (
        staff.post(
            f"{lead}/2/take", data={"form": form, "version": version(staff, lead, 2), "nearest": "1"}
        ).status_code
        == 303
    )
    taken = store.item(int(lead.rpartition("/")[2]), 2).reply
    assert taken is not None and taken.said and all(one.proven for one in taken.said)
    alike = staff.get("desk/memory").text
    assert "忘掉" in alike
    assert staff.post("desk/memory/forget", data={"form": form, "memory": remembered}).status_code == 303
    assert FIRMS_2026 not in staff.get("desk/memory", params={"q": "数谷设计企业"}).text


def test_what_is_typed_comes_back_to_whom_it_is_from_and_due_dates_are_set(seats: dict[str, httpx.Client]) -> None:
    staff, other = seats["小周"], seats["小陈"]
    lead = new_lead(staff)
    assert staff.post(f"{lead}/1/typing", data={"form": secret(staff), "text": "写到一半"}).status_code == 204
    assert "写到一半" in staff.get(f"{lead}/1").text and "还没有保存的改写" in staff.get(f"{lead}/1").text
    assert "写到一半" not in other.get(f"{lead}/1").text
    wish = {"form": secret(staff), "version": version(staff, lead, 1), "owner": "小陈", "due": "2026-02-03"}
    assert staff.post(f"{lead}/1/assign", data=wish).status_code == 303
    assert "小陈 · 期限 2026-02-03" in staff.get(f"{lead}/1").text
    assert (
        staff.post(
            f"{lead}/set",
            data={"form": wish["form"], "title": "选址", "client": "某公司", "owner": "小陈", "due": "2026-02-09"},
        ).status_code
        == 303
    )
    assert "<h1>选址</h1>" in other.get(lead).text and "2026-02-09" in other.get(lead).text
    told = other.get(f"{lead}/state").json()
    assert list(told["rows"]) == ["1"]
    assert other.get(f"{lead}/state", params={"since": told["moment"]}).json()["rows"] == {}


def test_a_run_whose_process_died_goes_on_when_somebody_looks(seats: dict[str, httpx.Client], store: Store) -> None:
    staff = seats["小周"]
    lead = new_lead(staff, "有几家书店？\n车站有哪些配套？\n")
    with store.writing() as db:
        db.execute("INSERT INTO runs VALUES (?, 'dead', 1.0, 0)", (lead.rpartition("/")[2],))
    until = time.monotonic() + 120
    while staff.get(f"{lead}/state").json()["left"] and time.monotonic() < until:
        time.sleep(0.2)
    assert {one.who for one in store.history(int(lead.rpartition("/")[2])) if one.what == "drafted"} == {""}


def test_before_an_export_it_is_said_what_stays_at_home(seats: dict[str, httpx.Client]) -> None:
    staff = seats["小周"]
    lead = new_lead(staff)
    answer(staff, lead)
    form = secret(staff)
    assert "还没有可以发出的答复" in staff.get(f"{lead}/out").text
    staff.post(
        f"{lead}/1/edit",
        data={"form": form, "version": version(staff, lead, 1), "text": f"{TARGET}\n产值会达到5000亿元。"},
    )
    staff.post(f"{lead}/1/accept", data={"form": form, "version": version(staff, lead, 1)})
    told = staff.get(f"{lead}/out").text
    assert "会填 1 题" in told and "产值会达到5000亿元" in told and "没有放进去" in told
    wish = {"form": form, "kind": "markdown"}
    assert "5000" not in staff.post(f"{lead}/export", data=wish).text
    assert "此句无报道依据" in staff.post(f"{lead}/export", data={**wish, "unsourced": "1"}).text
    assert "草稿，未经人工确认" in staff.post(f"{lead}/export", data={**wish, "drafts": "1"}).text
    paper, out = docx.Document(), io.BytesIO()
    paper.sections[0].header.paragraphs[0].text = "青溪区投资促进局公函"
    paper.save(out)
    sent = staff.post(
        f"{lead}/export", data={**wish, "kind": "letter"}, files={"template": ("公函.docx", out.getvalue())}
    )
    assert docx.Document(io.BytesIO(sent.content)).sections[0].header.paragraphs[0].text == "青溪区投资促进局公函"
    assert (
        staff.post(
            f"{lead}/export", data={**wish, "kind": "letter"}, files={"template": ("公函.docx", b"%PDF-1.7")}
        ).status_code
        == 422
    )


def test_wrong_passwords_are_slowed_down(desk: str) -> None:
    with guest(desk) as client:
        seen: list[int] = []
        while 429 not in seen and len(seen) < 40:
            seen.append(client.post("desk/login", data={"name": "不存在的人", "password": "x" * 12}).status_code)
    assert seen[:6] == [403] * 6
    assert seen[-1] == 429


@pytest.mark.usefixtures("database")
def test_passwords_are_kept_as_argon2_hashes_and_weak_ones_refused(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    people = Users(store)
    people.add("小周", SECRET, "staff", who="root")
    (row,) = store.rows("SELECT hash FROM users")
    assert row["hash"].startswith("$argon2id$")
    for weak in ("short", "小周1234567", "x" * 300):
        with pytest.raises(LeadError, match="密码"):
            people.add("小周", weak, "staff", who="root")
    with pytest.raises(LeadError, match="用户名"):
        people.add("\x07", SECRET, "staff", who="root")
    assert people.log_in("小周", "wrong password") is None
    assert people.log_in("无名", SECRET) is None
    assert [one.what for one in people.audit()] == ["refused", "refused", "user"]


@pytest.mark.usefixtures("database")
def test_sessions_end_when_idle_when_old_and_when_the_password_changes(tmp_path: Path) -> None:
    at = [1000.0]
    people = Users(store_at(tmp_path), lambda: at[0])
    people.add("小周", SECRET, "staff", who="root")
    token = people.log_in("小周", SECRET)
    assert token
    assert people.session(token)
    assert people.session("") is None
    at[0] += IDLE - 1
    assert people.session(token)
    at[0] += IDLE - 1
    assert people.session(token)  # it was used meanwhile
    at[0] += IDLE + 1
    assert people.session(token) is None
    token = people.log_in("小周", SECRET)
    assert token
    for _ in range(int(WHOLE // (IDLE - 1)) + 1):
        at[0] += IDLE - 1
        alive = people.session(token)
    assert alive is None
    token = people.log_in("小周", SECRET)
    assert token
    people.add("小周", SECRET + "!", "staff", who="root")
    assert people.session(token) is None
    token = people.log_in("小周", SECRET + "!")
    assert token
    people.log_out(token)
    assert people.session(token) is None
    assert users_module.SHORTEST >= 10


def test_without_a_database_or_without_users_there_is_no_desk(tmp_path: Path) -> None:
    from types import SimpleNamespace

    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from ui.leads.letters import Sender
    from ui.leads.web import desk_router

    counter = SimpleNamespace(desk=None, proxies=())
    for path in (None, tmp_path / "none.sqlite", Store(tmp_path / "empty.sqlite").address):
        app = FastAPI()
        app.include_router(desk_router(counter, path, Sender()))  # type: ignore[arg-type]
        client = TestClient(app)
        for where in ("/desk", "/desk/login", "/desk/leads/1"):
            assert client.get(where).status_code == 404
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(("kind", "begins"), [("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_sheet_of_figures_is_taken_away_by_those_who_are_logged_in(
    desk: str, seats: dict[str, httpx.Client], kind: str, begins: bytes
) -> None:
    taken = seats["小吴"].get("desk/facts", params={"topic": ["人才", ""], "kind": kind})
    assert taken.status_code == 200 and taken.content.startswith(begins)
    assert "attachment" in taken.headers["content-disposition"]
    with guest(desk) as stranger:
        assert stranger.get("desk/facts").status_code == 303
    wrong = seats["小吴"].get("desk/facts", params={"topic": "低空", "kind": kind})
    assert wrong.status_code == 422 and "主题=词,词" in wrong.text


def test_whom_a_believed_proxy_has_logged_in_needs_no_password(store: Store) -> None:
    hosting = Hosting(leads=store.address, proxies=("127.0.0.1",), sign_on_header="X-Forwarded-User")
    with screenshots.running(ScriptedAnswerer(), site(hosting=hosting)) as address, guest(address) as client:
        assert client.get("desk/login").status_code == 200  # the proxy names nobody
        unknown = client.get("desk/login", headers={"X-Forwarded-User": "mallory"})
        assert unknown.status_code == 403 and "还没有登记" in unknown.text
        named = {"X-Forwarded-User": quote("小周")}
        assert client.get("desk/login", headers=named).status_code == 303
        assert "小周" in client.get("desk", headers=named).text
        assert client.get("desk", headers={"X-Forwarded-User": quote("小吴")}).status_code == 303  # another person now


def test_nobody_else_is_believed_about_who_is_logged_in(store: Store) -> None:
    hosting = Hosting(leads=store.address, proxies=("10.9.8.7",), sign_on_header="X-Forwarded-User")
    with screenshots.running(ScriptedAnswerer(), site(hosting=hosting)) as address, guest(address) as client:
        login = client.get("desk/login", headers={"X-Forwarded-User": quote("小周")})
        assert login.status_code == 200 and "set-cookie" not in login.headers


@pytest.fixture
def open_shelf(store: Store, tmp_path: Path) -> Iterator[tuple[str, Hosting]]:
    """A server whose staff may change a folder of two made-up articles."""
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "甲.txt").write_text(
        "青禾区公园建成\n2024年5月6日 来源：青禾日报\n青禾公园占地20公顷，昨天开放。公园免费。\n", encoding="utf-8"
    )
    (corpus / "乙.txt").write_text(
        "青禾区产业\n2025年5月6日\n青禾区现有企业300家。青禾区企业很多。\n", encoding="utf-8"
    )
    hosting = Hosting(leads=store.address, corpus=corpus, store=FolderStore(tmp_path / "index"), embedder="static")
    with screenshots.running(ScriptedAnswerer(), site(hosting=hosting)) as address:
        yield address, hosting


def test_an_article_is_added_corrected_withdrawn_put_back_and_published(open_shelf: tuple[str, Hosting]) -> None:
    address, hosting = open_shelf
    assert hosting.corpus is not None and hosting.store is not None and hosting.store.folder is not None
    with guest(address) as staff:
        assert staff.post("desk/login", data={"name": "小周", "password": SECRET}).status_code == 303
        form = secret(staff)
        text = "2026年1月5日\n青禾区现有企业350家，比去年多了50家。青禾区企业越来越多。"
        added = staff.post("desk/articles", data={"form": form, "title": "青禾区企业超过三百家", "text": text})
        assert added.status_code == 303
        shown = staff.get(added.headers["location"]).text
        assert "350家" in shown and "读成了这样" in shown
        assert "<h1>青禾区企业超过三百家</h1>" in shown  # typed as the headline: nothing of it is inferred
        assert "<pre>青禾区企业超过三百家\n2026年1月5日" in shown  # the file itself, beside
        assert text in staff.get(f"{added.headers['location']}/source").text
        assert (
            staff.post(
                f"{added.headers['location']}/correct",
                data={"form": form, "published": "2026-01-05", "publisher": "青禾日报"},
            ).status_code
            == 303
        )
        listed = staff.get("desk/articles").text
        assert "青禾区企业超过三百家" in listed and "2026年1月5日" in listed
        assert staff.post("desk/shelf/withdraw", data={"form": form, "article": "甲"}).status_code == 303
        assert "青禾区公园建成" not in staff.get("desk/articles").text.split("移出的文件")[0]
        assert staff.post("desk/shelf/restore", data={"form": form, "file": "甲.txt"}).status_code == 303
        assert "青禾区公园建成" in staff.get("desk/articles").text
        assert staff.post("desk/shelf/publish", data={"form": form}).status_code == 303
        for _ in range(300):
            if (hosting.store.folder / "CURRENT").exists() and "正在发布" not in staff.get("desk/articles").text:
                break
            time.sleep(0.1)
        assert (hosting.store.folder / "CURRENT").is_file()
        assert "article publish" in Users(Store(hosting.leads or Path())).audit()[0].what
        staff.post("desk/shelf/withdraw", data={"form": form, "article": "甲"})
        build_index(load_corpus(hosting.corpus), hosting.store.folder, load_embedder("static"))
        assert roll_call(hosting) == "gen-000002"
        assert staff.get("desk/articles").text.count("换回这一版</button>") == 1
        assert staff.post("desk/shelf/rollback", data={"form": form, "version": "gen-000001"}).status_code == 303
        assert roll_call(hosting) == "gen-000001"
        assert (
            "gen-000002" in staff.post("desk/shelf/rollback", data={"form": form, "version": "gen-000001"}).text
        )  # it is served
        assert "article rollback" in Users(Store(hosting.leads or Path())).audit()[0].what


def roll_call(hosting: Hosting) -> str:
    assert hosting.store is not None and hosting.store.folder is not None
    return (hosting.store.folder / "CURRENT").read_text().split()[0]


def test_the_folder_is_read_again_only_when_a_file_of_it_has_changed(
    open_shelf: tuple[str, Hosting], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, hosting = open_shelf
    assert hosting.corpus is not None
    read: list[Path] = []

    def counting(folder: Path, **wish: Any) -> Corpus:
        read.append(folder)
        return load_corpus(folder, **wish)

    monkeypatch.setattr(shelf, "load_corpus", counting)
    with guest(address) as staff:
        staff.post("desk/login", data={"name": "小周", "password": SECRET})
        for path in ("desk/articles", "desk/articles", "desk/articles/甲", "desk/articles/乙/source"):
            assert staff.get(path).status_code == 200
        assert len(read) == 1
        before = (hosting.corpus / "乙.txt").stat()
        (hosting.corpus / "乙.txt").write_text(
            "青禾区产业\n2025年5月6日\n青禾区现有企业900家。青禾区企业很多。\n", encoding="utf-8"
        )  # as long
        os.utime(hosting.corpus / "乙.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
        assert "900家" in staff.get("desk/articles/乙").text
        (hosting.corpus / "甲.txt").unlink()
        assert staff.get("desk/articles/甲").status_code == 404
        assert len(read) == 3


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        (
            "页.html",
            "<title>绿</title><body><h1>绿道通车</h1><script>alert(1)</script><p>绿道长5公里。</p>".encode(),
            "<iframe sandbox",
        ),
        ("页.pdf", files.pdf(), '<img alt="原件 1" src="data:image/jpeg;base64,/9j/'),
        ("坏.pdf", b"%PDF-1.7 nothing", '<p class="alert">'),
        ("页.docx", files.word(), wording.SOURCE_ELSEWHERE),
    ],
)
def test_the_source_of_an_article_is_shown_without_running_anything_of_it(name: str, data: bytes, shown: str) -> None:
    page = shelf_pages.source_html(replace(ARTICLES[HARBOUR], file_name=name), data)
    assert shown in page
    assert "<script" not in page


def test_what_cannot_be_done_to_articles_says_why(open_shelf: tuple[str, Hosting]) -> None:
    address, hosting = open_shelf
    with guest(address) as staff, guest(address) as reader:
        staff.post("desk/login", data={"name": "小周", "password": SECRET})
        reader.post("desk/login", data={"name": "小吴", "password": SECRET})
        form = secret(staff)
        assert "请选一个文件" in staff.post("desk/articles", data={"form": form}).text
        assert (
            "fetch = true" in staff.post("desk/articles", data={"form": form, "address": "https://example.com/a"}).text
        )
        assert "不是日期" in staff.post("desk/articles/甲/correct", data={"form": form, "published": "去年"}).text
        assert staff.get("desk/articles/丙").status_code == 404
        assert staff.post("desk/shelf/withdraw", data={"form": "wrong", "article": "甲"}).status_code == 403
        assert reader.post("desk/shelf/withdraw", data={"form": secret(reader), "article": "甲"}).status_code == 403
        assert "移出</button>" not in reader.get("desk/articles").text
        assert hosting.corpus is not None and (hosting.corpus / "甲.txt").is_file()


def test_without_folders_no_articles_are_changed_here(desk: str, seats: dict[str, httpx.Client]) -> None:
    assert seats["小周"].get("desk/articles").status_code == 404
