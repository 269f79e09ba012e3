"""What goes out: into the original file without touching the rest, as a letter, as Markdown; every number in its quote."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import load_workbook

from corpus.errors import UnreadableFile
from tests.fakes_ui import ARTICLES, TARGET
from tests.ui.leads import files
from tests.ui.leads.checking import letter_texts, untouched, unverifiable
from tests.ui.leads.scripted import TODAY, answered, sources, with_lead
from ui.leads import wording
from ui.leads.csv_filling import fill_csv
from ui.leads.exports import Export, ExportWish, export
from ui.leads.letters import Sender
from ui.leads.pages import sentences_html
from ui.leads.proofs import lights, proven_again, typed
from ui.leads.replies import Reply, Said
from ui.leads.sheet_filling import fill_sheets
from ui.leads.store import LeadError, QuestionStatus, Store

SENDER = Sender("青溪区投资促进局", "招商一科 0571-00000000")


def accepted(folder: Path, name: str, data: bytes) -> tuple[Store, int]:
    """Return a lead taken through answering and accepting: every question that has an answer is done."""
    store, lead = with_lead(folder, name, data)
    answered(store, lead)
    for item in store.items(lead):
        if item.reply is not None and item.reply.said:
            store.move(item, QuestionStatus.DONE, who="小周")
    return store, lead


def out(store: Store, lead: int, form: str = "original", **wish: Any) -> Export:
    return export(store, lead, ARTICLES, ExportWish(form, **wish), SENDER, TODAY)


def test_a_sheet_comes_back_with_our_cells_filled_and_all_else_equal_to_the_byte(tmp_path: Path) -> None:
    store, lead = accepted(tmp_path, "问卷.xlsx", files.sheet())
    done = [one for one in store.items(lead) if one.status is QuestionStatus.DONE]
    sent = out(store, lead)
    assert sent.name == "问卷（答复）.xlsx"
    assert sent.filled == len(done) == 7
    before, after = zipfile.ZipFile(io.BytesIO(files.sheet())), zipfile.ZipFile(io.BytesIO(sent.data))
    assert after.testzip() is None
    assert before.namelist() == after.namelist()
    assert untouched("xlsx", files.sheet(), sent.data, done) == []
    assert [name for name in before.namelist() if before.read(name) != after.read(name)] == [
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
    ]
    old, new = load_workbook(io.BytesIO(files.sheet())), load_workbook(io.BytesIO(sent.data))
    page, was = new["产业与空间"], old["产业与空间"]
    assert str(page["D5"].value).startswith("突破3000亿元（2028年 · 全区）\n")
    assert page["D5"].data_type == "s"
    assert page["D5"].border.left.style == was["D5"].border.left.style == "thin"
    assert page["D9"].value == "-5.2%"
    assert page["E6"].value == -0.052
    assert page["E5"].value == "=COUNTA(C5:C25)"
    assert page.merged_cells.ranges == was.merged_cells.ranges
    assert any(cell.value == wording.LABEL_MODEL for row in page.iter_rows() for cell in row)
    for item in done:
        assert item.reply is not None
        text = str(new[item.asked.place.part][item.asked.place.answer].value)
        assert "据" in text or "日期不详" in text
        assert unverifiable(text, item.reply) == []


def test_a_word_file_comes_back_with_its_cells_and_paragraphs_filled_and_all_else_equal(tmp_path: Path) -> None:
    store, lead = accepted(tmp_path, "问卷.docx", files.word())
    sent = out(store, lead)
    before, after = zipfile.ZipFile(io.BytesIO(files.word())), zipfile.ZipFile(io.BytesIO(sent.data))
    assert [name for name in before.namelist() if before.read(name) != after.read(name)] == ["word/document.xml"]
    old, new = docx.Document(io.BytesIO(files.word())), docx.Document(io.BytesIO(sent.data))
    answers = {row.cells[1].text: row.cells[2].text for row in new.tables[0].rows}
    assert answers["青溪2028工业目标是多少?"].startswith("突破3000亿元（2028年 · 全区）")
    assert answers["常住人口"] == ""
    assert [row.cells[1].text for row in new.tables[0].rows] == [row.cells[1].text for row in old.tables[0].rows]
    texts = [one.text for one in new.paragraphs]
    at = texts.index("我们重点关注数谷。目前那里有多少家设计企业？")
    assert "1,900余家" in texts[at + 1]
    assert texts[-1] == wording.LABEL_MODEL
    kept = [one.text for one in old.paragraphs]
    assert [one for one in texts if one in kept] == kept
    for item in store.items(lead):
        if item.status is QuestionStatus.DONE and item.asked.text in answers:
            assert item.reply is not None
            assert unverifiable(answers[item.asked.text], item.reply) == []


def test_a_mail_is_answered_by_a_letter(tmp_path: Path) -> None:
    store, lead = accepted(tmp_path, "mail.txt", files.MAIL.encode())
    with pytest.raises(LeadError, match="答复函"):
        out(store, lead)
    sent = out(store, lead, "letter")
    letter = docx.Document(io.BytesIO(sent.data))
    texts = [one.text for one in letter.paragraphs]
    assert f"尊敬的{files.COMPANY}：" in texts
    assert "另行答复的问题" in texts
    assert any("招商一科" in one for one in texts)
    assert texts[-1] == wording.LABEL_MODEL  # one of the script's answers is a model's
    assert "2026年2月1日" in texts
    start = texts.index("依据")
    numbers = [int(found[1]) for one in texts[start:] if (found := re.match(r"\[(\d+)\] 《", one))]
    assert numbers == list(range(1, len(numbers) + 1))
    used = {int(n) for one in texts[:start] for n in re.findall(r"\[(\d+)\]", one)}
    assert used == set(numbers)
    quotes = [one for one in texts[start:] if one.startswith("「")]
    assert all(any(one[1:-1] in article.text for article in ARTICLES.values()) for one in quotes)
    answered_ = letter_texts(sent.data)
    assert set(answered_) == {one.number for one in store.items(lead) if one.status is QuestionStatus.DONE}
    for number, text in answered_.items():
        reply = store.item(lead, number).reply
        assert reply is not None and unverifiable(text, reply) == []
        assert reply.dated in text
    markdown = out(store, lead, "markdown").data.decode()
    assert "**突破3000亿元（2028年 · 全区）**" in markdown
    assert TARGET in markdown


def test_the_checker_finds_a_number_that_no_quote_holds() -> None:
    reply = typed(f"{TARGET}\n从业人员1.2万名。", None, sources(), by="小周")
    assert unverifiable(f"{TARGET}[1]\n{reply.dated}", reply) == []
    assert unverifiable("到2028年突破3100亿元", reply) == ["3100"]
    assert unverifiable("800 − 12 = 788", reply) == ["12", "788"]
    assert unverifiable("3000 − 2028 = 972", reply) == []
    assert unverifiable("3000 − 2028 = 973", reply) == ["973"]


def test_only_what_is_accepted_goes_out_drafts_carry_a_mark(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    with pytest.raises(LeadError, match="还没有可以发出的答复"):
        out(store, lead, "markdown")
    text = out(store, lead, "markdown", drafts=True).data.decode()
    assert text.count("草稿，未经人工确认") == 8


def test_a_typed_sentence_without_a_source_stays_at_home_unless_it_shows_its_mark(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path)
    answered(store, lead)
    item = store.item(lead, 1)
    reply = typed(f"{TARGET}\n到2028年，青溪全区规模以上工业产值突破5000亿元。", item.reply, sources(), by="小周")
    assert [one.proven for one in reply.said] == [True, False]
    assert "5000亿元" in reply.said[1].fault
    store.revise(item, reply, who="小周")
    store.move(store.item(lead, 1), QuestionStatus.DONE, who="小周")
    sent = out(store, lead)
    assert "5000" not in answer_of(sent)
    assert any("5000亿元" in notice and "第 1 题" in notice for notice in sent.notices)
    marked = answer_of(out(store, lead, unsourced=True))
    assert "5000亿元。〔此句无报道依据〕" in marked


def answer_of(sent: Export) -> str:
    rows = docx.Document(io.BytesIO(sent.data)).tables[0].rows
    return str(rows[1].cells[2].text)


def test_a_typed_sentence_finds_its_own_source_and_half_a_clause_is_none() -> None:
    reply = typed("租金三年不涨。\n从业人员1.2万名。", None, sources(), by="小周")
    assert [one.proven for one in reply.said] == [True, True]
    assert {one.article_id for one in reply.citations} == {"harbour-2024"}
    assert reply.dated == "据2024年5—6月（推定）报道"
    assert not typed("租金三年涨。", None, sources(), by="小周").said[0].proven


def test_of_a_sentence_that_nothing_proves_only_what_has_no_source_is_lit() -> None:
    reply = typed(TARGET.replace("2028", "2031"), None, sources(), by="小周")
    shown = sentences_html(reply)
    assert not reply.proven and "<mark>2031年</mark>" in shown and "<mark>3000亿元" not in shown


def test_figures_without_a_source_light_up() -> None:
    sentence = "到2028年产值达到5000亿元，比3000亿元多。"
    assert [sentence[one.start : one.end] for one in lights(sentence, [TARGET])] == ["5000亿元"]
    assert [sentence[one.start : one.end] for one in lights("2031年会更好。", [TARGET])] != [""]
    assert lights(TARGET, [TARGET]) == []


def test_an_answer_whose_article_was_withdrawn_or_altered_stays_at_home(tmp_path: Path) -> None:
    store, lead = accepted(tmp_path, "问卷.docx", files.word())
    fewer = {name: one for name, one in ARTICLES.items() if name != "harbour-2024"}
    sent = export(store, lead, fewer, ExportWish("markdown"), SENDER, TODAY)
    assert "3000亿元" not in sent.data.decode()
    assert any("撤下" in notice for notice in sent.notices)


def test_a_reply_that_was_tampered_with_does_not_pass_the_last_proof() -> None:
    reply = typed(TARGET, None, sources(), by="小周")
    false = replace(reply, said=(replace(reply.said[0], text=TARGET.replace("3000", "8000")),))
    assert not proven_again(false, ARTICLES).said[0].proven
    assert proven_again(reply, ARTICLES) == reply


DANGEROUS = [
    "=1+1",
    "＝1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
    " =1+1",
    "\u200b=1+1",
    "%0A=1",
    "|x",
    "-2+3+cmd",
    '=HYPERLINK("http://evil")',
]
HARMLESS = ["-5.2%", "-5.2 %", "+86 571 0000", "3000亿元"]


CSV = "序号,问题,答复\n1,增速是多少？,\n".encode()


@pytest.mark.parametrize("text", [*DANGEROUS, *HARMLESS])
def test_no_cell_of_an_export_is_a_formula_and_numbers_stay_as_they_are(text: str) -> None:
    cell = load_workbook(io.BytesIO(fill_sheets(files.sheet(), {"产业与空间": {"D5": text}})))["产业与空间"]["D5"]
    assert cell.data_type == "s"
    assert cell.value == text.strip()
    assert bool(cell.quotePrefix) == (text not in HARMLESS)
    rows = list(csv.reader(io.StringIO(fill_csv(CSV, {"2:3": text}).decode())))
    assert rows[0] == ["序号", "问题", "答复"]
    assert rows[1][2] == (text if text in HARMLESS else f"'{text.strip()}")


def test_characters_that_xml_does_not_know_and_very_long_answers_break_nothing(tmp_path: Path) -> None:
    long = "好" * 40_000 + "\x07\x00\ud800"
    store, lead = with_lead(tmp_path, "问卷.xlsx", files.sheet())
    store.draft(store.item(lead, 1), Reply(said=(Said(long, (), "typed"),)))
    page = load_workbook(io.BytesIO(out(store, lead, drafts=True, unsourced=True).data))["产业与空间"]
    assert len(str(page["D5"].value)) <= 32_000
    assert "全文见答复函" in str(page["D5"].value)


def test_a_csv_file_keeps_its_encoding_and_every_other_byte(tmp_path: Path) -> None:
    text = '编号;问题;答复\r\n1;"青溪2028工业目标\r\n是多少?";\r\n2;有几家书店？\r\n3;"常住""人口""";\r\n'
    store, lead = with_lead(tmp_path, "问卷.csv", text.encode("gb18030"))
    answered(store, lead)
    for item in store.items(lead):
        if item.asked.text != '常住"人口"':
            store.revise(item, typed(TARGET, None, sources(), by="小周"), who="小周")
            store.move(store.item(lead, item.number), QuestionStatus.DONE, who="小周")
    after = out(store, lead).data.decode("gb18030")
    rows = list(csv.reader(io.StringIO(after, newline=""), delimiter=";"))
    assert rows[1][2].startswith(TARGET)
    assert rows[3] == ["3", '常住"人口"', ""]
    assert after.startswith('编号;问题;答复\r\n1;"青溪2028工业目标\r\n是多少?";"')
    assert after.rstrip().endswith(f'"{wording.LABEL}"')


