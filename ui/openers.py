"""Questions offered before the first one: from a file that people edit, each asked once at the start and kept if answered well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from corpus.errors import LinpingError, SettingsError
from rag.answer import Answer, Status

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
