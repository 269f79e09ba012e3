"""«报道没有写明…»: a statement of absence proves nothing, and is shown at most once, beside something proven."""

from __future__ import annotations

from rag.proof.absences import declines, untold


def test_a_statement_of_absence_names_no_figure() -> None:
    assert untold("报道没有写明其余道路的名字。") == "其余道路的名字"
    assert untold("报道没有写明其余9条道路的名字。") is None
    assert untold("青禾镇没有企业。") is None


def test_that_nothing_can_be_said_is_heard_in_other_words() -> None:
    assert declines("根据提供的证据，无法回答这个问题。")
    assert declines("The evidence does not mention the mayor.")
    assert not declines("报道没有写明其余道路的名字。")
    assert not declines("青禾镇没有图书馆。")
