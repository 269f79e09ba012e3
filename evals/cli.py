"""`linping eval`: flags of the evaluation, and nothing heavy until a command runs.

Exit codes are those of `evals.verdict.gating`; a system that cannot be opened is an incomplete run (20).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from corpus.errors import LinpingError

if TYPE_CHECKING:
    from corpus.records import Article
    from evals.cases import EvalCase
    from evals.run.outcomes import ScoredCase
    from evals.run.running import Run
    from evals.run.systems import System
    from evals.verdict.gating import Baseline, GateVerdict

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".linping"
RUNS = HOME / "runs"
_LATEST = RUNS / "latest"
_NONE = "none"
_KEPT = 20  # runs in RUNS; one takes some 9 MB

F = TypeVar("F", bound=Callable[..., Any])


class EvalFailed(LinpingError):
    """The evaluation itself could not be carried out: nobody may take it for a verdict on the product."""

    exit_code = 20


def _help(command: F) -> F:
    return click.help_option("-h", "--help", help="显示这段说明")(command)


class _Evaluations(click.Group):
    """A group whose first word may be a set instead of a command: `linping eval dev` runs that set."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LinpingError as error:
            if error.exit_code in (20, 30, 31):
                raise
            raise EvalFailed(f"评测没有跑成：{error}") from error


@click.group(
    "eval",
    cls=_Evaluations,
    add_help_option=False,
    short_help="评测：逐题打分，守住底线，与基线比较。",
    help="""评测检出的产品：逐题打分，守住底线，与基线比较，写出报告。

\b
linping eval                  全部题目；等于 linping eval run all
linping eval dev              只跑一套（plain、dev、further、robustness、attacks，或 .jsonl 文件）
linping eval --stage retrieve 只检索，不作答

\b
退出码：0 可以放行；10 底线没守住；11 比基线差；12 两样都有；20 没跑完或有题出错；
  30 题目或文章不对；31 基线不可比。""",
)
@_help
def evaluations() -> None:
    pass


@evaluations.command("run", add_help_option=False, help="跑一次评测，写出报告（eval 后面直接写题集也行）。")
@click.argument("sets", default="all", metavar="[题集]")
@click.option(
    "--stage", type=click.Choice(["answer", "retrieve"]), default="answer", help="answer 作答（缺省），retrieve 只检索"
)
@click.option("--answerer", default="extractive", metavar="名称", help="extractive（缺省）、llm，或 模块:函数")
@click.option("--answers", type=click.Path(path_type=Path), help="别的系统写好的回答（每行一个 JSON），代替 --answerer")
@click.option("--baseline", default="", metavar="文件夹", help="与哪次评测比较；缺省 evals/baseline，none 不比")
@click.option("--split", type=click.Choice(["dev", "test"]), help="只跑一个分卷")
@click.option("--smoke", is_flag=True, help="只抽约 40 题，各题型都有")
@click.option("--shard", metavar="i/n", help="只跑第 i 份，共 n 份")
@click.option("--record", type=click.Path(path_type=Path), help="把回答录到这个文件")
@click.option("--replay", "replayed", type=click.Path(path_type=Path), help="只用录下的回答，不再提问")
@click.option("--weights", metavar="a,b,c,d", help="检索融合的四个权重，试验用")
@click.option("--judge", metavar="模块:函数", help="另请模型评判（函数返回 LangChain 聊天模型），只供参考，不作关口")
@click.option("--out", type=click.Path(path_type=Path), help="结果文件夹；缺省 .linping/runs/时间-代码-题目")
@click.option("--fresh", is_flag=True, help="不接着上次中断的地方，从头跑")
@_help
@click.pass_context
def run_command(
    ctx: click.Context,
    sets: str,
    stage: str,
    answerer: str,
    answers: Path | None,
    baseline: str,
    split: str | None,
    smoke: bool,
    shard: str | None,
    record: Path | None,
    replayed: Path | None,
    weights: str | None,
    judge: str | None,
    out: Path | None,
    fresh: bool,
) -> None:
    from evals.report.reporting import Setting, command_line, summarise, write_run
    from evals.run.suite import ALL
    from evals.run.worlds import pinned_articles
    from evals.verdict.gating import check, read_floors

    if record and replayed:
        raise click.UsageError("--record 和 --replay 不能一起用。")
    articles = pinned_articles()
    cases, dataset = _cases(sets, articles, split, smoke, shard)
    whole = sets == ALL and not (split or smoke or shard)
    system = _system(ctx, answerer, answers, weights, stage)
    done = _ran(cases, system, articles, stage, record, replayed, fresh)
    done = _of_dataset(done, dataset)
    if judge:
        done = _judged(done, judge, record or replayed, replayed is not None)
    floors = read_floors()
    against = _baseline(baseline, dataset, stage)
    verdict = _with_judge(check(done, floors, against, whole=whole), done)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    setting = Setting(sets, split or "", whole, command_line(), started)
    summary = summarise(done, verdict, floors, setting, against)
    folder = (
        out
        or RUNS
        / f"{started[:19].replace(':', '').replace('T', '-')}-{summary['hashes']['code'] or 'local'}-{dataset[:8]}"
    )
    write_run(folder, done, summary, _all_articles(cases, articles), against)
    if out is None:
        _LATEST.write_text(folder.name, encoding="utf-8")
        _forget_old_runs()
    _tell(summary, folder)
    raise SystemExit(verdict.code)


