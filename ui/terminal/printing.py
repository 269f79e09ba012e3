"""Answers, articles and findings as text for a terminal. Pure: takes records, returns strings."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from corpus.errors import CorpusError
from corpus.records import Article, BlockKind, Span
from index.search.lexical import matched_words
from rag.answers.asked_back import offers_choices
from rag.citing import as_of_text, published_text
from rag.records import Answer, Citation, Claim, Status
from ui import wording
from ui.page import showing
from ui.page.exporting import difference, short_of
from ui.page.render import length
from ui.page.scoping import Scope, other_scope, scope_of
from ui.terminal import wording as wording_cli

if TYPE_CHECKING:
    from corpus.loading import Corpus
    from index.storage.store import Built
    from rag.figures.survey import DifferingSentence, Disagreement
    from rag.reading.finder import Found
    from ui.service.checking import Finding

_BOLD, _DIM, _MARK, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[30;43m", "\x1b[0m"
_PLACE = re.compile(r"(?P<id>.+?)(?:#(?P<start>\d+)-(?P<end>\d+))?", re.DOTALL)
_AROUND = 30  # characters shown on either side of a value
_SHOWN = 8  # candidates in an explanation


def _style(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_OFF}" if colour and text else text


def safe(text: str) -> str:
    """Return `text` without what could steer a terminal; newlines stay."""
    return "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("C"))


def card(answer: Answer, articles: Mapping[str, Article] | None = None, *, colour: bool = False) -> str:
    """Return the answer card as the page shows it: short answer with its period and scope, sentences, date line, sources.

    A refusal comes with its lead.
    """
    lines: list[str] = [_style(notice, _DIM, colour) for notice in showing.telling_notices(answer)]
    if answer.status is Status.ANSWERED:
        lines += [*_short(answer, scope_of(answer, articles or {}), colour), *map(safe, _said(answer))]
        sides = dict.fromkeys(at for one in answer.conflicts for at in one.claims if at < len(answer.claims))
        lines += [_side(answer.claims[at]) for at in sides]
        lines += list(dict.fromkeys(safe(difference(one, answer.claims)) for one in answer.conflicts))
        lines.append(_style(" · ".join(filter(None, (answer.modality, answer.as_of))), _DIM, colour))
    else:
        lines.append(safe(answer.answer))
        if offers_choices(answer):
            lines += [f"  · {safe(question)}" for question in answer.suggestions]
    if answer.citations:
        lines += ["", f"{_named(answer)}："]
        lines += [source for citation in answer.citations for source in _source(citation, answer.status, colour)]
    return "\n".join(lines)


def _short(answer: Answer, scope: Scope, colour: bool) -> list[str]:
    if scope.asked:
        return [other_scope(scope), ""]
    if listed := showing.items(answer):
        return [*(_style(f"  · {safe(item)}", _BOLD, colour) for item in listed), ""]
    if not answer.short_answer:
        return []
    beside = f"  {_style(safe(scope.text), _DIM, colour)}" if scope.text else ""
    return [_style(safe(short_of(answer)), _BOLD, colour) + beside, ""]


def _said(answer: Answer) -> list[str]:
    """Return the sentences, each with the marks of its sources."""
    marked = [showing.said(claim) + "".join(f"[{n}]" for n in claim.citations) for claim in answer.claims]
    return [*filter(None, (showing.preface(answer), *(marked or [answer.answer]), answer.calculation))]


def _named(answer: Answer) -> str:
    """Return what the sources of an answer are called."""
    if answer.status is Status.ANSWERED:
        return wording.EVIDENCE
    return wording.COVERED if wording.COVERED_FOLLOWS in answer.answer else wording.LEAD


def _side(claim: Claim) -> str:
    """Return one side of a disagreement: when, what, by which source."""
    return f"  {safe(claim.label)}  {safe(claim.value)} {''.join(f'[{n}]' for n in claim.citations)}"


def _source(citation: Citation, status: Status, colour: bool) -> list[str]:
    where = f"{citation.article_id}#{citation.start}-{citation.end}"
    lines = [_heading(citation), _style(f"    {where}", _DIM, colour)]
    if status is not Status.ANSWERED:
        lines.insert(1, f"    {safe(citation.quote)}")
    return lines


def _heading(citation: Citation) -> str:
    date = as_of_text(citation.published, citation.published_inferred).removeprefix("据").replace("报道", "")
    return " ".join(filter(None, (f"[{citation.n}] 《{safe(citation.headline)}》", safe(citation.publisher), date)))


def explanation(found: Found) -> str:
    """Return what each step did: the question as understood, the candidates with ranks and scores, the confidence."""
    lines = [
        *found.prepared.describe(),
        *(f"报道的说法：{text}" for text in found.adapted),
        f"置信度：{found.confidence:.3f}",
        "",
    ]
    for place, one in enumerate(found.ranked[:_SHOWN], start=1):
        candidate = one.candidate
        lines.append(
            f"{place:>2}. 排序 {one.score:+.2f}  句 BM25 {candidate.sentence_score:.1f}  段 BM25 {candidate.passage_score:.1f}"
            f"  向量 {candidate.similarity:.2f}  {candidate.article_id}#{candidate.start}-{candidate.end}"
        )
        lines.append(f"    {safe(candidate.text)}")
        if matched := matched_words(found.prepared.standalone, candidate.text):
            lines.append(f"    相同的词：{'、'.join(map(safe, matched))}")
    return "\n".join([*lines, ""])


def article_rows(corpus: Corpus) -> str:
    """Return one line per article, then what was refused and what was found odd."""
    lines = [
        f"{article.id}\n    《{article.headline}》{'（标题推定）' if article.headline_inferred else ''}  "
        f"{as_of_text(published_text(article.published), bool(article.published and article.published.inferred)).removeprefix('据').replace('报道', '')}  "
        f"{article.publisher or '未注明出处'}  {length(article):,} 字"
        for article in corpus.articles
    ]
    lines += [f"没有收入：{refused.reason}" for refused in corpus.refused]
    lines += [f"注意：{notice}" for notice in corpus.notices]
    return "\n".join(lines)


def article_rows_json(corpus: Corpus) -> str:
    """Return the articles as a JSON list."""
    rows = [
        {
            "id": article.id,
            "headline": article.headline,
            "headline_inferred": article.headline_inferred,
            "published": published_text(article.published),
            "published_inferred": bool(article.published and article.published.inferred),
            "publisher": article.publisher,
            "authors": article.authors,
            "characters": length(article),
            "file": article.file_name,
            "format": article.reading.format,
            "tables": _tables(article),
            "lists": article.reading.lists,
            "captions": _count(article, BlockKind.CAPTION),
            "gaps": len(article.gaps),
            "known_by": {
                one.what: {"how": one.how, "confidence": one.confidence} for one in article.reading.inferences
            },
            "warnings": article.reading.warnings,
        }
        for article in corpus.articles
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def accounts(corpus: Corpus, most: int = 60) -> str:
    """Return the table of every file: what it was read as, or why it was not taken.

    Of more than `most` articles only those that look odd are listed; what was refused is always listed.
    """
    shown = corpus.articles if len(corpus.articles) <= most else tuple(a for a in corpus.articles if a.reading.warnings)
    rows = [wording_cli.ACCOUNT_HEAD, *(_account(article) for article in shown)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell + " " * (widths[n] - _width(cell)) for n, cell in enumerate(row)).rstrip() for row in rows]
    for article in shown:
        lines += [f"注意：{safe(article.file_name)}：{safe(warning)}。" for warning in article.reading.warnings]
    if len(shown) < len(corpus.articles):
        lines.append(wording_cli.ACCOUNT_REST.format(len(corpus.articles) - len(shown)))
    lines += [f"没有收入：{safe(refused.reason)}" for refused in corpus.refused]
    lines.append(wording_cli.ACCOUNT_SUM.format(len(corpus.articles), len(corpus.refused)))
    return "\n".join(lines)


def _account(article: Article) -> tuple[str, ...]:
    published = published_text(article.published)
    unsure = "（推定）" if article.published and article.published.inferred else ""
    counts = (
        _tables(article),
        article.reading.lists,
        _count(article, BlockKind.CAPTION),
        len(article.gaps),
        len(article.reading.warnings),
    )
    return (
        safe(_cut(article.file_name, 28)),
        article.reading.format,
        safe(_cut(article.headline, 24)) + ("？" if article.headline_inferred else ""),
        (published + unsure) or "不详",
        str(len(article.text)),
        *map(str, counts),
    )


def reread(before: Sequence[Article], after: Sequence[Article]) -> str:
    """Return what reading the same files again changed: which articles, and what of them."""
    known = {(article.id, article.source_sha256): article for article in before}
    lines = []
    for article in after:
        was = known.get((article.id, article.source_sha256))
        parts = (
            ("标题", lambda one: one.headline),
            ("日期", lambda one: one.published),
            ("出处", lambda one: (one.publisher, one.authors)),
            ("正文", lambda one: one.text),
            ("分段", lambda one: one.blocks),
            ("表", lambda one: one.rows),
        )
        changed = [name for name, part in parts if was is not None and part(was) != part(article)]
        if changed:
            lines.append(wording_cli.REREAD_ONE.format(safe(article.file_name), "、".join(changed)))
    count = (
        wording_cli.REREAD_SUM.format(len(after), len(lines)) if lines else wording_cli.REREAD_SAME.format(len(after))
    )
    return "\n".join([*lines, count])


def _tables(article: Article) -> int:
    return len({row.table for row in article.rows})


def _count(article: Article, kind: BlockKind) -> int:
    return sum(block.kind is kind for block in article.blocks)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def parse_place(place: str) -> tuple[str, Span | None]:
    """Return article id and span of «id» or «id#start-end». Raises CorpusError."""
    found = _PLACE.fullmatch(place)
    if found is None or not found["id"]:
        raise CorpusError(f"看不懂「{place}」；请写成 编号 或 编号#起-止。")
    if found["start"] is None:
        return found["id"], None
    start, end = int(found["start"]), int(found["end"])
    if start >= end:
        raise CorpusError(f"「{place}」里的起点不在终点之前。")
    return found["id"], Span(start, end)


