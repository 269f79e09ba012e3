"""Several articles in one file: told apart, named, and split when somebody asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.collection import add_article, articles_within, split_article
from corpus.decoding import SourceText
from corpus.errors import CorpusError
from corpus.lines.bundles import beginnings
from corpus.lines.layout import split_lines
from corpus.loading import load_corpus
from corpus.records import BlockKind
from corpus.repair.repairing import repair
from tests.corpus.test_structure import LAYOUTS

TITLES = ("沙河县启动二号渠建设", "山城新桥通车", "东岭公园开园 市民乐享绿色", "北港未来工厂投产，年产值十亿元")
BODY = "工程投资4亿元，预计2027年建成，可灌溉农田三万亩。\n\n工程由县水利局组织实施，分三期推进。\n\n据介绍，项目带动就业300人。"
FOOT = ("{0}\n\n{1}\n\n沙河县人民政府\n2024年5月12日", "{0}\n{1}\n2024年5月12日")


@pytest.mark.parametrize("between", ["\n\n", "\n\n\n", "\n\n----------\n\n", "\n"])
@pytest.mark.parametrize("layout", [*LAYOUTS, *FOOT])
def test_articles_of_every_layout_are_told_apart_and_one_alone_is_one(layout: str, between: str) -> None:
    lines = split_lines(between.join(layout.format(title, BODY) for title in TITLES))
    begun = [lines[at].text for at in beginnings(lines)]
    assert len(begun) == len(TITLES)
    assert all(
        title in text or text[:1].isdigit() or "日报 20" in text for title, text in zip(TITLES, begun, strict=True)
    )
    assert beginnings(split_lines(layout.format(TITLES[0], BODY))) == ()


@pytest.mark.parametrize(
    "text",
    [
        "沙河渠大事记\n2024年5月12日\n\n一号渠开工，投资3亿元。\n\n2024年6月1日\n\n二号渠开工。\n\n三号渠\n2024年7月1日\n\n三号渠开工。\n\n2024年8月1日\n\n通水。",
        "沙河县启动二号渠建设\n2024年5月12日\n\n工程投资4亿元。\n\n资金来源\n\n全部由县里承担。\n\n工期\n\n两年。",
        "沙河县启动二号渠建设\n2024年5月12日\n\n工程投资4亿元。\n\n二号渠一角\n\n沙河日报记者 周小舟 摄",
    ],
    ids=["events", "headings", "caption"],
)
def test_one_article_with_events_headings_or_captions_is_not_taken_apart(text: str) -> None:
    assert beginnings(split_lines(text)) == ()


def test_what_holds_several_articles_is_named_and_their_headlines_are_no_captions() -> None:
    text = "\n\n".join(f"{title}\n2024年5月1{n}日\n{BODY}" for n, title in enumerate(TITLES))
    found = repair(SourceText("合集.txt", text, "txt", "utf-8", ""))
    (warning,) = found.reading.warnings
    assert "4 篇文章" in warning and "「山城新桥通车」" in warning and "linping articles split 合集.txt" in warning
    headings = [found.text[b.start : b.end] for b in found.blocks if b.kind is BlockKind.HEADING]
    assert headings == list(TITLES[1:])


def test_splitting_gives_every_article_its_own_file_and_day_and_keeps_the_file(tmp_path: Path) -> None:
    file = tmp_path / "合集.txt"
    file.write_text(
        "\n\n-----\n\n".join(f"{title}\n2024年5月1{n}日\n{BODY}" for n, title in enumerate(TITLES)), encoding="gb18030"
    )
    folder = tmp_path / "文章"
    assert len(articles_within(file)) == 4
    assert add_article(folder, file).reading.warnings
    names = split_article(folder, "合集.txt")
    corpus = load_corpus(folder)
    assert names == [article.file_name for article in corpus.articles] == [f"合集-{n}.txt" for n in (1, 2, 3, 4)]
    assert [article.headline for article in corpus.articles] == list(TITLES)
    assert [article.published.first.day for article in corpus.articles if article.published] == [10, 11, 12, 13]
    assert not any(article.reading.warnings or "---" in article.text for article in corpus.articles)
    assert not corpus.notices and (folder / ".removed" / "合集.txt").read_bytes() == file.read_bytes()
    with pytest.raises(CorpusError, match="看不出几篇"):
        split_article(folder, names[0])
    with pytest.raises(CorpusError, match="没有"):
        split_article(folder, "../合集.txt")
