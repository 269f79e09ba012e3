"""Chinese text in one place: folding for comparison, sentences and clauses for quoting.

`fold` keeps length, so an offset found in folded text is an offset in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

from corpus.chinese.words import any_of
from corpus.records import Span

_PUNCTUATION = str.maketrans(
    dict.fromkeys("“”„‟「」『』＂〝〞", '"')
    | dict.fromkeys("‘’‚‛＇", "'")
    | dict.fromkeys("，、", ",")
    | dict.fromkeys("［【〔", "[")
    | dict.fromkeys("］】〕", "]")
    | dict.fromkeys("—–―－～‐‑‒−〜", "-")
    | dict.fromkeys("•・‧∙", "·")
    | {"。": ".", "：": ":", "；": ";", "？": "?", "！": "!", "（": "(", "）": ")"}
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_TITLE_MARKS = re.compile(r"^[\s#■□▲△▼◆◇●○★☆※►▶]+|\s+#+\s*$|[\s■□▲△▼◆◇●○]+$")

_TERMINAL = "。！？!?…"
_OPENING_OF = {"”": "“", "’": "‘", "」": "「", "』": "『", "）": "（", ")": "(", "》": "《", "】": "【", '"': '"'}
_CLOSING_OF = {opening: closing for closing, opening in _OPENING_OF.items()}
_QUOTES = frozenset('“「『"')
_LONG_QUOTE = 90  # characters; a quotation longer than this is cut at its own full stops
_LONG_BRACKET = 400  # characters; what is not closed by then was never closed
_DEEPEST = 8  # marks within marks; more is noise, and would cost time
_SPEECH = re.compile(  # who said it, right after the closing mark, in folded text: 他说. · 负责人王某介绍,
    f'[^.!?…"]{{0,40}}?(?:(?:说|道|称|问|答|讲|叹|喊)(?=[.,;:!?…])|{any_of("corpus/speech")}[^.!?…"]{{0,12}}[.,;:!?])'
)
_SPEECH_REACH = 60  # characters
_MARKS = re.compile(r"(?:\s?(?:\[\^?\d{1,3}(?:[-,，、]\s?\d{1,3})*\]|[［【]\d{1,3}[］】]|[①-⑳]))+")  # citation marks
_SIGNS = re.compile("[" + re.escape(_TERMINAL + "." + "".join(_OPENING_OF) + "".join(_CLOSING_OF)) + "]")
_LATIN_STOP = re.compile(r"(?<=[a-z0-9)’'\"][a-z)’'\"])\.(?=[’'\")\]]*(?:\s+[\"'(“‘]?[A-Z]|\s*$|[\u3400-\u9fff]))")
_HAN_STOP = re.compile(r"(?<=[\u3400-\u9fff％%”）)])\.(?!\.)")
_CLAUSE_END = "，,；;。！？!?…"


@cache
def _simplified() -> dict[int, str]:
    """Return the one-to-one traditional → simplified characters. Source: OpenCC's TSCharacters table."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1 and len(new.split(" ")[0]) == 1}


class _Folds(dict[int, str]):
    """Code point → folded character, filled in as characters are met: the whole table would take a second to make."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        wide = unicodedata.normalize("NFKC", character)
        if len(wide) != 1:
            wide = character
        folded = wide.translate(_PUNCTUATION).translate(_simplified()).lower()[:1]
        self[point] = folded
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return `text` with width, case, script and punctuation evened out; as many characters as before."""
    return text.translate(_FOLDS)


def simplified(text: str) -> str:
    """Return `text` in simplified script, character by character: as many characters as before."""
    return text.translate(_simplified())


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

    A sentence ends after 。！？… and the closing and citation marks that follow, or at a newline; never inside 《》 or
    （）, a number, a web address. A short quotation stays whole and keeps who said it; a long one is cut at its own
    full stops. A Latin full stop counts when a new sentence or Chinese follows it.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        spans += _split_line(line[0], line.start())
    return spans


def _split_line(line: str, offset: int) -> list[Span]:
    stops = {match.start() for pattern in (_LATIN_STOP, _HAN_STOP) for match in pattern.finditer(line)}
    spans: list[Span] = []
    opened: list[tuple[str, int]] = []
    begin = at = 0
    while sign := _SIGNS.search(line, at):
        character = sign[0]
        _note_mark(character, sign.start(), opened)
        at = sign.end()
        if not (at - 1 in stops or (character in _TERMINAL and not _inside_word(line, at - 1))):
            continue
        at, closed = _after_stop(line, at, opened)
        if closed and _goes_on(line, begin, closed, at):
            continue
        opened = [(mark, where) for mark, where in opened[-_DEEPEST:] if at - where <= _LONG_BRACKET]
        if not any(_holds_together(line, mark, where, at) for mark, where in opened):
            spans.append(_strip(line, begin, at))
            begin = at
    if begin < len(line):
        spans.append(_strip(line, begin, len(line)))
    return [Span(offset + span.start, offset + span.end) for span in spans if len(span)]


def _note_mark(character: str, at: int, opened: list[tuple[str, int]]) -> None:
    """Keep the stack of brackets and quotation marks that are open; `\"` opens and closes in turn."""
    if opened and _OPENING_OF.get(character) == opened[-1][0]:
        opened.pop()
    elif character in _CLOSING_OF:
        opened.append((character, at))


def _inside_word(line: str, at: int) -> bool:
    """Whether an ASCII ? or ! stands in a web address or a brand: no white space or Chinese after it."""
    return line[at] in "!?" and at + 1 < len(line) and line[at + 1].isascii() and line[at + 1] not in " \t)]\"'!?"


def _after_stop(line: str, at: int, opened: list[tuple[str, int]]) -> tuple[int, tuple[str, int] | None]:
    """Return the offset after everything that belongs to the stop before `at`, and the outermost mark closed there.

    That mark is its opening form and where it stood; -1 when the line never opened it.
    """
    closed = None
    while at < len(line):
        character = line[at]
        if character in _TERMINAL:
            at += 1
        elif character == '"' and (not opened or opened[-1][0] != '"'):
            break
        elif character in _OPENING_OF:
            # A closing mark without its opening one (lost, or in the paragraph before) still belongs here.
            known = opened and opened[-1][0] == _OPENING_OF[character]
            closed = opened.pop() if known else (_OPENING_OF[character], -1)
            at += 1
        elif marks := _MARKS.match(line, at):
            at = marks.end()
        else:
            break
    return at, closed


def _goes_on(line: str, begin: int, closed: tuple[str, int], at: int) -> bool:
    """Whether the sentence from `begin` goes on after the quotation or bracket that ended with a stop before `at`."""
    mark, where = closed
    if mark in _QUOTES and _SPEECH.match(fold(line[at : at + _SPEECH_REACH])):
        return True
    inside = where > begin and bool(line[begin:where].strip())
    return inside and at < len(line) and (mark not in _QUOTES or line[where - 1] not in "：:，,—…")


def _holds_together(line: str, mark: str, where: int, at: int) -> bool:
    """Whether the open `mark` at `where` keeps a sentence whole: it closes, and soon enough for a quotation."""
    reach = _LONG_QUOTE if mark in _QUOTES else _LONG_BRACKET
    return line.find(_CLOSING_OF[mark], max(where + 1, at), where + reach + 1) >= 0


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
