"""Questions worth asking: drawn from the names in the articles, kept only when the articles answer them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from corpus.facts import NameKind, names
from corpus.records import Article
from rag.answer import Answer, Status

_TEMPLATES = (
    "{name}有多少家企业？", "{name}面积有多大？", "{name}的目标是什么？", "{name}在哪里？", "{name}是什么？",
    "{name}有哪些项目？", "{name}总投资多少？", "{name}产值是多少？", "{name}什么时候启动？", "{name}未来有什么规划？",
    "{name}取得了哪些成绩？", "{name}为什么重要？",
)  # fmt: skip
_NAMES = 12
_SURE = 0.4
_MOST_TRIED = 40  # questions; the page waits for them when it starts
_LONGEST_NAME = 12


def frequent_names(articles: Iterable[Article], count: int = _NAMES) -> list[str]:
    """Return the names that most articles speak of, most first; names within longer ones give way to them."""
    speaking: Counter[str] = Counter()
    often: Counter[str] = Counter()
    for article in articles:
        found = [n.text for n in names(article.text) if n.kind is NameKind.PROPER and 3 <= len(n.text) <= _LONGEST_NAME]
        speaking.update(set(found))
        often.update(found)
    ranked = sorted(speaking, key=lambda name: (-speaking[name], -often[name], name))
    kept: list[str] = []
    for name in ranked:
        if often[name] > 1 and not any(name in other or other in name for other in kept):
            kept.append(name)
    return kept[:count]


def suggestions(
    articles: Sequence[Article], ask: Callable[[str], Answer], count: int
) -> list[str]:
    """Return at most `count` questions that `ask` answers surely, of different names and kinds.

    Takes each name in turn with the next template that works, so that the first few differ in both.
    """
    kept: list[str] = []
    seen: set[tuple[str, int]] = set()
    found = frequent_names(articles)
    tried = 0
    for turn in range(len(_TEMPLATES)):
        for place, name in enumerate(found):
            tried += 1
            if tried > _MOST_TRIED:
                return kept
            question = _TEMPLATES[(turn + place) % len(_TEMPLATES)].format(name=name)
            answer = ask(question)
            if answer.status is not Status.ANSWERED or answer.confidence < _SURE:
                continue
            cited = {(citation.article_id, citation.start) for citation in answer.citations}
            if cited & seen or not any(name in citation.quote for citation in answer.citations):
                continue
            seen |= cited
            kept.append(question)
            if len(kept) == count:
                return kept
    return kept
