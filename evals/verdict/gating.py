"""Does a run go out? Absolute floors, then paired non-inferiority against a baseline; one exit code says it all.

0 every gate passes · 10 a floor is broken · 11 worse than the baseline · 12 both · 20 the run is incomplete or a case ended
in an error · 30 data invalid · 31 the baseline is of other questions or articles: not compared rather than guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.run.outcomes import ERROR, ScoredCase
from evals.run.running import Run
from evals.verdict.catalogue import METRICS
from evals.verdict.statistics import Estimate, PairedDifference, difference, holm
from evals.verdict.summarising import estimates, measured

FLOORS = Path(__file__).parent.parent / "floors.toml"
OK, FLOOR_BROKEN, WORSE, BOTH, INCOMPLETE, BAD_DATA, NOT_COMPARABLE = 0, 10, 11, 12, 20, 30, 31
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Floor:
    """What a metric must hold: at least `at`, or at most where low is good. `target` is what it should hold one day.

    `margin` is how much worse than the baseline it may be, None where it is not compared. `always`: holds of every
    question, so it also counts in a run of some of them.
    """

    metric: str
    at: float
    target: float
    margin: float | None = None
    always: bool = False

    def holds(self, value: float) -> bool:
        good = METRICS[self.metric].low_is_good
        return value <= self.at + _EPSILON if good else value >= self.at - _EPSILON


@dataclass(frozen=True, slots=True)
class Gate:
    """One check and how it ended: `passed`, or None when there was nothing to measure. `kind` is floor or baseline."""

    metric: str
    kind: str
    passed: bool | None
    told: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """The gates and the exit code they lead to. `differences` go by metric; `reasons` are Chinese sentences."""

    code: int
    gates: tuple[Gate, ...]
    differences: Mapping[str, PairedDifference]
    adjusted: Mapping[str, float]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What another run measured, by metric and unit, and of what."""

    name: str
    dataset: str
    corpus: str
    stage: str
    values: Mapping[str, Mapping[str, float]]


def read_floors(path: Path = FLOORS) -> tuple[Floor, ...]:
    """Return the floors in the order of the file. Raises ValueError for a metric that does not exist."""
    floors: list[Floor] = []
    for metric, told in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if metric not in METRICS:
            raise ValueError(f"{path.name}: no metric is called {metric}")
        floors.append(Floor(metric, told["at"], told["target"], told.get("margin"), told.get("always", False)))
    return tuple(floors)


def check(run: Run, floors: Sequence[Floor], baseline: Baseline | None = None, *, whole: bool = True) -> GateVerdict:
    """Return the verdict on a run. `whole`: the whole suite was asked, so that every floor counts and must be measured."""
    found = estimates(run.rows)
    gates = _floor_gates(run, floors, found, whole)
    reasons: list[str] = []
    differences: dict[str, PairedDifference] = {}
    comparable = True
    if baseline is not None:
        comparable = (baseline.dataset, baseline.corpus, baseline.stage) == (run.dataset, run.corpus, run.stage)
        if comparable:
            compared, differences = _baseline_gates(run, floors, baseline)
            gates += compared
        else:
            reasons.append(_why_not_comparable(run, baseline))
    lost = run.asked - len(run.rows)
    errors = [row.case.id for row in run.rows if row.verdict == ERROR]
    if lost:
        reasons.append(f"少了 {lost} 道题的结果，请接着跑完。")
    if errors:
        reasons.append(f"{len(errors)} 道题运行出错：{'、'.join(errors[:5])}{'…' if len(errors) > 5 else ''}。")
    unmeasured = [gate.metric for gate in gates if gate.kind == "floor" and gate.passed is None]
    if unmeasured and whole:
        reasons.append(f"{'、'.join(METRICS[key].label for key in unmeasured)}没有测到，不能放行。")
    code = _code(gates, comparable, bool(lost or errors or (unmeasured and whole)))
    adjusted = holm({metric: one.p for metric, one in differences.items()})
    return GateVerdict(code, tuple(gates), differences, adjusted, tuple(reasons))


def _code(gates: Sequence[Gate], comparable: bool, incomplete: bool) -> int:
    if not comparable:
        return NOT_COMPARABLE
    if incomplete:
        return INCOMPLETE
    broken = any(gate.passed is False for gate in gates if gate.kind == "floor")
    worse = any(gate.passed is False for gate in gates if gate.kind == "baseline")
    return (FLOOR_BROKEN if broken else OK) if not worse else (BOTH if broken else WORSE)


