"""The sentence before one that only points back: «这家企业发布了…» says nothing to whoever has not read what precedes."""

from __future__ import annotations

import re

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import BlockKind
from index.storage.snapshot import Snapshot
from rag.question.kinds import AnswerKind
from rag.reading.candidates import Candidate, candidate_at

_MOST = 2  # sentences that are gone back
_OPENS = 24  # characters in which the subject of a sentence stands
_THINGS = any_of("rag/things")
_POINTS_BACK = re.compile(
    f'^["(]*{any_of("rag/sentence_starts")}?,?'
    f"(?:该|这一?[家座个款项条所支位种部台套幢栋片]|这些|此)[\u4e00-\u9fff]{{0,6}}?(?:{_THINGS})"
    '|^["(]*(?:而|但|因此|目前|如今|随后|此前|后来|当时)?,?(?:它们?|他们|她们?|他(?!山|乡|国|人)|两者|二者|前者|后者|其(?!中|他|实|余|间|次))'
    '|^["(]*(?:这里|那里|这边)'
)
# 在…博览会上,这家企业: the one that points back stands behind a place or a time.
_LATER = re.compile(f",(?:该|这一?[家座个款项所位])[\u4e00-\u9fff]{{0,4}}?(?:{_THINGS})")
_NAMING = frozenset({AnswerKind.ORGANISATION, AnswerKind.PERSON, AnswerKind.NAME, AnswerKind.PLACE, AnswerKind.OTHER})


def points_back(text: str) -> bool:
    """Tell whether a sentence speaks of something that the sentence before it names."""
    folded = fold(text).lstrip()
    return _POINTS_BACK.search(folded[:_OPENS]) is not None or _LATER.search(folded[: 2 * _OPENS]) is not None


def antecedents(candidate: Candidate, snapshot: Snapshot) -> list[Candidate]:
    """Return the sentences, in reading order, that say what `candidate` speaks of; none when it says so itself.

    They precede it without a gap in the same article, at most two.
    """
    if candidate.kind is not BlockKind.BODY:
        return []
    found: list[Candidate] = []
    text, row = candidate.text, candidate.row - 1
    siblings = snapshot.article_sentence_rows(candidate.article_id)
    gaps = snapshot.articles[candidate.article_id].gaps
    while points_back(text) and row >= siblings.start and len(found) < _MOST:
        before = candidate_at(snapshot, row)
        if before.kind is not candidate.kind or any(before.start < gap <= candidate.start for gap in gaps):
            break
        found.insert(0, before)
        text, row = before.text, row - 1
    return found


def names_what_is_asked(kind: AnswerKind) -> bool:
    """Tell whether the name that is asked for may stand in the sentence that is pointed back to."""
    return kind in _NAMING
