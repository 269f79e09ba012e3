"""Web pages → paragraphs: what a reader sees of the article, without navigation, scripts and hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from corpus.decoding import Decoded, decode_page
from corpus.errors import UnreadableFile
from corpus.formats.paragraphs import Paragraph, compose, settle_levels, table_row, tidy

# Elements that show no text of the article, whatever they hold.
_DROPPED = (
    "head script style noscript template nav footer aside menu button select textarea input datalist iframe object "
    "embed svg canvas audio video map dialog rt rp"
)
_BLOCKS = (
    "address article blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul caption"
)
_NEVER_SHOWN, _BLOCK_NAMES = frozenset(_DROPPED.split()), frozenset(_BLOCKS.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "toolbar"))
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|bread-?crumbs?|crumbs?|footer|side-?bar|share|social|relate[ds]?|recommend|comments?|"
    r"pagination|pager|copyright|toolbar|advert|ads?|login|search)(?:$|[-_\s])",
    re.IGNORECASE,
)
_CAPTION_CLASS = re.compile(
    r"(?:^|[-_\s])(?:caption|figcaption|pic-?desc|img-?desc|image-?desc|tushuo)(?:$|[-_\s])", re.I
)
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:(?:0?\.0+|0)(?![.\d])|font-size:0(?![.\d])|"
    r"text-indent:-\d{3,}|(?:left|top|right):-\d{3,}|(?<!-)color:transparent|clip:rect\(0"
)
_WHITE = re.compile(r"(?<!-)color:(?:#fff(?:fff)?\b|white\b|rgb\(255,255,255\))")
_RULE = re.compile(r"([^{}@;]{1,200})\{([^{}]{0,2000})\}")
_AT_BLOCK = re.compile(r"@[^{};]{1,200}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\})*[^{}]{0,2000}\}")
_SELECTOR = re.compile(r"[\w.#-]{1,60}(?:\s+[\w.#-]{1,60}){0,4}")
_SITE_NAME = re.compile(r"\s*[-_|–—]+\s*")
_LINKED, _FEW_LINKS = 0.7, 3  # share of a block's text inside links, and how many links, that make it a menu
_SIDE_SHARE = 0.3  # what is named like a side part is one only while it holds less of the page than this
_ARTICLE_SHARE = 0.4
_ICON = 60  # pixels; smaller pictures interrupt no text
_CELL = 120  # characters; tables with longer cells lay out a page


def read_html(data: bytes) -> Decoded:
    """Return the text of a web page as a person would copy it. Raises UnreadableFile when nothing of it can be seen."""
    decoded = decode_page(data)
    soup = BeautifulSoup(decoded.text, "lxml")
    title = _title(soup)
    for tag in _hidden(soup):
        tag.decompose()
    _drop_furniture(soup)
    root = _main_part(soup)
    paragraphs = [p for p in _Walk().paragraphs(root) if tidy(p.text)]
    if not paragraphs:
        raise UnreadableFile("网页里没有看得见的正文（可能由脚本生成），请在浏览器里打开后复制正文，存为 .txt")
    if root.name != "body":
        paragraphs = _outer_headline(soup, root) + paragraphs
    return Decoded(compose(settle_levels(_with_headline(paragraphs, title))), decoded.encoding)


def _title(soup: BeautifulSoup) -> str:
    """Return what the page calls itself."""
    for tag in soup.find_all("meta"):
        if tag.get("property") == "og:title" and tidy(str(tag.get("content", ""))):
            return tidy(str(tag["content"]))
    return tidy(soup.title.get_text()) if soup.title else ""


def _hidden(soup: BeautifulSoup) -> list[Tag]:
    """Return every element that a browser would not show, or that never holds text of an article."""
    sheets = [tag.get_text() for tag in soup.find_all("style")]
    styled = any("background" in sheet for sheet in sheets) or soup.find("link", rel="stylesheet") is not None
    found = [tag for tag in soup.find_all(True) if tag.name in _NEVER_SHOWN or _is_hidden(tag, styled)]
    for selector in _hiding_selectors(sheets):
        found += [tag for tag in soup.select(selector) if tag.name not in ("html", "body", "main", "article")]
    return found


def _is_hidden(tag: Tag, styled: bool) -> bool:
    if tag.has_attr("hidden"):
        return True
    style = _style(tag)
    if not style:
        return False
    if _HIDING.search(style):
        return True
    # White letters on a page that nothing colours; where a style sheet may colour it, the letters stay.
    return bool(_WHITE.search(style)) and not styled and not any("background" in _style(t) for t in _line_of(tag))


def _line_of(tag: Tag) -> Iterator[Tag]:
    yield tag
    yield from tag.parents


def _style(tag: Tag) -> str:
    if tag.has_attr("bgcolor"):
        return "background"
    return re.sub(r"\s", "", str(tag.get("style", "")).lower())


def _hiding_selectors(sheets: list[str]) -> Iterator[str]:
    """Yield the plain selectors that style sheets hide; what holds for print or small screens alone is left."""
    for sheet in sheets:
        for selectors, rules in _RULE.findall(_AT_BLOCK.sub("", re.sub(r"/\*.{0,2000}?\*/", "", sheet, flags=re.S))):
            if re.search(r"display:none|visibility:hidden", re.sub(r"\s", "", rules.lower())):
                yield from (one.strip() for one in selectors.split(",") if _SELECTOR.fullmatch(one.strip()))


@dataclass(slots=True)
class _Weight:
    """How much text an element holds, how much of it in links, in how many."""

    text: int = 0
    linked: int = 0
    links: int = 0


def _weigh(root: Tag) -> dict[int, _Weight]:
    """Return the weight of every element below `root` by its `id()`. No recursion: pages nest without limit."""
    weights: dict[int, _Weight] = {id(root): _Weight()}
    order = [root]
    for node in root.descendants:
        if isinstance(node, Tag):
            weights[id(node)] = _Weight()
            order.append(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString) and node.parent:
            weights[id(node.parent)].text += len("".join(node.split()))
    for tag in reversed(order):
        weight = weights[id(tag)]
        if tag.name == "a" and weight.text:
            weight.linked, weight.links = weight.text, 1
        if tag is not root and tag.parent is not None:
            above = weights[id(tag.parent)]
            above.text += weight.text
            above.linked += weight.linked
            above.links += weight.links
    return weights


def _drop_furniture(soup: BeautifulSoup) -> None:
    """Take menus, side bars, lists of links and page heads out of the tree."""
    body = soup.body or soup
    weights = _weigh(body)
    whole = max(1, weights[id(body)].text)
    doomed = []
    for tag in body.find_all(True):
        weight = weights[id(tag)]
        if not weight.text or tag.name in _HEADINGS:
            continue
        small = weight.text < whole * _SIDE_SHARE
        menu = weight.links >= _FEW_LINKS and weight.linked >= weight.text * _LINKED and tag.name in _BLOCK_NAMES
        named = tag.name in _BLOCK_NAMES and _FURNITURE.search(f"{' '.join(_classes(tag))} {tag.get('id', '')}")
        role = str(tag.get("role", "")) in _ROLES
        head = tag.name == "header" and tag.find("h1") is None and tag.find_parent("article") is None
        if menu or (small and (named or role or head) and tag.find("h1") is None):
            doomed.append(tag)
    for tag in doomed:
        if not tag.decomposed:
            tag.decompose()


def _classes(tag: Tag) -> list[str]:
    value = tag.get("class")
    if value is None:
        return []
    return value.split() if isinstance(value, str) else list(value)


def _main_part(soup: BeautifulSoup) -> Tag:
    """Return the element that holds the article: <article>, <main>, else the body."""
    body = soup.body or soup
    weights = _weigh(body)
    parts = [*body.find_all("article"), *body.find_all(True, attrs={"itemprop": "articleBody"}), *body.find_all("main")]
    part = max(parts, key=lambda tag: weights[id(tag)].text, default=body)
    return part if weights[id(part)].text >= weights[id(body)].text * _ARTICLE_SHARE else body


def _outer_headline(soup: BeautifulSoup, root: Tag) -> list[Paragraph]:
    """Return the headline that stands before the part that holds the article, if it is not inside."""
    tops = soup.find_all("h1")
    if len(tops) == 1 and not any(parent is root for parent in tops[0].parents):
        return [Paragraph(tops[0].get_text(), 1)]
    return []


def _with_headline(paragraphs: list[Paragraph], title: str) -> list[Paragraph]:
    """Mark as headline the line that the page is titled after; a page without one is headed by its title."""
    tops = [paragraph for paragraph in paragraphs if paragraph.level == 1]
    wanted = _bare(title)
    if not wanted or len(tops) == 1:
        return paragraphs
    for number, paragraph in enumerate(paragraphs):
        bare = _bare(paragraph.text)
        if len(bare) >= 4 and wanted.startswith(bare) and (paragraph.level or number < 12):
            rest = [Paragraph(p.text, min(6, p.level + 1), p.apart) if p.level == 1 else p for p in paragraphs]
            return [*rest[:number], Paragraph(paragraph.text, 1), *rest[number + 1 :]]
    if tops:
        return paragraphs
    return [Paragraph(_SITE_NAME.split(title)[0], 1), *paragraphs]


def _bare(text: str) -> str:
    return "".join(text.split())


@dataclass(slots=True)
class _Walk:
    """One pass over a tree, without recursion, gathering paragraphs."""

    made: list[Paragraph] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    captions: int = 0
    verbatim: int = 0
    picture: bool = False  # a picture stands before the next paragraph
    picture_after: bool = False  # a picture stands behind the text of this one

    def paragraphs(self, root: Tag) -> list[Paragraph]:
        stack: list[tuple[PageElement, bool]] = [(root, True)]
        while stack:
            node, entering = stack.pop()
            if isinstance(node, Tag):
                if not entering:
                    self._leave(node)
                elif self._enter(node):
                    stack.append((node, False))
                    stack.extend((child, True) for child in reversed(node.contents))
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                self.buffer.append(str(node) if not self.verbatim else str(node).replace("\n", "\v"))
        self._flush()
        return self.made

    def _enter(self, tag: Tag) -> bool:
        """Begin an element; return whether its children are to be read."""
        if tag.name == "br":
            if self.headings:
                self.buffer.append(" ")
            else:
                self._flush()
            return False
        if tag.name == "img":
            self._picture(tag)
            return False
        if tag.name == "table" and _is_data(tag):
            self._flush()
            self._table(tag)
            return False
        if tag.name in _BLOCK_NAMES:
            self._flush()
        self.captions += _is_caption(tag)
        self.verbatim += tag.name == "pre"
        if tag.name in _HEADINGS:
            self.headings.append(_HEADINGS[tag.name])
        return True

    def _leave(self, tag: Tag) -> None:
        if tag.name in _BLOCK_NAMES:
            self._flush()
        if tag.name in _HEADINGS:
            self.headings.pop()
        self.captions -= _is_caption(tag)
        self.verbatim -= tag.name == "pre"
        if tag.name == "figure":
            self.picture = False

    def _flush(self) -> None:
        for text in "".join(self.buffer).split("\v"):
            if tidy(text):
                level = self.headings[-1] if self.headings else 0
                self.made.append(Paragraph(text, level, not level and (self.picture or self.captions > 0)))
                self.picture, self.picture_after = self.picture_after, False
        self.buffer.clear()

    def _picture(self, tag: Tag) -> None:
        sizes = [
            int(size) for name in ("width", "height") if (size := str(tag.get(name, ""))).isascii() and size.isdigit()
        ]
        if any(size < _ICON for size in sizes):
            return
        if tidy("".join(self.buffer)):
            self.picture_after = True
        else:
            self.picture = True

    def _table(self, table: Tag) -> None:
        caption = table.find("caption")
        if caption:
            self.made.append(Paragraph(caption.get_text()))
        for row in table.find_all("tr"):
            self.made.append(Paragraph(table_row(cell.get_text() for cell in row.find_all(["td", "th"]))))
        self.picture = False


def _is_caption(tag: Tag) -> bool:
    return tag.name == "figcaption" or (
        tag.name in ("p", "div", "span") and any(_CAPTION_CLASS.search(name) for name in _classes(tag))
    )


def _is_data(table: Tag) -> bool:
    """Whether a table holds data; old pages lay out whole articles in tables."""
    if table.find(["table", "p", "div", "h1", "h2", "h3", "img"]):
        return False
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    cells = [len(_bare(cell.get_text())) for row in rows for cell in row]
    return len(rows) > 1 and max(map(len, rows)) > 1 and max(cells, default=0) <= _CELL
