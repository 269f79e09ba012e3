"""Answers on file are told in a model's place, citing evidence by its words."""

from __future__ import annotations

from collections import Counter

import pytest

from evals.cases import BadCase
from evals.recorded import (
    FAULTS,
    TRUE,
    RecordedSentence,
    Recorder,
    ReplayReport,
    parse,
    read_asked,
    read_replies,
    shows,
    table,
    told,
)
from rag.llm.generator import Finished, Text
from rag.llm.prompt import NO_ANSWER, Message
from rag.records import Answer, Claim, Mode, Status

PROMPT = "【证据】\n报道：甲（2024年）\n[1] 桥头跳车整治23处。\n[2] 地区生产总值1067.27亿元，增长6%。\n【证据结束】"
FILE = """# dev-001
paraphrase: 生产总值为1067.27亿元。 <- 地区生产总值1067.27亿元
-neighbour: 生产总值为23亿元。 <- 地区生产总值1067.27亿元
# dev-434
none
"""


def test_a_file_tells_true_sentences_faulty_ones_and_none() -> None:
    first, second = parse(FILE)
    assert first.sentences == (RecordedSentence("生产总值为1067.27亿元。", "paraphrase", ("地区生产总值1067.27亿元",)),)
    assert [one.kind for one in first.faults] == ["neighbour"]
    assert (second.id, second.sentences, second.faults) == ("dev-434", (), ())


@pytest.mark.parametrize("line", ["paraphrase: 没有依据的写法", "-paraphrase: 错 <- 对", "rumour: 错 <- 对"])
def test_a_line_of_no_known_kind_is_refused(line: str) -> None:
    with pytest.raises(BadCase):
        parse(f"# dev-001\n{line}\n")


def test_a_question_is_answered_once() -> None:
    with pytest.raises(BadCase, match="dev-001"):
        parse("# dev-001\nnone\n# dev-001\nnone\n")


def test_evidence_is_cited_by_its_words_whatever_its_number() -> None:
    sentence = RecordedSentence("生产总值为1067.27亿元。", "paraphrase", ("生产总值 1067.27亿元",))
    assert told(sentence, PROMPT) == "生产总值为1067.27亿元[2]。"
    assert told(sentence, PROMPT.replace("[2]", "[7]")) == "生产总值为1067.27亿元[7]。"


def test_what_the_prompt_does_not_hold_is_not_told() -> None:
    recorder = Recorder()
    recorder.sentences = [RecordedSentence("出口增长9%。", "paraphrase", ("出口增长9%",))]
    generation = recorder.start([Message("user", PROMPT)])
    assert [generation.next(0.1), generation.next(0.1)] == [Text(NO_ANSWER), Finished("stop")]
    assert recorder.written == [] and recorder.name == "recorded 1"


def test_a_sentence_is_seen_only_in_an_answer_of_the_model() -> None:
    answer = Answer(
        id="1",
        question="",
        status=Status.ANSWERED,
        answer="",
        short_answer=None,
        claims=(Claim("2026年，生产总值1067.27亿元。", (1,)),),
        citations=(),
        as_of="",
        conflicts=(),
        confidence=1.0,
        mode=Mode.LLM,
        index_generation="",
    )
    assert shows(answer, "今年，生产总值1067.27亿元。")
    assert not shows(answer, "生产总值1067.27亿元。")


def test_the_table_counts_what_is_against_the_product() -> None:
    report = ReplayReport(right=[True, False], alone=[False, False], refused=[True], refused_alone=[True])
    report.true, report.shown = Counter(paraphrase=4), Counter(paraphrase=3)
    report.faulty, report.escaped = Counter(year=2), Counter()
    rows = table({"dev": report}).splitlines()
    assert "| dev | 0.000 (0/2) | 0.500 (1/2) | 1.000 (1/1) | 1.000 (1/1) |" in rows
    assert "| paraphrase | 4 | 0.250 (1/4) |" in rows and "| year | 2 | 0.000 (0/2) |" in rows


def test_the_answers_on_file_are_enough_and_of_every_kind() -> None:
    replies = read_replies()
    asked = read_asked(reply.id for reply in replies)
    assert len(replies) >= 300 and sum(not reply.sentences for reply in replies) >= 60
    assert sum(len(reply.faults) for reply in replies) >= 300
    assert {one.kind for reply in replies for one in reply.sentences} == set(TRUE)
    assert {one.kind for reply in replies for one in reply.faults} == set(FAULTS)
    assert all(bool(reply.sentences) is asked[reply.id].answerable for reply in replies)
