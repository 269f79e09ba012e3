"""Plain text in: a CSV file as a table, a mail as the lines that its writer wrote. Pure."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Final

from corpus.decoding import decode
from corpus.errors import UnreadableFile
from ui.leads import wording
from ui.leads.records import Parsed, SheetCell, SheetGrid, SheetParagraph, SheetRow
from ui.leads.sheets import MOST_COLUMNS, MOST_ROWS

_HEADER_LINE: Final = re.compile(
    r"^\s*(?:发件人|收件人|抄送|密送|主题|日期|发送时间|时间|附件|回复|From|To|Cc|Bcc|Subject|Date|Sent|Reply-To)\s*[:：]",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(
    r"^\s*(?:-{2,}\s*(?:原始邮件|转发邮件|Original Message|Forwarded message)|>|在.{4,60}写道\s*[:：]|On .{4,80} wrote:|_{10,}\s*$)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"^\s*[>＞|]")
_SIGNATURE: Final = re.compile(
    r"^\s*(?:--\s*$|此致|敬礼|顺颂|顺祝|祝好|祝您|谢谢[!！。]?\s*$|多谢|感谢[^，。]{0,8}[!！。]?\s*$|期待(?:您|贵|你)?的?(?:回复|答复|回信)|(?:Best|Kind) regards|Sincerely|Thanks)",
    re.IGNORECASE,
)
_UNSEEN: Final = frozenset({"style", "script", "title"})
_APART: Final = frozenset({"p", "div", "br", "li", "ol", "ul", "tr", "td", "table", "blockquote", "h1", "h2", "h3"})
_DELIMITERS: Final = ",;\t|"


def text_of(data: bytes) -> str:
    """Return the text of a file in any encoding of Chinese. Raises UnreadableFile."""
    if b"\x00" in data[:4000] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(wording.NOT_TEXT)
    return decode(data).text


def parse_csv(data: bytes) -> Parsed:
    """Return a CSV file as a table; addresses are «row:column» from 1, rows as the file counts its records."""
    text = text_of(data)
    rows: list[SheetRow] = []
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)), start=1):
            if number > MOST_ROWS:
                raise UnreadableFile(wording.CUT_SHEET.format("csv", MOST_ROWS, MOST_COLUMNS))
            cells = {at: SheetCell(value, f"{number}:{at}") for at, value in enumerate(record[:MOST_COLUMNS], start=1)}
            rows.append(SheetRow(number, cells))
    except csv.Error as error:
        raise UnreadableFile(wording.BROKEN.format(kind="csv", save=wording.SAVE_AS["xlsx"])) from error
    return Parsed((SheetGrid("", tuple(rows), wording.CSV_PLACE),))


def delimiter(text: str) -> str:
    """Return what parts the fields of a CSV file: the candidate that the first lines hold most of."""
    head = "\n".join(text.splitlines()[:20])
    return max(_DELIMITERS, key=lambda one: (head.count(one), -_DELIMITERS.index(one)))


def parse_mail(text: str) -> Parsed:
    """Return the lines that the writer of a mail wrote now: no header, no earlier mail below, no signature."""
    written: list[SheetParagraph] = []
    below = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _EARLIER.match(line) and not _QUOTED.match(line):
            break
        if _QUOTED.match(line) or (not below and _HEADER_LINE.match(line)):
            continue
        if not line.strip():
            continue
        if below and _SIGNATURE.match(line):
            break
        below = True
        written.append(SheetParagraph(line.strip(), str(number)))
    return Parsed(paragraphs=tuple(written))


def body_of(data: bytes) -> str:
    """Return the text of a mail as it was saved (.eml): the plain one, unless that only says that there is another.

    Raises UnreadableFile when it has none.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise UnreadableFile(wording.NOT_TEXT)
    try:
        plain, rich = (
            str(part.get_content()) if (part := message.get_body((kind,))) is not None else ""
            for kind in ("plain", "html")
        )
    except (LookupError, ValueError, UnicodeError) as error:
        raise UnreadableFile(wording.NOT_TEXT) from error
    shown = _without_tags(rich)
    if not plain and not shown:
        raise UnreadableFile(wording.NOT_TEXT)
    return shown if len("".join(shown.split())) > 2 * len("".join(plain.split())) else plain


class _Shown(HTMLParser):
    """What a mail in HTML shows: a line a paragraph, an item of a list marked."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _UNSEEN
        self.pieces.append("\n• " if tag == "li" else "\n" if tag in _APART else "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))
        self.pieces.append("\n" if tag in _APART else "")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(" ".join(data.split()) or (" " if data else ""))


def _without_tags(page: str) -> str:
    shown = _Shown()
    shown.feed(page)
    return "".join(shown.pieces)
