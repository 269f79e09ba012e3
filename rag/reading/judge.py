"""May the best sentence be shown? The reader's odds, calibrated, and what speaks against the sentence by value.

A logistic model over two signs, trained by `python -m rag.training judge` on questions about news that the reader never
saw: small enough to be read, so that both weights can be argued about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.chinese.timing import modality, question_period
from corpus.chinese.words import any_of
from corpus.errors import ModelError
from corpus.records import Article, Modality
from rag.question.preparation import Prepared
from rag.question.rewording import thesaurus
from rag.reading.candidates import Candidate
from rag.reading.ranker import Ranked
from rag.reading.superlatives import asks_for_the_most, may_tell_the_most

SIGNS = (
    "odds",  # the reader's log-odds that the sentence answers
    "score",  # of the ranker
)
# What is left of the probability when a sentence contradicts the question outright. Such cases are too few in any set to
# be weighed by it.
_ADVICE = 0.3  # whether something is worth it, which is better: reports tell, they do not advise
_OF_ANOTHER_NAME = 0.15  # a code or brand of the question stands nowhere in the article
_BESIDE_A_GAP = 0.3  # words of the sentence are lost in print
_LEVEL_FOR_CHANGE = 0.3  # by how much something grew is asked for, and the sentence tells of no growth and no fall
_NONE_BEFORE_OTHERS = 0.3  # which is the largest is asked, and the sentence tells of one alone
_STILL_A_PLAN = 0.3  # an outcome is asked for, and the sentence tells a plan
_ASKS_ADVICE = re.compile(f"{any_of('rag/advice')}|适合.{{0,6}}吗|哪[个家种款](?:更|比较)?好|好吗$")
_CHANGE_ASKED = re.compile(f"{any_of('rag/changes')}了?(?:多少|几)(?!年|次|倍)")
_CHANGE_TOLD = re.compile("[增减涨升扩降缩跌翻]|提高|提速|较|比.{1,12}[多少高低]")
_CHINESE = frozenset({"zh-Hans", "zh-Hant"})
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*")
_PLAN_ASKED = re.compile(any_of("rag/plan_asked"))
_OUTCOME = re.compile(
    r"实际|真的|已经|有没有(?:完成|实现|建成|达到)|(?:完成|实现|建成|达到|达成|开通|开学|通车|投用)了|后来|最终|到底(?:完成|实现)"
)


@dataclass(frozen=True, slots=True)
class JudgeWeights:
    """`bias` and one weight for each of SIGNS."""

    bias: float
    weights: tuple[float, ...]

    @classmethod
    def load(cls, folder: Path) -> JudgeWeights:
        """Read `folder/weights.json`. Raises ModelError."""
        path = folder / "weights.json"
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(float(stored["bias"]), tuple(float(stored["weights"][name]) for name in SIGNS))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"判断模型 {path} 缺失或已损坏，请重新安装本项目，或重新训练。") from error

    def save(self, folder: Path) -> None:
        """Write `folder/weights.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        stored = {"bias": self.bias, "weights": dict(zip(SIGNS, self.weights, strict=True))}
        (folder / "weights.json").write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")

    def probability(self, signs: NDArray[np.float64]) -> float:
        """Return from 0 to 1."""
        return float(1 / (1 + np.exp(-(self.bias + np.array(self.weights) @ signs))))


class Judge:
    """Probability that the first of some ranked sentences answers a question. Immutable."""

    def __init__(self, weights: JudgeWeights, articles: Mapping[str, Article], now: date | None) -> None:
        self._weights = weights
        self._articles = articles
        self._now = now

    def probability(self, prepared: Prepared, ranked: Sequence[Ranked]) -> float:
        """Return from 0 to 1; 0 when there is nothing to judge."""
        if not ranked:
            return 0.0
        return self._weights.probability(self.signs(ranked)) * self._left(prepared, ranked[0].candidate)

    def signs(self, ranked: Sequence[Ranked]) -> NDArray[np.float64]:
        """Return the signs of the first of `ranked` (not empty), shape (len(SIGNS),)."""
        first = ranked[0]
        return np.array([min(8.0, max(-8.0, first.odds)), min(5.0, max(-5.0, first.score))])

    def _left(self, prepared: Prepared, candidate: Candidate) -> float:
        """Return what the outright contradictions leave of a probability, from 0 to 1."""
        text = candidate.text
        article = self._articles[candidate.article_id]
        left = 1.0
        if prepared.language in _CHINESE and _lacks_latin(prepared.standalone, article.text):
            left *= _OF_ANOTHER_NAME
        if any(candidate.start <= gap <= candidate.end for gap in article.gaps):
            left *= _BESIDE_A_GAP
        asked = prepared.asked.folded
        if _ASKS_ADVICE.search(asked):
            left *= _ADVICE
        if _CHANGE_ASKED.search(asked) and not _CHANGE_TOLD.search(fold(text)):
            left *= _LEVEL_FOR_CHANGE
        if asks_for_the_most(asked) and not may_tell_the_most(candidate.before + text):
            left *= _NONE_BEFORE_OTHERS
        if modality(text) is Modality.PLAN and self._asks_for_a_result(prepared.standalone):
            left *= _STILL_A_PLAN
        return left

    def _asks_for_a_result(self, question: str) -> bool:
        """Tell whether an outcome is asked for, or the figure of a time that has passed, and no plan."""
        folded = fold(question)
        if _OUTCOME.search(folded):
            return True
        period = question_period(question, self._now, self._now)
        passed = period is not None and not period.latest and period.last is not None and self._now is not None
        return passed and period.last < self._now and not _PLAN_ASKED.search(folded)  # type: ignore[union-attr, operator]


def _lacks_latin(question: str, article: str) -> bool:
    """Tell whether the question has a code or brand in Latin letters that the article has in no form.

    Small letters alone may be an English word or pinyin within a Chinese question, unless they are a known short name (gdp).
    """
    folded, known = fold(article), thesaurus().official
    found = [one.group() for one in _LATIN.finditer(question)]
    words = (fold(one) for one in found if not one.islower() or one in known)
    return any(not any(form in folded for form in (word, *known.get(word, ()))) for word in words)
