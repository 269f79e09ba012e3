"""Answers that people accepted, offered first when the same is asked again in other words, with their age.

Found by the built-in encoder; a remembered question of another year, number or named place is another question, however near.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.records import Article
from index.search.embedding import Embedder
from ui.leads import wording
from ui.leads.database import Row
from ui.leads.proofs import proven_again
from ui.leads.records import LeadQuestion
from ui.leads.replies import Colour, Reply
from ui.leads.store import Item, Store

NEAR: Final = (
    0.3  # cosine from which the same source makes it the same question; `python -m ui.leads.benchmark` measures
)
ALIKE: Final = 0.85  # … and from which it is without one
_TRIED: Final = 8  # remembered questions that are looked at
_MONTHS: Final = 6  # after which an answer has to be looked at again
_MASKED: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"
)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_SCOPE: Final = re.compile(
    "全[国省市区县]|经开区|开发区|新区|新城|新城市|全市|全省|街道|上半年|下半年|第?[一二三四1-4]季度|去年|前年|今年|明年|目标|规划|计划|增速|增长|同比|人均|亩均"
)


class Age(StrEnum):
    FRESH = "fresh"
    REVIEW = "review"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Remembered:
    """One accepted answer. `likeness` is the cosine to what was looked for; `day` when it was accepted, by `who`."""

    id: int
    question: str
    reply: Reply
    who: str
    day: str
    age: Age
    likeness: float = 1.0


class Memory:
    """The accepted answers of one store. `articles` gives those of now: an answer whose sources are gone is outdated."""

    def __init__(
        self,
        store: Store,
        embedder: Callable[[], Embedder],
        articles: Callable[[], Mapping[str, Article]],
        today: Callable[[], date] = date.today,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._articles = articles
        self._today = today

    def remember(self, item: Item, *, who: str) -> None:
        """Keep the answer of a question that was accepted, its proven sentences alone; one question is remembered once."""
        if item.reply is None or not item.reply.proven:
            return
        kept = replace(item.reply, said=item.reply.proven, nearest=())
        question = masked(_whole(item.asked))
        model = self._embedder()
        vector = model.encode_questions([question])[0].astype("<f4").tobytes()
        with self._store.writing(item.lead_id) as db:
            db.execute("DELETE FROM memory WHERE question_id = ?", (item.id,))
            db.execute(
                "INSERT INTO memory (lead_id, question_id, question, reply, embedder, vector, who, at)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (
                    item.lead_id,
                    item.id,
                    question,
                    kept.dumped(),
                    model.fingerprint,
                    vector,
                    who,
                    self._today().isoformat(),
                ),
            )

    def search(self, words: str, most: int = 10) -> list[Remembered]:
        """Return remembered answers, the most alike first."""
        if not self._store.rows("SELECT 1 FROM memory LIMIT 1"):
            return []
        model = self._embedder()
        self._renew(model)
        rows = self._store.rows("SELECT id, vector FROM memory ORDER BY id")
        vectors = np.frombuffer(b"".join(row["vector"] for row in rows), dtype="<f4").reshape(len(rows), -1)
        likeness = vectors @ model.encode_questions([masked(words)])[0]
        best = {rows[at]["id"]: float(likeness[at]) for at in np.argsort(-likeness, kind="stable")[:most]}
        found = {
            row["id"]: row
            for row in self._store.rows(f"SELECT * FROM memory WHERE id IN ({','.join('?' * len(best))})", *best)
        }
        return [self._read(found[one], value) for one, value in best.items() if one in found]

    def one(self, remembered: int) -> Remembered | None:
        """Return one answer by its number."""
        found = self._store.rows("SELECT * FROM memory WHERE id = ?", remembered)
        return self._read(found[0], 1.0) if found else None

    def recall(self, asked: LeadQuestion, fresh: Reply | None = None) -> Reply | None:
        """Return the reply to offer first, marked as remembered with its age; None when there is none that would do.

        `fresh` is what the program answers now: a remembered question is the same in other words when both answers rest
        on the same sentence.
        """
        question = _whole(asked)
        for one in self.search(question, _TRIED):
            exactly = _letters(question) == _letters(one.question)
            if one.age is Age.OUTDATED or not (
                exactly or is_same(question, one.question, one.likeness, fresh, one.reply)
            ):
                continue
            return offered(one, exactly=exactly)
        return None

    def forget(self, remembered: int) -> bool:
        """Remove one answer; tell whether it was there."""
        with self._store.writing() as db:
            return bool(db.execute("DELETE FROM memory WHERE id = ?", (remembered,)).rowcount)

    def all(self) -> list[Remembered]:
        """Return all that is remembered, the newest first."""
        return [self._read(row, 1.0) for row in self._store.rows("SELECT * FROM memory ORDER BY id DESC")]

    def duplicates(self) -> list[tuple[Remembered, Remembered]]:
        """Return pairs that ask the same, the likest first."""
        if not self._store.rows("SELECT 1 FROM memory LIMIT 1 OFFSET 1"):
            return []
        self._renew(self._embedder())
        rows = self._store.rows("SELECT * FROM memory ORDER BY id")
        vectors = np.stack([np.frombuffer(row["vector"], dtype="<f4") for row in rows])
        likeness: NDArray[np.float32] = vectors @ vectors.T
        pairs = [
            (float(likeness[a, b]), a, b)
            for a in range(len(rows))
            for b in range(a + 1, len(rows))
            if likeness[a, b] >= ALIKE and same_facts(rows[a]["question"], rows[b]["question"])
        ]
        return [(self._read(rows[a], value), self._read(rows[b], value)) for value, a, b in sorted(pairs, reverse=True)]

    def _read(self, kept: Row, likeness: float) -> Remembered:
        reply = Reply.loaded(kept["reply"])
        return Remembered(
            kept["id"], kept["question"], reply, kept["who"], kept["at"], self._age(kept, reply), likeness
        )

    def _age(self, kept: Mapping[str, object], reply: Reply) -> Age:
        """Outdated: a mark stands, or a source has gone. To be reviewed: accepted long ago."""
        if self._store.rows("SELECT 1 FROM marks WHERE memory_id = ? AND settled_by = ''", kept["id"]):
            return Age.OUTDATED
        if not all(one.proven for one in proven_again(reply, self._articles()).said):
            return Age.OUTDATED
        days = (self._today() - datetime.fromisoformat(str(kept["at"])).date()).days
        return Age.REVIEW if days > _MONTHS * 30.44 else Age.FRESH

    def _renew(self, model: Embedder) -> None:
        """Give answers that another model's vectors stand for vectors of this one."""
        old = self._store.rows("SELECT id, question FROM memory WHERE embedder <> ? ORDER BY id", model.fingerprint)
        if not old:
            return
        vectors = model.encode_questions([row["question"] for row in old])
        with self._store.writing() as db:
            for row, vector in zip(old, vectors, strict=True):
                db.execute(
                    "UPDATE memory SET embedder = ?, vector = ? WHERE id = ?",
                    (model.fingerprint, vector.astype("<f4").tobytes(), row["id"]),
                )


