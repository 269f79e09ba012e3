"""Sentences of several articles laid side by side: what each says of one thing, two values, two spellings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from corpus.chinese.facts import Measure, equal, names
from corpus.chinese.text import fold
from corpus.records import BlockKind, Span
from index.search.lexical import terms
from index.search.retrieval import best_rows
from index.storage.snapshot import Snapshot
from rag.citing import published_text
from rag.figures.conflicts import Relation, difference, newest_first
from rag.figures.figure import figures_at, short_form
from rag.figures.variants import names_of, variants_of
from rag.reading.candidates import Candidate, candidate_at
from rag.reading.ranker import FEATURES, Ranked
from rag.reading.units import found_quantities
from rag.records import Conflict

_MOST = 4  # articles side by side
_COVERED = FEATURES.index("covered")
_ENOUGH = 0.6  # of what the best sentence covers of the topic
_SEARCHED = 20  # sentences in which another spelling is looked for
_LONG_NAME = 6  # characters of what a longer name must end in to be the same thing's
_NAMED = 0.6  # of a name's bigrams that a question must hold to be about it


def by_article(topic: str, ranked: Sequence[Ranked], most: int = _MOST) -> list[Candidate]:
    """Return the best sentence on `topic` of each article that speaks of it, newest article first."""
    values = found_quantities(topic)
    name = topic.strip('"')
    named = len(name) <= _SHORT_NAME and any(name in fold(one.candidate.text) for one in ranked)
    if not ranked:
        return []
    best = max(covered(one) for one in ranked)
    chosen: dict[str, Candidate] = {}
    for one in sorted(ranked, key=lambda one: one.candidate.kind is BlockKind.CAPTION):
        candidate = one.candidate
        if covered(one) < _ENOUGH * best or candidate.article_id in chosen:
            continue
        if named and not _is_about(name, candidate.text):
            continue
        if values and not holds(candidate.text, values[0].text):
            continue
        chosen[candidate.article_id] = candidate
    return list(chosen.values())[:most]


_SHORT_NAME = 8
_BESIDE = re.compile("(?:距离?|离|位于|毗邻|邻近|靠近)$")


def _is_about(name: str, text: str) -> bool:
    """Whether a sentence says something of `name`, and does not merely tell where something else lies."""
    folded = fold(text)
    at = folded.find(name)
    return at >= 0 and not _BESIDE.search(folded[:at])


def covered(one: Ranked) -> float:
    """Return how much of what was searched for a sentence holds, from 0 to 1."""
    return float(one.features[_COVERED])


def covers(topic: str, candidates: Sequence[Candidate], ranked: Sequence[Ranked]) -> bool:
    """Tell whether the sentences hold so much of `topic` that they are surely about it."""
    rows = {candidate.row for candidate in candidates}
    held = [covered(one) for one in ranked if one.candidate.row in rows]
    return len(held) >= 2 and sorted(held)[-2] >= _SURELY


_SURELY = 0.6


def newest(candidates: Sequence[Candidate], snapshot: Snapshot) -> list[Candidate]:
    """Return them with the newest article first, in reading order within one."""

    def key(candidate: Candidate) -> tuple[str, str, int]:
        published = snapshot.articles[candidate.article_id].published
        return (str(published.last) if published else "", candidate.article_id, -candidate.start)

    return sorted(candidates, key=key, reverse=True)


def label_of(candidate: Candidate, snapshot: Snapshot) -> str:
    """Return when the article of `candidate` appeared, as a label of its sentence."""
    published = snapshot.articles[candidate.article_id].published
    return published_text(published) + "报道" if published else ""


def holding(wordings: Sequence[str], ranked: Sequence[Ranked]) -> list[Candidate]:
    """Return for each of `wordings` the best sentence that holds it; fewer when one holds several or none does.

    One that says it in the same words goes before one of the same value. What a sentence says of 甲区新城 is not said of 甲区.
    """
    chosen: dict[int, Candidate] = {}
    for wording in wordings:
        longer = [short_form(other) for other in wordings if is_nested((wording, other))]
        apart = [one.candidate for one in ranked if not _say(longer, one.candidate.text)]
        told = [one for one in apart if holds(one.text, wording)]
        told.sort(key=lambda one: fold(wording) not in fold(one.text))
        chosen |= {one.row: one for one in told[:1]}
    return list(chosen.values())


def _say(wordings: Sequence[str], text: str) -> bool:
    short = short_form(text)
    return any(wording in short for wording in wordings)


def is_nested(wordings: Sequence[str]) -> bool:
    """Whether the first of `wordings` stands inside a longer one of the others."""
    first, *others = map(short_form, wordings)
    return any(first in other and first != other for other in others)


def with_value(text: str, ranked: Sequence[Ranked]) -> list[Candidate]:
    """Return the best sentence of each article that holds the quantity which `text` names."""
    values = [q for q in found_quantities(text) if q.measure not in (Measure.BARE, Measure.DURATION, Measure.AGE)]
    chosen: dict[str, Candidate] = {}
    for one in ranked:
        if values and holds(one.candidate.text, values[0].text):
            chosen.setdefault(one.candidate.article_id, one.candidate)
    return list(chosen.values())


def holds(text: str, wording: str) -> bool:
    """Whether `text` says `wording`, or the quantity that it is in another unit."""
    if fold(wording) in fold(text):
        return True
    values = found_quantities(wording)
    return (
        bool(values)
        and len(values[0].text) >= len(wording) - 1
        and any(equal(values[0], other) for other in found_quantities(text))
    )


def in_its_own_spelling(question: str, chosen: Sequence[Candidate], ranked: Sequence[Ranked]) -> list[Candidate]:
    """Return `chosen`, but for a sentence without the name that is asked about the one of its article that spells it.

    A name is asked about as in `other_spellings`; it is one that another of `chosen` spells.
    """
    asked = fold(question)
    spelt = {fold(one.text)[a:b] for one in chosen for a, b in names_of(one.text)}
    names = [name for name in sorted(spelt) if _is_asked(name, asked)]
    made: list[Candidate] = []
    for one in chosen:
        others = [one, *(other.candidate for other in ranked if other.candidate.article_id == one.article_id)]
        made.append(next((other for other in others if any(_spells(name, other.text) for name in names)), one))
    return made


def _spells(name: str, text: str) -> bool:
    folded = fold(text)
    return name in folded or any(variants_of(name, folded))


def _is_asked(name: str, asked: str) -> bool:
    pieces = [name[i : i + 2] for i in range(len(name) - 1)]
    return sum(piece in asked for piece in pieces) >= _NAMED * len(pieces) or _ends_in(name, asked)


def full_names(name: str, ranked: Sequence[Ranked]) -> dict[int, tuple[Candidate, Span]]:
    """Return by row the best sentence of each article that prints a name which ends in `name` and says more, and where.

    Nothing when the articles print but one such name: then nothing is to be laid side by side.
    """
    found: dict[str, tuple[Candidate, Span, str]] = {}
    for one in ranked:
        text = one.candidate.text
        for full in names(text):
            form = fold(text[full.start : full.end])
            if len(name) >= _LONG_NAME and form.endswith(name) and form != name:
                found.setdefault(one.candidate.article_id, (one.candidate, Span(full.start, full.end), form))
    if len({form for _, _, form in found.values()}) < 2:
        return {}
    return {candidate.row: (candidate, span) for candidate, span, _ in found.values()}


def of_each_kind(kinds: Sequence[BlockKind], ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return the best sentence of each of `kinds` in the article that has all of them soonest; none when no article has."""
    found: dict[str, dict[BlockKind, Ranked]] = {}
    for one in ranked:
        if one.candidate.kind in kinds:
            of = found.setdefault(one.candidate.article_id, {})
            of.setdefault(one.candidate.kind, one)
            if len(of) == len(kinds):
                return [of[kind] for kind in kinds]
    return []


