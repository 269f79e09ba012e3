"""Which place a text speaks of: provinces, cities, counties of China, and countries; what lies in what.

`rag/models/places/places.json`, made by `python -m rag.training places`, holds the names. A sentence about another place than
the one that is asked about does not answer, however alike the rest is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from corpus.errors import ModelError
from corpus.records import Span
from corpus.text import fold, split_clauses
from rag.asking import AnswerKind, Asked
from rag.candidates import Candidate
from rag.fitting import fits, found_quantities, wanted

_FILE = Path(__file__).parent / "models" / "places" / "places.json"
_NO_PLACE = re.compile("时间|银行|大学|学院|证券|交易所|[东西南北中]?路|[东西南北中]?街|大道|湾")  # 北京时间, 南京西路, 杭州湾
_MEASURED = frozenset({AnswerKind.QUANTITY, AnswerKind.COMPARISON})


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`within[name]` are the places that a place lies in, none for a country or province. Names folded, without 省市区县.

    `written[form]` is the name that a text means by a form; `bare` are names of counties that a question may shorten
    so, but that in an article may be any word (朝阳, 和平).
    """

    within: Mapping[str, frozenset[str]]
    written: Mapping[str, str]
    bare: frozenset[str]
    longest: int

    @classmethod
    def load(cls, path: Path = _FILE) -> Gazetteer:
        """Read what training wrote. Raises ModelError."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            within = {name: frozenset(above) for name, above in stored["within"].items()}
            return cls(within, stored["written"], frozenset(stored["bare"]), max(map(len, stored["written"])))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"地名表 {path} 缺失或已损坏，请重新安装本项目，或重新生成。") from error

    def named(self, folded: str, *, shortened: bool = False) -> list[tuple[int, str]]:
        """Return (offset, name) of the places in a text, the longest form first; `shortened` reads 临平 as 临平区 too."""
        found: list[tuple[int, str]] = []
        at = 0
        while at < len(folded):
            for end in range(min(len(folded), at + self.longest), at + 1, -1):
                form = folded[at:end]
                name = self.written.get(form) or (form if shortened and form in self.bare else "")
                if name and not _NO_PLACE.match(folded, end):
                    found.append((at, name))
                    at = end - 1
                    break
            at += 1
        return found


@cache
def gazetteer() -> Gazetteer:
    """Return the table that comes with this project. Raises ModelError."""
    return Gazetteer.load()


@lru_cache(maxsize=256)
def places_asked(question: str) -> frozenset[str]:
    """Return the names of the places that a question is about."""
    return frozenset(name for _, name in gazetteer().named(fold(question), shortened=True))


def is_elsewhere(asked: Asked, question: str, candidate: Candidate, article: str) -> bool:
    """Tell whether a sentence speaks of other places than the question, which must name one; `article` is its whole text.

    A figure is of the place that its clause names before it. Apart from that, a sentence that names only places outside
    the one asked about is elsewhere when nothing around it (for a figure), or nowhere the article, names that one.
    """
    sought = places_asked(question)
    if not sought:
        return False
    text = fold(candidate.text)
    measured = asked.kind in _MEASURED
    if measured and _figure_of_another(asked, candidate.text, sought):
        return True
    if any(place in text for place in sought):
        return False
    table = gazetteer()
    others = {name for _, name in table.named(text)} - sought
    above = frozenset().union(*(table.within.get(place, frozenset()) for place in sought))
    if not any(_apart(name, sought, table) and name not in above for name in others):
        return False
    wider = "\n".join((candidate.before, candidate.heading, candidate.passage)) if measured else article
    return not any(place in fold(wider) for place in sought)


def _figure_of_another(asked: Asked, text: str, sought: Collection[str]) -> bool:
    """Tell whether every clause with a fitting figure names another place before it, and none of those asked about."""
    table, what = gazetteer(), wanted(asked)
    verdicts: list[bool] = []
    for clause in split_clauses(text, Span(0, len(text))):
        words = text[clause.start : clause.end]
        figures = [quantity for quantity in found_quantities(words) if fits(quantity, what)]
        if figures:
            before = {name for at, name in table.named(fold(words)) if at < figures[-1].start}
            own = any(place in fold(words) for place in sought)
            verdicts.append(not own and any(_apart(name, sought, table) for name in before))
    return bool(verdicts) and all(verdicts)


def _apart(name: str, sought: Collection[str], table: Gazetteer) -> bool:
    """Tell whether a place is none of those asked about and lies in none of them."""
    return name not in sought and not table.within.get(name, frozenset()) & frozenset(sought)
