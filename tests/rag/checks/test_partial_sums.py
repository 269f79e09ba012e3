"""«一共 …» adds up all that a span enumerates."""

from __future__ import annotations

from corpus.chinese.facts import quantities
from rag.checks.partial_sums import incomplete


def test_a_sum_of_all_adds_up_all() -> None:
    text = "选树金钻5名、红钻15名、黄钻100名。"
    assert incomplete("一共20名（5名+15名=20名）。", quantities("5名+15名"), text)
    assert not incomplete("一共120名（5名+15名+100名=120名）。", quantities("5名+15名+100名"), text)
    assert not incomplete("两项之差是10名（15名−5名=10名）。", quantities("15名−5名"), text)
