"""The line under a headline: day, source, author, how often read. What it says, and that it is no headline."""

from __future__ import annotations

import re

from corpus.chinese.words import any_of
from corpus.lines import dating, layout

LONGEST = 160  # characters of such a line
_STOP = rf"(?={any_of('corpus/page_labels')}|责任|责编|\s|$|[|｜\d（(【\[,，。])"
_SOURCE = re.compile(
    rf"(?:信息|稿件|文章|新闻|内容)?(?:来源\s*[:：]|来源于\s*[:：]?)\s*([^\s|｜（(【]{{2,20}}?){_STOP}"
)
_NEWS_LINE = re.compile(
    r"^[\s（(【]*([\u3400-\u9fff]{2,12}(?:报|网|社|台|客户端|新闻))(?:(?!的)[\u3400-\u9fff]){0,6}?\s*(?:\d{4}年)?\d{0,2}月?\d{0,2}日?(?:讯|电|消息)"
)
_BEHIND_TIME = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?\s+([\u3400-\u9fff]{2,12}(?:报|网|社|台|客户端|新闻|发布))(?=\s|$|[\[（(])"
)
_PAPER = r"([\u3400-\u9fff]{2,8}(?:日报|晚报|时报|早报|晨报|商报|周报|新闻网|电视台|通讯社))"
_DAY = r"[（(]?[\d年月日./-]{6,11}[）)]?"
_BEHIND_DAY, _BEFORE_DAY = re.compile(rf"{_DAY}\s+{_PAPER}(?=\s|$)"), re.compile(rf"{_PAPER}\s+{_DAY}(?=\s|$)")
_AUTHOR = re.compile(
    r"(?:作\s*者|文\s*[/／]|记者|通讯员)\s*[:：]?\s*([\u3400-\u9fff·]{2,4}(?:[、 ，][\u3400-\u9fff·]{2,4})*)(?![\u3400-\u9fff])"
)
_NO_SITE = re.compile(r"微信公众平台|本站|原创|未知|佚名|网络|互联网|Weixin", re.IGNORECASE)
_LABELLED = re.compile(rf"{any_of('corpus/labels')}\s*[:：]")
_SIGNED = re.compile(
    r"(?:(?:[\u3400-\u9fff]{2,8}(?:报|网|社|台|刊))?(?:本报|见习|实习|首席|特约)?(?:全媒体)?(?:记者|通讯员)\s*[:：]?\s*(?:[\u3400-\u9fff·]{2,4}[\s、，]*){1,4})+"
)
TITLE_LABEL = re.compile(r"^[#\s]*(?:标题|题目|题名)\s*[:：]\s*")
_PARENTHESISED = re.compile(r"[（(【\[].{0,40}[）)】\]]")


def source_of(line: str) -> str:
    """Return who published, as a line «来源：…», a news line or a paper's name beside the day says; «» when it does not."""
    head = line[:LONGEST].strip()
    for match in (
        _SOURCE.search(head),
        _NEWS_LINE.match(head),
        _BEHIND_TIME.search(head),
        _BEHIND_DAY.match(head),
        _BEFORE_DAY.match(head),
    ):
        if match and not _NO_SITE.search(match[1]):
            return match[1].strip("：: ")
    return ""


def authors_of(line: str) -> tuple[str, ...]:
    """Return the names after «作者：», «记者», «通讯员» in a line; () when there are none."""
    names: list[str] = []
    for match in _AUTHOR.finditer(line[:LONGEST]):
        names += [name for name in re.split(r"[、 ，]", match[1]) if layout.is_name(name)]
    return tuple(dict.fromkeys(names))


def is_imprint(line: str) -> bool:
    """Whether a line says nothing but when, where and by whom something appeared: never a headline, never text."""
    text = line.strip()
    if not text or len(text) > LONGEST or layout.markdown_level(text):
        return False
    bare = re.sub(r"[\s（）()【】\[\]]", "", text)
    if TITLE_LABEL.match(text):
        return False
    if _LABELLED.match(bare) and not re.search(r"[。！？]$", bare) and not re.search(r"[，,；].*[，,；]", bare):
        return True
    if dating.printed_day(text) is None:
        return bool(_SIGNED.fullmatch(text)) and bool(authors_of(text))
    return not re.search(r"[。！？；]", _PARENTHESISED.sub("", text))
