"""Files as staff save, get and paste them, indexed together and asked: each kind of fault that readers of such files report."""

from __future__ import annotations

import io

import docx
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.loading import Corpus, load_corpus
from corpus.records import Article, BlockKind
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.records import Status
from tests.corpus.papers import packed
from tests.corpus.typesetting import FONT
from tests.indexes import answerer_of, write_articles

POSTED = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta property="og:title" content="苇塘早市搬新家，首日客流三万">
<meta property="og:site_name" content="微信公众平台"><title></title><script>var msg_title='苇塘早市搬新家，首日客流三万'; var ct="1741222800"; var nickname="苇塘发布";</script></head>
<body><div id="js_article"><h1 id="activity-name">苇塘早市搬新家，首日客流三万</h1><div id="meta_content"><span class="rich_media_meta_text">原创 程小荷</span>
<a id="js_name">苇塘发布</a><em id="publish_time">2025年3月6日 09:00</em></div><div id="js_content" style="visibility: hidden; opacity: 0;">
<section><p><span>点击上方</span><span>蓝字</span><span>关注我们</span></p></section>
<section><span>3月1日清晨，苇塘</span><span>早市在新址开张，</span><span>共设摊位</span><span>318个。</span></section>
<section><p>据运营方统计，首日客流3.2万人次，营业额<span>96</span>万元。</p></section><p><img data-src="x.png"></p><p>早市一角 摄影/程小荷</p>
<section><p>早市负责人谷雨说，每月十五日闭市清扫。</p></section><p>编辑：阿莲</p><p>往期推荐</p><ul><li><a href="#">苇塘轻轨二号线设计时速90公里</a></li>
<li><a href="#">苇塘梅花节接待游客45万人次</a></li></ul><p>点赞、在看、转发，让更多人看到</p></div></div>
<div>写留言 精选留言 网友乙：摊位其实有600个吧</div></body></html>"""
ROWS = (
    ("街道", "户籍人口（万人）", "税收（亿元）", "同比增长"),
    ("灰桥街道", "5.3", "42.7", "3.8%"),
    ("绿岭街道", "3.9", "-", "-1.6%"),
    ("紫竹街道", "8.1", "77.2", "持平"),
)
MARKDOWN = """---
title: 2024年橘洲市各乡税收
date: 2025-02-11
tags: [统计]
---

# 2024年橘洲市各乡税收

橘洲市税务局近日公布各乡税收[^1]，见下表。

| 乡 | 税收（亿元） | 同比增长 |
|---|--:|--:|
| 黄石乡 | 6.4 | 2.2% |
| 红岩乡 | 9.7 | -0.9% |

```python
print("黄石乡税收为888亿元")
```

办证流程：

1. 到大厅取号；
2. 缴纳工本费25元；
3. 五日后取证。

[^1]: 数据为预计数，以决算为准。
"""
DATE_LINES = (
    "2025-06-18 08:12:33 来源：松石日报 作者：江远 编辑：白露",
    "2025年06月18日08:12  来源：松石日报",
    "发布时间：2025-06-18 08:12:33",
    "发布日期：2025/6/18 8:12 浏览次数：77 字体：[大 中 小]",
    "2025.06.18 松石日报 第05版",
    "时间：2025-06-18  作者：江远  来源：松石区人民政府办公室  点击数：91",
    "松石日报2025年6月18日讯（记者 江远）",
)
HEADS = (
    ("墨池县水务局通报", "墨池县水务局通报\n2024年8月2日  记者 石青\n\n{0}"),
    ("墨池县启动二号水库建设", "墨池县启动二号水库建设\n2024年8月2日  记者 石青\n\n{0}"),
    ("墨池县启动三号水库建设", "墨池县启动三号水库建设\n作者：石青  时间：2024-08-02\n{0}"),
    ("墨池县启动四号水库建设", "标题：墨池县启动四号水库建设\n日期：2024年8月2日\n来源：墨池日报\n正文：\n{0}"),
    ("墨池县启动五号水库建设", "墨池县启动五号水库建设\n\n2024年8月2日\n\n{0}"),
    (
        "墨池县启动六号水库建设",
        "墨池县启动六号水库建设\n\n\n　　墨池日报讯（记者 石青）8月2日，{0}\n\n　　六号水库坝高三十米。",
    ),
    (
        "六项补贴直达农户！墨池县秋收开镰 粮食有望再增产",
        "六项补贴直达农户！墨池县秋收开镰 粮食有望再增产\n2024年8月2日\n\n{0}",
    ),
)
GUIDE = """兰草镇便民中心办事指南

