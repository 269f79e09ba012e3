"""Answer and Article → escaped HTML. Pure: records in, text out; no clock, no file, no state.

Allow-list by construction: every tag and attribute is written here, and every character that came from a visitor, a
model or an article passes through `safe`. Nothing is ever parsed as Markdown or HTML.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby, pairwise
from typing import Final
from urllib.parse import quote

from corpus.records import Article, Block, BlockKind, Published, Row, latest_first
from rag import citing
from rag.answers.asked_back import offers_choices
from rag.question.limits import Limit
from rag.records import Answer, Citation, Claim, Conflict, Mode, Status
from ui import wording
from ui.addresses import permalink
from ui.page import exporting, showing
from ui.page.scoping import Scope, other_scope, scope_of
from ui.service.narrowing import limit_address, years_of

_UNSEEN: Final = dict.fromkeys(
    (
        *(*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD),
        *(0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x2070), 0xFEFF),
    )
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_STACKED: Final = re.compile("([\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]+")
_FORMULA_MARK: Final = re.compile(r"\[(\d{1,3})\]")
_MARKUP: Final = re.compile(r"#{1,6}[ \t]+|■[ \t]*")  # what a file sets before a heading or a byline
_HOISTED: Final = frozenset({BlockKind.KICKER, BlockKind.HEADLINE, BlockKind.BYLINE})
_AT_HAND: Final = 5  # articles offered by their titles
_MOST_YEARS: Final = 6
_SHOW_AROUND: Final = 160  # characters of the paragraph kept on either side of a quoted sentence


@dataclass(frozen=True, slots=True)
class Highlight:
    """A cited stretch of one article: half-open offsets into `Article.text`, `n` as in the answer."""

    n: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PartNumber:
    """The place of a question among the `of` that one message asks, from 1."""

    n: int
    of: int


def safe(text: str) -> str:
    """Return `text` as HTML that shows it and does nothing: escaped, without direction tricks or control characters."""
    plain = _SURROGATE.sub("\ufffd", text).translate(_UNSEEN)
    return html.escape(_STACKED.sub(r"\1", plain), quote=True)


def share_link(answer: Answer, *, follow_up: bool = False, limit: Limit | None = None) -> str:
    """Return the address that asks the same again, and knows by its fingerprint when the answer is no longer the same.

    Nothing is stored for it: the question travels behind the # and reaches the server only when somebody opens it.
    """
    asked = answer.standalone if follow_up and answer.standalone else answer.question
    within = limit_address(limit) if limit else ""
    return f"#ask={quote(asked, safe='')}&print={fingerprint(answer)}{within}"


def fingerprint(answer: Answer) -> str:
    """Return eight letters that stand for what was answered and by which sentences."""
    cited = [f"{one.article_id}#{one.start}-{one.end}" for one in answer.citations]
    words = [] if answer.mode is Mode.LLM else [answer.short_answer or "", *(claim.text for claim in answer.claims)]
    return sha256("\0".join([answer.status.value, *words, *cited]).encode("utf-8", "replace")).hexdigest()[:8]


def published_text(published: Published | None) -> str:
    return citing.published_text(published) or wording.UNDATED


# ── one turn of the conversation ──────────────────────────────────────────────────────────────────────────────────────


def pending_turn(turn: str, question: str, part: PartNumber | None = None) -> str:
    """Return what stands under a question while nothing has been found yet."""
    body = f'<p class="pending"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>{wording.PENDING}</p>'
    return _turn(turn, question, body, shape="pending", busy=True, part=part)


def answer_turn(
    turn: str,
    answer: Answer,
    articles: Mapping[str, Article],
    *,
    complete: bool = True,
    follow_up: bool = False,
    part: PartNumber | None = None,
    limit: Limit | None = None,
) -> str:
    """Return one answered (or refused) question with its evidence cards, hidden until the page moves them aside.

    A `follow_up` says how it was read in the light of what went before.
    """
    body = {
        Status.ANSWERED: _answered,
        Status.REFUSED: _refused,
        Status.SMALLTALK: _small_talk,
    }[answer.status](answer, articles)
    if complete:
        body += _quiet_row(answer, articles, share_link(answer, follow_up=follow_up, limit=limit)) + _suggestions(
            answer
        )
    return _turn(
        turn,
        answer.question,
        (_understood(answer) if follow_up else "") + body + evidence_cards(answer, articles),
        shape=_shape(answer),
        busy=not complete,
        answer_id=answer.id,
        mark=fingerprint(answer),
        announce=_announcement(answer, scope_of(answer, articles)) if complete else "",
        kept=_kept(answer, articles) if complete else "",
        part=part,
    )


def _kept(answer: Answer, articles: Mapping[str, Article]) -> str:
    """Return as JSON what the page keeps of a turn: the record to copy and to export, and what was said, for what follows."""
    record = {**exporting.record_of(answer, scope_of(answer, articles)).to_json(), "said": answer.answer}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def broken_turn(turn: str, question: str, what: str, reference: str, part: PartNumber | None = None) -> str:
    """Return the card for a question that could not be answered: what failed, what still works, what to do."""
    body = (
        f'<p class="broken-title">{wording.BROKEN_TITLE}</p>'
        f'<p class="says">{safe(what)}{wording.BROKEN_STILL}</p>'
        f'<p class="dateline">{safe(wording.BROKEN_RETRY.format(reference=reference))}</p>'
    )
    told = f"{wording.BROKEN_TITLE}。{what}"
    return _turn(turn, question, body, shape="broken", busy=False, announce=told, part=part)


def refused_question(turn: str, question: str, what: str, part: PartNumber | None = None) -> str:
    """Return the card for a question that the answerer would not take: one sentence that says why."""
    body = f'<p class="says">{safe(what)}</p>'
    return _turn(turn, question, body, shape="refused", busy=False, announce=what, part=part)


def _turn(
    turn: str,
    question: str,
    body: str,
    *,
    shape: str,
    busy: bool,
    answer_id: str = "",
    mark: str = "",
    announce: str = "",
    kept: str = "",
    part: PartNumber | None = None,
) -> str:
    number = f' data-part="{part.n}"' if part else ""
    left = f' data-left="{part.of - part.n}"' if part else ""
    to_keep = f' data-kept="{safe(kept)}"' if kept else ""
    return (
        f'<article class="turn" data-turn="{safe(turn)}" data-answer="{safe(answer_id)}" data-print="{mark}"'
        f' data-shape="{shape}"'
        f' aria-busy="{"true" if busy else "false"}" data-announce="{safe(announce)}"'
        f"{left}{to_keep}>"
        f'<h2 class="asked"{number}>{safe(question)}</h2><div class="card">{body}</div></article>'
    )


def _shape(answer: Answer) -> str:
    if answer.status is not Status.ANSWERED:
        return answer.status.value
    if answer.conflicts:
        return "overtime"
    if answer.calculation:
        return "calculated"
    return "list" if _is_list(answer.claims) else "answered"


def _understood(answer: Answer) -> str:
    """Tell how a follow-up was read, when something of what went before was put into it; else there is nothing to tell."""
    asked, read = showing.letters(answer.question), showing.letters(answer.standalone)
    if not read or all(pair in asked for pair in map("".join, pairwise(read))) or len(read) <= len(asked):
        return ""
    return f'<p class="context">{wording.CONTEXT}：{safe(answer.standalone)}</p>'


def _answered(answer: Answer, articles: Mapping[str, Article]) -> str:
    known = {citation.n: citation for citation in answer.citations}
    parts = [_short(answer, scope_of(answer, articles), known), _notices(showing.telling_notices(answer))]
    if words := showing.preface(answer):
        parts.append(f'<p class="says">{safe(words)}</p>')
    if answer.calculation:
        parts.append(f'<p class="formula">{_formula(answer.calculation, known)}</p>')
    in_conflict = {index for conflict in answer.conflicts for index in conflict.claims}
    plain = [claim for index, claim in enumerate(answer.claims) if index not in in_conflict]
    parts.append(_claims(plain, known) if plain or answer.conflicts else f'<p class="says">{safe(answer.answer)}</p>')
    parts += [_timeline(answer.conflicts, answer.claims, known)] if answer.conflicts else []
    parts.append(_small_tables(answer, articles))
    parts.append(_date_line(answer))
    if answer.mode is Mode.LLM:
        parts.append(f'<p class="ai-label">{wording.AI_LABEL}</p>')
    return "".join(parts)


def _small_tables(answer: Answer, articles: Mapping[str, Article]) -> str:
    """Return the rows of tables that an answer cites, rows of one table together; the value that was asked for in bold."""
    asked = {n: claim.value for claim in answer.claims for n in claim.citations}
    tables: dict[tuple[str, ...], list[str]] = {}
    for citation in answer.citations:
        article = articles.get(citation.article_id)
        rows = article.rows if article else ()
        row = next(
            (row for row in rows if (row.start, row.end) == (citation.start, citation.end) and len(row.cells) > 1), None
        )
        if article is None or row is None:
            continue
        text = article.text
        heads = tuple(text[cell.header.start : cell.header.end] for cell in row.cells)
        said = [text[cell.value.start : cell.value.end] for cell in row.cells]
        cells = [f"<strong>{safe(one)}</strong>" if one == asked.get(citation.n) else safe(one) for one in said]
        shown = "".join(f"<td>{one}</td>" for one in cells)
        tables.setdefault((article.id, str(row.table), *heads), []).append(f"<tr>{shown}</tr>")
    return "".join(_table(heads, rows) for (_, _, *heads), rows in tables.items())


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    said = "".join(f'<th scope="col">{safe(one)}</th>' for one in heads)
    return f'<div class="small-table"><table><thead><tr>{said}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _short(answer: Answer, scope: Scope, known: Mapping[int, Citation]) -> str:
    """Return the short answer, large, its period and scope beside it; what is of another scope is never shown large.

    What lists several things is a list, each with its chips.
    """
    if not answer.short_answer:
        return ""
    if scope.asked:
        return f'<p class="notice">{safe(other_scope(scope))}</p>'
    if listed := showing.items(answer):
        numbers = next((one.citations for one in answer.claims if answer.short_answer in one.text), ())
        rows = "".join(f'<li class="claim">{_with_chips(item, _chips(numbers, known))}</li>' for item in listed)
        return f'<ul class="items short-items">{rows}</ul>'
    short = exporting.short_of(answer)
    long = " long" if len(short) > 16 else ""
    beside = f'<p class="scope">{safe(scope.text)}</p>' if scope.text else ""
    return f'<div class="headline-row"><p class="short{long}">{safe(short)}</p>{beside}</div>'


def _claims(claims: Sequence[Claim], known: Mapping[int, Citation]) -> str:
    if not _is_list(claims):
        return "".join(f'<p class="claim">{_claim(claim, known)}</p>' for claim in claims)
    items = "".join(f'<li class="claim">{_label(claim)}{_claim(claim, known)}</li>' for claim in claims)
    return f'<ul class="items">{items}</ul>'


def _is_list(claims: Sequence[Claim]) -> bool:
    return len(claims) > 2 or (len(claims) == 2 and all(claim.label for claim in claims))


def _label(claim: Claim) -> str:
    if not claim.label or claim.label in claim.text:
        return ""
    return f'<span class="label">{safe(claim.label)}</span>'


def _claim(claim: Claim, known: Mapping[int, Citation]) -> str:
    """Return the sentence with the value in bold and a chip for every source that really exists."""
    has_value = claim.value and claim.value != claim.text  # all bold is the same as none
    text = showing.said(claim)
    before, value, after = text.partition(claim.value) if has_value else (text, "", "")
    chips = _chips(claim.citations, known)
    if not value:
        return _with_chips(text, chips)
    return f"{safe(before)}<strong>{safe(value)}</strong>{_with_chips(after, chips)}"


def _with_chips(text: str, chips: str) -> str:
    """Keep the last character and the chips on one line: a number alone on a line cites nothing."""
    if not text or not chips:
        return safe(text) + chips
    return f'{safe(text[:-1])}<span class="whole">{safe(text[-1])}{chips}</span>'


def _chips(numbers: Iterable[int], known: Mapping[int, Citation]) -> str:
    return "".join(_chip(known[n]) for n in numbers if n in known)


def _chip(citation: Citation) -> str:
    name = wording.CHIP_NAME.format(n=citation.n, headline=citation.headline, published=_cited_date(citation))
    link = permalink(citation.article_id, citation.start, citation.end, citation.quote)
    return f'<a class="chip" data-n="{citation.n}" href="{safe(link)}" aria-label="{safe(name)}">{citation.n}</a>'


def _cited_date(citation: Citation) -> str:
    return citation.published or wording.UNDATED


def _formula(formula: str, known: Mapping[int, Citation]) -> str:
    """Return the formula with its [1]-style marks as chips; a mark that no citation answers to stays text."""
    parts: list[str] = []
    at = 0
    for mark in _FORMULA_MARK.finditer(formula):
        n = int(mark[1])
        parts += [safe(formula[at : mark.start()]), _chip(known[n]) if n in known else safe(mark[0])]
        at = mark.end()
    return "".join(parts) + safe(formula[at:])


def _timeline(conflicts: Sequence[Conflict], claims: Sequence[Claim], known: Mapping[int, Citation]) -> str:
    """Return one line of time for all that differs, each sentence once, then in what it differs."""
    shown = dict.fromkeys(index for conflict in conflicts for index in conflict.claims if 0 <= index < len(claims))
    items = "".join(
        f'<li><span class="when">{safe(claim.label)}</span>'
        f'<span class="what">{safe(claim.value)}</span>'
        f'<p class="claim">{_claim(claim, known)}</p></li>'
        for claim in (claims[index] for index in (sorted(shown) if len(conflicts) > 1 else shown))
    )
    subjects = dict.fromkeys(conflict.subject for conflict in conflicts if conflict.subject)
    subject = f'<p class="subject">{safe("、".join(subjects))}</p>' if subjects else ""
    told = dict.fromkeys(exporting.difference(one, claims) for one in conflicts)
    relations = "".join(f'<p class="relation">{_relation(words)}</p>' for words in told)
    return f'{subject}<ol class="timeline">{items}</ol>{relations}'


def _relation(words: str) -> str:
    name, colon, rest = words.partition("：")
    return f"<b>{safe(name)}</b>{colon}{safe(rest)}"


def _date_line(answer: Answer) -> str:
    parts = [part for part in (answer.modality, answer.as_of) if part]
    return f'<p class="dateline">{safe(" · ".join(parts))}</p>' if parts else ""


def _notices(notices: Sequence[str]) -> str:
    return "".join(f'<p class="notice">{safe(notice)}</p>' for notice in notices)


def _refused(answer: Answer, _: Mapping[str, Article]) -> str:
    covered = bool(answer.citations) and wording.COVERED_FOLLOWS in answer.answer
    name = wording.COVERED if covered else wording.LEAD
    parts = [f'<p class="says">{safe(answer.answer)}</p>', _notices(showing.telling_notices(answer))]
    if answer.citations:
        lead = answer.citations[0]
        source = f"{safe(lead.headline)} · {_dated(_cited_date(lead), lead.published_inferred)}"
        parts.append(
            f'<div class="lead"><p class="lead-name">{name}</p>'
            f"<blockquote>{_with_chips(lead.quote, _chip(lead))}</blockquote>"
            f'<p class="dateline">{source}</p></div>'
        )
    return "".join(parts) + _date_line(answer)


def _small_talk(answer: Answer, _: Mapping[str, Article]) -> str:
    return f'<p class="says">{safe(answer.answer)}</p>' + _notices(showing.telling_notices(answer))


def _dated(words: str, inferred: bool) -> str:
    tag = f' <span class="tag">{wording.INFERRED}</span>' if inferred else ""
    return f'<span class="whole">{safe(words)}{tag}</span>'


def _quiet_row(answer: Answer, articles: Mapping[str, Article], link: str) -> str:
    if answer.status is Status.SMALLTALK:
        return ""
    count = len(answer.citations) if answer.status is Status.ANSWERED else 0  # a lead proves nothing
    to_check = (
        f'<button type="button" data-do="open" aria-pressed="false">{wording.OPEN_MARK}</button>'
        if answer.status is Status.REFUSED and not offers_choices(answer)
        else ""
    )
    evidence = (
        f'<button type="button" data-do="evidence">{wording.EVIDENCE_COUNT.format(n=count)}</button>' if count else ""
    )
    reasons = "".join(
        f'<button type="button" data-do="reason" data-reason="{key}">{words}</button>'
        for key, words in wording.REASONS.items()
    )
    return (
        f'<div class="quiet" role="group" aria-label="{wording.ROW_LABEL}">{evidence}{to_check}'
        f'<button type="button" data-do="copy" data-copy="{safe(copy_text(answer, articles))}">{wording.COPY}</button>'
        f'<button type="button" data-do="again">{wording.AGAIN}</button>'
        f'<button type="button" data-do="share" data-share="{safe(link)}">{wording.SHARE}</button>'
        f'<button type="button" class="thumb" data-do="verdict" data-verdict="up" aria-pressed="false"'
        f' aria-label="{wording.UP}" title="{wording.UP}">{_THUMB}</button>'
        f'<button type="button" class="thumb down" data-do="verdict" data-verdict="down" aria-pressed="false"'
        f' aria-label="{wording.DOWN}" title="{wording.DOWN}">{_THUMB}</button>'
        f'<span class="said" role="status"></span></div>'
        f'<div class="reasons" role="group" aria-label="{wording.WHAT_IS_WRONG}" hidden>'
        f"<span>{wording.WHAT_IS_WRONG}</span>{reasons}</div>"
    )


def _suggestions(answer: Answer) -> str:
    if not answer.suggestions:
        return ""
    name = wording.CHOICES if offers_choices(answer) else wording.SUGGESTIONS
    return f'<div class="more"><p>{name}</p>{_asks(answer.suggestions)}</div>'


def _asks(questions: Sequence[str]) -> str:
    items = "".join(
        f'<li><button type="button" data-do="ask" data-ask="{safe(question)}">{safe(question)}</button></li>'
        for question in questions
    )
    return f"<ul>{items}</ul>"


def _announcement(answer: Answer, scope: Scope) -> str:
    """Return what a screen reader says when the answer is there: the value, the words, how many sources.

    What is not shown large is not said first either.
    """
    words = "".join(claim.text for claim in answer.claims) or answer.answer
    first = other_scope(scope) if scope.asked else answer.short_answer
    text = " ".join("。".join(part for part in (first, words) if part).split())
    sources = wording.ANNOUNCE_SOURCES.format(n=len(answer.citations)) if answer.citations else ""
    return f"{text} {sources}".strip()


def copy_text(answer: Answer, articles: Mapping[str, Article] | None = None) -> str:
    """Return the answer as plain text with its sources and its label; a line with # in front is a link of this page."""
    return exporting.as_text(exporting.record_of(answer, scope_of(answer, articles or {})))


