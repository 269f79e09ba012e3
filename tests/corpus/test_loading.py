import random
import shutil
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.loading import load_corpus
from tests.corpus import breaking

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_the_articles_load_as_described_without_a_complaint():
    corpus = load_corpus(ARTICLES)
    assert len(corpus.articles) == 5
    assert (corpus.refused, corpus.notices) == ((), ())
    for article in corpus.articles:
        assert article.published is not None
        assert article.published.inferred
        assert article.published.clue in article.text
        assert not article.headline_inferred


def test_unreadable_files_are_refused_by_name_and_the_others_go_on(tmp_path):
    write(tmp_path, good="临平区启用了新图书馆。", copy="临平区启用了新图书馆。")
    (tmp_path / "bad.txt").write_bytes(bytes(range(128, 256)) * 5)
    (tmp_path / "table.xlsx").write_bytes(b"PK")
    (tmp_path / ".hidden.txt").write_text("看不见", encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert [article.id for article in corpus.articles] == ["copy"]
    assert [file.file_name for file in corpus.refused] == ["bad.txt", "good.txt", "table.xlsx"]
    assert corpus.refused[1].reason == "good.txt：内容与 copy.txt 完全相同，只收一份。"


def test_of_two_equal_files_the_described_one_stays(tmp_path):
    write(tmp_path, a="临平区启用了新图书馆。", b="临平区启用了新图书馆。")
    (tmp_path / "articles.toml").write_text('[[article]]\nfile = "b.txt"\nheadline = "图书馆"\n', encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert [article.headline for article in corpus.articles] == ["图书馆"]


@pytest.mark.parametrize("make", ["missing", "file", "empty", "unreadable"])
def test_a_folder_without_articles_is_one_clear_sentence(tmp_path, make):
    folder = tmp_path / "folder"
    if make == "file":
        folder.write_text("x", encoding="utf-8")
    elif make != "missing":
        folder.mkdir()
    if make == "unreadable":
        (folder / "a.pdf.bak").write_bytes(b"\x00")
    reasons = {"missing": "不存在", "file": "不是文件夹", "empty": "没有文章", "unreadable": "1 个文件都读不了"}
    with pytest.raises(CorpusError, match=reasons[make]):
        load_corpus(folder)


def test_a_changed_or_missing_file_is_reported_and_the_rest_is_loaded(tmp_path):
    write(tmp_path, a="临平区启用了新图书馆。")
    toml = f'[[article]]\nfile = "a.txt"\nsha256 = "{"0" * 64}"\n[[article]]\nfile = "gone.txt"\n'
    (tmp_path / "articles.toml").write_text(toml, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert len(corpus.articles) == 1
    assert [notice.split(" ")[0] for notice in corpus.notices] == ["a.txt", "articles.toml"]


def test_the_digest_changes_with_what_is_said_and_not_with_order_or_place(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    write(one, a="临平区启用了新图书馆。", b="杭州开了一条新路。")
    write(other, b="杭州开了一条新路。", a="临平区启用了新图书馆。")
    before = load_corpus(one).digest
    assert load_corpus(other).digest == before
    (other / "articles.toml").write_text('[[article]]\nfile = "a.txt"\nheadline = "图书馆"\n', encoding="utf-8")
    described = load_corpus(other).digest
    write(other, b="杭州开了两条新路。")
    assert len({before, described, load_corpus(other).digest}) == 3


def test_two_files_of_one_stem_get_different_ids(tmp_path):
    write(tmp_path, a="临平区启用了新图书馆。")
    (tmp_path / "a.md").write_text("# 新路\n\n杭州开了一条新路。", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", a="余杭也开了一条路。")
    corpus = load_corpus(tmp_path)
    assert [article.id for article in corpus.articles] == ["a", "a.txt", "sub/a.txt"]
    assert len({article.file_name for article in corpus.articles}) == 3


def test_progress_counts_every_file(tmp_path):
    shutil.copy(ARTICLES / "2024-02-linping-chengdong-xinzhongxin.txt", tmp_path)
    write(tmp_path, a="临平区启用了新图书馆。")
    seen: list[tuple[int, int]] = []
    load_corpus(tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_two_thousand_articles_load(tmp_path):
    texts = breaking.news(2000, least=1, held_out=False)
    random.Random(1).shuffle(texts)
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert len(corpus.articles) + len(corpus.refused) == 2000
    assert all("完全相同" in file.reason for file in corpus.refused)


def test_a_link_to_nowhere_is_refused_by_name(tmp_path):
    (tmp_path / "文.txt").write_text("临平区启用了新图书馆。", encoding="utf-8")
    (tmp_path / "断.txt").symlink_to(tmp_path / "没有")
    corpus = load_corpus(tmp_path)
    assert [file.file_name for file in corpus.refused] == ["断.txt"]
    assert len(corpus.articles) == 1