def _forget_old_runs() -> None:
    """Remove all but the newest runs; what was written with --out is never touched."""
    import shutil

    for old in sorted(path for path in RUNS.glob("2[0-9][0-9][0-9]-*") if path.is_dir())[:-_KEPT]:
        shutil.rmtree(old)


def _cases(
    sets: str, articles: tuple[Article, ...], split: str | None, smoke: bool, shard: str | None
) -> tuple[tuple[EvalCase, ...], str]:
    """Return the cases of a run, and the hash of the whole suite that they are drawn from (of the file for one of one's own)."""
    from evals.cases import dataset_hash
    from evals.run.suite import ALL, load_suite
    from evals.run.suite import shard as part_of
    from evals.run.suite import smoke as few_of

    own = ".jsonl" in sets
    everything = load_suite(sets if own else ALL, articles)
    cases = load_suite(sets, articles, split or "")
    if smoke:
        cases = few_of(cases)
    if shard:
        part, _, parts = shard.partition("/")
        if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
            raise click.UsageError("--shard 写成 i/n，例如 1/4。")
        cases = part_of(cases, int(part), int(parts))
    return cases, dataset_hash(everything)


def _system(ctx: click.Context, answerer: str, answers: Path | None, weights: str | None, stage: str) -> System:
    from evals.run.protocol import Recorded
    from evals.run.systems import load_system
    from index.search.fusion import FusionWeights

    if answers is not None:
        return Recorded.read(answers)
    chosen = None
    if weights:
        try:
            chosen = FusionWeights(*(float(one) for one in weights.split(",")))
        except (TypeError, ValueError) as error:
            raise click.UsageError("--weights 是四个不小于 0、不全为 0 的数，用逗号隔开。") from error
    return load_system(answerer, chosen, search_only=stage == "retrieve", model=ctx.obj)


def _ran(
    cases: tuple[EvalCase, ...],
    system: System,
    articles: tuple[Article, ...],
    stage: str,
    record: Path | None,
    replayed: Path | None,
    fresh: bool,
) -> Run:
    from evals.cases import dataset_hash
    from evals.report.reporting import product_hash
    from evals.run.replaying import RecordedAnswers
    from evals.run.running import run

    journal = RUNS / f"journal-{dataset_hash(cases)[:10]}-{stage}.jsonl"
    if fresh:
        journal.unlink(missing_ok=True)
    kept = record or replayed
    cache = RecordedAnswers(kept, replay=replayed is not None) if kept else None
    with _bar("作答" if stage == "answer" else "检索") as progress:
        done = run(
            cases,
            system,
            articles,
            stage=stage,
            journal=None if cache else journal,
            product=product_hash(),
            cache=cache,
            progress=progress,
        )
    journal.unlink(missing_ok=True)
    return done


def _of_dataset(done: Run, dataset: str) -> Run:
    from dataclasses import replace

    return replace(done, dataset=dataset)


def _judged(done: Run, judge: str, kept: Path | None, replay: bool) -> Run:
    from dataclasses import replace
    from importlib import import_module

    from evals.run.replaying import model_cache
    from evals.verdict.judging import judged

    module, _, name = judge.partition(":")
    try:
        model = getattr(import_module(module), name)()
    except (ImportError, AttributeError, ValueError) as error:
        raise EvalFailed(f"找不到评判模型 {judge}：{error}。") from error
    if kept is not None:
        model.cache = model_cache(kept.with_suffix(".judge.jsonl"), replay=replay)
    rows: list[ScoredCase] = []
    with _bar("评判") as progress:
        for row in done.rows:
            rows.append(judged(row, model))
            progress(len(rows), len(done.rows))
    return replace(done, rows=tuple(rows))


