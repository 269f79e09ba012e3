from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from corpus.chinese.text import split_sentences
from corpus.records import Span
from index.search.encoder import PieceTable
from index.storage.store import build_index, open_index
from index.training.encoder_net import WIDTH, Encoder
from rag.reading.candidates import candidate_at
from rag.reading.reader import Reader, Window, with_answer
from rag.training.claims import CLAIMS, PutAnswer, claim_groups, kept_apart, read_claims
from rag.training.reader import (
    Batch,
    Stage,
    batches,
    collate,
    encode,
    encode_claims,
    learn,
    loss_of,
    read,
    write,
    written_net,
)
from rag.training.reader_data import Group, Labelled, exchanged, windows_of, without_answers
from rag.training.reader_net import ReaderNet
from rag.training.written import APART, LOCAL, articles_of, is_evidence, read_written, source_texts
from tests.fakes import BigramEmbedder

DATA = Path("../shared/data")
PLACES = ("青禾县", "白石县", "青禾市")


def group(number: int) -> Group:
    text = f"第{number}座桥全长{number}00米。"
    return Group(
        f"第{number}座桥多长？",
        (
            Labelled(Window(text), True, Span(text.index("全长") + 2, len(text) - 1)),
            Labelled(Window("河边有三棵树。", "桥建于去年。"), False),
        ),
    )


def tiny_net() -> ReaderNet:
    torch.manual_seed(0)
    return ReaderNet(Encoder(layers=1))


def test_a_window_holds_the_beginning_of_its_text_and_the_two_sentences_before() -> None:
    text = "甲县建桥。桥长百米。两岸有树。树有百年。"
    windows = windows_of(text, list(split_sentences(text)))
    assert [one.before for one in windows] == [
        "",
        "甲县建桥。",
        "甲县建桥。桥长百米。",
        "甲县建桥。…桥长百米。两岸有树。",
    ]


@pytest.mark.parametrize(
    ("question", "pattern"),
    [
        ("2023年青禾桥花了多少钱", r"20(21|22|24|25)年青禾桥花了多少钱"),
        ("地铁三号线多长", "地铁[一二四五六七八九十]号线多长"),
        ("农大东校区占地多少", "农大西校区占地多少"),
        ("青禾县有多少人", "白石县有多少人"),
    ],
)
def test_an_exchanged_question_asks_about_something_else(question: str, pattern: str) -> None:
    import re

    made = exchanged(question, PLACES, random.Random(1))
    assert made is not None and re.fullmatch(pattern, made)


def test_a_question_that_names_nothing_to_exchange_stays_out() -> None:
    assert exchanged("桥有多长", PLACES, random.Random(1)) is None


def test_nothing_answers_an_exchanged_question_and_it_is_not_told_in_the_sentence() -> None:
    asked = Group("2023年桥长多少", (Labelled(Window("2023年桥长100米。"), True, Span(7, 11)),))
    both = Group("2023年桥长多少", (Labelled(Window("2021年、2022年、2023年、2024年、2025年桥长不变。"), True),))
    made = without_answers([asked, both], PLACES, 1.0, seed=2)
    assert len(made) == 1 and not any(one.answers for one in made[0].windows)


def test_answers_are_found_again_in_pieces() -> None:
    table = PieceTable.load()
    (encoded,) = encode([group(3)], table)
    right, wrong = encoded
    (pieces,) = table.cut(["第3座桥全长300米。"])
    first, last = right.first - right.begin, right.last - right.begin
    assert "第3座桥全长300米。"[pieces.offsets[first][0] : pieces.offsets[last][1]] == "300米"
    assert (wrong.first, wrong.answers) == (-1, False)


