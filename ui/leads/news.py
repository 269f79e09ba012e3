"""A new article changes a figure: which remembered answers and which leads used the old one, with both values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from corpus.chinese.facts import equal
from corpus.records import Article
from rag.figures.conflicts import FigurePair, Relation
from rag.figures.figure import Figure, article_figures
from rag.figures.reworded import reworded_pairs
from rag.records import Citation
from ui.leads import wording
from ui.leads.replies import Reply
from ui.leads.store import Store, now


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
    last = store.rows("SELECT coalesce(max(id), 0) AS id FROM marks")[0]["id"]
    with store.writing() as db:
        for column, target, article_id, old, new, note in found:
            db.execute(
                f"INSERT INTO marks ({column}, article_id, old, new, note, at) VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                (target, article_id, old, new, note, now()),
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
    changes: dict[str, list[Change]] = defaultdict(list)
    for pair in reworded_pairs([one for article in articles.values() for one in article_figures(article)]):
        if pair.difference.relation not in (Relation.TIME, Relation.SAID) or _repeats(pair):
            continue
        sides = [(pair.older, pair.newer)]
        if pair.difference.relation is Relation.SAID:
            sides.append((pair.newer, pair.older))
        for used, other in sides:
            if other.article_id in fresh and used.article_id != other.article_id:
                changes[used.article_id].append((used, pair))
    return changes


def _repeats(pair: FigurePair) -> bool:
    return equal(pair.newer.quantity, pair.older.quantity)


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
