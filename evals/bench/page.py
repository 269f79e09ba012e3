"""Figures to the page and the plot."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from evals.bench.answers import Ending, as_strict
from evals.unseen import share

Figures = dict[str, Any]
_HEAD = """# Ours beside its peers

Written by `make bench` (`python -m evals.bench`); not to be edited. Passages are cut from news articles, with the texts of
CMRC 2018's trial set among them, whose questions are asked; the most that the data give are cut shorter, and laws join the news. Every system
gets the same passages, vectors of the same embedder, and jieba's words where it asks for words. Each is measured in
a process of its own; ours is the whole product's index with its articles, hashes and waits for the disk, built in one
process and opened by another. LangChain compares by inner product and joins by id: by its defaults a passage without a vector would be near to
every question, and one printed three times would count three times (Recall@1 .45 at 100,000). «langchain/reranked» puts the first twenty in order by a cross-encoder, our reader;
«/encoder» has the vectors of our pretrained encoder, all others those of the static embedder.

**How to read it.** Ratios compare within one size: 10 means ten times what ours takes. Times are the processor's, of all
threads, in milliseconds and seconds: seconds on the clock would tell who else used the machine.
Memory is what the process holds while it answers (ours maps its files: pages that the system may take back are counted
too), and the most that it held while indexing. What is not below was not measured: `make bench` goes on from the figures in
`build/`.
"""
_ANSWERS = """## Whole answers

