from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.formats.sandbox import Child, Limits, read_apart
from corpus.loading import load_corpus
from corpus.reading import MAX_BYTES, READERS, read_source
from corpus.records import Article, BlockKind
from tests.corpus import papers
from tests.corpus.papers import squeezed
from tests.corpus.typesetting import raw


def good() -> dict[str, bytes]:
    return {
        "纯文本.txt": papers.as_text().encode("gb18030"),
        "标记.md": papers.as_text().encode() + b"\n",
        "网页.html": papers.as_html().encode(),
        "报纸.pdf": papers.as_pdf(),
        "文档.docx": papers.as_docx(),
    }


def bad() -> dict[str, tuple[bytes, str]]:
    return {
        "空.txt": (b"", "空的"),
        "空白.txt": (b" \n\n ", "没有文字"),
        "空.pdf": (b"", "空的"),
        "图.txt": (b"\x89PNG\r\n" + bytes(99), "图片"),
        "坏.pdf": (b"%PDF-1.4\nnothing here", "损坏"),
        "半截.docx": (papers.as_docx()[:3000], "损坏"),
        "文本.docx": ("一篇文章。".encode(), "纯文本"),
        "锁.pdf": (papers.as_pdf(password="x"), "密码"),
        "炸弹.docx": (papers.repacked(papers.as_docx(), {"word/document.xml": bytes(60_000_000)}), "压缩炸弹"),
        "脚本.html": (b"<html><body><script>1</script></body></html>", "没有看得见的正文"),
        "旧.doc": (b"\xd0\xcf\x11\xe0", ".docx"),
        "表格.xlsx": (b"PK\x03\x04", "不支持"),
        "图.jpg": (b"\xff\xd8\xff", "识别成文字"),
        "无后缀": ("一篇文章。".encode(), "没有后缀"),
    }


def assert_lawful(article: Article, source: str) -> None:
    """Every character of the article is the source's at its place, and none but white space is lost or doubled."""
    used = []
    for segment in article.segments:
        place = slice(segment.source_start, segment.source_start + segment.length)
        assert article.text[segment.start : segment.start + segment.length] == source[place]
        used += range(segment.source_start, segment.source_start + segment.length)
    assert len(used) == len(set(used))
    assert {at for at, character in enumerate(source) if not character.isspace()} <= set(used)


def test_one_article_in_every_format_loads_and_bad_files_are_refused_by_name(tmp_path: Path) -> None:
    files = good()
    for name, data in {**files, **{name: data for name, (data, _) in bad().items()}}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "文件夹.txt").mkdir()
    (tmp_path / "圈.txt").symlink_to(tmp_path / "圈.txt")
    corpus = load_corpus(tmp_path)
    assert {article.file_name for article in corpus.articles} == set(files)
    refused = {file.file_name: file.reason for file in corpus.refused}
    assert set(refused) >= set(bad())
    for name, (_, reason) in bad().items():
        assert refused[name].startswith(f"{name}：") and reason in refused[name] and refused[name].endswith("。"), name
    for article in corpus.articles:
        source = read_source(tmp_path / article.file_name)
        assert_lawful(article, source.text)
        assert article.source_sha256 == hashlib.sha256(files[article.file_name]).hexdigest()
        assert article.headline == papers.HEADLINE
        kinds = {kind: [article.text[b.start : b.end] for b in article.blocks if b.kind is kind] for kind in BlockKind}
        assert kinds[BlockKind.CAPTION] == [papers.CAPTION]
        assert [squeezed(text) for text in kinds[BlockKind.BODY]] == [
            squeezed(text) for text in (*papers.BODY, *papers.MORE)
        ]
        assert [squeezed(text) for text in kinds[BlockKind.HEADING]] == [
            squeezed(papers.FIRST),
            squeezed(papers.SECOND),
        ]


@pytest.mark.parametrize("suffix", [".TXT", ".Md", ".htm", ".PDF"])
def test_suffixes_are_read_in_any_case(tmp_path: Path, suffix: str) -> None:
    data = {".pdf": papers.as_pdf(), ".htm": papers.as_html().encode()}.get(suffix.lower(), papers.as_text().encode())
    (tmp_path / f"文章{suffix}").write_bytes(data)
    source = read_source(tmp_path / f"文章{suffix}")
    assert source.format == suffix.lower().lstrip(".") and papers.HEADLINE in source.text


def test_one_character_is_a_text(tmp_path: Path) -> None:
    (tmp_path / "一.txt").write_text("临", encoding="utf-8")
    assert read_source(tmp_path / "一.txt").text == "临"


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path, suffix: str) -> None:
    with (tmp_path / f"大{suffix}").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UnreadableFile, match=r"超过 20 MB.*拆成"):
        read_source(tmp_path / f"大{suffix}")


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "夹.txt").mkdir()
    (tmp_path / "圈.txt").symlink_to(tmp_path / "圈.txt")
    os.mkfifo(tmp_path / "管.txt")
    for name, reason in {
        "夹.txt": "文件夹",
        "圈.txt": "绕成了圈",
        "管.txt": "不是普通文件",
        "无.txt": "不存在",
    }.items():
        with pytest.raises(UnreadableFile, match=f"^{name}：.*{reason}.*。$"):
            read_source(tmp_path / name)


def test_a_stream_that_unpacks_without_end_is_stopped_by_the_memory_limit() -> None:
    with pytest.raises(UnreadableFile, match=r"内存超过 200 MB.*拆成"):
        read_apart("pdf", raw(bytes(150_000_000)), Limits(memory=200_000_000))


def test_endless_work_is_stopped_by_the_processor_limit() -> None:
    endless = raw(b"BT /F1 12 Tf (x) Tj ET " * 200_000)
    with pytest.raises(UnreadableFile, match=r"处理器超过 1 秒.*拆成"):
        read_apart("pdf", endless, Limits(cpu=1))


def test_a_child_that_does_not_answer_is_stopped_by_the_clock() -> None:
    with pytest.raises(UnreadableFile, match="超过 0 秒"):
        read_apart("pdf", papers.as_pdf(), Limits(wall=0.01))


def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}
    import subprocess

    begin = subprocess.Popen

    def spy(*arguments: object, **options: object) -> object:
        seen.update(options["env"])  # type: ignore[arg-type]
        return begin(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("LINPING_API_KEY", "secret")
    monkeypatch.setattr(subprocess, "Popen", spy)
    assert read_apart("html", b"<p>\xe4\xb8\xb4\xe5\xb9\xb3</p>").text == "临平"
    assert "LINPING_API_KEY" not in seen


def test_one_child_reads_many_files_and_begins_anew_after_one_that_ends_it() -> None:
    page = "<p>临平今天有三条新路通车，长{}公里。</p>"
    with Child(Limits(cpu=2)) as child:
        assert [child.read("html", page.format(n).encode()).text for n in range(3)] == [
            f"临平今天有三条新路通车，长{n}公里。" for n in range(3)
        ]
        with pytest.raises(UnreadableFile, match="不是 PDF"):
            child.read("pdf", b"nothing")
        with pytest.raises(UnreadableFile, match="处理器超过 2 秒"):
            child.read("pdf", raw(b"BT /F1 12 Tf (x) Tj ET " * 200_000))
        assert child.read("html", page.format(9).encode()).text.endswith("长9公里。")
