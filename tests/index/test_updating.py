from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import BadIndex
from corpus.records import Article
from index.search.embedding import STATIC, load_embedder
from index.storage.store import build_index
from index.storage.updating import update_index
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block
from tests.index.worlds import EMBEDDER, NEW, OLD, build, manifest, opened, state


def _bytes(folder: Path) -> dict[str, str]:
    return {entry.name: entry.sha256 for entry in manifest(folder).files}


def test_an_article_is_added_and_taken_out_as_if_the_index_were_built_anew(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    before = _bytes(tmp_path)
    built = update_index(tmp_path, EMBEDDER, NEW.articles[2:], split=one_passage_a_block, digest=NEW.digest)
    assert built.changed and state(tmp_path) == "new"
    update_index(tmp_path, EMBEDDER, (), ["渡"], split=one_passage_a_block, digest=OLD.digest)
    assert state(tmp_path) == "old" and _bytes(tmp_path) == before
    assert not update_index(tmp_path, EMBEDDER, OLD.articles[:1], split=one_passage_a_block, digest=OLD.digest).changed


_TEXT = st.text(alphabet="石桥茶园渡口建于1782年。G6 a的", min_size=1, max_size=40).filter(
    lambda text: text.strip(" 。")
)
_WORLD = st.dictionaries(st.sampled_from("甲乙丙丁戊"), _TEXT, min_size=1, max_size=5)


def _articles(world: dict[str, str]) -> tuple[Article, ...]:
    return tuple(made_article(name, text) for name, text in world.items())


@pytest.mark.parametrize("large", [False, True])
@given(old=_WORLD, new=_WORLD)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_gives_the_bytes_of_a_build(
    tmp_path_factory: pytest.TempPathFactory, large: bool, old: dict[str, str], new: dict[str, str]
) -> None:
    home = tmp_path_factory.mktemp("any")
    embedder = load_embedder(STATIC) if large else BigramEmbedder(dim=16)
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr("index.storage.building.APART_AT_MOST", 0)
        build_index(MadeCorpus(_articles(old)), home / "mended", embedder, split=one_passage_a_block)
        changed = [article for article in _articles(new) if old.get(article.id) != new[article.id]]
        update_index(home / "mended", embedder, changed, old.keys() - new.keys(), split=one_passage_a_block)
        build_index(MadeCorpus(_articles(new)), home / "anew", embedder, split=one_passage_a_block)
    assert _bytes(home / "mended") == _bytes(home / "anew")


def test_nothing_left_no_index_and_another_embedder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadIndex):
        update_index(tmp_path, EMBEDDER, OLD.articles)
    build(OLD, tmp_path)
    with pytest.raises(BadIndex, match="没有文章"):
        update_index(tmp_path, EMBEDDER, (), [article.id for article in OLD.articles])
    with pytest.raises(BadIndex, match="重建"):
        update_index(tmp_path, BigramEmbedder(dim=8), OLD.articles)
    assert opened(tmp_path).corpus_digest == OLD.digest
