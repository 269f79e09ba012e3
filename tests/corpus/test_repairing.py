"""The offset law on real, foreign and invented text, and what the five articles must look like."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.decoding import SourceText
from corpus.loading import load_corpus
from corpus.reading import read_source
from corpus.records import Article, BlockKind
from corpus.repair.metadata import ArticleMetadata, read_metadata
from corpus.repair.repairing import repair
from tests.corpus import breaking

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"
NAMES = sorted(path.name for path in ARTICLES.glob("*.txt"))


def source_of(text: str) -> SourceText:
    return SourceText("page.txt", text, "txt", "utf-8", "")


def assert_offset_law(article: Article, source: str) -> None:
    """Nothing lost, nothing doubled, nothing invented."""
    used: Counter[int] = Counter()
    covered = 0
    for segment in article.segments:
        printed = source[segment.source_start : segment.source_start + segment.length]
        assert article.text[segment.start : segment.start + segment.length] == printed
        used.update(range(segment.source_start, segment.source_start + segment.length))
        covered += segment.length
    assert all(times == 1 for times in used.values())
    assert all(offset in used for offset, character in enumerate(source) if not character.isspace())
    separators = max(0, len(article.blocks) - 1)
    assert covered + separators == len(article.text)
    at = 0
    for block in article.blocks:
        assert block.start == (at + 1 if at else 0)
        assert block.start < block.end
        if at:
            assert article.text[at] == "\n"
        at = block.end
    assert at == len(article.text)
    ends = {block.end for block in article.blocks}
    assert all(gap in ends for gap in article.gaps)


def blocks(article: Article, kind: BlockKind) -> list[str]:
    return [article.text[block.start : block.end] for block in article.blocks if block.kind is kind]


@pytest.fixture(scope="module")
def five() -> dict[str, Article]:
    return {article.file_name: article for article in load_corpus(ARTICLES).articles}


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_offset_law_holds_for_the_articles(name, described):
    source = read_source(ARTICLES / name)
    entry = next(entry for entry in read_metadata(ARTICLES) if entry.file == name)
    assert_offset_law(repair(source, entry if described else None), source.text)


def test_offset_law_holds_for_two_thousand_news_texts():
    chance = random.Random(3)
    titles = breaking.headings()
    for number, text in enumerate(breaking.news(2000, least=1, held_out=False)):
        page = breaking.break_up(text, chance, titles)[0] if number % 2 and len(text) > 100 else text
        assert_offset_law(repair(source_of(page)), page)


PIECES = st.sampled_from(
    [
        *(
            "临平区",
            "，",
            "。",
            "\n",
            "\n\n",
            "\n\n\n\n",
            "“",
            "”",
            "（",
            "）",
            "的",
            "俯瞰",
            "# ",
            "■ 李明",
            "专家点评",
        ),
        *("本版图片由区委提供", "数据来源:统计局", " ", "\u3000", "\r\n", "\t", "GPT", "4.", "21%", "2024年5月6日"),
        *(
            "推动高质量发展",
            "\u2028",
            "关于这件事我们还要继续努力推进各项工作落到实处",
            "\ud800",
            "\x00",
            "😀",
            "—— ",
            "……",
        ),
        *("\x1d", "一、"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_offset_law_holds_for_anything(text):
    assert_offset_law(repair(source_of(text)), text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_offset_law_holds_for_any_characters(text):
    assert_offset_law(repair(source_of(text)), text)


def test_every_span_of_an_article_maps_to_the_words_it_quotes(five):
    for article in five.values():
        source = read_source(ARTICLES / article.file_name).text
        for block in article.blocks:
            span = article.source_span(block.start, block.end)
            quoted = "".join(article.text[block.start : block.end].split())
            printed = "".join(source[span.start : span.end].split())
            # Captions that stood inside are in the source span and not in the quote: quote ⊆ printed, in order.
            rest = iter(printed)
            assert all(character in rest for character in quoted)
            assert source[article.source_offset(block.start)] == article.text[block.start]


# Lines broken in mid-sentence, the words on both sides of the break closed up.
JOINED = {
    "2024-05-linping-shuangcheng.txt": [
        "每天早晨7时，G7556次列车从高铁临平南站始发，40分钟即可直达上海。",  # over two captions
        "串联沪杭双城的综合交通网络",
        "为了加速临平数智城的创新项目导入",
    ],
    "2024-02-linping-chengdong-xinzhongxin.txt": [
        "倍特生物等产业项目160个、总投资超450亿元。",
        "的通道，临平同样在布局。",
        "大运河国家文化公园（临平段）郊野段绿道",  # inside a bracket
        "让当地村民感受到了天翻地覆的变化。",
        "协同推进降碳、减污、扩绿、增长",
    ],
    "2024-07-linping-chancheng-ronghe.txt": ["努力走出一条产城融合发展的新路径。"],
    "2026-01-linping-shuzhicheng.txt": [
        "完成了从区级构想向市级战略的关键一跃",
        "产业项目集中签约",
        "低空经济等前沿赛道。",
        "这里将崛起为贯通临平数智城核心",
        "人工智能时代迎面而来。临平数智城的营建",
        "解码“硬核算力+数字时尚”的数实融合新范式",
    ],
    "2025-10-linping-jingkaiqu.txt": [
        "创新不是少数企业的独角戏",  # over a caption
        "春风动力公共事务部项目经理唐丽娟指着一条产线说",  # over a caption
        "绝非简单的机器换人或生产自动化",
        "浙江清华长三角研究院新经济发展研究中心副主任 吕淼",
    ],
}
CAPTIONS = {
    "2024-05-linping-shuangcheng.txt": [
        "俯瞰临平新城艺尚小镇",
        "艺尚小镇银泰inPARK潮流街区",
        "临平路网",
        "临平银泰inPARK聚焦“潮流”“艺术”，成为年轻人集聚地。",
    ],
    "2024-02-linping-chengdong-xinzhongxin.txt": [
        "临平城市风光",
        "算力小镇",
        "西奥电梯未来工厂车间",
        "艺尚小镇",
        "临平经济技术开发区",
    ],
    "2024-07-linping-chancheng-ronghe.txt": [
        "位于临平新城的艺尚小镇",
        "杭州临平经济技术开发区",
        "大运河临平郊野段绿道",
        "中国(杭州)算力小镇",
        "位于杭州临平经济技术开发区的老板电器实验室内,工程师正在做菜谱营养分析",
        "位于杭州临平经济技术开发区的西奥电梯工程师团队",
    ],
    "2026-01-linping-shuzhicheng.txt": ["临平算力小镇", "临平数智城效果图"],
    "2025-10-linping-jingkaiqu.txt": [
        "俯瞰临平经开区",
        "杭汽轮集团自主研发的F级50兆瓦重型燃气轮机HGT51F",
        "春风动力的卓越级智能工厂",
        "玉架山考古博物馆",
    ],
}
HEADINGS = {
    "2024-05-linping-shuangcheng.txt": [
        "同根—— 地缘优势催生“双城”共鸣",
        "同兴—— 产业协作共谱“智造”之歌",
        "战略板块—— 临平新城打造未来之城",
    ],
    "2024-02-linping-chengdong-xinzhongxin.txt": [
        "强产：再造工业新临平",
        "聚人：建设青年发展型城区",
        "建城：打造品质新城区",
    ],
    "2024-07-linping-chancheng-ronghe.txt": [
        "追新逐高 迎接发展机遇",
        "产城融合 提升城市品质",
        "承古拓新 厚植文化底蕴",
    ],
    "2026-01-linping-shuzhicheng.txt": [
        "## 破局开篇 “南融”落子绘蓝图",
        "## 框架初显 数实融合齐加速",
        "## 蓄势待发 产城共生向未来",
        "专家点评",
        "解码“硬核算力+数字时尚”的数实融合新范式",
    ],
    "2025-10-linping-jingkaiqu.txt": [
        "追“新” 从要素驱动到创新驱动",
        "向“智” 从规模扩张到集约高效",
        "造“城” 从产业园区到宜居新城",
        "以智造之笔 绘制未来城市的立体图谱",
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_broken_sentences_are_closed(five, name):
    found = [text for block in five[name].blocks for text in [five[name].text[block.start : block.end]]]
    for sentence in JOINED[name]:
        assert any(sentence in text for text in found), sentence


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_captions_and_headings_are_told_apart(five, name, described):
    article = five[name] if described else repair(read_source(ARTICLES / name))
    assert blocks(article, BlockKind.CAPTION) == CAPTIONS[name]
    assert blocks(article, BlockKind.HEADING) == HEADINGS[name]


def test_missing_text_is_marked_and_never_bridged(five):
    marked = {
        (name, article.text[gap - 5 : gap], article.text[gap + 1 : gap + 6])
        for name, article in five.items()
        for gap in article.gaps
    }
    assert marked == {
        ("2026-01-linping-shuzhicheng.txt", "们做的传感", "的人工智能"),
        ("2025-10-linping-jingkaiqu.txt", "是城市发展", "平经开区也"),
    }


def test_a_torn_word_gives_a_gap_away_without_metadata():
    # 平经开区 follows 临 everywhere else in this article.
    article = repair(read_source(ARTICLES / "2025-10-linping-jingkaiqu.txt"))
    assert [article.text[gap - 4 : gap] for gap in article.gaps] == ["城市发展"]


def test_the_head_of_each_page_is_told_apart(five):
    def head(name: str) -> list[str]:
        kinds = (BlockKind.COLUMN, BlockKind.KICKER, BlockKind.HEADLINE, BlockKind.BYLINE)
        article = five[name]
        return [
            f"{block.kind} {article.text[block.start : block.end]}" for block in article.blocks if block.kind in kinds
        ]

    assert head(NAMES[0]) == [
        "kicker 当好深度融沪桥头堡 建设产城融合示范区",
        "headline 临平聚力打造杭州城东新中心",
        "byline 杨 渐 费 彪",
    ]
    assert head("2024-05-linping-shuangcheng.txt") == [
        "column 长三",
        "kicker 谱写长三角一体化新篇章",
        "headline 临平：沪杭“双城记”好戏何以连台",
        "byline 应陶 邵天懿 费彪 孙卯宁",
    ]
    assert head("2025-10-linping-jingkaiqu.txt")[:3] == [
        "kicker 探路内涵式发展,临平经开区加快迈向未来智造城",
        "headline 解码开发区“变形记”",
        "byline ■ 胡金 章婕妤 章高渊",
    ]


def test_editor_note_expert_column_credit_and_data_source_are_told_apart(five):
    fourth = five["2025-10-linping-jingkaiqu.txt"]
    assert len(blocks(fourth, BlockKind.EDITOR_NOTE)) == 5
    assert len(blocks(fourth, BlockKind.EXPERT)) == 6
    assert blocks(fourth, BlockKind.BYLINE)[-1] == "浙江清华长三角研究院新经济发展研究中心副主任 吕淼"
    third = five["2026-01-linping-shuzhicheng.txt"]
    assert len(blocks(third, BlockKind.EXPERT)) == 5
    assert blocks(third, BlockKind.BYLINE)[-1].endswith("首席研究员秦诗立)")
    second = five["2024-07-linping-chancheng-ronghe.txt"]
    assert blocks(second, BlockKind.DATA_SOURCE) == ["数据来源:中共杭州市临平区委宣传部"]
    first = five["2024-02-linping-chengdong-xinzhongxin.txt"]
    assert blocks(first, BlockKind.CREDIT) == ["（本版图片由临平区委宣传部提供）"]


def test_misprints_stay_as_they_were_printed(five):
    printed = {"2025-10-linping-jingkaiqu.txt": "资源配臵", "2026-01-linping-shuzhicheng.txt": "玻璃幕墙墙"}
    for name, misprint in printed.items():
        assert misprint in five[name].text


def test_without_metadata_headline_kicker_and_authors_come_from_the_page():
    article = repair(read_source(ARTICLES / "2024-02-linping-chengdong-xinzhongxin.txt"))
    assert article.id == "2024-02-linping-chengdong-xinzhongxin"
    assert (article.kicker, article.headline) == ("当好深度融沪桥头堡 建设产城融合示范区", "临平聚力打造杭州城东新中心")
    assert article.headline_inferred
    assert article.authors == ("杨渐", "费彪")
    couplet = repair(read_source(ARTICLES / "2024-07-linping-chancheng-ronghe.txt"))
    assert couplet.headline == "描绘城市发展新图景 打造产城融合示范区"


def test_a_text_without_a_headline_is_called_by_its_first_words():
    article = repair(source_of("临平区今天启用了新的图书馆。馆内有三万册书，全年开放，读者凭身份证即可入馆借阅。"))
    assert article.headline == "临平区今天启用了新的图书馆。"
    assert article.headline_inferred
    assert article.published is None


def test_metadata_wins_over_what_a_line_looks_like():
    page = "双城记\n\n未来之城\n\n这里是一座新城，正在快速建设之中。\n\n某处风景\n\n这里的第二段话也写完了。"
    entry = ArticleMetadata(file="page.txt", id="a", headline="双城记", captions=("未来之城",))
    article = repair(source_of(page), entry)
    assert blocks(article, BlockKind.HEADLINE) == ["双城记"]
    assert "未来之城" in blocks(article, BlockKind.CAPTION)


def test_a_declared_gap_is_kept_open():
    page = "标题在此\n\n这一段写到一半就断在了\n\n这里然后继续写下去，直到写完。"
    entry = ArticleMetadata(file="page.txt", id="a", gaps=("就断在了|这里然后",))
    article = repair(source_of(page), entry)
    (gap,) = article.gaps
    assert article.text[:gap].endswith("就断在了")


def test_english_words_keep_the_break_between_them():
    page = "The new town of Linping is growing\nfast and it opened three parks this year."
    article = repair(source_of(page))
    assert article.text == page
    assert_offset_law(article, page)


@pytest.mark.skipif(not breaking.NEWS.exists(), reason=f"the documented rates are those of {breaking.NEWS}")
def test_broken_news_is_mended_at_least_as_well_as_documented():
    rates = breaking.rates(breaking.measure(120, seed=5))
    floors = {
        "join precision": 0.80,
        "join recall": 0.80,
        "caption precision": 0.75,
        "caption recall": 0.80,
        "heading recall": 0.80,
    }
    assert {name: rate for name, rate in rates.items() if rate < floors.get(name, 0.0)} == {}
