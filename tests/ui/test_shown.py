"""What is shown of an answer, and what is not: scope, cuts, notices, leads, differences, splitting, exporting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest

from corpus.errors import QuestionError, SettingsError
from corpus.records import Span
from rag.records import Answer, Claim, Conflict, Status
from rag.wording import READ_AS, refusal
from tests.fakes_ui import ARTICLES, FIRMS_2026, HARBOUR, SCHOOLS, SCRIPT, TARGET, ScriptedAnswerer, citation
from ui import wording
from ui.page import exporting, render
from ui.page.scoping import Scope, scope_of
from ui.service.openers import chosen, read_openers
from ui.settings import load_settings
from ui.splitting import questions_in
from ui.terminal import printing
from ui.terminal.batch import read_rows
from ui.terminal.cli import cli
from ui.terminal.wording import usage_message

TARGET_QUESTION = "青溪2028工业目标是多少?"


def scripted(question: str) -> Answer:
    return SCRIPT[question](question)


def test_period_and_scope_of_a_short_answer_come_from_its_sentence() -> None:
    scope = scope_of(scripted(TARGET_QUESTION), ARTICLES)
    assert scope.period == "2028年"
    assert scope.subject in ("青溪", "全区")
    assert scope.text in render.copy_text(scripted(TARGET_QUESTION), ARTICLES)
    assert scope_of(scripted("你好"), ARTICLES) == Scope()


def test_what_is_of_another_scope_is_not_shown_large() -> None:
    answer = replace(
        scripted(TARGET_QUESTION),
        question="青溪开发区2028年工业产值是多少？",
        conflicts=(Conflict("工业产值", "口径不同", (0,), "范围不同：青溪、青溪开发区"),),
    )
    shown = render.answer_turn("t", answer, ARTICLES)
    if scope_of(answer, ARTICLES).asked:
        assert 'class="short' not in shown
        assert "报道没有青溪开发区的这个数" in shown
    assert render._short(answer, Scope("2028年", "青溪", "青溪开发区")).startswith('<p class="notice">')


def test_a_long_sentence_is_cut_around_its_value_and_a_short_one_is_not() -> None:
    lead = "地处三角洲中心、驻守省城东北的青溪区以当好桥头堡的姿态推动经济发展，交出了一份答卷"
    text = f"{lead}：生产总值1067.27亿元，增长6%；完成工业增加值440.78亿元，增长3.7%。"
    assert render._around_value(text, "1067.27亿元") == "…生产总值1067.27亿元，增长6%…"
    assert render._around_value(TARGET, "突破3000亿元") == TARGET
    assert render._around_value(text, "没有") == text


def test_how_a_word_was_read_is_told_only_when_it_made_a_difference() -> None:
    answer = replace(scripted(TARGET_QUESTION), notices=(READ_AS.format("力杭"), READ_AS.format("工业")))
    assert render.telling_notices(answer) == ()
    answer = replace(answer, question="青溪2028公业目标是多少?")
    assert render.telling_notices(answer) == (READ_AS.format("工业"),)


def test_a_follow_up_is_explained_only_when_context_was_put_into_it() -> None:
    plain = replace(scripted(TARGET_QUESTION), standalone="青溪2028工业目标多少")
    assert wording.CONTEXT not in render.answer_turn("t", plain, ARTICLES, follow_up=True)
    read = replace(plain, question="那面积呢？", standalone="青溪数谷的面积是多少？")
    assert wording.CONTEXT in render.answer_turn("t", read, ARTICLES, follow_up=True)


def test_a_lead_stands_only_when_it_has_to_do_with_the_question() -> None:
    near = replace(scripted("青溪的房价是多少？"), answer=refusal("房价", "", has_lead=True), confidence=0.05)
    assert wording.LEAD_FOLLOWS in near.answer
    far = replace(near, question="海底捞在哪？", standalone="海底捞在哪？")
    shown = render.answer_turn("t", far, ARTICLES)
    assert 'class="lead"' not in shown
    assert wording.NO_LEAD in shown


def test_a_difference_is_named_once_and_its_values_are_not_repeated() -> None:
    claims = (Claim("甲", (1,), "2600余家", "2026年"), Claim("乙", (2,), "1400余家", "2024年"))
    for relation, note, told in (
        ("时间不同", "2026年 2600余家；2024年 1400余家", "时间不同"),
        ("口径不同", "范围不同：临平、开发区（2024年 1400余家；2026年 2600余家）", "范围不同：临平、开发区"),
        ("口径不同", "指标不同：产值、增加值", "指标不同：产值、增加值"),
        ("说法不一", "请核实", "说法不一：请核实"),
    ):
        assert exporting.difference(Conflict("企业", relation, (0, 1), note), claims) == told


def test_a_comparison_opens_with_which_and_by_how_much() -> None:
    answer = replace(
        scripted(TARGET_QUESTION), question="服务业和工业哪个大？", short_answer="服务业",
        calculation="493.19亿元[1] − 440.78亿元[1] = 52.41亿元",
    )  # fmt: skip
    assert exporting.short_of(answer) == "服务业更大，多52.41亿元"
    assert exporting.short_of(replace(answer, calculation="", short_answer="五个较2023年实现“")) == "五个较2023年实现"


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("临平2028工业目标是多少?", 1),
        ("开发区有多大？有多少人？", 1),
        ("开发区有多大？有多少人？路有几条？", 3),
        ("您好：\n我们想来投资，请教几个问题：\n1. 有多少家企业？\n2、规上工业产值\n（3）面积多大？另外有多少人才？\n谢谢！", 4),
        ("请列出：\n1.产值\n2.面积", 2),
        ("第一行没有问\n第二行也没有", 1),
        ("2024.5和2025.6哪个大\n好的", 1),
    ],
)
def test_a_message_is_cut_into_the_questions_it_asks(message: str, found: int) -> None:
    assert len(questions_in(message)) == found


def test_a_record_comes_back_as_it_went_out_and_nothing_else_does() -> None:
    record = exporting.record_of(scripted("青溪有多少家设计企业？"))
    assert exporting.read_records([record.to_json()]) == [record]
    bad = [{}, "x", None, {**record.to_json(), "lines": [1]}, {**record.to_json(), "sources": [{"n": 1, "link": "javascript:1"}]}]
    for sent in (*bad, {**record.to_json(), "short": "长" * 9000}):
        assert exporting.read_records([sent]) is None
    assert exporting.read_records([]) is None
    assert "\\[1\\]" in exporting.as_markdown([record], "http://127.0.0.1/")


def test_a_misspelt_variable_is_named_and_a_range_is_said() -> None:
    with pytest.raises(SettingsError, match=r"LINPING_PROT.*LINPING_PORT"):
        load_settings({"LINPING_PROT": "1"})
    with pytest.raises(SettingsError, match="0 到 1"):
        load_settings({"LINPING_THRESHOLD": "2"})


def test_both_sides_of_a_difference_stand_with_their_dates_in_the_terminal() -> None:
    shown = printing.card(scripted("青溪有多少家设计企业？"))
    assert "2026年1月  1,900余家 [1]" in shown
    assert "2024年5月  800余家 [2]" in shown
    cited = citation(1, SCHOOLS, FIRMS_2026)
    paragraph = printing.source_paragraph(cited, ARTICLES[SCHOOLS], Span(cited.start, cited.end))
    assert f"【{FIRMS_2026}】" in paragraph
    assert ARTICLES[HARBOUR].headline not in paragraph
    assert scripted("你好").status is Status.SMALLTALK



def test_openers_come_from_a_file_and_only_those_answered_well_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "openers.txt"
    file.write_text(f"# 说明\n{TARGET_QUESTION}\n青溪的房价是多少？\n\n{TARGET_QUESTION}\n坏一次\n", encoding="utf-8")
    good, bad = chosen(read_openers(file), ScriptedAnswerer().answer)
    assert good == (TARGET_QUESTION,)
    assert bad == ("青溪的房价是多少？", "坏一次")
    assert read_openers(tmp_path / "none.txt") == read_openers(None) == ()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "--port", "99999"], "--port 的值不对：要一个 0 到 65535 之间的整数。"),
        (["aks", "x"], "没有「aks」这个命令。是不是 ask？"),
        (["ask", "x", "--answerer", "gpt"], "--answerer 的值不对：只能是 extractive、llm、local。"),
        (["serve", "--port", "x"], "--port 的值不对：要一个 0 到 65535 之间的整数。"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese_with_what_would_be_right(arguments: list[str], told: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        cli.main(arguments, standalone_mode=False)
    assert usage_message(caught.value) == told


def test_a_missing_batch_file_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="没有这个文件"):
        list(read_rows(tmp_path / "none.jsonl"))
