"""How well remembered answers are found again: `python -m ui.leads.benchmark evals/sets/dev.jsonl --index FOLDER`.

Every answerable question of the file is asked once with all others remembered. Two questions ask the same when their evidence
overlaps and their obligatory facts agree.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np

from corpus.chinese.text import fold
from index.search.embedding import load_embedder
from ui.leads import memory
from ui.leads.answering import Sources, reply_of
from ui.leads.policy import Policy
from ui.leads.replies import Reply


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--index", "folder", type=click.Path(path_type=Path), required=True)
@click.option("--most", type=int, default=200, help="questions, those first that another asks in other words")
def main(path: Path, folder: Path, most: int) -> None:
    from index.storage.store import open_with
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models

    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["answerable"] and not row["history"]]
    rows = _families_first(rows)[:most]
    questions = [row["question"] for row in rows]
    snapshot = open_with(folder, "auto")
    sources = Sources(ExtractiveAnswerer(snapshot, Models.built_in()), snapshot)
    replies = [reply_of(sources.answerer.answer(one), sources, Policy(), date.today()) for one in questions]
    vectors = load_embedder().encode_questions(questions)
    likeness = vectors @ vectors.T
    same = [[j for j in range(len(rows)) if j != i and asks_the_same(rows[i], rows[j])] for i in range(len(rows))]
    print("| near | alike | same question offered | another offered |\n|--:|--:|--:|--:|")
    for near, alike in (
        (2.0, 0.75),
        (2.0, 0.8),
        (2.0, 0.85),
        (2.0, 0.9),
        (0.0, 0.85),
        (0.2, 0.85),
        (0.3, 0.85),
        (0.4, 0.85),
        (0.5, 0.85),
    ):
        memory.NEAR, memory.ALIKE = near, alike  # type: ignore[misc]
        print(_line(near, alike, [_offered(questions, replies, likeness[i], i, near) for i in range(len(rows))], same))


def _families_first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return questions that others ask in other words, each before those, then all the rest."""
    families = [[one for one in rows if one is row or asks_the_same(row, one)] for row in rows]
    ordered = [one for family in families if len(family) > 1 for one in family] + list(rows)
    return list({one["id"]: one for one in ordered}.values())


def _offered(questions: Sequence[str], replies: Sequence[Reply], likeness: Any, at: int, near: float) -> int | None:
    """Return which remembered question is offered; `near` above 1: the answers are not looked at."""
    fresh = replies[at] if near <= 1 else None
    for other in [int(one) for one in np.argsort(-likeness) if one != at][: memory._TRIED]:
        if replies[other].said and memory.is_same(
            questions[at], questions[other], float(likeness[other]), fresh, replies[other]
        ):
            return other
    return None


def asks_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two cases want the same facts of the same sentences."""
    near = any(
        a["article"] == b["article"] and a["start"] < b["end"] and b["start"] < a["end"]
        for a in one["evidence"]
        for b in other["evidence"]
    )
    a, b = ([set(map(fold, fact["aliases"])) for fact in case["gold"] if fact["must"]] for case in (one, other))
    return near and bool(a) and len(a) == len(b) and all(any(fact & more for more in b) for fact in a)


def _line(near: float, alike: float, offered: Sequence[int | None], same: Sequence[Sequence[int]]) -> str:
    asked = [i for i, mates in enumerate(same) if mates]
    right = sum(offered[i] in same[i] for i in asked)
    wrong = sum(one is not None and one not in same[i] for i, one in enumerate(offered))
    shown = "–" if near > 1 else f"{near}"
    return (
        f"| {shown} | {alike} | {right / len(asked):.2f} ({len(asked)}) | {wrong / len(offered):.2f} ({len(offered)}) |"
    )


if __name__ == "__main__":
    main()
