"""One invented article, made as a file of every format that we read."""

from __future__ import annotations

import io
import zipfile

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.corpus.typesetting import Picture, Sheet, pdf

HEADLINE = "青禾区三年再造一座产业新城"
KICKER = "从一片稻田出发"
BYLINE = "本报记者 王小禾 李大川"
FIRST = "# 稻田里长出的工厂"
SECOND = "# 老街上的新生意"
CAPTION = "俯瞰青禾新城的中央公园"
BODY = (
    "四月的青禾，油菜花刚刚谢去。站在新城的高处望去，一排排厂房沿着运河铺开，机器的声音取代了往日的蛙鸣。"
    "三年前，这里还是一片稻田，如今已经有一百二十六家企业落户，去年的规上工业总产值达到384.6亿元，同比增长9.2%。",
    "“我们只用了十一个月就从拿地走到投产。”禾光电子的负责人陈一鸣说，“以前跑手续要盖四十多个章，现在一个窗口就办完了。”"
    "这家企业的第二条生产线将在今年9月投产，届时年产能将从两千万片提高到五千万片。",
    "变化的背后是一套新的办法。区里把二十三个部门的审批事项收进一个大厅，企业只要递一次材料，其余的事由专员去跑。"
    "据统计，去年全区为企业平均节省时间六十七天，减少材料一百四十余份，企业满意率达到99.1%。",
)
MORE = (
    "离工厂两公里的东塘老街，也有了新的模样。青石板路重新铺过，临河的老屋换了瓦，檐下挂起了灯笼。"
    "周末的晚上，年轻人从市区坐四十分钟地铁赶来，吃一碗片儿川，听一场露天音乐会。",
    "七十一岁的周阿婆在街口开了四十年的豆腐店。她说，去年国庆七天卖出的豆腐干，抵得上过去三个月。"
    "“人多了，心里热闹。”阿婆一边说，一边把新出锅的豆腐脑端给排队的客人。",
    "按照规划，到2028年，青禾将建成两个千亿级产业集群，常住人口达到六十万。一座产城融合的新城，正从图纸走进日常。",
)
PARAGRAPHS = (*BODY, SECOND, *MORE)


def squeezed(text: str) -> str:
    """Return text without white space and heading marks."""
    return "".join(text.replace("#", "").split())


def as_text() -> str:
    lines = [KICKER, f"# {HEADLINE}", BYLINE, f"#{FIRST}", *BODY, f"#{SECOND}", *MORE]
    return "\n\n".join(lines) + f"\n\n\n\n{CAPTION}\n"


def as_html() -> str:
    body = "".join(f"<p>　　{text}</p>" for text in BODY)
    more = "".join(f"<p>&nbsp;&nbsp;{text}</p>" for text in MORE)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{HEADLINE}_青禾日报</title></head><body>"
        "<nav><a href='/'>首页</a><a href='/a'>要闻</a></nav><article>"
        f"<h3>{KICKER}</h3><h1>{HEADLINE}</h1><p>{BYLINE}</p><h2>{FIRST[2:]}</h2>{body}"
        f"<figure><img src='a.jpg'><figcaption>{CAPTION}</figcaption></figure><h2>{SECOND[2:]}</h2>{more}"
        "</article><footer>版权所有</footer></body></html>"
    )


def as_docx() -> bytes:
    document = docx.Document()
    document.add_paragraph(KICKER)
    document.add_heading(HEADLINE, 0)
    document.add_paragraph(BYLINE)
    document.add_heading(FIRST[2:], 1)
    for text in BODY:
        document.add_paragraph(text)
    document.add_paragraph(CAPTION, style="Caption")
    document.add_heading(SECOND[2:], 1)
    for text in MORE:
        document.add_paragraph(text)
    return packed(document)


def as_pdf(columns: int = 3, password: str = "") -> bytes:
    sheet = Sheet(
        HEADLINE,
        (FIRST, *PARAGRAPHS),
        KICKER,
        BYLINE,
        columns,
        pictures=[Picture(CAPTION, 0, min(1, columns - 1), 120)],
    )
    return pdf(sheet, password)


def packed(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def repacked(data: bytes, changed: dict[str, bytes]) -> bytes:
    """Return a .docx with parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, part in changed.items():
            new.writestr(name, part)
    return file.getvalue()


def hidden_run(paragraph: docx.text.paragraph.Paragraph, text: str) -> None:
    paragraph.add_run(text).font.hidden = True


def deleted_run(paragraph: docx.text.paragraph.Paragraph, text: str) -> None:
    """Add text that a tracked change has deleted."""
    deletion, run, deleted = OxmlElement("w:del"), OxmlElement("w:r"), OxmlElement("w:delText")
    deleted.text = text
    run.append(deleted)
    deletion.append(run)
    paragraph._p.append(deletion)


def inserted_run(paragraph: docx.text.paragraph.Paragraph, text: str) -> None:
    """Add text that a tracked change has inserted."""
    insertion, run, inserted = OxmlElement("w:ins"), OxmlElement("w:r"), OxmlElement("w:t")
    inserted.text = text
    run.append(inserted)
    insertion.append(run)
    paragraph._p.append(insertion)


def in_content_control(document: docx.document.Document, text: str) -> None:
    """Add a paragraph inside a content control."""
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    control.append(content)
    content.append(document.add_paragraph(text)._p)
    document.element.body.insert(len(document.element.body) - 1, control)


def outlined(paragraph: docx.text.paragraph.Paragraph, level: int) -> None:
    """Make a paragraph a heading by its outline level alone."""
    outline = OxmlElement("w:outlineLvl")
    outline.set(qn("w:val"), str(level))
    paragraph._p.get_or_add_pPr().append(outline)


def chinese_style(document: docx.document.Document, name: str) -> str:
    document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    return name
