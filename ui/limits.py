"""What one visitor may send, enforced on the server before anything is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corpus.errors import QuestionError
from corpus.text import clean
from ui import wording

MAX_QUESTION: Final = 1000  # code points
MAX_BODY: Final = 64 * 1024  # bytes of one request
MAX_TURNS: Final = 20
MAX_REMEMBERED: Final = 8000  # characters of history handed to the answerer
RUN_AT_ONCE: Final = 8
MAX_WAITING: Final = 64


def checked(question: object) -> str:
    """Return the question without control and direction characters.

    Raises QuestionError when it is not text, empty, only unreadable characters, or longer than `MAX_QUESTION`.
    """
    if question is None:  # nothing was typed
        raise QuestionError(wording.EMPTY_QUESTION)
    if not isinstance(question, str):
        raise QuestionError(wording.BAD_REQUEST)
    if len(question) > MAX_QUESTION:
        raise QuestionError(wording.too_long(MAX_QUESTION))
    if not question.strip():
        raise QuestionError(wording.EMPTY_QUESTION)
    cleaned = clean(question)
    if not any(map(str.isalnum, cleaned)):
        raise QuestionError(wording.GARBLED_QUESTION)
    return cleaned


def remembered(history: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the latest turns that fit into `MAX_TURNS` and `MAX_REMEMBERED`, oldest first."""
    kept: list[tuple[str, str]] = []
    room = MAX_REMEMBERED
    for said, answered in reversed(history[-MAX_TURNS:]):
        room -= len(said) + len(answered)
        if room < 0:
            break
        kept.append((said, answered))
    return kept[::-1]
