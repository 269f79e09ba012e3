"""Does the question take for granted what the articles contradict? And does it ask for the outcome of a plan?

Only what one sentence contradicts in one slot counts: another value of the same indicator, the other direction, the
contrary of a statement. What the articles merely do not mention is no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Change, Comparison, Measure, compare, equal
from corpus.chinese.text import fold
from corpus.chinese.timing import Period, modality, overlaps
from corpus.chinese.words import any_of
from corpus.records import Modality
from index.storage.snapshot import Snapshot
from rag.figures.figure import Figure, figures_at, short_form
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.ranker import FEATURES, Ranked
from rag.reading.units import found_quantities

_LOOKED_AT = 12
_COVERED = FEATURES.index("covered")
_WELL = 0.6  # of the question's weight that a sentence must hold to contradict it in words
_RISE = re.compile("增长|上升|增加|提高|上涨|回升")
_FALL = re.compile("下降|下滑|减少|降低|下跌|回落|负增长|萎缩|衰退|缩水")
_DENIED = re.compile(f"(?:没有?|未能?|不曾|尚未|并未)(?P<what>{any_of('rag/done')}|达到?|成为)")
_TAG = re.compile("(?:了)?(?:没有?|吗|么|没)$")
_WHETHER = re.compile("有没有|是否|是不是|会不会|能不能|可不可以|算不算|对不对")
_OUTCOME_VERBS = f"{any_of('rag/outcomes')}|开(?=了(?:吗|没))|通(?=了(?:吗|没))"
_OUTCOME = re.compile(
    f"(?:{_OUTCOME_VERBS})[^,?]{{0,16}}?了?(?:吗|没有?|么|没)$|(?:是否|有没有|是不是)(?:已经|真的)?[^,?]{{0,8}}?(?:{_OUTCOME_VERBS})"
    f"|(?:已经|现在|如今|目前|最后|最终)[^,?]{{0,10}}(?:{_OUTCOME_VERBS})了?(?:吗|没有?|么|没)$"
)
_HEDGED = re.compile(any_of("rag/hedges"))
_EMPTY = re.compile('[的了呢吗嘛吧啊呀么是有在不没算个就都也会能可]|有没有|是否|请问|现在|已经|那条|这个|那个|["?,.]')


def contradicting(
    asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, period: Period | None
) -> tuple[Candidate, Figure | None] | None:
    """Return the sentence that contradicts what the question takes for granted, with its figure when it is one."""
    question = short_form(asked.text)
    stated = [
        q for q in found_quantities(asked.text) if q.measure not in (Measure.BARE, Measure.DURATION, Measure.COUNT)
    ]
    direction = _direction(asked.folded)
    near = [(one.candidate, f) for one in ranked[:_LOOKED_AT] for f in figures_at(snapshot, one.candidate.row)]
    same = [(c, f) for c, f in near if _is_meant(f, question) and not f.plan and _of_time(f, period)]
    if stated and asked.kind is not AnswerKind.COMPARISON:
        comparable = [(c, f) for c, f in same if _comparable(stated[0], f, direction)]
        anywhere = any(equal(stated[0], f.quantity) for _, f in near)
        if comparable and not anywhere:
            return comparable[0]
    if direction is not Change.NONE and not stated:
        moving = [(c, f) for c, f in same if f.growth and f.quantity.change is not Change.NONE]
        if moving and all(f.quantity.change is not direction for _, f in moving):
            return moving[0]
    denied = _denied(asked, ranked)
    return None if denied is None else (denied, None)


def _direction(folded: str) -> Change:
    if _FALL.search(folded):
        return Change.FALL
    return Change.RISE if _RISE.search(folded) else Change.NONE


def _is_meant(figure: Figure, question: str) -> bool:
    """Whether the question names both whom and what the figure is of."""
    return bool(figure.indicator and figure.subject) and figure.indicator in question and figure.subject in question


def _of_time(figure: Figure, period: Period | None) -> bool:
    if period is None or period.latest or figure.time is None or not figure.dated:
        return True
    return overlaps(period, figure.time)


def _comparable(stated: object, figure: Figure, direction: Change) -> bool:
    from corpus.chinese.facts import Quantity

    assert isinstance(stated, Quantity)
    if (stated.change is not Change.NONE) != figure.growth:
        return False
    return compare(stated, figure.quantity) is Comparison.DIFFERENT


def _denied(asked: Asked, ranked: Sequence[Ranked]) -> Candidate | None:
    """没完成 … when the best sentence says 完成."""
    denied = _DENIED.search(asked.folded)
    if denied is None or _WHETHER.search(asked.folded) or asked.kind is AnswerKind.YES_NO or not ranked:
        return None
    best = ranked[0]
    text = fold(best.candidate.text)
    if denied["what"] in text and not _DENIED.search(text) and modality(text) is Modality.RESULT:
        return best.candidate if float(best.features[_COVERED]) >= _WELL else None
    return None


def asks_outcome(asked: Asked) -> bool:
    """Tell whether the question asks if something has come about: …建成了吗, 是否已经开通."""
    return _OUTCOME.search(asked.folded.rstrip("?. ")) is not None


def outcome(asked: Asked, ranked: Sequence[Ranked]) -> Candidate | None:
    """Return the result that answers a question about an outcome; None when there are only plans."""
    if not ranked:
        return None
    first = ranked[0]
    for one in ranked[1:_LOOKED_AT]:
        enough = float(one.features[_COVERED]) >= _AS_MUCH * float(first.features[_COVERED])
        done = _DONE.search(one.candidate.text) is not None
        if enough and done and modality(one.candidate.text) is Modality.RESULT:
            return one.candidate
    return None


_AS_MUCH = 0.8  # of what the plan covers of the question that a result must cover
_DONE = re.compile(
    f"(?:已|已经|正式|全面|全线|成功|顺利|实质性|如期)(?:[^，。；,;将拟]{{0,6}}){any_of('rag/done')}"
    "|的(?:开业|开馆|开放|开园|启用|建成|通车|落成)|夺得|建成(?:了|后)|投入使用"
)


def verdict(asked: Asked, candidate: Candidate) -> str:
    """Return 是 when the sentence holds every word of a yes/no question as a plain result, else an empty string."""
    text = fold(candidate.text)
    question = asked.folded.rstrip("?. ")
    if asked.kind is not AnswerKind.YES_NO or modality(candidate.text) is Modality.PLAN or _HEDGED.search(text):
        return ""
    if re.search("没有?(?!$)|未|不是(?!不)|最|唯一|第一|首", _WHETHER.sub("", _TAG.sub("", question))):
        return ""
    pieces = _EMPTY.sub(" ", _WHETHER.sub(" ", _TAG.sub("", question))).split()
    wanted = {piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1)}
    return "是" if len(wanted) >= 3 and all(piece in text for piece in wanted) else ""
