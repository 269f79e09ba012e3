"""How well are web pages read? `python -m corpus.benchmark FOLDER [--labels TSV]`, beside trafilatura and readability as they come.

Without labels FOLDER holds pages NAME.html, each with its article's text in NAME.txt: first line the headline, second
the day (2025-04-16, or empty), then the text. Labels are lines of five fields: file in FOLDER, headline, day, how the
first line of the article begins, how its last line ends; the text is then all that the page shows between the two.
A folder as that of rundimeco/waddle is read as well: html/NAME, reference/NAME with a paragraph in each <p>, the headline
first, and doc_lg.json, which tells the pages in Chinese; and one as opendatalab/magic-html's benchmark/data/article:
htmls/NAME.html and base.json, which holds the text under `content`: the pages whose text is for the most part Chinese characters.
Of a page whose headline or day is not labelled neither is compared nor printed.
Texts are compared by the character 5-grams of their Chinese characters, Latin letters and digits; the sentence that we make
of a table's row counts as its cells, the headers once.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from corpus.decoding import Decoded, decode_page
from corpus.errors import UnreadableFile
from corpus.formats.headlines import key
from corpus.formats.html import read_html

_COUNTED = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BAD = 0.5
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "td",
        "th",
        "tr",
        "section",
        "article",
        "figcaption",
        "ul",
        "ol",
        "dd",
        "dt",
        "blockquote",
        "pre",
    )
)


@dataclass(frozen=True, slots=True)
class Gold:
    """One page as it was sent, and what a person says is in it; `day` is empty where the page tells none."""

    name: str
    data: bytes
    headline: str
    day: str
    text: str


def grams(text: str, n: int = 5) -> Counter[str]:
    """Return the character n-grams of what counts in a text."""
    counted = "".join(_COUNTED.findall(text))
    return Counter(counted[at : at + n] for at in range(max(0, len(counted) - n + 1)))


def agreement(read: str, gold: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the 5-grams of one text against another, each from 0 to 1."""
    have, wanted = grams(read), grams(gold)
    shared = sum((have & wanted).values())
    precision, recall = shared / max(1, sum(have.values())), shared / max(1, sum(wanted.values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def read_gold(folder: Path) -> list[Gold]:
    """Return the pages of a folder that have their text beside them."""
    found = []
    for page in sorted(folder.glob("*.html")):
        if page.with_suffix(".txt").exists():
            headline, day, text = (page.with_suffix(".txt").read_text(encoding="utf-8") + "\n\n").split("\n", 2)
            found.append(Gold(page.name, page.read_bytes(), headline.strip(), day.strip(), f"{headline}\n{text}"))
    return found


def read_waddle(folder: Path) -> list[Gold]:
    """Return the Chinese pages of a folder laid out as waddle's."""
    languages = json.loads((folder / "doc_lg.json").read_text(encoding="utf-8"))
    found = []
    for name in sorted(name for name, language in languages.items() if language == "Chinese"):
        page, reference = folder / "html" / name, folder / "reference" / name
        if page.exists() and reference.exists():
            marked = reference.read_text(encoding="utf-8", errors="replace")
            lines = [line for part in marked.split("</p>") if (line := re.sub(r"<[^>]+>", "", part).strip())]
            found.append(Gold(name, page.read_bytes(), lines[0] if lines else "", "", "\n".join(lines)))
    return found


def read_magic(folder: Path) -> list[Gold]:
    """Return the pages of a folder laid out as magic-html's whose text is for the most part Chinese characters."""
    found = []
    for name, page in sorted(json.loads((folder / "base.json").read_text(encoding="utf-8")).items()):
        text = page["content"]
        if len(_HAN.findall(text)) * 2 > len(_COUNTED.findall(text)):
            found.append(Gold(name, (folder / "htmls" / f"{name}.html").read_bytes(), "", "", text))
    return found


def read_folder(folder: Path) -> list[Gold]:
    """Return the pages of a folder, however it is laid out."""
    if (folder / "doc_lg.json").exists():
        return read_waddle(folder)
    return (read_magic if (folder / "base.json").exists() else read_gold)(folder)


def read_labelled(folder: Path, labels: Path) -> list[Gold]:
    """Return the labelled pages of a folder. Raises ValueError for a label that its page does not bear out."""
    found = []
    for line in labels.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, headline, day, first, last = line.split("\t")
        data = (folder / name).read_bytes()
        shown = list(shown_lines(data))
        begin = next((n for n, text in enumerate(shown) if text.startswith(first)), -1)
        end = next((n for n in range(begin, len(shown)) if shown[n].endswith(last)), -1)
        if min(begin, end) < 0:
            raise ValueError(f"{name}: no lines from «{first}» to «{last}»")
        found.append(Gold(name, data, headline, day, "\n".join([headline, *shown[begin : end + 1]])))
    return found


def shown_lines(data: bytes) -> Iterator[str]:
    """Yield the lines of text of a page, whatever they are, scripts and styles left out."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True)
    tree = html.fromstring(decode_page(data).text.encode("utf-8"), parser=parser)
    for tag in list(tree.iter("script", "style", "noscript")):
        tag.drop_tree()
    for tag in tree.iter(*_BLOCKS):
        tag.text, tag.tail = "\n" + (tag.text or ""), "\n" + (tag.tail or "")
    for line in tree.text_content().split("\n"):
        if line.split():
            yield " ".join(line.split())


def _without_headline(text: str, read: Decoded | None) -> str:
    headline = read.about.headline.value if read and read.about.headline else ""
    return "\n".join(line for line in text.split("\n") if line.lstrip("# ") != headline)


def _ours(data: bytes) -> Decoded | None:
    try:
        return read_html(data)
    except UnreadableFile:
        return None


def as_printed(read: Decoded) -> str:
    """Return a text with the rows of its tables as the page has them: the headers once, then the cells."""
    made: list[str] = []
    at, seen = 0, set()
    for mark in read.marks:
        if not mark.cells:
            continue
        made.append(read.text[at : mark.start])
        at = mark.start
        if mark.table not in seen:
            seen.add(mark.table)
            made.append(" ".join(dict.fromkeys(read.text[h.start : h.end] for h, _ in mark.cells)) + "\n")
        for header, _ in sorted(mark.cells, key=lambda cell: cell[0].start):
            made.append(read.text[at : max(at, header.start)])
            at = max(at, header.end)
    return "".join([*made, read.text[at:]])


def _trafilatura(data: bytes) -> str:
    import trafilatura

    return trafilatura.extract(decode_page(data).text, include_comments=False) or ""


def _readability(data: bytes) -> str:
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(decode_page(data).text).summary()).text_content())


PLAIN_READERS: dict[str, Callable[[bytes], str]] = {"trafilatura": _trafilatura, "readability": _readability}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path)
    asked = parser.parse_args()
    pages = read_labelled(asked.folder, asked.labels) if asked.labels else read_folder(asked.folder)
    begun = time.process_time()
    reads = [_ours(page.data) for page in pages]
    spent = (time.process_time() - begun) / max(1, len(pages))
    headlines = alike = days = flagged = 0
    for page, read in zip(pages, reads, strict=True):
        flagged += read is None or bool(read.warnings)
        said = (
            read.about.headline.value if read and read.about.headline else "",
            read.about.published.value if read and read.about.published else "",
        )
        right = (
            not page.headline or said[0].split() == page.headline.split(),
            not page.day or said[1] == page.day,
        )
        headlines += bool(page.headline) and right[0]
        alike += bool(page.headline) and key(said[0]) == key(page.headline)
        days += bool(page.day) and right[1]
        if not all(right):
            print(f"{page.name}: «{said[0]}» {said[1] or 'no day'}, not «{page.headline}» {page.day}")
    print(
        f"{len(pages)} pages; headlines {headlines} of {sum(bool(page.headline) for page in pages)} "
        f"({alike} in letters and digits), "
        f"days {days} of {sum(bool(page.day) for page in pages)}, flagged or refused {flagged}"
    )
    print("reader        P     R     F1    below .5   processor s/page")
    # A headline is compared where the page's label tells it.
    ours = [
        (as_printed(read) if page.headline else _without_headline(as_printed(read), read)) if read else ""
        for page, read in zip(pages, reads, strict=True)
    ]
    bad = _print_scores("linping", pages, ours, spent)
    silent = sum(low and read is not None and not read.warnings for read, low in zip(reads, bad, strict=True))
    print(f"{'':12} {silent} below .5 unflagged; a thousand pages take {spent * 1000:.0f} s of one processor")
    for name, reader in PLAIN_READERS.items():
        begun = time.process_time()
        texts = [reader(page.data) for page in pages]
        _print_scores(name, pages, texts, (time.process_time() - begun) / max(1, len(pages)))


def _print_scores(name: str, pages: list[Gold], texts: list[str], spent: float) -> list[bool]:
    """Print a reader's line; return which pages are below .5."""
    scores = [agreement(text, page.text) for page, text in zip(pages, texts, strict=True)]
    means = [fmean(column) for column in zip(*scores, strict=True)] if scores else [0.0] * 3
    bad = [f1 < _BAD for _, _, f1 in scores]
    print(f"{name:12} {means[0]:.3f} {means[1]:.3f} {means[2]:.3f} {sum(bad):8}   {spent:.3f}")
    return bad


if __name__ == "__main__":
    main()
