"""Does what is shown of a source agree with what is known of it?"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.records import Article
from rag.citing import published_text
from rag.records import Answer


def links_ok(answer: Answer, articles: Mapping[str, Article]) -> bool:
    """Tell whether every citation names an article of the corpus with its own headline, paper, date and 推定 mark,
    and the span of the source file that its offsets map to. No citation: true. Source: own definition.
    """
    return all(
        (article := articles.get(citation.article_id)) is not None
        and 0 <= citation.start < citation.end <= len(article.text)
        and (citation.headline, citation.publisher) == (article.headline, article.publisher)
        and citation.published == published_text(article.published)
        and citation.published_inferred == (article.published is not None and article.published.inferred)
        and (span := article.source_span(citation.start, citation.end)) is not None
        and (citation.source_start, citation.source_end) == (span.start, span.end)
        for citation in answer.citations
    )


def bad_citations(answer: Answer) -> int:
    """Return how many marks of the answer point to no citation: [7] where five sources are shown, or [0]."""
    known = {citation.n for citation in answer.citations}
    return sum(n not in known for claim in answer.claims for n in claim.citations)
