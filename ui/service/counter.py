"""Where programs are received: who may ask, and the conversation that a question goes on from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import HTTPException, Request

from ui import wording
from ui.service.desk import Conversation, Desk, Sessions
from ui.service.keys import Keys, presented_key, visitor_of
from ui.service.limits import Visitor


@dataclass(frozen=True, slots=True)
class Counter:
    """Everything that the doors for programs need: where to ask, who may, what was said before."""

    desk: Desk
    sessions: Sessions
    keys: Keys
    proxies: Sequence[str] = ()
    origins: Sequence[str] = ()

    def admit(self, peer: str, headers: Mapping[str, str]) -> Visitor:
        """Return who asks. Raises HTTPException for somebody from elsewhere without a key."""
        name = self.keys.name_of(presented_key(headers))
        if name is not None:
            return Visitor(f"key {name}", keyed=True)
        visitor = visitor_of(peer, headers, proxies=self.proxies, origins=self.origins)
        if visitor.local:
            return visitor
        if not len(self.keys):
            raise HTTPException(403, wording.API_LOCAL_ONLY)
        raise HTTPException(401, wording.API_KEY_NEEDED, {"WWW-Authenticate": "Bearer"})

    def conversation(self, session: str | None) -> tuple[str, Conversation]:
        """Return the session to answer in and what was said in it. Raises HTTPException for an unknown one."""
        if not session:
            return self.sessions.fresh(), ()
        found = self.sessions.find(session)
        if found is None:
            raise HTTPException(404, wording.NO_SUCH_SESSION)
        return session, found


def visitor(counter: Counter, request: Request) -> Visitor:
    return counter.admit(request.client.host if request.client else "", request.headers)
