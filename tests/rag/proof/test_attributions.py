"""«2024年5—6月的报道写的是…»: the time is that of the article itself; what it is said to write is left to be proven."""

from __future__ import annotations

from datetime import date

from corpus.records import Published
from rag.proof.attributions import attribution


def test_an_article_is_known_by_its_time() -> None:
    may = Published(date(2024, 5, 1), date(2024, 6, 30), inferred=True, clue="")
    later = Published(date(2026, 1, 1), date(2026, 2, 28), inferred=True, clue="")
    told = attribution("2024年5—6月的报道写的是900余家。")
    assert told is not None and told.text == "900余家。"
    assert told.fits([may]) and not told.fits([later]) and not told.fits([None])
    assert attribution("青禾镇2024年有900余家企业。") is None
