"""`linping leads …` and `linping users …`: the lead desk on the command line. Everything heavy is imported where it is used."""

from __future__ import annotations

import getpass
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import QuestionError, SettingsError, StorageError
from ui.commands import Command, CommandGroup
from ui.leads import wording_cli as words
from ui.leads.store import LeadError, QuestionStatus, Store
from ui.settings import Settings, load_settings

if TYPE_CHECKING:
    from ui.leads.answering import Progress, Sources
    from ui.leads.desk import LeadDesk

_store_option = click.option("--store", "path", type=click.Path(path_type=Path), help=words.STORE)
_index_option = click.option("--index", "index_dir", type=click.Path(path_type=Path), help=words.INDEX)
_who_option = click.option("--who", default=getpass.getuser, help=words.WHO)
_lead = click.argument("lead", type=int, metavar=words.LEAD)
_number = click.argument("number", type=int, metavar=words.NUMBER)


def groups() -> tuple[CommandGroup, CommandGroup]:
    """Return the commands `leads` and `users`."""
    leads = CommandGroup("leads", help=words.LEADS)
    users = CommandGroup("users", help=words.USERS)
    for command in (
        add,
        columns_again,
        set_lead,
        answer,
        stop_run,
        show_all,
        show,
        accept,
        edit,
        replace,
        comment,
        assign,
        reopen,
        export,
        facts,
        policy,
        news,
        memory,
        delete,
        backup,
        restore,
    ):
        leads.add_command(command)
    for command in (users_add, users_list, users_remove):
        users.add_command(command)
    return leads, users


def _command(name: str, help_: str) -> Callable[[Callable[..., None]], click.Command]:
    def made(function: Callable[..., None]) -> click.Command:
        return click.command(name, cls=Command, help=help_)(_index_option(_store_option(function)))

    return made


def open_store(path: Path | None) -> Store:
    """Return the store of the settings, or the one at `path`. Raises SettingsError when the settings want none."""
    found = path or load_settings().desk
    if found is None:
        raise SettingsError(words.NO_STORE)
    return Store(found)


def desk_of(store: Store, index_dir: Path | None) -> LeadDesk:
    """Return the desk on an index, opened when it is first needed."""
    from index.search.embedding import load_embedder
    from ui.leads.desk import LeadDesk
    from ui.leads.letters import Sender

    settings = load_settings()
    return LeadDesk(
        store,
        lambda: _sources(index_dir, settings),
        load_embedder,
        Sender(settings.operator, settings.contact),
        date.today,
    )


@cache
def _sources(folder: Path | None, settings: Settings) -> Sources:
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models
    from ui.leads.answering import Sources
    from ui.service.stores import store_of

    snapshot = store_of(settings, folder).open(settings.embedder)
    for warning in snapshot.warnings:
        click.echo(words.NOTICE.format(warning), err=True)
    return Sources(
        ExtractiveAnswerer(snapshot, Models.built_in(), threshold=settings.threshold, today=date.today), snapshot
    )


def _told(notices: Any) -> None:
    for notice in notices:
        click.echo(words.NOTICE.format(notice), err=True)


@_command("add", words.ADD)
@click.argument("file", metavar=words.FILE)
@click.option("--title", default="", help=words.TITLE)
@click.option("--client", default="", help=words.CLIENT)
@click.option("--owner", default="", help=words.OWNER)
@click.option("--due", default="", help=words.DUE)
@click.option("--columns", multiple=True, help=words.COLUMNS)
@_who_option
def add(
    file: str,
    title: str,
    client: str,
    owner: str,
    due: str,
    columns: tuple[str, ...],
    who: str,
    path: Path | None,
    index_dir: Path | None,
) -> None:
    from ui.leads.questionnaires import parse_columns, read_questionnaire

    name, data = _read(file)
    read = read_questionnaire(name, data, parse_columns(columns))
    store = open_store(path)
    lead = store.add(read, data, who=who, title=title, client=client, owner=owner, due=day(due))
    click.echo(words.ADDED.format(lead, read.name, len(read.questions)))
    for layout in read.layouts:
        named = [
            layout.headers[at - 1] if 0 < at <= len(layout.headers) and layout.headers[at - 1] else str(at)
            for at in (layout.columns.question, layout.columns.answer)
        ]
        click.echo(
            words.LAYOUT.format(
                part=layout.part or read.name,
                question=named[0],
                answer=named[1] if layout.columns.answer else words.NONE,
                count=layout.questions,
            )
        )
    _told(read.notices)


