import pytest

from rag.question.english import Glossary, glossary, read_glossary, translate
from rag.question.kinds import AnswerKind, understand
from tests.rag.reading_corpus import words


@pytest.mark.parametrize(
    ("english", "held", "kind"),
    [
        ("How many companies are in Yunzhan Town?", ("云栈小镇", "企业"), AnswerKind.QUANTITY),
        ("What was Qinghe's GDP in 2023?", ("2023年", "青禾", "地区生产总值"), AnswerKind.QUANTITY),
        ("How old is Wangchao Bridge?", ("望潮桥", "历史"), AnswerKind.QUANTITY),
        ("Who is the chairman of Feisuo Dongli?", ("飞梭动力", "董事长"), AnswerKind.PERSON),
        ("When did Yunzhan Town open?", ("云栈小镇",), AnswerKind.DATE),
        ("Which universities has Qinghe signed with?", ("青禾", "签约", "大学"), AnswerKind.LIST),
        ("Where is Suoying Town?", ("梭影小镇",), AnswerKind.PLACE),
        ("Does Qinghe have an airport?", ("青禾", "机场"), AnswerKind.YES_NO),
    ],
)
def test_an_english_question_becomes_a_chinese_one_of_its_kind(
    english: str, held: tuple[str, ...], kind: AnswerKind
) -> None:
    question = translate(english, words()).question
    assert all(word in question for word in held), question
    assert understand(question).kind is kind


def test_a_month_stands_behind_its_year() -> None:
    assert translate("What happened in Qinghe in May 2025?", words()).question.startswith("2025年5月")


def test_a_name_that_no_article_holds_is_spelled_as_usual() -> None:
    assert "北京" in translate("What is the population of Beijing?", words()).question


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("When does the second phase of Qinghe Line 2 open?", ("青禾", "二号线", "二期")),
        ("How long is Line 12?", ("十二号线",)),
        ("Is phase III finished?", ("三期",)),
    ],
)
def test_things_told_apart_by_a_number_keep_it(english: str, chinese: tuple[str, ...]) -> None:
    assert all(one in translate(english, words()).question for one in chinese)


def test_what_the_corpus_is_about_comes_before_what_is_known_elsewhere() -> None:
    assert "青禾县" in translate("Who is the mayor of Qinghe County?", words()).question  # another Qinghe is 清河
    assert "余杭" in translate("What was the GDP of Yuhang District?", words()).question


def test_what_else_a_term_may_mean_stands_beside_it() -> None:
    made = translate("When does the park in Qinghe close?", words())
    for place in made.places:
        assert made.question[place.start : place.end] == place.said
    others = {one for place in made.places for one in (place.said, *place.others)}
    assert {"公园", "关闭"} <= others


def test_a_pronoun_is_kept_for_the_history() -> None:
    assert translate("How large is it?", words()).question.startswith("它")


def test_the_glossary_can_be_extended_by_a_line() -> None:
    mine = Glossary(read_glossary("# remark\ntide mill|tidal mill\t潮磨|潮汐磨\n"), {})
    assert mine.find(["tide", "mills"]) == ("潮磨", "潮汐磨") and mine.find(["remark"]) == ()


def test_every_line_of_the_glossary_has_chinese() -> None:
    assert all(all(chinese) for chinese in glossary().terms.values())
