from __future__ import annotations

import pytest

from corpus.errors import UnreadableFile
from corpus.formats.html import read_html
from tests.corpus import papers

LONG = "青禾区去年的规上工业总产值达到三百八十四亿元，同比增长百分之九点二，增速居全市前列。" * 3


def page(body: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def lines(body: str, head: str = "") -> list[str]:
    return [line for line in read_html(page(body, head)).text.split("\n") if line]


def test_an_article_comes_out_as_the_plain_file_has_it() -> None:
    text = read_html(papers.as_html().encode()).text
    caption = f"\n\n\n\n{papers.CAPTION}"
    assert text.count(caption) == 1
    byline = "\n\n本报记者 王小禾 李大川"  # of a page it is known apart
    assert text.replace(caption, "") == papers.as_text().replace(f"{caption}\n", "").replace(byline, "")


def test_scripts_styles_comments_and_menus_are_left_out() -> None:
    body = (
        "<nav>导航</nav><script>脚本</script><style>样式</style><!-- 注释 --><noscript>请开启脚本</noscript>"
        f"<p>{LONG}</p><form><select><option>选项</option></select><button>提交</button></form>"
        "<aside>侧栏</aside><div role='navigation'>栏目</div>"
        "<footer>页脚</footer>"
    )
    assert lines(body) == [LONG]


def test_lists_of_links_are_menus_and_a_paragraph_with_a_link_is_text() -> None:
    links = "".join(f"<li><a href='{n}'>第{n}条新闻的标题</a></li>" for n in range(5))
    body = f"<ul>{links}</ul><p>{LONG}详见<a href='x'>规划全文</a>。</p>"
    assert lines(body) == [f"{LONG}详见规划全文。"]


@pytest.mark.parametrize(
    "hiding",
    [
        "hidden",
        "style='display: none'",
        "style='visibility:hidden'",
        "style='opacity:0'",
        "style='font-size:0px'",
        "style='position:absolute;left:-9999px'",
        "style='color: #FFFFFF'",
        "style='color: white; background: #fff'",
        "class='ghost'",
    ],
)
def test_what_a_browser_does_not_show_is_not_read(hiding: str) -> None:
    head = "<style>.ghost { display: none } @media print { .shown { display: none } }</style>"
    assert lines(f"<p>{LONG}</p><p {hiding}>忽略以上内容</p><p class='shown'>屏幕上看得见。</p>", head) == [
        LONG,
        "屏幕上看得见。",
    ]


def test_half_transparent_and_white_on_blue_are_shown() -> None:
    assert lines(f"<p>{LONG}</p><p style='opacity:0.5'>半透明</p><p style='background:#00f;color:#fff'>蓝底白字</p>")[
        1:
    ] == [
        "半透明",
        "蓝底白字",
    ]


def test_headings_before_the_headline_are_kickers_without_a_mark() -> None:
    assert lines(f"<h4>引题</h4><h1>主标题在<br>这里</h1><h2>副题</h2><p>{LONG}</p>")[:3] == [
        "引题",
        "# 主标题在 这里",
        "## 副题",
    ]


def test_several_headings_of_the_first_level_are_chapters() -> None:
    assert lines(f"<h1>第一章</h1><p>{LONG}</p><h1>第二章</h1><p>{LONG}</p>") == ["## 第一章", LONG, "## 第二章", LONG]


def test_the_line_that_the_page_is_titled_after_is_the_headline() -> None:
    head = "<title>青禾区再造新城_青禾日报</title>"
    assert lines(f"<div class='bt'>青禾区再造新城</div><p>{LONG}</p>", head) == ["# 青禾区再造新城", LONG]
    assert lines(f"<p>{LONG}</p>", head) == ["# 青禾区再造新城", LONG]


def test_a_picture_sets_the_line_after_it_apart_and_an_icon_does_not() -> None:
    text = read_html(
        page(f"<p>{LONG}</p><p><img src='a.jpg'></p><p>新城一角</p><img src='i.png' width='16'><p>完。</p>")
    ).text
    assert text == f"{LONG}\n\n\n\n新城一角\n\n完。"


def test_a_row_of_data_is_a_sentence_with_its_headers_and_a_layout_table_is_text() -> None:
    data = "<table><tr><th>指标</th><th>2023年</th></tr><tr><td>总产值</td><td>384.6亿元</td></tr></table>"
    frame = f"<table><tr><td>栏目</td><td><table><tr><td><p>{LONG}</p></td></tr></table></td></tr></table>"
    assert lines(f"<div>{data}<p>{LONG}</p></div>") == ["总产值，2023年384.6亿元。", LONG]
    assert lines(frame) == [LONG]


def test_a_page_of_more_table_than_text_keeps_its_table() -> None:
    rows = "".join(f"<tr><td>第{n}街道</td><td>{n}.4亿元</td><td>{n}2.6亿元</td></tr>" for n in range(1, 16))
    table = f"<table><tr><th>街道</th><th>财政收入</th><th>总产值</th></tr>{rows}</table>"
    said = lines(f"<div><div>{table}</div></div><div><div><p>{LONG}</p></div></div>")
    assert "第7街道，财政收入7.4亿元，总产值72.6亿元。" in said
    assert LONG in said
    beside = read_html(page(f"<div><div>{table}</div></div><div><div><p>{LONG}</p><p>{LONG}</p></div></div>"))
    assert beside.text == f"{LONG}\n\n{LONG}"
    assert "正文之外另有 15 行表格没有收入，请核对" in beside.warnings


def test_a_page_that_is_one_table_is_read_without_doubt_about_the_place_of_its_article() -> None:
    cells = "".join(f"<tr><td>{name}站</td><td>{number}</td></tr>" for number, name in enumerate("东南西北中", 11))
    table = f"<table><tr><td>车站</td><td>进站（万人次）</td></tr>{cells}</table>"
    read = read_html(page(table, "<title>各站客流</title>"))
    assert "东站，进站11万人次。" in read.text
    assert not any("哪一部分" in warning for warning in read.warnings)


def test_a_list_in_a_window_over_the_page_is_not_the_article() -> None:
    offers = "<div><div><div><ul><li>会员每月十元</li><li>全年一百元</li></ul></div></div></div>"
    assert lines(f"<div><div><p>{LONG}</p><p>{LONG}</p></div></div>{offers}") == [LONG, LONG]


def test_comments_set_as_lists_do_not_outweigh_an_article_of_lines_without_marks() -> None:
    told = [f"第{n}天我们沿着水渠一路走到山脚下的老村子里住下" for n in range(1, 16)]
    article = "".join(f"<p>{line}</p>" for line in told)
    comments = "".join(
        f"<ul><li>访客{n}于上午留言</li><li>看了很有感触，谢谢分享，希望以后也能去看看，祝一路顺风，身体健康。</li></ul>"
        for n in range(20)
    )
    body = f"<div><div><div>{article}</div></div><div><div><div>{comments}</div></div></div></div>"
    assert lines(body) == told


@pytest.mark.parametrize("tag", ["<aside>", "<nav>", "<div role=banner>", "<del>", "<div style='opacity:0'>"])
def test_what_holds_most_of_a_page_is_its_article_whatever_it_is_called(tag: str) -> None:
    """As after a tag that nobody closed."""
    assert lines(f"{tag}<p>站点公告</p><div><p>{LONG}</p><p>{LONG[:42]}</p></div>")[-2:] == [LONG, LONG[:42]]


def test_what_all_of_an_article_is_hidden_in_is_shown_by_a_script_and_beside_an_article_it_is_not() -> None:
    hidden = f"<div style='display:none'><p>{LONG}</p><p>{LONG}</p></div>"
    assert lines(f"<p>正在加载</p>{hidden}") == [LONG, LONG]
    assert lines(f"<div><p>{LONG}</p><p>{LONG}</p><p>{LONG}</p><p>{LONG}</p></div>{hidden * 30}") == [LONG] * 4


def test_chinese_commas_and_lengths_weigh_as_english_ones_do() -> None:
    """Short paragraphs with commas of their own are the article; the long rules of a comment area are not."""
    told = ["春分，田里忙。", "种子下地，雨水刚好，老农说今年看好。", "村里，水渠通了，路也修了，人都回来了。"]
    article = "".join(f"<p>{text}</p>" for text in told * 3)
    rules = "<p>Comments are moderated, they appear after some time, so please be patient, and be kind, too.</p>" * 3
    assert lines(f"<div><div>{article}</div></div><div><div>{rules}</div></div>") == told * 3


FOOT = (
    "本站所有文章、数据仅供参考，使用前务请仔细阅读法律声明，风险自负，概不退换。",
    "增值电信业务经营许可证，编号浙甲乙丙丁，电子公告服务许可证，编号戊己庚辛壬癸。",
    "证券资讯由某某投资咨询有限公司提供，证书编号零零七一，投资有风险，入市须谨慎。",
)
UNSURE = "正文在网页的哪一部分没有把握，请核对"


def test_an_article_under_its_headline_is_believed_before_a_notice_at_the_foot() -> None:
    """readability takes the notice: the article, its lines parted by <br>, stands beside a list of links."""
    menu = "".join(f"<a href='/{n}'>栏目之{n}的一条新闻标题</a><br>" for n in range(30))
    foot = "".join(f"<div>{text}</div>" for text in FOOT)
    body = (
        f"<center><div><h2>青禾区产值创新高</h2><div>{LONG}<br>{LONG}</div><div>{menu}</div></div>"
        f"<div><div>{foot}</div></div></center>"
    )
    read = read_html(page(body, "<title>青禾区产值创新高</title>"))
    assert read.text == f"# 青禾区产值创新高\n\n{LONG}\n\n{LONG}"
    assert read.warnings == (UNSURE,)


def test_long_comments_do_not_take_a_short_article_over_and_are_told_of() -> None:
    comments = "".join(f"<p>{LONG.replace('青禾', f'访客{n}说青禾')}</p>" for n in range(12))
    short = "".join(f"<p>{LONG[:30]}{n}。</p>" for n in "甲乙丙丁戊己庚")
    body = f"<h1>青禾区产值创新高</h1><div class=article>{short}</div><div class=comment>{comments}</div>"
    read = read_html(page(body, "<title>青禾区产值创新高</title>"))
    assert "访客" not in read.text and read.text.count(LONG[:30]) == 7
    assert read.warnings == (UNSURE,)


def test_several_days_in_an_article_are_told_of() -> None:
    read = read_html(page(f"<p>{LONG}</p>" + "".join(f"<p>2025-0{n}-12 08:00</p><p>{LONG}</p>" for n in range(1, 5))))
    assert "正文里有 4 个不同日期的日期行，可能是几篇文章或一串回帖，请核对" in read.warnings
    assert not any("日期行" in one for one in read_html(page(f"<p>2025-04-12 08:00</p><p>{LONG}</p>")).warnings)


def test_a_link_around_a_whole_article_is_none_and_around_a_teaser_is_one() -> None:
    linked = "".join(f"<p>{LONG}</p>" for _ in range(2))
    assert lines(f"<div><a href='#'>{linked}</a></div>") == [LONG, LONG]
    assert lines(
        f"<div><p>{LONG}</p></div><ul><li><a href='/a'>{LONG[:42]}</a></li><li><a>{LONG[:42]}</a></li></ul>"
    ) == [LONG]


@pytest.mark.parametrize("early", ["<html><body><p>公告</p></body></html>", "<html><head></head></html>"])
def test_what_stands_behind_an_early_end_of_the_page_is_read(early: str) -> None:
    text = read_html(f"{early}<body><div class=hidden><p>{LONG}</p></div><p>{LONG}</p></body></html>".encode()).text
    assert text.count(LONG) == 2


def test_paragraphs_in_a_heading_that_nobody_closed_are_text() -> None:
    assert lines(f"<h2>青禾区产值创新高<div><p>{LONG}</p><p>{LONG}</p></div>")[-2:] == [LONG, LONG]


def test_chinese_that_was_saved_in_a_wrong_encoding_is_told_of() -> None:
    warning = "正文像是乱码（编码读错），请核对"
    wrong = LONG.encode("gb18030").decode("latin-1")
    around = f"<h1>青禾区产值创新高</h1><p>{wrong}</p><p>{wrong}</p><div>{'<br>'.join(f'<a>{LONG}</a>' for _ in range(9))}</div>"
    assert warning in read_html(page(around, "<meta charset=utf-8>")).warnings
    french = "L’été dernier, près de trois cents élèves ont participé à la fête de la rivière, où ils ont planté des arbres. "
    assert warning not in read_html(page(f"<p>{french * 3}</p>", "<meta charset=utf-8>")).warnings


def test_much_text_beside_an_article_is_told_of() -> None:
    beside = "".join(f"<div><div><div><div><p>{LONG}</p></div></div></div></div>" for _ in range(20))
    read = read_html(page(f"<div>{f'<p>{LONG}</p>' * 4}</div><div class=comment>{beside}</div>"))
    assert read.text == "\n\n".join([LONG] * 4)
    assert "正文之外还有几倍的文字没有收入（如评论），请核对" in read.warnings


def test_a_title_outside_of_the_head_is_no_line_of_the_article() -> None:
    body = f"<p></p><title>区里修路_新闻_某网</title><h2>区里修路</h2><p>{LONG}</p>"
    assert lines(body) == ["# 区里修路", LONG]


def test_a_few_broken_bytes_and_control_characters_are_borne_and_told() -> None:
    data = page(f"<p>{LONG}</p><p>{LONG}末尾有字。</p>", "<meta charset=gb2312>").decode().encode("gb18030")
    broken = data.replace("末尾".encode("gb18030"), b"\xc4\x20\x02\x02")
    read = read_html(broken)
    assert read.text.count("\ufffd") == 1
    assert "\x02" not in read.text
    assert any("1 个字已损坏" in warning for warning in read.warnings)
    with pytest.raises(UnreadableFile, match="认不出文字编码"):
        read_html(b"".join(data[at : at + 60] + b"\xff\xff" for at in range(0, len(data), 60)))


@pytest.mark.parametrize("odd", ["\x08", "&#8;", "&#x1f;", "&#xFFFF;", "\ufffe"])
@pytest.mark.parametrize("around", ["{}", "<script>x()</script>{}", "<b hidden>x</b>{}<b hidden>x</b>", "<i>{}</i>"])
def test_a_character_that_no_tree_takes_costs_no_page(odd: str, around: str) -> None:
    """Text behind an element that is left out is put back into the tree."""
    said = "石泉镇游泳馆改建竣工，总投资2600万元，设泳道10条。"
    assert said in lines(f"<h1>游泳馆竣工</h1><p>{around.format(said[:5] + odd + said[5:])}</p>")


def test_lines_wrapped_in_the_source_close_up_between_chinese_characters_only() -> None:
    assert lines("<p>临平与\n   上海相距一百\n公里。Hangzhou\nLinping</p>") == [
        "临平与上海相距一百公里。Hangzhou Linping"
    ]


def test_invisible_characters_are_dropped() -> None:
    assert lines("<p>临\u200b平\ufeff\u00ad新城正在\u2060建设。</p>") == ["临平新城正在建设。"]


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "GB18030", "utf-8", ""])
def test_a_page_in_gbk_is_read_whatever_it_says_of_itself(charset: str) -> None:
    meta = f"<meta http-equiv='Content-Type' content='text/html; charset={charset}'>" if charset else ""
    decoded = read_html(page(f"<p>{LONG}“镕”字与“喆”字。</p>", meta).decode().encode("gb18030"))
    assert (decoded.text, decoded.encoding) == (f"{LONG}“镕”字与“喆”字。", "gb18030")


def test_a_page_in_utf8_that_claims_gbk_is_read_as_utf8() -> None:
    decoded = read_html(page(f"<p>{LONG}</p>", "<meta charset=gbk>"))
    assert (decoded.text, decoded.encoding) == (LONG, "utf-8")


def test_ten_thousand_nested_elements_are_refused_by_name() -> None:
    with pytest.raises(UnreadableFile, match="没有看得见的正文"):
        read_html(("<div>" * 10_000 + f"<p>{LONG}</p>" + "</div>" * 10_000).encode())


def test_external_entities_stay_unresolved() -> None:
    attack = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>{LONG}&x;</p></body></html>'
    assert "root:" not in read_html(attack.encode()).text


@pytest.mark.parametrize(
    "body", ["", "<script>document.write('正文')</script>", "<div style='display:none'>隐藏</div>"]
)
def test_a_page_without_visible_text_is_refused(body: str) -> None:
    with pytest.raises(UnreadableFile, match="没有看得见的正文"):
        read_html(page(body))
