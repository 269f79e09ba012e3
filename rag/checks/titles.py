"""A post is held somewhere: 青禾村党委书记 is not 青禾镇党委书记, and 局政委 is not 部政委."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from corpus.chinese.words import any_of

_TITLES = re.compile(f"(?:党[委组工])?副?(?:{any_of('rag/posts')}|主任|政委|队长|处长|部长|经理|主席)")
_BODY = "[部局院村镇区市县厅委会省]"
_NAMED = 14  # characters before a title that may name where it is held
_BEFORE = 2  # characters that tell where a post is held


def other_title(sentence: str, texts: Sequence[str]) -> str:
    """Return the first title of a person that no text has, or has only of another body; or nothing."""
    mine, theirs = (re.sub('["\\s]|的', "", fold(text)) for text in (sentence, "\n".join(texts)))
    for found in _TITLES.finditer(mine):
        title = found.group()
        if title not in theirs:
            return title
        where = mine[max(0, found.start() - _BEFORE) : found.start()]
        if re.fullmatch("[\u3400-\u9fff]{2}", where) is None or where not in theirs:
            continue
        given = [theirs[max(0, at - _NAMED) : at] for at in _places(title, theirs)]
        if not any(_is_there(where, before) for before in given):
            return where + title
    return ""


def _is_there(where: str, before: str) -> bool:
    """Whether a post is held where a text says: there, at what is named a few words before, or at 村, 局 alone."""
    body = re.search(f"{_BODY}$", where) is not None
    return (
        before.endswith(where)
        or (where in before and not body)
        or re.search(f"(?:^|[^\u3400-\u9fff]){where[-1]}$", before) is not None
    )


def _places(word: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(word), text)]
