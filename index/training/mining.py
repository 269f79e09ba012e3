"""Hard negatives: texts that share words with a question and do not answer it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index.search.lexical import LexicalIndex, count_terms, terms

_KEPT = 24
_LOOKED_AT = 60
_ASKED = 160  # characters of a left text that are searched for


def mine(
    left: Sequence[str], gold: Sequence[str], pool: Sequence[str], *, name: str = "", quiet: bool = False
) -> NDArray[np.int64]:
    """Return rows of `pool` that BM25 ranks high for each left and that are not right, shape (len(left), 24).

    Right is every gold of the same left, and every text that holds one or is held by one. A left with nothing left
    over repeats what it has.
    """
    vocabulary, postings = count_terms(pool)
    index = LexicalIndex(vocabulary, postings)
    rights: dict[str, list[str]] = {}
    for question, right in zip(left, gold, strict=True):
        rights.setdefault(question, []).append(_plain(right))
    plain = [_plain(text) for text in pool]
    found: dict[str, NDArray[np.int64]] = {}
    for question, right_texts in tqdm(rights.items(), desc=f"mining {name}", disable=quiet, leave=False):
        scores = index.scores(terms(question[:_ASKED]))
        looked_at = min(_LOOKED_AT, len(pool) - 1)
        best = np.argpartition(-scores, looked_at)[: looked_at + 1]
        best = best[np.argsort(-scores[best], kind="stable")]
        wrong = [row for row in best if not any(text in plain[row] or plain[row] in text for text in right_texts)]
        chosen = (wrong or [int(np.argmin(scores))])[:_KEPT]
        found[question] = np.resize(np.array(chosen, dtype=np.int64), _KEPT)
    return np.stack([found[question] for question in left])


def _plain(text: str) -> str:
    return "".join(text.split())
