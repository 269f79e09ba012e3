"""What the reader learns from: questions, each with the windows that are put before it.

Three sources: public reading sets; questions written about news and reports, half of them without an answer, with the
windows that the product's own search brings; and the same questions with a year, ordinal, direction or place exchanged.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.chinese.numerals import COUNT
from corpus.chinese.text import fold, split_sentences
from corpus.records import Span
from index.search.lexical import terms
from index.training.pairs import read_rows
from rag.reading.reader import Window

GREEN_SETS = ("cmrc2018_train", "drcd_dev_simp")
# Share of the questions that is used, answerable and not: translated ones say less.
YELLOW_SETS = {"squad_zh_v1_dev_noxquad": (0.45, 0.0), "squad_zh_v2_dev_noxquad": (0.0, 0.55)}
_MARKS = "，。、；：,."


@dataclass(frozen=True, slots=True)
class Labelled:
    """A window, whether its sentence answers, and where in the sentence the short answer lies (None: nowhere told)."""

    window: Window
    answers: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One question and the windows that are read for it together."""

    question: str
    windows: tuple[Labelled, ...]


def windows_of(text: str, sentences: Sequence[Span]) -> list[Window]:
    """Return the window of each sentence of a text without a headline."""
    parts = [text[one.start : one.end] for one in sentences]
    return [
        Window.of(part, lead=parts[0] if at > 2 else "", before="".join(parts[max(0, at - 2) : at]))
        for at, part in enumerate(parts)
    ]


def by_overlap(question: str, texts: Sequence[str]) -> list[int]:
    """Return the places of `texts`, those that share most of the question's rarer terms first."""
    asked = set(terms(question))
    held = [asked & set(terms(text)) for text in texts]
    often = {term: sum(term in one for one in held) for term in asked}
    weight = [
        sum(1 / (1 + often[term]) for term in one) / (30 + len(text)) for one, text in zip(held, texts, strict=True)
    ]
    return sorted(range(len(texts)), key=lambda at: (-weight[at], at))


def public_groups(data: Path, *, green_only: bool, names: Sequence[str] = GREEN_SETS, seed: int = 5) -> list[Group]:
    """Return groups from the public reading sets: those `names`, and the yellow ones unless `green_only`."""
    dice = random.Random(seed)
    shares = dict.fromkeys(names, (1.0, 0.0)) | ({} if green_only else YELLOW_SETS)
    groups: list[Group] = []
    for name, (answerable, impossible) in shares.items():
        passages: dict[str, tuple[list[Span], list[Window]]] = {}
        rows = list(read_rows(data, name))
        for row in rows:
            if row["context"] not in passages:
                sentences = list(split_sentences(row["context"]))
                passages[row["context"]] = sentences, windows_of(row["context"], sentences)
        others = [windows for _, windows in passages.values() if windows]
        for row in rows:
            share = answerable if row["answers"] else impossible if row.get("is_impossible") else 0.0
            if dice.random() < share and (group := _group(row, *passages[row["context"]], dice, dice.choice(others))):
                groups.append(group)
    return groups


def _group(
    row: dict[str, Any],
    sentences: Sequence[Span],
    windows: Sequence[Window],
    dice: random.Random,
    other: Sequence[Window],
) -> Group | None:
    question, context = row["question"].strip(), row["context"]
    order = by_overlap(question, [window.text for window in windows])
    chosen: list[Labelled] = []
    answer = ""
    if row["answers"]:
        longest = max(row["answers"], key=lambda one: len(one["text"]))
        span = _bare(context, longest["answer_start"], longest["answer_start"] + len(longest["text"]))
        answer = context[span.start : span.end]
        held = [at for at, one in enumerate(sentences) if one.start <= span.start and span.end <= one.end]
        if not answer or not held or longest["text"] != context[longest["answer_start"] :][: len(longest["text"])]:
            return None
        begin = sentences[held[0]].start
        chosen.append(Labelled(windows[held[0]], True, Span(span.start - begin, span.end - begin)))
        order = [at for at in order if at != held[0] and answer not in windows[at].text]
    chosen += [Labelled(windows[at], False) for at in _near_misses(order, 2 if answer else 3, dice)]
    if dice.random() < 0.35:
        best = other[by_overlap(question, [window.text for window in other])[0]]
        if not answer or answer not in best.text:
            chosen.append(Labelled(best, False))
    return Group(question, tuple(chosen)) if chosen and question else None