def article_page(article: Article, span: Span | None = None, *, colour: bool = False) -> str:
    """Return the article to read, `span` marked. Raises CorpusError when the span lies outside."""
    if span is not None and span.end > len(article.text):
        raise CorpusError(
            f"《{article.headline}》的位置到 {len(article.text)} 为止，没有 {span.start}-{span.end} 这一段。"
        )
    text = article.text
    lines: list[str] = []
    for block in article.blocks:
        shown = _marked(text, Span(block.start, block.end), span, article.gaps, colour)
        if block.kind in (BlockKind.HEADLINE, BlockKind.HEADING):
            shown = _style(shown, _BOLD, colour)
        elif block.kind is BlockKind.CAPTION:
            shown = _style(f"［图］{shown}", _DIM, colour)
        lines.append(shown)
    return "\n\n".join(lines)


def source_paragraph(citation: Citation, article: Article, span: Span, *, colour: bool = False) -> str:
    """Return the paragraph that a citation stands in, the citation marked, under its title and date."""
    blocks = [block for block in article.blocks if span.overlaps(Span(block.start, block.end))]
    shown = [_marked(article.text, Span(block.start, block.end), span, article.gaps, colour) for block in blocks]
    return "\n\n".join([_heading(citation), *shown])


def _marked(text: str, block: Span, span: Span | None, gaps: Sequence[int], colour: bool) -> str:
    """Return the block with the span marked and the gaps shown."""
    inserts = [(gap, "［原文缺失］") for gap in gaps if block.start <= gap <= block.end]
    if span is not None and span.overlaps(block):
        inserts += [
            (max(span.start, block.start), _MARK if colour else "【"),
            (min(span.end, block.end), _OFF if colour else "】"),
        ]
    pieces: list[str] = []
    at = block.start
    for where, mark in sorted(inserts, key=lambda insert: insert[0]):
        pieces += [safe(text[at:where]), mark]
        at = where
    return "".join([*pieces, safe(text[at : block.end])])


