"""The small files that were given with the task, each read and answered as it says; left out where they are not at hand.

`test_kinds_of_files.py` has the same kinds of fault with other names and numbers; `tests/ui/test_following.py` has case 04.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.loading import Corpus, load_corpus
from corpus.records import Article, BlockKind
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.records import Status
from tests.indexes import answerer_of

CASES = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"no cases at {CASES}")
Opened = Callable[[str], tuple[Corpus, ExtractiveAnswerer]]
TABLE = (
    ("青溪街道规上工业产值同比增长多少？", ("-2.3%",)),
    ("白石街道规上工业产值是多少亿元？", ("118.4亿元",)),
    ("南屏街道有多少户籍人口？", ("7.9万人",)),
    ("哪个街道产值最高？", ("南屏街道", "203.6亿元")),
)
ANSWERED = {
    "07": (
        ("望江古城夜市有多少个摊位？", ("212个",)),
        ("夜市首周客流多少？", ("11.3万人次",)),
        ("夜市什么时候闭市？", ("每周一",)),
    ),
    "08": (
        ("甲镇工程的建设工期多长？", ("10个月",)),
        ("丙镇工程的投资是多少？", ("33亿元",)),
        ("己镇项目法人是谁？", ("琅琊日星产业公司",)),
    ),
    "20": TABLE,
    "21": TABLE,
    "22": (
        *TABLE,
        ("办理流程的第二步是什么？", ("缴纳押金300元",)),
        ("需要哪些材料？", ("身份证原件", "户口簿复印件", "一寸照片两张")),
        ("数据是快报数还是年报数？", ("快报数",)),
    ),
    "30": (
        ("办理老年卡需要哪些材料？", ("身份证原件", "近期免冠照片一张", "户口簿")),
        ("民政窗口负责人是谁？", ("苏叶",)),
        ("便民服务中心有哪些窗口？", ("社保窗口", "民政窗口", "户籍窗口")),
        ("办理时间是几点到几点？", ("8时30分至17时",)),
        ("收费标准是什么？", ("免费",)),
        ("竹溪地铁三号线总投资多少？", ("190亿元",)),
    ),
}
REFUSED = {
    "07": ("地铁五号线设计时速多少？", "樱花节接待游客多少？"),
    "30": (
        "竹溪地铁五号线总投资多少？",
        "竹溪第二人民医院有多少床位？",
        "竹溪大学西校区占地多少？",
        "竹溪高铁站投资多少？",
    ),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Return the corpus of a case and an answerer over it, each made once."""
    made: dict[str, tuple[Corpus, ExtractiveAnswerer]] = {}
    models = Models.built_in()

    def of(case: str) -> tuple[Corpus, ExtractiveAnswerer]:
        if case not in made:
            corpus, folder = load_corpus(CASES / case / "corpus"), tmp_path_factory.mktemp(f"case{case}")
            assert not corpus.refused
            made[case] = corpus, answerer_of(corpus, folder, models)
        return made[case]

    return of


@pytest.mark.parametrize(
    ("case", "question", "parts"), [(case, *asked) for case, questions in ANSWERED.items() for asked in questions]
)
def test_the_questions_of_a_case_are_answered(opened: Opened, case: str, question: str, parts: tuple[str, ...]) -> None:
    answer = opened(case)[1].answer(question)
    assert answer.status is Status.ANSWERED
    said = f"{answer.short_answer or ''}{answer.answer}"
    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize(("case", "question"), [(case, one) for case, all_ in REFUSED.items() for one in all_])
def test_what_a_case_does_not_tell_is_refused(opened: Opened, case: str, question: str) -> None:
    assert opened(case)[1].answer(question).status is Status.REFUSED


def test_a_posted_page_is_its_article_alone(opened: Opened) -> None:
    (article,) = opened("07")[0].articles
    assert (article.headline, day_of(article)) == ("望江古城夜市开街，首周迎客十一万", "2025-05-12")
    assert not any(word in article.text for word in ("蓝字", "往期推荐", "樱花节", "留言"))


def test_running_heads_and_page_numbers_of_a_report_are_no_text(opened: Opened) -> None:
    (article,) = opened("08")[0].articles
    assert "建设工期10个月。" in article.text
    assert not any(word in article.text for word in ("内部资料", "第 1 页", "第1页"))
    notes = [block for block in article.blocks if block.kind is BlockKind.NOTE]
    assert all("注" in article.text[block.start : block.end] for block in notes) and notes


def test_front_matter_and_code_are_no_text_and_the_foot_note_is(opened: Opened) -> None:
    (article,) = opened("22")[0].articles
    assert (article.headline, day_of(article)) == ("2024年望江市各街道主要指标", "2025-01-20")
    assert "```" not in article.text and "tags" not in article.text and "print" not in article.text
    assert "数据为快报数，年报数以统计公报为准。" in article.text


def test_every_line_of_a_day_is_read(opened: Opened) -> None:
    articles = opened("25")[0].articles
    assert len(articles) == 7
    assert {day_of(article) for article in articles} == {"2025-04-16"}


def test_the_first_line_is_the_headline(opened: Opened) -> None:
    for article in opened("26")[0].articles:
        first = (CASES / "26" / "corpus" / article.file_name).read_text(encoding="utf-8").split("\n", 1)[0]
        assert article.headline == first.removeprefix("标题：")


def day_of(article: Article) -> str:
    """Return the day an article appeared, «» when it is not known for certain."""
    published = article.published
    return published.first.isoformat() if published and published.first == published.last else ""
