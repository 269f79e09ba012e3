from __future__ import annotations

import pytest

from corpus.records import Article, Block, BlockKind, Published, Segment
from rag.answers.imprint import Imprint, asked_imprint, find_imprint

TEXT = "老桥换新颜 一座城的记忆\n■ 王小明 李 雷\n桥修好了。\n本版图片由区文旅局提供\n数据来源:区统计局"
LINES = [(0, 12), (13, 22), (23, 28), (29, 40), (41, 51)]
KINDS = [BlockKind.HEADLINE, BlockKind.BYLINE, BlockKind.BODY, BlockKind.CREDIT, BlockKind.DATA_SOURCE]


def article(published: Published | None = None) -> Article:
    return Article(
        id="a",
        text=TEXT,
        blocks=tuple(Block(kind, *line) for kind, line in zip(KINDS, LINES, strict=True)),
        segments=(Segment(0, 0, len(TEXT)),),
        gaps=(),
        headline="老桥换新颜 一座城的记忆",
        kicker="",
        authors=("王小明", "李雷"),
        publisher="",
        published=published,
        file_name="a.txt",
        source_sha256="0" * 64,
    )


@pytest.mark.parametrize(
    ("question", "imprint"),
    [
        ("《老桥换新颜》是谁写的？", Imprint.AUTHORS),
        ("老桥换新颜这篇文章的作者有哪几位", Imprint.AUTHORS),
        ("写老桥那篇报道的是哪位记者？", Imprint.AUTHORS),
        ("《老桥换新颜》这篇报道的图片是谁提供的", Imprint.PHOTOS),
        ("《老桥换新颜》的数据从哪里来？", Imprint.DATA),
        ("《老桥换新颜》这篇报道是什么时候发表的？", Imprint.PUBLISHED),
        ("《老桥换新颜》这篇文章登在哪家报纸", Imprint.PUBLISHER),
    ],
)
def test_a_question_about_an_article_is_told_from_one_about_the_world(question: str, imprint: Imprint) -> None:
    assert asked_imprint(question) is imprint


@pytest.mark.parametrize("question", ["老桥是谁设计的？", "数据中心在哪里？", "老桥什么时候建成？", "临平有哪些作者"])
def test_a_question_about_the_world_is_no_imprint(question: str) -> None:
    assert asked_imprint(question) is None


@pytest.mark.parametrize(
    ("imprint", "value", "kind"),
    [
        (Imprint.AUTHORS, "王小明、李雷", BlockKind.BYLINE),
        (Imprint.PHOTOS, "区文旅局", BlockKind.CREDIT),
        (Imprint.DATA, "区统计局", BlockKind.DATA_SOURCE),
    ],
)
def test_the_block_that_prints_it_is_the_evidence(imprint: Imprint, value: str, kind: BlockKind) -> None:
    (fact,) = find_imprint(imprint, "《老桥换新颜 一座城的记忆》", {"a": article()})
    assert (fact.value, fact.block.kind) == (value, kind)


def test_an_inferred_date_is_said_to_be_one() -> None:
    from datetime import date

    published = Published(date(2024, 5, 1), date(2024, 5, 31), inferred=True)
    (fact,) = find_imprint(Imprint.PUBLISHED, "《老桥换新颜》何时发表", {"a": article(published)})
    assert fact.value == "2024年5月（推定）"


def test_nothing_is_found_for_another_article_or_what_is_not_printed() -> None:
    assert find_imprint(Imprint.AUTHORS, "《新路开通》是谁写的", {"a": article()}) == ()
    assert find_imprint(Imprint.PUBLISHER, "《老桥换新颜》登在哪家报纸", {"a": article()}) == ()
    assert find_imprint(Imprint.PUBLISHED, "《老桥换新颜》何时发表", {"a": article()}) == ()
