"""Where the sentences come from: everything that is found, ranked, set aside by value and read for one question."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from corpus.chinese.text import bare_title, fold
from corpus.chinese.timing import Period, question_period, with_years
from corpus.records import BlockKind
from index.search.embedding import STATIC, StaticEmbedder, load_embedder
from index.storage.snapshot import Snapshot
from rag.question.kinds import SEVERAL, Asked, understand
from rag.question.preparation import Prepared, prepare
from rag.question.rewording import Rewordings, rewordings
from rag.question.topics import Topic, find_topics
from rag.question.vocabulary import CorpusWords
from rag.reading.adaptation import adaptions
from rag.reading.candidates import Candidate, candidate_at, find_candidates
from rag.reading.homes import is_of_another_home
from rag.reading.judge import Judge, JudgeWeights
from rag.reading.localities import counts_other_things, is_of_another_locality, localities_asked
from rag.reading.near_names import names_another
from rag.reading.periods import speaks_of
from rag.reading.places import at_home, is_elsewhere, places_asked
from rag.reading.ranker import Ranked, SentenceRanker
from rag.reading.reader import Reader, Window
from rag.reading.rereading import read_again, window_of
from rag.reading.spans import Reading
from rag.reading.units import is_of_the_rest, measures_something_else, with_units
from rag.reading.wholes import tells_of_the_whole

_RANKED_WORDINGS = 2  # other wordings that candidates are judged by, beside the question's own
_NUMBER = re.compile(r"[（(]?[\d一二三四五六七八九十]+[）)、.．]\s*")
_MODELS = Path(__file__).parent.parent / "models"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one question, before it is put into words: each step's result, for explanations."""

    prepared: Prepared
    ranked: tuple[Ranked, ...]
    confidence: float
    judged: tuple[
        Ranked, ...
    ] = ()  # what the confidence was judged by: the sentences of a wrong time or place come last
    adapted: tuple[str, ...] = ()  # the question in words of the articles
    vague: bool = False  # it names nothing that it could be about


@dataclass(frozen=True, slots=True)
class Models:
    """The trained models that answering uses."""

    ranker: SentenceRanker
    reader: Reader
    weights: JudgeWeights

    @classmethod
    @cache
    def built_in(cls) -> Models:
        """Return those that ship, in memory once: any number of answerers share them. Raises ModelError."""
        return cls.load()

    @classmethod
    def load(cls, folder: Path = _MODELS, weights: JudgeWeights | None = None) -> Models:
        """Read the models of a folder, the judge's own unless `weights` are given. Raises ModelError."""
        embedder = load_embedder(STATIC)
        if not isinstance(embedder, StaticEmbedder):  # the built-in one always is
            raise TypeError(type(embedder).__name__)
        return cls(
            SentenceRanker.load(folder / "ranker", embedder),
            Reader.load(folder / "reader"),
            weights or JudgeWeights.load(folder / "judge"),
        )


