"""The one record that everything shows: page, terminal, API and evals."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    ANSWERED = "answered"
    REFUSED = "refused"
    SMALLTALK = "smalltalk"


class Mode(StrEnum):
    EXTRACTIVE = "extractive"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Citation:
    """Whole sentences of one article, verbatim.

    `quote == article.text[start:end]`; `source_start`/`source_end` are the same words in the file as it was read.
    `published` reads «2024年5—6月» or is empty when nobody knows. `n` counts from 1 in the order of the answer.
    """

    n: int
    article_id: str
    headline: str
    publisher: str
    published: str
    published_inferred: bool
    start: int
    end: int
    source_start: int
    source_end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer with the numbers of the citations it rests on; none only in a refusal or small talk.

    `text` is cut from the quote it cites, whole clauses, cuts marked … . `value` is the part that answers, or empty.
    `label` tells claims of one answer apart (an as-of date, a list item's name), or is empty. `scope` is the period and
    subject of a `value` that is a figure («2023年 · 临平»), or empty.
    """

    text: str
    citations: tuple[int, ...]
    value: str = ""
    label: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two or more claims about the same thing that do not say the same.

    `relation` is one of 时间不同, 口径不同, 说法不一, 名称写法不同. `claims` are indices into `Answer.claims`, newest first.
    """

    subject: str
    relation: str
    claims: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for one question. `as_of` is the date line («据2024年5—6月报道（推定）»), `confidence` from 0 to 1.

    In a refusal `claims` is empty and `citations` holds the nearest lead, if there is one: a lead is not an answer.
    `calculation` is a formula as text, or empty. `standalone` is the question as it was understood after the history.
    """

    id: str
    question: str
    status: Status
    answer: str
    short_answer: str | None
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    as_of: str
    conflicts: tuple[Conflict, ...]
    confidence: float
    mode: Mode
    index_generation: str
    timings_ms: dict[str, float] = field(default_factory=dict)
    calculation: str = ""
    standalone: str = ""
    modality: str = ""
    notices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, keys in the order of the fields."""
        return asdict(self)
