"""Which place a text speaks of: provinces, cities, counties of China, and countries; what lies in what.

`rag/models/places/places.json`, made by `python -m rag.training places`, holds the names. A sentence about another place than
the one that is asked about does not answer, however alike the rest is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.chinese.text import fold, split_clauses
from corpus.errors import ModelError
from corpus.records import Article, Span
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.units import fits, found_quantities, wanted

_FILE = Path(__file__).parent.parent / "models" / "places" / "places.json"
_NO_PLACE = re.compile(
    "时间|银行|大学|学院|证券|交易所|[东西南北中]?路|[东西南北中]?街|大道|湾"
)  # 北京时间, 南京西路, 杭州湾
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

    def named(self, folded: str, edges: Collection[int] = ()) -> list[tuple[int, str]]:
        """Return (offset, name) of the places in a text, the longest form first.

        `edges` are the offsets where words begin and end: between two of them a county may be written short (临平).
        """
        found: list[tuple[int, str]] = []
        at = 0
        while at < len(folded):
            for end in range(min(len(folded), at + self.longest), at + 1, -1):
                form = folded[at:end]
                name = self.written.get(form) or (form if at in edges and end in edges and form in self.bare else "")
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


def places_asked(question: str, edges: Collection[int]) -> frozenset[str]:
    """Return the names of the places that a question is about; its words begin and end at `edges`."""
    return frozenset(name for _, name in gazetteer().named(fold(question), edges))


def at_home(
    sought: Collection[str], rows_with: Callable[[str], Iterable[int]], articles: int
) -> tuple[bool, frozenset[str]]:
    """Tell whether most of so many articles name one of the places: at home a newspaper need not say where.

    Beside it the places that an article must name all the same: of several, the innermost, where not most name them.
    `rows_with` gives the rows of the articles with a word.
    """
    rows = {place: frozenset(rows_with(place)) for place in sought}
    several = innermost(sought) if len(sought) > 1 else frozenset()
    needed = frozenset(place for place in several if 2 * len(rows[place]) <= articles)
    return 2 * len(frozenset().union(*rows.values())) > articles, needed


def innermost(places: Collection[str]) -> frozenset[str]:
    """Return the places that hold none of the others: 临平 of 杭州临平."""
    within = gazetteer().within
    return frozenset(one for one in places if not any(one in within.get(other, ()) for other in places))


def is_elsewhere(
    asked: Asked,
    sought: Collection[str],
    candidate: Candidate,
    article: Article,
    *,
    home: bool = False,
    needed: Collection[str] = (),
) -> bool:
    """Tell whether a sentence speaks of other places than those that are `sought`; never when none is.

    `article` holds the sentence. One that names none of them is elsewhere, unless they are `home`, and so is one that leaves
    out a place that is `needed`. A figure is of the place that its clause names before it; a figure of no place is of those
    named around it.
    """
    if not sought:
        return False
    if not _names_any(article, sought):
        return not home
    if any(place not in article.text and _is_meant(place, article) for place in needed):
        return True
    if asked.kind not in _MEASURED:
        return False
    if _figure_of_another(asked, candidate.text, sought):
        return True
    around = fold("\n".join((candidate.text, candidate.before, candidate.heading, candidate.passage)))
    if any(place in around for place in sought):
        return False
    table = gazetteer()
    above = frozenset().union(*(table.within.get(place, frozenset()) for place in sought))
    return any(_apart(name, sought, table) and name not in above for _, name in table.named(fold(candidate.text)))


def _is_meant(place: str, article: Article) -> bool:
    """Tell whether a name that an article lacks is a place: that of a county may be any word (公安) far from its province."""
    table = gazetteer()
    return place not in table.bare or _names_any(article, table.within.get(place, ()))


def _names_any(article: Article, places: Collection[str]) -> bool:
    return any(place in article.text for place in places)


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
