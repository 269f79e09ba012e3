"""How the finished product finds and reads over a whole reading set: every passage an article, every question asked."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from index.search.embedding import STATIC, StaticEmbedder, load_embedder
from index.storage.snapshot import Snapshot
from index.storage.store import build_index, open_index
from rag.question.kinds import understand
from rag.reading.candidates import Candidate, candidate_at, find_candidates
from rag.reading.ranker import SentenceRanker
from rag.reading.reader import Reader
from rag.reading.rereading import read_again, window_of
from rag.training.cards import share
from rag.training.cmrc import cmrc_f1
from rag.training.reading_sets import ReadingQuestion, read_set

_MODELS = Path(__file__).parent.parent / "models"


def run(data: Path, name: str, limit: int | None) -> str:
    """Return a table: how often the sentence with the answer is first, before and after reading, and how good the short answer is."""
    reading_set = read_set(data, name)
    embedder = load_embedder(STATIC)
    assert isinstance(embedder, StaticEmbedder)
    ranker, reader = SentenceRanker.load(_MODELS / "ranker", embedder), Reader.load()
    questions = [one for one in reading_set.questions if one.starts][:limit]
    ranked_first: list[bool] = []
    read_first: list[bool] = []
    told: list[float] = []
    given: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        build_index(reading_set, Path(folder) / "index", embedder)
        snapshot = open_index(Path(folder) / "index", embedder)
        for question in questions:
            asked = understand(question.text)
            ranked = ranker.rank(asked, find_candidates(snapshot, [question.text]), snapshot.by_sentence.lexical)
            read = read_again(question.text, ranked, reader, snapshot)
            ranked_first.append(bool(ranked) and _holds(ranked[0].candidate, question))
            read_first.append(bool(read) and _holds(read[0].candidate, question))
            best = read[0].reading.best if read and read[0].reading else None
            told.append(max(cmrc_f1(best.text if best else "", answer) for answer in question.answers))
            given.append(_given(question, snapshot, reader))
    count = len(questions)
    rows = (
        ("sentence with the answer first, by the ranker alone", share(float(np.mean(ranked_first)), count)),
        ("sentence with the answer first, read", share(float(np.mean(read_first)), count)),
        ("short answer of the first sentence, F1", f"{100 * np.mean(told):.1f}"),
        ("short answer, the sentence with the answer given, F1", f"{100 * np.mean(given):.1f}"),
    )
    head = f"| {name}: {count:,} questions over {len(reading_set.articles):,} passages | |\n|---|--:|"
    return "\n".join([head, *(f"| {what} | {figure} |" for what, figure in rows)])


def _holds(candidate: Candidate, question: ReadingQuestion) -> bool:
    return candidate.article_id == question.article_id and any(
        candidate.start <= at < candidate.end for at in question.starts
    )


def _given(question: ReadingQuestion, snapshot: Snapshot, reader: Reader) -> float:
    own = [candidate_at(snapshot, row) for row in snapshot.article_sentence_rows(question.article_id)]
    gold = next((one for one in own if _holds(one, question)), None)
    if gold is None:
        return 0.0
    (reading,) = reader.read(question.text, [window_of(gold, snapshot)])
    return max(cmrc_f1(reading.best.text if reading.best else "", answer) for answer in question.answers)
