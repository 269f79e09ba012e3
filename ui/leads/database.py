"""Where the desk's tables are: one file, or a server that several programs share. The SQL in the store is the same for both."""

from __future__ import annotations

import os
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import SecretStr

from corpus.errors import LinpingError, StorageError
from ui.leads import wording
from ui.leads.schema import MIGRATIONS, TABLES

PATIENCE: Final = 20  # seconds that one process waits for another's write

Row = dict[str, Any]
Address = Path | SecretStr  # of an SQLite file, or of a PostgreSQL server: that one may hold a password


class LeadError(LinpingError):
    """Something about a lead that cannot be done; the message says why and what can."""


def now() -> str:
    """Return the time as it is kept: ISO, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


class Away(StorageError):
    """A server that cannot be reached, or does not let us in. What is kept there is still there."""


class Cursor(Protocol):
    """What a statement has found or changed."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What runs statements; `?` stands for each of their values, and a row is a dict."""

    def execute(self, sql: str, values: Sequence[object] = ..., /) -> Cursor: ...

    def executemany(self, sql: str, values: Iterable[Sequence[object]], /) -> Cursor: ...


class Database(ABC):
    """Any number of threads and processes may use one. Raises StorageError when it cannot be read or written, LeadError when
    somebody has deleted what a row belongs to."""

    def __init__(self, name: str) -> None:
        """`name` is what messages call it; it holds no password."""
        self.name = name
        self._lock = threading.RLock()

    @contextmanager
    def writing(self, lead: int | None = None) -> Iterator[Connection]:
        """Give the connection within a transaction that is kept as a whole, or not at all.

        Whoever writes to one lead waits for the others at that lead; who names none, for the others who name none.
        """
        with self._lock, self._guarded():
            db = self._begin(lead)
            try:
                yield db
            except BaseException:
                self._roll_back()
                raise
            self._commit()

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return what a question to the tables finds."""
        with self._lock, self._guarded():
            return self._asked(query, values).fetchall()

    def migrate(self) -> None:
        """Bring the tables to the newest version, each step whole or not at all."""
        with self.writing() as db:
            db.execute(
                self._spelled(
                    "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT"
                )
            )
            done = db.execute("SELECT coalesce(max(version), 0) AS done FROM migrations").fetchone()["done"]
            if done > len(MIGRATIONS):
                raise StorageError(wording.NEWER_STORE.format(path=self.name, found=done, known=len(MIGRATIONS)))
            for version, script in enumerate(MIGRATIONS[done:], start=done + 1):
                for statement in filter(str.strip, script.split(";\n")):
                    db.execute(self._spelled(statement))
                db.execute("INSERT INTO migrations VALUES (?, ?)", (version, now()))

    def fill(self, source: Database) -> None:
        """Take every row of another database, whose tables are of the same version. Raises LeadError when rows are here already."""
        with source.reading() as found, self.writing() as db:
            if any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in TABLES):
                raise LeadError(wording.NOT_EMPTY.format(self.name))
            for table in TABLES:
                for row in found(f"SELECT * FROM {table} ORDER BY 1"):
                    names = ", ".join(f'"{name}"' for name in row)
                    db.execute(
                        f"INSERT INTO {table} ({names}) VALUES ({','.join('?' * len(row))})", tuple(row.values())
                    )
            self._number_on(db)

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def reading(self) -> AbstractContextManager[RowReader]:
        """Give what yields the rows of a query one by one, all as they were at one moment."""

    @abstractmethod
    def copy(self, target: Path) -> None:
        """Write all rows into a new SQLite file while others go on working."""

    @abstractmethod
    def scrub(self) -> None:
        """Overwrite or give up the room of rows that were deleted."""

    @abstractmethod
    def _begin(self, lead: int | None) -> Connection: ...

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _roll_back(self) -> None: ...

    @abstractmethod
    def _asked(self, query: str, values: Sequence[object]) -> Cursor: ...

    @abstractmethod
    def _guarded(self) -> AbstractContextManager[None]:
        """Say in Chinese what the database is at fault for."""

    def _spelled(self, script: str) -> str:
        """Return a statement that makes a table in the words of this database."""
        return script

    def _number_on(self, db: Connection) -> None:  # noqa: B027 - SQLite goes on from the highest number by itself
        """Let new rows be numbered from after those that were taken with their numbers."""


class RowReader(Protocol):
    def __call__(self, query: str, /) -> Iterable[Row]: ...


class SqliteFile(Database):
    """One file: WAL, every commit synced, what is deleted overwritten. A transaction waits for every other one."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        with self._guarded():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            self._db.row_factory = _named
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                self._db.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def reading(self) -> Iterator[RowReader]:
        with self._lock, self._guarded():
            self._db.execute("BEGIN")
            try:
                yield self._db.execute
            finally:
                self._roll_back()

    def copy(self, target: Path) -> None:
        with _disk(target):
            copy = sqlite3.connect(target)
            try:
                with self._lock:
                    self._db.backup(copy)
            finally:
                copy.close()

    def scrub(self) -> None:
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _begin(self, lead: int | None) -> Connection:
        self._db.execute("BEGIN IMMEDIATE")
        return self._db

    def _commit(self) -> None:
        self._db.execute("COMMIT")

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # some errors have rolled back already
            self._db.execute("ROLLBACK")

    def _asked(self, query: str, values: Sequence[object]) -> Cursor:
        return self._db.execute(query, values)

    def _guarded(self) -> AbstractContextManager[None]:
        return _disk(self.name)


def _named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


@contextmanager
def _disk(path: object) -> Iterator[None]:
    """Say in Chinese what the disk or the file is at fault for. Raises StorageError, LeadError."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise LeadError(wording.GONE_MEANWHILE) from error
    except (sqlite3.Error, OSError) as error:
        raise StorageError(wording.store_trouble(path, error)) from error
