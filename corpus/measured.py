"""Figures in the documents: written by the command that measures them, with the models that it measured."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from corpus.errors import LinpingError

ROOT = Path(__file__).resolve().parent.parent
_SHORT = 8  # digits of the hash that a document shows
_BLOCK = re.compile(
    "<!-- measured:begin (?P<command>[^>]+?) of (?P<models>[0-9a-f]{8}|none) -->\n(?P<text>.*?)<!-- measured:end -->",
    re.DOTALL,
)


class NoSuchBlock(LinpingError):
    """A document has no place for the figures."""


@cache
def models_hash(root: Path = ROOT) -> str:
    """Return the SHA-256 of every model file that answering reads; what is written about them does not count."""
    digest = sha256()
    for folder in ("corpus", "index", "rag"):
        for path in sorted((root / folder / "models").rglob("*")):
            if path.is_file() and path.suffix != ".md":
                digest.update(f"{path.relative_to(root)}\0".encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def write(document: Path, command: str, text: str) -> None:
    """Put `text` where the document has «<!-- measured:begin COMMAND of … -->» … «<!-- measured:end -->». Raises NoSuchBlock."""
    whole = document.read_text(encoding="utf-8")
    found = next((one for one in _BLOCK.finditer(whole) if one["command"] == command), None)
    if found is None:
        raise NoSuchBlock(f"{document} 里没有 <!-- measured:begin {command} of none --> 和 <!-- measured:end -->。")
    block = f"<!-- measured:begin {command} of {models_hash()[:_SHORT]} -->\n{text.rstrip()}\n<!-- measured:end -->"
    document.write_text(whole[: found.start()] + block + whole[found.end() :], encoding="utf-8")


def stale(document: Path) -> list[str]:
    """Return the commands whose figures in a document were measured with other models."""
    blocks = _BLOCK.finditer(document.read_text(encoding="utf-8"))
    return [one["command"] for one in blocks if one["models"] != models_hash()[:_SHORT]]
