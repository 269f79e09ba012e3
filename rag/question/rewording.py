"""Other wordings of a question: what an article would say for what a person says.

Short names stand for full ones and back, as the articles introduce them. Everyday words stand for official ones by the tables
in `glossaries/wordings`, which anybody can extend; which of them an article uses is seen only when its sentence is read, so
a question is put into the words of each candidate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.chinese.text import fold
from corpus.errors import ModelError
from rag.question.bigrams import language
from rag.question.vocabulary import CorpusWords

_FOLDER = Path(__file__).parent.parent / "glossaries" / "wordings"
_MOST = 4  # wordings of one question
# What asks within an exchanged phrase stays: 谁创办的 becomes 创始人谁, and a person is still asked for.
_ASKING = re.compile(
    "谁|(?:啥|什么)时候|几时|哪[年天月里儿]|在哪|多少|多[大久长高远宽]|几[个家人名条座所种岁年月号]|哪[个些家位]?|为啥|为什么|怎么|啥|什么|咋|几"
)


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """`official[said]` are the words an article may use for it, most trusted first; keys and values folded."""

    official: Mapping[str, tuple[str, ...]]
    longest: int  # characters of a key

    def places(
        self, folded: str, edges: frozenset[int] | None = None, worth: Callable[[str], object] = bool
    ) -> Iterator[tuple[int, int]]:
        """Yield [start, end) of the words in `folded` that the table holds, from the left, the longest that is `worth` it.

        With `edges`, only where a word begins and ends: 出现在 does not hold the word 现在.
        """
        at = 0
        while at < len(folded):
            ends = range(min(len(folded), at + self.longest), at + 1, -1)
            found = (end for end in ends if folded[at:end] in self.official and (edges is None or end in edges))
            end = next((end for end in found if worth(folded[at:end])), None) if edges is None or at in edges else None
            if end is not None:
                yield at, end
            at = end or at + 1


@cache
def thesaurus() -> Thesaurus:
    """Return the tables that come with this project. Raises ModelError."""
    try:
        texts = [path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.tsv"))]
    except OSError as error:
        raise ModelError(f"词汇表 {_FOLDER} 无法读取，请检查权限，或重新安装本项目。") from error
    if not texts:
        raise ModelError(f"词汇表 {_FOLDER} 缺失，请重新安装本项目。")
    return read_thesaurus("\n".join(texts))


def read_thesaurus(text: str) -> Thesaurus:
    """Return the table of lines «said|said TAB official|official» and «=word TAB word TAB word»."""
    official: dict[str, dict[str, None]] = {}
    for line in fold(text).split("\n"):
        said, _, formal = line.partition("\t")
        if not formal or said.startswith("#"):
            continue
        if said.startswith("="):
            group = line[1:].split("\t")
            for word in group:
                official.setdefault(word, {}).update((other, None) for other in group if other != word)
        else:
            others = formal.split("\t")[0].split("|")
            for word in said.split("|"):
                official.setdefault(word, {}).update((other, None) for other in others if other != word)
    return Thesaurus({word: tuple(others) for word, others in official.items()}, max(map(len, official), default=0))


@dataclass(frozen=True, slots=True)
class Replaceable:
    """Characters [start, end) of a question, folded `said`, and other words that the corpus holds for them, best first."""

    start: int
    end: int
    said: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewordings:
    """A question and what its words may be called in an article: it can be put into the words of any text."""

    question: str
    places: tuple[Replaceable, ...] = ()

    @property
    def others(self) -> str:
        """Return all the other words, to search with."""
        return " ".join(dict.fromkeys(other for place in self.places for other in place.others))

    def in_words_of(self, text: str, around: str) -> str:
        """Return the question with each word that neither text holds exchanged for one that `text`, else `around`, holds.

        Both folded. The question itself when no word is exchanged.
        """
        said, at = "", 0
        for place in self.places:
            if place.said in text:
                continue
            other = next((one for one in place.others if one in text), "")
            if not other and place.said not in around:
                other = next((one for one in place.others if one in around), "")
            if other:
                said += self.question[at : place.start] + other + _asking(place.said, other)
                at = place.end
        return said + self.question[at:] if at else self.question


def _asking(said: str, other: str) -> str:
    """Return what `said` asks and `other` does not."""
    found = _ASKING.search(said)
    return found.group() if found and found.group() not in other else ""


def rewordings(question: str, words: CorpusWords, edges: frozenset[int], table: Thesaurus | None = None) -> Rewordings:
    """Return the words of `question` that an article of this corpus may say otherwise; its words begin and end at `edges`."""
    known = table or thesaurus()
    folded = fold(question)

    @cache
    def others(said: str) -> tuple[str, ...]:
        return tuple(one for one in known.official[said] if one not in folded and _held(one, words))

    at = known.places(folded, edges, others)
    return Rewordings(
        question, tuple(Replaceable(start, end, said, others(said)) for start, end in at if (said := folded[start:end]))
    )


def wordings(question: str, words: CorpusWords) -> tuple[str, ...]:
    """Return `question` with short names in full and full names short, as the articles give them; at most four."""
    found = [text for text in dict.fromkeys(_names(question, words)) if text != question]
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
    """Yield (short, full) for runs that the corpus does not hold but has a name for: 杭高 → 杭州某高级中学."""
    counts = words.within(folded)
    for length in (5, 4, 3, 2):
        for start in range(len(folded) - length + 1):
            run = folded[start : start + length]
            if not all("\u4e00" <= character <= "\u9fff" for character in run) or counts.count(start, start + length):
                continue
            if length == 2 and language().count(run) > 0:
                continue
            full = words.name_for(run)
            following = folded[start + length : start + length + 1]
            if (
                full and full not in folded and not (following and run[-1] + following in full)
            ):  # 白石博|物馆 is no short name
                yield run, full
                return


def _held(word: str, words: CorpusWords) -> bool:
    parts = re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]+", word)
    return bool(parts) and all(part in words.latin if part.isascii() else words.count(part) > 0 for part in parts)
