"""Times in articles and in questions, plans and results."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.chinese.timing import (
    Period,
    contains,
    governs,
    is_compared_with,
    modality,
    overlaps,
    question_period,
    time_mentions,
)
from corpus.records import Modality, Precision, Published, TimeMention

MARCH = Published(date(2024, 3, 5), date(2024, 3, 5))
SPRING = Published(date(2024, 5, 6), date(2024, 6, 30), inferred=True, clue="2023年")


def one(text: str, published: Published | None = MARCH) -> TimeMention:
    (mention,) = time_mentions(text, published)
    return mention


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("今年", "2024-01-01", "2024-12-31", Precision.YEAR),
        ("去年", "2023-01-01", "2023-12-31", Precision.YEAR),
        ("前年", "2022-01-01", "2022-12-31", Precision.YEAR),
        ("明年初", "2025-01-01", "2025-03-31", Precision.QUARTER),
        ("去年底", "2023-10-01", "2023-12-31", Precision.QUARTER),
        ("去年12月", "2023-12-01", "2023-12-31", Precision.MONTH),
        ("今年上半年", "2024-01-01", "2024-06-30", Precision.HALF),
        ("今年3月", "2024-03-01", "2024-03-31", Precision.MONTH),
        ("去年前11个月", "2023-01-01", "2023-11-30", Precision.RANGE),
        ("今年头两个月", "2024-01-01", "2024-02-29", Precision.RANGE),
        ("2023年前三个月", "2023-01-01", "2023-03-31", Precision.RANGE),
        ("今年以来", "2024-01-01", "2024-03-05", Precision.OPEN),
        ("上月底", "2024-02-21", "2024-02-29", Precision.MONTH),
        ("昨日", "2024-03-04", "2024-03-04", Precision.DAY),
        ("上周", "2024-02-26", "2024-03-03", Precision.RANGE),
        ("1月27日", "2024-01-27", "2024-01-27", Precision.DAY),
        ("1月初", "2024-01-01", "2024-01-10", Precision.MONTH),
        ("12月", "2023-12-01", "2023-12-31", Precision.MONTH),
        ("3月1日至8日", "2024-03-01", "2024-03-08", Precision.RANGE),
        ("1-9月", "2023-01-01", "2023-09-30", Precision.RANGE),
        ("前三季度", "2023-01-01", "2023-09-30", Precision.RANGE),
        ("一季度", "2024-01-01", "2024-03-31", Precision.QUARTER),
        ("“五一”小长假", "2023-05-01", "2023-05-05", Precision.RANGE),
        ("今冬", "2024-12-01", "2025-02-28", Precision.QUARTER),
        ("设区3年来", "2021-03-05", "2024-03-05", Precision.OPEN),
        ("近三年", "2021-03-05", "2024-03-05", Precision.OPEN),
        ("过去一年", "2023-03-05", "2024-03-05", Precision.OPEN),
        ("近三个月", "2023-12-05", "2024-03-05", Precision.OPEN),
        ("未来五年内", "2024-03-05", "2029-03-05", Precision.RANGE),
        ("两年前", "2022-01-01", "2022-12-31", Precision.YEAR),
        ("2023年以来", "2023-01-01", "2024-03-05", Precision.OPEN),
        ("自2015年启动建设以来", "2015-01-01", "2024-03-05", Precision.OPEN),
        ("截至2024年6月中旬", "2024-06-11", "2024-06-20", Precision.MONTH),
        ("到2028年", "2028-01-01", "2028-12-31", Precision.YEAR),
        ("2021年到2023年", "2021-01-01", "2023-12-31", Precision.RANGE),
        ("2024—2026", "2024-01-01", "2026-12-31", Precision.RANGE),
        ("二〇二五年三月五日", "2025-03-05", "2025-03-05", Precision.DAY),
        ("2025-03-05", "2025-03-05", "2025-03-05", Precision.DAY),
        ("“十四五”期间", "2021-01-01", "2025-12-31", Precision.RANGE),
        ("“十五五”", "2026-01-01", "2030-12-31", Precision.RANGE),
        ("“十四五”末", "2025-01-01", "2025-12-31", Precision.YEAR),
        ("20世纪90年代", "1990-01-01", "1999-12-31", Precision.RANGE),
        ("目前", "2024-03-05", "2024-03-05", Precision.OPEN),
        ("近日", "2024-02-04", "2024-03-05", Precision.OPEN),
    ],
)
def test_a_time_is_resolved_against_the_date_of_the_article(
    text: str, first: str, last: str, precision: Precision
) -> None:
    mention = one(text)
    assert (mention.first, mention.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert mention.precision is precision


def test_a_month_to_come_is_the_next_one_and_a_month_reported_the_last_one() -> None:
    assert one("学校将于9月启用").first == date(2024, 9, 1)
    assert one("学校9月启用").first == date(2023, 9, 1)


def test_a_day_within_weeks_of_the_paper_is_the_coming_one_where_no_year_is_named() -> None:
    assert [each.first for each in time_mentions("网上报名3月18日开始，现场核验在4月", MARCH)] == [
        date(2024, 3, 18),
        date(2024, 4, 1),
    ]
    (new_year,) = time_mentions("1月3日开馆", Published(date(2024, 12, 28), date(2024, 12, 28)))
    assert new_year.first == date(2025, 1, 3)
    assert one("去年3月18日报名").first == date(2023, 3, 18)
    assert one("3月2日报名").first == date(2024, 3, 2)
    assert one("大街封闭半幅，工期到11月底").last == date(2024, 11, 30)


def test_days_that_begin_within_weeks_are_the_coming_ones_too() -> None:
    closed = one("溪洋路9月22日至11月30日半幅封闭", Published(date(2025, 9, 18), date(2025, 9, 18)))
    assert (closed.first, closed.last) == (date(2025, 9, 22), date(2025, 11, 30))


def test_two_times_that_are_joined_are_one_span() -> None:
    (winter,) = time_mentions("11月至次年3月推迟半小时", Published(date(2023, 10, 27), date(2023, 10, 27)))
    assert (winter.first, winter.last, winter.precision) == (date(2023, 11, 1), date(2024, 3, 31), Precision.RANGE)
    assert len(time_mentions("2021年，到5月为止", MARCH)) == 2


def test_from_a_day_on_has_no_end_before_the_paper() -> None:
    kept = one("4月1日起只留一场")
    assert (kept.first, kept.last, kept.precision) == (date(2024, 4, 1), None, Precision.OPEN)


def test_at_the_end_of_the_year_is_told_of_the_year_that_is_over() -> None:
    assert one("年末常住人口38.7万人").first == date(2023, 10, 1)
    assert time_mentions("2024年要建成5座。年末达到309家", MARCH)[1].first == date(2023, 10, 1)
    assert time_mentions("2024年要建成5座，年底投用", MARCH)[1].first == date(2024, 10, 1)


def test_the_year_before_is_that_before_what_the_report_is_of() -> None:
    assert time_mentions("2023年GDP增长6%。由上年的52%提高到68%", MARCH)[1].first == date(2022, 1, 1)
    assert one("由上年的52%提高到68%").first == date(2023, 1, 1)


def test_a_part_of_the_year_that_is_going_on_is_this_years() -> None:
    october = Published(date(2025, 10, 10), date(2025, 10, 10))
    assert one("四季度要靠夜间消费", october).first == date(2025, 10, 1)
    assert one("年底前建成", october).last == date(2025, 12, 31)
    assert one("下半年将冲刺", Published(date(2024, 7, 19), date(2024, 7, 19))).first == date(2024, 7, 1)
    assert one("前三季度增长6%", MARCH).first == date(2023, 1, 1)


def test_a_junior_school_is_no_beginning_of_a_year() -> None:
    mention = one("预计2027年初中学位缺口800个")
    assert (mention.text, mention.precision) == ("2027年", Precision.YEAR)
    assert one("2027年初开工").precision is not Precision.YEAR


def test_a_month_after_a_year_in_the_same_sentence_lies_in_that_year() -> None:
    assert [mention.first for mention in time_mentions("2021年立项，5月开工。6月完工", MARCH)] == [
        date(2021, 1, 1),
        date(2021, 5, 1),
        date(2023, 6, 1),
    ]


def test_the_same_and_the_next_year_are_those_of_the_year_last_named() -> None:
    mentions = time_mentions("2021年签约。同年动工，次年5月竣工", MARCH)
    assert [(m.first, m.last) for m in mentions[1:]] == [
        (date(2021, 1, 1), date(2021, 12, 31)),
        (date(2022, 5, 1), date(2022, 5, 31)),
    ]
    assert one("同年动工").first is None


def test_a_date_of_publication_that_is_a_range_widens_what_depends_on_it() -> None:
    assert (one("目前", SPRING).first, one("目前", SPRING).last) == (date(2024, 5, 6), date(2024, 6, 30))
    assert (one("今年3月", SPRING).first, one("今年3月", SPRING).last) == (date(2024, 3, 1), date(2024, 3, 31))
    over_new_year = Published(date(2025, 12, 20), date(2026, 1, 20))
    assert (one("今年", over_new_year).first, one("今年", over_new_year).last) == (date(2025, 1, 1), date(2026, 12, 31))
    assert one("今年", over_new_year).precision is Precision.RANGE


def test_without_a_date_relative_words_have_no_bounds_and_years_keep_theirs() -> None:
    relative, absolute = time_mentions("今年3月，较2023年增长", None)
    assert (relative.first, relative.last, relative.precision) == (None, None, Precision.MONTH)
    assert absolute.first == date(2023, 1, 1)
    assert one("2023年以来", None).last is None


@pytest.mark.parametrize(
    "text",
    [
        "体现在各方面",
        "会发现在这里",
        "2月30日",
        "千百年来",
        "历时近5个月",
        "3个月",
        "今年轻人",
        "第3月饼店",
        "1951处",
        "达产后年税收",
        "走到今天",
        "哪一年来任职",
        "农历三月初三",
        "去过三月三",
    ],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert [mention.text for mention in time_mentions(text, MARCH)] == []


def test_mentions_are_the_text_itself() -> None:
    text = "😀去年，１月２７日（“五一”期间）及2024年 近期"
    for mention in time_mentions(text, MARCH):
        assert text[mention.start : mention.end] == mention.text


@given(st.text(alphabet="今去明年初底月日12345至到近三年来以未十五“”上半将于，。2024-", max_size=25))
def test_whatever_the_text_spans_do_not_overlap_and_never_run_backwards(text: str) -> None:
    end = 0
    for mention in time_mentions(text, MARCH):
        assert end <= mention.start < mention.end
        assert text[mention.start : mention.end] == mention.text
        assert mention.first is None or mention.last is None or mention.first <= mention.last
        end = mention.end


@pytest.mark.parametrize(
    "sentence",
    [
        "力争通过5年努力，实现规模工业总产值突破3000亿元。",
        "到2028年，全区规模以上工业产值突破3000亿元。",
        "新校预计在今年9月正式投入使用。",
        "公司计划投资10亿元新建工厂。",
        "公司拟投资10亿元。",
        "项目有望明年投产。",
        "大桥即将通车。",
        "我们将继续深耕。",
        "赛事将于8月举行。",
        "目标是三年翻一番。",
        "未来五年内，这里将崛起为枢纽。",
        "一座“聪明”的城市，也将吸引青年人才。",
        "下一步，临平将围绕算力布局。",
        "公园等将成为新地标。",
        "代表团将率队访问。",
        "获奖者将有机会参观。",
    ],
)
def test_intentions_forecasts_schedules_and_targets_are_plans(sentence: str) -> None:
    assert modality(sentence) is Modality.PLAN


@pytest.mark.parametrize(
    "sentence",
    [
        "将军路全线贯通。",
        "小将夺得冠军。",
        "临平将数智城的建设落在了新城。",
        "企业将人工智能运用到医药领域。",
        "已将资金拨付到位。",
        "《三年行动计划》发布。",
        "超额完成年度计划。",
        "“城市合伙人”战略计划启动。",
        "省级“未来工厂”4家。",
        "布局未来产业体系。",
        "募集资金比原计划多1566万元。",
        "始终将体育与乡村振兴相融合。",
        "规划将其列为重点区块。",
        "从2021年到2023年，总量增长至1.42万名。",
        "虚拟现实技术亮相。",
        "目标价为24元的评级有3家。",
        "2023年产值1724.22亿元。",
        "将被告人带入法庭。",
    ],
)
def test_results_names_and_ba_are_no_plans(sentence: str) -> None:
    assert modality(sentence) is Modality.RESULT


def test_a_question_asks_about_the_year_that_it_names() -> None:
    period = question_period("临平2028年工业目标是多少？", date(2026, 11, 22), date(2026, 2, 1))
    assert period == Period(date(2028, 1, 1), date(2028, 12, 31), "2028年", Precision.YEAR)


def test_relative_words_of_a_question_go_by_today_else_by_the_newest_article() -> None:
    today, newest = date(2026, 11, 22), date(2025, 10, 31)
    asked = question_period("去年产值多少", today, newest)
    assert asked is not None and asked.first == date(2025, 1, 1)
    asked = question_period("去年产值多少", None, newest)
    assert asked is not None and asked.first == date(2024, 1, 1)
    asked = question_period("去年产值多少", None, None)
    assert asked is not None and asked.first is None


def test_a_question_for_the_latest_has_no_beginning() -> None:
    period = question_period("最近有多少企业", None, date(2026, 1, 31))
    assert period is not None and (period.first, period.last, period.latest) == (None, date(2026, 1, 31), True)
    assert question_period("临平有多少企业", date(2026, 11, 22), None) is None
    years = question_period("近三年增长多少", date(2026, 1, 31), None)
    assert years is not None and (years.first, years.latest) == (date(2023, 1, 31), False)


def test_two_years_in_a_question_make_one_span() -> None:
    period = question_period("2023年和2025年相比", None, date(2026, 1, 31))
    assert period is not None and (period.first, period.last) == (date(2023, 1, 1), date(2025, 12, 31))


def test_spans_overlap_when_they_share_a_day_and_contain_when_they_hold_every_day() -> None:
    year, month, next_year = one("2023年"), one("2023年5月"), one("2024年")
    assert overlaps(year, month) and overlaps(month, year) and not overlaps(year, next_year)
    assert contains(year, month) and not contains(month, year) and contains(year, year)


def test_an_unknown_bound_is_open_and_nothing_overlaps_the_unknown() -> None:
    since, unknown = one("2023年以来", None), one("今年", None)
    assert overlaps(since, one("2024年")) and not overlaps(since, one("2022年"))
    assert not overlaps(unknown, one("2024年")) and not contains(unknown, one("2024年"))
    assert not contains(one("2023年"), since)


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("临平2028工业目标是多少?", 2028),
        ("临平2023GDP多少", 2023),
        ("2000家企业", None),
        ("人口2000人", None),
        ("整治1951处", None),
    ],
)
def test_a_lone_year_in_a_question_is_one_and_a_count_is_none(question: str, year: int | None) -> None:
    period = question_period(question, None, date(2026, 2, 28))
    assert (period.first.year if period and period.first else None) == year


@pytest.mark.parametrize(
    ("question", "told", "meant"),
    [
        ("7月29日在哪里开奖", "2023年7月29日举行开奖仪式。", True),
        ("七月份客流多少", "2023年7月，客流超百万。", True),
        ("7月29日在哪里开奖", "2023年8月1日举行开奖仪式。", False),
        ("2024年7月29日在哪里开奖", "2023年7月29日举行开奖仪式。", False),
    ],
)
def test_a_month_without_a_year_is_meant_of_whatever_year_the_article_tells_of(question, told, meant):
    period = question_period(question, None, date(2026, 2, 1))
    (mention, *_) = time_mentions(told, None)
    assert overlaps(period, mention) is meant


def test_years_that_run_backwards_bound_nothing():
    assert all(mention.first is None for mention in time_mentions("行动计划（2023-2022年）发布。", None))


@pytest.mark.parametrize("question", ["今年6月以来办了多少场", "2027年以来办了多少场", "从今年6月以来办了多少场"])
def test_what_runs_from_a_day_that_has_not_come_has_no_end(question: str) -> None:
    period = question_period(question, date(2026, 1, 10), date(2026, 1, 10))
    assert period is not None and period.first is not None and period.first > date(2026, 1, 10)
    assert period.last is None


@pytest.mark.parametrize(
    ("text", "time", "amount", "dated"),
    [
        ("达到612.8亿元,比2023年的558.6亿元增长9.7%", "2023年", "558.6", True),
        ("达到612.8亿元,比2023年的558.6亿元增长9.7%", "2023年", "9.7", False),
        ("较2023年增长6%,达90亿元", "2023年", "90", False),
        ("2023年达90亿元", "2023年", "90", True),
        ("今年达90亿元,而上一年为80亿元;全年投资7亿元", "上一年", "80", True),
        ("今年达90亿元,而上一年为80亿元;全年投资7亿元", "上一年", "7亿", False),
        ("达90亿元,2023年开工", "2023年", "90", False),
    ],
)
def test_a_time_dates_the_amounts_behind_it_and_one_compared_with_only_its_own(
    text: str, time: str, amount: str, dated: bool
) -> None:
    start = text.index(time)
    assert governs(text, start, start + len(time), text.index(amount)) is dated


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("比2023年多", True),
        ("与去年同期相比", True),
        ("跟2022年底比", True),
        ("由上年的52%提高到68%", True),
        ("由去年的97天压缩到85天", True),
        ("由去年的冠军出任", False),
        ("与去年的团队签约", False),
    ],
)
def test_what_something_is_compared_with(text: str, compared: bool) -> None:
    mention = one(text)
    assert is_compared_with(text, mention.start, mention.end) is compared


def test_a_question_does_not_ask_about_what_it_compares_with() -> None:
    assert question_period("今年比2024年少了多少个学位", date(2025, 6, 12), None).text == "今年"
    assert question_period("跟2022年底比，渔船少了几条", date(2023, 10, 12), None) is None
