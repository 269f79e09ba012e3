"""BM25 over Chinese: every Han character and every pair of neighbours, Latin words and numbers whole.

Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with the idf of Lucene,
which is never negative. Nothing here keeps a Python object per term: an index of a million postings is five arrays.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from index.search.columns import Column, NewColumn

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
_MERGED = 1 << 22  # postings that are put in order at once
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
class TermCounts:
    """Terms and what `Postings` holds of them, for texts that may be too many for memory."""

    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    texts: Column
    counts: Column
    lengths: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What some texts at a time hold: a run for every term, keys rising, and in each run the texts that hold it, rising.

    Part n has the rows of `keys` and `runs` from `terms[n]` to `terms[n + 1]`, and those of `texts` and `counts` from
    `postings[n]` to `postings[n + 1]`.
    """

    keys: Column
    runs: Column
    texts: Column
    counts: Column
    terms: list[int]
    postings: list[int]

    def __len__(self) -> int:
        return len(self.terms) - 1

    def of(self, column: Column, part: int) -> NDArray[Any]:
        """Return what `column` has of each term of a part."""
        return column[self.terms[part] : self.terms[part + 1]]

    def add(self, keys: NDArray[np.uint64], owners: NDArray[np.int64], first: int) -> None:
        """Count the terms of the texts from row `first` on."""
        both = np.sort(
            (keys << _OWNER_BITS) | owners.astype(np.uint64)
        )  # one number each: sorted ten times as fast as pairs
        at = _begins(both)
        counts = np.minimum(np.diff(np.append(at, len(both))), 65535).astype(np.uint16)
        both = both[at]
        keys = both >> _OWNER_BITS
        begin = _begins(keys)
        texts = (both & ((np.uint64(1) << _OWNER_BITS) - np.uint64(1))).astype(np.int32) + np.int32(first)
        self.keys.append(keys[begin])
        self.runs.append(np.diff(np.append(begin, len(keys))).astype(np.int32))
        self.texts.append(texts)
        self.counts.append(counts)
        self.terms.append(len(self.keys))
        self.postings.append(len(self.texts))


def _begins(rising: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return where each value of sorted numbers is first."""
    return np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]])) if len(rising) else np.zeros(0, np.int64)


def count_terms(texts: Sequence[str]) -> tuple[Vocabulary, Postings]:
    """Return the terms of `texts` and where each stands; the same as counting `terms(text)` text by text."""
    counted = count_terms_apart(texts, Column)
    return counted.vocabulary, Postings(counted.starts, counted.texts[:], counted.counts[:], counted.lengths)


def count_terms_apart(texts: Sequence[str], column: NewColumn) -> TermCounts:
    """Return the terms of `texts`: counted part by part, then put in order some terms at a time."""
    words: dict[str, int] = {}
    lengths = np.zeros(len(texts), dtype=np.int32)
    parts = _Parts(column(np.uint64), column(np.int32), column(np.int32), column(np.uint16), [0], [0])
    for first, batch in _batches(texts):
        found, owners = _batch_terms(batch, words)
        lengths[first : first + len(batch)] = np.bincount(owners, minlength=len(batch))
        parts.add(found, owners, first)
    keys = np.zeros(0, np.uint64)
    for some in parts.keys.chunks():
        both = np.sort(np.concatenate([keys, some]))
        keys = both[_begins(both)]
    vocabulary, place = _spelled(keys, list(words))
    rows = column(np.int32)
    sizes = np.zeros(len(keys), dtype=np.int64)
    for part in range(len(parts)):
        row = place[np.searchsorted(keys, parts.of(parts.keys, part))]
        sizes[row] += parts.of(parts.runs, part)
        rows.append(row.astype(np.int32))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    counted = TermCounts(vocabulary, starts, column(np.int32), column(np.uint16), lengths)
    borders = np.searchsorted(starts, np.arange(0, starts[-1], _MERGED)).tolist()
    for low, high in pairwise(sorted({*borders, len(keys)})):
        _merge(parts, rows, low, high, counted)
    for one in (parts.keys, parts.runs, parts.texts, parts.counts, rows):
        one.clear()
    return counted


def _merge(parts: _Parts, rows: Column, low: int, high: int, into: TermCounts) -> None:
    """Add the postings of the terms in the rows from `low` to `high`: those of the first part first, so that texts rise."""
    free = into.starts[low:high] - into.starts[low]
    texts = np.empty(into.starts[high] - into.starts[low], np.int32)
    counts = np.empty(len(texts), np.uint16)
    for part in range(len(parts)):
        row, runs = parts.of(rows, part), parts.of(parts.runs, part)
        wanted = (row >= low) & (row < high)
        some = np.flatnonzero(wanted)
        if not len(some):
            continue
        near = slice(some[0], some[-1] + 1)  # words of letters alone do not lie together
        begin = parts.postings[part] + int(runs[: near.start].sum(dtype=np.int64))
        read = slice(begin, begin + int(runs[near].sum(dtype=np.int64)))
        own = np.repeat(wanted[near], runs[near])
        row, runs = row[some] - low, runs[some].astype(np.int64)
        at = np.repeat(free[row] - (np.cumsum(runs) - runs), runs) + np.arange(int(runs.sum()))
        texts[at], counts[at] = parts.texts[read][own], parts.counts[read][own]
        free[row] += runs
    into.texts.append(texts)
    into.counts.append(counts)


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


def _spelled(keys: NDArray[np.uint64], words: Sequence[str]) -> tuple[Vocabulary, NDArray[np.int64]]:
    """Return the terms and the row of each of the rising `keys` among them.

    Only words are strings here. The keys of Han terms rise as the terms do, and no word begins with a Han character.
    """
    border = int(np.searchsorted(keys, np.uint64(_WORD_FLAG)))
    han = keys[:border]
    by_name = sorted(range(len(words)), key=words.__getitem__)
    firsts = np.array([ord(words[at][0]) for at in by_name], dtype=np.uint64)
    before = np.searchsorted(han, firsts << _CODE_BITS)  # Han terms before each word, rising
    place = np.empty(len(keys), dtype=np.int64)
    place[:border] = np.arange(border) + np.searchsorted(before, np.arange(border), side="right")
    place[border:][by_name] = before + np.arange(len(words))
    codes = np.stack([han >> _CODE_BITS, han & np.uint64((1 << 21) - 1)], axis=1).astype(np.uint32)
    blob, lengths, done = bytearray(), np.empty(len(keys), dtype=np.int64), 0
    sizes = np.where(codes == 0, 0, np.where(codes < 1 << 16, 3, 4)).sum(axis=1)  # bytes in UTF-8
    lengths[place[:border]] = sizes
    for at, group in groupby(zip(before.tolist(), by_name, strict=True), lambda one: one[0]):
        blob += _han(codes[done:at])
        for _, number in group:
            term = words[number].encode()
            lengths[place[border + number]] = len(term)
            blob += term
        done = at
    blob += _han(codes[done:])
    return Vocabulary(bytes(blob), np.cumsum(lengths)), place


def _han(codes: NDArray[np.uint32]) -> bytes:
    """Return characters end to end, zeros left out, in UTF-8."""
    return codes[codes > 0].astype("<u4").tobytes().decode("utf-32-le").encode()
