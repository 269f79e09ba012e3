"""Where every question arrives: limits, history, suggestions, sessions, and what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from corpus.errors import BadIndex, QuestionError
from rag.llm.breaker import Breaker
from rag.records import Answer
from tests.fakes_ui import HARBOUR, SCRIPT, TARGET, ScriptedAnswerer, ScriptedFinder, ScriptedSuggester
from tests.ui.conftest import awaited
from ui import wording
from ui.service.desk import Desk, Sessions, Turn, grown
from ui.service.editions import Edition
from ui.service.explaining import explain
from ui.service.limits import MAX_TURNS, ServerLimits, TooMany, Turnstile, Visitor
from ui.service.metering import Meter

HERE = Visitor(local=True)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(turnstile: Turnstile, visitor: Visitor) -> float:
    """Return the seconds to wait, 0 when let in."""
    try:
        turnstile.admit(visitor)
    except TooMany as error:
        return error.wait
    return 0.0


def test_a_visitor_may_ask_so_often_a_minute_and_again_when_a_token_is_back() -> None:
    turnstile = Turnstile(ServerLimits(per_minute=10, per_day=0), clock := Clock())
    visitor = Visitor("203.0.113.9", "one")
    assert [refused(turnstile, visitor) for _ in range(11)] == [0.0] * 10 + [6.0]
    clock.now = 5.0
    assert refused(turnstile, visitor) == pytest.approx(1.0)
    clock.now = 6.1
    assert refused(turnstile, visitor) == 0.0
    assert refused(turnstile, Visitor("203.0.113.9", "two")) == 0.0


def test_a_day_has_its_own_limit() -> None:
    turnstile = Turnstile(ServerLimits(per_minute=0, per_day=3), clock := Clock())
    visitor = Visitor("203.0.113.9", "one")
    assert [refused(turnstile, visitor) > 0 for _ in range(4)] == [False, False, False, True]
    clock.now = 8 * 3600 + 1
    assert refused(turnstile, visitor) == 0.0


def test_new_sessions_do_not_help_an_address_that_floods() -> None:
    turnstile = Turnstile(ServerLimits(per_minute=2, per_day=0), Clock())
    let_in = sum(not refused(turnstile, Visitor("203.0.113.9", f"session{n}")) for n in range(100))
    assert let_in == 20


def test_this_machine_is_not_counted_and_zero_is_no_limit() -> None:
    assert not any(refused(Turnstile(ServerLimits(per_minute=1), Clock()), HERE) for _ in range(50))
    free = Turnstile(ServerLimits(per_minute=0, per_day=0), Clock())
    assert not any(refused(free, Visitor("203.0.113.9")) for _ in range(500))


def test_the_last_answer_carries_what_to_ask_next_told_of_all_before() -> None:
    heard: list[Sequence[str]] = []

    class Suggester(ScriptedSuggester):
        def after(self, answer: Answer, told: Sequence[str] = ()) -> tuple[str, ...]:
            heard.append(told)
            return ("下一问？",)

    desk = Desk(Edition(ScriptedAnswerer(), suggester=Suggester()))
    before = (Turn("甲？", "答", ("乙？", "丙？")),)
    (answer,) = desk.replies("记得吗", before, HERE, "api")
    assert answer.suggestions == ("下一问？",)
    assert heard == [["甲？", "乙？", "丙？"]]
    assert answer.answer.startswith("1 轮：甲？→答")


def test_what_a_model_writes_is_shown_as_it_grows_and_asked_on_only_when_it_is_whole() -> None:
    desk = Desk(Edition(ScriptedAnswerer(), suggester=ScriptedSuggester()))
    answers = list(desk.replies("慢慢说", (), HERE, "api"))
    assert len(answers) > 20
    assert {answer.suggestions for answer in answers[:-1]} == {()}
    assert answers[-1].suggestions == tuple(SCRIPT)[:3]


def test_everything_is_counted_by_its_door() -> None:
    desk = Desk(Edition(ScriptedAnswerer()), limits=ServerLimits(per_minute=1, per_day=0))
    list(desk.replies("你好", (), HERE, "page"))
    with pytest.raises(QuestionError):
        list(desk.replies("", (), HERE, "page"))
    with pytest.raises(BadIndex):
        list(desk.replies("坏一次", (), HERE, "mcp"))
    visitor = Visitor("203.0.113.9", "one")
    list(desk.replies("你好", (), visitor, "api"))
    with pytest.raises(TooMany):
        list(desk.replies("你好", (), visitor, "api"))
    counted = desk.meter.exposition(desk.edition).decode()
    for line in (
        'linping_answers_total{door="page",mode="extractive",status="smalltalk"} 1.0',
        'linping_rejected_total{door="page",reason="question"} 1.0',
        'linping_rejected_total{door="api",reason="rate"} 1.0',
        'linping_failures_total{door="mcp"} 1.0',
        "linping_in_flight 0.0",
        "linping_articles 3.0",
    ):
        assert line in counted
    assert not desk.busy()


def test_the_queue_is_as_long_as_it_may_be_and_no_longer() -> None:
    desk = Desk(Edition(ScriptedAnswerer(pause=0.02)), limits=ServerLimits(at_once=1, waiting=2))

    async def many() -> list[object]:
        return list(
            await asyncio.gather(*(desk.answer("慢慢说", (), HERE, "api") for _ in range(5)), return_exceptions=True)
        )

    results = awaited(many())
    assert sum(isinstance(one, Answer) for one in results) == 3  # one answered, two waiting
    assert [str(one) for one in results if isinstance(one, TooMany)] == [wording.BUSY] * 2


def test_a_listener_who_leaves_ends_the_answering() -> None:
    slow = ScriptedAnswerer(pause=0.01)
    desk = Desk(Edition(slow))

    async def leave() -> None:
        answers = desk.stream("慢得没有尽头", (), HERE, "api")
        await anext(answers)
        await answers.aclose()  # type: ignore[attr-defined]

    awaited(leave())
    assert slow.stopped == 1
    assert not desk.busy()


def test_a_conversation_keeps_its_latest_turns() -> None:
    conversation = ()
    answer = SCRIPT["你好"]("你好")
    for number in range(MAX_TURNS + 5):
        conversation = grown(conversation, f"问{number}", answer)
    assert [turn.question for turn in conversation] == [f"问{n}" for n in range(5, MAX_TURNS + 5)]


def test_sessions_are_forgotten_when_there_are_too_many_or_too_old() -> None:
    sessions = Sessions(2, clock := Clock())
    for name in ("a", "b", "c"):
        sessions.keep(name, (Turn(name, ""),))
    assert [sessions.find(name) is not None for name in ("a", "b", "c")] == [False, True, True]
    clock.now = 4 * 3600 + 1
    assert sessions.find("c") is None
    assert len({Sessions.fresh() for _ in range(100)}) == 100


def test_a_reason_ranks_a_sentence_among_those_considered() -> None:
    why = explain(ScriptedFinder(), TARGET, HARBOUR, 0, 0, "")
    assert why.final is None
    text = ScriptedFinder().find(TARGET).ranked[0].candidate
    why = explain(ScriptedFinder(), TARGET, text.article_id, text.start, text.end, text.text)
    assert (why.by_words, why.final) == (1, 1)
    assert why.by_meaning == why.considered  # the fake gives the first the least likeness
    assert why.matched


def test_the_breaker_of_a_language_model_shows_in_the_numbers() -> None:
    breaker = Breaker(threshold=2)
    for _ in range(2):
        assert breaker.allow()
        breaker.failed()
    counted = Meter().exposition(Edition(ScriptedAnswerer()), 0, breaker.health).decode()
    assert 'linping_model_circuit{state="open"} 1.0' in counted
    assert 'linping_model_circuit{state="closed"} 0.0' in counted
    assert "linping_model_circuit_opened 1.0" in counted
    assert "linping_model_circuit{" not in Meter().exposition(Edition(ScriptedAnswerer())).decode()