def _floor_gates(run: Run, floors: Sequence[Floor], found: Mapping[str, Estimate], whole: bool) -> list[Gate]:
    gates: list[Gate] = []
    for floor in floors:
        if not (whole or floor.always) or not _of_stage(floor.metric, run.stage):
            continue
        name, sign = METRICS[floor.metric].label, "≤" if METRICS[floor.metric].low_is_good else "≥"
        if floor.metric not in found:
            gates.append(Gate(floor.metric, "floor", None, f"{name}：没有测到"))
            continue
        got = found[floor.metric]
        passed = floor.holds(got.value)
        told = f"{name} {shown(got.value)}（底线{sign}{shown(floor.at)}，目标{sign}{shown(floor.target)}，{got.n} 题）"
        gates.append(Gate(floor.metric, "floor", passed, told, () if passed else _culprits(run.rows, floor)))
    return gates


_FINDING = ("recall@", "mrr@", "ndcg@", "span_recall@")


def _of_stage(metric: str, stage: str) -> bool:
    return stage == "answer" or metric.startswith(_FINDING)


def _culprits(rows: Sequence[ScoredCase], floor: Floor) -> tuple[str, ...]:
    """Return the cases that pull a metric down, worst first, at most twenty."""
    found = measured(rows).get(floor.metric)
    if found is None:
        return ()
    good = METRICS[floor.metric].low_is_good
    perfect = 0.0 if good else 1.0
    bad = [unit for unit, value in found.values.items() if value != perfect]
    return tuple(sorted(bad, key=lambda unit: -abs(found.values[unit] - perfect))[:20])


def _baseline_gates(
    run: Run, floors: Sequence[Floor], baseline: Baseline
) -> tuple[list[Gate], dict[str, PairedDifference]]:
    """Return a gate for every metric with a margin: worse, and the interval reaches beyond the margin."""
    found = measured(run.rows)
    gates: list[Gate] = []
    differences: dict[str, PairedDifference] = {}
    for floor in floors:
        old = baseline.values.get(floor.metric)
        if floor.margin is None or not old or floor.metric not in found or not _of_stage(floor.metric, run.stage):
            continue
        new = found[floor.metric]
        flip = -1 if METRICS[floor.metric].low_is_good else 1
        shared = {
            unit: round(value, 6) * flip for unit, value in new.values.items() if unit in old
        }  # as they are stored
        if not shared:
            continue
        gap = difference(shared, {unit: old[unit] * flip for unit in shared}, new.cluster, floor.margin)
        differences[floor.metric] = gap
        worse = gap.value < 0 and gap.low < -floor.margin
        broke = sorted(
            (unit for unit in shared if shared[unit] < old[unit] * flip - _EPSILON),
            key=lambda u: (shared[u] - old[u] * flip, u),
        )
        gates.append(Gate(floor.metric, "baseline", not worse, _told(floor, gap), tuple(broke)))
    return gates, differences


def _told(floor: Floor, gap: PairedDifference) -> str:
    name = METRICS[floor.metric].label
    said = f"{name}比基线{'好' if gap.value > 0 else '差' if gap.value < 0 else '没有变化'}"
    said += (
        f" {shown(abs(gap.value))}（区间 {gap.low * 100:+.1f}～{gap.high * 100:+.1f}，{gap.better} 题变好、{gap.worse} 题变差）"
        if gap.value
        else ""
    )
    assert floor.margin is not None
    if gap.value >= 0 and gap.low < -floor.margin:
        said += f"；题数不足以断定没有变差，约需 {gap.needed} 题"
    return said


def shown(value: float) -> str:
    """Return a share as people read it: 0.954 as 95.4%."""
    return f"{value * 100:.1f}%"


def _why_not_comparable(run: Run, baseline: Baseline) -> str:
    if baseline.dataset != run.dataset:
        return f"基线 {baseline.name} 用的是另一套题，不能比较；运行 linping eval baseline 重新建立。"
    if baseline.corpus != run.corpus:
        return f"基线 {baseline.name} 用的是另一批文章，不能比较；运行 linping eval baseline 重新建立。"
    return f"基线 {baseline.name} 是另一个阶段的结果，不能比较。"
