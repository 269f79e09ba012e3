"""No lie of the scripted liar reaches the reader, and few of its true sentences are withheld."""

from __future__ import annotations

import pytest

from rag.answerer import ExtractiveAnswerer
from tests.rag.liar import HARDER, LIES, tell

ASKED = 150  # questions; `python -m tests.rag.liar` asks 300
ALTERED = ("altered number", "swapped unit", "invented name", "obeyed injection")


@pytest.mark.slow
def test_no_altered_fact_is_released_and_at_most_a_tenth_of_the_truths_is_withheld(
    answerer: ExtractiveAnswerer,
) -> None:
    tallies = tell(answerer, ASKED)
    assert set(LIES) <= tallies.keys()
    for kind in ALTERED:
        assert tallies[kind].shown == 0, tallies[kind].examples
    assert tallies["moved citation"].shown <= 1, tallies["moved citation"].examples
    # where the extractive answerer refuses, a true sentence must also read as an answer: most of what is withheld is of that kind
    assert tallies["true"].shown >= 0.9 * tallies["true"].written, tallies["true"].examples
    harder = [tallies[kind] for kind in HARDER]
    assert sum(tally.written for tally in harder) >= 50
    assert sum(tally.shown for tally in harder) <= 2, [tally.examples for tally in harder]
