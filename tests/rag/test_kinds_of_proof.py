"""Each kind of claim has its own check: what it proves, and what it must not let through."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.chinese.facts import quantities
from corpus.records import Published
from rag.proof.absences import untold
from rag.proof.acknowledgements import without_acknowledgement
from rag.proof.attributions import attribution
from rag.proof.causes import causes_reversed
from rag.proof.comparisons import comparison, exchanged, fits_another, incomplete, labelled, of_something_else
from rag.proof.corrections import without_denial
from rag.proof.order import other_complement, turned_round
from rag.proof.ordinals import numbered
from rag.proof.owners import of_another
from rag.proof.statements import Ground, Statement
from rag.proof.values import Read, bare_value, contradicts, is_answer, prints

FIRMS = "青禾镇有企业900余家；望潮镇有企业400余家。"


@pytest.mark.parametrize(
    ("sentence", "question", "left"),
    [
        ("望潮桥不是五孔桥，而是七孔桥。", "望潮桥为什么只有五个孔", "望潮桥是七孔桥。"),
        ("增长的不是8%，而是6%。", "产值增长8%靠什么", "增长的是6%。"),
        ("不需要两个小时，坐高铁40分钟到。", "坐高铁要两个小时吗", "坐高铁40分钟到。"),
        ("不全是学生，还有老师。", "来的全是学生吗", "老师。"),
        ("望潮桥有七个孔。", "望潮桥有几个孔", "望潮桥有七个孔。"),
    ],
)
def test_a_correction_leaves_what_it_asserts(sentence: str, question: str, left: str) -> None:
    assert without_denial(sentence, question) == left


def test_a_correction_of_what_nobody_said_is_none() -> None:
    assert without_denial("望潮桥不是铁桥，而是七孔桥。", "望潮桥有几个孔") is None


def test_a_word_that_only_takes_up_the_question_is_taken_away() -> None:
    assert without_acknowledgement("拿到了，青禾镇获评样板镇。", "青禾镇拿到称号了没有") == "青禾镇获评样板镇。"
    assert without_acknowledgement("是的，桥有七个孔。", "桥有七个孔吗") == "桥有七个孔。"
    assert without_acknowledgement("免费，桥有七个孔。", "桥有七个孔吗") == "免费，桥有七个孔。"


def test_an_article_is_known_by_its_time() -> None:
    may = Published(date(2024, 5, 1), date(2024, 6, 30), inferred=True, clue="")
    later = Published(date(2026, 1, 1), date(2026, 2, 28), inferred=True, clue="")
    told = attribution("2024年5—6月的报道写的是900余家。")
    assert told is not None and told.text == "900余家。"
    assert told.fits([may]) and not told.fits([later]) and not told.fits([None])
    assert attribution("青禾镇2024年有900余家企业。") is None


def test_ordinals_count_on_and_keep_the_order_of_the_source() -> None:
    found = numbered("分三步：第一步打桩，第二步架梁，第三步铺路。")
    assert found is not None and found.items == ("打桩", "架梁", "铺路")
    assert found.in_order(["先打桩、再架梁、最后铺路。"]) and not found.in_order(["先铺路、再架梁、最后打桩。"])
    assert numbered("第一步打桩，第三步铺路。") is None


def test_a_statement_of_absence_names_no_figure() -> None:
    assert untold("报道没有写明其余道路的名字。") == "其余道路的名字"
    assert untold("报道没有写明其余9条道路的名字。") is None
    assert untold("青禾镇没有企业。") is None


def test_more_is_compared_by_value() -> None:
    figures = labelled(FIRMS)
    question = "青禾镇和望潮镇哪个企业多"
    assert comparison("青禾镇的企业更多。", question, figures) == ("", True)
    assert comparison("望潮镇的企业更多。", question, figures) == ("", False)
    assert comparison("青禾镇有企业900余家。", question, figures) is None


def test_operands_belong_to_what_they_are_said_of() -> None:
    operands = quantities("900余家−400余家")
    assert not exchanged("青禾镇比望潮镇多500家（900余家−400余家=500家）。", operands, labelled(FIRMS))
    assert exchanged("望潮镇比青禾镇多500家（900余家−400余家=500家）。", operands, labelled(FIRMS))


def test_a_sum_of_all_adds_up_all() -> None:
    text = "选树金钻5名、红钻15名、黄钻100名。"
    assert incomplete("一共20名（5名+15名=20名）。", quantities("5名+15名"), text)
    assert not incomplete("一共120名（5名+15名+100名=120名）。", quantities("5名+15名+100名"), text)
    assert not incomplete("两项之差是10名（15名−5名=10名）。", quantities("15名−5名"), text)


def test_a_sum_adds_only_what_is_named() -> None:
    figures = labelled("治理拥堵点位5处；完成桥头跳车整治23处、窨井盖整治1951处。")
    sentence, question = "桥头跳车和窨井盖一共整治了这么多处。", "桥头跳车和窨井盖一共整治多少处"
    assert not of_something_else(sentence, question, quantities("23处+1951处"), figures)
    assert of_something_else(sentence, question, quantities("5处+1951处"), figures)


def test_a_figure_of_something_else_is_known_by_the_words_before_it() -> None:
    figures = labelled("完成桥头跳车整治23处、道路窨井盖整治1951处。")
    wrong, right = "整治道路窨井盖23处。", "整治道路窨井盖1951处。"
    assert fits_another(quantities(wrong)[0], wrong, figures)
    assert not fits_another(quantities(right)[0], right, figures)


@pytest.mark.parametrize(
    ("sentence", "text", "reversed_"),
    [
        ("因为汽车竞争激烈，飞梭转向机器人。", "随着汽车竞争激烈，飞梭转向机器人。", False),
        ("因为飞梭转向机器人，汽车竞争激烈。", "随着汽车竞争激烈，飞梭转向机器人。", True),
        ("火灾可能由管路破裂引起。", "初步分析，火灾可能由管路破裂引起。", False),
        ("火灾引起了管路破裂。", "初步分析，火灾可能由管路破裂引起。", True),
        ("因为签约160个项目，投资增长12.5%。", "投资增长12.5%。签约160个项目。", True),
    ],
)
def test_cause_and_effect_stay_what_they_are(sentence: str, text: str, reversed_: bool) -> None:
    assert causes_reversed(sentence, [text]) is reversed_


def test_who_and_whom_are_not_exchanged() -> None:
    text, places = "上海的企业走进杭州。", frozenset({"上海", "杭州"})
    assert turned_round("杭州的企业走进上海。", [text], places)
    assert not turned_round("上海的企业走进杭州。", [text], places)
    assert not turned_round("走进杭州的是上海的企业。", [text], places)


def test_a_preposition_keeps_its_complement() -> None:
    assert other_complement("原料来自上海。", ["上海的厂，原料来自青禾。"])
    assert not other_complement("原料来自青禾。", ["上海的厂，原料来自青禾。"])


def test_a_predicate_stays_with_its_subject() -> None:
    text = "青禾集团有限公司正式开工，望潮中心医院预计九月投入使用。"
    assert of_another("青禾集团有限公司预计九月投入使用。", [text])
    assert not of_another("望潮中心医院预计九月投入使用。", [text])


def test_a_value_alone_is_proven_by_the_span_that_answers_with_it() -> None:
    ground = Ground("青禾集团董事长顾砚秋说，新厂已投用。")
    assert bare_value("是顾砚秋。") == "顾砚秋"
    assert bare_value("新厂投用，由顾砚秋介绍。") is None
    assert prints("顾砚秋", ground) and not prints("顾秋", ground)
    question = "青禾集团董事长是谁"
    assert is_answer("顾砚秋", Read(0.8, ("顾砚秋",)), question, ground)
    assert not is_answer("青禾集团", Read(0.5, ("顾砚秋",)), question, ground)
    assert not is_answer("顾砚秋", Read(0.1, ("顾砚秋",)), question, ground)


def test_another_value_than_the_span_answers_with_is_a_contradiction() -> None:
    read = [Read(0.9, ("1951处",))]
    question = "整治了多少处窨井盖"
    assert contradicts(Statement("整治了23处窨井盖。"), question, read) == "1951处"
    assert not contradicts(Statement("整治了1951处窨井盖。"), question, read)
    assert not contradicts(Statement("整治了23处窨井盖。"), question, [Read(0.3, ("1951处",))])
