"""How well are files of every kind read and answered? `python -m evals.reading [--texts NEWS] [--count N]`.

NEWS holds news as JSON lines with `title` and `text` (gzip); without it only tables and lists are measured. Web pages as
they stand in the world are measured by `python -m corpus.benchmark`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from pathlib import Path

from evals.reading.making import KINDS, Maker
from evals.reading.measuring import measure_tables, measure_texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--count", type=int, default=20, help="files of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    asked = parser.parse_args()
    if asked.texts:
        news = _news(asked.texts, asked.count)
        print("texts  files  reader         P     R     F1   below .5  headline   day  flagged  s/file")
        for kind in asked.kinds:
            text = measure_texts(Maker(asked.seed).texts(kind, news))
            for name, (precision, recall, f1) in text.scores.items():
                rest = (
                    f"{text.below:6} {text.headlines:10} {text.days:6} {text.flagged:6} {text.seconds:9.2f}"
                    if name == "linping"
                    else ""
                )
                print(f"{kind:6} {text.files:4}   {name:13} {precision:.3f} {recall:.3f} {f1:.3f} {rest}", flush=True)
    print("tables files  cells  read  answered  lists  read  answered")
    for kind in asked.kinds:
        table = measure_tables(Maker(asked.seed).tables(kind, asked.count))
        print(
            f"{kind:6} {asked.count:4} {table.cells:7} {table.cells_read:5} {table.cells_answered:7} {table.lists:8} {table.lists_read:5} {table.lists_answered:7}",
            flush=True,
        )
        if kind == "pdf":
            print(f"       pdfplumber by itself: {table.plain} cells in the row of their name")
        for missed in table.missed[:10]:
            print(f"       {missed}")


def _news(file: Path, count: int) -> list[tuple[str, str]]:
    """Return the first news with a plain headline: (headline, text)."""
    found: list[tuple[str, str]] = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            headline = " ".join(row["title"].split())
            text = re.sub(r"^[\d\s:：-]*，?正文[:：]", "", row["text"])
            if 8 <= len(headline) <= 30 and len(text) > 200 and not re.search(r"[。_|｜]", headline):
                found.append((headline, text))
            if len(found) == count:
                break
    return found


if __name__ == "__main__":
    main()
