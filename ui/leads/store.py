"""Where leads are kept, in an SQLite file or on a PostgreSQL server. What a call has returned from is on the disk, whatever
happens to the process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from corpus.chinese.text import fold
from corpus.errors import StorageError
from ui.leads import wording
from ui.leads.database import Address, Connection, Database, Row, SqliteFile
from ui.leads.database import LeadError as LeadError
from ui.leads.database import now as now
from ui.leads.records import Columns, Layout, LeadQuestion, Questionnaire
from ui.leads.replies import Reply, whole


class Stale(LeadError):
    """Somebody else changed the question meanwhile: nothing was overwritten."""


class QuestionStatus(StrEnum):
    OPEN = "open"
    DRAFTED = "drafted"
    REVIEW = "review"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Lead:
    """One file of questions. `counts` are its questions by status; dates are ISO, empty when nobody set one."""

    id: int
    title: str
    client: str
    file_name: str
    kind: str
    owner: str
    due: str
    created: str
    created_by: str
    layouts: tuple[Layout, ...]
    notices: tuple[str, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a lead with its answer. `version` rises with every change; `same_as` is the number it repeats."""

    id: int
    lead_id: int
    number: int
    asked: LeadQuestion
    status: QuestionStatus
    owner: str
    due: str
    reply: Reply | None
    trouble: str
    version: int
    same_as: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changed what and when; `number` is the question's, None for the lead itself."""

    number: int | None
    who: str
    at: str
    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comment:
    number: int | None
    who: str
    at: str
    said: str


