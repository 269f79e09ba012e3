import pytest

from rag.question.typos import correct, one_edit
from tests.rag.reading_corpus import words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("云站小镇有多少企业", "云栈小镇有多少企业"),  # the same sound
        ("梭影小阵有多少企业", "梭影小镇有多少企业"),  # the same sound, at the end of the name
        ("飞俊动力的董事长", "飞梭动力的董事长"),  # the same look
        ("青禾经开曲面积多大", "青禾经开区面积多大"),
    ],
)
def test_a_wrong_character_in_a_name_is_read_as_the_articles_write_it(typed: str, read: str) -> None:
    assert correct(typed, words()).text == read


def test_what_was_read_differently_is_told() -> None:
    assert correct("云站小镇", words()).changes == (("云站", "云栈"),) or correct("云站小镇", words()).changes == (
        ("站小", "栈小"),
    )


@pytest.mark.parametrize(
    "question",
    [
        "云栈小镇有多少企业",
        "西湖断桥的传说是什么",
        "余杭区的面积有多大",
        "你知道怎么去那里吗",
        "红烧肉怎么做",
        "望潮桥有多少年历史",
    ],
)
def test_right_words_stay_also_those_that_no_article_holds(question: str) -> None:
    assert correct(question, words()).changes == ()


def test_nothing_is_corrected_without_a_corpus() -> None:
    from rag.question.vocabulary import CorpusWords

    assert correct("云站小镇", CorpusWords.of([])).text == "云站小镇"


def test_two_characters_in_the_wrong_order_are_put_right() -> None:
    assert correct("青禾经济技术发开区", words()).text == "青禾经济技术开发区"


def test_a_latin_word_one_letter_off_is_read_as_the_articles_write_it() -> None:
    assert correct("FeiMnd是什么", words()).changes == (("feimnd", "feimind"),)


@pytest.mark.parametrize(
    ("a", "b", "close"),
    [("abc", "abd", True), ("abc", "acb", True), ("abc", "ab", True), ("abc", "cba", False), ("ab", "abcd", False)],
)
def test_one_edit_is_one_letter_or_one_swap(a: str, b: str, close: bool) -> None:
    assert one_edit(a, b) is close
