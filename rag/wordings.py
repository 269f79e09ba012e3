"""Other wordings of a question: what an article would say for what a person says.

Everyday words give way to official ones, short names to full ones and back, but only to words that the corpus holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.errors import ModelError
from corpus.text import fold
from rag.language import language
from rag.vocabulary import CorpusWords

_FILE = Path(__file__).parent / "glossaries" / "wordings.tsv"
_MOST = 4  # wordings of one question
_OF_ONE_KIND = 2


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """`official[said]` are the words an article may use for it, most trusted first; keys and values folded.

    `everyday` finds what people say, `formal` the official words that stand for each other.
    """

    official: Mapping[str, tuple[str, ...]]
    everyday: re.Pattern[str]
    formal: re.Pattern[str]


@cache
def thesaurus() -> Thesaurus:
    """Return the table that comes with this project. Raises ModelError."""
    try:
        return read_thesaurus(_FILE.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"词汇表 {_FILE} 缺失，请重新安装本项目。") from error


def read_thesaurus(text: str) -> Thesaurus:
    """Return the table of lines «said|said TAB official|official» and «=word TAB word TAB word»."""
    official: dict[str, list[str]] = {}
    groups: set[str] = set()
    for line in text.splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        if line.startswith("="):
            group = [fold(word) for word in line[1:].split("\t")]
            groups.update(group)
            pairs = [(word, [other for other in group if other != word]) for word in group]
        else:
            said, formal = line.split("\t")[:2]
            pairs = [(fold(word), [fold(other) for other in formal.split("|")]) for word in said.split("|")]
        for word, others in pairs:
            listed = official.setdefault(word, [])
            listed += [other for other in others if other not in listed and other != word]
    everyday = [word for word in official if word not in groups]
    return Thesaurus({word: tuple(others) for word, others in official.items()}, _any(everyday), _any(groups))


def _any(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of `words`, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or "(?!)")


def wordings(question: str, words: CorpusWords, table: Thesaurus | None = None) -> tuple[str, ...]:
    """Return at most four other wordings of `question`, most trusted first; folded where they differ from it."""
    known = table or thesaurus()
    found: list[str] = []
    texts = [*_names(question, words)]
    texts += [*_exchanged(question, words, known, known.everyday)][:_OF_ONE_KIND]
    texts += [*_exchanged(question, words, known, known.formal)][:_OF_ONE_KIND]
    for text in texts:
        if text != question and text not in found:
            found.append(text)
    return tuple(found[:_MOST])


def _names(question: str, words: CorpusWords) -> Iterable[str]:
    """Yield the question with short names in full, and full names short, as the articles introduce them."""
    folded = fold(question)
    for full, short in words.short_names:
        if full in folded:
            at = folded.index(full)
            yield question[:at] + short + question[at + len(full) :]
        elif short in folded:
            at = folded.index(short)
            yield question[:at] + full + question[at + len(short) :]
    for short, full in _unfolded(folded, words):
        at = folded.index(short)
        yield question[:at] + full + question[at + len(short) :]


def _unfolded(folded: str, words: CorpusWords) -> Iterable[tuple[str, str]]:
    """Yield (short, full) for runs that the corpus does not hold but has a name for: 杭高 → 杭州高级中学."""
    counts = words.within(folded)
    for length in (5, 4, 3, 2):
        for start in range(len(folded) - length + 1):
            run = folded[start : start + length]
            if not all("\u4e00" <= character <= "\u9fff" for character in run) or counts.count(start, start + length):
                continue
            if length == 2 and language().count(run) > 0:
                continue
            full = words.name_for(run)
            if full and full not in folded:
                yield run, full
                return


def _exchanged(question: str, words: CorpusWords, table: Thesaurus, pattern: re.Pattern[str]) -> Iterable[str]:
    """Yield the question with all the words that `pattern` finds exchanged: first choices together, then second."""
    folded = fold(question)
    places: list[tuple[int, int, list[str]]] = []
    for found in pattern.finditer(folded):
        others = [other for other in table.official[found.group()] if _held(other, words) and other not in folded]
        if others:
            places.append((found.start(), found.end(), others))
    for choice in range(_OF_ONE_KIND):
        if not any(len(others) > choice for _, _, others in places):
            return
        text, at = "", 0
        for start, end, others in places:
            text += question[at:start] + (others[choice] if len(others) > choice else others[0])
            at = end
        yield text + question[at:]


def _held(word: str, words: CorpusWords) -> bool:
    parts = re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]+", word)
    return bool(parts) and all(part in words.latin if part.isascii() else words.count(part) > 0 for part in parts)
