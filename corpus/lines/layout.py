"""What a line of a newspaper page looks like: the evidence that repairing weighs.

Every test here is about form (marks, length, punctuation, the shape of a name), never about what an article says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from statistics import median_low

from corpus.chinese.numerals import of_han
from corpus.chinese.text import bare_title
from corpus.chinese.words import any_of, words

_HAN = "\u3400-\u9fff"
_TAIL = 40  # characters that tell how a line ends
_BRACKET = 400  # what opened before these characters was never closed
_CLOSERS = "”’」』）)》〉】］\"'"
_CLOSED = re.compile(rf"(?:[。！？!?…；;：:]|[—─－-]{{2}}|(?<!\d)\.)[{_CLOSERS}]*$|[。！？!?…][{_CLOSERS}]+$")
_PAUSE = re.compile(r"[，,。；;！？!?]")
_FULL_STOP = re.compile(r"[。！？!?；;]")
_HARD_COMMA = re.compile(r"[，,、]$")
# Characters that no Chinese sentence begins with.
_NEVER_FIRST = re.compile(rf"[的地得了着们吗呢吧，,、。；;：:！？!?％%{_CLOSERS}]")
_NEVER_FIRST_WORD = re.compile(r"(?:地[方处区铁标位理点域下上球面利]|得[到知益以出]|了解|着[力眼手重陆]|的[确士])")

# Characters that no line of a headline, heading or caption ends with.
_NEVER_LAST = re.compile(
    r"(?<![目标有是])[的和与及跟在将把被从向往对于并而且其这那使让给以由因或若则但虽既乃即就才又再也更最很都]$|[（(“‘《【]$"
)

_MARKDOWN = re.compile(r"(#{1,6})\s+\S")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]+[章节部分篇]|\d{1,2}[.、．](?!\d))"
)
_TWO_PARTS = re.compile(rf"(?<=[{_HAN}”’》）)！？!?—：:])[ \u3000\t]+(?=[{_HAN}“‘《（(])")
_DASHED = re.compile(rf"^[{_HAN}“”]{{2,10}}(?:[：:]|—{{1,2}})")

_CAPTION_START = re.compile(
    r"(?:▲|△|▼|图为|图①|图[一二三四1-9][：:为]|上图|下图|左图|右图|俯瞰|航拍|鸟瞰|远眺|位于[^，。]{2,30}的)"
)
_CAPTION_END = re.compile(
    rf"(?:{any_of('corpus/caption_ends')}|[摄攝]|[摄攝]影|资料图片?|(?:资料|供图|图源)：?\S{{0,12}}|(?:摄影?|供图|图)[/／:：]\s?\S{{2,12}})[）)]?$"
)
_CREDIT = re.compile(
    r"(?:(?:本版|本文|文中|以上|除署名外)?(?:均?由)?(?:图片?|照片|摄影|图\/文|供图|图源)[^。]{0,30}(?:提供|供图|[摄攝])|"
    r"(?:本版|本文)?(?:图片|照片)(?:均?由|来源)[^。]{1,40}|供图[：:].{1,30}|图源[：:].{1,30})"
)
_CREDIT_LINE = re.compile(rf"[（(【]?\s*{_CREDIT.pattern}\s*。?[）)】]?$")
_CREDIT_TAIL = re.compile(rf"[（(]\s*{_CREDIT.pattern}\s*[）)]$")
_DATA_SOURCE = re.compile(r"[（(]?(?:数据|资料|文字|信息|稿件|材料|内容)?来源\s*[:：]\s*\S")
_COLUMN_HEAD = re.compile(
    r"[【\[]?(?:专家|名家|记者|编辑|评论员|学者)?(?:点评|点睛|观点|解读|视点|视角|手记|快评|短评|评析|感言|观察)[】\]]?$"
)
_EDITOR_NOTE = re.compile(r"^[【\[（(]?(?:编者按|编者的话|开栏的?话|开栏语|编前语?|按语|导读|核心提示)[】\]）)：:\s]")
_RULE = re.compile(r"(?:[-—–_=*＊~～·•#※☆★◆■]\s?){4,}")
_SERIES = re.compile(r"(?:自今日起|即日起|今起|从今天起|今日起)[^。]{0,30}(?:刊登|刊发|推出|开设|开辟|陆续|连续)")
_BYLINE_MARK = re.compile(
    r"^(?:[■□▲◆●]\s*|(?:本报|本刊|见习|特约|首席|全媒体)*(?:记者|通讯员|评论员|撰稿人?)\s*[:：]?\s*"
    r"|(?:文|图|文图|图文|撰文|作者|来稿|口述|整理|编辑|责编)\s*[/／:：]\s*)+"
)
_ROLE_WORDS = re.compile(r"(?:本报|本刊|见习|特约|首席|全媒体)?(?:记者|通讯员|评论员|摄影|文|图|实习生)[:：/／]?")
_AFFILIATED = re.compile(
    rf"{any_of('corpus/institutes')}[^。]{{0,30}}"
    rf"{any_of('corpus/affiliations')}"
)

# The hundred family names and those that came after, one character each, then those of two.
_SURNAMES = frozenset(words("corpus/surnames") + words("corpus/rare_surnames"))
_LONG_SURNAMES = frozenset(words("corpus/double_surnames"))
_HAN_WORD = re.compile(rf"[{_HAN}]+")


class Shape(StrEnum):
    """How a line ends and how much it says."""

    TITLE = "title"  # short, no sentence end: headline, heading, caption, name
    OPEN = "open"  # running text that stops in mid-sentence
    CLOSED = "closed"  # running text that ends where a sentence may


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line without the white space around it; `start`/`end` are offsets into the source.

    `blank` counts the blank lines before it. `apart` is true when there are more of them than between paragraphs of
    this file: where a picture stood. `tight` is true when there are fewer: a line broken inside its paragraph.
    """

    start: int
    end: int
    text: str
    blank: int
    apart: bool = False
    tight: bool = False

    @property
    def shape(self) -> Shape:
        return shape_of(self.text)


