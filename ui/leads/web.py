"""The desk in a browser, under /desk: behind a login, off the public page. Every form carries its session's secret."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from corpus.errors import LinpingError, QuestionError
from corpus.records import Article
from index.search.embedding import load_embedder
from ui.leads import fact_sheet, news, pages, shelf_pages, wording
from ui.leads.answering import Sources, is_interrupted, is_running, stop
from ui.leads.database import Address, Away
from ui.leads.desk import LeadDesk
from ui.leads.exports import FORMS, ExportWish
from ui.leads.letters import Sender
from ui.leads.memory import NEAR
from ui.leads.policy import Policy, shown
from ui.leads.proofs import typed
from ui.leads.questionnaires import MOST_BYTES, read_questionnaire
from ui.leads.records import Columns
from ui.leads.shelf import FolderState, Shelf
from ui.leads.store import Item, LeadError, Stale, Store
from ui.leads.users import Role, Session, Users, is_form_of
from ui.service.counter import Counter
from ui.service.keys import visitor_of
from ui.service.limits import ServerLimits, TooMany, Turnstile

log = logging.getLogger(__name__)

COOKIE: Final = "linping_desk"
_SMALL: Final = 256 * 1024  # bytes of a form without a file
_PRESENT: Final = 20.0  # seconds that somebody is taken to be looking after a sign of him
_PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_KINDS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}


class _Refused(LinpingError):
    """Something that this visitor may not do; `status` is HTTP's."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


