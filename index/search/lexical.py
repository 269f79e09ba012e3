"""BM25 over Chinese: every Han character and every pair of neighbours, Latin words and numbers whole.

Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with the idf of Lucene,
which is never negative. Nothing here keeps a Python object per term: an index of a million postings is five arrays.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold

Buffer = bytes | memoryview

K1 = 1.2
B = 0.75

_HAN = "〇\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_WORD = re.compile(f"(?:[^\\W_{_HAN}]|(?<=\\d)[.,](?=\\d))+")
_PART = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d]+")
_HAN_RANGES = (
    (0x3007, 0x3007),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_CODE_BITS = np.uint64(21)
_OWNER_BITS = np.uint64(20)
_WORD_FLAG = 1 << 43
_BATCH = 1 << 20  # characters that are tokenised at once; bounds the memory of a build, and texts to 20 bits
_STEP = 64
_REMEMBERED = 1 << 14  # terms
_READ_AT_MOST = 400_000  # postings
_COMPLETED = 2000  # texts whose scores are completed when not all postings were read


def terms(text: str) -> list[str]:
    """Return the terms of `text`, with repetitions: Han characters, Han pairs, then words and numbers.

    Width, case, script and punctuation are folded; 1,000 and 1000 are the same number; «g60» gives g60, g and 60.
    """
    folded = fold(text)
    found: list[str] = []
    for run in _HAN_RUN.findall(folded):
        found += run
        found += [run[at : at + 2] for at in range(len(run) - 1)]
    for word in _WORD.findall(folded):
        found += _word_terms(word)
    return found


def _word_terms(word: str) -> list[str]:
    whole = word.replace(",", "")
    parts = [part.replace(",", "") for part in _PART.findall(word)]
    return [whole, *parts] if len(parts) > 1 else [whole]


def matched_words(question: str, text: str) -> tuple[str, ...]:
    """Return the longest runs of `question` that stand in `text`, in the order of the question.

    A run is two or more Han characters, or a word, or a number; single characters match too often to explain anything.
    """
    asked, folded = fold(question), fold(text)
    found: list[str] = []
    for run in _HAN_RUN.finditer(asked):
        at = run.start()
        while at + 2 <= run.end():
            end = at + 2
            if asked[at:end] not in folded:
                at += 1
                continue
            while end < run.end() and asked[at : end + 1] in folded:
                end += 1
            found.append(question[at:end])
            at = end
    present = set(terms(_HAN_RUN.sub(" ", folded)))
    found += [question[w.start() : w.end()] for w in _WORD.finditer(asked) if w[0].replace(",", "") in present]
    return tuple(dict.fromkeys(found))


class Vocabulary(Sequence[bytes]):
    """Sorted terms in one blob of bytes; a term is cut out only when it is looked at."""

    __slots__ = ("_blob", "_ends", "_found", "_signposts")

    def __init__(self, blob: Buffer, ends: NDArray[np.int64]) -> None:
        """Take the UTF-8 terms end to end and where each ends."""
        self._blob = memoryview(blob)
        self._ends = ends
        self._signposts: list[bytes] | None = None  # each `_STEP`th term, for most of a search not to leave C
        self._found: dict[str, int] = {}

    @classmethod
    def of(cls, sorted_terms: Sequence[str]) -> Vocabulary:
        """Return the vocabulary of terms that are distinct and in order of code points, which is the order of bytes."""
        encoded = [term.encode() for term in sorted_terms]
        return cls(b"".join(encoded), np.cumsum([len(term) for term in encoded], dtype=np.int64))

    @property
    def blob(self) -> Buffer:
        return self._blob

    @property
    def ends(self) -> NDArray[np.int64]:
        return self._ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # only integers: bisect asks for nothing else
        begin = int(self._ends[at - 1]) if at else 0
        return bytes(self._blob[begin : int(self._ends[at])])

    def find(self, term: str) -> int:
        """Return the row of `term`, or -1. Some thousands of answers are remembered."""
        found = self._found.get(term)
        if found is None:
            found = self._search(term)
            if len(self._found) >= _REMEMBERED:
                self._found = {}
            self._found[term] = found
        return found

    def _search(self, term: str) -> int:
        wanted = term.encode("utf-8", "replace")
        if self._signposts is None:  # two threads may both read them; either's will do
            self._signposts = [self[row] for row in range(0, len(self), _STEP)]
        after = bisect_right(self._signposts, wanted) * _STEP
        at = bisect_left(self, wanted, max(0, after - _STEP), min(after, len(self)))
        return at if at < len(self) and self[at] == wanted else -1


@dataclass(frozen=True, slots=True)
class Postings:
    """Which text holds which term how often, in compressed rows.

    The postings of term t are `texts[starts[t]:starts[t+1]]`, rising, with as many `counts`; `lengths` are the terms of
    each text, repetitions counted.
    """

    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.counts) or self.starts[-1] != len(self.texts):
            raise ValueError("postings do not fit together")


class LexicalIndex:
    """BM25 over a fixed list of texts. Immutable: any number of threads may read."""

    __slots__ = ("_b", "_k1", "_norms", "_postings", "_vocabulary")

    def __init__(self, vocabulary: Vocabulary, postings: Postings, k1: float = K1, b: float = B) -> None:
        if len(postings.starts) != len(vocabulary) + 1:
            raise ValueError(f"{len(vocabulary)} terms but postings for {len(postings.starts) - 1}")
        self._vocabulary = vocabulary
        self._postings = postings
        self._k1 = k1
        self._b = b
        lengths = postings.lengths.astype(np.float32)
        mean = float(lengths.mean()) if len(lengths) else 1.0
        self._norms = np.float32(k1) * (1 - b + b * lengths / np.float32(mean or 1.0)).astype(np.float32)

    def __len__(self) -> int:
        return len(self._postings.lengths)

    @property
    def vocabulary(self) -> Vocabulary:
        return self._vocabulary

    @property
    def postings(self) -> Postings:
        return self._postings

    def frequency(self, term: str) -> int:
        """Return how many texts hold `term` (already folded)."""
        at = self._vocabulary.find(term)
        return self._frequency(at) if at >= 0 else 0

    def idf(self, term: str) -> float:
        """Return the weight of `term` (already folded): rare is heavy, ≥ 0. A term of no text weighs most."""
        return self._idf(self.frequency(term))

    def best_possible(self, question_terms: Sequence[str]) -> float:
        """Return what a text would score that repeats every term of the question for ever: the bound of `scores`."""
        return (self._k1 + 1) * sum(self.idf(term) for term in set(question_terms))

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 of every text, shape (len(self),). A term asked twice counts once."""
        scores = np.zeros(len(self), dtype=np.float32)
        for weight, texts, counts in self._asked(question_terms):
            self._add(scores, weight, texts, counts)
        return scores

    def scores_of(self, question_terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the BM25 of the texts in `rows`, in that order: what `scores` gives them, to the bit."""
        scores = np.zeros(len(rows), dtype=np.float32)
        norms = self._norms[rows]
        for weight, texts, counts in self._asked(question_terms):
            at = np.minimum(np.searchsorted(texts, rows.astype(np.int32)), len(texts) - 1)
            there = np.flatnonzero(texts[at] == rows)
            held = counts[at[there]].astype(np.float32)
            scores[there] += weight * held / (held + norms[there])
        return scores

    def rows_with(self, question_terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the rows of the texts that hold every one of the terms, rising; none for no term."""
        held = sorted((texts for _, texts, _ in self._asked(question_terms)), key=len)
        if not held or len(held) < len(set(question_terms)):
            return np.zeros(0, np.int32)
        rows = held[0]
        for texts in held[1:]:
            at = np.minimum(np.searchsorted(texts, rows), len(texts) - 1)
            rows = rows[texts[at] == rows]
        return rows

    def best(self, question_terms: Sequence[str], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and scores of the `k` best above zero, best first, equals by row.

        Rare words are read first. Where the postings of all words are more than can be read in a few milliseconds, the
        common ones are looked up for the texts alone that the rare ones like best: scores stay exact, and a text without
        any of the rarer words is not found.
        """
        asked = list(self._asked(question_terms))
        if sum(len(texts) for _, texts, _ in asked) <= _READ_AT_MOST:
            scores = self.scores(question_terms)
            rows = best_rows(scores, k)
            return rows, scores[rows]
        partial = np.zeros(len(self), dtype=np.float32)
        read = 0
        for weight, texts, counts in sorted(asked, key=lambda one: len(one[1])):
            read += len(texts)
            if read > _READ_AT_MOST and read > len(texts):
                break
            self._add(partial, weight, texts, counts)
        likely = np.sort(best_rows(partial, max(k, _COMPLETED)))
        scores = self.scores_of(question_terms, likely)
        order = np.lexsort((likely, -scores))[:k]
        return likely[order], scores[order]

    def within(self, kept: NDArray[np.bool_]) -> LexicalIndex:
        """Return what finds nothing but the texts that are `kept`, shape (len(self),); how rare a word is, all of them tell."""
        return _KeptWords(self, kept)

    def _add(
        self, scores: NDArray[np.float32], weight: np.float32, texts: NDArray[np.int32], counts: NDArray[np.uint16]
    ) -> None:
        held = counts.astype(np.float32)
        scores[texts] += weight * held / (held + self._norms[texts])

    def _asked(
        self, question_terms: Sequence[str]
    ) -> Iterator[tuple[np.float32, NDArray[np.int32], NDArray[np.uint16]]]:
        starts = self._postings.starts
        for term in sorted(set(question_terms)):  # sorted: float sums must not depend on the hash seed
            at = self._vocabulary.find(term)
            if at < 0 or starts[at] == starts[at + 1]:
                continue
            here = slice(int(starts[at]), int(starts[at + 1]))
            weight = np.float32((self._k1 + 1) * self._idf(self._frequency(at)))
            yield weight, self._postings.texts[here], self._postings.counts[here]

    def _frequency(self, at: int) -> int:
        return int(self._postings.starts[at + 1] - self._postings.starts[at])

    def _idf(self, frequency: int) -> float:
        return float(np.log1p((len(self) - frequency + 0.5) / (frequency + 0.5)))


class _KeptWords(LexicalIndex):
    """BM25 with the scores of some texts only."""

    __slots__ = ("_kept",)

    def __init__(self, whole: LexicalIndex, kept: NDArray[np.bool_]) -> None:
        super().__init__(whole.vocabulary, whole.postings)
        self._kept = kept

    def within(self, kept: NDArray[np.bool_]) -> LexicalIndex:
        return _KeptWords(self, self._kept & kept)

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = np.where(self._kept, super().scores(question_terms), np.float32(0))
        return found

    def scores_of(self, question_terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = np.where(self._kept[rows], super().scores_of(question_terms, rows), np.float32(0))
        return found

    def best(self, question_terms: Sequence[str], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        scores = self.scores(question_terms)
        rows = best_rows(scores, k)
        return rows, scores[rows]


def best_rows(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the rows of the `k` highest scores above zero, best first, equals by row."""
    held = np.flatnonzero(scores > 0)
    if len(held) > k:
        kept = scores[held]
        held = held[kept >= np.partition(kept, len(held) - k)[len(held) - k]]
    return held[np.lexsort((held, -scores[held]))][:k].astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What some texts hold: a run for every term, keys rising, and in each run the texts that hold it, rising."""

    keys: NDArray[np.uint64]
    runs: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint16]


def count_terms(texts: Sequence[str]) -> tuple[list[str], Postings]:
    """Return the sorted terms of `texts` and where each stands; the same as counting `terms(text)` text by text."""
    words: dict[str, int] = {}
    lengths = np.zeros(len(texts), dtype=np.int32)
    batches = [_counted(batch, first, words, lengths) for first, batch in _batches(texts)]
    keys = np.unique(np.concatenate([batch.keys for batch in batches])) if batches else np.zeros(0, np.uint64)
    names, place = _named(keys, list(words))
    rows = [place[np.searchsorted(keys, batch.keys)] for batch in batches]
    sizes = np.zeros(len(names), dtype=np.int64)
    for row, batch in zip(rows, batches, strict=True):
        sizes[row] += batch.runs
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    postings = Postings(starts, np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint16), lengths)
    free = starts[:-1].copy()
    for row in rows:
        batch = batches.pop(0)  # let go of as it is written: the largest corpora would not fit twice
        before = np.cumsum(batch.runs) - batch.runs
        at = np.repeat(free[row] - before, batch.runs) + np.arange(len(batch.texts))
        postings.texts[at], postings.counts[at] = batch.texts, batch.counts
        free[row] += batch.runs
    return names, postings


def count_asked(texts: Sequence[str], asked: Sequence[str]) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Return how often each text holds each of the (folded) terms asked for, and how many terms each text has."""
    words: dict[str, int] = {}
    keys, owners = _batch_terms(texts, words) if texts else (np.zeros(0, np.uint64), np.zeros(0, np.int64))
    lengths = np.bincount(owners, minlength=len(texts))
    found = []
    for term in asked:
        points = [ord(character) for character in term]
        if term in words:
            key = _WORD_FLAG + words[term]
        else:
            key = (points[0] << 21 | (points[1] if len(points) == 2 else 0)) if len(points) in (1, 2) else 0
        found.append(np.bincount(owners[keys == np.uint64(key)], minlength=len(texts)))
    return found, lengths


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    first = size = 0
    for at, text in enumerate(texts):
        size += len(text) + 1
        if size >= _BATCH:
            yield first, texts[first : at + 1]
            first, size = at + 1, 0
    if first < len(texts):
        yield first, texts[first:]


def _counted(texts: Sequence[str], first: int, words: dict[str, int], lengths: NDArray[np.int32]) -> _Batch:
    """Count the terms of `texts`, the rows from `first` on; `words` and `lengths` grow by what is new."""
    keys, owners = _batch_terms(texts, words)
    lengths[first : first + len(texts)] = np.bincount(owners, minlength=len(texts))
    both = np.sort(
        (keys << _OWNER_BITS) | owners.astype(np.uint64)
    )  # one number each: sorted ten times as fast as pairs
    if not len(both):
        return _Batch(both, np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint16))
    at = np.flatnonzero(np.concatenate([[True], both[1:] != both[:-1]]))
    counts = np.minimum(np.diff(np.append(at, len(both))), 65535).astype(np.uint16)
    both = both[at]
    keys = both >> _OWNER_BITS
    begin = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    texts_of = (both & ((np.uint64(1) << _OWNER_BITS) - np.uint64(1))).astype(np.int32) + np.int32(first)
    return _Batch(keys[begin], np.diff(np.append(begin, len(keys))), texts_of, counts)


def _batch_terms(texts: Sequence[str], words: dict[str, int]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a key and an owner for every term of `texts`, repetitions included; `words` grows by the new ones.

    The key of a Han character or pair is its code points, in the order of the terms; a word's is its number in `words`.
    """
    folded = fold("\0".join(texts))  # fold keeps length, so the borders are those of the texts
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])[: len(codes)]
    han = np.zeros(len(codes), dtype=bool)
    for low, high in _HAN_RANGES:
        han |= (codes >= low) & (codes <= high)
    single = np.flatnonzero(han)
    pair = np.flatnonzero(han[:-1] & han[1:])
    word_keys: list[int] = []
    word_at: list[int] = []
    for word in _WORD.finditer(folded):
        for term in _word_terms(word[0]):
            word_keys.append(_WORD_FLAG + words.setdefault(term, len(words)))
            word_at.append(word.start())
    keys = codes << _CODE_BITS
    found = [keys[single], keys[pair] | codes[pair + 1], np.array(word_keys, dtype=np.uint64)]
    at = [single, pair, np.array(word_at, dtype=np.int64)]
    return np.concatenate(found), owner[np.concatenate(at)]


def _named(keys: NDArray[np.uint64], words: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the sorted terms and the row of each of the rising `keys` among them."""
    border = int(np.searchsorted(keys, np.uint64(_WORD_FLAG)))
    pairs = np.stack([keys[:border] >> _CODE_BITS, keys[:border] & np.uint64((1 << 21) - 1)], axis=1)
    han: list[str] = pairs.astype(np.uint32).view("U2").ravel().tolist()
    names = han + [words[int(key) - _WORD_FLAG] for key in keys[border:]]
    by_name = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[by_name] = np.arange(len(names))
    return [names[at] for at in by_name], place
