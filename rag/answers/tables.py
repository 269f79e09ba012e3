"""What a table tells a question: the value where a row and a column meet, or the row whose value is the largest.

A row knows its headers (`Article.rows`), so this is looked up and not guessed. It answers only when the words of the
question are those of row, column and headline; whatever else a question says is left to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.chinese.facts import Quantity
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Article, BlockKind, Cell, Row, Span
from index.storage.snapshot import Snapshot
from rag.question.kinds import AnswerKind, Asked
from rag.reading.ranker import Ranked, common_runs
from rag.reading.units import fits, found_quantities, wanted

_ASKS_OTHERWISE = frozenset({AnswerKind.YES_NO, AnswerKind.REASON, AnswerKind.HOW, AnswerKind.CHANGE})
_TABLES = 3  # that are looked into, the one with the best sentence first
_SHOWN = 4  # rows that a comparison shows, the one asked for first
_MOST = re.compile("最(?P<way>[高多大快长重贵强低少小慢短轻])|(?P<last>倒数第一|垫底)|排名?第一|居首|第一")
_LESS = frozenset("低少小慢短轻")
_WHICH = re.compile("哪|谁|什么")
_SUM = re.compile("(?:合计|总计|小计|共计|总和|平均|平均值|全[国省市区县镇乡村]).*|.*(?:合计|总计|小计|平均)")
_NOTHING = re.compile(r"[-·/\\*.\s]*")
# Words that ask, and that say nothing of what is asked.
_ASKING = re.compile(
    f"多少[十百千万亿]*[\u4e00-\u9fff]{{0,2}}?元?(?=[?,是的]|$)|{any_of('rag/table_asks')}|几[十百千万亿个]*|哪一?[个家些座条项位名年月日天]?|多[大长高快重]|最[高多大快长重贵强低少小慢短轻]|排名?第一|表[格里中]|[的了呢吗啊是为有在达到各个和与中里]|[^\\w]"
)
_KINDS_OF_NAMES = frozenset("镇乡村区县市省国人校院路桥河山湖港线")


@dataclass(frozen=True, slots=True)
class Looked:
    """Rows that answer, each with the sentence's row in the index and where the value stands in the sentence.

    None for a place that the table leaves empty: the row says so, and no other row answers in its stead. `short` is what is asked for when the values do not say it: the name of a row. `formula` has {0}, {1} … where the
    numbers of the citations belong; empty when nothing was compared.
    """

    rows: tuple[tuple[int, Span | None], ...]
    short: str = ""
    formula: str = ""


def look_up(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot) -> Looked | None:
    """Return what a table among the ranked sentences tells; None when none surely does."""
    if asked.kind in _ASKS_OTHERWISE:
        return None
    for table in _tables(ranked, snapshot):
        found = _extreme(asked, table) if _MOST.search(asked.folded) else _meeting(asked, table)
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its sentence's row in the index, its names (cells without figures) and its cells, folded text and place."""

    at: int
    start: int
    told: Row
    article: Article

    def header(self, cell: Cell) -> str:
        return fold(self.article.text[cell.header.start : cell.header.end])

    def value(self, cell: Cell) -> str:
        return fold(self.article.text[cell.value.start : cell.value.end])

    def span(self, cell: Cell) -> Span:
        return Span(cell.value.start - self.start, cell.value.end - self.start)

    @property
    def label(self) -> str:
        return self.value(self.told.cells[0]) if len(self.told.cells) > 1 else ""

    @property
    def group(self) -> str:
        """Return what stands before the first cell: the title of the part of the table that the row is in."""
        first = self.told.cells[0]
        return fold(self.article.text[self.told.start : min(first.header.start, first.value.start)])


@dataclass(frozen=True, slots=True)
class _Table:
    rows: tuple[_Row, ...]
    around: str  # headline, headings and caption, folded


def _tables(ranked: Sequence[Ranked], snapshot: Snapshot) -> Iterator[_Table]:
    seen: set[tuple[str, int]] = set()
    for one in ranked:
        candidate = one.candidate
        if candidate.kind is not BlockKind.ROW or len(seen) == _TABLES:
            continue
        article = snapshot.articles[candidate.article_id]
        number = next((row.table for row in article.rows if row.start == candidate.start), None)
        if number is None or (article.id, number) in seen:
            continue
        seen.add((article.id, number))
        sentences = {snapshot.sentences[at].start: at for at in snapshot.article_sentence_rows(article.id)}
        rows = tuple(
            _Row(sentences[row.start], row.start, row, article)
            for row in article.rows
            if row.table == number and row.start in sentences and row.cells
        )
        yield _Table(rows, fold(f"{article.headline}\n{candidate.heading}"))


