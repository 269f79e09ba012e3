from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
import torch

from rag.spans import SpanReader
from rag.training.reader import (
    Recipe,
    cmrc_f1,
    cmrc_units,
    draw,
    gather,
    gold_sentences,
    loss_of,
    run,
    window,
)
from rag.training.reader_cloze import cloze_cases
from rag.training.reader_text import ReadingCase, by_overlap, held_out, reading_cases

PLACES = ("甲镇", "乙镇", "丙镇", "丁镇", "戊镇", "己镇", "庚镇", "辛镇", "壬镇", "癸镇")
TINY = Recipe(made=10, early=10, passes=1, hidden=8, text=30_000, vector_sizes=(8, 4), batch=8)


def row(place: str, number: int) -> dict[str, object]:
    context = f"{place}在县城以东{number}公里。{place}有居民{number + 700}人，盛产水果。镇长姓王，住在河边。"
    return {"question": f"{place}有居民多少人？", "context": context,
            "answers": [{"text": f"{number + 700}人", "answer_start": context.index(f"{number + 700}人")}]}


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [row(place, number) for number in range(10, 13) for place in PLACES]
    for name in ("cmrc2018_train", "drcd_dev_simp", "drcd_dev_trad"):
        write(folder, name, rows)
    write(folder, "cmrc2018_trial", [row("试镇", number) for number in range(20, 23)])
    text = "".join(str(one["context"]) for one in rows)
    write(folder, "law_articles", [{"text": text}])
    write(folder, "gov_reports", [{"text": text}] * 4)
    write(folder, "csl_title_abstract", [{"abstract": text}])
    return folder


def case(question: str = "姓什么?", answer: str = "姓王") -> ReadingCase:
    context = "镇在东边.镇长姓王.河水清."
    start = context.index(answer)
    return ReadingCase(question, context, start, start + len(answer), 0, ((0, 5), (5, 10), (10, 14)), (1, 0, 2))


def test_punctuation_counts_for_nothing_and_words_in_letters_for_one() -> None:
    assert cmrc_units("《ABC Def》，于2.5年。") == ["abc", "def", "于", "2.5", "年"]


def test_f1_is_that_of_the_longest_common_substring() -> None:
    assert cmrc_f1("于1963年", "1963年") == pytest.approx(2 * (2 / 3) * 1 / (2 / 3 + 1))
    assert cmrc_f1("甲乙丙丁", "丁丙乙甲") == pytest.approx(0.25)  # one character in a row, though all four are shared
    assert cmrc_f1("甲", "乙") == 0
    assert cmrc_f1("，", "。") == 1  # both are empty after cleaning


def test_the_sentence_that_shares_most_with_the_question_comes_first() -> None:
    assert by_overlap("镇长姓什么", ["镇在东边", "镇长姓王", "河水清"])[0] == 1


def test_a_window_keeps_reading_order_and_the_place_of_the_answer() -> None:
    text, start, end = window(case(), [2, 1], 100)
    assert text == "镇长姓王.河水清."
    assert text[start:end] == "姓王"


def test_a_window_that_cuts_the_answer_holds_none() -> None:
    assert window(case(), [1], 3) == ("镇长姓", -1, -1)
    assert window(case(), [0, 2], 100)[1:] == (-1, -1)


def test_an_answer_over_two_sentences_needs_both() -> None:
    long = case(answer="姓王.河水")
    assert gold_sentences(long) == (1, 3)
    assert window(long, [1], 100)[1:] == (-1, -1)


def test_absent_texts_never_hold_the_answer() -> None:
    dice = random.Random(1)
    drawn = [draw(case(), dice, 1.0) for _ in range(50)]
    assert all(start == -1 and "姓王" not in text for text, start, _ in drawn)


def test_present_texts_always_hold_the_answer() -> None:
    dice = random.Random(1)
    assert all(text[start:end] == "姓王" for text, start, end in (draw(case(), dice, 0.0) for _ in range(50)))


def test_loss_of_even_belief_is_the_logarithm_of_the_choices() -> None:
    spans = torch.tensor([[[0.0, 0.0], [-1e4, 0.0]]])  # three spans, and none: four choices
    even = loss_of(spans, torch.zeros(1), torch.tensor([0]), torch.tensor([1]), 0.0)
    assert even.item() == pytest.approx(1.3863, abs=1e-3)
    absent = loss_of(spans, torch.zeros(1), torch.tensor([-1]), torch.tensor([-1]), 0.5)
    assert absent.item() == pytest.approx(1.3863, abs=1e-3)


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    def loss(believed: tuple[int, int]) -> float:
        spans = torch.full((1, 6, 6), -5.0)
        spans[0, believed[0], believed[1]] = 5.0
        return loss_of(spans, torch.tensor([-5.0]), torch.tensor([0]), torch.tensor([3]), 0.5).item()

    assert loss((0, 2)) < loss((0, 3)) < loss((4, 5))


def test_made_questions_ask_for_a_part_of_their_text() -> None:
    news = "临平区昨日发布新政策。新政策支持企业购买机器人，最高补贴500万元。记者了解到，企业可在5月1日前申报。"
    made = cloze_cases(iter([news] * 5), 12, 1)
    assert made
    for one in made:
        assert one.start is not None
        assert one.context[one.start:one.end]
        assert one.question.endswith("?")
    assert made == cloze_cases(iter([news] * 5), 12, 1)


def test_no_question_of_the_test_set_is_trained_on(data: Path) -> None:
    material = gather(data, green_only=True, recipe=TINY)
    assert material.test and all("试镇" in one.question for one in material.test)
    trained = material.cmrc + [one for pair in material.drcd for one in pair] + material.squad + material.cloze
    assert not any("试镇" in one.context for one in trained)
    assert not any(held_out(one.context) for one in material.cmrc)


def test_wrong_places_are_left_out(tmp_path: Path) -> None:
    good = row("甲镇", 1)
    bad = row("乙镇", 2) | {"answers": [{"text": "702人", "answer_start": 0}]}
    write(tmp_path, "cmrc2018_train", [good, bad])
    cases = reading_cases(tmp_path, "cmrc2018_train")
    assert [one.question for one in cases] == ["甲镇有居民多少人?"]


def test_one_command_trains_writes_and_describes_a_reader(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "reader"
    run(data, out, green_only=True, recipe=TINY)
    written = {file.name for file in out.iterdir()}
    assert written == {"reader.onnx", "tables.safetensors", "vocabulary.json", "README.md"}
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "--green-only" in card and "SQuAD" not in card and "±" in card
    reading = SpanReader.load(out).read("甲镇有居民多少人？", [str(row("甲镇", 10)["context"])])[0]
    assert reading.best is not None
