"""Question and sentence read together: does the sentence answer, and with which words?

A pretrained encoder reads «question, sentence, what stands before it» as one text (a cross-encoder, run by onnxruntime)
and gives the odds that the sentence answers the question as asked, and where in it the short answer begins and ends.
Trained by `python -m rag.training reader` on windows as they are made here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Span
from index.search.encoder import BEGIN, END, Floats, Graph, Ids, Pieces, PieceTable
from rag.reading.spans import UNREAD, Reading, answers_of, best_overlap

_DEFAULT_FOLDER = Path(__file__).parent.parent / "models" / "reader"
LONGEST_QUESTION, LONGEST_TEXT, LONGEST_BEFORE = 44, 118, 88  # pieces
LONGEST_CLAIM, LONGEST_EVIDENCE = 110, 200  # pieces, where an answer is put to the question
_LEAD, _BEFORE = 30, 80  # characters of what leads the article, and of what stands right before the sentence
_LONGEST_ANSWER = 48  # pieces
_LIKELY = 8  # beginnings, and ends, that are paired
_REMEMBERED = 4096  # readings
_NEVER = 1e-9  # the likelihood of what the reader cannot see


_Found = tuple[float, Pieces, Floats]  # log-odds; the sentence's pieces; scores of beginning and end, (pieces, 2)


@dataclass(frozen=True, slots=True)
class Window:
    """A sentence and what is read before it: where and when its article was written, how it begins, the two sentences before."""

    text: str
    before: str = ""

    @classmethod
    def of(cls, text: str, *, setting: str = "", lead: str = "", before: str = "") -> Window:
        """Return the window of a sentence; `lead` is the headline or the article's first sentence, `setting` whose and when."""
        lead = lead[:_LEAD]
        return cls(text, setting + lead + ("…" if lead else "") + before[-_BEFORE:])


def bare(question: str) -> str:
    """Return the question without the marks behind it: people ask the same with and without them."""
    return question.rstrip("？?！!。.…～~ 　")


def with_answer(question: str, answer: str) -> str:
    """Return a question with an answer put to it, as it is read against a window: does the sentence bear it out?"""
    return f"{bare(question)}：{bare(answer)}"


def assemble(question: Pieces, text: Pieces, before: Pieces, *, claim: bool = False) -> tuple[Ids, int, int]:
    """Return the ids that are read together, and where the sentence begins and ends in them; `claim`: of an answer put to it."""
    longest = (LONGEST_CLAIM, LONGEST_EVIDENCE) if claim else (LONGEST_QUESTION, LONGEST_TEXT)
    asked, read, around = question.ids[: longest[0]], text.ids[: longest[1]], before.ids[-LONGEST_BEFORE:]
    ids = np.concatenate([[BEGIN], asked, [END, END], read, [END], around, [END]]).astype(np.int64)
    begin = len(asked) + 3
    return ids, begin, begin + len(read)


