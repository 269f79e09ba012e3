from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.lexical import LexicalIndex, Postings, Vocabulary, best_rows, count_terms, matched_words, terms

TEXTS = (
    "临平区2028年工业总产值达1,000.5亿元，G60科创走廊",
    "AI与5G算力，都在临平。",
    "",
    "臨平·ＮＵＭＢＥＲ３０００亿，临平临平",
    "杭州地铁9号线",
)


def index_of(texts: tuple[str, ...] | list[str], **tuning: float) -> LexicalIndex:
    vocabulary, postings = count_terms(texts)
    return LexicalIndex(vocabulary, postings, **tuning)


def slow_bm25(question: str, texts: tuple[str, ...] | list[str], k1: float, b: float) -> list[float]:
    """BM25 from its formula, text by text and term by term."""
    counted = [Counter(terms(text)) for text in texts]
    lengths = [sum(counts.values()) for counts in counted]
    mean = sum(lengths) / len(lengths) or 1.0
    scores = []
    for counts, length in zip(counted, lengths, strict=True):
        score = 0.0
        for term in set(terms(question)):
            holding = sum(term in other for other in counted)
            idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            often = counts[term]
            if often:
                score += idf * often * (k1 + 1) / (often + k1 * (1 - b + b * length / mean))
        scores.append(score)
    return scores


def test_han_gives_characters_and_pairs_and_the_rest_whole_words() -> None:
    assert terms("临平区") == ["临", "平", "区", "临平", "平区"]
    assert terms("GDP增3.5%") == ["增", "gdp", "3.5"]


def test_pairs_do_not_reach_over_punctuation_or_words() -> None:
    assert "平杭" not in terms("临平，杭州") and "第届" not in terms("第8届")


@pytest.mark.parametrize(
    ("one", "other"),
    [("１０００亿", "1,000亿"), ("臨平", "临平"), ("ＡＩ", "ai"), ("「临平」", "临平")],
)
def test_width_script_case_and_separators_do_not_tell_terms_apart(one: str, other: str) -> None:
    assert sorted(terms(one)) == sorted(terms(other))


def test_a_word_of_letters_and_digits_is_found_whole_and_in_parts() -> None:
    assert terms("G60") == ["g60", "g", "60"]


@given(st.lists(st.text(alphabet="临平区工业3.,G6 a\n，\0é한", max_size=30), max_size=8))
@settings(max_examples=150, deadline=None)
def test_counting_many_texts_at_once_equals_counting_them_one_by_one(texts: list[str]) -> None:
    vocabulary, postings = count_terms(texts)
    names = [str(term, "utf-8") for term in vocabulary]
    assert names == sorted(set(names))
    found = {
        (names[term], int(postings.texts[at])): int(postings.counts[at])
        for term in range(len(names))
        for at in range(postings.starts[term], postings.starts[term + 1])
    }
    wanted = {(term, row): n for row, text in enumerate(texts) for term, n in Counter(terms(text)).items()}
    assert found == wanted
    assert postings.lengths.tolist() == [len(terms(text)) for text in texts]


def test_batches_do_not_change_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    vocabulary, whole = count_terms(TEXTS)
    monkeypatch.setattr("index.search.lexical._BATCH", 20)
    other, parts = count_terms(TEXTS)
    assert list(other) == list(vocabulary)
    for part in ("starts", "texts", "counts", "lengths"):
        assert (getattr(whole, part) == getattr(parts, part)).all()


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.9, 0.4), (2.0, 0.0)])
@pytest.mark.parametrize("question", ["临平2028工业目标", "临平临平", "地铁9号线在哪", "ai算力", "无关", ""])
def test_scores_equal_the_formula(question: str, k1: float, b: float) -> None:
    scores = index_of(TEXTS, k1=k1, b=b).scores(terms(question))
    assert scores.tolist() == pytest.approx(slow_bm25(question, TEXTS, k1, b), rel=1e-5)


def test_idf_is_lucenes() -> None:
    index = index_of(TEXTS)
    assert index.frequency("临平") == 3
    assert index.idf("临平") == pytest.approx(math.log(1 + 2.5 / 3.5))
    assert index.idf("没有的词") == pytest.approx(math.log(1 + 5.5 / 0.5))


def test_no_text_scores_more_than_the_bound() -> None:
    texts = ("临平" * 500, "杭州")
    index = index_of(texts, b=0.0)
    bound = index.best_possible(terms("临平"))
    assert 0.98 * bound < index.scores(terms("临平"))[0] < bound


def test_scores_of_rows_come_in_the_order_of_the_rows() -> None:
    index = index_of(TEXTS)
    whole = index.scores(terms("临平"))
    assert index.scores_of(terms("临平"), np.array([3, 0, 3])).tolist() == whole[[3, 0, 3]].tolist()


def test_an_index_of_no_text_finds_nothing() -> None:
    assert len(index_of(())) == 0 and index_of(()).scores(["临"]).shape == (0,)


def test_a_vocabulary_finds_each_of_its_terms_and_no_other() -> None:
    held = sorted({"", "a", "ab", "临", "临平", "𠀀"})
    vocabulary = Vocabulary.of(held)
    assert [vocabulary.find(term) for term in held] == list(range(len(held)))
    assert vocabulary.find("平") == -1 and vocabulary.find("zzz") == -1 and vocabulary.find("\ud800") == -1


def test_postings_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Postings(np.array([0, 2]), np.zeros(1, np.int32), np.zeros(1, np.uint16), np.zeros(1, np.int32))


def test_matched_words_are_the_longest_runs_in_the_order_of_the_question() -> None:
    text = "到2028年，臨平工业总产值突破3,000亿元，引进ＡＩ企业"
    assert matched_words("临平的工业总量2028年目标3000亿、AI", text) == ("临平", "工业总", "2028", "3000", "AI")


def test_single_characters_and_parts_of_numbers_match_nothing() -> None:
    assert matched_words("平28", "平安里2028号") == ()


@given(
    st.lists(st.text(alphabet="临平区工业3G6 a", min_size=1, max_size=30), min_size=1, max_size=12),
    st.sampled_from(["临平", "工业区3", "a临"]),
)
@settings(max_examples=80, deadline=None)
def test_the_best_are_those_of_the_full_scores(texts: list[str], question: str) -> None:
    index = index_of(texts)
    whole = index.scores(terms(question))
    rows, scores = index.best(terms(question), 5)
    assert rows.tolist() == best_rows(whole, 5).tolist() and scores.tolist() == whole[rows].tolist()
    some = np.arange(0, len(texts), 2)
    assert index.scores_of(terms(question), some).tolist() == whole[some].tolist()


def test_common_words_are_looked_up_for_the_best_by_the_rare_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"的事情{'桥' if row % 50 == 0 else '路'}{row}" for row in range(1000)]
    index = index_of(texts)
    asked = terms("的桥650")
    whole = index.scores(asked)
    monkeypatch.setattr("index.search.lexical._READ_AT_MOST", 60)
    rows, scores = index.best(asked, 10)
    assert rows[0] == 650 and rows.tolist() == best_rows(whole, 10).tolist()
    assert scores.tolist() == whole[rows].tolist()
    assert 1 not in index.best(asked, 1000)[0]  # it holds the common word alone