# ── evidence and articles ─────────────────────────────────────────────────────────────────────────────────────────────


def evidence_cards(answer: Answer, articles: Mapping[str, Article]) -> str:
    """Return one card per citation, in the order cited: headline, date, the sentence marked in its paragraph."""
    cards = "".join(
        _evidence_card(citation, articles.get(citation.article_id), answer.standalone or answer.question)
        for citation in answer.citations
    )
    return f'<div class="evidence" hidden>{cards}</div>' if cards else ""


def _evidence_card(citation: Citation, article: Article | None, asked: str) -> str:
    link = safe(permalink(citation.article_id, citation.start, citation.end, citation.quote))
    meta = [safe(citation.publisher)] if citation.publisher else []
    meta.append(_dated(_cited_date(citation), citation.published_inferred))
    kind = ""
    paragraph = f'<mark class="hit">{safe(citation.quote)}</mark>'
    if article is not None and article.text[citation.start : citation.end] == citation.quote:
        block = article.block_at(citation.start)
        kind = wording.KIND_TAGS.get(block.kind, "")
        paragraph = _around(article, block, Highlight(citation.n, citation.start, citation.end))
    tag = f' <span class="tag">{kind}</span>' if kind else ""
    return (
        f'<section class="source" data-n="{citation.n}"><h3>'
        f'<span class="number" aria-hidden="true">{citation.n}</span>'
        f'<a class="chip-like" data-n="{citation.n}" href="{link}">{safe(citation.headline)}</a></h3>'
        f'<p class="meta">{" · ".join(meta)}{tag}</p><p class="passage">{paragraph}</p>'
        f'<p class="source-foot"><a class="chip-like" data-n="{citation.n}" href="{link}"'
        f' aria-label="{wording.READ_WHOLE}：{safe(citation.headline)}">{wording.READ_WHOLE}</a></p>'
        f'<details class="why" data-question="{safe(asked)}" data-article="{safe(citation.article_id)}"'
        f' data-start="{citation.start}" data-end="{citation.end}"><summary>{wording.WHY}</summary>'
        f'<div class="why-body"></div></details></section>'
    )


