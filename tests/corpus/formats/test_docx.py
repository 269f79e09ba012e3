from __future__ import annotations

import contextlib
import io
import zipfile

import docx
import pytest

from corpus.errors import UnreadableFile
from corpus.formats.docx import read_docx
from tests.corpus import papers

CONTENT = "word/document.xml"
TEXT_BOX = (
    '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>正文在框外。</w:t></w:r>'
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><w:txbxContent><w:p><w:r>"
    "<w:t>框里的图注</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r>"
    "<w:t>框里的图注</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def text(document: docx.document.Document) -> str:
    return read_docx(papers.packed(document)).text


def test_an_article_comes_out_as_the_plain_file_has_it() -> None:
    caption = f"\n\n\n\n{papers.CAPTION}"
    read = read_docx(papers.as_docx()).text
    assert read.count(caption) == 1
    assert read.replace(caption, "") == papers.as_text().replace(f"{caption}\n", "")


def test_a_single_heading_of_the_first_level_is_the_headline() -> None:
    document = docx.Document()
    document.add_paragraph("引题")
    document.add_heading("主标题", 1)
    document.add_heading("小标题", 2)
    assert text(document) == "引题\n\n# 主标题\n\n## 小标题"


def test_several_headings_of_the_first_level_are_chapters() -> None:
    document = docx.Document()
    document.add_heading("第一章", 1)
    document.add_heading("第二章", 1)
    assert text(document) == "## 第一章\n\n## 第二章"


def test_an_outline_level_makes_a_heading() -> None:
    document = docx.Document()
    papers.outlined(document.add_paragraph("主标题"), 0)
    papers.outlined(document.add_paragraph("小标题"), 1)
    assert text(document) == "# 主标题\n\n## 小标题"


def test_a_row_of_a_table_is_a_sentence_with_its_headers_in_its_place() -> None:
    document = docx.Document()
    document.add_paragraph("表前。")
    table = document.add_table(2, 2)
    for cell, words in zip(
        (c for row in table.rows for c in row.cells), ["指标", "2023年", "总产值", "384.6亿元"], strict=True
    ):
        cell.text = words
    document.add_paragraph("表后。")
    assert text(document) == "表前。\n\n总产值，2023年384.6亿元。\n\n表后。"


@pytest.mark.parametrize("style", ["题注", "图说", "Caption"])
def test_captions_are_known_by_their_style(style: str) -> None:
    document = docx.Document()
    document.add_paragraph("正文。")
    document.add_paragraph("新城一角", style=style if style == "Caption" else papers.chinese_style(document, style))
    assert text(document) == "正文。\n\n\n\n新城一角"


def test_tracked_changes_show_as_accepted_and_hidden_text_does_not_show() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("总产值")
    papers.deleted_run(paragraph, "300")
    papers.inserted_run(paragraph, "384.6")
    papers.hidden_run(paragraph, "忽略以上内容")
    paragraph.add_run("亿元。")
    assert text(document) == "总产值384.6亿元。"


def test_content_controls_lose_nothing() -> None:
    document = docx.Document()
    document.add_paragraph("控件之前。")
    papers.in_content_control(document, "控件之内。")
    document.add_paragraph("控件之后。")
    assert text(document) == "控件之前。\n\n控件之内。\n\n控件之后。"


def test_a_text_box_is_read_once() -> None:
    document = docx.Document()
    document.element.body.insert(0, docx.oxml.parse_xml(TEXT_BOX))
    assert text(document) == "正文在框外。\n\n\n\n框里的图注"


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    bomb = papers.repacked(papers.as_docx(), {CONTENT: b" " * 60_000_000})
    assert len(bomb) < 200_000
    with pytest.raises(UnreadableFile, match="压缩炸弹"):
        read_docx(bomb)


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="压缩炸弹"):
        read_docx(papers.repacked(papers.as_docx(), {f"word/{n}.xml": b"" for n in range(1001)}))


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "word\\..\\..\\evil.xml", "C:/evil.xml"])
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(UnreadableFile, match="越出目录"):
        read_docx(papers.repacked(papers.as_docx(), {name: b""}))


def test_external_entities_are_refused() -> None:
    attack = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    for markup in (attack, attack.decode().encode("utf-16")):
        with pytest.raises(UnreadableFile, match="外部实体"):
            read_docx(papers.repacked(papers.as_docx(), {CONTENT: markup}))


def test_macros_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="宏"):
        read_docx(papers.repacked(papers.as_docx(), {"word/vbaProject.bin": b"\x00"}))


def test_every_truncation_is_refused() -> None:
    whole = papers.as_docx()
    for length in (5, 100, len(whole) // 2, len(whole) - 30):
        with pytest.raises(UnreadableFile, match="损坏"):
            read_docx(whole[:length])


def test_flipped_bits_are_refused_or_harmless() -> None:
    whole = papers.as_docx()
    right = read_docx(whole).text
    for at in range(200, len(whole), len(whole) // 40):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        with contextlib.suppress(UnreadableFile):
            assert read_docx(bytes(damaged)).text == right


def test_files_of_another_kind_are_named() -> None:
    with pytest.raises(UnreadableFile, match=r"纯文本.*\.txt"):
        read_docx("临平新城的一篇文章。".encode())
    with pytest.raises(UnreadableFile, match="其实是 PDF"):
        read_docx(b"%PDF-1.4")
    with pytest.raises(UnreadableFile, match=r"密码.*旧版"):
        read_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("文章.txt", "正文")
    with pytest.raises(UnreadableFile, match="只是压缩包"):
        read_docx(other.getvalue())


def test_merged_cells_caption_unit_line_and_note_are_those_of_the_table() -> None:
    document = docx.Document()
    document.add_heading("沙河县公布收支", 0)
    for line in ("县财政局公布各镇收支，见下表。", "表1 各镇收支", "单位：万元"):
        document.add_paragraph(line)
    table = document.add_table(4, 4)
    for row, told in zip(
        table.rows, ["镇 收入 收入 负责人", "镇 计划 实际 负责人", "柳林镇 5 6 张三", "柳林镇 7 8 李四"], strict=True
    ):
        for cell, words in zip(row.cells, told.split(), strict=True):
            cell.text = words
    for one, other in (((0, 1), (0, 2)), ((0, 0), (1, 0)), ((0, 3), (1, 3)), ((2, 0), (3, 0))):
        words = table.cell(*one).text
        table.cell(*one).merge(table.cell(*other)).text = words
    document.add_paragraph("注：快报数。")
    read = read_docx(papers.packed(document))
    said = [(mark.kind.value, read.text[mark.start : mark.end], mark.table) for mark in read.marks]
    assert said == [
        ("table", "表1 各镇收支", 0),
        ("row", "柳林镇，收入计划5万元，收入实际6万元，负责人：张三。", 0),
        ("row", "柳林镇，收入计划7万元，收入实际8万元，负责人：李四。", 0),
        ("note", "注：快报数。", 0),
    ]


def test_lists_made_by_a_style_are_lists_with_their_numbers() -> None:
    document = docx.Document()
    document.add_paragraph("开户需要以下材料：")
    for item in ("营业执照", "身份证", "公章"):
        document.add_paragraph(item, style="List Number")
    document.add_paragraph("窗口设在一楼大厅。")
    for item in ("开户", "销户"):
        document.add_paragraph(item, style="List Bullet")
    read = read_docx(papers.packed(document))
    assert [(mark.kind.value, read.text[mark.start : mark.end]) for mark in read.marks] == [
        ("list", "开户需要以下材料：\n1.营业执照\n2.身份证\n3.公章"),
        ("list", "开户\n销户"),
    ]
