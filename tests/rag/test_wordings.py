from rag.wordings import read_thesaurus, wordings
from tests.rag.reading_corpus import words

TABLE = read_thesaurus("# remark\n带娃|看娃\t托育|托班\n赚钱\t营收|产值\n=规上\t规模以上\n=研发费用\t研发投入\n")


def test_everyday_words_become_official_ones_that_the_articles_hold() -> None:
    assert wordings("哪里能带娃", words(), TABLE) == ("哪里能托育",)


def test_a_second_choice_is_another_wording() -> None:
    assert wordings("企业赚钱吗", words(), TABLE) == ("企业营收吗", "企业产值吗")


def test_official_words_that_no_article_holds_are_not_offered() -> None:
    assert wordings("研发费用是多少", words(), TABLE) == ()


def test_short_and_full_names_stand_for_each_other() -> None:
    assert wordings("青禾经开区在哪", words(), TABLE)[0] == "青禾经济技术开发区在哪"
    assert wordings("青禾经济技术开发区在哪", words(), TABLE)[0] == "青禾经开区在哪"


def test_a_short_name_that_only_people_use_is_written_in_full() -> None:
    assert wordings("江理大和谁签约", words(), TABLE)[0] == "江北理工大学和谁签约"


def test_the_table_that_comes_along_can_be_read() -> None:
    from rag.wordings import thesaurus

    table = thesaurus()
    assert all(others and word not in others for word, others in table.official.items())
