from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.chunking import PassageSizes, passages
from corpus.decoding import SourceText
from corpus.loading import load_corpus
from corpus.records import Article, BlockKind
from corpus.repair.repairing import repair
from tests.corpus import breaking

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"
SIZES = [PassageSizes(1, 1), PassageSizes(), PassageSizes(400, 800)]


@pytest.fixture(scope="module")
def five() -> tuple[Article, ...]:
    return load_corpus(ARTICLES).articles


def assert_passages_tile(article: Article, sizes: PassageSizes) -> None:
    made = passages(article, sizes)
    covered = "".join(passage.text for passage in made)
    assert covered.replace("\n", "") == article.text.replace("\n", "")
    at = 0
    for passage in made:
        assert article.text[passage.start : passage.end] == passage.text
        assert passage.start - at in (0, 1)  # the newline between two blocks
        assert article.text[at : passage.start].strip() == ""
        at = passage.end
        kinds = {block.kind for block in article.blocks if block.start < passage.end and passage.start < block.end}
        assert kinds == {passage.kind}
        assert not any(passage.start < gap < passage.end for gap in article.gaps)
        sentence_end = passage.start
        for sentence in passage.sentences:
            assert sentence.start >= sentence_end
            assert not article.text[sentence_end : sentence.start].strip()
            sentence_end = sentence.end
        assert not article.text[sentence_end : passage.end].strip()
        assert passage.sentences
    assert at == len(article.text)


@pytest.mark.parametrize("sizes", SIZES)
def test_passages_tile_the_articles_without_gap_or_overlap(five, sizes):
    for article in five:
        assert_passages_tile(article, sizes)


def test_passages_tile_news_texts():
    for text in breaking.news(300):
        assert_passages_tile(repair(SourceText("a.txt", text, "txt", "utf-8", "")), PassageSizes())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["临平区。", "标题", "\n\n", "\n", "“", "”", "GPT-4 ", "俯瞰新城", "的", "一段长话没有停"]),
        max_size=25,
    )
)
def test_passages_tile_anything(parts):
    assert_passages_tile(repair(SourceText("a.txt", "".join(parts), "txt", "utf-8", "")), PassageSizes(20, 40))


def test_a_passage_knows_its_headings(five):
    third = next(article for article in five if "shuzhicheng" in article.id)
    where = {sentence: passage for passage in passages(third) for sentence in [passage.text]}
    inside = next(passage for text, passage in where.items() if "2600余家" in text)
    assert inside.heading_path == (third.headline, "框架初显 数实融合齐加速")
    expert = next(passage for text, passage in where.items() if "心灵共振" in text)
    assert expert.kind is BlockKind.EXPERT
    assert expert.heading_path == (third.headline, "专家点评", "解码“硬核算力+数字时尚”的数实融合新范式")


def test_no_passage_reads_across_missing_text(five):
    for article in five:
        for passage in passages(article, PassageSizes(1000, 2000)):
            assert "传感的人工智能" not in passage.text.replace("\n", "")
            assert "发展平经开区" not in passage.text.replace("\n", "")


def test_only_one_long_sentence_makes_a_passage_longer_than_its_sizes_allow(five):
    sizes = PassageSizes(120, 160)
    for article in five:
        for passage in passages(article, sizes):
            assert len(passage.text) <= sizes.maximum or len(passage.sentences) == 1


def test_times_lie_inside_their_passage(five):
    seen = 0
    for article in five:
        for passage in passages(article):
            for mention in passage.times:
                assert passage.text[mention.start - passage.start : mention.end - passage.start] == mention.text
                seen += 1
    assert seen > 50


def test_sizes_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="not passage sizes"):
        PassageSizes(200, 100)
