"""Candidate sentences, best first, by a learned ranker over what question and sentence have in common.

A gradient-boosted ranker of small trees (Burges, "From RankNet to LambdaRank to LambdaMART", 2010), trained by
`python -m rag.training ranker` on candidates drawn as they are drawn here, and evaluated with numpy alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.errors import ModelError
from index.search.embedding import StaticEmbedder
from index.search.lexical import LexicalIndex, terms
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.spans import UNREAD, Reading
from rag.reading.trees import Trees
from rag.reading.units import fits, found_quantities, lacking, wanted

_FAR = 60.0  # characters; a distance longer than this, or to nothing, counts as this
_SURNAME = any_of("corpus/surnames")
_EVIDENCE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"\d[\d.,]*|[一二三四五六七八九十百千万亿两几]+(?=[^\W\d_])")),
    (
        "date",
        re.compile(
            r"\d{2,4}年|\d{1,2}月|\d{1,2}日|[〇一二三四五六七八九十]{2,4}年|世纪|年代|今年|去年|上半年|下半年|年底|年初"
        ),
    ),
    ("person", re.compile(rf"{_SURNAME}[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]+·[\u4e00-\u9fff]+")),
    (
        "organisation",
        re.compile(r"公司|集团|大学|学院|研究院|研究所|中心|机构|[部局署厅]|协会|银行|学校|工厂|[\u4e00-\u9fff]社"),
    ),
    ("place", re.compile(r"[省市县区镇乡村国州岛路街]|位于|坐落|地处|[在往至][\u4e00-\u9fff]")),
    ("reason", re.compile(rf"{any_of('rag/because')}|[因为]")),
    ("means", re.compile(r"通过|利用|采用|借助|依托|按照|以[^为及]|用")),
    ("definition", re.compile(r"是|指|称为|即|属于")),
    ("list", re.compile(r"、|,|和|及|包括|分别|等")),
    ("name", re.compile(r"[“「《『][^”」》』]{1,20}[”」》』]|[a-z][a-z0-9]+")),
)
_POINTS_BACK = re.compile(rf"[“\"]?{any_of('rag/points_back')}")
# What a sentence loses that lacks the kind of value asked for, asks itself, or only announces what follows. On
# cmrc2018_trial any value from 0 to 3 finds as many gold sentences first; on news, where topic sentences and headings
# come before the figures, it matters.
_SAYS_NOTHING = 2.0
_REWORDED = 0.3  # what a wording that is not the user's own must be better by
_CLASSES = tuple(AnswerKind)

FEATURES: tuple[str, ...] = (
    "score",
    "score_share",
    "rank",
    "sentence_score",
    "sentence_share",
    "passage_score",
    "passage_share",
    "covered",
    "covered_pairs",
    "covered_before",
    "covered_after",
    "covered_before_pairs",
    "covered_heading",
    "covered_passage",
    "covered_passage_pairs",
    "covered_all",
    "covered_near",
    "covered_near_before",
    "missing_all",
    "missing_pairs",
    "missing_before",
    "missing_share",
    "longest",
    "longest_share",
    "runs",
    "matched_of_question",
    "matched_of_sentence",
    "length",
    "unmatched",
    "position",
    "position_share",
    "siblings",
    *(f"{what}_{name}" for name, _ in _EVIDENCE for what in ("count", "distance")),
    "unit_after_number",
    "unit_present",
    "fitting",
    "lacks_fitting",
    "asks",
    "points_back",
    "points_on",
    "terms",
    "weight",
    "question_length",
    "similarity",
    "similarity_before",
    "similarity_share",
    "soft",
    "soft_missing",
    "soft_best",
    "kind",
)


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """How common each term is among questions: 谁, 多少, 什么 say what is asked, not what about."""

    total: int
    counts: Mapping[str, int]

    def weight(self, term: str) -> float:
        """Return from 0 (in every question) to 1 (in almost none)."""
        return min(1.0, log((self.total + 1) / (self.counts.get(term, 0) + 1)) / 6.0)


class Featuriser:
    """Question and candidates → numbers. Holds what is known of words; knows nothing of any corpus."""

    def __init__(self, question_terms: QuestionTerms, embedder: StaticEmbedder) -> None:
        self._question_terms = question_terms
        self._token_ids = lru_cache(maxsize=8192)(embedder.token_ids)
        self.embedder = embedder

    def features(self, asked: Asked, candidates: Sequence[Candidate], lexical: LexicalIndex) -> NDArray[np.float32]:
        """Return shape (len(candidates), len(FEATURES)), columns as FEATURES; `lexical` weighs the terms."""
        if not candidates:
            return np.zeros((0, len(FEATURES)), dtype=np.float32)
        question = _Question(asked, self._question_terms, lexical)
        best = _Best.of(candidates)
        blocks = [
            np.array([_scores(candidate, rank, best) for rank, candidate in enumerate(candidates, start=1)]),
            question.coverage(candidates),
            np.array([_overlap(question, candidate) for candidate in candidates]),
            self._likeness(asked.text, candidates),
            np.full((len(candidates), 1), float(_CLASSES.index(asked.kind))),
        ]
        return np.hstack(blocks).astype(np.float32)

    def _likeness(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Likeness in meaning: of whole sentences, and of each word of the question to its best word in the sentence.

        Source of the second: Khattab & Zaharia, "ColBERT", SIGIR 2020 (MaxSim), here over static token vectors.
        """
        asked = self._tokens(question)
        there = [self._tokens(candidate.text) for candidate in candidates]
        before = [self._tokens(candidate.before) for candidate in candidates]
        whole = _unit(asked.sum(axis=0, keepdims=True))[0]
        alone = _unit(np.array([tokens.sum(axis=0) for tokens in there])) @ whole
        joined = _unit(np.array([a.sum(axis=0) + b.sum(axis=0) for a, b in zip(there, before, strict=True)])) @ whole
        weights = np.linalg.norm(asked, axis=1)
        directions = _unit(asked)
        total = float(weights.sum()) + 1e-6
        soft = np.zeros((len(candidates), 3), dtype=np.float32)
        for row, tokens in enumerate(there):
            if len(asked) and len(tokens):
                nearest = (directions @ _unit(tokens).T).max(axis=1)
                soft[row] = (weights @ nearest) / total, (weights * (1 - nearest)).max(), nearest.max()
        return np.column_stack([alone, joined, alone / max(float(alone.max()), 1e-6), soft])

    def _tokens(self, text: str) -> NDArray[np.float32]:
        return self.embedder.vectors_of(self._token_ids(text))


