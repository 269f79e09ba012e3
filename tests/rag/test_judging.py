from __future__ import annotations

import numpy as np
import pytest

from corpus.chinese.text import fold
from rag.answerer import ExtractiveAnswerer
from rag.reading.judge import SIGNS, JudgeWeights
from rag.reading.superlatives import asks_for_the_most, may_tell_the_most


def test_weights_and_signs_make_a_logistic_probability() -> None:
    assert JudgeWeights(0.0, (0.0,) * len(SIGNS)).probability(np.ones(len(SIGNS))) == 0.5
    assert JudgeWeights(-1.0, (0.5,) * len(SIGNS)).probability(np.full(len(SIGNS), 2 / len(SIGNS))) == 0.5


@pytest.mark.parametrize(
    ("question", "stranger"),
    [
        ("算力小镇集聚了多少家企业", "SpaceX小镇集聚了多少家企业"),
        ("春风动力的工厂效率提升了多少", "春风动力Q9工厂效率提升了多少"),
        ("数智城2025年完成投资多少", "数智城2025年gdp多少"),  # small letters, and yet no pinyin
    ],
)
def test_a_code_that_the_article_does_not_hold_makes_an_answer_unlikely(
    question: str, stranger: str, real_answerer: ExtractiveAnswerer
) -> None:
    assert real_answerer.find(stranger).confidence < 0.2 * real_answerer.find(question).confidence


def test_reports_give_no_advice(real_answerer: ExtractiveAnswerer) -> None:
    asked, advice = real_answerer.find("算力小镇有多少家企业"), real_answerer.find("算力小镇的企业值得去吗")
    assert advice.confidence < 0.3 < asked.confidence


@pytest.mark.parametrize(
    ("question", "sentence", "told"),
    [
        ("望礁镇最大的渔港是哪个", "石梁渔港去年完成改造，泊位增加到120个。", False),
        ("望礁镇最大的渔港是哪个", "石梁渔港是全镇最大的渔港，泊位120个。", True),
        ("望礁镇哪个渔港泊位最多", "石梁渔港有泊位120个，东嘴渔港有泊位85个。", True),
        ("谁的票数最高", "初选结果预计13日夜间揭晓。", False),
        ("哪条线客流最多", "一号线日均12万人次，居全网首位。", True),
    ],
)
def test_which_is_the_largest_is_told_in_words_or_by_several_amounts(question: str, sentence: str, told: bool) -> None:
    assert asks_for_the_most(fold(question)) and may_tell_the_most(sentence) is told


@pytest.mark.parametrize("question", ["最高能补多少钱", "最晚几点可以进园", "一次最多借几本书", "最大的泳池有多大"])
def test_how_much_at_most_asks_for_no_comparison(question: str) -> None:
    assert not asks_for_the_most(fold(question))
