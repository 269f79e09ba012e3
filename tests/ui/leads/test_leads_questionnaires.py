"""Files of questions in: each question once, with its place; nothing that is none; nothing that is not safe."""

from __future__ import annotations

import io
from email.message import EmailMessage

import docx
import openpyxl
import pytest

from corpus.errors import QuestionError, UnreadableFile
from tests.ui.leads import files
from ui.leads.asking import asks
from ui.leads.questionnaires import parse_columns, read_questionnaire
from ui.leads.records import Columns


def test_every_visible_question_of_a_sheet_is_read_once_with_its_cells() -> None:
    read = read_questionnaire("问卷.xlsx", files.sheet())
    assert [one.text for one in read.questions] == [text for text in files.ALL if text != files.HIDDEN]
    assert len(read.questions) == 60
    first, later = read.questions[0], read.questions[-1]
    assert (first.place.part, first.place.at, first.place.answer, first.section) == (
        "产业与空间",
        "C5",
        "D5",
        "产业基础",
    )
    assert (later.place.part, later.label, later.section) == ("要素与人才", "61", "人才与生活")
    assert [(one.columns, one.questions) for one in read.layouts] == [(Columns(3, 4, 3), 40), (Columns(3, 4, 3), 20)]
    assert read.layouts[0].headers == ("序号", "类别", "问题", "答复", "备注")


def test_a_merged_cell_beside_questions_names_their_theme() -> None:
    book = openpyxl.Workbook()
    for row in (
        ("序号", "类别", "问题", "答复"),
        (1, "产业", "产值多少？"),
        (2, None, "人才总量"),
        (3, "交通", "到省城多久？"),
        (4, None, "地铁"),
    ):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.active.merge_cells("B4:B5")
    out = io.BytesIO()
    book.save(out)
    read = read_questionnaire("问.xlsx", out.getvalue())
    assert [(one.section, one.text, one.label) for one in read.questions] == [
        ("产业", "产值多少？", "1"),
        ("产业", "人才总量", "2"),
        ("交通", "到省城多久？", "3"),
        ("交通", "地铁", "4"),
    ]


def test_hidden_rows_and_sheets_are_told_and_not_asked() -> None:
    read = read_questionnaire("问卷.xlsx", files.sheet())
    assert "隐藏的工作表「内部」没有读。" in read.notices
    assert any("隐藏的行" in notice and "1 个" in notice for notice in read.notices)
    assert not any("底价" in one.text for one in read.questions)


def test_what_stands_in_the_answer_cell_and_its_drop_down_are_kept() -> None:
    read = read_questionnaire("问卷.xlsx", files.sheet())
    given = next(one for one in read.questions if one.place.answer == "D9" and one.place.part == "产业与空间")
    choice = next(one for one in read.questions if one.place.answer == "D9" and one.place.part == "要素与人才")
    assert given.given == "-5.2%"
    assert choice.choices == ("是", "否", "待核实")


def test_columns_can_be_set() -> None:
    read = read_questionnaire("问卷.xlsx", files.sheet(), parse_columns(["产业与空间:C:5:3"]))
    assert read.questions[0].place.answer == ""  # a formula stands there
    assert read.questions[1].place.answer == "E6"
    assert any("公式" in notice for notice in read.notices)
    with pytest.raises(QuestionError, match="Sheet9"):
        read_questionnaire("问卷.xlsx", files.sheet(), {"Sheet9": Columns(1, 2)})
    for wrong in ("产业", "产业:?:2", "产业:0:2"):
        with pytest.raises(QuestionError, match="写法不对"):
            parse_columns([wrong])


def test_tables_and_lists_of_a_word_file_are_read_with_their_cells_and_paragraphs() -> None:
    read = read_questionnaire("问卷.docx", files.word())
    texts = [one.text for one in read.questions]
    assert texts[:8] == [
        "青溪2028工业目标是多少?",
        "青溪有多少家设计企业？",
        "数谷去年比前年多招了多少人？",
        "车站有哪些配套？",
        "码头的租金是不是每年都涨？",
        "数谷2025年完成投资多少？",
        "常住人口",
        "有几家书店？",
    ]
    assert texts[8:] == [
        "高铁到省城要多久？",
        "人才政策",
        "智能装备、生物医药、时尚设计三大产业占比是多少？",
        "目前那里有多少家设计企业？",
    ]
    assert read.questions[4].section == "空间与用地"
    assert read.questions[8].place.answer == f"p{int(read.questions[8].place.at[1:]) + 1}"  # the «答：» below
    assert read.questions[9].place.answer == f"+{read.questions[9].place.at}"


