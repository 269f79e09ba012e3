"""One sentence or a few → the short answer in it, and how likely it is that it holds none.

A small network reads the question against the text (BiLSTM with attention both ways, run by onnxruntime) and scores
every span. The span we return is the one that overlaps best with all likely spans, not merely the likeliest: whoever
reads the answer is better served by most of the right clause than by a coin toss between two of its cuts.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from corpus.records import Span
from corpus.text import fold

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FEATURES = 16
LENGTH_BUCKETS = 24
LONGEST_TEXT = 512  # characters of one text that are read; what lies beyond is not
LONGEST_QUESTION = 64
_DEFAULT_FOLDER = Path(__file__).parent / "models" / "reader"
_MENDED = "请重新训练：python -m rag.training reader。"
_NUMERALS = frozenset("一二三四五六七八九十百千万亿零两半几")

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The part of a text that answers, `text[start:end]`; `score`, 0 to 1: its expected overlap with the truth."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text has to say to a question: answers that do not overlap, best first; `nothing`, 0 to 1: no answer."""

    answers: tuple[ShortAnswer, ...]
    nothing: float

    @property
    def best(self) -> ShortAnswer | None:
        return self.answers[0] if self.answers else None


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Characters and bigrams that the reader knows. Id 0 is padding, id 1 anything else."""

    characters: dict[str, int]
    bigrams: dict[str, int]
    idf: Floats

    def ids(self, folded: str) -> tuple[Ids, Ids]:
        """Return ids of the characters, and of the bigrams that begin at each."""
        singles = np.fromiter((self.characters.get(c, 1) for c in folded), dtype=np.int64, count=len(folded))
        pairs = np.fromiter(
            (self.bigrams.get(folded[i : i + 2], 1) for i in range(len(folded))), dtype=np.int64, count=len(folded)
        )
        return singles, pairs


@cache
def _kind(character: str) -> int:
    """0 Chinese, 1 digit, 2 letter, 3 end of sentence, 4 comma and the like, 5 other mark or space."""
    if character.isdigit():
        return 1
    if "\u3400" <= character <= "\u9fff":
        return 0
    if character in ".!?\n":
        return 3
    if character in ",;:":
        return 4
    return 2 if unicodedata.category(character).startswith("L") else 5


def match_features(text: str, other: str, singles: Ids, idf: Floats, style: int) -> Floats:
    """Return what each character of folded `text` shares with `other`, and what it is: shape (len(text), FEATURES)."""
    length = len(text)
    features = np.zeros((length, FEATURES), dtype=np.float32)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    other_codes = np.frombuffer(other.encode("utf-32-le"), dtype=np.uint32)
    same = codes[None, :] == other_codes[:, None]
    shared = same.any(0)
    rare = idf[singles] * shared
    features[:, 0] = shared
    features[:, 1] = rare
    runs = np.zeros((len(other), length), dtype=np.int16)  # of the run that ends here
    for at in range(len(other)):
        runs[at] = same[at]
        if at:
            runs[at, 1:] += runs[at - 1, :-1] * same[at, 1:]
    for at in range(len(other) - 2, -1, -1):  # … spread back over the whole run
        on = same[at + 1, 1:] & same[at, :-1]
        runs[at, :-1] = np.where(on, np.maximum(runs[at, :-1], runs[at + 1, 1:]), runs[at, :-1])
    longest = runs.max(0) if len(other) else np.zeros(length, dtype=np.int16)
    features[:, 2] = longest >= 2
    features[:, 3] = np.minimum(longest, 6) / 6
    features[:, 4] = (longest >= 2) * rare
    kinds = np.fromiter((_kind(c) for c in text), dtype=np.int64, count=length)
    features[np.arange(length), 5 + kinds] = 1
    features[:, 11] = np.fromiter((c in _NUMERALS for c in text), dtype=np.float32, count=length)
    # How much of the question's weight lies within 12 characters: an answer is rarely far from what it is asked by.
    near = np.concatenate([[0.0], np.cumsum(rare * (longest >= 2))])
    lo, hi = np.maximum(np.arange(length) - 12, 0), np.minimum(np.arange(length) + 13, length)
    features[:, 12] = (near[hi] - near[lo]) / 4
    features[:, 13 + style] = 1
    return features


def length_buckets(longest: int) -> Ids:
    """Return the prior's row for spans of 1 … `longest` characters: 1 to 12 one each, then by powers of 1.25."""
    lengths = np.arange(1, longest + 1)
    wide = 12 + np.floor(np.log(np.maximum(lengths, 12) / 12) / np.log(1.25) + 1e-6).astype(np.int64)
    return np.where(lengths <= 12, lengths - 1, np.minimum(wide, LENGTH_BUCKETS - 1))


