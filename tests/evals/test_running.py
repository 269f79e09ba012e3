"""Running: a crash is a row, an interrupted run goes on, a replay asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from corpus.records import Article
from evals.cases import EvalCase
from evals.metrics.relevance import Retrieved
from evals.run.outcomes import ERROR
from evals.run.replaying import NotRecorded, RecordedAnswers, model_cache
from evals.run.running import run
from evals.run.systems import BadSystem, Factory, Opened, load_system
from evals.run.worlds import World, world_of
from evals.verdict.gating import INCOMPLETE, check
from rag.protocol import Answerer
from rag.records import Answer
from tests.evals.oracle import Oracle


@dataclass
class Counting:
    """The oracle, counting whom it was asked for; it stumbles over ids in `broken`, and stops the run at `stop`."""

    broken: tuple[str, ...] = ()
    stop: str = ""
    name: str = "counting"
    fingerprint: str = "counting"
    asked: list[str] = field(default_factory=list)
    opened: int = 0

    def open(self, world: World) -> Opened:
        self.opened += 1
        return _Counted(self, Oracle().open(world))


@dataclass
class _Counted:
    owner: Counting
    whole: Opened

    def answer(self, case: EvalCase) -> Answer:
        self.owner.asked.append(case.id)
        if case.id == self.owner.stop:
            raise KeyboardInterrupt
        if case.id in self.owner.broken:
            raise RuntimeError("broken wire")
        return self.whole.answer(case)

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...] | None:
        return self.whole.search(case, answer)


@pytest.fixture
def few(suite: tuple[EvalCase, ...]) -> tuple[EvalCase, ...]:
    return tuple(case for case in suite if case.family == "date")[:6]


def test_rows_come_in_the_order_of_the_cases(few: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> None:
    done = run(few, Counting(), articles)
    assert [row.case.id for row in done.rows] == [case.id for case in few]
    assert done.asked == 6


def test_a_crash_is_a_row_and_the_run_goes_on(few: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> None:
    system = Counting(broken=(few[2].id,))
    done = run(few, system, articles)
    row = done.rows[2]
    assert (row.verdict, row.cause, row.metrics) == (ERROR, "I1", {})
    assert "RuntimeError：broken wire（test_running.py" in row.outcome.error
    assert system.asked.count(few[2].id) == 2  # once more before it is an error
    assert sum(one.verdict == ERROR for one in done.rows) == 1
    assert check(done, (), whole=False).code == INCOMPLETE


def test_an_interrupted_run_goes_on_where_it_stopped(
    few: tuple[EvalCase, ...], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(few, Counting(stop=few[3].id), articles, journal=journal)
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"id": "torn')
    again = Counting()
    done = run(few, again, articles, journal=journal)
    assert again.asked == [case.id for case in few[3:]]
    assert done.rows == run(few, Oracle(), articles).rows or [row.metrics for row in done.rows] == [
        row.metrics for row in run(few, Oracle(), articles).rows
    ]


def test_a_journal_of_another_product_is_not_gone_on_with(
    few: tuple[EvalCase, ...], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    run(few, Counting(), articles, journal=journal, product="old")
    again = Counting()
    run(few, again, articles, journal=journal, product="new")
    assert len(again.asked) == 6


def test_a_replay_opens_no_system_and_a_missing_answer_is_an_error(
    few: tuple[EvalCase, ...], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    tape = tmp_path / "tape.jsonl"
    first = run(few[:5], Counting(), articles, cache=RecordedAnswers(tape, replay=False))
    system = Counting()
    done = run(few, system, articles, cache=RecordedAnswers(tape, replay=True))
    assert (system.opened, system.asked) == (0, [])
    assert [row.metrics for row in done.rows[:5]] == [row.metrics for row in first.rows]
    assert done.rows[5].verdict == ERROR
    with pytest.raises(NotRecorded):
        RecordedAnswers(tmp_path / "no-such.jsonl", replay=True)


def test_replies_of_a_chat_model_are_replayed_and_never_asked_for(tmp_path: Path) -> None:
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    tape = tmp_path / "replies.jsonl"
    live = FakeListChatModel(responses=["一", "二"], cache=model_cache(tape, replay=False))
    assert [live.invoke("甲").content, live.invoke("乙").content, live.invoke("甲").content] == ["一", "二", "一"]
    dead = FakeListChatModel(responses=["一", "二"], cache=model_cache(tape, replay=True))
    assert dead.invoke("乙").content == "二"
    with pytest.raises(NotRecorded):
        dead.invoke("丙")


def test_a_world_of_an_earlier_day_holds_no_later_article(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...]
) -> None:
    early = next(case for case in suite if case.as_of is not None and case.as_of.year == 2024 and case.as_of.month == 4)
    assert [article.id for article in world_of(early, articles).articles] == ["2024-02-linping-chengdong-xinzhongxin"]


def test_a_planted_article_lives_in_its_own_world_alone(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...]
) -> None:
    attacked = next(case for case in suite if case.planted is not None)
    assert len(world_of(attacked, articles).articles) == len(articles) + 1
    assert len(world_of(suite[0], articles).articles) == len(articles)


class Silent:
    def __init__(self, articles: Mapping[str, Article]) -> None:
        self.articles = articles

    def answer(self, question: str, history: object = ()) -> Answer:
        raise NotImplementedError


def test_any_answerer_can_be_named(articles: tuple[Article, ...]) -> None:
    system = load_system("tests.evals.test_running:Silent")
    assert isinstance(system, Factory)
    opened = system.open(World("all", articles))
    assert opened.search(None, None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["nobody", "no.such:thing", "json:nothing", "json:decoder", "llm"])
def test_a_system_that_does_not_exist_is_no_verdict_on_the_product(name: str, articles: tuple[Article, ...]) -> None:
    with pytest.raises(BadSystem) as caught:
        load_system(name).open(World("all", articles))
    assert caught.value.exit_code == 20


def test_the_language_model_of_the_settings_stands_around_the_built_in_answerer(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...]
) -> None:
    wrapped: list[Answerer] = []

    def around(base: Answerer) -> Answerer:
        wrapped.append(base)
        return base

    system = load_system("llm", model=lambda: ("a-model", around))
    done = run(suite[:1], system, articles)
    assert len(wrapped) == 1
    assert "a-model" in system.fingerprint
    assert done.rows[0].outcome.answer is not None
    assert done.rows[0].outcome.retrieved
