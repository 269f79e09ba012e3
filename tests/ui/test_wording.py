"""The words of the page: Chinese, all of them used, none of them loud."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.errors import BadIndex, CorpusError, ModelError, StorageError
from ui import wording

UI = Path(wording.__file__).parent
WORDS = {
    name: value
    for name, value in vars(wording).items()
    if re.fullmatch("[A-Z][A-Z_]*", name) and isinstance(value, str)
}


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_used(name: str) -> None:
    used = "".join(path.read_text(encoding="utf-8") for path in UI.rglob("*.py") if path != UI / "wording.py")
    assert re.search(rf"wording\.{name}\b", used)


# What only programmers and those who run the service read names settings, fields and headers as they are written.
_TECHNICAL = re.compile("API_.*|MCP_.*|DOCS_.*|NO_(?:OPERATOR|CONTACT|KEYS|SUCH_SESSION|USER_MESSAGE)|ABOUT_NO.*")


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_chinese_and_calm(name: str) -> None:
    plain = re.sub(r"\{\w+\}|JavaScript|Cookie|CSV|Word|Markdown|AI", "", WORDS[name])
    assert _TECHNICAL.fullmatch(name) or not re.search("[A-Za-z]", plain)
    assert not re.search(r"[!！]|亲|作为一个", WORDS[name])


def test_a_failure_is_named_by_its_kind_and_never_by_its_message() -> None:
    secret = "/srv/secret"
    said = {wording.broken(kind(secret)) for kind in (BadIndex, ModelError, StorageError, CorpusError, ValueError)}
    assert len(said) == 4
    assert all(secret not in words for words in said)


def test_no_chinese_stands_in_the_script_or_the_style() -> None:
    for path in (UI / "assets").glob("*.js"):
        assert not re.search(r"[\u4e00-\u9fff]", path.read_text(encoding="utf-8"))
