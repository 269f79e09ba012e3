"""A stream becomes sentences as soon as they are complete, with the marks they cite."""

from __future__ import annotations

from rag.llm.sentences import Cut, SentenceCutter


def cut(*pieces: str) -> list[list[Cut]]:
    """Return what each piece completes, and at the end what remained."""
    cutter = SentenceCutter()
    return [*(list(cutter.feed(piece)) for piece in pieces), list(cutter.flush())]


def test_a_sentence_with_its_marks_before_the_stop_is_complete_at_the_stop() -> None:
    assert cut("产值突破3000", "亿元[1]", "。", "其中") == [
        [],
        [],
        [Cut("产值突破3000亿元。", (1,))],
        [],
        [Cut("其中。", ())],
    ]


def test_marks_after_the_stop_belong_to_the_sentence_before() -> None:
    assert cut("甲是一。", "[2]", "乙是二[3]。") == [[], [], [Cut("甲是一。", (2,)), Cut("乙是二。", (3,))], []]


def test_a_sentence_without_marks_is_complete_when_something_else_follows() -> None:
    assert cut("甲是一。", "乙") == [[], [Cut("甲是一。", ())], [Cut("乙。", ())]]


def test_however_the_text_is_cut_the_sentences_are_the_same() -> None:
    text = "到2028年产值3000亿元[1]。他说：“今年好。”[2][3]增长12.5%[4,6]。范围[7-9]。"
    whole = [one for part in cut(text) for one in part]
    assert [one.cited for one in whole] == [(1,), (2, 3), (4, 6), (7, 8, 9)]
    for size in (1, 2, 3, 7):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert [one for part in cut(*pieces) for one in part] == whole


def test_a_quotation_waits_for_whoever_said_it() -> None:
    text = "“租金三年不涨。”招商办主任指着墙上的图说,还会再降[1]。“好。”[2]下一句[3]。"
    for size in (1, 3, 9, 100):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert [one.cited for part in cut(*pieces) for one in part] == [(1,), (2,), (3,)]


def test_markdown_numbers_and_thoughts_are_no_text() -> None:
    found = [one for part in cut("<thi", "nk>嗯[9]。</think>- **甲**是一[1]\n2. 乙是二[2]\n") for one in part]
    assert found == [Cut("甲是一。", (1,)), Cut("乙是二。", (2,))]


def test_a_thought_that_never_ends_says_nothing() -> None:
    assert cut("<think>答案是甲[1]。", "真的是甲[1]。") == [[], [], []]


def test_an_introduction_announces_and_states_nothing() -> None:
    assert [one.opens for part in cut("具体如下：\n共2028家如下：\n") for one in part] == [True, False]


def test_english_ends_at_its_marks() -> None:
    found = [one for part in cut(*"The GDP was 5.2 billion yuan in 2023 [2]. It grew [3].") for one in part]
    assert found == [Cut("The GDP was 5.2 billion yuan in 2023.", (2,)), Cut("It grew.", (3,))]


def test_a_mark_that_is_not_finished_cites_nothing() -> None:
    assert [one.cited for part in cut("产值3000亿元[1") for one in part] == [()]


def test_nothing_is_lost_of_what_waits() -> None:
    cutter = SentenceCutter()
    assert list(cutter.feed("没有句号" * 100)) == []
    assert cutter.waiting == 400
