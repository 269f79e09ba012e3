"""Any system can be judged: questions go out as JSON lines, answers come back as JSON lines.

Out: one row a case, `{"id", "question", "history", "as_of", "articles": […], "world"}`, and a folder of the articles of every
world as plain text (offsets count its code points). The gold stays here. In: `{"id", "answer"}` at least; what else a row may
hold is written in docs/evals.md. An answer without claims is cut into sentences, and its marks ([1], [1-3], 【1】, ①) are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.chinese.text import split_sentences
from corpus.records import Article
from evals.cases import BadCase, EvalCase, find_quote
from evals.metrics.relevance import Retrieved
from evals.run.outcomes import answer_from_json
from evals.run.systems import Opened
from evals.run.worlds import World, world_of
from rag.citing import published_text
from rag.records import Answer, Citation, Claim, Mode, Status

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARK = re.compile(rf"\s?(?:[\[［【]\^?(\d{{1,3}}(?:\s?[-–,，、]\s?\d{{1,3}})*)[\]］】]|([{_CIRCLED}]))")
_REFUSING = re.compile(
    r"没有提到|没有(?:相关|找到|查到)|未(?:提及|提到|找到|涉及)|无法(?:回答|确定|得知)|不(?:知道|清楚)|没有(?:说|写|报道)"
)
_NO_CONFIDENCE = -1.0


def write_questions(cases: Sequence[EvalCase], articles: Sequence[Article], folder: Path) -> int:
    """Write `questions.jsonl` and the articles of every world; return how many questions there are."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    written: set[str] = set()
    for case in cases:
        world = world_of(case, articles)
        if world.name not in written:
            written.add(world.name)
            place = folder / "articles" / world.name
            place.mkdir(parents=True, exist_ok=True)
            for article in world.articles:
                (place / f"{article.id}.txt").write_text(article.text, encoding="utf-8")
        row = {
            "id": case.id,
            "question": case.question,
            "history": [list(turn) for turn in case.history],
            "as_of": case.as_of and case.as_of.isoformat(),
            "world": world.name,
            "articles": [article.id for article in world.articles],
        }
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    (folder / "questions.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(lines)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A system that answered by file. A case that the file lacks is an error of the run."""

    path: Path
    rows: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def fingerprint(self) -> str:
        told = json.dumps(dict(self.rows), sort_keys=True, ensure_ascii=False)
        return f"recorded {self.path.name} {sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """Return the answers of a file. Raises BadCase naming the line that is none."""
        rows: dict[str, Mapping[str, Any]] = {}
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadCase(f"回答文件 {path} 读不了：{error}。") from error
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                rows[row["id"]] = row
            except (ValueError, KeyError, TypeError) as error:
                raise BadCase(f'{path.name} 第 {number} 行不是 {{"id", "answer"}}：{error!r}。') from error
        return cls(path, rows)

    def open(self, world: World) -> Opened:
        return _ByFile(self, world.by_id)


class _ByFile:
    def __init__(self, recorded: Recorded, articles: Mapping[str, Article]) -> None:
        self._recorded = recorded
        self._articles = articles

    def answer(self, case: EvalCase) -> Answer:
        row = self._recorded.rows.get(case.id)
        if row is None:
            raise BadCase(f"{self._recorded.path.name} 里没有 {case.id} 的回答。")
        return read_answer(row, case, self._articles)

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...] | None:
        told = self._recorded.rows.get(case.id, {}).get("retrieved")
        if told is None:
            return None
        return tuple(Retrieved(hit["article_id"], hit["start"], hit["end"], hit.get("score")) for hit in told)


def read_answer(row: Mapping[str, Any], case: EvalCase, articles: Mapping[str, Article]) -> Answer:
    """Return the answer that a row tells: our own record as it is, anything simpler filled in. Raises BadCase."""
    if "mode" in row and "claims" in row and "index_generation" in row:
        return answer_from_json(row)
    text = row.get("answer")
    if not isinstance(text, str):
        raise BadCase(f"{case.id} 的回答里没有文字（answer）。")
    citations = tuple(_citation(one, number, articles) for number, one in enumerate(row.get("citations", ()), start=1))
    if row.get("claims") is not None:
        claims = tuple(Claim(one["text"], tuple(one.get("citations", ()))) for one in row["claims"])
    else:
        claims = read_claims(text)
    status = Status(row["status"]) if row.get("status") else _status(text, claims)
    return Answer(
        id=case.id,
        question=case.question,
        status=status,
        answer=text,
        short_answer=row.get("short_answer"),
        claims=claims if status is Status.ANSWERED else (),
        citations=citations,
        as_of=str(row.get("as_of", "")),
        conflicts=(),
        confidence=float(row.get("confidence", _NO_CONFIDENCE)),
        mode=Mode.LLM,
        index_generation="",
        calculation=str(row.get("calculation", "")),
    )


def read_claims(text: str) -> tuple[Claim, ...]:
    """Return the sentences of an answer with the citations marked on them, before or after the full stop."""
    claims: list[Claim] = []
    for span in split_sentences(text):
        sentence = text[span.start : span.end]
        bare = _MARK.sub("", sentence).strip()
        marks = tuple(dict.fromkeys(n for mark in _MARK.finditer(sentence) for n in _numbers(mark)))
        if bare:
            claims.append(Claim(bare, marks))
        elif marks and claims:  # marks on a line of their own belong to the sentence before
            before = claims.pop()
            claims.append(Claim(before.text, tuple(dict.fromkeys((*before.citations, *marks)))))
    return tuple(claims)


def _numbers(mark: re.Match[str]) -> list[int]:
    if mark[2]:
        return [_CIRCLED.index(mark[2]) + 1]
    numbers: list[int] = []
    for part in re.split("[,，、]", mark[1]):
        first, _, last = re.sub(r"\s", "", part).replace("–", "-").partition("-")
        numbers += range(int(first), int(last or first) + 1) if int(last or first) - int(first) < 50 else [int(first)]
    return numbers


def _status(text: str, claims: Sequence[Claim]) -> Status:
    """Return what a text without a status is: refused when it says so in its first words and cites nothing."""
    cites = any(claim.citations for claim in claims)
    return Status.REFUSED if not cites and _REFUSING.search(text[:60]) else Status.ANSWERED


def _citation(row: Mapping[str, Any], number: int, articles: Mapping[str, Article]) -> Citation:
    """Return a citation; what a system does not tell of a source is taken from the article, so that it is not at fault."""
    article = articles.get(row["article_id"])
    quote = row.get("quote")
    start, end = row.get("start"), row.get("end")
    if (start is None or end is None) and article is not None and quote:
        place = next(iter(find_quote(quote, article.text)), None)
        start, end = (place.start, place.end) if place else (0, 0)
        quote = article.text[start:end] if place else quote
    start, end = start or 0, end or 0
    if quote is None:
        quote = article.text[start:end] if article else ""
    inside = article is not None and 0 <= start < end <= len(article.text)
    source = article.source_span(start, end) if article is not None and inside else None
    known = article.published if article else None
    return Citation(
        n=row.get("n", number),
        article_id=row["article_id"],
        start=start,
        end=end,
        quote=quote,
        headline=row.get("headline", article.headline if article else ""),
        publisher=row.get("publisher", article.publisher if article else ""),
        published=row.get("published", published_text(known)),
        published_inferred=row.get("published_inferred", known is not None and known.inferred),
        source_start=row.get("source_start", source.start if source else 0),
        source_end=row.get("source_end", source.end if source else 0),
    )
