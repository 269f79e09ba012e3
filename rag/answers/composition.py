"""From ranked sentences to what is shown: which sentences, cut to which clauses, and the short answer in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus.chinese.facts import Quantity
from corpus.chinese.text import fold, split_clauses
from corpus.chinese.timing import Period, modality
from corpus.records import BlockKind, Modality, Span
from index.storage.snapshot import Snapshot
from rag.answers.lists import enumeration, has_clear_end, is_complete, items_of, nth_item, plain_span
from rag.answers.premises import asks_outcome, contradicting, dated_otherwise, outcome, verdict
from rag.answers.tables import look_up
from rag.figures.arithmetic import Calculation, calculate, queries, task_of, within
from rag.figures.figure import Figure, figures_at
from rag.figures.over_time import Timeline, timeline
from rag.figures.side_by_side import (
    by_article,
    conflicts_among,
    covers,
    holding,
    label_of,
    newest,
    other_spellings,
    with_value,
)
from rag.question.kinds import AnswerKind, Asked, understand
from rag.question.parts import alternatives, parts_of, side_by_side
from rag.reading.antecedents import antecedents, names_what_is_asked
from rag.reading.candidates import Candidate, candidate_at
from rag.reading.ranker import Ranked, common_runs
from rag.reading.units import fits, found_quantities, wanted
from rag.records import Conflict

_FACT_LIMIT = 200  # characters of an answer to a factual question
_LONG_LIMIT = 360  # … and to why, how, what is, lists
_SHORTEST_LIMIT = 60  # … and of each of many
_SEVERAL = frozenset({AnswerKind.REASON, AnswerKind.HOW, AnswerKind.LIST, AnswerKind.DEFINITION, AnswerKind.CHANGE})
_READ_FOR_MORE = 12  # of the ranked sentences
_ANSWERS_TOO = 0.5  # log-odds from which a further sentence answers as well …
_READS_AS_ANSWER = 1.5  # log-odds from which one sentence gives the whole reason, whatever its words
_NEARLY_AS_SURE = 2.5  # … and how far below those of the best they may lie
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers, and the part of it that is the short answer (offsets into `candidate.text`).

    `label` tells it from the other sentences of the answer: an as-of date, the name of what it speaks of.
    """

    candidate: Candidate
    value: Span | None = None
    label: str = ""

    @property
    def value_text(self) -> str:
        return self.candidate.text[self.value.start : self.value.end] if self.value else ""


Search = Callable[[str], Sequence[Ranked]]
Confident = Callable[[Sequence[Ranked]], float]


@dataclass(frozen=True, slots=True)
class Composition:
    """What an answer is made of: sentences in the order shown, and what is said of them.

    `conflicts` refer to `evidence` by index. `short` is None when the values of the sentences say it. `confidence` is
    that of the sentences chosen when they are not the first of the ranking; 1 when all operands were found.
    """

    evidence: tuple[Evidence, ...]
    conflicts: tuple[Conflict, ...] = ()
    calculation: str = ""
    short: str | None = None
    confidence: float | None = None
    corrects: bool = False  # the articles contradict what the question takes for granted
    untold: tuple[str, ...] = ()  # of several questions, those that nothing answers
    listed: int = 0  # how many things the sentence lists, when it surely lists all of them
    settled: bool = False  # the values are what is asked for: nobody chooses among the sentence's others


