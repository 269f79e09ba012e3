from __future__ import annotations

from datetime import date

import pytest

from corpus.chinese.timing import months_of, question_period
from index.search.embedding import STATIC, load_embedder
from index.storage.snapshot import Snapshot
from rag.question.kinds import understand
from rag.reading.candidates import Candidate, find_candidates
from rag.reading.periods import speaks_of
from tests.indexes import snapshot_of, write_articles

NEWEST = date(2026, 2, 28)


@pytest.fixture(scope="module")
def crafts(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    text = (
        "梧桥镇的手艺\n2026年1月10日 来源：梧桥报\n自2019年工坊开门以来，梧桥镇累计引进工匠260名，入驻企业420家。\n"
        "2025年，梧桥镇新引进工匠8名，其中竹编3名。上届大赛办在2018年。竹编产值2.4亿元。\n"
    )
    folder = tmp_path_factory.mktemp("crafts")
    return snapshot_of(
        write_articles(folder / "articles", {"crafts.txt": text}), folder / "index", load_embedder(STATIC)
    )


def candidate(snapshot: Snapshot, words: str) -> Candidate:
    return next(one for one in find_candidates(snapshot, [words]) if words in one.text)


@pytest.mark.parametrize(
    ("question", "words", "agrees"),
    [
        ("2023年临平规模以上工业产值是多少？", "已实现规模以上工业产值1724.22亿元", True),
        ("2022年临平规模以上工业产值是多少？", "已实现规模以上工业产值1724.22亿元", False),
        ("2023年临平规模以上工业产值是多少？", "规模以上工业产值突破3000亿元", False),
        ("2028年临平规模以上工业产值是多少？", "规模以上工业产值突破3000亿元", True),
        ("2025年上半年经开区研发费用是多少？", "规上企业研发费用30.93亿元", True),
        ("2024年上半年经开区研发费用是多少？", "规上企业研发费用30.93亿元", False),
        ("临平规模以上工业产值是多少？", "已实现规模以上工业产值1724.22亿元", True),
        ("2025年经开区规上工业总产值是多少？", "规上工业总产值突破630亿元", False),
    ],
)
def test_a_sentence_answers_only_for_its_own_time(question: str, words: str, agrees: bool, snapshot: Snapshot) -> None:
    period = question_period(question, None, NEWEST)
    assert speaks_of(period, understand(question), candidate(snapshot, words), snapshot) is agrees


@pytest.mark.parametrize(
    ("question", "words", "agrees"),
    [
        ("2025年梧桥引进了多少名工匠？", "新引进工匠8名", True),
        ("2025年梧桥引进了多少名工匠？", "累计引进工匠260名", False),
        ("2025年新增多少家企业", "入驻企业420家", False),
        ("2025年梧桥有多少家企业", "入驻企业420家", True),  # what there is by then
        ("2019年以来引进多少工匠", "累计引进工匠260名", True),
        ("梧桥引进了多少工匠", "累计引进工匠260名", True),
        ("2025年梧桥竹编产值", "竹编产值2.4亿元", True),  # no year of its own: its paper's and the one before
        ("2024年梧桥竹编产值", "竹编产值2.4亿元", False),
    ],
)
def test_what_came_in_over_years_did_not_come_in_within_one(
    question: str, words: str, agrees: bool, crafts: Snapshot
) -> None:
    period = question_period(question, None, date(2026, 1, 31))
    assert speaks_of(period, understand(question), candidate(crafts, words), crafts) is agrees


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    text = (
        "柘溪区的春天\n2025年3月11日 来源：柘溪报\n"
        "2024年，全区生产总值431亿元。固定资产投资由上年的98亿元提高到107亿元。"
        "目前已有198个村设点，剩下8个村计划9月底前补齐。\n"
        "“云栖里”去年10月启用，入住率64%。去年4月两区互认，已有37位老人住进来。\n"
        "新院区10月启用，设床位800张。上半年入库税收56亿元。\n"
        "今年以来夜市投诉降到37件，去年同期是112件。年末常住人口38.7万人。\n"
        "路边停车由城泊公司负责，收入返还街道，2023年返还了86万元。\n"
        "矿石来得少，是因为前年三家钢厂停产。开放时间为8:00至17:00，11月至次年3月推迟半小时。\n"
    )
    folder = tmp_path_factory.mktemp("march")
    return snapshot_of(
        write_articles(folder / "articles", {"march.txt": text}), folder / "index", load_embedder(STATIC)
    )


@pytest.mark.parametrize(
    ("question", "words", "agrees"),
    [
        ("2025年3月柘溪还有几个村没有设点", "剩下8个村", True),  # 目前 is when it was written
        ("2025年初云栖里住满了几成", "入住率64%", True),  # what opened in October does not date it
        ("2025年有多少位老人住进来", "已有37位", True),
        ("新院区2025年几月启用", "新院区10月启用", True),  # still to come where no year is said
        ("新院区2023年几月启用", "新院区10月启用", False),
        ("2025年夜市投诉降到多少件", "夜市投诉降到37件", True),
        ("2024年末常住人口", "年末常住人口", True),
        ("2025年末常住人口", "年末常住人口", False),
        ("2024年固定资产投资", "固定资产投资", True),  # 由上年的98亿元 is what it is compared with
        ("2022年固定资产投资", "固定资产投资", False),
        ("2025年路边停车由谁负责", "城泊公司", True),  # a time dates what stands behind it
        ("2024年矿石为什么来得少了", "钢厂停产", True),  # a reason may lie in another time
        ("2024年12月几点开门", "推迟半小时", True),  # 11月至次年3月
        ("2024年上半年柘溪的生产总值", "生产总值431亿元", False),  # of the whole year
        ("2024年柘溪的生产总值", "生产总值431亿元", True),
    ],
)
def test_whose_time_a_sentence_is_of(question: str, words: str, agrees: bool, march: Snapshot) -> None:
    period = question_period(question, None, date(2025, 3, 11))
    assert speaks_of(period, understand(question), candidate(march, words), march) is agrees


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("7月份", {7}),
        ("1—3月", {1, 2, 3}),
        ("十二月", {12}),
        ("第二季度", {4, 5, 6}),
        ("2023年上半年", set(range(1, 7))),
        ("前三季度", set(range(1, 10))),
        ("今年前11个月", set(range(1, 12))),
        ("近三个月", set()),
        ("今年", set()),
        ("13月", set()),
    ],
)
def test_words_of_time_name_months_whatever_the_year(text: str, months: set[int]) -> None:
    assert months_of(text) == months
