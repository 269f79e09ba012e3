"""Answers that were given lately, kept for the next who asks the same of the same edition."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from time import monotonic
from typing import Final

from corpus.chinese.text import fold
from rag.records import Answer

FORGOTTEN_AFTER: Final = 4 * 3600.0  # seconds; as long as a conversation is remembered, for it holds the question
_SPACES: Final = " \t\u3000"


class AnswerCache:
    """The last `size` answers to questions that began a conversation, in memory only. Safe to use from several threads.

    Questions are the same when they differ in width, case, script or punctuation marks alone (`corpus.chinese.text.fold`).
    """

    def __init__(self, size: int, clock: Callable[[], float] = monotonic) -> None:
        self._size = size
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: str) -> Answer | None:
        """Return the answer to `question`; None when it is not known or too old."""
        key = _key(question)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found[0] < self._clock() - FORGOTTEN_AFTER:
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
        return replace(found[1], question=question)

    def put(self, question: str, answer: Answer) -> None:
        with self._lock:
            oldest = self._clock() - FORGOTTEN_AFTER
            for key in [key for key, (at, _) in self._kept.items() if at < oldest]:
                del self._kept[key]
            self._kept[_key(question)] = (self._clock(), answer)
            self._kept.move_to_end(_key(question))
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def forget(self, question: str) -> None:
        """Remove the answer to `question`."""
        with self._lock:
            self._kept.pop(_key(question), None)

    def __len__(self) -> int:
        return len(self._kept)


def _key(question: str) -> str:
    return f"{date.today()} {fold(question).strip(_SPACES)}"  # 今年 means another year after midnight of the 31st