def _read(file: str) -> tuple[str, bytes]:
    if file == "-":
        return "mail.txt", sys.stdin.buffer.read()
    try:
        return Path(file).name, Path(file).read_bytes()
    except OSError as error:
        raise QuestionError(words.UNREADABLE.format(file)) from error


def day(text: str) -> str:
    """Return a date as it is kept, empty for none. Raises QuestionError."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise QuestionError(words.WRONG_DAY.format(text)) from None


@_command("columns", words.COLUMNS_AGAIN)
@_lead
@click.argument("columns", nargs=-1, required=True, metavar=words.COLUMN)
@_who_option
def columns_again(lead: int, columns: tuple[str, ...], who: str, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.questionnaires import parse_columns

    count = desk_of(open_store(path), index_dir).set_columns(lead, parse_columns(columns), who=who)
    click.echo(words.READ_AGAIN.format(count))


@_command("answer", words.ANSWER)
@_lead
@_who_option
def answer(lead: int, who: str, path: Path | None, index_dir: Path | None) -> None:
    from tqdm import tqdm

    from ui.leads.answering import stop

    store = open_store(path)
    desk = desk_of(store, index_dir)
    with (
        _interrupted(lambda: stop(store, lead)),
        tqdm(desc=words.ANSWERING, unit="题", disable=not sys.stderr.isatty()) as bar,
    ):

        def show_progress(progress: Progress) -> None:
            bar.total = progress.total
            bar.update(progress.done - bar.n)

        done = desk.answer(lead, who=who, progress=show_progress)
    colours = "，".join(f"{words.COLOURS[one.value]} {count} 题" for one, count in done.colours.items())
    click.echo(words.ANSWERED.format(done.done, colours))
    if done.done < done.total:
        click.echo(words.STOPPED.format(done.total - done.done, lead))
    if done.failed:
        click.echo(words.FAILED.format(done.failed))


@contextmanager
def _interrupted(do: Callable[[], object]) -> Iterator[None]:
    """Call `do` at the first Ctrl+C, and end at the second."""

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        do()

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@_command("stop", words.STOP)
@_lead
def stop_run(lead: int, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.answering import stop

    click.echo(words.STOPPING if stop(open_store(path), lead) else words.NOT_RUNNING.format(lead))


@_command("set", words.SET)
@_lead
@click.option("--title", help=words.TITLE)
@click.option("--client", help=words.CLIENT)
@click.option("--owner", help=words.OWNER)
@click.option("--due", help=words.DUE)
@_who_option
def set_lead(
    lead: int,
    title: str | None,
    client: str | None,
    owner: str | None,
    due: str | None,
    who: str,
    path: Path | None,
    index_dir: Path | None,
) -> None:
    given = {"title": title, "client": client, "owner": owner, "due": None if due is None else day(due)}
    open_store(path).alter_lead(lead, who=who, **{name: value for name, value in given.items() if value is not None})
    click.echo(words.KEPT)


@_command("list", words.LIST)
@click.option("--json", "as_json", is_flag=True, help=words.JSON)
def show_all(as_json: bool, path: Path | None, index_dir: Path | None) -> None:
    from dataclasses import asdict

    leads = open_store(path).leads()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in leads], ensure_ascii=False, indent=2))
        return
    if not leads:
        click.echo(words.NO_LEADS)
    for one in leads:
        click.echo(
            words.LEAD_LINE.format(
                one.id,
                one.title,
                one.client or words.NO_CLIENT,
                sum(one.counts.values()),
                one.counts["done"],
                one.owner,
                one.due or words.NO_DUE,
            )
        )


@_command("show", words.SHOW)
@_lead
@click.argument("number", type=int, required=False, metavar=f"[{words.NUMBER}]")
@click.option("--json", "as_json", is_flag=True, help=words.JSON)
def show(lead: int, number: int | None, as_json: bool, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.printing import item_page, item_row

    store = open_store(path)
    if as_json:
        click.echo(json.dumps(store.exported(lead), ensure_ascii=False, indent=2, default=str))
    elif number is not None:
        marks = [one for one in _marks(store) if (one.lead, one.number) == (lead, number)]
        comments = [one for one in store.comments(lead) if one.number == number]
        click.echo(item_page(store.item(lead, number), comments, store.history(lead, number), marks))
    else:
        marked = {one.number for one in _marks(store) if one.lead == lead}
        for item in store.items(lead):
            click.echo(item_row(item, marked=item.number in marked))


def _marks(store: Store) -> list[Any]:
    from ui.leads.news import open_marks

    return open_marks(store)


@_command("accept", words.ACCEPT)
@_lead
@click.argument("numbers", type=int, nargs=-1, metavar=f"[{words.NUMBER}…]")
@click.option("--green", is_flag=True, help=words.GREEN)
@_who_option
def accept(
    lead: int, numbers: tuple[int, ...], green: bool, who: str, path: Path | None, index_dir: Path | None
) -> None:
    if green == bool(numbers):
        raise click.UsageError(words.ACCEPT_WHAT)
    store = open_store(path)
    desk = desk_of(store, index_dir)
    done = desk.accept_green(lead, who=who) if green else []
    for number in numbers:
        desk.accept(store.item(lead, number), who=who)
        done.append(number)
    click.echo(words.ACCEPTED.format(len(done), "、".join(map(str, done)) or words.NONE))


@_command("edit", words.EDIT)
@_lead
@_number
@click.option("--text", help=words.TEXT)
@_who_option
def edit(lead: int, number: int, text: str | None, who: str, path: Path | None, index_dir: Path | None) -> None:
    store = open_store(path)
    item = store.item(lead, number)
    if text is None:
        before = "\n".join(one.text for one in item.reply.said) if item.reply else ""
        text = click.edit(before) if sys.stdin.isatty() else sys.stdin.read()
        if text is None:
            click.echo(words.NOT_CHANGED)
            return
    now = desk_of(store, index_dir).edit(item, text, who=who)
    assert now.reply is not None
    for said in now.reply.said:
        marks = "".join(f"[{n}]" for n in said.citations)
        click.echo(f"✓ {said.text}{marks}" if said.proven else f"✗ {said.text}  ←{said.fault}")
    for source in now.reply.citations:
        click.echo(f"  [{source.n}] 《{source.headline}》 「{source.quote}」")


@_command("replace", words.REPLACE)
@_lead
@_number
@click.option("--memory", "remembered", type=int, help=words.REPLACE_MEMORY)
@click.option("--nearest", type=int, help=words.REPLACE_NEAREST)
@_who_option
def replace(
    lead: int,
    number: int,
    remembered: int | None,
    nearest: int | None,
    who: str,
    path: Path | None,
    index_dir: Path | None,
) -> None:
    if (remembered is None) == (nearest is None):
        raise click.UsageError(words.REPLACE_WHAT)
    store = open_store(path)
    desk = desk_of(store, index_dir)
    if remembered is not None:
        desk.replace(store.item(lead, number), remembered, who=who)
    elif nearest is not None:
        desk.take(store.item(lead, number), nearest, who=who)
    click.echo(words.KEPT)


@_command("comment", words.COMMENT)
@_lead
@_number
@click.argument("said", metavar=words.SAID)
@_who_option
def comment(lead: int, number: int, said: str, who: str, path: Path | None, index_dir: Path | None) -> None:
    open_store(path).comment(lead, number, said, who=who)
    click.echo(words.KEPT)


@_command("assign", words.ASSIGN)
@_lead
@_number
@click.argument("owner", metavar=words.SOMEBODY)
@click.option("--due", help=words.DUE)
@_who_option
def assign(
    lead: int, number: int, owner: str, due: str | None, who: str, path: Path | None, index_dir: Path | None
) -> None:
    store = open_store(path)
    store.assign(store.item(lead, number), owner, who=who)
    if due is not None:
        store.set_due(store.item(lead, number), day(due), who=who)
    click.echo(words.KEPT)


@_command("reopen", words.REOPEN)
@_lead
@_number
@_who_option
def reopen(lead: int, number: int, who: str, path: Path | None, index_dir: Path | None) -> None:
    store = open_store(path)
    store.move(store.item(lead, number), QuestionStatus.REVIEW, who=who)
    click.echo(words.KEPT)


@_command("export", words.EXPORT)
@_lead
@click.option("--form", type=click.Choice(["original", "letter", "markdown"]), default="original", help=words.FORM)
@click.option("--out", "target", type=click.Path(path_type=Path), help=words.OUT)
@click.option("--drafts", is_flag=True, help=words.DRAFTS)
@click.option("--unsourced", is_flag=True, help=words.UNSOURCED)
@click.option("--template", type=click.Path(path_type=Path), help=words.TEMPLATE)
@_who_option
def export(
    lead: int,
    form: str,
    target: Path | None,
    drafts: bool,
    unsourced: bool,
    template: Path | None,
    who: str,
    path: Path | None,
    index_dir: Path | None,
) -> None:
    from ui.leads.exports import ExportWish

    made = desk_of(open_store(path), index_dir).export(lead, ExportWish(form, drafts, unsourced, template), who=who)
    click.echo(words.EXPORTED.format(_written(made.data, target, made.name), made.filled))
    _told(made.notices)


@_command("facts", words.FACTS)
@click.option("--topic", "topics", multiple=True, help=words.FACTS_TOPIC)
@click.option("--form", type=click.Choice(["docx", "xlsx", "pdf"]), default="docx", help=words.FACTS_FORM)
@click.option("--out", "target", type=click.Path(path_type=Path), help=words.OUT)
def facts(topics: tuple[str, ...], form: str, target: Path | None, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads import wording
    from ui.leads.fact_sheet import topics_of, write

    sheet = desk_of(open_store(path), index_dir).fact_sheet(topics_of(topics))
    kept = _written(write(sheet, form), target, f"{wording.FACTS_FILE}.{form}")
    click.echo(words.FACTS_WRITTEN.format(kept, sum(len(topic.facts) for topic in sheet.topics), len(sheet.sources)))
    if sheet.missing:
        click.echo(words.NOTICE.format(wording.FACTS_MISSING.format("、".join(sheet.missing))), err=True)


def _written(data: bytes, target: Path | None, name: str) -> Path:
    """Write a new file at `target`, in it when it is a folder. Raises LeadError where there is one, StorageError."""
    target = target or Path(name)
    if target.is_dir():
        target = target / name
    if target.exists():
        raise LeadError(words.EXISTS.format(target))
    try:
        target.write_bytes(data)
    except OSError as error:
        raise StorageError(words.NOT_WRITTEN.format(target)) from error
    return target


@_command("policy", words.POLICY)
@click.argument("name", required=False, metavar=f"[{words.RULE}]")
@click.argument("value", required=False, metavar=f"[{words.VALUE}]")
def policy(name: str | None, value: str | None, path: Path | None, index_dir: Path | None) -> None:
    from dataclasses import asdict

    from ui.leads.policy import Policy, shown
    from ui.leads.wording import RULES

    store = open_store(path)
    if name is not None and value is not None:
        count = desk_of(store, index_dir).set_policy({name: value})
        click.echo(words.RECOLOURED.format(count))
    for rule, now in asdict(Policy.of(store)).items():
        if name in (None, rule):
            click.echo(f"{rule} = {shown(now)}\n    {RULES[rule]}")


@_command("news", words.NEWS)
@click.option("--settle", type=int, multiple=True, help=words.SETTLE)
@_who_option
def news(settle: tuple[int, ...], who: str, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.news import open_marks
    from ui.leads.news import settle as settle_marks

    store = open_store(path)
    desk_of(store, index_dir).look()
    settle_marks(store, settle, who=who)
    marks = open_marks(store)
    if not marks:
        click.echo(words.NO_NEWS)
    for one in marks:
        where = words.IN_LEAD.format(one.lead, one.number) if one.lead else words.IN_MEMORY.format(one.memory)
        click.echo(words.NEWS_LINE.format(one.id, where, one.old, one.new or words.GONE, one.note, one.article_id))


@_command("memory", words.MEMORY)
@click.argument("sought", required=False, metavar=f"[{words.SOUGHT}]")
@click.option("--forget", type=int, help=words.FORGET)
@click.option("--alike", is_flag=True, help=words.ALIKE)
def memory(sought: str | None, forget: int | None, alike: bool, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.memory import contradict
    from ui.leads.wording import AGES

    kept = desk_of(open_store(path), index_dir).memory
    if forget is not None:
        click.echo(words.FORGOTTEN if kept.forget(forget) else words.NOT_REMEMBERED.format(forget))
        return
    if alike:
        pairs = kept.duplicates()
        for a, b in sorted(pairs, key=lambda pair: not contradict(*pair)):
            told = [f"{one.id} {one.question} → {one.reply.headline or one.reply.said[0].text}" for one in (a, b)]
            click.echo(words.ALIKE_LINE.format(words.AGAINST if contradict(a, b) else words.SAME, *told))
        click.echo(words.ALIKE_COUNT.format(len(pairs), sum(contradict(*pair) for pair in pairs)))
        return
    found = kept.search(sought) if sought else kept.all()
    if not found:
        click.echo(words.NOTHING_REMEMBERED)
    for one in found:
        first = one.reply.headline or one.reply.said[0].text
        click.echo(words.MEMORY_LINE.format(one.id, one.question, first, one.who, one.day, AGES[one.age]))


@_command("delete", words.DELETE)
@_lead
@click.option("--forget", is_flag=True, help=words.FORGET_TOO)
@click.option("--yes", is_flag=True, help=words.YES)
def delete(lead: int, forget: bool, yes: bool, path: Path | None, index_dir: Path | None) -> None:
    store = open_store(path)
    kept = store.lead(lead)
    if not yes:
        raise click.UsageError(words.SURE.format(lead, kept.title))
    store.delete(lead, forget=forget)
    click.echo(words.DELETED.format(lead, kept.title))


@_command("backup", words.BACKUP)
@click.argument("target", metavar=words.FILE, type=click.Path(path_type=Path))
def backup(target: Path, path: Path | None, index_dir: Path | None) -> None:
    open_store(path).backup(target)
    click.echo(words.BACKED_UP.format(target))


@_command("restore", words.RESTORE)
@click.argument("source", metavar=words.FILE, type=click.Path(path_type=Path))
def restore(source: Path, path: Path | None, index_dir: Path | None) -> None:
    store = open_store(path)
    store.restore(source)
    click.echo(words.RESTORED.format(source, len(store.leads())))


@_command("add", words.USERS_ADD)
@click.argument("name", metavar=words.SOMEBODY)
@click.option("--role", type=click.Choice(["reader", "staff", "admin"]), default="staff", help=words.ROLE)
def users_add(name: str, role: str, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.users import Users

    asked = (
        click.prompt(words.PASSWORD, hide_input=True, confirmation_prompt=words.AGAIN)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    Users(open_store(path)).add(name, asked, role, who=getpass.getuser())
    click.echo(words.USER_ADDED.format(name, words.ROLES[role]))


@_command("list", words.USERS_LIST)
def users_list(path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.users import Users

    for one in Users(open_store(path)).all():
        click.echo(f"{one.name}  {words.ROLES[one.role]}")


@_command("remove", words.USERS_REMOVE)
@click.argument("name", metavar=words.SOMEBODY)
def users_remove(name: str, path: Path | None, index_dir: Path | None) -> None:
    from ui.leads.users import Users

    Users(open_store(path)).remove(name, who=getpass.getuser())
    click.echo(words.KEPT)
