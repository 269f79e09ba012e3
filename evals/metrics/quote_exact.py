"""Is every quote what its article says at its offsets?"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.records import Article
from rag.records import Answer


def quotes_exact(answer: Answer, articles: Mapping[str, Article]) -> bool:
    """Tell whether every quote is the article's text at its offsets, byte for byte, and not empty. No citation: true.

    Source: own definition; there is no tolerance, since a quotation mark promises none.
    """
    return all(
        citation.article_id in articles
        and articles[citation.article_id].text[citation.start : citation.end] == citation.quote != ""
        for citation in answer.citations
    )
