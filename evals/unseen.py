"""`python -m evals.unseen`: questions written by people who had never seen the code, over these articles and over news.

A case counts as right when it is answered and a citation holds one of its clauses (or lies wholly in one), as refused when
it is not answered. The sets are simpler than those of the suite, and no gate depends on them: they tell how far the suite's
figures carry. The news is read from `--data`; no text of it is in the sets, only offsets.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from corpus.loading import load_corpus
from corpus.text import fold
from index.embedding import load_embedder
from index.store import ArticleSource, build_index, open_index
from rag.answer import Answer, Citation, Status
from rag.answerer import ExtractiveAnswerer, Models
from rag.training.news_questions import read_news, sample_rows

_SETS = Path(__file__).parent / "sets"
OURS = ("lay.jsonl", "short.jsonl")
NEWS = ("news_held.jsonl", "lay_news.jsonl")
_SHORTEST = 8  # characters of a citation that lies within a gold clause


@dataclass(frozen=True, slots=True)
class Tally:
    """Questions of one set by kind: how many were right (or refused, where nothing answers) of how many."""

    right: Mapping[str, int]
    asked: Mapping[str, int]

    def share(self, kinds: Iterable[str]) -> tuple[int, int]:
        """Return right and asked over some kinds."""
        chosen = list(kinds)
        return sum(self.right[kind] for kind in chosen), sum(self.asked[kind] for kind in chosen)


def holds(case: Mapping[str, Any], citation: Citation) -> bool:
    """Tell whether a citation holds one of the case's clauses."""
    if "row" in case:
        return citation.article_id == f"news-{case['row']:05d}" and any(
            citation.source_start <= answer["start"] and answer["end"] <= citation.source_end for answer in case["answers"]
        )
    cited = _bare(citation.quote)
    return any(
        clause in cited or (len(cited) >= _SHORTEST and cited in clause) for clause in map(_bare, case["quotes"])
    )


def measure(cases: Iterable[Mapping[str, Any]], answer: Callable[[str], Answer]) -> Tally:
    """Ask every case; of an answer to a single name, as of any other, every citation counts."""
    right: defaultdict[str, int] = defaultdict(int)
    asked: defaultdict[str, int] = defaultdict(int)
    for case in cases:
        given = answer(case["question"])
        shown = given.status is Status.ANSWERED
        kind = case["kind"] if case["answerable"] else f"-{case['kind']}"
        asked[kind] += 1
        right[kind] += any(holds(case, one) for one in given.citations) if shown and case["answerable"] else not (
            shown or case["answerable"]
        )
    return Tally(right, asked)


def _bare(text: str) -> str:
    return "".join(fold(text).split())


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_SETS / name).read_text(encoding="utf-8").splitlines()]


def _answerer(articles: ArticleSource, folder: Path) -> ExtractiveAnswerer:
    embedder = load_embedder()
    build_index(articles, folder, embedder)
    return ExtractiveAnswerer(open_index(folder, embedder), Models.load())


def line(name: str, tally: Tally) -> str:
    """Return one row of the table: answerable right, others refused, and the kinds."""
    right, answerable = tally.share(kind for kind in tally.asked if not kind.startswith("-"))
    refused, absent = tally.share(kind for kind in tally.asked if kind.startswith("-"))
    kinds = ", ".join(f"{kind.lstrip('-')} {tally.right[kind]}/{count}" for kind, count in sorted(tally.asked.items()))
    return f"| {name} | {right / answerable:.2f} ({answerable}) | {refused / absent:.2f} ({absent}) | {kinds} |"


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--articles", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("corpus/articles"))
def main(data: Path, articles: Path) -> None:
    """Print right and refused for each set."""
    click.echo("| set | right | refused | by kind |\n|---|--:|--:|---|")
    with tempfile.TemporaryDirectory() as folder:
        ours = _answerer(load_corpus(articles), Path(folder) / "ours")
        for name in OURS:
            click.echo(line(name, measure(_read(name), ours.answer)))
        rows = sorted({*sample_rows(), *(case["row"] for name in NEWS for case in _read(name))})
        news = _answerer(read_news(data, rows), Path(folder) / "news")
        for name in NEWS:
            click.echo(line(name, measure(_read(name), news.answer)))


if __name__ == "__main__":
    main()