def test_loss_of_even_odds_is_worked_out_on_paper() -> None:
    batch = Batch(
        ((torch.zeros(2, 3, WIDTH), torch.ones(2, 3), torch.ones(2, 3)),),
        torch.tensor([1.0, 0.0]),
        torch.tensor([0, -1]),
        torch.tensor([2, -1]),
        torch.tensor([0, 0]),
    )
    loss = loss_of(torch.zeros(2), torch.zeros(2, 3, 2), batch)
    # each window by itself ln 2; one of three choices, half weight; an edge among three places, half weight
    assert float(loss) == pytest.approx(math.log(2) + 0.5 * math.log(3) + 0.5 * math.log(3))


def test_every_pass_holds_every_group_once_in_an_order_that_can_be_repeated() -> None:
    table = PieceTable.load()
    encoded = encode([group(number) for number in range(1, 40)], table)
    stage = Stage(rate=1e-3, last_rate=1e-4, passes=2, pieces=200)
    first, again = list(batches(encoded, stage)), list(batches(encoded, stage))
    assert [[id(one) for one in batch] for batch in first] == [[id(one) for one in batch] for batch in again]
    assert sorted(id(one) for batch in first for one in batch) == sorted(2 * [id(one) for one in encoded])


def test_padding_changes_nothing() -> None:
    net = tiny_net().eval()
    table = PieceTable.load()
    one, other = encode([group(1)], table)[0]
    with torch.no_grad():
        together, _ = read(net, collate([[one, other]], table))
        alone, _ = read(net, collate([[one]], table))
    assert len(one.ids) != len(other.ids)
    longer = int(len(one.ids) > len(other.ids))  # short ones come first
    assert torch.allclose(together[longer], alone[0], atol=1e-5)


def test_a_stage_that_was_interrupted_ends_as_one_that_was_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import rag.training.reader as training

    table = PieceTable.load()
    encoded = encode([group(number) for number in range(1, 9)], table)
    stage = Stage(rate=1e-3, last_rate=1e-4, passes=2, pieces=150, frozen=0)
    whole = tiny_net()
    learn(whole, encoded, stage, table, tmp_path / "whole.safetensors", lambda line: None)

    class Interrupted(Exception):
        pass

    steps = 0
    real = training.loss_of

    def interrupting(*given: torch.Tensor) -> torch.Tensor:
        nonlocal steps
        steps += 1
        if steps == 4:
            raise Interrupted
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(training, "_SAVE_EVERY", 1)
    monkeypatch.setattr(training, "loss_of", interrupting)
    with pytest.raises(Interrupted):
        learn(tiny_net(), encoded, stage, table, tmp_path / "cut.safetensors", lambda line: None)
    monkeypatch.setattr(training, "loss_of", real)
    resumed = tiny_net()
    learn(resumed, encoded, stage, table, tmp_path / "cut.safetensors", lambda line: None)
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_a_stage_that_is_cut_takes_so_many_steps_and_ends_at_its_last_rate(tmp_path: Path) -> None:
    table = PieceTable.load()
    encoded = encode([group(number) for number in range(1, 9)], table)
    moved: list[Tensor] = []
    for last in (1e-3, 0.0):
        net, kept = tiny_net(), tmp_path / f"{last}.safetensors"
        stage = Stage(rate=1e-3, last_rate=last, passes=9, pieces=150, frozen=0, cut=3)
        learn(net, encoded, stage, table, kept, lambda line: None)
        assert load_file(kept)["moment.0.step"] == 3
        moved.append((net.answer.weight - tiny_net().answer.weight).abs().sum())
    assert moved[1] < 0.8 * moved[0], "the rate falls with the three steps, not with nine passes"


def test_a_written_graph_reads_as_the_network_does(tmp_path: Path) -> None:
    net = tiny_net().eval()
    write(net, tmp_path)
    table = PieceTable.load()
    batch = collate(encode([group(5)], table), table)
    with torch.no_grad():
        odds, _ = read(net, batch)
    found = Reader.load(tmp_path).read(group(5).question, [one.window for one in group(5).windows])
    assert np.allclose([one.odds for one in found], odds.numpy(), atol=0.05)  # seven bits


