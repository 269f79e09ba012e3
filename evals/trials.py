"""`python -m evals.trials`: every rule switched off in turn, and what of the questions that it touches gets worse or better.

One pass asks everything and notes at which questions a rule did anything at all; then each rule is taken out and only those
questions are asked again. Sets: the suite without its attacks, and those of `evals.unseen`. A question passes as in
`make eval`, elsewhere when it is right or rightly refused.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click

from corpus.loading import load_corpus
from corpus.records import Modality
from evals import unseen
from evals.cases import EvalCase
from evals.run.outcomes import PASS, CaseOutcome
from evals.run.scoring import score
from evals.run.suite import load_suite
from evals.run.systems import Extractive, Opened, units_of
from evals.run.worlds import World, pinned_articles, world_of
from index.search.embedding import BUILTIN, STATIC
from rag.answers import shapes
from rag.answers.composition import Evidence
from rag.question.english import Translated
from rag.question.followups import Resolved
from rag.question.instructions import Separated
from rag.question.rewording import Rewordings
from rag.question.typos import Corrected
from rag.records import Answer

SUITE = "plain,dev,further,robustness"

Instead = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where it is called from (`module.name`), and what takes its place there."""

    name: str
    place: str
    instead: Instead


def _always(value: object) -> Instead:
    return lambda *args, **kwargs: value


def _first(*args: Any, **kwargs: Any) -> Any:
    return args[0]


def _rule(name: str, place: str, instead: Instead) -> Rule:
    return Rule(name, f"rag.{place}", instead)


RULES: tuple[Rule, ...] = (
    _rule("typing mistakes", "question.preparation.correct", lambda text, words: Corrected(text, ())),
    _rule("pinyin", "question.preparation.is_pinyin", _always(False)),
    _rule("names in pinyin", "question.preparation._spelled_out", lambda line, words: (line, ())),
    _rule("English dictionary", "question.preparation.translate", lambda line, words: Translated(line, (), ())),
    _rule("short and full names", "question.preparation.wordings", _always(())),
    _rule("fillers left out", "question.preparation.without_fillers", _first),
    _rule("follow-ups", "question.preparation.resolve", lambda text, turns, words: Resolved(text, changed=False)),
    _rule("instructions set aside", "question.preparation.separate", lambda text: Separated(text, ())),
    _rule("small talk", "question.preparation.small_talk", _always(None)),
    _rule("thesaurus", "reading.finder.rewordings", lambda text, words, edges: Rewordings(text)),
    _rule("thesaurus in ranking and reading", "reading.finder.adaptions", _always([])),
    _rule("units searched as well", "reading.finder.with_units", _always(())),
    _rule("times by value", "reading.finder.speaks_of", _always(True)),
    _rule("places by value", "reading.finder.is_elsewhere", _always(False)),
    _rule("homes by value", "reading.finder.is_of_another_home", _always(False)),
    _rule("marked names by value", "reading.finder.names_another", _always(False)),
    _rule("localities by value", "reading.finder.is_of_another_locality", _always(False)),
    _rule("counted things", "reading.finder.counts_other_things", _always(False)),
    _rule("measures by value", "reading.finder.measures_something_else", _always(False)),
    _rule("the rest by value", "reading.finder.is_of_the_rest", _always(False)),
    _rule("headings passed over", "reading.finder._only_repeats", _always(False)),
    _rule("whole for part", "reading.finder.tells_of_the_whole", _always(False)),
    _rule("codes and brands", "reading.judge._lacks_latin", _always(False)),
    _rule("plan for outcome", "reading.judge.modality", _always(Modality.RESULT)),
    _rule("vague questions", "answerer.is_vague", _always(False)),
    _rule("an article's own data", "answerer.asked_imprint", _always(None)),
    _rule("a name typed alone", "answerer.names_alone", _always(())),
    _rule("figures of the whole alone", "answerer.tells_only_of", _always(False)),
    _rule("complete without the conversation", "answerer.is_complete", _always(False)),
    _rule("short answer read", "answerer.with_value", _first),
    _rule("told otherwise", "answerer.told_otherwise", _first),
    _rule("amounts by their time", "answers.short_answer._of_the_time", lambda period, places, *rest: places),
    _rule("amounts called goals", "answers.short_answer._as_asked", lambda asked, text, places: places),
    _rule("outcome of a plan", "answers.shapes.asks_outcome", _always(False)),
    _rule("premise against a figure", "answers.corrected.contradicting", _always(None)),
    _rule("alternatives", "answers.sides.alternatives", _always(None)),
    _rule("two sides asked for", "answers.sides.side_by_side", _always("")),
    _rule("sides by value", "answers.sides.with_value", _always([])),
    _rule("reckoned within a sentence", "answers.calculated.within", _always(None)),
    _rule("anniversaries", "answers.calculated._anniversary", _always(None)),
    _rule("reasons beside", "answers.quoted._with_neighbours", lambda main, snapshot: [Evidence(main)]),
    _rule("what is pointed back to", "answers.quoted._led_up_to", lambda asked, chosen, snapshot: list(chosen)),
    _rule("enumerations", "answers.quoted.enumeration", _always(())),
    _rule("yes or no", "answers.quoted.verdict", _always("")),
    _rule("short answer by rule", "answers.quoted.plain_span", lambda asked, text: None),
    *(
        _rule(f"shape: {shape.__name__}", f"answers.shapes.SHAPES:{shape.__name__}", _always(None))
        for shape in shapes.SHAPES[:-1]
    ),
)


