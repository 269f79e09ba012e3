"""Web pages → paragraphs: what a reader sees of the article, without navigation, scripts and hidden text.

readability finds which text is the article. Where it stands in the page, and with it the captions, tables and lists that
belong to it, is ours: the smallest part of the page that holds nearly all of that text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from corpus.decoding import Decoded, decode_page
from corpus.errors import UnreadableFile
from corpus.formats import pages
from corpus.formats.finding import SeenText, Whereabouts, article_of, bare, line_of
from corpus.formats.headlines import key, pairs, share
from corpus.formats.paragraphs import Paragraph, compose, settle_levels, tidy
from corpus.formats.tables import RawCell, is_unit_line, settle_tables, spread, table_paragraphs
from corpus.records import BlockKind

# Elements that show no text of the article, whatever they hold; deleted text is no fact.
_SILENT = (
    "head title script style noscript template select textarea input datalist iframe object embed svg canvas audio video map "
    "rt rp math"
)
_ASIDE = "nav footer aside menu button dialog del s strike"
_BLOCKS = (
    "address article blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul caption"
)
_NEVER_SHOWN, _NO_ARTICLE, _BLOCK_NAMES = (frozenset(names.split()) for names in (_SILENT, _ASIDE, _BLOCKS))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "toolbar"))
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CAPTION_CLASS = re.compile(
    r"(?:^|[-_\s])(?:caption|figcaption|pic-?desc|img-?desc|image-?desc|img-?title|pic-?title|tushuo)(?:$|[-_\s])", re.I
)
# What a script undoes when the page is looked at, and what nothing undoes.
_VEILED = r"visibility:(?:hidden|collapse)|opacity:(?:0?\.0+|0)(?![.\d])"
_HIDING = re.compile(
    rf"display:none|{_VEILED}|font-size:0(?![.\d])|text-indent:-\d{{3,}}|(?:left|top|right):-\d{{3,}}|"
    r"(?<!-)color:transparent|clip:rect\(0"
)
_VEIL = re.compile(_VEILED)
_WHITE = re.compile(r"(?<!-)color:(?:#fff(?:fff)?\b|white\b|rgb\(255,255,255\))")
_WHITE_PAPER = re.compile(r"background(?:-color)?:(?:#fff(?:fff)?|white|rgb\(255,255,255\))(?:;|$)")
_SHEET = 1_000_000  # characters of a style sheet that are looked at
_SELECTOR = re.compile(r"[\w.#-]{1,60}(?:\s+[\w.#-]{1,60}){0,4}")
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SUBSCRIPT = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_POWER = re.compile(r"[-+−]?\d{1,3}")
_REFERENCE = re.compile(r"[\[［(（【]?\s*(?:注\s*)?[\d①-⑳*†,，\s-]{1,8}[\]］)）】]?")
# Of the page's text outside of links: what holds so much is the article, whatever it is called. Nobody veils the article
# for good; a tag that was never closed holds everything behind it; nor is all there is hidden for good.
_VEILED_SHARE, _ASIDE_SHARE, _HIDDEN_SHARE = 0.4, 0.5, 0.9
_ARTICLE_SENTENCES = 5  # more than a teaser has
_ARTICLE = 200  # characters of the shortest article
_HOLDS = 0.85  # of the text of a part: a child that holds as much is where the article is
_UNVOTED = 0.25  # what a paragraph counts that readability leaves out
_ICON = 60  # pixels; smaller pictures interrupt no text
_NEAR = 4  # elements up to the part that a table belongs to: wrappers for scrolling stand between
_FEW_LINKS = 4  # one character in so many, at most, stands in a link
_TELLING = 6  # letters of the shortest headline of which an article speaks for sure
_DOUBTFUL = 0.5  # a headline that is less sure is none
_OPENING = 12  # lines of an article among which its headline may stand
_HEADING = 100  # characters of the longest heading
_CELL = 160  # characters; tables with longer cells lay out a page


def read_html(data: bytes) -> Decoded:
    """Return the text of a web page as a person would copy it. Raises UnreadableFile when nothing of it can be seen."""
    decoded = decode_page(data)
    read = read_markup(decoded.text, decoded.encoding)
    return replace(read, warnings=(*decoded.warnings, *read.warnings)) if decoded.warnings else read


def read_markup(text: str, encoding: str = "") -> Decoded:
    """Return the article that a page's markup holds, as `read_html` does."""
    tree = _parse(text)
    known = pages.Page.of(tree, text)
    titles = known.titles()
    posted = tree.get_element_by_id("js_content", None)  # where every 公众号 page keeps its article
    if posted is not None:
        posted.attrib.pop("style", None)
    _settle_scripts(tree)
    _settle_links(tree)
    for tag in _unseen(tree):
        _drop(tag)
    body = tree.find("body") if tree.find("body") is not None else tree
    seen = [p for p in _Walk().paragraphs(body) if tidy(p.text)]
    early = [p.text for p in seen]
    printed = titles.printed(seen)
    finding = article_of(body, seen, printed and printed[0]) if posted is None else Whereabouts(frozenset())
    told = finding.told
    found = [replace(p, told=p.element in told) for p in seen]
    root = posted if posted is not None else _main_part(body, found)
    inside = {id(tag) for tag in root.iter()}
    within = [p for p in found if id(p.element) in inside]
    kept = _belonging(within, told) if told else within
    if not within:
        raise UnreadableFile("网页里没有看得见的正文（可能由脚本生成），请在浏览器里打开后复制正文，存为 .txt")
    kept = kept or within
    left_out = _rows(found) - _rows(kept)
    lines = [p.text for p in kept if not p.kind]
    headline = titles.headline(_down_to(found, kept), _titles(found), pairs("\n".join(lines)))
    about = known.about(headline, early, lines)
    kept = pages.without_furniture(kept, about)
    paragraphs = _headed([p.paragraph() for p in kept], headline.value if headline else "")
    said = sum(len(tidy(p.text)) for p in kept)
    title = key(headline.value) if headline else ""
    spoken = pairs("\n".join(p.text for p in kept if key(p.text) != title))
    signs = pages.Signs(
        said=said,
        linked=sum(p.linked for p in kept),
        markup=len(text),
        headed=headline is not None and headline.confidence >= _DOUBTFUL,
        broken=sum(p.text.count("\ufffd") for p in kept),
        left_out=left_out,
        agreed=finding.agreed,
        share=finding.share,
        garbled=sum(pages.garbled(p.text) for p in kept),
        spoken=share(title, spoken) if len(title) >= _TELLING else 1.0,
        described=titles.described(spoken),
        days=pages.days_of([p.text for p in _stretch(within) if not p.kind]),
    )
    if not said:
        raise UnreadableFile("网页里没有看得见的正文（可能由脚本生成），请在浏览器里打开后复制正文，存为 .txt")
    return compose(settle_tables(settle_levels(paragraphs)), encoding, about, pages.doubts(signs))


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise UnreadableFile("网页里没有内容，请检查是否保存完整") from error
    for beyond in list(tree.itersiblings("html")):  # what stands behind an early </html>, which browsers show as well
        for tag in [beyond, *beyond.findall("body")]:
            tag.tag = "div"
        (tree if tree.find("body") is None else tree.find("body")).append(beyond)
    for tag in tree.iter():
        tag.text, tag.tail = _writable(tag.text), _writable(tag.tail)
    return tree


