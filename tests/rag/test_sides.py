"""Questions on which made-up articles do not say the same: every side is shown, each with its own source."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.citing import faults
from rag.question.parts import alternatives, frame, named_in_full, of_two_voices, parts_of, side_by_side
from rag.reading.finder import Models
from rag.records import Answer, Status
from tests.indexes import answerer_of, write_articles

ARTICLES = {
    "2023-05-sanxi": """# 三溪县晒出成绩单

三溪日报2023年5月8日讯 “两江”汇流之地，正是三溪所在。三溪县三年来变化很大，三溪人看在眼里。

2022年，三溪县高端制造业增加值占规上工业增加值的比重达到41.5%。

云港小镇自开园以来，吸引一批软件人才，集聚橙果科技、蓝帆软件等企业320家。云港小镇还建成了海洋大学深海装备研究院、三溪电子商务研究院等平台。

云湖大桥的初步设计正在编制，明年有望开工。

三溪县重点培育绿色食品、五金制造、山水旅游三大主导产业。

这里将建成“数字融江会客厅”，城区人口超60万。
""",
    "2024-09-sanxi": """# 三溪高新区聚力向新

三溪日报2024年9月20日讯 位于两江汇流之地的三溪高新区，是三溪县工业的大本营。

2024年上半年，三溪高新区高端制造业增加值占规上工业增加值的比重达到66.2%。

三溪高新区聚焦光伏、新材料、智能装备三大特色产业。面向未来，三溪高新区提前布局氢能、低空经济、脑机接口等新赛道。

江岸上的“数字融合江会客厅”人来人往。

云湖大桥主桥昨天合龙，桥面铺装随即展开。未来，云湖大桥两岸将围绕滨水空间布置公园和步道。

专家点评

高新区的优势在于创新。三溪高新区提前布局合成生物、量子信息、氢能等前沿领域，为长远发展打下了基础。

(省发展研究中心研究员郑文)
""",
    "2025-11-sanxi": """# 云港小镇再出发

三溪日报2025年11月3日讯 云港小镇目前集聚橙果科技、青石机器人等企业610家。

省城高等研究院海洋大学深海装备研究院在云港小镇落户，与海洋大学共建的实验室随之启用。

“融江会客厅”定位明确、人气很旺。县里要把它建成数字融合江会客厅与山水客厅。

全县发放消费券4200万元，也就是0.42亿元，城区人口超600000人。
""",
}


@pytest.fixture(scope="module")
def sanxi(tmp_path_factory: pytest.TempPathFactory, models: Models) -> ExtractiveAnswerer:
    folder: Path = tmp_path_factory.mktemp("sides")
    articles = write_articles(folder / "articles", {f"{name}.txt": text for name, text in ARTICLES.items()})
    return answerer_of(articles, folder / "index", models)


def ask(answerer: ExtractiveAnswerer, question: str) -> Answer:
    answer = answerer.answer(question)
    assert answer.status is Status.ANSWERED, answer.answer
    assert not faults(answer, answerer.articles)
    return answer


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # the figures are named by another word than the question's, 企业 for 公司
        ("云港小镇现在入驻的公司有多少", ["610家", "320家"]),
        # what is asked of both stands before the two
        ("高端制造业增加值占规上工业增加值的比重，全县和高新区各是多少？", ["41.5%", "66.2%"]),
        # whether two things are alike
        (
            "全县的三大主导产业和高新区的三大特色产业一样吗",
            ["绿色食品、五金制造、山水旅游", "光伏、新材料、智能装备"],
        ),
        # an article itself and its expert
        (
            "高新区提前布局的新领域，正文和专家点评说的分别是哪些？",
            ["氢能、低空经济、脑机接口", "合成生物、量子信息、氢能"],
        ),
        # a name that stands inside the other
        ("两江汇流之地的到底是三溪还是三溪高新区", ["正是三溪所在", "两江汇流之地的三溪高新区"]),
        # full names that end alike
        (
            "深海装备研究院的全名，各篇写的是什么",
            ["海洋大学深海装备研究院、", "省城高等研究院海洋大学深海装备研究院"],
        ),
        # two reports of one value
        ("三溪城区人口，有说超60万有说超600000，是不是矛盾？", ["超60万", "超600000人"]),
    ],
)
def test_every_side_is_shown_with_its_source(question: str, told: list[str], sanxi: ExtractiveAnswerer) -> None:
    answer = ask(sanxi, question)
    shown = "\n".join(claim.text for claim in answer.claims)
    assert [words for words in told if words not in shown] == []
    assert len({(one.article_id, one.start) for one in answer.citations}) >= len(told)


def test_of_each_article_the_sentence_is_shown_that_spells_the_name(sanxi: ExtractiveAnswerer) -> None:
    answer = ask(sanxi, "“会客厅”各篇怎么写的？")
    newest = next(claim.text for claim in answer.claims if "2025年" in claim.label)
    assert "数字融合江会客厅" in newest
    assert "名称写法不同" in {conflict.relation for conflict in answer.conflicts}


@pytest.mark.parametrize(
    "question",
    [
        "三溪发放的消费券，有说4200万元有说0.42亿元，哪个对？",
        "三溪城区人口，有说超60万有说超600000，是不是矛盾？",
        "云湖大桥推进到哪一步了",
        "全县的三大主导产业和高新区的三大特色产业一样吗",
    ],
)
def test_what_agrees_or_is_of_two_things_is_called_no_disagreement(question: str, sanxi: ExtractiveAnswerer) -> None:
    assert not [one for one in ask(sanxi, question).conflicts if one.relation == "说法不一"]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "税收占财政收入的比重，全镇和园区各是多少",
            ["全镇税收占财政收入的比重是多少", "园区税收占财政收入的比重是多少"],
        ),
        ("甲镇的龙头企业和乙镇的纳税大户一样吗", ["甲镇的龙头企业是什么", "乙镇的纳税大户是什么"]),
        ("甲镇和乙镇的主导产业有什么不同", ["甲镇的主导产业是什么", "乙镇的主导产业是什么"]),
        ("早报的说法和晚报的报道一样吗", []),
        ("甲镇和乙镇一样吗", []),
    ],
)
def test_sides_are_asked_one_by_one(question: str, parts: list[str]) -> None:
    assert [part.question for part in parts_of(question)] == parts


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("甲镇的企业数，报道之间有没有出入？", "甲镇的企业数"),
        ("甲镇的人口，两篇报道说的一样吗？", "甲镇的人口"),
        ("研究院的名称，各篇写的是什么", "研究院的名称"),
        ("说明书里有说明吗", ""),
    ],
)
def test_on_what_reports_are_compared(question: str, topic: str) -> None:
    assert side_by_side(question) == topic


def test_what_a_question_says_beside_its_choice() -> None:
    question = "三江口的到底是甲区还是甲区新城？"
    assert (alternatives(question), frame(question)) == (("甲区", "甲区新城"), "三江口的")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("深海装备研究院的全名，各篇写的是什么", "深海装备研究院"),
        ("请问那个会客厅正式名称叫什么", "会客厅"),
        ("会客厅叫什么", ""),
    ],
)
def test_whose_full_name_is_asked(question: str, name: str) -> None:
    assert named_in_full(question) == name


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("园区布局的新领域，正文和专家点评说的分别是哪些？", "园区布局的新领域"),
        ("专家和正文对甲镇的定位怎么说", "甲镇的定位"),
        ("专家点评是谁写的", ""),
    ],
)
def test_what_an_article_and_its_expert_are_asked(question: str, topic: str) -> None:
    assert of_two_voices(question) == topic