def compose(
    asked: Asked,
    ranked: Sequence[Ranked],
    snapshot: Snapshot,
    search: Search,
    confident: Confident,
    period: Period | None,
    least: float,
) -> Composition | None:
    """Return what answers; None when only plans speak of the outcome that is asked for. `ranked` must not be empty.

    `search` finds sentences for a part of the question, `confident` tells how surely the first of them answers; a part
    that is answered less surely than `least` is left open.
    """
    if asks_outcome(asked) and modality(ranked[0].candidate.text) is Modality.PLAN:
        result = outcome(asked, ranked)
        return None if result is None else _labelled([result, ranked[0].candidate], snapshot)
    if against := contradicting(asked, ranked, snapshot, period):
        candidate, figure = against
        value = Span(figure.quantity.start, figure.quantity.end) if figure else None
        return Composition((Evidence(candidate, value),), confidence=1.0 if figure else None, corrects=True)
    if re.search("(?:19|20)[0-9]{2}年", asked.folded):
        without = re.sub("(?:19|20)[0-9]{2}年(?:才|就|已)?", "", asked.text)
        if other := dated_otherwise(asked, search(without)):
            return Composition((Evidence(other),), corrects=True)
    return (
        _from_table(asked, ranked, snapshot)
        or _side_by_side(asked, ranked, snapshot, search)
        or _calculated(asked, ranked, snapshot, search)
        or _in_parts(asked, snapshot, search, confident, period, least)
        or _over_time(asked, ranked, snapshot, confident, period)
        or _spelt_twice(asked, ranked, snapshot)
        or _plainly(asked, ranked, snapshot)
    )


def _from_table(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot) -> Composition | None:
    """The cell of a table that the question names by row and column, or the row with the largest value of a column."""
    found = look_up(asked, ranked, snapshot)
    if found is None:
        return None
    evidence = tuple(Evidence(candidate_at(snapshot, row), value) for row, value in found.rows)
    formula = found.formula.format(*(f"[{n}]" for n in range(1, len(evidence) + 1)))
    return Composition(evidence, calculation=formula, short=found.short or None, confidence=1.0, settled=True)


def _from_list(asked: Asked, main: Candidate, snapshot: Snapshot) -> Composition | None:
    """A list answers as a whole, or with the item that is asked for by its number."""
    if main.kind is not BlockKind.LIST:
        return None
    if item := nth_item(asked, main.text):
        return Composition((Evidence(main, item),), settled=True)
    if asked.kind is not AnswerKind.LIST:
        return None
    block = snapshot.articles[main.article_id].block_at(main.start)
    siblings = snapshot.article_sentence_rows(main.article_id)
    rows = [row for row in siblings if block.start <= snapshot.sentences[row].start < block.end]  # a long one is several
    whole = [candidate_at(snapshot, row) for row in rows[:_LONGEST_LIST]]
    return Composition(tuple(map(Evidence, whole)), listed=len(items_of("\n".join(one.text for one in whole))))


_LONGEST_LIST = 30  # sentences


def _plainly(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot) -> Composition:
    if made := _from_list(asked, ranked[0].candidate, snapshot):
        return made
    chosen = list(choose(asked, ranked))
    if asked.kind in _SEVERAL:
        chosen = _continued(chosen, asked, snapshot)
    main = chosen[0].candidate
    running = main.kind in (BlockKind.BODY, BlockKind.EXPERT)
    states = ranked[0].odds < _READS_AS_ANSWER and not _GIVES_REASON.search(fold(main.text))
    if asked.kind is AnswerKind.REASON and running and len(chosen) == 1 and states:
        chosen = _with_neighbours(main, snapshot)
    chosen = _led_up_to(asked, chosen, snapshot)
    members = enumeration(asked, main.text) if len(chosen) == 1 else ()
    if members and has_clear_end(main.text, members):
        whole = Evidence(main, Span(members[0].start, members[-1].end))
        return Composition((whole,), listed=len(members) if is_complete(main.text, members) else 0)
    return Composition(tuple(chosen), short=verdict(asked, main) or None)


_ANNOUNCES = re.compile(
    "[：:]$|(?:以下|如下|[两二三四五六七八九十几]|[0-9])(?:个|大|层|点|项|方面|条)[^，。,.]{0,8}[。：:.]?$"
)
_GIVES_REASON = re.compile(
    "因为|由于|为了|源于|得益于|归功于|在于|是因|原因|所以|因此|因而|以便|以免|避免|从而|出于|导致|使得|缘于|起因|之所以|为此|鉴于|基于|受.{1,12}影响|随着|旨在|既.{1,20}[又也]"
)
_UNFOLDS = re.compile('[“"]?(?:一来|一方面|首先|第一|一是|这是因为|原因|因为|由于)')
_MOST_SENTENCES = 3


