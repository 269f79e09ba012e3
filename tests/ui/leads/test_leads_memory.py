"""Accepted answers come back when the same is asked in other words; a changed figure marks all that used the old one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.records import Article, Published
from tests.fakes import BigramEmbedder
from tests.fakes_ui import ARTICLES, BODY, FIRMS_2026, HEADLINE, SCHOOLS, ScriptedLibrary, article
from tests.rag.worlds import article_of
from tests.ui.leads.scripted import LeadAnswerer, store_at
from ui.leads.answering import Sources
from ui.leads.benchmark import asks_the_same
from ui.leads.desk import LeadDesk
from ui.leads.memory import Age, contradict, is_same, masked, same_facts
from ui.leads.news import open_marks
from ui.leads.questionnaires import read_questionnaire
from ui.leads.replies import Colour, Reply
from ui.leads.store import LeadError, QuestionStatus

pytestmark = pytest.mark.usefixtures("database")

CASES = [
    article(
        "valley-later",
        [
            (HEADLINE, "数谷再添新军"),
            (BODY, "截至2026年6月，数谷集聚设计企业2,300余家。今年，数谷还要新建两座人才公寓。"),
        ],
        published=Published(date(2026, 6, 20), date(2026, 6, 20)),
        publisher="青溪日报",
    ),
]


class Shelf(LeadAnswerer):
    """Answers from articles that can change."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Article] = dict(ARTICLES)

    @property
    def articles(self) -> dict[str, Article]:
        return self.kept


class Day:
    def __init__(self) -> None:
        self.now = date(2026, 2, 1)

    def __call__(self) -> date:
        return self.now


def seated(folder: Path) -> tuple[LeadDesk, Shelf, Day]:
    shelf, day = Shelf(), Day()
    sources = Sources(shelf, ScriptedLibrary())
    return LeadDesk(store_at(folder), lambda: sources, lambda: BigramEmbedder(dim=256), today=day), shelf, day


def lead(desk: LeadDesk, *questions: str) -> int:
    data = ("问题,答复\n" + "".join(f"{one},\n" for one in questions)).encode()
    number = desk.store.add(read_questionnaire("问.csv", data), data, who="小周")
    desk.answer(number, who="小周")
    return number


def test_an_accepted_answer_is_offered_first_with_its_age(tmp_path: Path) -> None:
    desk, shelf, day = seated(tmp_path)
    first = lead(desk, "青溪2028工业目标是多少?")
    desk.accept(desk.store.item(first, 1), who="小周")
    shelf.asked.clear()
    again = desk.store.item(lead(desk, "青溪2028工业目标是多少？"), 1).reply
    assert again is not None
    assert again.remembered
    assert again.short == "突破3000亿元"
    assert again.colour is Colour.GREEN
    assert again.reasons[0].startswith("用过的答复（新近，2026-02-01 采纳）")
    day.now = date(2026, 12, 1)
    later = desk.store.item(lead(desk, "青溪2028工业目标是多少？"), 1).reply
    assert later is not None
    assert "该复核" in later.reasons[0]


def test_what_is_remembered_goes_when_its_source_goes(tmp_path: Path) -> None:
    desk, shelf, _ = seated(tmp_path)
    first = lead(desk, "青溪2028工业目标是多少?")
    desk.accept(desk.store.item(first, 1), who="小周")
    del shelf.kept["harbour-2024"]
    (one,) = desk.memory.all()
    assert one.age is Age.OUTDATED
    assert desk.memory.recall(desk.store.item(first, 1).asked) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2023年产值是多少？", "产值在2023年是多少？", True),
        ("2023年产值是多少？", "2024年产值是多少？", False),
        ("全区产值是多少？", "经开区产值是多少？", False),
        ("产值是多少？", "产值增速是多少？", False),
        ("产值目标是多少？", "产值是多少？", False),
        ("产值是多少？", "2023年产值是多少？", True),
        ("上半年产值", "全年产值", False),
    ],
)
def test_another_year_scope_or_kind_of_figure_is_another_question(one: str, other: str, same: bool) -> None:
    assert same_facts(one, other) is same


def test_an_edited_and_accepted_answer_is_remembered_without_its_unproven_sentences(tmp_path: Path) -> None:
    desk, _, _ = seated(tmp_path)
    number = lead(desk, "青溪有多少家设计企业？")
    desk.edit(desk.store.item(number, 1), f"{FIRMS_2026}\n明年将达到9999家。", who="小周")
    desk.accept(desk.store.item(number, 1), who="小周")
    (one,) = desk.memory.all()
    assert [said.text for said in one.reply.said] == [FIRMS_2026]
    assert one.reply.by == "小周"


def test_nothing_is_accepted_that_no_source_proves(tmp_path: Path) -> None:
    desk, _, _ = seated(tmp_path)
    number = lead(desk, "青溪的房价是多少？")
    with pytest.raises(LeadError, match="没有可以采纳的答复"):
        desk.accept(desk.store.item(number, 1), who="小周")
    desk.edit(desk.store.item(number, 1), "房价每平方米三万元。", who="小周")
    with pytest.raises(LeadError, match="没有可以采纳的答复"):
        desk.accept(desk.store.item(number, 1), who="小周")