def _writable(text: str | None) -> str | None:
    """Return text without the characters (typed, or as &#8;) that a parser reads and a tree does not take again."""
    return _NOT_XML.sub("", text) if text else text


def _drop(tag: HtmlElement) -> None:
    """Take an element out of the tree; the text behind it stays."""
    if tag.getparent() is not None:
        tag.drop_tree()


def _settle_scripts(tree: HtmlElement) -> None:
    """Write powers and indices as characters of their own, so that 10⁴ is not 104; marks of notes go."""
    for tag in list(tree.iter("sup", "sub")):
        said = tidy(tag.text_content())
        if _POWER.fullmatch(said) and tag.find(".//a") is None:
            said = said.translate(_SUPERSCRIPT if tag.tag == "sup" else _SUBSCRIPT)
        elif tag.tag == "sup" and _REFERENCE.fullmatch(said):
            said = ""
        for child in list(tag):
            tag.remove(child)
        tag.text = said


def _settle_links(tree: HtmlElement) -> None:
    """Take links away from around whole articles: some sites let an article lead to itself."""
    for tag in list(tree.iter("a")):
        if tag.text_content().count("。") >= _ARTICLE_SENTENCES:
            tag.drop_tag()


def _unseen(tree: HtmlElement) -> list[HtmlElement]:
    """Return every element that a browser would not show, or that never holds text of an article."""
    sheets = [tag.text_content() for tag in tree.iter("style")]
    styled = any("background" in sheet for sheet in sheets) or bool(tree.xpath("//link[@rel='stylesheet']"))
    lengths = _lengths(tree)
    whole = max(_ARTICLE, lengths[tree])
    found = []
    for tag in tree.iter(etree.Element):
        length = lengths[tag]
        if (
            tag.tag in _NEVER_SHOWN
            or (length < whole * _ASIDE_SHARE and (tag.tag in _NO_ARTICLE or tag.get("role") in _ROLES))
            or (
                not (_is_all(length, whole) or (length >= whole * _VEILED_SHARE and _VEIL.search(_style(tag))))
                and _is_hidden(tag, styled)
            )
        ):
            found.append(tag)
    for selector in _hiding_selectors(sheets):
        found += [tag for tag in _select(tree, selector) if not _is_all(lengths[tag], whole)]
    return found


