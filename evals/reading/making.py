"""Made-up files of every kind with what is in them: texts as they are saved, sent and printed, tables, lists."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from corpus.chinese.numerals import in_han

KINDS = ("txt", "md", "html", "docx", "pdf")
RULINGS = ("grid", "lines", "none")  # of a table in PDF: all rules, those between rows, none

_SYLLABLES = "云栖沙柳石白松柏桃梅兰竹菊荷榆槐枫桂杉棠蓝青丹玉银金铁铜清泉溪湖江河洲滩岭峰谷坪"
_TOWNS = ("街道", "镇", "乡")
_MEASURES = (
    ("户籍人口", "万人", 1),
    ("规上工业产值", "亿元", 1),
    ("财政收入", "亿元", 2),
    ("绿地面积", "公顷", 0),
    ("养老床位", "张", 0),
    ("新增企业", "家", 0),
    ("耕地面积", "万亩", 1),
    ("游客", "万人次", 1),
    ("公路里程", "公里", 1),
    ("用电量", "万千瓦时", 0),
)
_RATES = ("同比增长", "占比")
_GOODS = ("老年卡", "居住证", "营业执照", "卫生许可证", "公园年票", "图书证", "停车证", "住房补贴", "助学金", "渔业证")
_PAPERS = (
    "身份证原件",
    "户口簿复印件",
    "近期免冠照片两张",
    "房屋租赁合同",
    "社保缴费证明",
    "申请表一份",
    "健康证明",
    "法人身份证",
    "场地平面图",
    "银行卡复印件",
    "毕业证书",
    "结婚证复印件",
    "车辆行驶证",
    "收入证明",
)
_NUMBERS: Sequence[Callable[[int], str]] = (
    lambda n: f"{n}．",
    lambda n: f"{n}、",
    lambda n: f"（{n}）",
    lambda n: f"（{in_han(n)}）",
    lambda n: "①②③④⑤⑥⑦⑧⑨"[n - 1],
)


@dataclass(frozen=True, slots=True)
class MadeCell:
    """One value of a made-up table: what its row and column are called, and what stands in it."""

    row: str
    column: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Items:
    """A made-up list: the question that asks for it, and every item."""

    question: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up file. `text` is what a person would copy of it: headline and paragraphs."""

    name: str
    data: bytes
    headline: str
    day: str
    text: str = ""
    cells: tuple[MadeCell, ...] = ()
    lists: tuple[Items, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A cell as it is set: its words, and how many columns and rows it covers."""

    text: str
    across: int = 1
    down: int = 1


class Maker:
    """Makes files from one seed: the same seed gives the same files."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.used: set[str] = set()

    def texts(self, kind: str, articles: Sequence[tuple[str, str]]) -> list[Made]:
        """Return the articles, each (headline, text), as files of one kind, every one with a line that dates it."""
        return [self._text(kind, number, *article) for number, article in enumerate(articles)]

    def tables(self, kind: str, count: int) -> list[Made]:
        """Return files of one kind, each with a table and a list."""
        return [self._table(kind, number) for number in range(count)]

    def _name(self, endings: Sequence[str]) -> str:
        while True:
            name = "".join(self.chance.sample(_SYLLABLES, 2))
            if name not in self.used:
                self.used.add(name)
                return name + self.chance.choice(endings)

    def _day(self) -> tuple[str, str]:
        """Return a day and a line that tells it, with or without what stands beside it on such lines."""
        year, month, day = self.chance.randint(2019, 2026), self.chance.randint(1, 12), self.chance.randint(1, 28)
        paper = self._name(("日报", "晚报", "发布"))
        line = self.chance.choice(
            (
                f"{year}-{month:02}-{day:02} 08:12:33 来源：{paper} 作者：周望舒",
                f"发布时间：{year}-{month:02}-{day:02} 浏览次数：128",
                f"{year}年{month}月{day}日",
                f"{year}年{month:02}月{day:02}日08:12  来源：{paper}",
                f"{year}.{month:02}.{day:02} {paper} 第03版",
                f"（{year}年{month}月{day}日）",
                f"来源：{paper} {year}-{month:02}-{day:02} 08:12",
                f"{year}/{month}/{day} {paper}",
            )
        )
        return f"{year}-{month:02}-{day:02}", line

    def _text(self, kind: str, number: int, headline: str, text: str) -> Made:
        day, line = self._day()
        paragraphs = _paragraphs(text)
        make = {"txt": self._plain, "md": _markdown, "html": self._page, "docx": _word, "pdf": self._print}[kind]
        data = make(headline, line, paragraphs, None, None)
        return Made(f"文{number}.{kind}", data, headline, day, "\n".join([headline, *paragraphs]))

    def _table(self, kind: str, number: int) -> Made:
        day, line = self._day()
        county = self._name(("县", "市", "区"))
        rows, cells = self._grid(merged=kind != "md")
        headline = f"{county}公布各乡镇主要指标"
        good = f"{county[:2]}{_GOODS[number % len(_GOODS)]}"
        items = tuple(self.chance.sample(_PAPERS, self.chance.randint(2, 5)))
        said = [
            f"{county}统计局近日公布各乡镇主要指标，见下表。",
            f"据介绍，{county}将继续做好统计工作，按时公布各项数据。",
        ]
        lists = Items(f"办理{good}需要哪些材料？", items)
        make = {"txt": self._plain, "md": _markdown, "html": self._page, "docx": _word, "pdf": self._print}[kind]
        data = make(headline, line, said, None if kind == "txt" else rows, (f"办理{good}需要以下材料：", items))
        return Made(f"表{number}.{kind}", data, headline, day, "", () if kind == "txt" else tuple(cells), (lists,))

    def _grid(self, *, merged: bool) -> tuple[list[list[_Part]], list[MadeCell]]:
        """Return a table's rows, headers first, and its cells; `merged`: headers and first columns may reach over others."""
        chance = self.chance
        measures = chance.sample(_MEASURES, chance.randint(2, 4))
        names = [self._name(_TOWNS) for _ in range(chance.randint(3, 7))]
        years = chance.random() < 0.4 and merged and len(measures) < 4
        areas = chance.random() < 0.4 and merged
        columns: list[tuple[str, str, int, str]] = []  # header above, header, places, unit
        for what, unit, places in measures:
            columns += (
                [(f"{year}年", what, places, unit) for year in (2023, 2024)] if years else [("", what, places, unit)]
            )
        if years:
            columns.sort(key=lambda column: column[0])
        elif chance.random() < 0.5:
            columns.append(("", chance.choice(_RATES), 1, "%"))
        shown = [f"{what}（{unit}）" if unit != "%" else what for _, what, _, unit in columns]
        rows: list[list[_Part]] = []
        stub = [*([_Part("片区", 1, 2 if years else 1)] if areas else []), _Part("乡镇", 1, 2 if years else 1)]
        if years:
            rows.append([*stub, *(_Part(year, len(measures)) for year in ("2023年", "2024年"))])
            rows.append([_Part(text) for text in shown])
        else:
            rows.append([*stub, *map(_Part, shown)])
        cells = []
        half = (len(names) + 1) // 2
        for at, name in enumerate(names):
            row = (
                [_Part("东片", 1, half)]
                if areas and at == 0
                else [_Part("西片", 1, len(names) - half)]
                if areas and at == half
                else []
            )
            row.append(_Part(name))
            for year, what, places, unit in columns:
                value = f"{chance.uniform(1, 300):.{places}f}" if unit != "%" else f"{chance.uniform(-9, 20):.1f}%"
                row.append(_Part(value))
                cells.append(MadeCell(name, year + what, value, "" if unit == "%" else unit))
            rows.append(row)
        return rows, cells

    def _plain(self, headline: str, line: str, said: Sequence[str], rows: Any, listed: Any) -> bytes:
        width = self.chance.choice((0, 0, 18, 24, 30, 36, 40))
        indent, between = self.chance.choice(("", "　　")), self.chance.choice(("\n", "\n\n"))
        paragraphs = [_wrapped(indent + text, width) for text in said]
        if listed:
            lead, items = listed
            number = self.chance.choice(_NUMBERS)
            paragraphs.append(
                "\n".join([lead, *(f"{number(n)}{item}；" for n, item in enumerate(items, 1))])[:-1] + "。"
            )
        return f"{headline}\n{line}\n\n{between.join(paragraphs)}\n".encode(
            self.chance.choice(("utf-8", "gb18030", "utf-8-sig"))
        )

    def _page(self, headline: str, line: str, said: Sequence[str], rows: Any, listed: Any) -> bytes:
        body = "".join(f"<p>　　{escape(text)}</p>" for text in said)
        if rows:
            body += "<table>" + "".join(f"<tr>{''.join(_tag(part) for part in row)}</tr>" for row in rows) + "</table>"
        if listed:
            lead, items = listed
            if self.chance.random() < 0.5:
                body += f"<p>{lead}</p><ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"
            else:
                body += f"<p>{lead}</p>" + "".join(f"<p>{n}．{item}；</p>" for n, item in enumerate(items, 1))
        links = "".join(f"<li><a href='{n}'>{self._name(_TOWNS)}又有新消息，投资{n}亿元</a></li>" for n in range(2, 9))
        return (
            f"<!doctype html><html><head><meta charset='utf-8'><title>{escape(headline)}_新闻网</title></head><body>"
            f"<div class='top'><a href='/'>首页</a> <a href='/a'>要闻</a> <a href='/b'>财经</a></div><div class='w'><h1>{escape(headline)}</h1>"
            f"<div class='info'>{line}</div><div class='txt'>{body}</div><p>责任编辑：李墨</p><h3>相关阅读</h3><ul>{links}</ul></div>"
            "<div class='foot'>版权所有 新闻网</div></body></html>"
        ).encode()

    def _print(self, headline: str, line: str, said: Sequence[str], rows: Any, listed: Any) -> bytes:
        return _pdf(headline, line, said, rows, listed, self.chance.choice(RULINGS), self.chance.choice(_NUMBERS))


def _paragraphs(text: str) -> list[str]:
    """Return an article's sentences in paragraphs of two."""
    sentences = re.findall(r"[^。！？]+[。！？][”’）》]*", "".join(text.split()))
    return ["".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)]