2025年6月9日

办理居住证需要以下材料：
1．户口簿原件；
2．租房合同一份；
3．近照两张。

中心设在镇政府东楼，下设三个柜台：
（一）税务柜台，负责人赵芷；
（二）婚姻柜台，负责人钱叶；
（三）社保柜台，负责人孙翘。

一、开放时间
工作日9时至17时30分。
二、收费
免费。
"""
NEAR = """兰草市轨道交通建设进展

兰草日报2025年6月10日讯 兰草地铁四号线全长31公里，总投资210亿元，2028年通车。

兰草第三人民医院新院区设床位900张。兰草大学北校区占地450亩。
"""


def report() -> bytes:
    """Return a report in PDF: running heads, a note at the foot of each page, sentences that go over the page break."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    places = "子丑寅卯"
    for page in range(len(places) + 1):
        canvas.setFont(FONT, 9)
        canvas.drawString(72, 805, "蓬莱市水利工程年度报告（2024） 内部资料")
        canvas.drawCentredString(297, 30, f"第 {page + 1} 页 共 {len(places) + 1} 页")
        canvas.setFont(FONT, 12)
        lines = [] if page else ["蓬莱市水利工程年度报告", "2024年9月3日"]
        lines += [f"{7 * page}个月。"] if page else []
        if page < len(places):
            place = places[page]
            lines += [
                f"　　第{page + 1}项工程位于蓬莱市{place}乡，计划投资{13 * (page + 1)}亿元，新建堤防{4 * (page + 1)}公里，由蓬莱市",
                f"{place}乡人民政府负责实施，项目法人为蓬莱{place}水公司，2024年{page + 1}月开工，建设工期",
            ]
            canvas.drawString(72, 770 - 20 * len(lines) - 560, f"注{page + 1}：投资额不含征地费用{page + 2}亿元。")
        for n, line in enumerate(lines):
            canvas.drawString(72, 760 - 20 * n, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("2024年枫叶市各街道税收", 0)
    document.add_paragraph("2025年2月11日")
    document.add_paragraph("枫叶市统计局近日公布各街道税收，见下表。")
    table = document.add_table(len(ROWS) + 1, len(ROWS[0]) + 1)
    table.cell(0, 0).merge(table.cell(0, 4)).text = "各街道税收情况"
    for at, row in enumerate(ROWS, 1):
        for column, text in enumerate(row, 1):
            table.cell(at, column).text = text.replace("街道", "坊") if column == 1 and at > 1 else text
    table.cell(1, 0).text = "片区"
    table.cell(2, 0).merge(table.cell(3, 0)).text = "南片"
    table.cell(4, 0).text = "北片"
    return packed(document)


def page() -> str:
    rows = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in ROWS)
    return (
        "<html><head><meta charset='utf-8'><title>2024年芦苇市各街道税收</title></head><body><h1>2024年芦苇市各街道税收</h1><p>2025-02-11 来源：芦苇日报</p>"
        f"<p>芦苇市统计局近日公布各街道税收，见下表。</p><table>{rows}</table></body></html>"
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("files")
    files = {"苇塘.html": POSTED, "芦苇.html": page(), "橘洲.md": MARKDOWN, "指南.txt": GUIDE, "近名.txt": NEAR}
    for n, line in enumerate(DATE_LINES):
        files[f"日期{n}.txt"] = (
            f"松石区{'甲乙丙丁戊己庚'[n]}字桥竣工\n\n{line}\n\n今年以来，松石区{'甲乙丙丁戊己庚'[n]}字桥项目完成投资{n + 2}.5亿元。"
        )
    for n, (_, text) in enumerate(HEADS):
        files[f"标题{n}.txt"] = text.format(f"墨池县{'一二三四五六七'[n]}号水库工程投资{n + 3}亿元，预计2028年建成。")
    write_articles(folder, files)
    (folder / "蓬莱.pdf").write_bytes(report())
    (folder / "枫叶.docx").write_bytes(word())
    found = load_corpus(folder)
    assert not found.refused and len(found.articles) == len(files) + 2
    return found


@pytest.fixture(scope="module")
def answerer(corpus: Corpus, models: Models, tmp_path_factory: pytest.TempPathFactory) -> ExtractiveAnswerer:
    return answerer_of(corpus, tmp_path_factory.mktemp("index"), models)


def read(corpus: Corpus, article_id: str) -> Article:
    return next(article for article in corpus.articles if article.id == article_id)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("苇塘早市有多少个摊位？", "318个"),
        ("子乡工程的建设工期多长？", "7个月"),
        ("寅乡工程计划投资多少？", "39亿元"),
        ("绿岭坊税收同比增长多少？", "-1.6%"),
        ("灰桥坊税收是多少亿元？", "42.7亿元"),
        ("紫竹坊有多少户籍人口？", "8.1万人"),
        ("绿岭街道税收同比增长多少？", "-1.6%"),
        ("灰桥街道税收是多少亿元？", "42.7亿元"),
        ("芦苇市哪个街道税收最高？", "紫竹街道"),
        ("红岩乡税收同比增长多少？", "-0.9%"),
        ("黄石乡税收是多少？", "6.4亿元"),
        ("办证流程的第二步是什么？", "缴纳工本费25元"),
        ("兰草地铁四号线总投资多少？", "210亿元"),
        ("墨池县三号水库工程投资多少？", "5亿元"),
    ],
)
def test_what_stands_in_a_file_of_any_kind_is_answered(answerer: ExtractiveAnswerer, question: str, short: str) -> None:
    assert answerer.answer(question).short_answer == short


