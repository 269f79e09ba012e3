"""The breaker opens, lets one probe pass, and closes; retries have a budget."""

from __future__ import annotations

from rag.llm.breaker import Breaker, RetryBudget, State


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.allow()
        breaker.failed()


def test_five_failures_in_a_row_open_it_and_four_do_not() -> None:
    breaker = Breaker(5, 30, Clock())
    fail(breaker, 4)
    assert breaker.allow()
    breaker.succeeded()
    fail(breaker, 5)
    assert not breaker.allow()
    assert breaker.health.state is State.OPEN
    assert breaker.health.refused == 1


def test_after_its_rest_one_probe_passes_and_decides() -> None:
    clock = Clock()
    breaker = Breaker(5, 30, clock)
    fail(breaker, 5)
    clock.now = 29.9
    assert not breaker.allow()
    clock.now = 30.0
    assert breaker.health.state is State.HALF_OPEN
    assert breaker.allow()
    assert not breaker.allow()  # one at a time
    breaker.failed()
    assert not breaker.allow()
    clock.now = 60.0
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.health.state is State.CLOSED
    assert (breaker.health.failures, breaker.health.opened) == (0, 2)


def test_an_abandoned_probe_lets_the_next_one_pass() -> None:
    clock = Clock()
    breaker = Breaker(1, 30, clock)
    fail(breaker, 1)
    clock.now = 30.0
    assert breaker.allow()
    breaker.abandoned()
    assert breaker.allow()


def test_retries_are_a_tenth_of_the_requests_of_a_minute_with_a_floor() -> None:
    clock = Clock()
    budget = RetryBudget(0.1, 2, clock)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    for _ in range(40):
        budget.asked()
    assert [budget.take() for _ in range(3)] == [True, True, False]  # four of forty
    clock.now = 61.0
    assert budget.take()
