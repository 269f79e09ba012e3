"""What the reader says of a sentence and the spans that it cites: do they bear it out, as an answer to the question?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from rag.checks.statements import ShownSpan
from rag.reading.reader import Reader, Window

BearsOut = Callable[[str, tuple[int, ...]], float]  # a sentence and the numbers of its spans → log-odds


def together(spans: Sequence[ShownSpan]) -> Window:
    """Return the window in which some spans are read as one, in the order of their articles. Raises ValueError without any."""
    if not spans:
        raise ValueError("no spans")
    ordered = sorted(spans, key=lambda one: (one.article_id, one.start))
    lead = ordered[0].heading.replace("\n", " ")
    return Window.of("".join(one.text for one in ordered), lead=lead, before=ordered[0].before)


def bears_out(question: str, evidence: Sequence[ShownSpan], reader: Reader) -> BearsOut:
    """Return what tells how surely spans of `evidence` bear out a sentence; each is read when it is first asked for."""
    spans = {one.n: one for one in evidence}

    @cache
    def odds(sentence: str, numbers: tuple[int, ...]) -> float:
        (found,) = reader.bears_out(question, sentence, [together([spans[n] for n in numbers])])
        return found

    return odds