def _wrapped(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width)) if width else text


def _tag(part: _Part) -> str:
    across = f" colspan={part.across}" if part.across > 1 else ""
    down = f" rowspan={part.down}" if part.down > 1 else ""
    return f"<td{across}{down}>{part.text}</td>"


def _markdown(headline: str, line: str, said: Sequence[str], rows: Any, listed: Any) -> bytes:
    parts = [f"# {headline}", line, *said]
    if rows:
        heads, *rest = ["| " + " | ".join(part.text for part in row) + " |" for row in rows]
        parts.append("\n".join([heads, "|---" * len(rows[0]) + "|", *rest]))
    if listed:
        parts += [listed[0], "\n".join(f"{n}. {item}" for n, item in enumerate(listed[1], 1))]
    return ("\n\n".join(parts) + "\n").encode()


def _word(headline: str, line: str, said: Sequence[str], rows: Any, listed: Any) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(headline, 0)
    for text in (line, *said):
        document.add_paragraph(text)
    if rows:
        width = sum(part.across for part in rows[0])
        table = document.add_table(len(rows), width)
        for row, column, part in _placed(rows):
            first = table.cell(row, column)
            last = table.cell(row + part.down - 1, column + part.across - 1)
            (first if first is last else first.merge(last)).text = part.text
    if listed:
        document.add_paragraph(listed[0])
        for item in listed[1]:
            document.add_paragraph(item, style="List Number")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _placed(rows: Sequence[Sequence[_Part]]) -> list[tuple[int, int, _Part]]:
    """Return every part of a table with the row and the column that it begins in."""
    taken: set[tuple[int, int]] = set()
    placed = []
    for at, row in enumerate(rows):
        column = 0
        for part in row:
            while (at, column) in taken:
                column += 1
            taken |= {(at + down, column + across) for down in range(part.down) for across in range(part.across)}
            placed.append((at, column, part))
    return placed


