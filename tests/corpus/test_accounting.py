"""Every file of a mixed folder is accounted for: the good ones read, every bad one named, none lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.loading import load_corpus
from corpus.repair import repairing
from index.storage.stores import FolderStore
from tests.corpus import papers
from ui.service import checking
from ui.terminal import wording as wording_cli
from ui.terminal.cli import cli


def fill(folder: Path, good: int, bad: int) -> tuple[set[str], set[str]]:
    """Write text, Markdown, HTML, Word and PDF files and `bad` broken ones; return the names of both."""
    chance = random.Random(7)
    word, print_ = papers.as_docx(), papers.as_pdf()
    fine, broken = set(), set()
    for number in range(good):
        kind = ("txt", "md", "html", "txt", "md", "html", "docx", "pdf")[number % 8]
        unlike = f"\n\n编号{number}的报道。".encode()
        data = {
            "txt": papers.as_text().encode() + unlike,
            "md": papers.as_text().encode() + unlike,
            "html": papers.as_html().replace("油菜花", f"油菜花{number}").encode(),
            "docx": papers.repacked(word, {"word/extra.xml": b"<a>%d</a>" % number}),
            "pdf": print_ + b"\n%% %d" % number,
        }
        (folder / f"好{number}.{kind}").write_bytes(data[kind])
        fine.add(f"好{number}.{kind}")
    for number in range(bad):
        name, data = chance.choice(
            [
                ("txt", b""),
                ("txt", bytes(99)),
                ("pdf", print_[: chance.randint(8, 900)]),
                ("docx", word[: chance.randint(50, 3000)]),
                ("html", b"<html><body><script>1</script></body></html>"),
                ("xlsx", b"PK"),
                ("md", "新渠".encode() * 9 + b"\xff\xfe\xfd" * 20),
            ]
        )
        (folder / f"坏{number}.{name}").write_bytes(data)
        broken.add(f"坏{number}.{name}")
    return fine, broken


def test_of_a_mixed_folder_every_bad_file_is_named_and_none_is_lost(tmp_path: Path) -> None:
    fine, broken = fill(tmp_path, 24, 12)
    corpus = load_corpus(tmp_path)
    assert {article.file_name for article in corpus.articles} == fine
    assert {refused.file_name for refused in corpus.refused} == broken
    assert all(refused.reason.startswith(refused.file_name) for refused in corpus.refused)


@pytest.mark.slow
def test_two_thousand_mixed_files_with_a_hundred_bad_ones(tmp_path: Path) -> None:
    fine, broken = fill(tmp_path, 1900, 100)
    corpus = load_corpus(tmp_path)
    assert {article.file_name for article in corpus.articles} == fine
    assert {refused.file_name for refused in corpus.refused} == broken


def test_the_command_names_what_it_did_not_take_and_leaves_with_a_code_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "文章"
    folder.mkdir()
    (folder / "新渠.txt").write_text("新渠今天通水，投资3亿元。", encoding="utf-8")
    run = lambda: CliRunner().invoke(  # noqa: E731
        cli, ["index", "--corpus", str(folder), "--index", str(tmp_path / "index")], env={"LINPING_EMBEDDER": "static"}
    )
    assert run().exit_code == 0
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4\nnothing here")
    done = run()
    assert done.exit_code == wording_cli.SOME_REFUSED
    assert "没有收入：坏.pdf" in done.output and "共收入 1 篇，没有收入 1 个文件" in done.output


def test_reading_again_says_what_an_older_version_read_otherwise_and_adding_tells_of_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, index = tmp_path / "文章", tmp_path / "index"
    folder.mkdir()
    (folder / "新渠.txt").write_text("新渠通水\n2024年5月6日\n\n新渠今天通水，投资3亿元。", encoding="utf-8")
    (folder / "旧渠.txt").write_text("旧渠清淤\n2024年5月7日\n\n旧渠今天清淤，投资1亿元。", encoding="utf-8")
    places = ["--corpus", str(folder), "--index", str(index)]
    run = lambda *words: CliRunner().invoke(cli, [*words, *places], env={"LINPING_EMBEDDER": "static"})  # noqa: E731
    with monkeypatch.context() as before:
        before.setattr(repairing, "VERSION", repairing.VERSION - 1)
        before.setattr(repairing, "_published", lambda *_: (None, None))
        assert run("index").exit_code == 0
    good, detail = checking._index(FolderStore(index), "static")
    assert not good and "2 篇是旧版程序读的" in detail and "linping index --reread" in detail
    done = run("index", "--reread")
    assert (
        done.exit_code == 0 and "重读后有变：新渠.txt（日期）" in done.output and "其中 2 篇和从前不同" in done.output
    )
    assert checking._index(FolderStore(index), "static")[0]
    assert "已全部重读：2 篇，读得和从前一样" in run("index", "--reread").output
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4\nnothing here")
    (tmp_path / "合集.txt").write_text(
        "一号渠\n2024年5月6日\n\n今天通水。\n\n二号渠开工\n2024年5月7日\n\n今天开工。", encoding="utf-8"
    )
    added = CliRunner().invoke(
        cli, ["articles", "add", str(tmp_path / "合集.txt"), *places], env={"LINPING_EMBEDDER": "static"}
    )
    assert added.exit_code == wording_cli.SOME_REFUSED
    head, *_, last = (line for line in added.output.splitlines() if line.startswith(("文件", "共收入")))
    assert head.split() == list(wording_cli.ACCOUNT_HEAD) and last == "共收入 3 篇，没有收入 1 个文件。"
    assert "没有收入：坏.pdf" in added.output
