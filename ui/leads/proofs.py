"""Is a sentence of a reply proven by what it cites? Asked when somebody edits, and again before anything leaves the house."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from corpus.chinese.facts import dates, quantities
from corpus.chinese.text import fold, split_sentences
from corpus.records import Article
from rag.checks.amounts import same_amount
from rag.checks.reckoning import formulas
from rag.checks.statements import ShownSpan
from rag.citing import as_of_text, cite, is_cut_from
from rag.proof.prover import Prover
from rag.records import Citation
from ui.leads import wording
from ui.leads.answering import NEAREST, Searching, Sources
from ui.leads.replies import Reply, Said, moved, stale_sources, without

_MARKS: Final = re.compile(r"\[(\d{1,3})\]")
_LABEL: Final = re.compile(r"^[^：。，]{1,24}：")
_FOUND: Final = 6  # sentences that a typed one is held against beside the sources of the reply
_STOPS: Final = "，。；：！？“”、（）—…\n,;!?()"
_SHORTEST: Final = 6  # characters that a clause needs to say something by itself
_MOST: Final = 40  # sentences of one answer


@dataclass(frozen=True, slots=True)
class Light:
    """A stretch of a typed sentence that no source holds: half-open offsets into the sentence."""

    start: int
    end: int


def proven_again(reply: Reply, articles: Mapping[str, Article]) -> Reply:
    """Return a reply in which every sentence that does not follow from what it cites now is marked; nothing is added."""
    reply = moved(reply, articles)
    gone = stale_sources(reply, articles)
    reply = without(reply, gone, wording.SOURCE_GONE) if gone else reply
    said = tuple(
        one if not one.proven or _holds(one, reply.citations, articles) else replace(one, fault=wording.NOT_PROVEN)
        for one in reply.said
    )
    return replace(reply, said=said)


def _holds(said: Said, citations: Sequence[Citation], articles: Mapping[str, Article]) -> bool:
    """Whether a sentence is cut from its quotes word for word, calculated over them, or follows from them."""
    cited = [one for one in citations if one.n in said.citations]
    text = _MARKS.sub("", said.text)
    quotes = "\n".join(one.quote for one in cited)
    if len(cited) == len(set(said.citations)) and any(
        one.replace("…", "").strip() and is_cut_from(one, quotes) for one in (text, _LABEL.sub("", text))
    ):
        return True
    if _is_calculation(text, quotes):
        return True
    return Prover(evidence_of(cited, articles)).prove(text, said.citations).proven


def _is_clause_of(text: str, quote: str) -> bool:
    """Whether a text is whole clauses of a quote: half a clause may leave out the 不 before it."""
    bare = text.rstrip("。！；;.!")
    at = quote.find(bare)
    if len(bare) < _SHORTEST or at < 0:
        return False
    before, after = quote[:at][-1:], quote[at + len(bare) :][:1]
    return all(not one or one in _STOPS for one in (before, after))


def _is_calculation(text: str, quotes: str) -> bool:
    """Whether a text is a formula over figures of the quotes and nothing else that states a figure."""
    printed = quantities(quotes)
    shown = formulas(text, lambda one: any(same_amount(one, other) for other in printed))
    within = [any(one.start <= figure.start < one.end for one in shown) for figure in quantities(text)]
    return bool(shown) and all(within)


def evidence_of(citations: Sequence[Citation], articles: Mapping[str, Article]) -> list[ShownSpan]:
    """Return citations as the prover takes them."""
    return [
        ShownSpan(
            one.n,
            one.article_id,
            one.start,
            one.end,
            one.quote,
            published=articles[one.article_id].published if one.article_id in articles else None,
        )
        for one in citations
    ]


def typed(text: str, before: Reply | None, sources: Sources, *, by: str) -> Reply:
    """Return a reply of what a person typed, each sentence proven against the sources of `before` and against what is found.

    [1]-style marks in the text are taken for the person's own citations. A sentence that nothing proves says so in its
    fault; it does not go out without an explicit mark.
    """
    before = before or Reply()
    pool = _pool(text, before, sources)
    prover = Prover(evidence_of(pool, sources.articles))
    said: list[Said] = []
    for line in text.splitlines():
        for span in split_sentences(line):
            sentence = line[span.start : span.end].strip()
            plain = _MARKS.sub("", sentence).strip()
            if plain and len(said) < _MOST:
                said.append(_judged(plain, [int(mark) for mark in _MARKS.findall(sentence)], pool, prover))
    return _with_sources(before, said, pool, by)


def _judged(sentence: str, marks: Sequence[int], pool: Sequence[Citation], prover: Prover) -> Said:
    known = tuple(n for n in marks if any(one.n == n for one in pool))
    for one in pool:  # word for word is the strongest proof, and the surest source
        if _is_clause_of(sentence, one.quote) and (one.n in known or not known):
            return Said(sentence, (one.n,))
    if known and _is_calculation(sentence, "\n".join(one.quote for one in pool if one.n in known)):
        return Said(sentence, known)
    nearest = max(pool, key=lambda one: len(set(one.quote) & set(sentence)), default=None)
    verdict = prover.prove(sentence, known or (() if nearest is None else (nearest.n,)))
    if verdict.proven:
        return Said(sentence, verdict.numbers)
    return Said(sentence, (), wording.FAULTS.get(verdict.fault, wording.NOT_PROVEN).format(verdict.detail or "…"))


def _pool(text: str, before: Reply, sources: Sources) -> list[Citation]:
    """Return numbered sentences to prove by: the reply's sources keep their numbers, what is found follows."""
    pool = list(before.citations)
    places = [(one.article_id, one.start, one.end) for one in before.nearest]
    places += _searched(text, sources.library)
    known = {(one.article_id, one.start, one.end) for one in pool}
    number = max((one.n for one in pool), default=0)
    for name, start, end in dict.fromkeys(places):
        if (name, start, end) not in known and name in sources.articles:
            number += 1
            pool.append(cite(sources.articles[name], start, end, number))
    return pool


