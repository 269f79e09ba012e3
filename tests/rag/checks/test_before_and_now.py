"""A figure of before is none of now: 从甲到乙 is not 从乙到甲."""

from __future__ import annotations

from rag.checks.before_and_now import of_another_time
from rag.checks.statements import Ground, Statement


def test_from_and_to_are_not_exchanged() -> None:
    grounds = [Ground("可将原本半月的支付时间压缩到两天。")]
    for sentence, wrong in (
        ("时间从两天压缩到半月。", True),
        ("时间从半月压缩到两天。", False),
        ("以前要半月，现在两天。", False),
        ("现在要半月。", True),
    ):
        statement = Statement(sentence)
        assert any(of_another_time(statement, one, grounds) for one in statement.quantities) is wrong, sentence
