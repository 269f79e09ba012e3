"""Finished answers of a language model, kept while the same index and the same prompt would ask for them again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import sha256

from rag.records import Answer


class RecentAnswers:
    """The last `size` answers, in memory only. Safe to call from several threads."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    @staticmethod
    def key(generation: str, model: str, prompt: str) -> str:
        """Return the key of an answer: index generation, name of the model and fingerprint of the prompt."""
        return sha256(f"{generation}\0{model}\0{prompt}".encode()).hexdigest()

    def get(self, key: str) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: str, answer: Answer) -> None:
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
