"""Citations, quotes, links and the five levels of fact tracing, on answers made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.metrics import tracing
from evals.metrics.citation_precision import citation_precision
from evals.metrics.citation_recall import citation_recall
from evals.metrics.gold_cited import evidence_cited
from evals.metrics.link_ok import bad_citations, links_ok
from evals.metrics.quote_exact import quotes_exact
from evals.metrics.relevance import Retrieved
from evals.metrics.support import containment, supported
from evals.metrics.tracing import Level, trace
from rag.records import Claim
from tests.evals.worlds import AGE, ARTICLES, BRIDGE, FIRMS, TOWN, answer, refusal

AGED, LARGE = "广济桥至今已有500年", "小镇集聚企业2600余家"
BOTH = ((BRIDGE, AGED), (TOWN, LARGE))


@pytest.mark.parametrize(
    ("sentence", "source", "holds"),
    [
        ("广济桥已有500年历史。", "广济桥至今已有500年，是七孔桥。", True),
        ("广济桥已有五百年历史。", "广济桥至今已有500年，是七孔桥。", True),
        ("广济桥已有600年历史。", "广济桥至今已有500年，是七孔桥。", False),
        ("小镇集聚企业12家。", "小镇集聚企业312家。", False),
        ("增长5.2%。", "增长5.2个百分点。", False),
        ("目标是0.3万亿元。", "目标是3000亿元。", True),
        ("今天天气很好适合出门散步。", "广济桥至今已有500年，是七孔桥。", False),
        ("", "广济桥至今已有500年。", True),
    ],
)
def test_support_needs_every_fact_by_value_and_most_of_the_words(sentence: str, source: str, holds: bool) -> None:
    assert supported(sentence, [source]) is holds


def test_nothing_supports_without_a_source() -> None:
    assert not supported("广济桥至今已有500年", [])


def test_clauses_and_other_sentences_of_an_article_lie_far_apart_on_the_scale() -> None:
    assert containment("广济桥至今已有500年", BRIDGE.text) == 1
    assert containment("目前小镇集聚企业2600余家", "它在塘栖镇。") < 0.2


def test_citation_recall_is_the_share_of_sentences_that_their_own_sources_bear_out() -> None:
    good = answer(AGE, (AGED, (1,)), (LARGE, (2,)), cited=BOTH)
    assert citation_recall(good) == 1
    assert citation_recall(answer(AGE, (AGED, (2,)), (LARGE, (2,)), cited=BOTH)) == 0.5
    assert citation_recall(answer(AGE, (AGED, ()), (LARGE, (2,)), cited=BOTH)) == 0.5


def test_citation_recall_is_undefined_for_a_refusal() -> None:
    with pytest.raises(ValueError, match="without claims"):
        citation_recall(refusal(AGE))


def test_an_idle_citation_costs_precision_and_no_recall() -> None:
    padded = answer(AGE, (AGED, (1, 2)), (LARGE, (1, 2)), cited=BOTH)
    assert citation_precision(padded) == 0.5
    assert citation_recall(padded) == 1


def test_two_citations_that_are_both_needed_both_count() -> None:
    joint = answer(AGE, (f"{AGED}，{LARGE}", (1, 2)), cited=BOTH)
    assert citation_precision(joint) == 1


def test_citations_of_an_unsupported_sentence_do_not_count() -> None:
    assert citation_precision(answer(AGE, ("广济桥至今已有900年", (1,)), cited=BOTH)) == 0


def test_a_quote_is_exact_or_it_is_not() -> None:
    good = answer(AGE, (AGED, (1,)), cited=BOTH)
    assert quotes_exact(good, ARTICLES)
    for broken in (
        {"quote": "广济桥至今已有500年。"},
        {"end": good.citations[0].end + 1},
        {"article_id": "no-such"},
        {"quote": ""},
    ):
        assert not quotes_exact(replace(good, citations=(replace(good.citations[0], **broken),)), ARTICLES)


@pytest.mark.parametrize(
    "broken", [{"headline": "别的标题"}, {"published": "2023年"}, {"published_inferred": True}, {"source_start": 3}]
)
def test_a_link_shows_what_is_known_of_the_article(broken: dict[str, object]) -> None:
    good = answer(AGE, (AGED, (1,)), cited=BOTH)
    assert links_ok(good, ARTICLES)
    assert not links_ok(replace(good, citations=(replace(good.citations[0], **broken),)), ARTICLES)  # type: ignore[arg-type]


def test_marks_to_nowhere_are_counted() -> None:
    assert bad_citations(answer(AGE, (AGED, (1, 7)), (LARGE, (0,)), cited=BOTH)) == 2


def test_gold_is_cited_when_a_citation_touches_it() -> None:
    assert evidence_cited(FIRMS, answer(FIRMS, (LARGE, (1,)), cited=((TOWN, LARGE),)), ARTICLES) == 0.5
    assert evidence_cited(AGE, answer(AGE, (AGED, (1,)), cited=((BRIDGE, "500年，是七孔桥"),)), ARTICLES) == 1


def test_facts_are_traced_to_five_levels() -> None:
    said = answer(
        FIRMS,
        ("企业2600余家", (1,)),
        ("公园占地311亩", (1,)),
        ("桥龄500年", (1,)),
        ("共有1400余家", (1,)),
        ("共有88家", (1,)),
        cited=((TOWN, LARGE), (BRIDGE, AGED)),
    )
    found = {one.fact.text: one.level for one in trace(FIRMS, said, ARTICLES) if one.fact.kind == "qty"}
    assert found == {
        "2600余家": Level.OWN,
        "311亩": Level.ARTICLE,
        "500年": Level.EVIDENCE,
        "1400余家": Level.CORPUS,
        "88家": Level.NOWHERE,
    }


def test_what_was_retrieved_is_evidence_too() -> None:
    said = answer(FIRMS, ("共有1400余家", (1,)), cited=((TOWN, LARGE),))
    hit = Retrieved(BRIDGE.id, 0, len(BRIDGE.text))
    assert [one.level for one in trace(FIRMS, said, ARTICLES, [hit])] == [Level.EVIDENCE]


def test_a_fact_that_only_repeats_the_question_is_not_traced() -> None:
    asked = replace(AGE, question="广济桥有没有900年？")
    assert trace(asked, answer(asked, ("没有说900年", (1,)), cited=BOTH), ARTICLES) == ()


def test_a_figure_is_read_where_it_stands() -> None:
    made = replace(BRIDGE, text="实现年销售额破亿元。")
    said = replace(answer(AGE), claims=(Claim("实现年销售额破亿元。", ()),))
    assert [one.level for one in trace(AGE, said, {"2024-bridge": made})] == [Level.CORPUS]


def test_shares_of_grounded_facts() -> None:
    said = answer(FIRMS, ("企业2600余家", (1,)), ("共有88家", (1,)), cited=((TOWN, LARGE),))
    traced = trace(FIRMS, said, ARTICLES)
    assert tracing.fact_grounded(traced) == 0.5
    assert tracing.answer_grounded(traced) == 0
    assert tracing.fabricated(traced) == 1
    with pytest.raises(ValueError, match="without facts"):
        tracing.fact_grounded(())


def test_a_reckoned_result_is_its_own_only_when_it_is_the_gold_of_a_computed_case() -> None:
    asked = replace(FIRMS, tags=("computed",), gold=(replace(FIRMS.gold[0], aliases=("1200家",)),))
    right = answer(asked, (LARGE, (1,)), cited=((TOWN, LARGE),), short="1200家")
    wrong = answer(asked, (LARGE, (1,)), cited=((TOWN, LARGE),), short="1300家")
    assert tracing.fabricated(trace(asked, right, ARTICLES)) == 0
    assert tracing.fabricated(trace(asked, wrong, ARTICLES)) == 1
