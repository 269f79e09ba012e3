"""How well remembered answers are found again: `python -m ui.leads.benchmark evals/sets/dev.jsonl`.

The file holds questions, those of one `base_id` the same in other words.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from index.embedding import load_embedder
from ui.leads.memory import recall_rates


def main(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["answerable"] and not row["history"]]
    questions = [row["question"] for row in rows]
    vectors = load_embedder().encode_questions(questions)
    print("| cosine | found in other words | offered wrongly |\n|--:|--:|--:|")
    for alike in (0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96):
        found, wrong, of_found, of_wrong = recall_rates(questions, [row["base_id"] for row in rows], vectors, alike)
        print(f"| {alike} | {found:.3f} ({of_found}) | {wrong:.3f} ({of_wrong}) |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