def _around(article: Article, block: Block, mark: Highlight) -> str:
    """Return the paragraph with the sentence marked; a very long paragraph is cut around it."""
    start = block.start if mark.start - block.start <= _SHOW_AROUND * 2 else mark.start - _SHOW_AROUND
    stop = max(block.end, mark.end)
    end = stop if stop - mark.end <= _SHOW_AROUND * 2 else mark.end + _SHOW_AROUND
    cut_left, cut_right = "…" * (start > block.start), "…" * (end < stop)
    return cut_left + _marked(article, start, end, [mark], numbered=False) + cut_right


def article_view(article: Article, marks: Sequence[Highlight] = (), note: str = "") -> str:
    """Return one article as a reading page; marks that do not fit its text are left out."""
    marks = [mark for mark in marks if 0 <= mark.start < mark.end <= len(article.text)]
    hoisted = [block for block in article.blocks if block.kind in _HOISTED]
    has_headline = any(block.kind is BlockKind.HEADLINE for block in hoisted)
    above = "".join(_block(article, block, marks) for block in hoisted)
    if not has_headline:
        above += f'<h2 class="headline" tabindex="-1">{safe(article.headline)}</h2>'
    rest = _running(article, [block for block in article.blocks if block.kind not in _HOISTED], marks)
    warning = f'<p class="notice">{safe(note)}</p>' if note else ""
    return (
        f'<article class="reading" data-article="{safe(article.id)}" aria-label="{safe(article.headline)}">{warning}'
        f'<header>{above}<p class="meta">{_article_meta(article)}</p>{_clue(article.published)}</header>'
        f"{rest}</article>"
    )


