"""What the articles say each: of one thing, of two values or names, of then and later, of a text and its expert."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.chinese.text import fold
from corpus.records import BlockKind
from rag import wording
from rag.answers.composition import Asking, Composition, Evidence, labelled
from rag.answers.over_time import over_time
from rag.answers.quoted import quoted
from rag.figures.conflicts import Relation
from rag.figures.side_by_side import (
    by_article,
    covered,
    covers,
    full_names,
    holding,
    holds,
    in_its_own_spelling,
    is_nested,
    label_of,
    newest,
    of_each_kind,
    with_value,
)
from rag.question.kinds import AnswerKind
from rag.question.parts import alternatives, frame, named_in_full, of_two_voices, side_by_side
from rag.reading.candidates import Candidate
from rag.reading.ranker import Ranked
from rag.reading.units import found_quantities
from rag.records import Conflict

_WHENCE = re.compile("哪.{0,3}(?:时间|时段|时期|年度)|什么(?:时间|时候|口径)")
_LATER = re.compile(
    "(?:20[0-9]{2}年?(?:和|与|到|至)20[0-9]{2}年?的?(?:报道|文章)?(?:里|中)?的?)|(?:的)?(?:进展|状态|最新情况|近况)?(?:上)?(?:有什么|有何|有哪些)变化|后来|的?进展(?:如何|怎么样|怎样)?|怎么样了"
    "|(?:目前|现在|如今)?(?:推进|进行|建设|发展|建|做|走|办|谈)?到了?(?:哪一?步|(?:哪个|什么|哪一)(?:阶段|程度|进度|地步|环节))了?"
)
_READS_AS_ANSWER = 0.0  # log-odds from which a sentence answers a question about how far something is
_TELLS = 0.3  # of what a question says beside a choice, from which a sentence tells something of it
_VOICES = (BlockKind.BODY, BlockKind.EXPERT)


def sides(asking: Asking) -> Composition | None:
    """Return what the articles say each: asked for as such, or as a choice between two values or names, or of one value."""
    asked, ranked, snapshot, search = asking.asked, asking.ranked, asking.snapshot, asking.finder.search
    if (made := _voices(asking)) or (made := _in_full(asking)):
        return made
    two = alternatives(asked.text)
    topic = side_by_side(asked.text)
    chosen: list[Candidate] = []
    sure = False
    if two:
        chosen = holding(two, _of_either(asking, two, topic))
        sure = len(chosen) >= 2
        if len(chosen) == 1 and all(holds(chosen[0].text, wording) for wording in two):
            return None  # 3000亿元 and 0.3万亿元: one sentence says both
    if len(chosen) < 2 and topic:
        found = search(topic)
        chosen = in_its_own_spelling(asked.text, by_article(topic, found), found)
        sure = covers(topic, chosen, found) or (len(chosen) >= 2 and bool(found_quantities(topic)))
    if len(chosen) < 2 and (asked.kind is AnswerKind.DATE or _WHENCE.search(asked.folded)):
        chosen = with_value(asked.text, ranked)
        sure = len(chosen) >= 2
    if len(chosen) < 2 and _LATER.search(asked.folded):
        about = _LATER.sub("", asked.text)
        found = _answering_first(search(about), ranked)
        chosen = by_article(about, found, most=3)
        sure = covers(about, chosen, found)
    if len(chosen) < 2:
        return _topic_alone(asking, topic) if topic else None
    made = labelled(newest(chosen, snapshot), snapshot)
    return replace(made, confidence=1.0) if sure else made


def _of_either(asking: Asking, two: tuple[str, str], topic: str) -> list[Ranked]:
    """Return where one of two things may be told; a name that others contain stands everywhere, and tells only with the rest."""
    if is_nested(two) or is_nested(two[::-1]):
        rest = frame(asking.asked.text)
        told = [one for wording in two for one in asking.finder.search(f"{rest}是{wording}")]
        return [one for one in told if covered(one) >= _TELLS]
    return [*asking.ranked, *(one for wording in two for one in asking.finder.search(f"{topic or ''}{wording}"))]


def _answering_first(found: Sequence[Ranked], ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return what tells of a thing, first what answers the question about it."""
    answers = [one.candidate.row for one in ranked if one.odds >= _READS_AS_ANSWER]
    place = {row: at for at, row in enumerate(answers)}
    return sorted(found, key=lambda one: place.get(one.candidate.row, len(place)))


def _topic_alone(asking: Asking, topic: str) -> Composition | None:
    """Return what is told of a topic on which the articles were to be compared, and only one says anything."""
    found = asking.finder.part(topic)
    if found.confidence < asking.least:
        return None
    one = replace(asking, prepared=found.prepared, asked=found.prepared.asked, ranked=found.ranked)
    made = over_time(one) or quoted(one)
    return None if made is None else replace(made, confidence=made.confidence or found.confidence)


def _voices(asking: Asking) -> Composition | None:
    """Return what an article says itself and what its expert says."""
    topic = of_two_voices(asking.asked.text)
    chosen = of_each_kind(_VOICES, asking.finder.search(topic)) if topic else []
    if not chosen:
        return None
    evidence = tuple(Evidence(one.candidate, None, wording.VOICES[one.candidate.kind]) for one in chosen)
    return Composition(evidence, confidence=asking.probability(sorted(chosen, key=lambda one: one.odds)))


def _in_full(asking: Asking) -> Composition | None:
    """Return the full names that the articles give what is asked about, when they do not give the same."""
    name = named_in_full(asking.asked.text)
    found = full_names(name, asking.finder.search(name)) if name else {}
    if not found:
        return None
    snapshot = asking.snapshot
    evidence = tuple(
        Evidence(one, found[one.row][1], label_of(one, snapshot))
        for one in newest([candidate for candidate, _ in found.values()], snapshot)
    )
    forms = dict.fromkeys(fold(one.value_text) for one in evidence)
    places = tuple(next(at for at, one in enumerate(evidence) if fold(one.value_text) == form) for form in forms)
    told = Conflict(name, Relation.NAME.value, places, "、".join(forms))
    return Composition(evidence, (told,), confidence=1.0)
