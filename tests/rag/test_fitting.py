from __future__ import annotations

import pytest

from corpus.chinese.facts import quantities
from rag.question.kinds import understand
from rag.reading.units import fits, is_of_the_rest, wanted


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("算力小镇有多少家企业？", "2600余家", "38平方公里"),
        ("这条路有多宽？", "6米", "6公顷"),
        ("公园占地多少亩？", "311亩", "311家"),
        ("历时几个月？", "近5个月", "5个百分点"),
        ("工程的工期多长？", "18个月", "18公里"),
        ("绕城路二期多长？", "18公里", "18个月"),
        ("2023年GDP是多少？", "1067.27亿元", "6%"),
        ("占临平区比重多少？", "73.8%", "630亿元"),
        ("有多少人参加投票？", "20万名", "20万亩"),
        ("“城市合伙人”有几位？", "11位", "11家"),
        ("提高了几个百分点？", "5.2个百分点", "5.2亿元"),
    ],
)
def test_a_quantity_fits_when_it_measures_what_is_asked(question: str, yes: str, no: str) -> None:
    what = wanted(understand(question))
    assert what is not None
    assert fits(quantities(yes)[0], what)
    assert not fits(quantities(no)[0], what)


@pytest.mark.parametrize("question", ["谁设计的？", "什么时候开园？", "临平有哪些公园？", "有几个？"])
def test_nothing_is_wanted_when_no_quantity_is_asked_or_anything_may_be_counted(question: str) -> None:
    assert wanted(understand(question)) is None


def test_anything_fits_when_nothing_is_wanted() -> None:
    assert fits(quantities("12家")[0], None)


@pytest.mark.parametrize(
    ("question", "topic", "text", "rest"),
    [
        ("夏茧产量是多少吨", "夏茧", "蚕茧总产量2360吨，其中春茧1290吨，其余为夏茧和晚秋茧。", True),
        ("春茧产量是多少吨", "春茧", "蚕茧总产量2360吨，其中春茧1290吨，其余为夏茧和晚秋茧。", False),
        ("居民自己掏了多少钱", "居民", "区财政1.9亿元，其余来自居民自筹，只有460万元。", False),
        ("其余是什么茧", "茧", "春茧1290吨，其余为夏茧和晚秋茧。", False),
    ],
)
def test_what_is_among_the_rest_has_no_amount_of_its_own(question: str, topic: str, text: str, rest: bool) -> None:
    assert is_of_the_rest(understand(question), (topic,), text) is rest
