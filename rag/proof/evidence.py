"""The numbered spans of one question, as what may prove a sentence: alone, together, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.checks.content import cover
from rag.checks.statements import Ground, ShownSpan, Statement

_TRIED = 8  # spans that a repair looks at
_TOGETHER = 3  # spans that a sentence may rest on after a repair
_GAP = 3  # characters between neighbouring sentences
_BACK = 6  # sentences before a span whose time and names hold for it
_GAPS = re.compile(
    "(?<=[0-9A-Za-z%])[ \u3000\xa0]+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])[ \u3000\xa0]+(?=[0-9A-Za-z])"
)


class ShownEvidence:
    """What was shown for one question. `around` is all of it, folded."""

    def __init__(self, spans: Sequence[ShownSpan]) -> None:
        self.spans = spans
        self.grounds = {
            one.n: Ground(_closed_up(one.text), one.heading, one.published, _before(one, spans)) for one in spans
        }
        self.around = "\n".join(ground.folded for ground in self.grounds.values())
        self._places = {one.n: (one.article_id, one.start, one.end) for one in spans}

    def of(self, numbers: Sequence[int]) -> list[Ground]:
        """Return the grounds of some spans."""
        return [self.grounds[n] for n in numbers]

    def others(self, statement: Statement, cited: tuple[int, ...], *, only_beside: bool) -> Iterator[tuple[int, ...]]:
        """Yield other spans to try, the likeliest first: one alone, what is cited with a neighbour, then neighbours.

        `only_beside`: what is cited holds the words of the sentence, so that no other span is meant; a neighbour may help.
        Only sentences that stand side by side are joined: of two from far apart each would lend the other its words.
        """
        likely = sorted(self.grounds, key=lambda n: (-cover(statement, self.of([n])), n))[:_TRIED]
        if not only_beside:
            yield from ((n,) for n in likely)
        if cited and len(cited) < _TOGETHER:
            near = [n for n in self.grounds if n not in cited and any(self._touch(n, one) for one in cited)]
            yield from ((*cited, n) for n in near)
        for n in likely if not only_beside else ():
            for run in ((n, n + 1), (n - 1, n), (n - 1, n, n + 1)):
                if all(self._touch(a, b) for a, b in pairwise(run)):
                    yield run

    def _touch(self, a: int, b: int) -> bool:
        """Whether two spans are neighbouring sentences of one article."""
        first, second = sorted((a, b))
        if second - first != 1 or first not in self._places or second not in self._places:
            return False
        (article, _, end), (other, start, _) = self._places[first], self._places[second]
        return article == other and start - end <= _GAP


def _closed_up(text: str) -> str:
    """Return a text without the gaps between figures and words that some papers print: 9.85 亿户."""
    return _GAPS.sub("", text)


def _before(one: ShownSpan, evidence: Sequence[ShownSpan]) -> str:
    """Return the sentences that stand before a span in its article, as far as they were shown."""
    if one.before:
        return one.before
    earlier = [other for other in evidence if other.article_id == one.article_id and other.end <= one.start]
    return "".join(other.text for other in sorted(earlier, key=lambda other: other.start)[-_BACK:])
