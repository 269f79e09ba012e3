"""What a language model may add to a search: a follow-up as a question of its own, other wordings, smaller questions.

Each is optional, runs beside the built-in search and never holds it up: what has not come in time is not used. What comes
is only searched with; it proves nothing and is never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import monotonic

from corpus.chinese.facts import dates, quantities
from corpus.chinese.text import clean, fold
from rag.llm.generator import Failed, Finished, Generation, Generator, Text
from rag.llm.prompt import decompose_messages, expand_messages, rewrite_messages
from rag.protocol import History

_MOST = 3  # questions
_LONGEST = 120  # characters of one
_LEAD = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.、)）]|问题[:：]|改写[:：])\s*")


@dataclass(frozen=True, slots=True)
class Aids:
    """Which aids to ask for, and for how many seconds they may be waited for once the built-in search is done."""

    rewrite: bool = False
    expand: bool = False
    decompose: bool = False
    patience: float = 1.5

    @property
    def any(self) -> bool:
        return self.rewrite or self.expand or self.decompose


class QueryAids:
    """Asks for the aids of one question, all at the same time."""

    def __init__(self, model: Generator, aids: Aids, question: str, history: History) -> None:
        self._question = question
        self._history = history
        self._patience = aids.patience
        self._under_way: list[Generation] = []
        if aids.rewrite and history:
            self._under_way.append(model.start(rewrite_messages(question, history)))
        if aids.expand:
            self._under_way.append(model.start(expand_messages(question)))
        if aids.decompose:
            self._under_way.append(model.start(decompose_messages(question)))

    def questions(self) -> tuple[str, ...]:
        """Return the further questions that came in time and add no figure of their own; closes what did not come."""
        until = monotonic() + self._patience
        found: list[str] = []
        for generation in self._under_way:
            try:
                found += _lines(_whole(generation, until))
            finally:
                generation.close()
        known = fold("\n".join([self._question, *(said for turn in self._history for said in turn)]))
        kept = [one for one in dict.fromkeys(found) if fold(one) != fold(self._question) and _adds_nothing(one, known)]
        return tuple(kept[:_MOST])

    def close(self) -> None:
        for generation in self._under_way:
            generation.close()


def _whole(generation: Generation, until: float) -> str:
    """Return the whole text, or nothing when it did not come in time or was cut."""
    text = ""
    while (left := until - monotonic()) > 0:
        event = generation.next(left)
        if isinstance(event, Text):
            text += event.text
        elif isinstance(event, Finished):
            return text if event.reason == "stop" else ""
        elif isinstance(event, Failed):
            return ""
        if len(text) > 4 * _LONGEST * _MOST:
            return ""
    return ""


def _lines(text: str) -> list[str]:
    text = re.sub(r"<think(?:ing)?>.*?</think(?:ing)?>", "", text, flags=re.DOTALL | re.IGNORECASE)
    lines = [clean(_LEAD.sub("", line)).strip('“”"「」 ') for line in text.splitlines()]
    return [line for line in lines if 4 <= len(line) <= _LONGEST][:_MOST]


def keeps_figures(question: str, other: str) -> bool:
    """Whether every number of `question` stands in `other` too: 2019年的产值 is not answered by 产值是多少."""
    wanted, given = (set(re.findall(r"[0-9]+(?:\.[0-9]+)?", fold(text))) for text in (question, other))
    return wanted <= given


def _adds_nothing(question: str, known: str) -> bool:
    """Whether every figure and year of a further question was said by the user or in the conversation."""
    facts = [one.text for one in quantities(question)] + [one.text for one in dates(question)]
    return all(digits in known for fact in facts for digits in re.findall(r"[0-9]+(?:\.[0-9]+)?", fold(fact)))
