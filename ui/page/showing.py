"""What of an answer is shown, on the page, in the terminal and in what leaves both: one length, one list. Pure."""

from __future__ import annotations

import re
from typing import Final

from rag.records import Answer, Claim, Status
from rag.wording import CORRECTED, LISTED, READ_AS

_LONG: Final = 70  # characters of a sentence from which only the part that says the value is shown
_ANEW: Final = re.compile("——|[：；。]|(?<![0-9]):(?![0-9])")
_CLAUSE: Final = re.compile("，|,(?![0-9])")
_PAIRS: Final = ("“”", "（）", "()", "《》", "‘’")
_COUNTED: Final = re.compile(re.escape(LISTED).replace(r"\{\}", "([0-9]+)"))
_READ_AS: Final = re.compile(re.escape(READ_AS).replace(r"\{\}", "(.+)"))
_LAST: Final = re.compile("以及|和|及|与")
_MANY: Final = 3  # things from which a short answer is a list


def said(claim: Claim) -> str:
    """Return the part of a long sentence that says the value, cuts marked …; the whole sentence stands in the evidence.

    Cut only where a sentence itself begins anew (—— ： ； 。), and behind the value at the end of its clause.
    """
    text, value = claim.text, claim.value
    at = text.find(value) if value and value != text else -1
    if len(text) <= _LONG or at < 0:
        return text
    start = max((found.end() for found in _ANEW.finditer(text, 0, at)), default=0)
    stop = _ANEW.search(text, at + len(value))
    end = stop.start() if stop else len(text)
    if end - start > _LONG and (clause := _CLAUSE.search(text, at + len(value), end)):
        end = clause.start()
    shown = text[start:end]
    if len(shown) > 0.7 * len(text) or not _closed(shown):
        return text
    return "…" * (start > 0) + shown.rstrip("，,") + ("…" if end < len(text.rstrip("。")) else text[end:])


def items(answer: Answer) -> tuple[str, ...]:
    """Return the things that the short answer lists when there are three or more, else nothing."""
    pieces = (answer.short_answer or "").split("、")
    if answer.calculation or len(pieces) < _MANY or not all(pieces) or not all(map(_closed, pieces)):
        return ()
    counted = next((int(found[1]) for notice in answer.notices if (found := _COUNTED.fullmatch(notice))), 0)
    last = _LAST.split(pieces[-1])
    return (*pieces[:-1], *last) if all(last) and len(pieces) - 1 + len(last) == counted else tuple(pieces)


def preface(answer: Answer) -> str:
    """Return what stands before the sentences of an answer: that the articles do not say what the question takes for granted."""
    return CORRECTED if answer.status is Status.ANSWERED and answer.answer.startswith(CORRECTED) else ""


def telling_notices(answer: Answer) -> tuple[str, ...]:
    """Return the notices that tell something: not how a word was read when the question has it, or the answer has not."""
    asked = letters(answer.question)
    told = letters(
        "".join([answer.answer, *(claim.text for claim in answer.claims), *(c.quote for c in answer.citations)])
    )

    def tells(notice: str) -> bool:
        read = _READ_AS.fullmatch(notice)
        return read is None or (letters(read[1]) not in asked and letters(read[1]) in told)

    return tuple(dict.fromkeys(filter(tells, answer.notices)))


def letters(text: str) -> str:
    """Return the letters and digits of a text alone, to compare what was written with what was read."""
    return "".join(filter(str.isalnum, text)).casefold()


def _closed(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in _PAIRS)