def test_a_new_article_marks_exactly_the_answers_that_used_the_old_figure(tmp_path: Path) -> None:
    desk, shelf, _ = seated(tmp_path)
    number = lead(desk, "青溪有多少家设计企业？", "青溪2028工业目标是多少?", "有几家书店？")
    desk.accept(desk.store.item(number, 1), who="小周")
    desk.accept(desk.store.item(number, 2), who="小周")
    assert desk.look() == []
    shelf.kept |= {one.id: one for one in CASES}
    marks = desk.look()
    assert {(one.lead, one.number, one.memory) for one in marks} == {(number, 1, None), (None, None, 1)}
    assert {(one.old, one.new, one.article_id) for one in marks} == {("1,900余家", "2,300余家", "valley-later")}
    assert desk.look() == []
    assert desk.memory.all()[-1].age is Age.OUTDATED
    desk.reopen(desk.store.item(number, 1), who="小周")
    desk.edit(desk.store.item(number, 1), FIRMS_2026, who="小周")
    assert [one.memory for one in open_marks(desk.store)] == [1]


@pytest.mark.parametrize("said", ["截至2026年8月，数谷已集聚设计企业2500余家。", "数谷目前拥有设计企业2500余家。"])
def test_a_short_report_that_names_the_thing_in_one_breath_marks_it_too(tmp_path: Path, said: str) -> None:
    desk, shelf, _ = seated(tmp_path)
    lead(desk, "青溪有多少家设计企业？", "青溪2028工业目标是多少?", "有几家书店？")
    desk.look()
    shelf.kept["brief"] = replace(
        article_of(said), id="brief", published=Published(date(2026, 9, 20), date(2026, 9, 20))
    )
    assert {(one.number, one.old, one.new) for one in desk.look()} == {(1, "1,900余家", "2500余家")}


def test_a_withdrawn_article_marks_what_cited_it(tmp_path: Path) -> None:
    desk, shelf, _ = seated(tmp_path)
    number = lead(desk, "青溪有多少家设计企业？", "有几家书店？")
    del shelf.kept[SCHOOLS]
    marks = desk.look()
    assert {(one.lead, one.number, one.new) for one in marks} == {(number, 1, "")}
    assert all(one.article_id == SCHOOLS for one in marks)


def test_an_article_that_says_the_same_again_marks_nothing(tmp_path: Path) -> None:
    desk, shelf, _ = seated(tmp_path)
    lead(desk, "青溪有多少家设计企业？", "青溪2028工业目标是多少?")
    shelf.kept["again"] = replace(ARTICLES[SCHOOLS], id="again")
    assert desk.look() == []


def test_duplicates_and_contradictions_are_listed(tmp_path: Path) -> None:
    desk, _, _ = seated(tmp_path)
    for short in ("800余家", "1,900余家"):
        number = lead(desk, "青溪有多少家设计企业？")
        item = desk.store.item(number, 1)
        assert item.reply is not None
        desk.store.revise(item, replace(item.reply, short=short), who="小周")
        desk.accept(desk.store.item(number, 1), who="小周")
    (pair,) = desk.memory.duplicates()
    assert contradict(*pair)
    assert desk.memory.forget(1)
    assert not desk.memory.forget(1)
    assert desk.memory.duplicates() == []


def test_telephone_numbers_and_addresses_are_not_remembered() -> None:
    assert (
        masked("请电13800000000或0571-88888888，邮箱 a.b@c.example 问3000亿元")
        == "请电〔略〕或〔略〕，邮箱 〔略〕 问3000亿元"
    )


def test_deleting_a_lead_may_forget_what_was_remembered_of_it(tmp_path: Path) -> None:
    desk, _, _ = seated(tmp_path)
    for forget in (False, True):
        number = lead(desk, "有几家书店？" if forget else "青溪2028工业目标是多少?")
        desk.accept(desk.store.item(number, 1), who="小周")
        desk.store.delete(number, forget=forget)
    assert [one.question for one in desk.memory.all()] == ["青溪2028工业目标是多少?"]


def test_green_answers_are_accepted_at_once_and_no_other(tmp_path: Path) -> None:
    desk, _, _ = seated(tmp_path)
    desk.store.set_policy([("inferred", "是"), ("months", "60")])
    number = lead(desk, "青溪2028工业目标是多少?", "青溪有多少家设计企业？", "青溪的房价是多少？")
    assert desk.accept_green(number, who="小周") == [1]
    assert [one.status for one in desk.store.items(number)] == [
        QuestionStatus.DONE,
        QuestionStatus.DRAFTED,
        QuestionStatus.DRAFTED,
    ]


@pytest.mark.parametrize(
    ("likeness", "said", "same"), [(0.5, True, True), (0.2, True, False), (0.5, False, False), (0.9, False, True)]
)
def test_the_same_sentence_makes_it_the_same_question(tmp_path: Path, likeness: float, said: bool, same: bool) -> None:
    desk, _, _ = seated(tmp_path)
    kept = desk.store.item(lead(desk, "青溪2028工业目标是多少?"), 1).reply
    assert kept is not None
    fresh = kept if said else Reply(refusal="没有提到。")
    assert is_same("2028年青溪工业要到多少？", "青溪2028工业多少?", likeness, fresh, kept) is same
    assert not is_same("2027年青溪工业要到多少？", "青溪2028工业多少?", likeness, fresh, kept)


def test_cases_that_want_the_same_fact_of_the_same_sentence_ask_the_same() -> None:
    def case(start: int, fact: str) -> dict[str, object]:
        return {
            "evidence": [{"article": "a", "start": start, "end": start + 9}],
            "gold": [{"aliases": [fact], "must": True}],
        }

    assert asks_the_same(case(0, "3家"), case(5, "3家"))
    assert not asks_the_same(case(0, "3家"), case(5, "4家"))
    assert not asks_the_same(case(0, "3家"), case(10, "3家"))
