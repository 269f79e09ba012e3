"""A new article changes a figure: which remembered answers and which leads used the old one, with both values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import combinations
from typing import Final

from corpus.chinese.words import any_of
from corpus.chunking import passages
from corpus.records import Article
from rag.figures.conflicts import FigurePair, Relation, difference, figure_pairs, newest_first
from rag.figures.figure import Figure, all_figures
from rag.records import Citation
from ui.leads import wording
from ui.leads.replies import Reply
from ui.leads.store import Store

_HAVING: Final = "全年|目前|已|现有|共有|集聚|聚集|拥有|引进|建成|完成"
_LINKS: Final = re.compile(f"^(?:区|市|县|镇)?(?:{any_of('rag/figure_verbs')}|{_HAVING})*")
_AS_OF: Final = re.compile("截[至止]|目前|现在?|当前")
_NAMES_IT: Final = 6  # characters from which an indicator says of whom it is


@dataclass(frozen=True, slots=True)
class Outdated:
    """One answer that used a figure which has changed since. `lead` and `number` are None for a remembered answer.

    `new` is empty when the article was withdrawn or altered.
    """

    id: int
    lead: int | None
    number: int | None
    memory: int | None
    article_id: str
    old: str
    new: str
    note: str


def look(store: Store, articles: Mapping[str, Article]) -> list[Outdated]:
    """Compare the articles of now with those seen last, mark what used figures that have changed; return the new marks.

    The first time everything counts as seen.
    """
    digests = {name: sha256(article.text.encode("utf-8", "replace")).hexdigest() for name, article in articles.items()}
    seen = {row["article_id"]: row["digest"] for row in store.rows("SELECT * FROM articles_seen")}
    if digests == seen:
        return []
    fresh = {name for name, digest in digests.items() if seen.get(name) != digest} if seen else set()
    gone = {name for name in seen if digests.get(name) != seen[name]}
    found: list[tuple[str, int, str, str, str, str]] = []
    if fresh or gone:
        changes = _changes(articles, fresh)
        for column, target, reply in _replies(store):
            found += [(column, target, *one) for one in _affected(reply, changes, gone, articles)]
    last = store.rows("SELECT ifnull(max(id), 0) AS id FROM marks")[0]["id"]
    with store.writing() as db:
        for column, target, article_id, old, new, note in found:
            db.execute(
                f"INSERT OR IGNORE INTO marks ({column}, article_id, old, new, note, at) VALUES (?,?,?,?,?, datetime('now'))",
                (target, article_id, old, new, note),
            )
        db.execute("DELETE FROM articles_seen")
        db.executemany("INSERT INTO articles_seen VALUES (?, ?)", digests.items())
    return [one for one in open_marks(store) if one.id > last]


def open_marks(store: Store) -> list[Outdated]:
    """Return the marks that nobody has settled, the newest first."""
    rows = store.rows(
        "SELECT m.*, q.lead_id, q.number FROM marks m LEFT JOIN questions q ON q.id = m.question_id"
        " WHERE m.settled_by = '' ORDER BY m.id DESC"
    )
    return [
        Outdated(
            row["id"],
            row["lead_id"],
            row["number"],
            row["memory_id"],
            row["article_id"],
            row["old"],
            row["new"],
            row["note"],
        )
        for row in rows
    ]


def settle(store: Store, marks: Iterable[int], *, who: str) -> None:
    """Take note that somebody has looked at these."""
    with store.writing() as db:
        db.executemany("UPDATE marks SET settled_by = ? WHERE id = ?", [(who, one) for one in marks])


Change = tuple[Figure, FigurePair]


def _changes(articles: Mapping[str, Article], fresh: set[str]) -> dict[str, list[Change]]:
    """Return by article the figures that a fresh article gives another value for."""
    if not fresh:
        return {}
    figures = _named([one for article in articles.values() for one in _figures(article)])
    changes: dict[str, list[Change]] = defaultdict(list)
    for pair in (*figure_pairs(figures), *_without_subject(figures)):
        if pair.difference.relation not in (Relation.TIME, Relation.SAID):
            continue
        sides = [(pair.older, pair.newer)]
        if pair.difference.relation is Relation.SAID:
            sides.append((pair.newer, pair.older))
        for used, other in sides:
            if other.article_id in fresh and used.article_id != other.article_id:
                changes[used.article_id].append((used, pair))
    return changes


def _named(figures: Sequence[Figure]) -> list[Figure]:
    """Return figures whose subject stands before their indicator where a sentence runs both together.

    A short report says «某镇已集聚企业3100家» and nothing else of the place: what it is called, other articles tell.
    """
    subjects = sorted({one.subject for one in figures if len(one.subject) > 1}, key=len, reverse=True)
    made: list[Figure] = []
    for one in figures:
        subject = next((name for name in subjects if one.indicator.startswith(name)), "")
        rest = _LINKS.sub("", one.indicator.removeprefix(subject)) if subject else ""
        whose = subject and one.subject in ("", subject) and len(rest) > 1
        one = replace(one, subject=subject, indicator=rest) if whose else one
        # a stock as of a day or of now is as of its report: no shorter a span than another's
        made.append(replace(one, time=None) if one.time is not None and _AS_OF.match(one.time.text) else one)
    return made


def _without_subject(figures: Sequence[Figure]) -> Iterable[FigurePair]:
    """Yield pairs of figures of no named subject whose indicators are the same but for words of having, and long enough to name
    the thing."""
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for one in figures:
        bare = re.sub(_HAVING, "", one.indicator)
        if not one.subject and len(bare) >= _NAMES_IT:
            groups[bare, one.growth, one.quantity.measure].append(one)
    for (indicator, *_), alike in groups.items():
        for one, other in combinations(alike, 2):
            if one.article_id == other.article_id:
                continue
            named = [replace(figure, subject=str(indicator), indicator=str(indicator)) for figure in (one, other)]
            if found := difference(*named):
                yield FigurePair(*newest_first(one, other), found)


def _figures(article: Article) -> Sequence[Figure]:
    return [one for passage in passages(article) for one in all_figures(passage, article.text, article.published)]


def _affected(
    reply: Reply, changes: Mapping[str, list[Change]], gone: set[str], articles: Mapping[str, Article]
) -> Iterable[tuple[str, str, str, str]]:
    """Yield article, old value, new value and what differs, for each figure that a reply says and that has changed."""
    said = "\n".join(one.text for one in reply.said if one.proven) + reply.short
    for source in reply.citations:
        if source.article_id in gone and not _stands(source, articles):
            yield source.article_id, source.quote[:200], "", wording.SOURCE_GONE
        for used, pair in changes.get(source.article_id, ()):
            other = pair.newer if used is pair.older else pair.older
            if source.start <= used.start and used.end <= source.end and used.quantity.text in said:
                yield (
                    other.article_id,
                    used.quantity.text,
                    other.quantity.text,
                    pair.difference.note or pair.difference.relation,
                )


def _stands(source: Citation, articles: Mapping[str, Article]) -> bool:
    article = articles.get(source.article_id)
    return article is not None and article.text[source.start : source.end] == source.quote


def _replies(store: Store) -> Iterable[tuple[str, int, Reply]]:
    for row in store.rows("SELECT id, reply FROM questions WHERE reply IS NOT NULL"):
        yield "question_id", row["id"], Reply.loaded(row["reply"])
    for row in store.rows("SELECT id, reply FROM memory"):
        yield "memory_id", row["id"], Reply.loaded(row["reply"])
