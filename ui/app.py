"""The page as a Gradio app: wiring only, and the only module that imports gradio."""

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
from rag.answering import Answerer
from ui import render, wording
from ui.limits import MAX_TURNS, MAX_WAITING, RUN_AT_ONCE, checked, remembered

log = logging.getLogger(__name__)

History = list[tuple[str, str]]

_SANS: Final = ("PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC")
_CACHE_SECONDS: Final = (3600, 3600)
_FORGOTTEN_AFTER: Final = 4 * 3600  # seconds after a visitor's last question


def build_app(answerer: Answerer, openers: Sequence[str] = ()) -> gr.Blocks:
    """Wire an answerer to a page. Loads nothing, launches nothing.

    `openers` are questions offered before the first one is asked; they must be answerable from the articles.
    """

    def reply(question: Any, history: History) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Yield (turn, hint, question box, history): first «looking», then the answer as it grows."""
        try:
            asked = checked(question)
        except QuestionError as error:
            yield gr.skip(), render.hint(str(error), token_hex(4)), gr.skip(), gr.skip()
            return
        turn = token_hex(8)
        yield render.pending_turn(turn, asked), "", "", gr.skip()
        try:
            answer = None
            for answer in answerer.stream(asked, remembered(history)):
                yield (
                    render.answer_turn(turn, answer, answerer.articles, complete=False, follow_up=bool(history)),
                    *[gr.skip()] * 3,
                )
            if answer is None:
                raise RuntimeError("the answerer said nothing")
            done = render.answer_turn(turn, answer, answerer.articles, follow_up=bool(history))
        except QuestionError as error:
            yield render.refused_question(turn, asked, str(error)), gr.skip(), gr.skip(), gr.skip()
            return
        except Exception as error:
            log.exception("question %s failed", turn)
            yield render.broken_turn(turn, asked, wording.broken(error), turn), gr.skip(), gr.skip(), gr.skip()
            return
        yield done, gr.skip(), gr.skip(), [*history, (asked, answer.answer)][-MAX_TURNS:]

    app = gr.Blocks(title=wording.TITLE, analytics_enabled=False, delete_cache=_CACHE_SECONDS, fill_width=True)
    with app:
        history = gr.State([], time_to_live=_FORGOTTEN_AFTER)
        _html(render.masthead(answerer.articles), "top")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                _html(render.stage(answerer.articles, openers), "stage")
                turn = _html("", "turn")
                with gr.Column(elem_id="dock"):
                    with gr.Row(elem_id="composer"):
                        question = gr.Textbox(
                            label=wording.INPUT_LABEL,
                            show_label=False,
                            container=False,
                            placeholder=wording.INPUT_HINT,
                            lines=1,
                            max_lines=8,
                            elem_id="question",
                            html_attributes=gr.InputHTMLAttributes(
                                autocomplete="off",
                                autocapitalize="off",
                                spellcheck=False,
                                enterkeyhint="send",
                                lang="zh-CN",
                            ),
                        )
                        ask = gr.Button(wording.ASK, elem_id="ask", variant="primary")
                        stop = gr.Button(wording.STOP, elem_id="stop")
                    hint = _html("", "hint")
                    _html(render.footing(), "footing")
            with gr.Column(elem_id="side"):
                _html(render.pane(), "pane")

        asking = gr.on(
            [question.submit, ask.click],
            reply,
            inputs=[question, history],
            outputs=[turn, hint, question, history],
            show_progress="hidden",
            trigger_mode="multiple",  # "once" drops what is asked while a stop is still on its way
            api_visibility="private",
        )
        stop.click(None, cancels=[asking], api_visibility="private")
    app.queue(max_size=MAX_WAITING, default_concurrency_limit=RUN_AT_ONCE, api_open=False)
    app.state_session_capacity = 2000
    return app


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False, padding=False)


def mount(server: FastAPI, app: gr.Blocks, gate: Middleware, closed: Sequence[Path]) -> FastAPI:
    """Put the page at the root of `server`, behind `gate`, with every convenience of a demo switched off.

    `closed` are folders that Gradio must never serve a file from.
    """
    gr.mount_gradio_app(
        server,
        app,
        path="/",
        app_kwargs={"middleware": [gate], "docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=gr.themes.Base(font=[*_SANS, "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
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
    # A heartbeat holds one connection per open tab; browsers grant six to a host, and the seventh tab would stay blank.
    app.config["connect_heartbeat"] = False
    return server
