"""What is shown of an answer, and what is not: scope, cuts, notices, leads, differences, splitting, exporting."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest

from corpus.errors import QuestionError, SettingsError
from corpus.records import BlockKind, Published, Span
from rag.records import Answer, Claim, Conflict, Status
from rag.wording import CORRECTED, LISTED, READ_AS
from tests.fakes_ui import ARTICLES, FIRMS_2026, HARBOUR, SCHOOLS, SCRIPT, TARGET, ScriptedAnswerer, article, citation
from ui import wording
from ui.page import exporting, render, showing
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


@pytest.mark.parametrize(
    ("question", "sentence", "value", "told"),
    [
        (
            "青溪经开区2023年的地区生产总值是多少？",
            "2023年，青溪全区地区生产总值1067亿元，增长6%。",
            "1067亿元",
            "报道没有青溪经开区2023年的数，只有全区的：",
        ),
        (
            "青溪的规上工业产值是多少？",
            "去年，青溪经开区规上工业总产值突破630亿元。",
            "630亿元",
            "报道没有青溪2023年的数，只有青溪经开区的：",
        ),
        ("青溪2023年的地区生产总值是多少？", "2023年，青溪全区地区生产总值1067亿元，增长6%。", "1067亿元", ""),
        ("青溪经开区的规上工业产值是多少？", "去年，青溪经开区规上工业总产值突破630亿元。", "630亿元", ""),
        ("经开区的规上工业产值是多少？", "去年，青溪经开区规上工业总产值突破630亿元。", "630亿元", ""),
        ("开发区的规上工业产值是多少？", "去年，青溪经开区规上工业总产值突破630亿元。", "630亿元", ""),
    ],
)
def test_what_is_of_another_scope_is_not_shown_large(question: str, sentence: str, value: str, told: str) -> None:
    body = [
        (BlockKind.HEADLINE, "青溪答卷"),
        (BlockKind.BODY, sentence),
        (BlockKind.BODY, "青溪人都说，青溪区的青溪经开区在青溪东边，开发区很大。"),
    ]
    one = article("a", body, published=Published(date(2024, 2, 1), date(2024, 2, 29)))
    start = one.text.index(sentence)
    cited = replace(
        citation(1, SCHOOLS, FIRMS_2026), article_id="a", start=start, end=start + len(sentence), quote=sentence
    )
    answer = replace(
        scripted(TARGET_QUESTION),
        question=question,
        standalone=question,
        short_answer=value,
        claims=(Claim(sentence, (1,), value),),
        citations=(cited,),
    )
    shown, printed = render.answer_turn("t", answer, {"a": one}), printing.card(answer, {"a": one})
    assert ('class="short' in shown) == (value in printed.split("\n\n")[0]) == (not told)
    assert told in shown
    assert told in printed
    copied, announced = render.copy_text(answer, {"a": one}), shown.split('data-announce="')[1].split('"')[0]
    assert f"{value}（" in copied or told
    assert told in copied
    assert announced.startswith(told or value)


def test_a_figure_without_a_time_of_its_own_is_as_of_its_report() -> None:
    sentence = "青溪区交出了答卷：地区生产总值1067亿元，增长6%。"
    one = article(
        "a",
        [(BlockKind.HEADLINE, "青溪答卷"), (BlockKind.BODY, sentence)],
        published=Published(date(2024, 2, 1), date(2024, 2, 29)),
    )
    start = one.text.index(sentence)
    cited = replace(
        citation(1, SCHOOLS, FIRMS_2026), article_id="a", start=start, end=start + len(sentence), quote=sentence
    )
    answer = replace(
        scripted(TARGET_QUESTION),
        question="青溪的地区生产总值？",
        standalone="青溪的地区生产总值？",
        short_answer="1067亿元",
        claims=(Claim(sentence, (1,), "1067亿元"),),
        citations=(cited,),
    )
    assert scope_of(answer, {"a": one}).period == "2024年2月报道"


def test_a_long_sentence_is_cut_around_its_value_and_is_as_long_everywhere() -> None:
    lead = "地处三角洲中心、驻守省城东北的青溪区以当好桥头堡的姿态推动经济发展，交出了一份答卷"
    text = f"{lead}：生产总值1067.27亿元，增长6%；完成工业增加值440.78亿元，增长3.7%。"
    said = "…生产总值1067.27亿元，增长6%…"
    assert showing.said(Claim(text, (1,), "1067.27亿元")) == said
    assert showing.said(Claim(TARGET, (1,), "突破3000亿元")) == TARGET
    assert showing.said(Claim(text, (1,), "没有")) == showing.said(Claim(text, (1,))) == text
    answer = replace(scripted(TARGET_QUESTION), claims=(Claim(text, (1,), "1067.27亿元"),), short_answer="1067.27亿元")
    for shown in (printing.card(answer), render.copy_text(answer)):
        assert f"{said}[1]" in shown
    shown = render.answer_turn("t", answer, {})
    assert re.sub("<[^>]+>", "", shown.split('<p class="claim">')[1].split("</p>")[0]) == f"{said}1"


def test_a_short_answer_that_lists_things_is_a_list_everywhere() -> None:
    short = "产业增加值、核心增加值、研发投入、企业数"
    answer = replace(
        scripted(TARGET_QUESTION), short_answer=short, claims=(Claim(f"{short}较去年倍增。", (1,), short),)
    )
    shown = render.answer_turn("t", answer, ARTICLES).split('class="evidence"')[0]
    assert 'class="short' not in shown.replace("short-items", "")
    assert shown.count('<li class="claim">') == shown.split("</ul>")[0].count('class="chip"') == 4
    assert "  · 研发投入\n" in printing.card(answer)
    listed = replace(answer, short_answer="甲、乙和丙", notices=(LISTED.format(3),))
    assert showing.items(listed) == ()  # two marks are no list yet
    listed = replace(answer, short_answer="甲、乙、丙和丁", notices=(LISTED.format(4),))
    assert showing.items(listed) == ("甲", "乙", "丙", "丁")
    assert showing.items(replace(listed, notices=())) == ("甲", "乙", "丙和丁")
    assert showing.items(replace(listed, short_answer="支撑（如设计、生产、体验）")) == ()


def test_that_the_articles_say_otherwise_is_said_everywhere() -> None:
    answer = replace(scripted(TARGET_QUESTION), answer=CORRECTED + TARGET)
    for shown in (render.answer_turn("t", answer, ARTICLES), printing.card(answer), render.copy_text(answer)):
        assert CORRECTED in shown


def test_how_a_word_was_read_is_told_only_when_it_made_a_difference() -> None:
    answer = replace(scripted(TARGET_QUESTION), notices=(READ_AS.format("力杭"), READ_AS.format("工业")))
    assert showing.telling_notices(answer) == ()
    assert "已按" not in printing.card(answer, ARTICLES)
    answer = replace(answer, question="青溪2028公业目标是多少?")
    assert showing.telling_notices(answer) == (READ_AS.format("工业"),)
    assert READ_AS.format("工业") in printing.card(answer, ARTICLES)


def test_a_follow_up_is_explained_only_when_context_was_put_into_it() -> None:
    plain = replace(scripted(TARGET_QUESTION), standalone="青溪2028工业目标多少")
    assert wording.CONTEXT not in render.answer_turn("t", plain, ARTICLES, follow_up=True)
    read = replace(plain, question="那面积呢？", standalone="青溪数谷的面积是多少？")
    assert wording.CONTEXT in render.answer_turn("t", read, ARTICLES, follow_up=True)


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
        scripted(TARGET_QUESTION),
        question="服务业和工业哪个大？",
        short_answer="服务业",
        calculation="493.19亿元[1] − 440.78亿元[1] = 52.41亿元",
    )
    assert exporting.short_of(answer) == "服务业更大，多52.41亿元"
    assert exporting.short_of(replace(answer, calculation="", short_answer="五个较2023年实现“")) == "五个较2023年实现"


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("临平2028工业目标是多少?", 1),
        ("开发区有多大？有多少人？", 1),
        ("开发区有多大？有多少人？路有几条？", 3),
        (
            "您好：\n我们想来投资，请教几个问题：\n1. 有多少家企业？\n2、规上工业产值\n（3）面积多大？另外有多少人才？\n谢谢！",
            4,
        ),
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
    bad = [
        {},
        "x",
        None,
        {**record.to_json(), "lines": [1]},
        {**record.to_json(), "sources": [{"n": 1, "link": "javascript:1"}]},
    ]
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


def test_the_report_of_an_evaluation_is_opened_by_name_or_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    from evals import cli as evaluating

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(evaluating, "RUNS", tmp_path)
    with pytest.raises(SettingsError, match="linping eval"):
        cli.main(["serve", "--eval", "latest"], standalone_mode=False)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "report.html").write_text("x", encoding="utf-8")
    (tmp_path / "latest").write_text("one\n", encoding="utf-8")
    for name in ("latest", "one"):
        cli.main(["serve", "--eval", name], standalone_mode=False)
    assert opened == [(tmp_path / "one" / "report.html").as_uri()] * 2
    with pytest.raises(SettingsError, match="one"):
        cli.main(["serve", "--eval", "two"], standalone_mode=False)
