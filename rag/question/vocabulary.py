"""The words of a corpus: which runs of characters it holds, how often, and what it calls by two names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.search.words import LATIN, LONGEST, CountedWords, Keys, WordCounts, all_runs, count_words, han_codes

_NAMES_AT_MOST = 20_000
_NAMES_ONCE = 200_000  # characters; of a corpus larger than this, names that occur once are left out
_SHORTEST = 3  # characters: ends of names are longer
_STARTS = 9  # characters of a name that an end of it may begin at


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How often the corpus holds each run of one text: `table[n - 1][start]` for n characters from `start`."""

    table: tuple[list[int], ...]

    def count(self, start: int, end: int) -> int:
        """Return it for [start, end); of a run longer than four, the least of its parts of four; 0 when empty."""
        length = end - start
        if length <= 0:
            return 0
        if length <= LONGEST:
            return self.table[length - 1][start]
        return min(self.table[LONGEST - 1][start : end - LONGEST + 1])


class CorpusWords:
    """What the articles say, as counts. Any number of threads may read it.

    `keys[n]` are the sorted codes of the runs of n Han characters (2 to 4), `counts[n]` how often each occurs;
    `characters[code]` counts single characters of the basic plane. `latin` counts words in Latin letters, folded.
    `short_names` are pairs (full, short) that an article itself introduces: X(以下简称“Y”).
    """

    def __init__(self, counted: WordCounts) -> None:
        """Take what was counted, which may lie in a mapped file: what no question looks at is never read."""
        self.characters: NDArray[np.int32] = counted.characters
        self.keys: Mapping[int, Keys] = counted.keys
        self.counts: Mapping[int, NDArray[np.int32]] = counted.counts
        self.latin: Mapping[str, int] = counted.latin
        self.short_names = tuple(dict.fromkeys((full, short) for _, full, short in counted.introduced))
        self.size = counted.size
        self._names = counted.names

    @classmethod
    def of(cls, texts: Iterable[str]) -> CorpusWords:
        """Count the words of `texts`."""
        return cls(count_words(texts))

    def count(self, run: str) -> int:
        """Return how often a folded run of Han characters occurs; of a longer run, the least of its parts of four."""
        if not run:
            return 0
        if len(run) == 1:
            return int(self.characters[ord(run)]) if ord(run) < 1 << 16 else 0
        keys, whole = all_runs(han_codes(run), min(len(run), LONGEST))
        return int(self.counts_of(keys, min(len(run), LONGEST)).min()) if whole.all() else 0

    def other_names(self, name: str) -> list[str]:
        """Return the full names that a folded name shortens, and the short ones that stand for it."""
        fulls = [full for full, short in self.short_names if short == name]
        return fulls + [short for full, short in self.short_names if full == name]

    def name_for(self, short: str) -> str:
        """Return the commonest name whose words begin with the characters of `short`, or an empty string.

        Words are taken to have two characters, but for the last: 浙师大 is 浙江|师范|大学, 经开区 is 经济|技术|开发|区.
        """
        if len(short) < 2:
            return ""
        return next((name for name in self._initials.ends(short[:2]) if _stands_for(short, name)), "")

    @cached_property
    def _initials(self) -> _Initials:
        return _Initials.of(self._names, 2 if self.size > _NAMES_ONCE else 1)

    def sibling(self, name: str, noun: str) -> str:
        """Return the commonest other name of four characters that ends with `noun` of two, or an empty string.

        算力小镇 with 小镇 gives 艺尚小镇, if the corpus speaks of it at least three times.
        """
        if len(noun) != 2 or not all(character > "\u3400" for character in noun):
            return ""
        ending = np.uint64(ord(noun[0]) << 16 | ord(noun[1]))
        rows = np.flatnonzero((self.keys[LONGEST] & np.uint64(0xFFFFFFFF)) == ending)
        for row in rows[np.argsort(-self.counts[LONGEST][rows], kind="stable")].tolist():
            key = int(self.keys[LONGEST][row])
            other = chr(key >> 48) + chr(key >> 32 & 0xFFFF) + noun
            if self.counts[LONGEST][row] >= 3 and not name.endswith(other) and self._is_whole(other):
                return other
        return ""

    def _is_whole(self, run: str) -> bool:
        """Whether the first two characters of `run` mostly stand together: not the tail of one word and the head of another."""
        pair = self.count(run[:2])
        return 2 * pair >= min(self.count(run[0]), self.count(run[1]))

    def __contains__(self, run: str) -> bool:
        return self.count(run) > 0 if not LATIN.fullmatch(run) else run in self.latin

    def within(self, folded: str) -> RunCounts:
        """Return how often each run of a folded text occurs in the corpus: cheaper than asking run by run."""
        codes = han_codes(folded)
        table = [self.characters[codes].tolist()]
        for length in range(2, LONGEST + 1):
            if len(codes) < length:
                table.append([])
                continue
            keys, whole = all_runs(codes, length)
            table.append(np.where(whole, self.counts_of(keys, length), 0).tolist())
        return RunCounts(tuple(table))

    def counts_of(self, keys: Keys, length: int) -> NDArray[np.int32]:
        """Return how often each run of `length` characters occurs, shape of `keys`."""
        known = self.keys[length]
        if not len(known):
            return np.zeros(keys.shape, dtype=np.int32)
        at = known.searchsorted(keys)
        at[at == len(known)] = 0
        found: NDArray[np.int32] = self.counts[length][at] * (known[at] == keys)
        return found


