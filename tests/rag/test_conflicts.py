from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from corpus.chinese.text import fold
from corpus.loading import load_corpus
from corpus.records import Article, Published
from rag.figures.conflicts import Relation, difference, figure_pairs
from rag.figures.figure import Figure, article_figures
from rag.figures.reworded import reworded_pairs
from rag.figures.survey import DifferingSentence, Disagreement, survey
from rag.figures.variants import find_variants, inserted, is_variant
from tests.rag.conflict_gold import DOUBTFUL, GOLD, Pair

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"
MAY, JANUARY = Published(date(2024, 5, 1), date(2024, 5, 31)), Published(date(2026, 1, 1), date(2026, 1, 31))


def article(text: str, published: Published | None = MAY, name: str = "a") -> Article:
    from tests.rag.worlds import article_of

    return replace(article_of(text, name), published=published)


def figures(text: str, published: Published | None = MAY, name: str = "a") -> list[Figure]:
    made = article(text, published, name)
    return list(article_figures(made))


def only(text: str, published: Published | None = MAY, name: str = "a") -> Figure:
    (found,) = figures(text, published, name)
    return found


def relation(a: Figure, b: Figure) -> str:
    found = difference(a, b)
    return found.relation.value if found else ""


def test_a_figure_knows_whom_it_is_said_of_and_what_it_measures() -> None:
    figure = only("玉山区发布消息。今年，玉山区规模以上工业总产值达到120亿元。")
    assert (figure.subject, figure.indicator, figure.growth) == ("玉山", "规上工业产值", False)


def test_a_rate_takes_its_indicator_from_the_level_before_it() -> None:
    level, rate = figures("玉山区地区生产总值80亿元，增长6%。")
    assert (rate.indicator, rate.growth) == (level.indicator, True)


def test_members_of_an_enumeration_are_no_subject() -> None:
    figure = only("青石小镇成长很快，集聚甲乙科技、丙丁科技等企业140余家。青石小镇很美。")
    assert (figure.subject, figure.indicator) == ("青石小镇", "企业")


def test_the_same_figure_reported_later_is_a_change() -> None:
    older = only("青石小镇集聚企业140余家。青石小镇。", MAY, "a")
    newer = only("青石小镇集聚企业260余家。青石小镇。", JANUARY, "b")
    assert relation(older, newer) == "时间不同"


def test_a_part_of_a_place_is_another_scope() -> None:
    whole = only("玉山区很大，玉山人说。2023年，玉山区规上工业总产值300亿元。", MAY, "a")
    part = only("玉山区的玉山经开区。2023年，玉山经开区规上工业总产值120亿元。", MAY, "b")
    assert relation(whole, part) == "口径不同"


def test_another_measure_of_the_same_thing_is_another_scope() -> None:
    output = only("2023年，玉山区规上工业总产值300亿元。玉山很美，玉山。", MAY, "a")
    added = only("2023年，玉山区规上工业增加值80亿元。玉山很美，玉山。", MAY, "b")
    assert relation(output, added) == "口径不同"


def test_two_values_of_one_year_and_one_scope_disagree() -> None:
    one = only("2023年，玉山区规上工业总产值300亿元。玉山很美，玉山。", MAY, "a")
    two = only("2023年，玉山区规上工业总产值310亿元。玉山很美，玉山。", MAY, "b")
    assert relation(one, two) == "说法不一"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("规上工业总产值突破3000亿元", "规模以上工业产值突破0.3万亿元"),  # the same in another unit
        ("规上工业总产值近300亿元", "规上工业总产值298亿元"),  # both may hold
        ("规上工业总产值300亿元", "服务业增加值80亿元"),  # other things
        ("规上工业总产值300亿元", "规上工业总产值增长6%"),  # a level and a rate
    ],
)
def test_no_difference_is_claimed(one: str, two: str) -> None:
    a = only(f"2023年，玉山区{one}。玉山很美，玉山。", MAY, "a")
    b = only(f"2023年，玉山区{two}。玉山很美，玉山。", MAY, "b")
    assert relation(a, b) == ""


