"""A figure of the whole where its part was asked for: said small, with whose it is, and never as the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.answers.of_the_whole import Whole, part_named, whole_asked
from rag.question.kinds import understand
from rag.reading.finder import Models
from rag.records import Status
from tests.indexes import answerer_of, write_articles

ROOT = Path(__file__).resolve().parents[2]
QUANLING = {
    "报告": (
        "泉陵县交出2024年成绩单\n\n泉陵县统计局2025年1月20日公布，2024年泉陵县实现地区生产总值812.6亿元，"
        "同比增长5.4%；完成固定资产投资213亿元。泉陵的财政收入为61.3亿元。\n"
    ),
    "园区": (
        "泉陵高新区扩园\n\n泉陵晚报2025年3月2日讯 泉陵县的泉陵高新区近日扩园，新增用地1200亩。去年，高新区规上工业产值"
        "突破96亿元，有企业183家。泉陵人都盼着第二所中学。\n"
    ),
}


@pytest.fixture(scope="module")
def quanling(tmp_path_factory: pytest.TempPathFactory, models: Models) -> ExtractiveAnswerer:
    folder = tmp_path_factory.mktemp("泉陵")
    articles = write_articles(folder / "articles", {f"{name}.txt": text for name, text in QUANLING.items()})
    return answerer_of(articles, folder / "index", models)


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory, models: Models) -> ExtractiveAnswerer:
    return answerer_of(ROOT / "evals" / "sets" / "towns", tmp_path_factory.mktemp("青禾") / "index", models)


@pytest.mark.parametrize(
    ("question", "told", "quoted"),
    [
        ("经开区2023年GDP是多少", "报道没有经开区2023年的数，只有临平全区的：1067.27亿元", "1067.27亿元"),
        ("临平经开区2023年的地区生产总值是多少", "报道没有临平经开区2023年的数，只有临平全区的：1067", "1067.27亿元"),
        ("塘栖镇2023年GDP是多少", "报道没有塘栖镇2023年的数，只有临平全区的：1067.27亿元", "1067.27亿元"),
        ("数智城2023年服务业增加值是多少", "报道没有数智城2023年的数，只有临平全区的：493.19亿元", "493.19亿元"),
        (
            "艺尚小镇的服务业增加值和工业增加值哪个大？",
            "报道没有艺尚小镇的这个数，只有临平全区的，见下。",
            "493.19亿元",
        ),
    ],
)
def test_the_whole_stands_in_for_its_part_and_says_so(
    real_answerer: ExtractiveAnswerer, question: str, told: str, quoted: str
) -> None:
    answer = real_answerer.answer(question)
    assert answer.status is Status.REFUSED
    assert answer.short_answer is None
    assert answer.answer.startswith(told)
    assert quoted in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("高新区2024年地区生产总值是多少？", "报道没有高新区2024年的数，只有泉陵全县的：812.6亿元"),
        ("泉陵高新区2024年固定资产投资多少？", "报道没有泉陵高新区2024年的数，只有泉陵全县的：213亿元"),
        ("泉陵高新区有多少家企业？", ""),
        ("高新区2024年规上工业产值多少？", ""),
        ("高新区有多少家企业？泉陵县2024年固定资产投资多少？", ""),  # of two questions, one is of the part
        ("泉陵县2024年地区生产总值是多少？", ""),
    ],
)
def test_so_it_is_of_other_places(quanling: ExtractiveAnswerer, question: str, told: str) -> None:
    answer = quanling.answer(question)
    assert (answer.status is Status.REFUSED) == bool(told), answer.answer
    assert answer.answer.startswith(told)


def test_a_town_of_other_articles_is_told_the_figure_of_its_county(towns: ExtractiveAnswerer) -> None:
    answer = towns.answer("石桥镇2024年地区生产总值是多少？")
    assert answer.status is Status.REFUSED
    assert "只有青禾全县的：" in answer.answer
    assert towns.answer("石桥镇有多少家绳网企业？").status is Status.ANSWERED


@pytest.mark.parametrize("question", ["算力小镇 2024 2026 对比", "算力小镇怎么样了？"])
def test_where_no_amount_is_asked_for_or_found_nothing_of_the_whole_is_told(
    real_answerer: ExtractiveAnswerer, question: str
) -> None:
    assert "只有" not in real_answerer.answer(question).answer


@pytest.mark.parametrize("question", ["经开区2023年GDP是多少", "北京的经开区有多少人"])
def test_what_was_asked_of_the_whole_is_looked_up_once(
    real_answerer: ExtractiveAnswerer, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    looked: list[str] = []

    def counted(asked: str, *others: Any) -> Whole | None:
        looked.append(asked)
        return whole_asked(asked, *others)

    monkeypatch.setattr("rag.answerer.whole_asked", counted)
    assert real_answerer.answer(question).status is Status.REFUSED and len(looked) == 1


@pytest.mark.parametrize("question", ["苏州经开区2023年GDP是多少", "余杭区2023年GDP是多少", "经开区的主任是谁"])
def test_what_lies_elsewhere_and_what_is_no_amount_has_no_whole(
    real_answerer: ExtractiveAnswerer, question: str
) -> None:
    assert whole_asked(question, understand(question), real_answerer.articles.using) is None


def test_a_part_is_named_as_the_articles_name_it(real_answerer: ExtractiveAnswerer) -> None:
    using = real_answerer.articles.using
    assert part_named("请问临平经开区有多大？", using) == "临平经开区"
    assert part_named("请问本地的经开区有多大？", using) == "经开区"
    assert part_named("月球经开新城有多大？", using) == ""
    assert part_named("全区城镇居民收入多少？", using) == ""
