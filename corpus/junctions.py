"""Does the end of one line run on into the beginning of another?"""

from __future__ import annotations

from corpus.layout import starts_midway


class Junctions:
    """Judges junctions of one article. Scores are log odds that the two ends were neighbours in print."""

    def __init__(self, text: str) -> None:
        self._text = text

    def runs_on(self, left: str, right: str) -> float:
        """Return the log odds that `right` continues `left` with nothing lost between."""
        score = 1.0
        if starts_midway(right):
            score += 1.0
        return score + self._habit(left, right)

    def _habit(self, left: str, right: str) -> float:
        """Evidence from the article itself: a word that elsewhere always has another neighbour is torn."""
        if self._text.count(left[-2:] + right[:2]) > 0:
            return 2.0
        for length in (6, 5, 4):
            before = self._neighbours(right[:length], -1)
            after = self._neighbours(left[-length:], 1)
            if len(before) == 1 and left[-1] not in before:
                return -4.0
            if len(after) == 1 and right[0] not in after:
                return -4.0
        return 0.0

    def _neighbours(self, word: str, side: int) -> set[str]:
        return set()