def test_a_pdf_is_asked_for_what_its_table_and_its_lines_ask() -> None:
    read = read_questionnaire("问卷.pdf", files.pdf())
    assert tuple(one.text for one in read.questions) == files.PDF_QUESTIONS
    assert read.kind == "pdf"


def test_a_word_file_is_asked_in_its_own_order_under_its_own_headings() -> None:
    document = docx.Document()
    document.add_heading("一、产业", 1)
    table = document.add_table(rows=0, cols=2)
    for row in (("问题", "答复"), ("产值多少？", ""), ("人才总量", "")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading("二、交通", 1)
    document.add_paragraph("1. 到省城要多久？")
    document.add_heading("三、政策", 1)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "以下由主管科室填写"
    table.cell(1, 0).text = "补贴标准是多少？"
    out = io.BytesIO()
    document.save(out)
    read = read_questionnaire("问卷.docx", out.getvalue())
    assert [(one.section, one.text) for one in read.questions] == [
        ("产业", "产值多少？"),
        ("产业", "人才总量"),
        ("交通", "到省城要多久？"),
        ("政策", "补贴标准是多少？"),  # the only row of its table that is no heading
    ]
    assert read.questions[-1].place.answer


def test_a_table_in_two_halves_is_asked_in_both_and_what_announces_or_stands_in_brackets_in_none() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=4)
    for row in (
        ("请贵方就以下问题予以书面答复：", "", "", ""),
        ("1、规上企业多少家？", "", "2、高新企业有多少家？", ""),
        ("3、有没有产业园？", "", "4、到省城要多久？", ""),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("其他需要了解的事项：")
    for text in ("公寓的申请条件", "（请另附页）"):
        document.add_paragraph(text, style="List Number")
    out = io.BytesIO()
    document.save(out)
    read = read_questionnaire("问卷.docx", out.getvalue())
    assert [one.text for one in read.questions] == [
        "规上企业多少家？",
        "高新企业有多少家？",
        "有没有产业园？",
        "到省城要多久？",
        "公寓的申请条件",
    ]
    assert len({one.place.answer for one in read.questions}) == 5 and all(one.place.answer for one in read.questions)


def test_a_sheet_headed_by_single_letters_is_filled_where_it_says() -> None:
    read = read_questionnaire("qa.csv", b"A,Q\n,How large is the zone?\n,How many firms are there?\n")
    assert [(one.text, one.place.answer) for one in read.questions] == [
        ("How large is the zone?", "2:1"),
        ("How many firms are there?", "3:1"),
    ]


def test_a_mail_in_html_is_read_as_it_is_shown() -> None:
    mail = EmailMessage()
    mail["Subject"] = "几个问题"
    mail.set_content("请用支持 HTML 的软件查看")
    mail.add_alternative(
        "<html><head><style>p { color: red }</style></head><body><p>科长好，想请教几个问题：</p><ol><li>数谷有多少家设计企业？</li>"
        "<li>R&amp;D 投入</li><li>人才公寓的申请条件</li></ol><p>盼复。</p></body></html>",
        subtype="html",
    )
    read = read_questionnaire("信.eml", mail.as_bytes())
    assert [one.text for one in read.questions] == ["数谷有多少家设计企业？", "R&D 投入", "人才公寓的申请条件"]


def test_a_question_that_only_the_margin_of_a_pdf_cuts_is_one() -> None:
    prose = [
        "1. 贵区去年的地区生产总值是多少，其中规模以上工业增加值又是多少，占全市的比重有没有超过百分之十？",
        "What is the total area of the development zone and how many enterprises of industry are located in it at present?",
        "另外，从南站到省城的高铁最快要多久？",
    ]
    cells = [
        ["问题", "答复"],
        ["高新技术产业增加值占规模以上工业增加值的比重是多少？", ""],
        ["人才总量有多少万人？", ""],
    ]
    read = read_questionnaire("问.pdf", files.narrow_pdf(prose, cells))
    assert [one.text for one in read.questions] == [
        prose[0].removeprefix("1. "),
        prose[1],
        prose[2].removeprefix("另外，"),
        *(row[0] for row in cells[1:]),
    ]


def test_a_pdf_that_cannot_be_read_says_why() -> None:
    from reportlab.pdfgen.canvas import Canvas

    with pytest.raises(UnreadableFile, match=r"问卷\.pdf：加了密码"):
        read_questionnaire("问卷.pdf", files.pdf("geheim"))
    with pytest.raises(UnreadableFile, match="已损坏"):
        read_questionnaire("问卷.pdf", files.pdf()[:800])
    out = io.BytesIO()
    scan = Canvas(out)
    scan.rect(10, 10, 300, 300, fill=1)
    scan.save()
    with pytest.raises(UnreadableFile, match="像是扫描件"):
        read_questionnaire("问卷.pdf", out.getvalue())


def test_a_mail_is_asked_for_its_nine_questions_and_nothing_else() -> None:
    read = read_questionnaire("mail.txt", files.MAIL.encode())
    assert tuple(one.text for one in read.questions) == files.MAIL_QUESTIONS
    assert read.questions[2].context == "我们在新闻里看到了数谷。"
    assert [one.label for one in read.questions[4:7]] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "said",
    [
        "附件收到了吗？",
        "能否本周五前回复？",
        "方便的话下周二上午我们通个电话？",
        "您什么时候有空？",
        "不知您是否方便见面？",
        "想进一步了解贵区情况。",
        "最近好吗？",
        "收到请回复。",
        "请查收附件。",
        "这份表格能否在30号之前发给我？",
        "我们公司成立于2010年。",
    ],
)
def test_the_correspondence_itself_is_no_question(said: str) -> None:
    assert not asks(said)