class Store:
    """Any number of threads and processes may use one database. Raises StorageError when it will not be read or written."""

    def __init__(self, address: Address, clock: Callable[[], str] = now) -> None:
        self.address = address
        self._clock = clock
        self._database = _database_at(address)
        self._database.migrate()

    @property
    def name(self) -> str:
        """Return what messages call the database; it holds no password."""
        return self._database.name

    def close(self) -> None:
        self._database.close()

    def writing(self, lead: int | None = None) -> AbstractContextManager[Connection]:
        """Give the connection within a transaction that is kept as a whole, or not at all; `lead` is the one it writes to."""
        return self._database.writing(lead)

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return what a question to the tables finds."""
        return self._database.rows(query, *values)

    # -------------------------------------------------------------------------------------------------------- leads

    def add(
        self,
        read: Questionnaire,
        file: bytes,
        *,
        who: str,
        title: str = "",
        client: str = "",
        owner: str = "",
        due: str = "",
    ) -> int:
        """Keep a file with its questions; return the lead's number. A question asked twice is kept as the same."""
        with self.writing() as db:
            lead = _added(
                db,
                "INSERT INTO leads (title, client, file_name, kind, file, layouts, notices, owner, due, created, created_by)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (
                    whole(title or read.name.rpartition(".")[0] or read.name),
                    whole(client),
                    whole(read.name),
                    read.kind,
                    file,
                    *_told(read),
                    owner or who,
                    due,
                    self._clock(),
                    who,
                ),
            )
            _keep_questions(db, lead, read)
            self._note(db, lead, None, who, "added", "", f"{read.name} {len(read.questions)}")
        return lead

    def reread(self, lead: int, read: Questionnaire, *, who: str) -> None:
        """Put the questions of a file that was read otherwise in place of those there. Raises LeadError once somebody has worked on them."""
        self.lead(lead)
        with self.writing(lead) as db:
            if db.execute(
                "SELECT 1 FROM questions WHERE lead_id = ? AND status IN ('review', 'done')", (lead,)
            ).fetchone():
                raise LeadError(wording.WORKED_ON.format(lead))
            db.execute("DELETE FROM questions WHERE lead_id = ?", (lead,))
            db.execute("UPDATE leads SET layouts = ?, notices = ? WHERE id = ?", (*_told(read), lead))
            _keep_questions(db, lead, read)
            self._note(
                db,
                lead,
                None,
                who,
                "columns",
                "",
                "；".join(f"{one.part} {one.columns.question}:{one.columns.answer}" for one in read.layouts),
            )

    def leads(self) -> list[Lead]:
        """Return all leads, those due first on top, then the newest."""
        found = self.rows("SELECT * FROM leads ORDER BY due = '', due, id DESC")
        return [self._lead(row) for row in found]

    def lead(self, lead: int) -> Lead:
        """Return one lead. Raises LeadError."""
        found = self.rows("SELECT * FROM leads WHERE id = ?", lead)
        if not found:
            known = "、".join(str(row["id"]) for row in self.rows("SELECT id FROM leads ORDER BY id DESC LIMIT 8"))
            raise LeadError(wording.NO_LEAD.format(lead, known or wording.NONE_YET))
        return self._lead(found[0])

    def _lead(self, row: Row) -> Lead:
        counts = self.rows("SELECT status, count(*) AS n FROM questions WHERE lead_id = ? GROUP BY status", row["id"])
        layouts = [
            Layout(one["part"], Columns(**one["columns"]), tuple(one["headers"]), one["questions"])
            for one in json.loads(row["layouts"])
        ]
        return Lead(
            row["id"],
            row["title"],
            row["client"],
            row["file_name"],
            row["kind"],
            row["owner"],
            row["due"],
            row["created"],
            row["created_by"],
            tuple(layouts),
            tuple(json.loads(row["notices"])),
            {status.value: 0 for status in QuestionStatus} | {one["status"]: one["n"] for one in counts},
        )

    def file(self, lead: int) -> bytes:
        """Return the file as it came. Raises LeadError."""
        self.lead(lead)
        return bytes(self.rows("SELECT file FROM leads WHERE id = ?", lead)[0]["file"])

    def delete(self, lead: int, *, forget: bool = False) -> None:
        """Remove a lead with all that belongs to it, its words overwritten on the disk; `forget`: and what was remembered of it."""
        self.lead(lead)
        with self.writing(lead) as db:
            if forget:
                db.execute("DELETE FROM memory WHERE lead_id = ?", (lead,))
            db.execute("DELETE FROM leads WHERE id = ?", (lead,))
        self._database.scrub()

    def exported(self, lead: int) -> dict[str, Any]:
        """Return all that is kept of a lead but the file, as plain JSON values."""
        kept = self.lead(lead)
        return {
            "lead": asdict(kept),
            "questions": [asdict(one) for one in self.items(lead)],
            "comments": [asdict(one) for one in self.comments(lead)],
            "history": [asdict(one) for one in self.history(lead)],
        }

    def backup(self, target: Path) -> None:
        """Write a whole copy to `target`, an SQLite file, checked, while others go on working. Raises StorageError, LeadError
        when it exists."""
        if target.exists():
            raise LeadError(wording.BACKUP_EXISTS.format(target))
        partial = target.with_name(target.name + ".partial")
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
            self._database.copy(partial)
            copy = SqliteFile(partial)
            sound = copy.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
            copy.rows("PRAGMA journal_mode=DELETE")
            copy.close()
            if not sound:
                partial.unlink()
                raise StorageError(wording.BACKUP_BROKEN.format(target))
            partial.replace(target)
        except OSError as error:
            raise StorageError(wording.store_trouble(target, error)) from error

    def restore(self, source: Path) -> None:
        """Take all that a backup holds, or the file of another desk. Raises LeadError where something is kept here already."""
        if not source.is_file():
            raise LeadError(wording.NO_BACKUP.format(source))
        kept = SqliteFile(source)
        kept.migrate()
        self._database.fill(kept)
        kept.close()

    # ---------------------------------------------------------------------------------------------------- questions

    def items(self, lead: int) -> list[Item]:
        """Return the questions of a lead in the order of the file."""
        self.lead(lead)
        return [self._item(row) for row in self.rows(f"{_ITEMS} WHERE q.lead_id = ? ORDER BY q.number", lead)]

    def item(self, lead: int, number: int) -> Item:
        """Return one question by its number in the lead. Raises LeadError."""
        found = self.rows(f"{_ITEMS} WHERE q.lead_id = ? AND q.number = ?", lead, number)
        if not found:
            self.lead(lead)
            raise LeadError(wording.NO_QUESTION.format(lead, number))
        return self._item(found[0])

    def _item(self, row: Row) -> Item:
        reply = row["reply"]
        return Item(
            row["id"],
            row["lead_id"],
            row["number"],
            LeadQuestion.read(json.loads(row["asked"])),
            QuestionStatus(row["status"]),
            row["owner"],
            row["due"],
            None if reply is None else Reply.loaded(reply),
            row["trouble"],
            row["version"],
            row["original"],
        )

    def draft(self, item: Item, reply: Reply | None, *, trouble: str = "", who: str = "") -> bool:
        """Keep what the program answered, unless a person has touched the question since; tell whether it was kept."""
        with self.writing(item.lead_id) as db:
            done = db.execute(
                "UPDATE questions SET reply = ?, trouble = ?, status = 'drafted', version = version + 1"
                " WHERE id = ? AND version = ? AND status IN ('open', 'drafted')",
                (None if reply is None else reply.dumped(), trouble, item.id, item.version),
            )
            if done.rowcount:
                self._note(db, item.lead_id, item.id, who, "drafted", "", "" if reply is None else reply.colour.value)
            return bool(done.rowcount)

    def recolour(self, item: Item, reply: Reply) -> bool:
        """Keep what only looks otherwise, unless somebody has touched the question since; tell whether it was kept."""
        with self.writing(item.lead_id) as db:
            done = db.execute(
                "UPDATE questions SET reply = ? WHERE id = ? AND version = ?", (reply.dumped(), item.id, item.version)
            )
            return bool(done.rowcount)

    def keep_typing(self, item: Item, text: str, *, who: str) -> None:
        """Keep what somebody is typing as the answer to a question, so that no crash takes it; empty: nothing is kept."""
        with self.writing(item.lead_id) as db:
            if text.strip():
                db.execute(
                    "INSERT INTO typing VALUES (?,?,?,?)"
                    " ON CONFLICT (question_id, who) DO UPDATE SET text = excluded.text, at = excluded.at",
                    (item.id, who, whole(text), self._clock()),
                )
            else:
                db.execute("DELETE FROM typing WHERE question_id = ? AND who = ?", (item.id, who))

    def typing(self, item: Item, who: str) -> str:
        """Return what somebody has typed and not saved yet; empty when there is nothing."""
        found = self.rows("SELECT text FROM typing WHERE question_id = ? AND who = ?", item.id, who)
        return str(found[0]["text"]) if found else ""

    def revise(self, item: Item, reply: Reply, *, who: str, what: str = "edited") -> None:
        """Keep what a person wrote. Raises Stale, LeadError for one that is done and so locked."""
        old = "\n".join(one.text for one in item.reply.said) if item.reply else ""
        new = "\n".join(one.text for one in reply.said)
        status = "review" if item.status in (QuestionStatus.OPEN, QuestionStatus.DRAFTED) else item.status.value
        self._change(item, {"reply": reply.dumped(), "trouble": "", "status": status}, who, what, old, new)
        self.keep_typing(item, "", who=who)

    def move(self, item: Item, status: QuestionStatus, *, who: str) -> None:
        """Give a question another status; from done it is unlocked. Raises Stale."""
        self._change(item, {"status": status.value}, who, "status", item.status.value, status.value, locked=False)

    def assign(self, item: Item, owner: str, *, who: str) -> None:
        """Give a question an owner. Raises Stale."""
        self._change(item, {"owner": owner}, who, "owner", item.owner, owner)

    def hand_over(self, item: Item, owner: str, due: str, *, who: str) -> None:
        """Give a question an owner and a date to be done by. Raises Stale, LeadError."""
        if owner != item.owner or due == item.due:
            self.assign(item, owner, who=who)
        if due != item.due:
            self.set_due(replace(item, version=item.version + (owner != item.owner)), due, who=who)

    def set_due(self, item: Item, due: str, *, who: str) -> None:
        """Give a question a date to be done by. Raises Stale."""
        self._change(item, {"due": due}, who, "due", item.due, due)

    def _change(
        self, item: Item, values: dict[str, str], who: str, what: str, old: str, new: str, *, locked: bool = True
    ) -> None:
        if locked and item.status is QuestionStatus.DONE:
            raise LeadError(wording.IS_LOCKED.format(item.number))
        named = ", ".join(f"{name} = ?" for name in values)
        with self.writing(item.lead_id) as db:
            done = db.execute(
                f"UPDATE questions SET {named}, version = version + 1 WHERE id = ? AND version = ?",
                (*values.values(), item.id, item.version),
            )
            if not done.rowcount:
                last = db.execute(
                    "SELECT who, at FROM history WHERE question_id = ? ORDER BY id DESC LIMIT 1", (item.id,)
                ).fetchone()
                who_else = (last["who"] or wording.PROGRAM) if last else wording.SOMEBODY
                raise Stale(wording.CHANGED_MEANWHILE.format(item.number, who_else))
            self._note(db, item.lead_id, item.id, who, what, old, new)

    def alter_lead(self, lead: int, *, who: str, **values: str) -> None:
        """Give a lead another title, client, owner or due date. Raises LeadError."""
        row = self.rows("SELECT * FROM leads WHERE id = ?", self.lead(lead).id)[0]
        with self.writing(lead) as db:
            for name in ("title", "client", "owner", "due"):
                if name in values and values[name] != row[name]:
                    db.execute(f"UPDATE leads SET {name} = ? WHERE id = ?", (whole(values[name]), lead))
                    self._note(db, lead, None, who, name, row[name], whole(values[name]))

    # ------------------------------------------------------------------------------------------ comments and history

    def comment(self, lead: int, number: int | None, said: str, *, who: str) -> None:
        """Keep a remark on a lead, or on one question of it. Raises LeadError."""
        question = None if number is None else self.item(lead, number).id
        self.lead(lead)
        with self.writing(lead) as db:
            db.execute(
                "INSERT INTO comments (lead_id, question_id, who, at, said) VALUES (?,?,?,?,?)",
                (lead, question, who, self._clock(), whole(said)),
            )

    def comments(self, lead: int) -> list[Comment]:
        """Return the remarks on a lead, oldest first."""
        return [
            Comment(row["number"], row["who"], row["at"], row["said"])
            for row in self.rows(
                "SELECT c.*, q.number FROM comments c LEFT JOIN questions q ON q.id = c.question_id WHERE c.lead_id = ? ORDER BY c.id",
                lead,
            )
        ]

    def moment(self, lead: int) -> int:
        """Return a number that rises with every change of a lead's questions."""
        return int(self.rows("SELECT coalesce(max(id), 0) AS id FROM history WHERE lead_id = ?", lead)[0]["id"])

    def changed_since(self, lead: int, moment: int) -> list[Item]:
        """Return the questions of a lead that have changed since a `moment`, in the order of the file."""
        changed = "SELECT question_id FROM history WHERE lead_id = ? AND id > ? AND question_id IS NOT NULL"
        return [
            self._item(row) for row in self.rows(f"{_ITEMS} WHERE q.id IN ({changed}) ORDER BY q.number", lead, moment)
        ]

    def history(self, lead: int, number: int | None = None) -> list[Edit]:
        """Return who changed what, oldest first; of one question when its number is given."""
        found = self.rows(
            "SELECT h.*, q.number FROM history h LEFT JOIN questions q ON q.id = h.question_id WHERE h.lead_id = ? ORDER BY h.id",
            lead,
        )
        return [
            Edit(row["number"], row["who"], row["at"], row["what"], row["old"], row["new"])
            for row in found
            if number is None or row["number"] == number
        ]

    def note(self, lead: int, *, who: str, what: str, old: str = "", new: str = "") -> None:
        """Write into the history what was done with a lead."""
        with self.writing(lead) as db:
            self._note(db, lead, None, who, what, old, new)

    def _note(self, db: Connection, lead: int, question: int | None, who: str, what: str, old: str, new: str) -> None:
        db.execute(
            "INSERT INTO history (lead_id, question_id, who, at, what, old, new) VALUES (?,?,?,?,?,?,?)",
            (lead, question, who, self._clock(), what, old, new),
        )

    # ------------------------------------------------------------------------------------------------------ settings

    def policy(self) -> dict[str, str]:
        """Return what staff set, by name."""
        return {row["name"]: row["value"] for row in self.rows("SELECT name, value FROM policy")}

    def set_policy(self, values: Sequence[tuple[str, str]]) -> None:
        with self.writing() as db:
            db.executemany(
                "INSERT INTO policy VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", values
            )


