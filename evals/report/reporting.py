"""A run → files: cases.jsonl, summary.json, JUnit XML, Markdown for a step summary, one HTML report.

The folder is written beside its place and renamed when it is whole: what has its final name is complete.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from corpus.measured import models_hash
from corpus.records import Article
from evals.run.outcomes import ERROR, FAIL, PASS, ScoredCase
from evals.run.running import Run
from evals.verdict.catalogue import CAUSES, FAMILIES, METRICS
from evals.verdict.gating import Baseline, Floor, GateVerdict, shown
from evals.verdict.judging import tally
from evals.verdict.summarising import by_family, by_transform, causes, certainties, curve, estimates, latency

ROOT = Path(__file__).resolve().parent.parent.parent
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WORST = 20
VERDICTS: Mapping[int, str] = {
    0: "可以放行",
    10: "不能放行：有底线没有守住",
    11: "不能放行：比基线差",
    12: "不能放行：底线没有守住，也比基线差",
    20: "没有跑完，不能放行",
    31: "基线不可比，没有结论",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What was asked for: sets, split, and how the command was called. `started` is ISO time in UTC, or empty."""

    sets: str
    split: str
    whole: bool
    command: str
    started: str = ""


def summarise(
    run: Run, verdict: GateVerdict, floors: Sequence[Floor], setting: Setting, baseline: Baseline | None
) -> dict[str, Any]:
    """Return everything about a run but its cases, in plain JSON values. Figures are not rounded."""
    counted = {name: sum(row.verdict == name for row in run.rows) for name in (PASS, FAIL, ERROR)}
    table = {floor.metric: floor for floor in floors}
    sure = certainties(run.rows)
    return {
        "code": verdict.code,
        "verdict": VERDICTS[verdict.code],
        "reasons": list(verdict.reasons),
        "gates": [
            {
                "metric": gate.metric,
                "kind": gate.kind,
                "passed": gate.passed,
                "told": gate.told,
                "cases": list(gate.cases),
            }
            for gate in verdict.gates
        ],
        "run": {
            "system": run.system,
            "stage": run.stage,
            "sets": setting.sets,
            "split": setting.split,
            "whole": setting.whole,
            "asked": run.asked,
            "done": len(run.rows),
            "passed": counted[PASS],
            "failed": counted[FAIL],
            "errors": counted[ERROR],
            "command": setting.command,
            "started": setting.started,
            "baseline": baseline.name if baseline else "",
        },
        "hashes": {
            "dataset": run.dataset,
            "corpus": run.corpus,
            "models": models_hash(),
            "code": code_version(),
            "floors": sha256(repr(list(floors)).encode()).hexdigest(),
        },
        "metrics": {key: _told(key, found, table.get(key), verdict) for key, found in estimates(run.rows).items()},
        "families": {
            family: {key: [round(value, 6), n] for key, (value, n) in means.items()}
            for family, means in by_family(run.rows).items()
        },
        "splits": {split: _split(run.rows, split) for split in ("dev", "test")},
        "transforms": {name: [value, n] for name, (value, n) in by_transform(run.rows).items()},
        "causes": causes(run.rows),
        "curve": [[round(x, 5), round(y, 5)] for x, y in curve(sure)] if sure else [],
        "refusal": _confusion(run.rows),
        "latency": latency(run.rows),
        "judge": tally(run.rows),
        "environment": {"python": platform.python_version(), "system": platform.platform(terse=True)},
    }


def _split(rows: Sequence[ScoredCase], split: str) -> dict[str, Any]:
    """Return the headline figures of one split alone."""
    found = estimates([row for row in rows if row.case.split == split])
    return {
        key: {"value": one.value, "low": one.low, "high": one.high, "n": one.n}
        for key, one in found.items()
        if key in ("right", "short_em", "refusal_recall", "over_refusal", "recall@5")
    }


def _told(key: str, found: Any, floor: Floor | None, verdict: GateVerdict) -> dict[str, Any]:
    told: dict[str, Any] = {
        "label": METRICS[key].label,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "clusters": found.clusters,
    }
    if floor is not None:
        told |= {"floor": floor.at, "target": floor.target}
    if (gap := verdict.differences.get(key)) is not None:
        sign = -1 if METRICS[key].low_is_good else 1  # differences say how much better; here: how much higher
        bounds = sorted((gap.low * sign, gap.high * sign))
        told["delta"] = {
            "value": gap.value * sign,
            "low": bounds[0],
            "high": bounds[1],
            "better": gap.better,
            "worse": gap.worse,
            "p": gap.p,
            "p_holm": verdict.adjusted[key],
        }
    return told


def _confusion(rows: Sequence[ScoredCase]) -> dict[str, int]:
    """Return the two-by-two table of refusing over the written questions."""
    table = {"answered_answerable": 0, "refused_answerable": 0, "answered_absent": 0, "refused_absent": 0}
    for row in rows:
        if row.outcome.answer is None or "right" not in row.metrics or row.case.expected == "smalltalk":
            continue
        did = "refused" if row.outcome.answer.status.value != "answered" else "answered"
        table[f"{did}_{'answerable' if row.case.answerable else 'absent'}"] += 1
    return table


