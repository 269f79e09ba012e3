"""Streets, islands and firms that a question names, and sentences that tell of others of them."""

from __future__ import annotations

import pytest

from index.search.embedding import STATIC, load_embedder
from index.storage.snapshot import Snapshot
from rag.question.kinds import understand
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import find_candidates
from rag.reading.localities import counts_other_things, is_of_another_locality, localities_asked
from tests.indexes import snapshot_of, write_articles

_FAR = "天气晴好，风浪不大，船只照常进出港口，码头上的工人忙着装卸。" * 12


@pytest.fixture(scope="module")
def islands(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    text = (
        f"澜屿县的航线\n2025年3月18日 来源：澜屿报\n全县水路客运量达到412万人次。\n{_FAR}\n"
        "望鲸岛每天缺水300吨，要靠船运。大岬岛的水厂去年扩建。\n"
        f"{_FAR}\n澜和生物有员工236人，研发投入2.7亿元。澜禾药业在一期11号楼，做缓释制剂。\n"
        f"{_FAR}\n公司去年首次盈利860万元。专家来自澜屿第一医院，新院区停车位1150个。\n"
    )
    folder = tmp_path_factory.mktemp("islands")
    return snapshot_of(
        write_articles(folder / "articles", {"islands.txt": text}), folder / "index", load_embedder(STATIC)
    )


@pytest.mark.parametrize(
    ("name", "words", "another"),
    [
        ("望鲸岛", "要靠船运", False),
        ("大岬岛", "全县水路客运量", True),
        ("望鲸岛", "澜和生物有员工", True),
        ("澜屿县", "澜和生物有员工", False),  # a county is at home in its whole paper
        ("石鼓岛", "全县水路客运量", False),  # nobody names it: nothing is known of it
        ("澜禾药业", "全县水路客运量", True),
        ("澜禾药业", "公司去年首次盈利", False),  # it may be meant by its kind
        ("澜屿第一医院新院区", "新院区停车位", False),
    ],
)
def test_what_is_told_of_one_is_not_told_of_another(name: str, words: str, another: bool, islands: Snapshot) -> None:
    candidate = next(one for one in find_candidates(islands, [words]) if words in one.text)
    article = islands.articles[candidate.article_id]
    known = CorpusWords(islands.words)
    assert (
        is_of_another_locality(localities_asked((name,), islands.articles.rows_with), candidate, article, known)
        is another
    )


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("澜屿有多少个街道", "7条道路已经完工。", True),
        ("澜屿有多少个街道", "全县辖6个镇街。", False),
        ("澜屿一共几座岛", "大小岛屿41座。", False),
        ("澜屿有多少家企业", "7条道路已经完工。", False),
    ],
)
def test_streets_are_counted_by_what_speaks_of_streets(question: str, text: str, other: bool) -> None:
    assert counts_other_things(understand(question), text) is other