def _article_meta(article: Article) -> str:
    inferred = article.published is not None and article.published.inferred
    has_byline = any(block.kind is BlockKind.BYLINE for block in article.blocks)
    parts = [
        "" if has_byline else safe("、".join(article.authors)),
        safe(article.publisher),
        _dated(published_text(article.published), inferred),
        wording.LENGTH.format(n=f"{length(article):,}"),
    ]
    return " · ".join(part for part in parts if part)


def _clue(published: Published | None) -> str:
    if published is None or not published.inferred or not published.clue:
        return ""
    return f'<p class="clue">{safe(wording.INFERRED_BECAUSE.format(clue=published.clue))}</p>'


def length(article: Article) -> int:
    """Return how long an article is for people: its characters without white space."""
    return sum(not character.isspace() for character in article.text)


def _running(article: Article, blocks: Sequence[Block], marks: Sequence[Highlight]) -> str:
    """Return blocks one after another, neighbouring rows under the same headers as one table, their marks kept."""
    rows = {row.start: row for row in article.rows if len(row.cells) > 1}

    def headed(block: Block) -> tuple[str, ...]:
        row = rows.get(block.start) if block.kind is BlockKind.ROW else None
        said = (article.text[cell.header.start : cell.header.end] for cell in row.cells) if row else ()
        return (str(row.table), *said) if row else ()

    parts: list[str] = []
    for (_, *heads), group in groupby(blocks, lambda block: headed(block) or ("",)):
        if heads:
            parts.append(_table(heads, (_row(article, rows[block.start], marks) for block in group)))
        else:
            parts += [_block(article, block, marks) for block in group]
    return "".join(parts)


