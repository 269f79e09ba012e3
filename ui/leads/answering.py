"""Answers the questions of a lead in the background, as many at once as there are processors, stopped and taken up again at any moment."""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

from corpus.chinese.text import clean, split_sentences
from corpus.errors import LinpingError, QuestionError
from corpus.records import Article
from index.search.hits import SentenceHit
from rag.citing import as_of_text, cite
from rag.protocol import Answerer, History
from rag.question.kinds import understand
from rag.question.parts import parts_of
from rag.records import Answer, Citation, Mode, Status
from rag.wording import UNTOLD
from ui.leads import wording
from ui.leads.policy import Policy, judge
from ui.leads.records import LeadQuestion
from ui.leads.replies import Colour, Reply, Said
from ui.leads.store import Item, LeadError, Store
from ui.leads.store import QuestionStatus as ItemStatus
from ui.page.exporting import short_of
from ui.page.scoping import Scope, figures_of, scope_of
from ui.service.limits import MAX_QUESTION

log = logging.getLogger(__name__)

NEAREST: Final = 3
AT_ONCE: Final = min(4, os.cpu_count() or 1)  # questions: while one is read by the network, another is prepared
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_UNTOLD: Final = UNTOLD.partition("{")[0]
_BEAT: Final = 30.0  # seconds without a sign of life after which a run is taken for dead


class Searching(Protocol):
    """What finds the nearest passages of a question that has no answer."""

    @property
    def generation(self) -> str: ...

    def search_sentences(self, question: str, k: int = 10) -> Sequence[SentenceHit]: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What answers: all of one generation. `library` None: a refusal shows only what the answerer found itself."""

    answerer: Answerer
    library: Searching | None = None

    @property
    def articles(self) -> Mapping[str, Article]:
        return self.answerer.articles

    @property
    def generation(self) -> str:
        return self.library.generation if self.library is not None else ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: questions `done` of `total`, and by colour what came of them."""

    done: int
    total: int
    colours: Mapping[Colour, int]
    failed: int = 0


def reply_to(asked: LeadQuestion, sources: Sources, policy: Policy, today: date) -> Reply:
    """Return what the program answers to one question. Raises QuestionError for one that cannot be asked."""
    answer = sources.answerer.answer(wording_of(asked), history_of(asked))
    return reply_of(answer, sources, policy, today)


def wording_of(asked: LeadQuestion) -> str:
    """Return a question as it is put to the answerer."""
    return asked.text[:MAX_QUESTION]


def history_of(asked: LeadQuestion) -> History:
    """Return what was said before a question that points back to it."""
    return ((asked.context, ""),) if asked.context else ()


def reply_of(answer: Answer, sources: Sources, policy: Policy, today: date) -> Reply:
    """Return an answer as a reply: its claims as sentences, its differences said once, its date line, its colour."""
    scope = scope_of(answer, sources.articles)
    reply = Reply(confidence=answer.confidence, generation=answer.index_generation, model=answer.mode is Mode.LLM)
    if answer.status is Status.ANSWERED:
        short = _short(answer, scope)
        said = [Said(answer.calculation, _all(answer))] if answer.calculation else []
        said += [
            Said(f"{one.label}：{one.text}" if one.label and one.label not in one.text else one.text, one.citations)
            for one in answer.claims
        ]
        reply = replace(
            reply,
            short=short,
            scope=scope.text if short else "",
            said=tuple(said),
            dated=" · ".join(part for part in (answer.modality, answer.as_of or _dated(answer.citations)) if part),
            citations=answer.citations,
            notes=tuple(dict.fromkeys(one.relation for one in answer.conflicts)),
            untold="".join(one for one in answer.notices if one.startswith(_UNTOLD)),
        )
        reply = _with_its_time(reply, sources.articles)
    else:
        reply = _refused(reply, answer, sources)
    colour, reasons = judge(reply, answer.question, sources.articles, policy, today)
    return replace(reply, colour=colour, reasons=reasons)


def _with_its_time(reply: Reply, articles: Mapping[str, Article]) -> Reply:
    """Return a reply whose figures that another sentence dates cite that one too: each number of it stands in a quote."""
    citations = list(reply.citations)
    said: list[Said] = []
    for one in reply.said:
        numbers = list(one.citations)
        for source in [known for known in citations if known.n in numbers and known.article_id in articles]:
            article = articles[source.article_id]
            for figure in figures_of(article):
                time = figure.time
                if time is None or not figure.dated or not source.start <= figure.start < figure.end <= source.end:
                    continue
                told = _YEAR.findall(f"{one.text}{reply.scope}")
                if source.start <= time.start < source.end or figure.quantity.text not in one.text or not told:
                    continue
                start, end = _sentence_at(article, time.start)
                known = next((c for c in citations if (c.article_id, c.start, c.end) == (article.id, start, end)), None)
                if known is None:
                    known = cite(article, start, end, max(c.n for c in citations) + 1)
                    citations.append(known)
                numbers.append(known.n)
        said.append(replace(one, citations=tuple(dict.fromkeys(numbers))))
    return replace(reply, said=tuple(said), citations=tuple(citations))


