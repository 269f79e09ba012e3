"""`python -m evals.unseen`: questions written by people who had never seen the code, over news and over these articles.

A case counts as right when it is answered and a citation holds one of its clauses (or lies wholly in one), as refused when
it is not answered. A question about 今年 is asked on the day of the paper that it was written about. They tell how far the suite's figures carry: the README leads with them, and `--gate` holds their floors
(`unseen.toml`). The news is read from `--data`; no text of it is in the sets, only offsets.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from corpus.chinese.text import fold
from corpus.loading import load_corpus
from corpus.measured import write
from evals.report.readme import README
from evals.verdict.gating import FLOOR_BROKEN
from index.search.embedding import BUILTIN, STATIC, load_embedder
from index.storage.store import ArticleSource, build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.records import Answer, Citation, Status
from rag.training.cards import wilson
from rag.training.news_questions import read_news, sample_rows

SETS = Path(__file__).parent / "sets"
FLOORS = Path(__file__).parent / "unseen.toml"
COMMAND = "python -m evals.unseen --readme"
OURS = ("lay.jsonl", "short.jsonl")
# Over twelve articles of two made-up towns, which lie beside them: asked wherever the repository is; in English the same.
TOWNS = ("towns.jsonl", "english.jsonl")
# Over three articles of each of some made-up districts, which lie beside them; every district is an index of its own.
DISTRICTS = ("districts_latest.jsonl", "districts_later.jsonl", "districts.jsonl", "districts_read.jsonl")
# 320 questions about four papers of each of 26 more made-up places, of which every so many is asked: half of them near misses.
PLACES = "places.jsonl"
EVERY = 5
# Of three more districts; asked once, of the reader that learned from 26 places: .80 right, .60 refused, .07 over-refused, .33 wrong.
RESERVED = "districts_reserve.jsonl"
NEWS = (
    "read_after.jsonl",
    "read_later.jsonl",
    "read_next.jsonl",
    "read_fresh.jsonl",
    "read_held.jsonl",
    "news_held.jsonl",
    "lay_news.jsonl",
)
LEADING = (
    DISTRICTS[0],
    "read_after.jsonl",
    TOWNS[0],
)  # what the README leads with: nobody looked at them while building
_SHORTEST = 8  # characters of a citation that lies within a gold clause


@dataclass(frozen=True, slots=True)
class Ended:
    """How one question ended: `right` where an answerable one is answered with one of its clauses cited."""

    kind: str
    answerable: bool
    answered: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How the questions of one set ended."""

    asked: tuple[Ended, ...]

    def shares(self) -> dict[str, tuple[float, int]]:
        """Return each measure of `MEASURES` with how many questions it is a share of; those of none are left out."""
        answerable = [one for one in self.asked if one.answerable]
        absent = [one for one in self.asked if not one.answerable]
        answered = [one for one in self.asked if one.answered]
        counted = {
            "right": (sum(one.right for one in answerable), len(answerable)),
            "refused": (sum(not one.answered for one in absent), len(absent)),
            "over_refused": (sum(not one.answered for one in answerable), len(answerable)),
            "wrong": (sum(not one.right for one in answered), len(answered)),
        }
        return {name: (hits / count, count) for name, (hits, count) in counted.items() if count}


# What is measured, and whether low is good.
MEASURES = {"right": False, "refused": False, "over_refused": True, "wrong": True}
_TITLES = {
    "right": "right of the answerable",
    "refused": "absent refused",
    "over_refused": "answerable refused (low is good)",
    "wrong": "wrong among the answered (low is good)",
}


def holds(case: Mapping[str, Any], citation: Citation) -> bool:
    """Tell whether a citation holds one of the case's clauses."""
    if "row" in case:
        return citation.article_id == f"news-{case['row']:05d}" and any(
            citation.source_start <= answer["start"] and answer["end"] <= citation.source_end
            for answer in case["answers"]
        )
    cited = _bare(citation.quote)
    return any(
        clause in cited or (len(cited) >= _SHORTEST and cited in clause) for clause in map(_bare, case["quotes"])
    )


@dataclass(slots=True)
class AskingDay:
    """The day on which questions are asked; None: right after the newest article."""

    on: date | None = None

    def __call__(self) -> date | None:
        return self.on


def measure(
    cases: Iterable[Mapping[str, Any]], answer: Callable[[str], Answer], today: AskingDay | None = None
) -> Tally:
    """Ask every case, on its own day where it has one; of an answer to a single name, as of any other, every citation counts."""
    asked: list[Ended] = []
    for case in cases:
        if today is not None:
            today.on = date.fromisoformat(case["asked"]) if "asked" in case else None
        given = answer(case["question"])
        answered = given.status is Status.ANSWERED
        right = answered and case["answerable"] and any(holds(case, one) for one in given.citations)
        asked.append(Ended(case["kind"], case["answerable"], answered, right))
    return Tally(tuple(asked))


def _bare(text: str) -> str:
    return "".join(fold(text).split())


def read(name: str) -> list[dict[str, Any]]:
    """Return the questions of one set that are asked."""
    lines = (SETS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:: EVERY if name == PLACES else 1]]


def answerer(articles: ArticleSource, folder: Path, model: str, today: AskingDay | None = None) -> ExtractiveAnswerer:
    """Return an answerer over articles, indexed in `folder`, asked `today`."""
    embedder = load_embedder(model)
    build_index(articles, folder, embedder)
    return ExtractiveAnswerer(open_index(folder, embedder), Models.built_in(), today=today or AskingDay())