def test_what_stands_in_an_answer_cell_or_must_be_chosen_is_not_overwritten(tmp_path: Path) -> None:
    store, lead = with_lead(tmp_path, "问卷.xlsx", files.sheet())
    for number in (1, 5, 45):
        store.revise(store.item(lead, number), typed(TARGET, None, sources(), by="小周"), who="小周")
        store.move(store.item(lead, number), QuestionStatus.DONE, who="小周")
    sent = out(store, lead)
    assert sent.filled == 1
    assert any("第 5 题" in notice and "已有内容" in notice for notice in sent.notices)
    assert any("第 45 题" in notice and "只能选" in notice for notice in sent.notices)


def test_a_letter_on_the_paper_of_the_house(tmp_path: Path) -> None:
    template = docx.Document()
    template.sections[0].header.paragraphs[0].text = "青溪区投资促进局公函"
    template.save(str(tmp_path / "公函.docx"))
    store, lead = accepted(tmp_path, "问卷.docx", files.word())
    letter = docx.Document(io.BytesIO(out(store, lead, "letter", template=tmp_path / "公函.docx").data))
    assert letter.sections[0].header.paragraphs[0].text == "青溪区投资促进局公函"
    (tmp_path / "坏.docx").write_bytes(b"%PDF-1.7")
    with pytest.raises(UnreadableFile, match="坏"):
        out(store, lead, "letter", template=tmp_path / "坏.docx")
    with pytest.raises(LeadError, match="模板"):
        out(store, lead, "letter", template=tmp_path / "无.docx")