@pytest.mark.parametrize(
    "said",
    [
        "请提供近三年的用电价格。",
        "希望了解人才公寓的数量",
        "数据中心能否回复电力接入？",
        "会议中心有多大？",
        "2023年产值是多少，能否尽快回复？",
        "请列出主要的配套企业",
    ],
)
def test_requests_without_a_question_mark_ask(said: str) -> None:
    assert asks(said)


@pytest.mark.parametrize(
    ("mail", "asked"),
    [
        (
            "Could you please answer the following questions:\n1. What was the output in 2023?\n2. Distance to the nearest airport\n3. We were founded in 1998.\n",
            ["What was the output in 2023?", "Distance to the nearest airport"],
        ),
        (
            "一、公司情况\n1. 我司成立于2010年。\n2. 主营精密模具。\n二、需要了解的问题\n1. 贵区去年规上工业产值\n2. 人才公寓情况\n",
            ["贵区去年规上工业产值", "人才公寓情况"],
        ),
        (
            "您好，想请教三个问题：①2023年GDP；②常住人口；③地铁线路有几条？谢谢！",
            ["2023年GDP", "常住人口", "地铁线路有几条？"],
        ),
        ("请问贵区（1）2023年产值多少（2）人口多少？", ["2023年产值多少", "人口多少？"]),
        ("一是工业用地价格；二是电价多少。", ["工业用地价格", "电价多少。"]),
        ("首先，我们成立于2010年；其次，请介绍用电价格。", ["请介绍用电价格。"]),
        ("昨天聊得很愉快。园区现在有多少企业？能不能安排下周去看看？另外把宣传册发我一份。", ["园区现在有多少企业？"]),
        ("1.2万名员工够吗？", ["1.2万名员工够吗？"]),
    ],
)
def test_lists_and_sentences_of_mails(mail: str, asked: list[str]) -> None:
    assert [one.text for one in read_questionnaire("mail.txt", mail.encode()).questions] == asked


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ("一、基本情况,\n常住人口,\n二、产业情况,\n工业产值,\n企业数量,\n", ["常住人口", "工业产值", "企业数量"]),
        ("一、用地情况,\n二、交通情况,\n三、电价,\n", ["用地情况", "交通情况", "电价"]),
        ('"1. GDP是多少？2. 人口是多少？",\n', ["GDP是多少？", "人口是多少？"]),
        ("有没有配套企业？请列举。,\n合计,\n注：请按年填写,\n联系人：,\n12,\n", ["有没有配套企业？请列举。"]),
    ],
)
def test_rows_of_a_column_of_questions(rows: str, asked: list[str]) -> None:
    assert [one.text for one in read_questionnaire("问.csv", f"问题,答复\n{rows}".encode()).questions] == asked