def built(result: Built) -> str:
    """Return what an index run did, in one line."""
    if not result.changed:
        return f"索引已是最新（{result.generation}，{result.articles} 篇，{result.sentences} 句）。"
    return (
        f"索引已更新为 {result.generation}：{result.articles} 篇，{result.passages} 段，{result.sentences} 句；"
        f"新算 {result.embedded} 条向量，沿用 {result.reused} 条。"
    )


def disagreements(found: Sequence[Disagreement]) -> str:
    """Return the pairs of statements that differ, each with what differs, where and when, then how many there are."""
    if not found:
        return wording_cli.NO_CONFLICTS
    lines: list[str] = []
    for one in found:
        lines.append(f"{one.relation}　{safe(one.subject)}" + (f"　{safe(one.note)}" if one.note else ""))
        for statement in (one.newer, one.older):
            place = f"{statement.article_id}#{statement.start}-{statement.end}"
            lines.append(f"    {safe(statement.value)}　{statement.when}　{place}")
            lines.append(f"      {safe(_around(statement))}")
        lines.append("")
    counts = Counter(one.relation for one in found)
    told = "、".join(f"{relation} {count}" for relation, count in counts.most_common())
    return "\n".join([*lines, wording_cli.CONFLICTS_COUNT.format(len(found), told)])


def _around(statement: DifferingSentence) -> str:
    """Return what stands around the value, cuts marked …"""
    at = max(0, statement.quote.find(statement.value))
    low, high = max(0, at - _AROUND), at + len(statement.value) + _AROUND
    quote = statement.quote[low:high]
    return ("…" if low else "") + quote + ("…" if high < len(statement.quote) else "")


def disagreements_json(found: Sequence[Disagreement]) -> str:
    """Return the pairs as a JSON list."""
    return json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2)


def findings(found: Sequence[Finding]) -> str:
    """Return the result of a check, a line each."""
    return "\n".join(f"{'完好' if finding.good else '有问题'}  {finding.what}：{finding.detail}" for finding in found)
