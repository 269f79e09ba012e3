"""The plainest shape: the sentence that answers, and the further ones that answer too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import BlockKind, Span
from index.storage.snapshot import Snapshot
from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.lists import enumeration, has_clear_end, is_complete, plain_span
from rag.answers.premises import verdict
from rag.question.kinds import SEVERAL, AnswerKind, Asked
from rag.reading.antecedents import antecedents, names_what_is_asked
from rag.reading.candidates import Candidate, candidate_at
from rag.reading.ranker import Ranked, common_runs

_READ_FOR_MORE = 12  # of the ranked sentences
_ANSWERS_TOO = 0.5  # log-odds from which a further sentence answers as well …
_READS_AS_ANSWER = 1.5  # log-odds from which one sentence gives the whole reason, whatever its words
_NEARLY_AS_SURE = 2.5  # … and how far below those of the best they may lie
_MOST_SENTENCES = 3
_GIVES_REASON = re.compile(f"{any_of('rag/reasons')}|受.{{1,12}}影响|既.{{1,20}}[又也]")


def quoted(asking: Asking) -> Composition:
    """Return the best sentence with what belongs to it. There always is one."""
    asked, ranked, snapshot = asking.asked, asking.ranked, asking.snapshot
    chosen = list(choose(asked, ranked))
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


def choose(asked: Asked, ranked: Sequence[Ranked]) -> tuple[Evidence, ...]:
    """Return the sentences that answer, in the order of their articles; `ranked` must not be empty.

    One for a fact. Why, how, what-is and lists take the further ones that, read by themselves, answer too.
    """
    best = ranked[0]
    chosen = [best.candidate]
    if asked.kind in SEVERAL:
        for other in ranked[1:_READ_FOR_MORE]:
            if len(chosen) == _MOST_SENTENCES:
                break
            if (
                other.odds >= max(_ANSWERS_TOO, best.odds - _NEARLY_AS_SURE)
                and other.candidate.kind is best.candidate.kind
            ):
                chosen.append(other.candidate)
        place = {article: at for at, article in enumerate(dict.fromkeys(one.article_id for one in chosen))}
        chosen.sort(key=lambda candidate: (place[candidate.article_id], candidate.start))
    return tuple(Evidence(candidate, plain_span(asked, candidate.text)) for candidate in chosen)


def _with_neighbours(main: Candidate, snapshot: Snapshot) -> list[Evidence]:
    """Return `main` between its neighbours: what it only states, the sentence before or after it gives reasons for."""
    siblings = snapshot.article_sentence_rows(main.article_id)
    owner = snapshot.sentences[main.row].passage
    rows = [row for row in (main.row - 1, main.row, main.row + 1) if row in siblings]
    near = [candidate_at(snapshot, row) if row != main.row else main for row in rows]
    return [
        Evidence(one) for one in near if one.kind is main.kind and abs(snapshot.sentences[one.row].passage - owner) <= 1
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
