"""«第一…第二…», «一是…二是…»: the numbering is the writer's own when it counts on, and in the order of the source."""

from __future__ import annotations

from rag.proof.ordinals import numbered


def test_ordinals_count_on_and_keep_the_order_of_the_source() -> None:
    found = numbered("分三步：第一步打桩，第二步架梁，第三步铺路。")
    assert found is not None and found.items == ("打桩", "架梁", "铺路")
    assert found.in_order(["先打桩、再架梁、最后铺路。"]) and not found.in_order(["先铺路、再架梁、最后打桩。"])
    assert numbered("第一步打桩，第三步铺路。") is None
