"""Whose sentence it is: who is told of stands in the same stretch of a span as what is told."""

from __future__ import annotations

from rag.checks.segments import of_another_stretch
from rag.checks.statements import Ground


def test_who_is_told_of_stands_in_the_stretch_that_tells_it() -> None:
    text = "新推出的计算器只需录入数据,就能快速生成专属报告;已上线的预警系统将支付时间压缩到两天。"
    ground = Ground(text)
    assert of_another_stretch("预警系统能快速生成专属报告。", [ground], ground.folded, "")
    assert not of_another_stretch("计算器能快速生成专属报告。", [ground], ground.folded, "")
    assert not of_another_stretch("预警系统能快速生成专属报告。", [ground], ground.folded, "预警系统能做什么")
