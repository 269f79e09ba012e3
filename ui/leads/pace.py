"""How long a lead takes: `python -m ui.leads.pace FILE --index FOLDER`, FILE a questionnaire or a set of questions (.jsonl).

They are answered in blocks as the desk answers, a third of the blocks on one processor and the others on all of them: what else the
machine does meanwhile slows both alike. CPU seconds are those of this process, on all its threads; `busy` is how many processors it
had. Where others leave it fewer than there are, only the CPU seconds say something.
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

from ui.leads.answering import Sources
from ui.leads.desk import LeadDesk
from ui.leads.questionnaires import read_questionnaire
from ui.leads.records import LeadQuestion, Place, Questionnaire
from ui.leads.store import Store

_BLOCK: Final = 20  # questions
_REMEMBERED: Final = 5  # of each block, for the memory to look through


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
    sources = Sources(ExtractiveAnswerer(snapshot, Models.built_in(), today=date.today), snapshot)
    sources.answerer.answer(questions[0].text)  # what is read when it is first needed is not counted
    cores = sorted(os.sched_getaffinity(0))
    spent = {count: [0.0, 0.0, 0.0] for count in (1, len(cores))}
    with TemporaryDirectory() as scratch:
        desk = LeadDesk(Store(Path(scratch, "leads.sqlite")), lambda: sources, lambda: snapshot.embedder)
        for number, start in enumerate(range(0, len(questions), _BLOCK)):
            count = 1 if number % 3 == 1 else len(cores)
            _keep_to(cores[:count])
            block = questions[start : start + _BLOCK]
            lead = desk.store.add(Questionnaire("questions.txt", "txt", tuple(block)), b"", who="")
            wall, cpu = time.perf_counter(), time.process_time()
            done = desk.answer(lead, who="")
            for at, value in enumerate((done.done, time.perf_counter() - wall, time.process_time() - cpu)):
                spent[count][at] += value
            for item in desk.store.items(lead)[:_REMEMBERED]:
                if item.reply is not None and item.reply.proven:
                    desk.accept(item, who="")
    print("| processors | questions | s/question | CPU s/question | busy | 400 questions |\n|--:|--:|--:|--:|--:|--:|")
    for count, (asked, wall, cpu) in spent.items():
        if asked:
            row = f"| {count} | {asked:.0f} | {wall / asked:.3f} | {cpu / asked:.3f} | {cpu / wall:.2f} |"
            print(f"{row} {400 * wall / asked:.0f} s |")


def _keep_to(cores: Sequence[int]) -> None:
    """Let every thread of this process run on these processors alone."""
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def questions_of(path: Path) -> Sequence[LeadQuestion]:
    """Return the questions of a file, none twice, those of a set without the ones that go on from another."""
    if path.suffix != ".jsonl":
        return read_questionnaire(path.name, path.read_bytes()).questions
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = dict.fromkeys(row["question"] for row in rows if not row["history"])
    return [LeadQuestion(text, Place("", str(number))) for number, text in enumerate(texts, start=1)]


if __name__ == "__main__":
    main()
