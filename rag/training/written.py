"""Questions written by reading whole articles, half of them without an answer, with the windows that a search brings.

`questions/written.jsonl`: `source` and `row` name the text, `within` its stretch where only that was read; `evidence` and
`answers` are half-open code-point offsets into the row's text, none where nothing answers, and then `near` is the stretch
that comes nearest. No text of an article is stored.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.decoding import SourceText
from corpus.records import Article, Span
from corpus.repair.repairing import repair
from index.search.embedding import STATIC, load_embedder
from index.storage.snapshot import Snapshot
from index.storage.store import build_index, open_index
from index.training.pairs import read_rows
from rag.question.kinds import understand
from rag.reading.candidates import Candidate, candidate_at, find_candidates
from rag.reading.ranker import SentenceRanker
from rag.reading.rereading import window_of
from rag.training.news_questions import News
from rag.training.reader_data import Group, Labelled

QUESTIONS = Path(__file__).parent / "questions" / "written.jsonl"
PAIRS = QUESTIONS.with_name("pairs.jsonl")  # in pairs: one that is answered, its twin that is not
TWINS = QUESTIONS.with_name("twins.jsonl")  # the same by other hands, twins that differ by one idea
HARD = QUESTIONS.with_name("hard.jsonl")  # the same by yet others, at the hard spots of a text
LOCAL = QUESTIONS.with_name("local.jsonl")  # about places that are made up, whose papers lie in `local/`
APART = ("local/wangzhu", "local/xunan")  # places that the reader does not learn from: the judge does
_NEAR, _OTHERS = 3, 1  # windows of the same article and of others that are read beside the right one


@dataclass(frozen=True, slots=True)
class Written:
    """One question; spans are offsets into the text of its row."""

    id: str
    source: str
    row: int
    within: Span
    question: str
    kind: str
    evidence: tuple[Span, ...]
    answers: tuple[Span, ...]
    near: tuple[Span, ...]

    @property
    def answerable(self) -> bool:
        return bool(self.evidence)

    @property
    def article_id(self) -> str:
        return article_id(self.source, self.row, self.within.start)


def article_id(source: str, row: int, start: int) -> str:
    """Return the id of what was read of a row, from `start` on."""
    return f"{source.replace('/', '-')}-{row:05d}-{start}"


def read_written(path: Path = QUESTIONS) -> list[Written]:
    """Return the questions of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_written(json.loads(line)) for line in lines if line]


def _written(row: dict[str, Any]) -> Written:
    def spans(name: str) -> tuple[Span, ...]:
        return tuple(Span(start, end) for start, end in row.get(name, ()))

    return Written(
        row["id"],
        row["source"],
        row["row"],
        Span(*row["within"]),
        row["question"],
        row["kind"],
        spans("evidence"),
        spans("answers"),
        spans("near"),
    )


def source_texts(data: Path, source: str) -> Iterator[str]:
    """Yield the texts of a set of the data, or those of a made-up place («local/tongling»), in the order of their rows."""
    if source.startswith("local/"):
        for path in sorted((QUESTIONS.parent / source).glob("*.txt")):
            yield path.read_text(encoding="utf-8")
    else:
        for row in read_rows(data, source):
            yield row["text"]


def articles_of(data: Path, questions: Sequence[Written]) -> News:
    """Return the texts that were read, each repaired as any article is."""
    wanted: dict[tuple[str, int], set[Span]] = {}
    for one in questions:
        wanted.setdefault((one.source, one.row), set()).add(one.within)
    articles: list[Article] = []
    for source in sorted({source for source, _ in wanted}):
        for number, whole in enumerate(source_texts(data, source)):
            for within in sorted(wanted.get((source, number), ()), key=lambda span: span.start):
                text = whole[within.start : within.end]
                name = article_id(source, number, within.start)
                digest = sha256(text.encode()).hexdigest()
                articles.append(repair(SourceText(f"{name}.txt", text, "txt", "utf-8", digest)))
    return News(tuple(articles))


def written_groups(data: Path, questions: Sequence[Written], ranker: SentenceRanker) -> list[Group]:
    """Return each question with its sentence and what the search puts beside it."""
    embedder = load_embedder(STATIC)
    with tempfile.TemporaryDirectory() as folder:
        build_index(articles_of(data, questions), Path(folder) / "index", embedder)
        snapshot = open_index(Path(folder) / "index", embedder)
        return [group for one in questions if (group := _group(one, snapshot, ranker)) is not None]


def _group(written: Written, snapshot: Snapshot, ranker: SentenceRanker) -> Group | None:
    asked = understand(written.question)
    found = find_candidates(snapshot, [written.question])
    ranked = [one.candidate for one in ranker.rank(asked, found, snapshot.by_sentence.lexical)]
    article = snapshot.articles[written.article_id]
    own = [candidate_at(snapshot, row) for row in snapshot.article_sentence_rows(article.id)]
    places = {one.row: _in_source(one, article, written.within.start) for one in own}
    evidence = [one for one in own if any(_holds(places[one.row], span) for span in written.evidence)]
    holding = [one for one in evidence if any(_holds(places[one.row], span) for span in written.answers)]
    right = (holding or evidence)[:2]
    if written.evidence and not right:
        return None
    windows = [Labelled(window_of(one, snapshot), True, _answer(one, written, places[one.row])) for one in right]
    tempting = [one for one in own if any(_holds(places[one.row], span) for span in written.near)]
    near = [*tempting, *(one for one in ranked if one.article_id == article.id)]
    kept = {one.row for one in evidence}
    chosen = list({one.row: one for one in near if one.row not in kept}.values())[: _NEAR + (not right)]
    chosen += [one for one in ranked if one.article_id != article.id][:_OTHERS]
    windows += [Labelled(window_of(one, snapshot), False) for one in chosen]
    return Group(written.question, tuple(windows))


def is_evidence(question: Written, candidate: Candidate, articles: Mapping[str, Article]) -> bool:
    """Tell whether a sentence is one of those that answer."""
    if candidate.article_id != question.article_id:
        return False
    place = _in_source(candidate, articles[candidate.article_id], question.within.start)
    return any(_holds(place, span) for span in question.evidence)


def _in_source(candidate: Candidate, article: Article, shift: int) -> Span:
    span = article.source_span(candidate.start, candidate.end)
    return Span(span.start + shift, span.end + shift)


def _holds(place: Span, span: Span) -> bool:
    """Tell whether a sentence holds most of a stretch, or lies in it."""
    shared = min(place.end, span.end) - max(place.start, span.start)
    return shared > 0 and (2 * shared > len(span) or shared >= 0.9 * len(place))


def _answer(candidate: Candidate, written: Written, place: Span) -> Span | None:
    """Return where the short answer lies in the sentence: from the first item to the last, where several are told."""
    inside = [span for span in written.answers if place.start <= span.start and span.end <= place.end]
    if not inside:
        return None
    first, last = min(span.start for span in inside) - place.start, max(span.end for span in inside) - place.start
    return Span(first, last) if last <= len(candidate.text) else None