def news(data: Path) -> ArticleSource:
    """Return the news that the sets are about, among other news."""
    return read_news(data, sorted({*sample_rows(), *(case["row"] for name in NEWS for case in read(name))}))


def towns(folder: Path, names: Sequence[str] = TOWNS[:1]) -> dict[str, Tally]:
    """Return how the questions about the two made-up towns end, by set; their index is made in `folder`."""
    about = answerer(load_corpus(SETS / "towns"), folder, BUILTIN)
    return {name: measure(read(name), about.answer) for name in names}


def about_district(place: str, folder: Path, today: AskingDay | None = None) -> ExtractiveAnswerer:
    """Return an answerer over the articles of a made-up district, indexed in a folder of its own in `folder`."""
    return answerer(load_corpus(SETS / "districts" / place), folder / place, BUILTIN, today)


def districts(folder: Path, names: Sequence[str] = DISTRICTS) -> dict[str, Tally]:
    """Return how the questions about the made-up districts end, by set; their indexes are made in `folder`."""
    about: dict[str, ExtractiveAnswerer] = {}
    today = AskingDay()
    tallies: dict[str, Tally] = {}
    for name in names:
        asked: list[Ended] = []
        for place, cases in groupby(read(name), key=itemgetter("district")):
            if place not in about:
                about[place] = about_district(place, folder, today)
            asked += measure(cases, about[place].answer, today).asked
        tallies[name] = Tally(tuple(asked))
    return tallies


def line(name: str, tally: Tally) -> str:
    """Return one row of the table."""
    shares = tally.shares()
    cells = [f"{share(*shares[measure])} ({shares[measure][1]})" if measure in shares else "" for measure in MEASURES]
    return f"| {name} | {' | '.join(cells)} |"


def share(value: float, count: int) -> str:
    """Return «0.81 [0.77–0.85]»: the share and its 95 % interval."""
    low, high = wilson(value, count)
    return f"{value:.2f} [{max(0.0, low):.2f}–{min(1.0, high):.2f}]"


def by_kind(tally: Tally) -> str:
    """Return how many of each kind of question ended well."""
    ended: defaultdict[str, list[bool]] = defaultdict(list)
    for one in tally.asked:
        ended[one.kind if one.answerable else f"-{one.kind}"].append(one.right if one.answerable else not one.answered)
    return ", ".join(f"{kind} {sum(good)}/{len(good)}" for kind, good in sorted(ended.items()))


def broken(name: str, tally: Tally, floors: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return a Chinese sentence for every floor of a set that does not hold."""
    found: list[str] = []
    for measure, (value, _) in tally.shares().items():
        floor = floors.get(name, {}).get(measure)
        if floor is not None and (value > floor if MEASURES[measure] else value < floor):
            found.append(
                f"{name}：{measure} 为 {value:.3f}，底线是{'不高于' if MEASURES[measure] else '不低于'} {floor}。"
            )
    return found


def table(tallies: Mapping[str, Tally]) -> str:
    """Return the table of the README."""
    head = f"| questions | {' | '.join(_TITLES[measure] for measure in MEASURES)} |\n|---|{'--:|' * len(MEASURES)}"
    return "\n".join([head, *(line(name, tally) for name, tally in tallies.items())])


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option(
    "--articles", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("corpus/articles")
)
@click.option("--gate", is_flag=True, help="exit with 10 when a floor of unseen.toml is broken")
@click.option("--readme", is_flag=True, help="ask what the README leads with, and write it there")
@click.option("--set", "chosen", multiple=True, help="one set; may be given again. All when left out")
def main(data: Path, articles: Path, gate: bool, readme: bool, chosen: tuple[str, ...]) -> None:
    """Print how the questions of each set ended, news first; the news is left out where its text is not to be had."""
    if readme:
        chosen = LEADING
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        if (data / "news_text.jsonl.gz").is_file():
            wanted = [name for name in NEWS if not chosen or name in chosen]
            if wanted:
                reports = answerer(news(data), Path(folder) / "news", STATIC)
                tallies |= {name: measure(read(name), reports.answer) for name in wanted}
        else:
            click.echo(f"{data} has no news_text: only the questions about our own articles are asked.", err=True)
        if wanted := [name for name in TOWNS if not chosen or name in chosen]:
            tallies |= towns(Path(folder) / "towns", wanted)
        if wanted := [name for name in (*DISTRICTS, PLACES, RESERVED) if name in (chosen or (*DISTRICTS, PLACES))]:
            tallies |= districts(Path(folder), wanted)
        wanted = [name for name in OURS if not chosen or name in chosen]
        if wanted:
            ours = answerer(load_corpus(articles), Path(folder) / "ours", BUILTIN)
            tallies |= {name: measure(read(name), ours.answer) for name in wanted}
    click.echo(table(tallies))
    for name, tally in tallies.items():
        click.echo(f"{name}: {by_kind(tally)}", err=True)
    if readme:
        write(README, COMMAND, table(tallies))
    faults = [
        fault
        for name, tally in tallies.items()
        for fault in broken(name, tally, tomllib.loads(FLOORS.read_text(encoding="utf-8")))
    ]
    if gate and faults:
        click.echo("不可放行：" + "".join(faults), err=True)
        raise SystemExit(FLOOR_BROKEN)


if __name__ == "__main__":
    main()
