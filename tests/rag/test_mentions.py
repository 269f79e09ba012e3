"""In how many articles something is named."""

from pathlib import Path

from index.search.embedding import STATIC, load_embedder
from index.storage.store import build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from tests.fakes import MadeCorpus, made_article


def test_articles_that_name_a_thing_are_counted_and_cited(tmp_path: Path) -> None:
    embedder = load_embedder(STATIC)
    told = {"一": "镜湖公园昨天开放。公园很大。", "二": "云溪镇的茶卖到了镜湖公园。", "三": "白石地铁票价调整。"}
    build_index(MadeCorpus([made_article(*one) for one in told.items()]), tmp_path / "index", embedder)
    answerer = ExtractiveAnswerer(open_index(tmp_path / "index", embedder), Models.load())
    answer = answerer.answer("有几篇报道提到镜湖公园？")
    assert answer.short_answer == "2篇"
    assert {one.article_id for one in answer.citations} == {"一", "二"}
