"""The training data of the embedder: pairs of texts that should lie close, by source.

Every source names the licence mark of its file (see the data's README.md). What the benchmarks hold out is never read
here: `is_held_out` decides by the key of a row, so that a re-ordered file gives the same split.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ModelError

Row = dict[str, Any]
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_SALUTATION = re.compile(r"^(?:网友|市民|尊敬的)[^：:！!]{0,40}[：:！!]?(?:您好|你好)?[！!，,。：:]?")
_DATELINE = re.compile(r"^[^，。]{0,30}，正文：|^(?:IT之家|中新社|新华社|本报讯)[^，。]{0,24}(?:消息|电|讯)[，）)]?")
PASSAGE = 320  # characters; what a passage of the index has at most, about


@dataclass(frozen=True, slots=True)
class PairSource:
    """Pairs of one kind. `left` and `right` are as long as each other; `weight` is its share of the batches."""

    name: str
    green: bool
    weight: float
    left: tuple[str, ...]
    right: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.left) != len(self.right) or not self.left:
            raise ValueError(f"{self.name}: {len(self.left)} lefts and {len(self.right)} rights")


def read_rows(folder: Path, name: str) -> list[Row]:
    """Return the rows of one file. Raises ModelError if the data is not there."""
    path = folder / f"{name}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except OSError as error:
        raise ModelError(f"找不到训练数据 {path}，请用 --data 指明数据文件夹。") from error


def is_held_out(key: str) -> bool:
    """Return whether the row of this key belongs to the fifth that is only evaluated on."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 5 == 0


def sources(folder: Path, *, green_only: bool = False, seed: int = 0) -> list[PairSource]:
    """Return all sources of training pairs, the green ones alone if asked."""
    found = []
    for name, (green, weight, read) in _READERS.items():
        if green_only and not green:
            continue
        pairs = [(a, b) for a, b in read(folder, random.Random(f"{seed} {name}")) if a and b and a != b]
        found.append(PairSource(name, green, weight, *zip(*pairs, strict=True)))
    return found


def plain_texts(folder: Path, *, green_only: bool = False) -> list[str]:
    """Return running text to count words in."""
    texts = [row["text"] for row in read_rows(folder, "law_articles")]
    texts += [row["text"] for row in read_rows(folder, "gov_reports")]
    texts += [row["abstract"] for row in read_rows(folder, "csl_title_abstract")]
    for name in ("cmrc2018_train", "drcd_dev_simp"):
        texts += {row["context"] for row in read_rows(folder, name)}
    if not green_only:
        texts += [row["text"] for row in read_rows(folder, "news_text")]
        texts += {row["context"] for row in read_rows(folder, "squad_zh_v1_dev_noxquad")}
    return sorted(texts)


def place_names(folder: Path) -> list[str]:
    """Return the names of provinces, cities and counties, with and without their kind."""
    names = {row["name"] for row in read_rows(folder, "gazetteer_pcas") if row["level"] <= 3}
    return sorted(names | {name[:-1] for name in names if len(name) > 2 and name[-1] in "省市区县旗"})