def _continued(chosen: Sequence[Evidence], asked: Asked, snapshot: Snapshot) -> list[Evidence]:
    """Add the sentences that the chosen one announces, or that give the reason right after it."""
    last = chosen[-1].candidate
    rows = {one.candidate.row for one in chosen}
    added: list[Evidence] = []
    siblings = snapshot.article_sentence_rows(last.article_id)
    row, text = last.row + 1, last.text
    while row < siblings.stop and row not in rows and len(chosen) + len(added) < _MOST_SENTENCES:
        following = snapshot.sentences[row]
        if following.kind is not last.kind or not (_ANNOUNCES.search(text) or _UNFOLDS.match(following.text)):
            break
        added.append(Evidence(candidate_at(snapshot, row)))
        row, text = row + 1, following.text
    return [*chosen, *added]


def _with_neighbours(main: Candidate, snapshot: Snapshot) -> list[Evidence]:
    """Return `main` between its neighbours: what it only states, the sentence before or after it gives reasons for."""
    siblings = snapshot.article_sentence_rows(main.article_id)
    owner = snapshot.sentences[main.row].passage
    rows = [row for row in (main.row - 1, main.row, main.row + 1) if row in siblings]
    near = [candidate_at(snapshot, row) if row != main.row else main for row in rows]
    return [
        Evidence(one)
        for one in near
        if one.kind is main.kind and abs(snapshot.sentences[one.row].passage - owner) <= 1
    ]


def _led_up_to(asked: Asked, chosen: Sequence[Evidence], snapshot: Snapshot) -> list[Evidence]:
    """Put before the first sentence what it points back to, when that names what is asked for or asked about."""
    first = chosen[0].candidate
    rows = {one.candidate.row for one in chosen}
    before = [one for one in antecedents(first, snapshot) if one.row not in rows]
    if not before or len(before) + len(chosen) > _MOST_SENTENCES:
        return list(chosen)
    said_here, _, _ = common_runs(fold(first.text), asked.folded)
    said_before, _, _ = common_runs(fold("\n".join(one.text for one in before)), asked.folded)
    if not names_what_is_asked(asked.kind) and int((said_before & ~said_here).sum()) < 2:
        return list(chosen)
    return [*(Evidence(one) for one in before), *chosen]


def _side_by_side(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, search: Search) -> Composition | None:
    """What the articles say each: asked for as such, or as a choice between two values or names, or of one value."""
    two = alternatives(asked.text)
    topic = side_by_side(asked.text)
    chosen: list[Candidate] = []
    sure = False
    if two:
        chosen = holding(two, [*ranked, *(one for wording in two for one in search(f"{topic or ''}{wording}"))])
        sure = len(chosen) >= 2
    if len(chosen) < 2 and topic:
        found = search(topic)
        chosen = by_article(topic, found)
        sure = covers(topic, chosen, found) or (len(chosen) >= 2 and bool(found_quantities(topic)))
    if len(chosen) < 2 and (asked.kind is AnswerKind.DATE or _WHENCE.search(asked.folded)):
        chosen = with_value(asked.text, ranked)
        sure = len(chosen) >= 2
    if len(chosen) < 2 and _LATER.search(asked.folded):
        about = _LATER.sub("", asked.text)
        found = search(about)
        chosen = by_article(about, found, most=3)
        sure = covers(about, chosen, found)
    if len(chosen) < 2:
        return None
    chosen = _with_spellings(asked, chosen, snapshot)
    made = _labelled(newest(chosen, snapshot), snapshot)
    return replace(made, confidence=1.0) if sure else made