def _row(article: Article, row: Row, marks: Sequence[Highlight]) -> str:
    """Return a row's cells; what its sentence says between them is not shown, its marks are, from where they begin."""
    first, *others = (cell.value for cell in row.cells)
    cells = [_marked(article, row.start, first.end, marks, hidden=first.start - row.start)]
    cells += [_marked(article, span.start, span.end, marks) for span in others]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _block(article: Article, block: Block, marks: Sequence[Highlight]) -> str:
    markup = _MARKUP.match(article.text, block.start, block.end)
    words = _marked(article, block.start, block.end, marks, hidden=len(markup[0]) if markup else 0)
    match block.kind:
        case BlockKind.HEADLINE:
            return f'<h2 class="headline" tabindex="-1">{words}</h2>'
        case BlockKind.HEADING:
            level = 4 if block.level > 2 else 3
            return f"<h{level}>{words}</h{level}>"
        case BlockKind.BODY:
            return f"<p>{words}</p>"
        case BlockKind.CAPTION:
            return f'<p class="caption"><span class="label">{wording.KIND_TAGS[block.kind]}</span>{words}</p>'
        case _:
            return f'<p class="{block.kind.value}">{words}</p>'


def _marked(
    article: Article, start: int, end: int, marks: Sequence[Highlight], *, numbered: bool = True, hidden: int = 0
) -> str:
    """Return `article.text[start:end]` escaped, with its marks and its gaps in place.

    The first `hidden` characters are not shown; a mark that begins in them begins after them.
    """
    printed, start = start, start + hidden
    gaps = {gap for gap in article.gaps if start <= gap <= end}
    here = [mark for mark in marks if mark.start < end and mark.end > start]
    inner = {edge for mark in here for edge in (mark.start, mark.end) if start < edge < end}
    edges = sorted({start, end} | inner | gaps)
    parts: list[str] = []
    for left, right in pairwise(edges):
        if left in gaps:
            parts.append(_GAP)
        covering = [mark for mark in here if mark.start <= left and right <= mark.end]
        words = safe(article.text[left:right])
        if not covering:
            parts.append(words)
            continue
        names = " ".join(str(mark.n) for mark in covering)
        first = printed if left == start else left
        begins = [mark for mark in covering if first <= mark.start <= left] if numbered else []
        labels = "".join(
            f'<span class="mark-n" role="img" aria-label="{wording.MARK_NAME.format(n=mark.n)}">{mark.n}</span>'
            for mark in begins
        )
        parts.append(f'<mark class="hit" data-n="{names}">{labels}{words}</mark>')
    if end in gaps:
        parts.append(_GAP)
    return "".join(parts)


