"""Article → passages: what we embed and retrieve."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.chinese.text import bare_title, split_sentences
from corpus.chinese.timing import time_mentions
from corpus.records import Article, Block, BlockKind, Passage, Span, TimeMention

# Kinds whose neighbouring blocks may share a passage: running text. A caption or heading stands alone.
_RUNNING = frozenset({BlockKind.BODY, BlockKind.EXPERT, BlockKind.EDITOR_NOTE, BlockKind.ROW})
_UNDER_HEADING = frozenset(
    {BlockKind.BODY, BlockKind.EXPERT, BlockKind.CAPTION, BlockKind.HEADING, BlockKind.BYLINE}
    | {BlockKind.ROW, BlockKind.LIST, BlockKind.NOTE, BlockKind.TABLE}
)
_LISTED = 400  # characters; a list up to here is one sentence, for its items answer together


@dataclass(frozen=True, slots=True)
class PassageSizes:
    """How long passages are, in characters.

    A passage ends where its next sentence would take it past `target`; a last one under a third of that joins the one
    before, if both together keep to `maximum`. A sentence is never cut, however long it is: a quote is whole sentences.
    """

    target: int = 160
    maximum: int = 320

    def __post_init__(self) -> None:
        if not 1 <= self.target <= self.maximum:
            raise ValueError(f"not passage sizes: target {self.target}, maximum {self.maximum}")


@dataclass(slots=True)
class _Section:
    """Blocks that one passage may span: neighbours of one running kind under one heading, no gap between."""

    kind: BlockKind
    path: tuple[str, ...]
    sentences: list[Span] = field(default_factory=list)  # absolute offsets
    stretches: list[Span] = field(default_factory=list)  # each with the white space after it: they tile their block


def passages(article: Article, sizes: PassageSizes | None = None) -> tuple[Passage, ...]:
    """Return the article's passages in reading order.

    They tile its blocks: each character of a block is in exactly one passage. None crosses a heading, a gap or a
    change of kind, and none cuts a sentence.
    """
    sizes = sizes or PassageSizes()
    mentions = time_mentions(article.text, article.published)
    made: list[Passage] = []
    for section in _sections(article):
        for start, end, sentences in _pack(section, sizes):
            times = _within(mentions, start, end)
            text = article.text[start:end]
            made.append(Passage(article.id, start, end, text, section.kind, section.path, sentences, times))
    return tuple(made)


def block_sentences(article: Article, block: Block) -> list[Span]:
    """Return the sentences of one block, as offsets into `article.text`.

    A newline inside a block stands between two Latin words of one sentence and ends none.
    """
    if block.kind is BlockKind.ROW:
        return [Span(block.start, block.end)]
    if block.kind is BlockKind.LIST:
        return _items(article.text, block)
    text = article.text[block.start : block.end].replace("\n", " ")
    return [Span(block.start + span.start, block.start + span.end) for span in split_sentences(text)]


def _items(text: str, block: Block) -> list[Span]:
    """Return a short list as one sentence; of a long one, what leads into it and each item."""
    if block.end - block.start <= _LISTED:
        return [Span(block.start, block.end)]
    spans, at = [], block.start
    for line in text[block.start : block.end].split("\n"):
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    return spans


def _sections(article: Article) -> Iterator[_Section]:
    gaps = sorted(article.gaps)
    path: list[tuple[int, str]] = []
    current: _Section | None = None
    broken = False
    table = ""  # the caption of the table whose rows come now
    for block in article.blocks:
        if block.kind is BlockKind.TABLE:
            table = article.text[block.start : block.end]
        elif block.kind not in (BlockKind.ROW, BlockKind.NOTE):
            table = ""
        if block.kind is BlockKind.HEADING:
            path = [(level, title) for level, title in path if level < block.level]
        heading_path = _path(article, block, path)
        if table and block.kind is not BlockKind.TABLE:
            heading_path = (*heading_path, table)
        joins = current and block.kind in _RUNNING and current.kind is block.kind and current.path == heading_path
        if not joins or broken:
            if current:
                yield current
            current = _Section(block.kind, heading_path)
        assert current
        spans = block_sentences(article, block)
        current.sentences += spans
        begins = [block.start, *(span.start for span in spans[1:])]
        current.stretches += [Span(begin, end) for begin, end in zip(begins, [*begins[1:], block.end], strict=True)]
        broken = bisect_right(gaps, block.end) > bisect_right(gaps, block.start)
        if block.kind is BlockKind.HEADING:
            path.append((block.level, bare_title(article.text[block.start : block.end])))
    if current:
        yield current


def _path(article: Article, block: Block, path: list[tuple[int, str]]) -> tuple[str, ...]:
    if block.kind in (BlockKind.HEADLINE, BlockKind.COLUMN, BlockKind.KICKER):
        return ()
    headings = tuple(title for _, title in path) if block.kind in _UNDER_HEADING else ()
    return (article.headline, *headings) if article.headline else headings


def _pack(section: _Section, sizes: PassageSizes) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
    """Yield (start, end, sentences) of passages near the target length; short last ones join the one before."""
    groups: list[list[int]] = []
    for number, stretch in enumerate(section.stretches):
        if groups and stretch.end - section.stretches[groups[-1][0]].start <= sizes.target:
            groups[-1].append(number)
        else:
            groups.append([number])
    if len(groups) > 1:
        first, last = section.stretches[groups[-1][0]], section.stretches[-1]
        before = section.stretches[groups[-2][0]]
        if last.end - first.start < sizes.target // 3 and last.end - before.start <= sizes.maximum:
            short = groups.pop()
            groups[-1] += short
    for group in groups:
        start, end = section.stretches[group[0]].start, section.stretches[group[-1]].end
        yield start, end, tuple(section.sentences[number] for number in group)


def _within(mentions: tuple[TimeMention, ...], start: int, end: int) -> tuple[TimeMention, ...]:
    return tuple(mention for mention in mentions if start <= mention.start and mention.end <= end)
