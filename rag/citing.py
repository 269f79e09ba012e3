"""From a stretch of an article to a citation, and the check that every citation of an answer must pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from corpus.records import Article, Published
from rag.records import Answer, Citation, Status


def cite(article: Article, start: int, end: int, n: int) -> Citation:
    """Return `article.text[start:end]` as citation number `n`."""
    source = article.source_span(start, end)
    return Citation(
        n=n,
        article_id=article.id,
        headline=article.headline,
        publisher=article.publisher,
        published=published_text(article.published),
        published_inferred=article.published is not None and article.published.inferred,
        start=start,
        end=end,
        source_start=source.start,
        source_end=source.end,
        quote=article.text[start:end],
    )


def published_text(published: Published | None) -> str:
    """Return «2024年5月3日», «2024年5月», «2024年5—6月», «2023年12月—2024年1月» or, when nobody knows, nothing.

    Inferred up to the end of a year is «2024年6月或稍后»: only its beginning is told, the rest is what nobody ruled out.
    """
    if published is None:
        return ""
    first, last = published.first, published.last
    if (
        published.inferred
        and first.month < last.month
        and last == date(first.year, 12, 31)
        and (first.month, first.day) != (1, 1)
    ):
        day = f"{first.day}日" if first.day > 1 else ""
        return f"{first.year}年{first.month}月{day}或稍后"
    if first == last:
        return f"{first.year}年{first.month}月{first.day}日"
    if _whole_months(first, last):
        if first.year != last.year:
            return f"{first.year}年{first.month}月—{last.year}年{last.month}月"
        if (first.month, last.month) == (1, 12):
            return f"{first.year}年"
        months = str(first.month) if first.month == last.month else f"{first.month}—{last.month}"
        return f"{first.year}年{months}月"
    return f"{published_text(Published(first, first))}—{published_text(Published(last, last))}"


def _whole_months(first: date, last: date) -> bool:
    return first.day == 1 and (last + timedelta(days=1)).day == 1


def as_of_text(published: str, inferred: bool) -> str:
    """Return the date line of an answer that rests on an article of that date."""
    if not published:
        return "报道日期不详"
    return f"据{published}报道（推定）" if inferred else f"据{published}报道"


def faults(answer: Answer, articles: Mapping[str, Article]) -> list[str]:
    """Return what is wrong with the proofs of `answer`; an empty list when nothing is.

    Every quote stands in its article at its offsets, every claim rests on a citation that exists, and the words of every
    claim are the words of what it cites, but for the marks of a cut (…).
    """
    found: list[str] = []
    cited = {citation.n: citation for citation in answer.citations}
    for citation in answer.citations:
        article = articles.get(citation.article_id)
        if article is None:
            found.append(f"[{citation.n}] 引用的文章 {citation.article_id} 不存在")
        elif article.text[citation.start : citation.end] != citation.quote or not citation.quote:
            found.append(f"[{citation.n}] 引文与原文不一致")
    for claim in answer.claims:
        missing = [n for n in claim.citations if n not in cited]
        if missing or (not claim.citations and answer.status is Status.ANSWERED):
            found.append(f"「{claim.text[:20]}」没有有效的引用")
            continue
        quotes = "\n".join(cited[n].quote for n in claim.citations)
        if not is_cut_from(claim.text, quotes):
            found.append(f"「{claim.text[:20]}」不是引文中的原话")
    return found


def is_cut_from(text: str, quotes: str) -> bool:
    """Tell whether the pieces of `text` between the cuts stand in `quotes` in that order."""
    at = 0
    for piece in filter(None, (part.strip() for part in text.split("…"))):
        found = quotes.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True
