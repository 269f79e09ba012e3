from rag.question.rewording import Rewordings, read_thesaurus, rewordings, thesaurus, wordings
from tests.rag.reading_corpus import words

TABLE = read_thesaurus("# remark\n带娃|看娃\t托育|托班\n赚钱\t营收|产值\n=规上\t规模以上\n=研发费用\t研发投入\n")


def _rewordings(question: str) -> Rewordings:
    return rewordings(question, words(), frozenset(range(len(question) + 1)), TABLE)


def test_a_question_takes_the_official_word_that_the_sentence_uses() -> None:
    asked = _rewordings("企业赚钱吗")
    assert asked.in_words_of("去年产值翻番", "") == "企业产值吗"
    assert asked.in_words_of("去年营收翻番", "") == "企业营收吗"


def test_a_word_that_the_sentence_uses_itself_stays() -> None:
    assert _rewordings("企业赚钱吗").in_words_of("企业赚钱,产值翻番", "") == "企业赚钱吗"


def test_the_sentence_counts_before_what_stands_around_it() -> None:
    asked = _rewordings("企业赚钱吗")
    assert asked.in_words_of("营收翻番", "赚钱的企业") == "企业营收吗"
    assert asked.in_words_of("企业不少", "赚钱的企业营收") == "企业赚钱吗"
    assert asked.in_words_of("企业不少", "营收") == "企业营收吗"


def test_official_words_that_no_article_holds_are_not_offered() -> None:
    assert _rewordings("研发费用是多少").places == ()


def test_what_a_phrase_asks_is_still_asked() -> None:
    table = read_thesaurus("谁创办的\t托育\n")
    question = "公司谁创办的"
    found = rewordings(question, words(), frozenset(range(len(question) + 1)), table)
    assert found.in_words_of("托育", "") == "公司托育谁"


def test_a_word_is_exchanged_only_where_words_begin_and_end() -> None:
    edges = frozenset({0, 2, 3, 5})
    assert list(TABLE.places("看娃出赚钱", edges)) == [(0, 2), (3, 5)]
    assert list(TABLE.places("看娃出赚钱", edges - {3})) == [(0, 2)]


def test_the_longest_word_is_taken() -> None:
    table = read_thesaurus("看娃\t托育\n看娃的\t托班\n")
    assert list(table.places("谁看娃的")) == [(1, 4)]


def test_short_and_full_names_stand_for_each_other() -> None:
    assert wordings("青禾经开区在哪", words())[0] == "青禾经济技术开发区在哪"
    assert wordings("青禾经济技术开发区在哪", words())[0] == "青禾经开区在哪"


def test_a_short_name_that_only_people_use_is_written_in_full() -> None:
    assert wordings("江理大和谁签约", words())[0] == "江北理工大学和谁签约"


def test_the_table_that_comes_along_can_be_read() -> None:
    table = thesaurus()
    assert len(table.official) > 10_000
    assert all(others and word not in others for word, others in table.official.items())
