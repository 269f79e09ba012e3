"""When did an article appear, if nobody says? Told from the dates in its own text, and always marked as inferred."""

from __future__ import annotations

from corpus.records import Published


def infer_published(text: str) -> Published | None:
    """Return the span of days in which the article appeared, None when its text does not say."""
    return None