def product_hash() -> str:
    """Return the SHA-256 of the code and models that answer: a journal of another product is not gone on with."""
    digest = sha256(models_hash().encode())
    for folder in ("corpus", "index", "rag"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def code_version() -> str:
    """Return the commit that is checked out, with `+` when files differ from it; empty outside a repository."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def write_run(
    folder: Path, run: Run, summary: Mapping[str, Any], articles: Sequence[Article], baseline: Baseline | None = None
) -> None:
    """Write all files of a run into `folder`, replacing what was there, all at once."""
    from evals.report.page import report_html

    rows = [row.to_json() for row in run.rows]
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(folder.name + ".writing")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    _write(fresh / "cases.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    _write(fresh / "summary.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    _write(fresh / "junit.xml", junit(run.rows))
    _write(fresh / "summary.md", markdown(summary, run.rows))
    _write(fresh / "report.html", report_html(summary, rows, articles, baseline))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _write(path: Path, text: str) -> None:
    path.write_text(text.encode("utf-8", "replace").decode(), encoding="utf-8")


def junit(rows: Sequence[ScoredCase]) -> str:
    """Return JUnit XML: a suite per family; a wrong answer is a failure, a crash an error. No character XML forbids."""
    families: dict[str, list[ScoredCase]] = {}
    for row in rows:
        families.setdefault(row.case.family, []).append(row)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for family, members in families.items():
        failed, errors = (sum(row.verdict == kind for row in members) for kind in (FAIL, ERROR))
        seconds = sum(row.outcome.seconds for row in members)
        parts.append(
            f'<testsuite name={_attribute(family)} tests="{len(members)}" failures="{failed}" errors="{errors}" time="{seconds:.3f}">'
        )
        parts += [_test_case(row) for row in members]
        parts.append("</testsuite>")
    return "\n".join([*parts, "</testsuites>"]) + "\n"


def _test_case(row: ScoredCase) -> str:
    head = f'<testcase classname={_attribute(row.case.family)} name={_attribute(row.case.id)} time="{row.outcome.seconds:.3f}"'
    if row.verdict == PASS:
        return f"{head}/>"
    kind = "error" if row.verdict == ERROR else "failure"
    message = f"{CAUSES[row.cause]}：{row.why}"
    said = f"问：{row.case.question}\n答：{row.outcome.answer.answer if row.outcome.answer else ''}"
    again = f"linping eval replay {row.case.id}"
    return (
        f"{head}><{kind} type={_attribute(row.cause)} message={_attribute(message)}>{_text(said)}</{kind}>"
        f"<system-out>{_text(again)}</system-out></testcase>"
    )


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_CONTROL.sub("\ufffd", text))


def markdown(summary: Mapping[str, Any], rows: Sequence[ScoredCase]) -> str:
    """Return the step summary: verdict, gates, metrics, the worst cases; well under GitHub's limit of 1 MiB."""
    ran = summary["run"]
    lines = [f"## 临平问答评测：{summary['verdict']}", ""]
    lines.append(
        f"{ran['system']} · {ran['sets']} · {ran['done']}/{ran['asked']} 题 · 通过 {ran['passed']}，未过 {ran['failed']}，出错 {ran['errors']}"
        f" · 题 `{summary['hashes']['dataset'][:10]}` 文 `{summary['hashes']['corpus'][:10]}` 码 `{summary['hashes']['code']}`"
    )
    lines += ["", *(f"- **{reason}**" for reason in summary["reasons"])]
    broken = [gate for gate in summary["gates"] if gate["passed"] is False]
    if broken:
        lines += ["", "### 没有通过", ""]
        for gate in broken:
            named = f" 例：{'、'.join(f'`{name}`' for name in gate['cases'][:8])}" if gate["cases"] else ""
            lines.append(f"- {gate['told']}{named}")
    lines += [
        "",
        "### 指标",
        "",
        "| 指标 | 值 | 95% 区间 | 题 | 底线 | 目标 | 比基线 |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    for told in summary["metrics"].values():
        delta = f"{told['delta']['value'] * 100:+.1f}" if "delta" in told else ""
        floor, target = (shown(told[key]) if key in told else "" for key in ("floor", "target"))
        lines.append(
            f"| {told['label']} | {shown(told['value'])} | {shown(told['low'])}～{shown(told['high'])} | {told['n']} | {floor} | {target} | {delta} |"
        )
    bad = [row for row in rows if row.verdict != PASS][:_WORST]
    if bad:
        lines += ["", f"### 未过的题（前 {len(bad)} 道）", "", "| 题 | 题型 | 问题 | 原因 |", "|---|---|---|---|"]
        for row in bad:
            family = FAMILIES.get(row.case.family, row.case.family)
            lines.append(
                f"| `{row.case.id}` | {family} | {_cell(row.case.question)} | {CAUSES[row.cause]}：{_cell(row.why)} |"
            )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return re.sub(r"[|\s`<>\[\]!]+", " ", text)[:60]


def read_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a finished run. Raises BadCase when there is none."""
    from evals.cases import BadCase

    path = folder / "cases.jsonl"
    if not path.is_file():
        raise BadCase(f"{folder} 里没有评测结果（cases.jsonl）；先运行 linping eval。")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_summary(folder: Path) -> dict[str, Any]:
    """Return the summary of a finished run. Raises BadCase when there is none."""
    from evals.cases import BadCase

    path = folder / "summary.json"
    if not path.is_file():
        raise BadCase(f"{folder} 里没有评测结果（summary.json）；先运行 linping eval。")
    summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return summary


def command_line() -> str:
    return " ".join(["linping", *sys.argv[1:]])