def _meeting(asked: Asked, table: _Table) -> Looked | None:
    """The cell where the row that the question names meets the column that it names."""
    named = [(sum(map(len, _names(row, asked))), row) for row in table.rows]
    most = max((length for length, row in named if row.label), default=0)
    rows = [row for length, row in named if (length == most > 0 if row.label else True)]
    best: list[tuple[tuple[bool, int, int], _Row, Cell]] = []
    for row in rows:
        names = _names(row, asked)
        rest = _without(asked.folded, names)
        for at, cell in enumerate(row.told.cells):
            if row.value(cell) in names or (row.label and at == 0) or not row.header(cell):
                continue
            if (fit := _named_by(rest, row.header(cell))) is not None:
                best.append((fit, row, cell))
    if not best:
        return None
    top = max(fit for fit, _, _ in best)
    chosen = [(row, cell) for fit, row, cell in best if fit == top]
    if len(chosen) > 1:
        chosen = _beside(asked, chosen)
    if len(chosen) != 1:
        return None
    row, cell = chosen[0]
    value = row.value(cell)
    quantities = found_quantities(value)
    if quantities and not any(fits(one, wanted(asked)) for one in quantities):
        return None
    known = [*_names(row, asked), *(row.header(other) for other in row.told.cells), row.group, table.around]
    if _untold(asked.folded, known):
        return None
    return Looked(((row.at, None if _NOTHING.fullmatch(value) else row.span(cell)),))


def _extreme(asked: Asked, table: _Table) -> Looked | None:
    """The row with the largest value of the column that is asked for, or the smallest."""
    if not _WHICH.search(asked.folded):
        return None
    headers: dict[str, tuple[bool, int, int]] = {}
    for row in table.rows:
        for cell in row.told.cells[1:]:
            if (fit := _named_by(asked.folded, row.header(cell))) is not None:
                headers[row.header(cell)] = fit
    best = [header for header, fit in headers.items() if fit == max(headers.values())]
    if len(best) != 1:
        return None
    found: list[tuple[Quantity, _Row, Cell]] = []
    for row in table.rows:
        cells = [cell for cell in row.told.cells[1:] if row.header(cell) == best[0]]
        if len(cells) > 1:
            return None
        for cell in cells:
            quantities = found_quantities(row.value(cell))
            if len(quantities) == 1 and not quantities[0].is_range and not _SUM.fullmatch(row.label):
                found.append((quantities[0], row, cell))
    known = [*(row.label for _, row, _ in found), *(row.group for _, row, _ in found), best[0], table.around]
    if len(found) < 2 or len({(one.measure, one.base) for one, _, _ in found}) > 1 or _untold(asked.folded, known):
        return None
    way = _MOST.search(asked.folded)
    less = way is not None and (way["way"] in _LESS if way["way"] else bool(way["last"]))
    found.sort(key=lambda one: one[0].low if less else -one[0].low)
    first = [one for one in found if one[0].low == found[0][0].low]
    shown = found[: max(_SHOWN, len(first))]
    signs = ["=" if a[0].low == b[0].low else "<" if less else ">" for a, b in pairwise(shown)]
    terms = [f"{row.article.text[cell.value.start : cell.value.end]}{{{n}}}" for n, (_, row, cell) in enumerate(shown)]
    formula = terms[0] + "".join(f" {sign} {term}" for sign, term in zip(signs, terms[1:], strict=True))
    labels = [row.article.text[row.told.cells[0].value.start : row.told.cells[0].value.end] for _, row, _ in first]
    return Looked(tuple((row.at, row.span(cell)) for _, row, cell in shown), "、".join(labels), formula)


def _names(row: _Row, asked: Asked) -> list[str]:
    """Return the cells of a row that are no figures and that the question names whole."""
    values = [row.value(cell) for cell in row.told.cells] if row.label else []
    return [value for value in values if len(value) >= 2 and value in asked.folded and not _is_figure(value)]


def _is_figure(value: str) -> bool:
    found = found_quantities(value)
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(value)


def _without(question: str, names: Sequence[str]) -> str:
    for name in names:
        question = question.replace(name, " " * len(name))
    return question


def _named_by(question: str, header: str) -> tuple[bool, int, int] | None:
    """Return how a question names a column: wholly or in part, up to where, with how many characters; None: not at all."""
    held, _, _ = common_runs(question, header)
    told, _, _ = common_runs(header, question)
    if not held.any():
        return None
    whole = bool(held.all())
    return whole, max(at for at, one in enumerate(told) if one), int(held.sum())


def _beside(asked: Asked, cells: Sequence[tuple[_Row, Cell]]) -> list[tuple[_Row, Cell]]:
    """Return, of columns with one name («同比增长» behind each figure), that right behind another column of the question."""
    found = []
    for row, cell in cells:
        at = row.told.cells.index(cell)
        before = row.header(row.told.cells[at - 1]) if at else ""
        if before and common_runs(asked.folded, before)[0].all():
            found.append((row, cell))
    return found


def _untold(question: str, known: Sequence[str]) -> bool:
    """Tell whether a question says more than words that ask and words that are `known`."""
    told, _, _ = common_runs("\n".join(known), question)
    rest = "".join(" " if hit else character for character, hit in zip(question, told, strict=True))
    rest = _ASKING.sub(lambda match: " " * len(match[0]), rest)
    whole = "".join(known)
    return any(len(piece) > 1 or (piece in _KINDS_OF_NAMES and piece not in whole) for piece in rest.split())
