"""In how many articles is something named?"""

from __future__ import annotations

import re

from corpus.chinese.text import fold
from rag.answers.composition import Asking, Composition, Evidence
from rag.reading.candidates import candidate_at

_ASKS = re.compile(
    "(?:有)?(?:几|多少)篇(?:报道|文章|新闻)(?:里)?(?:提|说|写|讲)(?:到|起)?(?:了|过)?(?P<name>[^?？,，]{2,20})"
)
_MOST = 5  # sentences shown


def mentions(asking: Asking) -> Composition | None:
    """Return the first sentence of each article that names a thing, and how many articles do; None for other questions."""
    asks = _ASKS.search(asking.asked.text)
    if asks is None:
        return None
    name, snapshot = fold(asks["name"].removesuffix("的")), asking.snapshot
    rows = {one.article_id: at for at, one in reversed(list(enumerate(snapshot.sentences))) if name in fold(one.text)}
    if not rows:
        return None
    named = [Evidence(candidate_at(snapshot, row)) for row in sorted(rows.values())]
    return Composition(tuple(named[:_MOST]), short=f"{len(named)}篇", confidence=1.0, settled=True)
