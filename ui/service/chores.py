"""What chat programs ask a model beside the conversation: a title for it, tags, what to ask next. Pure.

Open WebUI sends such a chore as one user message that begins «### Task:», describes the JSON that it wants and ends with
the conversation between <chat_history> and </chat_history>. Answering it as a question would search the articles for
«Generate a concise title».
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from corpus.chinese.facts import NameKind, names
from corpus.chinese.text import clean

_BEGINS: Final = re.compile(r"\s*#{1,3} ?Task:", re.IGNORECASE)
_HISTORY: Final = re.compile(r"<chat_history>\s*(.*?)\s*</chat_history>", re.DOTALL)
_SAID: Final = re.compile(r"^(USER|ASSISTANT): ?", re.MULTILINE)
_WANTED: Final = re.compile(r'"(title|tags|follow_ups|queries|text|prompt)"\s*:')
_TITLE: Final = re.compile(r"\btitle\b", re.IGNORECASE)
_LONGEST_TITLE: Final = 24
_MOST_TAGS: Final = 3


class ChoreKind(StrEnum):
    TITLE = "title"
    PLAIN_TITLE = "plain title"
    TAGS = "tags"
    FOLLOW_UPS = "follow_ups"
    QUERIES = "queries"
    TEXT = "text"  # the rest of a sentence that is being typed
    PROMPT = "prompt"  # for a picture


@dataclass(frozen=True, slots=True)
class Chore:
    """`questions` are the user's words in the conversation that the chore is about, oldest first."""

    wanted: ChoreKind
    questions: tuple[str, ...]


def chore_of(message: str) -> Chore | None:
    """Return the chore that a message is; None for a question."""
    history = _HISTORY.search(message)
    if history is None or not _BEGINS.match(message):
        return None
    order = message[: history.start()]
    named = _WANTED.search(order)
    if named is None and not _TITLE.search(order):
        return None
    wanted = ChoreKind(named[1]) if named else ChoreKind.PLAIN_TITLE
    pieces = _SAID.split(history[1])[1:]
    questions = [clean(text) for who, text in zip(pieces[::2], pieces[1::2], strict=True) if who == "USER"]
    return Chore(wanted, tuple(filter(None, questions)))


def done(chore: Chore, follow_ups: Sequence[str] = ()) -> str:
    """Return what the program waits for, made of the user's own words; `follow_ups` are questions to ask next."""
    first, last = (chore.questions[0], chore.questions[-1]) if chore.questions else ("", "")
    if chore.wanted is ChoreKind.PLAIN_TITLE:
        return title(first)
    value: object = {
        ChoreKind.TITLE: title(first),
        ChoreKind.TAGS: tags(chore.questions),
        ChoreKind.FOLLOW_UPS: list(follow_ups),
        ChoreKind.QUERIES: [last] if last else [],
    }.get(chore.wanted, "")
    return json.dumps({chore.wanted.value: value}, ensure_ascii=False)


def title(question: str) -> str:
    """Return a question as a heading: one line without its question mark, cut when it is long."""
    line = " ".join(question.split()).rstrip("?？。！! ")
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"


def tags(questions: Sequence[str]) -> list[str]:
    """Return the names that questions speak of, at most three; their first words when there are none."""
    found = [name.text for question in questions for name in names(question) if name.kind is not NameKind.LATIN]
    return list(dict.fromkeys(found))[:_MOST_TAGS] or [title(question)[:8] for question in questions[:1]]
