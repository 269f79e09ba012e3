from index.search.words import full_name
from rag.question.vocabulary import CorpusWords
from tests.rag.reading_corpus import words


def test_runs_of_one_to_four_characters_are_counted_exactly() -> None:
    small = CorpusWords.of(["云栈小镇和云栈路", "小镇"])
    assert [small.count(run) for run in ("云", "云栈", "云栈小", "云栈小镇", "小镇")] == [2, 2, 1, 1, 2]


def test_a_longer_run_counts_as_often_as_its_rarest_four() -> None:
    assert CorpusWords.of(["云栈小镇好", "云栈小镇"]).count("云栈小镇好") == 1


def test_nothing_is_counted_across_a_mark_or_a_text() -> None:
    small = CorpusWords.of(["青，禾", "区"])
    assert small.count("青禾") == 0 and small.count("禾区") == 0


def test_an_empty_corpus_holds_nothing() -> None:
    empty = CorpusWords.of([])
    assert empty.size == 0 and empty.count("青禾") == 0 and "青禾" not in empty


def test_counts_within_a_text_are_the_counts_of_its_runs() -> None:
    known = words()
    text = "青禾经开区a面积"
    table = known.within(text)
    assert table.count(0, 2) == known.count("青禾") and table.count(0, 5) == known.count("青禾经开区")
    assert table.count(4, 6) == 0


def test_a_short_name_is_learnt_where_an_article_introduces_it() -> None:
    assert words().short_names == (("青禾经济技术开发区", "青禾经开区"),)


def test_the_full_name_is_the_shortest_that_holds_the_short_one_in_order() -> None:
    assert full_name("位于城东的青禾经济技术开发区", "青禾经开区") == "青禾经济技术开发区"
    assert full_name("云栈小镇", "青禾") == ""


def test_a_name_is_found_by_the_first_characters_of_its_words() -> None:
    assert words().name_for("海师大") == "海东师范大学"  # 海东|师范|大学
    assert words().name_for("江理大") == "江北理工大学"


def test_the_sibling_is_the_other_name_with_the_same_ending() -> None:
    assert words().sibling("云栈小镇", "小镇") == "梭影小镇"
