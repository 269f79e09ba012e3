"""Train the junction model: `python -m corpus.training [--green]`.

Self-supervision: wherever running text goes on, its two sides are neighbours; text with a stretch taken out, a sentence
begun after half of another, half a sentence after a whole one are not. Read from ../shared/data; no text is kept in the
model. Took 48 minutes on one core of a busy machine. Needs torch; nothing else in `corpus` does.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.repair.junctions import BUCKETS, MODEL, UNKNOWN, WINDOW, bucket_columns, code_points, vocabulary_rows

DATA = Path(__file__).parents[2] / "shared" / "data"
HELD_OUT = 50  # every 50th text is for measuring
YELLOW = ("news_text.jsonl.gz",)
GREEN = ("gov_reports.jsonl.gz", "law_articles.jsonl.gz", "cmrc2018_train.jsonl.gz", "drcd_dev_simp.jsonl.gz")
_STEPS, _BATCH, _SEED = 2300, 8192, 20261122
_EMBEDDING, _HIDDEN, _SECOND = 32, 160, 32
_PAD = 12  # zeros between texts: more than a window
_STOPS = "。！？!?…\0\n"


class Sample:
    """Endless labelled junctions of one long text, in which zeros part the articles."""

    def __init__(self, texts: list[str], seed: int) -> None:
        gap = "\0" * _PAD
        whole = gap + gap.join(text.replace("\0", " ") for text in texts) + gap
        self.codes = code_points(whole)
        raw = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32)
        stop = np.isin(raw, [ord(character) for character in _STOPS])
        self.blank = raw == 0
        self.stop = stop
        self.text_of = np.cumsum(self.blank) // _PAD
        self.starts = np.flatnonzero(stop[:-1] & ~stop[1:]) + 1
        self.ends = np.flatnonzero(~stop[:-1] & stop[1:]) + 1
        self.chance = np.random.default_rng(seed)

    def draw(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return offsets `i` where a left side ends, `j` where a right side begins, and the kind of each junction.

        Kinds: 0 neighbours, 1 a few characters lost, 2 many lost, 3 another sentence begins, 4 a whole sentence before
        another's beginning, 5 a whole sentence before the middle of another.
        """
        size = len(self.codes)
        i = self.chance.integers(_PAD + 400, size - 800, size=count * 2)
        i = i[~(self.stop[i - 1] | self.stop[i] | self.stop[i - 2] | self.blank[i - 3])][:count]
        count = len(i)
        kind = self.chance.choice(6, size=count, p=[0.5, 0.15, 0.15, 0.1, 0.05, 0.05])
        few = np.exp(self.chance.uniform(0, np.log(12), size=count)).astype(np.int64)
        many = np.exp(self.chance.uniform(np.log(8), np.log(300), size=count)).astype(np.int64)
        j = np.where(kind == 1, i + few, np.where(kind == 2, i + many, i))
        starts = self.starts[self.chance.integers(1, len(self.starts) - 8, size=count)]
        ends = self.ends[self.chance.integers(8, len(self.ends) - 8, size=count)]
        j = np.where((kind == 3) | (kind == 4), starts, j)
        i = np.where(kind >= 4, ends, i)
        same_text = (kind == 0) | (kind >= 3) | (self.text_of[i] == self.text_of[j])
        twin = (kind > 0) & (self.codes[i] == self.codes[j]) & (self.codes[i + 1] == self.codes[j + 1])
        good = same_text & ~twin & ~self.blank[j] & ~self.blank[j + 1] & ~self.blank[i - 1]
        return i[good], j[good], kind[good]

    def windows(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the characters around each junction, shape (n, 2 · WINDOW); zero beyond the end of the text.

        A part of the windows is cut short, as short lines are.
        """
        left = np.stack([self.codes[i - back] for back in range(WINDOW, 0, -1)], axis=1)
        right = np.stack([self.codes[j + ahead] for ahead in range(WINDOW)], axis=1)
        reach = self.chance.integers(4, 3 * WINDOW, size=len(i))[:, None]
        left[np.arange(WINDOW, 0, -1)[None, :] > reach] = 0
        for column in range(WINDOW - 2, -1, -1):
            left[:, column] = np.where(left[:, column + 1] == 0, 0, left[:, column])
        for column in range(1, WINDOW):
            right[:, column] = np.where(right[:, column - 1] == 0, 0, right[:, column])
        return np.concatenate([left, right], axis=1)


def read_texts(names: tuple[str, ...], *, held_out: bool) -> Iterator[str]:
    """Yield the running text of the data files; every 50th text is held out."""
    for name in names:
        seen = ""
        with gzip.open(DATA / name, "rt", encoding="utf-8") as rows:
            for number, line in enumerate(rows):
                row = json.loads(line)
                text = row.get("text") or row.get("context") or ""
                if (number % HELD_OUT == 0) == held_out and text != seen:
                    yield text
                seen = text


def auc(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    """Chance that a random one of `high` beats a random one of `low`, from 0 to 1."""
    ranks = np.argsort(np.argsort(np.concatenate([high, low])))
    return float((ranks[: len(high)].sum() - len(high) * (len(high) - 1) / 2) / (len(high) * len(low)))


def report(scores: NDArray[np.float64], kinds: NDArray[np.int64]) -> str:
    names = {1: "few lost", 2: "many lost", 3: "sentence after half", 4: "after whole", 5: "half after whole"}
    parts = [f"{name} {auc(scores[kinds == 0], scores[kinds == kind]):.3f}" for kind, name in names.items()]
    return f"AUC {', '.join(parts)}; right {((scores > 0) == (kinds == 0)).mean():.3f}"


def train(names: tuple[str, ...], steps: int, out: Path) -> None:
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(_SEED)
    training = Sample(list(read_texts(names, held_out=False)), _SEED)
    testing = Sample(list(read_texts(names, held_out=True)), _SEED + 1)
    counts = np.bincount(training.codes)
    frequent = np.argsort(-counts)[:6000]
    known = np.sort(frequent[(counts[frequent] >= 20) & (frequent > 0)]).astype(np.uint32)
    print(f"{len(training.codes)} characters, {len(known)} of them different", flush=True)

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(len(known) + UNKNOWN + 1, _EMBEDDING)
            nn.init.normal_(self.embedding.weight, std=0.3)
            self.first = nn.Linear(2 * WINDOW * _EMBEDDING, _HIDDEN)
            self.second = nn.Linear(_HIDDEN, _SECOND)
            self.third = nn.Linear(_SECOND, 1)
            self.wide = nn.EmbeddingBag(BUCKETS, 1, mode="sum", sparse=True)
            nn.init.zeros_(self.wide.weight)

        def forward(self, rows: Any, buckets: Any) -> Any:
            hidden = torch.relu(self.first(self.embedding(rows).flatten(1)))
            return (self.third(torch.relu(self.second(hidden))) + self.wide(buckets))[:, 0]

    def batch(sample: Sample, size: int) -> tuple[Any, Any, NDArray[np.int64]]:
        i, j, kinds = sample.draw(size)
        windows = sample.windows(i, j)
        rows = torch.from_numpy(vocabulary_rows(windows, known))
        return rows, torch.from_numpy(bucket_columns(windows)), kinds

    def measure(net: Any) -> str:
        with torch.no_grad():
            parts = [batch(testing, 20_000) for _ in range(8)]
            scores = np.concatenate([net(rows, buckets).numpy() for rows, buckets, _ in parts])
        return report(scores, np.concatenate([kinds for _, _, kinds in parts]))

    net = Net()
    deep = [weight for name, weight in net.named_parameters() if not name.startswith("wide")]
    adam = torch.optim.Adam(deep, lr=2e-3)
    adagrad = torch.optim.Adagrad([net.wide.weight], lr=0.05)
    begun = time.monotonic()
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = 2e-3 * (1 - step / steps) + 1e-5
        rows, buckets, kinds = batch(training, _BATCH)
        target = torch.from_numpy((kinds == 0).astype(np.float32))
        loss = nn.functional.binary_cross_entropy_with_logits(net(rows, buckets), target)
        adam.zero_grad()
        adagrad.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        adagrad.step()
        if step % 250 == 249:
            print(f"{step + 1} of {steps}, {time.monotonic() - begun:.0f} s: {measure(net)}", flush=True)
    save(out, known, {name: weight.numpy() for name, weight in net.state_dict().items()})
    print(f"held out: {measure(net)}; {(time.monotonic() - begun) / 60:.1f} minutes; {out.stat().st_size} bytes")


def save(out: Path, known: NDArray[np.uint32], weights: dict[str, NDArray[np.float32]]) -> None:
    """Write every matrix as int8 with one scale per row, everything else as float32."""
    packed: dict[str, Any] = {"known": known}
    for name, weight in weights.items():
        key = name.replace(".", "_")
        if weight.ndim < 2:
            packed[key] = weight
            continue
        matrix = weight.T if name.startswith("wide") else weight  # one scale for all buckets
        scale = np.abs(matrix).max(axis=1, keepdims=True) / 127 + 1e-12
        packed[key] = np.round(matrix / scale).astype(np.int8)
        packed[key + "_scale"] = scale.astype(np.float32)
    out.parent.mkdir(parents=True, exist_ok=True)
    write: Callable[..., None] = np.savez_compressed
    write(out, **packed)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the model that tells a broken line from a lost one.")
    parser.add_argument("--green", action="store_true", help="train on the data that is free to redistribute alone")
    parser.add_argument("--steps", type=int, default=_STEPS)
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    train(GREEN if options.green else YELLOW + GREEN[2:], options.steps, options.out)


if __name__ == "__main__":
    main()
