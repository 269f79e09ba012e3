"""`linping leads` and `linping users` as a person runs them, over the five articles, from the file to the letter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from corpus.errors import LinpingError
from index.storage.snapshot import Snapshot
from tests.ui.leads import files
from ui.leads.store import Store
from ui.terminal.cli import cli

QUESTIONS = """问题,答复
临平2028工业目标是多少?,
2023年临平区地区生产总值是多少？,
算力小镇有多少家企业？,
临平区一共有几座核电站？,
"""


def run(folder: Path, *arguments: str, answer: str | None = None) -> Result:
    done = CliRunner().invoke(cli, [*arguments, "--store", str(folder / "leads.sqlite")], input=answer)
    if done.exception is not None and not isinstance(done.exception, SystemExit | LinpingError):
        raise done.exception
    return done


def test_from_a_file_to_the_file_that_is_sent(tmp_path: Path, index_folder: Path, snapshot: Snapshot) -> None:
    at = ["--index", str(index_folder)]
    (tmp_path / "问卷.csv").write_text(QUESTIONS, encoding="utf-8-sig")
    added = run(
        tmp_path,
        "leads",
        "add",
        str(tmp_path / "问卷.csv"),
        "--client",
        files.COMPANY,
        "--due",
        "2026-03-01",
        "--who",
        "小周",
    )
    assert "第 1 号线索" in added.output
    assert "4 个问题" in added.output
    assert "回答了 4 题" in run(tmp_path, "leads", "answer", "1", *at).output
    shown = run(tmp_path, "leads", "show", "1").output
    assert "3000亿元" in shown
    page = run(tmp_path, "leads", "show", "1", "1").output
    assert "「" in page
    assert re.search(r"\[1\] 《.+》", page)
    refused = run(tmp_path, "leads", "show", "1", "4").output
    assert "最接近的内容" in refused
    assert run(tmp_path, "leads", "accept", "1", "1", "2", *at).output.startswith("已采纳 2 题")
    edited = run(tmp_path, "leads", "edit", "1", "3", "--text", "临平有企业一万二千三百家。", *at).output
    assert "✗" in edited
    out = tmp_path / "答复.csv"
    assert "填了 2 题" in run(tmp_path, "leads", "export", "1", "--out", str(out), *at).output
    sent = out.read_text(encoding="utf-8-sig")
    assert "3000亿元" in sent
    assert "一万二千三百" not in sent
    for line in json.loads(run(tmp_path, "leads", "show", "1", "--json").output)["questions"][:2]:
        quotes = " ".join(one["quote"] for one in line["reply"]["citations"])
        assert all(
            one["quote"] == snapshot.articles[one["article_id"]].text[one["start"] : one["end"]]
            for one in line["reply"]["citations"]
        )
        for said in line["reply"]["said"]:
            for number in re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"\[\d+\]", "", said["text"])):
                assert number in quotes
    letter = tmp_path / "函.docx"
    assert run(tmp_path, "leads", "export", "1", "--form", "letter", "--out", str(letter), *at).exit_code == 0
    assert f"尊敬的{files.COMPANY}：" in [one.text for one in docx.Document(str(letter)).paragraphs]
    assert isinstance(run(tmp_path, "leads", "export", "1", "--out", str(out), *at).exception, LinpingError)


def test_what_was_accepted_is_offered_first_when_it_is_asked_again(tmp_path: Path, index_folder: Path) -> None:
    at = ["--index", str(index_folder)]
    for question in ("临平2028工业目标是多少?", "请问到2028年，临平的工业目标是多少？"):
        (tmp_path / "问.csv").write_text(f"问题,答复\n{question},\n", encoding="utf-8")
        run(tmp_path, "leads", "add", str(tmp_path / "问.csv"))
    run(tmp_path, "leads", "answer", "1", *at)
    run(tmp_path, "leads", "accept", "1", "1", *at)
    run(tmp_path, "leads", "answer", "2", *at)
    assert "用过的答复（新近" in run(tmp_path, "leads", "show", "2", "1").output
    assert "临平2028工业目标" in run(tmp_path, "leads", "memory", "工业目标", *at).output
    assert "共 0 对" in run(tmp_path, "leads", "memory", "--alike", *at).output
    (tmp_path / "问.csv").write_text("问题,答复\n临平2028工业目标是多少?,\n", encoding="utf-8")
    run(tmp_path, "leads", "add", str(tmp_path / "问.csv"))
    run(tmp_path, "leads", "answer", "3", *at)
    run(tmp_path, "leads", "accept", "3", "1", *at)
    assert run(tmp_path, "leads", "replace", "2", "1", "--memory", "2", *at).output == "已保存。\n"
    assert "换成" in run(tmp_path, "leads", "show", "2", "1").output
    assert run(tmp_path, "leads", "replace", "2", "1", *at).exit_code == 2
    assert "共 1 对问的是同一件事，其中 0 对互相矛盾" in run(tmp_path, "leads", "memory", "--alike", *at).output


def test_the_small_commands(tmp_path: Path) -> None:
    added = run(tmp_path, "leads", "add", "-", answer=files.MAIL)
    assert "9 个问题" in added.output
    assert "负责" in run(tmp_path, "leads", "list").output
    assert json.loads(run(tmp_path, "leads", "list", "--json").output)[0]["kind"] == "txt"
    assert run(tmp_path, "leads", "assign", "1", "2", "小吴", "--due", "2026-02-03").output == "已保存。\n"
    assert run(tmp_path, "leads", "comment", "1", "2", "请核实").output == "已保存。\n"
    page = run(tmp_path, "leads", "show", "1", "2").output
    assert "小吴" in page
    assert "请核实" in page
    assert "green = 0.5" in run(tmp_path, "leads", "policy", "green", "0.5").output
    assert "没有正在进行" in run(tmp_path, "leads", "stop", "1").output
    run(tmp_path, "leads", "set", "1", "--due", "2026-04-01", "--client", "某某公司")
    assert "某某公司" in run(tmp_path, "leads", "list").output
    assert run(tmp_path, "leads", "delete", "1").exit_code == 2
    assert "已备份" in run(tmp_path, "leads", "backup", str(tmp_path / "b.sqlite")).output
    assert "已删除" in run(tmp_path, "leads", "delete", "1", "--yes").output
    assert "还没有线索" in run(tmp_path, "leads", "list").output
    (tmp_path / "问.csv").write_text("问题,答复,备注\n常住人口是多少？,,\n", encoding="utf-8")
    assert "答复在「答复」列" in run(tmp_path, "leads", "add", str(tmp_path / "问.csv")).output
    assert "共 1 个问题" in run(tmp_path, "leads", "columns", "2", ":1:3:1").output
    assert Store(tmp_path / "b.sqlite").lead(1).counts["open"] == 9
    assert "答复" in run(tmp_path, "users", "add", "小周", answer="correct horse battery\n").output
    assert run(tmp_path, "users", "list").output == "小周  答复\n"
    assert run(tmp_path, "users", "remove", "小周").output == "已保存。\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["leads", "show", "9"], "没有第 9 号线索"),
        (["leads", "add", "/nonexistent/问卷.xlsx"], "读不了"),
        (["leads", "add", "-", "--due", "明天"], "2026-02-05"),
        (["users", "remove", "无名"], "没有名为"),
        (["users", "add", "小周"], "密码至少"),
    ],
)
def test_bad_input_is_one_chinese_sentence(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = run(tmp_path, *arguments, answer="多少？\n")
    assert isinstance(done.exception, LinpingError)
    assert told in str(done.exception)


def test_every_command_explains_itself_in_chinese() -> None:
    for group in ("leads", "users"):
        for name in cli.commands[group].commands:  # type: ignore[attr-defined]
            text = CliRunner().invoke(cli, [group, name, "--help"]).output
            assert "用法：" in text
            assert "显示这段说明" in text
            assert "Show this message" not in text
