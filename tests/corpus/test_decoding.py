from __future__ import annotations

import codecs

import pytest

from corpus.decoding import Decoded, decode
from corpus.errors import UnreadableFile
from tests.corpus import papers

SIMPLIFIED = "\n\n".join(papers.PARAGRAPHS)
TRADITIONAL = (
    "三年來，臺北的產業園區已經有一百二十六家企業進駐，去年的總產值達到三百八十四億元，這為當地居民帶來了許多就業機會。"
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_chinese_without_a_mark_is_decoded(encoding: str) -> None:
    decoded = decode(SIMPLIFIED.encode(encoding))
    assert (decoded.text, decoded.encoding) == (SIMPLIFIED, encoding)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_mark_settles_the_encoding_and_is_no_text(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + SIMPLIFIED.encode(encoding))
    assert (decoded.text, decoded.encoding) == (SIMPLIFIED, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "big5hkscs", "gb18030", "utf-16-le"])
def test_traditional_characters_are_decoded(encoding: str) -> None:
    decoded = decode(TRADITIONAL.encode(encoding))
    assert (decoded.text, decoded.encoding) == (TRADITIONAL, encoding)


def test_a_text_in_gb18030_that_is_mostly_english_is_decoded() -> None:
    text = "Linping District, Hangzhou: industrial output, 2023. " * 20 + "临平区的规上工业总产值"
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize("text", ["临", "1", "", "Linping", "艺尚小镇"])
def test_very_short_texts_are_decoded(text: str) -> None:
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    "garbled",
    [
        SIMPLIFIED.encode("gb18030").decode("latin-1").replace("\xa3", "?", 1),
        SIMPLIFIED.encode().decode("gb18030", "replace"),
        SIMPLIFIED.encode("gb18030").decode("big5hkscs", "replace"),
        SIMPLIFIED.encode("gb18030").decode("utf-8", "replace"),
        SIMPLIFIED.encode().decode("gb18030", "replace").encode("gb18030", "replace").decode("gb18030"),
    ],
)
def test_text_that_was_garbled_before_is_refused(garbled: str) -> None:
    with pytest.raises(UnreadableFile, match="乱码"):
        decode(garbled.encode())


@pytest.mark.parametrize(
    "misread",
    [
        SIMPLIFIED.encode().decode("latin-1"),
        SIMPLIFIED.encode("gb18030").decode("latin-1"),
        SIMPLIFIED.encode("gb18030").decode("iso-8859-15"),
        SIMPLIFIED.encode("gb18030").decode("iso-8859-15").encode().decode("latin-1"),
    ],
)
def test_chinese_that_was_saved_as_european_letters_is_restored_and_told(misread: str) -> None:
    decoded = decode(misread.encode())
    assert decoded.text == SIMPLIFIED
    assert decoded.warnings


def test_european_text_is_no_misread_chinese() -> None:
    french = "L’été dernier, près de trois cents élèves ont participé à la fête de la rivière. Où étaient-ils ? Là-bas, à Orléans."
    polish = "Żółw płynął łódką, a Święty Mikołaj jadł pączki w Łodzi; źrebię śniło o łące."
    for text in (french * 5, polish * 5):
        assert decode(text.encode()) == Decoded(text, "utf-8")


def test_a_mixture_of_encodings_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="编码"):
        decode(SIMPLIFIED.encode() + SIMPLIFIED.encode("gb18030"))


def test_a_mark_that_lies_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="UTF-8"):
        decode(codecs.BOM_UTF8 + SIMPLIFIED.encode("gb18030"))


def test_binary_data_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="二进制"):
        decode(bytes(range(32)) * 50)
    with pytest.raises(UnreadableFile):
        decode(bytes((7 * n * n + 3 * n) % 256 for n in range(5000)))


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04", "Word"),
        (b"\x89PNG\r\n", "图片"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"{\\rtf1", "RTF"),
    ],
)
def test_files_with_a_wrong_suffix_are_named(start: bytes, what: str) -> None:
    with pytest.raises(UnreadableFile, match=f"里面其实是.*{what}"):
        decode(start + bytes(100))
