from __future__ import annotations

import pytest

from corpus.chinese.facts import quantities
from rag.figures.arithmetic import (
    Calculation,
    Operation,
    calculate,
    leaves_out_a_side,
    printed_share,
    task_of,
    within,
)
from rag.figures.figure import Figure
from rag.question.kinds import understand
from rag.reading.units import wanted
from tests.rag.test_conflicts import figures

LAND = "数智城仍拥有1300亩住宅和800亩产业的空间储备。"
POOL = "翊湖公园里有3000平方米的“城市玩水池”、500平方米的“漂浮舞台”。"
BELT = "每年选树金钻5名、红钻15名、黄钻100名、蓝钻300名、白钻1000名。"
RISE = "从2021年到2023年，玉山区工程师总量从1.16万名增长至1.42万名。玉山很美，玉山。"
YEAR = (
    "2023年，玉山区服务业增加值500亿元，增长9.2%；规上工业增加值400亿元，增长3.7%；地区生产总值1000亿元。玉山，玉山。"
)


def reckoned(question: str, *texts: str) -> Calculation | None:
    found: list[Figure] = [figure for number, text in enumerate(texts) for figure in figures(text, name=str(number))]
    task = task_of(question)
    return (
        within(question, found, wanted(understand(question)))
        if task is None
        else calculate(task, found, wanted(understand(question)))
    )


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("甲镇和乙镇哪个面积大，差多少平方公里", Operation.COMPARE),
        ("甲镇的企业比乙镇多多少家", Operation.DIFFERENCE),
        ("住宅和产业空间加起来多少亩", Operation.SUM),
        ("水池是舞台的几倍大", Operation.TIMES),
        ("服务业增加值占地区生产总值的比重是多少", Operation.SHARE),
        ("从2021年到2023年工程师增加了多少名", Operation.GROWTH),
    ],
)
def test_what_a_question_wants_reckoned(question: str, operation: Operation) -> None:
    task = task_of(question)
    assert task is not None and task.operation is operation


@pytest.mark.parametrize("question", ["临平的地区生产总值是多少", "数智城有多少家企业", "为什么要建数智城"])
def test_questions_without_arithmetic_have_no_task(question: str) -> None:
    assert task_of(question) is None


@pytest.mark.parametrize(
    ("question", "text", "formula"),
    [
        ("数智城剩余的住宅和产业空间加起来多少亩", LAND, "1300亩{0} + 800亩{1} = 2100亩"),
        ("城市玩水池是漂浮舞台的几倍大", POOL, "3000平方米{0} ÷ 500平方米{1} = 6倍"),
        ("“五钻”一年一共选树多少名", BELT, "5名{0} + 15名{1} + 100名{2} + 300名{3} + 1000名{4} = 1420名"),
        ("从2021年到2023年玉山工程师增加了多少名", RISE, "1.42万名{0} − 1.16万名{1} = 0.26万名（2600名）"),
        ("2023年服务业增加值占玉山地区生产总值的比重是多少", YEAR, "500亿元{0} ÷ 1000亿元{1} = 50%"),
        ("2023年服务业增加值和规上工业增加值，哪个增长快，快几个百分点", YEAR, "9.2%{0} − 3.7%{1} = 5.5个百分点"),
        ("换款比以前省了多少时间", "原先换款要2小时，如今只需10分钟。", "2小时{0} − 10分钟{1} = 110分钟"),
    ],
)
def test_formulas(question: str, text: str, formula: str) -> None:
    found = reckoned(question, text)
    assert found is not None
    assert found.text == formula


def test_a_part_is_of_the_whole_of_its_own_place() -> None:
    province = "2023年，东江市服务业增加值9000亿元；地区生产总值20000亿元。东江，东江。"
    district = "玉山区规上工业增加值400亿元；地区生产总值1000亿元。玉山，玉山。"
    made = reckoned("规上工业增加值占2023年地区生产总值的百分之几", province, district)
    assert made is not None and made.text == "400亿元{0} ÷ 1000亿元{1} = 40%"
    other = reckoned("玉山规上工业增加值占2023年东江地区生产总值的百分之几", province, district)
    assert other is not None and other.text == "400亿元{0} ÷ 20000亿元{1} = 2%"


