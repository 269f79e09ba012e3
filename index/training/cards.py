"""The model card: what the weights were made of, how, how good they are, and where they are weak."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict

from index.training.benchmarks import Result, table
from index.training.embedder import Trained
from index.training.learning import Recipe

_LICENCES = {
    "cmrc2018_train": "CC BY-SA 4.0, CMRC 2018 (ymcui/expmrc)",
    "drcd_dev_simp": "CC BY-SA 3.0, DRCD (DRCKnowledgeTeam)",
    "drcd_dev_trad": "CC BY-SA 3.0, DRCD (DRCKnowledgeTeam)",
    "squad_zh_v1": "SQuAD (CC BY-SA 4.0) translated; the translation (junzeng-pluto/ChineseSquad) states no licence",
    "stard": "MIT, STARD and LeCoQA (oneal2000)",
    "stard_answers": "MIT, STARD and LeCoQA (oneal2000)",
    "gov_inbox": "competition data, anonymised, no licence stated",
    "gov_inbox_messages": "competition data, anonymised, no licence stated",
    "ncp_policy_qa": "competition data, no licence stated",
    "titled_news": "press text, CRUD-RAG, no licence stated",
    "csl": "Apache-2.0, CSL (ydli-ai)",
    "news_text": "press text, CRUD-RAG (IAAR-Shanghai), no licence stated",
    "law_articles": "official texts (LawRefBook/Laws)",
    "gov_reports": "official texts (aldohemsn/chinese-political-corpora)",
    "abbreviations": "zhangyics/Chinese-abbreviation-dataset, no licence stated",
}
_ALSO = """
Words come from jieba's dictionary (MIT), place names from modood/Administrative-divisions-of-China (WTFPL), traditional
characters from OpenCC's TSCharacters (Apache-2.0)."""
_WEAK = """- A static model has no word order: 甲告乙 and 乙告甲 are one text to it, a sentence and its negation nearly.
- It tells topics apart, not figures: numbers other than common years fall into single digits.
- Names it never saw are the sum of their characters. Where question and text share their words, BM25 is better.
- Chinese only. Latin words are known when the training text had them often enough; English questions are not served.
- Written Chinese of laws, notices, news and encyclopedias up to 2024. Slang and dialect are thin."""


def card(trained: Trained, recipe: Recipe, results: Sequence[Result], *, green_only: bool) -> str:
    """Return the README of the model folder."""
    used = "\n".join(
        f"| {source.name} | {len(source.left):,} | {'green' if source.green else 'yellow'} | {_LICENCES[source.name]} |"
        for source in trained.sources
    )
    settings = textwrap.fill(", ".join(f"{name} {value}" for name, value in asdict(recipe).items()), 120)
    kind = "green data alone" if green_only else "green and yellow data"
    return f"""---
language: zh
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [static-embeddings, model2vec, retrieval]
---
# Linping Q&A embedder

A static Chinese sentence embedder: {trained.table.shape[0]:,} tokens, {trained.table.shape[1]} dimensions, eight-bit
numbers with one scale per token. It is made for questions whose wording differs from the text that answers them, beside
BM25 and not instead of it. It loads in sentence-transformers, in model2vec and, without torch, in `index.search.embedding`.

## Data ({kind})
| source | pairs | mark | licence, origin |
|---|--:|---|---|
{used}

Green: a model trained on it may be shipped with attribution, or official text. Yellow: upstream states no licence; no
text is shipped. `--green-only` trains without the yellow sets.{_ALSO}

## Recipe
`python -m index.training embedder{" --green-only" if green_only else ""}`: {trained.busy:.0f} minutes of one processor.
Contrastive, in batches of one source; every token's vector is the sum of the tokens inside it while it is learned, and
one row afterwards. docs/training-embedder.md tells what was tried.

{settings}.

## Scores
A fifth of stard, gov_inbox and ncp_policy_qa, chosen by a hash of the row, and all of cmrc2018_trial were never trained
on. `python -m index.training evaluate` prints this table.

{table(results)}

## Weak at
{_WEAK}
"""
