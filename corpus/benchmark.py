"""How well are web pages read? `python -m corpus.benchmark FOLDER`, beside trafilatura and readability as they come.

FOLDER holds pages NAME.html, each with its article's text in NAME.txt: first line the headline, second the day
(2025-04-16, or empty), then the text. Texts are compared by the character 5-grams of their Chinese characters, Latin
letters and digits.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from corpus.decoding import decode_page
from corpus.errors import UnreadableFile
from corpus.formats.html import read_html

_COUNTED = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
_BAD = 0.5


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


def _ours(data: bytes) -> str:
    try:
        return read_html(data).text
    except UnreadableFile:
        return ""


def _trafilatura(data: bytes) -> str:
    import trafilatura

    return trafilatura.extract(decode_page(data).text, include_comments=False) or ""


def _readability(data: bytes) -> str:
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(decode_page(data).text).summary()).text_content())


READERS: dict[str, Callable[[bytes], str]] = {"linping": _ours, "trafilatura": _trafilatura, "readability": _readability}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    pages = [page for page in sorted(folder.glob("*.html")) if page.with_suffix(".txt").exists()]
    headlines = days = dated = flagged = 0
    for page in pages:
        headline, day = (page.with_suffix(".txt").read_text(encoding="utf-8") + "\n\n").split("\n")[:2]
        try:
            read = read_html(page.read_bytes())
        except UnreadableFile:
            flagged += 1
            continue
        headlines += bool(read.about.headline and read.about.headline.value.split() == headline.split())
        dated += bool(day.strip())
        days += bool(day.strip() and read.about.published and read.about.published.value == day.strip())
        flagged += bool(read.warnings)
    print(f"{len(pages)} pages; headlines {headlines}, days {days} of {dated}, flagged or refused {flagged}")
    print("reader        P     R     F1    below .5   s/page")
    for name, reader in READERS.items():
        scores, begun = [], time.perf_counter()
        for page in pages:
            gold = page.with_suffix(".txt").read_text(encoding="utf-8").split("\n", 2)
            scores.append(agreement(reader(page.read_bytes()), "\n".join(gold[::2])))
        spent = (time.perf_counter() - begun) / max(1, len(pages))
        means = [fmean(column) for column in zip(*scores, strict=True)] if scores else [0.0] * 3
        bad = sum(f1 < _BAD for _, _, f1 in scores)
        print(f"{name:12} {means[0]:.3f} {means[1]:.3f} {means[2]:.3f} {bad:6}     {spent:.2f}")


if __name__ == "__main__":
    main()
