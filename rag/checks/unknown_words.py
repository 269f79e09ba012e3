"""An invented name: a run of characters that nothing holds and that is no everyday Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.words import any_of, words
from rag.checks.content import covered_characters, without_links
from rag.checks.statements import WORDLIKE, Ground, Statement
from rag.question.bigrams import is_ordinary, language

_EVERYDAY_PAIR = 8e-6  # of all pairs of characters
_SURNAMES = frozenset(words("corpus/surnames"))
_PLAIN = 2  # characters of words that are no name where none stands
_BEFORE_AGENT = re.compile("(?:由|据|与|和|跟|被|向|给|随|来自|位于)$")
_HEAD_OF = re.compile("(?:为|是|叫|名为|称为|成为|的)$")
_AFTER_AGENT = re.compile(f"{any_of('rag/after_agents')}")


def unknown_word(statement: Statement, grounds: Sequence[Ground], known: str | None = None) -> str:
    """Return the first run of characters that no ground holds and that is no everyday Chinese: an invented name.

    A name may be made of everyday words: it is told by its place (由…, 据…介绍, an item of a list), and two or three
    characters that begin with a surname are taken for one unless their first pair is itself an everyday word. `known`: a short
    run that stands where no name stands, and that is not among these words that were found, is none.
    """
    marks = covered_characters(statement, grounds)
    for run in statement.words:
        at = run.start
        while at < run.end:
            begin = at
            while at < run.end and not marks[at]:
                at += 1
            found = without_links(statement.folded, begin, at)
            word = statement.folded[found.start : found.end]
            if len(word) >= 2:
                surname = word[0] in _SURNAMES and len(word) in (2, 3) and not _is_pair(word[:2])
                ordinary = is_ordinary(word) or (known is not None and len(word) <= _PLAIN and word not in known)
                if surname or not ordinary or _acts(statement.text, statement.folded, found.start, found.end):
                    return statement.text[found.start : found.end]
            at += 1
    return ""


def _acts(text: str, folded: str, begin: int, end: int) -> bool:
    """Whether text[begin:end] stands where who or what is named: an agent, an item of a list, the head of a phrase."""
    after = folded[end : end + 3]
    opens = begin == 0 or not WORDLIKE.match(folded[begin - 1])
    closes = not after or not WORDLIKE.match(after[0])
    if (opens and text[end : end + 1] == "、") or (text[begin - 1 : begin] == "、" and closes):
        return True
    if _HEAD_OF.search(folded, max(0, begin - 3), begin):
        return closes
    led = _BEFORE_AGENT.search(folded, max(0, begin - 3), begin) is not None
    return (led or opens) and _AFTER_AGENT.match(after) is not None


def _is_pair(word: str) -> bool:
    at_large = language()
    return at_large.count(word) > _EVERYDAY_PAIR * at_large.total