def test_other_places_do_not_contradict_each_other() -> None:
    a, b = only("青石小镇集聚企业140余家。青石小镇。", MAY), only("白石小镇集聚企业590余家。白石小镇。", JANUARY)
    assert relation(a, b) == ""


def test_a_goal_is_told_from_a_result() -> None:
    a = only("2023年，玉山区规上工业总产值300亿元。玉山很美，玉山。", MAY, "a")
    b = only("到2028年，玉山区规上工业总产值力争突破500亿元。玉山很美，玉山。", MAY, "b")
    found = difference(a, b)
    assert found is not None and found.relation is Relation.TIME and "目标" in found.note


@pytest.mark.parametrize(
    ("short", "long", "more"),
    [
        ("深度融沪桥头堡", "深度融合沪桥头堡", "合"),
        ("浙江制造天鼎", "浙江制造天工鼎", "工"),
        ("玉山北站", "玉山南站", ""),  # a substitution
        ("玉山小学", "玉山小学校", ""),  # at the edge
    ],
)
def test_what_one_form_has_more_inside(short: str, long: str, more: str) -> None:
    assert inserted(short, long) == more


@pytest.mark.parametrize(
    ("short", "long"), [("玉山第三小学校", "玉山第十三小学校"), ("玉山区人民医院", "玉山区东人民医院")]
)
def test_numbers_and_directions_make_another_thing(short: str, long: str) -> None:
    assert not is_variant(short, long)


def test_a_name_in_two_spellings_is_found_in_both_articles() -> None:
    a = article("大家夺取“玉山制造天鼎”。", MAY, "a")
    b = article("大家夺得“玉山制造天工鼎”。", JANUARY, "b")
    (variant,) = find_variants([a, b])
    assert (variant.short, variant.long) == ("玉山制造天鼎", "玉山制造天工鼎")
    assert [place.article_id for place in (*variant.short_places, *variant.long_places)] == ["a", "b"]


@cache
def found_in_the_articles() -> tuple[Disagreement, ...]:
    return survey(load_corpus(ARTICLES).articles)


def holds(statement: DifferingSentence, article_id: str, quote: str) -> bool:
    text, wanted = fold(statement.quote), fold(quote)
    near = wanted in text or text in wanted
    return (
        statement.article_id == article_id
        and near
        and (fold(statement.value) in wanted or wanted in fold(statement.value))
    )


def matches(found: Disagreement, pair: Pair) -> bool:
    ways = ((found.newer, found.older), (found.older, found.newer))
    placed = any(holds(a, pair.article, pair.quote) and holds(b, pair.other_article, pair.other_quote) for a, b in ways)
    return placed and found.relation in (pair.relation, *pair.others)


def test_quotes_of_a_survey_stand_in_their_articles() -> None:
    articles = {one.id: one for one in load_corpus(ARTICLES).articles}
    for found in found_in_the_articles():
        for statement in (found.newer, found.older):
            text = articles[statement.article_id].text
            assert text[statement.start : statement.end] == statement.quote
            assert statement.value in statement.quote


def test_at_least_fifteen_pairs_of_the_articles_are_found_by_machine() -> None:
    recalled = [pair for pair in GOLD if any(matches(found, pair) for found in found_in_the_articles())]
    assert len(recalled) >= 15


def test_nearly_all_pairs_that_are_found_are_real() -> None:
    wrong = [found for found in found_in_the_articles() if not any(matches(found, pair) for pair in (*GOLD, *DOUBTFUL))]
    assert len(wrong) <= 0.15 * len(found_in_the_articles()), [
        (w.relation, w.newer.value, w.older.value) for w in wrong
    ]


def test_figures_that_two_reports_word_differently_are_compared() -> None:
    now = figures("高新区现有人才总量6.2万名，高新技术企业412家。", MAY, "a")
    planned = figures("按照规划，到2027年，高新区人才总量将达到8万名，高新技术企业突破600家。", JANUARY, "b")
    assert figure_pairs([*now, *planned]) == []
    values = [(pair.newer.quantity.text, pair.older.quantity.text) for pair in reworded_pairs([*now, *planned])]
    assert values == [("8万名", "6.2万名"), ("600家", "412家")]
