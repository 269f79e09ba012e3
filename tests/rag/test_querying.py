"""Further questions of a model are searched with only when they add and drop no figure."""

from __future__ import annotations

from collections.abc import Sequence

from rag.llm.generator import Event, Failed, Finished, Generation, Text, Trouble
from rag.llm.prompt import Message
from rag.llm.queries import Aids, QueryAids, keeps_figures


class Said:
    """A model in memory that says one thing to each aid, in the order they are asked, and then ends."""

    name = "said"

    def __init__(self, *answers: str | Event) -> None:
        self._answers = list(answers)
        self.closed = 0

    def start(self, messages: Sequence[Message]) -> Generation:
        answer = self._answers.pop(0)
        events: list[Event] = [Text(answer), Finished("stop")] if isinstance(answer, str) else [Text("半句"), answer]
        return _Once(events, self)


class _Once:
    def __init__(self, events: list[Event], owner: Said) -> None:
        self._events = events
        self._owner = owner

    def next(self, timeout: float) -> Event | None:
        return self._events.pop(0) if self._events else None

    def close(self) -> None:
        self._owner.closed += 1


def further(
    said: Said, aids: Aids, question: str = "工业目标多少", history: Sequence[tuple[str, str]] = ()
) -> tuple[str, ...]:
    return QueryAids(said, aids, question, history).questions()


def test_lines_become_questions_without_their_numbers_and_quotes() -> None:
    said = Said("1. 规模以上工业产值的目标是多少？\n- “工业总产值要达到多少？”\n\n好\n")
    assert further(said, Aids(expand=True)) == ("规模以上工业产值的目标是多少？", "工业总产值要达到多少？")
    assert said.closed == 1


def test_no_more_than_three_and_none_twice() -> None:
    said = Said(
        "工业目标多少\n甲的目标是什么？\n甲的目标是什么？", "乙的目标是什么？\n丙的目标是什么？\n丁的目标是什么？"
    )
    found = further(said, Aids(expand=True, decompose=True))
    assert found == ("甲的目标是什么？", "乙的目标是什么？", "丙的目标是什么？")


def test_a_figure_that_nobody_said_is_not_searched() -> None:
    assert further(Said("2035年的工业产值目标是多少？"), Aids(expand=True)) == ()
    history = [("2035年呢？", "没有提到。")]
    assert further(Said("2035年的工业产值目标是多少？"), Aids(rewrite=True), history=history) == (
        "2035年的工业产值目标是多少？",
    )


def test_a_rewriting_needs_a_history() -> None:
    assert further(Said(), Aids(rewrite=True)) == ()


def test_what_was_cut_or_failed_or_is_endless_says_nothing() -> None:
    for end in (Finished("length"), Failed(Trouble.CUT, True)):
        assert further(Said(end), Aids(expand=True)) == ()
    assert further(Said("甲" * 5000), Aids(expand=True)) == ()


def test_a_question_with_its_number_dropped_is_another_question() -> None:
    assert keeps_figures("2019年的产值？", "临平2019年产值是多少？")
    assert not keeps_figures("2019年的产值？", "临平产值是多少？")