def _questions(name: str) -> Callable[[Path, random.Random], Iterator[tuple[str, str]]]:
    def read(folder: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
        for row in read_rows(folder, name):
            context, answers = row["context"], row["answers"]
            if not answers:
                continue
            start = answers[0]["answer_start"]
            for sentence in _SENTENCE.finditer(context):
                if sentence.start() <= start < sentence.end():
                    yield row["question"], sentence.group()
            begin = max(0, start - rng.randrange(PASSAGE))
            yield row["question"], context[begin : begin + PASSAGE]

    return read


def _stard(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "stard_train"):
        if is_held_out(row["question"]):
            continue
        for statute in row["statutes"]:
            yield row["question"], statute["text"]


def _stard_answers(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "stard_train"):
        if is_held_out(row["question"]) or not isinstance(row["answer"], str):
            continue
        yield row["question"], row["answer"][:PASSAGE]
        for statute in row["statutes"]:
            yield row["answer"][:PASSAGE], statute["text"]
            if isinstance(row["keywords"], str):
                yield row["keywords"], statute["text"]


def _inbox(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "gov_inbox_train"):
        if not is_held_out(row["topic"]):
            reply = _SALUTATION.sub("", row["answer"])[: 2 * PASSAGE]
            yield row["topic"], reply
            yield row["question"][:PASSAGE], reply


def _inbox_messages(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for name in ("gov_inbox_messages", "gov_inbox_train"):
        for row in read_rows(folder, name):
            if not is_held_out(row["topic"]):
                yield row["topic"], row["question"][:PASSAGE]


def _ncp(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "ncp_policy_qa_nodoc"):
        if not is_held_out(row["docid"]):
            yield row["question"], row["answer"][:PASSAGE]


def _titled_news(folder: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "news_title_body_train"):
        text = _DATELINE.sub("", row["text"])
        for left in (row["title"], row["summary"], row["event"]):
            begin = rng.randrange(max(1, min(len(text), 600) - PASSAGE))
            yield left, text[begin : begin + PASSAGE]


def _csl(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "csl_title_abstract"):
        yield row["title"], row["abstract"][:PASSAGE]


def _news(folder: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    """A sentence, and what stands around it: the lead, and two others of each text."""
    for row in read_rows(folder, "news_text"):
        sentences = [match.group() for match in _SENTENCE.finditer(_DATELINE.sub("", row["text"])[:1600])]
        sentences = [sentence for sentence in sentences if len(sentence) >= 10]
        if len(sentences) < 3:
            continue
        for at in {0, *(rng.randrange(len(sentences)) for _ in range(2))}:
            around = sentences[max(0, at - 2) : at] + sentences[at + 1 : at + 5]
            yield sentences[at][:120], "".join(around)[:PASSAGE]


def _laws(folder: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    rows = read_rows(folder, "law_articles")
    for row, following in itertools.pairwise(rows):
        chapter = re.sub(r"^第\S+\s+", "", row["chapter"] or "")
        if len(row["text"]) < 12:
            continue
        if rng.random() < 0.4:
            yield f"{row['law']} {chapter}", row["text"][:PASSAGE]
        elif following["law"] == row["law"] and following["chapter"] == row["chapter"] and rng.random() < 0.5:
            yield row["text"][:160], following["text"][:PASSAGE]


def _reports(folder: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "gov_reports"):
        sentences = [match.group() for match in _SENTENCE.finditer(row["text"]) if len(match.group()) >= 12]
        for at in range(0, len(sentences) - 4, 2):
            yield sentences[at][:120], "".join(sentences[at + 1 : at + 4])[:PASSAGE]


def _abbreviations(folder: Path, _rng: random.Random) -> Iterator[tuple[str, str]]:
    for row in read_rows(folder, "abbreviations"):
        yield row["abbr"], row["full"]


_READERS: dict[str, tuple[bool, float, Callable[[Path, random.Random], Iterator[tuple[str, str]]]]] = {
    "cmrc2018_train": (True, 2.0, _questions("cmrc2018_train")),
    "drcd_dev_simp": (True, 0.5, _questions("drcd_dev_simp")),
    "drcd_dev_trad": (True, 0.3, _questions("drcd_dev_trad")),
    "squad_zh_v1": (False, 1.0, _questions("squad_zh_v1_dev_noxquad")),
    "stard": (True, 1.5, _stard),
    "stard_answers": (True, 1.5, _stard_answers),
    "gov_inbox": (False, 2.0, _inbox),
    "gov_inbox_messages": (False, 1.5, _inbox_messages),
    "ncp_policy_qa": (False, 1.5, _ncp),
    "titled_news": (False, 1.0, _titled_news),
    "csl": (True, 0.7, _csl),
    "news_text": (False, 3.0, _news),
    "law_articles": (True, 2.0, _laws),
    "gov_reports": (True, 0.5, _reports),
    "abbreviations": (False, 0.5, _abbreviations),
}
