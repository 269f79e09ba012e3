"""The words of a corpus, counted: runs of Han characters, Latin words, names in full and in short.

What a question is corrected and its names are found by (`rag.question.vocabulary`). Nothing here is a dictionary: every run
of up to four Han characters is counted as it stands in the articles. All of it is sums over articles, so that a few changed
articles change what they hold and no other article is read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from index.search.columns import Column, NewColumn
from index.search.lexical import Vocabulary

LONGEST = 4  # characters of a counted run: four codes of 16 bits fill one key
_LENGTHS = range(2, LONGEST + 1)
MANY = 4_000_000  # characters; of a corpus larger than this, runs of three and four that occur once are set aside
LATIN = re.compile(r"[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*")
_CALLED = re.compile(
    r"\(以?下简?称(?:为|作)?:?\"?(?P<short>[^\"()]{2,16})\"?\)|,简称(?:为|作)?\"?(?P<bare>[\u4e00-\u9fff]{2,8})\"?"
)
_FULL = re.compile(f"[\u4e00-\u9fff]{{2,12}}{any_of('corpus/full_names')}")
_HAN_TAIL = re.compile(r"[\u4e00-\u9fffa-z0-9]{3,24}$")
_CODES = 1 << 16
_AT_ONCE = 1 << 21  # characters that are looked at, and runs that are sorted, at once; bounds the memory of a build

Keys = NDArray[np.uint64]
Counts = NDArray[np.int32]


class CountedWords(Mapping[str, int]):
    """Words and how often each occurs: sorted, in one blob of bytes; looked up without being decoded."""

    __slots__ = ("_vocabulary", "often")

    def __init__(self, vocabulary: Vocabulary, often: Counts) -> None:
        if len(vocabulary) != len(often):
            raise ValueError(f"{len(vocabulary)} words but {len(often)} counts")
        self._vocabulary = vocabulary
        self.often = often

    @classmethod
    def of(cls, counted: Mapping[str, int]) -> CountedWords:
        """Take words and their counts, none of them zero."""
        words = sorted(counted)
        often = np.fromiter((counted[word] for word in words), np.int32, len(words))
        return cls(Vocabulary.of(words), often)

    def __getitem__(self, word: str) -> int:
        at = self._vocabulary.find(word)
        if at < 0:
            raise KeyError(word)
        return int(self.often[at])

    def __iter__(self) -> Iterator[str]:
        return iter(cut(self.arrays()[1], self.arrays()[0]))

    def __len__(self) -> int:
        return len(self._vocabulary)

    def word(self, at: int) -> str:
        """Return the word in row `at`."""
        return str(self._vocabulary[at], "utf-8")

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.uint8], Counts]:
        """Return where each word ends, the words end to end, and the counts."""
        return self._vocabulary.ends, np.frombuffer(self._vocabulary.blob, dtype=np.uint8), self.often

    def changed(self, by: Mapping[str, int]) -> CountedWords:
        """Return the sum of both; what comes to zero is gone."""
        often = self.often.copy()
        fresh: list[tuple[int, bytes, int]] = []
        for word in sorted(by):
            term = word.encode()
            at = bisect_left(self._vocabulary, term)
            if at < len(self) and self._vocabulary[at] == term:
                often[at] += by[word]
            else:
                fresh.append((at, term, by[word]))
        ends, blob, _ = self.arrays()
        lengths = np.diff(ends, prepend=0)
        kept = often > 0
        rows = [at for at, _, _ in fresh]
        pieces: list[NDArray[np.uint8]] = []
        begin = 0
        for at, term, _ in fresh:
            end = int(ends[at - 1]) if at else 0
            pieces += [blob[begin:end], np.frombuffer(term, np.uint8)]
            begin = end
        spelled = np.concatenate([*pieces, blob[begin:]])
        lengths = np.insert(lengths, rows, [len(term) for _, term, _ in fresh]) if fresh else lengths
        often = np.insert(often, rows, [times for _, _, times in fresh]) if fresh else often
        kept = np.insert(kept, rows, True) if fresh else kept
        spelled = spelled[np.repeat(kept, lengths)]
        return CountedWords(Vocabulary(spelled.data, np.cumsum(lengths[kept])), often[kept])


def cut(blob: NDArray[np.uint8], ends: NDArray[np.int64]) -> list[str]:
    """Return the words that lie end to end in `blob`."""
    held = blob.tobytes()
    return [held[begin:end].decode() for begin, end in pairwise([0, *ends.tolist()])]


@dataclass(frozen=True, slots=True)
class WordCounts:
    """What some articles say, as counts. Immutable; any number of threads may read it.

    `characters[code]` counts single Han characters of the basic plane. `keys[n]` are the sorted codes of the runs of n of
    them (2 to 4), `counts[n]` how often each occurs; those that a large corpus has once are in `once[n]` instead.
    `latin` counts words in Latin letters, `names` those that end as an organisation or a place does, both folded.
    `introduced` are triples (row of the article, full, short) where one introduces a short name: X(以下简称“Y”).
    """

    characters: Counts
    keys: Mapping[int, Keys]
    counts: Mapping[int, Counts]
    once: Mapping[int, Keys]
    latin: CountedWords
    names: CountedWords
    introduced: tuple[tuple[int, str, str], ...]

    @property
    def size(self) -> int:
        """Return the number of Han characters."""
        return int(self.characters.sum())

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Return what `from_arrays` takes, the widest numbers first: numpy searches what is not aligned by copying it."""
        return _arranged(self.characters, self.keys, self.counts, self.once, self.latin, self.names, self.introduced)

    @classmethod
    def from_arrays(cls, arrays: Sequence[NDArray[Any]]) -> WordCounts:
        """Return what `arrays` was made of; nothing is copied but single characters. Raises ValueError."""
        *keys, latin_ends, name_ends, said_ends = arrays[:9]
        *counts, latin_often, name_often, held, often, rows = arrays[9:17]
        latin, names, said = arrays[17:]
        characters = np.zeros(_CODES, dtype=np.int32)
        characters[held] = often
        pairs = cut(said, said_ends)
        return cls(
            characters,
            dict(zip(_LENGTHS, keys[:3], strict=True)),
            dict(zip(_LENGTHS, counts, strict=True)),
            dict(zip(_LENGTHS, keys[3:], strict=True)),
            CountedWords(Vocabulary(latin.data, latin_ends), latin_often),
            CountedWords(Vocabulary(names.data, name_ends), name_often),
            tuple(zip(rows.tolist(), pairs[::2], pairs[1::2], strict=True)),
        )

    def changed(self, gone: WordCounts, come: WordCounts, moved: Callable[[int], int]) -> WordCounts:
        """Return the counts without the articles of `gone` and with those of `come`, as if all had been counted anew.

        `moved` gives the new row of an article of before, -1 when it is gone; `come.introduced` has new rows already.
        """
        characters = self.characters - gone.characters + come.characters
        large = characters.sum() > MANY
        keys, counts, once = {}, {}, {}
        for length in _LENGTHS:
            held = _sum((self, gone, come), length)
            keys[length], counts[length], once[length] = _set_aside(*held, length, large)
        kept = [(moved(row), full, short) for row, full, short in self.introduced if moved(row) >= 0]
        return WordCounts(
            characters,
            keys,
            counts,
            once,
            self.latin.changed(_difference(come.latin, gone.latin)),
            self.names.changed(_difference(come.names, gone.names)),
            tuple(sorted([*kept, *come.introduced], key=lambda one: one[0])),
        )