def _with_spellings(asked: Asked, chosen: Sequence[Candidate], snapshot: Snapshot) -> list[Candidate]:
    """Add the sentences that spell a name of the chosen ones otherwise, in place of what their article had."""
    shown = {candidate.article_id: candidate for candidate in chosen}
    spelt: set[str] = set()
    for one in chosen:
        for other, _, _ in other_spellings(asked.text, one, snapshot):
            if other.article_id != one.article_id and other.article_id not in spelt:
                spelt |= {one.article_id, other.article_id}
                if len(shown) < _MOST_SIDES or other.article_id in shown:
                    shown[other.article_id] = other
    return list(shown.values())


_MOST_SIDES = 5
_WHENCE = re.compile("哪.{0,3}(?:时间|时段|时期|年度)|什么(?:时间|时候|口径)")
_LATER = re.compile(
    "(?:20[0-9]{2}年?(?:和|与|到|至)20[0-9]{2}年?的?(?:报道|文章)?(?:里|中)?的?)|(?:的)?(?:进展|状态|最新情况|近况)?(?:上)?(?:有什么|有何|有哪些)变化|后来|的?进展(?:如何|怎么样|怎样)?|怎么样了"
)


def _labelled(candidates: Sequence[Candidate], snapshot: Snapshot) -> Composition:
    evidence = tuple(Evidence(candidate, None, label_of(candidate, snapshot)) for candidate in candidates)
    return Composition(evidence, conflicts_among(candidates, snapshot))


def _spelt_twice(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot) -> Composition | None:
    """The best sentence and those that spell the name which is asked about in another way."""
    if asked.kind not in _NAMING_KINDS:
        return None
    chosen = choose(asked, ranked)
    others = other_spellings(asked.text, chosen[0].candidate, snapshot)
    if not others:
        return None
    candidates = [chosen[0].candidate, *(candidate for candidate, _, _ in others[:2])]
    return _labelled(candidates, snapshot)


_NAMING_KINDS = frozenset({AnswerKind.NAME, AnswerKind.OTHER, AnswerKind.YES_NO, AnswerKind.PLACE})


def _in_parts(
    asked: Asked, snapshot: Snapshot, search: Search, confident: Confident, period: Period | None, least: float
) -> Composition | None:
    """The single questions of one that asks several, each answered by its own sentence or said to be left open."""
    parts = parts_of(asked.text)
    if len(parts) < 2:
        return None
    evidence: dict[int, Evidence] = {}
    sure: list[float] = []
    untold: list[str] = []
    for part in parts:
        understood = understand(part.question)
        found = search(part.question)
        made = found and (_over_time(understood, found, snapshot, confident, period) or Composition(choose(understood, found)))
        confidence = (made.confidence or confident(found)) if made else 0.0
        if not made or confidence < least:
            untold.append(part.question)
            continue
        sure.append(confidence)
        first = made.evidence[0]
        evidence.setdefault(first.candidate.row, Evidence(first.candidate, first.value, part.name))
    if not evidence:
        return None
    return Composition(tuple(evidence.values()), confidence=min(sure), untold=tuple(untold))


_LOOKED_AT = 12  # of the ranked sentences, for operands and figures


def _calculated(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, search: Search) -> Composition | None:
    task = task_of(asked.text)
    if task is None:
        first = ranked[0].candidate
        one = within(asked.text, figures_at(snapshot, first.row), wanted(asked))
        made = None if one is None else replace(_formula(one, {first.row: first}), confidence=None)
        return made or _anniversary(asked, first, snapshot)
    found = {one.candidate.row: one.candidate for one in ranked[:_LOOKED_AT]}
    result = calculate(task, _figures_of(found, snapshot), wanted(asked))
    if result is None:
        for query in queries(task):
            found |= {one.candidate.row: one.candidate for one in search(query)[:_LOOKED_AT]}
        result = calculate(task, _figures_of(found, snapshot), wanted(asked))
    return None if result is None else _formula(result, found)


