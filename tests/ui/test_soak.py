"""The soak sees what it is there to see: a crossed answer at every door, memory and files that grow."""

from __future__ import annotations

import httpx
import pytest

from tests.ui.conftest import awaited
from ui import wording
from ui.trials.soak import AtRest, Met, Visitors, growth, verdict

QUESTIONS = ["青溪2028工业目标是多少?", "青溪的房价是多少？"]


async def asked(address: str, crossed: bool) -> tuple[Met, list[str]]:
    """Return what is met when each door is tried with each question, and the doors."""
    async with httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as client:
        visitors = Visitors(client, Met())
        visitors.questions = list(QUESTIONS)
        await visitors.learn()
        if crossed:
            one, other = QUESTIONS
            visitors._right = {one: visitors._right[other], other: visitors._right[one]}
        doors = dict(visitors._doors)
        for name, (_, ask) in doors.items():
            visitors._doors = {name: (1, ask)}
            await visitors.one()
        return visitors.met, list(doors)


def test_every_door_is_tried_and_a_crossed_answer_is_seen_at_each_that_answers(address: str) -> None:
    met, doors = awaited(asked(address, crossed=False))
    assert met.wrong == []
    assert sorted(met.doors) == sorted(doors)
    met, doors = awaited(asked(address, crossed=True))
    told = {fault.split(":")[0] for fault in met.wrong}
    assert told == {"page", "api", "follow-up", "stream", "openai", "openai stream", "mcp"}
    assert all("crossed" in fault for fault in met.wrong)


@pytest.mark.parametrize(("told", "full"), [(wording.BUSY, 1), ("文章索引暂时不能用。", 0)])
def test_want_of_room_is_counted_and_another_failure_told(told: str, full: int) -> None:
    def answered(_: httpx.Request) -> httpx.Response:
        result = {"isError": True, "content": [{"type": "text", "text": told}]}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": result})

    async def asked() -> Met:
        async with httpx.AsyncClient(base_url="http://here/", transport=httpx.MockTransport(answered)) as client:
            visitors = Visitors(client, Met())
            visitors.questions, visitors._right = QUESTIONS, {one: {"3000亿元"} for one in QUESTIONS}
            visitors._doors = {"mcp": visitors._doors["mcp"]}
            await visitors.one()
            return visitors.met

    met = awaited(asked())
    assert (met.full, len(met.wrong)) == (full, 1 - full)


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        ((100, 40, 12), ""),
        ((102, 40, 12), ""),
        ((104, 40, 12), "memory"),
        ((100, 41, 12), "files"),
        ((100, 40, 14), "threads"),
    ],
)
def test_growth_in_the_last_third_is_a_fault_and_at_the_beginning_none(last: tuple[int, int, int], fault: str) -> None:
    met = Met(seconds=[0.1])
    steady = AtRest(100, 40, 12, 5.0)
    readings = [AtRest(60, 30, 9, 5.0), AtRest(90, 35, 10, 5.0), steady, steady, *[AtRest(*last, 5.0)] * 2]
    assert [one.split()[0] for one in verdict(met, readings)] == ([fault] if fault else [])
    assert growth(readings) == pytest.approx(last[0] / 100)
    met.wrong.append("api: crossed")
    assert verdict(met, readings)[0] == "1 visits went wrong"


@pytest.mark.parametrize(
    ("threads", "faults"),
    [
        ([15, 14, 13, 18, 14, 18, 14, 16, 15, 15, 14, 16, 19, 14, 17], []),  # an hour in which none was left
        ([12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26], ["threads grew from at most 21 to 24"]),
    ],
)
def test_threads_that_come_and_go_are_no_growth_and_one_a_round_is(threads: list[int], faults: list[str]) -> None:
    assert verdict(Met(seconds=[0.1]), [AtRest(100, 10, count, 5.0) for count in threads]) == faults
