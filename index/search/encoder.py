"""A pretrained encoder without torch: text → pieces, pieces → vectors, by onnxruntime.

multilingual-e5-small with the vocabulary that Chinese and English questions need (`index.training.encoder` makes it).
The vectors of the pieces lie in one table that all graphs share: a graph takes rows of it, never ids.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import simplified
from corpus.errors import ModelError
from corpus.quiet import keep_quiet

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

FOLDER = Path(__file__).parent.parent / "models" / "encoder"
BEGIN, END = 0, 2  # pieces that stand for the beginning of a text and for its end
LONGEST = 512  # pieces: the encoder knows no place beyond
_QUESTION, _PASSAGE = "query: ", "passage: "  # how the encoder was taught to tell them apart
_AT_ONCE = 256  # texts whose pieces are held in memory
_REMEMBERED = 8192  # texts
_MENDED = "请重新安装本项目，或重新训练：python -m index.training encoder。"

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text cut into pieces: `ids`, and for each the half-open code-point offsets of what it stands for."""

    ids: Ids
    offsets: tuple[tuple[int, int], ...]


class PieceTable:
    """Cuts text into pieces and looks their vectors up. Immutable: any number of threads may use it."""

    def __init__(self, tokenizer: Tokenizer, numbers: NDArray[np.int8], scales: Floats) -> None:
        self._tokenizer = tokenizer
        self._numbers = numbers
        self._scales = scales
        self.dim = int(numbers.shape[1])

    @classmethod
    @cache
    def load(cls, folder: Path = FOLDER) -> PieceTable:
        """Read tokenizer and table of `folder`. Raises ModelError."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tensors = load_file(folder / "pieces.safetensors")
            numbers, scales = tensors["numbers"], tensors["scales"].astype(np.float32)
        except Exception as error:  # tokenizers and safetensors raise their own
            raise ModelError(f"编码模型缺失或已损坏：{folder.name}（{type(error).__name__}）；{_MENDED}") from error
        if numbers.dtype != np.int8 or len(numbers) != tokenizer.get_vocab_size() or scales.shape != (len(numbers),):
            raise ModelError(f"编码模型的词表与向量对不上：{folder.name}；{_MENDED}")
        return cls(tokenizer, numbers, scales)

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """Return the pieces of each text, in simplified script; offsets hold in the text as given."""
        plain = [simplified(text).encode("utf-8", "replace").decode("utf-8") for text in texts]
        encodings = self._tokenizer.encode_batch(plain, add_special_tokens=False)
        return [Pieces(np.asarray(one.ids, dtype=np.int64), tuple(one.offsets)) for one in encodings]

    def vectors(self, ids: Ids) -> Floats:
        """Return the vector of each piece, shape (*ids.shape, dim)."""
        rows: Floats = self._numbers[ids] * self._scales[ids][..., None]
        return rows

    def feed(self, ids: Ids) -> dict[str, Floats]:
        """Return what a graph takes of one text: `pieces`, shape (1, len(ids), dim), and a `mask` of ones."""
        return {"pieces": self.vectors(ids)[None], "mask": np.ones((1, len(ids)), dtype=np.float32)}


class Graph:
    """A network of onnxruntime, run for one text at a time on as many threads as there are cores.

    Activations are scaled by the largest of a run: in a batch, what a text becomes would depend on its neighbours.
    """

    def __init__(self, session: InferenceSession, *, alone: bool = True) -> None:
        """`alone`: the process may use every core."""
        self._session = session
        self._alone = alone

    @classmethod
    def load(cls, path: Path) -> Graph:
        """Read a graph file. Raises ModelError."""
        keep_quiet()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return cls(onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"]))
        except OSError as error:
            raise ModelError(f"编码模型缺少文件 {path}；{_MENDED}") from error
        except Exception as error:  # onnxruntime raises its own
            raise ModelError(f"编码模型 {path} 已损坏；{_MENDED}") from error

    def run(self, feeds: Sequence[Mapping[str, Floats]]) -> list[list[Floats]]:
        """Return the outputs for each feed, in order."""
        if len(feeds) < 2 or not self._alone:
            return [self._session.run(None, dict(feed)) for feed in feeds]
        return list(_pool().map(lambda feed: self._session.run(None, dict(feed)), feeds))

    def on_one_thread(self) -> Graph:
        """Return the same network for a process that leaves the other cores to others."""
        return Graph(self._session, alone=False)


@cache
def _pool() -> ThreadPoolExecutor:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ThreadPoolExecutor(cores, "encoder")


class EncoderEmbedder:
    """Vectors of whole texts: the mean over their pieces, moved to the middle of all texts, at length one.

    As they come all vectors point much the same way (cosines of .7 to .93); with the mean of questions, or of passages,
    taken away, unrelated texts lie at 0. Source: Mu & Viswanath, "All-but-the-Top", ICLR 2018 (its first step).
    Any number of threads may ask.
    """

    def __init__(
        self, name: str, table: PieceTable, graph: Graph, means: Mapping[str, Floats], fingerprint: str
    ) -> None:
        self.name = name
        self.dim = table.dim
        self.fingerprint = fingerprint
        self._table = table
        self._graph = graph
        self._means = means
        self._known: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, name: str, folder: Path = FOLDER) -> EncoderEmbedder:
        """Read the encoder of `folder`. Raises ModelError."""
        table = PieceTable.load(folder)
        graph = Graph.load(folder / "encoder.onnx")
        means = _means(folder)
        digest = hashlib.sha256()
        for file in ("tokenizer.json", "pieces.safetensors", "encoder.onnx", "means.safetensors"):
            content = (folder / file).read_bytes()
            digest.update(f"{file}\0{len(content)}\0".encode() + content)
        return cls(name, table, graph, means, digest.hexdigest())

    def on_one_thread(self) -> EncoderEmbedder:
        """Return the same encoder for a process that leaves the other cores to others."""
        return EncoderEmbedder(self.name, self._table, self._graph.on_one_thread(), self._means, self.fingerprint)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return rows of unit length, shape (len(texts), dim); zeros for a text without a piece.

        What was embedded lately is remembered: the same article comes again in another corpus, a sentence in its passage.
        """
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= zip(new, self._encoded(new, _PASSAGE), strict=True)
        with self._lock:
            self._known.update((text, known[text]) for text in new)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, self.dim), dtype=np.float32)

    def encode_questions(self, questions: Sequence[str]) -> Floats:
        """Return rows of unit length, shape (len(questions), dim): their nearest passages are likely to answer them."""
        return self._encoded(questions, _QUESTION)

    def encode_prefixed(self, texts: Sequence[str]) -> Floats:
        """Return rows of unit length for texts that carry their prefix themselves, all the same one."""
        prefix = _QUESTION if texts and texts[0].startswith(_QUESTION) else _PASSAGE
        return self._encoded([text.removeprefix(prefix) for text in texts], prefix)

    def _encoded(self, texts: Sequence[str], prefix: str) -> Floats:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        cut = self._table.cut([prefix + texts[row] for row in filled])
        sequences = [np.concatenate([[BEGIN], one.ids[: LONGEST - 2], [END]]) for one in cut]
        for first in range(0, len(sequences), _AT_ONCE):
            feeds = [self._table.feed(sequence) for sequence in sequences[first : first + _AT_ONCE]]
            for row, (found,) in zip(filled[first:], self._graph.run(feeds), strict=False):
                moved = found[0] - self._means[prefix]
                vectors[row] = moved / np.linalg.norm(moved)
        return vectors


def _means(folder: Path) -> dict[str, Floats]:
    from safetensors.numpy import load_file

    try:
        tensors = load_file(folder / "means.safetensors")
        return {_QUESTION: tensors["questions"], _PASSAGE: tensors["passages"]}
    except Exception as error:  # safetensors raises its own
        raise ModelError(f"编码模型缺失或已损坏：{folder.name}（{type(error).__name__}）；{_MENDED}") from error
