"""No step of the index gets slower: each is held against a yardstick of plain Python that runs beside it.

Both are timed in the processor's time, in turns, and the best turn counts: what else the machine does makes both slower.
After a change that is meant to cost more, print the ratios (`pytest tests/index/test_ratios.py -s`) and record them here.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from corpus.chinese.text import split_sentences
from corpus.loading import Corpus
from corpus.records import Article
from index.search.embedding import STATIC, load_embedder
from index.storage.store import build_index, open_index
from index.storage.updating import update_index
from tests.fakes import MadeCorpus, made_article, one_passage_a_block
from tests.indexes import snapshot_of

RECORDED = {"build": 12.9, "update": 4.7, "open": 0.7, "search": 15.0}  # of 80 articles, 320 passages; 100 questions
_WORSE = 1.5
_TURNS = 3


def test_no_step_is_half_again_as_slow_as_recorded(corpus: Corpus, tmp_path: Path) -> None:
    made = MadeCorpus(_articles(corpus, 80))
    embedder = load_embedder(STATIC)
    texts = [article.text for article in made.articles]
    questions = [text[at : at + 16] for at, text in enumerate(texts[:100])]
    index = tmp_path / "index"
    snapshot = snapshot_of(made, index, embedder, one_passage_a_block)
    turn = iter(range(1000))

    def build() -> None:
        build_index(made, tmp_path / str(next(turn)), embedder, split=one_passage_a_block)

    def update() -> None:
        changed = made_article("另一篇", f"第{next(turn)}次改动。{texts[0]}")
        update_index(index, embedder, (changed,), split=one_passage_a_block)

    steps: dict[str, Callable[[], object]] = {
        "build": build,
        "update": update,
        "open": lambda: open_index(index, embedder),
        "search": lambda: [snapshot.search_passages(question, 5) for question in questions],
    }
    ratios = {name: _ratio(step, texts) for name, step in steps.items()}
    print({name: round(ratio, 3) for name, ratio in ratios.items()})
    for name, ratio in ratios.items():
        assert ratio < _WORSE * RECORDED[name], (name, ratio)


def _articles(corpus: Corpus, count: int) -> tuple[Article, ...]:
    sentences = [a.text[s.start : s.end] for a in corpus.articles for s in split_sentences(a.text)]
    chance = random.Random(5)
    return tuple(
        made_article(f"{number:04d}", *("".join(chance.sample(sentences, 4)) for _ in range(4)))
        for number in range(count)
    )


def _yardstick(texts: list[str]) -> int:
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(text[at : at + 2] for at in range(len(text) - 1))
    return len(counted)


def _ratio(step: Callable[[], object], texts: list[str]) -> float:
    """Return the best of some turns: what the step takes, as a multiple of the yardstick right before it."""
    return min(_spent(step) / yardstick for yardstick in (_spent(lambda: _yardstick(texts)) for _ in range(_TURNS)))


def _spent(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def test_a_step_that_does_five_times_as_much_is_seen() -> None:
    texts = ["临平" * 500] * 40
    assert _ratio(lambda: [_yardstick(texts) for _ in range(5)], texts) > _WORSE
