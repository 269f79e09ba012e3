"""How long a lead takes: `python -m ui.leads.pace FILE --index FOLDER`, FILE a questionnaire or a set of questions (.jsonl).

The questions are answered in blocks, every fifth block one question after the other: what else the machine does meanwhile slows
both alike. CPU seconds are those of this process, on all its threads.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from ui.leads.answering import AT_ONCE, Run, Sources
from ui.leads.questionnaires import read_questionnaire
from ui.leads.records import Place, Question, Questionnaire
from ui.leads.store import Store

_BLOCK: Final = 20  # questions


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--index", "folder", type=click.Path(path_type=Path), required=True)
@click.option("--most", type=int, default=400, help="questions")
def main(path: Path, folder: Path, most: int) -> None:
    from index.storage.store import open_with
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models

    questions = questions_of(path)[:most]
    snapshot = open_with(folder, "auto")
    sources = Sources(ExtractiveAnswerer(snapshot, Models.load(), today=date.today), snapshot)
    sources.answerer.answer(questions[0].text)  # what is read when it is first needed is not counted
    spent = {1: [0, 0.0, 0.0], AT_ONCE: [0, 0.0, 0.0]}
    before = os.getloadavg()[0]
    with TemporaryDirectory() as scratch:
        store = Store(Path(scratch, "leads.sqlite"))
        for number, start in enumerate(range(0, len(questions), _BLOCK)):
            at_once = 1 if number % 5 == 2 else AT_ONCE
            block = questions[start : start + _BLOCK]
            lead = store.add(Questionnaire("questions.txt", "txt", tuple(block)), b"", who="")
            wall, cpu = time.perf_counter(), time.process_time()
            done = Run(store, lead, lambda: sources, at_once=at_once).go()
            for at, value in enumerate((done.done, time.perf_counter() - wall, time.process_time() - cpu)):
                spent[at_once][at] += value
    print("| at once | questions | s/question | CPU s/question | 400 questions |\n|--:|--:|--:|--:|--:|")
    for at_once, (count, wall, cpu) in spent.items():
        if count:
            print(f"| {at_once} | {count:.0f} | {wall / count:.3f} | {cpu / count:.3f} | {400 * wall / count:.0f} s |")
    print(f"cores {os.cpu_count()}, load {before:.1f} before, {os.getloadavg()[0]:.1f} after")


def questions_of(path: Path) -> Sequence[Question]:
    """Return the questions of a file, none twice, those of a set without the ones that go on from another."""
    if path.suffix != ".jsonl":
        return read_questionnaire(path.name, path.read_bytes()).questions
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = dict.fromkeys(row["question"] for row in rows if not row["history"])
    return [Question(text, Place("", str(number))) for number, text in enumerate(texts, start=1)]


if __name__ == "__main__":
    main()
