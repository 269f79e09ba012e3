"""The answerer with a language model: the model writes, and only what is proven is shown, sentence by sentence.

The model is asked whenever something was found, and its word that the evidence leaves a question open (【无】) is believed
unless the extractive answerer is very sure. Proven sentences of the model are shown once one of them, or a span that proves
it, reads as an answer: a true sentence need not answer what was asked. The extractive answer stands in whenever the model
fails or nothing of what it wrote survives the proof.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from time import perf_counter

from corpus.chinese.text import fold
from corpus.chinese.timing import modality
from corpus.errors import QuestionError
from corpus.records import Article, Modality, Published
from index.storage.snapshot import Snapshot
from rag import wording
from rag.answerer import ExtractiveAnswerer
from rag.checks.faults import Fault, Verdict
from rag.checks.statements import ShownSpan
from rag.citing import as_of_text, cite, published_text
from rag.llm import wording as wording_llm
from rag.llm.breaker import Breaker, Health
from rag.llm.generator import Failed, Finished, Generation, Generator, Trouble
from rag.llm.memory import RecentAnswers
from rag.llm.prompt import NO_ANSWER, answer_messages, fingerprint
from rag.llm.queries import Aids, QueryAids, keeps_figures
from rag.llm.sentences import LONGEST, Cut, SentenceCutter
from rag.llm.years import with_years
from rag.proof.absences import declines
from rag.proof.agreement import agrees
from rag.proof.borne_out import bears_out
from rag.proof.prover import Prover
from rag.proof.values import CERTAIN, Read
from rag.protocol import History
from rag.question.limits import Limit
from rag.reading.finder import Found
from rag.records import Answer, Citation, Claim, Mode, Status

log = logging.getLogger(__name__)

HEARTBEAT = 0.5  # seconds: the longest that `stream` keeps to itself, so that whoever stops is heard
CHARACTERS = 3600  # of evidence
LOCAL_CHARACTERS = 1200  # the same for a model on this machine's processors, which read some 50 tokens a second
_AROUND = 4  # sentences on either side of a found one in a long passage
_FIRST = 3  # found sentences whose neighbours in the article are shown too, whatever passage they stand in
_BESIDE = 2  # such neighbours on either side
_FURTHER = 3  # sentences that are found for a question that an aid made
_BEFORE = 300  # characters before a sentence in its article, which may date it or name its subject
_RANKED = 30  # found sentences whose passages are shown to the model
_SENTENCES = 12  # of an answer
_WRITTEN = 6000  # characters that a model may write, thoughts included
_REPEATS = 3  # of one sentence, then it is a loop
_ANSWERS = 0.15  # probability that a span answers, from which a sentence that rests on it does
_HARDLY = 0.1  # the same, where a sentence gives the words that the reader has no doubt of
_VERY_SURE = 0.9  # from here the extractive answer is shown although the model finds none
_BARE_NO = NO_ANSWER.strip("【】")


@dataclass(slots=True)
class _Draft:
    """What has come of one answer so far."""

    released: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    withheld: int = 0
    written: int = 0
    raw: str = ""
    incomplete: bool = False
    trouble: Trouble | None = None
    reason: str = ""
    answers: bool = False  # one of the released sentences, or a span that proves it, reads as an answer
    declines: bool = False  # it says in other words than 【无】 that there is no answer
    untold: str = ""  # what it says that the articles leave open: shown once, and never alone
    calculation: str = ""
    first_ms: float = 0.0
    faults: list[str] = field(default_factory=list)


class GenerativeAnswerer:
    """Wraps an extractive answerer. Any number of threads may ask."""

    def __init__(
        self,
        base: ExtractiveAnswerer,
        model: Generator,
        *,
        cache: RecentAnswers | None = None,
        aids: Aids | None = None,
        heartbeat: float = HEARTBEAT,
        characters: int = CHARACTERS,
    ) -> None:
        """Take both. Nothing is sent until a question is asked; the client is imported meanwhile.

        `characters` of evidence are shown at most: a model on few processors reads slowly.
        """
        self._base = base
        self._model = model
        self._cache = cache or RecentAnswers()
        self._aids = aids or Aids()
        self._heartbeat = heartbeat
        self._characters = characters
        threading.Thread(target=_prepare, args=(model,), name="language-model-import", daemon=True).start()

    @property
    def articles(self) -> Mapping[str, Article]:
        return self._base.articles

    @property
    def health(self) -> Health | None:
        """Return what the breaker of the model has seen; None for a model that has none."""
        breaker = getattr(self._model, "breaker", None)
        return breaker.health if isinstance(breaker, Breaker) else None

    @property
    def snapshot(self) -> Snapshot:
        return self._base.snapshot

    def within(self, limit: Limit) -> GenerativeAnswerer:
        """Return an answerer, with the same model, that finds nothing outside of `limit`."""
        narrowed = copy.copy(self)
        narrowed._base = self._base.within(limit)
        return narrowed

    def openers(self, count: int = 4) -> tuple[str, ...]:
        """Return questions to begin with, as the extractive answerer does."""
        return self._base.openers(count)

    def find(self, question: str, history: History = ()) -> Found:
        """Return what is known before words are chosen. Raises QuestionError."""
        return self._base.find(question, history)

    def answer(self, question: str, history: History = ()) -> Answer:
        """Return the complete answer. Raises QuestionError for a question that is empty or too long."""
        *_, last = self.stream(question, history)
        return last

    def stream(self, question: str, history: History = ()) -> Iterator[Answer]:
        """Yield the answer with one more proven sentence each time, the last one complete.

        While the model is silent the same answer comes again every HEARTBEAT seconds. Closing the generator closes the
        request. Raises QuestionError.
        """
        started = perf_counter()
        aids = QueryAids(self._model, self._aids, question, history) if self._aids.any else None
        try:
            found = self._base.find(question, history)
            base = self._extractive(question, found)
            further: Sequence[str] = aids.questions() if aids is not None and found.prepared.small_talk is None else ()
        finally:
            if aids is not None:
                aids.close()
        if base is not None and (found.prepared.small_talk is not None or not found.ranked):
            yield base
            return
        if base is None:
            base = self._busy(question, found)
        yield from self._written(question, history, base, found, further, started)

    def _extractive(self, question: str, found: Found) -> Answer | None:
        """Return the answer that needs no model; None when it fails, which must not take the model down with it."""
        try:
            return self._base.put(question, found)
        except QuestionError:
            raise
        except Exception:
            log.exception("the extractive answerer failed")
            return None

    def _written(
        self, question: str, history: History, base: Answer, found: Found, further: Sequence[str], started: float
    ) -> Iterator[Answer]:
        draft = _Draft()
        characters = self._characters
        for _ in range(2):
            evidence = self._evidence(base, found, further, characters)
            messages = answer_messages(
                found.prepared.standalone or question,
                history,
                evidence,
                language=found.prepared.language,
                headlines=[(one.id, one.headline, published_text(one.published)) for one in self.articles.values()],
            )
            key = RecentAnswers.key(base.index_generation, self._model.name, fingerprint(messages))
            if (kept := self._cache.get(key)) is not None:
                yield replace(
                    kept, id=_id(base, kept.claims), question=question, notices=(*base.notices, *kept.notices)
                )
                return
            draft = _Draft()
            generation = self._model.start(messages)
            try:
                yield from self._proven(
                    generation,
                    draft,
                    base,
                    found,
                    evidence,
                    started,
                    [found.prepared.standalone, *(one for one in further if keeps_figures(question, one))],
                )
            finally:
                generation.close()
            if draft.trouble is not Trouble.TOO_LONG:
                break
            characters = sum(len(one.text) for one in evidence) // 3
        final = self._finished(draft, base, found, evidence, started)
        if final.mode is Mode.LLM and not draft.incomplete:
            self._cache.put(key, replace(final, notices=final.notices[len(base.notices) :]))
        yield final

    # ---------------------------------------------------------------------------------------------- while it is written

    def _proven(
        self,
        generation: Generation,
        draft: _Draft,
        base: Answer,
        found: Found,
        evidence: Sequence[ShownSpan],
        started: float,
        questions: Sequence[str],
    ) -> Iterator[Answer]:
        """Read the model to its end into `draft`; yield after each sentence that is proven, and while it is silent.

        Nothing is shown until a proven sentence, or a span that proves one, reads as an answer to the question or to one
        that was made of it: what is true need not be what was asked.
        """
        reads = self._reads(found, evidence)
        question = found.prepared.standalone
        borne = bears_out(question, evidence, self._base.finder.reader)
        prover, cutter = Prover(evidence, question=question, reads=reads, bears_out=borne), SentenceCutter()
        places = {one.n: one for one in evidence}
        published = {one.n: one.published for one in evidence}
        shown = replace(
            base,
            answer="",
            short_answer=None,
            claims=(),
            citations=(),
            conflicts=(),
            calculation="",
            modality="",
            mode=Mode.LLM,
            notices=(*base.notices, wording_llm.WRITING),
            as_of="",
        )
        while True:
            event = generation.next(self._heartbeat)
            if event is None:
                yield shown
                continue
            if isinstance(event, Failed):
                draft.trouble, draft.incomplete = event.trouble, True
                return
            if isinstance(event, Finished):
                draft.reason, draft.incomplete = event.reason, event.reason != "stop"
                cuts = list(cutter.flush()) if not draft.incomplete else []
            else:
                draft.written += len(event.text)
                draft.raw += event.text
                cuts = list(cutter.feed(event.text))
            for cut in cuts:
                if _prove(prover, cut, draft, published):
                    said, rest_on = draft.released[-1]
                    spans = [reads(n) for n in dict.fromkeys((*rest_on, *cut.cited)) if n in published]
                    answered = base.status is Status.ANSWERED and any(self._quotes(base, places[n]) for n in rest_on)
                    draft.answers = draft.answers or self._answers(
                        said, [one for one in spans if one is not None], questions, answered
                    )
                    if not draft.answers:
                        continue
                    draft.first_ms = draft.first_ms or (perf_counter() - started) * 1000
                    shown = self._told(draft, base, evidence)
                    yield shown
            if isinstance(event, Finished):
                return
            if _is_babble(draft, cutter):
                draft.incomplete = True
                return

    # ------------------------------------------------------------------------------------------------- what is told of it

    @staticmethod
    def _quotes(base: Answer, span: ShownSpan) -> bool:
        return any(
            one.article_id == span.article_id and one.start < span.end and span.start < one.end
            for one in base.citations
        )

    def _answers(self, sentence: str, spans: Sequence[Read], questions: Sequence[str], answered: bool) -> bool:
        """Whether a proven sentence reads as an answer to one of the questions, by its own words or those of its spans.

        Where the reader has no doubt with which words a span answers, the sentence must give them. `answered`: it rests on
        what the extractive answerer gives as its answer.
        """
        certain = [one for one in spans if one.sure >= CERTAIN and one.probability >= _HARDLY]
        agreed = any(agrees(sentence, one.answers[0]) for one in certain)
        best = max((one.probability for one in spans), default=0.0)
        if certain and not agreed and best >= _ANSWERS:
            return False
        if answered or best >= (_HARDLY if agreed else _ANSWERS):
            return True
        return any(self._base.finder.odds(one, sentence) > 0 for one in questions)

    def _finished(
        self, draft: _Draft, base: Answer, found: Found, evidence: Sequence[ShownSpan], started: float
    ) -> Answer:
        timings = dict(base.timings_ms) | {"model": round((perf_counter() - started) * 1000, 2)}
        if draft.first_ms:
            timings["first_sentence"] = round(draft.first_ms, 2)
        if draft.faults:
            log.info("withheld: %s", ", ".join(draft.faults))
        base = replace(base, timings_ms=timings)
        if draft.reason == "content_filter":
            return replace(
                base,
                status=Status.REFUSED,
                answer=wording_llm.FILTERED,
                short_answer=None,
                claims=(),
                conflicts=(),
                citations=base.citations[:1],
                calculation="",
                modality="",
                mode=Mode.LLM,
            )
        if base.status is Status.REFUSED and not draft.answers:
            return base
        if not draft.released or not draft.answers:
            return self._unwritten(draft, base, found)
        if draft.untold:
            draft.released.append((draft.untold, ()))
        answer = self._told(draft, base, evidence, final=True)
        return replace(answer, timings_ms=timings)

    def _unwritten(self, draft: _Draft, base: Answer, found: Found) -> Answer:
        """Return what is shown when nothing of the model can be: its refusal, or the extractive answer labelled."""
        notice = wording_llm.SILENT
        if draft.trouble is not None:
            notice = wording_llm.UNAVAILABLE
        elif draft.withheld and not draft.declines:
            notice = wording_llm.UNPROVEN
        elif draft.declines or draft.raw.strip("【】。. \n") == _BARE_NO or NO_ANSWER in draft.raw:
            if base.confidence < _VERY_SURE:
                return replace(self._base.refuse(base.question, found), mode=Mode.LLM, timings_ms=base.timings_ms)
            notice = wording_llm.ORIGINAL
        return replace(base, notices=(*base.notices, notice))

    def _told(self, draft: _Draft, base: Answer, evidence: Sequence[ShownSpan], *, final: bool = False) -> Answer:
        """Return the answer of the sentences that were released so far."""
        places = {one.n: one for one in evidence}
        numbers: dict[int, int] = {}
        for _, rest_on in draft.released:
            for n in rest_on:
                numbers.setdefault(n, len(numbers) + 1)
        citations = [self._cite(places[n], number) for n, number in numbers.items()]
        short = base.short_answer if base.short_answer and _says(draft.released, base.short_answer) else None
        claims = [
            Claim(text, tuple(numbers[n] for n in rest_on), short if short and short in text else "")
            for text, rest_on in draft.released
        ]
        if final and short is None and base.short_answer and base.claims and (draft.withheld or draft.incomplete):
            # What was withheld may have been the point: the article's own sentence says it.
            claims, citations, short = _with_base(claims, citations, base)
        notices = [wording_llm.WITHHELD.format(draft.withheld)] if draft.withheld else []
        notices += [wording_llm.INCOMPLETE] if final and draft.incomplete else []
        told = [claim for claim in claims if claim.value] or claims
        quotes = {citation.n: citation.quote for citation in citations}
        told = [claim for claim in told if claim.citations]
        planned = all(modality(quotes[n]) is Modality.PLAN for claim in told for n in claim.citations)
        return replace(
            base,
            status=Status.ANSWERED,
            short_answer=short,
            claims=tuple(claims),
            citations=tuple(citations),
            answer=_text(claims),
            conflicts=(),
            calculation=draft.calculation,
            mode=Mode.LLM,
            as_of=_as_of(citations),
            modality=wording.PLAN if planned else "",
            notices=(*base.notices, *notices),
            id=_id(base, claims),
        )

    def _cite(self, place: ShownSpan, n: int) -> Citation:
        return cite(self.articles[place.article_id], place.start, place.end, n)

    def _busy(self, question: str, found: Found) -> Answer:
        """Return the card for when neither answerer can answer: the nearest sentences, and to come again later."""
        nearest = found.ranked[:3]
        return Answer(
            id=sha256(question.encode("utf-8", "replace")).hexdigest()[:16],
            question=question,
            status=Status.REFUSED,
            answer=wording_llm.BUSY,
            short_answer=None,
            claims=(),
            conflicts=(),
            as_of="",
            confidence=0.0,
            citations=tuple(
                cite(self.articles[one.candidate.article_id], one.candidate.start, one.candidate.end, n)
                for n, one in enumerate(nearest, start=1)
            ),
            mode=Mode.EXTRACTIVE,
            index_generation=self.snapshot.generation,
            standalone=found.prepared.standalone,
        )

    # ---------------------------------------------------------------------------------------------------------- evidence

    def _evidence(self, base: Answer, found: Found, further: Sequence[str], characters: int) -> tuple[ShownSpan, ...]:
        """Return numbered sentences: those of the extractive answer and around the best that were found, in article order."""
        snapshot = self.snapshot
        rows = [row for citation in base.citations for row in self._rows(citation)]
        for question in further:
            rows += [one.candidate.row for one in self._base.find(question).ranked[:_FURTHER]]
        rows += [one.candidate.row for one in (*found.ranked, *found.judged)[:_RANKED]]
        chosen: dict[int, None] = {}
        used = 0
        rows = list(dict.fromkeys(rows))
        around = [self._around(row, _BESIDE if number < _FIRST else 0) for number, row in enumerate(rows)]
        for near in (*around, *(self._around(row, _BESIDE) for row in rows[_FIRST:])):
            for row in near:
                if row not in chosen:
                    used += len(snapshot.sentences[row].text)
                    if used > characters and chosen:
                        break
                    chosen[row] = None
        order = {snapshot.sentences[row].article_id: 0 for row in chosen}
        rank = {article_id: number for number, article_id in enumerate(order)}
        sentences = sorted(
            (snapshot.sentences[row] for row in chosen), key=lambda one: (rank[one.article_id], one.start)
        )
        return tuple(
            ShownSpan(
                n,
                one.article_id,
                one.start,
                one.end,
                one.text,
                "\n".join((self.articles[one.article_id].kicker, *snapshot.passages[one.passage].heading_path)),
                self.articles[one.article_id].published,
                self.articles[one.article_id].text[max(0, one.start - _BEFORE) : one.start],
            )
            for n, one in enumerate(sentences, start=1)
        )

    def _around(self, row: int, beside: int) -> list[int]:
        """Return the rows of a passage around one, and up to `beside` on either side of it in the article."""
        sentence = self.snapshot.sentences[row]
        passage, article = (
            self.snapshot.sentence_rows(sentence.passage),
            self.snapshot.article_sentence_rows(sentence.article_id),
        )
        near = [one for one in passage if abs(one - row) <= _AROUND]
        return near + [one for one in article if abs(one - row) <= beside and one not in near]

    def _reads(self, found: Found, evidence: Sequence[ShownSpan]) -> Callable[[int], Read | None]:
        """Return how each span reads as an answer, with the judge's probability; each is read when it is first asked for."""
        spans = {one.n: one for one in evidence}

        @cache
        def read(n: int) -> Read | None:
            reading, probability = self._base.finder.read(found, spans[n].article_id, spans[n].start)
            sure = reading.best.score if reading.best else 0.0
            return Read(probability, tuple(one.text for one in reading.answers), sure)

        return read

    def _rows(self, citation: Citation) -> list[int]:
        rows = self.snapshot.article_sentence_rows(citation.article_id)
        return [
            row
            for row in rows
            if (one := self.snapshot.sentences[row]).start < citation.end and citation.start < one.end
        ]