def offered(one: Remembered, *, exactly: bool) -> Reply:
    """Return a remembered answer as a reply that says so; green only when it was asked `exactly` so and is fresh."""
    as_it_was = exactly and one.age is Age.FRESH
    colour = one.reply.colour if as_it_was else max(one.reply.colour, Colour.BLUE, key=list(Colour).index)
    reason = wording.WHY_REMEMBERED.format(wording.AGES[one.age], one.day, one.question)
    return replace(one.reply, colour=colour, reasons=(reason, *one.reply.reasons), remembered=one.id)


def contradict(one: Remembered, other: Remembered) -> bool:
    """Whether two answers to the same say something else."""
    return _letters(one.reply.short) != _letters(other.reply.short)


def masked(text: str) -> str:
    """Return a question without telephone numbers and mail addresses."""
    return _MASKED.sub("〔略〕", text)


def same_facts(one: str, other: str) -> bool:
    """Whether neither of two questions names a number, year, scope or kind of figure that contradicts the other's.

    A question that leaves the year open goes with one that names it; two years do not go together.
    """
    a, b = fold(one), fold(other)
    numbers, others = set(_NUMBER.findall(a)), set(_NUMBER.findall(b))
    scopes, more = set(_SCOPE.findall(a)), set(_SCOPE.findall(b))
    return (numbers <= others or others <= numbers) and scopes == more


def _whole(asked: LeadQuestion) -> str:
    return f"{asked.context}{asked.text}"


def _letters(text: str) -> str:
    return "".join(one for one in fold(text) if one.isalnum())


def is_same(question: str, known: str, likeness: float, fresh: Reply | None, kept: Reply) -> bool:
    """Whether a remembered question asks the same: near, of the same facts, and answered by the same sentence now.

    Where nothing is found now, it has to be very near.
    """
    if not same_facts(question, known):
        return False
    if fresh is None or not fresh.said:
        return likeness >= ALIKE
    return likeness >= NEAR and _share_source(fresh, kept) and _share_short(fresh.short, kept.short)


def _share_source(one: Reply, other: Reply) -> bool:
    first = one.citations[:1]
    return any(
        a.article_id == b.article_id and a.start < b.end and b.start < a.end for a in first for b in other.citations
    )


def _share_short(one: str, other: str) -> bool:
    """Whether two short answers say the same, one perhaps with more around it; a missing one says nothing against it."""
    a, b = _letters(one), _letters(other)
    return not a or not b or a in b or b in a