Questions of `evals/sets/read_next.jsonl`, in pairs, one answered by its article and its near twin not, over news; shares with
95 % intervals. Ours is the product without a language model. LangChain finds as above, then a reader takes the likeliest
sentence of the first five passages, or refuses where it is likelier that none answers: our own reader as a Runnable, without
the judge, the times, the places and the proof that we put around it (our weights are ONNX, which the question-answering
pipeline of `transformers` cannot load). Its last row takes the threshold at which it refuses as many of the absent as ours
does: chosen on these very questions, which no one could do beforehand.
"""
_BUSY = 4.0  # load average
_CAVEAT = """**This was measured on a busy machine** (load averages of {low:.0f} to {high:.0f}, some of the processes
beside each other). Threads that spin while they wait for each other count as working then, which makes systems of several
threads look slower than they are (LangChain, faiss and all that use it), ours hardly: it asks with one. Run it again where
nothing else runs before a ratio is quoted.
"""
_RATIOS = (("p50_cpu_ms", "p50"), ("p95_cpu_ms", "p95"), ("index_cpu_s", "index"), ("answer_mb", "memory"))


def written(found: Sequence[Figures], answered: Sequence[Figures] = ()) -> str:
    """Return docs/benchmark.md; `found` are the figures of retrieval, `answered` those of `evals.bench.answers`."""
    loads = [one.get("load", _BUSY) for one in found if "failed" not in one] or [0.0]
    caveat = [_CAVEAT.format(low=min(loads), high=max(loads))] if max(loads) >= _BUSY else []
    parts = [_HEAD, *caveat, "![Processor time of a question by passages](images/benchmark.svg)\n"]
    for size in sorted({one["passages"] for one in found}):
        here = [one for one in found if one["passages"] == size]
        parts.append(_section(size, here))
    parts.append(_growth(found))
    parts.append(_answers([one for one in answered if "failed" not in one]))
    versions = sorted({f"{name} {number}" for one in found for name, number in one.get("versions", {}).items()})
    parts.append(f"## Versions\nPython {platform.python_version()}, " + ", ".join(versions) + ".\n")
    return "\n".join(parts)


def _section(size: int, here: Sequence[Figures]) -> str:
    ours = next((one for one in here if one["system"] == "ours" and "failed" not in one), None)
    lines = [f"## {size:,} passages\n"]
    if ours:
        lines += [
            f"As multiples of ours, over {ours['questions']} questions; Recall as it is.\n",
            "| | " + " | ".join(name for _, name in _RATIOS) + " | Recall@1 | Recall@5 |",
            "|---|" + "--:|" * 6,
        ]
        for one in here:
            if "failed" not in one:
                ratios = " | ".join(_times(one[key], ours[key]) for key, _ in _RATIOS)
                lines.append(f"| {one['system']} | {ratios} | {one['recall_1']:.3f} | {one['recall_5']:.3f} |")
        lines.append("")
    lines += [
        "| | p50 ms | p95 ms | on the clock, p50 | index s | on the clock | peak MB | answering MB | open, processor s | disk MB |",
        "|---|" + "--:|" * 9,
    ]
    for one in here:
        if "failed" in one:
            lines.append(f"| {one['system']} | {one['failed']} |" + " |" * 8)
            continue
        opened = _short(one["open_cpu_s"]) if "open_cpu_s" in one else ""
        disk = f"{one['disk_mb']:,.0f}" if one["disk_mb"] else ""
        lines.append(
            f"| {one['system']} | {_short(one['p50_cpu_ms'])} | {_short(one['p95_cpu_ms'])} | {_short(one['p50_wall_ms'])} "
            f"| {_short(one['index_cpu_s'])} | {_short(one['index_s'])} | {one['index_peak_mb']:,.0f} | {one['answer_mb']:,.0f} "
            f"| {opened} | {disk} |"
        )
    return "\n".join(lines) + "\n"


def _times(theirs: float, ours: float) -> str:
    return _short(theirs / ours)


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2f}"


def _growth(found: Sequence[Figures]) -> str:
    """Return how the cost of a question of ours grows with the passages."""
    ours = sorted(
        (one for one in found if one["system"] == "ours" and "failed" not in one), key=lambda one: one["passages"]
    )
    if len(ours) < 2:
        return ""
    lines = [
        "## What a question costs as passages grow\n",
        "| passages | times the size before | times the cost before |",
        "|--:|--:|--:|",
    ]
    for before, one in pairwise(ours):
        grown = one["passages"] / before["passages"]
        lines.append(f"| {one['passages']:,} | {grown:.0f} | {one['p50_cpu_ms'] / before['p50_cpu_ms']:.1f} |")
    return "\n".join(lines) + "\n"


def _answers(answered: Sequence[Figures]) -> str:
    """Return how whole answers end, each system by its own threshold and by one as strict as ours."""
    if not answered:
        return ""
    lines = [
        _ANSWERS,
        "| | right of the answerable | absent refused | wrong among the answered | p50 ms |",
        "|---|--:|--:|--:|--:|",
    ]
    ours = next((one for one in answered if one["system"] == "ours"), None)
    for one in sorted(answered, key=lambda one: one is not ours):
        lines.append(_ending(one["system"], one, one["threshold"]))
        if ours is not None and one is not ours:
            refused = Ending.of(ours["asked"], ours["threshold"]).refused
            lines.append(_ending(f"{one['system']}, as strict as ours", one, as_strict(one["asked"], refused)))
    return "\n".join(lines) + "\n"


def _ending(name: str, one: Figures, threshold: float) -> str:
    ended = Ending.of(one["asked"], threshold)
    shares = (
        share(ended.right / ended.answerable, ended.answerable),
        share(ended.refused / ended.absent, ended.absent),
        share(ended.wrong / max(1, ended.right + ended.wrong), max(1, ended.right + ended.wrong)),
    )
    return f"| {name} | {' | '.join(shares)} | {one['p50_cpu_ms']:.0f} |"


def plot(found: Sequence[Figures], path: Path) -> None:
    """Draw processor time by passages, both axes by powers of ten."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "linping"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for system in dict.fromkeys(one["system"] for one in found):
        points = sorted(
            (one["passages"], one["p50_cpu_ms"]) for one in found if one["system"] == system and "failed" not in one
        )
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", label=system, linewidth=2.5 if system == "ours" else 1)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="processor time of a question, ms (median)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    pyplot.close(figure)
