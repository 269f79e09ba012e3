"""Is every number of a file that goes out in the quote that it cites, and every other byte as it came? Knows digits, not our prover."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise

import docx
from openpyxl import load_workbook

from ui.leads.letters import name_of
from ui.leads.replies import Reply
from ui.leads.sheet_filling import sheet_paths
from ui.leads.store import Item, QuestionStatus

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SPELLED = dict(zip("一二两三四五六七八九十", ("1", "2", "2", "3", "4", "5", "6", "7", "8", "9", "10"), strict=True))
_BEFORE = {"今年": 0, "去年": -1, "前年": -2, "明年": 1}
# A span of months is what these words say; nothing else of a time may be said otherwise.
_SPANS = {
    "上半年": ("1", "6"),
    "下半年": ("7", "12"),
    "年底": ("10", "12"),
    "年末": ("10", "12"),
    "年初": ("1", "3"),
    "从20": ("1", "12"),
}
_FORMULA = re.compile(r"[^=\n]*=[^=\n]*")


def numbers(text: str) -> list[str]:
    return [one.replace(",", "") for one in _NUMBER.findall(text)]


def unverifiable(text: str, reply: Reply) -> list[str]:
    """Return the numbers of an exported answer that stand in none of its quotes; its date line and its sources' names aside.

    Counts as standing there: a number spelled in characters; the year that 去年 means in a report of a known year; the result
    of a formula over two numbers of the quotes.
    """
    for one in reply.citations:  # the names of sources, and what says as of when: not figures of the answer
        for line in (name_of(one), reply.dated, one.published):
            text = text.replace(line, "") if line else text
    text = re.sub(r"\[\d+\]", "", text)
    held = {number for one in reply.citations for number in numbers(one.quote)}
    for one in reply.citations:
        held |= {number for words, months in _SPANS.items() if words in one.quote for number in months}
        held |= {_SPELLED[sign] for sign in _SPELLED if sign in one.quote}
        for year in re.findall(r"\d{4}(?=年)", one.published):
            held |= {str(int(year) + by) for word, by in _BEFORE.items() if word in one.quote} | {year}
    for formula in _FORMULA.findall(text):
        before, _, after = formula.partition("=")
        results = {result for a in numbers(before) for b in numbers(before) for result in _results(float(a), float(b))}
        if set(numbers(before)) <= held:
            held |= {one for one in numbers(after) if any(abs(float(one) - result) <= 0.051 for result in results)}
    return [one for one in numbers(text) if one not in held]


def _results(a: float, b: float) -> set[float]:
    return {a + b, abs(a - b), a * b, *((a / b, 100 * a / b, 100 * (a - b) / b) if b else ())}


def letter_texts(data: bytes) -> dict[int, str]:
    """Return what a letter answers, by the number of the question."""
    found: dict[int, list[str]] = {}
    here: list[str] = []
    for paragraph in docx.Document(io.BytesIO(data)).paragraphs:
        if paragraph.text in ("依据", "另行答复的问题"):
            break
        if (asked := re.match(r"(\d+)\. ", paragraph.text)) and paragraph.runs and paragraph.runs[0].bold:
            here = found.setdefault(int(asked[1]), [])
        elif not (paragraph.style and paragraph.style.name.startswith("Heading")):
            here.append(paragraph.text)
    return {number: "\n".join(lines) for number, lines in found.items()}


def filled_texts(kind: str, data: bytes, items: list[Item]) -> dict[int, str]:
    """Return what stands in the file that was sent where the answers go, by the number of the question."""
    done = [item for item in items if item.status is QuestionStatus.DONE and item.asked.place.answer]
    if kind == "xlsx":
        book = load_workbook(io.BytesIO(data))
        return {item.number: str(book[item.asked.place.part][item.asked.place.answer].value or "") for item in done}
    document = docx.Document(io.BytesIO(data))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    beside = {one.text: two.text for one, two in pairwise(cells)}
    texts = [one.text for one in document.paragraphs]
    under = dict(pairwise(texts))
    return {
        item.number: beside.get(item.asked.text)
        or next((below for asked, below in under.items() if item.asked.text in asked), "")
        for item in done
    }


def untouched(kind: str, before: bytes, after: bytes, items: list[Item]) -> list[str]:
    """Return what else differs between a file that came and the one that goes out: parts of the package, bytes of a sheet."""
    old, new = zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile(io.BytesIO(after))
    wrong = [name for name in new.namelist() if name not in old.namelist()]
    if kind == "docx":
        return wrong + [
            name for name in old.namelist() if name != "word/document.xml" and old.read(name) != new.read(name)
        ]
    parts = sheet_paths(old)
    filled: dict[str, set[str]] = {}
    for item in items:
        if item.status is QuestionStatus.DONE and item.asked.place.answer and not item.asked.given:
            filled.setdefault(parts[item.asked.place.part], set()).add(item.asked.place.answer)
    for name in old.namelist():
        one, two = old.read(name), new.read(name)
        if name == "xl/styles.xml" and _styles(two)[: len(_styles(one))] == _styles(one):
            continue  # formats of filled cells were added behind those there
        if one != two and (name not in filled or without_cells(one, filled[name]) != without_cells(two, filled[name])):
            wrong.append(name)
    return wrong


def _styles(part: bytes) -> list[bytes]:
    """Return the formats of cells in order, the rest of the part before them."""
    head, _, tail = part.partition(b"<cellXfs")
    formats, _, rest = tail.partition(b"</cellXfs>")
    return [head, rest, *re.findall(rb"<xf\b.*?(?:/>(?=<xf|$)|</xf>)", formats.partition(b">")[2], re.DOTALL)]


def without_cells(sheet: bytes, addresses: set[str]) -> bytes:
    """Return a sheet's bytes without the named cells, and without the row of the label."""
    for address in addresses:
        row = re.sub(r"\D", "", address).encode()  # a filled row may have grown
        sheet = re.sub(rb'<row((?: [a-zA-Z:]+="[^"]*")*?) r="%s"[^>]*>' % row, rb'<row r="%s">' % row, sheet)
        sheet = re.sub(rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % address.encode(), b"", sheet, flags=re.DOTALL)
    return re.sub(rb'<row r="\d+"><c r="[A-Z]+\d+" t="inlineStr">[^\n]*?</c></row>', b"", sheet)