def test_a_written_reader_can_be_trained_further(tmp_path: Path) -> None:
    net = tiny_net().eval()
    with torch.no_grad():
        for one in net.parameters():  # a graph keeps what is alike only once
            one.add_(torch.randn_like(one), alpha=0.02)
    write(net, tmp_path)
    again = written_net(tmp_path)
    batch = collate(encode([group(5)], PieceTable.load()), PieceTable.load())
    with torch.no_grad():
        assert torch.allclose(read(net, batch)[0], read(again.eval(), batch)[0], atol=0.05)
    assert all(one.requires_grad for one in again.parameters())


def claims(holding: int, others: int) -> list[PutAnswer]:
    window = Window("青禾镇2024年产值12亿元，增长6%。")
    held = [PutAnswer(with_answer("产值多少", f"{number}亿元"), window, True) for number in range(holding)]
    return held + [PutAnswer(with_answer("增长多少", f"{number}%"), window, False) for number in range(others)]


def test_answers_put_to_one_question_are_weighed_together_those_that_hold_beside_those_that_do_not() -> None:
    lots = encode_claims([claims(2, 3)], PieceTable.load())
    assert sorted(len(lot) for lot in lots) == [2, 3]
    assert [sorted(one.answers for one in lot) for lot in lots] in (
        [[False, False, True], [False, True]],
        [[False, True], [False, False, True]],
    )
    assert all(one.first == one.last == -1 for lot in lots for one in lot), "nothing is to be cut out of them"


def test_of_few_windows_none_is_left_out() -> None:
    lots = encode_claims([claims(2, 1)], PieceTable.load())
    (kept,) = batches(lots, Stage(rate=1e-3, last_rate=1e-4, windows=3))
    assert len(kept[0]) == 3


@pytest.mark.skipif(not DATA.is_dir(), reason="the news is not to be had")
def test_what_is_claimed_is_told_by_hands_by_values_and_by_twins() -> None:
    groups = list(claim_groups(DATA))
    told = {one.question for one in read_claims(CLAIMS)}
    by_hand = [group for question, group in groups if question.id in told]
    values = [group for question, group in groups if question.id not in told and question.evidence]
    twins = [group for question, group in groups if not question.evidence and question.id not in told]
    assert min(len(by_hand), len(values), len(twins)) > 1000
    assert all({one.holds for one in group} == {True, False} for group in values)
    assert all(not group[0].holds and group[1].holds and group[0].asked != group[1].asked for group in twins)
    answers = [one.asked.rpartition("：")[2] for group in values for one in group if one.holds]
    assert all(len(answer) <= 24 for answer in answers)
    assert 0.06 < sum(kept_apart(question) for question, _ in groups) / len(groups) < 0.12


def test_questions_about_made_up_places_point_into_their_papers() -> None:
    asked = read_written(LOCAL)
    texts = {source: list(source_texts(DATA, source)) for source in {one.source for one in asked}}
    assert len({one.id for one in asked}) == len(asked) and set(APART) < set(texts)
    for one in asked:
        text = texts[one.source][one.row]
        assert one.within == Span(0, len(text)), one.id
        assert bool(one.evidence) != bool(one.near), "it is answered, or something tempts"
        for span in (*one.evidence, *one.near):
            assert "\n" not in text[span.start : span.end] and span.end <= len(text), one.id
        for span in one.answers:
            assert any(home.start <= span.start and span.end <= home.end for home in one.evidence), one.id


def test_a_sentence_that_answers_is_found_again_among_the_sentences_of_its_paper(tmp_path: Path) -> None:
    asked = [one for one in read_written(LOCAL) if one.source == APART[0]][:40]
    embedder = BigramEmbedder()
    build_index(articles_of(DATA, asked), tmp_path / "index", embedder)
    snapshot = open_index(tmp_path / "index", embedder)
    sentences = [candidate_at(snapshot, row) for row in range(len(snapshot.sentences))]
    for one in asked:
        answering = [each for each in sentences if is_evidence(one, each, snapshot.articles)]
        assert bool(answering) == one.answerable, one.question
        assert len(answering) < len(sentences) / 10
