"""A stream of text from a language model → its sentences, each with the marks that it cites, as soon as it is complete.

A sentence is complete when its full stop was written and its marks stand before it, or when something that is no mark
follows. What a model thinks aloud between <think> and </think> is dropped. Pure but for the text that is waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.chinese.text import split_sentences
from corpus.records import Span

LONGEST = 800  # characters that may wait for a full stop; more is babble
_MARK = r"\[\s*\^?\d{1,3}(?:\s*[-–—,，、]\s*\d{1,3}){0,8}\s*\]|［\s*\d{1,3}\s*］|【\d{1,3}(?:[†:][^】]{0,20})?】"
_MARKS = re.compile(_MARK)
_MARKED_END = re.compile(rf"(?:{_MARK})\s*[。！？!?.；;]?\s*$")
_QUOTED_END = re.compile("[。！？!?…][”’」』]$")
_STOP = re.compile("[。！？!?…\n]")
_SPEAKER = 60  # characters in which who said it may follow a quotation
_MARK_BEGINS = re.compile(rf"\s*(?:{_MARK})*[\[［【][^\]］】]{{0,14}}")
_LEADING = re.compile(rf"^(?:\s|{_MARK}|[-*•·#>]+\s+|\d{{1,2}}[.、)]\s*(?=\D)|[。；，,;])+")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|`+|~~")
_BLOCKS = re.compile("【/?(?:证据|对话|问题|报道)(?:结束)?】")  # of the prompt, which small models repeat
_THINK = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL | re.IGNORECASE)
_THINK_BEGINS = re.compile(r"<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?$", re.IGNORECASE)
_TERMINAL = "。！？!?…"
_ENGLISH_END = re.compile(
    rf"(?:{_MARK})\s*\.(?=\s+[A-Z\"'“]|\s*$)|(?<=[a-z0-9)%])\.\s*(?:{_MARK})+(?=\s+[A-Z\"'“]|\s*$)"
)
_INTRODUCTION = re.compile(r"[：:]\s*$")


@dataclass(frozen=True, slots=True)
class Cut:
    """One sentence without its marks and Markdown. `cited` are the numbers of its marks in order, unknown ones too.

    `opens`: it only announces what follows («具体如下：») and states nothing.
    """

    text: str
    cited: tuple[int, ...]
    opens: bool = False


class SentenceCutter:
    """Takes the text of one answer piece by piece."""

    def __init__(self) -> None:
        self._waiting = ""

    @property
    def waiting(self) -> int:
        """How many characters wait for their full stop."""
        return len(self._waiting)

    def feed(self, text: str) -> Iterator[Cut]:
        """Take the next piece; yield the sentences that are now complete."""
        self._waiting = _without_thoughts(self._waiting + text)
        if "<think" in self._waiting.lower() or _THINK_BEGINS.search(self._waiting):
            return
        yield from self._complete(final=False)

    def flush(self) -> Iterator[Cut]:
        """The model has finished: yield what waits, with or without a full stop."""
        self._waiting = _THINK.sub("", self._waiting)
        yield from self._complete(final=True)

    def _complete(self, *, final: bool) -> Iterator[Cut]:
        spans = [part for span in split_sentences(self._waiting) for part in _english(self._waiting, span)]
        done = 0
        for number, span in enumerate(spans):
            text = self._waiting[span.start : span.end]
            last = number == len(spans) - 1
            after = self._waiting[span.end :]
            if not final and (_MARK_BEGINS.fullmatch(after) or (last and not self._is_complete(text, after))):
                break
            if not final and _QUOTED_END.search(text) and len(after) < _SPEAKER and not _STOP.search(after):
                break
            done = span.end
            if cut := _cut(text):
                yield cut
        self._waiting = "" if final else self._waiting[done:]

    def _is_complete(self, text: str, after: str) -> bool:
        """Whether the last sentence can get no more marks: they stand before its stop, or its line has ended."""
        if "\n" in after:
            return True
        body = text.rstrip()
        if body.endswith("."):
            return _ENGLISH_END.search(body) is not None
        return body.endswith(tuple(_TERMINAL)) and _MARKED_END.search(body) is not None


def _english(text: str, span: Span) -> Iterator[Span]:
    """Split a span after marks with a Latin full stop: «… in 2023 [2]. It …»."""
    begin = span.start
    for end in _ENGLISH_END.finditer(text, span.start, span.end):
        yield Span(begin, end.end())
        begin = end.end()
    if text[begin : span.end].strip():
        yield Span(begin, span.end)


def _without_thoughts(text: str) -> str:
    return re.sub(r"<think(?:ing)?>.*?</think(?:ing)?>", "", text, flags=re.DOTALL | re.IGNORECASE)


def _cut(text: str) -> Cut | None:
    body = _LEADING.sub("", _BLOCKS.sub("", _EMPHASIS.sub("", text))).strip()
    cited = tuple(dict.fromkeys(number for mark in _MARKS.findall(body) for number in _numbers(mark)))
    body = re.sub(r"\s+(?=[。，；！？.,;!?])", "", _MARKS.sub("", body)).strip()
    if not re.search(r"\w", body):
        return None
    opens = bool(_INTRODUCTION.search(body)) and not cited and not re.search(r"\d", body)
    if not opens and body[-1] not in _TERMINAL + '.”"’)）':
        body = body.rstrip("：:，,；;、") + ("。" if re.search("[\u3400-\u9fff]", body) else ".")
    return Cut(body, cited, opens)


def _numbers(mark: str) -> Iterator[int]:
    """Yield the numbers of one mark: [3], [3,5], [3-5]."""
    for part in re.split("[,，、]", mark.strip("[]［］【】^ ")):
        ends = [int(number) for number in re.findall(r"\d{1,3}", part.split("†")[0])]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + 8:
            yield from range(ends[0], ends[1] + 1)
        else:
            yield from ends[:1]
