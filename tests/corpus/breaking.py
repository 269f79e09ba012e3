"""News text broken on purpose: what repairing must undo, and how often it does.

`python -m tests.corpus.breaking` prints precision and recall of every decision over held-out news texts.
"""

from __future__ import annotations

import gzip
import itertools
import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.chinese.text import split_sentences
from corpus.decoding import SourceText
from corpus.records import BlockKind
from corpus.repair.repairing import repair

NEWS = Path(__file__).parents[3] / "shared" / "data" / "news_text.jsonl.gz"
HELD_OUT = 50  # every 50th text; training leaves these alone

OURS = tuple(Path(__file__).parents[2] / folder for folder in ("corpus/articles", "evals/sets/towns"))
TITLES = NEWS.with_name("news_title_body_train.jsonl.gz")
_PLACES = [
    "东湖",
    "云栖",
    "梅林",
    "江南新城",
    "北港",
    "双桥镇",
    "红旗渠",
    "青山湖",
    "白马山",
    "开化县",
    "桥西历史街区",
    "海棠公园",
    "西岭",
    "南泉村",
]
_THINGS = [
    "一角",
    "文化礼堂",
    "未来工厂车间",
    "智能产线",
    "规划展示馆",
    "数字产业园",
    "候车大厅",
    "湿地公园",
    "人才公寓",
    "创新中心",
    "工程师正在调试设备",
    "社区食堂内，老人正在用餐",
    "志愿者为居民送药",
    "生产的新能源汽车整装待发",
    "绿道",
    "夜景",
    "物流园",
]


@dataclass(frozen=True, slots=True)
class Break:
    """One break: the words before and after it, the captions put in, and whether words were taken out."""

    before: str
    after: str
    captions: tuple[str, ...]
    lost: int


def news(count: int, *, least: int = 400, held_out: bool = True) -> list[str]:
    """Return `count` news texts of at least `least` characters, always the same ones; where there are none, of ours."""
    if not NEWS.exists():
        return ours(count, least=least)
    texts: Iterator[str]
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line)["text"] for n, line in enumerate(lines) if (n % HELD_OUT == 0) == held_out)
        texts = (text for text in rows if len(text) >= least)
        return list(itertools.islice(texts, count))


def ours(count: int, *, least: int) -> list[str]:
    """Return texts put together from sentences of the articles that the repository holds, always the same ones."""
    texts = [path.read_text(encoding="utf-8") for folder in OURS for path in sorted(folder.glob("*.txt"))]
    said = [text[span.start : span.end] for text in texts for span in split_sentences(text)]
    chance = random.Random(7)
    made = []
    for _ in range(count):
        made.append(chance.choice(said))
        length = max(least, chance.randint(1, 1200))
        while len(made[-1]) < length:
            made[-1] += chance.choice(said)
    return made


def headings() -> list[str]:
    """Return short news titles, which stand in as headings; where there are none, the headlines of ours."""
    if not TITLES.exists():
        paths = (path for folder in OURS for path in sorted(folder.glob("*.txt")))
        return [path.read_text(encoding="utf-8").split("\n", 1)[0][:22] for path in paths]
    with gzip.open(TITLES, "rt", encoding="utf-8") as lines:
        titles = (json.loads(line)["title"].strip() for line in lines)
        return [title for title in titles if 6 <= len(title) <= 22 and not re.search(r"[。！？!?]$", title)]