def _arranged(
    characters: Counts,
    keys: Mapping[int, Any],
    counts: Mapping[int, Any],
    once: Mapping[int, Any],
    latin: CountedWords,
    names: CountedWords,
    introduced: Sequence[tuple[int, str, str]],
) -> tuple[Any, ...]:
    held = np.flatnonzero(characters)
    (latin_ends, latin_blob, latin_often), (name_ends, name_blob, name_often) = latin.arrays(), names.arrays()
    said = [word.encode() for _, *pair in introduced for word in pair]
    return (
        *(keys[length] for length in _LENGTHS),
        *(once[length] for length in _LENGTHS),
        latin_ends,
        name_ends,
        np.cumsum([len(word) for word in said], dtype=np.int64),
        *(counts[length] for length in _LENGTHS),
        latin_often,
        name_often,
        held.astype(np.int32),
        characters[held],
        np.array([row for row, _, _ in introduced], dtype=np.int32),
        latin_blob,
        name_blob,
        np.frombuffer(b"".join(said), dtype=np.uint8),
    )


def count_words(texts: Iterable[str], rows: Iterable[int] | None = None) -> WordCounts:
    """Count the words of articles; `rows` number them, from 0 by default. A third of a second for a million characters."""
    characters, *columns, latin, names, introduced = _tallied(texts, count() if rows is None else rows, Column)
    keys, counts, once = ({length: column[:] for length, column in one.items()} for one in columns)
    return WordCounts(characters, keys, counts, once, latin, names, introduced)


