"""What a web page says of its article beside the text: headline, day, publisher, author; and which lines are no text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from typing import Any, Protocol, TypeVar

from lxml.html import HtmlElement

from corpus.chinese.words import any_of
from corpus.decoding import About, Told
from corpus.formats import headlines
from corpus.formats.headlines import Titles
from corpus.formats.paragraphs import tidy
from corpus.lines import bylines, dating, layout
from corpus.records import BlockKind

_CHINA = timezone(timedelta(hours=8))
_TEXT = re.compile(r"[，。！？；：、,]")
_HEAD_REACH = 25  # lines after the headline in which the line with the day stands
_TITLES = ("og:title", "twitter:title", "articletitle", "title", "enp:title")
_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "enp:nodename")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "keywords")
# What the publishing system of many papers writes into a comment: <!--enpproperty <date>…</date><title>…</title> … -->
_PROPERTIES = re.compile(r"<!--\s*enpproperty\b(.{0,4000}?)-->", re.DOTALL)
_PROPERTY = re.compile(r"<(title|date|author|nodename)>([^<]{1,200})</\1>")
_HOME = re.compile(r"(?:https?://[^/?#]+)?/?(?:index\.\w+)?", re.IGNORECASE)
_DAYS = (
    "article:published_time",
    "og:published_time",
    "publishdate",
    "pubdate",
    "publish_time",
    "publishtime",
    "pub_date",
    "og:release_date",
    "datepublished",
    "dc.date",
    "dcterms.created",
    "weibo: article:create_at",
    "publication_date",
    "apub:time",
    "bytedance:published_time",
    "enp:date",
)
_SITES = ("contentsource", "mediaid", "source", "og:site_name", "article:author_source")
_AUTHORS = ("author", "article:author", "contenteditor", "enp:author")
_NO_SITE = re.compile(r"微信公众平台|本站|原创|未知|佚名|网络|Weixin", re.IGNORECASE)
_VARIABLE = r"""\b(?:var\s+)?{name}\s*[=:]\s*(?:htmlDecode\()?\s*["']([^"'<>]{{1,200}})["']"""
# A line after which nothing of the article comes.
_END = re.compile(
    rf"(?:APP|本站|站内)?(?:{any_of('corpus/teaser_starts')}|延伸 · )"
    rf"{any_of('corpus/teasers')}\S{{0,8}}"
    r"|(?:写留言|我要评论|我要跟帖|发表评论|参与评论|评论区|热评|观察员|相关搜索|猜你喜欢|【?[上下]一篇】?.*|返回列表)"
    r"|评论\s?[（(]?\d*[）)]?"
)
# A line that is no text wherever it stands.
_NO_TEXT = re.compile(
    r"(?:点击|戳)?(?:上方|下方|左上角|蓝色)?\s*[“”「」]?蓝[色]?字\S{0,12}|(?:点击|长按|扫描?|识别|扫一扫).{0,16}(?:关注|二维码|订阅|公众号|下载|阅读).{0,16}"
    r"|(?:关注|欢迎关注|喜欢|觉得不错|别忘了|点[个赞]|点赞|在看|转发|分享).{0,24}(?:关注|在看|点赞|转发|分享|看到|支持|公众号|朋友圈).{0,12}"
    rf"|[（(【\[]?\s*{any_of('corpus/desk_roles')}\s*[:：/／].{{0,40}}"
    r"|[（(]\s*(?:责任)?编辑\s*\S{1,12}[）)]|(?:分享到?|打印|关闭|收藏|举报|纠错|返回顶部|字号|字体|加入收藏|投诉|关注|复制链接)[:：\s|+\-大中小A]*"
    r"|.{0,12}(?:扫一扫在手机打开|扫码|扫一扫|用微信扫|微信扫).{0,20}|T\s?\+\s?-|阅读\s?(?:数|量)?\s?[\d万+(（）)]+|\d{1,6}"
    r"|(?:预览时标签不可点|继续滑动看下一个|轻触阅读原文|阅读原文|赞赏作者|喜欢作者|微信扫一扫.{0,12}|【?纠错】?)"
    r"|(?:免责声明|版权声明|特别声明|【免责声明】|声明)[:：】].{0,400}|Notice: The content above.{0,400}"
    r"|(?:本文)?来源[:：].{1,20}责任编辑.{0,30}|©.{0,80}|.{0,6}(?:版权所有|Copyright|备案号|ICP备).{0,120}|(?:您|你)?(?:当前|现在|所在)?的?位置\s?[:：].{0,60}|首页\s?>.{0,40}|【纠错】.{0,30}"
    r"|[（(]?\s*(?:本文)?原标?题(?:为)?\s*[:：《].{0,120}|(?:【(?:打印|关闭|返回|字体|收藏)[^】]{0,6}】\s*)+|点击进入专题[:：]?|【?[上下]一[篇页]】?\s*[:：].{0,80}"
    r"|(?:文章)?关键[词字]\s*[:：>].{0,60}|标签[:：]?.{0,40}|我要反馈|.{0,6}(?:报料|爆料|热线)[:：].{0,60}未经授权不得转载"
)
_LONG_LINE = 60
_FEW = 120  # characters; a page with fewer in an article is flagged
_SURE = 0.5  # two readers that agree less on where the article is do not know it
_SHARE = 0.2  # of the page's running text: an article with less may be the wrong part
# Of 290 pages whose article was taken out 254 are flagged by the other signs, 22 more by this; of 827 well read ones 4.
_UNSPOKEN, _BOTH_UNSPOKEN = 0.15, 0.3
_POSTS = 3  # lines with a day of their own: several posts
_FEW_ROWS = 2  # of tables: more that are left out are told of
_THIN = 0.004  # characters of article for one of markup


class Line(headlines.Line, Protocol):
    """What a paragraph of the page must tell."""

    @property
    def kind(self) -> BlockKind | None: ...
    @property
    def told(self) -> bool: ...


L = TypeVar("L", bound=Line)


@dataclass(slots=True)
class Page:
    """What the head of a page says, gathered before anything of it is taken out."""

    title: str
    metas: dict[str, str]
    linked_data: list[dict[str, Any]] = field(default_factory=list)
    scripts: str = ""
    tree: HtmlElement | None = None
    guessed: str = ""  # the day that htmldate finds
    posted: bool = False  # a 公众号 page: its scripts hold variables
    homes: tuple[str, ...] = ()  # what leads to the first page of the site says

    @classmethod
    def of(cls, tree: HtmlElement, markup: str) -> Page:
        metas = _properties(markup)
        for tag in tree.iter("meta"):
            name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
            said = tidy(tag.get("content") or "")
            if name and said:
                metas.setdefault(name, said)
        found = tree.find(".//title")
        title = tidy(found.text_content()) if found is not None else ""
        data = [
            record
            for tag in tree.xpath("//script[@type='application/ld+json']")
            for record in _records(tag.text_content())
        ]
        posted = tree.get_element_by_id("js_content", None) is not None
        scripts = "\n".join(tag.text_content() for tag in tree.iter("script")) if posted else ""
        return cls(title, metas, data, scripts, tree, "" if posted else _guess(tree), posted, tuple(_homes(tree)))

    def titles(self) -> Titles:
        """Return what the page calls itself and its site."""
        names = [tidy(str(record["headline"])) for record in self.linked_data if record.get("headline")]
        names += [self.metas[name] for name in _TITLES if name in self.metas]
        names += [said for name in ("msg_title",) if (said := self._variable(name))]
        sites = [self.metas[name] for name in _SITE_NAMES if name in self.metas]
        sites += [
            tidy(str(record["name"]))
            for record in self.linked_data
            if record.get("@type") == "WebSite" and record.get("name")
        ]
        return Titles(
            [*names, self.title] if self.title else names,
            [*sites, *self.homes],
            [self.metas[name] for name in _DESCRIPTIONS if name in self.metas],
        )

    def about(self, headline: Told | None, early: Sequence[str], lines: Sequence[str]) -> About:
        """Return everything that the page says of its article.

        `early` are all the lines of the page, `lines` those of the article.
        """
        near = list(_near(headline.value if headline else "", early, lines))
        return About(headline, self._published(near, lines), self._publisher(near), self._authors(near))

    def _published(self, near: Sequence[str], lines: Sequence[str]) -> Told | None:
        shown = next((day for line in near if (day := dating.printed_day(line))), None)
        told = [day for name in _DAYS if (day := dating.any_day(self.metas.get(name, "")))]
        for record in self.linked_data:
            if day := dating.any_day(str(record.get("datePublished", ""))):
                told.insert(0, day)
        if (ct := self._variable("ct")) and ct.isdigit() and len(ct) == 10:
            told.insert(0, datetime.fromtimestamp(int(ct), UTC).astimezone(_CHINA).date())
        for name in ("publish_time", "createTime", "pubDate"):
            if day := dating.any_day(self._variable(name)):
                told.append(day)
        guess = dating.any_day(self.guessed)
        if shown:
            agreed = shown in told or shown == guess
            return Told(
                shown.isoformat(), "标题下的日期" + ("，与页面信息一致" if agreed else ""), 0.98 if agreed else 0.9
            )
        if told:
            return Told(told[0].isoformat(), "页面信息里的日期", 0.95 if guess == told[0] else 0.9)
        if guess:
            return Told(guess.isoformat(), "页面里推得的日期（htmldate）", 0.7)
        return None

    def _publisher(self, near: Sequence[str]) -> Told | None:
        if (name := self._variable("nickname")) and not _NO_SITE.search(name):
            return Told(name, "公众号名称", 0.95)
        for line in near:
            if name := bylines.source_of(line):
                return Told(name, "标题下的「来源」", 0.95)
        for name in _SITES:
            if (said := self.metas.get(name)) and len(said) <= 24 and not _NO_SITE.search(said):
                return Told(said, "页面信息里的站点", 0.7)
        return None

    def _authors(self, near: Sequence[str]) -> Told | None:
        for line in near:
            if names := bylines.authors_of(line):
                return Told("、".join(names), "标题下的「作者」", 0.9)
        for record in self.linked_data:
            listed = [one.get("name", "") if isinstance(one, dict) else one for one in _listed(record.get("author"))]
            people = [name for name in listed if isinstance(name, str) and _is_person(name)]
            if people:
                return Told("、".join(people), "页面信息里的作者", 0.9)
        for name in _AUTHORS:
            if _is_person(said := self.metas.get(name, "")):
                return Told(said, "页面信息里的作者", 0.8)
        if (said := self._variable("author")) and len(said) <= 12 and "http" not in said and self.posted:
            return Told(said, "公众号署名", 0.9)
        if self.tree is not None:
            for tag in self.tree.xpath("//*[contains(@class,'rich_media_meta_text')]")[:3]:
                words = tidy(tag.text_content()).split()
                if words and words[0] in ("原创", "Original") and len(words) > 1:
                    return Told(words[1], "公众号署名", 0.9)
        return None

    def _variable(self, name: str) -> str:
        match = re.search(_VARIABLE.format(name=name), self.scripts) if self.scripts else None
        return tidy(match[1]) if match else ""


def _properties(markup: str) -> dict[str, str]:
    """Return what a paper's publishing system wrote of its article into a comment, as «enp:title» and so on."""
    written = _PROPERTIES.search(markup)
    found = _PROPERTY.findall(written[1]) if written else ()
    return {f"enp:{name}": tidy(unescape(said)) for name, said in found if tidy(said)}


def _homes(tree: HtmlElement) -> Iterator[str]:
    """Yield the words and the pictures' names of the links to the first page of a site."""
    for link in tree.iter("a"):
        if _HOME.fullmatch(link.get("href") or "#"):
            yield from filter(
                None, map(tidy, [link.text_content(), *(image.get("alt") or "" for image in link.iter("img"))])
            )


def _guess(tree: HtmlElement) -> str:
    """Return the day that htmldate finds in a page, «» when it finds none."""
    from copy import deepcopy

    from htmldate import find_date

    try:
        return find_date(deepcopy(tree), original_date=True, extensive_search=False) or ""
    except (ValueError, TypeError, AttributeError, OverflowError, KeyError, RecursionError):
        return ""


def _records(text: str) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(text.strip(), strict=False)
    except (ValueError, RecursionError):
        return
    for record in _listed(found):
        if isinstance(record, dict):
            yield record
            yield from (one for one in _listed(record.get("@graph")) if isinstance(one, dict))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _near(headline: str, early: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines between the headline and the article, else the article's first short ones."""
    wanted = _bare(headline)
    places = [number for number, line in enumerate(early) if wanted and _bare(line) == wanted]
    begin = places[0] + 1 if places else 0
    first = next(
        (line for line in lines if reads_like_text(line) and len(line) > _LONG_LINE and _bare(line) != wanted), None
    )
    for line in early[begin : begin + _HEAD_REACH]:
        if line == first:
            break
        if len(line) <= 160:
            yield line
    for line in [*early[max(0, begin - 5) : max(0, begin - 1)], *lines[-3:]]:
        if len(line) <= _LONG_LINE:
            yield line


def is_date_line(text: str) -> bool:
    return len(text) <= _LONG_LINE and dating.printed_day(text) is not None


def _is_person(name: str) -> bool:
    return all(layout.is_name(one) for one in re.split(r"[、,， ]+", name.strip()))


def _bare(text: str) -> str:
    return "".join(text.split())


def is_furniture(text: str) -> bool:
    """Whether a line is no text wherever it stands: rights, licences, what to press."""
    return bool(_NO_TEXT.fullmatch(text))


def reads_like_text(text: str) -> bool:
    """Whether a line says something: a sentence, or many words."""
    return len(text) >= 40 or (len(text) >= 12 and bool(_TEXT.search(text)))


def without_furniture(lines: Sequence[L], about: About) -> list[L]:
    """Return the lines of an article without those that only a web page has."""
    whole = sum(len(_bare(line.text)) for line in lines)
    kept: list[L] = []
    headline = _bare(about.headline.value) if about.headline else ""
    for number, line in enumerate(lines):
        text = line.text if line.kind is BlockKind.LIST else tidy(line.text)
        if line.kind is None and _END.fullmatch(text.strip("▼▲↓：: >》【】")) and kept:
            rest = [one for one in lines[number + 1 :] if one.linked * 2 < len(_bare(one.text))]
            if sum(len(_bare(one.text)) for one in rest if reads_like_text(one.text)) < 0.3 * whole:
                break
            continue
        if line.kind in (BlockKind.ROW, BlockKind.TABLE, BlockKind.NOTE):
            kept.append(line)
            continue
        linked = line.linked > 0.7 * len(_bare(text)) and not line.level
        if linked and (line.kind is BlockKind.LIST or (len(text) < _LONG_LINE and not line.told)):
            continue
        edge = len(kept) < 4 or number >= len(lines) - 4
        says = text.split("\n") if line.kind is BlockKind.LIST else [text]
        if all(_NO_TEXT.fullmatch(one) or (edge and is_date_line(one) and bylines.is_imprint(one)) for one in says):
            continue
        if (
            len(kept) < 4
            and line.kind is None
            and _bare(text) != headline
            and _is_meta(text)
            and len(text) <= _LONG_LINE
        ):
            continue
        kept.append(line)
    while kept and kept[-1].level and _bare(kept[-1].text) != headline:
        kept.pop()  # a heading with nothing under it
    return kept


_META = re.compile(any_of("corpus/page_labels"))


def _is_meta(text: str) -> bool:
    """Whether a line under the headline says when, by whom and how often read, and nothing else."""
    if text.endswith(("。", "！", "？")) or len(text) > 160:
        return False
    rest = re.sub(r"[\d\s:：\-/.年月日时分秒|｜，,（）()\[\]]", "", text)
    return (len(rest) <= 2 and any(map(str.isdigit, text))) or (
        bool(_META.search(text)) and not re.search(r"[，。；！？].*[，。；！？]", text)
    )


@dataclass(frozen=True, slots=True)
class Signs:
    """How a page was read, as far as it tells whether it was read well."""

    said: int  # characters of the article
    linked: int  # of them in links
    markup: int  # characters of the page
    headed: bool  # a headline was found
    broken: int  # characters that are broken
    left_out: int  # rows of tables that are not in the article
    agreed: float  # how far two readers agree which part is the article, from 0 to 1
    share: float  # what the article is of the page's running text, from 0 to 1
    garbled: int  # letters of the kind that Chinese read in a wrong encoding turns into
    spoken: float  # what of the headline's pairs of characters the article has, from 0 to 1
    described: float  # what of the page's own description, from 0 to 1
    days: int  # different days in lines that say only when, where and by whom


def garbled(text: str) -> int:
    """Return how many letters a text has that European languages use now and then and misread Chinese always."""
    return sum("\x80" <= letter <= "\xff" for letter in text)


def days_of(lines: Sequence[str]) -> int:
    """Return how many different days stand in lines of their own."""
    return len({dating.printed_day(line) for line in lines if is_date_line(line)})


def doubts(signs: Signs) -> list[str]:
    """Return what makes a page doubtful, a sentence each."""
    found = []
    if signs.said < _FEW and (signs.markup > 20_000 or signs.said < 40):
        size = f"，网页却有 {signs.markup // 1000} KB" if signs.markup > 20_000 else ""
        found.append(f"正文只有 {signs.said} 字{size}，可能没有读全，请核对")
    elif signs.said < _FEW * 3 and signs.said < signs.markup * _THIN:
        found.append(f"正文 {signs.said} 字，相对网页大小偏少，请核对")
    if signs.linked * 2 > signs.said > 0:
        found.append("正文大半是链接，可能是目录页而不是文章，请核对")
    if not signs.headed:
        found.append("没有找到标题")
    if signs.spoken < _UNSPOKEN or max(signs.spoken, signs.described) < _BOTH_UNSPOKEN:
        found.append("正文没有说到标题里的话，可能没有读到正文，请核对")
    if signs.agreed < _SURE:
        found.append("正文在网页的哪一部分没有把握，请核对")
    elif signs.share < _SHARE:
        found.append("正文之外还有几倍的文字没有收入（如评论），请核对")
    if signs.days >= _POSTS:
        found.append(f"正文里有 {signs.days} 个不同日期的日期行，可能是几篇文章或一串回帖，请核对")
    if signs.left_out > _FEW_ROWS:
        found.append(f"正文之外另有 {signs.left_out} 行表格没有收入，请核对")
    if signs.garbled * 4 > signs.said:
        found.append("正文像是乱码（编码读错），请核对")
    if signs.broken:
        found.append(f"正文里有 {signs.broken} 个字已损坏（显示为 �），请核对")
    return found
