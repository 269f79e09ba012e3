"""Which sentences may answer: the best of the whole corpus by their own words and by the passage that they stand in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from corpus.chinese.text import fold
from corpus.records import BlockKind
from index.search.lexical import terms
from index.search.retrieval import best_rows
from index.storage.snapshot import Snapshot

LIMIT = 30
_COPIES = 3  # of one sentence that are looked at, however often it was published
_ALIKE = 6  # of sentences that differ in their figures alone
_LOOKED_THROUGH = 3000  # sentences, when copies crowd
_NUMBER = re.compile(r"[0-9]+")
_PASSAGE_WEIGHT = 0.5  # of a passage's BM25 beside the sentence's own: best Recall@30 on CMRC training questions


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with what stands around it.

    `row` is its place in `Snapshot.sentences`; `before` and `after` are its neighbours in the article, empty at an edge;
    `heading` is the headline and the headings above it; `position` counts the sentences of the article from 0.
    `sentence_score` and `passage_score` are BM25 (≥ 0), `similarity` is the cosine of the index's embedder.
    """

    row: int
    article_id: str
    start: int
    end: int
    text: str
    kind: BlockKind
    before: str
    after: str
    heading: str
    passage: str
    position: int
    siblings: int
    sentence_score: float
    passage_score: float
    similarity: float

    @property
    def score(self) -> float:
        return self.sentence_score + _PASSAGE_WEIGHT * self.passage_score


def find_candidates(
    snapshot: Snapshot, questions: Sequence[str], limit: int = LIMIT, others: str = "", meant: str = ""
) -> list[Candidate]:
    """Return at most `limit` sentences, best first, for a question and other wordings of it.

    A sixth of the places is kept for what the vectors of the first wording like and the words did not find, another sixth
    for what `others`, words that an article may use instead, find beside them. Of sentences that say the same a few are
    looked at: one text published five hundred times must not crowd out all others.
    """
    asked = [term for question in questions for term in terms(question)]
    lexical = snapshot.by_sentence.lexical.scores(asked)
    passages = snapshot.by_passage.lexical.scores(asked)
    fused = lexical + _PASSAGE_WEIGHT * passages[snapshot.sentence_owners]
    dense = snapshot.by_sentence.dense
    vector = snapshot.query(meant or questions[0]).vector
    door = _Door(snapshot)
    chosen = door.let_in(best_rows(fused, _LOOKED_THROUGH), limit - limit // 6 - (limit // 6 if others else 0))
    if others:
        added = sorted(set(terms(others)) - set(asked))
        more = snapshot.by_passage.lexical.scores(added)[snapshot.sentence_owners]
        more = fused + snapshot.by_sentence.lexical.scores(added) + _PASSAGE_WEIGHT * more
        chosen += door.let_in(best_rows(more, _LOOKED_THROUGH), limit // 6)
    for far in (limit, _LOOKED_THROUGH):
        if len(chosen) < limit and (far == limit or door.turned_away):
            near, _ = dense.search(vector, far)
            chosen += door.let_in(near, limit - len(chosen))
    chosen.sort(key=lambda row: (-fused[row], row))
    similar = dense.scores_of(vector, np.array(chosen, dtype=np.int64))
    return [
        _candidate(
            snapshot, row, float(lexical[row]), float(passages[snapshot.sentences[row].passage]), float(likeness)
        )
        for row, likeness in zip(chosen, similar, strict=True)
    ]


@dataclass(slots=True)
class _Door:
    """Lets a sentence in once, and of those that say the same only a few."""

    snapshot: Snapshot
    turned_away: bool = False
    _rows: set[int] = field(default_factory=set)
    _copies: Counter[str] = field(default_factory=Counter)
    _alike: Counter[str] = field(default_factory=Counter)

    def let_in(self, rows: Iterable[int], count: int) -> list[int]:
        """Return the first `count` of `rows` that may come in."""
        entered: list[int] = []
        for row in map(int, rows):
            if len(entered) >= count:
                break
            if row not in self._rows and self._opens(fold(self.snapshot.sentences[row].text)):
                self._rows.add(row)
                entered.append(row)
        return entered

    def _opens(self, said: str) -> bool:
        alike = _NUMBER.sub("0", said)
        if self._copies[said] >= _COPIES or self._alike[alike] >= _ALIKE:
            self.turned_away = True
            return False
        self._copies[said] += 1
        self._alike[alike] += 1
        return True


def candidate_at(snapshot: Snapshot, row: int) -> Candidate:
    """Return the sentence in row `row` as a candidate that no question has scored."""
    return _candidate(snapshot, row, 0.0, 0.0, 0.0)


def _candidate(snapshot: Snapshot, row: int, lexical: float, passage: float, similarity: float) -> Candidate:
    sentence = snapshot.sentences[row]
    owner = snapshot.passages[sentence.passage]
    siblings = snapshot.article_sentence_rows(sentence.article_id)
    return Candidate(
        row=row,
        article_id=sentence.article_id,
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        kind=sentence.kind,
        before=snapshot.sentences[row - 1].text if row > siblings.start else "",
        after=snapshot.sentences[row + 1].text if row + 1 < siblings.stop else "",
        heading="\n".join(owner.heading_path),
        passage=owner.text,
        position=row - siblings.start,
        siblings=len(siblings),
        sentence_score=lexical,
        passage_score=passage,
        similarity=similarity,
    )
