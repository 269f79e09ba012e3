"""Contrastive training of a static embedder, on the CPU, in numpy.

A token's vector is the sum of the vectors of all tokens inside it, its characters among them, times a scale of its own:
a rare word starts from what it is made of. A text is the sum of its tokens, at length one. Texts of a pair are drawn
together, all other texts of the batch pushed away (InfoNCE). Source: van den Oord, Li & Vinyals, 2018.
The gradient of this small model is written out: a step touches a tenth of the table, which no general library knows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from tqdm import tqdm

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a training run beside the data; docs/training-embedder.md says how each was chosen."""

    dim: int = 256
    steps: int = 6000
    batch: int = 512
    rate: float = 2e-2
    scale_rate: float = 1e-2
    temperature: float = 0.05
    backward: float = 0.5  # share of the loss right → left
    negatives: int = 1  # mined, for each pair
    longest: int = 128  # tokens of a text that are read
    rare: float = 1e-4  # a word of this relative frequency starts at half the weight of a rare one
    warm: int = 100  # steps until the full rate
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token numbers of many texts: those of text i are `flat[ends[i]:ends[i+1]]`."""

    flat: NDArray[np.int32]
    ends: Integers

    def __len__(self) -> int:
        return len(self.ends) - 1

    def of(self, rows: Sequence[int] | Integers, longest: int) -> tuple[NDArray[np.int32], Integers]:
        """Return the tokens of `rows` end to end, at most `longest` of each, and how many each has."""
        parts = [self.flat[self.ends[row] : min(self.ends[row + 1], self.ends[row] + longest)] for row in rows]
        return np.concatenate(parts), np.array([len(part) for part in parts], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class TokenPairs:
    """Pairs of one source as tokens: left i belongs to right `gold[i]`; `mined[i]` are rights that only look right.

    Lefts with one number in `groups` are the same text.
    """

    name: str
    weight: float
    left: Tokens
    right: Tokens
    gold: Integers
    groups: Integers
    mined: Integers | None = None


@dataclass(slots=True)
class _Rows:
    """A table that moves only in the rows a step has touched, each at a rate of its own.

    The rate falls with the root of the row's mean squared gradient: Adam's second moment, one number per row, and no
    first. Adam itself took half the time of a step and gained nothing.
    """

    values: Floats
    rate: float
    square: Floats = field(init=False)
    seen: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.square = np.zeros((len(self.values), 1), dtype=np.float32)
        self.seen = np.zeros((len(self.values), 1), dtype=np.float32)

    def step(self, rows: Integers, gradient: Floats, share: float) -> None:
        """Move `rows` against their gradient, shape (len(rows), width); it is used up."""
        self.seen[rows] += 1
        now = np.einsum("ij,ij->i", gradient, gradient)[:, None] / gradient.shape[1]
        square = 0.98 * self.square[rows] + 0.02 * now
        self.square[rows] = square
        size = np.sqrt(square / (1 - 0.98 ** self.seen[rows])) + 1e-8
        gradient *= (self.rate * share / size).astype(np.float32)  # in place: a new array of this size costs more
        self.values[rows] -= gradient


class StaticModel:
    """The table while it is being learned."""

    def __init__(
        self, counts: NDArray[np.float64], rows: Sequence[int], columns: Sequence[int], recipe: Recipe
    ) -> None:
        """Take how often each token was seen and, by row and column, which tokens each is made of (itself too)."""
        size = len(counts)
        parts = np.bincount(rows, minlength=size) - 1
        at, inside = np.asarray(rows), np.asarray(columns)
        share = np.where(at == inside, 1.0, 1.0 / np.sqrt(np.maximum(parts[at], 1)))
        self._made_of = sp.csr_matrix((share.astype(np.float32), (at, inside)), shape=(size, size))
        generator = np.random.default_rng(recipe.seed)
        vectors = generator.standard_normal((size, recipe.dim)).astype(np.float32) / math.sqrt(recipe.dim)
        frequency = np.maximum(counts, 1) / np.maximum(counts, 1).sum()
        scales = np.log(recipe.rare / (recipe.rare + frequency)).astype(np.float32)[:, None]
        self._vectors = _Rows(vectors, recipe.rate)
        self._scales = _Rows(scales, recipe.scale_rate)
        self._recipe = recipe

    def table(self) -> Floats:
        """Return one vector per token, shape (tokens, dim), of which a text is the sum; row 0, the unknown, is zero."""
        table: Floats = (self._made_of @ self._vectors.values) * np.exp(self._scales.values)
        table[0] = 0
        return table

    def learn(
        self,
        left: tuple[NDArray[np.int32], Integers],
        right: tuple[NDArray[np.int32], Integers],
        gold: Integers,
        groups: Integers,
        share: float,
    ) -> float:
        """Take one step and return the loss before it. Left i belongs to right `gold[i]`.

        Lefts of one group are the same text: the right of one is not wrong for another.
        """
        tokens, place = np.unique(np.concatenate([left[0], right[0]]), return_inverse=True)
        ends = np.concatenate([[0], np.cumsum(np.concatenate([left[1], right[1]]))])
        bags = sp.csr_matrix(
            (np.ones(len(place), np.float32), place.astype(np.int32), ends.astype(np.int32)),
            shape=(len(ends) - 1, len(tokens)),
        )
        made_of = self._made_of[tokens]
        parts, column = np.unique(made_of.indices, return_inverse=True)
        made_of = sp.csr_matrix(
            (made_of.data, column.astype(np.int32), made_of.indptr), shape=(len(tokens), len(parts))
        )
        scale = np.exp(self._scales.values[tokens])
        table = made_of @ self._vectors.values[parts]
        table *= scale
        sums = bags @ table
        lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9
        units = sums / lengths
        loss, slope = contrast(units[: len(gold)], units[len(gold) :], gold, groups, self._recipe)
        slope = (slope - units * (units * slope).sum(axis=1, keepdims=True)) / lengths
        by_token = bags.T.tocsr() @ slope.astype(np.float32)
        self._scales.step(tokens, np.einsum("ij,ij->i", by_token, table)[:, None], share)
        by_token *= scale
        self._vectors.step(parts, made_of.T.tocsr() @ by_token, share)
        return loss


def contrast(left: Floats, right: Floats, gold: Integers, groups: Integers, recipe: Recipe) -> tuple[float, Floats]:
    """Return the loss and its slope by the rows of `left`, then of `right` (all of unit length).

    Forward, each left chooses its right among all but the other rights of its group; backward, each right its left
    among those of other rights and groups.
    """
    rows = np.arange(len(gold))
    cosines = left @ right.T / recipe.temperature
    related = (groups[:, None] == groups[None, :]) | (gold[:, None] == gold[None, :])
    np.fill_diagonal(related, False)
    among = cosines.copy()
    one, other = np.nonzero(groups[:, None] == groups[None, :])
    also_right = gold[one] != gold[other]
    among[one[also_right], gold[other[also_right]]] = -np.inf
    forward = _softmax(among)
    loss = -(1 - recipe.backward) * np.log(forward[rows, gold] + 1e-12).mean()
    forward[rows, gold] -= 1
    slope = forward * ((1 - recipe.backward) / len(gold))
    chosen = cosines[:, gold].T.copy()
    chosen[related] = -np.inf
    back = _softmax(chosen)
    loss -= recipe.backward * np.log(back[rows, rows] + 1e-12).mean()
    back[rows, rows] -= 1
    np.add.at(slope.T, gold, back * (recipe.backward / len(gold)))
    slope /= recipe.temperature
    return float(loss), np.concatenate([slope @ right, slope.T @ left]).astype(np.float32)


def _softmax(scores: Floats) -> Floats:
    raised: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised


def train(
    model: StaticModel, tasks: Sequence[TokenPairs], recipe: Recipe, *, quiet: bool = False
) -> Mapping[str, float]:
    """Take `recipe.steps` steps, each on pairs of one task. Return the mean loss of each task near the end."""
    generator = np.random.default_rng(recipe.seed)
    odds = np.array([task.weight for task in tasks])
    queues: dict[str, Integers] = {}
    losses: dict[str, float] = {}
    with tqdm(range(recipe.steps), desc="training", disable=quiet) as bar:
        for step in bar:
            task = tasks[generator.choice(len(tasks), p=odds / odds.sum())]
            rows, queues[task.name] = _next(queues.get(task.name), task, recipe.batch, generator)
            right = task.gold[rows]
            if task.mined is not None and recipe.negatives:
                chosen = generator.integers(0, task.mined.shape[1], (len(rows), recipe.negatives))
                right = np.concatenate([right, task.mined[rows[:, None], chosen].ravel()])
            distinct, place = np.unique(right, return_inverse=True)
            loss = model.learn(
                task.left.of(rows, recipe.longest),
                task.right.of(distinct, recipe.longest),
                place[: len(rows)],
                task.groups[rows],
                _share(step, recipe),
            )
            losses[task.name] = loss if step < recipe.warm else 0.95 * losses.get(task.name, loss) + 0.05 * loss
            bar.set_postfix({task.name: f"{losses[task.name]:.2f}"}, refresh=False)
    return losses


def _next(
    queue: Integers | None, task: TokenPairs, batch: int, generator: np.random.Generator
) -> tuple[Integers, Integers]:
    """Return the next pairs of a task and what remains of its shuffled order."""
    batch = min(batch, len(task.gold))
    if queue is None or len(queue) < batch:
        queue = generator.permutation(len(task.gold))
    return queue[:batch], queue[batch:]


def _share(step: int, recipe: Recipe) -> float:
    """Return the share of the full learning rate: up for `warm` steps, then down to a fiftieth in a straight line."""
    return min(1.0, (step + 1) / recipe.warm) * max(0.02, 1 - step / recipe.steps)