def missing_article(words: str) -> str:
    return f'<article class="reading missing"><p class="says">{safe(words)}</p></article>'


def shelf(articles: Mapping[str, Article]) -> str:
    """Return the list of all articles, the latest first, those without a date last."""
    items = "".join(
        f'<li><a href="#article={quote(article.id, safe="")}">'
        f'<span class="shelf-headline">{safe(article.headline)}</span>'
        f'<span class="meta">{_shelf_meta(article)}</span></a>{_only(article, wording.ONLY_THIS)}</li>'
        for article in latest_first(articles)
    )
    count = wording.SHELF_COUNT.format(n=len(articles))
    return (
        f'<h2 class="shelf-title">{wording.SHELF}</h2><p class="meta">{count}</p>'
        f'<input type="search" class="shelf-search" maxlength="100" placeholder="{wording.SHELF_SEARCH}"'
        f' aria-label="{wording.SHELF_SEARCH}" autocomplete="off"><ol class="shelf-list">{items}</ol>'
    )


def _only(article: Article, words: str) -> str:
    """Return the button that limits what is asked to one article."""
    return (
        f'<button type="button" data-do="only" data-article="{safe(article.id)}" data-title="{safe(article.headline)}"'
        f' aria-pressed="false" aria-label="{safe(f"{wording.ONLY_THIS}：《{article.headline}》")}">{safe(words)}</button>'
    )


