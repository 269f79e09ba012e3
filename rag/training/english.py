"""Make the English dictionary: `python -m rag.training english` → rag/models/english, terms.tsv.gz and names.tsv.gz.

CC-CEDICT turned round: an English term → the Chinese words that mean it, those first that news often use and that mean
little else. Which of them an article uses is seen when its sentence is read.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from index.training.pairs import read_rows
from index.training.wheels import ENGLISH, fetch

_ENTRY = re.compile(r"^\S+ ([\u4e00-\u9fff]{1,6}) \[([^\]]*)\] /(.*)/\s*$")
_NOTE = re.compile(r"^abbr\. |\b(?:variant of|see (?:also )?\S|CL:|used in|old |archaic|literary|dialect|Tw\)|surname)")
_TERM = re.compile(r"[a-z][a-z0-9' -]*")
_LEADING = re.compile(r"^(?:to be|to|a|an|the) ")
_NAME = re.compile(
    r"(?:the )?([A-Z][\w'-]+(?: (?:of )?[A-Z][\w'-]+){0,2})"
    r"(?: (district|county|city|municipality|province|prefecture|town|river|lake|region))?(?=$|[,;(]| \(| of [A-Z])"
)
_ARTICLES = 6000  # of the news, in which words are counted
_LONGEST = 3  # words of a term
_MOST = 8  # Chinese words of a term
_SINGLE = 0.3  # weight of a word of one character: it is part of others mostly
_RARE = 3  # a word that occurs less often is nothing that an article would say


@dataclass(frozen=True, slots=True)
class _Entry:
    """A Chinese word, its meanings, each as the English terms that stand for it, and whether it is a name."""

    word: str
    glosses: list[list[str]]
    named: bool


def train(data: Path, cache: Path, out: Path, say: Callable[[str], None] = print) -> None:
    """Write `out`/terms.tsv.gz and `out`/names.tsv.gz: lines «term TAB word|word», best first."""
    entries = list(_entries(fetch(ENGLISH, cache).decode("utf-8")))
    texts = (row["text"] for row in read_rows(data, "news_text")[:_ARTICLES])
    often = _counted({one.word for one in entries}, texts)
    out.mkdir(parents=True, exist_ok=True)
    for file, named in (("terms", False), ("names", True)):
        weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for one in entries:
            if one.named is named and often[one.word] >= _RARE:
                for term, weight in _weighed(one, often[one.word]):
                    weights[term][one.word] = max(weights[term].get(one.word, 0.0), weight)
        lines = [
            f"{term}\t{'|'.join(sorted(words, key=lambda word: (-words[word], word))[:_MOST])}\n"
            for term, words in sorted(weights.items())
        ]
        (out / f"{file}.tsv.gz").write_bytes(gzip.compress("".join(lines).encode("utf-8"), mtime=0))
        say(f"{len(lines):,} {file}")


def _weighed(entry: _Entry, often: int) -> Iterator[tuple[str, float]]:
    """Yield each term and how likely it is put by this word: rarely so where the word means much else."""
    own = sqrt(often) / len(entry.glosses) * (_SINGLE if len(entry.word) == 1 else 1.0)
    for place, terms in enumerate(entry.glosses, start=1):
        yield from ((term, own / place) for term in terms)


def _entries(text: str) -> Iterator[_Entry]:
    for line in text.splitlines():
        found = _ENTRY.match(line)
        if not found:
            continue
        named = found[2][:1].isupper()
        said = (gloss for gloss in found[3].split("/") if not _NOTE.search(gloss))
        glosses = [terms for gloss in said if (terms := _named(gloss) if named else _terms(gloss))]
        if glosses:
            yield _Entry(found[1], glosses, named)


def _terms(gloss: str) -> list[str]:
    parts = (re.sub(r"\([^)]*\)|\[[^\]]*\]", "", part).strip(" .!?").lower() for part in re.split("[;,]", gloss))
    terms = (_LEADING.sub("", part).strip() for part in parts)
    return [term for term in terms if _TERM.fullmatch(term) and len(term.split()) <= _LONGEST]


def _named(gloss: str) -> list[str]:
    """Return what a name is called in English: «Yuhang district of Hangzhou» is yuhang district, and yuhang."""
    found = _NAME.match(gloss)
    if not found:
        return []
    name = found[1].lower()
    return [f"{name} {found[2]}", name] if found[2] else [name]


def _counted(words: set[str], texts: Iterable[str]) -> Counter[str]:
    longest = max(map(len, words))
    often: Counter[str] = Counter()
    for text in texts:
        for run in re.findall("[\u4e00-\u9fff]+", text):
            for length in range(1, longest + 1):
                often.update(
                    run[at : at + length] for at in range(len(run) - length + 1) if run[at : at + length] in words
                )
    return Counter({word: often[word] for word in words if often[word]})
