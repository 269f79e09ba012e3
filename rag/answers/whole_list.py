"""A list answers as a whole, or with the item that is asked for by its number."""

from __future__ import annotations

from corpus.records import BlockKind
from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.lists import items_of, nth_item
from rag.question.kinds import AnswerKind
from rag.reading.candidates import candidate_at

_LONGEST_LIST = 30  # sentences


def whole_list(asking: Asking) -> Composition | None:
    """Return the list that the best sentence is of, or one item of it."""
    asked, main, snapshot = asking.asked, asking.first, asking.snapshot
    if main.kind is not BlockKind.LIST:
        return None
    if item := nth_item(asked, main.text):
        return Composition((Evidence(main, item),), settled=True)
    if asked.kind is not AnswerKind.LIST:
        return None
    block = snapshot.articles[main.article_id].block_at(main.start)
    siblings = snapshot.article_sentence_rows(main.article_id)
    rows = [
        row for row in siblings if block.start <= snapshot.sentences[row].start < block.end
    ]  # a long one is several
    whole = [candidate_at(snapshot, row) for row in rows[:_LONGEST_LIST]]
    return Composition(tuple(map(Evidence, whole)), listed=len(items_of("\n".join(one.text for one in whole))))
