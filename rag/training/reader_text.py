"""What the span reader learns from: questions with their passages, and plain text for its first vectors.

Offsets count code points. Folded text has the length of the text itself, so an answer's place holds in both.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.text import fold, split_sentences

GREEN_SETS = ("cmrc2018_train", "drcd_dev_simp", "drcd_dev_trad")
YELLOW_SETS = ("squad_zh_v1_dev_noxquad", "squad_zh_v2_dev_noxquad")
TEST_SET = "cmrc2018_trial"
# The sets cut their answers differently: CMRC's are clauses, the others' are bare names and numbers.
STYLES = {"cmrc2018_train": 0, TEST_SET: 0} | dict.fromkeys(GREEN_SETS[1:], 1) | dict.fromkeys(YELLOW_SETS, 2)
DEV_SHARE = 10  # one passage in ten is held out


@dataclass(frozen=True, slots=True)
class ReadingCase:
    """One question about one passage, folded. `start` is None for a question that the passage does not answer."""

    question: str
    context: str
    start: int | None
    end: int
    style: int
    sentences: tuple[tuple[int, int], ...] = field(repr=False)
    ranked: tuple[int, ...] = field(repr=False)  # sentences by word overlap with the question, best first


def rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def reading_cases(data: Path, name: str, limit: int = 0) -> list[ReadingCase]:
    """Return the questions of one set in file order, the first `limit` if that is not 0.

    Those whose answer's place is wrong are left out. Of several answers the longest counts: it has unit and title.
    """
    cases: list[ReadingCase] = []
    folded: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {}
    for row in rows(data, name):
        raw = row["context"]
        if raw not in folded:
            folded[raw] = fold(raw), tuple((span.start, span.end) for span in split_sentences(raw))
        context, sentences = folded[raw]
        question = fold(row["question"].strip())
        answers = row["answers"]
        start: int | None = None
        end = 0
        if answers:
            answer = min(answers, key=lambda one: -len(one["text"]))
            at = answer["answer_start"]
            start, end = _stripped(raw, at, at + len(answer["text"]))
            if raw[at:at + len(answer["text"])] != answer["text"] or start >= end:
                continue
        elif not row.get("is_impossible"):
            continue
        ranked = by_overlap(question, [context[a:b] for a, b in sentences])
        cases.append(ReadingCase(question, context, start, end, STYLES[name], sentences, ranked))
        if len(cases) == limit:
            break
    return cases


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "，。、；：,"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，。、；：,."):
        end -= 1
    return start, end


def by_overlap(question: str, sentences: Sequence[str]) -> tuple[int, ...]:
    """Return the places of `sentences`, best first, by BM25 over characters and bigrams within this one passage."""
    asked = set(question) | {question[i:i + 2] for i in range(len(question) - 1)}
    held = [set(s) | {s[i:i + 2] for i in range(len(s) - 1)} for s in sentences]
    frequency = Counter(unit for units in held for unit in units & asked)
    mean = sum(map(len, sentences)) / max(1, len(sentences))
    n = len(sentences)

    def score(i: int) -> float:
        weight = sum(np.log1p((n - frequency[u] + 0.5) / (frequency[u] + 0.5)) for u in held[i] & asked)
        return float(weight / (1 + 1.2 * (0.25 + 0.75 * len(sentences[i]) / mean)))

    return tuple(sorted(range(n), key=lambda i: (-score(i), i)))


def held_out(context: str) -> bool:
    """Say whether a passage belongs to the development tenth; the same passages on every machine."""
    return zlib.crc32(context.encode()) % DEV_SHARE == 0


# --- plain text → vocabulary and first vectors -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirstVectors:
    """Characters and bigrams with their rarity and vectors. Row 0 is padding, row 1 anything unknown."""

    characters: str
    bigrams: tuple[str, ...]
    idf: NDArray[np.float32]  # (len(characters) + 2,), 0 to 1
    character_vectors: NDArray[np.float32]
    bigram_vectors: NDArray[np.float32]


def plain_text(data: Path, green_only: bool, limit: int) -> str:
    """Return about `limit` folded characters: news (or reports and abstracts), law, and the training passages."""
    parts: list[str] = []
    sources: list[tuple[str, tuple[str, ...], float]] = [
        ("law_articles", ("text",), 0.35 if green_only else 0.08),
        ("gov_reports", ("text",), 0.2 if green_only else 0.05),
        ("cmrc2018_train", ("context",), 0.3),
        ("drcd_dev_simp", ("context",), 0.1),
    ]
    if green_only:
        sources.append(("csl_title_abstract", ("abstract",), 0.1))
    else:
        sources.append(("news_text", ("text",), 0.6))
    for name, keys, share in sources:
        room = int(limit * share)
        seen: set[int] = set()
        for row in rows(data, name):
            text = "\n".join(str(row.get(key) or "") for key in keys)
            mark = zlib.crc32(text.encode())
            if mark in seen or (name == "cmrc2018_train" and held_out(row["context"])):
                continue
            seen.add(mark)
            parts.append(fold(text))
            room -= len(text)
            if room < 0:
                break
    return "\n".join(parts)


def first_vectors(text: str, *, characters: int = 6000, bigrams: int = 30000, sizes: tuple[int, int] = (128, 64),
                  seed: int = 7) -> FirstVectors:
    """Return vectors of characters and bigrams by factorising their positive PMI with the characters around them.

    Source: Levy & Goldberg, NIPS 2014. The contexts are told apart: the character before, after, and those near.
    """
    from scipy import sparse

    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    values, counts = np.unique(codes, return_counts=True)
    keep = values[np.argsort(-counts, kind="stable")][:characters]
    keep = keep[keep > 32]
    ids = np.ones(0x110000, dtype=np.int64)
    ids[keep] = np.arange(2, len(keep) + 2)
    sequence = ids[codes]
    pair = sequence[:-1] * 65536 + sequence[1:]
    pair[(sequence[:-1] == 1) | (sequence[1:] == 1)] = 0
    pair_values, pair_counts = np.unique(pair, return_counts=True)
    order = np.argsort(-pair_counts, kind="stable")
    top = [p for p in pair_values[order][:bigrams + 1].tolist() if p][:bigrams]
    letters = [chr(c) for c in keep.tolist()]
    named = tuple(letters[p // 65536 - 2] + letters[p % 65536 - 2] for p in top)
    sorted_top = np.sort(np.array(top))
    rank_of = np.argsort(np.argsort(np.array(top)))  # place in sorted → place by frequency
    back = np.empty_like(rank_of)
    back[rank_of] = np.arange(len(top))
    place = np.searchsorted(sorted_top, pair).clip(0, len(top) - 1)
    known = sorted_top[place] == pair
    pair_ids = np.where(known, back[place] + 2, 1)

    columns = min(2500, len(keep))
    vectors: list[NDArray[np.float32]] = []
    for units, width, size, total in ((sequence, 1, sizes[0], len(keep) + 2), (pair_ids, 2, sizes[1], len(top) + 2)):
        counted = sparse.csr_matrix((total, 3 * columns), dtype=np.float32)
        for offset in (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4):
            kind = 0 if offset == -1 else 1 if offset == 0 else 2
            shift = offset if offset < 0 else offset + width
            lo, hi = max(0, -shift), min(len(units), len(sequence) - shift)
            unit, around = units[lo:hi], sequence[lo + shift:hi + shift]
            good = (unit > 1) & (around > 1) & (around < columns + 2)
            pairs = sparse.coo_matrix(
                (np.ones(int(good.sum()), dtype=np.float32), (unit[good], around[good] - 2 + kind * columns)),
                shape=(total, 3 * columns))
            counted = counted + pairs.tocsr()
        matrix = _positive_pmi(counted)
        left, strength = _leading(matrix, size, seed)
        found = (left * np.sqrt(strength)).astype(np.float32)
        norm = np.sqrt((found**2).sum(1, keepdims=True).clip(1e-6))
        vectors.append((found / norm).astype(np.float32))
    pieces = text.split("\n")
    held = Counter(c for piece in pieces for c in set(piece[:400]))
    idf = np.array([0.0, 1.0] + [np.log((len(pieces) + 1) / (held[c] + 1)) / np.log(len(pieces) + 1) for c in letters])
    return FirstVectors("".join(letters), named, idf.astype(np.float32), vectors[0], vectors[1])


def _leading(matrix: Any, size: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the leading left singular vectors and values. Source: Halko, Martinsson & Tropp, SIAM Review 2011."""
    dice = np.random.default_rng(seed)
    guess = matrix @ dice.standard_normal((matrix.shape[1], size + 10)).astype(np.float32)
    for _ in range(3):
        basis, _ = np.linalg.qr(guess)
        guess = matrix @ (matrix.T @ basis)
    basis, _ = np.linalg.qr(guess)
    small, strength, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return (basis @ small)[:, :size].astype(np.float32), strength[:size].astype(np.float32)


def _positive_pmi(counted: Any) -> Any:
    from scipy import sparse

    coo = counted.tocoo()
    row = np.asarray(counted.sum(1)).ravel()
    column = np.asarray(counted.sum(0)).ravel() ** 0.75
    value = np.log(coo.data * column.sum() / (row[coo.row] * column[coo.col]))
    good = value > 0
    return sparse.csr_matrix((value[good], (coo.row[good], coo.col[good])), shape=counted.shape)
