"""Quantities, dates and names: what is found, where, and what compares with what."""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from re._constants import MAXREPEAT
from re._parser import SubPattern, parse
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.chinese import facts, timing
from corpus.chinese.facts import (
    Approximation,
    Change,
    Comparison,
    Measure,
    NameKind,
    Quantity,
    compare,
    dates,
    difference,
    display,
    equal,
    growth,
    may_agree,
    names,
    plan_years,
    quantities,
    same_date,
    total,
)

PAIRS = [
    (line[0] == "=", *line[2:].split(" | "))
    for line in Path(__file__).with_name("fact_pairs.txt").read_text(encoding="utf-8").splitlines()
    if line[:2] in ("= ", "! ")
]


def one(text: str) -> Quantity:
    (quantity,) = quantities(text)
    return quantity


def found(text: str) -> list[str]:
    return [quantity.text for quantity in quantities(text)]


def contains_fact(quantity: Quantity, text: str) -> bool:
    """Whether `text` states this very quantity: 12家 is not in 312家."""
    return any(equal(quantity, other) for other in quantities(text))


def same_fact(a: str, b: str) -> bool:
    """Whether two short texts state the same quantities and dates, each of one found in the other, at least one."""
    first, second = quantities(a), quantities(b)
    days, others = dates(a), dates(b)
    if not (first or days) or not (second or others):
        return False
    return (
        all(any(equal(q, other) for other in second) for q in first)
        and all(any(equal(q, other) for other in first) for q in second)
        and all(any(same_date(d, other) for other in others) for d in days)
        and all(any(same_date(d, other) for other in days) for d in others)
    )


def test_the_table_of_pairs_is_large_and_has_both_kinds() -> None:
    assert len(PAIRS) >= 170
    assert 60 <= sum(same for same, _, _ in PAIRS) <= len(PAIRS) - 60


@pytest.mark.parametrize(("same", "first", "second"), PAIRS)
def test_two_texts_state_the_same_fact_or_do_not(same: bool, first: str, second: str) -> None:
    assert same_fact(first, second) is same
    assert same_fact(second, first) is same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("以不到4%的面积，创造了近四分之一的总量", ["不到4%", "近四分之一"]),
        ("总产值突破3000亿元，近400家企业，超700家机构", ["3000亿元", "近400家", "超700家"]),
        ("占地311亩，收到2231份投稿，1.5公里长", ["311亩", "2231份", "1.5公里"]),
        ("员工60多名，其中博士占了三分之一", ["60多名", "三分之一"]),
        ("款项支付由半月左右压缩到两天", ["半月左右", "两天"]),
        ("新增3个千亿级产业集群", ["3个", "千亿"]),
        ("节省成本超百万，销售额破亿元", ["超百万", "亿元"]),
        ("整治井盖1951处、改造15500平方米", ["1951处", "15500平方米"]),
        ("位居全省第一，3家企业入选", ["3家"]),
        ("目前3家企业签约10亿元", ["3家", "10亿元"]),
        ("人均GDP12万元", ["12万元"]),
        ("临平区共有80余家", ["80余家"]),
        ("产值500亿元余杭区", ["500亿元"]),
        ("投入2亿3000万元建设", ["2亿3000万元"]),
        ("产值５０亿元、３，０００家", ["５０亿元", "３，０００家"]),
        ("速度120公里/小时，3.5万元/平方米", ["120公里/小时", "3.5万元/平方米"]),
    ],
)
def test_quantities_stand_where_the_text_has_them(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2025年3月5日",
        "2024—2026",
        "上午8:30",
        "第19届亚运会",
        "第一",
        "前三名",
        "位列500强",
        "G7556次列车",
        "燃气轮机HGT51F",
        "X27主题公园",
        "G60科创走廊",
        "18号线",
        "415X集群",
        "5G基站",
        "RISC-V",
        "1+N",
        "PM2.5",
        "0571-86123456",
        "13812345678",
        "400-123-4567",
        "12345热线",
        "浙政发〔2024〕15号",
        "一个新主角",
        "一座城市",
        "一桩桩小事",
        "千家万户",
        "十分重要",
        "三位一体",
        "一心一意",
        "万一",
        "四面八方",
        "九年一贯制学校",
        "三年级",
        "一二三产业",
        "三省一市",
        "90后",
        "双十一",
        "比分3：2",
        "二次供水",
        "地铁四期",
        "①算力②时尚",
        "http://example.com/2024/12家",
        "第一届八次全体会议",
        "开奖号码02、08",
    ],
)
def test_dates_ordinals_names_codes_and_idioms_are_no_quantities(text: str) -> None:
    assert found(text) == []


def test_one_before_a_measure_word_counts_only_when_it_is_said_to_be_only_one() -> None:
    assert found("这是一家企业") == []
    assert found("全市仅一家") == ["一家"]
    assert found("仅用一年") == ["一年"]


def test_offsets_are_code_points_of_the_text_itself() -> None:
    text = "😀超１，２００家，及𠮷祥路上500米"
    for quantity in quantities(text):
        assert text[quantity.start : quantity.end] == quantity.text
    assert found(text) == ["超１，２００家", "500米"]