class _Route(APIRoute):
    """Before a body is read: is it small enough? After: every refusal is a page, or JSON for the script, in Chinese."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                if request.method == "POST":
                    _check_size(request)
                response = await handle(request)
            except LinpingError as error:
                response = _told(request, error)
            for name, value in _PRIVATE.items():
                response.headers[name] = value
            return response

        return guarded


def _check_size(request: Request) -> None:
    """Raise when a body is larger than its form may be, or does not say how large it is."""
    declared = request.headers.get("content-length", "")
    most = MOST_BYTES + _SMALL if request.url.path.endswith(("/desk/leads", "/desk/articles", "/export")) else _SMALL
    if not declared.isdecimal() or int(declared) > most:
        raise _Refused(wording.BODY_LARGE, 413)


def _told(request: Request, error: LinpingError) -> Response:
    words = str(error)
    if isinstance(error, Away):  # where the server is and who we are there is not for everybody to read
        log.error("%s", error)
        words = wording.DESK_AWAY
    status = (
        error.status
        if isinstance(error, _Refused)
        else 409
        if isinstance(error, Stale)
        else 429
        if isinstance(error, TooMany)
        else 503
        if isinstance(error, Away)
        else 422
    )
    if "x-form" in request.headers:
        return JSONResponse({"detail": words}, status_code=status)
    if status == 401:
        return RedirectResponse(f"{_root(request)}/desk/login", status_code=303)
    return HTMLResponse(pages.message_page(_root(request), words, None), status_code=status)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def desk_router(
    counter: Counter, address: Address | None, sender: Sender, sign_on_header: str = "", shelf: Shelf | None = None
) -> APIRouter:
    """Return the routes under /desk, on the database at `address`, opened when somebody first asks; None: all are closed.

    A proxy that is believed may name in `sign_on_header` who is logged in there. `shelf` is the folder of articles that staff
    may change; None: not from here.
    """
    router = APIRouter(prefix="/desk", include_in_schema=False, route_class=_Route)
    web = _Web(counter, address, sender, sign_on_header, shelf)
    for path, method, endpoint in (
        ("", "GET", web.home),
        ("/login", "GET", web.login_form),
        ("/login", "POST", web.log_in),
        ("/logout", "POST", web.log_out),
        ("/leads", "POST", web.add),
        ("/leads/{lead}", "GET", web.lead),
        ("/leads/{lead}/state", "GET", web.state),
        ("/leads/{lead}/columns", "POST", web.columns),
        ("/leads/{lead}/answer", "POST", web.answer),
        ("/leads/{lead}/stop", "POST", web.stop),
        ("/leads/{lead}/green", "POST", web.green),
        ("/leads/{lead}/out", "GET", web.out),
        ("/leads/{lead}/set", "POST", web.set_lead),
        ("/policy", "GET", web.policy),
        ("/policy", "POST", web.set_policy),
        ("/memory/forget", "POST", web.forget),
        ("/leads/{lead}/export", "POST", web.export),
        ("/leads/{lead}/delete", "POST", web.delete),
        ("/leads/{lead}/{number}", "GET", web.item),
        ("/leads/{lead}/{number}/prove", "POST", web.prove),
        ("/leads/{lead}/{number}/typing", "POST", web.typing),
        ("/leads/{lead}/{number}/{action}", "POST", web.act),
        ("/facts", "GET", web.facts),
        ("/memory", "GET", web.memory),
        ("/news", "GET", web.news),
        ("/audit", "GET", web.audit),
        ("/articles", "GET", web.articles),
        ("/articles", "POST", web.add_article),
        ("/articles/{article}", "GET", web.article),
        ("/articles/{article}/source", "GET", web.source),
        ("/articles/{article}/correct", "POST", web.correct),
        ("/shelf/{action}", "POST", web.shelve),
    ):
        router.add_api_route(path, endpoint, methods=[method], response_model=None)
    return router


class _Web:
    """The handlers. They run in threads; the store keeps them apart."""

    def __init__(
        self, counter: Counter, address: Address | None, sender: Sender, sign_on_header: str, shelf: Shelf | None
    ) -> None:
        self._counter = counter
        self._address = address
        self._sender = sender
        self._sign_on_header = sign_on_header
        self._shelf = shelf
        self._lock = threading.Lock()
        self._opened: tuple[LeadDesk, Users] | None = None
        self._turnstile = Turnstile(ServerLimits(per_minute=6, per_day=100))
        self._present: dict[int, dict[str, float]] = {}

    def _open(self) -> tuple[LeadDesk, Users]:
        """Return desk and users. Raises _Refused where there is no desk, or nobody who may use it."""
        with self._lock:
            if self._opened is None:
                address = self._address
                if address is None or (isinstance(address, Path) and not address.is_file()):
                    raise _Refused(wording.DESK_CLOSED, 404)
                store = Store(address)
                self._opened = (LeadDesk(store, self._sources, load_embedder, self._sender), Users(store))
        if not self._opened[1].all():
            raise _Refused(wording.DESK_CLOSED, 404)
        return self._opened

    def _sources(self) -> Sources:
        edition = self._counter.desk.edition
        return Sources(edition.answerer, edition.library)

    def _enter(self, request: Request, role: Role = Role.READER, form: str | None = None) -> tuple[LeadDesk, Session]:
        """Return desk and session of somebody who may do this. Raises _Refused; `form` is the secret that a form sent."""
        desk, users = self._open()
        session = users.session(request.cookies.get(COOKIE, ""))
        named = self._signed_on(request)
        if session is None or (named and named != session.user.name):
            raise _Refused(wording.LOG_IN, 401)
        if form is not None and not is_form_of(session, form or request.headers.get("x-form", "")):
            raise _Refused(wording.OLD_FORM, 403)
        if not session.user.may(role):
            raise _Refused(wording.NOT_ALLOWED, 403)
        return desk, session

    def _users(self) -> Users:
        return self._open()[1]

    # --------------------------------------------------------------------------------------------------------- doors

    def login_form(self, request: Request) -> Response:
        users = self._users()
        if not (named := self._signed_on(request)):
            return HTMLResponse(pages.login_page(_root(request)))
        token = users.signed_on(named)
        if token is None:
            return HTMLResponse(
                pages.login_page(_root(request), wording.UNKNOWN_HERE.format(named[:40])), status_code=403
            )
        return self._let_in(request, token)

    def _signed_on(self, request: Request) -> str:
        """Return whom a proxy that is believed says it has logged in; empty when it says nothing, or is not believed."""
        peer = request.client.host if request.client else ""
        if not self._sign_on_header or peer not in self._counter.proxies:
            return ""
        sent = request.headers.get(self._sign_on_header, "")
        with suppress(UnicodeError):  # headers come as bytes; proxies write names as UTF-8 or percent-encoded
            sent = sent.encode("latin-1").decode("utf-8")
        return unquote(sent).strip()

    def log_in(
        self, request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        users = self._users()
        peer = request.client.host if request.client else ""
        visitor = visitor_of(peer, request.headers, name[:40], self._counter.proxies)
        self._turnstile.admit(replace(visitor, local=False))  # guessing from this machine is guessing too
        token = users.log_in(name, password)
        if token is None:
            return HTMLResponse(pages.login_page(_root(request), wording.WRONG_LOGIN), status_code=403)
        return self._let_in(request, token)

    def _let_in(self, request: Request, token: str) -> Response:
        """Return the way to the desk with the cookie of a session."""
        peer = request.client.host if request.client else ""
        response = RedirectResponse(f"{_root(request)}/desk", status_code=303)
        secure = request.url.scheme == "https" or (
            peer in self._counter.proxies and request.headers.get("x-forwarded-proto", "") == "https"
        )
        response.set_cookie(
            COOKIE, token, path=f"{_root(request)}/desk", httponly=True, samesite="strict", secure=secure
        )
        return response

    def log_out(self, request: Request, form: Annotated[str, Form()] = "") -> Response:
        _, session = self._enter(request, form=form)
        users = self._users()
        users.log_out(request.cookies.get(COOKIE, ""))
        users.note(session.user.name, "logout")
        response = RedirectResponse(f"{_root(request)}/desk/login", status_code=303)
        response.delete_cookie(COOKIE, path=f"{_root(request)}/desk")
        return response

    def audit(self, request: Request) -> Response:
        _, session = self._enter(request, Role.ADMIN)
        return HTMLResponse(pages.audit_page(_root(request), session, self._users().audit()))

    # --------------------------------------------------------------------------------------------------------- leads

    def home(self, request: Request) -> Response:
        desk, session = self._enter(request)
        desk.look()
        marked: dict[int, int] = {}
        for one in news.open_marks(desk.store):
            if one.lead is not None:
                marked[one.lead] = marked.get(one.lead, 0) + 1
        return HTMLResponse(pages.leads_page(_root(request), session, desk.store.leads(), marked))

    def add(
        self,
        request: Request,
        form: Annotated[str, Form()] = "",
        mail: Annotated[str, Form()] = "",
        client: Annotated[str, Form()] = "",
        due: Annotated[str, Form()] = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        desk, session = self._enter(request, Role.STAFF, form)
        data = file.file.read(MOST_BYTES + 1) if file is not None and file.filename else mail.encode("utf-8", "replace")
        name = file.filename if file is not None and file.filename else "mail.txt"
        lead = desk.store.add(
            read_questionnaire(name, data), data, who=session.user.name, client=client[:100], due=_day(due)
        )
        self._users().note(session.user.name, "lead", str(lead))
        return RedirectResponse(f"{_root(request)}/desk/leads/{lead}", status_code=303)

    def lead(self, request: Request, lead: int, n: Annotated[int, Query()] = 0) -> Response:
        desk, session = self._enter(request)
        moment, kept, items = desk.store.moment(lead), desk.store.lead(lead), desk.store.items(lead)
        marks = [one for one in news.open_marks(desk.store) if one.lead == lead]
        shown = next((one for one in items if one.number == n), items[0])
        first = self._pane(request, desk, session, shown)
        running = is_running(desk.store, lead)
        return HTMLResponse(
            pages.lead_page(_root(request), session, kept, items, marks, running=running, first=first, moment=moment)
        )

    def state(self, request: Request, lead: int, since: Annotated[int, Query()] = 0) -> Response:
        """Tell the script how far the answering is, the questions that changed since a moment, and who else is looking.

        A run whose process has died is taken up again.
        """
        desk, session = self._enter(request)
        if is_interrupted(desk.store, lead):
            desk.answer_behind(lead, who="")
        moment, counts = desk.store.moment(lead), desk.store.lead(lead).counts
        marked = {one.number for one in news.open_marks(desk.store) if one.lead == lead}
        running = is_running(desk.store, lead)
        others = self._others(lead, session.user.name)
        told = (
            wording.PROGRESS.format(done=sum(counts.values()) - counts["open"], total=sum(counts.values()))
            if running
            else ""
        )
        here = wording.HERE.format("、".join(others)) if others else ""
        return JSONResponse(
            {
                "running": running,
                "told": " · ".join(filter(None, (told, here))),
                "left": counts["open"],
                "moment": moment,
                "rows": {
                    str(item.number): [item.version, pages.row(_root(request), item, changed=item.number in marked)]
                    for item in desk.store.changed_since(lead, since)
                },
            }
        )

    def _others(self, lead: int, name: str) -> list[str]:
        """Return who else has looked at a lead just now, and note that this one has."""
        at = time.monotonic()
        with self._lock:
            seen = self._present.setdefault(lead, {})
            seen[name] = at
            for old in [one for one, when in seen.items() if at - when > _PRESENT]:
                del seen[old]
            return sorted(set(seen) - {name})

    def columns(
        self,
        request: Request,
        lead: int,
        form: Annotated[str, Form()] = "",
        part: Annotated[str, Form()] = "",
        question: Annotated[int, Form(ge=1, le=999)] = 1,
        answer: Annotated[int, Form(ge=0, le=999)] = 0,
        header: Annotated[int, Form(ge=0, le=9999)] = 0,
        column: Annotated[int, Form(ge=-1, le=999)] = 0,
        as_: Annotated[str, Form(alias="as")] = "question",
    ) -> Response:
        """Read a table again by two columns; `column` is the one whose header was clicked, -1 for no column of answers."""
        desk, session = self._enter(request, Role.STAFF, form)
        if column < 0:
            answer = 0
        elif column:
            question, answer = (column, answer if answer != column else 0) if as_ == "question" else (question, column)
        desk.set_columns(lead, {part: Columns(question, answer, header)}, who=session.user.name)
        return _back(request, lead)

    def answer(self, request: Request, lead: int, form: Annotated[str, Form()] = "") -> Response:
        desk, session = self._enter(request, Role.STAFF, form)
        desk.store.lead(lead)
        if is_running(desk.store, lead):
            raise LeadError(wording.RUNNING.format(lead))
        desk.answer_behind(lead, who=session.user.name)
        return _back(request, lead)

    def stop(self, request: Request, lead: int, form: Annotated[str, Form()] = "") -> Response:
        desk, _ = self._enter(request, Role.STAFF, form)
        stop(desk.store, lead)
        return _back(request, lead)

    def green(self, request: Request, lead: int, form: Annotated[str, Form()] = "") -> Response:
        desk, session = self._enter(request, Role.STAFF, form)
        desk.accept_green(lead, who=session.user.name)
        return _back(request, lead)

    def set_lead(
        self,
        request: Request,
        lead: int,
        form: Annotated[str, Form()] = "",
        title: Annotated[str, Form()] = "",
        client: Annotated[str, Form()] = "",
        owner: Annotated[str, Form()] = "",
        due: Annotated[str, Form()] = "",
    ) -> Response:
        desk, session = self._enter(request, Role.STAFF, form)
        given = {"client": client.strip()[:100], "owner": owner.strip()[:40], "due": _day(due)}
        desk.store.alter_lead(
            lead, who=session.user.name, **given, **({"title": title.strip()[:100]} if title.strip() else {})
        )
        self._users().note(session.user.name, "lead set", str(lead))
        return _back(request, lead)

    def out(self, request: Request, lead: int) -> Response:
        """Show what would go out of a lead now."""
        desk, session = self._enter(request)
        told, notices = desk.before_export(lead)
        return HTMLResponse(pages.out_page(_root(request), session, desk.store.lead(lead), told, notices))

    def export(
        self,
        request: Request,
        lead: int,
        form: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "original",
        drafts: Annotated[str, Form()] = "",
        unsourced: Annotated[str, Form()] = "",
        template: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        desk, session = self._enter(request, Role.READER, form)
        if kind not in FORMS:
            raise LeadError(wording.OLD_FORM)
        with TemporaryDirectory() as scratch:
            paper = None
            if template is not None and template.filename:
                paper = Path(scratch, "模板.docx")
                paper.write_bytes(template.file.read(MOST_BYTES + 1))
            made = desk.export(lead, ExportWish(kind, bool(drafts), bool(unsourced), paper), who=session.user.name)
        self._users().note(session.user.name, "export", f"{lead} {made.name}")
        return _file(made.data, made.name)

    def delete(self, request: Request, lead: int, form: Annotated[str, Form()] = "") -> Response:
        desk, session = self._enter(request, Role.ADMIN, form)
        desk.store.delete(lead)
        self._users().note(session.user.name, "delete", str(lead))
        return RedirectResponse(f"{_root(request)}/desk", status_code=303)

    # ----------------------------------------------------------------------------------------------------- questions

    def item(self, request: Request, lead: int, number: int) -> Response:
        desk, session = self._enter(request)
        return HTMLResponse(self._pane(request, desk, session, desk.store.item(lead, number)))

    def _pane(self, request: Request, desk: LeadDesk, session: Session, item: Item) -> str:
        store = desk.store
        comments = [one for one in store.comments(item.lead_id) if one.number == item.number]
        marks = [one for one in news.open_marks(store) if (one.lead, one.number) == (item.lead_id, item.number)]
        others = [
            one
            for one in desk.memory.search(item.asked.text, 4)
            if one.likeness >= NEAR and (item.reply is None or one.reply.said != item.reply.said)
        ]
        typing = store.typing(item, session.user.name)
        return pages.pane(
            _root(request), session, item, comments, store.history(item.lead_id, item.number), marks, others, typing
        )

    def typing(
        self,
        request: Request,
        lead: int,
        number: int,
        form: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
    ) -> Response:
        """Keep what is typed: called with every key."""
        desk, session = self._enter(request, Role.STAFF, form)
        desk.store.keep_typing(desk.store.item(lead, number), text, who=session.user.name)
        return Response(status_code=204)

    def prove(
        self,
        request: Request,
        lead: int,
        number: int,
        form: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
    ) -> Response:
        """Return what is typed with its proofs: called while somebody types."""
        desk, session = self._enter(request, Role.STAFF, form)
        item = desk.store.item(lead, number)
        reply = typed(text, item.reply, desk.sources(), by=session.user.name)
        return HTMLResponse(pages.sentences_html(reply))

    def act(
        self,
        request: Request,
        lead: int,
        number: int,
        action: str,
        form: Annotated[str, Form()] = "",
        version: Annotated[int, Form()] = 0,
        text: Annotated[str, Form()] = "",
        owner: Annotated[str, Form()] = "",
        said: Annotated[str, Form()] = "",
        due: Annotated[str, Form()] = "",
        memory: Annotated[int, Form()] = 0,
        nearest: Annotated[int, Form()] = 0,
    ) -> Response:
        """Accept, edit, replace, assign, comment on or reopen a question, as it stood at `version`."""
        desk, session = self._enter(request, Role.STAFF, form)
        who = session.user.name
        item = replace(desk.store.item(lead, number), version=version)
        if action == "accept":
            desk.accept(item, who=who)
        elif action == "edit":
            desk.edit(item, text, who=who)
        elif action == "assign":
            desk.store.hand_over(item, owner.strip()[:40], _day(due), who=who)
        elif action == "replace":
            desk.replace(item, memory, who=who)
        elif action == "take":
            desk.take(item, nearest, who=who)
        elif action == "reopen":
            desk.reopen(item, who=who)
        elif action == "comment" and said.strip():
            desk.store.comment(lead, number, said.strip()[:1000], who=who)
        else:
            raise LeadError(wording.OLD_FORM)
        if "x-form" in request.headers:
            return HTMLResponse(self._pane(request, desk, session, desk.store.item(lead, number)))
        return RedirectResponse(f"{_root(request)}/desk/leads/{lead}?n={number}", status_code=303)

    # ----------------------------------------------------------------------------------------------- memory and news

    def memory(self, request: Request, q: Annotated[str, Query(max_length=500)] = "") -> Response:
        desk, session = self._enter(request)
        kept = desk.memory
        found = kept.search(q, 50) if q.strip() else kept.all()[:200]
        return HTMLResponse(pages.memory_page(_root(request), session, q, found, kept.duplicates()))

    def forget(
        self, request: Request, form: Annotated[str, Form()] = "", memory: Annotated[int, Form()] = 0
    ) -> Response:
        desk, session = self._enter(request, Role.STAFF, form)
        desk.memory.forget(memory)
        self._users().note(session.user.name, "forget", str(memory))
        return RedirectResponse(f"{_root(request)}/desk/memory", status_code=303)

    def policy(self, request: Request) -> Response:
        desk, session = self._enter(request)
        return HTMLResponse(pages.policy_page(_root(request), session, _rules(desk)))

    async def set_policy(self, request: Request) -> Response:
        sent = {name: str(value) for name, value in (await request.form()).items()}
        return await run_in_threadpool(self._set_policy, request, sent)

    def _set_policy(self, request: Request, sent: dict[str, str]) -> Response:
        desk, session = self._enter(request, Role.ADMIN, sent.pop("form", ""))
        changed = desk.set_policy(sent)
        self._users().note(
            session.user.name, "policy", " ".join(f"{name}={value}" for name, value in sent.items())[:200]
        )
        return HTMLResponse(
            pages.policy_page(_root(request), session, _rules(desk), wording.POLICY_KEPT.format(changed))
        )

    # ------------------------------------------------------------------------------------------------------ articles

    def articles(self, request: Request) -> Response:
        _, session = self._enter(request)
        shelf = self._shelved()
        return HTMLResponse(
            shelf_pages.shelf_page(_root(request), session, shelf.read(), shelf.state, shelf.versions())
        )

    def article(self, request: Request, article: str) -> Response:
        _, session = self._enter(request)
        one, reading = self._article(article)
        source = self._shelved().source(one)
        return HTMLResponse(shelf_pages.article_page(_root(request), session, one, reading.changes(one.id), source))

    def source(self, request: Request, article: str) -> Response:
        """Return the file of an article as it came."""
        self._enter(request)
        one, _ = self._article(article)
        return _file(self._shelved().source(one), PurePath(one.file_name).name)

    def _article(self, article: str) -> tuple[Article, FolderState]:
        reading = self._shelved().read()
        one = next((one for one in reading.corpus.articles if one.id == article), None)
        if one is None:
            raise _Refused(wording.NO_ARTICLE.format(article[:100]), 404)
        return one, reading

    def add_article(
        self,
        request: Request,
        form: Annotated[str, Form()] = "",
        address: Annotated[str, Form()] = "",
        title: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        _, session = self._enter(request, Role.STAFF, form)
        shelf = self._shelved()
        taken = _taken("article", file, title[:120], text)
        if taken is None and not address.strip():
            raise QuestionError(wording.NOTHING_GIVEN)
        added = shelf.add(*taken) if taken is not None else shelf.add_address(address.strip())
        if taken is not None and title.strip() and not (file is not None and file.filename):
            shelf.correct(added.id, " ".join(title.split())[:120], "", "")  # typed as the headline: not inferred
        self._users().note(session.user.name, "article", added.id)
        return RedirectResponse(f"{_root(request)}/desk/articles/{quote(added.id)}", status_code=303)

    def correct(
        self,
        request: Request,
        article: str,
        form: Annotated[str, Form()] = "",
        headline: Annotated[str, Form()] = "",
        published: Annotated[str, Form()] = "",
        publisher: Annotated[str, Form()] = "",
    ) -> Response:
        _, session = self._enter(request, Role.STAFF, form)
        self._shelved().correct(article, headline[:200], published[:21], publisher[:100])
        self._users().note(session.user.name, "article corrected", article)
        return RedirectResponse(f"{_root(request)}/desk/articles/{quote(article)}", status_code=303)

    def shelve(
        self,
        request: Request,
        action: str,
        form: Annotated[str, Form()] = "",
        article: Annotated[str, Form()] = "",
        file: Annotated[str, Form()] = "",
        version: Annotated[str, Form()] = "",
    ) -> Response:
        _, session = self._enter(request, Role.STAFF, form)
        shelf = self._shelved()
        match action:
            case "withdraw":
                shelf.withdraw(article)
            case "restore":
                shelf.restore(file)
            case "publish":
                shelf.publish()
            case "rollback":
                shelf.roll_back(version)
            case _:
                raise _Refused(wording.OLD_FORM, 404)
        self._users().note(session.user.name, f"article {action}", article or file or version)
        return RedirectResponse(f"{_root(request)}/desk/articles", status_code=303)

    def _shelved(self) -> Shelf:
        if self._shelf is None:
            raise _Refused(wording.SHELF_CLOSED, 404)
        return self._shelf

    def facts(
        self,
        request: Request,
        topic: Annotated[list[str], Query(max_length=12)] = [],  # noqa: B006
        kind: Annotated[str, Query()] = "docx",
    ) -> Response:
        desk, session = self._enter(request)
        if kind not in fact_sheet.FORMS:
            raise LeadError(wording.OLD_FORM)
        sheet = desk.fact_sheet(fact_sheet.topics_of([one[:200] for one in topic if one.strip()]))
        self._users().note(session.user.name, "facts", kind)
        return _file(fact_sheet.write(sheet, kind), f"{wording.FACTS_FILE}.{kind}")

    def news(self, request: Request) -> Response:
        desk, session = self._enter(request)
        desk.look()
        return HTMLResponse(pages.news_page(_root(request), session, news.open_marks(desk.store)))


def _taken(name: str, file: UploadFile | None, title: str, text: str) -> tuple[str, bytes] | None:
    """Return the name and bytes of an article that was uploaded or pasted; None when neither was."""
    if file is not None and file.filename:
        return file.filename, file.file.read(MOST_BYTES + 1)
    if not text.strip():
        return None
    headline = " ".join(title.split())
    return f"{headline or name}.txt", "\n".join(filter(None, (headline, text))).encode("utf-8", "replace")


def _rules(desk: LeadDesk) -> dict[str, str]:
    return {name: shown(value) for name, value in asdict(Policy.of(desk.store)).items()}


def _file(data: bytes, name: str) -> Response:
    media = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(
        data, media_type=media, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )


def _back(request: Request, lead: int) -> Response:
    return RedirectResponse(f"{_root(request)}/desk/leads/{lead}", status_code=303)


def _day(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise QuestionError(wording.OLD_FORM) from None
