"""Measure how questions are read: false corrections, repaired typos, decoded pinyin, kinds.

`python -m rag.training.reading_scores --data ../shared/data`. Seeds are fixed; nothing is written.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from corpus.chinese.text import fold
from rag.question.phonetics import near, sounds
from rag.question.pinyin import decode
from rag.question.tidy import simplify, tidy
from rag.question.topics import TopicKind, find_topics
from rag.question.typos import correct
from rag.question.vocabulary import CorpusWords

_COMMON = 3_000  # typed by mistake are common characters


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def spoil(question: str, words: CorpusWords, dice: random.Random) -> str:
    """Return `question` with one character of a term that the corpus holds exchanged, or an empty string."""
    table = sounds()
    common = _common()
    terms = [
        topic
        for topic in find_topics(question, words)
        if topic.kind is not TopicKind.TIME
        and words.count(fold(topic.text)) > 0
        and re.fullmatch("[\u4e00-\u9fff]{2,}", topic.text)
    ]
    if not terms:
        return ""
    term = dice.choice(terms)
    at = dice.randrange(len(term.text))
    right = term.text[at]
    how = dice.choice(("sound", "sound", "near", "shape"))
    if how == "shape":
        pool = table.shapes.get(right, "")
    elif how == "sound":
        pool = "".join(table.characters[syllable] for syllable in table.readings.get(right, ()))
    else:
        pool = "".join(table.near_characters[near(syllable)] for syllable in table.readings.get(right, ()))
    wrong = [character for character in pool if character != right and character in common]
    if not wrong:
        return ""
    spoiled = term.text[:at] + dice.choice(wrong) + term.text[at + 1 :]
    if spoiled in question or words.count(fold(spoiled)):
        return ""
    return question[: term.start] + spoiled + question[term.end :]


def _common() -> set[str]:
    lines = resources.files("rag").joinpath("models", "language", "shapes.tsv").read_text(encoding="utf-8").splitlines()
    return {line[0] for line in lines[:_COMMON]}


def _typed(question: str, gap: str) -> str:
    """Return `question` as somebody types it who has no Chinese keyboard."""
    readings = sounds().readings
    parts = [readings.get(character, (character,))[0] for character in question if character.isalnum()]
    return gap.join(parts)


def _share(hits: int, total: int) -> str:
    return f"{hits}/{total} = {hits / max(1, total):.1%}"


def report(folder: Path, count: int) -> Iterator[str]:
    """Yield lines of figures."""
    dice = random.Random(2026)
    rows = _rows(folder, "cmrc2018_train")
    sample = dice.sample(rows, count)
    wrong = right = repaired = 0
    spent = 0.0
    for row in sample:
        words = CorpusWords.of([row["context"]])
        question = simplify(tidy(row["question"]))
        begun = time.process_time()
        wrong += bool(correct(question, words).changes)
        spent += time.process_time() - begun
        spoiled = spoil(question, words, dice)
        if spoiled:
            right += 1
            repaired += fold(correct(spoiled, words).text) == fold(question)
    yield f"误改（自带文章为语料）：{_share(wrong, count)}；每题 {spent / count * 1000:.1f} 毫秒"
    yield f"改对（一字之误）：{_share(repaired, right)}"
    many = CorpusWords.of(sorted({row["context"] for row in dice.sample(rows, 4_000)}))
    wrong = sum(bool(correct(simplify(tidy(row["question"])), many).changes) for row in sample)
    yield f"误改（四千段文章为语料）：{_share(wrong, count)}"
    trial = [row for row in _rows(folder, "cmrc2018_trial") if not re.search("[A-Za-z]", row["question"])]
    for gap, name in ((" ", "有空格"), ("", "无空格")):
        same = total = 0
        for row in dice.sample(trial, min(200, len(trial))):
            question = fold("".join(character for character in simplify(row["question"]) if character.isalnum()))
            read = decode(_typed(question, gap), CorpusWords.of([row["context"]]))
            total += len(question)
            same += sum(a == b for a, b in zip(read, question, strict=False)) if len(read) == len(question) else 0
        yield f"拼音逐字正确（{name}）：{_share(same, total)}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="识读问题的成绩")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="训练数据文件夹")
    parser.add_argument("--count", type=int, default=2_000, help="抽多少个问题")
    options = parser.parse_args(arguments)
    for line in report(options.data, options.count):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
