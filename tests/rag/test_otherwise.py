"""What another article says otherwise of the amount that is answered, whatever its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.search.embedding import STATIC, load_embedder
from rag.answerer import ExtractiveAnswerer
from rag.figures.conflicts import Relation
from rag.reading.finder import Models
from tests.fakes import MadeCorpus, made_article
from tests.indexes import answerer_of

Ask = Callable[..., ExtractiveAnswerer]


@pytest.fixture
def over(tmp_path: Path, models: Models) -> Ask:
    """Return an answerer over articles of the texts that it is given."""

    def make(*texts: str) -> ExtractiveAnswerer:
        articles = MadeCorpus(tuple(made_article(f"a{n}", text) for n, text in enumerate(texts)))
        return answerer_of(articles, tmp_path / "i", models, load_embedder(STATIC))

    return make


def test_both_amounts_are_shown_each_with_its_own_citation(over: Ask) -> None:
    answer = over(
        "望潮桥横跨白浦运河，建于明代，至今已有430年，是河上仅存的石拱桥。",
        "据市民介绍，望潮桥有520年历史了，桥边的茶馆每天早上六点开门。",
    ).answer("望潮桥有多少年历史了")
    assert {claim.value for claim in answer.claims} == {"430年", "520年"}
    assert [citation.article_id for citation in answer.citations] in (["a0", "a1"], ["a1", "a0"])
    (told,) = answer.conflicts
    assert told.relation == Relation.SAID and told.claims == (0, 1)


@pytest.mark.parametrize(
    "other",
    [
        "据市民介绍，望潮桥有430余年历史，桥边的茶馆每天早上六点开门。",  # may be the same
        "据市民介绍，听涛桥有520年历史了，桥边的茶馆每天早上六点开门。",  # of another bridge
        "据市民介绍，望潮桥长520米，桥边的茶馆每天早上六点开门。",  # another measure
    ],
)
def test_what_may_be_the_same_or_is_of_another_thing_is_no_disagreement(other: str, over: Ask) -> None:
    answer = over("望潮桥横跨白浦运河，建于明代，至今已有430年，是河上仅存的石拱桥。", other).answer(
        "望潮桥有多少年历史了"
    )
    assert answer.short_answer is not None and answer.short_answer.startswith("430") and not answer.conflicts


def test_an_article_does_not_disagree_with_itself(over: Ask) -> None:
    answer = over("望潮桥至今已有430年。\n老人们却说，望潮桥有520年历史了。").answer("望潮桥有多少年历史了")
    assert len(answer.claims) == 1 and not answer.conflicts
