"""A message that asks several things, such as a pasted mail → its questions, in order. Pure.

Two questions in one sentence are the answerer's to take apart; here a message is cut at its own lines and question marks.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 12  # questions of one message that are answered

NUMBERED: Final = re.compile(
    r"\s*(?:[（(]?\d{1,2}\s*[)）.、．:：](?!\d)|[（(]?[一二三四五六七八九十]{1,2}[)）]?[、.．:：]|[①-⑳]|[-•·*▪●]\s|[Qq]\d*[:：.]|问[:：])\s*"
)
ENDS: Final = re.compile(r"(?<=[？?])(?![？?!！”」』\"）)])")
_STATEMENT: Final = re.compile(r"(?<=[。！!；;])")
_ASKS: Final = re.compile(
    "多少|什么|哪[些个家里几年位]?|怎[么样]|如何|谁|几[个家年条项次名座所月]|是否|有没有|能否|可否|为何|为啥|啥|吗$|呢$|多[大高长远久快]|何时|情况$"
)
_SHORTEST: Final = 4  # characters that can ask something
_SHORTEST_ITEM: Final = 2
_ON_ONE_LINE: Final = 3  # as many questions on one line are a list; two may belong together


def questions_in(message: str) -> tuple[str, ...]:
    """Return the questions of a message, at least one; a message that asks one thing comes back as it is."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    found = [(at, question) for at, line in enumerate(lines) for question in _of_line(line)]
    several = len({at for at, _ in found}) > 1 or len(found) >= _ON_ONE_LINE
    return tuple(dict.fromkeys(question for _, question in found)) if several else (message,)


def _of_line(line: str) -> list[str]:
    """Return the questions of a line; an item of a list is one even without a question mark."""
    marked = NUMBERED.match(line)
    line = line[marked.end() :] if marked else line
    parts = [part.strip() for part in ENDS.split(line) if part.strip()]
    asked = [_without_lead(part) for part in parts if asks(part)]
    if not asked and marked:
        asked = [line.strip()]
    return [one for one in asked if sum(map(str.isalnum, one)) >= (_SHORTEST_ITEM if marked else _SHORTEST)]


def asks(part: str) -> bool:
    """Tell whether a sentence, or a piece of one, asks something."""
    if part.endswith(("：", ":")):  # 请教几个问题： asks nothing itself
        return False
    return part.endswith(("？", "?")) or _ASKS.search(part.rstrip("。.！!")) is not None


def _without_lead(part: str) -> str:
    """Return a question without the statements before it: 您好。我们想来投资。开发区有多大？ asks the last of them."""
    pieces = [piece for piece in _STATEMENT.split(part) if piece.strip()]
    return pieces[-1].strip() if pieces else part
