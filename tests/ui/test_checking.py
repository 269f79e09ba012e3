"""`linping doctor`: documents that an older reader read are named, and so is a damaged byte of any generation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.errors import BadIndex
from corpus.loading import load_corpus
from corpus.repair import repairing
from index.search.embedding import load_embedder
from index.storage import generations
from index.storage.store import build_index, open_index
from tests.indexes import write_articles
from ui.service.checking import check_all
from ui.settings import Settings


def test_documents_read_by_an_older_program_are_named_until_they_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_articles(tmp_path / "文章", {"新渠.txt": "新渠今天通水，投资3亿元。"})
    settings = Settings(corpus=folder, index=tmp_path / "index", embedder="static")

    def index() -> None:
        build_index(load_corpus(folder), settings.index, load_embedder("static"))

    def finding() -> tuple[bool, str]:
        return next((one.good, one.detail) for one in check_all(settings, settings.index) if one.what == "索引")

    index()
    assert finding()[0]
    monkeypatch.setattr(repairing, "VERSION", repairing.VERSION + 1)
    good, detail = finding()
    assert not good and "1 篇是旧版程序读的（新渠）" in detail and "linping index" in detail
    index()  # nothing but the reader has changed
    assert finding()[0]


@pytest.mark.parametrize("damaged", ["gen-000001", "gen-000002"])
def test_a_damaged_byte_that_opening_does_not_read_is_told(
    damaged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "文章"
    settings = Settings(corpus=folder, index=tmp_path / "index", embedder="static")
    for text in ("新渠今天通水，投资3亿元。", "新渠明天通水，投资4亿元。"):
        build_index(load_corpus(write_articles(folder, {"新渠.txt": text})), settings.index, load_embedder("static"))
    monkeypatch.setattr(generations, "CHECKED_AT_MOST", 0)  # as if it were large
    path = settings.index / damaged / "articles.jsonl"
    path.write_bytes(path.read_bytes().replace(b".txt", b".tyt", 1))
    found = next(one for one in check_all(settings, settings.index) if one.what == "索引")
    assert not found.good and f"{damaged} 已损坏" in found.detail and "articles.jsonl" in found.detail


def test_a_damaged_byte_that_makes_a_line_unreadable_is_told_likewise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, home = tmp_path / "文章", tmp_path / "index"
    texts = {
        "东桥.txt": "东桥今天通车，长90米。",
        "新渠.txt": "新渠今天通水，投资3亿元。",
        "西塔.txt": "西塔今天封顶，高60米。",
    }
    write_articles(folder, texts)
    build_index(load_corpus(folder), home, load_embedder("static"))
    monkeypatch.setattr(generations, "CHECKED_AT_MOST", 0)  # as if it were large
    path = home / "gen-000001" / "articles.jsonl"
    whole = path.read_bytes()
    brackets = [at for at, byte in enumerate(whole) if byte == ord("{") and whole[at - 1 : at] in (b"", b"\n")]
    for at in brackets:
        path.write_bytes(whole[:at] + b"?" + whole[at + 1 :])
        found = next(
            one for one in check_all(Settings(corpus=folder, index=home, embedder="static")) if one.what == "索引"
        )
        assert not found.good and "gen-000001" in found.detail and "articles.jsonl" in found.detail
        assert "linping index" in found.detail or "校验和不符" in found.detail
        with pytest.raises(BadIndex, match=r"articles\.jsonl 里有一篇文章读不懂：请运行 linping doctor"):
            list(open_index(home, load_embedder("static")).articles.values())
    assert len(brackets) == 3
    shutil.rmtree(path.parent)  # as the error says
    assert build_index(load_corpus(folder), home, load_embedder("static")).changed
    assert len(open_index(home, load_embedder("static")).articles) == len(brackets)