_ITEMS: Final = "SELECT q.*, o.number AS original FROM questions q LEFT JOIN questions o ON o.id = q.same_as"


def _database_at(address: Address) -> Database:
    """Return the database at an address. Raises SettingsError when a server is named that nothing here can talk to."""
    if isinstance(address, Path):
        return SqliteFile(address)
    from ui.leads.postgres import PostgresServer

    return PostgresServer(address)


def _told(read: Questionnaire) -> tuple[str, str]:
    """Return how a file was read, as it is kept."""
    layouts = json.dumps([asdict(one) for one in read.layouts], ensure_ascii=False)
    return whole(layouts), whole(json.dumps(read.notices, ensure_ascii=False))


def _keep_questions(db: Connection, lead: int, read: Questionnaire) -> None:
    """Write the questions of a file; one that was asked before is kept as the same."""
    first: dict[str, int] = {}
    for number, one in enumerate(read.questions, start=1):
        key = _same(one)
        added = _added(
            db,
            "INSERT INTO questions (lead_id, number, asked, same_as) VALUES (?,?,?,?)",
            (lead, number, whole(json.dumps(one.to_json(), ensure_ascii=False)), first.get(key)),
        )
        first.setdefault(key, added)


def _added(db: Connection, insert: str, values: Sequence[object]) -> int:
    """Insert a row; return its number."""
    return int(db.execute(f"{insert} RETURNING id", values).fetchall()[0]["id"])


def _same(question: LeadQuestion) -> str:
    """Return what two questions share when they are the same: all letters and digits, with what they point back to."""
    return "".join(one for one in fold(f"{question.context} {question.text}") if one.isalnum())
