"""Of whom a clause is said: a sentence may not give the predicate of one subject to another that the spans also name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import names
from corpus.chinese.text import fold, split_clauses
from corpus.chinese.words import any_of
from corpus.records import Span
from rag.checks.naming import places_named
from rag.checks.statements import Statement, pairs_of

_OPENING = re.compile(
    "(?:(?:截至|到|在|自|从)?(?:19|20)[0-9]{2}年?(?:上半年|下半年|全年|初|底|[0-9]{1,2}月(?:[0-9]{1,2}日)?)?(?:以来)?,?)?(?:目前|其中|同时|下一步|接下来|今后|是|坐)?,?"
)
_LEADING = re.compile(f"^{any_of('rag/leading')}")
_IDLE = re.compile(
    f"{any_of('rag/owner_idle')}|(?:这[一个]?|该)(?:数字|数据|比例|指标)|该?企业|该?公司|并且?|[其它他她这该的了]|[^\u3400-\u9fffa-z0-9]"
)
_VERBS = re.compile(f"{any_of('rag/owner_verbs')}|[说着了]$|为了")
NO_SUBJECT = re.compile("一方面|另一方面|通过|因为|由于|为了|随着|不仅|除了")
_SHORTEST = 3  # characters of a subject
_RIVAL = 3  # characters that name another one
_FOUND = 0.5  # of the pairs of a predicate in one clause of the spans


def of_another(sentence: str, texts: Sequence[str]) -> str:
    """Return the words that the spans put before what a sentence says, where it puts another of their names; or nothing.

    The sentence begins with words of the spans, its predicate stands in a clause without them, and that clause has a
    subject of its own.
    """
    folded = fold(sentence).replace('"', "")
    start = found.end() if (found := _OPENING.match(folded)) else 0
    whole = "\n".join(fold(text).replace('"', "") for text in texts)
    subject = _subject(folded[start:], whole)
    if not subject:
        return ""
    naming = [text for text in map(fold, texts) if subject in text]
    if naming and all(f"以{subject}为" in text and text.count(subject) == 1 for text in naming):
        return f"以{subject}为"  # it is what something else has for its place
    rest = folded[start + len(subject) :]
    predicate = pairs_of(re.split("[,.;]", rest)[0])
    predicate = predicate if len(predicate) >= _SHORTEST else pairs_of(rest)
    clauses = [clause for text in texts for clause in _clauses(text)]
    if len(predicate) < _SHORTEST or not clauses:
        return ""
    best = max(clauses, key=lambda clause: len(predicate & pairs_of(clause)))
    if subject in best or len(predicate & pairs_of(best)) < _FOUND * min(len(predicate), len(pairs_of(best))):
        return ""
    before, after = _around_match(best, pairs_of(folded))
    before = before.rpartition(":")[2]
    if _is_rival(before, folded) and not _LEADING.match(before):
        return before
    if after.startswith("的") and (
        subject[-2:] in after[1:4] or re.search("[上下中后前时]$", after)
    ):  # 占地311亩的公园, said of 翊湖公园
        return ""
    return after if after.startswith("的") and _is_rival(after, folded) else ""


def _is_rival(words: str, folded: str) -> bool:
    """Whether words name somebody whom the sentence does not: long enough, or a place; verbs do not."""
    own = "".join(
        word
        for at, word in enumerate(words)
        if not any(words[low : low + 2] in folded for low in (at - 1, at) if low >= 0)
    )
    bare = _IDLE.sub("", own)
    if words.endswith("的") and not names(words):  # says what kind of thing follows, and of nobody
        return bool(places_named(Statement(bare)))
    return not _VERBS.search(words) and (len(bare) >= _RIVAL or bool(places_named(Statement(bare))))


def _subject(folded: str, whole: str) -> str:
    """Return the longest words that a sentence begins with and that the spans hold."""
    if NO_SUBJECT.match(folded):
        return ""
    for end in range(min(20, len(folded)), _SHORTEST - 1, -1):
        words = folded[:end].rstrip("的是")
        if len(words) >= _SHORTEST and re.fullmatch('[\u3400-\u9fffa-z0-9"·]+', words) and words in whole:
            return words
    return folded[:2] if folded[:2] in whole and folded[2:3] == "的" else ""


def _clauses(text: str) -> list[str]:
    folded = fold(text)
    return [
        folded[span.start : span.end].replace('"', "").strip(",.;:- ")
        for span in split_clauses(text, Span(0, len(text)))
    ]


def _around_match(clause: str, pairs: set[str]) -> tuple[str, str]:
    """Return what stands in a clause before and after all runs of three characters that the sentence has too."""
    runs = [at for at in range(len(clause) - 2) if clause[at : at + 2] in pairs and clause[at + 1 : at + 3] in pairs]
    return (clause[: runs[0]], clause[runs[-1] + 3 :]) if runs else ("", "")
