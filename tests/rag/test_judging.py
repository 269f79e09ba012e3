from __future__ import annotations

import numpy as np
import pytest

from rag.answerer import ExtractiveAnswerer
from rag.reading.judge import SIGNS, JudgeWeights


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