@pytest.mark.parametrize(
    "question",
    [
        "苇塘轻轨二号线设计时速多少？",
        "苇塘梅花节接待游客多少？",
        "兰草地铁五号线总投资多少？",
        "兰草第二人民医院有多少床位？",
        "兰草大学东校区占地多少？",
        "绿岭街道税收是多少亿元？",
    ],
)
def test_what_is_no_part_of_the_article_or_another_of_nearly_that_name_is_refused(
    answerer: ExtractiveAnswerer, question: str
) -> None:
    answer = answerer.answer(question)
    assert answer.status is Status.REFUSED or answer.short_answer in (None, "-")


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("办理居住证需要哪些材料？", ("户口簿原件", "租房合同一份", "近照两张")),
        ("便民中心有哪些柜台？", ("税务柜台", "婚姻柜台", "社保柜台")),
        ("婚姻柜台负责人是谁？", ("钱叶",)),
    ],
)
def test_a_list_is_answered_with_all_its_items(
    answerer: ExtractiveAnswerer, question: str, items: tuple[str, ...]
) -> None:
    answer = answerer.answer(question)
    assert all(item in answer.answer for item in items)


def test_every_date_line_tells_the_day_and_every_first_line_is_the_headline(corpus: Corpus) -> None:
    for n in range(len(DATE_LINES)):
        published = read(corpus, f"日期{n}").published
        assert (
            published is not None and published.first == published.last and published.first.isoformat() == "2025-06-18"
        )
    for n, (headline, _) in enumerate(HEADS):
        assert read(corpus, f"标题{n}").headline == headline


def test_furniture_code_and_front_matter_are_no_text_and_notes_stand_apart(corpus: Corpus) -> None:
    posted, report_, tables = read(corpus, "苇塘"), read(corpus, "蓬莱"), read(corpus, "橘洲")
    assert posted.headline == "苇塘早市搬新家，首日客流三万" and posted.publisher == "苇塘发布"
    assert posted.published is not None and posted.published.first.isoformat() == "2025-03-06"
    assert not any(word in posted.text for word in ("轻轨", "梅花", "关注我们", "在看", "600", "编辑"))
    assert not any(word in report_.text for word in ("内部资料", "第 1 页", "共 5 页"))
    assert "建设工期7个月。" in report_.text
    notes = [report_.text[block.start : block.end] for block in report_.blocks if block.kind is BlockKind.NOTE]
    assert notes == [f"注{n}：投资额不含征地费用{n + 1}亿元。" for n in (1, 2, 3, 4)]
    assert "888" not in tables.text and "tags" not in tables.text and "数据为预计数，以决算为准。" in tables.text
    assert tables.published is not None and tables.published.first.isoformat() == "2025-02-11"


def test_a_row_that_answers_is_shown_as_a_small_table_with_its_value_in_bold(
    corpus: Corpus, answerer: ExtractiveAnswerer
) -> None:
    from ui.page.render import answer_turn

    articles = {article.id: article for article in corpus.articles}
    shown = answer_turn("1", answerer.answer("灰桥街道税收是多少亿元？"), articles)
    table = shown.partition('<div class="small-table">')[2].partition("</div>")[0]
    assert [part.partition("</th>")[0] for part in table.split('<th scope="col">')[1:]] == [
        "",
        "户籍人口",
        "税收",
        "同比增长",
    ]
    assert "<td>灰桥街道</td><td>5.3万人</td><td><strong>42.7亿元</strong></td><td>3.8%</td>" in table
    assert "small-table" not in answer_turn("1", answerer.answer("苇塘早市有多少个摊位？"), articles)
