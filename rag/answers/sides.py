"""What the articles say each: of one thing, of two values or names, of then and later."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.answers.composition import Asking, Composition, labelled
from rag.figures.side_by_side import by_article, covers, holding, newest, with_value
from rag.question.kinds import AnswerKind
from rag.question.parts import alternatives, side_by_side
from rag.reading.candidates import Candidate
from rag.reading.units import found_quantities

_WHENCE = re.compile("哪.{0,3}(?:时间|时段|时期|年度)|什么(?:时间|时候|口径)")
_LATER = re.compile(
    "(?:20[0-9]{2}年?(?:和|与|到|至)20[0-9]{2}年?的?(?:报道|文章)?(?:里|中)?的?)|(?:的)?(?:进展|状态|最新情况|近况)?(?:上)?(?:有什么|有何|有哪些)变化|后来|的?进展(?:如何|怎么样|怎样)?|怎么样了"
)


def sides(asking: Asking) -> Composition | None:
    """Return what the articles say each: asked for as such, or as a choice between two values or names, or of one value."""
    asked, ranked, snapshot, search = asking.asked, asking.ranked, asking.snapshot, asking.finder.search
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
    made = labelled(newest(chosen, snapshot), snapshot)
    return replace(made, confidence=1.0) if sure else made
