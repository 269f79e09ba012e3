"""The scripted answerer as the lead desk asks it, and a small lead to begin with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from rag.records import Answer, Status
from tests.fakes_ui import SCRIPT, ScriptedAnswerer, ScriptedLibrary
from tests.ui.leads import files
from tests.ui.leads.postgres import SERVER, apart
from ui.leads.answering import AnsweringRun, Progress, Sources
from ui.leads.database import Address
from ui.leads.questionnaires import read_questionnaire
from ui.leads.records import Questionnaire
from ui.leads.store import Store

TODAY = date(2026, 2, 1)
OTHERWISE = {
    "那里目前集聚了多少家设计企业？": "青溪有多少家设计企业？",
    "目前那里有多少家设计企业？": "青溪有多少家设计企业？",
    "车站有哪些配套": "车站有哪些配套？",
    "请介绍一下数谷2025年完成投资的情况。": "那数谷呢？",
    "数谷2025年完成投资多少？": "那数谷呢？",
}


class LeadAnswerer(ScriptedAnswerer):
    """Knows the script's questions in the words of the three files; counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def answer(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        self.asked.append(question)
        known = OTHERWISE.get(question, question)
        answer = super().answer(known, history)
        if known not in SCRIPT and answer.status is Status.REFUSED:
            answer = replace(answer, answer="现有报道没有提到这一点。", citations=answer.citations[:1])
        return replace(answer, question=question)


def sources(answerer: LeadAnswerer | None = None) -> Sources:
    return Sources(answerer or LeadAnswerer(), ScriptedLibrary())


def address_at(folder: Path) -> Address:
    """Return the file of a folder, or where tests run on a server, tables of its own there."""
    return apart(os.environ[SERVER], folder) if SERVER in os.environ else folder / "leads.sqlite"


def store_at(folder: Path) -> Store:
    return Store(address_at(folder))


@lru_cache(maxsize=8)
def read(name: str, data: bytes) -> Questionnaire:
    return read_questionnaire(name, data)


def with_lead(folder: Path, name: str = "问卷.docx", data: bytes | None = None) -> tuple[Store, int]:
    """Return a store with one lead in it."""
    store = store_at(folder)
    data = files.word() if data is None else data
    lead = store.add(read(name, data), data, who="小周", client=files.COMPANY, due="2026-02-05")
    return store, lead


def answered(store: Store, lead: int, answerer: LeadAnswerer | None = None, at_once: int = 2) -> Progress:
    made = sources(answerer)
    return AnsweringRun(store, lead, lambda: made, today=lambda: TODAY, at_once=at_once).go()