def other_spellings(question: str, candidate: Candidate, snapshot: Snapshot) -> list[tuple[Candidate, str, str]]:
    """Return sentences that print a name of `candidate` otherwise, with both forms; only names that are asked about."""
    asked, text = fold(question), fold(candidate.text)
    found: list[tuple[Candidate, str, str]] = []
    for start, end in names_of(candidate.text):
        name = text[start:end]
        if not _is_asked(name, asked):
            continue
        scores = snapshot.by_sentence.lexical.scores(terms(name))
        for row in best_rows(scores, _SEARCHED).tolist():
            sentence = snapshot.sentences[row]
            if sentence.kind in _UNQUOTED or row == candidate.row:
                continue
            folded = fold(sentence.text)
            form = next((folded[a:b] for a, b in variants_of(name, folded)), "")
            if form and form not in text and all(form != known for _, _, known in found):
                found.append((candidate_at(snapshot, row), name, form))
    return found


def _ends_in(name: str, asked: str) -> bool:
    """Whether the question uses the end of a long name for it: 桥头堡 for 深度融沪桥头堡."""
    return len(name) >= 6 and name[-3:] in asked


_UNQUOTED = frozenset({BlockKind.COLUMN, BlockKind.KICKER, BlockKind.HEADLINE, BlockKind.HEADING})


def conflicts_among(candidates: Sequence[Candidate], snapshot: Snapshot) -> tuple[Conflict, ...]:
    """Return how the sentences differ in figures or spellings, as conflicts that refer to their places."""
    found: list[Conflict] = []
    for (one_at, one), (two_at, two) in combinations(enumerate(candidates), 2):
        found += _figure_conflicts(one_at, one, two_at, two, snapshot)
        found += _name_conflicts(one_at, one, two_at, two)
    return tuple(found)


def _figure_conflicts(one_at: int, one: Candidate, two_at: int, two: Candidate, snapshot: Snapshot) -> list[Conflict]:
    for a in figures_at(snapshot, one.row):
        for b in figures_at(snapshot, two.row):
            if told := difference(a, b):
                newer, _ = newest_first(a, b)
                places = (one_at, two_at) if newer is a else (two_at, one_at)
                return [Conflict(f"{a.subject}{a.indicator}", told.relation.value, places, told.note)]
    return []


def _name_conflicts(one_at: int, one: Candidate, two_at: int, two: Candidate) -> list[Conflict]:
    for first, second, places in ((one, two, (one_at, two_at)), (two, one, (two_at, one_at))):
        text, other = fold(first.text), fold(second.text)
        for start, end in names_of(first.text):
            name = text[start:end]
            form = next((other[a:b] for a, b in variants_of(name, other)), "")
            if form and form not in text and name not in other:
                return [Conflict(name, Relation.NAME.value, places, f"{name}、{form}")]
    return []
