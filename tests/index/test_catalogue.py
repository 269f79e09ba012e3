"""What the articles of an index tell all at once, without being read one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Article, Published
from index.storage.catalogue import Catalogue, using
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block
from tests.indexes import snapshot_of


def _made(name: str, text: str, day: date | None) -> Article:
    return replace(made_article(name, text), published=Published(day, day) if day else None)


_ARTICLES = (
    _made("桥", "老城的石桥建于1782年。", date(2024, 5, 1)),
    _made("茶", "石桥旁的茶园，今年收成三百担。", None),
    _made("渡", "渡口每天开六班船。桥石很大。", date(2025, 1, 2)),
)


@pytest.fixture()
def catalogue(tmp_path: Path) -> Catalogue:
    return snapshot_of(MadeCorpus(_ARTICLES), tmp_path, BigramEmbedder(dim=16), one_passage_a_block).articles


def test_articles_are_found_by_a_word_of_theirs_and_not_by_its_characters(catalogue: Catalogue) -> None:
    assert [article.id for article in catalogue.using("石桥")] == sorted("桥茶")
    assert list(catalogue.using("石桥旁的茶园")) == [catalogue["茶"]] and not list(catalogue.using("石园"))
    plain = using(dict(catalogue))
    for word in ("石桥", "茶园", "桥石", "石园", "1782"):
        assert list(plain(word)) == list(catalogue.using(word))


def test_the_newest_come_first_and_those_without_a_date_last(catalogue: Catalogue) -> None:
    assert [article.id for article in catalogue.newest(3)] == ["渡", "桥", "茶"]
    assert [article.id for article in catalogue.newest(1)] == ["渡"]


def test_what_is_left_out_is_not_there_in_any_way(catalogue: Catalogue) -> None:
    left = catalogue.only(np.array([name != "桥" for name in catalogue]))
    assert set(left) == {"茶", "渡"} and len(left) == 2 and "桥" not in left and "茶" in left
    with pytest.raises(KeyError):
        left["桥"]
    assert [article.id for article in left.using("石桥")] == ["茶"]
    assert [article.id for article in left.newest(2)] == ["渡", "茶"]
    assert left.days.tolist() == [list(catalogue.days[row]) for row, name in enumerate(catalogue) if name != "桥"]