def _with_judge(verdict: GateVerdict, done: Run) -> GateVerdict:
    """Return the verdict with the judge's errors: a judge that was asked for and failed leaves the run incomplete."""
    from dataclasses import replace

    from evals.verdict.gating import INCOMPLETE, NOT_COMPARABLE
    from evals.verdict.judging import tally

    errors = sum(one["errors"] for one in tally(done.rows).values())
    if not errors:
        return verdict
    code = verdict.code if verdict.code == NOT_COMPARABLE else INCOMPLETE
    return replace(verdict, code=code, reasons=(*verdict.reasons, f"评判模型有 {errors} 次没有给出能读的判断。"))


def _baseline(named: str, dataset: str, stage: str) -> Baseline | None:
    """Return the run to compare with. The committed one is taken by default for the stage and the suite it is of."""
    from evals.report.baselines import BASELINE, read_baseline

    if named == _NONE:
        return None
    if named:
        return read_baseline(Path(named))
    if not (BASELINE / "summary.json").is_file():
        return None
    found = read_baseline(BASELINE)
    if stage == "retrieve":
        from dataclasses import replace

        return replace(found, stage="retrieve")  # what is found does not depend on what is then said
    return found


def _all_articles(cases: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> tuple[Article, ...]:
    from evals.run.worlds import planted_article

    planted = {case.planted.name: planted_article(case.planted) for case in cases if case.planted is not None}
    return (*articles, *planted.values())


def _tell(summary: dict[str, Any], folder: Path) -> None:
    from evals.verdict.gating import shown

    colour = sys.stdout.isatty()
    good = summary["code"] == 0
    ran = summary["run"]
    click.echo(
        click.style(summary["verdict"], fg="green" if good else "red", bold=True) if colour else summary["verdict"]
    )
    click.echo(f"{ran['done']}/{ran['asked']} 题，通过 {ran['passed']}，未过 {ran['failed']}，出错 {ran['errors']}")
    for reason in summary["reasons"]:
        click.echo(f"  {reason}")
    for gate in summary["gates"]:
        if gate["passed"] is False:
            named = f"\n      {'、'.join(gate['cases'][:10])}" if gate["cases"] else ""
            click.echo(f"  ✗ {gate['told']}{named}")
    for key in ("right", "short_em", "recall@5", "answer_grounded", "refusal_recall", "over_refusal"):
        if key in summary["metrics"]:
            told = summary["metrics"][key]
            target = f"，目标 {shown(told['target'])}" if "target" in told else ""
            click.echo(
                f"  {told['label']} {shown(told['value'])}（{shown(told['low'])}～{shown(told['high'])}{target}）"
            )
    click.echo(f"报告：{folder / 'report.html'}")


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    from tqdm import tqdm

    with tqdm(desc=title, unit="题", leave=False, disable=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _run_folder(named: Path | None) -> Path:
    """Return the folder of a run: the one named, or the latest. Raises EvalFailed when there is none."""
    if named is not None:
        return named if named.is_dir() else RUNS / named
    if not _LATEST.is_file():
        raise EvalFailed("还没有评测结果，先运行 linping eval。")
    return RUNS / _LATEST.read_text(encoding="utf-8").strip()


_run_option = click.option(
    "--run", "run_dir", type=click.Path(path_type=Path), help="哪次评测的结果文件夹；缺省最近一次"
)


@evaluations.command("show", add_help_option=False, help="显示一道题：回答里每个事实的出处、标准依据、检索名次。")
@click.argument("case_id", metavar="题号")
@_run_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@_help
def show_command(case_id: str, run_dir: Path | None, as_json: bool) -> None:
    from evals.report.reporting import read_rows
    from evals.report.showing import case_text, find_row
    from evals.run.worlds import pinned_articles

    row = find_row(read_rows(_run_folder(run_dir)), case_id)
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        return
    articles = {article.id: article for article in pinned_articles()}
    click.echo(case_text(row, articles, colour=sys.stdout.isatty()))


@evaluations.command(
    "why", add_help_option=False, help="一句话说明一道题为什么没过；加 --fact 找一个事实在哪篇文章里。"
)
@click.argument("case_id", metavar="题号")
@click.option("--fact", help="要找的数字、日期或名称")
@_run_option
@_help
def why_command(case_id: str, fact: str | None, run_dir: Path | None) -> None:
    from evals.report.reporting import read_rows
    from evals.report.showing import find_row, where_fact
    from evals.run.worlds import pinned_articles
    from evals.verdict.catalogue import CAUSES

    row = find_row(read_rows(_run_folder(run_dir)), case_id)
    click.echo("通过。" if row["verdict"] == "PASS" else f"{CAUSES[row['cause']]}：{row['why']}")
    if row["gold_rank"]:
        click.echo(f"标准依据在检索结果里排第 {row['gold_rank']}。")
    if fact:
        click.echo(where_fact(fact, {article.id: article for article in pinned_articles()}))


@evaluations.command("compare", add_help_option=False, help="比较两次评测：哪些题变差、变好，哪些指标动了。")
@click.argument("first", metavar="旧", type=click.Path(path_type=Path))
@click.argument("second", metavar="新", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@_help
def compare_command(first: Path, second: Path, as_json: bool) -> None:
    from evals.report.reporting import read_rows, read_summary
    from evals.report.showing import comparison, comparison_text
    from evals.verdict.gating import NOT_COMPARABLE

    a, b = _run_folder(first), _run_folder(second)
    old, new = read_summary(a), read_summary(b)
    for key, what in (("dataset", "题"), ("corpus", "文章")):
        if old["hashes"][key] != new["hashes"][key]:
            click.echo(f"两次评测用的{what}不同，不能比较。", err=True)
            raise SystemExit(NOT_COMPARABLE)
    rows = read_rows(b)
    found = comparison(read_rows(a), rows)
    click.echo(
        json.dumps(found, ensure_ascii=False, indent=1)
        if as_json
        else comparison_text(found, {row["id"]: row for row in rows})
    )


@evaluations.command("replay", add_help_option=False, help="用现在的代码重跑一道题，与上次的结果并排。")
@click.argument("case_id", metavar="题号")
@click.option(
    "--stage", type=click.Choice(["answer", "retrieve"]), default="answer", help="answer 作答（缺省），retrieve 只检索"
)
@click.option("--answerer", default="extractive", metavar="名称", help="extractive（缺省）、llm，或 模块:函数")
@_run_option
@_help
@click.pass_context
def replay_command(ctx: click.Context, case_id: str, stage: str, answerer: str, run_dir: Path | None) -> None:
    from evals.cases import BadCase
    from evals.report.reporting import read_rows
    from evals.report.showing import case_text
    from evals.run.running import run
    from evals.run.suite import ALL, load_suite
    from evals.run.worlds import pinned_articles

    articles = pinned_articles()
    case = next((one for one in load_suite(ALL, articles) if one.id == case_id), None)
    if case is None:
        raise BadCase(f"没有 {case_id} 这道题。")
    done = run([case], _system(ctx, answerer, None, None, stage), articles, stage=stage)
    by_id = {article.id: article for article in articles}
    click.echo(case_text(done.rows[0].to_json(), by_id, colour=sys.stdout.isatty()))
    if run_dir is not None or _LATEST.is_file():
        before = next((row for row in read_rows(_run_folder(run_dir)) if row["id"] == case_id), None)
        if before is not None:
            same = (before["answer"] or {}).get("answer") == (done.rows[0].to_json()["answer"] or {}).get("answer")
            click.echo(
                f"\n上次：{'通过' if before['verdict'] == 'PASS' else before['why'] or before['verdict']}；回答{'没有变' if same else '变了'}。"
            )


@evaluations.command(
    "promote", add_help_option=False, help="把读者的 👎 或更正变成待审的题（写入 drafts.jsonl，去掉个人信息）。"
)
@click.argument("feedback", metavar="反馈文件", type=click.Path(path_type=Path))
@click.option("--question", help="读者问的原话；不给就列出被点 👎 的回答")
@click.option("--answer", "answer_id", default="", help="回答编号，用来核对这个问题就是那一个")
@click.option("--correction", default="", help="读者给出的正确说法")
@click.option("--out", type=click.Path(path_type=Path), default=HOME / "drafts.jsonl", help="草稿文件")
@click.option(
    "--index", "index_dir", type=click.Path(path_type=Path), default=HOME / "index", help="网页用的索引文件夹"
)
@_help
def promote_command(
    feedback: Path, question: str | None, answer_id: str, correction: str, out: Path, index_dir: Path
) -> None:
    from evals.run.promoting import append_draft, complaints, draft, read_thumbs

    thumbs = read_thumbs(feedback)
    if question is None:
        found = complaints(thumbs)
        for name, told in list(found.items())[:50]:
            click.echo(f"{name}  👎 {len(told)}  {'、'.join(sorted({one.reason for one in told if one.reason}))}")
        click.echo(
            "反馈里没有记录问题本身；知道原话的，用 --question 给出，加 --answer 核对。" if found else "没有 👎。"
        )
        return
    from index.search.embedding import load_embedder
    from index.storage.store import open_index
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models

    answerer = ExtractiveAnswerer(open_index(index_dir, load_embedder()), Models.built_in())
    row = draft(question, answerer, thumbs, answer_id=answer_id, correction=correction)
    fresh = append_draft(row, out)
    click.echo(f"{'已写入草稿' if fresh else '草稿里已有'} {row['id']}（{out}）：{row['question']}")


@evaluations.command("questions", add_help_option=False, help="写出问题和文章，交给别的系统作答（答案不在里面）。")
@click.argument("sets", default="all", metavar="[题集]")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="写到哪个文件夹")
@_help
def questions_command(sets: str, out: Path) -> None:
    from evals.run.protocol import write_questions
    from evals.run.suite import load_suite
    from evals.run.worlds import pinned_articles

    articles = pinned_articles()
    count = write_questions(load_suite(sets, articles), articles, out)
    click.echo(
        f"{count} 个问题写在 {out / 'questions.jsonl'}；写好回答后运行 linping eval {sets} --answers 回答.jsonl。"
    )


@evaluations.command("baseline", add_help_option=False, help="跑全部题目，把结果定为基线，重设底线，更新 README。")
@click.option("--keep-floors", is_flag=True, help="不动底线")
@click.option("--lower", is_flag=True, help="也允许放低底线；缺省只升不降")
@_help
@click.pass_context
def baseline_command(ctx: click.Context, keep_floors: bool, lower: bool) -> None:
    from evals.report.baselines import BASELINE, set_floors, write_baseline
    from evals.report.readme import README, renewed
    from evals.report.reporting import Setting, summarise
    from evals.run.suite import ALL
    from evals.run.worlds import pinned_articles
    from evals.verdict.gating import check, read_floors, shown

    articles = pinned_articles()
    cases, dataset = _cases(ALL, articles, None, False, None)
    done = _of_dataset(
        _ran(cases, _system(ctx, "extractive", None, None, "answer"), articles, "answer", None, None, False), dataset
    )
    setting = Setting(ALL, "", True, "", datetime.now(UTC).date().isoformat())
    floors = read_floors()
    first = check(done, floors)
    if first.code == 20:
        raise EvalFailed("没有跑完，不能定为基线：" + "；".join(first.reasons))
    if not keep_floors:
        for metric, (old, new) in set_floors(summarise(done, first, floors, setting, None), lower=lower).items():
            click.echo(f"底线 {metric}：{shown(old)} → {shown(new)}")
        floors = read_floors()
    verdict = check(done, floors)
    summary = summarise(done, verdict, floors, setting, None)
    write_baseline(BASELINE, done, summary, floors)
    README.write_text(renewed(README.read_text(encoding="utf-8"), summary), encoding="utf-8")
    click.echo(f"基线写在 {BASELINE}，README 已更新：{summary['verdict']}")
    for gate in verdict.gates:
        if gate.passed is False:
            click.echo(f"  ✗ {gate.told}")
    raise SystemExit(verdict.code)


@evaluations.command("readme", add_help_option=False, help="按基线更新 README 里的成绩；--check 只核对。")
@click.option("--check", "only_check", is_flag=True, help="不写，不一致时退出码为 30")
@_help
def readme_command(only_check: bool) -> None:
    from evals.report.baselines import BASELINE
    from evals.report.readme import README, renewed
    from evals.report.reporting import read_summary

    text = README.read_text(encoding="utf-8")
    fresh = renewed(text, read_summary(BASELINE))
    if fresh == text:
        click.echo("README 里的成绩与基线一致。")
    elif only_check:
        click.echo("README 里的成绩与基线不一致，运行 linping eval readme 更新。", err=True)
        raise SystemExit(30)
    else:
        README.write_text(fresh, encoding="utf-8")
        click.echo("README 已更新。")


@evaluations.command(
    "locate", add_help_option=False, help="文章或题目改过以后，重新定位每条依据，重新划分 dev 和 test。"
)
@_help
def locate_command() -> None:
    from evals.locating import locate
    from evals.run.suite import written_paths
    from evals.run.worlds import pin, pinned_articles

    pin()
    changed = locate(written_paths(), {article.id: article for article in pinned_articles()})
    click.echo(f"改动了 {changed} 行。")