@contextmanager
def _in_place(place: str, make: Callable[[Instead], Instead]) -> Iterator[None]:
    """Put `make(real)` where `place` says; `module.TUPLE:name` is the function of that name in a tuple."""
    place, _, member = place.partition(":")
    module, _, name = place.rpartition(".")
    home = importlib.import_module(module)
    real = getattr(home, name)
    new = tuple(make(one) if one.__name__ == member else one for one in real) if member else make(real)
    with patch.object(home, name, new):
        yield


@contextmanager
def without(rule: Rule) -> Iterator[None]:
    """Run without a rule."""
    with _in_place(rule.place, lambda real: wraps(real)(rule.instead)):
        yield


@contextmanager
def watched(rules: Sequence[Rule], fired: set[str]) -> Iterator[None]:
    """Note in `fired` the name of every rule whose result is not what would take its place."""

    def watching(rule: Rule) -> Callable[[Instead], Instead]:
        def make(real: Instead) -> Instead:
            @wraps(real)
            def call(*args: Any, **kwargs: Any) -> Any:
                made = real(*args, **kwargs)
                if rule.name not in fired and _differ(made, rule.instead(*args, **kwargs)):
                    fired.add(rule.name)
                return made

            return call

        return make

    with ExitStack() as stack:
        for rule in rules:
            stack.enter_context(_in_place(rule.place, watching(rule)))
        yield


def _differ(one: object, other: object) -> bool:
    try:
        return bool(one != other)
    except ValueError:  # arrays within
        return True


@dataclass(slots=True)
class Tried:
    """One question of one set: how to ask it, and whether it is answerable."""

    id: str
    answerable: bool
    passes: Callable[[], bool]
    before: bool = False
    fired: set[str] = field(default_factory=set)


class _Worlds:
    """Answerers over the worlds of the suite, each made once."""

    def __init__(self) -> None:
        self.articles = pinned_articles()
        self._everything = {article.id: article for article in self.articles}
        self._opened: dict[str, tuple[Opened, World]] = {}

    def passes(self, case: EvalCase) -> bool:
        world = world_of(case, self.articles)
        if world.digest not in self._opened:
            self._opened[world.digest] = (Extractive().open(world), world)
        opened, world = self._opened[world.digest]
        outcome = CaseOutcome(case.id, opened.answer(case), None)
        return score(case, outcome, world.by_id, units_of(world.articles), self._everything).verdict == PASS


def _suite() -> Iterator[Tried]:
    worlds = _Worlds()
    for case in load_suite(SUITE, worlds.articles):
        yield Tried(case.id, case.answerable, lambda case=case: worlds.passes(case))  # type: ignore[misc]


