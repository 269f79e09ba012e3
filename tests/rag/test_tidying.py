import pytest

from rag.question.tidy import simplify, tidy, without_fillers


@pytest.mark.parametrize(
    ("typed", "core"),
    [
        ("请问一下，云栈小镇在哪呀，谢谢", "云栈小镇在哪呀"),
        ("嗯那个，我想知道望潮桥有多长", "望潮桥有多长"),
        ("能不能帮我查查有多少企业", "有多少企业"),
        ("你知道顾砚秋是谁吗？", "顾砚秋是谁？"),
        ("咨询公司有哪些", "咨询公司有哪些"),
        ("介绍一下望潮桥", "介绍一下望潮桥"),
        ("谢谢", "谢谢"),
    ],
)
def test_fillers_go_and_the_question_stays(typed: str, core: str) -> None:
    assert without_fillers(typed) == core


def test_traditional_and_full_width_characters_are_evened_without_a_change_of_length() -> None:
    typed = "雲棧小鎮Ｇ６０有多少企業？"
    assert simplify(typed) == "云栈小镇G60有多少企业？" and len(simplify(typed)) == len(typed)


def test_spaces_within_words_go_and_spaces_between_clauses_are_commas() -> None:
    assert tidy("云 栈 小 镇 在 哪") == "云栈小镇在哪"
    assert tidy("云栈小镇企业多不多 就是那个新开的小镇") == "云栈小镇企业多不多，就是那个新开的小镇"
    assert tidy(" 面积？？？ ") == "面积？"
