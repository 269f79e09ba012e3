"""The answerer that needs no language model: verbatim sentences, each proved, or a refusal with the nearest lead."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from time import perf_counter

from corpus.chinese.text import clean
from corpus.chinese.timing import modality
from corpus.errors import QuestionError
from corpus.records import Modality, Published
from index.storage.catalogue import Catalogue
from index.storage.snapshot import Snapshot
from rag import wording
from rag.answers.asked_back import choices, is_vague
from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.imprint import ImprintFact, asked_imprint, find_imprint
from rag.answers.leads import lead_of
from rag.answers.lengths import limit_of, trimmed
from rag.answers.of_the_whole import Whole, WholeFigure, tells_only_of, told_of, whole_asked
from rag.answers.otherwise import told_otherwise
from rag.answers.overview import names_alone, overview
from rag.answers.shapes import compose
from rag.answers.short_answer import with_value
from rag.answers.suggestions import MOST_ARTICLES, suggestions
from rag.citing import as_of_text, cite, faults, published_text
from rag.figures.scopes import scope_of
from rag.figures.side_by_side import label_of
from rag.protocol import THRESHOLD, History
from rag.question.limits import Limit, limited
from rag.question.preparation import Prepared, prepare
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import Candidate
from rag.reading.finder import Finder, Found, Models
from rag.reading.leaning import is_complete, put_before
from rag.records import Answer, Citation, Claim, Mode, Status

MAX_QUESTION = 1000  # characters
_NAMES_APART = 2.0  # times the threshold


class ExtractiveAnswerer:
    """Answers from one snapshot. Immutable: any number of threads may ask."""

    def __init__(
        self,
        snapshot: Snapshot,
        models: Models,
        *,
        threshold: float = THRESHOLD,
        today: Callable[[], date | None] = lambda: None,
    ) -> None:
        """Take the models and the snapshot that they read; `today` resolves 今年 in a question, None: the newest article."""
        self._models = models
        self._threshold = threshold
        self._today = today
        self._is_limited = False
        self._words = CorpusWords(snapshot.words)
        self._period = _period(snapshot.articles)
        self._now = _after(snapshot.articles)
        self.finder = Finder(snapshot, models, self._words, self._now, today)

    @property
    def articles(self) -> Catalogue:
        return self.snapshot.articles

    @property
    def snapshot(self) -> Snapshot:
        return self.finder.snapshot

    def within(self, limit: Limit) -> ExtractiveAnswerer:
        """Return an answerer that finds nothing outside of `limit`. Costs as little as a question."""
        narrowed = copy.copy(self)
        narrowed.finder = Finder(limited(self.snapshot, limit), self._models, self._words, self._now, self._today)
        narrowed._period = _period(narrowed.articles)
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
        return tuple(suggestions(self.articles.newest(MOST_ARTICLES), self.answer, count))

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
            return Found(prepared, (), 0.0, vague=True)
        found = self.finder.find(prepared)
        alone = prepare(cleaned, (), self._words) if history else prepared
        put = put_before(prepared, alone)
        if not put or is_vague(alone.standalone):
            return found
        without = self.finder.find(alone)
        return without if is_complete(found, without, put, self._words, self._threshold) else found

    def _composed(self, question: str, found: Found) -> Answer:
        prepared = found.prepared
        if prepared.small_talk is not None:
            return self._blank(question, found, Status.SMALLTALK, self._talk(prepared))
        imprint = asked_imprint(prepared.typed)
        if imprint is not None and (facts := find_imprint(imprint, prepared.typed, self.articles)):
            return self._imprinted(question, found, facts)
        if found.vague and (meant := choices(prepared.standalone, self.articles, self.answer)):
            return replace(self._blank(question, found, Status.REFUSED, wording.ASKED_BACK), suggestions=meant)
        if not found.ranked:
            return self.refuse(question, found)
        alone = names_alone(prepared, self._words)
        if told := overview(alone, self.snapshot, self._words):
            dates = [label_of(one, self.snapshot) if len({o.article_id for o in told}) > 1 else "" for one in told]
            whole = Composition(tuple(Evidence(one, None, date) for one, date in zip(told, dates, strict=True)))
            found = replace(found, confidence=1.0)
            return self._answered(question, found, self._valued(whole, found))
        period = self.finder.period(prepared)
        composition = compose(Asking(prepared, prepared.asked, found.ranked, self.finder, period, self._threshold))
        if composition is not None and composition.confidence is not None:
            found = replace(found, confidence=composition.confidence)
        # Names alone that no sentence holds together: a sentence with one of them hardly tells what was meant.
        least = _NAMES_APART * self._threshold if alone else self._threshold
        if composition is None or found.confidence < least:
            return self.refuse(question, found)
        composition = told_otherwise(self._valued(composition, found), found, self.finder)
        of_whole = self._whole_asked(found)
        if of_whole is not None and tells_only_of(of_whole, composition, self.snapshot):
            return self._refused(question, found, of_whole)
        answer = self._answered(question, found, composition)
        if faults(answer, self.articles):
            return replace(self._refused(question, found, of_whole), notices=(wording.UNPROVEN,))
        return answer

    def _answered(self, question: str, found: Found, composition: Composition) -> Answer:
        asked = found.prepared.asked
        evidence = composition.evidence  # with their short answers
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
            # half of what was asked is not the answer to it
            short_answer=None
            if composition.untold
            else composition.short or next(filter(None, (one.value for one in claims)), None),
            claims=claims,
            citations=citations,
            conflicts=composition.conflicts,
            calculation=composition.calculation,
            as_of=_as_of(first.published),
            modality=wording.PLAN if planned else "",
        )

    def _valued(self, composition: Composition, found: Found) -> Composition:
        """Return the composition with the short answer of each sentence chosen."""
        if composition.calculation or composition.conflicts or composition.settled:
            return composition  # chosen by what they measure
        asked, wordings = found.prepared.asked, {one.candidate.row: one.wording for one in found.ranked}
        period = self.finder.period(found.prepared)
        evidence = tuple(
            with_value(one, asked, self.finder.reader, self.snapshot, wordings.get(one.candidate.row, ""), period)
            for one in composition.evidence
        )
        return replace(composition, evidence=evidence)

    def _scope(self, evidence: Evidence) -> str:
        return scope_of(evidence.candidate.row, evidence.value, self.snapshot) if evidence.value else ""

    def _imprinted(self, question: str, found: Found, facts: Sequence[ImprintFact]) -> Answer:
        citations = tuple(
            cite(fact.article, fact.block.start, fact.block.end, n) for n, fact in enumerate(facts, start=1)
        )
        claims = tuple(
            Claim(citation.quote, (citation.n,), fact.value) for citation, fact in zip(citations, facts, strict=True)
        )
        return replace(
            self._blank(question, replace(found, confidence=1.0), Status.ANSWERED, _text(claims)),
            short_answer=facts[0].value,
            claims=claims,
            citations=citations,
            as_of=_as_of(facts[0].article.published),
        )

    def refuse(self, question: str, found: Found) -> Answer:
        """Return the refusal of a question with the nearest that was found."""
        return self._refused(question, found, self._whole_asked(found))

    def _refused(self, question: str, found: Found, of_whole: Whole | None) -> Answer:
        if of_whole is not None and (told := self._told_of(of_whole)):
            text = wording.of_the_whole(
                told.whole.part,
                told.whole.name,
                self._time_said(found.prepared),
                told.value,
                told.period,
                english=found.prepared.language == "en",
                limited=self._is_limited,
            )
            return replace(
                self._blank(question, found, Status.REFUSED, text), citations=(self._cite(told.candidate, 1),)
            )
        # Of a time that is not asked about, but perhaps of the very thing: a lead need not fit in every respect.
        nearest = max(found.judged or found.ranked, key=lambda one: one.score, default=None)
        lead = lead_of(found.prepared, nearest, self.snapshot, self._words)
        text = wording.refusal(
            found.prepared.typed,
            self._period,
            has_lead=lead is not None,
            english=found.prepared.language == "en",
            limited=self._is_limited,
            about=lead.about if lead else "",
        )
        blank = self._blank(question, found, Status.REFUSED, text)
        cited = () if lead is None else (self._cite(lead.candidate, 1),)
        return replace(blank, citations=cited, notices=(*blank.notices, *self._time_read(found.prepared)))

    def _whole_asked(self, found: Found) -> Whole | None:
        prepared = found.prepared
        return whole_asked(prepared.standalone, prepared.asked, self.articles.using)

    def _told_of(self, whole: Whole) -> WholeFigure | None:
        """Return what the articles tell of the whole when the amount of its part was asked for."""
        other = self.finder.find(prepare(whole.question, (), self._words))
        if not other.ranked:
            return None
        asked = other.prepared
        period = self.finder.period(asked)
        composition = compose(Asking(asked, asked.asked, other.ranked, self.finder, period, self._threshold))
        if composition is None:
            return None
        sure = other.confidence if composition.confidence is None else composition.confidence
        return told_of(whole, self._valued(composition, other), self.snapshot) if sure >= self._threshold else None

    def _time_said(self, prepared: Prepared) -> str:
        period = self.finder.period(prepared)
        return period.text if period is not None else ""

    def _time_read(self, prepared: Prepared) -> tuple[str, ...]:
        """Return how a time that was said without its year (今年, 上半年) was understood: it may be why nothing was found."""
        period = self.finder.period(prepared)
        if period is None or period.latest or period.yearless or period.first is None or period.last is None:
            return ()
        if re.search("[0-9]{4}", period.text):
            return ()
        return (wording.TIME_READ_AS.format(period.text, published_text(Published(period.first, period.last))),)

    def _blank(self, question: str, found: Found, status: Status, text: str) -> Answer:
        generation = self.snapshot.generation
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
            notices=(*self.snapshot.warnings, *notices),
        )

    def _cite(self, candidate: Candidate, n: int) -> Citation:
        return cite(self.articles[candidate.article_id], candidate.start, candidate.end, n)

    def _talk(self, prepared: Prepared) -> str:
        assert prepared.small_talk is not None
        return wording.small_talk(
            prepared.small_talk,
            example="今年有哪些新项目？",
            count=len(self.articles),
            period=self._period,
            english=prepared.language == "en",
        )


def _text(claims: Sequence[Claim]) -> str:
    return "\n".join(claim.text + "".join(f"[{n}]" for n in claim.citations) for claim in claims)


def _as_of(published: Published | None) -> str:
    return as_of_text(published_text(published), published is not None and published.inferred)


def _after(articles: Catalogue) -> date | None:
    """Return the day after the newest article, when whoever asks may first do so; None when no article is dated.

    A date still to come was inferred wrongly.
    """
    last = articles.days[:, 1]
    known = last[last > 0]
    past = known[known <= date.today().toordinal()]
    return date.fromordinal(int((past if len(past) else known).max()) + 1) if len(known) else None


def _period(articles: Catalogue) -> str:
    """Return «2024年2月—2026年2月», the time that the articles span; empty when no date is known."""
    known = articles.days[articles.days[:, 1] > 0]
    if not len(known):
        return ""
    first, last = date.fromordinal(int(known[:, 0].min())), date.fromordinal(int(known[:, 1].max()))
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.year}年{first.month}月"
    return f"{first.year}年{first.month}月—{last.year}年{last.month}月"
