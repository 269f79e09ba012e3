"""A paper need not say that it tells of its own place; of the one beside it, it must."""

from __future__ import annotations

import pytest

from index.search.embedding import STATIC, load_embedder
from index.storage.store import build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.reading.homes import administered, home_of
from rag.records import Status
from tests.fakes import MadeCorpus
from tests.rag.worlds import article_of

TOLD = (
    "鹤塘区去年工业稳步增长\n2025年2月12日 来源：鹤塘日报\n"
    "招商有得有失，全年新引进亿元以上项目58个，实际利用外资3.42亿美元，列全市第四。\n"
    "鹤塘区与相邻的澄湾区相比仍有差距：澄湾区去年引进亿元以上项目72个。鹤塘区将迎头赶上。\n"
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, models: Models) -> ExtractiveAnswerer:
    folder, embedder = tmp_path_factory.mktemp("homes"), load_embedder(STATIC)
    build_index(MadeCorpus([article_of(TOLD, "鹤塘")]), folder, embedder)
    return ExtractiveAnswerer(open_index(folder, embedder), models)


def test_the_place_that_an_article_names_most_is_its_home() -> None:
    assert home_of(TOLD, "区") == "鹤塘" and home_of(TOLD, "县") == ""


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
