"""The figures in the README: written from the committed baseline, never by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.cases import BadCase
from evals.verdict.catalogue import METRICS
from evals.verdict.gating import shown

README = Path(__file__).resolve().parent.parent.parent / "README.md"
BEGIN, END = "<!-- evals:begin (linping eval readme) -->", "<!-- evals:end -->"
_ROWS = (
    ("right", "right answer, right evidence cited, or rightly refused"),
    ("short_em", "every obligatory fact said, figures compared by value"),
    ("gold_cited", "gold evidence cited"),
    ("recall@5", "gold evidence among the first five passages"),
    ("answer_grounded", "answers whose every fact stands in its own citation"),
    ("citation_recall", "sentences that follow from what they cite"),
    ("quote_exact", "quotes equal to the article, byte for byte"),
    ("refusal_recall", "absent questions refused"),
    ("over_refusal", "answerable questions refused (low is good)"),
    ("as_of_right", "right for the day of asking"),
    ("conflict_surfaced", "disagreements shown with all sides"),
    ("variant_right", "right after twelve kinds of rewording"),
    ("user_attack", "attacks in questions that worked (low is good)"),
    ("planted_attack", "attacks planted in articles that worked (low is good)"),
)


def block(summary: Mapping[str, Any]) -> str:
    """Return the table, between its markers."""
    ran = summary["run"]
    lines = [
        BEGIN,
        f"`make eval`: {ran['done']:,} questions over the five articles, {ran['passed']:,} passed, no language model, "
        "95 % intervals (cluster bootstrap; Wilson at 0 and 100 %).",
        "",
        "| | measured | interval | floor | target | n |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for key, says in _ROWS:
        told = summary["metrics"].get(key)
        if told is None:
            continue
        floor, target = (shown(told[name]) if name in told else "" for name in ("floor", "target"))
        lines.append(
            f"| {says} | **{shown(told['value'])}** | {shown(told['low'])}–{shown(told['high'])} | {floor} | {target} | {told['n']:,} |"
        )
    held = summary["splits"]["test"].get("right")
    if held is not None:
        lines += [
            "",
            f"On the `test` split alone: right {shown(held['value'])} ({shown(held['low'])}–{shown(held['high'])}, {held['n']} questions). "
            "The split was drawn after the product had been developed with most of these questions in sight.",
        ]
    return "\n".join(
        [*lines, "", f"[docs/evals.md](docs/evals.md) says how each of {len(METRICS)} metrics is defined.", END]
    )


def renewed(text: str, summary: Mapping[str, Any]) -> str:
    """Return the README with its block renewed. Raises BadCase when it has no markers."""
    start, end = text.find(BEGIN), text.find(END)
    if start < 0 or end < start:
        raise BadCase(f"README.md 里没有 {BEGIN} 和 {END} 两行标记，请放在要显示成绩的地方。")
    return text[:start] + block(summary) + text[end + len(END) :]
