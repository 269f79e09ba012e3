"""May the best sentence be shown? The learned confidence, the reader's doubt, and what contradicts outright."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from corpus.records import Article, Modality
from corpus.text import fold
from corpus.timing import modality
from rag.agreeing import names_missing
from rag.confidence import Confidence
from rag.fitting import lacking
from rag.preparing import Prepared
from rag.ranking import Featuriser, Ranked, common_runs
from rag.spans import SpanReader
from rag.topics import TopicKind, find_topics
from rag.vocabulary import CorpusWords

_NAMED = frozenset({TopicKind.PLACE, TopicKind.ORGANISATION, TopicKind.PERSON, TopicKind.WORK})
_SHORTEST_NAME = 3
_READER_SHARE = 0.4  # of the reader's log-odds that a text holds an answer, beside the confidence's own
# What is left of the probability when …
_OF_ANOTHER_NAME = 0.05  # … a name of the question stands nowhere in the article
_NAMED_FAR_OFF = 0.5  # … it stands in the article, but not around the sentence
_WITHOUT_VALUE = 0.1  # … the sentence lacks the kind of value asked for
_STILL_A_PLAN = 0.1  # … an outcome is asked for and the sentence tells a plan
_ADMINISTRATIVE = re.compile(r".{2}[省市区县镇]$|全[区市省县]$")
_ORDINAL = re.compile(r"第[一二三四五六七八九十百\d]+(?=[^?？]?)")
_OUTCOME = re.compile(
    r"实际|真的|已经|有没有(?:完成|实现|建成|达到)|(?:完成|实现|建成|达到|达成|开通|开学|通车|投用)了|后来|最终|到底(?:完成|实现)"
)


class Judge:
    """Probability that the first of some ranked sentences answers a question. Immutable."""

    def __init__(
        self, confidence: Confidence, reader: SpanReader, featuriser: Featuriser, words: CorpusWords,
        articles: Mapping[str, Article],
    ) -> None:  # fmt: skip
        self._confidence = confidence
        self._reader = reader
        self._featuriser = featuriser
        self._words = words
        self._articles = articles

    def probability(self, prepared: Prepared, ranked: Sequence[Ranked]) -> float:
        """Return from 0 to 1; 0 when there is nothing to judge."""
        if not ranked:
            return 0.0
        first = ranked[0]
        around = self._featuriser.around(prepared.standalone, first.candidate)
        learned = self._confidence.of(ranked, around)
        (reading,) = self._reader.read(prepared.standalone, [first.candidate.text])
        odds = _log_odds(learned) + _READER_SHARE * _log_odds(1 - reading.nothing)
        return float(1 / (1 + np.exp(-odds))) * self._doubt(prepared, first)

    def _doubt(self, prepared: Prepared, first: Ranked) -> float:
        candidate = first.candidate
        around = "\n".join((candidate.text, candidate.before, candidate.heading, candidate.passage))
        far = [forms for forms in self._names(prepared) if names_missing([forms], around)]
        elsewhere = names_missing(far, self._articles[candidate.article_id].text)
        left: float = _OF_ANOTHER_NAME**elsewhere * _NAMED_FAR_OFF ** (len(far) - elsewhere)
        text = first.candidate.text
        matched, _, _ = common_runs(prepared.asked.folded, fold(text))
        if lacking(prepared.asked, text, matched):
            left *= _WITHOUT_VALUE
        if _OUTCOME.search(fold(prepared.standalone)) and modality(text) is Modality.PLAN:
            left *= _STILL_A_PLAN
        return left

    def _names(self, prepared: Prepared) -> list[tuple[str, ...]]:
        """Return each name of the question in all forms that the articles give it."""
        topics = find_topics(prepared.standalone, self._words)
        names = [topic.text for topic in topics if topic.kind in _NAMED and len(topic.text) >= _SHORTEST_NAME]
        names += _ORDINAL.findall(prepared.standalone)
        return [(name, *self._other_forms(name)) for name in names]

    def _other_forms(self, name: str) -> list[str]:
        folded = fold(name)
        pairs = self._words.short_names
        plain = [name[:-1], name[:-2]] if name[-2:-1] == "全" else [name[:-1]] if _ADMINISTRATIVE.search(name) else []
        return plain + [full for full, short in pairs if short == folded] + [short for full, short in pairs if full == folded]


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 0.01), 0.99)
    return float(np.log(kept / (1 - kept)))
