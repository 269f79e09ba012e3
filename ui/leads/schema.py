"""The tables of the lead desk, version by version. A version that was released is never altered: a new one follows it."""

from __future__ import annotations

from typing import Final

MIGRATIONS: Final = (
    """
    CREATE TABLE leads (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', file_name TEXT NOT NULL,
        kind TEXT NOT NULL, file BLOB NOT NULL, layouts TEXT NOT NULL, notices TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '',
        due TEXT NOT NULL DEFAULT '', created TEXT NOT NULL, created_by TEXT NOT NULL
    ) STRICT;
    CREATE TABLE questions (
        id INTEGER PRIMARY KEY, lead_id INTEGER NOT NULL REFERENCES leads ON DELETE CASCADE, number INTEGER NOT NULL,
        asked TEXT NOT NULL, same_as INTEGER REFERENCES questions ON DELETE CASCADE,
        status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'drafted', 'review', 'done')),
        owner TEXT NOT NULL DEFAULT '', due TEXT NOT NULL DEFAULT '', reply TEXT, trouble TEXT NOT NULL DEFAULT '',
        version INTEGER NOT NULL DEFAULT 1, UNIQUE (lead_id, number)
    ) STRICT;
    CREATE INDEX questions_of_lead ON questions (lead_id, number);
    CREATE TABLE comments (
        id INTEGER PRIMARY KEY, lead_id INTEGER NOT NULL REFERENCES leads ON DELETE CASCADE,
        question_id INTEGER REFERENCES questions ON DELETE CASCADE, who TEXT NOT NULL, at TEXT NOT NULL, said TEXT NOT NULL
    ) STRICT;
    CREATE INDEX comments_of_lead ON comments (lead_id, id);
    CREATE TABLE history (
        id INTEGER PRIMARY KEY, lead_id INTEGER NOT NULL REFERENCES leads ON DELETE CASCADE,
        question_id INTEGER REFERENCES questions ON DELETE CASCADE, who TEXT NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL,
        old TEXT NOT NULL DEFAULT '', new TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX history_of_lead ON history (lead_id, id);
    CREATE TABLE runs (
        lead_id INTEGER PRIMARY KEY REFERENCES leads ON DELETE CASCADE, token TEXT NOT NULL, beat REAL NOT NULL,
        stop INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE policy (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    """,
    """
    CREATE TABLE memory (
        id INTEGER PRIMARY KEY, lead_id INTEGER REFERENCES leads ON DELETE SET NULL,
        question_id INTEGER UNIQUE REFERENCES questions ON DELETE SET NULL, question TEXT NOT NULL, reply TEXT NOT NULL,
        embedder TEXT NOT NULL, vector BLOB NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE marks (
        id INTEGER PRIMARY KEY, question_id INTEGER REFERENCES questions ON DELETE CASCADE,
        memory_id INTEGER REFERENCES memory ON DELETE CASCADE, article_id TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
        note TEXT NOT NULL, at TEXT NOT NULL, settled_by TEXT NOT NULL DEFAULT '',
        CHECK ((question_id IS NULL) <> (memory_id IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX marks_once ON marks (ifnull(question_id, 0), ifnull(memory_id, 0), article_id, old, new);
    CREATE TABLE articles_seen (article_id TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT;
    """,
    """
    CREATE TABLE users (
        name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('reader', 'staff', 'admin')),
        created TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, form TEXT NOT NULL,
        begun REAL NOT NULL, seen REAL NOT NULL
    ) STRICT;
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL DEFAULT ''
    ) STRICT;
    """,
    """
    CREATE TABLE typing (
        question_id INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE, who TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (question_id, who)
    ) STRICT;
    """,
)

# Each after those that its rows belong to.
TABLES: Final = (
    "leads",
    "questions",
    "comments",
    "history",
    "runs",
    "policy",
    "memory",
    "marks",
    "articles_seen",
    "users",
    "sessions",
    "audit",
    "typing",
)
