"""Training the embedder: each step by hand-worked values, then all of it on made-up text, in seconds."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from corpus.chinese.text import fold
from corpus.errors import ModelError
from index.search.embedding import read_static
from index.training import benchmarks, exporting, mining, pairs
from index.training.__main__ import main
from index.training.learning import Recipe, StaticModel, TokenPairs, Tokens, contrast, train
from index.training.tokenizing import components, folding_table, tokenizer_of, vocabulary


def test_the_tokenizer_folds_every_character_as_the_project_does() -> None:
    table = folding_table()
    normalizer = tokenizer_of({"一": 1.0}).normalizer
    assert len(table) > 9000
    for character, folded in table.items():
        assert normalizer.normalize_str(character) == folded
    for character in "一a1é€〇\n😀":
        assert normalizer.normalize_str(character) == fold(character)


def test_words_are_found_by_the_best_path_and_punctuation_is_dropped() -> None:
    rare = dict.fromkeys(["劳动者", "者", "劳", "动", "gdp", "%"], 1.0)
    tokenizer = tokenizer_of({"劳动": 8.0, "合同": 8.0, **rare})
    assert tokenizer.encode("勞動，合同。GDP（%）").tokens == ["劳动", "合同", "gdp", "%"]


def test_a_vocabulary_keeps_every_character_and_then_the_commonest_words() -> None:
    counts = {"临": 1, "平": 1, "，": 9, "新城": 5, "临平": 3, "平新": 1}
    kept = vocabulary(counts, 41)  # 临, 平, 26 letters, 10 digits, %, the unknown: one is left
    assert {"临", "平", "新城"} <= kept.keys()
    assert "临平" not in kept
    assert "，" not in kept
    assert "a" in kept


def test_a_word_is_made_of_itself_and_the_tokens_inside_it() -> None:
    rows, columns = components(["[UNK]", "劳动者", "劳动", "劳", "者", "ab", "a"])
    assert sorted(zip(rows, columns, strict=True)) == [
        (0, 0),
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 4),
        (2, 2),
        (2, 3),
        (3, 3),
        (4, 4),
        (5, 5),
        (6, 6),
    ]


def test_the_loss_of_two_opposite_pairs_is_worked_out_by_hand() -> None:
    left = np.array([[1, 0], [0, 1]], dtype=np.float32)
    recipe = Recipe(temperature=1.0)
    loss, _slope = contrast(left, left, np.array([0, 1]), np.array([0, 1]), recipe)
    assert loss == pytest.approx(np.log(1 + np.exp(-1)), abs=1e-6)


def test_two_rights_of_one_question_do_not_push_each_other_away() -> None:
    left = np.array([[1, 0], [1, 0]], dtype=np.float32)
    right = np.array([[1, 0], [0, 1]], dtype=np.float32)
    loss, slope = contrast(left, right, np.array([0, 1]), np.array([3, 3]), Recipe())
    assert loss == pytest.approx(0, abs=1e-6)
    assert not slope.any()


def test_the_slope_is_that_of_the_loss() -> None:
    generator = np.random.default_rng(1)
    left, right = generator.standard_normal((3, 4)), generator.standard_normal((4, 4))
    gold, groups, recipe = np.array([2, 0, 0]), np.array([5, 5, 6]), Recipe(temperature=0.7)
    _loss, slope = contrast(left, right, gold, groups, recipe)
    both = np.concatenate([left, right])
    for row in range(7):
        for column in range(4):
            moved = []
            for step in (1e-5, -1e-5):
                shifted = both.copy()
                shifted[row, column] += step
                moved.append(contrast(shifted[:3], shifted[3:], gold, groups, recipe)[0])
            assert slope[row, column] == pytest.approx((moved[0] - moved[1]) / 2e-5, abs=1e-4)


def test_training_brings_pairs_together() -> None:
    tokens = Tokens(np.arange(1, 21, dtype=np.int32), np.arange(21))
    other = Tokens(np.arange(21, 41, dtype=np.int32), np.arange(21))
    task = TokenPairs("pairs", 1.0, tokens, other, np.arange(20), np.arange(20), None)
    recipe = Recipe(dim=8, steps=200, batch=20, warm=10)
    model = StaticModel(np.ones(41), range(41), range(41), recipe)
    before = model.table()
    losses = train(model, [task], recipe, quiet=True)
    assert losses["pairs"] < 0.1
    assert _nearest(before) < 0.5
    assert _nearest(model.table()) == 1.0


def _nearest(table: np.ndarray) -> float:
    units = table[1:] / np.linalg.norm(table[1:], axis=1, keepdims=True)
    return float(np.mean(np.argmax(units[:20] @ units[20:].T, axis=1) == np.arange(20)))


def test_mined_texts_share_words_and_are_not_right() -> None:
    pool = ["工业用地怎样出让", "工业用地出让年限为五十年", "出让年限", "公园几点开门", "工业用地可以续期"]
    mined = mining.mine(["工业用地出让多少年"], [pool[1]], pool, quiet=True)
    assert mined.shape == (1, 24)
    assert set(mined[0]) <= {0, 3, 4}  # 1 is right, 2 is held by it
    assert mined[0][0] == 0


def test_eight_bits_keep_a_row_to_half_a_step() -> None:
    table = np.random.default_rng(0).standard_normal((5, 16)).astype(np.float32)
    table[3] = 0
    numbers, scales = exporting.quantised(table)
    steps = np.abs(table).max(axis=1) / 127
    assert (np.abs(numbers * scales[:, None] - table) <= steps[:, None] / 2 + 1e-6).all()
    assert not numbers[3].any()


def test_gain_and_recall_are_worked_out_by_hand() -> None:
    assert benchmarks.ndcg_at_k([7, 3, 9], frozenset({3})) == pytest.approx(1 / np.log2(3))
    assert benchmarks.ndcg_at_k([3, 7, 9], frozenset({3, 9})) == pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3)))
    assert benchmarks.recall_at_k([1, 2, 3, 4, 5, 6], frozenset({5, 6})) == 0.5


def test_a_fifth_is_held_out_whatever_the_order() -> None:
    assert [key for key in "甲乙丙丁戊己庚辛壬癸" if pairs.is_held_out(key)] == ["乙", "己"]
    share = np.mean([pairs.is_held_out(str(number)) for number in range(5000)])
    assert share == pytest.approx(0.2, abs=0.02)


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="stard_train"):
        pairs.read_rows(tmp_path, "stard_train")


def test_no_held_out_question_is_trained_on(data: Path) -> None:
    trained = {text for source in pairs.sources(data) for text in source.left}
    for benchmark in benchmarks.benchmarks(data):
        assert not trained.intersection(benchmark.questions)


def test_green_only_reads_no_other_source(data: Path) -> None:
    sources = pairs.sources(data, green_only=True)
    assert all(source.green for source in sources)
    assert "news_text" not in {source.name for source in sources}
    assert len(sources) < len(pairs.sources(data))


def test_one_command_trains_saves_and_judges(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    folders = ["--data", str(data), "--out", str(out), "--cache", str(tmp_path / "cache")]
    run = CliRunner().invoke(main, ["embedder", *folders, "--steps", "60"], catch_exceptions=False)
    assert run.exit_code == 0
    assert "| stard |" in run.output
    assert "minutes" in run.output
    assert "| stard |" in (out / "README.md").read_text(encoding="utf-8")
    embedder = read_static(out, "made up")
    lay, formal, other = embedder.encode([LAY[0], FORMAL[0], FORMAL[1]])
    assert lay @ formal > lay @ other


LAY = ["老板不给工钱", "房东赶我走", "买到假货", "被车撞了", "邻居太吵", "想开小店"]
FORMAL = ["拖欠劳动报酬", "解除租赁合同", "消费者权益", "机动车事故责任", "环境噪声污染", "个体工商户登记"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of the training data, with forty made-up rows each."""
    folder = tmp_path_factory.mktemp("data")
    rng = random.Random(0)
    syllables = "天地人日月山水火木金土东西南北春夏秋冬"

    def noise(length: int) -> str:
        return "".join(rng.choice(syllables) for _ in range(length))

    def passage(topic: int) -> str:
        return "".join(f"{noise(8)}{FORMAL[topic]}{noise(6)}。" for _ in range(4))

    def question(topic: int) -> dict[str, Any]:
        context = passage(topic)
        return {
            "question": f"{LAY[topic]}{noise(4)}怎么办？",
            "context": context,
            "title": noise(3),
            "answers": [{"text": context[8:12], "answer_start": 8}],
        }

    def law(topic: int) -> dict[str, Any]:
        return {
            "law": f"{FORMAL[topic]}法",
            "category": "DLC/某省" if topic else "民法典",
            "chapter": "第一章 总则",
            "article": "第一条",
            "text": passage(topic),
        }

    rows: dict[str, Callable[[int], dict[str, Any]]] = {
        "cmrc2018_train": question,
        "cmrc2018_trial": question,
        "drcd_dev_simp": question,
        "drcd_dev_trad": question,
        "squad_zh_v1_dev_noxquad": question,
        "law_articles": law,
        "stard_train": lambda topic: {
            "question": f"{LAY[topic]}{noise(4)}",
            "keywords": FORMAL[topic],
            "answer": passage(topic),
            "statutes": [{"name": "某法第一条", "text": passage(topic)}],
        },
        "gov_inbox_train": lambda topic: {
            "topic": f"{LAY[topic]}{noise(4)}",
            "question": noise(20),
            "answer": passage(topic),
        },
        "gov_inbox_messages": lambda topic: {"topic": f"{LAY[topic]}{noise(4)}", "question": passage(topic)},
        "ncp_policy_qa_nodoc": lambda topic: {
            "docid": noise(6),
            "question": f"{LAY[topic]}{noise(4)}",
            "answer": passage(topic),
        },
        "news_title_body_train": lambda topic: {
            "title": LAY[topic],
            "summary": LAY[topic] + noise(9),
            "event": noise(9),
            "text": passage(topic),
        },
        "csl_title_abstract": lambda topic: {"title": LAY[topic] + noise(3), "abstract": passage(topic)},
        "news_text": lambda topic: {"text": passage(topic)},
        "gov_reports": lambda topic: {"text": passage(topic) * 2},
        "abbreviations": lambda topic: {"abbr": LAY[topic][:2], "full": LAY[topic]},
        "gazetteer_pcas": lambda _topic: {"name": f"{noise(2)}市", "level": 2},
    }
    for name, row in rows.items():
        lines = [json.dumps(row(number % len(LAY)), ensure_ascii=False) for number in range(42)]
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder
