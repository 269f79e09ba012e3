"""Build what questions are read with: rag/models/language, by `python -m rag.training.language`.

Three tables: how often two characters stand together in Chinese at large, how characters are read, and
which look alike. Every source is free to use; `--data` names the folder with the texts (default ../shared/data).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from itertools import chain, pairwise
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from rag.question.phonetics import toneless

FOLDER = Path(__file__).parent.parent / "models" / "language"
_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_PAIRS = 200_000  # rows of the pair table at most
_RARE = 4  # a pair that occurs less often than this says nothing
_CHARACTERS = 7_000  # the commonest characters have readings and shapes
_QUESTION_WEIGHT = 12  # questions are what is read, and few
_PHRASE_WEIGHT = 300
_PLACE_WEIGHT = 60
_TOWN_WEIGHT = 4
_LAW_SHARE = 4  # every fourth article of law: else the table would speak of nothing but law
_WORD_SHARE = 10  # jieba's frequencies, divided
_DRAWN = 4_500  # nobody types a rarer one by mistake
_SIDE = 28  # pixels of a drawn character
_ALIKE = 0.5  # correlation of two drawings from which they may be mistaken for each other: 坪 and 评 have 0.7
_NEIGHBOURS = 6


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def texts(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield texts with their weights, from the sets that are marked green."""
    seen: set[str] = set()
    for name in ("cmrc2018_train", "drcd_dev_simp"):
        for row in _rows(folder, name):
            yield row["question"], _QUESTION_WEIGHT
            if row["context"] not in seen:
                seen.add(row["context"])
                yield row["context"], 1
    for row in _rows(folder, "stard_train"):
        yield row["question"], _QUESTION_WEIGHT
        yield row["answer"], 1
    for row in _rows(folder, "gov_reports"):
        yield row["text"], 2
    for row in _rows(folder, "csl_title_abstract"):
        yield row["title"] + "\n" + row["abstract"], 1
    for at, row in enumerate(_rows(folder, "law_articles")):
        if at % _LAW_SHARE == 0:
            yield row["text"], 1


def phrases(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield what people ask with and the names of China's places, with weights that make them sure."""
    listed = Path(__file__).parent.parent / "glossaries" / "questions.txt"
    for line in listed.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for phrase in line.split():
                yield phrase, _PHRASE_WEIGHT
    for row in _rows(folder, "gazetteer_pcas"):
        yield row["name"], _PLACE_WEIGHT if row["level"] <= 3 else _TOWN_WEIGHT


def words() -> Iterator[tuple[str, int]]:
    """Yield words with their frequencies. Source: jieba's dictionary (MIT)."""
    table = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        word, often, *_ = line.split(" ")
        yield word, int(often)


def count(sources: Iterable[tuple[str, int]]) -> tuple[Counter[str], Counter[str]]:
    """Return how often characters and pairs of them occur."""
    singles: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text, weight in sources:
        if not isinstance(text, str):  # a missing answer reads as not-a-number
            continue
        folded = fold(text)
        singles.update({c: n * weight for c, n in Counter(folded).items() if "\u4e00" <= c <= "\u9fff"})
        found = Counter(a + b for a, b in pairwise(folded) if min(a, b) >= "\u4e00" and max(a, b) <= "\u9fff")
        pairs.update(found if weight == 1 else {pair: n * weight for pair, n in found.items()})
    for word, often in words():
        share = 1 + often // _WORD_SHARE
        for a, b in pairwise(word):
            if min(a, b) >= "\u4e00" and max(a, b) <= "\u9fff":
                pairs[a + b] += share
        for character in word:
            if "\u4e00" <= character <= "\u9fff":
                singles[character] += share
    return singles, pairs


def edges() -> tuple[dict[str, float], dict[str, float]]:
    """Return which share of all words begins and ends with each character. Source: jieba's dictionary (MIT)."""
    begins: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    total = 0
    for word, often in words():
        if all("\u4e00" <= character <= "\u9fff" for character in word):
            begins[word[0]] += often
            ends[word[-1]] += often
            total += often
    return {c: n / total for c, n in begins.items()}, {c: n / total for c, n in ends.items()}


def readings(characters: Iterable[str]) -> dict[str, list[str]]:
    """Return the toneless syllables of each character, commonest first. Source: pypinyin's tables (MIT)."""
    package = resources.files("pypinyin")
    alone = json.loads(package.joinpath("pinyin_dict.json").read_text(encoding="utf-8"))
    phrases = json.loads(package.joinpath("phrases_dict.json").read_text(encoding="utf-8"))
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in phrases.items():
        for character, syllable in zip(phrase, syllables, strict=False):
            heard[character][toneless(syllable[0])] += 1
    found = {}
    for character in characters:
        listed = [toneless(one) for one in alone.get(str(ord(character)), "").split(",") if one]
        often = heard.get(character, Counter())
        total = sum(often.values())
        kept = [syllable for syllable, n in often.most_common() if n >= 2 and n >= 0.04 * total]
        if listed and (not kept or (listed[0] not in kept and total < 5)):
            kept.insert(0, listed[0])
        if kept:
            found[character] = list(dict.fromkeys(kept))[:3]
    return found


def alike(characters: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """Return what each character may be mistaken for by its looks, likest first, from drawings of both."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    font = ImageFont.truetype(str(_FONT), _SIDE, index=2)
    drawings = np.zeros((len(characters), _SIDE * _SIDE), dtype=np.float32)
    for row, character in enumerate(characters):
        image = Image.new("L", (_SIDE, _SIDE), 0)
        ImageDraw.Draw(image).text((0, -8), character, fill=255, font=font)
        blurred = image.filter(ImageFilter.GaussianBlur(0.9))
        drawings[row] = np.asarray(blurred, dtype=np.float32).ravel()
    drawings -= drawings.mean(axis=0)  # what all characters share says nothing
    drawings /= np.maximum(np.linalg.norm(drawings, axis=1, keepdims=True), 1e-6)
    found: dict[str, list[tuple[str, float]]] = {}
    for begin in range(0, len(characters), 500):
        likeness = drawings[begin : begin + 500] @ drawings.T
        for row in range(len(likeness)):
            likeness[row, begin + row] = 0
            best = np.argsort(-likeness[row])[:_NEIGHBOURS]
            near = [(characters[int(at)], float(likeness[row, at])) for at in best if likeness[row, at] >= _ALIKE]
            if near:
                found[characters[begin + row]] = near
    return found


def pack(pairs: Counter[str]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return the keys of the commonest pairs, sorted, and eight times the binary logarithm of their counts."""
    kept = sorted((ord(pair[0]) << 16 | ord(pair[1]), n) for pair, n in pairs.most_common(_PAIRS) if n >= _RARE)
    keys = np.array([key for key, _ in kept], dtype=np.uint32)
    levels = np.round(8 * np.log2(np.array([n for _, n in kept], dtype=np.float64)))
    return keys, np.clip(levels, 0, 255).astype(np.uint8)


def _levels(shares: Iterable[float]) -> NDArray[np.uint8]:
    """Return minus eight times the binary logarithm of shares, 255 for none."""
    return np.array([min(255, round(-8 * log2(share))) if share else 255 for share in shares], dtype=np.uint8)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="建立读题用的字表：字对频次、读音、形近字")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="训练数据文件夹")
    parser.add_argument("--out", type=Path, default=FOLDER, help="写到哪个文件夹")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    options.out.mkdir(parents=True, exist_ok=True)
    singles, pairs = count(chain(texts(options.data), phrases(options.data)))
    keys, levels = pack(pairs)
    common = [character for character, _ in singles.most_common(_CHARACTERS)]
    begins, ends = edges()
    gaps = np.diff(keys, prepend=np.uint32(0)).astype("<u4")  # gaps compress better than keys; bytes of a kind together
    np.savez_compressed(
        options.out / "pairs.npz",
        gaps=np.frombuffer(gaps.tobytes(), dtype=np.uint8).reshape(-1, 4).T,
        levels=levels,
        characters=np.array([ord(c) for c in common], dtype=np.uint16),
        begins=_levels(begins.get(c, 0.0) for c in common),
        ends=_levels(ends.get(c, 0.0) for c in common),
        total=np.array([sum(pairs.values())], dtype=np.int64),
    )
    read = readings(common)
    by_syllable: dict[str, list[str]] = defaultdict(list)
    second: dict[str, list[str]] = defaultdict(list)
    for character in common:
        for place, syllable in enumerate(read.get(character, [])):
            (second if place else by_syllable)[syllable].append(character)
    lines = [f"{s}\t{''.join(by_syllable[s])}\t{''.join(second[s])}" for s in sorted({*by_syllable, *second})]
    (options.out / "syllables.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shapes = alike(common[:_DRAWN])
    (options.out / "shapes.tsv").write_text(
        "\n".join(f"{c}\t{''.join(n for n, _ in near)}" for c, near in shapes.items()) + "\n", encoding="utf-8"
    )
    minutes = (time.monotonic() - begun) / 60
    print(f"{len(keys)} 个字对，{len(read)} 个字的读音，{len(shapes)} 个字有形近字；用时 {minutes:.1f} 分钟")
    return 0


if __name__ == "__main__":
    sys.exit(main())
