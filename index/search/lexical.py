"""BM25 over Chinese: every Han character and every pair of neighbours, Latin words and numbers whole.

Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with the idf of Lucene,
which is never negative. Nothing here keeps a Python object per term: an index of a million postings is five arrays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold

K1 = 1.2
B = 0.75

_HAN = "〇\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_WORD = re.compile(f"(?:[^\\W_{_HAN}]|(?<=\\d)[.,](?=\\d))+")
_PART = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d]+")
_HAN_RANGES = (
    (0x3007, 0x3007), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_CODE_BITS = np.uint64(21)
_WORD_FLAG = 1 << 63
_BATCH = 1 << 20  # characters that are tokenised at once; bounds the memory of a build


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

    __slots__ = ("_blob", "_ends")

    def __init__(self, blob: bytes, ends: NDArray[np.int64]) -> None:
        """Take the UTF-8 terms end to end and where each ends."""
        self._blob = blob
        self._ends = ends

    @classmethod
    def of(cls, sorted_terms: Sequence[str]) -> Vocabulary:
        """Return the vocabulary of terms that are distinct and in order of code points, which is the order of bytes."""
        encoded = [term.encode() for term in sorted_terms]
        return cls(b"".join(encoded), np.cumsum([len(term) for term in encoded], dtype=np.int64))

    @property
    def blob(self) -> bytes:
        return self._blob

    @property
    def ends(self) -> NDArray[np.int64]:
        return self._ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # only integers: bisect asks for nothing else
        begin = int(self._ends[at - 1]) if at else 0
        return self._blob[begin : int(self._ends[at])]

    def find(self, term: str) -> int:
        """Return the row of `term`, or -1."""
        wanted = term.encode("utf-8", "replace")
        at = bisect_left(self, wanted)
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
            held = counts.astype(np.float32)
            scores[texts] += weight * held / (held + self._norms[texts])
        return scores

    def scores_of(self, question_terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the BM25 of the texts in `rows`, in that order."""
        scores: NDArray[np.float32] = self.scores(question_terms)[rows]
        return scores

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


def count_terms(texts: Sequence[str]) -> tuple[list[str], Postings]:
    """Return the sorted terms of `texts` and where each stands; the same as counting `terms(text)` text by text."""
    words: dict[str, int] = {}
    keys: list[NDArray[np.uint64]] = []
    owners: list[NDArray[np.int32]] = []
    counts: list[NDArray[np.uint16]] = []
    lengths = np.zeros(len(texts), dtype=np.int32)
    for first, batch in _batches(texts):
        batch_keys, batch_owners = _batch_terms(batch, words)
        lengths[first : first + len(batch)] = np.bincount(batch_owners, minlength=len(batch))
        order = np.lexsort((batch_owners, batch_keys))
        batch_keys, batch_owners = batch_keys[order], batch_owners[order]
        new = np.ones(len(batch_keys), dtype=bool)
        new[1:] = (batch_keys[1:] != batch_keys[:-1]) | (batch_owners[1:] != batch_owners[:-1])
        at = np.flatnonzero(new)
        keys.append(batch_keys[at])
        owners.append((batch_owners[at] + first).astype(np.int32))
        counts.append(np.minimum(np.diff(np.append(at, len(batch_keys))), 65535).astype(np.uint16))
    if not keys:
        return [], Postings(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint16), lengths)
    return _merge(np.concatenate(keys), np.concatenate(owners), np.concatenate(counts), lengths, words)


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    first = size = 0
    for at, text in enumerate(texts):
        size += len(text)
        if size >= _BATCH:
            yield first, texts[first : at + 1]
            first, size = at + 1, 0
    if first < len(texts):
        yield first, texts[first:]


def _batch_terms(texts: Sequence[str], words: dict[str, int]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a key and an owner for every term of `texts`, repetitions included; `words` grows by the new ones.

    A Han character or pair is its own key; a word's key is its number in `words`.
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
    found = [codes[single], (codes[pair] << _CODE_BITS) | codes[pair + 1], np.array(word_keys, dtype=np.uint64)]
    at = [single, pair, np.array(word_at, dtype=np.int64)]
    return np.concatenate(found), owner[np.concatenate(at)]


def _merge(
    keys: NDArray[np.uint64],
    owners: NDArray[np.int32],
    counts: NDArray[np.uint16],
    lengths: NDArray[np.int32],
    words: dict[str, int],
) -> tuple[list[str], Postings]:
    spelled = list(words)
    distinct, inverse = np.unique(keys, return_inverse=True)
    names = [_spell(int(key), spelled) for key in distinct]
    by_name = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[by_name] = np.arange(len(names))
    rows = place[inverse]
    order = np.lexsort((owners, rows))
    starts = np.zeros(len(names) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=len(names)), out=starts[1:])
    return [names[at] for at in by_name], Postings(starts, owners[order], counts[order], lengths)


def _spell(key: int, words: Sequence[str]) -> str:
    if key >= _WORD_FLAG:
        return words[key - _WORD_FLAG]
    first, second = key >> 21, key & ((1 << 21) - 1)
    return chr(first) + chr(second) if first else chr(second)
