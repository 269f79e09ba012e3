"""Little articles made of a text."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from corpus.decoding import SourceText
from corpus.records import Article
from corpus.repair.repairing import repair


def article_of(text: str, name: str = "a") -> Article:
    """Return `text` as an article with id `name`."""
    return replace(repair(SourceText(f"{name}.txt", text, "txt", "utf-8", sha256(text.encode()).hexdigest())), id=name)