def count_words_apart(texts: Iterable[str], column: NewColumn) -> tuple[NDArray[Any] | Column, ...]:
    """Return the `arrays` of the words of articles that may be too many for memory."""
    return _arranged(*_tallied(texts, count(), column))


def _tallied(texts: Iterable[str], rows: Iterable[int], column: NewColumn) -> tuple[Any, ...]:
    """Return the fields of `WordCounts`, keys and counts as columns."""
    codes = column(np.uint16)
    characters = np.zeros(_CODES, dtype=np.int64)
    latin: Counter[str] = Counter()
    names: Counter[str] = Counter()
    introduced: list[tuple[int, str, str]] = []
    apart = np.zeros(1, np.uint16)
    waiting = [apart]
    size = 0
    for row, text in zip(rows, texts, strict=False):
        folded = fold(text)
        waiting += [han_codes(folded), apart]
        if (size := size + len(folded)) >= _AT_ONCE:
            _count_characters(waiting, characters, codes)
            waiting, size = [], 0
        latin.update(word for word in LATIN.findall(folded) if len(word) > 1)
        names.update(_FULL.findall(folded))
        introduced += [(row, *pair) for pair in _introduced(folded)]
    _count_characters([*waiting, *[apart] * LONGEST], characters, codes)
    characters[0] = 0
    keys, counts, once = ({n: column(dtype) for n in _LENGTHS} for dtype in (np.uint64, np.int32, np.uint64))
    large = characters.sum() > MANY
    for runs in _runs(codes, characters):
        for length in _LENGTHS:
            kept, times, aside = _set_aside(*_distinct(runs, length), length, large)
            keys[length].append(kept)
            counts[length].append(times)
            once[length].append(aside)
    codes.clear()
    counted = (CountedWords.of(latin), CountedWords.of(names))
    return characters.astype(np.int32), keys, counts, once, *counted, tuple(introduced)


def _count_characters(codes: Sequence[NDArray[np.uint16]], characters: NDArray[np.int64], into: Column) -> None:
    joined = np.concatenate(codes)
    characters += np.bincount(joined, minlength=_CODES)
    into.append(joined)


def _runs(codes: Column, characters: NDArray[np.int64]) -> Iterator[Keys]:
    """Yield the sorted keys of `LONGEST` codes from each Han character on, those of some first characters at a time."""
    ends = np.cumsum(characters) // _AT_ONCE
    borders = [1, *(np.flatnonzero(np.diff(ends)) + 1).tolist(), _CODES]
    for low, high in pairwise(borders):
        found = [np.zeros(0, np.uint64)]
        for first in range(0, len(codes), _AT_ONCE):
            some = codes[first : first + _AT_ONCE + LONGEST - 1]
            begins = some[: min(_AT_ONCE, len(some) - LONGEST + 1)]
            found.append(_runs_at(some, np.flatnonzero((begins >= low) & (begins < high)), LONGEST)[0])
        joined = np.concatenate(found)
        joined.sort()
        yield joined


def _distinct(runs: Keys, length: int) -> tuple[Keys, Counts]:
    """Return the first `length` codes of sorted runs, those that are Han throughout, and how often each occurs."""
    found = runs >> np.uint64(16 * (LONGEST - length))
    whole = np.ones(len(found), dtype=bool)
    for step in range(length):
        whole &= (found >> np.uint64(16 * step)) & np.uint64(_CODES - 1) > 0
    found = found[whole]
    begin = np.flatnonzero(np.diff(found, prepend=np.uint64(0)))
    return found[begin], np.diff(begin, append=len(found)).astype(np.int32)