_LINE = re.compile("[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def split_lines(source: str) -> list[SourceLine]:
    """Return the lines of a source that hold anything but white space."""
    found: list[SourceLine] = []
    at = 0
    for match in _LINE.finditer(source):
        text = match[0].strip()
        if not text:
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        breaks = len(_BREAK.findall(source, at, start))
        found.append(SourceLine(start, start + len(text), text, max(0, breaks - 1) if found else breaks))
        at = start + len(text)
    return _mark_apart(found)


def _mark_apart(lines: list[SourceLine]) -> list[SourceLine]:
    if len(lines) < 3:
        return lines
    usual = median_low(line.blank for line in lines[1:])
    return [
        lines[0],
        *(replace(line, apart=line.blank > usual + 1, tight=line.blank < usual) for line in lines[1:]),
    ]


def shape_of(text: str) -> Shape:
    """Return the shape of one line."""
    if _MARKDOWN.match(text):
        return Shape.TITLE
    if _CLOSED.search(text, max(0, len(text) - _TAIL)):
        return Shape.CLOSED
    if len(text) > 45 or _FULL_STOP.search(text) or ends_midway(text):
        return Shape.OPEN
    pauses = len(_PAUSE.findall(text))
    return Shape.OPEN if pauses > 1 or (pauses and len(text) > 16 and not is_two_parts(text)) else Shape.TITLE


def starts_midway(text: str) -> bool:
    """Whether no sentence can begin as this line does."""
    return bool(_NEVER_FIRST.match(text)) and not _NEVER_FIRST_WORD.match(text)


def ends_midway(text: str) -> bool:
    """Whether no title and no sentence ends as this line does: on a particle, a comma, an opening mark."""
    tail = max(0, len(text) - _TAIL)
    return bool(_NEVER_LAST.search(text, tail) or _HARD_COMMA.search(text, tail))


def unclosed(text: str) -> bool:
    """Whether a line ends inside a bracket or quotation mark that it opened."""
    text = text[-_BRACKET:]
    pairs = ("“”", "‘’", "（）", "()", "《》", "「」", "『』", "【】")
    return any(text.count(pair[0]) > text.count(pair[1]) for pair in pairs)


def markdown_level(text: str) -> int:
    """Return the number of # before a markdown heading, else 0."""
    match = _MARKDOWN.match(text)
    return len(match[1]) if match else 0


def is_numbered(text: str) -> bool:
    return bool(_NUMBERED.match(text))


def is_two_parts(text: str) -> bool:
    """Whether a line is built of clauses set apart by a space, as Chinese headlines are."""
    return bool(_TWO_PARTS.search(text))


def title_parts(text: str) -> list[str]:
    """Return the clauses of a headline that a space sets apart."""
    return _TWO_PARTS.split(text)


def looks_like_heading(text: str) -> bool:
    """Whether the form alone makes a line a heading: marks, a number, two clauses, a word and a colon or dash."""
    bare = bare_title(text)
    return bool(markdown_level(text)) or is_numbered(bare) or is_two_parts(bare) or bool(_DASHED.match(bare))


def looks_like_caption(text: str) -> bool:
    """Whether the words alone make a line a caption: 图为…, 位于…的…, …效果图, …摄."""
    return len(text) <= 80 and bool(_CAPTION_START.match(text) or _CAPTION_END.search(text))


def is_credit(text: str) -> bool:
    return len(text) <= 60 and bool(_CREDIT_LINE.match(text))


def credit_tail(text: str) -> int:
    """Return where a photo credit in brackets begins at the end of a caption, else -1."""
    match = _CREDIT_TAIL.search(text)
    return match.start() if match and 0 < match.start() <= 60 else -1


def is_rule(text: str) -> bool:
    """Whether a line only sets apart what stands over and under it."""
    return bool(_RULE.fullmatch(text))


def is_data_source(text: str) -> bool:
    return len(text) <= 60 and bool(_DATA_SOURCE.match(text))


def is_column_head(text: str) -> bool:
    return len(text) <= 20 and bool(_COLUMN_HEAD.fullmatch(bare_title(text)))


def is_editor_note(text: str) -> bool:
    return bool(_EDITOR_NOTE.match(text) or _SERIES.search(text))


def is_affiliation(text: str) -> bool:
    """Whether a line signs a text with an institution, a post and a name."""
    bare = text.strip("（）() 　。")
    if len(bare) > 70 or not _AFFILIATED.search(bare) or _PAUSE.search(bare):
        return False
    last = _HAN_WORD.findall(bare)[-1:] or [""]
    return any(is_name(last[0][-length:]) for length in (2, 3))


def byline_names(text: str, *, expected: bool) -> tuple[str, ...]:
    """Return the names of a byline in order, none when the line is no byline.

    `expected`: the line stands where bylines stand, so that names alone are enough; elsewhere a mark (■, 记者, 文/) or
    several names are needed.
    """
    mark = _BYLINE_MARK.match(text)
    rest = text[mark.end() :] if mark else text
    if len(rest) > 60 or _PAUSE.search(rest):
        return ()
    tokens = [token for token in re.split(r"[\s、/／]+", _ROLE_WORDS.sub(" ", rest) if mark else rest) if token]
    names = _pair_single(tokens)
    if not names or not all(is_name(name) for name in names):
        return ()
    if mark or (expected and (len(names) > 1 or len(names[0]) <= 3)):
        return tuple(names)
    return ()


def _pair_single(tokens: list[str]) -> list[str]:
    """Two-character names are often printed with a space inside, so that they line up with the longer ones."""
    names: list[str] = []
    half = ""
    for token in tokens:
        if half:
            names.append(half + token)
            half = ""
        elif len(token) == 1:
            half = token
        else:
            names.append(token)
    return [*names, half] if half else names


def is_name(word: str) -> bool:
    """Whether a word has the shape of a person's name: a family name and one or two characters."""
    if not _HAN_WORD.fullmatch(word):
        return False
    if len(word) in (3, 4) and word[:2] in _LONG_SURNAMES:
        return True
    return len(word) in (2, 3) and word[0] in _SURNAMES


_ITEM = re.compile(
    r"(?:(?P<paren>[（(]\s?(?P<a>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[）)])|(?P<circle>[①-⑳])"
    r"|(?P<dot>(?P<b>\d{1,2})[.．、](?!\d))|(?P<half>(?P<c>\d{1,2})[)）])|(?P<han>(?P<d>[一二三四五六七八九十]{1,3})、)"
    r"|(?P<bullet>[-•·▪●*])\s*(?=\S))"
)
_ITEM_LENGTH = 120
_LEADS = re.compile(r"[:：]$|(?:如下|以下|下列|包括|分别[是为])[^。]{0,12}[:：。]?$")


def item_number(text: str) -> tuple[str, int]:
    """Return the style and the number of a list's item; ("", 0) for other lines. Bullets have the number 0."""
    match = _ITEM.match(text)
    if not match:
        return "", 0
    if match["circle"]:
        return "circle", ord(match["circle"]) - ord("①") + 1
    if match["bullet"]:
        return f"bullet{match['bullet']}", 0
    style = next(name for name in ("paren", "dot", "half", "han") if match[name])
    written = next(match[name] for name in "abcd" if match[name])
    return (style, int(written)) if written.isdigit() else (f"{style}han", of_han(written) or 0)


def list_runs(lines: list[SourceLine]) -> list[tuple[int, int]]:
    """Return the lists among lines as (first, end), half-open; the first is the line that leads into it, if any.

    Items follow each other line by line and count up by one. A number over a paragraph is a heading, and none of these.
    """
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        style, number = item_number(lines[at].text)
        end = at + 1
        while (
            style
            and end < len(lines)
            and item_number(lines[end].text) == (style, number + end - at if number else 0)
            and len(lines[end].text) <= _ITEM_LENGTH
        ):
            end += 1
        led = at > 0 and bool(_LEADS.search(lines[at - 1].text)) and (not runs or runs[-1][1] < at)
        enough = end - at >= 2 if number else (end - at >= 2 and led) or end - at >= 3
        if style and number <= 1 and enough and len(lines[at].text) <= _ITEM_LENGTH:
            runs.append((at - led, end))
            at = end
        else:
            at += 1
    return runs


def wrapping(lines: list[SourceLine]) -> tuple[Callable[[str], float], float]:
    """Return how a file that breaks its lines by width counts them, and that width, 0 for one that does not.

    Editors count an ASCII character half, programs every character as one: whichever more lines bear out.
    """
    (full, width), measure = max(
        ((_wrapped(lines, measure), measure) for measure in (shown_width, len)), key=lambda one: one[0]
    )
    return measure, width if full else 0


def _wrapped(lines: list[SourceLine], measure: Callable[[str], float]) -> tuple[int, float]:
    """Return how many lines are full by a measure, and its width in characters; none when the file is not broken by width.

    Lines broken by width are as long as each other and stop anywhere; paragraphs of a line each do neither.
    """
    widths = sorted((measure(line.text) for line in lines), reverse=True)
    if len(widths) < 4:
        return 0, 0.0
    width = widths[min(len(widths) // 10, len(widths) - 1)]
    full = [line for line in lines if width - 2 <= measure(line.text) <= width + 1]
    inside = sum(not _CLOSED.search(line.text) for line in full)
    if width < 10 or width > 60 or len(full) < 3 or len(full) * 3 < len(lines) or inside * 2 <= len(full):
        return 0, 0.0
    return len(full), float(int(width))


def shown_width(text: str) -> float:
    """Return the width of a line in wide characters."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


_PAGE_NUMBER = re.compile(r"[-—–·•|\s]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d{1,4}|页?[,，]?\s*共\s*\d+\s*页)?[-—–·•|\s]*")


def furniture(lines: list[SourceLine]) -> frozenset[int]:
    """Return which lines are page numbers and running heads that pasted pages left between the text.

    A number alone is one when numbers count up through the file; a line is a running head when it stands three times or
    more, each time beside a page number or a break between pages.
    """
    numbers = [
        (at, int(re.sub(r"\D.*", "", re.sub(r"^\D+", "", line.text))))
        for at, line in enumerate(lines)
        if _PAGE_NUMBER.fullmatch(line.text) and re.search(r"\d", line.text)
    ]
    counted = [at for (at, one), (_, other) in pairwise(numbers) if other == one + 1]
    counted += [at for (_, one), (at, other) in pairwise(numbers) if other == one + 1]
    pages = set(counted) if len(set(counted)) >= 2 else set()
    if not pages:
        return frozenset()
    seen: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if len(line.text) <= 40 and at not in pages:
            seen.setdefault(line.text, []).append(at)
    for places in seen.values():
        beside = [at for at in places if at - 1 in pages or at + 1 in pages]
        if len(places) >= 2 and len(beside) * 2 >= len(places):
            pages.update(places[1:] if places[0] == 0 else places)
    return frozenset(pages)
