"""Who says it: what the spans let one say, a sentence lets no other say."""

from __future__ import annotations

from corpus.chinese.text import fold
from rag.checks.speakers import other_speaker


def test_nobody_speaks_for_another() -> None:
    text = "青禾银行对此表示，这并非强制要求。望潮监管局作出处罚。"
    assert other_speaker("望潮监管局表示，这并非强制要求。", [text], fold(text))
    assert not other_speaker("青禾银行表示，这并非强制要求。", [text], fold(text))
