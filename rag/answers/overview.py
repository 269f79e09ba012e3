"""A name typed alone, or «介绍一下X»: the few sentences that tell most of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.chinese.facts import NameKind, names, quantities
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import BlockKind, Span
from index.search.lexical import terms
from index.search.retrieval import best_rows
from index.storage.snapshot import Snapshot
from rag.figures.side_by_side import newest
from rag.question.kinds import AnswerKind, understand
from rag.question.preparation import Prepared
from rag.question.topics import TopicKind, find_topics
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import Candidate, candidate_at

_MOST = 3  # sentences
_LOOKED_AT = 150  # sentences, best first by their words
_CHARACTERS = 340  # of all sentences together
_LONGEST_NAME = 14
_ALIKE = 0.5  # share of pairs of characters from which a sentence says the same as another
_LEAST = 1.0  # what the best sentence must score
_ASKED_TO_TELL = re.compile(
    "^(?:请|帮我|给我|能不能|可以|我想|想)*(?:介绍|说说|讲讲|聊聊|谈谈|说一说|讲一讲|了解|知道|科普)(?:一?下|一些)?(?:有关|关于)?|^(?:有关|关于)"
)
_AND_ALL = re.compile(
    "的?(?:相关|有关|基本|最新|具体)?(?:情况|介绍|信息|资料|简介|概况|内容|消息|怎么样|咋样)*[呀啊呢吧吗]*[?!.,。]*$"
)
_ASKS = re.compile(f"{any_of('rag/asks')}|[几呢能]|多[大久长高远]|[不没]")
_OFFICE = re.compile(f"{any_of('rag/offices')}$")
_NOT_ITS_SUBJECT = re.compile('(?:距离?|离|与|和|跟|对面的?|邻近|紧邻|毗邻|来自|走出|走进)[“"《]?$')
_LYING = re.compile("(?:地处|位于|坐落于?|驻守)[^,.;:]{2,24}的$")
_TOLD = re.compile(f'[”"》)]*[区市县镇]?{any_of("rag/told_of")}')
_ENDS = '，。；：、,.;:“"《（('


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    score: float
    pairs: frozenset[str]


def overview(sought: Sequence[str], snapshot: Snapshot, words: CorpusWords) -> tuple[Candidate, ...]:
    """Return the sentences that hold all the names `sought` and tell most of them, newest article first; at most three."""
    if not sought:
        return ()
    asked = [term for name in sought for term in terms(name)]
    rows = best_rows(snapshot.by_sentence.lexical.scores(asked), _LOOKED_AT).tolist()
    forms = [(folded, *words.other_names(folded)) for folded in map(fold, sought)]
    told = [one for row in rows if (one := _scored(candidate_at(snapshot, row), forms)) is not None]
    told.sort(key=lambda one: (-one.score, one.candidate.row))
    if not told or told[0].score < _LEAST:
        return ()
    chosen: list[_Scored] = []
    for one in told:
        if len(chosen) == _MOST or sum(len(o.candidate.text) for o in chosen) + len(one.candidate.text) > _CHARACTERS:
            continue
        if one.score >= min(_LEAST, told[0].score - 2) and all(_shared(one, other) < _ALIKE for other in chosen):
            chosen.append(one)
    return tuple(newest([one.candidate for one in chosen], snapshot))


def names_alone(prepared: Prepared, words: CorpusWords) -> tuple[str, ...]:
    """Return the names that a question consists of, apart from «介绍一下» and «的情况»; nothing when it asks anything."""
    bare = _AND_ALL.sub("", _ASKED_TO_TELL.sub("", fold(prepared.standalone).strip())).strip()
    if not 2 <= len(bare) <= _LONGEST_NAME or _ASKS.search(bare) or _OFFICE.search(bare):
        return ()
    if understand(bare).kind is not AnswerKind.OTHER:
        return ()
    topics = find_topics(bare, words)
    if not topics or any(topic.kind in (TopicKind.TIME, TopicKind.MEASURE) for topic in topics):
        return ()
    spoken = len(re.sub(r"[的\s]", "", bare))
    return tuple(topic.text for topic in topics) if sum(len(topic.text) for topic in topics) >= spoken else ()


def _scored(candidate: Candidate, sought: Sequence[Sequence[str]]) -> _Scored | None:
    """Return how much a sentence tells of the names, None when it does not hold them all or is no running text."""
    text = fold(candidate.text)
    places = [
        next((place for form in forms if (place := _alone(form, candidate.text, text))), None) for forms in sought
    ]
    if None in places or candidate.kind not in (BlockKind.BODY, BlockKind.EXPERT, BlockKind.CAPTION):
        return None
    assert places[-1] is not None
    at, end = places[-1].start, places[-1].end
    begins = at == 0 or text[at - 1] in _ENDS
    score = 2.0 * begins + 1.0 * (at <= len(text) / 3)
    score += 1.0 * (_TOLD.match(text, end) is not None)
    score += 2.0 * (_OFFICE.search(text[:at]) is not None or _LYING.search(text[:at]) is not None)
    score -= 2.5 * (_NOT_ITS_SUBJECT.search(text[:at]) is not None)
    score += 0.4 * min(3, len(quantities(candidate.text)))
    score -= 2.0 * (len(text) < 18) + 0.7 * (len(text) > 160)
    score -= 0.8 * text.startswith('"') + 2.0 * text.endswith(("?", ":", "!"))
    score -= 1.0 * (candidate.kind is BlockKind.CAPTION)
    return _Scored(candidate, score, frozenset(text[i : i + 2] for i in range(len(text) - 1)))


def _alone(name: str, text: str, folded: str) -> Span | None:
    """Return where a name stands that is no part of a longer one: 临平 not in 临平经开区; None when nowhere."""
    at = folded.find(name)
    if at < 0:
        return None
    longer = [one for one in names(text) if one.kind is NameKind.PROPER and one.end - one.start > len(name) + 1]
    while at >= 0:
        if not any(one.start <= at < one.end for one in longer):
            return Span(at, at + len(name))
        at = folded.find(name, at + 1)
    return None


def _shared(one: _Scored, other: _Scored) -> float:
    return len(one.pairs & other.pairs) / max(1, min(len(one.pairs), len(other.pairs)))
