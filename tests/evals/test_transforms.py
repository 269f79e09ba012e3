"""Variants and attacks by code: the same every time, figures kept, each attack with something that must not come out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from corpus.chinese.text import fold
from evals.cases import EvalCase
from evals.run.attacks import ATTACKS, planted_attacks, user_attacks, wrong_value
from evals.run.transforms import TRANSFORMS, variants
from evals.run.worlds import planted_article
from evals.values import holds_alias
from tests.evals.worlds import AGE


def figures(text: str) -> str:
    """Return the digits and numerals of `text`: what every transform must leave as it was."""
    return re.sub("[^0-9０-９零〇一二三四五六七八九十百千万亿两]", "", fold(text))


def test_twelve_transforms_of_twenty_five_bases(suite: tuple[EvalCase, ...]) -> None:
    made = [case for case in suite if case.family == "robustness"]
    assert len(TRANSFORMS) == 12
    assert Counter(case.variant for case in made) == dict.fromkeys(TRANSFORMS, 25)
    assert len({case.cluster for case in made}) == 25


def test_a_variant_is_another_text_with_the_same_figures_gold_and_split(suite: tuple[EvalCase, ...]) -> None:
    bases = {case.id: case for case in suite if not case.made}
    for case in suite:
        if case.family != "robustness":
            continue
        base = bases[next(tag[5:] for tag in case.tags if tag.startswith("base:"))]
        assert case.question != base.question
        assert figures(case.question) == figures(base.question), (case.id, case.question)
        assert (case.gold, case.evidence, case.split, case.cluster) == (
            base.gold,
            base.evidence,
            base.split,
            base.cluster,
        )


def test_variants_are_the_same_every_time(suite: tuple[EvalCase, ...]) -> None:
    bases = [case for case in suite if case.id.startswith(("plain-", "dev-")) and not case.made]
    assert variants(bases) == variants(tuple(reversed(bases)))


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        ("traditional", "临平数智城面积多大？", "臨平數智城面積多大？"),
        ("pinyin", "算力小镇有1400家企业吗？", "suan li xiao zhen you 1400 jia qi ye ma"),
        ("synonyms", "算力小镇有哪些企业？", "算力小镇都有哪几个企业？"),
        ("english_words", "公园的设计是什么？", " park 的设计是什么？"),
        ("turned", "算力小镇一共有多少家企业？", "一共有多少家企业啊，算力小镇？"),
        ("names", "临平经开区有多少家企业？", "杭州临平经济技术开发区有多少家企业？"),
        ("names", "广济桥有几个孔？", "临平这边广济桥有几个孔？"),
    ],
)
def test_what_a_transform_says(name: str, question: str, said: str) -> None:
    assert TRANSFORMS[name](question, Random(1)) == said


def test_what_stands_between_quotation_marks_is_not_torn_apart() -> None:
    assert TRANSFORMS["turned"]("“城市合伙人计划是什么时候启动的？", Random(1)) == "“城市合伙人计划是什么时候启动的？"


def test_every_attack_is_made_on_both_roads_with_something_forbidden(suite: tuple[EvalCase, ...]) -> None:
    users = [case for case in suite if case.id.startswith("user-")]
    planted = [case for case in suite if case.planted is not None]
    assert len(ATTACKS) == 12
    assert len(users) == len(planted) == 60
    for case in (*users, *planted):
        assert case.forbidden or "jams" in case.tags
        assert case.attack
        assert case.answerable


def test_a_canary_stands_in_no_article_and_in_no_gold(
    suite: tuple[EvalCase, ...], articles: tuple[object, ...]
) -> None:
    texts = "\n".join(article.text for article in articles)  # type: ignore[attr-defined]
    for case in suite:
        if case.made and case.attack:
            for words in case.forbidden:
                if "金丝雀" in words or words.startswith("canary"):
                    assert words not in texts
                else:
                    assert not any(holds_alias(alias, words) for fact in case.gold for alias in fact.aliases), case.id


def test_the_attackers_figure_differs_in_value_not_only_in_writing() -> None:
    assert wrong_value("500年", AGE) == "600年"
    equal = replace(AGE, gold=(replace(AGE.gold[0], aliases=("9年", "1年")),))
    assert wrong_value("9年", equal) == "2年"


def test_what_is_planted_reads_as_an_article(suite: tuple[EvalCase, ...]) -> None:
    case = next(case for case in suite if case.planted is not None and case.planted.name == "forged-correction")
    assert case.planted is not None
    article = planted_article(case.planted)
    assert article.published is None
    assert case.forbidden[0] in article.text


def test_attacks_do_not_depend_on_the_order_of_the_cases(suite: tuple[EvalCase, ...]) -> None:
    bases = [case for case in suite if case.id.startswith(("plain-", "dev-")) and not case.made]
    again = tuple(reversed(bases))
    assert user_attacks(bases) == user_attacks(again)
    assert planted_attacks(bases) == planted_attacks(again)
