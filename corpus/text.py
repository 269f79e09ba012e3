"""Chinese text in one place: folding for comparison, sentences and clauses for quoting.

`fold` keeps length, so an offset found in folded text is an offset in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

from corpus.records import Span

_PUNCTUATION = str.maketrans(
    dict.fromkeys("“”„‟「」『』＂〝〞", '"') | dict.fromkeys("‘’‚‛＇", "'") | dict.fromkeys("，、", ",")
    | dict.fromkeys("［【〔", "[") | dict.fromkeys("］】〕", "]") | dict.fromkeys("—–―－～‐‑‒−〜", "-")
    | dict.fromkeys("•・‧∙", "·") | {"。": ".", "：": ":", "；": ";", "？": "?", "！": "!", "（": "(", "）": ")"}
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_TITLE_MARKS = re.compile(r"^[\s#■□▲△▼◆◇●○★☆※►▶]+|\s+#+\s*$|[\s■□▲△▼◆◇●○]+$")

_TERMINAL = "。！？!?…"
_CLOSING = "”’」』）)》〉】］\"'"
_OPENING_OF = {"”": "“", "’": "‘", "」": "「", "』": "『", "）": "（", ")": "(", "》": "《", "】": "【"}
_OPENING = frozenset(_OPENING_OF.values())
_QUOTES = frozenset("“「『")
_LONG_QUOTE = 90  # characters; a quotation longer than this is cut at its own full stops
_SPEECH = re.compile(r"[^。！？!?…“”]{0,40}?(?:说|道|介绍|表示|透露|感慨|坦言|认为|期许|指出|强调|称|回忆|解释|告诉|直言|笑言)[^。！？!?…“”]{0,12}[。，,；;：:]")
_CLAUSE_END = "，,；;。！？!?…"


@cache
def _simplified() -> dict[int, str]:
    """Return the one-to-one traditional → simplified characters. Source: OpenCC's TSCharacters table."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1 and len(new.split(" ")[0]) == 1}


@cache
def _fold_character(character: str) -> str:
    wide = unicodedata.normalize("NFKC", character)
    if len(wide) != 1:
        wide = character
    return wide.translate(_PUNCTUATION).translate(_simplified()).lower()[:1]


def fold(text: str) -> str:
    """Return `text` with width, case, script and punctuation evened out; as many characters as before."""
    return "".join(map(_fold_character, text))


def clean(text: str) -> str:
    """Return `text` as a person meant it: no control, invisible or direction characters, no lone surrogates.

    For questions only. Article text is never cleaned: what is quoted is what was printed.
    """
    return _CONTROL.sub(" ", _INVISIBLE.sub("", _SURROGATE.sub("", text))).strip()


def bare_title(text: str) -> str:
    """Return a headline, heading or byline without its printed marks (#, ■ …) and outer white space."""
    return _TITLE_MARKS.sub("", text).strip()


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of `text` in order, without the white space between them.

    A sentence ends after 。！？… and the closing marks that follow, or at a newline; never inside 《》 or （）. A short
    quotation stays whole and keeps who said it; a long one is cut at its own full stops.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        spans += _split_line(text, line.start(), line.end())
    return spans


def _split_line(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    opened: list[tuple[str, int]] = []
    begin = at = start
    while at < end:
        character = text[at]
        if character in _OPENING:
            opened.append((character, at))
        elif opened and _OPENING_OF.get(character) == opened[-1][0]:
            opened.pop()
        at += 1
        if character not in _TERMINAL:
            continue
        while at < end and text[at] in _TERMINAL:
            at += 1
        closes_quote = False
        while at < end and text[at] in _CLOSING and opened and _OPENING_OF.get(text[at]) == opened[-1][0]:
            closes_quote = closes_quote or opened[-1][0] in _QUOTES
            opened.pop()
            at += 1
        if closes_quote and _SPEECH.match(text, at, end):
            continue
        if opened and not _may_cut(text, opened, end):
            continue
        spans.append(_strip(text, begin, at))
        begin = at
    if begin < end:
        spans.append(_strip(text, begin, end))
    return [span for span in spans if len(span)]


def _may_cut(text: str, opened: list[tuple[str, int]], end: int) -> bool:
    """Only inside a long quotation, or after an opening mark that is never closed."""
    for mark, where in opened:
        closing = next(close for close, opening in _OPENING_OF.items() if opening == mark)
        shuts = text.find(closing, where, end)
        if shuts >= 0 and (mark not in _QUOTES or shuts - where <= _LONG_QUOTE):
            return False
    return True


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def split_clauses(text: str, span: Span) -> list[Span]:
    """Return the clauses of one sentence: they touch, and together they are the sentence.

    A clause ends after a comma, semicolon or full stop outside brackets; a comma between digits ends none.
    """
    clauses: list[Span] = []
    depth = 0
    begin = span.start
    for at in range(span.start, span.end):
        character = text[at]
        if character in "（(《【":
            depth += 1
        elif character in "）)》】":
            depth = max(0, depth - 1)
        elif character in _CLAUSE_END and depth == 0 and not _between_digits(text, at):
            after = at + 1
            if after < span.end and text[after] in _CLAUSE_END + "”’」』":
                continue
            clauses.append(Span(begin, after))
            begin = after
    if begin < span.end:
        clauses.append(Span(begin, span.end))
    return clauses


def _between_digits(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit() and text[at] == ","
