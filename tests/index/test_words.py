from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.words import LONGEST, WordCounts, count_words
from index.storage.disk import pieces
from index.storage.snapshot import read_arrays, write_arrays

_TEXTS = st.lists(
    st.text(alphabet="石桥茶园渡口大学，（下称）G6 aab\U00020000\ud800", max_size=30)
    | st.just("青禾经济技术开发区（以下简称“青禾经开区”）ab，ab。"),
    max_size=5,
)


def _bytes(counted: WordCounts) -> list[bytes]:
    return [array.tobytes() for array in counted.arrays()]


@pytest.mark.parametrize("many", [4_000_000, 20])
@given(stays=_TEXTS, goes=_TEXTS, comes=_TEXTS)
@settings(max_examples=40, deadline=None)
def test_changed_counts_are_those_of_counting_anew(
    many: int, stays: list[str], goes: list[str], comes: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.search.words.MANY", many)
        before = count_words([*goes, *stays])
        gone, come = count_words(goes), count_words(comes, range(len(stays), len(stays) + len(comes)))
        changed = before.changed(gone, come, lambda row: row - len(goes) if row >= len(goes) else -1)
        assert _bytes(changed) == _bytes(count_words([*stays, *comes]))


def test_what_is_written_is_read_again_and_lies_where_it_can_be_searched_without_a_copy() -> None:
    counted = count_words(["青禾经济技术开发区（以下简称“青禾经开区”）面积12平方公里。", "abc G60 云栈小镇有限公司"])
    data = b"".join(pieces(write_arrays(*counted.arrays())))
    arrays = read_arrays(data)
    assert all(array.flags.aligned for array in arrays)
    read = WordCounts.from_arrays(arrays)
    assert _bytes(read) == _bytes(counted)
    assert read.introduced == ((0, "青禾经济技术开发区", "青禾经开区"),)
    assert dict(read.latin) == {"abc": 1, "g60": 1} and dict(read.names) == {
        "青禾经济技术开发区": 1,
        "云栈小镇有限公司": 1,
    }
    assert "abd" not in read.latin and read.latin.get("abc") == 1


def test_a_large_corpus_sets_aside_what_it_has_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["石桥茶园", "石桥茶渡"]
    small = count_words(texts)
    monkeypatch.setattr("index.search.words.MANY", 1)
    large = count_words(texts)
    assert [len(small.once[length]) for length in range(2, LONGEST + 1)] == [0, 0, 0]
    assert [len(large.keys[length]) for length in range(2, LONGEST + 1)] == [4, 1, 0]
    assert [len(large.once[length]) for length in range(2, LONGEST + 1)] == [0, 2, 2]
    assert large.counts[3].tolist() == [2]


def test_runs_are_the_same_however_many_are_sorted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["老城的石桥建于1782年，山上的茶园今年收成三百担", "渡口每天开六班船，石桥的船"]
    whole = count_words(texts)
    monkeypatch.setattr("index.search.words._AT_ONCE", 2)
    assert _bytes(count_words(texts)) == _bytes(whole)
    assert all(np.all(np.diff(whole.keys[length].astype(np.int64)) > 0) for length in range(2, LONGEST + 1))
