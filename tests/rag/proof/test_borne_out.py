"""The reader beside the checks: what it overrules, what it doubts, and what it has no say in."""

from __future__ import annotations

import pytest

from rag.checks.faults import Fault
from rag.checks.statements import ShownSpan
from rag.proof.borne_out import BearsOut, bears_out, together
from rag.proof.prover import Prover
from rag.reading.reader import Reader

TEXT = "青禾镇2024年工业产值12亿元，增长6%；农业产值3亿元，增长2%。"
NEXT = "镇里打算明年新建一座图书馆，方便居民借书。"
QUESTION = "青禾镇2024年工业产值多少"
SPANS = (
    ShownSpan(1, "a", 0, len(TEXT), TEXT, "青禾镇的一年", None, "一年过去了。"),
    ShownSpan(2, "a", len(TEXT), len(TEXT) + len(NEXT), NEXT, "青禾镇的一年", None, TEXT),
)
FREE = "为的是大伙儿看书不用跑远路。"  # by its words nothing that the second span says


def prover(odds: float | BearsOut) -> Prover:
    def told(sentence: str, numbers: tuple[int, ...]) -> float:
        return odds(sentence, numbers) if callable(odds) else odds

    return Prover(SPANS, question=QUESTION, bears_out=told)


def test_spans_are_read_as_one_in_the_order_of_their_article() -> None:
    window = together(SPANS[::-1])
    assert window.text == TEXT + NEXT
    assert window.before == "青禾镇的一年…一年过去了。"
    with pytest.raises(ValueError, match="no spans"):
        together(())


def test_free_words_are_shown_where_the_reader_is_sure_and_only_there() -> None:
    assert prover(3.0).prove(FREE, [2]).proven
    assert not prover(1.0).prove(FREE, [2]).proven
    assert not Prover(SPANS, question=QUESTION).prove(FREE, [2]).proven, "without it, the words decide"


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [("青禾镇工业产值13亿元。", Fault.NUMBER), ("青禾镇2023年工业产值12亿元。", Fault.BOUND)],
)
def test_no_sureness_makes_up_for_another_figure_or_year(sentence: str, fault: Fault) -> None:
    assert prover(9.0).prove(sentence, [1]).fault is fault


def test_what_the_checks_let_pass_is_withheld_where_the_reader_doubts_it() -> None:
    sentence = "2024年青禾镇的工业产值为12亿元。"
    assert prover(1.0).prove(sentence, [1]).proven
    assert prover(-3.0).prove(sentence, [1]).fault is Fault.DOUBTED


def test_nobody_doubts_the_articles_own_words_or_what_is_reckoned() -> None:
    assert prover(-9.0).prove("工业产值12亿元，增长6%", [1]).proven
    assert prover(-9.0).prove("青禾镇2024年工业产值比农业产值多9亿元（12亿元−3亿元=9亿元）。", [1]).proven


def test_the_articles_own_sentence_needs_no_further_proof() -> None:
    text = "因为路远、所以晚到，晚到是因为路远。"
    span = ShownSpan(1, "a", 0, len(text), text)
    assert Prover([span], question="为什么晚到", bears_out=lambda sentence, numbers: -9.0).prove(text, [1]).proven


def test_a_span_that_the_sentence_did_not_cite_itself_must_not_be_doubted_either() -> None:
    sentence = "2024年青禾镇的工业产值为12亿元。"
    verdict = prover(1.0).prove(sentence, [2])
    assert verdict.proven and verdict.repaired and verdict.numbers == (1,)
    assert not prover(-3.0).prove(sentence, [2]).proven


def test_each_sentence_is_read_once_against_the_same_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, read = Reader.load(), 0
    real = reader.bears_out

    def counted(*args: object) -> list[float]:
        nonlocal read
        read += 1
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "bears_out", counted)
    odds = bears_out(QUESTION, SPANS, reader)
    assert odds("工业产值12亿元。", (1,)) == odds("工业产值12亿元。", (1,)) > odds("工业产值3亿元。", (1,))
    assert read == 2
