"""The answerer that needs no language model: verbatim sentences, each proved, or a refusal with the nearest lead."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import numpy as np

from corpus.chinese.text import clean
from corpus.chinese.timing import modality, question_period
from corpus.errors import QuestionError
from corpus.records import Article, Modality, Published
from index.search.embedding import STATIC, StaticEmbedder, load_embedder
from index.storage.snapshot import Snapshot
from rag import wording
from rag.answers.asked_back import choices, is_vague
from rag.answers.composition import Composition, Evidence, compose, limit_of, quotable, trimmed
from rag.answers.imprint import ImprintFact, asked_imprint, find_imprint
from rag.answers.leads import lead_of
from rag.answers.overview import names_alone, overview
from rag.answers.short_answer import with_value
from rag.answers.suggestions import suggestions
from rag.citing import as_of_text, cite, faults, published_text
from rag.figures.scopes import scope_of
from rag.figures.side_by_side import label_of
from rag.protocol import THRESHOLD, History
from rag.question.kinds import Asked, understand
from rag.question.limits import Limit, limited
from rag.question.preparation import Prepared, prepare
from rag.question.rewording import rewordings
from rag.question.vocabulary import CorpusWords
from rag.reading.adaptation import adaptions
from rag.reading.candidates import Candidate, candidate_at, find_candidates
from rag.reading.judge import Judge, JudgeWeights
from rag.reading.near_names import names_another
from rag.reading.periods import speaks_of
from rag.reading.places import at_home, is_elsewhere, places_asked
from rag.reading.ranker import Ranked, SentenceRanker
from rag.reading.reader import Reader, Window
from rag.reading.rereading import read_again, window_of
from rag.reading.spans import Reading
from rag.reading.units import with_units
from rag.records import Answer, Citation, Claim, Mode, Status

MAX_QUESTION = 1000  # characters
_NAMES_APART = 2.0  # times the threshold
_RANKED_WORDINGS = 2  # other wordings that candidates are judged by, beside the question's own
_MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one question, before it is put into words: each step's result, for explanations."""

    prepared: Prepared
    ranked: tuple[Ranked, ...]
    confidence: float
    judged: tuple[Ranked, ...] = ()  # what the confidence was judged by: the sentences of a wrong time or place come last
    adapted: tuple[str, ...] = ()  # the question in words of the articles


@dataclass(frozen=True, slots=True)
class Models:
    """The trained models that answering uses."""

    ranker: SentenceRanker
    reader: Reader
    weights: JudgeWeights

    @classmethod
    def load(cls, folder: Path = _MODELS, weights: JudgeWeights | None = None) -> Models:
        """Read the built-in models, the judge's own unless `weights` are given. Raises ModelError."""
        embedder = load_embedder(STATIC)
        if not isinstance(embedder, StaticEmbedder):  # the built-in one always is
            raise TypeError(type(embedder).__name__)
        return cls(
            SentenceRanker.load(folder / "ranker", embedder),
            Reader.load(folder / "reader"),
            weights or JudgeWeights.load(folder / "judge"),
        )


