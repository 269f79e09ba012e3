"""Who may use the desk: passwords as argon2 hashes, roles, sessions that end, and a list of what was done."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from ui.leads import wording
from ui.leads.store import LeadError, Store, now

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = 10  # characters of a password
_LONGEST: Final = 200
IDLE: Final = 2 * 3600.0  # seconds without a request after which a session ends
WHOLE: Final = 12 * 3600.0  # … and after which it ends in any case
_SHOWN: Final = 500  # lines of the list


class Role(IntEnum):
    """What somebody may do; each may do what those below it may."""

    READER = 1
    STAFF = 2
    ADMIN = 3

    @classmethod
    def of(cls, name: str) -> Role:
        return cls[name.upper()]


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: str

    def may(self, role: Role) -> bool:
        return Role.of(self.role) >= role


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in; `form` is the secret that every form of this session must carry."""

    user: User
    form: str


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the list of what was done."""

    at: str
    who: str
    what: str
    about: str


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return the hash that the password of an unknown name is held against: it takes as long as that of a known one."""
    return _hasher().hash(secrets.token_hex(16))


class Users:
    """The users and sessions of one store."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def add(self, name: str, password: str, role: str, *, who: str) -> None:
        """Add a user, or give one another password and role, which ends his sessions. Raises LeadError."""
        if not name.strip() or len(name) > 40 or not name.isprintable():
            raise LeadError(wording.BAD_NAME)
        if not SHORTEST <= len(password) <= _LONGEST or name.lower() in password.lower():
            raise LeadError(wording.WEAK_PASSWORD.format(SHORTEST))
        hashed = _hasher().hash(password)
        with self._store.writing() as db:
            db.execute('DELETE FROM sessions WHERE "user" = ?', (name,))
            db.execute(
                "INSERT INTO users VALUES (?,?,?,?) ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, role = excluded.role",
                (name, hashed, Role.of(role).name.lower(), now()),
            )
        self.note(who, "user", f"{name} {role}")

    def all(self) -> list[User]:
        return [
            User(row["name"], row["role"]) for row in self._store.rows("SELECT name, role FROM users ORDER BY name")
        ]

    def remove(self, name: str, *, who: str) -> None:
        """Remove a user and end his sessions. Raises LeadError."""
        with self._store.writing() as db:
            if not db.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount:
                raise LeadError(wording.NO_USER.format(name))
        self.note(who, "user removed", name)

    def log_in(self, name: str, password: str) -> str | None:
        """Return the token of a new session; None when name or password is wrong, which takes as long."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        found = self._store.rows("SELECT hash FROM users WHERE name = ?", name)
        right = False
        with suppress(Argon2Error, InvalidHashError):
            right = bool(_hasher().verify(found[0]["hash"] if found else _nobody(), password[:_LONGEST]))
        if not (right and found):
            self.note(name[:40], "refused")
            return None
        return self._begun(name)

    def signed_on(self, name: str) -> str | None:
        """Return the token of a new session for somebody whom a proxy has logged in; None when nobody here has that name."""
        if name not in (user.name for user in self.all()):
            self.note(name[:40], "refused")
            return None
        return self._begun(name)

    def _begun(self, name: str) -> str:
        token = secrets.token_urlsafe(32)
        at = self._clock()
        with self._store.writing() as db:
            db.execute("DELETE FROM sessions WHERE begun < ? OR seen < ?", (at - WHOLE, at - IDLE))
            db.execute(
                "INSERT INTO sessions VALUES (?,?,?,?,?)", (_digest(token), name, secrets.token_urlsafe(24), at, at)
            )
        self.note(name, "login")
        return token

    def session(self, token: str) -> Session | None:
        """Return who a token stands for; None when it is unknown or its time is up."""
        at = self._clock()
        found = self._store.rows(
            'SELECT s.form, s.seen, u.name, u.role FROM sessions s JOIN users u ON u.name = s."user"'
            " WHERE s.digest = ? AND s.begun > ? AND s.seen > ?",
            _digest(token),
            at - WHOLE,
            at - IDLE,
        )
        if not found:
            return None
        if at - found[0]["seen"] > 60:
            with self._store.writing() as db:
                db.execute("UPDATE sessions SET seen = ? WHERE digest = ?", (at, _digest(token)))
        return Session(User(found[0]["name"], found[0]["role"]), found[0]["form"])

    def log_out(self, token: str) -> None:
        with self._store.writing() as db:
            db.execute("DELETE FROM sessions WHERE digest = ?", (_digest(token),))

    def note(self, who: str, what: str, about: str = "") -> None:
        """Write into the list of what was done."""
        with self._store.writing() as db:
            db.execute("INSERT INTO audit (at, who, what, about) VALUES (?,?,?,?)", (now(), who, what, about))

    def audit(self) -> list[Deed]:
        """Return what was done, the newest first."""
        rows = self._store.rows("SELECT * FROM audit ORDER BY id DESC LIMIT ?", _SHOWN)
        return [Deed(row["at"], row["who"], row["what"], row["about"]) for row in rows]


def is_form_of(session: Session, sent: str) -> bool:
    """Tell whether a form was made for this session."""
    return hmac.compare_digest(session.form.encode(), sent.encode("utf-8", "replace"))


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