def _ends_well(case: Mapping[str, Any], answer: Callable[[str], Answer], today: unseen.AskingDay | None = None) -> bool:
    (asked,) = unseen.measure([case], answer, today).asked
    return asked.right if asked.answerable else not asked.answered


def _unseen(name: str, answer: Callable[[str], Answer]) -> Iterator[Tried]:
    for number, case in enumerate(unseen.read(name)):
        yield Tried(f"{name}-{number}", case["answerable"], partial(_ends_well, case, answer))


def _districts(folder: Path) -> Iterator[Tried]:
    """Yield the questions about made-up districts, each asked on its own day."""
    today = unseen.AskingDay()
    about: dict[str, Callable[[str], Answer]] = {}
    for name in unseen.DISTRICTS:
        for number, case in enumerate(unseen.read(name)):
            place = case["district"]
            if place not in about:
                about[place] = unseen.about_district(place, folder, today).answer
            yield Tried(f"{name}-{number}", case["answerable"], partial(_ends_well, case, about[place], today))


def questions(data: Path, folder: Path) -> Iterator[Tried]:
    """Yield every question; indexes are made in `folder`, the news left out where `data` has none."""
    yield from _suite()
    ours = unseen.answerer(load_corpus(Path("corpus/articles")), folder / "ours", BUILTIN)
    yield from _unseen("lay.jsonl", ours.answer)
    yield from _unseen("short.jsonl", ours.answer)
    towns = unseen.answerer(load_corpus(unseen.SETS / "towns"), folder / "towns", BUILTIN)
    yield from _unseen("towns.jsonl", towns.answer)
    yield from _districts(folder)
    if (data / "news_text.jsonl.gz").is_file():
        news = unseen.answerer(unseen.news(data), folder / "news", STATIC)
        for name in ("news_held.jsonl", "read_held.jsonl", "lay_news.jsonl"):
            yield from _unseen(name, news.answer)


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the questions that a rule touches when it was off: (lost, won), of answerable and absent ones."""

    rule: str
    touched: int
    answerable: tuple[int, int]
    absent: tuple[int, int]

    def row(self) -> str:
        """Return one row of the table."""
        cells = [
            f"{won - lost:+d} ({won}−{lost})" if won or lost else "0" for lost, won in (self.answerable, self.absent)
        ]
        return f"| {self.rule} | {self.touched} | {' | '.join(cells)} |"


def tried(rule: Rule, asked: Sequence[Tried]) -> Trial:
    """Ask what the rule touches again without it."""
    counts = {True: [0, 0], False: [0, 0]}
    touched = [one for one in asked if rule.name in one.fired]
    with without(rule):
        for one in touched:
            after = one.passes()
            if after != one.before:
                counts[one.answerable][int(after)] += 1
                click.echo(f"{rule.name}: {one.id} {'won' if after else 'lost'}", err=True)
    return Trial(rule.name, len(touched), tuple(counts[True]), tuple(counts[False]))  # type: ignore[arg-type]


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--rule", "chosen", multiple=True, help="one rule; may be given again. All when left out")
@click.option("--every", type=click.IntRange(1), default=1, help="ask every n-th question only")
def main(data: Path, chosen: tuple[str, ...], every: int) -> None:
    """Print a table: the rule, how many questions it touches, and passes won and lost without it."""
    rules = [rule for rule in RULES if not chosen or rule.name in chosen]
    with tempfile.TemporaryDirectory() as folder:
        asked = list(questions(data, Path(folder)))[::every]
        for number, one in enumerate(asked, start=1):
            with watched(rules, one.fired):
                one.before = one.passes()
            if number % 100 == 0:
                click.echo(f"{number}/{len(asked)}", err=True)
        passed = sum(one.before for one in asked)
        click.echo(
            f"{len(asked)} questions, {passed} pass.\n\n| without | touches | answerable won − lost | absent won − lost |\n|---|--:|--:|--:|"
        )
        for rule in rules:
            click.echo(tried(rule, asked).row())
            sys.stdout.flush()


if __name__ == "__main__":
    main()
