"""The command `linping`: the only reader of flags. Everything heavy is imported where it is used."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import BadIndex, CorpusError, LinpingError, QuestionError, SettingsError
from ui.commands import CommandGroup
from ui.leads.cli import groups as lead_groups
from ui.settings import FILE_VARIABLE, PREFIX, Settings, load_settings
from ui.terminal import printing
from ui.terminal import wording as wording_cli

if TYPE_CHECKING:
    from corpus.loading import Corpus
    from corpus.records import Article
    from index.storage.stores import IndexStore
    from rag.answerer import ExtractiveAnswerer
    from rag.llm.answerer import GenerativeAnswerer


_HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}


class _ChineseFormatter(click.HelpFormatter):
    """Click's help with its few English words in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 …")
        super().write_usage(prog, args, prefix=prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))


click.Context.formatter_class = _ChineseFormatter
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Root(CommandGroup):
    """The commands, and `eval`, which is imported when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), "eval"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "eval":
            return super().get_command(ctx, cmd_name)
        from evals.cli import evaluations

        evaluations.context_settings = {"obj": _language_model}
        return evaluations


_index_option = click.option("--index", "index_dir", type=click.Path(path_type=Path), help="索引文件夹")
_answerer_option = click.option(
    "--answerer",
    "kind",
    type=click.Choice(["extractive", "llm", "local"]),
    help="extractive 只用原句；llm 请语言模型作答，逐句核对；local 请本机的语言模型（缺省按设置 answerer）",
)
_corpus_option = click.option("--corpus", "corpus_dir", type=click.Path(path_type=Path), help="文章文件夹")


@click.group(cls=_Root, context_settings=_HELP, help=wording_cli.ROOT)
@click.version_option(package_name="linping-qa", prog_name="linping", message="临平问答 %(version)s", help="显示版本")
def cli() -> None:
    pass


@cli.command(help=wording_cli.ASK)
@click.argument("question", required=False, metavar="[问题]")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--explain", is_flag=True, help="显示每一步：怎样理解、找到什么、各通道的名次和分数")
@click.option("--batch", type=click.Path(path_type=Path), help="成批提问：每行一个 JSON 的文件")
@click.option("--out", type=click.Path(path_type=Path), help="成批提问的结果文件，与 --batch 同用")
@_answerer_option
@_index_option
def ask(
    question: str | None,
    as_json: bool,
    explain: bool,
    batch: Path | None,
    out: Path | None,
    kind: str | None,
    index_dir: Path | None,
) -> None:
    if (batch is None) == (question is None):
        raise click.UsageError("请给出一个问题，或用 --batch 给出问题文件（二者选一）。")
    if (batch is None) != (out is None):
        raise click.UsageError("--batch 和 --out 要一起用。")
    answerer = _with_model(_answerer(index_dir), kind)
    if batch is not None and out is not None:
        from ui.terminal.batch import answer_batch

        done = answer_batch(answerer, batch, out)
        click.echo(done.summary(), err=True)
        if done.failed:
            raise SystemExit(wording_cli.SOME_FAILED)
        return
    assert question is not None
    if explain:
        click.echo(printing.explanation(answerer.find(question)))
    answer = answerer.answer(question)
    if as_json:
        click.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(printing.card(answer, answerer.articles, colour=_colour()))


@cli.command(help=wording_cli.CHAT)
@_answerer_option
@_index_option
def chat(kind: str | None, index_dir: Path | None) -> None:
    from ui.terminal.chatting import talk

    talk(_with_model(_answerer(index_dir), kind), colour=_colour())


@cli.command(help=wording_cli.INDEX)
@click.option("--reread", is_flag=True, help="重读全部文件（换了新版程序以后），并说明哪些文章读得和从前不同")
@_corpus_option
@_index_option
@click.option("--only", multiple=True, metavar="文件名", help=wording_cli.ONLY)
@click.option("--workers", type=click.IntRange(1, 256), default=1, metavar="个数", help=wording_cli.WORKERS)
def index(reread: bool, corpus_dir: Path | None, index_dir: Path | None, only: tuple[str, ...], workers: int) -> None:
    settings = load_settings()
    store = _store(settings, index_dir)
    if only:
        _mend(settings, corpus_dir or settings.corpus, store, only)
        return
    before = _indexed(store, settings) if reread else ()
    taken = _build(settings, corpus_dir or settings.corpus, store, workers)
    if reread:
        click.echo(printing.reread(before, _indexed(store, settings)), err=True)
    if not taken:
        raise SystemExit(wording_cli.SOME_REFUSED)


def _store(settings: Settings, index_dir: Path | None) -> IndexStore:
    """Return the store of the settings, or the folder that a flag names. Raises SettingsError."""
    from ui.service.stores import store_of

    return store_of(settings, index_dir)


def _indexed(store: IndexStore, settings: Settings) -> tuple[Article, ...]:
    """Return the articles of an index as they were read for it; none when it cannot be opened."""
    try:
        return tuple(store.open(settings.embedder).articles.values())
    except LinpingError:
        return ()


@cli.group(cls=CommandGroup, help=wording_cli.ARTICLES)
def articles() -> None:
    pass


@articles.command("list", help=wording_cli.ARTICLES_LIST)
@_corpus_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def articles_list(corpus_dir: Path | None, as_json: bool) -> None:
    corpus = _articles(corpus_dir)
    click.echo(printing.article_rows_json(corpus) if as_json else printing.article_rows(corpus))


@articles.command("add", help=wording_cli.ARTICLES_ADD)
@click.argument("file", metavar="文件或网址")
@click.option(
    "--split/--whole", "split", default=None, help="文件里有几篇文章时，拆成每篇一个文件，或整个收入（缺省会问）"
)
@_corpus_option
@_index_option
def articles_add(file: str, split: bool | None, corpus_dir: Path | None, index_dir: Path | None) -> None:
    from corpus.collection import add_article, add_page, articles_within, split_article
    from corpus.fetching import is_address

    with _changed(corpus_dir, index_dir) as (folder, settings):
        if is_address(file) and not settings.fetch:
            raise SettingsError("没有开启从网址收入文章；请先在设置里写 fetch = true，或在浏览器里另存为文件后再收入。")
        added = (
            add_page(folder, file, ocr=settings.ocr)
            if is_address(file)
            else add_article(folder, Path(file), ocr=settings.ocr)
        )
        click.echo(f"已收入「{added.headline}」（{added.id}），请核对 {folder / 'articles.toml'} 里的标题和日期。")
        count = len(articles_within(folder / added.file_name))
        if count > 1 and split is None and sys.stdin.isatty():
            split = click.confirm(f"{added.file_name} 里像有 {count} 篇文章，要拆成每篇一个文件吗？", default=True)
        if count > 1 and split:
            click.echo(f"已拆成 {'、'.join(split_article(folder, added.file_name))}。")


@articles.command("split", help=wording_cli.ARTICLES_SPLIT)
@click.argument("file", metavar="文件名")
@_corpus_option
@_index_option
def articles_split(file: str, corpus_dir: Path | None, index_dir: Path | None) -> None:
    from corpus.collection import split_article

    with _changed(corpus_dir, index_dir) as (folder, _):
        names = split_article(folder, file)
        click.echo(f"已把 {file} 拆成 {len(names)} 篇：{'、'.join(names)}；原文件保存在 {folder / '.removed' / file}。")


@articles.command("remove", help=wording_cli.ARTICLES_REMOVE)
@click.argument("article_id", metavar="编号")
@_corpus_option
@_index_option
def articles_remove(article_id: str, corpus_dir: Path | None, index_dir: Path | None) -> None:
    from corpus.collection import remove_article

    with _changed(corpus_dir, index_dir) as (folder, settings):
        kept = remove_article(folder, article_id, ocr=settings.ocr)
        click.echo(f"已移出 {article_id}；原文件保存在 {kept}。")


@articles.command("set", help=wording_cli.ARTICLES_SET)
@click.argument("article_id", metavar="编号")
@click.option("--headline", default="", help="标题")
@click.option("--date", "published", default="", help="日期：2024-05-06、2024-05、2024 或 2024-05/2024-06")
@click.option("--publisher", default="", help="出处，如 浙江日报")
@_corpus_option
@_index_option
def articles_set(
    article_id: str, headline: str, published: str, publisher: str, corpus_dir: Path | None, index_dir: Path | None
) -> None:
    from corpus.collection import correct_article

    with _changed(corpus_dir, index_dir) as (folder, settings):
        correct_article(
            folder, article_id, headline=headline, published=published, publisher=publisher, ocr=settings.ocr
        )
        click.echo(f"已改正 {article_id}，记在 {folder / 'articles.toml'}。")


@articles.command("restore", help=wording_cli.ARTICLES_RESTORE)
@click.argument("file", metavar="文件名")
@_corpus_option
@_index_option
def articles_restore(file: str, corpus_dir: Path | None, index_dir: Path | None) -> None:
    from corpus.collection import restore_article

    with _changed(corpus_dir, index_dir) as (folder, _):
        restore_article(folder, file)
        click.echo(f"已放回 {file}。")


@contextmanager
def _changed(corpus_dir: Path | None, index_dir: Path | None) -> Iterator[tuple[Path, Settings]]:
    """Yield the folder that is about to be changed; the index follows when that went well."""
    settings = load_settings()
    folder = corpus_dir or settings.corpus
    yield folder, settings
    if not _build(settings, folder, _store(settings, index_dir)):
        raise SystemExit(wording_cli.SOME_REFUSED)


@articles.command("versions", help=wording_cli.ARTICLES_VERSIONS)
@_index_option
def articles_versions(index_dir: Path | None) -> None:
    found, now = _store(load_settings(), index_dir).kept()
    if not found:
        click.echo(wording_cli.NO_VERSIONS)
    for one in found:
        click.echo(wording_cli.VERSION_LINE.format(one, wording_cli.VERSION_NOW if one.generation == now else ""))


@articles.command("rollback", help=wording_cli.ARTICLES_ROLLBACK)
@click.argument("generation", default="", metavar="[版本]")
@_index_option
def articles_rollback(generation: str, index_dir: Path | None) -> None:
    click.echo(wording_cli.ROLLED_BACK.format(_store(load_settings(), index_dir).roll_back(generation)))


@articles.command("show", help=wording_cli.ARTICLES_SHOW)
@click.argument("place", metavar="编号[#起-止]")
@_corpus_option
def articles_show(place: str, corpus_dir: Path | None) -> None:
    article_id, span = printing.parse_place(place)
    corpus = _articles(corpus_dir)
    found = next((article for article in corpus.articles if article.id == article_id), None)
    if found is None:
        known = "、".join(article.id for article in corpus.articles[:8])
        raise CorpusError(f"没有编号为 {article_id} 的文章；现有：{known}。")
    click.echo(printing.article_page(found, span, colour=_colour()))


@articles.command("conflicts", help=wording_cli.ARTICLES_CONFLICTS)
@_corpus_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def articles_conflicts(corpus_dir: Path | None, as_json: bool) -> None:
    from rag.figures.survey import survey

    corpus = _articles(corpus_dir)
    found = survey(corpus.articles)
    click.echo(printing.disagreements_json(found) if as_json else printing.disagreements(found))


@cli.command(help=wording_cli.SERVE)
@click.option("--host", help="监听的地址")
@click.option("--port", type=click.IntRange(0, 65535), help="监听的端口")
@click.option("--open", "open_page", is_flag=True, help="打开浏览器")
@click.option("--eval", "run", metavar="评测", help="不开问答，打开一次评测的报告：结果文件夹的名字，latest 是最近一次")
@click.option("--check", is_flag=True, help="只检查能不能开，不真的打开；有问题时退出码不为 0")
@_answerer_option
@_index_option
def serve(
    host: str | None,
    port: int | None,
    open_page: bool,
    run: str | None,
    check: bool,
    kind: str | None,
    index_dir: Path | None,
) -> None:
    import webbrowser

    if run is not None:
        report = _report(run)
        click.echo(f"评测报告：{report}（一个文件，可以单独发给别人）")
        webbrowser.open(report.resolve().as_uri())
        return

    from ui.service.hosting import Hosting
    from ui.service.language_model import model_name
    from ui.service.logs import configure
    from ui.web.server import serve as serve_page
    from ui.web.serving import check_serving, index_source, site_of

    settings = load_settings()
    if index_dir is not None:
        settings = settings.model_copy(update={"store": "files", "index": index_dir})
    else:
        _ensure_index(settings)
    if check:
        named = {
            name: value for name, value in (("host", host), ("port", port), ("answerer", kind)) if value is not None
        }
        findings = check_serving(settings.model_copy(update=named))
        click.echo(printing.findings(findings))
        if not all(finding.good for finding in findings):
            raise SystemExit(SettingsError.exit_code)
        return
    configure(settings.log_format)
    if settings.traces:
        from ui.service import tracing

        tracing.configure(settings.traces)
    if settings.desk == settings.desk_database:
        from ui.leads.postgres import driver

        driver()
    if kind is not None:
        settings = settings.model_copy(update={"answerer": kind})
    hosting = Hosting.of(settings, model_name(settings))
    address = host or settings.host
    for notice in hosting.missing(address):
        click.echo(f"注意：{notice}", err=True)
    source = index_source(settings, kind=kind)
    edition = source.first()
    for warning in source.notices:
        click.echo(f"注意：{warning}", err=True)

    def started(address: str) -> None:
        click.echo(f"临平问答已打开：{address}（按 Ctrl+C 结束）")
        if open_page:
            webbrowser.open(address)

    site = site_of(edition, source, settings, hosting)
    serve_page(edition.answerer, address, settings.port if port is None else port, site=site, started=started)


def _report(run: str) -> Path:
    """Return the report of an evaluation. Raises LinpingError."""
    from evals.cli import RUNS

    latest = RUNS / "latest"
    name = latest.read_text(encoding="utf-8").strip() if run == "latest" and latest.is_file() else run
    folder = Path(name) if Path(name).is_dir() else RUNS / name
    report = folder / "report.html"
    if not report.is_file():
        known = "、".join(sorted(one.parent.name for one in RUNS.glob("*/report.html"))[-5:])
        raise SettingsError(f"没有评测结果 {run}；{'现有：' + known if known else '先运行 linping eval'}。")
    return report


@cli.command(help=wording_cli.DOCTOR)
@_index_option
def doctor(index_dir: Path | None) -> None:
    from ui.service.checking import check_all

    settings = load_settings()
    findings = check_all(settings, index_dir)
    click.echo(printing.findings(findings))
    if any(not finding.good for finding in findings):
        raise SystemExit(BadIndex.exit_code)


@cli.group(cls=CommandGroup, help=wording_cli.MODEL)
def model() -> None:
    pass


@model.command("check", help=wording_cli.MODEL_CHECK)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option("--question", default=wording_cli.MODEL_QUESTION, metavar="问题", help="试着回答的问题")
@click.option("--here", is_flag=True, hidden=True)
@_index_option
def model_check(file: Path, question: str, here: bool, index_dir: Path | None) -> None:
    from ui.service.language_model import local_model
    from ui.service.model_checking import check_elsewhere, check_model

    settings = load_settings().model_copy(update={"model_file": file})
    model = local_model(settings)
    if here:
        check_model(model, settings, question, answerer=lambda: _answerer(index_dir), say=click.echo)
    else:
        check_elsewhere(file, question, index_dir)


@cli.command("settings", help=wording_cli.SETTINGS)
def show_settings() -> None:
    settings = load_settings()
    click.echo(f"设置文件：{FILE_VARIABLE} 指定的文件，缺省为项目文件夹里的 linping.toml；环境变量优先。\n")
    for name, field in Settings.model_fields.items():
        click.echo(
            f"{name} = {getattr(settings, name)}\n    {field.description}（环境变量 {PREFIX}{name.upper()}，缺省 {field.default}）"
        )


for _group in lead_groups():
    cli.add_command(_group)


def _articles(corpus_dir: Path | None) -> Corpus:
    """Read the articles of a folder, else of the folder that is set."""
    from corpus.loading import load_corpus

    settings = load_settings()
    return load_corpus(corpus_dir or settings.corpus, ocr=settings.ocr)


def _answerer(index_dir: Path | None) -> ExtractiveAnswerer:
    """Open the index and the models; the first time, with the default folders, build the index."""
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models

    settings = load_settings()
    if index_dir is None:
        _ensure_index(settings)
    snapshot = _store(settings, index_dir).open(settings.embedder)
    for warning in snapshot.warnings:
        click.echo(f"注意：{warning}", err=True)
    return ExtractiveAnswerer(snapshot, Models.built_in(), threshold=settings.threshold, today=date.today)


def _ensure_index(settings: Settings) -> None:
    """Build the index of the default folders the first time."""
    store = _store(settings, None)
    if store.empty:
        click.echo("第一次使用，先建立索引。", err=True)
        _build(settings, settings.corpus, store)


def _with_model(base: ExtractiveAnswerer, kind: str | None) -> ExtractiveAnswerer | GenerativeAnswerer:
    """Return `base`, or a language model around it when the flag or the settings ask for one."""
    settings = load_settings()
    if kind is not None:
        settings = settings.model_copy(update={"answerer": kind})
    if settings.answerer == "extractive":
        return base
    from ui.service.language_model import with_model

    if settings.answerer == "local":
        click.echo("正在载入语言模型……", err=True)
    return with_model(base, settings)


def _language_model() -> tuple[str, Callable[[ExtractiveAnswerer], ExtractiveAnswerer | GenerativeAnswerer]]:
    """Return which language model the settings name, and what puts it around an answerer."""
    settings = load_settings()
    if settings.answerer == "local":
        from ui.service.language_model import local_model, wrapped

        local = local_model(settings)  # one for all worlds: it takes gigabytes
        return local.name, lambda base: wrapped(base, local, settings)
    return f"{settings.model} {settings.base_url}", lambda base: _with_model(base, "llm")


def _build(settings: Settings, corpus_dir: Path, store: IndexStore, workers: int = 1) -> bool:
    """Build the index and account for every file; return whether all of them were taken."""
    from corpus.loading import load_corpus
    from index.search.embedding import embedder_for

    with _bar("读取文章") as on_file:
        corpus = load_corpus(corpus_dir, on_file, ocr=settings.ocr)
    for notice in corpus.notices:
        click.echo(f"注意：{notice}", err=True)
    embedder = embedder_for(settings.embedder, sum(len(article.text) for article in corpus.articles))
    with _bars(wording_cli.STAGES) as progress:
        built = store.build(corpus, embedder, progress=progress, workers=workers)
    click.echo(printing.accounts(corpus), err=True)
    click.echo(printing.built(built), err=True)
    return not corpus.refused


def _mend(settings: Settings, corpus_dir: Path, store: IndexStore, names: Sequence[str]) -> None:
    """Take the named files of the folder into the index, those that are gone out of it, and leave all others."""
    from corpus.loading import load_files
    from index.search.embedding import AUTO, BUILTIN, load_embedder

    name = settings.embedder if settings.embedder != AUTO else store.embedder() or BUILTIN
    changed = load_files(corpus_dir, [name for name in names if (corpus_dir / name).exists()], ocr=settings.ocr)
    removed = {Path(name).stem for name in names if not (corpus_dir / name).exists()}
    click.echo(printing.built(store.update(load_embedder(name), changed, removed)), err=True)


@contextmanager
def _bar(title: str) -> Iterator[Any]:
    from tqdm import tqdm

    with tqdm(desc=title, unit="篇", leave=False, disable=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


@contextmanager
def _bars(titles: dict[str, str]) -> Iterator[Any]:
    from tqdm import tqdm

    with tqdm(leave=False, disable=not sys.stderr.isatty()) as bar:
        under_way = ""

        def show(stage: str, done: int, total: int) -> None:
            nonlocal under_way
            if stage != under_way:
                under_way = stage
                bar.reset(total)
                bar.set_description(titles[stage])
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _colour() -> bool:
    import os

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def main() -> None:
    """Run the command; every failure is one Chinese sentence on stderr and a documented exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else wording_cli.ROOT)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "linping"
        click.echo(f"{wording_cli.usage_message(error)}\n运行 {command} --help 查看用法。", err=True)
        raise SystemExit(2) from None
    except click.exceptions.Abort:
        click.echo("已停止。", err=True)
        raise SystemExit(130) from None
    except QuestionError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    except LinpingError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        raise SystemExit(0) from None


if __name__ == "__main__":
    main()
