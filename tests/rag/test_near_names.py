from __future__ import annotations

import pytest

from rag.reading.near_names import marked_names, names_another


def test_numerals_and_digits_mark_alike() -> None:
    assert marked_names("轨道十二号线") == marked_names("轨道12号线") == {("12", "号线")}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("柳州地铁五号线总投资多少", "柳州地铁三号线总投资190亿元。"),
        ("第二中学东校区占地多少", "第二中学西校区占地120亩。"),
        ("云栖产业园二期什么时候开工", "云栖产业园一期去年开工。"),
        ("安吉第三医院有多少床位", "安吉第一医院有床位500张。"),
        ("市一医院二期哪年动工", "市第三人民医院二期明年动工。"),
        ("柳州公安局局长是谁", "柳州公安局副局长李平到场。"),
        ("农业大队的副队长叫什么", "农业大队大队长丁强说。"),
        ("新药三期临床入组多少例", "新药Ⅰ期临床入组40例。"),
        ("第二批老房子何时动工", "首批工程去年11月动工。"),
    ],
)
def test_another_ordinal_or_direction_is_another_thing(question: str, sentence: str) -> None:
    assert names_another(question, sentence, "", sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "around"),
    [
        ("柳州地铁5号线总投资多少", "柳州地铁五号线总投资190亿元。", ""),
        ("柳州地铁5号线总投资多少", "总投资190亿元。", "柳州地铁五号线昨日开工。"),
        ("云栖产业园有几期", "云栖产业园一期去年开工。", ""),
        ("市一医院二期哪年动工", "二期计划后年动工。", "市第一人民医院一期上月开诊。"),
        ("哪一期先开工", "云栖产业园一期去年开工。", ""),
        ("新药三期临床入组多少例", "新药Ⅲ期临床入组386例，另一款在Ⅰ期。", ""),
        ("第一批老房子何时动工", "首批工程去年11月动工。", ""),
        ("为什么关停一批铸造企业", "第二批环境信访占四成。", ""),
        ("上一届博览会来了多少人", "上届观众11.3万人次，第五届将扩大。", ""),
        ("一支队伍最多多少人", "每队不超过80人，二支队报名最早。", ""),
        ("在此期间来了多少人", "一期来了300人。", ""),
        ("柳州公安局局长是谁", "柳州公安局局长李平、副局长何云到场。", ""),
        ("柳州公安局局长是谁", "局里由李平负责。", "副局长何云到场。"),
        ("农业大队的副队长叫什么", "农业大队副大队长丁强说。", ""),
    ],
)
def test_the_same_thing_and_no_mark_at_all_contradict_nothing(question: str, sentence: str, around: str) -> None:
    assert not names_another(question, sentence, around, sentence + around)


def test_what_the_article_names_nowhere_is_not_told_of() -> None:
    assert names_another("五号线总投资多少", "总投资190亿元。", "", "总投资190亿元。")
