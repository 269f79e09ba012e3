"""Which words of a page are its headline: none of the site's, none of a section's."""

from __future__ import annotations

import pytest

from corpus.formats.html import read_html

TEXT = "青禾区今年新建两座水厂，日供水能力提高四万吨，东片六个村的居民下月起用上自来水。" * 3
TITLE = "两座水厂建成 东片六村通水"


def headline(body: str, head: str = "") -> tuple[str, float]:
    """Return the headline of a page whose article stands below `body`, and how sure it is."""
    page = f"<html><head>{head}</head><body>{body}<div><p>{TEXT}</p><p>{TEXT}</p></div></body></html>"
    told = read_html(page.encode()).about.headline
    assert told is not None
    return told.value, told.confidence


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"<title>{TITLE}_新闻中心_青禾网</title>", f"<div>青禾网</div><div>新闻中心</div><div>{TITLE}</div>"),
        (f"<title>{TITLE}_国内国际首页_青禾新闻网</title>", f"<p><a href=x>国内国际首页</a></p><div>{TITLE}</div>"),
        (f"<title>青禾视频-{TITLE}</title>", f"<div>青禾视频</div><div>{TITLE}</div>"),
        (f"<title>青禾评论新闻：{TITLE}</title>", f"<table><tr><td>{TITLE}</td></tr></table>"),
        (f"<title>{TITLE} 民生_青禾网</title>", f"<h1>【快讯】{TITLE}</h1>"),
        ("<title>青禾卫视-青禾新闻</title>", f"<h1>{TITLE}</h1>"),
        (
            "<title>青禾参考网</title>",
            f"<table><tr><td>{TITLE}</td></tr><tr><td>2024-05-06 来源：青禾日报</td></tr></table>",
        ),
        ("<title>青禾参考网</title>", f"<!--enpproperty <title>{TITLE}</title> /enpproperty--><div>{TITLE}</div>"),
        (
            f"<title>青禾电视台 新闻网</title><meta property=og:title content=青禾新闻网>"
            f"<meta property=og:site_name content=青禾新闻网><meta property=og:description content='{TITLE}'>",
            f"<div>{TITLE}</div>",
        ),
        (f"<title>{TITLE}-水厂,自来水,供水,东片,青禾区,水务,民生</title>", f"<div>{TITLE}</div>"),
        (f"<title>{TITLE}</title>", f"<div>》{TITLE}</div>"),
    ],
)
def test_the_headline_is_what_is_printed_of_what_the_page_calls_itself(head: str, body: str) -> None:
    said, sure = headline(body, head)
    assert said in (TITLE, f"【快讯】{TITLE}")
    assert sure >= 0.7


def test_a_comment_about_the_headline_is_not_longer_than_it() -> None:
    assert headline(f"<h1>{TITLE}</h1><h3>《{TITLE}》有34条评论</h3>", f"<title>{TITLE}</title>")[0] == TITLE


def test_a_figure_behind_a_dash_is_no_site() -> None:
    assert headline("", "<title>两座水厂日供水3-4万吨</title>")[0] == "两座水厂日供水3-4万吨"


def test_a_title_that_is_printed_nowhere_loses_its_site_and_stays() -> None:
    assert headline("<h2>水厂</h2>", f"<title>{TITLE}｜青禾星空</title>") == (TITLE, 0.8)


def test_a_headline_in_the_form_of_a_sites_name_is_one_where_the_article_speaks_of_it() -> None:
    assert headline("", "<title>东片六个村的居民用上自来水网</title>")[0] == "东片六个村的居民用上自来水网"


def test_a_description_is_no_headline_though_the_page_calls_itself_so() -> None:
    opening = f"{TEXT}下一步还要新建三座。"
    assert (
        headline(f"<h1>{TITLE}</h1>", f"<meta property=og:title content='{opening}'><title>{TITLE}</title>")[0] == TITLE
    )


def test_a_page_that_tells_nothing_but_its_site_is_not_sure_of_its_headline() -> None:
    assert headline("", "<title>青禾新闻网</title>")[1] < 0.5


def test_an_article_that_speaks_neither_of_its_headline_nor_as_described_is_flagged() -> None:
    warning = "正文没有说到标题里的话，可能没有读到正文，请核对"
    other = "本报所有文字与图片未经许可不得转载，违者必究；如需使用，请与版权部联系，电话见页脚。" * 4
    for text, flagged in ((TEXT, False), (other, True)):
        page = f"<title>{TITLE}</title><h1>{TITLE}</h1><div><p>{text}</p><p>{text}</p></div>"
        assert (warning in read_html(page.encode()).warnings) is flagged
