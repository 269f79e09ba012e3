import pytest

from rag.answerer import ExtractiveAnswerer
from rag.question.followups import changes_topic, is_name, resolve
from rag.question.topics import find_topics
from tests.rag.reading_corpus import words

GDP = [("青禾区2023年地区生产总值是多少？", "青禾区2023年地区生产总值为800亿元。")]
TOWN = [("云栈小镇有多少企业？", "云栈小镇集聚企业900家。")]
SIGNED = [("青禾区和哪两所大学签约？", "青禾区已与海东师范大学、江北理工大学签约。")]
CHAIR = [("飞梭动力的董事长是谁？", "飞梭动力董事长顾砚秋介绍，新厂已投用。")]


@pytest.mark.parametrize(
    ("history", "question", "standalone"),
    [
        (TOWN, "那梭影小镇呢？", "梭影小镇有多少企业？"),
        (TOWN, "它是哪年开园的？", "云栈小镇是哪年开园的？"),
        (TOWN, "那里有什么企业？", "云栈小镇有什么企业？"),
        (TOWN, "不是，我问的是梭影小镇", "梭影小镇有多少企业？"),
        (TOWN, "哪年开园的？", "云栈小镇哪年开园的？"),
        (TOWN, "那另一个小镇呢？", "梭影小镇有多少企业？"),
        (TOWN, "望潮桥有多少年历史？", "望潮桥有多少年历史？"),
        (GDP, "2024年呢？", "青禾区2024年地区生产总值是多少？"),
        (GDP, "增速呢？", "2023年青禾区地区生产总值的增速是多少？"),
        (SIGNED, "后者在哪里？", "江北理工大学在哪里？"),
        (SIGNED, "前者在哪里？", "海东师范大学在哪里？"),
        (CHAIR, "他说了什么？", "顾砚秋说了什么？"),
        (CHAIR, "这家公司在哪里？", "飞梭动力在哪里？"),
        ([], "那梭影小镇呢？", "那梭影小镇呢？"),
    ],
)
def test_a_follow_up_becomes_a_question_that_stands_alone(
    history: list[tuple[str, str]], question: str, standalone: str
) -> None:
    assert resolve(question, history, words()).question == standalone


def test_a_branch_takes_the_place_of_a_branch_within_a_term() -> None:
    asked = [("青禾区规上工业增加值是多少？", "300亿元。")]
    assert resolve("服务业呢？", asked, words()).question == "青禾区服务业增加值是多少？"


def test_a_new_topic_is_announced() -> None:
    assert changes_topic("换个问题，望潮桥在哪") and changes_topic("另外问一下面积") and not changes_topic("另一个呢")


def test_a_class_of_things_is_no_name() -> None:
    known = words()
    names = {topic.text for topic in find_topics("望潮桥旁的企业有什么产品", known) if is_name(topic, known)}
    assert names == {"望潮桥"}


def test_what_a_refusal_says_of_the_question_is_nothing_that_was_told(real_answerer: ExtractiveAnswerer) -> None:
    before = "公园啥时候开"
    answer = real_answerer.answer("去年投资多少", [(before, real_answerer.answer(before).answer)])
    assert before not in answer.standalone
