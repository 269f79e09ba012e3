import pytest

from rag.question.smalltalk import SmallTalk, small_talk


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你好！", SmallTalk.GREETING),
        ("谢谢你啦", SmallTalk.THANKS),
        ("再见", SmallTalk.FAREWELL),
        ("你好，你是谁？", SmallTalk.WHO),
        ("你都能回答哪些问题呀", SmallTalk.ABILITY),
        ("怎么用这个机器人？", SmallTalk.USAGE),
        ("谁开发的你", SmallTalk.MAKER),
        ("你是真人还是机器人", SmallTalk.IS_AI),
        ("你的数据是从哪里来的", SmallTalk.SOURCES),
        ("Who are you?", SmallTalk.WHO),
    ],
)
def test_small_talk_has_a_kind(text: str, kind: SmallTalk) -> None:
    assert small_talk(text) is kind


@pytest.mark.parametrize(
    "text",
    ["你好，云栈小镇在哪？", "飞梭动力是谁创办的", "政策计算器怎么用", "这家公司能做什么", "老板是谁", "谢谢望潮桥"],
)
def test_a_question_about_anything_else_is_none(text: str) -> None:
    assert small_talk(text) is None