class ExtractiveAnswerer:
    """Answers from one snapshot. Immutable: any number of threads may ask."""

    def __init__(
        self, snapshot: Snapshot, models: Models, *, threshold: float = THRESHOLD,
        today: Callable[[], date | None] = lambda: None,
    ) -> None:  # fmt: skip
        """Take the models and the snapshot that they read; `today` resolves 今年 in a question, None: the newest article."""
        self._snapshot = snapshot
        self._models = models
        self._threshold = threshold
        self._today = today
        self._is_limited = False
        self._words = CorpusWords.of(article.text for article in snapshot.articles.values())
        dates = [article.published for article in snapshot.articles.values()]
        self._period = _period(dates)
        newest = _newest(dates)
        self._now = newest and newest + timedelta(days=1)  # whoever asks does so after the newest article
        self.judge = Judge(models.weights, snapshot.articles, self._now)

    @property
    def articles(self) -> Mapping[str, Article]:
        return self._snapshot.articles

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def within(self, limit: Limit) -> ExtractiveAnswerer:
        """Return an answerer that finds nothing outside of `limit`. Costs as little as a question."""
        narrowed = copy.copy(self)
        narrowed._snapshot = limited(self._snapshot, limit)
        narrowed._period = _period([article.published for article in narrowed.articles.values()])
        narrowed._is_limited = True
        return narrowed

    def answer(self, question: str, history: History = ()) -> Answer:
        """Return the complete answer. Raises QuestionError for a question that is empty or too long."""
        started = perf_counter()
        found = self.find(question, history)
        searched = perf_counter()
        return self.put(question, found, find=(searched - started) * 1000)

    def put(self, question: str, found: Found, **timings: float) -> Answer:
        """Return what was found put into words; `timings` are milliseconds of what came before."""
        started = perf_counter()
        answer = self._composed(question, found)
        timings["compose"] = (perf_counter() - started) * 1000
        return replace(answer, timings_ms={name: round(ms, 2) for name, ms in timings.items()})

    def refuse(self, question: str, found: Found) -> Answer:
        """Return the refusal of a question with the nearest that was found."""
        return self._refused(question, found)

    def answers(self, question: str, sentence: str) -> bool:
        """Tell whether a sentence, read by itself, answers a question: one that a model wrote, say."""
        (reading,) = self._models.reader.read(question, [Window(sentence)])
        return reading.odds > 0

    def read(self, found: Found, article_id: str, start: int) -> tuple[Reading, float]:
        """Return how the sentence of an article that begins at `start` reads as an answer, and the judge's probability."""
        rows = self._snapshot.article_sentence_rows(article_id)
        row = next(row for row in rows if self._snapshot.sentences[row].start == start)
        known = next((one for one in (*found.ranked, *found.judged) if one.candidate.row == row), None)
        candidate = known.candidate if known else candidate_at(self._snapshot, row)
        reading = known.reading if known else None
        if reading is None:
            (reading,) = self._models.reader.read(found.prepared.standalone, [window_of(candidate, self._snapshot)])
        score, features = (known.score, known.features) if known else (0.0, np.zeros(0, dtype=np.float32))
        ranked = Ranked(candidate, score, features, reading=reading)
        return reading, self.judge.probability(found.prepared, [ranked])

    def stream(self, question: str, history: History = ()) -> Iterator[Answer]:
        """Yield the answer claim by claim; the last one is complete."""
        whole = self.answer(question, history)
        for count in range(1, len(whole.claims)):
            shown = whole.claims[:count]
            cited = {n for claim in shown for n in claim.citations}
            yield replace(
                whole, claims=shown, answer=_text(shown), citations=tuple(c for c in whole.citations if c.n in cited)
            )
        yield whole

    def openers(self, count: int = 4) -> tuple[str, ...]:
        """Return questions to begin with, drawn from the articles and answered by them."""
        return tuple(suggestions(tuple(self.articles.values()), self.answer, count))

    def find(self, question: str, history: History = ()) -> Found:
        """Return what is known before words are chosen. Raises QuestionError."""
        cleaned = clean(question)
        if not cleaned:
            raise QuestionError(wording.QUESTION_EMPTY)
        if len(cleaned) > MAX_QUESTION:
            raise QuestionError(wording.QUESTION_LONG.format(len(cleaned), MAX_QUESTION))
        prepared = prepare(cleaned, history, self._words)
        if prepared.small_talk is not None:
            return Found(prepared, (), 1.0)
        if is_vague(prepared.standalone):
            return Found(prepared, (), 0.0)
        wordings = [prepared.standalone, *prepared.wordings]
        edges = self._models.ranker.embedder.word_edges(prepared.asked.folded)
        reworded = rewordings(prepared.standalone, self._words, edges)
        sought = [*wordings, *with_units(prepared.asked)]
        candidates = [one for one in find_candidates(self._snapshot, sought, others=reworded.others) if quotable(one, prepared.asked)]
        adapted = adaptions(prepared.asked, reworded, candidates)
        asked = [prepared.asked, *map(understand, prepared.wordings[:_RANKED_WORDINGS]), *adapted]
        ranked = self._models.ranker.rank_wordings(asked, candidates, self._snapshot.by_sentence.lexical)
        period = question_period(prepared.standalone, self._today(), self._now)
        places = places_asked(prepared.standalone, edges)
        home = bool(places) and at_home(places, self.articles.values())
        timely = tuple(
            one
            for one in ranked
            if speaks_of(period, prepared.asked, one.candidate, self._snapshot)
            and not is_elsewhere(
                prepared.asked, places, one.candidate, self.articles[one.candidate.article_id], home=home
            )
            and not names_another(
                prepared.standalone,
                one.candidate.text,
                f"{one.candidate.before}\n{one.candidate.heading}",
                self.articles[one.candidate.article_id].text,
            )
        )
        timely = tuple(read_again(prepared.standalone, timely, self._models.reader, self._snapshot))
        # The runners-up of a wrong time or place still tell how sure the first may be.
        kept = {one.candidate.row for one in timely}
        others = tuple(one for one in ranked if one.candidate.row not in kept)
        judged = timely + others
        confidence = self.judge.probability(prepared, judged) if timely else 0.0
        return Found(prepared, timely or tuple(ranked), confidence, judged, tuple(one.text for one in adapted))

    def _composed(self, question: str, found: Found) -> Answer:
        prepared = found.prepared
        if prepared.small_talk is not None:
            return self._blank(question, found, Status.SMALLTALK, self._talk(prepared))
        imprint = asked_imprint(prepared.typed)
        if imprint is not None and (facts := find_imprint(imprint, prepared.typed, self.articles)):
            return self._imprinted(question, found, facts)
        if is_vague(prepared.standalone) and (meant := choices(prepared.standalone, self.articles, self.answer)):
            return replace(self._blank(question, found, Status.REFUSED, wording.ASKED_BACK), suggestions=meant)
        if not found.ranked:
            return self._refused(question, found)
        alone = names_alone(prepared, self._words)
        if told := overview(alone, self._snapshot, self._words):
            dates = [label_of(one, self._snapshot) if len({o.article_id for o in told}) > 1 else "" for one in told]
            whole = Composition(tuple(Evidence(one, None, date) for one, date in zip(told, dates, strict=True)))
            return self._answered(question, replace(found, confidence=1.0), whole)
        period = question_period(prepared.standalone, self._today(), self._now)
        composition = compose(
            prepared.asked, found.ranked, self._snapshot, self._search,
            lambda ranked: self.judge.probability(prepared, ranked), period, self._threshold,
        )  # fmt: skip
        if composition is not None and composition.confidence is not None:
            found = replace(found, confidence=composition.confidence)
        # Names alone that no sentence holds together: a sentence with one of them hardly tells what was meant.
        least = _NAMES_APART * self._threshold if alone else self._threshold
        if composition is None or found.confidence < least:
            return self._refused(question, found)
        answer = self._answered(question, found, composition)
        if faults(answer, self.articles):
            return replace(self._refused(question, found), notices=(wording.UNPROVEN,))
        return answer

    def _search(self, question: str) -> Sequence[Ranked]:
        """Return sentences for a part of a question, best first."""
        asked = understand(question)
        candidates = [one for one in find_candidates(self._snapshot, [question]) if quotable(one, asked)]
        ranked = self._models.ranker.rank(asked, candidates, self._snapshot.by_sentence.lexical)
        return read_again(question, ranked, self._models.reader, self._snapshot)

    def _answered(self, question: str, found: Found, composition: Composition) -> Answer:
        asked = found.prepared.asked
        evidence = list(composition.evidence)
        if not (composition.calculation or composition.conflicts or composition.settled):  # chosen by what they measure
            evidence = [with_value(one, asked, self._models.reader, self._snapshot) for one in evidence]
        limit = limit_of(asked, len(evidence))
        citations = tuple(self._cite(one.candidate, n) for n, one in enumerate(evidence, start=1))
        claims = tuple(
            Claim(trimmed(one, asked, limit), (n,), one.value_text, one.label, self._scope(one))
            for n, one in enumerate(evidence, start=1)
        )
        first = self.articles[evidence[0].candidate.article_id]
        planned = modality(evidence[0].candidate.text) is Modality.PLAN
        blank = self._blank(question, found, Status.ANSWERED, _text(claims))
        if composition.corrects:
            blank = replace(blank, answer=wording.CORRECTED + blank.answer)
        if composition.listed:
            blank = replace(blank, notices=(*blank.notices, wording.LISTED.format(composition.listed)))
        if self._today() is not None:
            blank = replace(blank, notices=(*blank.notices, *self._time_read(found.prepared)))
        if composition.untold:
            blank = replace(blank, notices=(*blank.notices, wording.UNTOLD.format("；".join(composition.untold))))
        return replace(
            blank,
            short_answer=composition.short or next((claim.value for claim in claims if claim.value), None),
            claims=claims,
            citations=citations,
            conflicts=composition.conflicts,
            calculation=composition.calculation,
            as_of=_as_of(first.published),
            modality=wording.PLAN if planned else "",
        )

    def _scope(self, evidence: Evidence) -> str:
        return scope_of(evidence.candidate.row, evidence.value, self._snapshot) if evidence.value else ""

    def _imprinted(self, question: str, found: Found, facts: Sequence[ImprintFact]) -> Answer:
        citations = tuple(
            cite(fact.article, fact.block.start, fact.block.end, n) for n, fact in enumerate(facts, start=1)
        )
        claims = tuple(
            Claim(citation.quote, (citation.n,), fact.value) for citation, fact in zip(citations, facts, strict=True)
        )
        return replace(
            self._blank(question, replace(found, confidence=1.0), Status.ANSWERED, _text(claims)),
            short_answer=facts[0].value, claims=claims, citations=citations, as_of=_as_of(facts[0].article.published),
        )  # fmt: skip

    def _refused(self, question: str, found: Found) -> Answer:
        # Of a time that is not asked about, but perhaps of the very thing: a lead need not fit in every respect.
        nearest = max(found.judged or found.ranked, key=lambda one: one.score, default=None)
        lead = lead_of(found.prepared, nearest, found.confidence, self._snapshot, self._words)
        text = wording.refusal(
            found.prepared.typed, self._period, has_lead=lead is not None, english=found.prepared.language == "en",
            limited=self._is_limited, about=lead.about if lead else "",
        )  # fmt: skip
        blank = self._blank(question, found, Status.REFUSED, text)
        cited = () if lead is None else (self._cite(lead.candidate, 1),)
        return replace(blank, citations=cited, notices=(*blank.notices, *self._time_read(found.prepared)))

    def _time_read(self, prepared: Prepared) -> tuple[str, ...]:
        """Return how a time that was said without its year (今年, 上半年) was understood: it may be why nothing was found."""
        period = question_period(prepared.standalone, self._today(), self._now)
        if period is None or period.latest or period.yearless or period.first is None or period.last is None:
            return ()
        if re.search("[0-9]{4}", period.text):
            return ()
        return (wording.TIME_READ_AS.format(period.text, published_text(Published(period.first, period.last))),)

    def _blank(self, question: str, found: Found, status: Status, text: str) -> Answer:
        generation = self._snapshot.generation
        notices = [wording.READ_AS.format(right) for _, right in found.prepared.corrections]
        if found.prepared.instructions and status is Status.ANSWERED:
            notices.append(wording.SET_ASIDE)
        return Answer(
            id=sha256(f"{generation}\0{question}\0{found.prepared.standalone}".encode("utf-8", "replace")).hexdigest()[
                :16
            ],
            question=question,
            status=status,
            answer=text,
            short_answer=None,
            claims=(),
            citations=(),
            as_of="",
            conflicts=(),
            confidence=round(found.confidence, 4),
            mode=Mode.EXTRACTIVE,
            index_generation=generation,
            standalone=found.prepared.standalone,
            notices=(*self._snapshot.warnings, *notices),
        )

    def _cite(self, candidate: Candidate, n: int) -> Citation:
        return cite(self.articles[candidate.article_id], candidate.start, candidate.end, n)

    def _talk(self, prepared: Prepared) -> str:
        assert prepared.small_talk is not None
        return wording.small_talk(
            prepared.small_talk, example="今年有哪些新项目？", count=len(self.articles), period=self._period,
            english=prepared.language == "en",
        )  # fmt: skip


def _text(claims: Sequence[Claim]) -> str:
    return "\n".join(claim.text + "".join(f"[{n}]" for n in claim.citations) for claim in claims)


def _as_of(published: Published | None) -> str:
    return as_of_text(published_text(published), published is not None and published.inferred)


def _newest(dates: Sequence[Published | None]) -> date | None:
    """Return the last day that an article is dated; None when none is. A date still to come was inferred wrongly."""
    known = [published.last for published in dates if published is not None]
    return max((day for day in known if day <= date.today()), default=max(known, default=None))


def _period(dates: Sequence[Published | None]) -> str:
    """Return «2024年2月—2026年2月», the time that the articles span; empty when no date is known."""
    known = [published for published in dates if published is not None]
    if not known:
        return ""
    first, last = min(published.first for published in known), max(published.last for published in known)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.year}年{first.month}月"
    return f"{first.year}年{first.month}月—{last.year}年{last.month}月"


def asked_of(found: Found) -> Asked:
    """Return what was understood of the question."""
    return found.prepared.asked
