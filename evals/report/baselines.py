"""The run that others are measured against: small enough to commit, whole enough to compare case by case."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.report.reporting import read_rows, read_summary
from evals.run.running import Run
from evals.verdict.catalogue import METRICS
from evals.verdict.gating import FLOORS, Baseline, Floor
from evals.verdict.summarising import measured

BASELINE = Path(__file__).parent.parent / "baseline"
_SLACK = 0.015  # how far below what is held a floor is set: about one question in seventy
_FEW = 60  # metrics over fewer units get a floor two units below instead


def read_baseline(folder: Path) -> Baseline:
    """Return a committed baseline, or the folder of any finished run as one. Raises BadCase."""
    summary = read_summary(folder)
    path = folder / "values.json"
    values = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else _values_of_run(folder)
    name = summary["run"]["started"][:10] or folder.name
    return Baseline(name, summary["hashes"]["dataset"], summary["hashes"]["corpus"], summary["run"]["stage"], values)


def _values_of_run(folder: Path) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = {}
    for row in read_rows(folder):
        for key, value in row["metrics"].items():
            values.setdefault(key, {})[row["id"]] = value
    return values


def write_baseline(folder: Path, run: Run, summary: Mapping[str, Any], floors: Sequence[Floor]) -> None:
    """Write summary.json and values.json: the values of every metric that is compared, without what differs by machine."""
    compared = {floor.metric for floor in floors if floor.margin is not None}
    kept = {
        key: value
        for key, value in summary.items()
        if key not in ("latency", "environment", "curve", "gates", "reasons")
    }
    kept["run"] = {key: value for key, value in summary["run"].items() if key not in ("command", "baseline")}
    values = {
        key: {unit: round(value, 6) for unit, value in sorted(one.values.items())}
        for key, one in sorted(measured(run.rows).items())
        if key in compared
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(
        json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    lines = [
        f'"{key}": {json.dumps(units, ensure_ascii=False, separators=(",", ":"))}' for key, units in values.items()
    ]
    (folder / "values.json").write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


def set_floors(
    summary: Mapping[str, Any], path: Path = FLOORS, *, lower: bool = False
) -> dict[str, tuple[float, float]]:
    """Set every floor that is not `always` a little below what a run holds, never above its target; keep the comments.

    A ratchet: floors only become stricter, unless `lower` allows the other way too. Return what changed, old and new by
    metric.
    """
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    changed: dict[str, tuple[float, float]] = {}
    for metric, table in document.items():
        told = summary["metrics"].get(metric)
        if told is None or table.get("always", False):
            continue
        fresh = floor_below(told["value"], told["n"], float(table["target"]), low_is_good=METRICS[metric].low_is_good)
        stricter = fresh < float(table["at"]) if METRICS[metric].low_is_good else fresh > float(table["at"])
        if fresh != float(table["at"]) and (stricter or lower):
            changed[metric] = (float(table["at"]), fresh)
            table["at"] = fresh
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return changed


def floor_below(value: float, n: int, target: float, *, low_is_good: bool) -> float:
    """Return the floor for a metric that holds `value` over `n` units: slack below it, on a half percent, at most the target."""
    slack = max(_SLACK, 2 / n if n < _FEW else 0.0)
    if low_is_good:
        return min(1.0, max(target, math.ceil((value + slack) * 200 - 1e-9) / 200)) if value > target else target
    return max(0.0, min(target, math.floor((value - slack) * 200 + 1e-9) / 200))
