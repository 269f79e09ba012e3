"""The words of a corpus: which runs of characters it holds, how often, and what it calls by two names.

Nothing here is a dictionary: every run of up to four Han characters is counted as it stands in the articles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.chinese.words import any_of

LONGEST = 4  # characters of a counted run: four codes of 16 bits fill one key
_MANY = 4_000_000  # characters; of a corpus larger than this, runs of three and four that occur once are forgotten
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*")
_CALLED = re.compile(
    r"\(以?下简?称(?:为|作)?:?\"?(?P<short>[^\"()]{2,16})\"?\)|,简称(?:为|作)?\"?(?P<bare>[\u4e00-\u9fff]{2,8})\"?"
)
_NAMES_AT_MOST = 20_000
_FULL = re.compile(f"[\u4e00-\u9fff]{{2,12}}{any_of('rag/full_names')}")
_HAN_TAIL = re.compile(r"[\u4e00-\u9fffa-z0-9]{3,24}$")

Keys = NDArray[np.uint64]


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


@dataclass(frozen=True, slots=True)
class CorpusWords:
    """What the articles say, as counts. Immutable; any number of threads may read it.

    `keys[n]` are the sorted codes of the runs of n Han characters (2 to 4), `counts[n]` how often each occurs;
    `characters[code]` counts single characters of the basic plane. `latin` counts words in Latin letters, folded.
    `short_names` are pairs (full, short) that an article itself introduces: X(以下简称“Y”).
    """

    characters: NDArray[np.int32]
    keys: Mapping[int, Keys]
    counts: Mapping[int, NDArray[np.int32]]
    latin: Mapping[str, int]
    short_names: tuple[tuple[str, str], ...] = ()
    size: int = 0
    _by_initials: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> CorpusWords:
        """Count the words of `texts`. About a second for a million characters."""
        folded = [fold(text) for text in texts]
        codes = _han_codes("\n".join(folded))
        size = int((codes > 0).sum())
        keys: dict[int, Keys] = {}
        counts: dict[int, NDArray[np.int32]] = {}
        for length in range(2, LONGEST + 1):
            found, often = np.unique(_runs(codes, length), return_counts=True)
            if size > _MANY and length > 2:
                found, often = found[often > 1], often[often > 1]
            keys[length], counts[length] = found, often.astype(np.int32)
        singles = np.bincount(codes.astype(np.int64), minlength=1 << 16).astype(np.int32)
        singles[0] = 0
        latin = Counter(word for text in folded for word in _LATIN.findall(text) if len(word) > 1)
        short_names = tuple(dict.fromkeys(_short_names(folded)))
        return cls(singles, keys, counts, dict(latin), short_names, size, _by_initials(folded, size))

    def count(self, run: str) -> int:
        """Return how often a folded run of Han characters occurs; of a longer run, the least of its parts of four."""
        if not run:
            return 0
        if len(run) == 1:
            return int(self.characters[ord(run)]) if ord(run) < 1 << 16 else 0
        if len(run) <= LONGEST:
            return int(self.counts_of(_runs(_han_codes(run), len(run)), len(run)).sum())
        parts = _runs(_han_codes(run), LONGEST)
        if len(parts) < len(run) - LONGEST + 1:
            return 0
        return int(self.counts_of(parts, LONGEST).min())

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
        for name in self._by_initials.get(short[:2], ()):
            if _stands_for(short, name):
                return name
        return ""

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
        return self.count(run) > 0 if not _LATIN.fullmatch(run) else run in self.latin

    def within(self, folded: str) -> RunCounts:
        """Return how often each run of a folded text occurs in the corpus: cheaper than asking run by run."""
        codes = _han_codes(folded)
        table = [self.characters[codes].tolist()]
        for length in range(2, LONGEST + 1):
            if len(codes) < length:
                table.append([])
                continue
            keys, whole = _all_runs(codes, length)
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


def _han_codes(folded: str) -> NDArray[np.uint64]:
    """Return the code of each Han character, 0 for anything else."""
    codes = np.frombuffer(folded.encode("utf-32-le", "replace"), dtype=np.uint32)
    han = ((codes >= 0x4E00) & (codes <= 0x9FFF)) | ((codes >= 0x3400) & (codes <= 0x4DBF)) | (codes == 0x3007)
    return np.where(han, codes, 0).astype(np.uint64)


def _all_runs(codes: NDArray[np.uint64], length: int) -> tuple[Keys, NDArray[np.bool_]]:
    """Return the key of every run of `length` characters, and which of them are Han throughout."""
    count = max(0, len(codes) - length + 1)
    keys = np.zeros(count, dtype=np.uint64)
    whole = np.ones(count, dtype=bool)
    for at in range(length):
        part = codes[at : at + count]
        keys = (keys << np.uint64(16)) | part
        whole &= part > 0
    return keys, whole


def _runs(codes: NDArray[np.uint64], length: int) -> Keys:
    """Return the key of every run of `length` Han characters, in order, with repetitions."""
    keys, whole = _all_runs(codes, length)
    return keys[whole]


def _by_initials(folded: Iterable[str], size: int) -> dict[str, tuple[str, ...]]:
    """Return the names of organisations and places, commonest first, by the first characters of two of their words."""
    found = Counter(name for text in folded for name in _FULL.findall(text))
    if size > _NAMES_AT_MOST * 10:
        found = Counter({name: n for name, n in found.items() if n > 1})
    listed: dict[str, dict[str, int]] = {}
    for name, often in found.most_common(_NAMES_AT_MOST):
        for start in range(min(len(name) - 3, 9)):
            rest = name[start:]
            for at in range(2, len(rest), 2):
                ends = listed.setdefault(rest[0] + rest[at], {})
                ends[rest] = ends.get(rest, 0) + often
    return {key: tuple(sorted(ends, key=lambda one: (-ends[one], len(one)))) for key, ends in listed.items()}


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


def _short_names(folded: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (full, short) as an article introduces them; the full name is what stands before the bracket."""
    for text in folded:
        for found in _CALLED.finditer(text):
            short = found.group("short") or found.group("bare")
            before = _HAN_TAIL.search(text, max(0, found.start() - 24), found.start())
            if before:
                full = full_name(before.group(), short)
                if full:
                    yield full, short


def full_name(text: str, short: str) -> str:
    """Return the shortest end of `text` that holds the characters of `short` in order, or an empty string."""
    at = len(text)
    for character in reversed(short):
        at = text.rfind(character, 0, at)
        if at < 0:
            return ""
    return text[at:] if len(text) - at > len(short) else ""