def _is_all(length: int, whole: int) -> bool:
    """Tell whether a part holds all that a page has of an article."""
    return length >= whole * _HIDDEN_SHARE and whole - length < 2 * _ARTICLE


def _lengths(tree: HtmlElement) -> dict[HtmlElement, int]:
    """Return how much text each element holds; what stands in links or is never shown counts nothing."""
    lengths: dict[HtmlElement, int] = {}
    for tag in reversed(list(tree.iter(etree.Element))):
        lengths[tag] = 0
        if tag.tag not in _NEVER_SHOWN and tag.tag != "a":
            lengths[tag] = len(bare(tag.text or "")) + sum(
                lengths.get(child, 0) + len(bare(child.tail or "")) for child in tag
            )
    return lengths


def _select(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """Return what a selector of names, classes and ids finds; [] for one that is more than that."""
    path = ""
    for step in selector.split():
        match = re.fullmatch(r"([\w-]*)((?:[.#][\w-]+)*)", step)
        if not match:
            return []
        tests = "".join(
            f"[@id='{name}']" if mark == "#" else f"[contains(concat(' ',normalize-space(@class),' '),' {name} ')]"
            for mark, name in re.findall(r"([.#])([\w-]+)", match[2])
        )
        path += f"//{match[1] or '*'}{tests}"
    try:
        return list(tree.xpath(path))
    except etree.XPathError:
        return []


def _is_hidden(tag: HtmlElement, styled: bool) -> bool:
    if tag.get("hidden") is not None or (tag.get("aria-hidden") == "true" and tag.tag in ("div", "section")):
        return True
    style = _style(tag)
    if not style:
        return False
    if _HIDING.search(style):
        return True
    # White letters on a page that nothing colours; where a style sheet may colour it, the letters stay.
    return (
        bool(_WHITE.search(style))
        and not styled
        and not any("background" in _WHITE_PAPER.sub("", _style(t)) for t in line_of(tag))
    )


def _style(tag: HtmlElement) -> str:
    if tag.get("bgcolor"):
        return "background"
    return re.sub(r"\s", "", (tag.get("style") or "").lower())


def _hiding_selectors(sheets: list[str]) -> Iterator[str]:
    """Yield the plain selectors that style sheets hide; what holds for print or small screens alone is left."""
    for sheet in sheets:
        depth = 0
        for rule in sheet[:_SHEET].split("}"):
            head, _, rules = rule.rpartition("{")
            if "@" in head and "{" in head:
                depth, head = 1, head.rpartition("{")[2]
            elif not rules.strip() and not head.strip():
                depth = 0
                continue
            hides = not depth and re.search(r"display:none|visibility:hidden", re.sub(r"\s", "", rules.lower()))
            if hides:
                head = head.rpartition("*/")[2]
                yield from (one.strip() for one in head.split(",") if _SELECTOR.fullmatch(one.strip()))


def _main_part(body: HtmlElement, found: list[SeenText]) -> HtmlElement:
    """Return the smallest element that holds nearly all of the article."""
    weights: dict[HtmlElement, float] = {}
    for paragraph in found:
        said = bare(paragraph.text)
        says = (paragraph.kind or pages.reads_like_text(paragraph.text)) and paragraph.linked <= 0.5 * len(said)
        if not (paragraph.told or says):
            continue
        weight = len(said) * (1.0 if paragraph.told or paragraph.kind is BlockKind.ROW else _UNVOTED)
        for tag in line_of(paragraph.element):
            weights[tag] = weights.get(tag, 0.0) + weight
            if tag is body:
                break
    part = body
    while True:
        best = max((child for child in part if child in weights), key=lambda child: weights[child], default=None)
        if best is None or weights[best] < _HOLDS * weights[body] or best.tag in ("p", "tr", "td", "table", "ul", "ol"):
            return part
        part = best


def _belonging(found: list[SeenText], told: frozenset[HtmlElement]) -> list[SeenText]:
    """Return the paragraphs that are told, and the tables, lists and captions in a part that is.

    readability leaves these out where there is little running text, so that all of them belong to a page that has
    tables and no text of an article's length; lists of links it leaves out rightly.
    """
    apart = [p for p in found if p.kind and not p.told and p.linked * _FEW_LINKS < len(p.text)]
    said = sum(len(p.text) for p in found if p.told)
    if said < _ARTICLE and sum(len(p.text) for p in apart if p.kind is BlockKind.ROW) > said:
        near = apart
    else:
        near = [p for p in apart if told.intersection(list(p.element.iterancestors())[:_NEAR])]
    inside = {id(p) for p in near}
    return [p for p in found if p.told or id(p) in inside]


def _stretch(found: list[SeenText]) -> list[SeenText]:
    """Return all that stands from the first paragraph that is told to the last."""
    told = [number for number, p in enumerate(found) if p.told] or [0, len(found)]
    return found[told[0] : told[-1] + 1]


def _down_to(found: list[SeenText], kept: list[SeenText]) -> list[SeenText]:
    """Return what stands over an article, and the lines that it begins with."""
    first = next(number for number, p in enumerate(found) if p is kept[0])
    return [*found[:first], *kept[:_OPENING]]


def _rows(found: list[SeenText]) -> int:
    return sum(p.kind is BlockKind.ROW and p.linked * _FEW_LINKS < len(p.text) for p in found)


def _titles(found: list[SeenText]) -> list[str]:
    """Return the headings that may be the headline: the only one of the first level; of several such each heads a chapter."""
    first = [p.text for p in found if p.level == 1]
    return first if len(first) == 1 else [] if first else [p.text for p in found if p.level]


def _headed(paragraphs: list[Paragraph], title: str) -> list[Paragraph]:
    """Mark the headline, where it stands or in front; every other heading of the first level sinks."""
    wanted = key(title)
    if not wanted:
        return paragraphs
    sunk = [replace(p, level=min(6, p.level + 1)) if p.level == 1 else p for p in paragraphs]
    for number, paragraph in enumerate(sunk[:12]):
        if not paragraph.kind and key(paragraph.text) == wanted:
            return [*sunk[:number], replace(paragraph, text=title, level=1, apart=False), *sunk[number + 1 :]]
    return [Paragraph(title, 1), *sunk]


@dataclass(slots=True)
class _Walk:
    """One pass over a tree, without recursion, gathering paragraphs."""

    made: list[SeenText] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0
    headings: list[int] = field(default_factory=list)
    captions: int = 0
    verbatim: int = 0
    tables: int = 0
    picture: bool = False  # a picture stands before the next paragraph
    picture_after: bool = False  # a picture stands behind the text of this one
    current: HtmlElement | None = None

    def paragraphs(self, root: HtmlElement) -> list[SeenText]:
        self.current = root
        stack: list[tuple[HtmlElement, bool]] = [(root, True)]
        while stack:
            node, entering = stack.pop()
            if not isinstance(node.tag, str):
                self._say(node.tail)
                continue
            if not entering:
                self._leave(node)
                if node is not root:
                    self._say(node.tail)
            elif self._enter(node):
                self._say(node.text)
                stack.append((node, False))
                stack.extend((child, True) for child in reversed(node))
            elif node is not root:
                self._say(node.tail)
        self._flush()
        return self.made

    def _say(self, text: str | None) -> None:
        if text:
            self.buffer.append(text if not self.verbatim else text.replace("\n", "\v"))
            if self.links:
                self.linked += len(bare(text))

    def _enter(self, tag: HtmlElement) -> bool:
        """Begin an element; return whether its children are to be read."""
        name = tag.tag
        if name == "br":
            if self.headings:
                self.buffer.append(" ")
            else:
                self._flush()
            return False
        if name == "img":
            self._picture(tag)
            return False
        if name == "table" and _is_data(tag):
            self._flush()
            self._table(tag)
            return False
        if name in ("ul", "ol") and _is_list(tag):
            self._flush()
            self._list(tag)
            return False
        if name in _BLOCK_NAMES:
            self._flush()
            self.current = tag
        self.links += name == "a"
        self.captions += _is_caption(tag)
        self.verbatim += name == "pre"
        if name in _HEADINGS:
            self.headings.append(_HEADINGS[name])
        return True

    def _leave(self, tag: HtmlElement) -> None:
        name = tag.tag
        if name in _BLOCK_NAMES:
            self._flush()
            parent = tag.getparent()
            self.current = parent if parent is not None else tag
        if name in _HEADINGS:
            self.headings.pop()
        self.links -= name == "a"
        self.captions -= _is_caption(tag)
        self.verbatim -= name == "pre"
        if name == "figure":
            self.picture = False

    def _flush(self) -> None:
        assert self.current is not None
        for text in "".join(self.buffer).split("\v"):
            if tidy(text):
                level = self.headings[-1] if self.headings and not _is_sentence(tidy(text)) else 0
                pictured = not level and (self.picture or self.captions > 0)
                kind = BlockKind.CAPTION if self.captions > 0 and not level else None
                self.made.append(
                    SeenText(tidy(text), self.current, level, pictured, min(self.linked, len(bare(text))), kind)
                )
                self.picture, self.picture_after = self.picture_after, False
        self.buffer.clear()
        self.linked = 0

    def _picture(self, tag: HtmlElement) -> None:
        sizes = [
            int(size) for name in ("width", "height") if (size := tag.get(name) or "").isascii() and size.isdigit()
        ]
        if any(size < _ICON for size in sizes):
            return
        if tidy("".join(self.buffer)):
            self.picture_after = True
        else:
            self.picture = True

    def _table(self, table: HtmlElement) -> None:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        grid = spread([[RawCell(_said(c), _count(c, "colspan"), _count(c, "rowspan")) for c in row] for row in cells])
        grid.headers = _header_rows(rows, cells)
        caption = table.find("caption")
        grid.caption = tidy(caption.text_content()) if caption is not None else ""
        last = self.made[-1] if self.made else None
        unit = last.text if last is not None and is_unit_line(last.text) else ""
        linked = sum(len(bare(link.text_content())) for link in table.iter("a"))
        made = table_paragraphs(grid, self.tables, unit)
        for paragraph in made:
            self.made.append(
                SeenText(paragraph.text, table, 0, False, linked // max(1, len(made)), paragraph.kind, paragraph)
            )
        self.tables += 1
        self.picture = False

    def _list(self, tag: HtmlElement) -> None:
        lines, linked = list_lines(tag)
        lead = self.made[-1] if self.made else None
        text = "\n".join(lines)
        if lead is not None and not lead.kind and not lead.level and lead.text.endswith(("：", ":")):
            self.made.pop()
            text = f"{lead.text}\n{text}"
            linked += lead.linked
        self.made.append(SeenText(text, tag, 0, False, linked, BlockKind.LIST))


def _is_sentence(text: str) -> bool:
    """Whether a line is none of a heading, though it stands in one that nobody closed."""
    return text.endswith("。") or len(text) > _HEADING


def list_lines(tag: HtmlElement, depth: int = 0) -> tuple[list[str], int]:
    """Return the items of a list, a line each, numbers and all, and how many characters stand in links."""
    lines: list[str] = []
    linked = 0
    start = tag.get("start") or "1"
    number = int(start) if start.isascii() and start.isdigit() else 1
    for item in tag:
        if item.tag != "li":
            continue
        below = [child for child in item.iter("ul", "ol") if child is not item]
        own = deepcopy(item)
        for child in list(own.iter("ul", "ol")):
            _drop(child)
        said = tidy(own.text_content())
        linked += sum(len(bare(link.text_content())) for link in item.iter("a"))
        numbered = tag.tag == "ol" and not re.match(r"[（(]?[\d一二三四五六七八九十①-⑳]+[、.．)）]|[①-⑳]", said)
        if said:
            lines.append(f"{number}．{said}" if numbered else f"・{said}" if depth else said)
            number += 1
        if depth < 3:
            for child in below:
                if next(child.iterancestors("li"), None) is item:
                    lines += list_lines(child, depth + 1)[0]
    return lines, linked


def _said(cell: HtmlElement) -> str:
    own = deepcopy(cell)
    own.tail = None
    for broken in own.iter("br", "p", "div", "li"):
        broken.tail = " " + (broken.tail or "")
    return tidy(own.text_content())


def _count(cell: HtmlElement, name: str) -> int:
    said = (cell.get(name) or "1").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 1


def _header_rows(rows: list[HtmlElement], cells: list[list[HtmlElement]]) -> int:
    """Return how many rows the page calls headers, -1 when it calls none so."""
    count = 0
    for row, own in zip(rows, cells, strict=True):
        headed = len(own) > 0 and all(cell.tag == "th" for cell in own)
        if headed or next(row.iterancestors("thead"), None) is not None:
            count += 1
        else:
            break
    return count if 0 < count < len(rows) else -1


def _is_caption(tag: HtmlElement) -> bool:
    return tag.tag == "figcaption" or (
        tag.tag in ("p", "div", "span") and bool(_CAPTION_CLASS.search(tag.get("class") or ""))
    )


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data; old pages lay out whole articles in tables."""
    if table.find(".//table") is not None or any(table.find(f".//h{level}") is not None for level in range(1, 4)):
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    cells = [len(bare(cell.text_content())) for row in rows for cell in row]
    filled = sum(length > 0 for length in cells)
    breaks = max((len(cell.findall(".//p")) for row in rows for cell in row), default=0)
    return max(cells, default=0) <= _CELL and filled * 2 >= len(cells) and breaks <= 3


def _is_list(tag: HtmlElement) -> bool:
    """Whether a list lists short things; sites lay out whole articles and menus in lists too."""
    items = [item for item in tag if item.tag == "li"]
    if len(items) < 2 or next(tag.iter("table", "h1", "h2", "h3", "h4"), None) is not None:
        return False
    lengths = [len(bare(item.text_content())) for item in items]
    return 0 < max(lengths) <= 200 and all(len(item.findall(".//p")) <= 1 for item in items)