def han_codes(folded: str) -> NDArray[np.uint16]:
    """Return the code of each Han character of the basic plane, 0 for anything else."""
    codes = np.frombuffer(folded.encode("utf-32-le", "replace"), dtype=np.uint32)
    han = ((codes >= 0x4E00) & (codes <= 0x9FFF)) | ((codes >= 0x3400) & (codes <= 0x4DBF)) | (codes == 0x3007)
    return np.where(han, codes, 0).astype(np.uint16)


def all_runs(codes: NDArray[np.uint16], length: int) -> tuple[Keys, NDArray[np.bool_]]:
    """Return the key of every run of `length` characters, and which of them are Han throughout."""
    return _runs_at(codes, np.arange(max(0, len(codes) - length + 1)), length)


def _runs_at(codes: NDArray[np.uint16], at: NDArray[np.int64], length: int) -> tuple[Keys, NDArray[np.bool_]]:
    keys = np.zeros(len(at), dtype=np.uint64)
    whole = np.ones(len(at), dtype=bool)
    for step in range(length):
        part = codes[at + step]
        keys = (keys << np.uint64(16)) | part
        whole &= part > 0
    return keys, whole


def _set_aside(keys: Keys, counts: Counts, length: int, large: bool) -> tuple[Keys, Counts, Keys]:
    """Return the runs that are looked at, their counts, and those that are not because a large corpus has them once."""
    if not large or length == 2:
        return keys, counts, np.zeros(0, np.uint64)
    often = counts > 1
    return keys[often], counts[often], keys[~often]


def _sum(counted: tuple[WordCounts, WordCounts, WordCounts], length: int) -> tuple[Keys, Counts]:
    """Return the runs of the first without those of the second and with those of the third."""
    before, gone, come = (_whole(one, length) for one in counted)
    by, where = np.unique(np.concatenate([gone[0], come[0]]), return_inverse=True)
    change = np.zeros(len(by), dtype=np.int32)
    np.add.at(change, where, np.concatenate([-gone[1], come[1]]))
    return _added(*before, by, change)


def _whole(counted: WordCounts, length: int) -> tuple[Keys, Counts]:
    """Return all runs of `length` characters, those that were set aside in their places."""
    once = counted.once[length]
    if not len(once):
        return counted.keys[length], counted.counts[length]
    return _added(counted.keys[length], counted.counts[length], once, np.ones(len(once), np.int32))


def _added(keys: Keys, counts: Counts, by: Keys, change: Counts) -> tuple[Keys, Counts]:
    """Return sorted keys and their counts with `change` for the sorted keys `by`; what comes to zero is gone."""
    at = keys.searchsorted(by)
    there = keys[np.minimum(at, len(keys) - 1)] == by if len(keys) else np.zeros(len(by), dtype=bool)
    summed = counts.copy()
    summed[at[there]] += change[there]
    keys, summed = np.insert(keys, at[~there], by[~there]), np.insert(summed, at[~there], change[~there])
    held = summed > 0
    return (keys, summed) if held.all() else (keys[held], summed[held])


def _difference(come: Mapping[str, int], gone: Mapping[str, int]) -> Counter[str]:
    found = Counter(dict(come))
    found.subtract(dict(gone))
    return Counter({word: times for word, times in found.items() if times})


def _introduced(folded: str) -> Iterator[tuple[str, str]]:
    """Yield (full, short) as an article introduces them; the full name is what stands before the bracket."""
    for found in _CALLED.finditer(folded):
        short = found.group("short") or found.group("bare")
        before = _HAN_TAIL.search(folded, max(0, found.start() - 24), found.start())
        if before and (full := full_name(before.group(), short)):
            yield full, short


def full_name(text: str, short: str) -> str:
    """Return the shortest end of `text` that holds the characters of `short` in order, or an empty string."""
    at = len(text)
    for character in reversed(short):
        at = text.rfind(character, 0, at)
        if at < 0:
            return ""
    return text[at:] if len(text) - at > len(short) else ""
