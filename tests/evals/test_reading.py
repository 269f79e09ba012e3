"""Files made with known contents are read as what they hold; the labels of public pages are whole."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from corpus.benchmark import read_folder, read_labelled, read_waddle
from corpus.chinese.text import fold
from corpus.decoding import SourceText, decode
from corpus.formats.docx import read_docx
from corpus.formats.html import read_html
from corpus.formats.markdown import read_markdown
from corpus.formats.pdf import read_pdf
from corpus.records import Article, BlockKind
from corpus.repair.repairing import repair
from evals.reading import making
from evals.reading.making import KINDS, Made, Maker

READERS = {"txt": decode, "md": read_markdown, "html": read_html, "docx": read_docx, "pdf": read_pdf}
NEWS = [
    (
        "野火逼近小镇！居民连夜撤离 已转移三千人",
        "据介绍，火势于昨晚蔓延至镇郊。当地出动车辆二百余台，转移居民三千人。目前火情已得到控制，没有人员伤亡。",
    ),
    (
        "因灾倒塌、损坏住房重建办法印发",
        "办法明确，重建资金由省、市、县三级分担。每户补助标准不低于两万元。各地须在年底前完成重建。",
    ),
]


def read(made: Made) -> Article:
    kind = made.name.rpartition(".")[2]
    found = READERS[kind](made.data)
    return repair(SourceText(made.name, found.text, kind, "", "", found.marks, found.about, found.warnings))


@pytest.mark.parametrize(
    ("kind", "ruling"), [("md", ""), ("html", ""), ("docx", ""), *(("pdf", one) for one in making.RULINGS)]
)
def test_every_cell_of_a_table_stands_beside_its_row_and_column_and_every_list_is_whole(
    kind: str, ruling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "RULINGS", (ruling,))
    for made in Maker(2).tables(kind, 5):  # merged headers and first columns among them
        article = read(made)
        text = article.text
        told = {
            (
                text[row.start : row.end],
                fold(text[cell.header.start : cell.header.end]),
                text[cell.value.start : cell.value.end],
            )
            for row in article.rows
            for cell in row.cells
        }
        for wanted in made.cells:
            value = wanted.value + wanted.unit
            assert any(wanted.row in row and head == wanted.column and said == value for row, head, said in told), (
                wanted
            )
        lists = [text[block.start : block.end] for block in article.blocks if block.kind is BlockKind.LIST]
        assert all(any(all(item in one for item in listed.items) for one in lists) for listed in made.lists)


@pytest.mark.parametrize("kind", KINDS)
def test_headline_and_day_are_exact_and_no_running_head_is_text(kind: str) -> None:
    for made in Maker(3).texts(kind, NEWS * 4):
        article = read(made)
        assert article.headline == made.headline
        assert (
            article.published is not None
            and article.published.first == article.published.last == date.fromisoformat(made.day)
        )
        bodies = "".join(
            article.text[block.start : block.end] for block in article.blocks if block.kind is BlockKind.BODY
        )
        assert bodies.replace("　", "") == "".join(made.text.split("\n")[1:])


def test_a_label_is_held_against_its_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<p>首页</p><h1>新桥通车</h1><p>新桥今天通车。</p><p>投资三亿元。</p><p>版权</p>", encoding="utf-8"
    )
    labels = tmp_path / "labels.tsv"
    labels.write_text("# pages\na.html\t新桥通车\t2025-03-07\t新桥今天\t三亿元。\n", encoding="utf-8")
    assert read_labelled(tmp_path, labels)[0].text == "新桥通车\n新桥今天通车。\n投资三亿元。"
    labels.write_text("a.html\t新桥通车\t\t旧桥\t三亿元。\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.html"):
        read_labelled(tmp_path, labels)
    kept = (Path(making.__file__).parent / "news_pages.tsv").read_text(encoding="utf-8").splitlines()
    assert [line for line in kept if not line.startswith("#") and line.count("\t") != 4] == []


def test_the_chinese_pages_of_a_folder_of_pages_and_references_are_read(tmp_path: Path) -> None:
    for folder in ("html", "reference"):
        (tmp_path / folder).mkdir()
        for name in ("甲", "乙"):
            text = f"<p>{name}渠通水</p>\n<p>今天通水，投资3亿元。</p>\n"
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    languages = '{"甲": "Chinese", "乙": "Polish", "丙": "Chinese"}'
    (tmp_path / "doc_lg.json").write_text(languages, encoding="utf-8")
    (gold,) = read_waddle(tmp_path)
    assert (gold.name, gold.headline, gold.day) == ("甲", "甲渠通水", "")
    assert gold.text == "甲渠通水\n今天通水，投资3亿元。"


def test_of_a_folder_as_magic_html_has_it_the_chinese_pages_are_read(tmp_path: Path) -> None:
    (tmp_path / "htmls").mkdir()
    pages = {"a": "新渠今天通水，投资3亿元。", "b": "The canal was opened on 3 May."}
    for name, text in pages.items():
        (tmp_path / "htmls" / f"{name}.html").write_text(f"<p>{text}</p>", encoding="utf-8")
    (tmp_path / "base.json").write_text(json.dumps({n: {"content": t} for n, t in pages.items()}), encoding="utf-8")
    (gold,) = read_folder(tmp_path)
    assert (gold.name, gold.headline, gold.text) == ("a", "", pages["a"])
