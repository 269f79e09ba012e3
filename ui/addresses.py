"""The address of one sentence on the page, as every link to it is written."""

from __future__ import annotations

from urllib.parse import quote

from rag.quoting import FIRST_WORDS, print_of


def permalink(article_id: str, start: int, end: int, words: str = "") -> str:
    """Return the address of one sentence: its first words find it again where it has moved, its print tells a change."""
    says = f"&says={quote(words[:FIRST_WORDS], safe='')}&print={print_of(words)}" if words else ""
    return f"#article={quote(article_id, safe='')}&span={start}-{end}{says}"