def bucket_matrix(size: int) -> Ids:
    """Return the prior's row for the span from i to j, (size, size); spans that end before they begin hold -1."""
    whole = _buckets(LONGEST_TEXT if size <= LONGEST_TEXT else size)
    return whole[:size, :size]


@lru_cache(maxsize=2)
def _buckets(size: int) -> Ids:
    rows = length_buckets(size)
    gap = np.arange(size)[None, :] - np.arange(size)[:, None]
    return np.where(gap >= 0, rows[np.maximum(gap, 0)], -1)


def likely_spans(
    scores: Floats, nothing: float, allowed: NDArray[np.bool_] | None = None, keep: int = 24
) -> tuple[list[tuple[int, int, float]], float]:
    """Return (start, end, probability) of the likeliest spans, best first, and the probability that there is none.

    `scores` is (length, length), minus infinity where no span may lie. Spans that `allowed` forbids share nothing.
    """
    flat = scores.ravel()
    best = max(float(flat.max()), nothing)
    weights = np.exp(flat - best)
    empty = float(np.exp(nothing - best))
    total = float(weights.sum()) + empty
    if allowed is not None:
        weights = weights * allowed.ravel()
    count = min(keep, len(weights))
    top = np.argpartition(-weights, count - 1)[:count]
    top = top[np.argsort(-weights[top], kind="stable")]
    size = scores.shape[1]
    found = [(int(t // size), int(t % size) + 1, float(weights[t]) / total) for t in top if weights[t] > 0]
    return found, empty / total


def best_overlap(spans: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Reorder `spans` by the overlap (F1 of characters) each is expected to have with the true one.

    Source: minimum Bayes risk decoding, Kumar & Byrne, NAACL 2004.
    """
    if not spans:
        return []
    start = np.array([s for s, _, _ in spans])
    end = np.array([e for _, e, _ in spans])
    weight = np.array([p for _, _, p in spans])
    overlap = (np.minimum(end[:, None], end[None, :]) - np.maximum(start[:, None], start[None, :])).clip(0)
    f1 = 2 * overlap / ((end - start)[:, None] + (end - start)[None, :])
    gain = f1 @ weight
    return [(spans[i][0], spans[i][1], float(gain[i])) for i in np.argsort(-gain, kind="stable")]


# --- edges ------------------------------------------------------------------------------------------------------

_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》", "【": "】", "[": "]"}
_CLOSES = {closing: opening for opening, closing in _PAIRS.items()}
_DANGLING = frozenset("，,、；;：:。.！!？?…—- \t\n\u3000·")


def tidied(text: str, start: int, end: int, amounts: Sequence[Span]) -> tuple[int, int]:
    """Return the span with whole `amounts`, without dangling marks, quotation marks and brackets closed.

    A span that would be nothing but marks comes back as it was.
    """
    before = start, end
    for amount in amounts:
        if amount.start < before[1] and before[0] < amount.end:
            start, end = min(start, amount.start), max(end, amount.end)
    start, end = _trimmed(text, start, end)
    start, end = _trimmed(text, *_balanced(text, start, end))
    return (start, end) if start < end else before


def amounts_of(text: str) -> tuple[Span, ...]:
    """Return where the quantities of `text` stand: with sign, approximation and unit."""
    from corpus.facts import quantities  # its tables take longer to import than this whole module

    return tuple(Span(one.start, one.end) for one in quantities(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while (
        start < end and text[start] in _DANGLING and not (text[start] == "-" and text[start + 1 : start + 2].isdigit())
    ):
        start += 1
    while end > start and text[end - 1] in _DANGLING:
        end -= 1
    return start, end


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """Close what is opened inside: take the missing mark in when it is the next character, else drop the lone one."""
    opened: list[int] = []
    lone: list[int] = []
    for at in range(start, end):
        if text[at] in _PAIRS:
            opened.append(at)
        elif text[at] in _CLOSES:
            if opened and text[opened[-1]] == _CLOSES[text[at]]:
                opened.pop()
            else:
                lone.append(at)
    for at in reversed(opened):
        closing = text.find(_PAIRS[text[at]], end)
        if closing >= 0 and all(mark in _DANGLING for mark in text[end:closing]):
            end = closing + 1
        elif at == start:
            start += 1
        elif 0 <= closing - end <= 6 and not set(text[end:closing]) & set("。！？\n"):
            end = closing + 1
        elif at == end - 1:
            end -= 1
    for at in lone:
        if start and text[start - 1] == _CLOSES[text[at]]:
            start -= 1
        elif at == end - 1:
            end -= 1
        elif at == start:
            start += 1
    return start, end


# --- the reader -------------------------------------------------------------------------------------------------


class SpanReader:
    """Reads texts for the short answer to a question. Safe to share between threads: it keeps nothing of a question."""

    def __init__(
        self, session: InferenceSession, alphabet: Alphabet, characters: Floats, bigrams: Floats, prior: Floats
    ) -> None:
        self._session = session
        self._alphabet = alphabet
        self._characters = characters
        self._bigrams = bigrams
        self._prior = prior

    @classmethod
    def load(cls, folder: Path | None = None) -> SpanReader:
        """Load the built-in reader or the one in `folder`. Raises ModelError where it is missing or damaged."""
        folder = folder or _DEFAULT_FOLDER
        try:
            vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
            import onnxruntime
            from safetensors.numpy import load_file

            tables = load_file(folder / "tables.safetensors")
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            session = onnxruntime.InferenceSession(
                (folder / "reader.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
            )
            letters, pairs = vocabulary["characters"], vocabulary["bigrams"]
            alphabet = Alphabet(
                {c: i + 2 for i, c in enumerate(letters)},
                {pairs[i : i + 2]: i // 2 + 2 for i in range(0, len(pairs), 2)},
                tables["idf"].astype(np.float32),
            )
            characters = _unpacked(tables["characters"], tables["character_scales"])
            bigrams = _unpacked(tables["bigrams"], tables["bigram_scales"])
            prior = tables["prior"].astype(np.float32)
        except (OSError, ValueError, KeyError) as trouble:
            raise ModelError(f"短答案模型无法读取：{folder.name}（{type(trouble).__name__}）；{_MENDED}") from trouble
        except Exception as trouble:
            if type(trouble).__module__.split(".")[0] not in ("onnxruntime", "safetensors", "safetensors_rust"):
                raise
            raise ModelError(f"短答案模型已损坏：{folder.name}；{_MENDED}") from trouble
        if len(characters) != len(letters) + 2 or len(bigrams) != len(pairs) // 2 + 2 or len(prior) != LENGTH_BUCKETS:
            raise ModelError(f"短答案模型的字表与向量不相配：{folder.name}；{_MENDED}")
        return cls(session, alphabet, characters, bigrams, prior)

    def read(
        self, question: str, texts: Sequence[str], places: Sequence[Sequence[Span] | None] | None = None, keep: int = 5
    ) -> list[Reading]:
        """Return one Reading per text, in order, with up to `keep` answers each.

        `places`, one entry per text, says where an answer may lie: every answer then holds or lies in one of the spans
        (an amount of the unit asked for, a date, a name); None allows the whole text, an empty list nothing.
        """
        if places is not None and len(places) != len(texts):
            raise ValueError(f"{len(texts)} texts but places for {len(places)}")
        asked = fold(question)[:LONGEST_QUESTION]
        readings = [Reading((), 1.0)] * len(texts)
        folded = {i: fold(text[:LONGEST_TEXT]) for i, text in enumerate(texts) if text.strip()}
        if not asked.strip() or not folded:
            return readings
        spans, nothing = self._scores(asked, list(folded.values()))
        for row, (i, plain) in enumerate(folded.items()):
            size = len(plain)
            scores = self._with_prior(spans[row, :size, :size])
            where = places[i] if places is not None else None
            allowed = _allowed(where, size) if where is not None else None
            likely, empty = likely_spans(scores, float(nothing[row]), allowed)
            readings[i] = Reading(_answers(texts[i], best_overlap(likely), keep), empty)
        return readings

    def _with_prior(self, scores: Floats) -> Floats:
        rows = bucket_matrix(len(scores))
        return np.where(rows >= 0, scores + self._prior[np.maximum(rows, 0)], np.float32(-1e4)).astype(np.float32)

    def _scores(self, question: str, texts: Sequence[str]) -> tuple[Floats, Floats]:
        longest = max(map(len, texts))
        width = self._characters.shape[1] + 2 * self._bigrams.shape[1] + FEATURES
        context = np.zeros((len(texts), longest, width), dtype=np.float32)
        asked = np.zeros((len(texts), len(question), width), dtype=np.float32)
        mask = np.zeros((len(texts), longest), dtype=np.float32)
        for row, text in enumerate(texts):
            context[row, : len(text)] = self._inputs(text, question)
            asked[row] = self._inputs(question, text)
            mask[row, : len(text)] = 1
        spans, nothing = self._session.run(
            None,
            {
                "context": context,
                "question": asked,
                "context_mask": mask,
                "question_mask": np.ones(asked.shape[:2], dtype=np.float32),
                "context_lengths": np.array([len(text) for text in texts], dtype=np.int32),
                "question_lengths": np.full(len(texts), len(question), dtype=np.int32),
            },
        )
        return np.asarray(spans, dtype=np.float32), np.asarray(nothing, dtype=np.float32)

    def _inputs(self, text: str, other: str) -> Floats:
        singles, pairs = self._alphabet.ids(text)
        here = self._bigrams[pairs]
        before = np.concatenate([np.zeros_like(here[:1]), here[:-1]])
        features = match_features(text, other, singles, self._alphabet.idf, 0)
        return np.concatenate([self._characters[singles], here, before, features], axis=1)


def _unpacked(codes: NDArray[np.int8], scales: NDArray[np.float16]) -> Floats:
    """Return float rows from bytes with one scale a row."""
    return codes.astype(np.float32) * scales.astype(np.float32)[:, None]


def _allowed(places: Sequence[Span], size: int) -> NDArray[np.bool_]:
    """Return which spans hold, or lie in, one of `places`."""
    allowed = np.zeros((size, size), dtype=np.bool_)
    for place in places:
        last = min(place.end, size) - 1
        if place.start > last:
            continue
        allowed[: place.start + 1, last:] = True
        allowed[place.start : last + 1, place.start : last + 1] = True
    return allowed


def _answers(text: str, ranked: Sequence[tuple[int, int, float]], keep: int) -> tuple[ShortAnswer, ...]:
    found: list[ShortAnswer] = []
    amounts = amounts_of(text)
    for start, end, gain in ranked:
        start, end = tidied(text, start, end, amounts)
        if all(end <= other.start or other.end <= start for other in found):
            found.append(ShortAnswer(start, end, text[start:end], min(1.0, gain)))
        if len(found) == keep:
            break
    return tuple(found)
