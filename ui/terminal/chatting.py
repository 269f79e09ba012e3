"""`linping chat`: a conversation in the terminal that remembers what was said."""

from __future__ import annotations

import sys

import click

from corpus.errors import LinpingError
from rag.protocol import Answerer
from rag.records import Answer
from ui.service.limits import remembered
from ui.terminal import printing
from ui.terminal import wording as wording_cli


def talk(answerer: Answerer, *, colour: bool) -> None:
    """Read questions until the input ends or /退出. Every failure is said, and the conversation goes on."""
    click.echo(wording_cli.CHAT_HELLO)
    history: list[tuple[str, str]] = []
    last: Answer | None = None
    while True:
        try:
            said = input("\n问 ") if sys.stdin.isatty() else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            break
        if not said and not sys.stdin.isatty():
            break
        said = said.strip()
        if not said:
            continue
        if said.startswith("/"):
            if said in ("/退出", "/quit", "/exit"):
                break
            if said == "/清空":
                history, last = [], None
            click.echo(_command(said, answerer, last, colour))
            continue
        try:
            last = answerer.answer(said, history)
        except LinpingError as error:
            click.echo(str(error))
            continue
        history = remembered([*history, (said, last.answer)])
        click.echo(printing.card(last, answerer.articles, colour=colour))


def _command(said: str, answerer: Answerer, last: Answer | None, colour: bool) -> str:
    name, _, argument = said.partition(" ")
    if name == "/清空":
        return wording_cli.CHAT_CLEARED
    if name == "/帮助":
        return wording_cli.CHAT_HELP
    if name in ("/来源", "/全文"):
        return _source(argument.strip() or "1", answerer, last, colour, whole=name == "/全文")
    return wording_cli.CHAT_UNKNOWN.format(name)


def _source(number: str, answerer: Answerer, last: Answer | None, colour: bool, *, whole: bool) -> str:
    from corpus.records import Span

    for citation in last.citations if last else ():
        if str(citation.n) == number:
            article = answerer.articles[citation.article_id]
            span = Span(citation.start, citation.end)
            if whole:
                return printing.article_page(article, span, colour=colour)
            return printing.source_paragraph(citation, article, span, colour=colour)
    return wording_cli.CHAT_NO_SOURCE.format(number)
