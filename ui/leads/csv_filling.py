"""Answers into a CSV file: the fields that are filled change, every other byte stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corpus.decoding import decode
from ui.leads.splicing import safe_text
from ui.leads.texts import delimiter
from ui.service.figures import harmless


def fill_csv(data: bytes, texts: Mapping[str, str], footer: str = "") -> bytes:
    """Return the file with `texts` by «row:column» from 1, `footer` as a last row. No field begins a formula."""
    encoding = decode(data).encoding or "utf-8"
    text = data.decode(encoding)
    mark = delimiter(text)
    rows = list(_fields(text, mark))
    changes: list[tuple[int, int, str]] = []
    for address, said in texts.items():
        row, column = map(int, address.split(":"))
        spans = rows[row - 1]
        field = '"' + harmless(safe_text(said)).replace('"', '""') + '"'
        if column <= len(spans):
            changes.append((*spans[column - 1], field))
        else:
            end = spans[-1][1]
            changes.append((end, end, mark * (column - len(spans)) + field))
    for start, end, field in sorted(changes, reverse=True):
        text = text[:start] + field + text[end:]
    if footer:
        line_end = "\r\n" if "\r\n" in text else "\n"
        text += ("" if text.endswith(("\n", "\r")) else line_end) + f'"{footer}"' + line_end
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:  # an answer with a character that their encoding lacks
        return text.encode("utf-8-sig")


def _fields(text: str, mark: str) -> Iterator[list[tuple[int, int]]]:
    """Yield the spans of the fields of each record, quotes included, as `csv` reads them."""
    spans: list[tuple[int, int]] = []
    start = at = 1 if text.startswith("\ufeff") else 0
    quoted = False
    while at < len(text):
        one = text[at]
        if one == '"' and (quoted or at == start):
            quoted = not quoted
        elif not quoted and one == mark:
            spans.append((start, at))
            start = at + 1
        elif not quoted and one in "\r\n":
            spans.append((start, at))
            yield spans
            spans = []
            if text.startswith("\r\n", at):
                at += 1
            start = at + 1
        at += 1
    if start < len(text) or spans:
        spans.append((start, len(text)))
        yield spans
