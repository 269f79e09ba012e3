"""A figure, date or name alone: proven when the span prints it and the question supplies the rest of the claim."""

from __future__ import annotations

from rag.checks.statements import Ground
from rag.proof.values import Read, bare_value, is_answer, prints


def test_a_value_alone_is_proven_by_the_span_that_answers_with_it() -> None:
    ground = Ground("青禾集团董事长顾砚秋说，新厂已投用。")
    assert bare_value("是顾砚秋。") == "顾砚秋"
    assert bare_value("新厂投用，由顾砚秋介绍。") is None
    assert prints("顾砚秋", ground) and not prints("顾秋", ground)
    question = "青禾集团董事长是谁"
    assert is_answer("顾砚秋", Read(0.8, ("顾砚秋",)), question, ground)
    assert not is_answer("青禾集团", Read(0.5, ("顾砚秋",)), question, ground)
    assert not is_answer("顾砚秋", Read(0.1, ("顾砚秋",)), question, ground)
