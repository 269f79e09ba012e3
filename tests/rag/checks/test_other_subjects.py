"""What is said of one subject in a clause is said of no other: its own subject stands before it there."""

from __future__ import annotations

from rag.checks.other_subjects import split_from


def test_a_predicate_stays_with_the_subject_of_its_clause() -> None:
    text = "崇仁入城获评省级风貌优秀案例，“富春”新区风貌区获评省级样板区。"
    assert split_from("崇仁入城获评省级样板区。", [text])
    assert not split_from("“富春”新区风貌区获评省级样板区。", [text])
