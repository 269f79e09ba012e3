"""The built-in embedder from data to folder: read, count words, mine, learn, save, judge."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from index.search import lexical
from index.training import mining, pairs, tokenizing
from index.training.learning import Floats, Recipe, StaticModel, TokenPairs, Tokens, train
from index.training.pairs import PairSource

VOCABULARY = 47_000  # with 256 dimensions in eight bits: just under 14 MB
_BATCH = 4000
# Pairs in which the wording differs enough that words in common mislead.
_MINED = frozenset(
    {"cmrc2018_train", "drcd_dev_simp", "squad_zh_v1", "stard", "stard_answers", "gov_inbox", "ncp_policy_qa"}
)
_IN_PLAIN_TEXTS = frozenset({"news_text", "law_articles", "gov_reports"})
_LAW_POOL = frozenset({"stard", "stard_answers"})


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished table with its tokenizer, and what it took beside what was found in the cache.

    `minutes` passed on the clock; `busy` are those that the processor worked, whatever else it had to do meanwhile.
    """

    tokenizer: Tokenizer
    table: Floats
    sources: tuple[PairSource, ...]
    minutes: float
    busy: float


def train_embedder(
    data: Path,
    cache: Path,
    *,
    green_only: bool = False,
    recipe: Recipe | None = None,
    vocabulary: int = VOCABULARY,
    quiet: bool = False,
    without: frozenset[str] = frozenset(),
) -> Trained:
    """Train on everything in `data` that is not held out. Word counts and mined negatives are kept in `cache`.

    Sources named in `without` are left out: what learns from their questions afterwards must not meet vectors that know
    them. Raises ModelError if the data is not there.
    """
    recipe = recipe or Recipe()
    begun, worked = time.monotonic(), time.process_time()
    found = pairs.sources(data, green_only=green_only, seed=recipe.seed)
    sources = [source for source in found if source.name not in without]
    texts = pairs.plain_texts(data, green_only=green_only)
    key = _digest([*texts, *(text for source in sources for text in (*source.left, *source.right))])
    for source in sources:  # the words of questions and messages stand nowhere else
        if source.name not in _IN_PLAIN_TEXTS:
            texts += {*source.left, *source.right}
    counts = _cached_counts(cache / f"words-{key}.json", texts, pairs.place_names(data))
    words = tokenizing.vocabulary(counts, vocabulary)
    tokenizer = tokenizing.tokenizer_of(words)
    laws = [row["text"][: pairs.PASSAGE] for row in pairs.read_rows(data, "law_articles")]
    tasks = [
        _task(
            source,
            tokenizer,
            laws if source.name in _LAW_POOL else [],
            cache / f"mined-{source.name}-{key}.npy",
            mined=source.name in _MINED and recipe.negatives > 0,
            quiet=quiet,
        )
        for source in tqdm(sources, desc="reading pairs", disable=quiet)
    ]
    tokens = [token for token, _row in sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])]
    seen = np.array([counts.get(token, 0) for token in tokens], dtype=np.float64)
    model = StaticModel(seen, *tokenizing.components(tokens), recipe)
    train(model, tasks, recipe, quiet=quiet)
    return Trained(
        tokenizer, model.table(), tuple(sources), (time.monotonic() - begun) / 60, (time.process_time() - worked) / 60
    )


def tokenised(tokenizer: Tokenizer, texts: Sequence[str]) -> Tokens:
    """Return the tokens of `texts`."""
    ids: list[list[int]] = []
    for at in range(0, len(texts), _BATCH):
        batch = tokenizer.encode_batch_fast(list(texts[at : at + _BATCH]), add_special_tokens=False)
        ids += [encoding.ids for encoding in batch]
    ends = np.cumsum([0] + [len(row) for row in ids])
    return Tokens(np.concatenate([np.array(row, dtype=np.int32) for row in ids]), ends)


def _task(
    source: PairSource, tokenizer: Tokenizer, more: Iterable[str], cache: Path, *, mined: bool, quiet: bool
) -> TokenPairs:
    right = list(dict.fromkeys(source.right))
    place = {text: row for row, text in enumerate(right)}
    gold = np.array([place[text] for text in source.right], dtype=np.int64)
    negatives = None
    if mined:
        right += [text for text in dict.fromkeys(more) if text not in place]
        if cache.exists():
            negatives = np.load(cache)
        else:
            negatives = mining.mine(source.left, source.right, right, name=source.name, quiet=quiet)
            cache.parent.mkdir(parents=True, exist_ok=True)
            np.save(cache, negatives)
        used = np.unique(negatives[negatives >= len(place)])
        right = right[: len(place)] + [right[row] for row in used]
        negatives = np.where(negatives < len(place), negatives, len(place) + np.searchsorted(used, negatives))
    return TokenPairs(
        source.name,
        source.weight,
        tokenised(tokenizer, source.left),
        tokenised(tokenizer, right),
        gold,
        _numbered(source.left),
        negatives,
    )


def _numbered(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return one number per text, equal for equal texts."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def _cached_counts(path: Path, texts: Sequence[str], names: Sequence[str]) -> Counter[str]:
    if path.exists():
        return Counter(json.loads(path.read_text(encoding="utf-8")))
    counts = tokenizing.count_words(texts, names)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(counts, ensure_ascii=False), encoding="utf-8")
    return counts


def _digest(texts: Iterable[str]) -> str:
    """Name what the cached steps depend on: the texts, and the code that reads them."""
    digest = hashlib.sha256()
    for module in (tokenizing, mining, lexical):
        digest.update(Path(str(module.__file__)).read_bytes())
    for text in texts:
        digest.update(text.encode("utf-8", "replace") + b"\0")
    return digest.hexdigest()[:16]
