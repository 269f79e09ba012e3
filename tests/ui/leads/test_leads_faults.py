"""Files of strangers, by the names of the fault table: F20 to F24 where a lead or an article comes in, F51 where one goes out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from corpus.errors import LinpingError, UnreadableFile
from corpus.formats.sandbox import Limits
from index.storage.stores import FolderStore
from tests.ui.leads import files
from ui.leads.apart import parse_apart
from ui.leads.csv_filling import fill_csv
from ui.leads.questionnaires import MOST_BYTES, MOST_QUESTIONS, read_questionnaire
from ui.leads.sheet_filling import fill_sheets
from ui.leads.shelf import Shelf

ASKED = "有几家书店？"
CSV = f"问题,答复\n{ASKED},\n".encode()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "甲.txt").write_text("青禾区公园建成\n2024年5月6日\n青禾公园占地20公顷，昨天开放。\n", encoding="utf-8")
    return Shelf(folder, FolderStore(tmp_path / "index"), "static")


def refused(name: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as told:
        read_questionnaire(name, data)
    assert str(told.value).startswith(name) and str(told.value).endswith("。")
    return str(told.value)


# ── F20: nothing, next to nothing, and far too much ─────────────────────────────────────────────────────────────────


def test_f20_nothing_and_too_much_are_refused_and_a_full_file_is_read(shelf: Shelf) -> None:
    assert "空的" in refused("空.csv", b"") and "空的" in refused("空.txt", b" \n\n")
    assert "没有找到问题" in refused("一.txt", "好".encode())
    assert "20 MB" in refused("大.csv", b"a" * (MOST_BYTES + 1))
    most = "问题,答复\n" + "".join(f"第{n}家书店在哪里？,\n" for n in range(MOST_QUESTIONS))
    assert len(read_questionnaire("满.csv", most.encode()).questions) == MOST_QUESTIONS
    assert f"{MOST_QUESTIONS + 1} 个问题" in refused("多.csv", f"{most}还有一家书店在哪里？,\n".encode())
    for data in (b"", b" "):
        with pytest.raises(LinpingError):
            shelf.add("空.txt", data)
    assert [one.id for one in shelf.read().corpus.articles] == ["甲"]


def test_f20_a_sheet_of_a_million_rows_is_cut_and_says_so() -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("长")
    page.append(["问题", "答复"])
    for number in range(12_000):
        page.append([f"第{number}家书店在哪里？" if number < 30 else "注：无", None])
    out = io.BytesIO()
    book.save(out)
    read = read_questionnaire("长.xlsx", out.getvalue())
    assert len(read.questions) == 30
    assert any("后面的没有读" in one for one in read.notices)


# ── F21: encodings ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8-sig", "utf-8"])
def test_f21_every_encoding_is_read_as_what_it_says(encoding: str, shelf: Shelf) -> None:
    text = f"问题,答复\n{ASKED},\n青溪区有哪些重点产业和代表企业？,\n园区今年计划招收多少名应届毕业生？,\n"
    first, *_ = read_questionnaire("问.csv", text.encode(encoding)).questions
    assert first.text == ASKED
    added = shelf.add(
        "乙.txt", "青禾区产业发展情况\n2025年5月6日\n青禾区现有企业300家，产业门类齐全。\n".encode(encoding)
    )
    assert "青禾区现有企业300家" in added.text


def test_f21_what_is_no_text_is_refused_and_nothing_garbled_is_kept(shelf: Shelf) -> None:
    mixed = "青禾区现有企业300家，产业门类齐全。".encode() + "青禾区现有企业300家，产业门类齐全。".encode("gbk")
    assert refused("乱.txt", bytes(range(256)) * 20)
    with pytest.raises(LinpingError):
        shelf.add("乱.txt", mixed)
    assert [one.id for one in shelf.read().corpus.articles] == ["甲"]


# ── F22: the same again, and what is missing or impossible ──────────────────────────────────────────────────────────


def test_f22_the_same_again_is_told_and_what_is_missing_is_marked(shelf: Shelf) -> None:
    read = read_questionnaire("问.csv", f"问题,答复\n{ASKED},\n{ASKED},\n".encode())
    assert [one.text for one in read.questions] == [ASKED, ASKED]  # each has its own cell; one answer fills both
    with pytest.raises(LinpingError, match="完全相同"):
        shelf.add("丙.txt", (shelf.folder / "甲.txt").read_bytes())
    with pytest.raises(LinpingError, match="已有"):
        shelf.add("甲.txt", "另一篇\n2025年1月1日\n青禾公园扩建，面积30公顷。\n".encode())
    same_title = shelf.add("丁.txt", "青禾区公园建成\n2025年1月1日\n青禾公园扩建，面积30公顷。\n".encode())
    undated = shelf.add("戊.txt", "青禾公园很大，里面有湖，湖边有路。人们在湖边走路。\n".encode())
    assert same_title.id == "丁"
    assert undated.published is None and undated.headline_inferred
    with pytest.raises(LinpingError, match="不是日期"):
        shelf.correct("戊", "", "2025-13-40", "")
    assert len(shelf.read().corpus.articles) == 3


# ── F23: bombs and traps; the child is ended by its limits ──────────────────────────────────────────────────────────


def test_f23_bombs_and_traps_are_refused_by_name_and_others_go_on(shelf: Shelf) -> None:
    traps = {
        "弹.xlsx": files.altered(files.sheet(), **{"xl/media/a.bin": bytes(60_000_000)}),
        "弹.docx": files.altered(files.word(), **{"word/media/a.bin": bytes(60_000_000)}),
        "套.docx": files.altered(
            files.word(), **{"word/embeddings/a.zip": files.zipped(a=files.zipped(b=bytes(55_000_000)))}
        ),
        "锁.docx": b"\xd0\xcf\x11\xe0" + bytes(600),
        "逃.docx": files.altered(files.word(), **{"../../a.txt": b"x"}),
        "体.docx": files.altered(
            files.word(), **{"word/comments.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}
        ),
        "宏.docx": files.altered(files.word(), **{"word/vbaProject.bin": b"x"}),
        "坏.docx": files.word()[:2000],
    }
    for name, data in traps.items():
        if name == "套.docx":
            continue  # what nobody unpacks harms nobody: only the outer package is read
        assert refused(name, data)
        if name.endswith(".docx"):
            with pytest.raises(LinpingError):
                shelf.add(name, data)
    assert read_questionnaire("套.docx", traps["套.docx"]).questions
    with pytest.raises(LinpingError):
        shelf.add("坏.pdf", b"%PDF-1.7 nothing")
    assert [one.id for one in shelf.read().corpus.articles] == ["甲"]
    assert read_questionnaire("好.xlsx", files.sheet()).questions


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(memory=120_000_000, cpu=30, wall=120.0), "内存|中断|启动"),
        (Limits(memory=1_500_000_000, cpu=1, wall=120.0), "处理器"),
        (Limits(wall=0.05), "0 秒"),
    ],
)
def test_f23_a_child_that_needs_too_much_is_ended(limits: Limits, told: str) -> None:
    book = Workbook(write_only=True)
    for name in ("一", "二", "三"):
        page = book.create_sheet(name)
        for number in range(9_000):
            page.append([f"第{number}家书店在哪里？", None, "甲" * 20, "乙" * 20, "丙" * 20, number])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableFile, match=told):
        parse_apart("xlsx", out.getvalue(), limits)


# ── F24: web pages ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_f24_of_a_web_page_only_what_is_seen_is_kept(shelf: Shelf) -> None:
    page = (
        "<html><head><title>绿道通车</title><script>var 密='9999'</script></head><body><h1>绿道通车</h1>"
        "<p>2025年5月6日</p><p>青禾绿道长5公里，昨天通车。<span style='display:none'>其实长8888公里。</span>绿\u200b道免费。</p>"
        "<p style='color:#fff;background:#fff'>白字7777。</p></body></html>"
    )
    added = shelf.add("绿道.html", page.encode())
    assert "长5公里" in added.text and "绿道免费" in added.text
    for hidden in ("9999", "8888", "7777", "\u200b"):
        assert hidden not in added.text
    with pytest.raises(LinpingError):
        shelf.add("深.html", b"<div>" * 10_000 + "很深。".encode() + b"</div>" * 10_000)


# ── F51: nothing that goes out is calculated ────────────────────────────────────────────────────────────────────────

_DANGEROUS = (
    "=1+1",
    "＝1+1",
    "+1+cmd",
    "＋1+cmd",
    "-2+3+cmd|' /C calc'!A0",
    "－2+cmd",
    "@SUM(A1)",
    "＠SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "%0A=1",
    "|x",
    '=HYPERLINK("http://a")',
    "=cmd|'/C calc'!A0",
    'DDE("cmd";"/C calc")',
)
_HARMLESS = ("-5.2%", "-5.2 %", "−5.2%", "+86 571 8888 0000", "3000亿元", "1.2", "2024—2028年")


def test_f51_no_cell_is_a_formula_numbers_stay_and_nothing_is_cut_silently() -> None:
    texts = [*_DANGEROUS, *_HARMLESS]
    sheet = load_workbook(
        io.BytesIO(
            fill_sheets(files.sheet(), {"产业与空间": {f"H{n}": text for n, text in enumerate(texts, start=50)}})
        )
    )["产业与空间"]
    rows = "问题,答复\n" + f"{ASKED},\n" * len(texts)
    filled = list(
        csv.reader(
            io.StringIO(fill_csv(rows.encode(), {f"{n}:2": text for n, text in enumerate(texts, start=2)}).decode())
        )
    )
    for at, text in enumerate(texts):
        cell = sheet[f"H{50 + at}"]
        assert cell.data_type == "s", text
        assert str(cell.value).strip() == text.strip(), text
        written = filled[at + 1][1]
        if text in _HARMLESS:
            assert written == text and not cell.quotePrefix
        elif not text.startswith("DDE"):
            assert written.startswith("'") and cell.quotePrefix, text
    long = load_workbook(io.BytesIO(fill_sheets(files.sheet(), {"产业与空间": {"H50": "好" * 40_000}})))["产业与空间"][
        "H50"
    ].value
    assert len(long) <= 32_767 and long.endswith("（全文见答复函）")
