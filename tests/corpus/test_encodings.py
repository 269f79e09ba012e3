import codecs
import hashlib
from pathlib import Path

import pytest

from corpus.decoding import SourceText
from corpus.errors import UnreadableFile
from corpus.reading import read_source

SIMPLIFIED = "临平区位于杭州城东，2023年实现规模以上工业产值1724.22亿元。"
TRADITIONAL = "臨平區位於杭州城東，這裡的產業發展很快，人才也愈來愈多。"


def read(folder: Path, data: bytes) -> SourceText:
    (folder / "a.txt").write_bytes(data)
    return read_source(folder / "a.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be"])
def test_simplified_text_is_read_in_every_encoding(tmp_path, encoding):
    assert read(tmp_path, SIMPLIFIED.encode(encoding)).text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "utf-16-le"])
def test_traditional_text_is_read_in_every_encoding(tmp_path, encoding):
    assert read(tmp_path, TRADITIONAL.encode(encoding)).text == TRADITIONAL


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_names_the_encoding_and_is_no_text(tmp_path, mark, encoding):
    decoded = read(tmp_path, mark + SIMPLIFIED.encode(encoding))
    assert (decoded.text, decoded.encoding) == (SIMPLIFIED, encoding)


def test_a_wrong_byte_order_mark_is_refused(tmp_path):
    with pytest.raises(UnreadableFile):
        read(tmp_path, codecs.BOM_UTF8 + SIMPLIFIED.encode("gb18030"))


def test_a_source_keeps_name_format_and_the_hash_of_the_bytes(tmp_path):
    path = tmp_path / "稿件.TXT"
    path.write_bytes(SIMPLIFIED.encode("gb18030"))
    source = read_source(path)
    assert (source.file_name, source.format, source.encoding) == ("稿件.TXT", "txt", "gb18030")
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
