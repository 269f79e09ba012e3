"""The command line, run as a person runs it, in a process of its own where exit codes matter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.loading import load_corpus
from corpus.repair.metadata import read_metadata
from rag.answerer import ExtractiveAnswerer
from ui.settings import Settings, load_settings
from ui.terminal import wording as wording_cli
from ui.terminal.batch import answer_batch, read_rows
from ui.terminal.cli import cli
from ui.terminal.printing import card, parse_place, safe

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "corpus" / "articles"
QUESTION = "临平2028工业目标是多少?"


def linping(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "from ui.terminal.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )


def test_ask_prints_answer_date_and_citation(index_folder: Path) -> None:
    done = linping("ask", QUESTION, "--index", str(index_folder))
    assert done.returncode == 0, done.stderr
    assert "3000亿元" in done.stdout
    assert "[1]" in done.stdout
    assert "2024年" in done.stdout
    assert "推定" in done.stdout


def test_json_quotes_are_the_article_and_the_source_file(index_folder: Path) -> None:
    done = linping("ask", QUESTION, "--json", "--index", str(index_folder))
    answer = json.loads(done.stdout)
    articles = {article.id: article for article in load_corpus(ARTICLES).articles}
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        article = articles[citation["article_id"]]
        assert article.text[citation["start"] : citation["end"]] == citation["quote"]
        source = (ARTICLES / article.file_name).read_text(encoding="utf-8")
        found = source[citation["source_start"] : citation["source_end"]]
        assert found[0] == citation["quote"][0]
        assert found[-1] == citation["quote"][-1]


def test_explain_shows_understanding_ranks_and_scores(index_folder: Path) -> None:
    done = linping("ask", QUESTION, "--explain", "--index", str(index_folder))
    assert "理解为" in done.stdout
    assert "BM25" in done.stdout
    assert "置信度" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ask"], 2, "请给出一个问题"),
        (["ask", "", "--index", "INDEX"], 4, "问题"),
        (["ask", "\u200b\x07", "--index", "INDEX"], 4, "问题"),
        (["ask", "长" * 5000, "--index", "INDEX"], 4, "5000"),
        (["ask", QUESTION, "--index", "/nonexistent/索引"], 6, "索引"),
        (["index", "--corpus", "/nonexistent/文章", "--index", "INDEX"], 5, "/nonexistent/文章"),
        (["articles", "show", "没有这篇"], 5, "没有这篇"),
        (["nonsense"], 2, "nonsense"),
        (["ask", "--nonsense"], 2, "--nonsense"),
        (["ask", "一", "二"], 2, "引号"),
    ],
)
def test_bad_input_is_one_clear_sentence_and_a_documented_code(
    arguments: list[str], code: int, words: str, index_folder: Path
) -> None:
    done = linping(*[str(index_folder) if argument == "INDEX" else argument for argument in arguments])
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_explains_itself_in_chinese() -> None:
    runner = CliRunner()
    pages = [["--help"]] + [[name, "--help"] for name in cli.commands]
    for page in pages:
        text = runner.invoke(cli, page).output
        assert "用法：" in text, page
        assert "Usage" not in text
        assert "Options" not in text
        assert "Show this message" not in text


def test_documented_exit_codes_are_those_of_the_errors() -> None:
    from corpus import errors

    codes = {
        cls.exit_code for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.LinpingError)
    }
    documented = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for code in codes | {0, 2, wording_cli.SOME_FAILED}:
        assert f"| {code} |" in documented, code


def test_every_setting_is_documented_with_its_default() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = default.relative_to(ROOT) if isinstance(default, Path) else default
        assert f"| `{name}` | `{shown}` |" in documented, name
        assert field.description is not None


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    file = tmp_path / "linping.toml"
    file.write_text("threshold = 0.7\nport = 8000\n", encoding="utf-8")
    settings = load_settings({"LINPING_SETTINGS": str(file), "LINPING_PORT": "9000"})
    assert (settings.threshold, settings.port, settings.host) == (0.7, 9000, "127.0.0.1")


@pytest.mark.parametrize(
    ("content", "words"), [("thresold = 1", "thresold"), ("threshold = 7", "threshold"), ("port = [", "读不了")]
)
def test_a_wrong_setting_is_named(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "linping.toml"
    file.write_text(content, encoding="utf-8")
    done = linping("settings", LINPING_SETTINGS=str(file))
    assert done.returncode == 9
    assert words in done.stderr


def test_batch_keeps_order_and_one_bad_row_does_not_stop_the_rest(
    real_answerer: ExtractiveAnswerer, tmp_path: Path
) -> None:
    batch, out = tmp_path / "问.jsonl", tmp_path / "答.jsonl"
    rows = [
        json.dumps({"id": "b", "question": QUESTION}),
        "not json",
        json.dumps({"id": "c"}),
        "",
        json.dumps({"id": "a", "question": ""}),
        json.dumps({"id": "d", "question": "你好", "history": "x"}),
        json.dumps({"id": "e", "question": "那2023年呢？", "history": [[QUESTION, "3000亿元"]]}),
    ]
    batch.write_text("\n".join(rows), encoding="utf-8")
    done = answer_batch(real_answerer, batch, out)
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["b", "第2行", "第3行", "a", "d", "e"]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, False]
    assert (done.answered, done.reused, done.failed) == (6, 0, 4)


def test_batch_goes_on_where_it_stopped(real_answerer: ExtractiveAnswerer, tmp_path: Path) -> None:
    batch, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    rows = [
        json.dumps({"id": str(n), "question": question})
        for n, question in enumerate([QUESTION, "你好", "广济桥多少年了"])
    ]
    batch.write_text("\n".join(rows), encoding="utf-8")
    answer_batch(real_answerer, batch, out)
    whole = out.read_text(encoding="utf-8")
    # as an interrupted run leaves it: one whole line, half of the next, under the name of the work in progress
    out.unlink()
    (tmp_path / "a.jsonl.partial").write_text(whole[: whole.index("\n") + 30], encoding="utf-8")
    done = answer_batch(real_answerer, batch, out)
    assert (done.answered, done.reused) == (2, 1)
    assert out.read_text(encoding="utf-8").splitlines()[0] == whole.splitlines()[0]


def test_batch_rows_are_read_from_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_bytes(b"\xef\xbb\xbf" + '{"id": 7, "question": "你好"}'.encode())
    assert [(row.id, row.question, row.fault) for row in read_rows(batch)] == [("7", "你好", "")]


def test_one_file_is_taken_in_and_out_of_an_index_and_no_other_is_read(tmp_path: Path) -> None:
    folder, index = tmp_path / "文章", tmp_path / "索引"
    folder.mkdir()
    (folder / "旧.txt").write_text("老桥修好了\n\n2023年5月，老桥修好了，全长120米。\n", encoding="utf-8")
    there = ("--corpus", str(folder), "--index", str(index))
    assert linping("index", *there).returncode == 0
    (folder / "旧.txt").write_text("老桥修好了\n\n2023年5月，老桥修好了，全长999米。\n", encoding="utf-8")
    (folder / "新.txt").write_text("新校开学\n\n2024年9月，新校开学，学生有900名。\n", encoding="utf-8")
    mended = linping("index", *there, "--only", "新.txt")
    assert mended.returncode == 0 and "2 篇" in mended.stderr, mended.stderr
    assert "900名" in linping("ask", "新校有多少学生？", "--index", str(index)).stdout
    assert "120米" in linping("ask", "老桥全长多少米？", "--index", str(index)).stdout
    (folder / "新.txt").unlink()
    assert "1 篇" in linping("index", *there, "--only", "新.txt").stderr
    assert "900名" not in linping("ask", "新校有多少学生？", "--index", str(index)).stdout


def test_an_article_is_added_and_removed_and_nothing_is_lost(tmp_path: Path) -> None:
    folder, index = tmp_path / "文章", tmp_path / "索引"
    folder.mkdir()
    (folder / "旧.txt").write_text("老桥修好了\n\n2023年5月，老桥修好了，全长120米。\n", encoding="utf-8")
    new = tmp_path / "新.txt"
    new.write_text("新校开学\n\n2024年9月，新校开学，学生有900名。\n", encoding="utf-8")
    assert linping("index", "--corpus", str(folder), "--index", str(index)).returncode == 0
    added = linping("articles", "add", str(new), "--corpus", str(folder), "--index", str(index))
    assert added.returncode == 0, added.stderr
    assert "900名" in linping("ask", "新校有多少学生？", "--index", str(index)).stdout
    again = linping("articles", "add", str(new), "--corpus", str(folder), "--index", str(index))
    assert again.returncode == 5
    article_id = next(entry.id for entry in read_metadata(folder) if entry.file == "新.txt")
    removed = linping("articles", "remove", article_id, "--corpus", str(folder), "--index", str(index))
    assert removed.returncode == 0, removed.stderr
    assert "900名" not in linping("ask", "新校有多少学生？", "--index", str(index)).stdout
    assert (folder / ".removed" / "新.txt").read_bytes() == new.read_bytes()
    back = linping("articles", "restore", "新.txt", "--corpus", str(folder), "--index", str(index))
    assert back.returncode == 0, back.stderr
    listed = linping("articles", "versions", "--index", str(index)).stdout.splitlines()
    assert "现在用的" in listed[0] and not any("现在用的" in line for line in listed[1:])
    rolled = linping("articles", "rollback", "--index", str(index))
    assert listed[1].split()[0] in rolled.stdout and "文章文件夹没有变" in rolled.stdout
    assert linping("articles", "rollback", "gen-000099", "--index", str(index)).returncode == 6
    better = linping(
        "articles",
        "set",
        article_id,
        "--date",
        "2024-09-02",
        "--publisher",
        "某报",
        "--corpus",
        str(folder),
        "--index",
        str(index),
    )
    assert better.returncode == 0, better.stderr
    told = linping("ask", "新校有多少学生？", "--index", str(index)).stdout
    assert "900名" in told and "某报" in told and "2024年9月2日" in told
    assert (
        linping(
            "articles", "set", article_id, "--date", "去年", "--corpus", str(folder), "--index", str(index)
        ).returncode
        == 5
    )


def test_show_marks_the_span(index_folder: Path) -> None:
    article = load_corpus(ARTICLES).articles[0]
    start = article.text.index("亿元") - 3
    done = linping("articles", "show", f"{article.id}#{start}-{start + 5}")
    assert f"【{article.text[start : start + 5]}】" in done.stdout


def test_a_place_is_an_id_with_or_without_offsets() -> None:
    assert parse_place("a-b#3-7") == ("a-b", parse_place("x#3-7")[1])
    assert parse_place("a-b") == ("a-b", None)


def test_nothing_that_steers_a_terminal_is_printed() -> None:
    assert safe("a\x1b[31mb\u202ec\n") == "a[31mbc\n"


def test_a_card_without_colour_has_no_escape(real_answerer: ExtractiveAnswerer) -> None:
    assert "\x1b" not in card(real_answerer.answer(QUESTION))


def chatted(index_folder: Path, said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from ui.terminal.cli import main; main()", "chat", "--index", str(index_folder)],
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_chat_remembers_and_shows_sources(index_folder: Path) -> None:
    said = f"{QUESTION}\n/来源 1\n/来源 9\n/清空\n/胡说\n\n/退出\n"
    done = chatted(index_folder, said)
    assert done.returncode == 0, done.stderr
    for words in ("3000亿元", "【", wording_cli.CHAT_CLEARED, wording_cli.CHAT_NO_SOURCE.format(9), "/胡说"):
        assert words in done.stdout


def test_doctor_finds_the_index_whole_and_a_flipped_bit(index_folder: Path, tmp_path: Path) -> None:
    import shutil

    assert linping("doctor", "--index", str(index_folder)).returncode == 0
    damaged = tmp_path / "index"
    shutil.copytree(index_folder, damaged)
    victim = next(damaged.glob("gen-*/articles.jsonl"))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    done = linping("doctor", "--index", str(damaged))
    assert done.returncode == 6
    assert "articles.jsonl" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "told"),
    [
        (["serve", "--port", "99999"], {}, 2, "--port 的值不对：要一个 0 到 65535 之间的整数。"),
        (
            ["ask", "--batch", "/nonexistent/问题.jsonl", "--out", "/nonexistent/答案.jsonl", "--index", "INDEX"],
            {},
            4,
            "没有这个文件",
        ),
        (["ask", QUESTION, "--index", "INDEX"], {"LINPING_PROT": "1"}, 9, "LINPING_PORT"),
        (["ask", QUESTION, "--index", "INDEX"], {"LINPING_THRESHOLD": "2"}, 9, "0 到 1"),
        (["aks", QUESTION], {}, 2, "没有「aks」这个命令。是不是 ask？"),
        (["serve", "--eval", "没有这次"], {}, 9, "没有评测结果 没有这次"),
    ],
)
def test_what_was_told_in_english_or_not_at_all_is_told_in_chinese(
    arguments: list[str], variables: dict[str, str], code: int, told: str, index_folder: Path
) -> None:
    done = linping(*[str(index_folder) if argument == "INDEX" else argument for argument in arguments], **variables)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert not re.search("Error|Invalid|Usage|Traceback|No such", done.stdout + done.stderr)


def test_both_sides_of_a_difference_have_their_dates_and_a_source_is_its_paragraph(index_folder: Path) -> None:
    said = "算力小镇有多少家企业？\n/来源 2\n/退出\n"
    done = chatted(index_folder, said)
    answered, _, source = done.stdout.partition("【")
    for side in ("2026年1—2月报道  2600余家 [1]", "2024年5—6月报道  1400余家 [2]"):
        assert side in answered
    assert "1400余家" in source.split("】")[0]
    assert len(source) < 1000  # the article has three and a half thousand
