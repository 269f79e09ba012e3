"""Questions and answers as a Gradio app: wiring only, and the only module that imports gradio.

The page draws itself and speaks to Gradio's queue directly; Gradio's own page is not served.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from corpus.errors import QuestionError
from rag.question.limits import Limit
from rag.records import Answer
from ui import wording
from ui.page import render
from ui.service.desk import Conversation, Desk, grown, recalled
from ui.service.keys import visitor_of
from ui.service.limits import MAX_MESSAGE, TooMany, Visitor, checked
from ui.service.narrowing import read_limit
from ui.splitting import MOST as MOST_AT_ONCE
from ui.splitting import questions_in

log = logging.getLogger(__name__)

_CACHE_SECONDS: Final = (3600, 3600)
_PLACE_IN_LINE: Final = 30.0  # seconds; "auto" tells everybody who waits, whenever anybody comes or goes
_FORGOTTEN_AFTER: Final = 4 * 3600  # seconds after a visitor's last question


def build_app(desk: Desk, proxies: Sequence[str] = ()) -> gr.Blocks:
    """Wire a desk to a queue: a question in, the turns of its answer out. Loads nothing, launches nothing."""

    def reply(
        question: Any, before: Conversation, kept: Any, within: Any, request: gr.Request
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Yield (turns, hint, conversation): first «looking», then each answer as it grows; of a mail, one by one.

        `kept` is the conversation as the visitor's browser has it; it goes before what this session remembers, which is
        nothing after a reload, and the wrong thing after a step to an earlier conversation. `within` is the limit to some
        of the articles, as JSON.
        """
        before = recalled(kept, before)
        try:
            several = _questions(question)
            limit = read_limit(within)
        except (QuestionError, TooMany) as error:
            yield gr.skip(), render.hint(str(error), token_hex(4)), gr.skip()
            return
        visitor = visitor_of(
            request.client.host if request.client else "", request.headers, request.session_hash or "", proxies
        )
        done = ""
        for n, asked in enumerate(several[:MOST_AT_ONCE], start=1):
            part = render.PartNumber(n, len(several)) if len(several) > 1 else None
            for html, answer in one(asked, before, visitor, part, limit):
                yield done + html, "" if n == 1 else gr.skip(), gr.skip()
                if answer is not None:
                    before = grown(before, asked, answer)
            done += html
        if left := several[MOST_AT_ONCE:]:
            done += render.refused_question(token_hex(8), left[0], wording.left_unasked(len(left)))
        yield done, gr.skip(), before

    def one(
        asked: str, before: Conversation, visitor: Visitor, part: render.PartNumber | None, limit: Limit
    ) -> Iterator[tuple[str, Answer | None]]:
        """Yield one turn as it grows, at last with its answer, if there is one."""
        turn = token_hex(8)
        follow_up = bool(before)
        try:
            asked = checked(asked)
            edition = desk.edition
            replies = desk.replies(asked, before, visitor, "page", edition, limit)
            yield render.pending_turn(turn, asked, part), None
            answer = None
            for answer in replies:
                yield (
                    render.answer_turn(
                        turn, answer, edition.articles, complete=False, follow_up=follow_up, part=part, limit=limit
                    ),
                    None,
                )
            if answer is None:
                raise RuntimeError("the answerer said nothing")
            yield (
                render.answer_turn(turn, answer, edition.articles, follow_up=follow_up, part=part, limit=limit),
                answer,
            )
        except (QuestionError, TooMany) as error:
            yield render.refused_question(turn, asked, str(error), part), None
        except Exception as error:
            log.exception("question %s failed", turn)
            yield render.broken_turn(turn, asked, wording.broken(error), turn, part), None

    app = gr.Blocks(title=wording.TITLE, analytics_enabled=False, delete_cache=_CACHE_SECONDS)
    with app:
        before = gr.State((), time_to_live=_FORGOTTEN_AFTER)
        shown = [gr.HTML(label=name, js_on_load=None) for name in ("turns", "hint")]
        sent = [gr.Textbox(label=name, lines=2) for name in ("question", "kept", "within")]
        gr.Button().click(
            reply,
            inputs=[sent[0], before, *sent[1:]],
            outputs=[*shown, before],
            trigger_mode="multiple",
            api_visibility="private",
        )
    app.queue(
        status_update_rate=_PLACE_IN_LINE,
        max_size=desk.limits.waiting,
        default_concurrency_limit=desk.limits.at_once,
        api_open=False,
    )
    app.state_session_capacity = desk.limits.sessions
    return app


def _questions(message: Any) -> tuple[str, ...]:
    """Return the questions of a message. Raises QuestionError; what is longer than a question must ask several."""
    if isinstance(message, str) and len(message) <= MAX_MESSAGE and len(several := questions_in(message)) > 1:
        return several
    checked(message)
    return questions_in(message)


def mount(server: FastAPI, app: gr.Blocks, gate: Middleware, closed: Sequence[Path], root_path: str = "") -> FastAPI:
    """Put the queue below the root of `server`, behind `gate`, with every convenience of a demo switched off.

    `closed` are folders that Gradio must never serve a file from; `root_path` is what a proxy puts before our paths.
    """
    gr.mount_gradio_app(
        server,
        app,
        path="/",
        root_path=root_path or None,
        app_kwargs={"middleware": [gate], "docs_url": None, "redoc_url": None, "openapi_url": None},
        run_history=False,
        show_error=False,
        allowed_paths=[],
        blocked_paths=[str(path) for path in closed],
        max_file_size="1mb",
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    return server
