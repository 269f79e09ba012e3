"""What is kept of leads: whole or not at all, by version, by whom, and gone when it is deleted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus.errors import StorageError
from corpus.records import Published
from rag.citing import cite
from tests.fakes import BigramEmbedder
from tests.fakes_ui import TARGET, ScriptedLibrary
from tests.rag.worlds import article_of
from tests.ui.leads import files
from tests.ui.leads.checking import unverifiable
from tests.ui.leads.postgres import SERVER
from tests.ui.leads.scripted import TODAY, LeadAnswerer, answered, sources, store_at, with_lead
from ui.leads import answering
from ui.leads.answering import AnsweringRun, Sources, is_interrupted, is_running, reply_of, stop
from ui.leads.desk import LeadDesk
from ui.leads.policy import Policy, judge
from ui.leads.proofs import proven_again
from ui.leads.questionnaires import read_questionnaire
from ui.leads.records import LeadQuestion, Place
from ui.leads.replies import Colour, Reply, Said
from ui.leads.schema import MIGRATIONS, TABLES
from ui.leads.store import LeadError, QuestionStatus, Stale, Store

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.usefixtures("database")


def test_a_lead_is_kept_with_its_file_and_questions(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    again = store_at(tmp_path)
    kept = again.lead(lead)
    assert (kept.title, kept.client, kept.owner, kept.due, kept.counts["open"]) == (
        "问卷",
        files.COMPANY,
        "小周",
        "2026-02-05",
        12,
    )
    assert again.file(lead) == store.file(lead)
    assert again.items(lead)[0].asked.place.answer == "c5"
    with pytest.raises(LeadError, match="现有：1"):
        store.lead(7)
    with pytest.raises(LeadError, match="没有第 99 题"):
        store.item(lead, 99)


def test_a_question_that_somebody_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    seen = store.item(lead, 1)
    store.assign(seen, "小吴", who="小吴")
    with pytest.raises(Stale, match="小吴"):
        store.revise(seen, Reply(said=(Said("旧的。"),)), who="小周")
    assert store.item(lead, 1).reply is None


def test_a_question_that_is_done_is_locked_until_it_is_given_back(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    store.move(store.item(lead, 1), QuestionStatus.DONE, who="小周")
    with pytest.raises(LeadError, match="锁定"):
        store.revise(store.item(lead, 1), Reply(), who="小周")
    assert not store.draft(store.item(lead, 1), Reply())
    store.move(store.item(lead, 1), QuestionStatus.REVIEW, who="小周")
    store.revise(store.item(lead, 1), Reply(said=(Said("新的。"),)), who="小周")
    assert [(one.who, one.what, one.new) for one in store.history(lead, 1)][-3:] == [
        ("小周", "status", "done"),
        ("小周", "status", "review"),
        ("小周", "edited", "新的。"),
    ]


def test_comments_and_the_history_tell_who_and_when(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    store.comment(lead, 2, "请产业科核实", who="小吴")
    store.alter_lead(lead, who="小周", due="2026-02-09")
    assert [(one.number, one.who, one.said) for one in store.comments(lead)] == [(2, "小吴", "请产业科核实")]
    assert [(one.what, one.old, one.new) for one in store.history(lead)] == [
        ("added", "", "问卷.docx 12"),
        ("due", "2026-02-05", "2026-02-09"),
    ]


def test_duplicates_are_asked_once(tmp_path: Path) -> None:
    text = "问题,答复\n青溪2028工业目标是多少?,\n青溪2028工业目标是多少？,\n 青溪 2028 工业目标是多少,\n有几家书店？,\n"
    store, lead = with_lead(tmp_path, "问卷.csv", text.encode())
    answerer = LeadAnswerer()
    done = answered(store, lead, answerer)
    assert sorted(answerer.asked) == ["有几家书店？", "青溪2028工业目标是多少?"]
    assert (done.done, done.total) == (4, 4)
    replies = [one.reply for one in store.items(lead)]
    assert replies[0] == replies[1] == replies[2]
    assert [one.same_as for one in store.items(lead)] == [None, 1, 1, None]


def test_every_question_gets_answer_date_colour_and_sources_or_the_nearest_passages(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    done = answered(store, lead)
    assert done.colours[Colour.YELLOW] == 4
    items = store.items(lead)
    target, people = items[0].reply, items[6].reply
    assert target is not None
    assert people is not None
    assert (target.short, target.scope, target.dated) == (
        "突破3000亿元",
        "2028年 · 全区",
        "规划目标 · 据2024年5—6月报道（推定）",
    )
    assert target.colour is Colour.GREEN and not target.reasons  # its sentence prints the year
    assert target.headline == "突破3000亿元（2028年 · 全区）"
    assert people.colour is Colour.YELLOW
    assert 1 < len(people.nearest) <= 3
    assert (
        people.needed
        == "要答这一题，需要有公开报道说到「常住人口」，给出数字，写明时间和范围（全区还是某个片区，全年还是某个时段）。收入这样的文章并发布之后，再点一次「全部作答」。"
    )
    assert not people.said


def test_one_figure_does_not_stand_large_over_a_question_for_two_and_what_stays_open_is_told() -> None:
    made = sources()
    one = made.answerer.answer("青溪2028工业目标是多少?")
    two = replace(
        one, question="青溪2028工业目标是多少，增速如何？", standalone="", notices=("报道没有写明：增速如何。",)
    )
    reply = reply_of(two, made, Policy(), TODAY)
    assert reply_of(one, made, Policy(), TODAY).headline and not reply.headline
    assert reply.colour is Colour.BLUE and "报道没有写明：增速如何" in reply.reasons


def test_a_figure_that_another_sentence_dates_cites_that_one_too() -> None:
    text = "青禾区人才公报发布。2023年，青禾区新招引大学生2.26万名。再看总盘，青禾区人才总量达25万名。"
    article = replace(article_of(text), published=Published(date(2024, 2, 1), date(2024, 3, 31), inferred=True))
    told = article.text.index("再看总盘")
    base = sources().answerer.answer("青溪2028工业目标是多少?")
    claim = replace(base.claims[0], text=article.text[told:], value="25万名", label="", citations=(1,))
    answer = replace(
        base,
        question="青禾区人才总量多少？",
        short_answer="25万名",
        claims=(claim,),
        citations=(cite(article, told, len(article.text), 1),),
    )
    made = Sources(SimpleNamespace(articles={article.id: article}))
    reply = reply_of(answer, made, Policy(), TODAY)
    assert reply.headline == "25万名（2023年 · 青禾）"
    assert [one.quote for one in reply.citations][1:] == ["2023年，青禾区新招引大学生2.26万名。"]
    assert reply.said[0].citations == (1, 2) and proven_again(reply, made.articles).said[0].proven
    assert not unverifiable("\n".join((reply.headline, reply.said[0].text)), reply)


def test_staff_set_what_is_green(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    assert store.item(lead, 1).reply.colour is Colour.GREEN  # type: ignore[union-attr]
    store, lead = with_lead(tmp_path / "strict")
    Policy.keep(store, "months", "12")
    Policy.keep(store, "by_hand", "租金,用地")
    answered(store, lead)
    colours = {one.asked.text: one.reply.colour for one in store.items(lead) if one.reply}
    assert colours["青溪2028工业目标是多少?"] is Colour.GREEN  # it asks for that year
    assert colours["码头的租金是不是每年都涨？"] is Colour.YELLOW
    for name, value in (("green", "二"), ("green", "1.5"), ("months", "0"), ("scoped", "也许"), ("xyz", "1")):
        with pytest.raises(LeadError):
            Policy.keep(store, name, value)


@pytest.mark.parametrize(
    ("short", "scope", "quote", "inferred", "day", "asked", "why"),
    [
        ("500亿元", "2023年 · 青禾", "2023年产值500亿元", True, TODAY, "产值多少", ""),
        ("500亿元", "2025年 · 青禾", "去年产值500亿元", True, TODAY, "产值多少", "推定"),
        ("500亿元", "2025年 · 青禾", "去年产值500亿元", False, TODAY, "产值多少", ""),
        ("500亿元", "2025年11月报道 · 青禾", "产值500亿元", True, TODAY, "产值多少", "推定"),
        ("500亿元", "", "产值500亿元", False, TODAY, "产值多少", "不明"),
        ("9月", "", "今年9月签约", False, TODAY, "几月签约", "不明"),
        ("2021年", "", "2021年提出", True, TODAY, "哪年提出", ""),
        ("地铁18号线", "", "地铁18号线通到这里", True, TODAY, "哪条线", ""),
        ("500亿元", "2023年 · 青禾", "2023年产值500亿元", True, date(2028, 6, 1), "产值多少", "超过 24 个月"),
        ("500亿元", "2023年 · 青禾", "2023年产值500亿元", True, date(2028, 6, 1), "2023年产值多少", ""),
    ],
)
def test_what_keeps_an_answer_from_green(
    short: str, scope: str, quote: str, inferred: bool, day: date, asked: str, why: str
) -> None:
    published = Published(date(2025, 11, 1), date(2025, 11, 30), inferred=inferred)
    article = replace(article_of(quote), published=published)
    reply = Reply(short, scope, (Said(quote, (1,)),), citations=(cite(article, 0, len(quote), 1),), confidence=0.9)
    colour, reasons = judge(reply, asked, {article.id: article}, Policy(), day)
    assert (colour is Colour.GREEN) == (not why) and why in "".join(reasons)
    assert (
        judge(replace(reply, untold="报道没有写明：增速。"), asked, {article.id: article}, Policy(), day)[0]
        is Colour.BLUE
    )


def test_what_is_not_reviewed_changes_its_colour_with_the_rules(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    made = sources()
    desk = LeadDesk(store, lambda: made, BigramEmbedder, today=lambda: TODAY)
    desk.edit(store.item(lead, 2), TARGET, who="小周")
    before = {item.number: item.reply.colour for item in store.items(lead) if item.reply}
    assert desk.set_policy({"green": "1", "months": "60"}) > 0
    now = {item.number: item.reply for item in store.items(lead) if item.reply}
    assert before[1] is Colour.GREEN and now[1].colour is Colour.BLUE and "把握不够" in now[1].reasons[0]
    assert now[2].colour is before[2]  # somebody has it under review
    assert desk.set_policy({"by_hand": "工业目标"}) == 1
    assert store.item(lead, 1).reply.reasons == ("问到「工业目标」，按规定由人来答",)  # type: ignore[union-attr]
    with pytest.raises(LeadError):
        desk.set_policy({"months": "12", "green": "二"})
    assert Policy.of(store).months == 60  # all of them or none


def test_what_was_refused_is_asked_again_when_there_are_other_articles(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    refused = sum(not item.reply.said for item in store.items(lead) if item.reply)
    assert answered(store, lead).total == 0
    made = replace(sources(), library=Later())
    assert AnsweringRun(store, lead, lambda: made, today=lambda: TODAY).go().total == refused > 0


class Later(ScriptedLibrary):
    generation = "gen-2"


def test_what_is_typed_is_kept_until_it_is_saved(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    item = store.item(lead, 1)
    store.keep_typing(item, "写到一", who="小周")
    store.keep_typing(item, "写到一半", who="小周")
    again = store_at(tmp_path)
    assert (again.typing(item, "小周"), again.typing(item, "小吴")) == ("写到一半", "")
    store.revise(item, Reply(said=(Said("写完了。"),)), who="小周")
    assert again.typing(item, "小周") == ""


def test_a_question_that_breaks_leaves_no_word_of_the_lead_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    private = "联系人王某某 13800000000 wang@xinglan.example"

    class Quoting(LeadAnswerer):
        def answer(self, question: str, history: object = ()) -> object:  # type: ignore[override]
            raise ValueError(f"cannot read {question}")

    store, lead = with_lead(
        tmp_path, "问卷.csv", f"问题,答复\n{files.COMPANY}（{private}）问：有几家书店？,\n".encode()
    )
    with caplog.at_level("DEBUG"):
        assert answered(store, lead, Quoting()).failed == 1
    assert "question 1 of lead 1 could not be answered: ValueError" in caplog.text
    for word in (files.COMPANY, "王某某", "13800000000", "xinglan", "书店"):
        assert word not in caplog.text


def test_a_run_stops_when_asked_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)

    class Stopping(LeadAnswerer):
        def answer(self, question: str, history: object = ()) -> object:  # type: ignore[override]
            assert is_running(store, lead)
            if len(self.asked) == 4:
                stop(store, lead)
            return super().answer(question)

    answerer = Stopping()
    assert answered(store, lead, answerer, at_once=1).done == 5
    assert not is_running(store, lead)
    rest = LeadAnswerer()
    answered(store, lead, rest)
    assert not set(rest.asked) & set(answerer.asked)
    assert store.lead(lead).counts["open"] == 0


def test_two_runs_do_not_answer_the_same_lead(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)

    class Nosy(LeadAnswerer):
        def answer(self, question: str, history: object = ()) -> object:  # type: ignore[override]
            with pytest.raises(LeadError, match="正在回答"):
                answered(store, lead)
            return super().answer(question)

    assert answered(store, lead, Nosy()).failed == 0


def test_a_run_shows_signs_of_life_while_one_question_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_BEAT", 1.2)
    store, lead = with_lead(tmp_path, "问卷.csv", "问题,答复\n有几家书店？,\n".encode())

    def beat() -> float:
        return float(store.rows("SELECT beat FROM runs")[0]["beat"])

    class Slow(LeadAnswerer):
        def answer(self, question: str, history: object = ()) -> object:  # type: ignore[override]
            before, until = beat(), time.monotonic() + 120
            while beat() == before and time.monotonic() < until:
                time.sleep(0.05)
            assert beat() > before
            return super().answer(question)

    assert answered(store, lead, Slow(), at_once=1).failed == 0


def test_a_question_that_breaks_the_answerer_is_told_and_tried_again(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path, "问卷.csv", "问题,答复\n崩溃了怎么办？,\n坏了怎么办？,\n有几家书店？,\n".encode())
    assert answered(store, lead).failed == 2
    items = store.items(lead)
    assert "出了错" in items[0].trouble
    assert "重建" in items[1].trouble
    assert items[2].reply is not None
    assert answered(store, lead).total == 2


KILLED = """
import sys
from pathlib import Path
from tests.ui.leads.scripted import LeadAnswerer, answered, store_at
class Slow(LeadAnswerer):
    def answer(self, question, history=()):
        import time; time.sleep(0.002)
        return super().answer(question, history)