@pytest.mark.parametrize(
    ("text", "approximation"),
    [
        ("3000亿元", Approximation.EXACT),
        ("约3000亿元", Approximation.ABOUT),
        ("3000亿元左右", Approximation.ABOUT),
        ("超3000亿元", Approximation.ABOVE),
        ("突破3000亿元", Approximation.ABOVE),
        ("逾3000亿元", Approximation.ABOVE),
        ("3000余亿元", Approximation.ABOVE),
        ("3000多亿元", Approximation.ABOVE),
        ("3000亿元以上", Approximation.ABOVE),
        ("不低于3000亿元", Approximation.ABOVE),
        ("近3000亿元", Approximation.BELOW),
        ("不到3000亿元", Approximation.BELOW),
        ("不足3000亿元", Approximation.BELOW),
        ("3000亿元以下", Approximation.BELOW),
        ("不超过3000亿元", Approximation.BELOW),
        ("高达3000亿元", Approximation.EXACT),
        ("节约3000亿元", Approximation.EXACT),
        ("附近3000家", Approximation.EXACT),
    ],
)
def test_words_around_a_number_say_where_the_true_value_lies(text: str, approximation: Approximation) -> None:
    assert one(text).approximation is approximation


def test_values_are_in_the_base_unit() -> None:
    assert one("0.3万亿元").value == Decimal(300000000000)
    assert one("15亩").value == Decimal(10000)
    assert (one("50兆瓦").value, one("50兆瓦").base) == (Decimal(50000000), "瓦")
    assert (one("5.2个百分点").measure, one("5.2%").measure) == (Measure.POINTS, Measure.SHARE)
    assert (one("一年半").value, one("一年半").base) == (Decimal(18), "月")
    assert one("三分之一").low == Fraction(100, 3)


def test_a_range_keeps_both_ends() -> None:
    people = one("招募30-50人")
    assert (people.low, people.high, people.is_range) == (30, 50, True)
    assert (one("3-5万元").low, one("3-5万元").high) == (30000, 50000)
    assert (one("十几年").low, one("十几年").high) == (11 * 12, 19 * 12)
    assert (one("数百家").low, one("数百家").high) == (200, 900)


def test_a_rise_is_told_from_a_fall() -> None:
    assert one("同比增长3.5%").change is Change.RISE
    assert one("同比下降了3.5%").change is Change.FALL
    assert one("占比3.5%").change is Change.NONE
    assert not equal(one("增长3.5%"), one("下降3.5%"))
    assert equal(one("增长3.5%"), one("3.5%"))


def test_unlike_units_are_incomparable_and_like_ones_equal_or_different() -> None:
    assert compare(one("3000亿元"), one("0.3万亿元")) is Comparison.EQUAL
    assert compare(one("3000亿元"), one("3000万元")) is Comparison.DIFFERENT
    assert compare(one("3000亿元"), one("3000亿美元")) is Comparison.INCOMPARABLE
    assert compare(one("5.2%"), one("5.2个百分点")) is Comparison.INCOMPARABLE
    assert compare(one("12家"), one("12座")) is Comparison.INCOMPARABLE


def test_a_fact_is_found_beside_han_characters_and_never_inside_a_longer_number() -> None:
    assert contains_fact(one("12家"), "新增12家企业")
    assert not contains_fact(one("12家"), "新增312家企业")
    assert not contains_fact(one("45个"), "新增54个项目")
    assert not contains_fact(one("12.5亿元"), "投资15.2亿元")
    assert not contains_fact(one("2亿元"), "投资12亿元，另有0.2亿元")
    assert contains_fact(one("3000亿元"), "产值突破三千亿元大关")


def test_approximate_figures_may_agree_without_being_equal() -> None:
    assert may_agree(one("超2万亿元"), one("2.03万亿元"))
    assert may_agree(one("近400家"), one("392家"))
    assert not may_agree(one("近400家"), one("412家"))
    assert not may_agree(one("400家"), one("392家"))
    assert may_agree(one("30-50人"), one("40人"))


def test_arithmetic_is_exact_and_keeps_the_unit() -> None:
    assert display(difference(one("1724.22亿元"), one("1067.27亿元"))) == "656.95亿元"
    assert display(difference(one("2600家"), one("1400家"))) == "1200家"
    assert display(difference(one("20%"), one("14.8%"))) == "5.2个百分点"
    assert display(total([one("0.1亿元"), one("2000万元")])) == "3000万元"
    assert display(total([one("1亩")] * 3)) == "3亩"
    assert display(growth(one("1.16万名"), one("1.45万名"))) == "25%"
    assert display(growth(one("近400家"), one("500家"))) == "约25%"


