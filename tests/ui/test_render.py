"""Cards and articles as HTML: what is escaped, what is marked, which shape an answer takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from corpus.loading import load_corpus
from corpus.records import BlockKind, Published, latest_first
from rag.records import Answer, Citation, Claim
from tests.fakes_ui import ARTICLES, HARBOUR, SCRIPT, TARGET, UNDATED, ScriptedAnswerer, article
from ui import wording
from ui.addresses import permalink
from ui.page import render
from ui.page.render import Highlight

TAGS = """
article aside a b blockquote button details div h1 h2 h3 h4 header i input li main mark nav ol p path section span strong summary svg template
textarea form ul table thead tbody tr th td
"""
ATTRIBUTES = """
class href role title type hidden tabindex scope viewbox width height d fill stroke stroke-width stroke-linecap
stroke-linejoin id placeholder autocomplete autocapitalize spellcheck enterkeyhint lang rows maxlength
"""


class Outline(HTMLParser):
    """Collects the tags, the attributes and the words of a piece of HTML, and checks that tags are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("path", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    @property
    def classes(self) -> set[str]:
        return {name for key, value in self.attributes if key == "class" for name in value.split()}


def turn(question: str, **kwargs: bool) -> Outline:
    return Outline(render.answer_turn("t1", ScriptedAnswerer().answer(question), ARTICLES, **kwargs))


def only_ours(outline: Outline) -> None:
    assert set(outline.tags) <= set(TAGS.split())
    for name, value in outline.attributes:
        assert name in ATTRIBUTES.split() or name.startswith(("aria-", "data-")), name
        assert name != "href" or value.startswith("#")
    assert not outline.open


@pytest.mark.parametrize("question", [*SCRIPT, "<b>什么</b>\"'&"])
def test_every_card_is_made_of_our_tags_and_attributes_alone(question: str) -> None:
    only_ours(turn(question))


@pytest.mark.parametrize("article_id", ARTICLES)
def test_every_article_is_made_of_our_tags_and_attributes_alone(article_id: str) -> None:
    only_ours(Outline(render.article_view(ARTICLES[article_id], [Highlight(1, 3, 9), Highlight(2, 5, 20)])))


def test_the_frame_is_made_of_our_tags_and_attributes_alone() -> None:
    only_ours(Outline(render.masthead(ARTICLES)))
    only_ours(Outline(render.shell(ARTICLES, ("<b>问</b>",))))
    only_ours(Outline(render.stage(ARTICLES, ("<b>问</b>",))))
    only_ours(Outline(render.pane() + render.footing() + render.hint("<i>", "k")))


def test_direction_tricks_control_characters_and_stacks_of_accents_are_gone() -> None:
    assert render.safe("a\u202eb\x00c\u200bd\ufeff") == "abcd"
    assert render.safe("x\ud800y") == "x\ufffdy"
    assert render.safe("e" + "\u0301" * 50) == "e\u0301\u0301"
    assert render.safe("""<a href="x" onclick='y'>&""") == "&lt;a href=&quot;x&quot; onclick=&#x27;y&#x27;&gt;&amp;"


def test_the_value_stands_in_bold_inside_its_sentence() -> None:
    html = render.answer_turn("t1", ScriptedAnswerer().answer("青溪2028工业目标是多少?"), ARTICLES)
    assert "规模以上工业产值<strong>突破3000亿元</strong>，再造一个工业青溪" in html


def test_a_chip_stands_on_the_line_of_the_last_character() -> None:
    answer = ScriptedAnswerer().answer("那数谷呢？")
    for claim in answer.claims:
        for value in (claim.value, ""):
            shown = render.answer_turn("t1", replace(answer, claims=(replace(claim, value=value),)), ARTICLES)
            assert f'<span class="whole">{claim.text[-1]}<a class="chip"' in shown


def test_a_chip_has_the_name_that_a_screen_reader_says() -> None:
    names = [value for name, value in turn("青溪2028工业目标是多少?").attributes if name == "aria-label"]
    assert "依据 1：青溪：老码头“变形记”何以好看，2024年5—6月" in names


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("青溪2028工业目标是多少?", "answered"),
        ("青溪有多少家设计企业？", "overtime"),
        ("数谷去年比前年多招了多少人？", "calculated"),
        ("车站有哪些配套？", "list"),
        ("青溪的房价是多少？", "refused"),
        ("你好", "smalltalk"),
    ],
)
def test_an_answer_takes_its_shape(question: str, shape: str) -> None:
    assert ("data-shape", shape) in turn(question).attributes


def test_a_refusal_counts_no_evidence() -> None:
    outline = turn("青溪的房价是多少？")
    assert "lead" in outline.classes
    assert "依据 1 处" not in outline.text


def test_a_growing_answer_has_no_buttons_yet_and_is_busy() -> None:
    outline = turn("青溪2028工业目标是多少?", complete=False)
    assert "quiet" not in outline.classes
    assert ("aria-busy", "true") in outline.attributes
    assert ("data-announce", "") in outline.attributes


def test_only_a_follow_up_says_how_it_was_read() -> None:
    assert "数谷2025年的进展如何？" in turn("那数谷呢？", follow_up=True).text
    assert "context" not in turn("那数谷呢？").classes
    assert "context" not in turn("青溪2028工业目标是多少?", follow_up=True).classes


def test_a_citation_that_does_not_exist_gets_no_chip() -> None:
    answer = ScriptedAnswerer().answer("青溪2028工业目标是多少?")
    wrong = replace(answer, claims=(Claim(TARGET, (1, 7)),), calculation="1[1] + 2[9] = 3")
    html = render.answer_turn("t1", wrong, ARTICLES)
    assert html.count('class="chip"') == 2
    assert "2[9]" in html


