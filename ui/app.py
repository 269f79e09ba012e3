"""The page as a Gradio app: wiring only, and the only module that imports gradio."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from corpus.errors import QuestionError
from corpus.records import Article
from ui import render, wording
from ui.desk import Conversation, Desk, grown
from ui.keys import visitor_of
from ui.limits import TooMany, checked

log = logging.getLogger(__name__)

_SANS: Final = ("PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC")
_CACHE_SECONDS: Final = (3600, 3600)
_PLACE_IN_LINE: Final = 30.0  # seconds; "auto" tells everybody who waits, whenever anybody comes or goes
_FORGOTTEN_AFTER: Final = 4 * 3600  # seconds after a visitor's last question


def build_app(desk: Desk, about: str = "", openers: Sequence[str] = (), proxies: Sequence[str] = ()) -> gr.Blocks:
    """Wire a desk to a page. Loads nothing, launches nothing.

    `openers` are questions offered before the first one is asked; they must be answerable from the articles. `about` is
    the HTML of the page that says who answers here, and how.
    """

    def reply(question: Any, before: Conversation, request: gr.Request) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Yield (turn, hint, question box, conversation): first «looking», then the answer as it grows."""
        turn = token_hex(8)
        asked = ""
        try:
            asked = checked(question)
            visitor = visitor_of(
                request.client.host if request.client else "", request.headers, request.session_hash or "", proxies
            )
            edition = desk.edition
            replies = desk.replies(asked, before, visitor, "page", edition)
            yield render.pending_turn(turn, asked), "", "", gr.skip()
            answer = None
            for answer in replies:
                yield (
                    render.answer_turn(turn, answer, edition.articles, complete=False, follow_up=bool(before)),
                    *[gr.skip()] * 3,
                )
            if answer is None:
                raise RuntimeError("the answerer said nothing")
            done = render.answer_turn(turn, answer, edition.articles, follow_up=bool(before))
        except (QuestionError, TooMany) as error:
            if not asked:
                yield gr.skip(), render.hint(str(error), token_hex(4)), gr.skip(), gr.skip()
                return
            yield render.refused_question(turn, asked, str(error)), gr.skip(), gr.skip(), gr.skip()
            return
        except Exception as error:
            log.exception("question %s failed", turn)
            yield render.broken_turn(turn, asked, wording.broken(error), turn), gr.skip(), gr.skip(), gr.skip()
            return
        yield done, gr.skip(), gr.skip(), grown(before, asked, answer)

    app = gr.Blocks(title=wording.TITLE, analytics_enabled=False, delete_cache=_CACHE_SECONDS, fill_width=True)
    with app:
        before = gr.State((), time_to_live=_FORGOTTEN_AFTER)
        _html(render.masthead(desk.articles), "top")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                _html(render.stage(desk.articles, openers, about), "stage")
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
            inputs=[question, before],
            outputs=[turn, hint, question, before],
            show_progress="hidden",
            trigger_mode="multiple",  # "once" drops what is asked while a stop is still on its way
            api_visibility="private",
        )
        stop.click(None, cancels=[asking], api_visibility="private")
    app.queue(
        status_update_rate=_PLACE_IN_LINE,
        max_size=desk.limits.waiting,
        default_concurrency_limit=desk.limits.at_once,
        api_open=False,
    )
    app.state_session_capacity = desk.limits.sessions
    return app


def redraw(app: gr.Blocks, articles: Mapping[str, Article], openers: Sequence[str], about: str) -> None:
    """Let whoever opens the page from now on see these articles and questions; open pages stay as they are."""
    drawn = {"top": render.masthead(articles), "stage": render.stage(articles, openers, about)}
    for block in app.blocks.values():
        if isinstance(block, gr.HTML) and block.elem_id in drawn:
            block.value = drawn[block.elem_id]
    _configure(app)


def _configure(app: gr.Blocks) -> None:
    config = app.get_config_file()
    # A heartbeat holds one connection per open tab; browsers grant six to a host, and the seventh tab would stay blank.
    config["connect_heartbeat"] = False
    app.config = config


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False, padding=False)


def mount(
    server: FastAPI, app: gr.Blocks, gate: Middleware, closed: Sequence[Path], root_path: str = ""
) -> FastAPI:
    """Put the page at the root of `server`, behind `gate`, with every convenience of a demo switched off.

    `closed` are folders that Gradio must never serve a file from; `root_path` is what a proxy puts before our paths.
    """
    gr.mount_gradio_app(
        server,
        app,
        path="/",
        root_path=root_path or None,
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
    _configure(app)
    return server
