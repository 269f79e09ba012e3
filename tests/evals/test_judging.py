"""The judge: three votes, a majority, and an error that is neither right nor wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from corpus.records import Article
from evals.cases import EvalCase
from evals.run.running import Run, run
from evals.verdict.gating import check
from evals.verdict.judging import COMPLETE, FOLLOWS, ask, judged, read_verdict, tally
from tests.evals.oracle import Oracle

YES, NO = '{"verdict": "yes"}', '{"verdict": "no"}'


def saying(*replies: str) -> FakeListChatModel:
    return FakeListChatModel(responses=list(replies))


@pytest.mark.parametrize(("reply", "value"), [(YES, 1.0), (NO, 0.0), (f"好的。```json\n{YES}\n```", 1.0)])
def test_a_verdict_is_read(reply: str, value: float) -> None:
    assert read_verdict(reply) == value


@pytest.mark.parametrize(
    "reply", ["是的", "", '{"verdict": "maybe"}', '{"verdict": yes}', f"{YES} 但也可以 {NO}", "[]"]
)
def test_a_reply_that_is_none_is_never_guessed_at(reply: str) -> None:
    with pytest.raises(ValueError):
        read_verdict(reply)


def test_the_majority_of_three_counts() -> None:
    given = {"question": "问", "points": "点", "answer": "答"}
    assert ask(saying(YES, NO, YES), COMPLETE, **given).value == 1
    assert ask(saying(NO, NO, YES), COMPLETE, **given).value == 0
    assert ask(saying(YES, "嗯", YES), COMPLETE, **given).value is None


def test_a_model_that_fails_is_an_error_with_its_reason() -> None:
    class Failing(FakeListChatModel):
        def _call(self, *args: object, **kwargs: object) -> str:
            raise TimeoutError("slow")

    verdict = ask(Failing(responses=[YES]), FOLLOWS, source="原文", claim="句子")
    assert (verdict.value, verdict.why) == (None, "TimeoutError：slow")


@pytest.fixture
def answered(suite: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> Run:
    asked = [case for case in suite if case.family == "why"][:6] + [
        case for case in suite if case.family == "unanswerable"
    ][:4]
    return run(asked, Oracle(), articles)


def test_only_answers_are_judged_and_errors_are_counted_apart(answered: Run) -> None:
    rows = answered.rows
    good = [judged(row, saying(YES)) for row in rows]
    count = sum(row.case.answerable for row in rows)
    assert 0 < count < len(rows)
    assert tally(good)[COMPLETE] == {"value": 1.0, "n": count, "errors": 0}
    assert {bool(row.judged) for row in good if not row.case.answerable} == {False}
    garbage = [judged(row, saying("……")) for row in rows]
    assert tally(garbage)[COMPLETE] == {"value": None, "n": 0, "errors": count}


def test_a_judge_never_gates_but_a_broken_one_leaves_the_run_incomplete(answered: Run) -> None:
    from evals.cli import _with_judge

    harsh = replace(answered, rows=tuple(judged(row, saying(NO)) for row in answered.rows))
    assert _with_judge(check(harsh, (), whole=False), harsh).code == 0
    garbage = replace(answered, rows=tuple(judged(row, saying("?")) for row in answered.rows))
    verdict = _with_judge(check(garbage, (), whole=False), garbage)
    assert verdict.code == 20
    assert "评判模型" in verdict.reasons[-1]