def narrowing(articles: Mapping[str, Article]) -> str:
    """Return what opens beside the question box: the years and the latest articles that a question can be limited to."""
    years = "".join(
        f'<button type="button" data-do="year-only" data-since="{year}-01-01" data-until="{year}-12-31"'
        f' aria-pressed="false">{wording.NARROW_YEAR.format(year)}</button>'
        for year in years_of(articles.values())[:_MOST_YEARS]
    )
    latest = latest_first(articles)
    titles = "".join(_only(article, f"《{article.headline}》") for article in latest[:_AT_HAND])
    more = f'<a href="#articles" data-do="shelf">{wording.NARROW_MORE}</a>' if len(latest) > _AT_HAND else ""
    return (
        f'<div id="narrow" role="group" aria-label="{wording.NARROW_HOW}" hidden><p>{wording.NARROW_HOW}</p>'
        f'<div class="choices">{years}{titles}{more}</div></div>'
    )


def _shelf_meta(article: Article) -> str:
    inferred = article.published is not None and article.published.inferred
    parts = [
        _dated(published_text(article.published), inferred),
        safe(article.publisher),
        f'<span class="whole">{wording.LENGTH.format(n=f"{length(article):,}")}</span>',
    ]
    return " · ".join(filter(None, parts))


# ── the frame around it ───────────────────────────────────────────────────────────────────────────────────────────────


def masthead(articles: Mapping[str, Article]) -> str:
    return (
        f'<header class="masthead"><a class="skip" href="#ask" data-do="focus">{wording.SKIP_TO_INPUT}</a>'
        f'<h1><a href="#" data-do="chat">{_SEAL}{wording.TITLE}</a></h1><p class="tagline">{wording.TAGLINE}</p>'
        f'<nav aria-label="{wording.NAV_LABEL}"><a href="#" data-do="chat" aria-current="page">{wording.NAV_CHAT}</a>'
        f'<a href="#articles" data-do="shelf">{wording.NAV_ARTICLES}<span class="count">{len(articles)}</span></a>'
        f'<a href="#figures" data-do="figures">{wording.NAV_FIGURES}</a>'
        f'<a href="#years" data-do="years">{wording.NAV_CHRONICLE}</a></nav></header>'
    )


def stage(articles: Mapping[str, Article], openers: Sequence[str], about: str = "") -> str:
    """Return the place of the conversation, empty, with a welcome that the first question replaces; and the other views.

    Figures and years are long: the page fetches them when they are first looked at.
    """
    waiting = f'<p class="meta">{wording.VIEW_LOADING}</p>'
    return (
        f'<div class="stage"><section class="welcome"><h2>{wording.WELCOME}</h2><p>{wording.WELCOME_HOW}</p>'
        f"{_openers(openers)}{_at_hand(articles)}</section>"
        f'<div class="turns" role="log" aria-label="{wording.TURNS_LABEL}" aria-live="off"></div>'
        f'<section class="view shelf" data-view="shelf" hidden>{shelf(articles)}</section>'
        f'<section class="view" data-view="figures" data-from="page/figures" hidden>{waiting}</section>'
        f'<section class="view" data-view="years" data-from="page/years" hidden>{waiting}</section>'
        f'<section class="view kept" data-view="kept" hidden>{_kept_view()}</section>'
        f'<section class="view about" data-view="about" hidden>{about}</section></div>'
        f'<p class="live" role="status" aria-live="polite"></p>'
    )


def _kept_view() -> str:
    """Return the list of earlier conversations, empty: what is in it, only the visitor's own browser knows."""
    deeds = (
        ("reopen", wording.KEPT_OPEN),
        ("docx", wording.KEPT_WORD),
        ("md", wording.KEPT_MARKDOWN),
        ("forget", wording.KEPT_FORGET),
    )
    buttons = "".join(f'<button type="button" data-do="{deed}">{words}</button>' for deed, words in deeds)
    return (
        f'<h2 class="shelf-title">{wording.KEPT_TITLE}</h2><p class="meta">{wording.KEPT_HOW}</p>'
        f'<p class="kept-deeds"><button type="button" data-do="fresh">{wording.FRESH}</button>'
        f'<button type="button" data-do="forget-all">{wording.KEPT_FORGET_ALL}</button>'
        f'<span class="said" role="status"></span></p><ol class="kept-list"></ol>'
        f'<h2 class="shelf-title">{wording.OPEN_TITLE}</h2><p class="meta">{wording.OPEN_HOW}</p>'
        f'<p class="kept-deeds"><button type="button" data-do="open-copy">{wording.OPEN_COPY}</button>'
        f'<span class="said" role="status"></span></p><ol class="kept-list open-list"></ol>'
        f'<template id="open-row"><li><p class="kept-title"></p><p class="kept-deeds">'
        f'<button type="button" data-do="open-ask">{wording.OPEN_ASK}</button>'
        f'<button type="button" data-do="open-drop">{wording.OPEN_DROP}</button></p></li></template>'
        f'<template id="kept-row"><li><p class="kept-title"></p><p class="meta"></p>'
        f'<p class="kept-deeds">{buttons}</p></li></template>'
    )


