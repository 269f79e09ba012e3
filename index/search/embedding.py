"""Text to vectors: the built-in model without torch, any other through sentence-transformers.

The built-in model is static: each token has one vector, a text is the mean of its tokens' vectors, at length one. Its
folder is in sentence-transformers format. It is read here with tokenizers, safetensors and numpy: model2vec reads the
same folder and gives the same vectors (tested), but takes half a second against a tenth, and sets its tokenizer's
truncation on every call, which two threads must not do at once.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.search.encoder import EncoderEmbedder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

AUTO = "auto"  # the encoder, or the static model where the articles are too many for it
BUILTIN = "builtin"  # the pretrained encoder
STATIC = "static"  # one vector a word: for corpora that the encoder would take too long over
_FILES = ("config.json", "tokenizer.json", "model.safetensors")
ENCODED_AT_MOST = 1_500_000  # characters: some ten minutes of two cores
_TOKENS_AT_ONCE = 2_000  # what is gathered at once stays in the processor's cache: 2 MB at 256 dimensions


class Embedder(Protocol):
    """What the index needs of a model."""

    @property
    def name(self) -> str:
        """Return what `load_embedder` was asked for."""

    @property
    def dim(self) -> int:
        """Return how many numbers a vector has."""

    @property
    def fingerprint(self) -> str:
        """Return a SHA-256 that is equal if and only if the model is the same, whatever folder it lies in."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, shape (len(texts), dim).

        A text without one known token (an empty one, say) is a row of zeros: as near to anything as to nothing.
        """

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Return the same for questions: a model may see them in another way than the texts that answer them."""