class Finder:
    """Finds in one snapshot. Immutable: any number of threads may search."""

    def __init__(
        self, snapshot: Snapshot, models: Models, words: CorpusWords, now: date | None, today: Callable[[], date | None]
    ) -> None:
        """`now` is right after the newest article; `today` resolves 今年 in a question, None: the newest article does."""
        self.snapshot = snapshot
        self.reader = models.reader
        self.judge = Judge(models.weights, snapshot.articles, now)
        self._ranker = models.ranker
        self._words = words
        self._now = now
        self._today = today

    def find(self, prepared: Prepared) -> Found:
        """Return what was found for a question, each step's result with it."""
        edges = self._ranker.embedder.word_edges(prepared.asked.folded)
        reworded = (
            Rewordings(prepared.standalone, prepared.places)
            if prepared.places
            else rewordings(prepared.standalone, self._words, edges)
        )
        sought = [prepared.standalone, *prepared.wordings, *with_units(prepared.asked)]
        candidates = find_candidates(
            self.snapshot, sought, others=reworded.others, meant=prepared.typed if prepared.language == "en" else ""
        )
        adapted = adaptions(prepared.asked, reworded, candidates)
        asked = [prepared.asked, *map(understand, prepared.wordings[:_RANKED_WORDINGS]), *adapted]
        ranked = self._ranker.rank_wordings(asked, candidates, self.snapshot.by_sentence.lexical)
        fitting = tuple(self._fitting(prepared, ranked, edges))
        read = tuple(
            read_again(
                with_years(prepared.standalone),
                fitting,
                self.reader,
                self.snapshot,
                several=prepared.asked.kind in SEVERAL,
            )
        )
        # The runners-up of a wrong time or place still tell how sure the first may be.
        kept = {one.candidate.row for one in read}
        judged = read + tuple(one for one in ranked if one.candidate.row not in kept)
        confidence = self.probability(prepared, judged) if read else 0.0
        return Found(prepared, read or tuple(ranked), confidence, judged, tuple(one.text for one in adapted))

    def part(self, question: str) -> Found:
        """Return what is found for one of several questions, as if it were asked by itself."""
        return self.find(prepare(question, (), self._words))

    def search(self, question: str) -> list[Ranked]:
        """Return sentences for a part of a question, best first, read."""
        asked = understand(question)
        return read_again(question, self._ranked(asked), self.reader, self.snapshot, several=asked.kind in SEVERAL)

    def rank(self, question: str) -> list[Ranked]:
        """Return sentences for a part of a question in the order of the ranker, unread."""
        return self._ranked(understand(question))

    def _ranked(self, asked: Asked) -> list[Ranked]:
        candidates = find_candidates(self.snapshot, [asked.text])
        return self._ranker.rank(asked, candidates, self.snapshot.by_sentence.lexical)

    def probability(self, prepared: Prepared, ranked: Sequence[Ranked]) -> float:
        """Return how surely the first of `ranked` answers, from 0 to 1."""
        return self.judge.probability(prepared, ranked)

    def period(self, prepared: Prepared) -> Period | None:
        """Return the time that the question asks about."""
        return question_period(prepared.standalone, self._today(), self._now)

    def topics(self, prepared: Prepared) -> tuple[Topic, ...]:
        """Return what the question names."""
        return find_topics(prepared.standalone, self._words)

    def odds(self, question: str, sentence: str) -> float:
        """Return the log-odds that a sentence, read by itself, answers a question: one that a model wrote, say."""
        (reading,) = self.reader.read(question, [Window(sentence)])
        return reading.odds

    def read(self, found: Found, article_id: str, start: int) -> tuple[Reading, float]:
        """Return how the sentence of an article that begins at `start` reads as an answer, and the judge's probability."""
        rows = self.snapshot.article_sentence_rows(article_id)
        row = next(row for row in rows if self.snapshot.sentences[row].start == start)
        known = next((one for one in (*found.ranked, *found.judged) if one.candidate.row == row), None)
        candidate = known.candidate if known else candidate_at(self.snapshot, row)
        reading = known.reading if known else None
        if reading is None:
            (reading,) = self.reader.read(with_years(found.prepared.standalone), [window_of(candidate, self.snapshot)])
        score, features = (known.score, known.features) if known else (0.0, np.zeros(0, dtype=np.float32))
        ranked = Ranked(candidate, score, features, reading=reading)
        return reading, self.probability(found.prepared, [ranked])

    def _fitting(self, prepared: Prepared, ranked: Sequence[Ranked], edges: Collection[int]) -> list[Ranked]:
        """Leave out sentences of another time, place, marked name or measure: by value, whatever a model thinks of them."""
        articles = self.snapshot.articles
        period = self.period(prepared)
        places = places_asked(prepared.standalone, edges)
        localities = localities_asked(prepared.topics, articles.rows_with)
        home, needed = at_home(places, articles.rows_with, len(articles))
        kept: list[Ranked] = []
        for one in self._under_headings(prepared.asked, ranked):
            article = articles[one.candidate.article_id]
            around = f"{one.candidate.before}\n{one.candidate.heading}"
            if (
                speaks_of(period, prepared.asked, one.candidate, self.snapshot)
                and not is_elsewhere(prepared.asked, places, one.candidate, article, home=home, needed=needed)
                and not is_of_another_home(prepared.standalone, one.candidate, article)
                and not is_of_another_locality(localities, one.candidate, article, self._words)
                and not counts_other_things(prepared.asked, one.candidate.text)
                and not names_another(prepared.standalone, one.candidate.text, around, article.text)
                and not measures_something_else(prepared.asked, one.candidate.text)
                and not is_of_the_rest(prepared.asked, prepared.topics, one.candidate.text)
                and not tells_of_the_whole(
                    prepared.topics, one.candidate.text, f"{article.headline}\n{around}", self._words
                )
            ):
                kept.append(one)
        return kept

    def _under_headings(self, asked: Asked, ranked: Sequence[Ranked]) -> Iterator[Ranked]:
        """Yield what was ranked; for a heading made of the question's own words («收费标准»), what stands under it."""
        seen: set[int] = set()
        for one in ranked:
            row = one.candidate.row
            if _only_repeats(asked, one.candidate) and one.candidate.position + 1 < one.candidate.siblings:
                one = replace(one, candidate=candidate_at(self.snapshot, row + 1))
            if one.candidate.row not in seen:
                seen.add(one.candidate.row)
                yield one


def _only_repeats(asked: Asked, candidate: Candidate) -> bool:
    """Whether a sentence is a heading that says nothing but what the question says, its number left out."""
    title = _NUMBER.sub("", bare_title(candidate.text))
    return candidate.kind is BlockKind.HEADING and fold(title) in asked.folded
