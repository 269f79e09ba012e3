"""Cases × system → one outcome a case. A crash is a row; an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

from corpus.errors import LinpingError
from corpus.records import Article
from evals.cases import EvalCase, dataset_hash
from evals.run.outcomes import CaseOutcome, ScoredCase
from evals.run.replaying import RecordedAnswers
from evals.run.scoring import score
from evals.run.systems import BadSystem, Opened, System, units_of
from evals.run.worlds import World, corpus_hash, world_of

ANSWER, RETRIEVE = "answer", "retrieve"
_TRIES = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Run:
    """The outcome of every case that was reached, and what was asked of whom."""

    rows: tuple[ScoredCase, ...]
    asked: int
    dataset: str
    corpus: str
    system: str
    stage: str


def run(
    cases: Sequence[EvalCase],
    system: System,
    articles: Sequence[Article],
    *,
    stage: str = ANSWER,
    journal: Path | None = None,
    product: str = "",
    cache: RecordedAnswers | None = None,
    progress: Progress = lambda done, total: None,
) -> Run:
    """Ask everything and score it; rows come in the order of `cases`.

    `journal` keeps every outcome as it comes: called again with the same questions, articles and system, only what is
    missing is asked (`product` tells versions of the code apart). With a `cache`, answers are recorded, or replayed without opening the system. Raises BadSystem.
    """
    key = _key(cases, articles, system, f"{stage} {product}")
    done = _read_journal(journal, key)
    everything = {article.id: article for article in articles}
    rows: dict[str, ScoredCase] = {}
    with _Journal(journal, key, bool(done)) as written:
        for world, members in _by_world(cases, articles):
            units = units_of(world.articles)
            opened = _Lazily(system, world)
            for case in members:
                outcome = done.get(case.id)
                if outcome is None or outcome.error:
                    outcome = _asked(case, opened, stage, world, cache)
                    written(outcome)
                rows[case.id] = score(case, outcome, world.by_id, units, everything)
                progress(len(rows), len(cases))
    ordered = tuple(rows[case.id] for case in cases if case.id in rows)
    return Run(ordered, len(cases), dataset_hash(cases), corpus_hash(articles), system.name, stage)


class _Lazily:
    """A system that is opened when first asked: a replay or a finished journal opens none."""

    def __init__(self, system: System, world: World) -> None:
        self._system = system
        self._world = world
        self._opened: Opened | None = None

    def __call__(self) -> Opened:
        if self._opened is None:
            try:
                self._opened = self._system.open(self._world)
            except BadSystem:
                raise
            except Exception as error:
                raise BadSystem(f"{self._system.name} 打不开：{error}") from error
        return self._opened


def _asked(case: EvalCase, opened: _Lazily, stage: str, world: World, cache: RecordedAnswers | None) -> CaseOutcome:
    if cache is not None and stage == ANSWER and (kept := cache.get(case, world)) is not None:
        return kept
    error = ""
    for _ in range(_TRIES):
        started = perf_counter()
        try:
            system = opened()
            answer = system.answer(case) if stage == ANSWER else None
            seconds = perf_counter() - started
            found = system.search(case, answer)
            if stage == RETRIEVE:
                seconds = perf_counter() - started
            outcome = CaseOutcome(case.id, answer, found, "", seconds)
        except BadSystem:
            raise
        except Exception as problem:  # whatever a system does wrong is a row of its report
            error = _told(problem)
            continue
        if cache is not None and stage == ANSWER:
            cache.put(case, world, outcome)
        return outcome
    return CaseOutcome(case.id, None, None, error or "没有回答")


def _told(problem: Exception) -> str:
    if isinstance(problem, LinpingError):
        return f"{type(problem).__name__}：{problem}"
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__}：{problem}（{Path(last.filename).name} 第 {last.lineno} 行）"


def _by_world(cases: Sequence[EvalCase], articles: Sequence[Article]) -> Iterator[tuple[World, list[EvalCase]]]:
    """Yield the cases of one world after another, so that one world at a time is in memory."""
    grouped: dict[tuple[Any, Any], list[EvalCase]] = {}
    for case in cases:
        grouped.setdefault((case.as_of, case.planted), []).append(case)
    for members in grouped.values():
        yield world_of(members[0], articles), members


def _key(cases: Sequence[EvalCase], articles: Sequence[Article], system: System, rest: str) -> str:
    told = f"{dataset_hash(cases)} {corpus_hash(articles)} {system.fingerprint} {rest}"
    return sha256(told.encode()).hexdigest()


def _read_journal(path: Path | None, key: str) -> dict[str, CaseOutcome]:
    """Return the outcomes of an interrupted run of the same key; nothing for another one. A torn last line is dropped."""
    if path is None or not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if not lines or lines[0] != json.dumps({"key": key}):
        return {}
    done: dict[str, CaseOutcome] = {}
    for line in lines[1:]:
        try:
            outcome = CaseOutcome.from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, LinpingError):
            continue
        done[outcome.case_id] = outcome
    return done


class _Journal:
    """Appends outcomes to a file as they come, flushed line by line."""

    def __init__(self, path: Path | None, key: str, resumed: bool) -> None:
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a" if resumed else "w", encoding="utf-8")
            self._line({"key": key} if not resumed else None)

    def __enter__(self) -> Callable[[CaseOutcome], None]:
        return lambda outcome: self._line(outcome.to_json())

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _line(self, row: Mapping[str, Any] | None) -> None:
        if self._file is not None and row is not None:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._file.flush()
