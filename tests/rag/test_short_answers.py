"""Which of several amounts in one sentence is the one asked for."""

from pathlib import Path

import pytest

from index.search.embedding import STATIC, load_embedder
from index.storage.snapshot import Snapshot
from rag.answers.composition import Evidence
from rag.answers.short_answer import with_value
from rag.question.kinds import understand
from rag.reading.candidates import candidate_at
from rag.reading.finder import Models
from rag.reading.reader import Reader
from tests.fakes import MadeCorpus, made_article
from tests.indexes import answerer_of, snapshot_of
from tests.rag.worlds import article_of

TOLD = {
    "受灾": "目前，青禾县有受灾企业290家，已复工89家。",
    "示范": "全区共创建857家实体示范店、214家网络示范店。",
    "新梅": "青禾县种植新梅45万亩、挂果36万亩、预计产量23万吨。",
    "井口": "站口的收水井由2个增至10个。",
    "窄路": "原来这条路只有2米多宽，如今路面宽6米，长900米。",
    "道路": "鑫河路等7条道路已在2025年底前完工。",
    "老街": "老街有商铺120间，去年新开46间，其中书店3间。",
    "班车": "公交公司7月1日开行了接驳班车，高峰15分钟一班，票价1元，首班5时50分，末班22时10分。",
    "外资": "去年全区实际使用外资1.93亿美元，没有完成2.1亿美元的目标。",
    "堤防": "堤防投资39亿元，不含征地费用4亿元。",
    "港区": "去年港区集装箱吞吐量82.7万标箱，上年为71.9万标箱，超出年初计划的80万标箱。",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    articles = MadeCorpus(tuple(made_article(name, text) for name, text in TOLD.items()))
    return snapshot_of(articles, tmp_path_factory.mktemp("amounts") / "index", load_embedder(STATIC))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


@pytest.mark.parametrize(
    ("name", "question", "value"),
    [
        ("受灾", "青禾被淹的厂子有多少家开工了", "89家"),
        ("受灾", "青禾有多少家企业受灾", "290家"),
        ("示范", "创建了多少家网络示范店", "214家"),
        ("示范", "实体示范店有几家", "857家"),
        ("新梅", "青禾县能挂果的新梅有多少亩", "36万亩"),
        ("新梅", "新梅预计能产多少吨", "23万吨"),
        ("井口", "站口现在有几个收水井", "10个"),
        ("井口", "站口原来有几个收水井", "2个"),
        ("窄路", "这条路现在有几米宽", "6米"),
        ("道路", "鑫河路什么时候完工的", "2025年底前"),
        ("老街", "去年新开了多少间铺子", "46间"),
        ("班车", "接驳班车末班几点", "22时10分"),
        ("班车", "接驳班车从什么时候开始开行", "7月1日"),
        ("外资", "实际使用外资目标是多少", "2.1亿美元"),
        ("外资", "实际使用了多少外资", "1.93亿美元"),
        ("港区", "港区集装箱吞吐量年初计划数", "80万标箱"),
        ("堤防", "堤防投了多少钱", "39亿元"),
        ("堤防", "堤防征地费用多少", "4亿元"),
    ],
)
def test_the_amount_asked_for_is_chosen_by_its_own_clause(
    name: str, question: str, value: str | None, snapshot: Snapshot, reader: Reader
) -> None:
    row = next(row for row, one in enumerate(snapshot.sentences) if one.article_id == name and one.text == TOLD[name])
    made = with_value(Evidence(candidate_at(snapshot, row)), understand(question), reader, snapshot)
    assert (made.value and TOLD[name][made.value.start : made.value.end]) == value


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("2023年石桥区规上工业总产值是多少", "558.6亿元"),
        ("2024年石桥区规上工业总产值", "612.8亿元"),
        ("2024年石桥区规上工业增加值是多少", "128.4亿元"),
    ],
)
def test_of_several_amounts_that_of_the_time_asked_about_is_shown(
    question: str, value: str, tmp_path: Path, models: Models
) -> None:
    told = (
        "石桥区去年规上工业总产值首破600亿元\n2025年2月20日 来源：石桥日报\n"
        "记者从推进会上获悉，2024年石桥区经济稳中有进。\n"
        "规上工业总产值首次突破600亿元，达到612.8亿元，比2023年的558.6亿元增长9.7%；规上工业增加值128.4亿元，增长8.2%。\n"
    )
    articles = MadeCorpus((article_of(told, "石桥"),))
    answer = answerer_of(articles, tmp_path / "i", models, load_embedder(STATIC)).answer(question)
    assert answer.short_answer == value
    assert "558.6亿元" in answer.citations[0].quote, "the text below a headline tells it in full"