class _Initials:
    """Names of organisations and places by the first characters of two of their words.

    The table holds, sorted, of each name (its row) each end from `start` on, under its first character and one of every
    second after it: two characters of 16 bits, then the row, then `start`.
    """

    def __init__(self, names: Sequence[str], often: Sequence[int]) -> None:
        self._names = names
        self._often = often
        lengths = np.array([len(name) for name in names], dtype=np.int64)
        longest = int(lengths.max(initial=1))
        codes = np.array(names, dtype=f"U{longest}").view(np.uint32).reshape(-1, longest).astype(np.uint64)
        found = [np.zeros(0, np.uint64)]
        for start in range(min(longest - _SHORTEST, _STARTS)):
            for other in range(start + 2, longest, 2):
                rows = np.flatnonzero((lengths > start + _SHORTEST) & (lengths > other))
                pairs = codes[rows, start] << np.uint64(48) | codes[rows, other] << np.uint64(32)
                found.append(pairs | rows.astype(np.uint64) << np.uint64(8) | np.uint64(start))
        self._table = np.sort(np.concatenate(found))

    @classmethod
    def of(cls, tally: CountedWords, least: int) -> _Initials:
        """Take the commonest of the names that occur at least so often."""
        rows = np.flatnonzero(tally.often >= least)
        rows = rows[np.argsort(-tally.often[rows], kind="stable")][:_NAMES_AT_MOST]
        return cls([tally.word(row) for row in rows.tolist()], tally.often[rows].tolist())

    def ends(self, pair: str) -> list[str]:
        """Return the ends of names for two initials, commonest first, then the shortest."""
        if max(pair) > "\uffff":
            return []
        low = ord(pair[0]) << 48 | ord(pair[1]) << 32
        begin, end = np.searchsorted(self._table, np.array([low, low + (1 << 32)], dtype=np.uint64))
        often: Counter[str] = Counter()
        for entry in self._table[begin:end].tolist():
            row = entry >> 8 & 0xFFFFFF
            often[self._names[row][entry & 0xFF :]] += self._often[row]
        return sorted(often, key=lambda name: (-often[name], len(name), name))


def _stands_for(short: str, name: str) -> bool:
    """Whether the characters of `short` begin words of `name`, in order, none of them far from the next."""
    if not len(short) + 2 <= len(name) <= 3 * len(short):
        return False
    at = -2
    for character in short:
        following = [i for i in range(at + 2, len(name), 2) if name[i] == character]
        if not following and character == name[-1] and at < len(name) - 1:
            following = [len(name) - 1]
        if not following or following[0] - at > 4:
            return False
        at = following[0]
    return at >= len(name) - 4