def _prove(prover: Prover, cut: Cut, draft: _Draft, published: Mapping[int, Published | None]) -> bool:
    """Whether one more sentence may be shown; note it in `draft` either way."""
    if cut.opens or cut.text.endswith(("？", "?")) or cut.text.strip("【】。") == _BARE_NO:  # nothing is stated
        return False
    if declines(cut.text):
        draft.declines = True
        return False
    folded = fold(cut.text)
    draft.seen.append(folded)
    if draft.seen.count(folded) > 1:
        return False
    verdict = _verdict(prover, cut)
    if verdict.fault is Fault.ABSENCE and not draft.untold:
        draft.untold = cut.text
        return False
    draft.calculation = draft.calculation or verdict.calculation
    text = with_years(cut.text, [published[n] for n in verdict.numbers]) if verdict.proven else None
    if text is None:
        draft.withheld += 1
        draft.faults.append(f"{verdict.fault.value} {verdict.detail}".strip())
        return False
    draft.released.append((text, verdict.numbers))
    return True


def _verdict(prover: Prover, cut: Cut) -> Verdict:
    try:
        return prover.prove(cut.text, cut.cited)
    except Exception:  # whatever cannot be checked is not shown
        log.exception("a sentence could not be checked")
        return Verdict((), Fault.COVER)