def test_csv_is_read_in_any_encoding_and_by_any_delimiter() -> None:
    text = "序号;问题;答复\n1;常住人口有多少？;\n2;工业用电价格;\n3;合计;\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        read = read_questionnaire("问卷.csv", text.encode(encoding))
        assert [(one.text, one.place.answer) for one in read.questions] == [
            ("常住人口有多少？", "2:3"),
            ("工业用电价格", "3:3"),
        ], encoding


def test_a_sheet_without_a_header_is_read_by_what_its_cells_ask() -> None:
    rows = "一,常住人口有多少？,\n二,工业用地多少亩？,\n三,租金是多少？,已答\n"
    read = read_questionnaire("问卷.csv", rows.encode())
    assert [one.text for one in read.questions] == ["常住人口有多少？", "工业用地多少亩？", "租金是多少？"]
    assert read.questions[2].given == "已答"


EXTERNAL = b'<Relationships><Relationship Id="r1" Type="http://x/oleObject" Target="file:///c:/a" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.xlsx", b"", "空的"),
        ("锁.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "密码"),
        ("锁.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "密码"),
        ("假.xlsx", b"%PDF-1.7 ...", "PDF"),
        ("假.xlsx", "问题,答复\n多少？,".encode(), "纯文本"),
        ("假.xlsx", files.word(), "Word 文档"),
        ("假.docx", files.sheet(), "Excel 表格"),
        ("假.csv", files.sheet(), "不是文字"),
        ("假.txt", bytes(2000), "不是文字"),
        ("旧.xls", b"\xd0\xcf", ".xlsx"),
        ("宏.xlsm", files.sheet(), "另存为 .xlsx"),
        ("宏.xlsx", files.altered(files.sheet(), **{"xl/vbaProject.bin": b"x"}), "宏"),
        ("宏.docx", files.altered(files.word(), **{"word/vbaProject.bin": b"x"}), "宏"),
        ("链.xlsx", files.altered(files.sheet(), **{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "链接"),
        ("链.docx", files.altered(files.word(), **{"word/_rels/settings.xml.rels": EXTERNAL}), "链接"),
        (
            "链.docx",
            files.altered(
                files.word(), **{"word/footer1.xml": b'<w:instrText xml:space="preserve"> DDEAUTO c:\\x</w:instrText>'}
            ),
            "链接",
        ),
        ("弹.xlsx", files.altered(files.sheet(), **{"xl/media/a.bin": bytes(60_000_000)}), "压缩炸弹"),
        ("体.xlsx", files.altered(files.sheet(), **{"xl/comments.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "实体"),
        ("逃.xlsx", files.altered(files.sheet(), **{"../a.txt": b"x"}), "越出目录"),
        ("坏.xlsx", files.sheet()[:3000], "损坏"),
        ("坏.docx", files.altered(files.word(), **{"word/document.xml": b"<w:document"}), "损坏"),
        ("图.png", b"\x89PNG", "能读的是"),
        ("大.txt", b"a" * 20_000_001, "20 MB"),
        ("无.txt", "我们公司成立于2010年。".encode(), "没有找到问题"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_by_name_in_one_chinese_sentence(
    name: str, data: bytes, words: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_questionnaire(name, data)
    told = str(refused.value)
    assert told.startswith(f"{name}：")
    assert words in told
    assert told.endswith("。")
    assert told.count("。") == 1
