"""Train the span reader: questions and passages → rag/models/reader."""

from __future__ import annotations

import json
import random
import re
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from rag.spans import (
    FEATURES,
    LONGEST_TEXT,
    Alphabet,
    Reading,
    SpanReader,
    best_overlap,
    bucket_matrix,
    likely_spans,
    match_features,
)
from rag.training.reader_cloze import cloze_cases
from rag.training.reader_net import ReaderNet
from rag.training.reader_text import (
    TEST_SET,
    FirstVectors,
    ReadingCase,
    first_vectors,
    held_out,
    plain_text,
    reading_cases,
    rows,
)

LONGEST = 130  # characters of text in one training example

# --- scoring: CMRC 2018's own measure ---------------------------------------------------------------------------

_MARKS = frozenset("-:_*^/\\~`+=,。:?!“”;’《》·、「」()-~『』") | frozenset("，。：？！；（）－～")
_WORDS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['.][^\W\d_]+)*|\w+|[^\s\w]")


def cmrc_units(text: str) -> list[str]:
    """Return Chinese characters and other words of `text` without punctuation, as CMRC 2018's script cuts them."""
    units: list[str] = []
    rest = ""
    for character in text.lower().strip():
        if character in _MARKS:
            continue
        if "\u4e00" <= character <= "\u9fa5":
            units += _WORDS.findall(rest)
            rest = ""
            units.append(character)
        else:
            rest += character
    return units + _WORDS.findall(rest)


def cmrc_f1(predicted: str, answer: str) -> float:
    """Return F1 of the longest common substring in units, 0 to 1. Source: CMRC 2018, cmrc2018_evaluate.py."""
    mine, theirs = cmrc_units(predicted), cmrc_units(answer)
    if not mine or not theirs:
        return float(mine == theirs)
    longest = 0
    row = [0] * (len(theirs) + 1)
    for unit in mine:
        row = [0] + [row[j] + 1 if unit == other else 0 for j, other in enumerate(theirs)]
        longest = max(longest, max(row))
    if not longest:
        return 0.0
    precision, recall = longest / len(mine), longest / len(theirs)
    return 2 * precision * recall / (precision + recall)


# --- examples ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the text it is read against, ready for the network."""

    question: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
    text: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
    start: int  # -1: the text holds no answer
    end: int


def gold_sentences(case: ReadingCase) -> tuple[int, int]:
    """Return the first sentence that the answer touches and the one after the last."""
    if case.start is None:
        return 0, 0
    touched = [i for i, (a, b) in enumerate(case.sentences) if a < case.end and b > case.start]
    return (touched[0], touched[-1] + 1) if touched else (0, 0)


def window(case: ReadingCase, chosen: Sequence[int], longest: int) -> tuple[str, int, int]:
    """Return the chosen sentences joined in reading order, and where the answer lies in them (-1, -1: nowhere)."""
    pieces: list[str] = []
    start = end = -1
    at = 0
    order = sorted(set(chosen))
    for place, i in enumerate(order):
        a, b = case.sentences[i]
        if place and order[place - 1] == i - 1:
            a = case.sentences[i - 1][1]
        if case.start is not None:
            if a <= case.start < b:
                start = at + case.start - a
            if start >= 0 and a < case.end <= b:
                end = at + case.end - a
        pieces.append(case.context[a:b])
        at += b - a
    text = "".join(pieces)[:longest]
    if start < 0 or end < 0 or end > longest:
        start = end = -1
    return text, start, end


def draw(case: ReadingCase, dice: random.Random, absent: float) -> tuple[str, int, int]:
    """Draw the sentences that a ranker may put before the reader: near the answer, likely ones, or the wrong ones."""
    n = len(case.sentences)
    if case.start is None:
        chosen = list(case.ranked[:dice.choice((1, 2, 3))])
        return window(case, chosen, LONGEST)
    first, last = gold_sentences(case)
    gold = list(range(first, last))
    roll = dice.random()
    if roll < absent:
        others = [i for i in case.ranked if i not in gold][:dice.choice((1, 2, 3))]
        text, start, end = window(case, others, LONGEST)
        if text and case.context[case.start:case.end] not in text:
            return text, -1, -1
    roll = dice.random()
    chosen = list(gold)
    if roll < 0.5:
        pass  # alone, as a good ranker gives it; half the cost of three
    elif roll < 0.7:
        chosen = list(range(max(0, first - dice.randint(0, 1)), min(n, last + dice.randint(0, 1))))
    elif roll < 0.95:
        others = [i for i in case.ranked[:4] if i not in gold]
        chosen = gold + others[:dice.choice((1, 1, 2))]
    else:
        chosen = list(range(max(0, first - 2), min(n, last + 2)))
    text, start, end = window(case, chosen, LONGEST)
    if start < 0:
        text, start, end = window(case, gold, LONGEST)
    return text, start, end


def prepare(question: str, text: str, start: int, end: int, style: int, alphabet: Alphabet) -> Example:
    q1, q2 = alphabet.ids(question)
    t1, t2 = alphabet.ids(text)
    return Example((q1, q2, match_features(question, text, q1, alphabet.idf, style)),
                   (t1, t2, match_features(text, question, t1, alphabet.idf, style)), start, end)


@dataclass(frozen=True, slots=True)
class Batch:
    text: tuple[Tensor, Tensor, Tensor]
    question: tuple[Tensor, Tensor, Tensor]
    text_mask: Tensor
    question_mask: Tensor
    start: Tensor
    end: Tensor


def _padded(parts: Sequence[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]
            ) -> tuple[tuple[Tensor, Tensor, Tensor], Tensor]:
    longest = max(len(part[0]) for part in parts)
    singles = np.zeros((len(parts), longest), dtype=np.int64)
    pairs = np.zeros_like(singles)
    features = np.zeros((len(parts), longest, FEATURES), dtype=np.float32)
    mask = np.zeros((len(parts), longest), dtype=np.float32)
    for i, (one, two, feature) in enumerate(parts):
        singles[i, :len(one)], pairs[i, :len(one)], features[i, :len(one)], mask[i, :len(one)] = one, two, feature, 1
    return tuple(map(torch.from_numpy, (singles, pairs, features))), torch.from_numpy(mask)  # type: ignore[return-value]


def collate(examples: Sequence[Example]) -> Batch:
    text, text_mask = _padded([e.text for e in examples])
    question, question_mask = _padded([e.question for e in examples])
    return Batch(text, question, text_mask, question_mask, torch.tensor([e.start for e in examples]),
                 torch.tensor([e.end for e in examples]))


def batches(examples: Sequence[Example], dice: random.Random, size: int = 48) -> Iterator[Batch]:
    """Yield batches of like length in random order."""
    order = sorted(range(len(examples)), key=lambda i: (len(examples[i].text[0]) + dice.randint(0, 6), i))
    cuts = [order[i:i + size] for i in range(0, len(order), size)]
    dice.shuffle(cuts)
    for cut in cuts:
        yield collate([examples[i] for i in cut])


# --- the whole model --------------------------------------------------------------------------------------------


class Reader(nn.Module):
    """Vectors of characters and bigrams in front of the network."""

    def __init__(self, vectors: FirstVectors, hidden: int, dropout: int) -> None:
        super().__init__()
        singles, pairs = vectors.character_vectors, vectors.bigram_vectors
        self.characters = nn.Embedding(len(singles), singles.shape[1], _weight=torch.from_numpy(singles.copy()))
        self.bigrams = nn.Embedding(len(pairs), pairs.shape[1], _weight=torch.from_numpy(pairs.copy()), _freeze=True)
        width = vectors.character_vectors.shape[1] + 2 * vectors.bigram_vectors.shape[1] + FEATURES
        self.net = ReaderNet(width, hidden, dropout)

    def embed(self, ids: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        # Bigram vectors stand at their first character; the one that ends here comes from the left.
        pairs = self.bigrams(ids[1])
        before = torch.cat([torch.zeros_like(pairs[:, :1]), pairs[:, :-1]], dim=1)
        return torch.cat([self.characters(ids[0]), pairs, before, ids[2]], dim=-1)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            spans, nothing = self.net(self.embed(batch.text), self.embed(batch.question), batch.text_mask,
                                      batch.question_mask)
        rows = torch.from_numpy(bucket_matrix(spans.shape[1]))
        prior = self.net.prior[rows.clamp(min=0)].masked_fill(rows < 0, -1e4)
        return spans.float() + prior, nothing.float()


def loss_of(spans: Tensor, nothing: Tensor, start: Tensor, end: Tensor, risk: float) -> Tensor:
    """Negative log-likelihood of the true span (or of none), mixed with that of its near misses.

    A span counts as far as it overlaps: `risk` weighs −log Σ p(span)·F1(span)², which forgives a cut one word off.
    """
    size = spans.shape[1]
    everything = torch.cat([spans.flatten(1), nothing.unsqueeze(1)], dim=1)
    target = torch.where(start >= 0, start * size + end - 1, torch.full_like(start, size * size))
    log_p = torch.log_softmax(everything, dim=1)
    exact = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    if risk == 0:
        return exact.mean()
    at = torch.arange(size)
    first, last = at.view(1, size, 1), at.view(1, 1, size) + 1
    s, e = start.view(-1, 1, 1), end.view(-1, 1, 1)
    overlap = (torch.minimum(last, e) - torch.maximum(first, s)).clamp(min=0).float()
    f1 = 2 * overlap / ((last - first).clamp(min=1) + (e - s)).float()
    gain = (log_p[:, :-1].exp() * (f1 * f1).flatten(1)).sum(1)
    soft = torch.where(start >= 0, -torch.log(gain + 1e-6), exact)
    return ((1 - risk) * exact + risk * soft).mean()


# --- measuring --------------------------------------------------------------------------------------------------

MODES = {
    "gold": "the sentence with the answer",
    "apart": "the three that BM25 ranks first, one by one; the best by no-answer score and rank",
    "near": "the sentence with the answer and its neighbours",
    "top3": "the three sentences of the passage that BM25 ranks first",
    "whole": "the whole passage (its first 512 characters)",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Mean F1 and exact match in points, each with the half-width of its 95 % interval; `n` questions."""

    f1: float
    f1_give: float
    exact: float
    exact_give: float
    n: int

    def __str__(self) -> str:
        return f"F1 {self.f1:.1f} ± {self.f1_give:.1f}, EM {self.exact:.1f} ± {self.exact_give:.1f} (n = {self.n})"


def measured_window(case: ReadingCase, mode: str) -> str:
    """Return the text that a mode of `MODES` puts before the reader."""
    first, last = gold_sentences(case)
    chosen: Sequence[int]
    if mode == "gold":
        chosen = range(first, last)
    elif mode == "near":
        chosen = range(max(0, first - 1), min(len(case.sentences), last + 1))
    elif mode == "top3":
        chosen = case.ranked[:3]
    else:
        chosen = range(len(case.sentences))
    return window(case, chosen, LONGEST_TEXT)[0]


def scored(predicted: Sequence[str], cases: Sequence[ReadingCase]) -> Scored:
    answers = [case.context[case.start:case.end] for case in cases]
    f1 = np.array([cmrc_f1(one, two) for one, two in zip(predicted, answers, strict=True)])
    exact = np.array([cmrc_units(one) == cmrc_units(two) for one, two in zip(predicted, answers, strict=True)])
    give = 196 / len(cases) ** 0.5
    return Scored(100 * float(f1.mean()), give * float(f1.std()), 100 * float(exact.mean()), give * float(exact.std()),
                  len(cases))


@torch.no_grad()
def predictions(reader: Reader, cases: Sequence[ReadingCase], mode: str, alphabet: Alphabet) -> list[str]:
    """Return the best span of each case's text, straight from the network in training."""
    was_training = reader.training
    reader.eval()
    texts = [measured_window(case, mode) for case in cases]
    order = sorted(range(len(cases)), key=lambda i: len(texts[i]))
    found = [""] * len(cases)
    for at in range(0, len(order), 32):
        part = order[at:at + 32]
        batch = collate([prepare(cases[i].question, texts[i], -1, -1, 0, alphabet) for i in part])
        spans, nothing = reader(batch)
        for row, i in enumerate(part):
            size = len(texts[i])
            likely, _ = likely_spans(spans[row, :size, :size].numpy(), float(nothing[row]))
            ranked = best_overlap(likely)
            found[i] = texts[i][ranked[0][0]:ranked[0][1]] if ranked else ""
    reader.train(was_training)
    return found


def measure(reader: SpanReader, cases: Sequence[ReadingCase], mode: str) -> Scored:
    """Score the finished reader as it will be run."""
    found: list[str] = []
    for case in cases:
        if mode == "apart":
            texts = [case.context[a:b] for a, b in (case.sentences[i] for i in case.ranked[:3])]
        else:
            texts = [measured_window(case, mode)]
        readings = reader.read(case.question, texts)
        chosen = max(range(len(readings)), key=lambda i: _belief(readings[i], i))
        best = readings[chosen].best
        found.append(best.text if best else "")
    return scored(found, cases)


def _belief(reading: Reading, rank: int) -> float:
    """Log-odds that a text holds the answer, and what its place in the ranking adds."""
    return float(np.log((1 - reading.nothing + 1e-6) / (reading.nothing + 1e-6))) + (1.0, 0.4, 0.0)[rank]


def refusal_quality(reader: SpanReader, cases: Sequence[ReadingCase]) -> float:
    """Return how often a text without the answer gets a higher no-answer score than one with it (AUC, 0 to 1).

    The text without is the best-ranked sentence of the same passage that lacks the answer: the hard kind.
    """
    held: list[float] = []
    lacking: list[float] = []
    for case in cases:
        first, last = gold_sentences(case)
        others = [i for i in case.ranked if not first <= i < last]
        if not others or case.context[case.start:case.end] in window(case, others[:1], LONGEST_TEXT)[0]:
            continue
        readings = reader.read(case.question, [window(case, range(first, last), LONGEST_TEXT)[0],
                                               window(case, others[:1], LONGEST_TEXT)[0]])
        held.append(readings[0].nothing)
        lacking.append(readings[1].nothing)
    return float((np.array(lacking)[:, None] > np.array(held)[None, :]).mean()) if held else float("nan")


# --- training ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out, besides the data."""

    made: int = 30_000  # made questions, read first, with `early` real ones among them
    early: int = 10_000
    passes: int = 9  # over the real questions
    hold: float = 0.5  # share of the training at full rate; then the rate falls to a fiftieth
    hidden: int = 96
    dropout: int = 15  # percent
    risk: float = 0.3
    rate: float = 1.2e-3
    batch: int = 32
    average: float = 0.998
    absent: float = 0.15  # share of questions that are put before sentences without their answer
    squad: float = 0.5  # share of SQuAD-zh in each pass: as many as would drown CMRC
    impossible: int = 1_200  # of SQuAD-zh's questions without answer, in each pass
    text: int = 14_000_000  # characters for the first vectors
    vector_sizes: tuple[int, int] = (128, 64)  # of characters, of bigrams
    per_set: int = 0  # read only so many questions of each set; 0 reads all
    threads: int = 1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Material:
    vectors: FirstVectors
    cmrc: list[ReadingCase]
    development: list[ReadingCase]
    drcd: list[tuple[ReadingCase, ReadingCase]]  # the same question in both scripts
    squad: list[ReadingCase]
    impossible: list[ReadingCase]
    cloze: list[ReadingCase]
    test: list[ReadingCase]


def gather(data: Path, green_only: bool, recipe: Recipe) -> Material:
    """Read all sets and make what is made from them. The test set is read for measuring alone."""

    def read(name: str) -> list[ReadingCase]:
        return reading_cases(data, name, recipe.per_set)

    cmrc = read("cmrc2018_train")
    squad = [] if green_only else read("squad_zh_v1_dev_noxquad")
    second = [] if green_only else read("squad_zh_v2_dev_noxquad")
    texts = (row["text"] for row in rows(data, "gov_reports" if green_only else "news_text"))
    source = (text[at:at + 1500] for text in texts for at in range(0, len(text), 1500))
    simplified, traditional = read("drcd_dev_simp"), read("drcd_dev_trad")
    return Material(
        first_vectors(plain_text(data, green_only, recipe.text), sizes=recipe.vector_sizes, seed=recipe.seed),
        [case for case in cmrc if not held_out(case.context)], [case for case in cmrc if held_out(case.context)],
        list(zip(simplified, traditional, strict=False)), squad, [case for case in second if case.start is None],
        cloze_cases(source, recipe.made, recipe.seed), read(TEST_SET))


def alphabet_of(vectors: FirstVectors) -> Alphabet:
    return Alphabet({c: i + 2 for i, c in enumerate(vectors.characters)},
                    {pair: i + 2 for i, pair in enumerate(vectors.bigrams)}, vectors.idf)


class _Average:
    """A running mean of the weights, which is what we keep."""

    def __init__(self, reader: Reader, decay: float) -> None:
        self.state = {name: weight.detach().clone() for name, weight in reader.state_dict().items()}
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, reader: Reader) -> None:
        self.steps += 1
        share = 1 - min(self.decay, self.steps / (self.steps + 10))
        for name, weight in reader.named_parameters():
            if weight.requires_grad:
                self.state[name].lerp_(weight, share)


def schooling(material: Material, recipe: Recipe, dice: random.Random) -> list[list[ReadingCase]]:
    """Return the cases of each pass, shuffled: made questions with some real ones first, then all real ones again."""

    def real() -> list[ReadingCase]:
        cases = material.cmrc + [dice.choice(pair) for pair in material.drcd]
        cases += dice.sample(material.squad, int(len(material.squad) * recipe.squad))
        cases += dice.sample(material.impossible, min(recipe.impossible, len(material.impossible)))
        dice.shuffle(cases)
        return cases

    first = material.cloze + real()[:recipe.early]
    dice.shuffle(first)
    return [first] + [real() for _ in range(recipe.passes)]


def train(material: Material, recipe: Recipe) -> Reader:
    """Return the averaged reader after all passes."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    torch.set_flush_denormal(True)
    dice = random.Random(recipe.seed)
    alphabet = alphabet_of(material.vectors)
    reader = Reader(material.vectors, recipe.hidden, recipe.dropout)
    average = _Average(reader, recipe.average)
    groups = [{"params": list(reader.net.parameters()), "peak": recipe.rate},
              {"params": [reader.characters.weight], "peak": recipe.rate * 0.3}]
    optimizer = torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.99), weight_decay=0.01)
    learnt = [weight for weight in reader.parameters() if weight.requires_grad]
    passes = schooling(material, recipe, dice)
    reader.train()
    losses: list[float] = []
    with tqdm(total=sum(map(len, passes)), unit="q") as bar:
        for number, cases in enumerate(passes):
            bar.set_description(f"pass {number + 1}/{len(passes)}")
            for begin in range(0, len(cases), 48 * recipe.batch):  # all at once would take gigabytes
                drawn = [(case, draw(case, dice, recipe.absent)) for case in cases[begin:begin + 48 * recipe.batch]]
                examples = [prepare(case.question, *place, case.style, alphabet) for case, place in drawn if place[0]]
                for batch in batches(examples, dice, recipe.batch):
                    share = min(1.0, 1 - 0.98 * (bar.n / bar.total - recipe.hold) / (1 - recipe.hold))
                    for group in optimizer.param_groups:
                        group["lr"] = group["peak"] * share * min(1, (average.steps + 1) / 150)
                    spans, nothing = reader(batch)
                    loss = loss_of(spans, nothing, batch.start, batch.end, recipe.risk)
                    optimizer.zero_grad(set_to_none=True)
                    loss.backward()  # type: ignore[no-untyped-call]
                    nn.utils.clip_grad_norm_(learnt, 5.0)
                    optimizer.step()
                    average.update(reader)
                    losses.append(loss.item())
                    bar.update(len(batch.start))
                    bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}", refresh=False)
    reader.load_state_dict(average.state)
    reader.eval()
    return reader


# --- writing ----------------------------------------------------------------------------------------------------


def _packed(weights: Tensor) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    rows_ = weights.detach().numpy()
    scales = (np.abs(rows_).max(1) / 127).clip(1e-7).astype(np.float16)
    return np.rint(rows_ / scales.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8), scales


def write(reader: Reader, vectors: FirstVectors, folder: Path) -> None:
    """Write the reader for onnxruntime: network and tables in bytes, about a quarter of the size it was trained in."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    characters, character_scales = _packed(reader.characters.weight)
    bigrams, bigram_scales = _packed(reader.bigrams.weight)
    save_file({"characters": characters, "character_scales": character_scales, "bigrams": bigrams,
               "bigram_scales": bigram_scales, "idf": vectors.idf.astype(np.float16),
               "prior": reader.net.prior.detach().numpy()}, folder / "tables.safetensors")
    (folder / "vocabulary.json").write_text(json.dumps(
        {"characters": vectors.characters, "bigrams": "".join(vectors.bigrams)}, ensure_ascii=False), encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        _export(reader, plain)
        model = onnx.load(str(plain))
        _give_lengths(model)
        _unshare(model)
        onnx.save(model, str(plain))
        quantize_dynamic(str(plain), str(folder / "reader.onnx"), weight_type=QuantType.QInt8)


def _export(reader: Reader, path: Path) -> None:
    width = reader.net.width
    inputs = (torch.zeros(2, 9, width), torch.zeros(2, 5, width), torch.ones(2, 9), torch.ones(2, 5))
    names = ["context", "question", "context_mask", "question_mask"]
    axes = {"context": {0: "n", 1: "c"}, "question": {0: "n", 1: "q"}, "context_mask": {0: "n", 1: "c"},
            "question_mask": {0: "n", 1: "q"}, "spans": {0: "n", 1: "c", 2: "c"}, "nothing": {0: "n"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(reader.net.eval(), inputs, str(path), dynamo=False, input_names=names,
                          output_names=["spans", "nothing"], dynamic_axes=axes, opset_version=17)


def _give_lengths(model: Any) -> None:
    """Tell each LSTM how long the texts are, or its backward half would start in the padding."""
    from onnx import TensorProto, helper

    for name in ("context_lengths", "question_lengths"):
        model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.INT32, ["n"]))
    layers = [node for node in model.graph.node if node.op_type == "LSTM"]
    lengths = ["context_lengths", "question_lengths", "context_lengths", "question_lengths", "context_lengths"]
    for node, name in zip(layers, lengths, strict=True):  # in the order in which ReaderNet.forward runs them
        while len(node.input) < 5:
            node.input.append("")
        node.input[4] = name


def _unshare(model: Any) -> None:
    """Copy what two LSTMs share: quantising would pack the first one's weights alone."""
    values = {one.name: one for one in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in values:  # how the exporter shares
            values[node.output[0]] = values[node.input[0]]
    taken: set[str] = set()
    for node in model.graph.node:
        if node.op_type != "LSTM":
            continue
        for place, name in enumerate(node.input):
            if name not in values:
                continue
            held = values[name].name
            if held in taken:
                copy = type(values[name])()
                copy.CopyFrom(values[name])
                copy.name = f"{held}_{len(model.graph.initializer)}"
                model.graph.initializer.append(copy)
                node.input[place] = copy.name
            taken.add(held)
    used = {name for node in model.graph.node for name in node.input}
    for node in [one for one in model.graph.node if one.op_type == "Identity" and one.output[0] not in used]:
        model.graph.node.remove(node)  # or it would keep the unquantised copy in the file


def run(data: Path, out: Path, green_only: bool, recipe: Recipe | None = None) -> None:
    """Train, write, measure; print the minutes and the scores."""
    recipe = recipe or Recipe()
    began = time.monotonic()
    material = gather(data, green_only, recipe)
    print(f"{len(material.cmrc)} CMRC, {len(material.drcd)} DRCD, {len(material.squad)} SQuAD-zh, "
          f"{len(material.impossible)} without answer, {len(material.cloze)} made; {_minutes(began)} to read")
    reader = train(material, recipe)
    write(reader, material.vectors, out)
    print(f"trained in {_minutes(began)}")
    finished = SpanReader.load(out)
    lines: list[str] = []
    for name, cases in (("CMRC train, held-out tenth", material.development), ("cmrc2018_trial", material.test)):
        for mode, words in MODES.items():
            lines.append(f"| {name} | {words} | {measure(finished, cases, mode)} |")
            print(lines[-1])
    area = refusal_quality(finished, material.development)
    print(f"no-answer score, AUC on the held-out tenth: {area:.3f}")
    size = sum(file.stat().st_size for file in out.iterdir() if file.suffix != ".md") / 1e6
    (out / "README.md").write_text(_card(lines, area, size, _minutes(began), green_only, recipe), encoding="utf-8")


def _minutes(began: float) -> str:
    return f"{(time.monotonic() - began) / 60:.0f} min"


def _card(lines: Sequence[str], area: float, size: float, minutes: str, green_only: bool, recipe: Recipe) -> str:
    yellow = "" if green_only else YELLOW_CARD
    others = "" if green_only else f" and {recipe.squad:.0%} of SQuAD-zh"
    made = "government work reports (official texts)" if green_only else "news"
    return f"""{CARD_HEAD}
{yellow}
## Recipe
`python -m rag.training reader{" --green-only" if green_only else ""}`: {minutes}, seed {recipe.seed}.
Character and bigram vectors by positive PMI and SVD; BiLSTM encoder ({recipe.hidden} a direction), attention both
ways, BiLSTM, softmax over whole spans and "none". First {recipe.made} made questions with {recipe.early} real ones,
then {recipe.passes} passes over CMRC, DRCD{others}. Made questions come from {made}: a sentence loses a
name, number or clause and asks for it. {recipe.risk:.0%} of the loss forgives spans that overlap. Running mean of
weights. int8. {size:.1f} MB.

## Scores
CMRC's own F1 (longest common substring) and exact match with 95 % intervals, measured with the files in this folder.

| set | text read | score |
|---|---|---|
{chr(10).join(lines)}

The no-answer score puts the sentence without the answer (the best-ranked of the same passage) above the one with it in
{area:.1%} of pairs (AUC, held-out tenth).

{CARD_TAIL}"""


CARD_HEAD = """# Span reader
Question and a few sentences → the short answer in them, and how likely it is that they hold none.

## Data
Trained on (text is not shipped, only weights):
- CMRC 2018 train, nine tenths (CC BY-SA 4.0, ymcui/expmrc); the other tenth is for development.
- DRCD dev, both scripts (CC BY-SA 3.0, DRCKnowledgeTeam/DRCD).
- Law articles and government work reports (official texts) for the first vectors.

cmrc2018_trial is for measuring alone. CMRC dev, DRCD test, XQuAD, DuReader-robust, RGB and CRUD-RAG questions were not
used."""

YELLOW_CARD = """- Yellow, without a licence upstream: SQuAD-zh v1, v2 (translated, junzeng-pluto/ChineseSquad);
  news text (CRUD-RAG) for first vectors and made questions. `--green-only` leaves them out.
"""

CARD_TAIL = """## Weak at
- Answers are cut as CMRC cuts them: "why", "how" and "what" get a clause, sometimes more than is needed.
- Questions in other words than the text: what shares no characters with the question is found by type alone.
- Several answers in one text (lists): one span is returned, seldom the whole list.
- It reads what it is given. The no-answer score tells a wrong sentence from the right one, not a false premise.
"""