def _is_babble(draft: _Draft, cutter: SentenceCutter) -> bool:
    return (
        draft.written > _WRITTEN
        or len(draft.released) + draft.withheld >= _SENTENCES
        or (cutter.waiting > LONGEST and "<think" not in draft.raw[:40].lower())
        or (bool(draft.seen) and draft.seen.count(draft.seen[-1]) >= _REPEATS)
    )


def _says(released: Sequence[tuple[str, tuple[int, ...]]], value: str) -> bool:
    return any(fold(value) in fold(text) for text, _ in released)


def _with_base(
    claims: list[Claim], citations: list[Citation], base: Answer
) -> tuple[list[Claim], list[Citation], str | None]:
    """Return both with the first claim of the extractive answer added."""
    own = {one.n: one for one in base.citations}
    known = {(one.article_id, one.start, one.end): one.n for one in citations}
    citations = list(citations)
    numbers = []
    for n in base.claims[0].citations:
        place = (own[n].article_id, own[n].start, own[n].end)
        if place not in known:
            known[place] = len(citations) + 1
            citations.append(replace(own[n], n=known[place]))
        numbers.append(known[place])
    own_words = replace(base.claims[0], citations=tuple(numbers), label=base.claims[0].label or wording_llm.QUOTED)
    return [*claims, own_words], citations, base.short_answer


def _as_of(citations: Sequence[Citation]) -> str:
    """Return the date line: «据2024年5—6月（推定）、2026年1月报道»."""
    dates = dict.fromkeys((one.published, one.published_inferred) for one in citations if one.published)
    if len(dates) < 2:
        return as_of_text(*next(iter(dates), ("", False)))
    return "据" + "、".join(when + ("（推定）" if inferred else "") for when, inferred in dates) + "报道"


def _id(base: Answer, claims: Sequence[Claim]) -> str:
    return sha256(f"{base.id}\0{_text(claims)}".encode("utf-8", "replace")).hexdigest()[:16]


def _text(claims: Sequence[Claim]) -> str:
    return "\n".join(claim.text + "".join(f"[{n}]" for n in claim.citations) for claim in claims)


def _prepare(model: Generator) -> None:
    """Import the client and read the tables that proofs need, so that the first question waits for neither."""
    Prover([ShownSpan(1, "", 0, 12, "临平区有企业3家，增长6%。")]).prove("临平区有企业5家，由某某投资。", [1])
    try:
        warm = getattr(model, "warm", None)
        if warm is not None:
            warm()
    except Exception:  # the first request says what is missing
        log.debug("the client of the language model could not be built", exc_info=True)
