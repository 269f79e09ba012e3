"""Each kind of claim has its own check: what it proves, and what it must not let through."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.chinese.facts import quantities
from corpus.chinese.text import fold
from corpus.records import Published
from rag.proof.absences import declines, untold
from rag.proof.acknowledgements import without_acknowledgement
from rag.proof.attributions import attribution
from rag.proof.causes import causes_reversed
from rag.proof.comparisons import (
    comparison,
    exchanged,
    fits_another,
    incomplete,
    labelled,
    of_something_else,
    reckons_with_another,
)
from rag.proof.conditions import condition_told_as_fact
from rag.proof.corrections import without_denial
from rag.proof.exchanges import exchanged_word
from rag.proof.lists import item_of_another_list
from rag.proof.neighbours import (
    adds_up_unnamed,
    altered_item,
    beside_another,
    counts_another,
    counts_unheld,
    of_another_scope,
    of_another_time,
    other_side,
    said_of_another,
)
from rag.proof.order import crossed, other_complement, split_from, turned_round
from rag.proof.ordinals import numbered
from rag.proof.owners import of_another
from rag.proof.plans import plan_told_as_result
from rag.proof.prover import Prover, ShownSpan
from rag.proof.segments import of_another_stretch
from rag.proof.speakers import other_speaker
from rag.proof.statements import Ground, Statement
from rag.proof.titles import other_title
from rag.proof.values import Read, agrees, bare_value, contradicts, is_answer, prints

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


def bound(sentence: str, text: str, question: str = "") -> bool:
    """Whether the figures of a sentence are of what the text gives them for."""
    statement, grounds = Statement(sentence), [Ground(text)]
    held = [*grounds, Ground(question)]
    return not any(
        beside_another(statement, one, grounds)
        or of_another_time(statement, one, grounds)
        or of_another_scope(statement, one, grounds)
        or counts_unheld(statement, one, held)
        or counts_another(statement, one, grounds)
        for one in statement.quantities
    )


@pytest.mark.parametrize(
    ("true", "false", "text"),
    [
        ("其中住宅1300亩、产业800亩。", "其中住宅800亩、产业1300亩。", "预留1300亩住宅和800亩产业用地。"),
        ("每年选金钻5名、红钻15名。", "每年选金钻15名、红钻5名。", "每年选树金钻5名、红钻15名、黄钻100名。"),
        ("如今换款要10分钟。", "如今换款要2小时。", "原先换款至少要2小时，如今换款只要10分钟。"),
        ("青禾经开区有企业700家。", "青禾区有企业700家。", "青禾制造业的主阵地青禾经开区，产值过千亿，有企业700家。"),
        ("青禾区布局了11处驿站。", "望潮市布局了11处驿站。", "望潮市青禾区在全区布局11处驿站。"),
        ("球场用了2000多条单车轮胎。", "球场用了2000多条飞机轮胎。", "球场由2000多条处理之后的单车轮胎铺成。"),
        ("新增示范企业4家。", "有4个服务型制造试点区域。", "入选服务型制造试点区域，新增示范企业4家。"),
    ],
)
def test_a_figure_stays_with_what_stands_beside_it(true: str, false: str, text: str) -> None:
    assert bound(true, text) and not bound(false, text)


def test_a_sum_of_two_things_is_not_told_of_one() -> None:
    grounds = [Ground("联网路完工5条、开工3条。")]
    operands = quantities("5条+3条")
    assert adds_up_unnamed("联网路完工8条。", operands, grounds) == "开工"
    assert not adds_up_unnamed("联网路完工和开工一共8条。", operands, grounds)


def test_a_sum_of_a_whole_list_needs_one_name() -> None:
    text = "工程师每年选树金钻5名、红钻15名。"
    figures, operands = labelled(text), quantities("5名+15名")
    assert of_something_else("一年一共选树20名。", "", operands, figures)
    assert not of_something_else("一年一共选树20名。", "", operands, figures, [text])


def test_a_ratio_is_of_what_is_named() -> None:
    figures = labelled("工业增加值440亿元，增长3%；服务业增加值493亿元；生产总值1067亿元。")
    named = "服务业增加值占生产总值的比重。"
    assert reckons_with_another(named, quantities("440亿元÷1067亿元"), figures)
    assert not reckons_with_another(named, quantities("493亿元÷1067亿元"), figures)


def test_what_is_said_of_a_figure_is_said_of_no_other() -> None:
    text = "3.70元邮票以青禾饭店为背景；5元邮票展示的是晚年，背景为望潮学堂大楼。"
    assert said_of_another(Statement("3.70元那枚的背景是望潮学堂大楼。"), [Ground(text)])
    assert not said_of_another(Statement("5元那枚的背景是望潮学堂大楼。"), [Ground(text)])


def test_a_side_stays_a_side() -> None:
    grounds = [Ground("三朵花：北接成熟资源的“甲都”，中部打造“乙厅”，南承算力的“丙场”。")]
    assert other_side("北边的是“丙场”。", grounds) == "丙场"
    assert not other_side("北边的是“甲都”。", grounds)


def test_each_item_of_a_list_is_held() -> None:
    grounds = [Ground("实行优先承运、优先吊装、优先挂运。")]
    assert altered_item(Statement("实行优先承运、优先吊装、优先报关。"), grounds) == "报关"
    assert not altered_item(Statement("实行优先承运、优先吊装、优先挂运。"), grounds)


def test_two_clauses_keep_their_own_ends() -> None:
    text = "青禾中心新址、望潮综合楼全面投用，大禹院区正式挂牌。"
    assert crossed("大禹院区全面投用，青禾中心新址正式挂牌。", [text])
    assert not crossed("大禹院区正式挂牌，青禾中心新址全面投用。", [text])
    text = "崇仁入城获评省级风貌优秀案例，“富春”新区风貌区获评省级样板区。"
    assert split_from("崇仁入城获评省级样板区。", [text])
    assert not split_from("“富春”新区风貌区获评省级样板区。", [text])


def test_what_was_asked_about_is_no_cause() -> None:
    text, why = "随着汽车竞争激烈，飞梭转向机器人。", "飞梭为什么转向机器人"
    assert causes_reversed("因为转向机器人，飞梭遇到了汽车竞争。", [text], why)
    assert not causes_reversed("因为汽车竞争激烈，飞梭转向机器人。", [text], why)


@pytest.mark.parametrize(
    ("sentence", "answer", "same"),
    [
        ("换款要10分钟。", "如今只需10分钟", True),
        ("换款要2小时。", "如今只需10分钟", False),
        ("8月6日2点33分发生的。", "8月6日2点33分", True),
        ("8月6日8时发生的。", "8月6日2点33分", False),
        ("主攻绿色能源。", "未来医疗、绿色能源", True),
        ("主攻细胞治疗。", "未来医疗、绿色能源", False),
    ],
)
def test_a_sentence_agrees_with_the_words_that_answer(sentence: str, answer: str, same: bool) -> None:
    assert agrees(sentence, answer) is same


def test_that_nothing_can_be_said_is_heard_in_other_words() -> None:
    assert declines("根据提供的证据，无法回答这个问题。")
    assert declines("The evidence does not mention the mayor.")
    assert not declines("报道没有写明其余道路的名字。")
    assert not declines("青禾镇没有图书馆。")


EVIDENCE = "望潮制药 青禾制药 飞梭集团 望潮镇 河畔 山间"


@pytest.mark.parametrize(
    ("true", "false", "text"),
    [
        ("驾驶员将面临罚款。", "飞梭集团将面临罚款。", "驾驶员将面临罚款。"),
        (
            "展馆是青禾制药和上海联合打造的。",
            "展馆是青禾制药和飞梭集团联合打造的。",
            "展馆是青禾制药和上海联合打造的。",
        ),
        ("这是固定开通的河畔运输路线。", "这是固定开通的山间运输路线。", "这是固定开通的河畔运输路线。"),
        ("青禾厂设立研究中心。", "望潮镇建立了研究中心。", "青禾厂建立研究中心。"),
    ],
)
def test_one_word_in_the_place_of_another_says_something_else(true: str, false: str, text: str) -> None:
    assert exchanged_word(false, [text], EVIDENCE + text, "")
    assert not exchanged_word(true, [text], EVIDENCE + text, "")


def test_a_word_of_the_question_may_take_the_place_of_another() -> None:
    text = "驾驶员将面临罚款。"
    assert not exchanged_word("飞梭集团将面临罚款。", [text], EVIDENCE + text, "飞梭集团会怎么样")


def test_a_list_is_one_list() -> None:
    text = "由宣传部、环境局、团委发起，遴选文旅局、农业局的人。"
    around = fold(text)
    assert item_of_another_list("由宣传部、环境局、农业局发起。", [text], around) == "农业局"
    assert not item_of_another_list("由宣传部、环境局和团委发起。", [text], around)


def test_a_post_is_held_somewhere() -> None:
    text = "青禾镇柴家村党委书记顾砚秋、公安局网络科政委白石。"
    assert other_title("顾砚秋是青禾镇党委书记。", [text]) and other_title("白石是公安局政委。", [text])
    assert not other_title("顾砚秋是柴家村的党委书记。", [text]) and not other_title("白石是网络科政委。", [text])
    assert other_title("顾砚秋是柴家村的董事长。", [text]) == "董事长"


def test_who_is_told_of_stands_in_the_stretch_that_tells_it() -> None:
    text = "新推出的计算器只需录入数据,就能快速生成专属报告;已上线的预警系统将支付时间压缩到两天。"
    ground = Ground(text)
    assert of_another_stretch("预警系统能快速生成专属报告。", [ground], ground.folded, "")
    assert not of_another_stretch("计算器能快速生成专属报告。", [ground], ground.folded, "")
    assert not of_another_stretch("预警系统能快速生成专属报告。", [ground], ground.folded, "预警系统能做什么")


def test_what_holds_under_a_condition_is_no_fact() -> None:
    text = "除非飞梭集团明确承诺不裁员，否则没人来。"
    assert condition_told_as_fact("飞梭集团已明确承诺不裁员。", [text], "")
    assert not condition_told_as_fact("如果飞梭集团明确承诺不裁员，就有人来。", [text], "")
    assert not condition_told_as_fact("飞梭集团明确承诺不裁员。", ["飞梭集团明确承诺不裁员。"], "")


def test_nobody_speaks_for_another() -> None:
    text = "青禾银行对此表示，这并非强制要求。望潮监管局作出处罚。"
    assert other_speaker("望潮监管局表示，这并非强制要求。", [text], fold(text))
    assert not other_speaker("青禾银行表示，这并非强制要求。", [text], fold(text))


def test_from_and_to_are_not_exchanged() -> None:
    grounds = [Ground("可将原本半月的支付时间压缩到两天。")]
    for sentence, wrong in (
        ("时间从两天压缩到半月。", True),
        ("时间从半月压缩到两天。", False),
        ("以前要半月，现在两天。", False),
    ):
        statement = Statement(sentence)
        assert any(of_another_time(statement, one, grounds) for one in statement.quantities) is wrong, sentence


@pytest.mark.parametrize(
    ("sentence", "text", "told_as_done"),
    [
        ("今年青禾镇解决了住房问题。", "今年，青禾镇将着力解决好住房等问题。", True),
        ("电池已用于家庭。", "电池甚至有望未来用于家庭。", True),
        ("青禾镇解决了住房问题。", "青禾镇解决了住房等问题。", False),
    ],
)
def test_what_is_hoped_for_is_not_done(sentence: str, text: str, told_as_done: bool) -> None:
    assert plan_told_as_result(Statement(sentence), [Ground(text)]) is told_as_done


def test_words_that_point_to_what_was_asked_are_taken_away() -> None:
    assert without_acknowledgement("这个工具叫计算器。", "那个算补贴的工具叫什么") == "叫计算器。"
    assert without_acknowledgement("她叫顾砚秋。", "项目经理叫什么") == "叫顾砚秋。"
    assert without_acknowledgement("该计划已在青禾镇建成。", "这个计划是什么") == "该计划已在青禾镇建成。"


def test_another_item_or_date_than_the_span_answers_with_is_a_contradiction() -> None:
    read = [Read(0.9, ("宣传部、环境局、团委",), 0.9)]
    assert contradicts(Statement("由宣传部、环境局、农业局发起。"), "哪三家发起的", read)
    assert not contradicts(Statement("由宣传部、环境局和团委发起。"), "哪三家发起的", read)
    whole = Statement("推出惠民生、暖民心举措，由宣传部、环境局、团委发起。")
    assert not contradicts(whole, "哪三家发起的", read)
    read = [Read(0.9, ("1994年7月",), 0.9)]
    assert contradicts(Statement("顾砚秋1994年6月参加工作。"), "哪年上班的", read)
    assert not contradicts(Statement("顾砚秋1994年7月参加工作。"), "哪年上班的", read)
    further = Statement("其中31项是故意的。")
    assert not contradicts(further, "被控多少项", [Read(0.9, ("37项",), 0.9)])


def test_a_figure_printed_with_a_gap_is_a_figure() -> None:
    span = ShownSpan(1, "a", 0, 20, "青禾移动客户 9.85 亿户，净增 1038 万户。")
    assert Prover([span]).prove("青禾移动客户有9.85亿户。", [1]).proven


def test_a_count_of_what_the_sentence_tells_needs_no_source() -> None:
    span = ShownSpan(1, "a", 0, 30, "青禾城仍有1300亩住宅和800亩产业的空间储备。")
    question = "青禾城还有多少住宅和产业空间储备"
    assert Prover([span], question=question).prove("两项合计2100亩（1300亩+800亩=2100亩）。", [1]).proven
    assert not Prover([span], question=question).prove("三项合计2100亩（1300亩+800亩=2100亩）。", [1]).proven


def test_a_span_that_points_back_speaks_of_who_was_named_last() -> None:
    span = ShownSpan(
        1,
        "a",
        30,
        60,
        "在博览会上，这家企业发布了其自主研发的影像模型。",
        before="离飞梭集团不远的青禾公司，将智能用于医药。",
    )
    assert Prover([span]).prove("这是青禾公司自主研发的影像模型。", [1]).proven
    assert not Prover([span]).prove("这是飞梭集团自主研发的影像模型。", [1]).proven
