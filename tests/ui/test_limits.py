"""What a visitor may ask, and how much of the conversation is remembered."""

from __future__ import annotations

import pytest

from corpus.errors import QuestionError
from ui import wording
from ui.service.limits import MAX_QUESTION, MAX_REMEMBERED, MAX_TURNS, checked, remembered


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", wording.EMPTY_QUESTION),
        (" \n\t", wording.EMPTY_QUESTION),
        ("\x00\x01\u202e", wording.GARBLED_QUESTION),
        ("？？！", wording.GARBLED_QUESTION),
        ("长" * (MAX_QUESTION + 1), wording.too_long(MAX_QUESTION)),
        (None, wording.EMPTY_QUESTION),
        (3, wording.BAD_REQUEST),
        ({"path": "/etc/passwd"}, wording.BAD_REQUEST),
        (["问"], wording.BAD_REQUEST),
    ],
)
def test_what_is_no_question_is_refused_in_one_sentence(question: object, said: str) -> None:
    with pytest.raises(QuestionError) as refusal:
        checked(question)
    assert str(refusal.value) == said
    assert said.count("。") == 1


def test_a_question_loses_its_control_characters_and_nothing_else() -> None:
    assert checked(" 临平\u202e在\x00哪里？\u200b ") == "临平在 哪里？"
    assert checked("长" * MAX_QUESTION) == "长" * MAX_QUESTION


def test_the_latest_turns_are_remembered() -> None:
    history = [(f"问{n}", f"答{n}") for n in range(50)]
    assert remembered(history) == history[-MAX_TURNS:]


def test_long_answers_push_the_oldest_turns_out() -> None:
    history = [("一", "长" * (MAX_REMEMBERED // 2)), ("二", "长" * (MAX_REMEMBERED // 2)), ("三", "短")]
    assert remembered(history) == history[1:]
    assert remembered([("问", "长" * (MAX_REMEMBERED + 1))]) == []