def _sentence_at(article: Article, at: int) -> tuple[int, int]:
    """Return where the sentence that holds a place begins and ends."""
    block = next(one for one in article.blocks if one.start <= at < one.end)
    for span in split_sentences(article.text[block.start : block.end]):
        if block.start + span.start <= at < block.start + span.end:
            return block.start + span.start, block.start + span.end
    return block.start, block.end


def _short(answer: Answer, scope: Scope) -> str:
    """Return the short answer; none where it is of something else, or tells one of several things that were asked."""
    several = not answer.calculation and len(parts_of(answer.standalone or answer.question)) > 1
    return "" if scope.asked or several else short_of(answer)


def _all(answer: Answer) -> tuple[int, ...]:
    return tuple(one.n for one in answer.citations)


def _dated(citations: Sequence[Citation]) -> str:
    return as_of_text(citations[0].published, citations[0].published_inferred) if citations else ""


def _refused(blank: Reply, answer: Answer, sources: Sources) -> Reply:
    """Return a refusal with the passages that come nearest, best first, none twice."""
    nearest = [(one.article_id, one.start, one.end) for one in answer.citations]
    if sources.library is not None:
        hits = sources.library.search_sentences(answer.standalone or answer.question, NEAREST)
        nearest += [(hit.sentence.article_id, hit.sentence.start, hit.sentence.end) for hit in hits]
    places = [place for place in dict.fromkeys(nearest) if place[0] in sources.articles][:NEAREST]
    cited = tuple(cite(sources.articles[name], start, end, n) for n, (name, start, end) in enumerate(places, start=1))
    return replace(blank, refusal=answer.answer, nearest=cited, needed=needed_for(answer.standalone or answer.question))


def needed_for(question: str) -> str:
    """Return in Chinese what a report would have to say to answer a question."""
    asked = understand(clean(question))
    return wording.NEEDED.format(asked.text.rstrip(" 。？?！"), wording.NEEDED_OF.get(asked.kind, wording.NEEDED_ELSE))