@dataclass(frozen=True, slots=True)
class _Best:
    score: float
    sentence: float
    passage: float

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> _Best:
        return cls(
            max(c.score for c in candidates) or 1.0,
            max(c.sentence_score for c in candidates) or 1.0,
            max(c.passage_score for c in candidates) or 1.0,
        )


def _scores(candidate: Candidate, rank: int, best: _Best) -> list[float]:
    return [
        candidate.score,
        candidate.score / best.score,
        float(rank),
        candidate.sentence_score,
        candidate.sentence_score / best.sentence,
        candidate.passage_score,
        candidate.passage_score / best.passage,
    ]


class _Question:
    """The terms of one question with their weights: rare in the corpus, rare among questions, near the interrogative."""

    def __init__(self, asked: Asked, question_terms: QuestionTerms, lexical: LexicalIndex) -> None:
        self.asked = asked
        self.wanted = wanted(asked)
        self.terms = list(dict.fromkeys(terms(asked.text))) or ["?"]
        self.weights = np.array(
            [lexical.idf(term) * question_terms.weight(term) for term in self.terms], dtype=np.float32
        )
        self.pairs = np.array([len(term) > 1 for term in self.terms])
        at = np.array([max(0, asked.folded.find(term)) for term in self.terms])
        begin, end = asked.focus
        self.near = np.exp(-np.minimum(abs(at - begin), abs(at - end)) / 4.0)
        self.total = float(self.weights.sum()) + 1e-6
        self.total_pairs = float(self.weights[self.pairs].sum()) + 1e-6
        self.total_near = float((self.weights * self.near).sum()) + 1e-6

    def held(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return which terms stand in which text, shape (len(texts), terms)."""
        return np.array([[term in found for term in self.terms] for found in map(_term_set, texts)])

    def coverage(self, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """Return how much of the question each candidate covers, alone and with what stands around it."""
        here, before = self.held([c.text for c in candidates]), self.held([c.before for c in candidates])
        after, heading = self.held([c.after for c in candidates]), self.held([c.heading for c in candidates])
        passage = self.held([c.passage for c in candidates])
        around = here | before | after | heading | passage
        whole = self.weights / self.total
        pairs = self.weights * self.pairs / self.total_pairs
        near = self.weights * self.near / self.total_near
        columns = [
            here @ whole,
            here @ pairs,
            (here | before) @ whole,
            (here | after) @ whole,
            (here | before) @ pairs,
            (here | heading) @ whole,
            (passage | heading) @ whole,
            (passage | heading) @ pairs,
            around @ whole,
            here @ near,
            (here | before | heading) @ near,
            (~around * self.weights).max(axis=1),
            (~here * self.weights * self.pairs).max(axis=1),
            (~(here | before | heading) * self.weights * self.pairs).max(axis=1),
            ~around @ whole,
        ]
        return np.column_stack(columns)


@lru_cache(maxsize=8192)
def _term_set(text: str) -> frozenset[str]:
    return frozenset(terms(text))


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return fold(text)


def _overlap(question: _Question, candidate: Candidate) -> list[float]:
    """What the two texts share character by character, and what the rest of the sentence could answer with."""
    folded = _folded(candidate.text)
    asked = question.asked
    matched, longest, runs = common_runs(asked.folded, folded)
    rest = ~matched
    at = np.flatnonzero(matched)
    found: list[float] = [
        float(longest),
        longest / max(1, len(asked.folded)),
        float(runs),
        float(matched.sum()) / max(1, len(asked.folded)),
        float(matched.mean()) if len(folded) else 0.0,
        float(len(folded)),
        float(rest.sum()),
        float(candidate.position),
        candidate.position / max(1, candidate.siblings),
        float(candidate.siblings),
    ]
    for _, pattern in _EVIDENCE:
        new = [hit.start() for hit in pattern.finditer(folded) if rest[hit.start() : hit.end()].any()]
        distance = min((float(abs(at - start).min()) for start in new), default=_FAR) if len(at) else _FAR
        found += [float(len(new)), min(_FAR, distance)]
    unit = asked.unit[:1]
    after_number = bool(unit) and re.search(rf"[\d一二三四五六七八九十百千万亿两多余数]{re.escape(unit)}", folded)
    found += [float(bool(after_number)), float(bool(asked.unit) and asked.unit in folded)]
    found += _shape(question, candidate.text, matched)
    found += [float(len(question.terms)), question.total, float(len(asked.folded))]
    return found


def _shape(question: _Question, text: str, matched: NDArray[np.bool_]) -> list[float]:
    """Fitting quantities that the question does not hold itself; whether the sentence asks, points back or points on."""
    fitting = [
        quantity
        for quantity in found_quantities(text)
        if question.wanted is not None
        and fits(quantity, question.wanted)
        and not matched[quantity.start : quantity.end].all()
    ]
    return [
        float(len(fitting)),
        float(lacking(question.asked, text, matched)),
        float(text.rstrip("”’\"'）)").endswith(("？", "?"))),
        float(_POINTS_BACK.match(text) is not None),
        float(text.endswith(("：", ":", "——", "—"))),
    ]


def common_runs(question: str, text: str, shortest: int = 2) -> tuple[NDArray[np.bool_], int, int]:
    """Return which characters of `text` lie in a run shared with `question`, the longest run and how many there are.

    Greedy from the left; both texts folded; runs shorter than `shortest` do not count.
    """
    matched = np.zeros(len(text), dtype=bool)
    longest = runs = at = 0
    while at < len(text):
        length = 0
        while at + length < len(text) and text[at : at + length + 1] in question:
            length += 1
        if length >= shortest:
            matched[at : at + length] = True
            longest, runs, at = max(longest, length), runs + 1, at + length
        else:
            at += 1
    return matched, longest, runs


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length one, leaving zeros zero."""
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return unit


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what the ranker and the reader say of it: `score` is the ranker's, for the question put as `wording`."""

    candidate: Candidate
    score: float
    features: NDArray[np.float32]
    wording: str = ""
    reading: Reading | None = None  # of those that were read closely

    @property
    def odds(self) -> float:
        """Return the reader's log-odds that the sentence answers; of one that was not read, those of a wrong one."""
        return self.reading.odds if self.reading else UNREAD


class SentenceRanker:
    """Orders candidates with the trained trees."""

    def __init__(self, featuriser: Featuriser, trees: Trees) -> None:
        self._featuriser = featuriser
        self._trees = trees

    @classmethod
    def load(cls, folder: Path, embedder: StaticEmbedder) -> SentenceRanker:
        """Read the ranker of `folder`. Raises ModelError."""
        path = folder / "question_terms.json"
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            known = QuestionTerms(int(stored["total"]), dict(stored["counts"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"排序模型 {path} 缺失或已损坏，请重新安装本项目，或重新训练。") from error
        return cls(Featuriser(known, embedder), Trees.load(folder / "trees.safetensors"))

    @property
    def embedder(self) -> StaticEmbedder:
        return self._featuriser.embedder

    @property
    def featuriser(self) -> Featuriser:
        return self._featuriser

    def rank_wordings(
        self, asked: Sequence[Asked], candidates: Sequence[Candidate], lexical: LexicalIndex
    ) -> list[Ranked]:
        """Return all candidates, best first, each judged by the wording that suits it best; the first wording leads."""
        best: dict[int, Ranked] = {}
        for place, wording in enumerate(asked):
            for one in self.rank(wording, candidates, lexical):
                score = one.score - (_REWORDED if place else 0.0)
                known = best.get(one.candidate.row)
                if known is None or score > known.score:
                    best[one.candidate.row] = replace(one, score=score)
        return sorted(best.values(), key=lambda one: (-one.score, one.candidate.row))

    def rank(self, asked: Asked, candidates: Sequence[Candidate], lexical: LexicalIndex) -> list[Ranked]:
        """Return all candidates, best first, equals in the order given."""
        features = self._featuriser.features(asked, candidates, lexical)
        says_nothing = sum(features[:, FEATURES.index(name)] for name in ("lacks_fitting", "asks", "points_on"))
        scores = self._trees.predict(features) - _SAYS_NOTHING * says_nothing
        order = np.argsort(-scores, kind="stable")
        return [Ranked(candidates[at], float(scores[at]), features[at], asked.text) for at in order]
