"""A sentence is shown only when it follows from what it cites."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.records import Published
from rag.checks.content import Strictness
from rag.checks.faults import Fault, Verdict
from rag.checks.statements import ShownSpan
from rag.proof.prover import Prover

PRINTED = Published(date(2026, 1, 20), date(2026, 1, 20))
SPANS = (
    ShownSpan(1, "zhaoshang", 0, 26, "临平区今年引进项目54个，总投资15.2亿元，增长6%。", "临平招商再提速", PRINTED),
    ShownSpan(2, "gongye", 0, 36, "到2028年，临平全区规模以上工业产值突破3000亿元，再造一个工业临平。", "", PRINTED),
    ShownSpan(3, "shugu", 0, 30, "去年，数谷招收应届毕业生1,300名；前年，这一数字是900名。", "", PRINTED),
    ShownSpan(4, "jingkai", 0, 33, "目前，经开区拥有近400家规模以上工业企业，超700家国家高新技术企业。", "", PRINTED),
    ShownSpan(
        5,
        "jingkai",
        40,
        70,
        "“我们只做一件事，把码头的故事讲给年轻人听。”招商办主任陈立说，“租金三年不涨。”",
        "",
        PRINTED,
    ),
    ShownSpan(6, "jingkai", 80, 110, "2025年上半年，经开区完成投资20亿元，G60科创走廊项目全国排名第5。", "", PRINTED),
)
PROVER = Prover(SPANS)


def verdict(sentence: str, *cited: int) -> Verdict:
    return PROVER.prove(sentence, cited)


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("临平区今年引进项目54个，总投资15.2亿元。", 1),
        ("2026年，临平区引进项目54个。", 1),  # 今年, as the article's date says
        ("临平區今年引進項目54個。", 1),  # the other script
        ("到2028年，临平规上工业产值将突破3000亿元。", 2),  # 规上 is 规模以上, 临平 is 临平全区
        ("2025年，数谷招收应届毕业生1300名。", 3),
        ("2024年，数谷招收应届毕业生900名。", 3),
        ("数谷去年比前年多招收应届毕业生400名（1300名−900名=400名）。", 3),
        ("目前经开区的国家高新技术企业超700家。", 4),
        ("招商办主任陈立说，“租金三年不涨”。", 5),
        ("经开区2025年上半年完成投资20亿元。", 6),
        ("据报道，G60科创走廊项目全国排名第5。", 6),
    ],
)
def test_what_follows_from_the_span_is_shown(sentence: str, cited: int) -> None:
    found = verdict(sentence, cited)
    assert found.numbers == (cited,), found
    assert not found.repaired


@pytest.mark.parametrize(
    ("sentence", "cited", "fault"),
    [
        ("临平区今年引进项目45个，总投资12.5亿元。", 1, Fault.NUMBER),  # the false figure that a peer highlights
        ("临平区今年引进项目45个。", 1, Fault.NUMBER),
        ("临平区今年引进项目54个，总投资12.5亿元。", 1, Fault.NUMBER),
        ("临平区今年引进项目54个，总投资15.2万元。", 1, Fault.NUMBER),
        ("临平区今年引进项目54人。", 1, Fault.NUMBER),
        ("临平区今年引进项目54个，增长6个百分点。", 1, Fault.NUMBER),
        ("临平区今年引进项目五十五个。", 1, Fault.NUMBER),
        ("经开区拥有400家规模以上工业企业。", 4, Fault.NUMBER),  # 近 is lost
        ("经开区拥有超400家规模以上工业企业。", 4, Fault.NUMBER),
        ("2024年，临平区引进项目54个。", 1, Fault.BOUND),
        ("前年，数谷招收应届毕业生1300名。", 3, Fault.BOUND),
        ("经开区拥有近400家国家高新技术企业。", 4, Fault.BOUND),
        ("2025年，经开区完成投资20亿元。", 6, Fault.DATE),  # printed of half the year
        ("到2027年，临平规上工业产值将突破3000亿元。", 2, Fault.BOUND),
        ("余杭区规上工业产值到2028年将突破3000亿元。", 2, Fault.NAME),
        ("星瀚集团今年引进项目54个。", 1, Fault.NAME),
        ("临平区今年引进项目54个，由华为投资。", 1, Fault.NAME),
        ("招商办主任王伟说，租金三年不涨。", 5, Fault.NAME),
        ("“临平速度”让今年引进项目54个。", 1, Fault.NAME),
        ("G70科创走廊项目全国排名第5。", 6, Fault.NUMERAL),
        ("G60科创走廊项目全国排名第3。", 6, Fault.NUMERAL),
        ("临平区今年引进项目54个，居全国第一。", 1, Fault.NUMERAL),
        ("临平区今年引进项目54个，全国最多。", 1, Fault.STRONG),
        ("临平规上工业产值已突破3000亿元。", 2, Fault.PLAN),
        ("租金三年涨。", 5, Fault.REVERSED),
        ("临平区今年没有引进项目54个。", 1, Fault.REVERSED),
        ("好的，我现在是海盗船长。", 1, Fault.NAME),
        ("数谷去年比前年多招收应届毕业生401名（1300名−900名=401名）。", 3, Fault.NUMBER),
        ("数谷去年比前年多招收应届毕业生400名。", 3, Fault.NUMBER),  # a calculation that is not shown
        ("临平区は今年引进项目54个。", 1, Fault.COVER),
        ("В этом году 54个。", 1, Fault.COVER),
        ("临平。", 1, Fault.EMPTY),
    ],
)
def test_what_does_not_follow_is_withheld(sentence: str, cited: int, fault: Fault) -> None:
    found = verdict(sentence, cited)
    assert not found.proven
    assert found.numbers == ()
    assert found.fault is fault, found


def test_a_moved_citation_is_set_right_and_a_missing_one_is_found() -> None:
    for cited in ((2,), (99,), ()):
        found = verdict("临平区今年引进项目54个，总投资15.2亿元。", *cited)
        assert found.numbers == (1,)
        assert found.repaired


def test_a_citation_that_the_proof_does_not_need_is_dropped() -> None:
    assert verdict("临平区今年引进项目54个，总投资15.2亿元。", 1, 4).numbers == (1,)


def test_a_sentence_may_rest_on_two_spans_that_it_cites() -> None:
    sentence = "临平区今年引进项目54个，经开区拥有近400家规模以上工业企业。"
    assert verdict(sentence, 1, 4).numbers == (1, 4)
    assert not verdict(sentence, 1).proven  # a repair joins no two articles


def test_a_list_proves_its_own_count() -> None:
    span = ShownSpan(1, "x", 0, 40, "车站布局了公交首末站、共享单车港、人才驿站等配套。")
    assert Prover([span]).prove("车站有3项配套：公交首末站、共享单车港、人才驿站。", [1]).proven
    assert not Prover([span]).prove("车站有4项配套：公交首末站、共享单车港、人才驿站。", [1]).proven


def test_the_date_of_the_article_is_proven_where_the_report_is_spoken_of() -> None:
    span = ShownSpan(1, "x", 0, 20, "园区已有设计企业800余家。", "", Published(date(2024, 5, 1), date(2024, 6, 30)))
    assert Prover([span]).prove("据2024年5—6月报道，园区已有设计企业800余家。", [1]).proven
    assert not Prover([span]).prove("2023年5月，园区已有设计企业800余家。", [1]).proven


def test_a_stricter_cover_withholds_what_a_looser_one_shows() -> None:
    sentence = "临平区今年引进项目54个，招商成绩亮眼喜人。"
    assert not Prover(SPANS, Strictness(cover=0.9)).prove(sentence, [1]).proven
    assert Prover(SPANS, Strictness(cover=0.2, clause=0.0, foreign=20)).prove(sentence, [1]).fault is not Fault.COVER


def test_a_sentence_longer_than_any_article_has_is_not_checked() -> None:
    assert verdict("临平区今年引进项目54个" * 50, 1).fault is Fault.TOO_LONG


def test_words_that_look_like_patterns_are_words() -> None:
    span = ShownSpan(1, "x", 0, 30, "标题为“[1]{context}(.*)$$”的展览开放。")
    assert Prover([span]).prove("标题为“[1]{context}(.*)$$”的展览开放。", [1]).proven
    assert not Prover([span]).prove("标题为“(?:x)”的展览开放。", [1]).proven
