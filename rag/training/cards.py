"""The model card of the ranker: data, recipe, scores with intervals, weaknesses."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

LICENCES = {
    "cmrc2018_train": ("green", "CC BY-SA 4.0, CMRC 2018 (ymcui/expmrc)"),
    "drcd_dev_simp": ("green", "CC BY-SA 3.0, DRCD (DRCKnowledgeTeam)"),
    "squad_zh_v1_dev_noxquad": ("yellow", "SQuAD (CC BY-SA 4.0) translated; the translation states no licence"),
    "squad_zh_v2_dev_noxquad": ("yellow", "SQuAD (CC BY-SA 4.0) translated; the translation states no licence"),
}


def wilson(right: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: Wilson, JASA 1927."""
    z = 1.96
    middle = (right + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(right * (1 - right) / count + z * z / (4 * count * count))
    return middle - half, middle + half


def share(right: float, count: int) -> str:
    """Return «.828 (.803–.850)»."""
    low, high = wilson(right, count)
    return f"{right:.3f} ({low:.3f}–{high:.3f})".replace("0.", ".")


def card(
    *,
    title: str,
    what: str,
    sources: Sequence[tuple[str, int]],
    command: str,
    recipe: str,
    minutes: float,
    scores: str,
    weak: Sequence[str],
) -> str:
    """Return the README of a model folder; `sources` are names of sets with the questions used of each."""
    rows = "\n".join(f"| {name} | {count:,} | {LICENCES[name][0]} | {LICENCES[name][1]} |" for name, count in sources)
    faults = "\n".join(f"- {line}" for line in weak)
    return f"""# {title}

{what}

## Data
| set | questions | mark | licence, origin |
|---|--:|---|---|
{rows}

Green: a model trained on it may be shipped with attribution. Yellow: upstream states no licence; no text is shipped, and
`--green-only` trains without it.

## Recipe
`{command}`: {minutes:.0f} minutes on one core. {recipe}

## Scores
{scores}

## Weak at
{faults}
"""
