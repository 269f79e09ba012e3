"""Does the end of one line run on into the beginning of another, or were words lost between?

Two witnesses. A small network that has read news text judges the characters around the junction (see training.py and
models/README.md); the article itself knows words that never stand without their neighbours: where 平经开区 always
follows 临, another character before it means that a word is torn.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.lines.layout import is_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = Path(__file__).parent.parent / "models" / "junctions.npz"
WINDOW = 10  # characters on each side
BUCKETS = 1 << 20
UNKNOWN = 1  # row of the embedding for rare characters; row 0 is for what lies beyond the text
# How many characters of the left and of the right side each hashed feature takes.
SPANS = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 1), (1, 3), (3, 2), (2, 3), (1, 0), (2, 0), (3, 0), (0, 1), (0, 2), (0, 3))

_MIX = 0x9E3779B97F4A7C15
_HABIT_LENGTHS = (6, 5, 4, 3, 2)
# Log odds of a junction at which a word lacks the neighbour that it had 2, 3, 4, 5 or more times elsewhere in the
# article, and of one at which it has it. Counted on 1,320 news texts broken by tests/corpus/breaking.py.
_TORN = (-1.6, -2.4, -3.3, -4.2)
_KEPT = 3.5
_NAMED = 3.0
_POST = re.compile(f"(?:{any_of('corpus/titles')}|[院所局部区市镇县校会队站厂店村组科处厅司行社]长|秘书长?)$")
_AFTER_NAME = frozenset("，,、（(说道称介表指告认坦透感在向对和与等带也强回解直笑")
_HABIT_REACH = 100_000  # characters of the article; a page has a tenth of it
_HABIT_ENOUGH = 30  # times


def code_points(text: str) -> NDArray[np.uint32]:
    """Return one code point per character of folded text; every digit is 0."""
    import numpy as np

    folded = "".join("0" if character.isdigit() else character for character in fold(text))
    return np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def bucket_columns(windows: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the hashed features of junctions, shape (n, len(SPANS)), for windows of shape (n, 2 · WINDOW)."""
    import numpy as np

    mix, shift = np.uint64(_MIX), np.uint64(29)
    left = [windows[:, WINDOW - 1 - back].astype(np.uint64) for back in range(3)]
    right = [windows[:, WINDOW + ahead].astype(np.uint64) for ahead in range(3)]
    columns = []
    with np.errstate(over="ignore"):
        for number, (before, after) in enumerate(SPANS):
            value = np.full(len(windows), number + 1, dtype=np.uint64) * mix
            for character in (*left[:before][::-1], None, *right[:after]):
                value = (value ^ (np.uint64(0x1FFFFF) if character is None else character)) * mix
                value ^= value >> shift
            columns.append((value >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.int64))
    return np.stack(columns, axis=1)


def vocabulary_rows(windows: NDArray[np.uint32], known: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the embedding row of each character: 0 beyond the text, UNKNOWN for rare ones. `known` is sorted."""
    import numpy as np

    where = np.searchsorted(known, windows).clip(max=len(known) - 1)
    return np.where(windows == 0, 0, np.where(known[where] == windows, where + UNKNOWN + 1, UNKNOWN)).astype(np.int64)


def introduces_person(left: str, right: str) -> bool:
    """Whether `left` ends with a post («项目经理») and `right` begins with a name that does or says something."""
    if not _POST.search(left):
        return False
    return any(is_name(right[:length]) and right[length : length + 1] in _AFTER_NAME for length in (2, 3))


class Junctions:
    """Judges junctions of one article. Scores are log odds, for even odds beforehand."""

    def __init__(self, source: str) -> None:
        self._source = source[:_HABIT_REACH]
        self._memory: dict[tuple[str, str], float] = {}

    def runs_on(self, left: str, right: str) -> float:
        """Return the log odds that `right` continues `left` with nothing lost between."""
        key = (left[-WINDOW:], right[:WINDOW])
        if key not in self._memory:
            # The network cannot know people; that a name follows a post, grammar does.
            reads = _NAMED if introduces_person(*key) else _model().score(*key)
            self._memory[key] = reads + self.habit(left, right)
        return self._memory[key]

    def habit(self, left: str, right: str) -> float:
        """Return what the article's own words say about a junction: log odds, 0 when they say nothing."""
        return self._side(right, left[-1:], -1) + self._side(left, right[:1], 1)

    def _side(self, text: str, neighbour: str, side: int) -> float:
        for length in _HABIT_LENGTHS:
            word = text[:length] if side < 0 else text[-length:]
            fixed, times = self._fixed_neighbour(word, side) if len(word) == length else ("", 0)
            if fixed:
                return _KEPT if fixed == neighbour else _TORN[min(times, len(_TORN) + 1) - 2]
        return 0.0

    def _fixed_neighbour(self, word: str, side: int) -> tuple[str, int]:
        """Return the one character that always stands before (-1) or after (1) `word`, and how often.

        Empty when there is none, or when it was seen only once. Line ends tell nothing; punctuation fixes nothing.
        """
        seen = ""
        times = 0
        at = self._source.find(word)
        while at >= 0 and times < _HABIT_ENOUGH:
            where = at - 1 if side < 0 else at + len(word)
            neighbour = self._source[where] if 0 <= where < len(self._source) else " "
            if not neighbour.isspace():
                if not neighbour.isalnum() or (seen and neighbour != seen):
                    return "", 0
                seen = neighbour
                times += 1
            at = self._source.find(word, at + 1)
        return (seen, times) if times > 1 else ("", 0)


class _Model:
    """The trained network; training.py says how it came about."""

    def __init__(self) -> None:
        import numpy as np

        with resources.files("corpus").joinpath("models", MODEL.name).open("rb") as file:
            packed = np.load(file, allow_pickle=False)
            weights = {name: packed[name] for name in packed.files}

        def matrix(name: str) -> NDArray[np.float32]:
            scaled: NDArray[np.float32] = weights[name].astype(np.float32) * weights[name + "_scale"]
            return scaled

        self._known = weights["known"]
        self._embedding = matrix("embedding_weight")
        self._layers = [(matrix(f"{name}_weight"), weights[f"{name}_bias"]) for name in ("first", "second", "third")]
        self._wide = weights["wide_weight"][0]  # int8; scaled after summing
        self._wide_scale = float(weights["wide_weight_scale"][0, 0])

    def score(self, left: str, right: str) -> float:
        """Return the log odds that the two sides were neighbours, for at most WINDOW characters of each."""
        import numpy as np

        window = np.zeros((1, 2 * WINDOW), dtype=np.uint32)
        before, after = code_points(left), code_points(right)
        window[0, WINDOW - len(before) : WINDOW] = before
        window[0, WINDOW : WINDOW + len(after)] = after
        hidden = self._embedding[vocabulary_rows(window, self._known)].reshape(1, -1)
        for number, (weight, bias) in enumerate(self._layers):
            hidden = hidden @ weight.T + bias
            if number < len(self._layers) - 1:
                hidden = np.maximum(hidden, 0)
        wide = int(self._wide[bucket_columns(window)].astype(np.int64).sum())
        return float(hidden[0, 0]) + wide * self._wide_scale


@cache
def _model() -> _Model:
    return _Model()
