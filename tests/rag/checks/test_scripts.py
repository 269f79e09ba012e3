"""A word in a script that is neither Chinese nor Latin stands in the spans, or was made up."""

from __future__ import annotations

from rag.checks.scripts import other_script
from rag.checks.statements import Ground, Statement


def test_a_letter_of_another_script_stands_in_the_spans() -> None:
    assert other_script(Statement("青禾镇产βカ胡萝卜素。"), [Ground("青禾镇产β胡萝卜素。")]) == "カ"
    assert not other_script(Statement("青禾镇产β胡萝卜素。"), [Ground("青禾镇产β胡萝卜素。")])
