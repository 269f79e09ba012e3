"""What leaves the house: the original file with the answers in it, a letter, or Markdown. Only what is proven gets in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Final
from xml.parsers.expat import ExpatError

from corpus.errors import UnreadableFile
from corpus.records import Article
from ui.leads import wording
from ui.leads.csv_filling import fill_csv
from ui.leads.letters import Sender, as_docx, as_markdown, letter_of, lines_of, name_of
from ui.leads.proofs import proven_again
from ui.leads.replies import Reply
from ui.leads.sheet_filling import fill_sheets
from ui.leads.store import Item, LeadError, QuestionStatus, Store
from ui.leads.word_filling import fill_words

FORMS: Final = ("original", "letter", "markdown")


@dataclass(frozen=True, slots=True)
class Export:
    """A file to send. `filled` questions are answered in it; `notices` tell in Chinese what was left out and why."""

    name: str
    data: bytes
    filled: int
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What to hand out. `drafts`: also what nobody has accepted, marked; `unsourced`: also typed sentences without a source, marked."""

    form: str = "original"
    drafts: bool = False
    unsourced: bool = False
    template: Path | None = None


def export(
    store: Store, lead: int, articles: Mapping[str, Article], wish: ExportWish, sender: Sender, today: date
) -> Export:
    """Return the file of a lead. Raises LeadError when nothing may go out, or the original has no room for answers."""
    kept = store.lead(lead)
    items = store.items(lead)
    ready, notices = _ready(items, articles, wish)
    if not ready:
        raise LeadError(wording.NOTHING_READY.format(lead))
    stem = PurePath(kept.file_name).stem
    if wish.form == "original":
        data, untold = _into_original(kept.kind, store.file(lead), ready)
        name = f"{stem}{wording.ANSWERED_SUFFIX}.{kept.kind}"
        return Export(name, data, len(ready) - len(untold), (*notices, *untold))
    done = {item.id for item, _, _ in ready}
    letter = letter_of(kept, ready, [one for one in items if one.id not in done], sender, today)
    if wish.form == "letter":
        return Export(f"{stem}{wording.LETTER_SUFFIX}.docx", as_docx(letter, wish.template), len(ready), notices)
    return Export(f"{stem}{wording.LETTER_SUFFIX}.md", as_markdown(letter).encode(), len(ready), notices)


Ready = tuple[Item, Reply, str]


def _ready(
    items: Sequence[Item], articles: Mapping[str, Article], wish: ExportWish
) -> tuple[list[Ready], tuple[str, ...]]:
    """Return what may go out of each question, proven once more now, with the mark that it carries, and what may not."""
    ready: list[Ready] = []
    notices: list[str] = []
    for item in items:
        if item.reply is None or not item.reply.said or (item.status is not QuestionStatus.DONE and not wish.drafts):
            continue
        reply = proven_again(item.reply, articles)
        dropped = [one for one in reply.said if not one.proven]
        if dropped and not wish.unsourced:
            notices += [
                wording.LEFT_OUT.format(item.number, one.text, one.fault or wording.NOT_PROVEN) for one in dropped
            ]
            reply = replace(reply, said=reply.proven)
        if reply.said:
            ready.append((item, reply, "" if item.status is QuestionStatus.DONE else wording.UNREVIEWED))
    return ready, tuple(notices)


def cell_text(reply: Reply, mark: str) -> str:
    """Return what stands in a cell: the short answer with period and scope, the sentences, the date, the sources."""
    used = list(dict.fromkeys(n for one in reply.said for n in one.citations))
    numbers = {n: number for number, n in enumerate(used, start=1)}
    sources = [
        f"[{numbers[one.n]}] {name_of(one)}"
        for one in sorted(reply.citations, key=lambda one: numbers.get(one.n, 0))
        if one.n in numbers
    ]
    parts = [mark, reply.headline, *lines_of(reply, numbers), reply.dated, *sources]
    return "\n".join(filter(None, parts))


def _into_original(kind: str, data: bytes, ready: Sequence[Ready]) -> tuple[bytes, list[str]]:
    """Return the file as it came with the answers in it, and a notice for each question that it has no room for."""
    if kind in ("txt", "pdf"):
        raise LeadError(wording.NO_ROOM_IN_MAIL)
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    untold: list[str] = []
    for item, reply, mark in ready:
        place = item.asked.place
        text = cell_text(reply, mark)
        if item.asked.choices:
            allowed = next((one for one in item.asked.choices if one == reply.short), "")
            text = allowed
        if item.asked.given or not place.answer or not text:
            why = wording.GIVEN if item.asked.given else wording.CHOICES if item.asked.choices else wording.NO_ROOM
            untold.append(wording.NOT_FILLED.format(item.number, item.asked.text, why))
            continue
        texts[place.part, place.answer].append(text)
    if not texts:
        raise LeadError(wording.NO_ROOM_AT_ALL)
    joined = {place: "\n\n".join(said) for place, said in texts.items()}
    try:
        model = any(reply.model for _, reply, _ in ready)
        return _filled(kind, data, joined, wording.LABEL_MODEL if model else wording.LABEL), untold
    except (ExpatError, ValueError, IndexError, KeyError, StopIteration) as error:
        raise UnreadableFile(wording.NOT_FILLABLE) from error


def _filled(kind: str, data: bytes, texts: Mapping[tuple[str, str], str], label: str) -> bytes:
    plain = {address: text for (_, address), text in texts.items()}
    if kind == "csv":
        return fill_csv(data, plain, label)
    if kind == "docx":
        return fill_words(data, plain, label)
    sheets: dict[str, dict[str, str]] = defaultdict(dict)
    for (part, address), text in texts.items():
        sheets[part][address] = text
    return fill_sheets(data, sheets, label)
