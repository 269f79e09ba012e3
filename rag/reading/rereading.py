"""The best sentences read again, closely: the reader says which of them answers, and its word orders them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.storage.snapshot import Snapshot
from rag.reading.candidates import Candidate
from rag.reading.homes import setting_of
from rag.reading.ranker import Ranked
from rag.reading.reader import Reader, Window

READ = 12  # sentences: the right one is among them in .90 (walk-in questions) to .99 (encyclopedia) of cases
_AT_FIRST = 6  # of them; the others only where no answer is among these …
_SURE = 2.0  # … or none with such log-odds
# Of the ranker's score beside the reader's log-odds.
_WEIGHT = 0.5


def window_of(candidate: Candidate, snapshot: Snapshot) -> Window:
    """Return what is read for a candidate: its sentence behind its headline (or the article's beginning) and the two before."""
    rows = snapshot.article_sentence_rows(candidate.article_id)
    lead = candidate.heading.replace("\n", " ")
    if not lead and candidate.position > 2:
        lead = snapshot.sentences[rows.start].text
    before = [snapshot.sentences[row].text for row in range(max(rows.start, candidate.row - 2), candidate.row)]
    setting = setting_of(snapshot.articles[candidate.article_id])
    return Window.of(candidate.text, setting=setting, lead=lead, before="".join(before))


def read_again(
    question: str, ranked: Sequence[Ranked], reader: Reader, snapshot: Snapshot, *, several: bool = False
) -> list[Ranked]:
    """Return `ranked` with its first few in the order of reader and ranker together, each with its reading.

    A sure answer among the very first ends the reading, unless `several` sentences may answer.
    """
    few = [] if several else _read(question, ranked[:_AT_FIRST], reader, snapshot)
    if few and few[0].odds >= _SURE:
        return [*few, *ranked[_AT_FIRST:]]
    return [*_read(question, ranked[:READ], reader, snapshot), *ranked[READ:]]


def _read(question: str, first: Sequence[Ranked], reader: Reader, snapshot: Snapshot) -> list[Ranked]:
    """Return all of `first`, read and in their new order.

    A sentence that was ranked by another wording of the question is read for that one too; the better reading counts.
    """
    windows = [window_of(one.candidate, snapshot) for one in first]
    readings = reader.read(question, windows)
    for wording in dict.fromkeys(one.wording for one in first if one.wording not in ("", question)):
        alike = [at for at, one in enumerate(first) if one.wording == wording]
        for at, other in zip(alike, reader.read(wording, [windows[at] for at in alike]), strict=True):
            readings[at] = max(readings[at], other, key=lambda reading: reading.odds)
    read = [replace(one, reading=reading) for one, reading in zip(first, readings, strict=True)]
    read.sort(key=lambda one: (-(one.odds + _WEIGHT * one.score), one.candidate.row))
    return read