def break_up(text: str, chance: random.Random, titles: list[str]) -> tuple[str, list[Break], list[str]]:
    """Return a newspaper page made of `text`, where it is broken, and the headings put in.

    Paragraphs of one to three sentences; every second one is broken once in mid-sentence. A third of the breaks hold
    one or two captions, a fifth lost 1 to 60 characters, with or without a caption.
    """
    text = re.sub(r"\s+", "", text)
    sentences = [text[span.start : span.end] for span in split_sentences(text)]
    breaks: list[Break] = []
    page = ["关于这件事的报道", "", "李明 王小红", ""]
    put: list[str] = []
    while sentences:
        if chance.random() < 0.15 and len(page) > 6:
            put.append(chance.choice(titles))
            page += [put[-1], ""]
        size = chance.randint(1, 3)
        paragraph, sentences = "".join(sentences[:size]), sentences[size:]
        where = chance.randrange(8, max(9, len(paragraph) - 8))
        breakable = len(paragraph) > 40 and not re.search(r"[。！？!?…：；;:]", paragraph[where - 2 : where + 2])
        if not breakable or chance.random() < 0.5:
            page += [paragraph, ""]
            continue
        lost = round(math.exp(chance.uniform(0, math.log(60)))) if chance.random() < 0.2 else 0
        lost = min(lost, len(paragraph) - where - 6)
        before, after = paragraph[:where], paragraph[where + lost :]
        count = chance.choice((1, 1, 2)) if chance.random() < 0.33 else 0
        captions = tuple(chance.choice(_PLACES) + chance.choice(_THINGS) for _ in range(count))
        spaced = chance.random() < 0.7
        page += [before, ""]
        for caption in captions:
            page += ["", "", caption, ""] if spaced else [caption, ""]
        page += [after, ""]
        breaks.append(Break(before, after, captions, lost))
    return "\n".join(page), breaks, put


def judge(page: str, breaks: list[Break], put: list[str]) -> Counter[str]:
    """Count what repairing made of the breaks of one page."""
    article = repair(SourceText("page.txt", page, "txt", "utf-8", ""))
    found: Counter[str] = Counter()
    blocks = [(block, article.text[block.start : block.end]) for block in article.blocks]
    captions = Counter(text for block, text in blocks if block.kind is BlockKind.CAPTION)
    gaps = {article.text[:gap].rsplit("\n", 1)[-1][-8:] for gap in article.gaps}
    bodies = [text for block, text in blocks if block.kind is BlockKind.BODY]
    for broken in breaks:
        joint = broken.before[-8:] + broken.after[:8]
        joined = any(joint in body for body in bodies)
        gap = broken.before[-8:] in gaps
        kind = "lost" if broken.lost else "whole"
        found[f"{kind} {'joined' if joined else 'gap' if gap else 'neither'}"] += 1
        if broken.captions and not broken.lost:
            found[f"over caption {'joined' if joined else 'gap' if gap else 'neither'}"] += 1
        for caption in broken.captions:
            found["caption kept" if captions[caption] else "caption missed"] += 1
    ends = {broken.before[-8:] for broken in breaks}
    kinds = {text: block.kind.value for block, text in blocks}
    for heading in put:
        found[f"heading {'swallowed' if heading not in kinds else 'as ' + kinds[heading]}"] += 1
    found["gap elsewhere"] += len(gaps - ends)
    true_captions = Counter(caption for broken in breaks for caption in broken.captions)
    found["caption invented"] += sum((captions - true_captions).values())
    return found


def measure(count: int, seed: int = 1) -> Counter[str]:
    chance = random.Random(seed)
    total: Counter[str] = Counter()
    titles = headings()
    for text in news(count):
        total += judge(*break_up(text, chance, titles))
    return total


def rates(total: Counter[str]) -> dict[str, float]:
    """Return precision and recall of joins, gaps and captions, from 0 to 1."""

    def share(part: int, *others: int) -> float:
        return part / max(1, part + sum(others))

    whole, lost, elsewhere = total["whole joined"], total["lost gap"], total["gap elsewhere"]
    return {
        "join precision": share(whole, total["lost joined"], total["heading swallowed"]),
        "join recall": share(whole, total["whole gap"], total["whole neither"]),
        "gap precision": share(lost, total["whole gap"], elsewhere),
        "gap recall": share(lost, total["lost joined"], total["lost neither"]),
        "heading recall": share(
            total["heading as heading"],
            total["heading swallowed"] + total["heading as caption"] + total["heading as body"],
        ),
        "caption precision": share(total["caption kept"], total["caption invented"]),
        "caption recall": share(total["caption kept"], total["caption missed"]),
    }


if __name__ == "__main__":
    counts = measure(600)
    for name, number in sorted(counts.items()):
        print(f"{name:24}{number:7}")
    for name, rate in rates(counts).items():
        print(f"{name:24}{rate:7.3f}")