class StaticEmbedder:
    """One vector per token, stored as eight-bit numbers with one scale per token."""

    def __init__(
        self, name: str, tokenizer: Tokenizer, table: NDArray[np.int8], scales: NDArray[np.float32], fingerprint: str
    ) -> None:
        self.name = name
        self.dim = int(table.shape[1])
        self.fingerprint = fingerprint
        self._tokenizer = tokenizer
        self._table = table
        self._scales = scales

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, shape (len(texts), dim); zeros for a text without a known token."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        encodings = self._tokenizer.encode_batch_fast([_encodable(text) for text in texts], add_special_tokens=False)
        tokens = [encoding.ids for encoding in encodings]
        start = 0
        while start < len(tokens):
            end, size = start, 0
            while end < len(tokens) and (end == start or size + len(tokens[end]) <= _TOKENS_AT_ONCE):
                size += len(tokens[end])
                end += 1
            vectors[start:end] = self._sums(tokens[start:end])
            start = end
        return _unit(vectors)

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Return what `encode` returns: words mean the same wherever they stand."""
        return self.encode(questions)

    def token_ids(self, text: str) -> NDArray[np.intp]:
        """Return the tokens of `text`, shape (tokens,)."""
        encoding = self._tokenizer.encode(_encodable(text), add_special_tokens=False)
        return np.asarray(encoding.ids, dtype=np.intp)

    def word_edges(self, text: str) -> frozenset[int]:
        """Return the offsets in `text` (code points) at which its tokens begin and end."""
        encoding = self._tokenizer.encode(_encodable(text), add_special_tokens=False)
        return frozenset(edge for pair in encoding.offsets for edge in pair)

    def vectors_of(self, token_ids: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the vector of each token, shape (tokens, dim); its length is the weight of the token."""
        vectors: NDArray[np.float32] = self._table[token_ids] * self._scales[token_ids, None]
        return vectors

    def _sums(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        """Return each text's sum of token vectors: its direction is that of the mean."""
        sums = np.zeros((len(tokens), self.dim), dtype=np.float32)
        filled = [row for row, ids in enumerate(tokens) if ids]
        if not filled:
            return sums
        flat = np.concatenate([np.asarray(tokens[row], dtype=np.intp) for row in filled])
        starts = np.cumsum([0] + [len(tokens[row]) for row in filled[:-1]])
        sums[filled] = np.add.reduceat(self._table[flat] * self._scales[flat, None], starts, axis=0)
        return sums


class _HubEmbedder:
    """A sentence-transformers model. One call at a time: its tokenizer is changed while it works."""

    def __init__(self, name: str, model: Any, fingerprint: str) -> None:
        self.name = name
        self.dim = int(model.get_embedding_dimension())
        self.fingerprint = fingerprint
        self._model = model
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, shape (len(texts), dim)."""
        return self._encoded(self._model.encode_document, texts)

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, shape (len(questions), dim), with the prompt that the model wants for questions."""
        return self._encoded(self._model.encode_query, questions)

    def _encoded(self, encode: Any, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._lock:
            vectors = encode([_encodable(text) for text in texts], convert_to_numpy=True, show_progress_bar=False)
        return _unit(np.asarray(vectors, dtype=np.float32))


def load_embedder(name: str = BUILTIN) -> Embedder:
    """Return the embedder called `name`: "builtin", "static", a local sentence-transformers folder, or a model of the hub.

    The hub is asked only for a model that is not on this machine, and never when HF_HUB_OFFLINE is set.
    Raises ModelError if there is no such model, or if it cannot be read.
    """
    if name == BUILTIN:
        return _encoder(name)
    if name == STATIC:
        return read_static(Path(str(resources.files("index"))) / "models" / "embedder", name)
    return _load_hub(name)


@cache
def _encoder(name: str) -> EncoderEmbedder:
    """Return the encoder, in memory once: it keeps nothing of whoever asks but the vectors of texts."""
    return EncoderEmbedder.load(name)


def embedder_for(name: str, characters: int) -> Embedder:
    """Return the embedder to build an index of so many characters with: that of the name, or for `auto` the one that fits."""
    if name == AUTO:
        return load_embedder(BUILTIN if characters <= ENCODED_AT_MOST else STATIC)
    return load_embedder(name)


def read_static(folder: Path, name: str) -> StaticEmbedder:
    """Return the static model of `folder`, as `index.training` writes it. Raises ModelError."""
    from safetensors.numpy import load as read_tensors
    from tokenizers import Tokenizer

    digest = hashlib.sha256()
    contents: dict[str, bytes] = {}
    for file in _FILES:
        try:
            contents[file] = (folder / file).read_bytes()
        except OSError as error:
            raise ModelError(f"向量模型缺少文件 {folder / file}，请重新安装本项目，或重新训练模型。") from error
        digest.update(f"{file}\0{len(contents[file])}\0".encode())
        digest.update(contents[file])
    try:
        json.loads(contents["config.json"])
        tokenizer = Tokenizer.from_buffer(contents["tokenizer.json"])
        tensors = read_tensors(contents["model.safetensors"])
        table, scales = tensors["embeddings"], tensors["weights"].astype(np.float32)
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(f"向量模型 {folder} 的文件已损坏，请重新安装本项目，或重新训练模型。") from error
    tokens = tokenizer.get_vocab_size()
    if table.dtype != np.int8 or table.ndim != 2 or len(table) != tokens or scales.shape != (tokens,):
        raise ModelError(f"向量模型 {folder} 的词表与向量对不上，请重新安装本项目，或重新训练模型。")
    if not np.isfinite(scales).all():
        raise ModelError(f"向量模型 {folder} 含有非数值（NaN），请重新安装本项目，或重新训练模型。")
    return StaticEmbedder(name, tokenizer, table, scales, digest.hexdigest())


def _load_hub(name: str) -> Embedder:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(f"使用向量模型「{name}」需要 sentence-transformers，请先安装，或改用 builtin。") from error
    local = Path(name).expanduser()
    try:
        # Weights in pickle could run code: only safetensors are read.
        model = SentenceTransformer(
            str(local) if local.is_dir() else name, device="cpu", model_kwargs={"use_safetensors": True}
        )
    except Exception as error:  # the hub, httpx, transformers and safetensors each raise their own
        raise ModelError(
            f"找不到或读不了向量模型「{name}」：请检查文件夹路径或模型名，离线时请先下载到本机，或改用 builtin。"
        ) from error
    return _HubEmbedder(name, model, _fingerprint(model))


def _fingerprint(model: Any) -> str:
    """Hash what decides the vectors: the modules in order, their settings, tokenizer and weights."""
    digest = hashlib.sha256()
    for module in model:
        digest.update(f"{type(module).__name__}\0".encode())
        settings = module.get_config_dict() if hasattr(module, "get_config_dict") else {}
        digest.update(json.dumps(settings, sort_keys=True, default=str).encode())
        tokenizer = getattr(module, "tokenizer", None)
        inner: Any = getattr(tokenizer, "backend_tokenizer", tokenizer)
        if hasattr(inner, "to_str"):
            digest.update(inner.to_str().encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(dtype=_bytes()).numpy())
    return digest.hexdigest()


def _bytes() -> Any:
    import torch

    return torch.uint8


def _encodable(text: str) -> str:
    """Return `text` without lone surrogates: no tokenizer takes them."""
    return text if text.isascii() or _is_unicode(text) else text.encode("utf-8", "replace").decode("utf-8")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length one, leaving zeros zero. Raises ModelError on NaN or infinity."""
    if not np.isfinite(vectors).all():
        raise ModelError("向量模型算出了非数值（NaN），模型文件可能已损坏，请重新安装或改用 builtin。")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: NDArray[np.float32] = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return result
