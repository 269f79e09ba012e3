from __future__ import annotations

import io

import pytest
from reportlab.lib.colors import white
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import UnreadableFile
from corpus.formats.pdf import read_pdf
from tests.corpus import papers
from tests.corpus.papers import squeezed
from tests.corpus.typesetting import FONT, Picture, Sheet, pdf, raw

LONG = (papers.FIRST, *papers.PARAGRAPHS * 4)  # two pages
SENTENCE = "青禾新城的第二条生产线将在今年九月投产。"


def lines(data: bytes) -> list[str]:
    return [line for line in read_pdf(data).text.split("\n") if line]


def drawn(*strings: tuple[float, float, float, str]) -> Canvas:
    """Return a canvas with strings set at (x, y from the top, size)."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(io.BytesIO(), pagesize=(600, 800))
    for x, y, size, text in strings:
        canvas.setFont(FONT, size)
        canvas.drawString(x, 800 - y, text)
    return canvas


def saved(canvas: Canvas) -> bytes:
    canvas.save()
    return bytes(canvas._filename.getvalue())


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_an_article_in_columns_comes_out_as_the_plain_file_has_it(columns: int) -> None:
    caption = f"\n\n\n\n{papers.CAPTION}"
    read = read_pdf(papers.as_pdf(columns)).text
    assert read.count(caption) == 1
    assert read.replace(caption, "") == papers.as_text().replace(f"{caption}\n", "")


@pytest.mark.parametrize("columns", [2, 3, 4, 5])
@pytest.mark.parametrize("gutter", [10.0, 24.0])
@pytest.mark.parametrize("picture", [None, (0, 1, 0), (1, 1, 150), (1, 2, 200)])
def test_columns_are_read_one_by_one_around_pictures(
    columns: int, gutter: float, picture: tuple[int, int, int] | None
) -> None:
    pictures = [Picture(papers.CAPTION, *picture)] if picture else []
    sheet = Sheet(papers.HEADLINE, LONG, papers.KICKER, papers.BYLINE, columns, gutter, pictures=pictures)
    read = lines(pdf(sheet))
    assert read[:3] == [papers.KICKER, f"# {papers.HEADLINE}", papers.BYLINE]
    text = "".join(line for line in read[3:] if line != papers.CAPTION)
    assert squeezed(text) == squeezed("".join(LONG))
    assert read.count(papers.CAPTION) == len(pictures)


def test_a_paragraph_that_runs_on_in_the_next_column_or_page_is_one() -> None:
    read = lines(pdf(Sheet(papers.HEADLINE, LONG, columns=3)))
    assert [squeezed(line) for line in read[1:]] == [squeezed(text) for text in LONG]


def test_without_indents_a_paragraph_breaks_at_the_column_and_nowhere_else() -> None:
    read = lines(pdf(Sheet(papers.HEADLINE, papers.BODY, columns=1, indent=0)))
    assert read[1:] == list(papers.BODY)


def test_running_heads_and_page_numbers_are_left_out_and_their_date_is_kept() -> None:
    sheet = Sheet(papers.HEADLINE, LONG, columns=2, running_head="青禾日报 2024年5月20日 星期一 第3版")
    data = pdf(sheet)
    assert data.count(b"/Type /Page\n") == 2
    read = lines(data)
    assert read[:2] == ["2024年5月20日 星期一", f"# {papers.HEADLINE}"]
    assert squeezed("".join(read[2:])) == squeezed("".join(LONG))


@pytest.mark.parametrize("foot", ["{page}", "第{page}页", "- {page} -", "{page} / 2", "Page {page} of 2"])
def test_page_numbers_of_every_form_are_left_out(foot: str) -> None:
    assert squeezed("".join(lines(pdf(Sheet(papers.HEADLINE, LONG, foot=foot)))[1:])) == squeezed("".join(LONG))


def test_a_number_in_the_text_is_no_page_number() -> None:
    assert lines(saved(drawn((50, 100, 10, SENTENCE), (50, 115, 10, "384.6"), (50, 130, 10, SENTENCE))))[1:] != [
        SENTENCE
    ]


def test_subheads_side_by_side_belong_to_their_columns() -> None:
    strings = []
    for column, x in enumerate((50, 320)):
        for row in range(5):
            strings.append(
                (
                    x + 20 * (row == 0),
                    200 + 15 * row,
                    10,
                    f"{'甲乙'[column]}栏上文第{row}行" + "文" * (14 + 2 * (row > 0)),
                )
            )
            strings.append(
                (
                    x + 20 * (row == 0),
                    330 + 15 * row,
                    10,
                    f"{'甲乙'[column]}栏下文第{row}行" + "文" * (14 + 2 * (row > 0)),
                )
            )
        strings.append((x, 300, 14, f"{'甲乙'[column]}栏小标题在此处居中并且较长"))
    read = lines(saved(drawn(*strings)))
    assert [line.lstrip("# ")[:4] for line in read] == [
        "甲栏上文",
        "甲栏小标",
        "甲栏下文",
        "乙栏上文",
        "乙栏小标",
        "乙栏下文",
    ]


def test_a_large_first_letter_begins_its_paragraph() -> None:
    strings = [
        (50, 128, 32, "四"),
        (90, 110, 10, "月的青禾，油菜花刚刚谢去，"),
        (90, 125, 10, "站在新城的高处望去，一排排"),
    ]
    strings += [(50, 140, 10, "厂房沿着运河铺开，机器的声音取代"), (50, 155, 10, "了往日的蛙鸣。")]
    assert lines(saved(drawn(*strings))) == [
        "四月的青禾，油菜花刚刚谢去，站在新城的高处望去，一排排厂房沿着运河铺开，机器的声音取代了往日的蛙鸣。"
    ]


def test_bold_made_by_printing_twice_is_read_once_and_double_letters_stay() -> None:
    strings = [(50 + shift, 100, 10, "禾光电子Shill...投产") for shift in (0, 0.3)]
    assert lines(saved(drawn(*strings))) == ["禾光电子Shill...投产"]


def test_white_on_white_and_text_off_the_page_are_left_out_and_white_on_blue_is_read() -> None:
    canvas = drawn((50, 100, 10, SENTENCE), (50, 900, 10, "页面之外"))
    canvas.setFillColorRGB(0, 0, 0.6)
    canvas.rect(40, 480, 300, 60, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.drawString(50, 500, "蓝底白字看得见")
    canvas.drawString(50, 300, "忽略以上内容")
    assert lines(saved(canvas)) == [SENTENCE, "蓝底白字看得见"]


def test_a_row_of_a_ruled_table_is_a_sentence_with_its_headers_in_its_place() -> None:
    canvas = drawn((50, 100, 10, SENTENCE), (50, 300, 10, SENTENCE), (60, 165, 10, "指标"), (160, 165, 10, "2023年"))
    canvas.drawString(60, 605, "总产值")
    canvas.drawString(160, 605, "384.6亿元")
    canvas.grid([50, 150, 250], [600, 625, 650])
    assert lines(saved(canvas)) == [SENTENCE, "总产值，2023年384.6亿元。", SENTENCE]


def test_a_scan_is_refused() -> None:
    canvas = drawn((50, 780, 9, "3"))
    canvas.drawInlineImage(_grey(), 0, 0, 600, 800)
    with pytest.raises(UnreadableFile, match="OCR"):
        read_pdf(saved(canvas))
    blank = drawn()
    blank.showPage()
    with pytest.raises(UnreadableFile, match="OCR"):
        read_pdf(saved(blank))


def _grey() -> object:
    from PIL import Image

    return Image.new("L", (60, 80), 128)


def test_fonts_that_do_not_tell_their_characters_are_refused() -> None:
    font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]>>"
    inner = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R>>"
    )
    descriptor = b"<</Type/FontDescriptor/FontName/X/Flags 4/Ascent 800/Descent -200>>"
    with pytest.raises(UnreadableFile, match="乱码"):
        read_pdf(raw(b"BT /F1 12 Tf 50 700 Td <0102030405060708> Tj ET", font, inner, descriptor))


def test_a_locked_file_is_refused_and_one_that_opens_without_password_is_read() -> None:
    with pytest.raises(UnreadableFile, match="密码"):
        read_pdf(papers.as_pdf(password="secret"))


def test_every_truncation_is_refused_or_read_in_part() -> None:
    whole = papers.as_pdf()
    for length in (0, 8, 200, len(whole) // 2):
        with pytest.raises(UnreadableFile):
            read_pdf(whole[:length])


def test_rubbish_after_the_mark_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="损坏"):
        read_pdf(b"%PDF-1.7\n" + bytes(range(256)) * 40)


def test_other_files_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="不是 PDF"):
        read_pdf("这是一篇纯文本文章。".encode())


def test_radicals_that_only_look_like_characters_are_read_as_the_characters() -> None:
    """Chromium prints 青禾户 with the radicals of the Kangxi dictionary as the names of its glyphs."""
    mapping = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"6 beginbfchar <41> <2ED8> <42> <2F72> <43> <2F3E> <44> <2F00> <45> <2ED3> <46> <FB01> endbfchar endcmap end end"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    stream = b"<</Length %d>>\nstream\n" % len(mapping) + mapping + b"\nendstream"
    assert lines(raw(b"BT /F1 12 Tf 50 700 Td (ABCDEF) Tj ET", font, stream)) == ["青禾户一长fi"]


def test_the_lines_that_a_browser_prints_around_a_page_are_left_out() -> None:
    data = drawn((50, 30, 8, "2024/5/20 10:30"), (50, 100, 10, SENTENCE), (50, 780, 8, "https://news.example.cn/a"))
    data.drawString(550, 20, "1/1")
    assert lines(saved(data)) == [SENTENCE]


def test_the_end_of_a_sentence_at_the_top_of_a_page_is_no_running_head() -> None:
    canvas = drawn()
    for page in range(1, 5):
        canvas.setFont(FONT, 9)
        canvas.drawString(60, 770, "沙河县工程年报")
        canvas.drawString(280, 30, f"第 {page} 页 共 4 页")
        canvas.setFont(FONT, 11)
        if page > 1:
            canvas.drawString(60, 730, f"{page - 1}2个月。")
        if page < 4:
            canvas.drawString(
                82, 712, f"第{page}项工程在沙河县，计划投资{page}亿元，由县政府负责实施，2025年{page}月开"
            )
            canvas.drawString(60, 694, "工，建设工期")
        canvas.showPage()
    read = lines(saved(canvas))
    assert [line[-11:] for line in read] == [f"工，建设工期{page}2个月。"[-11:] for page in (1, 2, 3)]


_GRID = (
    "街道|户籍人口（万人）|产值（亿元）|同比",
    "柳林街道|6.2|118.4|5.1%",
    "石渡街道|4.8|-|-2.3%",
    "白沙街道|7.9|203.6|持平",
)
_ROWS = [
    "柳林街道，户籍人口6.2万人，产值118.4亿元，同比5.1%。",
    "石渡街道，户籍人口4.8万人，产值：-，同比-2.3%。",
    "白沙街道，户籍人口7.9万人，产值203.6亿元，同比：持平。",
]


@pytest.mark.parametrize("rules", [(), (138, 156, 222)])
def test_a_table_without_verticals_is_read_row_by_row(rules: tuple[int, ...]) -> None:
    before = "沙河县统计局近日公布各街道主要指标，见下表，请各单位按此执行，并于月底前报送有关材料。"
    after = "以上数据为快报数，年报数以统计公报为准，各单位使用时请注明来源和时间，不得擅自更改。"
    strings = [(70.0, 100.0, 10.0, before), (70.0, 260.0, 10.0, after)]
    strings += [
        (60.0 + 110 * column, 150.0 + 20 * row, 10.0, cell)
        for row, told in enumerate(_GRID)
        for column, cell in enumerate(told.split("|"))
    ]
    canvas = drawn(*strings)
    for y in rules:
        canvas.line(50, 800 - y, 500, 800 - y)
    assert lines(saved(canvas)) == [before, *_ROWS, after]


def test_short_lines_in_columns_that_hold_no_figures_are_no_table() -> None:
    strings = [
        (60.0 + 110 * column, 150.0 + 14 * row, 10.0, "文" * 9 + "甲乙丙"[column])
        for row in range(6)
        for column in range(3)
    ]
    read = read_pdf(saved(drawn(*strings)))
    assert not read.marks
    assert squeezed(read.text) == "".join(("文" * 9 + name) * 6 for name in "甲乙丙")


@pytest.mark.parametrize("strength", [40, 128])
def test_a_file_that_may_be_read_but_not_changed_is_read(strength: int) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    lock = StandardEncryption("", ownerPassword="secret", canPrint=0, canCopy=0, strength=strength)
    canvas = Canvas(io.BytesIO(), pagesize=(600, 800), encrypt=lock)
    canvas.setFont(FONT, 12)
    canvas.drawString(60, 700, SENTENCE)
    assert lines(saved(canvas)) == [SENTENCE]


def test_text_set_downwards_is_refused_by_name() -> None:
    text = "四月的青禾油菜花刚刚谢去站在新城的高处望去一排排厂房沿着运河铺开机器的声音取代了往日的蛙鸣" * 2
    strings = [(500.0 - 20 * (at // 30), 60.0 + 15 * (at % 30), 12.0, character) for at, character in enumerate(text)]
    with pytest.raises(UnreadableFile, match="竖排"):
        read_pdf(saved(drawn(*strings)))


def test_a_note_at_the_foot_of_a_page_is_apart_from_the_sentence_over_the_break() -> None:
    canvas = drawn(
        (60, 100, 11, "一号渠工程位于沙河县，计划投资11亿元，由沙河县人民政府负责实施，"),
        (60, 118, 11, "2025年1月开工，建设工期"),
        (60, 760, 7, "注1：投资额不含土地费用1亿元。"),
    )
    canvas.showPage()
    canvas.setFont(FONT, 11)
    canvas.drawString(60, 700, "10个月。二号渠另行安排。")
    read = read_pdf(saved(canvas))
    assert [read.text[mark.start : mark.end] for mark in read.marks if mark.kind.value == "note"] == [
        "注1：投资额不含土地费用1亿元。"
    ]
    assert "2025年1月开工，建设工期10个月。二号渠另行安排。" in read.text
