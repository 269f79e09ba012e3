"""What a refusal shows all the same: what the articles tell of the thing named, or the sentence nearest to the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from corpus.chinese.text import fold
from index.storage.snapshot import Snapshot
from rag.answers.overview import overview
from rag.question.preparation import Prepared
from rag.question.topics import Topic, TopicKind, find_topics
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import Candidate
from rag.reading.ranker import Ranked

_EVERYWHERE: Final = 0.6  # of the articles: what more of them speak of makes no sentence near to a question
_FEW: Final = 4  # articles of which none can be told from the others so
_SHORTEST: Final = 3  # characters of a name


@dataclass(frozen=True, slots=True)
class NearestSentence:
    """A sentence to show; `about` is the thing that it tells of when it is not near to the question itself."""

    candidate: Candidate
    about: str = ""


def lead_of(
    prepared: Prepared, nearest: Ranked | None, snapshot: Snapshot, words: CorpusWords
) -> NearestSentence | None:
    """Return what to show; None when nothing has to do with the question.

    A sentence is near when it has more than half, by length, of what the question names. (How surely it answers tells
    nothing below the threshold: sentences that have nothing to do with a question reach up to it.)
    """
    named = [topic for topic in find_topics(prepared.standalone, words) if topic.kind is not TopicKind.TIME]
    text = "" if nearest is None else fold(nearest.candidate.text)
    shared = [topic.text for topic in named if fold(topic.text) in text and _tells(fold(topic.text), snapshot)]
    near = 2 * sum(map(len, shared)) > sum(len(topic.text) for topic in named)
    for thing in _things(named, snapshot, words):
        if near and any(word not in thing for word in shared):
            break  # the nearest has more to do with the question than the thing alone
        if told := overview((thing,), snapshot, words):
            return NearestSentence(told[0], thing)
    return NearestSentence(nearest.candidate) if near and nearest is not None else None


def _things(named: Sequence[Topic], snapshot: Snapshot, words: CorpusWords) -> list[str]:
    """Return the names among the topics of a question that some of the articles speak of; pieces of a longer run are none."""
    edges = [at for topic in named if topic.kind is TopicKind.OTHER for at in (topic.start, topic.end)]
    return [
        topic.text
        for topic in named
        if topic.kind is not TopicKind.MEASURE
        and len(topic.text) >= _SHORTEST
        and not (topic.kind is TopicKind.OTHER and max(edges.count(topic.start), edges.count(topic.end)) > 1)
        and words.count(fold(topic.text))
        and _tells(fold(topic.text), snapshot, 1.0 - 1e-9)
    ]


def _tells(word: str, snapshot: Snapshot, most: float = _EVERYWHERE) -> bool:
    """Tell whether a folded word tells articles apart: at most this share of them has it."""
    articles = snapshot.articles
    return len(articles) < _FEW or len(articles.rows_with(word)) <= most * len(articles)
