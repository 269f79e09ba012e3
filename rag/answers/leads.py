"""What a refusal shows all the same: what the articles tell of the thing named, or the sentence nearest to the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from corpus.chinese.text import fold
from index.search.lexical import matched_words
from index.storage.snapshot import Snapshot
from rag.answers.overview import overview
from rag.question.preparation import Prepared
from rag.question.topics import TopicKind, find_topics
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import Candidate
from rag.reading.ranker import Ranked

_EVERYWHERE: Final = 0.6  # of the articles: what more of them speak of makes no sentence near to a question
_FEW: Final = 4  # articles of which none can be told from the others so
_NEAR: Final = 0.15  # the confidence from which a sentence has to do with the question, whatever its words
_NO_THING: Final = frozenset({TopicKind.TIME, TopicKind.MEASURE})
_JOINING: Final = "的是在有"  # what a shared run of characters may catch beside a name
_SHORTEST: Final = 3  # characters of a name


@dataclass(frozen=True, slots=True)
class Lead:
    """A sentence to show; `about` is the thing that it tells of when it is not near to the question itself."""

    candidate: Candidate
    about: str = ""


def lead_of(
    prepared: Prepared, nearest: Ranked | None, confidence: float, snapshot: Snapshot, words: CorpusWords
) -> Lead | None:
    """Return what to show; None when nothing has to do with the question."""
    shared = () if nearest is None else matched_words(prepared.standalone, nearest.candidate.text)
    telling = [word for word in shared if _tells(fold(word), snapshot)]
    for thing in _things(prepared.standalone, snapshot, words):
        if any(fold(word).strip(_JOINING) not in fold(thing) for word in telling):
            break  # the nearest has more to do with the question than the thing alone
        if told := overview((thing,), snapshot, words):
            return Lead(told[0], thing)
    if nearest is None or not (telling or confidence >= _NEAR):
        return None
    return Lead(nearest.candidate)


def _things(question: str, snapshot: Snapshot, words: CorpusWords) -> list[str]:
    """Return the names in a question that some of the articles speak of."""
    named = (topic.text for topic in find_topics(question, words) if topic.kind not in _NO_THING and len(topic.text) >= _SHORTEST)
    return [name for name in named if words.count(fold(name)) and _tells(fold(name), snapshot, 1.0 - 1e-9)]


def _tells(word: str, snapshot: Snapshot, most: float = _EVERYWHERE) -> bool:
    """Tell whether a folded word tells articles apart: at most this share of them has it."""
    articles = snapshot.articles.values()
    if len(articles) < _FEW:
        return True
    return sum(word in fold(article.text) for article in articles) <= most * len(articles)