answered(store_at(Path(sys.argv[1])), 1, Slow())
"""


def many(count: int) -> bytes:
    known = ["青溪2028工业目标是多少?", "青溪有多少家设计企业？", "有几家书店？"]
    return (
        "问题,答复\n" + "".join(f"{known[n] if n < 3 else f'第{n}条线路有多少站？'},\n" for n in range(count))
    ).encode()


def test_killed_at_any_moment_a_run_of_400_questions_is_taken_up_with_the_same_result(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    store, lead = with_lead(whole, "问卷.csv", many(400))
    answered(store, lead)
    other, _ = with_lead(broken, "问卷.csv", many(400))
    for _ in range(3):
        before = other.lead(lead).counts["drafted"]
        with other.writing() as db:
            db.execute("DELETE FROM runs")  # as if its sign of life were old
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(broken)], cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}"}
        )
        until = time.monotonic() + 90
        while other.lead(lead).counts["drafted"] < before + 20 and time.monotonic() < until:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert other.lead(lead).counts["drafted"] > before
    other.backup(tmp_path / "sound.sqlite")  # it is checked
    assert not is_interrupted(other, 1)  # its last sign of life is new
    with other.writing() as db:
        db.execute("UPDATE runs SET beat = beat - 60")
    assert is_interrupted(other, 1)
    left = other.lead(lead).counts["open"]
    assert 0 < left < 400
    assert answered(other, lead).total == left
    assert [one.reply for one in other.items(lead)] == [one.reply for one in store.items(lead)]


def on_disk(store: Store, folder: Path) -> bytes:
    """Return all that is on the disk of a file or a server, its log of changes left out."""
    if SERVER in os.environ:
        with store.writing() as db:
            db.execute("CHECKPOINT")
        folder = Path(store.rows("SHOW data_directory")[0]["data_directory"], "base")
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_deleted_lead_leaves_no_word_on_the_disk(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path, "问卷.csv", "问题,答复\n绝无仅有之名号公司的用电价格是多少？,\n".encode())
    store.comment(lead, 1, "绝无仅有之名号要见面", who="小周")
    answered(store, lead)
    assert "绝无仅有之名号".encode() in on_disk(store, tmp_path)
    store.delete(lead)
    assert "绝无仅有之名号".encode() not in on_disk(store, tmp_path)
    for table in ("questions", "comments", "history"):
        assert not store.rows(f"SELECT * FROM {table}")


def test_a_backup_is_whole_private_and_never_overwrites(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    target = tmp_path / "backup.sqlite"
    store.backup(target)
    assert target.stat().st_mode & 0o077 == 0
    assert Store(target).items(lead) == store.items(lead)
    with pytest.raises(LeadError, match="已经存在"):
        store.backup(target)


def test_everything_of_a_lead_can_be_handed_out(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    told = json.loads(json.dumps(store.exported(lead), ensure_ascii=False, default=str))
    assert told["questions"][0]["reply"]["short"] == "突破3000亿元"
    assert told["history"][0]["what"] == "added"


HELD: dict[str, tuple[int, tuple[object, ...]]] = {
    "leads": (
        1,
        (1, "旧问卷", "某公司", "问.csv", "csv", b"file", "[]", "[]", "小周", "2026-02-05", "2026-01-01", "小周"),
    ),
    "questions": (
        1,
        (
            7,
            1,
            1,
            json.dumps(LeadQuestion("有几家书店？", Place("", "2:2")).to_json()),
            None,
            "done",
            "小吴",
            "2026-02-03",
            Reply(short="三家").dumped(),
            "",
            4,
        ),
    ),
    "comments": (1, (1, 1, 7, "小吴", "2026-01-02", "请核实")),
    "history": (1, (1, 1, 7, "小周", "2026-01-02", "edited", "旧", "新")),
    "runs": (1, (1, "token", 1.0, 0)),
    "policy": (1, ("months", "12")),
    "memory": (
        2,
        (1, 1, 7, "有几家书店？", Reply(short="三家").dumped(), "embedder", b"\0\0\0\0", "小周", "2026-01-02"),
    ),
    "marks": (2, (1, 7, None, "a", "三家", "四家", "时间不同", "2026-01-03", "")),
    "articles_seen": (2, ("a", "digest")),
    "users": (3, ("小周", "$argon2id$", "staff", "2026-01-01")),
    "sessions": (3, ("digest", "小周", "form", 1.0, 2.0)),
    "audit": (3, (1, "2026-01-01", "小周", "login", "")),
    "typing": (4, (7, "小周", "写到一半", "2026-01-04")),
}


def shape(store: Store) -> list[tuple[str, str]]:
    """Return the tables with all that holds of them."""
    if SERVER not in os.environ:
        query = "SELECT tbl_name AS name, sql AS held FROM sqlite_master WHERE sql IS NOT NULL"
    else:
        columns = "concat_ws(' ', column_name, data_type, is_nullable, column_default, is_identity)"
        query = (
            f"SELECT table_name AS name, {columns} AS held FROM information_schema.columns WHERE table_schema = current_schema()"
            " UNION SELECT tablename, replace(indexdef, current_schema(), '') FROM pg_indexes WHERE schemaname = current_schema()"
            " UNION SELECT c.conrelid::regclass::text, pg_get_constraintdef(c.oid) FROM pg_constraint c"
            " WHERE c.connamespace = current_schema()::regnamespace"
        )
    return sorted((row["name"], row["held"]) for row in store.rows(query))


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_store_of_every_earlier_version_is_brought_up_and_keeps_every_row_that_it_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    held = {table: row for table, (since, row) in HELD.items() if since <= version}
    with monkeypatch.context() as then:
        then.setattr("ui.leads.database.MIGRATIONS", MIGRATIONS[:version])
        old = store_at(tmp_path)
        with old.writing() as db:
            for table, row in held.items():
                db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
        old.close()
    store, new = store_at(tmp_path), store_at(tmp_path / "new")
    assert shape(store) == shape(new)
    assert set(HELD) == set(TABLES) == {table for table, _ in shape(new)} - {"migrations", "sqlite_sequence"}
    for table in HELD:
        assert [tuple(row.values()) for row in store.rows(f"SELECT * FROM {table}")] == (
            [held[table]] if table in held else []
        ), table
    assert store.item(1, 1).reply == Reply(short="三家")


def test_a_store_of_a_later_program_is_refused(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    with store.writing() as db:
        db.execute("INSERT INTO migrations VALUES (99, '')")
    with pytest.raises(StorageError, match="升级"):
        store_at(tmp_path)


def test_a_file_is_its_owners_synced_and_refused_when_it_is_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path / "leads.sqlite")
    assert (tmp_path / "leads.sqlite").stat().st_mode & 0o077 == 0
    told = {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    assert {name: store.rows(f"PRAGMA {name}")[0][name] for name in told} == told
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StorageError, match="损坏"):
        Store(broken)


def test_a_reply_comes_back_from_the_disk_as_it_was(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    for item in store.items(lead):
        assert item.reply is not None
        assert Reply.loaded(item.reply.dumped()) == item.reply
        assert Reply.loaded(replace(item.reply, colour=Colour.GREEN).dumped()).colour is Colour.GREEN


def test_the_same_file_read_again_gives_the_same_questions() -> None:
    data = files.word()
    assert read_questionnaire("a.docx", data) == read_questionnaire("a.docx", data)
