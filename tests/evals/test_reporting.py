"""What a run writes: whole or not at all, safe to open, readable by the tools it is for."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from corpus.records import Article
from evals.cases import EvalCase
from evals.report.page import report_html
from evals.report.reporting import Setting, junit, markdown, read_rows, read_summary, summarise, write_run
from evals.run.outcomes import FAIL, CaseOutcome, ScoredCase, answer_from_json
from evals.run.running import Run, run
from evals.verdict.gating import Baseline, check, read_floors
from evals.verdict.summarising import measured
from tests.evals.mutants import MUTANTS
from tests.evals.oracle import Oracle
from tests.evals.worlds import AGE, ARTICLES, BRIDGE, answer

AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"
ATTACK = '</script><img src=x onerror=alert(1)>"\x00\x08\x1b[31m\ud800'


@pytest.fixture(scope="module")
def done(suite: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> Run:
    """Half perfect, half with the quotes paraphrased: every part of a report has something to show."""
    asked = [
        case
        for case in suite
        if case.family in ("number", "conflict", "unanswerable", "followup", "planted", "robustness")
    ][::6]
    broken = next(mutant for mutant in MUTANTS if mutant.gate == "quote_exact")
    good, bad = run(asked[::2], Oracle(), articles), run(asked[1::2], broken, articles)
    return replace(good, rows=(*good.rows, *bad.rows), asked=len(asked))


@pytest.fixture(scope="module")
def summary(done: Run) -> dict[str, Any]:
    values = {key: dict(one.values) for key, one in measured(done.rows).items()}
    values["right"] = {
        unit: 1.0 - value if at % 9 == 0 else value for at, (unit, value) in enumerate(values["right"].items())
    }
    baseline = Baseline("旧", done.dataset, done.corpus, done.stage, values)
    floors = read_floors()
    return summarise(
        done,
        check(done, floors, baseline, whole=False),
        floors,
        Setting("all", "", False, "linping eval", "2026-11-22T12:00:00+00:00"),
        baseline,
    )


def hostile(done: Run) -> Run:
    said = answer(replace(AGE, question=ATTACK), (ATTACK, (1,)), cited=((BRIDGE, "广济桥"),), short=ATTACK)
    row = ScoredCase(
        replace(AGE, question=ATTACK), CaseOutcome("age", said, ()), {"right": 0.0}, (), FAIL, "G1", ATTACK
    )
    return replace(done, rows=(row, *done.rows), asked=done.asked + 1)


def test_the_folder_is_whole_and_reads_back(
    done: Run, summary: dict[str, Any], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    write_run(folder, done, summary, articles)
    assert sorted(path.name for path in folder.iterdir()) == [
        "cases.jsonl",
        "junit.xml",
        "report.html",
        "summary.json",
        "summary.md",
    ]
    assert not (tmp_path / "run.writing").exists()
    rows = read_rows(folder)
    assert [row["id"] for row in rows] == [row.case.id for row in done.rows]
    assert read_summary(folder)["metrics"].keys() == summary["metrics"].keys()
    for row, told in zip(done.rows, rows, strict=True):
        assert answer_from_json(told["answer"]) == row.outcome.answer
        assert told["metrics"] == {key: round(value, 6) for key, value in sorted(row.metrics.items())}


def test_junit_has_a_suite_a_family_and_a_failure_a_case(done: Run) -> None:
    root = ElementTree.fromstring(junit(done.rows))
    assert {suite.get("name") for suite in root} == {row.case.family for row in done.rows}
    failures = root.findall(".//failure")
    assert len(failures) == sum(row.verdict == FAIL for row in done.rows) > 0
    assert all(one.get("message", "").startswith("引文不符：") for one in failures)
    assert "linping eval replay" in (root.findtext(".//system-out") or "")


def test_junit_survives_characters_that_xml_forbids(done: Run) -> None:
    every = "".join(map(chr, range(0x20))) + "\ud800\ufffe\uffff]]>&<"
    row = replace(hostile(done).rows[0], why=every)
    root = ElementTree.fromstring(junit([row]))
    assert root.find(".//failure") is not None


def test_the_step_summary_is_short_and_starts_with_the_verdict(done: Run, summary: dict[str, Any]) -> None:
    text = markdown(summary, hostile(done).rows)
    assert text.startswith(f"## 临平问答评测：{summary['verdict']}")
    assert len(text.encode("utf-8", "replace")) < 200_000
    assert "引文一字不差" in text
    assert "<img" not in text


def test_the_report_holds_nothing_that_could_run_or_call_out(
    done: Run, summary: dict[str, Any], articles: tuple[Article, ...]
) -> None:
    page = report_html(summary, [row.to_json() for row in hostile(done).rows], articles, None)
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert not re.findall(r"url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", page)
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert data["cases"][0]["question"] == ATTACK


def test_figures_of_one_run_are_the_same_every_time(done: Run, summary: dict[str, Any]) -> None:
    again = summarise(done, check(done, read_floors(), whole=False), read_floors(), Setting("all", "", False, ""), None)
    for key, told in again["metrics"].items():
        assert {name: told[name] for name in ("value", "low", "high", "n")} == {
            name: summary["metrics"][key][name] for name in ("value", "low", "high", "n")
        }


@pytest.mark.browser
def test_the_report_opens_from_disk_and_shows_a_case_without_a_request(
    done: Run, summary: dict[str, Any], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    import shutil

    from playwright.sync_api import sync_playwright

    values = {key: one.values for key, one in measured(done.rows).items()}
    baseline = Baseline("旧", done.dataset, done.corpus, done.stage, values)
    write_run(tmp_path / "run", done, summary, articles, baseline)
    case_id = next(row.case.id for row in done.rows if row.verdict == FAIL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for width, scheme in ((1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 850}, color_scheme=scheme, bypass_csp=True)
            asked: list[str] = []
            faults: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
            page.on(
                "console",
                lambda message, faults=faults: faults.append(message.text) if message.type == "error" else None,
            )
            page.goto(f"{(tmp_path / 'run' / 'report.html').as_uri()}#case={case_id}")
            page.wait_for_selector("#case:not([hidden])")
            assert case_id in page.inner_text("#case .meta")
            assert "引文不符" in page.inner_text("#case .verdict")
            assert page.locator("#case mark.gold").count() > 0
            assert page.locator("#case ol.hits li.gold").count() > 0
            page.select_option("#verdict", "PASS")
            assert "题" in page.inner_text("#count")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert [url for url in asked if not url.startswith("file:")] == []
            assert faults == []
            if AXE.is_file():
                page.evaluate(AXE.read_text(encoding="utf-8"))
                bad = [
                    (one["id"], [(n["html"][:160], n["failureSummary"]) for n in one["nodes"]])
                    for one in page.evaluate("async () => (await axe.run(document)).violations")
                ]
                assert bad == []
            page.close()
        browser.close()


def test_an_empty_run_that_only_searched_still_makes_a_page() -> None:
    ran = {
        "system": "s",
        "stage": "retrieve",
        "sets": "plain",
        "split": "",
        "asked": 0,
        "done": 0,
        "passed": 0,
        "failed": 0,
        "errors": 0,
        "baseline": "",
        "started": "",
    }
    empty: dict[str, Any] = {key: {} for key in ("metrics", "families", "transforms", "causes", "refusal", "latency")}
    hashes = {"dataset": "d", "corpus": "c", "models": "m", "code": "x"}
    page = report_html(
        {"verdict": "可以放行", "code": 0, "reasons": [], "gates": [], "curve": [], "hashes": hashes, "run": ran}
        | empty,
        [],
        [*ARTICLES.values()],
        None,
    )
    assert "只检索" in page


def test_what_a_judge_said_stands_apart_with_its_errors(summary: dict[str, Any]) -> None:
    judged = {"complete": {"value": 0.5, "n": 4, "errors": 1}, "follows": {"value": None, "n": 0, "errors": 5}}
    page = report_html({**summary, "judge": judged}, [], [], None)
    assert "说全了要点：50.0%（4 题），1 次出错" in page
    assert "句句能从引文得出：没有能读的判断，5 次出错" in page
    assert "模型评判" not in report_html(summary, [], [], None)
