"""Characters typed by mistake, read as what the corpus says: same sound, near sound, near shape, missing, extra, swapped.

A noisy channel over pairs of characters: a stretch is read differently only where what was typed is next to unknown both
to the corpus and to Chinese at large, and where the corpus holds what it would become. Source: Kernighan, Church & Gale,
"A Spelling Correction Program Based on a Noisy Channel Model", 1990.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from rag.question.bigrams import Language, language
from rag.question.phonetics import Sounds, near, sounds
from rag.question.vocabulary import CorpusWords

# Costs in nats of mistaking one character for another; the gain of a reading must outweigh them by `_MARGIN`.
_SAME_SOUND = 2.0
_NEAR_SOUND = 3.5
_NEAR_SHAPE = 3.5
_MARGIN = 4.1
_FLOOR = 3e-8  # the share of a pair that nobody has ever seen
_SMALL = 20_000  # characters; the counts of a corpus smaller than this weigh as if it were as large
_SURE = 4e-6  # a pair of this share inside words of Chinese at large is never doubted
_PASSING = 3e-5  # nor is one where a word that often ends so meets one that often begins so
_RARE = 2.0  # a pair that occurs no more often at large is nobody's everyday word
_CLINGS = 5.0  # nats of mutual information from which two characters are taken for one word
_JOINED = 3.0  # the same where runs of four on either side speak too
_MOSTLY = 0.1  # of the commoner character: how much of it stands in that pair
_ALONE = 3e-4  # of all words end with a character that may well stand alone
_OPTIONAL = 1e-4  # the same of a character that may be left out: 曾, 才, 可
_OFTEN = 3  # times that a longer run is seen before even such a character is taken to be missing
_ALONE_COST = 1.5  # nats at most
_HOME = 2e-6  # a character inside a pair of a larger share than this is at home: dearer to doubt
_EACH_MORE = 2.0  # nats for each further character of one change
_TRIPLE = 1.5  # nats for each run of three or four that the corpus holds
_CHOICES = 24  # readings of one character at most
_ASCII_WORD = re.compile(r"[A-Za-z]{5,}")
_PARTICLES = frozenset("的了着过吗呢吧啊是在有和与及或也都就还又不这那哪几多个上下中里到从对为被把让给等之其")

# Ordinals and directions tell one thing from its neighbour: 五号线 is no slip for 三号线, 西校区 none for 东校区.
_TELLS_APART = frozenset("零〇一二三四五六七八九十百千万亿两几第东西南北上下左右前后内外大小新老甲乙丙丁")
_NEVER_DOUBTED = frozenset("的了着过吗呢吧啊我你他她它们不没谁什么问") | _TELLS_APART
_NEVER_MEANT = frozenset("们的了着过吗呢吧啊是在有和与") | _TELLS_APART


@dataclass(frozen=True, slots=True)
class Corrected:
    """A question as it is read. `changes` are pairs (as typed, as read), in the order of the question."""

    text: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Change:
    start: int
    end: int
    text: str
    gain: float


def correct(question: str, words: CorpusWords) -> Corrected:
    """Return `question` with its mistakes read as what the corpus says. Simplified text; its length may change."""
    if not words.size:
        return Corrected(question, ())
    folded = fold(question)
    reading = _Reading(folded, words, language())
    changes = [*reading.changes()]
    changes += _latin_changes(question, words)
    if not changes:
        return Corrected(question, ())
    text, shown = question, []
    for change in sorted(changes, key=lambda one: -one.start):
        before, after = _shown(folded, change)
        shown.append((before, after))
        text = text[: change.start] + change.text + text[change.end :]
    return Corrected(text, tuple(reversed(shown)))


def _shown(folded: str, change: _Change) -> tuple[str, str]:
    """Return the change with a neighbour when it is a lone character: 林平 → 临平 tells more than 林 → 临."""
    start, end = change.start, change.end
    if end - start < 2 or len(change.text) < 2:
        left = folded[start - 1 : start]
        right = folded[end : end + 1]
        if _is_han(right) and right not in _PARTICLES:
            return folded[start:end] + right, change.text + right
        if _is_han(left):
            return left + folded[start:end], left + change.text
    return folded[start:end], change.text


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


class _Reading:
    """One question against one corpus: what each pair of neighbours is worth, and what else it may have been."""

    def __init__(self, folded: str, words: CorpusWords, at_large: Language) -> None:
        self.folded = folded
        self.words = words
        self.at_large = at_large
        self.codes = np.array([ord(c) if _is_han(c) else 0 for c in folded], dtype=np.uint32)
        self.size = max(words.size, _SMALL)
        first, second = self.codes[:-1], self.codes[1:]
        here = self._corpus(first, second)
        both = (first > 0) & (second > 0)
        inside = at_large.pairs(first, second) / np.float32(at_large.total)
        home = np.where(here > 0, np.log1p(here), np.log(np.maximum(np.where(both, inside, 0), _HOME) / _HOME))
        light = np.array([c in _PARTICLES for c in folded], dtype=bool)
        home = np.where(light[:-1] | light[1:], 0.0, home)  # 的 goes with anything
        self.home = np.maximum(np.append(home, 0.0), np.insert(home, 0, 0.0))  # of each character, in nats
        doubted = (inside < _SURE) & (at_large.shares(first, second) < _PASSING)
        self.doubtful = both & (here == 0) & doubted

    def _corpus(self, first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.int32]:
        keys = (first.astype(np.uint64) << np.uint64(16)) | second.astype(np.uint64)
        return np.where((first > 0) & (second > 0), self.words.counts_of(keys, 2), 0)

    def worth(self, first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return the logarithm of how likely pairs are; shapes broadcast."""
        first, second = np.broadcast_arrays(first, second)
        share = self._corpus(first, second) / self.size + self.at_large.shares(first, second)
        worth = np.log(0.5 * share + _FLOOR)
        return np.where((first > 0) & (second > 0), worth, 0.0)

    def changes(self) -> Iterator[_Change]:
        """Yield the changes that are worth it, never two that overlap."""
        taken: list[_Change] = []
        for change in sorted([*self._substitutions(), *self._shifts()], key=lambda one: -one.gain):
            if all(change.end <= other.start or other.end <= change.start for other in taken):
                taken.append(change)
                yield change

    # --- one character for another ------------------------------------------------------------------------------

    def _substitutions(self) -> Iterator[_Change]:
        for start, end in self._zones():
            best = self._best_path(start, end)
            yield from self._accepted(start, best)

    def _zones(self) -> list[tuple[int, int]]:
        """Return the stretches of Han characters around doubtful pairs, with one sure character on either side."""
        zones: list[tuple[int, int]] = []
        for at in np.flatnonzero(self.doubtful):
            start, end = int(at), int(at) + 2
            if zones and start <= zones[-1][1]:
                zones[-1] = (zones[-1][0], end)
            else:
                zones.append((start, end))
        return zones

    def _choices(self, at: int) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
        """Return what the character at `at` may have been meant to be, itself first, with the costs."""
        typed = self.folded[at]
        if typed in _NEVER_DOUBTED:
            return np.array([ord(typed)], dtype=np.uint32), np.zeros(1)
        costs: dict[str, float] = {}
        table: Sounds = sounds()
        for syllable in table.readings.get(typed, ()):
            for other in table.characters[syllable]:
                costs[other] = min(costs.get(other, 99.0), _SAME_SOUND)
            for other in table.near_characters[near(syllable)]:
                costs.setdefault(other, _NEAR_SOUND)
        for other in table.shapes.get(typed, ""):
            costs.setdefault(other, _NEAR_SHAPE)
        costs.pop(typed, None)
        alone = min(_ALONE_COST, max(0.0, log(max(1e-9, float(self.at_large.ends[ord(typed)])) / _ALONE)))
        at_home = float(self.home[at]) + alone
        held = [
            (cost + at_home, other)
            for other, cost in costs.items()
            if other not in _NEVER_MEANT and self.words.characters[ord(other)] > 0
        ]
        return (
            np.array([ord(typed), *(ord(other) for _, other in held)], dtype=np.uint32),
            np.array([0.0, *(cost for cost, _ in held)]),
        )

    def _best_path(self, start: int, end: int) -> list[tuple[int, float]]:
        """Return the likeliest characters of [start, end) as (code, cost), given what stands around it."""
        before = self.codes[start - 1] if start else np.uint32(0)
        after = self.codes[end] if end < len(self.codes) else np.uint32(0)
        codes: list[NDArray[np.uint32]] = []
        costs: list[NDArray[np.float64]] = []
        for at in range(start, end):
            chosen, cost = self._choices(at)
            codes.append(chosen)
            costs.append(cost)
        self._prune(codes, costs, before, after)
        score = self.worth(np.array([before], np.uint32), codes[0]) - costs[0]
        back: list[NDArray[np.int64]] = []
        for at in range(1, len(codes)):
            table = score[:, None] + self.worth(codes[at - 1][:, None], codes[at][None, :])
            table[1:, 1:] -= _EACH_MORE
            back.append(table.argmax(axis=0))
            score = table.max(axis=0) - costs[at]
        score = score + self.worth(codes[-1], np.array([after], np.uint32))
        at = int(score.argmax())
        path = [at]
        for step in reversed(back):
            at = int(step[at])
            path.append(at)
        path.reverse()
        return [(int(codes[i][j]), float(costs[i][j])) for i, j in enumerate(path)]

    def _prune(
        self, codes: list[NDArray[np.uint32]], costs: list[NDArray[np.float64]], before: np.uint32, after: np.uint32
    ) -> None:
        """Keep of the choices those that stand in the corpus beside a choice of a neighbour."""
        whole = [np.array([before], np.uint32), *codes, np.array([after], np.uint32)]
        for at in range(1, len(whole) - 1):
            left = self._corpus(whole[at - 1][:, None], whole[at][None, :]).max(axis=0)
            right = self._corpus(whole[at][:, None], whole[at + 1][None, :]).max(axis=1)
            beside = np.maximum(left, right)
            kept = np.flatnonzero(beside > 0)
            kept = kept[np.argsort(costs[at - 1][kept] - np.log(beside[kept]), kind="stable")][:_CHOICES]
            kept = np.concatenate(([0], kept[kept > 0]))
            codes[at - 1], costs[at - 1] = whole[at][kept], costs[at - 1][kept]

    def _accepted(self, start: int, path: Sequence[tuple[int, float]]) -> Iterator[_Change]:
        """Yield the runs of changed characters whose gain outweighs the margin."""
        read = [chr(code) if code else self.folded[start + i] for i, (code, _) in enumerate(path)]
        at = 0
        while at < len(path):
            if path[at][1] == 0:
                at += 1
                continue
            stop = at
            while stop < len(path) and path[stop][1] > 0:
                stop += 1
            change = "".join(read[at:stop])
            gain = self._gain(start + at, start + stop, change) - sum(cost for _, cost in path[at:stop])
            gain -= _EACH_MORE * (stop - at - 1)
            if gain > _MARGIN and self._evident(start + at, start + stop, change):
                yield _Change(start + at, start + stop, change, gain)
            at = stop

    def _gain(self, start: int, end: int, text: str) -> float:
        """Return how much likelier the question is with `text` in place of [start, end), in nats."""
        left, right = self.folded[max(0, start - 2) : start], self.folded[end : end + 2]
        new, old = left + text + right, left + self.folded[start:end] + right
        return self._likelihood(new) - self._likelihood(old)

    def _evident(self, start: int, end: int, text: str) -> bool:
        """Whether the corpus holds the change with its neighbours: in a run of three, or as a pair that clings."""
        left, right = self.folded[max(0, start - 2) : start], self.folded[end : end + 2]
        whole = left + text + right
        counts = self.words.within(whole)
        first, last = len(left), len(left) + len(text)
        if any(counts.count(at, at + 3) for at in range(max(0, first - 2), min(last, len(whole) - 2))):
            return True
        pairs = range(max(0, first - 1), min(last, len(whole) - 1))
        return any(self._clings(whole[at], whole[at + 1], counts.count(at, at + 2)) for at in pairs)

    def _clings(self, a: str, b: str, together: int, least: float = _CLINGS) -> bool:
        if not together or a in _PARTICLES or b in _PARTICLES:
            return False
        first, second = int(self.words.characters[ord(a)]), int(self.words.characters[ord(b)])
        if together < _MOSTLY * max(first, second):
            return False
        return log(together * self.size / max(1, first * second)) >= least

    def _likelihood(self, text: str) -> float:
        codes = np.array([ord(c) if _is_han(c) else 0 for c in text], dtype=np.uint32)
        pairs = float(self.worth(codes[:-1], codes[1:]).sum())
        counts = self.words.within(text)
        return pairs + _TRIPLE * sum(count > 0 for count in (*counts.table[2], *counts.table[3]))

    # --- a character too few, too many, or two in the wrong order -----------------------------------------------

    def _shifts(self) -> Iterator[_Change]:
        for at in (int(one) for one in np.flatnonzero(self.doubtful)):
            yield from self._missing(at)
            yield from self._extra(at)
            yield from self._swapped(at)
        yield from self._completed()

    def _completed(self) -> Iterator[_Change]:
        """After a pair that is rare at large and that the corpus ends in one way only: 隋永峰, where all say 隋永枫."""
        text = self.folded
        counts = self.words.within(text)
        for at in range(len(text) - 2):
            if not counts.count(at, at + 2) or not _is_han(text[at + 2]) or counts.count(at, at + 3):
                continue
            if text[at + 2] in _PARTICLES | _TELLS_APART or not self._joined(text[at], text[at + 1]):
                continue
            if self.at_large.count(text[at : at + 2]) > _RARE:
                continue
            ending = self._after(text[at : at + 2])
            if len(ending) == 1 and _sound_alike(text[at + 2], ending):
                yield _Change(at + 2, at + 3, ending, _MARGIN + 1)

    def _after(self, pair: str) -> str:
        """Return the characters that follow a pair in the corpus."""
        keys = self.words.keys[3]
        low = ord(pair[0]) << 32 | ord(pair[1]) << 16
        found = keys[np.searchsorted(keys, np.uint64(low)) : np.searchsorted(keys, np.uint64(low + (1 << 16)))]
        return "".join(chr(int(key) & 0xFFFF) for key in found[:3])

    def _missing(self, at: int) -> Iterator[_Change]:
        """Between at and at + 1: a run of five of the corpus that has one character more."""
        text = self.folded
        if at < 1 or at + 3 > len(text) or not all(map(_is_han, text[at - 1 : at + 3])):
            return
        for between in self._between(text[at], text[at + 1]):
            if between in _PARTICLES or between in _TELLS_APART:
                continue
            whole = text[at - 1 : at + 1] + between + text[at + 1 : at + 3]
            often = self.words.count(whole)
            optional = self.at_large.ends[ord(between)] > _OPTIONAL and often < _OFTEN
            if not often or optional:
                continue
            if self._joined(text[at], between, _JOINED) and self._joined(between, text[at + 1], _JOINED):
                yield _Change(at + 1, at + 1, between, _MARGIN + often)

    def _joined(self, a: str, b: str, least: float = _CLINGS) -> bool:
        return self._clings(a, b, self.words.count(a + b), least)

    def _between(self, first: str, last: str) -> list[str]:
        """Return what the corpus puts between two characters."""
        keys = self.words.keys[3]
        low = np.searchsorted(keys, np.uint64(ord(first) << 32))
        high = np.searchsorted(keys, np.uint64((ord(first) + 1) << 32))
        found = keys[low:high]
        found = found[(found & np.uint64(0xFFFF)) == ord(last)]
        return [chr(int(key) >> 16 & 0xFFFF) for key in found]

    def _extra(self, at: int) -> Iterator[_Change]:
        """The character at `at + 1` or `at`: without it four in a row stand in the corpus."""
        text = self.folded
        for gone in (at, at + 1):
            without = text[max(0, gone - 2) : gone] + text[gone + 1 : gone + 3]
            if len(without) < 4 or not all(map(_is_han, without)) or text[gone] in _PARTICLES | _TELLS_APART:
                continue
            if self.at_large.ends[ord(text[gone])] > _ALONE or not self._joined(text[gone - 1], text[gone + 1]):
                continue
            beside = [i for i in (gone - 1, gone) if 0 <= i < len(self.doubtful)]
            if all(self.doubtful[i] or text[i] == text[i + 1] for i in beside) and self.words.count(without) > 0:
                yield _Change(gone, gone + 1, "", _MARGIN + self.words.count(without))

    def _swapped(self, at: int) -> Iterator[_Change]:
        text = self.folded
        if {text[at], text[at + 1]} & (_PARTICLES | _TELLS_APART):
            return
        swapped = text[at + 1] + text[at]
        for start in (at - 2, at - 1, at):
            stop = start + 4
            if start < 0 or stop > len(text):
                continue
            window = text[start:at] + swapped + text[at + 2 : stop]
            if all(map(_is_han, window)) and self.words.count(window) > 0:
                yield _Change(at, at + 2, swapped, _MARGIN + self.words.count(window))
                return


def _sound_alike(a: str, b: str) -> bool:
    readings = sounds().readings
    return bool({near(s) for s in readings.get(a, ())} & {near(s) for s in readings.get(b, ())})


def _latin_changes(question: str, words: CorpusWords) -> Iterator[_Change]:
    """Yield words in Latin letters that the corpus writes with one letter changed, more, less or swapped."""
    for found in _ASCII_WORD.finditer(question):
        word = found.group().lower()
        if word in words.latin:
            continue
        meant = [
            other
            for other in words.latin
            if abs(len(other) - len(word)) <= 1 and other.isalpha() and one_edit(word, other)
        ]
        if len(meant) == 1:
            yield _Change(found.start(), found.end(), meant[0], _MARGIN)


def one_edit(a: str, b: str) -> bool:
    """Whether one letter replaced, missing or extra, or two neighbours swapped, turn `a` into `b`."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    return a[at + 1 :] == b[at + 1 :] or (a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :])
