"""«甲的面积更大», «甲比乙多3家（…）»: compared by value; each figure belongs to what stands around it in its span."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, permutations

from corpus.chinese.facts import Comparison, Measure, Quantity, compare, quantities
from corpus.chinese.text import fold
from rag.figures.figure import short_form

_MORE = "多|大|高|快|长|远|久|宽|重|早|贵"
_LESS = "少|小|低|慢|短|近|窄|轻|晚"
_FORM = re.compile(f"(?P<subject>[^,.;:]{{2,30}}?)(?:更|比较|最)(?P<word>{_MORE}|{_LESS})(?P<rest>[,.;:].*|$)")
_THAN = re.compile(
    "(?P<one>[^,.;:()]{2,30}?)(?:比|是|占)(?P<other>[^,.;:()]{2,30}?)(?:多|大|高|快|少|小|低|的)(?=了|出|约|近|[0-9])"
)
_IDLE = re.compile("[的了在有和与是为]|增长|增速|面积|人数|数量|规模|企业|新增")
_RATE = re.compile("增速|增长|增幅|比重|占比|比例|率")
_NAMED = 12  # characters before a figure in which its own span may name the thing
_NAMES = 2  # pairs of characters that name a thing
_CLOSE = 10  # characters before a figure that name what it measures, apart from whom and when


@dataclass(frozen=True, slots=True)
class LabelledFigure:
    """A figure and the words that stand around it: those before it up to the last figure of the kind, and right after it."""

    quantity: Quantity
    label: str


@lru_cache(maxsize=1024)
def labelled(text: str, before: str = "") -> tuple[LabelledFigure, ...]:
    """Return the figures of a span with their labels; `before` is what precedes the span and may name the thing."""
    folded, found = fold(text), quantities(text)
    made: list[LabelledFigure] = []
    for one in found:
        alike = [other.end for other in found if other.end <= one.start and _go_together(other, one)]
        start = max(alike, default=0)
        tail = re.split("[,.;、]", folded[one.end : one.end + 14])[0]
        lead = folded[start : one.start] if start or one.start >= _NAMED else fold(before)[-60:] + folded[: one.start]
        made.append(LabelledFigure(one, lead + "|" + tail))
    return tuple(made)


def _go_together(a: Quantity, b: Quantity) -> bool:
    return compare(a, b) is not Comparison.INCOMPARABLE


def comparison(sentence: str, question: str, figures: Sequence[LabelledFigure]) -> tuple[str, bool] | None:
    """Return what is left of «甲更大，…» to be proven, and whether the figures say so; None when it compares nothing.

    The figures are those of the spans; what is compared with is named by the rest of the question.
    """
    found = _FORM.match(fold(sentence))
    if found is None:
        return None
    subject = _pairs(found["subject"])
    others = _pairs(question + found["rest"]) - subject
    rates = _RATE.search(found["subject"] + (question if found["word"] in "快慢" else "")) is not None
    best: tuple[tuple[int, int], Quantity, Quantity] | None = None
    wanted = {one.base for one in quantities(sentence)}
    for one, two in permutations(figures, 2):
        if wanted and one.quantity.base not in wanted:
            continue
        if not _go_together(one.quantity, two.quantity) or (one.quantity.measure is Measure.SHARE) is not rates:
            continue
        about = min(len((subject | others) & _pairs(figure.label)) for figure in (one, two))
        score = (about, _score(subject, others, one, two))
        if best is None or score > best[0]:
            best = (score, one.quantity, two.quantity)
    if best is None or best[0][1] <= 0:
        return None
    holds = best[1].low > best[2].low if found["word"] in _MORE else best[1].low < best[2].low
    return sentence[found.start("rest") :].lstrip("，。；："), holds


def exchanged(sentence: str, operands: Sequence[Quantity], figures: Sequence[LabelledFigure]) -> bool:
    """Whether «甲比乙多 (a−b)» calculates with the figures of 乙 and 甲: each operand must be what its words name."""
    found = _THAN.search(fold(sentence))
    if found is None or len(operands) != 2:
        return False
    one, other = _pairs(found["one"]), _pairs(found["other"])
    apart = one - other, other - one
    if "占" in found.group() or "是" in found.group() or found.group()[-1] not in "少小低慢短":
        first, second = operands
    else:
        second, first = operands
    a, b = (
        max((x for x in figures if _same(x.quantity, o)), key=lambda x: len(apart[at] & _pairs(x.label)), default=None)
        for at, o in enumerate((first, second))
    )
    if a is None or b is None:
        return False
    straight = _score(apart[0], apart[1], a, b)
    return straight < 0


def _same(a: Quantity, b: Quantity) -> bool:
    return (a.low, a.base) == (b.low, b.base)


def _score(one: set[str], other: set[str], a: LabelledFigure, b: LabelledFigure) -> int:
    """Return how much better the labels fit this way round than the other."""
    mine, theirs = _pairs(a.label), _pairs(b.label)
    straight = len(one & mine - theirs) + len(other & theirs - mine)
    crossed = len(one & theirs - mine) + len(other & mine - theirs)
    return straight - crossed


def _pairs(text: str) -> set[str]:
    words = re.sub("[^\u3400-\u9fffa-z]", " ", _IDLE.sub("", short_form(text))).split()
    return {first + second for word in words for first, second in pairwise(word)}


def fits_another(claimed: Quantity, sentence: str, figures: Sequence[LabelledFigure]) -> bool:
    """Whether the spans print a figure of something else: the words before it fit another figure of the kind better."""
    own = next((one for one in labelled(sentence) if one.quantity == claimed), None)
    alike = [one for one in figures if _go_together(one.quantity, claimed)]
    if own is None or not any(_same(one.quantity, claimed) for one in alike):
        return False
    words = _close(own, _CLOSE)
    fitting = {
        equal: max(
            (len(words & _close(one, 2 * _CLOSE)) for one in alike if _same(one.quantity, claimed) is equal), default=0
        )
        for equal in (True, False)
    }
    return fitting[False] >= 2 and fitting[False] > 2 * fitting[True]


def _close(figure: LabelledFigure, characters: int) -> set[str]:
    lead, _, tail = figure.label.partition("|")
    return _pairs(lead[-characters:] + "|" + tail)


def of_something_else(
    sentence: str,
    question: str,
    operands: Sequence[Quantity],
    figures: Sequence[LabelledFigure],
    texts: Sequence[str] = (),
) -> bool:
    """Whether one of the operands of a sum measures nothing that the sentence or the question names.

    Of all that one of the `texts` enumerates one named member is enough.
    """
    named = _pairs(sentence + " " + question)
    known = [
        any(_same(one.quantity, operand) and named & _close(one, _CLOSE) for one in figures) for operand in operands
    ]
    if any(known) and any(
        len(run) == len(operands) and _holds(run, operands) for text in texts for run in _enumerations(text)
    ):
        return False
    return not all(known)


def reckons_with_another(named: str, operands: Sequence[Quantity], figures: Sequence[LabelledFigure]) -> bool:
    """Whether an operand is of something that nobody names, and another figure of the kind of something that is named."""
    words = _pairs(named)
    for operand in operands:
        alike = [one for one in figures if _go_together(one.quantity, operand)]
        own = [one for one in alike if _same(one.quantity, operand)]
        for rival in (one for one in alike if not any(_same(one.quantity, other) for other in operands)):
            theirs = _close(rival, _CLOSE)
            apart = [(_close(one, _CLOSE) - theirs, theirs - _close(one, _CLOSE)) for one in own]
            if apart and all(mine and not mine & words and len(other & words) >= _NAMES for mine, other in apart):
                return True
    return False


def incomplete(sentence: str, operands: Sequence[Quantity], text: str) -> bool:
    """Whether «一共 …» adds up only some of the figures that a text enumerates with 、."""
    if len(operands) < 2 or not re.search("共|合计|总", sentence) or "+" not in fold(sentence):
        return False
    return any(len(run) > len(operands) and _holds(run, operands) for run in _enumerations(text))


def _holds(run: Sequence[Quantity], operands: Sequence[Quantity]) -> bool:
    return all(any(_same(operand, member) for member in run) for operand in operands)


def _enumerations(text: str) -> list[list[Quantity]]:
    """Return the figures of a text that are joined by 、, run by run."""
    runs: list[list[Quantity]] = []
    for one in quantities(text):
        between = text[runs[-1][-1].end : one.start] if runs else ""
        if runs and _go_together(runs[-1][-1], one) and "、" in between and not re.search("[，。；]", between):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
