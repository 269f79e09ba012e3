"""Questions offered before the first one: from a file that people edit, each asked once at the start and kept if answered well."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.errors import LinpingError, SettingsError
from corpus.records import Article
from rag.answers.suggestions import Suggester
from rag.records import Answer, Status

log = logging.getLogger(__name__)

COUNT = 4
_MOST_TRIED = 12  # the page waits for them when it starts


def read_openers(path: Path | None) -> tuple[str, ...]:
    """Return the questions of a file, one a line, # before a remark; none without a file. Raises SettingsError."""
    if path is None or not path.exists():
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"设置 openers 的文件 {path} 读不了，请检查权限，并存为 UTF-8。") from error
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")))


class FileFirst(Suggester):
    """Offers first what stands in a file, as far as it is answered well; else what the articles are found to answer."""

    def __init__(self, articles: Sequence[Article], ask: Callable[[str], Answer], path: Path | None) -> None:
        super().__init__(articles, ask)
        self._path = path
        self._asked = ask

    def openers(self, count: int = COUNT) -> tuple[str, ...]:
        """Return at most `count` questions. Raises SettingsError when the file cannot be read."""
        good, weak = chosen(read_openers(self._path), self._asked)
        for question in weak:
            log.warning("开头的问题「%s」答得不好，没有显示；请改 %s。", question, self._path)
        return good[:count] or super().openers(count)


def is_good(answer: Answer) -> bool:
    """Tell whether an answer may stand for what this page can do: a short answer, or two sentences at least."""
    return answer.status is Status.ANSWERED and bool(answer.short_answer or len(answer.claims) > 1)


def chosen(questions: tuple[str, ...], ask: Callable[[str], Answer]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first `COUNT` questions that are answered well, and those before them that are not."""
    good: list[str] = []
    bad: list[str] = []
    for question in questions[:_MOST_TRIED]:
        if len(good) == COUNT:
            break
        try:
            (good if is_good(ask(question)) else bad).append(question)
        except LinpingError:
            bad.append(question)
    return tuple(good), tuple(bad)