def _near_misses(order: Sequence[int], count: int, dice: random.Random) -> list[int]:
    if len(order) <= count or dice.random() < 0.7:
        return list(order[:count])
    return [order[0], *dice.sample(order[1:], count - 1)]


def _bare(text: str, start: int, end: int) -> Span:
    """Return the stretch without blanks and marks at its edges."""
    while start < end and (text[start].isspace() or text[start] in _MARKS):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _MARKS):
        end -= 1
    return Span(start, end)


# --- questions that no longer have an answer ------------------------------------------------------------------------

_AGAINST = {
    "东": "西",
    "西": "东",
    "南": "北",
    "北": "南",
    "上半年": "下半年",
    "下半年": "上半年",
    "增长": "下降",
    "下降": "增长",
}
_ORDINAL = re.compile(f"(?<=第)[{COUNT}]|[{COUNT}](?=号线|期|号|院|中|小|楼)|\\d{{1,2}}(?=号线|期|号楼)")
_YEAR = re.compile(r"(?<!\d)20[0-2]\d(?=年)|(?<=年)1?\d(?=月)")
_DIRECTION = re.compile("[东西南北](?=校区|区|院|站|门|路|街|线|岸|部|侧)|上半年|下半年")


def exchanged(question: str, places: Sequence[str], dice: random.Random) -> str | None:
    """Return the question about another year, ordinal, direction or place; None when it names none."""
    ways: list[Callable[[], str | None]] = [
        lambda: _replaced(question, _YEAR, lambda found: str(int(found) + dice.choice((-2, -1, 1, 2))), dice),
        lambda: _replaced(question, _ORDINAL, lambda found: _other_ordinal(found, dice), dice),
        lambda: _replaced(question, _DIRECTION, lambda found: _AGAINST[found], dice),
        lambda: _elsewhere(question, places, dice),
    ]
    dice.shuffle(ways)
    return next((made for way in ways if (made := way()) and made != question), None)


def _replaced(text: str, pattern: re.Pattern[str], other: Callable[[str], str], dice: random.Random) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    one = dice.choice(found)
    return text[: one.start()] + other(one.group()) + text[one.end() :]


def _other_ordinal(found: str, dice: random.Random) -> str:
    if found.isdigit():
        return str(max(1, int(found) + dice.choice((-1, 1, 2))))
    return dice.choice([digit for digit in COUNT if digit != found])


def _elsewhere(question: str, places: Sequence[str], dice: random.Random) -> str | None:
    named = [place for place in places if place in question]
    if not named:
        return None
    name = max(named, key=len)
    alike = [place for place in places if len(place) == len(name) and place != name and place[-1] == name[-1]]
    return question.replace(name, dice.choice(alike), 1) if alike else None


def without_answers(groups: Sequence[Group], places: Sequence[str], share: float, seed: int) -> list[Group]:
    """Return a share of the answerable groups with their question exchanged, so that nothing answers it."""
    dice = random.Random(seed)
    made: list[Group] = []
    for group in groups:
        answered = next((one for one in group.windows if one.answers), None)
        if answered is None or dice.random() >= share:
            continue
        other = exchanged(group.question, places, dice)
        read = fold(answered.window.text + answered.window.before)
        if other is None or _new_part(group.question, other) in read:
            continue
        made.append(Group(other, tuple(Labelled(one.window, False) for one in group.windows)))
    return made


def _new_part(before: str, after: str) -> str:
    """Return what `after` names instead, with the character behind it: were it told, the exchange would prove nothing."""
    start = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    same = next((at for at, (a, b) in enumerate(zip(before[::-1], after[::-1], strict=False)) if a != b), 0)
    while start and after[start].isdigit() and after[start - 1].isdigit():
        start -= 1
    return fold(after[start : max(start + 1, len(after) - same) + 1])