def _anniversary(asked: Asked, candidate: Candidate, snapshot: Snapshot) -> Composition | None:
    """哪一年 … of something whose N周年 a sentence dates: the year is reckoned."""
    if asked.kind is not AnswerKind.DATE or not re.search("哪一?年|何年|年份|几年", asked.folded):
        return None
    for figure in figures_at(snapshot, candidate.row):
        time = figure.time
        if "周年" not in figure.quantity.unit or time is None or time.first is None or time.last is None:
            continue
        if time.first.year == time.last.year and candidate.start <= time.start < candidate.end:
            years = int(figure.quantity.low / figure.quantity.factor)
            year = f"{time.first.year - years}年"
            value = Span(figure.quantity.start, figure.quantity.end)
            formula = f"{time.first.year}年（{time.text}）− {years}年[1] = {year}"
            return Composition((Evidence(candidate, value),), calculation=formula, short=year)
    return None


def _formula(result: Calculation, found: dict[int, Candidate]) -> Composition:
    evidence: list[Evidence] = []
    numbers: list[int] = []
    for figure in result.operands:
        candidate = next(c for c in found.values() if (c.article_id, c.start) == (figure.article_id, figure.start))
        known = next((n for n, one in enumerate(evidence) if one.candidate.row == candidate.row), None)
        if known is None:
            evidence.append(Evidence(candidate, Span(figure.quantity.start, figure.quantity.end)))
            known = len(evidence) - 1
        numbers.append(known + 1)
    formula = result.text.format(*(f"[{n}]" for n in numbers))
    return Composition(tuple(evidence), calculation=formula, short=result.short, confidence=1.0)


def _figures_of(found: dict[int, Candidate], snapshot: Snapshot) -> list[Figure]:
    return [figure for row in found for figure in figures_at(snapshot, row)]


def _over_time(
    asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, confident: Confident, period: Period | None
) -> Composition | None:
    """The figure that is asked for, with the others that speak of the same thing and say otherwise."""
    if asked.kind not in _FIGURES:
        return None
    found = timeline(asked, ranked, snapshot, period)
    if found is None:
        return None
    made = _laid_out(found, {one.candidate.row: one.candidate for one in ranked}, snapshot)
    ahead = [one for one in ranked if one.candidate.row == found.main]
    timeless = period is None or (period.first is None and period.last is None)
    if found.named and timeless:  # whom and what the question names in full, and at no time that could be missed
        return replace(made, confidence=max(_NAMED_IN_FULL, confident(ranked)))
    if not ahead or ahead[0] is ranked[0]:
        return made
    return replace(made, confidence=confident([*ahead, *(one for one in ranked if one is not ahead[0])]))


_NAMED_IN_FULL = 0.5  # the least confidence in a figure whose subject and indicator are the question's own words


def _laid_out(found: Timeline, known: dict[int, Candidate], snapshot: Snapshot) -> Composition:
    evidence: list[Evidence] = []
    for row, figure in found.entries:
        candidate = known.get(row) or candidate_at(snapshot, row)
        value = Span(figure.quantity.start, figure.quantity.end)
        evidence.append(Evidence(candidate, value, found.labels[len(evidence)] if len(found.entries) > 1 else ""))
    return Composition(tuple(evidence), conflicts=found.conflicts)


_FIGURES = frozenset({AnswerKind.QUANTITY, AnswerKind.CHANGE, AnswerKind.COMPARISON, AnswerKind.LIST, AnswerKind.OTHER})


def choose(asked: Asked, ranked: Sequence[Ranked]) -> tuple[Evidence, ...]:
    """Return the sentences that answer, in the order of their articles; `ranked` must not be empty.

    One for a fact. Why, how, what-is and lists take the further ones that, read by themselves, answer too.
    """
    best = ranked[0]
    chosen = [best.candidate]
    if asked.kind in _SEVERAL:
        for other in ranked[1:_READ_FOR_MORE]:
            if len(chosen) == _MOST_SENTENCES:
                break
            if other.odds >= max(_ANSWERS_TOO, best.odds - _NEARLY_AS_SURE) and other.candidate.kind is best.candidate.kind:
                chosen.append(other.candidate)
        place = {article: at for at, article in enumerate(dict.fromkeys(one.article_id for one in chosen))}
        chosen.sort(key=lambda candidate: (place[candidate.article_id], candidate.start))
    return tuple(Evidence(candidate, short_answer(asked, candidate.text)) for candidate in chosen)


