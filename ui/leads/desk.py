"""What staff do with a lead, in one place for the command line and the page: answer, accept, edit, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corpus.records import Article, latest_first
from index.search.embedding import Embedder
from ui.leads import news, wording
from ui.leads.answering import AnsweringRun, Progress, Sources, start
from ui.leads.exports import Export, ExportWish, export
from ui.leads.fact_sheet import FactSheet, fact_sheet
from ui.leads.letters import Sender
from ui.leads.memory import Memory, offered
from ui.leads.news import Outdated
from ui.leads.policy import Policy, judge
from ui.leads.proofs import typed
from ui.leads.questionnaires import read_questionnaire
from ui.leads.records import Columns
from ui.leads.replies import Colour
from ui.leads.store import Item, LeadError, QuestionStatus, Store
from ui.service.figures import FigureBook


@dataclass(frozen=True)
class LeadDesk:
    """One store and what answers for it. `sources` gives the newest generation, `embedder` the encoder of the memory."""

    store: Store
    sources: Callable[[], Sources]
    embedder: Callable[[], Embedder]
    sender: Sender = Sender()  # noqa: RUF009 - frozen
    today: Callable[[], date] = date.today

    @property
    def articles(self) -> Mapping[str, Article]:
        return self.sources().articles

    @property
    def memory(self) -> Memory:
        return Memory(self.store, self.embedder, lambda: self.articles, self.today)

    def fact_sheet(self, topics: Mapping[str, Sequence[str]]) -> FactSheet:
        """Return the figures of the articles on chosen topics."""
        return fact_sheet(FigureBook.of(latest_first(self.articles)), topics, self.sender, self.today())

    def run(self, lead: int, *, who: str) -> AnsweringRun:
        """Return what answers the open questions of a lead, remembered answers first."""
        self.look()
        return AnsweringRun(self.store, lead, self.sources, who=who, today=self.today, recall=self.memory.recall)

    def answer(self, lead: int, *, who: str, progress: Callable[[Progress], None] = lambda _: None) -> Progress:
        """Answer the open questions of a lead here and now. Raises LeadError when that is done elsewhere."""
        return self.run(lead, who=who).go(progress)

    def answer_behind(self, lead: int, *, who: str) -> None:
        """Answer the open questions of a lead in the background."""
        start(self.run(lead, who=who))

    def accept(self, item: Item, *, who: str) -> None:
        """Take an answer as it is: done, locked and remembered. Raises LeadError when there is nothing to accept, Stale."""
        if item.reply is None or not item.reply.proven:
            raise LeadError(wording.NOTHING_TO_ACCEPT.format(item.number))
        self.store.move(item, QuestionStatus.DONE, who=who)
        self.memory.remember(self.store.item(item.lead_id, item.number), who=who)
        self._settle(item, who)

    def accept_green(self, lead: int, *, who: str) -> list[int]:
        """Accept every drafted answer that may go out as it is; return their numbers."""
        done: list[int] = []
        for item in self.store.items(lead):
            if (
                item.status is QuestionStatus.DRAFTED
                and item.reply
                and item.reply.colour is Colour.GREEN
                and item.reply.proven
            ):
                self.accept(item, who=who)
                done.append(item.number)
        return done

    def edit(self, item: Item, text: str, *, who: str) -> Item:
        """Take what a person typed, each sentence proven again; return the question as it is now. Raises Stale, LeadError."""
        if not text.strip():
            raise LeadError(wording.NOTHING_TYPED.format(item.number))
        self.store.revise(item, typed(text, item.reply, self.sources(), by=who), who=who)
        self._settle(item, who)
        return self.store.item(item.lead_id, item.number)

    def replace(self, item: Item, remembered: int, *, who: str) -> None:
        """Put a remembered answer in the place of what is there. Raises Stale, LeadError."""
        one = self.memory.one(remembered)
        if one is None:
            raise LeadError(wording.NOT_REMEMBERED.format(remembered))
        self.store.revise(item, offered(one, exactly=False), who=who, what="replaced")
        self._settle(item, who)

    def take(self, item: Item, nearest: int, *, who: str) -> None:
        """Put the words of one of the nearest passages in the place of a refusal. Raises Stale, LeadError."""
        found = next((one for one in item.reply.nearest if one.n == nearest), None) if item.reply else None
        if found is None:
            raise LeadError(wording.NOTHING_TYPED.format(item.number))
        self.store.revise(item, typed(found.quote, item.reply, self.sources(), by=who), who=who, what="replaced")

    def set_policy(self, values: Mapping[str, str]) -> int:
        """Set rules of the colours; return how many answers that nobody has looked at have another colour now. Raises LeadError."""
        Policy.keep_all(self.store, values)
        policy, changed = Policy.of(self.store), 0
        for item in (
            one
            for lead in self.store.leads()
            for one in self.store.items(lead.id)
            if one.status is QuestionStatus.DRAFTED
        ):
            if item.reply is None or item.reply.remembered:
                continue
            colour, reasons = judge(item.reply, item.asked.text, self.articles, policy, self.today())
            if self.store.recolour(item, replace(item.reply, colour=colour, reasons=reasons)):
                changed += colour is not item.reply.colour
        return changed

    def reopen(self, item: Item, *, who: str) -> None:
        """Unlock an answer that is done."""
        self.store.move(item, QuestionStatus.REVIEW, who=who)

    def set_columns(self, lead: int, columns: Mapping[str, Columns], *, who: str) -> int:
        """Read the file of a lead again by these columns, the other tables as before; return how many questions it has now.

        Raises LeadError when somebody has worked on its answers, QuestionError for a table that it does not have.
        """
        kept = self.store.lead(lead)
        chosen = {one.part: one.columns for one in kept.layouts} | dict(columns)
        read = read_questionnaire(kept.file_name, self.store.file(lead), chosen)
        self.store.reread(lead, read, who=who)
        return len(read.questions)

    def export(self, lead: int, wish: ExportWish, *, who: str) -> Export:
        """Return the file to send and note in the history that it was made. Raises LeadError, UnreadableFile."""
        self.look()
        made = export(self.store, lead, self.articles, wish, self.sender, self.today())
        self.store.note(lead, who=who, what="exported", new=made.name)
        return made

    def before_export(self, lead: int) -> tuple[str, tuple[str, ...]]:
        """Return in Chinese what would go out of a lead now, and what would not and why."""
        self.look()
        kept = self.store.lead(lead)
        form = "letter" if kept.kind in ("txt", "pdf") else "original"
        try:
            made = export(self.store, lead, self.articles, ExportWish(form), self.sender, self.today())
        except LeadError as error:
            return str(error), ()
        return wording.GOES_OUT.format(made.filled, sum(kept.counts.values()) - kept.counts["done"]), made.notices

    def look(self) -> list[Outdated]:
        """Look for articles that change figures which answers used; return what is newly marked."""
        return news.look(self.store, self.articles)

    def _settle(self, item: Item, who: str) -> None:
        marks = [one.id for one in news.open_marks(self.store) if (one.lead, one.number) == (item.lead_id, item.number)]
        news.settle(self.store, marks, who=who)
