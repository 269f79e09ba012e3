"""Plain pinyin → the characters it most likely stands for, by the corpus first and Chinese at large second.

A beam over syllables and characters; spaces, tone marks and tone digits are optional. Source of the model: Chen & Lee,
"A New Statistical Approach to Chinese Pinyin Input", ACL 2000, here with pairs of characters and runs of the corpus.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np
from numpy.typing import NDArray

from rag.question.bigrams import language
from rag.question.phonetics import sounds
from rag.question.vocabulary import CorpusWords

_BEAM = 28
_CHOICES = 22  # characters of a syllable at most: the commonest, and those of the corpus
_TRUST = 0.4  # how much the corpus weighs beside Chinese at large
_SMALL = 20_000
_RUN = (0.0, 0.0, 1.2, 0.8)  # nats for a run of three and of four that the corpus holds
_SYLLABLE = -1.2  # nats for each syllable more: fang'an is rarer than fan'gan only by what it means
_FLOOR = 1e-7
_CLINGS = 5.0  # nats of mutual information of a pair that occurs once and yet is a word
_LONGEST = 6  # letters of a syllable
_TOKEN = re.compile(r"[a-z]+|\d[\d.,]*|[^\sa-z\d]+|\s+")
_TONED = re.compile(r"(?<=[a-zü])[1-5](?=[a-z\s]|$)")


def plain(text: str) -> str:
    """Return lower-case letters without tone marks: Línpíng → linping; ü as v."""
    marked = unicodedata.normalize("NFD", text.lower().replace("ü", "v"))
    return "".join(c for c in marked if not unicodedata.combining(c)).replace("'", " ").replace("’", " ")


def is_pinyin(text: str, words: CorpusWords) -> bool:
    """Whether `text` can be read as syllables, two at least, apart from codes (g60) and words that the corpus writes."""
    if re.search("[\u3400-\u9fff]", text):
        return False
    tokens = re.findall(r"[a-z0-9]+", _without_tones(plain(text)))
    read = [(token, fewest_syllables(token)) for token in tokens if token.isalpha()]
    foreign = [token for token, count in read if not count and re.search("[aeiou]", token) and token not in words.latin]
    syllables = sum(count for _, count in read)
    return not foreign and syllables >= 2 and max(len(token) for token, count in read if count) > 2


def _without_tones(text: str) -> str:
    return _TONED.sub("", text) if len(_TONED.findall(text)) >= 2 else text


@cache
def fewest_syllables(letters: str) -> int:
    """Return in how few syllables `letters` can be read, 0 when it cannot."""
    table = sounds().characters
    best = [0] + [99] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            if best[start] < 99 and letters[start:end] in table:
                best[end] = min(best[end], best[start] + 1)
    return best[-1] if best[-1] < 99 else 0


def decode(text: str, words: CorpusWords) -> str:
    """Return `text` with each stretch of pinyin as characters; numbers and codes (G60, HGT51F) stay."""
    tokens = _TOKEN.findall(_without_tones(plain(text)))
    pieces: list[str] = []
    letters: list[str] = []

    def flush() -> None:
        if letters:
            pieces.append(_decode_run(letters, words, "".join(pieces)[-3:]))
            letters.clear()

    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        coded = (
            token.isalpha() and (following[:1].isdigit() or (at and tokens[at - 1][-1:].isdigit())) and len(token) < 5
        )
        if (
            token.isalpha()
            and token.isascii()
            and not (coded and not fewest_syllables(token))
            and fewest_syllables(token)
        ):
            letters.append(token)
        elif token.isspace():
            continue
        else:
            flush()
            pieces.append(token)
    flush()
    return "".join(pieces)


def corpus_readings(letters: str, words: CorpusWords) -> list[str]:
    """Return the runs of the corpus that are read as `letters`, likeliest first: laoban → 老板. Chance pairs are none."""
    if not 2 <= len(letters) <= 40 or not fewest_syllables(letters):
        return []
    found: list[str] = []
    for text in _decode_all([letters], words, "", corpus_only=True):
        if text not in found and len(text) > 1 and _clings(text, words):
            found.append(text)
    return found[:4]


def _clings(run: str, words: CorpusWords) -> bool:
    """Whether the corpus holds `run` more than once, or its characters seldom apart."""
    often = words.count(run)
    if often > 1 or (often and len(run) > 2):
        return True
    apart = int(words.characters[ord(run[0])]) * int(words.characters[ord(run[1])])
    return often > 0 and log(max(words.size, _SMALL) / apart) > _CLINGS


@dataclass(slots=True)
class _Beam:
    """Hypotheses that end at one place: scores, the last three codes of each, and the text so far."""

    scores: list[float]
    tails: list[tuple[int, int, int]]
    texts: list[str]


@cache
def _shares() -> NDArray[np.float32]:
    """Return how many pairs begin with each character, shape (65536,)."""
    at_large = language()
    totals = np.bincount((at_large.keys >> np.uint32(16)).astype(np.int64), weights=at_large.counts, minlength=1 << 16)
    return totals.astype(np.float32)


def _choices(syllable: str, words: CorpusWords) -> str:
    listed = sounds().characters[syllable]
    held = sorted((c for c in listed if words.characters[ord(c)] > 0), key=lambda c: -int(words.characters[ord(c)]))
    return "".join(dict.fromkeys([*held[:_CHOICES], *listed[: _CHOICES - min(len(held), _CHOICES // 2)]]))


def _decode_run(tokens: list[str], words: CorpusWords, before: str) -> str:
    """Return the likeliest characters of tokens that are each a whole number of syllables."""
    found = _decode_all(tokens, words, before)
    return found[0] if found else ""


def _decode_all(tokens: list[str], words: CorpusWords, before: str, corpus_only: bool = False) -> list[str]:
    """Return what tokens may stand for, likeliest first."""
    letters = "".join(tokens)
    stops = {0}
    for token in tokens:
        stops.add(max(stops) + len(token))
    tail = ([0, 0, 0] + [ord(c) if "\u4e00" <= c <= "\u9fff" else 0 for c in before])[-3:]
    beams: list[_Beam | None] = [None] * (len(letters) + 1)
    beams[0] = _Beam([0.0], [(tail[0], tail[1], tail[2])], [""])
    table = sounds().characters
    cache_: dict[str, str] = {}
    for start in range(len(letters)):
        beam = beams[start]
        if beam is None or not beam.scores:
            continue
        _cut(beam)
        for end in range(start + 1, min(len(letters), start + _LONGEST) + 1):
            syllable = letters[start:end]
            if syllable not in table or any(start < stop < end for stop in stops):
                continue
            if syllable not in cache_:
                cache_[syllable] = _choices(syllable, words)
            _extend(beam, cache_[syllable], words, beams, end, corpus_only)
    last = beams[-1]
    if last is None or not last.scores:
        return []
    return [last.texts[at] for at in sorted(range(len(last.scores)), key=lambda at: -last.scores[at])]


def _cut(beam: _Beam) -> None:
    if len(beam.scores) > _BEAM:
        kept = sorted(range(len(beam.scores)), key=lambda at: -beam.scores[at])[:_BEAM]
        beam.scores = [beam.scores[at] for at in kept]
        beam.tails = [beam.tails[at] for at in kept]
        beam.texts = [beam.texts[at] for at in kept]


def _extend(
    beam: _Beam, characters: str, words: CorpusWords, beams: list[_Beam | None], end: int, corpus_only: bool
) -> None:
    codes = np.array([ord(c) for c in characters], dtype=np.uint64)
    tails = np.array(beam.tails, dtype=np.uint64)
    step = _steps(tails, codes, words, corpus_only)
    scores = np.array(beam.scores)[:, None] + step + _SYLLABLE
    flat = scores.ravel()
    best = np.argsort(-flat)[:_BEAM]
    target = beams[end]
    if target is None:
        target = beams[end] = _Beam([], [], [])
    for at in best.tolist():
        if flat[at] < -1e8:
            break
        row, column = divmod(at, len(codes))
        old = beam.tails[row]
        target.scores.append(float(flat[at]))
        target.tails.append((old[1], old[2], int(codes[column])))
        target.texts.append(beam.texts[row] + characters[column])


def _steps(
    tails: NDArray[np.uint64], codes: NDArray[np.uint64], words: CorpusWords, corpus_only: bool
) -> NDArray[np.float64]:
    """Return log P of each character after each tail, shape (tails, characters)."""
    at_large = language()
    sixteen = np.uint64(16)
    previous, two, three = tails[:, 2], tails[:, 1], tails[:, 0]
    pair = (previous[:, None] << sixteen) | codes[None, :]
    begun = previous > 0
    here = words.counts_of(pair, 2) * begun[:, None]
    size = max(words.size, _SMALL)
    single = words.characters[codes.astype(np.int64)] / size
    after = np.maximum(words.characters[previous.astype(np.int64)], 1)[:, None]
    corpus = 0.85 * here / (after + 2.0) + 0.15 * single[None, :]
    large = at_large.pairs(previous.astype(np.uint32)[:, None], codes.astype(np.uint32)[None, :])
    totals = _shares()
    inside = large / (totals[previous.astype(np.int64)][:, None] + 50.0)
    begins = at_large.begins[codes.astype(np.int64)]
    general = 0.75 * inside * begun[:, None] + 0.25 * begins[None, :]
    share = _TRUST * corpus + (1 - _TRUST) * general
    score: NDArray[np.float64] = np.log(share + _FLOOR)
    triple = np.where((two > 0)[:, None], words.counts_of((two[:, None] << np.uint64(32)) | pair, 3), 0)
    fourth = (three[:, None] << np.uint64(48)) | (two[:, None] << np.uint64(32)) | pair
    quad = np.where((three > 0)[:, None], words.counts_of(fourth, 4), 0)
    score = score + _RUN[2] * (triple > 0) + _RUN[3] * (quad > 0)
    if corpus_only:
        score = np.where(begun[:, None] & (here == 0) | (two > 0)[:, None] & (triple == 0), -1e9, score)
        score = np.where(words.characters[codes.astype(np.int64)][None, :] > 0, score, -1e9)
    return score