class AnsweringRun:
    """One going through the open questions of a lead. Each answer is on the disk as soon as it is there."""

    def __init__(
        self,
        store: Store,
        lead: int,
        sources: Callable[[], Sources],
        *,
        who: str = "",
        today: Callable[[], date] = date.today,
        recall: Callable[[LeadQuestion, Reply], Reply | None] | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        """`sources` gives the newest generation; `recall` a remembered answer that is offered first, or None."""
        self._store = store
        self._lead = lead
        self._sources = sources
        self._who = who
        self._today = today
        self._recall = recall
        self._at_once = at_once
        self._token = secrets.token_hex(8)
        self._told = 0.0

    def go(self, progress: Callable[[Progress], None] = lambda _: None) -> Progress:
        """Answer what is open; return how far it came. Raises LeadError when another run is at the same lead."""
        self._store.lead(self._lead)
        self._take()
        try:
            return self._answer(progress)
        finally:
            with self._store.writing(self._lead) as db:
                db.execute("DELETE FROM runs WHERE lead_id = ? AND token = ?", (self._lead, self._token))

    def _answer(self, progress: Callable[[Progress], None]) -> Progress:
        items = self._store.items(self._lead)
        generation = self._sources().generation
        todo = [one for one in items if _is_open(one, generation)]
        colours = dict.fromkeys(Colour, 0)
        failed = done = 0
        for item, reply, trouble in self._answers(todo, items):
            self._store.draft(item, reply, trouble=trouble, who=self._who)
            done += 1
            failed += bool(trouble)
            if reply is not None:
                colours[reply.colour] += 1
            progress(Progress(done, len(todo), dict(colours), failed))
        return Progress(done, len(todo), dict(colours), failed)

    def _answers(self, todo: Sequence[Item], items: Sequence[Item]) -> Iterator[tuple[Item, Reply | None, str]]:
        """Yield questions with their answers as they come, then those that repeat one of them, until this run shall stop."""
        policy = Policy.of(self._store)
        waiting = deque(one for one in todo if one.same_as is None)
        under_way: dict[Future[tuple[Reply | None, str]], Item] = {}
        answers: dict[int, tuple[Reply | None, str]] = {
            one.number: (one.reply, one.trouble) for one in items if one.reply is not None
        }
        with ThreadPoolExecutor(self._at_once, "lead") as pool:
            while waiting or under_way:
                while waiting and len(under_way) < self._at_once:
                    if not self._goes_on():
                        waiting.clear()
                        break
                    item = waiting.popleft()
                    under_way[pool.submit(self._one, item, policy)] = item
                self._show_life()  # a model may take longer for one question than a dead run is waited for
                for finished in wait(under_way, _BEAT / 6, FIRST_COMPLETED).done:
                    item = under_way.pop(finished)
                    answers[item.number] = finished.result()
                    yield item, *answers[item.number]
        for item in (one for one in todo if one.same_as is not None):
            if not self._goes_on():
                return
            yield item, *(answers.get(item.same_as or 0) or self._one(item, policy))

    def _one(self, item: Item, policy: Policy) -> tuple[Reply | None, str]:
        """Return the answer to one question, or in Chinese why there is none."""
        try:
            fresh = reply_to(item.asked, self._sources(), policy, self._today())
            known = None if self._recall is None else self._recall(item.asked, fresh)
            return known or fresh, ""
        except QuestionError as error:
            return Reply(refusal=str(error), reasons=(wording.WHY_REFUSED,)), ""
        except LinpingError as error:
            return None, str(error)
        except Exception as error:  # one bad question must not end the run
            log.error("question %d of lead %d could not be answered: %s", item.number, item.lead_id, where_of(error))
            return None, wording.CRASHED

    def _take(self) -> None:
        """Enter this run, unless another one shows signs of life. Raises LeadError."""
        with self._store.writing(self._lead) as db:
            other = db.execute("SELECT beat FROM runs WHERE lead_id = ?", (self._lead,)).fetchone()
            if other is not None and time.time() - other["beat"] < _BEAT:
                raise LeadError(wording.RUNNING.format(self._lead))
            db.execute("DELETE FROM runs WHERE lead_id = ?", (self._lead,))
            db.execute("INSERT INTO runs VALUES (?, ?, ?, 0)", (self._lead, self._token, time.time()))

    def _show_life(self) -> None:
        """Write now and then that this run goes on."""
        if time.time() - self._told > _BEAT / 6:
            self._told = time.time()
            with self._store.writing(self._lead) as db:
                db.execute(
                    "UPDATE runs SET beat = ? WHERE lead_id = ? AND token = ?", (self._told, self._lead, self._token)
                )

    def _goes_on(self) -> bool:
        """Tell whether nobody has asked this run to stop."""
        found = self._store.rows("SELECT token, stop FROM runs WHERE lead_id = ?", self._lead)
        return bool(found) and found[0]["token"] == self._token and not found[0]["stop"]


def _is_open(item: Item, generation: str) -> bool:
    """Whether a question shall be asked: nobody has, it went wrong, or it was refused from other articles than those of now."""
    if item.status is ItemStatus.OPEN:
        return True
    if item.status is not ItemStatus.DRAFTED:
        return False
    if item.trouble or item.reply is None:
        return bool(item.trouble)
    return not item.reply.said and bool(generation) and item.reply.generation not in ("", generation)


def stop(store: Store, lead: int) -> bool:
    """Ask the run at a lead to stop after the question that it is at; tell whether there was one."""
    with store.writing(lead) as db:
        return bool(db.execute("UPDATE runs SET stop = 1 WHERE lead_id = ?", (lead,)).rowcount)


def is_running(store: Store, lead: int) -> bool:
    """Tell whether a run, in this process or another, is at a lead."""
    found = store.rows("SELECT beat, stop FROM runs WHERE lead_id = ?", lead)
    return bool(found) and time.time() - found[0]["beat"] < _BEAT


def is_interrupted(store: Store, lead: int) -> bool:
    """Tell whether a run at a lead has ended without a word, and nobody had asked it to."""
    found = store.rows("SELECT beat, stop FROM runs WHERE lead_id = ?", lead)
    return bool(found) and not found[0]["stop"] and time.time() - found[0]["beat"] >= _BEAT


def where_of(error: BaseException) -> str:
    """Return what kind of fault it is and where; its message may quote whom a lead is from, and stays out of the log."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)[-4:]
    ]
    return f"{type(error).__name__} ({' '.join(places)})"


def start(run: AnsweringRun) -> threading.Thread:
    """Run in a thread that ends with the process; a failure goes to the log."""

    def quietly() -> None:
        try:
            run.go()
        except LinpingError as error:
            log.warning("%s", error)
        except RuntimeError as error:  # the process ends: what is open is taken up by the next one
            log.warning("answering a lead has ended: %s", where_of(error))

    thread = threading.Thread(target=quietly, name="lead-answering", daemon=True)
    thread.start()
    return thread
