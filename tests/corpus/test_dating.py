from datetime import date
from pathlib import Path

import pytest

from corpus.lines.dating import infer_published
from corpus.reading import read_source
from corpus.repair.metadata import read_metadata
from corpus.repair.repairing import repair

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023年，全区生产总值增长6%。", date(2024, 1, 1), date(2024, 12, 31)),
        ("截至2024年6月中旬，已招引两万人。学校预计在今年9月投入使用。", date(2024, 6, 11), date(2024, 9, 30)),
        ("2025年会议明确了方向。今年上半年，产值突破630亿元。", date(2025, 7, 1), date(2025, 12, 31)),
        ("道路已在2025年底前完工。", date(2025, 12, 1), date(2025, 12, 31)),
        ("到2028年，产值将突破3000亿元。2023年，产值为1724亿元，同比增长3.5%。", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024年杭州市政府工作报告提出了目标。", date(2024, 1, 1), date(2024, 12, 31)),
        ("2023年，产值增长6%。新厂3月开工，2027年二季度投产，首批设备免税进区。", date(2024, 1, 1), date(2024, 12, 31)),
        ("新区2024年春季招商会签约32个项目\n晨报5月6日讯 签约项目32个。", date(2024, 5, 6), date(2024, 5, 6)),
        ("新华社杭州5月6日电 2024年的展会今天开幕。", date(2024, 5, 6), date(2024, 5, 6)),
    ],
)
def test_the_date_lies_between_the_last_result_and_the_first_plan(text, first, last):
    published = infer_published(text)
    assert published is not None
    assert (published.first, published.last) == (first, last)
    assert published.inferred
    assert published.clue in text


@pytest.mark.parametrize(
    "line",
    [
        "2024年5月6日",
        "二〇二四年五月六日",
        "二○二四年五月六日",  # with circles, and with a letter, for the zero
        "二O二四年五月六日",
        "发布时间：2024-05-06 10:30",
        "2024年5月6日 星期一",
        "http://www.shahe.example 2024年05月06日 11:21 《沙河周刊》",
        "NEWS.SHAHE.EXAMPLE 2024年5月6日12:12",
        "[收藏本文] 发表于2024年05月06日 11:57 AM",
        "沙河论坛 发布时间 2024/05/06 22:11:42 by 小舟",
        "本报2024年5月6日讯（记者 小舟）",
    ],
)
def test_a_printed_date_line_is_not_inferred(line):
    published = infer_published(f"标题\n{line}\n临平区启用了新图书馆。")
    assert published is not None
    assert (published.first, published.last, published.inferred) == (date(2024, 5, 6), date(2024, 5, 6), False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "临平区启用了新图书馆。",
        "今年3月活动走进上海。",
        "到2028年，产值力争突破3000亿元。",
        "公司承诺在2030年实现全部包装可回收。",
        "小区路面塌陷。该楼建于1999年，住户老人较多。",
        "新产品近日发布。公司早在2012年就买入了股票，2014年与大学合并。",
        "新华社兰州7月25日电 大佛寺发生火灾。该寺1998年重建。",
    ],
)
def test_a_text_that_tells_only_of_other_years_has_no_date(text):
    assert infer_published(text) is None


@pytest.mark.parametrize("entry", read_metadata(ARTICLES), ids=lambda entry: entry.id)
def test_the_inferred_date_overlaps_the_one_that_people_worked_out(entry):
    inferred = repair(read_source(ARTICLES / entry.file)).published
    assert inferred is not None
    assert inferred.first <= entry.published.last
    assert entry.published.first <= inferred.last
