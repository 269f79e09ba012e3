from __future__ import annotations

from dataclasses import replace

import pytest

from rag.question.kinds import understand
from rag.reading.candidates import Candidate
from rag.reading.places import at_home, gazetteer, innermost, is_elsewhere, places_asked
from tests.rag.test_premises import candidate
from tests.rag.worlds import article_of


def every_offset(question: str) -> range:
    return range(len(question) + 1)


def elsewhere(question: str, sentence: str, rest: str = "", *others: str) -> bool:
    articles = {"a": article_of(sentence + rest)} | {str(n): article_of(text) for n, text in enumerate(others)}
    one: Candidate = replace(candidate(sentence), article_id="a")
    sought = places_asked(question, every_offset(question))
    texts = [article.text for article in articles.values()]
    home, _ = at_home(sought, lambda place: [row for row, text in enumerate(texts) if place in text], len(texts))
    return is_elsewhere(understand(question), sought, one, articles["a"], home=home)


def test_a_place_is_known_in_full_and_short_and_the_longest_name_counts() -> None:
    assert gazetteer().named("浙江省杭州市和呼和浩特") == [(0, "浙江"), (3, "杭州"), (7, "呼和浩特")]


def test_a_county_is_known_short_only_between_words() -> None:
    assert gazetteer().named("临平多大") == []
    assert gazetteer().named("临平多大", {0, 2, 3, 4}) == [(0, "临平")]
    assert gazetteer().named("报道里说", {0, 2, 3, 4}) == []


def test_streets_and_banks_named_after_a_place_are_not_the_place() -> None:
    assert gazetteer().named("南京西路,北京银行,北京时间") == []


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("临平有多少人口", "杭州总人口超1000万人。", True),
        ("杭州有多少人口", "杭州总人口超1000万人。", False),
        ("上海有多少家医院", "黄浦区有12家医院。", False),
        ("有多少人口", "杭州总人口超1000万人。", False),
        ("天津有多少家医院", "河北省有12家医院。", True),  # 天津 has a district of that name
    ],
)
def test_a_figure_is_of_the_place_that_its_clause_names(question: str, sentence: str, other: bool) -> None:
    assert elsewhere(question, sentence, "临平、天津与上海也发了言。") is other


def test_an_article_that_never_names_the_place_is_elsewhere() -> None:
    assert elsewhere("宁波的展会哪天开幕", "展会8月5日开幕。")
    assert not elsewhere("宁波的展会哪天开幕", "展会8月5日开幕。", "宁波市民可以免费参观。")


def test_at_home_an_article_need_not_say_where() -> None:
    assert not elsewhere("宁波的展会哪天开幕", "展会8月5日开幕。", "", "宁波下雨。", "宁波天晴。")


def test_each_place_is_looked_up_once_and_of_several_those_not_at_home_must_be_named() -> None:
    asked: list[str] = []
    rows = {"杭州": range(9), "临平": range(8), "宁波": range(2)}

    def rows_with(place: str) -> range:
        asked.append(place)
        return rows[place]

    assert at_home({"杭州", "临平", "宁波"}, rows_with, 10) == (True, {"宁波"})
    assert sorted(asked) == sorted(rows)
    assert at_home({"宁波"}, rows_with, 10) == (False, frozenset())
    assert at_home((), rows_with, 10) == (False, frozenset())


def test_of_two_places_an_article_must_name_both_unless_one_holds_the_other() -> None:
    assert innermost({"杭州", "临平", "上海"}) == {"临平", "上海"}
    one = replace(candidate("两地相距百里。"), article_id="a")
    asked, sought = understand("杭州和宁波什么关系"), {"杭州", "宁波"}
    for text, other in (("杭州的事。", True), ("杭州与宁波的事。", False)):
        assert is_elsewhere(asked, sought, one, article_of(text), needed={"宁波"}) is other
    assert not is_elsewhere(
        asked, {"杭州", "公安"}, one, article_of("杭州的事。"), needed={"公安"}
    )  # no word of 荆州: police