def _searched(text: str, library: Searching | None) -> list[tuple[str, int, int]]:
    if library is None:
        return []
    found: list[tuple[str, int, int]] = []
    for line in text.splitlines():
        for span in split_sentences(line)[:_MOST]:
            hits = library.search_sentences(_MARKS.sub("", line[span.start : span.end]), _FOUND)
            found += [(hit.sentence.article_id, hit.sentence.start, hit.sentence.end) for hit in hits]
    return found


def _with_sources(before: Reply, said: Sequence[Said], pool: Sequence[Citation], by: str) -> Reply:
    """Return the reply with the sources that its sentences use, numbered anew in their order."""
    order = list(dict.fromkeys(n for one in said for n in one.citations))
    by_number = {one.n: one for one in pool}
    numbers = {old: new for new, old in enumerate(order, start=1)}
    citations = tuple(replace(by_number[old], n=new) for old, new in numbers.items())
    kept = [replace(one, citations=tuple(numbers[n] for n in one.citations)) for one in said]
    short = before.short if before.short and any(before.short in one.text for one in kept if one.proven) else ""
    dates_ = dict.fromkeys((one.published, one.published_inferred) for one in citations if one.published)
    told = "、".join(when + (wording.INFERRED if inferred else "") for when, inferred in dates_)
    dated = before.dated if citations == before.citations else as_of_text(told, False) if told else ""
    return replace(
        before,
        short=short,
        scope=before.scope if short else "",
        said=tuple(kept),
        citations=citations,
        nearest=_held_against([one.text for one in kept if not one.proven], pool),
        dated=dated,
        by=by,
        notes=before.notes if len(citations) > 1 else (),
        untold="",
    )


def _held_against(unproven: Sequence[str], pool: Sequence[Citation]) -> tuple[Citation, ...]:
    """Return the sources that come nearest to sentences which none of them proves: what of a sentence has a source shows by them."""
    near = [
        one
        for sentence in unproven
        for one in sorted(pool, key=lambda one: -len(set(one.quote) & set(sentence)))[:NEAREST]
    ]
    return tuple(dict.fromkeys(near))


def lights(sentence: str, quotes: Sequence[str]) -> list[Light]:
    """Return where a typed sentence states a figure or a date that stands in none of the quotes."""
    printed = [one for quote in quotes for one in quantities(quote)]
    held = fold("\n".join(quotes))
    dark = [
        Light(one.start, one.end)
        for one in quantities(sentence)
        if not any(same_amount(one, other) for other in printed)
    ]
    dark += [Light(one.start, one.end) for one in dates(sentence) if fold(one.text) not in held]
    return sorted(dark, key=lambda one: one.start)