def test_a_share_that_is_printed_is_not_reckoned_and_none_is_more_than_the_whole() -> None:
    zone = "玉山经开区工业产值突破630亿元，占玉山区比重高达73.8%。玉山，玉山。"
    task = task_of("玉山经开区工业产值占玉山区多少")
    assert task is not None
    share = printed_share(task, figures(zone, name="0"))
    assert share is not None and share.quantity.text == "73.8%"
    assert printed_share(task, figures(YEAR, name="0")) is None
    assert reckoned("玉山地区生产总值占玉山服务业增加值的比重是多少", YEAR) is None


def test_a_place_alone_stands_for_the_same_of_it() -> None:
    city = "东江市经济总量突破2万亿元，进出口总额900亿元。东江，东江。"
    made = reckoned("玉山GDP占东江多少", YEAR, city)
    assert made is not None and made.text.startswith("1000亿元{0} ÷ 2万亿元{1}")


def test_of_several_figures_those_of_one_indicator_are_compared() -> None:
    made = reckoned("服务业和工业哪个大", "玉山区工业总产值突破千亿元。玉山，玉山。", YEAR)
    assert made is not None and made.text == "500亿元{0} − 400亿元{1} = 100亿元"


def test_approximate_operands_make_an_approximate_result() -> None:
    found = reckoned(
        "甲子镇和乙丑镇哪个面积大，差多少平方公里",
        "这片近77平方公里的甲子镇很大。甲子镇。",
        "共计38平方公里的乙丑镇在南边。乙丑镇。",
    )
    assert found is not None
    assert found.text == "近77平方公里{0} − 38平方公里{1} = 约39平方公里"
    assert found.short == "甲子镇"


def test_a_missing_operand_is_refused() -> None:
    assert reckoned("城市玩水池是音乐喷泉的几倍大", POOL) is None


def test_the_neighbour_s_figure_is_no_side_of_a_comparison() -> None:
    own, city = "玉山区地区生产总值1000亿元。玉山，玉山。", "东江市经济总量突破2万亿元。东江，东江。"
    assert reckoned("玉山和西岭的GDP哪个高", own, city) is None
    made = reckoned("玉山和东江的GDP哪个高", own, city)
    assert made is not None and made.short == "东江"


def test_what_is_compared_is_named_where_it_is_told() -> None:
    assert reckoned("甲子镇和乙丑镇的企业哪个多", "甲子镇有学校12家。甲子镇。", "乙丑镇有企业90家。乙丑镇。") is None


def test_unlike_units_are_refused() -> None:
    assert reckoned("住宅和企业加起来多少", "数智城有1300亩住宅、800家企业。") is None


def test_operands_stand_where_the_figures_say() -> None:
    found = reckoned("数智城剩余的住宅和产业空间加起来多少亩", LAND)
    assert found is not None
    for figure in found.operands:
        quantity = figure.quantity
        assert figure.text[quantity.start : quantity.end] == quantity.text
        assert quantity in quantities(figure.text)


def test_the_whole_district_is_named_by_its_level() -> None:
    zone = "今年上半年，玉山经开区规上工业总产值突破630亿元，占玉山区比重高达73.8%。玉山，玉山。"
    task = task_of("2025年上半年经开区规上工业总产值占全区多少")
    assert task is not None
    share = printed_share(task, figures(zone, name="0"))
    assert share is not None and share.quantity.text == "73.8%"
    firms = "经开区有规上工业企业400家。全区组织2200家企业开展活动。"
    assert reckoned("经开区规上工业总产值占全区多少", firms) is None


@pytest.mark.parametrize(
    ("question", "text", "half"),
    [
        ("翊湖公园和艺尚小镇哪个大", "艺尚小镇聚焦时尚设计。", True),
        ("玉山比西岭多多少企业", "玉山有企业90家。", True),
        ("搜索比刚推出那会儿快了多少", "搜索的用时缩短了一半。", False),
        ("产值比去年多多少", "产值增加3亿元。", False),
        ("工业产值占全区多少", "工业产值占比超过一半。", False),
        ("给亿帆打分的机构里建议买入的多还是增持的多", "3家机构给出评级，买入评级1家，增持评级2家。", False),
    ],
)
def test_half_of_a_comparison_is_seen(question: str, text: str, half: bool) -> None:
    assert leaves_out_a_side(question, text) is half


def test_a_figure_of_another_year_is_no_operand() -> None:
    told = "去年玉山公司交付机器人3160台，今年前5个月交付机器人2450台。"
    assert reckoned("玉山公司2020年交付机器人比2019年多多少台", told) is None
