"""Each item of a list is held: one that nothing holds, among others that are held, was altered."""

from __future__ import annotations

from rag.checks.altered_items import altered_item
from rag.checks.statements import Ground, Statement


def test_each_item_of_a_list_is_held() -> None:
    grounds = [Ground("实行优先承运、优先吊装、优先挂运。")]
    assert altered_item(Statement("实行优先承运、优先吊装、优先报关。"), grounds) == "报关"
    assert not altered_item(Statement("实行优先承运、优先吊装、优先挂运。"), grounds)
