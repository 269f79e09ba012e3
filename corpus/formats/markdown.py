"""Markdown → text: the lines as they were written, but for what marks them: front matter, tables, lists, code, notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.decoding import About, Decoded, Mark, Told, decode
from corpus.formats.paragraphs import Paragraph, tidy
from corpus.formats.tables import Grid, is_unit_line, table_paragraphs
from corpus.lines import dating
from corpus.records import BlockKind, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z_\u3400-\u9fff][\w\u3400-\u9fff-]*)\s*[:：]\s*(.*)")
_KEYS = {
    "headline": ("title", "headline", "标题"),
    "published": ("date", "published", "pubdate", "publish_date", "日期", "发布日期", "发布时间"),
    "publisher": ("source", "publisher", "来源"),
    "authors": ("author", "authors", "作者"),
}
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,30}\]:\s*(.+)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKED = re.compile(r"\*\*|__|~~|`|!?\[[^\]]*\]\([^)]*\)|\[\^[^\]\s]{1,30}\]|<[A-Za-z/][^<>]*>")
_BREAK = re.compile("\r\n?")  # of Windows, and of a Macintosh of old
_ITEM = 200  # characters; longer items are paragraphs that carry a number


def read_markdown(data: bytes) -> Decoded:
    """Return the text of a Markdown file, what its front matter says, and where its tables, lists and notes are."""
    decoded = decode(data)
    text, about = _front_matter(_BREAK.sub("\n", decoded.text))
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", "", match[0]), text)
    return _Writer(text.split("\n")).written(decoded.encoding, about)


def _front_matter(text: str) -> tuple[str, About]:
    match = _FRONT.match(text)
    if not match:
        return text, About()
    fields: dict[str, str] = {}
    key = ""
    for line in match[1].splitlines():
        if found := _FIELD.match(line):
            key = found[1].lower()
            fields[key] = _plain(found[2])
        elif key and line.strip().startswith("-"):
            fields[key] = "、".join(filter(None, (fields[key], _plain(line.strip()[1:]))))
    said = {name: next((fields[k] for k in keys if fields.get(k)), "") for name, keys in _KEYS.items()}
    day = dating.any_day(said["published"])
    how = "文件开头的说明（front matter）"
    told = {name: Told(value, how, 0.99) for name, value in said.items() if value and name != "published"}
    return text[match.end() :], About(published=Told(day.isoformat(), how, 0.99) if day else None, **told)


def _plain(value: str) -> str:
    value = re.sub(r"\s+#.*$", "", value.strip()).strip()
    if value.startswith("[") and value.endswith("]"):
        value = "、".join(part.strip().strip("\"'") for part in value[1:-1].split(",") if part.strip())
    return value.strip("\"'").strip()


class _Writer:
    """Writes the lines of one file anew, and notes where the marked stretches come to stand."""

    def __init__(self, lines: list[str]) -> None:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark").enable("table").disable(["code", "html_block", "reference"])
        self.lines = lines
        self.tokens = parser.parse("\n".join(lines))
        self.made: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []
        self.tables = 0

    def written(self, encoding: str, about: About) -> Decoded:
        at = 0
        for number, token in enumerate(self.tokens):
            if token.level or not token.map or token.map[0] < at:
                continue
            begin, end = token.map
            while end > begin and not self.lines[end - 1].strip():
                end -= 1  # a list's own map takes the blank lines after it
            self._verbatim(at, begin)
            at = end
            if token.type == "fence" or token.type == "hr":
                self._line("")
            elif token.type == "table_open":
                self._table(self.tokens[number:])
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                self._list(self.tokens[number:], begin, end)
            elif token.type == "heading_open":
                self._line("#" * int(token.tag[1]) + " " + _clean(self.tokens[number + 1].content.replace("\n", " ")))
            else:
                self._verbatim(begin, end)
        self._verbatim(at, len(self.lines))
        return Decoded("".join(self.made).rstrip("\n"), encoding, tuple(self.marks), about)

    def _verbatim(self, begin: int, end: int) -> None:
        for line in self.lines[begin:end]:
            if note := _FOOTNOTE.match(line.strip()):
                self._paragraph(Paragraph(_clean(note[1]), kind=BlockKind.NOTE))
            else:
                self._line(_clean(re.sub(r"^\s{0,3}(?:>\s?)+", "", line)))

    def _line(self, text: str) -> None:
        self.made += [text, "\n"]
        self.length += len(text) + 1

    def _paragraph(self, paragraph: Paragraph) -> None:
        assert paragraph.kind
        cells = tuple(
            (Span(a.start + self.length, a.end + self.length), Span(b.start + self.length, b.end + self.length))
            for a, b in paragraph.cells
        )
        end = self.length + len(paragraph.text)
        self.marks.append(Mark(paragraph.kind, self.length, end, paragraph.table, cells))
        self._line(paragraph.text)
        self._line("")

    def _table(self, tokens: list[Token]) -> None:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(_clean(token.content))
        before = next((line for line in reversed(self.made) if line.strip()), "")
        grid = Grid(rows, 1)
        for paragraph in table_paragraphs(grid, self.tables, before if is_unit_line(before) else ""):
            self._paragraph(paragraph)
        self.tables += 1

    def _list(self, tokens: list[Token], begin: int, end: int) -> None:
        items: list[str] = []
        numbers: list[str] = []
        for token in tokens:
            if token.level == 0 and token.type.endswith("list_close"):
                break
            if token.type == "list_item_open":
                numbers.append(f"{token.info}．" if token.info else "・" if token.level > 1 else "")
                items.append("")
            elif token.type == "inline" and items:
                items[-1] += ("\n" if items[-1] else "") + _clean(token.content)
            elif token.type in ("fence", "heading_open", "blockquote_open"):
                items.append("\n")
                numbers.append("")
        whole = [number + tidy(item) for number, item in zip(numbers, items, strict=True) if item]
        if len(whole) < 2 or any("\n\n" in item or item == "\n" for item in items) or max(map(len, whole)) > _ITEM:
            self._verbatim(begin, end)
            return
        text = "\n".join(whole)
        while self.made and not self.made[-1].strip("\n") and len(self.made) > 2 and self.made[-3:-2] == ["\n"]:
            self.length -= len(self.made.pop())
        lead = self._lead()
        self._paragraph(Paragraph(f"{lead}\n{text}" if lead else text, kind=BlockKind.LIST))

    def _lead(self) -> str:
        """Take back the line right above when it leads into a list, and return it."""
        at = len(self.made) - 1
        while at >= 0 and not self.made[at].strip():
            at -= 1
        if at < 0 or not self.made[at].rstrip().endswith(("：", ":")) or self.made[at].startswith("#"):
            return ""
        if self.marks and self.marks[-1].end > sum(map(len, self.made[:at])):
            return ""
        lead = self.made[at].strip()
        self.length -= sum(map(len, self.made[at:]))
        del self.made[at:]
        return lead


def _clean(line: str) -> str:
    """Return a line without its inline marks; what is struck out is gone."""
    if not _MARKED.search(line):
        return line
    line = re.sub(r"~~.+?~~", "", line)
    line = re.sub(r"<(del|s|strike)>.*?</\1>", "", line, flags=re.IGNORECASE)
    line = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"\[\^[^\]\s]{1,30}\]", "", line)
    line = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
    line = re.sub(r"`([^`]*)`", r"\1", line)
    return re.sub(
        r"</?(?:b|i|u|em|strong|span|font|br|p|a|center|sup|sub)(?:\s[^<>]*)?/?>", "", line, flags=re.IGNORECASE
    )