def _pdf(
    headline: str, line: str, said: Sequence[str], rows: Any, listed: Any, ruling: str, number: Callable[[int], str]
) -> bytes:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    font = "STSong-Light"
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    body = ParagraphStyle("body", fontName=font, fontSize=11, leading=18, wordWrap="CJK", firstLineIndent=22)
    flat = ParagraphStyle("flat", parent=body, firstLineIndent=0)
    head = ParagraphStyle("head", fontName=font, fontSize=20, leading=30, wordWrap="CJK")
    story: list[Any] = [
        Paragraph(escape(headline), head),
        Paragraph(escape(line), flat),
        *(Paragraph(escape(text), body) for text in said),
    ]
    if rows:
        placed = _placed(rows)
        width = sum(part.across for part in rows[0])
        grid = [[""] * width for _ in rows]
        spans = []
        for row, column, part in placed:
            grid[row][column] = part.text
            if part.across > 1 or part.down > 1:
                spans.append(("SPAN", (column, row), (column + part.across - 1, row + part.down - 1)))
        rules = {
            "grid": [("GRID", (0, 0), (-1, -1), 0.5, "black")],
            "lines": [("LINEBELOW", (0, 0), (-1, -1), 0.5, "black")],
            "none": [],
        }
        style: list[Any] = [
            ("FONT", (0, 0), (-1, -1), font, 9),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            *rules[ruling],
            *spans,
        ]
        story += [Spacer(1, 12), Table(grid, style=TableStyle(style)), Spacer(1, 12)]
    if listed:
        story.append(Paragraph(listed[0], flat))
        story += [Paragraph(f"{number(n)}{item}；", flat) for n, item in enumerate(listed[1], 1)]

    def around(canvas: Any, document: Any) -> None:
        canvas.setFont(font, 9)
        canvas.drawString(72, 805, "统计资料汇编")
        canvas.drawCentredString(297, 30, f"— {document.page} —")

    file = io.BytesIO()
    SimpleDocTemplate(file).build(story, onFirstPage=around, onLaterPages=around)
    return file.getvalue()
