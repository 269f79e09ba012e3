"""How long asking takes. A single time means little on a shared machine: what counts are ratios within one run.

`python -m ui.trials.benchmark asking QUESTIONS.jsonl`: cold against importing sentence-transformers, warm, memory.
`python -m ui.trials.benchmark page`: the page's first answer in a browser against a bare Gradio echo app's.
`python -m ui.trials.benchmark slow-line`: a phone over 400 ms and 1 Mbit/s: first paint, first answer, bytes.
`python -m ui.trials.benchmark users`: a hundred visitors and one alone, in turns; their 95th percentiles as a ratio.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import click

from corpus.errors import LinpingError
from index.search.embedding import load_embedder
from index.storage.store import open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from ui.settings import load_settings
from ui.trials.serving import ASKED, COMMAND, started

_COLD = "临平2028工业目标是多少?"
# What Gradio itself takes: its chat that says what it was told; and the least there is, one box and one piece of HTML.
_LAUNCH = """
_, address, _ = app.launch(server_port=None, prevent_thread_lock=True, quiet=True, ssr_mode=False)
print(address, flush=True)
time.sleep(10_000)
"""
_CHAT = (
    "import gradio as gr, time\napp = gr.ChatInterface(lambda message, history: message, analytics_enabled=False)"
    + _LAUNCH
)
_ECHO = (
    """
import gradio as gr, time
said = []
def echo(text):
    said.append(f"<p class='echo'>{text}</p>")
    return "".join(said)
with gr.Blocks(analytics_enabled=False) as app:
    box, out = gr.Textbox(), gr.HTML()
    box.submit(echo, box, out)