def test_arithmetic_refuses_what_cannot_be_reckoned() -> None:
    with pytest.raises(ValueError, match="单位不同"):
        difference(one("3亿元"), one("3亿美元"))
    with pytest.raises(ValueError, match="范围"):
        total([one("30-50人"), one("3人")])
    with pytest.raises(ValueError, match="至少"):
        total([])
    with pytest.raises(ValueError, match="为零"):
        growth(one("0家"), one("5家"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("三千亿元", "3000亿元"),
        ("0.3万亿元", "3000亿元"),
        ("300000000000元", "3000亿元"),
        ("两万亿元", "2万亿元"),
        ("超过4亿度", "超4亿度"),
        ("一万二千人", "1.2万人"),
        ("30-50人", "30至50人"),
        ("三分之二", "2/3"),
        ("两成", "2成"),
        ("百分之五点二", "5.2%"),
        ("8001234元", "8001234元"),
        ("2.26万名", "2.26万名"),
    ],
)
def test_display_prints_as_a_newspaper_does(text: str, shown: str) -> None:
    assert display(one(text)) == shown


def test_dates_keep_what_is_said_and_no_more() -> None:
    (day,) = dates("2025年3月5日")
    assert (day.year, day.month, day.day) == (2025, 3, 5)
    (part,) = dates("截至2024年6月中旬")
    assert (part.year, part.month, part.day, part.part) == (2024, 6, None, "mid")
    (plan,) = dates("“十四五”期间")
    assert (plan.year, plan.last_year) == (2021, 2025)
    (months,) = dates("1-9月")
    assert (months.year, months.month, months.last_month) == (None, 1, 9)
    (clock,) = dates("下午3点半")
    assert (clock.hour, clock.minute) == (15, 30)


@pytest.mark.parametrize("text", ["3个月", "三点建议", "同时", "一时", "1951处", "2000亿元", "月饼", "2025年画展"[4:]])
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert dates(text) == ()


def test_a_sentence_end_before_a_month_hides_it_not() -> None:
    assert [date.text for date in dates("还不够。1月初，会议提出。27日，开馆")] == ["1月初", "27日"]


def test_five_year_plans_follow_each_other() -> None:
    assert plan_years("十三五") == (2016, 2020)
    assert plan_years("十五五") == (2026, 2030)


def test_names_are_titles_quotations_latin_words_and_known_endings() -> None:
    text = "《三年行动计划》发布，“翊湖公园”落成，iMedImage和HGT51F亮相，浙江大学与麦肯锡全球研究院签约。"
    seen = {(name.text, name.kind) for name in names(text)}
    assert {
        ("三年行动计划", NameKind.TITLE),
        ("翊湖公园", NameKind.QUOTED),
        ("iMedImage", NameKind.LATIN),
        ("HGT51F", NameKind.LATIN),
        ("浙江大学", NameKind.PROPER),
        ("麦肯锡全球研究院", NameKind.PROPER),
    } <= seen
    assert all(text[name.start : name.end] == name.text for name in names(text))


CHARACTERS = "0123456789一二三十百千万亿点多余约近超元年月日个家人%-,，.至“”《》（）第前成半几数 \n"
PIECES = st.lists(st.sampled_from([*CHARACTERS, "亿元", "个百分点", "2024", "公里", "😀"]), max_size=30).map("".join)


@given(PIECES)
def test_whatever_the_text_spans_are_true_in_order_and_apart(text: str) -> None:
    end = 0
    for quantity in quantities(text):
        assert end <= quantity.start < quantity.end <= len(text)
        assert text[quantity.start : quantity.end] == quantity.text
        assert quantity.low <= quantity.high
        assert equal(quantity, quantity)
        end = quantity.end
    for fact in (*dates(text), *names(text)):
        assert text[fact.start : fact.end] == fact.text


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from(["元", "人", "家", "平方米", "%"]))
def test_what_is_displayed_reads_back_as_the_same_quantity(number: int, unit: str) -> None:
    quantity = one(f"{number}{unit}")
    assert equal(one(display(quantity)), quantity)


def unbounded(tree: Iterable[tuple[object, object]]) -> bool:
    """Whether a parsed pattern repeats anything without a limit."""
    for _, argument in tree:
        parts = argument if isinstance(argument, tuple | list) else (argument,)
        if isinstance(argument, tuple) and MAXREPEAT in argument[:2]:
            return True
        for part in parts:
            branches = part if isinstance(part, list) else (part,)
            if any(unbounded(branch) for branch in branches if isinstance(branch, SubPattern)):
                return True
    return False


@pytest.mark.parametrize("module", [facts, timing])
def test_no_pattern_repeats_without_a_limit(module: ModuleType) -> None:
    patterns = [value for value in vars(module).values() if isinstance(value, re.Pattern)]
    assert len(patterns) >= 5
    assert [pattern.pattern for pattern in patterns if unbounded(parse(pattern.pattern))] == []


def test_the_check_for_limits_sees_a_missing_one() -> None:
    assert unbounded(parse("(?:a|(b+)c){1,3}"))
    assert not unbounded(parse("(?:a|(b{1,9})c){1,3}"))


def test_what_is_more_by_an_amount_is_no_rounded_amount() -> None:
    assert [one.text for one in quantities("比去年的3700个多了1160个，比前年的30所多出5所，共40多所")] == [
        "3700个",
        "1160个",
        "30所",
        "5所",
        "40多所",
    ]
