"""A paper need not say that it tells of its own place; of the one beside it, it must."""

from __future__ import annotations

import pytest

from index.search.embedding import STATIC, load_embedder
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.reading.homes import administered, home_of, setting_of
from rag.records import Status
from tests.fakes import MadeCorpus
from tests.indexes import answerer_of
from tests.rag.worlds import article_of

TOLD = (
    "鹤塘区去年工业稳步增长\n2025年2月12日 来源：鹤塘日报\n"
    "招商有得有失，全年新引进亿元以上项目58个，实际利用外资3.42亿美元，列全市第四。\n"
    "鹤塘区与相邻的澄湾区相比仍有差距：澄湾区去年引进亿元以上项目72个。鹤塘区将迎头赶上。\n"
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, models: Models) -> ExtractiveAnswerer:
    articles = MadeCorpus((article_of(TOLD, "鹤塘"),))
    return answerer_of(articles, tmp_path_factory.mktemp("homes"), models, load_embedder(STATIC))


def test_the_place_that_an_article_names_most_is_its_home() -> None:
    assert home_of(TOLD, "区") == "鹤塘" and home_of(TOLD, "县") == ""


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        (TOLD, "鹤塘区2025年2月："),  # 澄湾区 is named as often, further down
        (
            "枫渡镇的竹海\n2025年11月12日 来源：东岚日报\n宁溪区枫渡镇有七个村。枫渡的竹多，宁溪的水多。\n",
            "宁溪区枫渡镇2025年11月：",
        ),
        ("石桥通车\n石桥全长三百米，桥面宽十二米。\n", ""),  # it says neither where nor when
        (
            "新厂签约\n2023年，白石市工业增加值增长6%。白石的新厂占地三十亩。\n",
            "白石市：",
        ),  # a date that is inferred is none
    ],
)
def test_a_sentence_is_read_with_where_and_when_its_article_was_written(text: str, setting: str) -> None:
    assert setting_of(article_of(text, "报道")) == setting


@pytest.mark.parametrize("text", ["这座古镇有老街。", "去夜市摆摊。", "工业强区二十条。", "作代表县里发言。"])
def test_no_place_is_read_out_of_the_middle_of_words(text: str) -> None:
    assert not administered(text)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("鹤塘区实际利用外资是多少", "3.42亿美元"),
        ("澄湾区实际利用外资是多少", None),
        ("澄湾区去年引进了多少个亿元以上项目", "72个"),
    ],
)
def test_what_is_told_without_a_place_is_of_the_home(
    question: str, value: str | None, answerer: ExtractiveAnswerer
) -> None:
    answer = answerer.answer(question)
    assert (answer.status is Status.ANSWERED, answer.short_answer) == (value is not None, value)