"""
    + _LAUNCH
)


@click.group()
def main() -> None:
    """Print figures as Markdown tables."""


@main.command()
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--index", "index_dir", type=click.Path(path_type=Path), help="folder of the index")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 50))
def asking(questions: Path, index_dir: Path | None, runs: int) -> None:
    """Cold and warm questions, without a page."""
    folder = index_dir or load_settings().index
    ask = [sys.executable, "-c", COMMAND, "ask", _COLD, "--index", str(folder)]
    other = [sys.executable, "-c", "import sentence_transformers"]
    started = perf_counter()
    try:
        answerer = ExtractiveAnswerer(open_index(folder, load_embedder()), Models.built_in())
    except LinpingError as error:  # no index, most often
        raise click.ClickException(str(error)) from error
    opened = perf_counter() - started
    cold, imported = [], []
    for _ in range(runs):
        cold.append(_seconds(ask))
        imported.append(_seconds(other))
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    asked = [row["question"] for row in rows if row["question"].strip()]
    for question in asked[:20]:
        answerer.answer(question)
    times = sorted(_answer_time(answerer, question) for question in asked)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    ratio = statistics.median(cold) / statistics.median(imported)
    click.echo("| what | figure |\n|---|--:|")
    click.echo(f"| one question, cold, whole process, median of {runs} | {statistics.median(cold):.2f} s |")
    click.echo(f"| … as a ratio to `import sentence_transformers` | {ratio:.2f} |")
    click.echo(f"| opening index ({len(answerer.articles)} articles) and models | {opened * 1000:.0f} ms |")
    click.echo(f"| warm, median of {len(times)} questions | {times[len(times) // 2] * 1000:.0f} ms |")
    click.echo(f"| warm, 95th percentile | {times[int(len(times) * 0.95)] * 1000:.0f} ms |")
    click.echo(f"| resident memory, at most | {memory} MB |")


@main.command()
@click.option("--runs", default=12, show_default=True, type=click.IntRange(2, 100))
def page(runs: int) -> None:
    """From Enter to the first answer on screen, in Chromium, against a bare echo app; asked in turn."""
    from ui.trials import screenshots

    with (
        started("serve", "--port", "0") as (ours, _),
        started(code=_CHAT) as (chat, _),
        started(code=_ECHO) as (echo, _),
        screenshots.browser() as seen_by,
    ):
        pages = {  # where, its box, what is counted
            "this page": (ours, "#question textarea", ".turns .turn:not([data-shape=pending])"),
            "a bare Gradio chat that echoes": (chat, "textarea", ".message.bot:not(.pending)"),
            "a bare Gradio box that echoes": (echo, "textarea", ".echo"),
        }
        opened = {name: seen_by.new_page() for name in pages}
        for name, (address, box, _) in pages.items():
            opened[name].goto(address, timeout=120_000)
            opened[name].wait_for_selector(box, timeout=120_000)
            opened[name].wait_for_timeout(3000)
        times: dict[str, list[float]] = {name: [] for name in pages}
        for run in range(runs + 2):  # the first two warm all up
            for name, (_, box, answers) in pages.items():
                taken = opened[name].evaluate(_PRESS, [box, ASKED[run % len(ASKED)], answers])
                opened[name].wait_for_timeout(400)
                if run >= 2:
                    times[name].append(taken)
    click.echo(f"| from Enter to the first answer, medians of {runs} | ms | this page's, as a ratio |\n|---|--:|--:|")
    first = statistics.median(times["this page"])
    for name, values in times.items():
        middle = statistics.median(values)
        click.echo(f"| {name} | {middle:.0f} | {first / middle:.2f} |")
    click.echo(f"| slowest on this page | {max(times['this page']):.0f} | |")


# Fill the box as an input method does, press Enter, wait until there is one answer more; milliseconds.
_PRESS = """async ([box, question, answers]) => {
    const area = document.querySelector(box);
    const before = document.querySelectorAll(answers).length;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, question);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 150));
    const started = performance.now();
    for (const kind of ["keydown", "keypress", "keyup"]) {
        area.dispatchEvent(new KeyboardEvent(kind, { key: "Enter", code: "Enter", bubbles: true, cancelable: true }));
    }
    while (document.querySelectorAll(answers).length <= before) {
        if (performance.now() - started > 60_000) throw new Error("no answer");
        await new Promise((done) => requestAnimationFrame(done));
    }
    return performance.now() - started;
}"""


@main.command("slow-line")
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1, 5))
def over_a_slow_line(runs: int) -> None:
    """A phone over a slow line, and without one beside it; medians. Exits 1 when a bound is passed.

    The line may add 4 s to the largest paint and 2.5 s to an answer, the first one pressed as soon as the page stands
    included; nothing may move by more than .05, and 100 kB are all that may be transferred, none of it a toolbox's.
    """
    from ui.trials import screenshots
    from ui.trials.slow_line import BYTES, LATENCY, Felt, felt

    found: dict[bool, list[Felt]] = {True: [], False: []}
    with started("serve", "--port", "0") as (address, _), screenshots.browser() as seen_by:
        for run in range(runs):
            asked = (ASKED[2 * run], ASKED[2 * run + 1])
            felt(seen_by, address, asked, slow=False)  # else only the first to ask waits for what is then remembered
            for slow, felts in found.items():
                felts.append(felt(seen_by, address, asked, slow=slow))
    over, without = (
        {n: statistics.median(getattr(one, n) for one in felts) for n in Felt.__slots__} for felts in found.values()
    )
    click.echo(f"| medians of {runs} | {LATENCY} ms, {BYTES * 8 // 1_000_000} Mbit/s | no such line |\n|---|--:|--:|")
    for name, words in _FELT.items():
        click.echo(f"| {words} | {over[name]:.1f} s | {without[name]:.1f} s |")
    click.echo(f"| transferred, compressed | {over['bytes'] / 1000:.0f} kB | |")
    click.echo(f"| layout shift | {over['shift']:.3f} | |")
    added = {name: over[name] - without[name] for name in _FELT}
    late = added["largest"] > 4 or max(added["early"], added["answer"]) > 2.5
    if late or over["bytes"] > 100_000 or over["other_bytes"] or over["shift"] >= 0.05:
        raise SystemExit(1)


_RATIO = 8  # of a crowd to one visitor, 95th percentiles
_FELT = {
    "painted": "first paint",
    "largest": "largest paint",
    "early": "from Enter, pressed as soon as the page stands, to the whole answer",
    "answer": "… of a second question",
}


@main.command()
@click.option("--users", "count", default=100, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(1, 3600), help="of one round")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 20))
@click.option("--cache/--no-cache", default=True, help="with or without answers kept for the next who asks the same")
def users(count: int, seconds: float, rounds: int, cache: bool) -> None:
    """Many visitors, reading 5 to 25 s between questions, and one alone, in turns; exits 1 above 8 times or for any fault."""
    from ui.trials.crowd import Crowd, gather

    alone, crowd, visitors = Crowd(), Crowd(), 0
    with started("serve", "--port", "0", LINPING_CACHED_ANSWERS="1000" if cache else "0") as (address, _):
        asyncio.run(gather(address, 1, 10.0, ASKED, (0.1, 0.2)))  # what is prepared at the start is over
        for _ in range(rounds):
            met, _ = asyncio.run(gather(address, 1, min(seconds, 15.0), ASKED, (0.1, 0.2)))
            alone.seconds += met.seconds
            met, read = asyncio.run(gather(address, count, seconds, ASKED, (5.0, 25.0)))
            crowd.seconds += met.seconds
            crowd.wrong += met.wrong
            visitors = max(visitors, sum(map(bool, read.values())))
    ratio = crowd.percentile(0.95) / alone.percentile(0.95)
    click.echo(
        f"| {count} visitors for {rounds} × {seconds:.0f} s, {'with' if cache else 'without'} the answer cache | figure |\n|---|--:|"
    )
    click.echo(f"| answers | {len(crowd.seconds)}, of {visitors} visitors |")
    click.echo(f"| errors, or answers to somebody else's question | {len(crowd.wrong)} |")
    click.echo(f"| 95th percentile, whole answer | {crowd.percentile(0.95) * 1000:.0f} ms |")
    click.echo(f"| … of one visitor alone ({len(alone.seconds)} answers) | {alone.percentile(0.95) * 1000:.0f} ms |")
    click.echo(f"| ratio, at most {_RATIO} | {ratio:.1f} |")
    for fault in crowd.wrong[:10]:
        click.echo(fault, err=True)
    if crowd.wrong or ratio > _RATIO:
        raise SystemExit(1)


def _seconds(command: list[str]) -> float:
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - started


def _answer_time(answerer: ExtractiveAnswerer, question: str) -> float:
    started = perf_counter()
    answerer.answer(question)
    return perf_counter() - started


if __name__ == "__main__":
    main()
