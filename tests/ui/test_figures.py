"""The table of figures: what a row says, how rows are chosen, what recurs, and what leaves the house."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from corpus.loading import Corpus
from corpus.records import BlockKind, Published
from tests.fakes_ui import ARTICLES, HARBOUR, SCHOOLS, TARGET, article
from ui import wording
from ui.page import render_views
from ui.service.chronicle import chronicle
from ui.service.figures import FigureBook, Wish, as_csv, harmless, page_of

BOOK = FigureBook.of(tuple(ARTICLES.values()))


def told(year: int, *sentences: str) -> object:
    """Return an article of one January with these sentences."""
    body = [(BlockKind.BODY, sentence) for sentence in sentences]
    day = date(year, 1, 5)
    return article(f"a{year}", [(BlockKind.HEADLINE, f"{year}年的报道"), *body], published=Published(day, day))


def test_a_row_says_value_unit_time_nature_and_place() -> None:
    row = next(row for row in BOOK.rows if row.value == "3000亿元")
    text = ARTICLES[HARBOUR].text
    assert (row.indicator, row.number, row.unit, row.measure) == ("规上工业产值", 3000e8, "元", "money")
    assert (row.plan, row.growth, row.as_of, row.last) == (True, False, "2028年", date(2028, 12, 31))
    assert text[row.start : row.end] == row.sentence == TARGET
    assert text[row.at : row.stop] == row.value
    assert "".join(row.around).strip("…") in TARGET


def test_every_quantity_of_the_corpus_is_a_row_of_its_own_sentence(corpus: Corpus) -> None:
    texts = {one.id: one.text for one in corpus.articles}
    rows = FigureBook.of(corpus.articles).rows
    assert len(rows) > 100
    for row in rows:
        assert texts[row.article_id][row.at : row.stop] == row.value
        assert row.start <= row.at < row.stop <= row.end


def test_rows_are_chosen_by_words_measure_nature_and_article() -> None:
    assert {row.article_id for row in BOOK.wanted(Wish(article_id=SCHOOLS))} == {SCHOOLS}
    assert {row.measure for row in BOOK.wanted(Wish(measure="people"))} == {"people"}
    assert [row.value for row in BOOK.wanted(Wish(nature="plan", measure="money"))] == ["3000亿元"]
    both = BOOK.wanted(Wish("数谷 企业"))
    assert both
    assert all("数谷" in row.sentence + row.headline and "企业" in row.sentence for row in both)
    assert BOOK.wanted(Wish("没有这样的词")) == []


def test_rows_come_in_the_order_that_was_asked_for() -> None:
    assert len(BOOK.wanted(Wish())) == len(BOOK.rows)
    assert list(BOOK.wanted(Wish(order="article"))) == list(BOOK.rows)
    times = [row.last or date.min for row in BOOK.wanted(Wish(order="time"))]
    assert times == sorted(times, reverse=True)
    money = [row.number for row in BOOK.wanted(Wish(order="value", measure="money"))]
    assert money == sorted(money, reverse=True)


def test_a_page_too_far_is_the_last_one() -> None:
    rows = [BOOK.rows[0]] * 130
    assert [len(page_of(rows, page)[0]) for page in (1, 2, 3, 99, -5)] == [60, 60, 10, 10, 60]
    assert page_of([], 1) == ([], 1)


def test_the_same_figure_at_several_times_is_a_series_its_goal_in_its_own_year() -> None:
    articles = [
        told(2023, "2022年，青溪区规模以上工业产值1500亿元。青溪的小学有30所。青溪的桥有三座。"),
        told(2024, "2023年，青溪区规模以上工业产值0.17万亿元。", "青溪区人口超过50万人。"),
        told(2025, "青溪区规模以上工业产值到2028年将达到3000亿元。", "青溪区人口超过50万人。"),
        told(2026, "青溪区规模以上工业产值到2028年将达到3000亿元。"),
    ]
    (series,) = FigureBook.of(articles).series  # type: ignore[arg-type]
    assert (series.subject, series.indicator) == ("青溪", "规上工业产值")
    assert [(point.as_of, point.number, point.plan) for point in series.points] == [
        ("2022年", 1.5e11, False),
        ("2023年", 1.7e11, False),
        ("2028年", 3e11, True),
    ]
    drawn = render_views.figures_view(FigureBook.of(articles), {})  # type: ignore[arg-type]
    assert drawn.count('circle class="result"') == 2
    assert drawn.count('circle class="plan"') == 1
    assert drawn.count("stroke-dasharray") == 1


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", False),
        ("＝1+1", False),
        (" =1+1", False),
        ("\ufeff=1+1", False),
        ("\u200b=1+1", False),
        ("\r=1", False),
        ("＋cmd|' /C calc'!A0", False),
        ("-2+3+cmd", False),
        ("＠SUM(A1)", False),
        ("|x", False),
        ("%0A", False),
        ("\t=1", False),
        ("-5.2%", True),
        ("+86 571 1234567", True),
        ("3000亿元", True),
        ("1,900", True),
        ("-5", True),
        ("«=1»", True),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(cell: str, kept: bool) -> None:
    assert harmless(cell) == (cell if kept else f"'{cell}")


def test_a_hostile_article_leaves_no_formula_in_the_export() -> None:
    hostile = article("h", [(BlockKind.HEADLINE, "=HYPERLINK(1)"), (BlockKind.BODY, "＝cmd|1，2024年企业达到300家。")])
    rows = list(csv.reader(io.StringIO(as_csv(FigureBook.of((hostile,)).rows).removeprefix("\ufeff"))))
    assert len(rows) > 1
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in "=＝+-@|%" and cell]
    assert {row[-1] for row in rows[1:]} == {wording.EXPORT_LABEL}


def test_a_sentence_stands_in_the_year_it_speaks_of_and_an_article_in_its_own() -> None:
    years = {year.year: year.entries for year in chronicle(tuple(ARTICLES.values()))}
    assert list(years) == sorted(years, reverse=True)
    goal = years[2028][0]
    assert (goal.text, goal.plan, goal.when) == (TARGET, True, "2028年")
    assert [entry.article_id for entry in years[2026] if entry.is_article] == [SCHOOLS]
    last_year = next(entry for entry in years[2025] if entry.text.startswith("去年"))
    assert last_year.article_id == SCHOOLS


def test_a_year_of_very_many_sentences_says_how_many_are_left_out() -> None:
    many = told(2024, *(f"2023年{n % 12 + 1}月，青溪新开第{n}家书店，读者很多。" for n in range(100)))
    year = next(year for year in chronicle((many,)) if year.year == 2023)  # type: ignore[arg-type]
    assert (len(year.entries), year.left_out) == (60, 40)
    assert "40 条" in render_views.chronicle_view((year,))


def test_what_only_names_a_class_or_a_basis_is_no_figure_and_what_is_said_without_a_unit_is() -> None:
    text = "青溪区打造千亿级产业集群，晋级两万亿俱乐部。青溪区每万名老人有护理员26人，节省成本超百万。一年启动、三年成城、五年亮相，青溪开园四年。"
    values = [row.value for row in FigureBook.of((told(2024, text),)).rows]  # type: ignore[arg-type]
    assert values == ["26人", "超百万"]


def test_until_is_told_and_has_no_beginning() -> None:
    one = told(2024, "截至2023年6月中旬，青溪区规上企业有300家，运行平稳。")
    (row,) = FigureBook.of((one,)).rows  # type: ignore[arg-type]
    assert (row.as_of, row.first, row.last) == ("截至2023年6月中旬", None, date(2023, 6, 20))
    year = next(year for year in chronicle((one,)) if year.year == 2023)  # type: ignore[arg-type]
    assert year.entries[0].when == "截至2023年6月中旬"


def test_a_season_over_the_new_year_stands_in_the_year_in_which_it_begins() -> None:
    one = told(2026, "青溪的工厂正赶制今冬新款羽绒服，订单很满。")
    one = replace(one, published=Published(date(2025, 10, 1), date(2025, 11, 30)))  # type: ignore[type-var]
    assert [year.year for year in chronicle((one,))] == [2025]  # type: ignore[arg-type]