def short_answer(asked: Asked, text: str) -> Span | None:
    """Return where in `text` the value stands that is asked for; None when its kind has no short value.

    Of several quantities the one that stands nearest to the words of the question, with the unit that is asked for.
    """
    if asked.kind is not AnswerKind.QUANTITY:
        return plain_span(asked, text)
    matched, _, _ = common_runs(asked.folded, fold(text))
    what = wanted(asked)
    new = [quantity for quantity in found_quantities(text) if not matched[quantity.start : quantity.end].all()]
    found = [quantity for quantity in new if fits(quantity, what)]
    if not found:
        return None
    where = [at for at, hit in enumerate(matched) if hit]

    def distance(quantity: Quantity) -> float:
        before = [quantity.start - at for at in where if at < quantity.start]
        after = [at - quantity.end + 1 for at in where if at >= quantity.end]
        return min([*before, *(2 * gap for gap in after)], default=len(text))

    best = min(found, key=distance)
    return Span(best.start, best.end)


def trimmed(evidence: Evidence, asked: Asked, limit: int) -> str:
    """Return the sentence, or when it is longer than `limit` the clauses that carry value and question, cuts marked …"""
    text = evidence.candidate.text
    if len(text) <= limit:
        return text
    clauses = split_clauses(text, Span(0, len(text)))
    matched, _, _ = common_runs(asked.folded, fold(text))
    weight = [float(matched[clause.start : clause.end].sum()) for clause in clauses]
    weight[0] += 2.0  # the subject usually stands first
    if evidence.value is not None:
        weight = [w + 50.0 * clause.overlaps(evidence.value) for w, clause in zip(weight, clauses, strict=True)]
    kept: set[int] = set()
    size = 0
    for at in sorted(range(len(clauses)), key=lambda at: (-weight[at], at)):
        if size + len(clauses[at]) > limit - 2:
            continue
        kept.add(at)
        size += len(clauses[at])
    return _joined(text, clauses, kept)


def _joined(text: str, clauses: Sequence[Span], kept: set[int]) -> str:
    pieces: list[str] = []
    for at, clause in enumerate(clauses):
        if at in kept:
            pieces.append(text[clause.start : clause.end])
        elif not pieces or pieces[-1] != _CUT:
            pieces.append(_CUT)
    joined = "".join(pieces)
    return re.sub(r"[，,；;、]…$", _CUT, joined)


def limit_of(asked: Asked, count: int) -> int:
    """Return how many characters each of `count` sentences may take."""
    whole = _LONG_LIMIT if asked.kind in _SEVERAL or count > 1 else _FACT_LIMIT
    return max(_SHORTEST_LIMIT, whole // max(1, count))


def quotable(candidate: Candidate, asked: Asked) -> bool:
    """Tell whether a block may answer. Headings name a thing and say nothing of it; a byline answers for its names."""
    if candidate.kind is BlockKind.BYLINE:
        return common_runs(asked.folded, fold(candidate.text))[1] > 0
    if candidate.kind is BlockKind.CAPTION and asked.kind not in _ANSWERED_BY_NAMES:
        return _TELLS.search(fold(candidate.text)) is not None
    return candidate.kind not in _NAMING


# A caption that only names what the picture shows answers what that is called, and nothing else.
_ANSWERED_BY_NAMES = frozenset({AnswerKind.NAME, AnswerKind.OTHER, AnswerKind.PERSON, AnswerKind.ORGANISATION})
_TELLS = re.compile("[,;:!]|[.](?![0-9])|[是有在为达获正将已开建办入成做让把被用]|位于|坐落|地处|聚焦|展示|亮相|参[观加与]|体验|工作|生产|介绍|自主|[0-9]")

_NAMING = frozenset({BlockKind.COLUMN, BlockKind.KICKER, BlockKind.HEADLINE, BlockKind.HEADING})