def test_evidence_of_an_article_that_changed_shows_the_quote_and_no_paragraph() -> None:
    answer = ScriptedAnswerer().answer("青溪2028工业目标是多少?")
    moved: Citation = replace(answer.citations[0], start=0, end=len(TARGET))
    html = render.evidence_cards(replace(answer, citations=(moved,)), ARTICLES)
    assert f'<p class="passage"><mark class="hit">{TARGET}</mark></p>' in html


def test_marks_cover_exactly_their_characters_also_where_they_overlap() -> None:
    plain = article("a", [(BlockKind.BODY, "一二三四五六七八九十")])
    html = render.article_view(plain, [Highlight(1, 1, 5), Highlight(2, 3, 7)])
    assert html.count("<mark") == 3
    pieces = [piece.split("</mark>")[0] for piece in html.split("<mark")[1:]]
    assert [piece.split(">")[-1] for piece in pieces] == ["二三", "四五", "六七"]
    assert [piece.split('"')[3] for piece in pieces] == ["1", "1 2", "2"]


def test_a_mark_over_two_paragraphs_is_numbered_once() -> None:
    plain = article("a", [(BlockKind.BODY, "一二三"), (BlockKind.BODY, "四五六")])
    html = render.article_view(plain, [Highlight(1, 1, 6)])
    assert html.count("<mark") == 2
    assert html.count('class="mark-n"') == 1


def test_rows_of_a_table_are_read_as_a_table_and_a_cited_row_keeps_its_mark(tmp_path: Path) -> None:
    page = (
        "<h1>各村收成</h1><div><p>今年各村的收成见下表，数字由农技站核实。</p>"
        "<table><tr><th>序号</th><th>村</th><th>稻谷（吨）</th></tr><tr><td>1</td><td>柳湾村</td><td>320</td></tr>"
        "<tr><td>2</td><td>桑园村</td><td>275</td></tr></table><p>明年将扩种，面积另行公布。</p></div>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    read = load_corpus(tmp_path).articles[0]
    row = read.rows[1]
    html = render.article_view(read, [Highlight(3, row.start, row.end)])
    outline = Outline(html)
    only_ours(outline)
    assert html.count("<table>") == 1
    assert '<th scope="col">稻谷</th>' in html
    assert "<tr><td>柳湾村</td><td>1</td><td>320吨</td></tr>" in html
    assert html.count('<span class="mark-n"') == 1
    assert (
        '桑园村</mark></td><td><mark class="hit" data-n="3">2</mark></td><td><mark class="hit" data-n="3">275吨' in html
    )
    assert "桑园村，" not in html
    assert html.index("见下表") < html.index("<table>") < html.index("明年将扩种")


def test_a_gap_stands_where_words_are_missing_and_only_there() -> None:
    html = render.article_view(ARTICLES[HARBOUR])
    assert html.count(wording.GAP) == 1
    assert f'一条城际铁路<span class="gap">{wording.GAP}</span></p>' in html


def test_marks_of_a_file_before_a_heading_are_not_shown_and_not_lost_to_a_citation() -> None:
    marked = article("a", [(BlockKind.HEADLINE, "# 大标题"), (BlockKind.BODY, "# 不是标题")])
    html = render.article_view(marked, [Highlight(1, 0, 5)])
    assert ">大标题</mark>" in html
    assert 'class="mark-n"' in html
    assert Outline(html).text.count("# ") == 0


def test_marks_outside_the_text_are_left_out() -> None:
    assert "<mark" not in render.article_view(ARTICLES[UNDATED], [Highlight(1, 5000, 5010), Highlight(2, 9, 9)])


def test_an_article_tells_why_its_date_is_inferred() -> None:
    text = Outline(render.article_view(ARTICLES[HARBOUR])).text
    assert "推定" in text
    assert "“五一”假期刚过" in text
    assert wording.UNDATED in Outline(render.article_view(ARTICLES[UNDATED])).text


def test_the_shelf_puts_the_latest_first_and_the_undated_last() -> None:
    early = article("early", [(BlockKind.HEADLINE, "早")], published=Published(date(2024, 1, 1), date(2024, 1, 1)))
    late = article("late", [(BlockKind.HEADLINE, "晚")], published=Published(date(2025, 1, 1), date(2025, 1, 1)))
    never = article("never", [(BlockKind.HEADLINE, "无")])
    assert [one.id for one in latest_first({"n": never, "e": early, "l": late})] == ["late", "early", "never"]


def test_a_copied_answer_ends_with_its_label_and_names_every_source() -> None:
    answer: Answer = ScriptedAnswerer().answer("青溪有多少家设计企业？")
    copied = render.copy_text(answer)
    assert copied.endswith(wording.DISCLAIMER)
    assert copied.count("《") == len(answer.citations) == 2
    assert all(f"「{citation.quote}」" in copied for citation in answer.citations)
    assert render.copy_text(ScriptedAnswerer().answer("那数谷呢？")).endswith(wording.AI_LABEL)


def test_a_permalink_keeps_its_place_in_the_address_whatever_the_id_holds() -> None:
    assert permalink("a&b=#c/d", 3, 9) == "#article=a%26b%3D%23c%2Fd&span=3-9"
    assert (
        permalink("a", 3, 9, "产值&突破")
        == "#article=a&span=3-9&says=%E4%BA%A7%E5%80%BC%26%E7%AA%81%E7%A0%B4&print=2ef71c0f"
    )
