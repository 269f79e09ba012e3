from dataclasses import replace
from datetime import date

import pytest

from corpus.errors import CorpusError, StorageError
from corpus.records import Published
from corpus.repair.metadata import (
    FILE_NAME,
    ArticleMetadata,
    add_entry,
    change_entry,
    parse_metadata,
    parse_published,
    read_metadata,
    remove_entry,
    write_published,
)

HAND_WRITTEN = """# 本文件由人维护

# 头条
[[article]]
file = "a.txt"   # 已核对
id = "a"
headline = "双城记"
authors = ["应陶", "费彪"]
published = "2024-05/2024-06"
inferred = true

# 二条，日期印在报上
[[article]]
file = "b.txt"
published = 2024-05-06
gaps = ["前半句|后半句"]
"""


def test_entries_are_read_in_their_order_with_defaults():
    first, second = parse_metadata(HAND_WRITTEN)
    assert first.authors == ("应陶", "费彪")
    assert first.published == Published(date(2024, 5, 1), date(2024, 6, 30), inferred=True)
    assert second.id == "b"
    assert second.published == Published(date(2024, 5, 6), date(2024, 5, 6))
    assert second.gaps == ("前半句|后半句",)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024-05-06", date(2024, 5, 6), date(2024, 5, 6)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2025-12/2026-01", date(2025, 12, 1), date(2026, 1, 31)),
        ("2024-05-06/2024-05-09", date(2024, 5, 6), date(2024, 5, 9)),
    ],
)
def test_dates_name_their_first_and_last_day(written, first, last):
    published = parse_published(written)
    assert (published.first, published.last) == (first, last)
    assert parse_published(write_published(published)) == published


@pytest.mark.parametrize("written", ["2024年5月", "2024-13", "2024-02-30", "2024-06/2024-05", "/", "五月"])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValueError, match=r".+"):
        parse_published(written)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[[article]]\nfile = "a.txt\n', 2, "不合 TOML 写法"),
        ('[[article]]\nfile = "a.txt"\ntitle = "x"\n', 3, "不认识字段 title"),
        ('[[article]]\nfile = "a.txt"\n\n[[article]]\nid = "x"\n', 4, "缺少 file"),
        ('[[article]]\nfile = "../a.txt"\n', 2, "要是文件夹内的文件名"),
        ('[[article]]\nfile = "a.txt"\npublished = "五月"\n', 3, "要写成 2024-05-06"),
        ('[[article]]\nfile = "a.txt"\nauthors = "应陶"\n', 3, "要写成列表"),
        ('[[article]]\nfile = "a.txt"\nheadline = 3\n', 3, "要加引号"),
        ('[[article]]\nfile = "a.txt"\ninferred = "yes"\n', 3, "true 或 false"),
        ('[[article]]\nfile = "a.txt"\nsha256 = "12"\n', 3, "64 位"),
        ('[[article]]\nfile = "a.txt"\ngaps = ["没有竖线"]\n', 3, "缺字前的话"),
        ('[[article]]\nfile = "a.txt"\nid = "a b"\n', 3, "只能用文字"),
        ('[[article]]\nfile = "a.txt"\n[[article]]\nfile = "b.txt"\nid = "a"\n', 5, "重复"),
        ('[[article]]\nfile = "a.txt"\n[[article]]\nfile = "a.txt"\nid = "b"\n', 4, "写了两次"),
        ('[article]\nfile = "a.txt"\n', 1, "两层方括号"),
        ('[[articles]]\nfile = "a.txt"\n', 1, "不认识 articles"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line(text, line, reason):
    with pytest.raises(CorpusError, match=reason) as refusal:
        parse_metadata(text)
    assert f"第 {line} 行" in str(refusal.value)


def test_adding_keeps_every_word_that_people_wrote(tmp_path):
    (tmp_path / FILE_NAME).write_text(HAND_WRITTEN, encoding="utf-8")
    published = Published(date(2025, 10, 1), date(2025, 11, 30), inferred=True, clue="今年9月")
    entry = ArticleMetadata("c.txt", "c", headline='“变形记”与"新城"', authors=("胡金",), published=published)
    add_entry(tmp_path, entry)
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8").startswith(HAND_WRITTEN)
    assert read_metadata(tmp_path)[-1] == entry


def test_the_first_entry_makes_the_file(tmp_path):
    add_entry(tmp_path, ArticleMetadata("c.txt", "c"))
    assert read_metadata(tmp_path) == (ArticleMetadata("c.txt", "c"),)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_removing_takes_the_entry_and_its_own_comment_alone(tmp_path):
    (tmp_path / FILE_NAME).write_text(HAND_WRITTEN, encoding="utf-8")
    assert remove_entry(tmp_path, "a").headline == "双城记"
    left = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert left == "# 本文件由人维护\n\n" + HAND_WRITTEN[HAND_WRITTEN.index("# 二条") :]


def test_adding_and_removing_again_leaves_the_file_as_it_was(tmp_path):
    (tmp_path / FILE_NAME).write_text(HAND_WRITTEN, encoding="utf-8")
    add_entry(tmp_path, ArticleMetadata("c.txt", "c"))
    remove_entry(tmp_path, "c")
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8").rstrip() == HAND_WRITTEN.rstrip()


def test_an_id_or_file_that_is_known_is_not_added_again(tmp_path):
    (tmp_path / FILE_NAME).write_text(HAND_WRITTEN, encoding="utf-8")
    with pytest.raises(CorpusError, match="已有 id"):
        add_entry(tmp_path, ArticleMetadata("c.txt", "a"))
    with pytest.raises(CorpusError, match="已有文件"):
        add_entry(tmp_path, ArticleMetadata("b.txt", "new"))
    with pytest.raises(CorpusError, match="没有 id"):
        remove_entry(tmp_path, "zzz")


def test_an_edit_that_cannot_be_made_changes_nothing(tmp_path):
    odd = 'article = [{file = "a.txt"}, {file = "b.txt"}]\n'
    (tmp_path / FILE_NAME).write_text(odd, encoding="utf-8")
    for edit in (lambda: remove_entry(tmp_path, "a"), lambda: add_entry(tmp_path, ArticleMetadata("c.txt", "c"))):
        with pytest.raises(CorpusError):
            edit()
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == odd


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError, match="原文件没有改动"):
        add_entry(tmp_path / "missing", ArticleMetadata("c.txt", "c"))


def test_changing_one_entry_leaves_the_others_and_their_comments_as_they_are(tmp_path):
    (tmp_path / "articles.toml").write_text(HAND_WRITTEN, encoding="utf-8")
    first, second = read_metadata(tmp_path)
    change_entry(tmp_path, replace(first, publisher="某报"))
    after = (tmp_path / "articles.toml").read_text(encoding="utf-8")
    assert HAND_WRITTEN[HAND_WRITTEN.index("# 二条") :] in after and after.startswith("# 本文件由人维护")
    assert read_metadata(tmp_path) == (replace(first, publisher="某报"), second)
    change_entry(tmp_path, replace(second, id="new", file="新.txt", sha256=""))
    assert len(read_metadata(tmp_path)) == 3
