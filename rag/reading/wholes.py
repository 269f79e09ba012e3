"""The whole is not its part: what is told of 临平 is not told of 临平经开区."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.question.vocabulary import CorpusWords

_PARTS = re.compile(f"{any_of('rag/parts')}$")
_ALL = "全"  # 临平全区 is 临平
_SHORTEST_WHOLE = 2  # characters of its name, and of what the part's name adds


def tells_of_the_whole(topics: Collection[str], sentence: str, around: str, words: CorpusWords) -> bool:
    """Tell whether a sentence names the whole of a part that the question asks about, and nothing near it names the part.

    `topics` are the names in the question; `around` is what stands before the sentence and over it.
    """
    told, near = fold(sentence), fold(f"{around}\n{sentence}")
    for part in map(fold, topics):
        if not _PARTS.search(part) or any(form in near for form in (part, *map(fold, words.other_names(part)))):
            continue
        cuts = range(len(part) - _SHORTEST_WHOLE, _SHORTEST_WHOLE - 1, -1)
        cut = next((at for at in cuts if part[:at] in told), None)
        if cut is not None and part[cut:] not in near and not part.startswith(_ALL, cut):
            return True
    return False
