"""Where a short answer lies in a sentence: spans weighed against each other, and their edges made whole.

The span we return is the one that overlaps best with all likely spans, not merely the likeliest: whoever reads the answer
is better served by most of the right clause than by a coin toss between two of its cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from corpus.records import Span

UNREAD = -5.0  # log-odds of a sentence that was not read: a wrong one's


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The part of a text that answers, `text[start:end]`; `score`, 0 to 1: its expected overlap with the truth."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence has to say to a question: answers that do not overlap, best first, and the log-odds of any."""

    answers: tuple[ShortAnswer, ...]
    odds: float

    @property
    def best(self) -> ShortAnswer | None:
        return self.answers[0] if self.answers else None

    @property
    def probability(self) -> float:
        """Return how likely the sentence answers, 0 to 1."""
        return 1 / (1 + exp(-max(-30.0, min(30.0, self.odds))))


def best_overlap(spans: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Reorder `spans` by the overlap (F1 of characters) each is expected to have with the true one.

    Source: minimum Bayes risk decoding, Kumar & Byrne, NAACL 2004.
    """
    if not spans:
        return []
    start = np.array([s for s, _, _ in spans])
    end = np.array([e for _, e, _ in spans])
    weight = np.array([p for _, _, p in spans])
    overlap = (np.minimum(end[:, None], end[None, :]) - np.maximum(start[:, None], start[None, :])).clip(0)
    f1 = 2 * overlap / ((end - start)[:, None] + (end - start)[None, :])
    gain = f1 @ weight
    return [(spans[i][0], spans[i][1], float(gain[i])) for i in np.argsort(-gain, kind="stable")]


# --- edges ------------------------------------------------------------------------------------------------------

_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》", "【": "】", "[": "]"}
_CLOSES = {closing: opening for opening, closing in _PAIRS.items()}
_DANGLING = frozenset("，,、；;：:。.！!？?…—- \t\n\u3000·")


def tidied(text: str, start: int, end: int, amounts: Sequence[Span]) -> tuple[int, int]:
    """Return the span with whole `amounts`, without dangling marks, quotation marks and brackets closed.

    A span that would be nothing but marks comes back as it was.
    """
    before = start, end
    for amount in amounts:
        if amount.start < before[1] and before[0] < amount.end:
            start, end = min(start, amount.start), max(end, amount.end)
    start, end = _trimmed(text, start, end)
    start, end = _trimmed(text, *_balanced(text, start, end))
    return (start, end) if start < end else before


def amounts_of(text: str) -> tuple[Span, ...]:
    """Return where the quantities of `text` stand: with sign, approximation and unit."""
    from corpus.chinese.facts import quantities  # its tables take longer to import than this whole module

    return tuple(Span(one.start, one.end) for one in quantities(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while (
        start < end and text[start] in _DANGLING and not (text[start] == "-" and text[start + 1 : start + 2].isdigit())
    ):
        start += 1
    while end > start and text[end - 1] in _DANGLING:
        end -= 1
    return start, end


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """Close what is opened inside: take the missing mark in when it is the next character, else drop the lone one."""
    opened: list[int] = []
    lone: list[int] = []
    for at in range(start, end):
        if text[at] in _PAIRS:
            opened.append(at)
        elif text[at] in _CLOSES:
            if opened and text[opened[-1]] == _CLOSES[text[at]]:
                opened.pop()
            else:
                lone.append(at)
    for at in reversed(opened):
        closing = text.find(_PAIRS[text[at]], end)
        if closing >= 0 and all(mark in _DANGLING for mark in text[end:closing]):
            end = closing + 1
        elif at == start:
            start += 1
        elif 0 <= closing - end <= 6 and not set(text[end:closing]) & set("。！？\n"):
            end = closing + 1
        elif at == end - 1:
            end -= 1
    for at in lone:
        if start and text[start - 1] == _CLOSES[text[at]]:
            start -= 1
        elif at == end - 1:
            end -= 1
        elif at == start:
            start += 1
    return start, end


def answers_of(text: str, ranked: Sequence[tuple[int, int, float]], keep: int) -> tuple[ShortAnswer, ...]:
    """Return at most `keep` answers that do not overlap, best first, their edges made whole."""
    found: list[ShortAnswer] = []
    amounts = amounts_of(text)
    for start, end, gain in ranked:
        start, end = tidied(text, start, end, amounts)
        if all(end <= other.start or other.end <= start for other in found):
            found.append(ShortAnswer(start, end, text[start:end], min(1.0, gain)))
        if len(found) == keep:
            break
    return tuple(found)
