"""Does a question lean on what was said before, or is it complete without? Told by what is found for it either way."""

from __future__ import annotations

from corpus.chinese.text import fold
from rag.question.preparation import Prepared
from rag.question.topics import TopicKind, find_topics
from rag.question.vocabulary import CorpusWords
from rag.reading.finder import Found

_LEAST_NAMED = 4  # characters: 增长了多少, 名字是谁起的 name too little


def put_before(prepared: Prepared, alone: Prepared) -> str:
    """Return what the conversation put before a question and changed nothing else of it; empty otherwise.

    `alone` is the same question made ready without the conversation.
    """
    whole, own = prepared.standalone, alone.standalone
    return whole.removesuffix(own) if own and whole != own and whole.endswith(own) else ""


def is_complete(found: Found, alone: Found, put: str, words: CorpusWords, least: float) -> bool:
    """Tell whether a question needs nothing of what was `put` before it: `found` with it, `alone` without.

    One that names too little itself leans. Of what was put, nothing is needed when the same sentence answers and tells of
    it; nor when no sentence tells of it, and it is no place, firm, person or title of which one asks on (五个倍增).
    """
    own = [topic for topic in find_topics(alone.prepared.standalone, words) if topic.kind is not TopicKind.TIME]
    if sum(len(topic.text) for topic in own) < _LEAST_NAMED or not alone.ranked or alone.confidence < least:
        return False
    if not found.ranked:
        return True
    first, other = found.ranked[0].candidate, alone.ranked[0].candidate
    near = fold(f"{first.heading}\n{first.before}\n{first.text}")
    names = [topic for topic in find_topics(put, words) if topic.kind is not TopicKind.TIME]
    if all(fold(topic.text) in near for topic in names):
        return first.row == other.row
    return all(topic.kind in (TopicKind.OTHER, TopicKind.MEASURE) for topic in names)
