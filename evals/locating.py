"""Writes offsets, quotes and splits into case files: what changes when articles are repaired differently."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.records import Article
from evals.cases import BadCase, case_of, find_quote
from evals.run.splitting import clustered, split_of


def locate(paths: Sequence[Path], articles: Mapping[str, Article]) -> int:
    """Find every quote anew, draw the splits anew, write the files; return how many lines changed. Raises BadCase.

    A quote that stands in several places takes the first: metrics count every place.
    """
    files = {path: path.read_text(encoding="utf-8").splitlines() for path in paths}
    rows = {path: [json.loads(line) for line in lines] for path, lines in files.items()}
    for found in rows.values():
        for row in found:
            row["evidence"] = [_located(row["id"], evidence, articles) for evidence in row["evidence"]]
    cases = clustered([case_of(row) for found in rows.values() for row in found])
    cluster = {case.id: case.cluster for case in cases}
    changed = 0
    for path, found in rows.items():
        for row in found:
            row["split"] = split_of(cluster[row["id"]])
        lines = [json.dumps(row, ensure_ascii=False) for row in found]
        changed += sum(new != old for new, old in zip(lines, files[path], strict=True))
        if lines != files[path]:
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def _located(case_id: str, evidence: Mapping[str, Any], articles: Mapping[str, Article]) -> dict[str, Any]:
    article = articles.get(evidence["article"])
    spots = find_quote(evidence["quote"], article.text) if article else ()
    if article is None or not spots:
        raise BadCase(f"{case_id} 的依据「{evidence['quote'][:30]}」在 {evidence['article']} 里找不到，请改正这道题。")
    start, end = spots[0].start, spots[0].end
    return {"article": article.id, "start": start, "end": end, "quote": article.text[start:end]}