class Reader:
    """Reads windows for a question. Any number of threads may ask; what was read lately is remembered."""

    def __init__(self, graph: Graph, table: PieceTable) -> None:
        self._graph = graph
        self._table = table
        self._known: OrderedDict[tuple[str, Window], _Found] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path | None = None) -> Reader:
        """Load the built-in reader or the one in `folder`. Raises ModelError where it is missing or damaged."""
        return cls(Graph.load((folder or _DEFAULT_FOLDER) / "reader.onnx"), PieceTable.load())

    def read(
        self,
        question: str,
        windows: Sequence[Window],
        places: Sequence[Sequence[Span] | None] | None = None,
        keep: int = 5,
    ) -> list[Reading]:
        """Return one Reading per window, in order, with up to `keep` answers each.

        `places`, one entry per window, says where an answer may lie: every answer then holds or lies in one of the spans
        (an amount of the unit asked for, a date, a name); None allows the whole sentence, an empty list nothing.
        """
        if places is not None and len(places) != len(windows):
            raise ValueError(f"{len(windows)} windows but places for {len(places)}")
        question = bare(question)
        readings: list[Reading] = []
        for at, (window, (odds, pieces, edges)) in enumerate(zip(windows, self._found(question, windows), strict=True)):
            if not window.text.strip():
                readings.append(Reading((), UNREAD))
                continue
            likely = _spans(edges, pieces, places[at] if places is not None else None)
            readings.append(Reading(answers_of(window.text, best_overlap(likely), keep), odds))
        return readings

    def likelihoods(self, question: str, window: Window, places: Sequence[Span]) -> list[float]:
        """Return how likely the answer begins and ends within each place of a window's sentence, as logarithms."""
        ((_, pieces, edges),) = self._found(bare(question), [window])
        begins, ends = _softmax(edges[:, 0]), _softmax(edges[:, 1])
        offsets = pieces.offsets[: len(edges)]
        held = [
            [at for at, (begin, end) in enumerate(offsets) if begin < one.end and end > one.start] for one in places
        ]
        return [log(float(begins[at].sum() * ends[at].sum()) + _NEVER) for at in held]

    def bears_out(self, question: str, answer: str, windows: Sequence[Window]) -> list[float]:
        """Return the log-odds that each window's sentence (or sentences) bears out an answer put to the question."""
        return [odds for odds, _, _ in self._found(with_answer(question, answer), windows, claim=True)]

    def _found(self, question: str, windows: Sequence[Window], *, claim: bool = False) -> list[_Found]:
        """Return what the network says of each window, remembered where it was read lately."""
        with self._lock:
            known = {one: self._known[question, one] for one in windows if (question, one) in self._known}
        new = [window for window in dict.fromkeys(windows) if window not in known]
        if new:
            known |= zip(new, self._fresh(question, new, claim=claim), strict=True)
            with self._lock:
                self._known.update(((question, one), known[one]) for one in new)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return [known[window] for window in windows]

    def _fresh(self, question: str, windows: Sequence[Window], *, claim: bool) -> list[_Found]:
        (asked,) = self._table.cut([question])
        texts = self._table.cut([window.text for window in windows])
        around = self._table.cut([window.before for window in windows])
        made = [assemble(asked, text, before, claim=claim) for text, before in zip(texts, around, strict=True)]
        feeds: list[dict[str, Floats]] = []
        for ids, begin, end in made:
            sentence = np.zeros((1, len(ids)), dtype=np.float32)
            sentence[0, begin:end] = 1
            feeds.append({**self._table.feed(ids), "sentence": sentence})
        return [
            (float(odds[0]), text, np.asarray(edges[0, begin:end], dtype=np.float32))
            for (odds, edges), text, (_, begin, end) in zip(self._graph.run(feeds), texts, made, strict=True)
        ]


def _spans(edges: Floats, pieces: Pieces, places: Sequence[Span] | None) -> list[tuple[int, int, float]]:
    """Return the likeliest (start, end, probability), in characters; those that `places` forbids are left out."""
    if not len(edges):
        return []
    begins, ends = _softmax(edges[:, 0]), _softmax(edges[:, 1])
    found: list[tuple[int, int, float]] = []
    if places is None:
        likely_begins, likely_ends = np.argsort(-begins)[:_LIKELY], np.argsort(-ends)[:_LIKELY]
    else:
        likely_begins = likely_ends = np.arange(len(edges))
    for first in likely_begins.tolist():
        for last in likely_ends.tolist():
            if not first <= last < first + _LONGEST_ANSWER:
                continue
            start, end = pieces.offsets[first][0], pieces.offsets[last][1]
            if start < end and (places is None or any(_within(start, end, place) for place in places)):
                found.append((start, end, float(begins[first] * ends[last])))
    found.sort(key=lambda span: -span[2])
    return found[: 3 * _LIKELY]


def _within(start: int, end: int, place: Span) -> bool:
    """Tell whether a span holds a place or lies in it."""
    return (start <= place.start and place.end <= end) or (place.start <= start and end <= place.end)


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    weights: NDArray[np.float32] = np.exp(scores - scores.max())
    shares: NDArray[np.float32] = weights / weights.sum()
    return shares
