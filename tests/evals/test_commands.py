"""`linping eval` from the outside: exit codes, words, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import evals.cli
from corpus.records import Article
from evals.cases import EvalCase
from evals.report.baselines import BASELINE
from evals.report.readme import README, block, renewed
from evals.report.reporting import read_summary
from tests.evals.mutants import always_refusing
from tests.evals.oracle import golden


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(evals.cli, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(evals.cli, "_LATEST", tmp_path / "runs" / "latest")
    return tmp_path


def call(*words: object) -> Result:
    return CliRunner().invoke(evals.cli.evaluations, [str(word) for word in words])


def code_of(result: Result) -> int:
    """Return what the command leaves with: `linping` turns a LinpingError into its exit code."""
    return getattr(result.exception, "exit_code", result.exit_code)


@pytest.fixture
def peer(suite: tuple[EvalCase, ...], articles: tuple[Article, ...], home: Path) -> Path:
    """Perfect answers to the plain set, by file."""
    by_id = {article.id: article for article in articles}
    path = home / "peer.jsonl"
    rows = [
        {**golden(case, by_id).to_json(), "id": case.id}
        for case in suite
        if case.id.startswith("plain-") and not case.made
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_a_set_in_place_of_a_command_runs_it(peer: Path, home: Path) -> None:
    done = call("plain", "--answers", peer, "--baseline", "none")
    assert done.exit_code == 0, done.output
    assert "可以放行" in done.output
    assert "154/154 题，通过 154" in done.output
    folder = home / "runs" / (home / "runs" / "latest").read_text(encoding="utf-8")
    assert (folder / "report.html").is_file()
    shown = call("show", "plain-001")
    assert shown.exit_code == 0, shown.output
    assert "广济桥" in shown.output and "标准答案" in shown.output
    assert "500年" in call("why", "plain-001", "--fact", "五百年").output
    assert code_of(call("show", "no-such-case")) == 30


def test_a_missing_answer_is_an_incomplete_run(peer: Path, home: Path) -> None:
    peer.write_text("\n".join(peer.read_text(encoding="utf-8").splitlines()[5:]), encoding="utf-8")
    done = call("plain", "--answers", peer, "--baseline", "none")
    assert done.exit_code == 20
    assert "5 道题运行出错" in done.output


def test_worse_than_a_run_that_is_named_is_eleven_and_compare_says_where(
    peer: Path, home: Path, suite: tuple[EvalCase, ...], articles: tuple[Article, ...]
) -> None:
    assert call("plain", "--answers", peer, "--baseline", "none", "--out", home / "old").exit_code == 0
    by_id = {article.id: article for article in articles}
    worse = home / "worse.jsonl"
    rows = [json.loads(line) for line in peer.read_text(encoding="utf-8").splitlines()]
    refused = [case for case in suite if case.id.startswith("plain-0") and case.answerable and not case.made][:20]
    lost = {case.id: {**always_refusing(case, golden(case, by_id), by_id).to_json(), "id": case.id} for case in refused}
    worse.write_text(
        "\n".join(json.dumps(lost.get(row["id"], row), ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    done = call("plain", "--answers", worse, "--baseline", home / "old", "--out", home / "new")
    assert done.exit_code == 11, done.output
    assert refused[0].id in done.output
    told = call("compare", home / "old", home / "new")
    assert "变差 20" in told.output and refused[0].id in told.output
    assert json.loads(call("compare", home / "old", home / "new", "--json").output)["fixed"] == []
    call("plain", "--answers", peer, "--baseline", "none", "--shard", "1/3", "--out", home / "part")
    part = json.loads(call("compare", home / "part", home / "old", "--json").output)
    assert part["shared"] == 52
    assert all(old == new for old, new in part["metrics"].values())


def test_runs_over_different_questions_are_not_compared(peer: Path, home: Path) -> None:
    call("plain", "--answers", peer, "--baseline", "none", "--out", home / "old")
    summary = home / "old" / "summary.json"
    told = json.loads(summary.read_text(encoding="utf-8"))
    told["hashes"]["dataset"] = "another"
    summary.write_text(json.dumps(told), encoding="utf-8")
    assert call("plain", "--answers", peer, "--baseline", home / "old").exit_code == 31


def test_shards_and_smoke_runs_take_their_part(peer: Path, home: Path) -> None:
    assert "39/39 题" in call("plain", "--answers", peer, "--baseline", "none", "--shard", "1/4").output
    assert call("plain", "--answers", peer, "--shard", "5/4").exit_code == 2
    assert call("plain", "--answers", peer, "--baseline", "none", "--smoke").exit_code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nothing-of-the-kind",), 30),
        (("plain", "--answerer", "nobody"), 20),
        (("plain", "--weights", "1,2"), 2),
        (("plain", "--replay", "/no/such/tape"), 20),
        (("plain", "--record", "a", "--replay", "b"), 2),
        (("compare", "/no/a", "/no/b"), 30),
    ],
)
def test_what_cannot_be_run_says_so_by_its_code(words: tuple[str, ...], code: int, home: Path) -> None:
    result = call(*words)
    assert code_of(result) == code, result.output


def test_the_readme_shows_the_figures_of_the_committed_baseline() -> None:
    text = README.read_text(encoding="utf-8")
    assert renewed(text, read_summary(BASELINE)) == text, "run `linping eval readme`"


def test_a_stale_figure_in_the_readme_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = read_summary(BASELINE)
    text = README.read_text(encoding="utf-8")
    stale = home / "README.md"
    shown = f"{summary['metrics']['right']['value'] * 100:.1f}%"
    assert shown in block(summary)
    stale.write_text(text.replace(f"**{shown}**", "**99.9%**", 1), encoding="utf-8")
    monkeypatch.setattr("evals.report.readme.README", stale)
    assert call("readme", "--check").exit_code == 30
    assert call("readme").exit_code == 0
    assert call("readme", "--check").exit_code == 0
    assert stale.read_text(encoding="utf-8") == text


def test_the_questions_can_be_taken_away(home: Path) -> None:
    done = call("questions", "plain", "--out", home / "out")
    assert done.exit_code == 0
    assert len((home / "out" / "questions.jsonl").read_text(encoding="utf-8").splitlines()) == 154


def test_help_is_chinese_and_names_the_exit_codes() -> None:
    told = call("--help").output
    assert "10 底线没守住" in told and "显示这段说明" in told


def test_the_last_twenty_runs_are_kept(peer: Path, home: Path) -> None:
    for number in range(25):
        (home / "runs" / f"2026-01-{number:02}-old").mkdir(parents=True)
    call("plain", "--answers", peer, "--baseline", "none", "--smoke")
    left = sorted(path.name for path in (home / "runs").iterdir() if path.is_dir())
    assert len(left) == 20
    assert left[0] == "2026-01-06-old"
