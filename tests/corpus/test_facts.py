"""Quantities, dates and names."""

from pathlib import Path

import pytest

from corpus.facts import same_fact

PAIRS = [
    (line[0] == "=", *line[2:].split(" | "))
    for line in Path(__file__).with_name("fact_pairs.txt").read_text(encoding="utf-8").splitlines()
    if line[:2] in ("= ", "! ")
]


def test_the_table_of_pairs_is_large_and_has_both_kinds() -> None:
    assert len(PAIRS) >= 170
    assert 60 <= sum(same for same, _, _ in PAIRS) <= len(PAIRS) - 60


@pytest.mark.parametrize(("same", "first", "second"), PAIRS)
def test_two_texts_state_the_same_fact_or_do_not(same: bool, first: str, second: str) -> None:
    assert same_fact(first, second) is same
    assert same_fact(second, first) is same