def _openers(openers: Sequence[str]) -> str:
    return f'<div class="openers"><p>{wording.OPENERS}</p>{_asks(openers)}</div>' if openers else ""


def _at_hand(articles: Mapping[str, Article]) -> str:
    items = "".join(
        f'<li><a href="#article={quote(article.id, safe="")}">{safe(article.headline)}</a>'
        f'<span class="meta">{safe(published_text(article.published))}</span></li>'
        for article in latest_first(articles)[:_AT_HAND]
    )
    return f'<div class="at-hand"><p>{wording.SOURCES_AT_HAND}</p><ol>{items}</ol></div>' if items else ""


def pane() -> str:
    """Return the empty evidence pane: an aside on a wide screen, a sheet with a handle on a phone."""
    return (
        f'<div class="pane" role="complementary" aria-label="{wording.PANE_LABEL}" hidden>'
        f'<button type="button" class="handle" data-do="close" aria-label="{wording.HANDLE}"><span></span></button>'
        f'<div class="pane-bar"><button type="button" class="back" data-do="back" hidden>{wording.BACK}</button>'
        f'<p class="pane-title">{wording.EVIDENCE}</p>'
        f'<button type="button" class="link" data-do="link" hidden>{wording.LINK}</button>'
        f'<button type="button" class="close" data-do="close" aria-label="{wording.CLOSE}">{_CROSS}</button></div>'
        f'<div class="pane-body" tabindex="-1"></div></div><div class="scrim" data-do="close" hidden></div>'
    )


def shell(articles: Mapping[str, Article], openers: Sequence[str], about: str = "") -> str:
    """Return the whole page as it is before the first question: read, and written in, before any script has come."""
    return (
        f'<div class="page"><div id="top">{masthead(articles)}</div><div id="desk"><main id="talk">'
        f'<div id="stage">{stage(articles, openers, about)}</div><div id="dock">'
        f'{narrowing(articles)}<ul id="within" aria-label="{wording.NARROW_HOW}" hidden></ul>'
        f'<template id="within-one"><li><span></span><button type="button" data-do="widen">{_CROSS}</button></li></template>'
        f'<form id="composer" autocomplete="off"><div id="question"><textarea rows="1" aria-label="{wording.INPUT_LABEL}"'
        f' placeholder="{wording.INPUT_HINT}" autocapitalize="off" spellcheck="false" enterkeyhint="send" lang="zh-CN">'
        f'</textarea></div><button type="submit" id="ask">{wording.ASK}</button>'
        f'<button type="button" id="stop">{wording.STOP}</button></form>'
        f'<p id="said-here" class="hint-text" role="alert" hidden></p>{footing()}</div></main>'
        f'<div id="side">{pane()}</div></div>'
        f'<template id="waiting-turn">{pending_turn("", "")}</template>'
        f'<template id="cut-off"><div class="quiet" role="group" aria-label="{wording.ROW_LABEL}">'
        f'<button type="button" data-do="again">{wording.AGAIN}</button></div></template></div>'
    )


def hint(words: str, key: str) -> str:
    """Return one sentence for under the question box; a new `key` makes a repeated sentence new to a screen reader."""
    return f'<p class="hint-text" role="alert" data-key="{safe(key)}">{safe(words)}</p>'


def footing() -> str:
    return (
        f'<div id="footing"><p class="sheet-bar"><button type="button" data-do="fresh">{wording.FRESH}</button>'
        f'<button type="button" data-do="kept">{wording.KEPT}</button>'
        f'<button type="button" data-do="narrow" aria-expanded="false" aria-controls="narrow">{wording.NARROW}</button></p>'
        f'<p class="disclaimer">{wording.DISCLAIMER} · <a href="#about" data-do="about">{wording.ABOUT_LINK}</a></p></div>'
    )


_GAP: Final = f'<span class="gap">{wording.GAP}</span>'
_THUMB: Final = (
    '<svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path d="M6.5 9 9.8 2.8c1.2 0 2 .9 1.8 2.1L11 '
    '8h4.3c1 0 1.7.9 1.5 1.9l-1.2 5.6c-.2.8-.8 1.3-1.6 1.3H6.5zM3.2 9h3.3v7.8H3.2z" fill="none"'
    ' stroke="currentColor" stroke-width="1.3" stroke-linejoin="round"/></svg>'
)
_CROSS: Final = (
    '<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path d="m4.5 4.5 11 11m0-11-11 11"'
    ' fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/></svg>'
)
_SEAL: Final = (
    '<svg class="seal" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M2 15c3.3 0 3.3-2 6.7-2'
    "s3.3 2 6.6 2 3.3-2 6.7-2M2 19.5c3.3 0 3.3-2 6.7-2s3.3 2 6.6 2 3.3-2 6.7-2M5 10.5a7 7 0 0 1 14 0"
    '" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></svg>'
)
