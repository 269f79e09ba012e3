"""What a GGUF file says of itself, read from its head alone: before gigabytes are loaded, and without what would load them.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from corpus.errors import ModelError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_CONTROL = 3  # kind of a token that text must not hold
_KEPT = ("tokenizer.ggml.tokens", "tokenizer.ggml.token_type")
# A head that claims more than this is damaged: the largest vocabularies have 300,000 pieces.
_MOST_FIELDS, _MOST_TENSORS, _MOST_ITEMS, _LONGEST = 10_000, 100_000, 4_000_000, 8 << 20
_HALF = 2  # bytes of one number that the model remembers
_OTHER_KINDS = ("clip", "bert", "t5encoder")  # ends of names of architectures that write nothing
_Value = int | float | bool | str | tuple[str, ...] | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A language model on disk. Sizes in bytes; `context` in tokens, as trained; 0 where the file does not say.

    `remembering` is what one token of a conversation takes in memory. `controls` are the pieces that steer the model:
    in the text of an article or a question they must not pass for what they are.
    """

    path: Path
    size: int
    architecture: str
    name: str
    context: int
    remembering: int
    controls: tuple[str, ...] = field(default=(), repr=False)

    def memory(self, context: int) -> int:
        """Return about how many bytes it takes to run with `context` tokens; buffers for computing are guessed at."""
        return self.size + self.remembering * context + (300 << 20)


def read_model_file(path: Path) -> ModelFile:
    """Return what the file says. Raises ModelError when it is missing, no GGUF, cut short, or no language model."""
    try:
        if path.is_dir():
            raise ModelError(f"{path} 是文件夹；请给出其中的 .gguf 文件。")
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != _MAGIC:
                raise ModelError(f"{path} 不是 GGUF 文件；请下载以 .gguf 结尾的语言模型，其他格式用不了。")
            try:
                fields, beyond = _head(file)
            except (_Damaged, struct.error, OverflowError, ValueError) as error:
                raise ModelError(f"模型文件 {path} 的开头损坏或没有下载完整，请重新下载。") from error
    except FileNotFoundError as error:
        raise ModelError(f"没有模型文件 {path}，请检查设置 model_file 或路径。") from error
    except OSError as error:
        raise ModelError(f"模型文件 {path} 读不了：{error.strerror}，请检查权限。") from error
    if beyond >= size:
        raise ModelError(f"模型文件 {path} 没有下载完整（只有 {size} 字节），请重新下载。")
    architecture = str(fields.get("general.architecture") or "")
    if not architecture or architecture.endswith(_OTHER_KINDS) or fields.get("general.type", "model") != "model":
        raise ModelError(
            f"{path} 不是会写字的语言模型（{architecture or '没有写明种类'}）；请换一个对话模型的 GGUF 文件。"
        )
    return ModelFile(
        path,
        size,
        architecture,
        str(fields.get("general.name") or path.stem),
        _number(fields, f"{architecture}.context_length"),
        _remembering(fields, architecture),
        _controls(fields),
    )


class _Damaged(Exception):
    """The head claims what cannot be."""


def _head(file: BinaryIO) -> tuple[dict[str, _Value], int]:
    """Return the fields, and the place in the file where its last tensor begins."""
    version, tensors, count = _unpack(file, "IQQ")
    if version not in _VERSIONS or count > _MOST_FIELDS or tensors > _MOST_TENSORS:
        raise _Damaged
    fields: dict[str, _Value] = {}
    for _ in range(count):
        name = _string(file)
        (kind,) = _unpack(file, "I")
        fields[name] = _array(file, name in _KEPT) if kind == _ARRAY else _scalar(file, kind)
    last = 0
    for _ in range(tensors):
        _string(file)
        (dimensions,) = _unpack(file, "I")
        if dimensions > 8:
            raise _Damaged
        *_, offset = _unpack(file, f"{dimensions}QIQ")
        last = max(last, offset)
    alignment = _number(fields, "general.alignment") or 32
    return fields, -(-file.tell() // alignment) * alignment + last


def _unpack(file: BinaryIO, kinds: str) -> tuple[int, ...]:
    data = file.read(struct.calcsize("<" + kinds))
    return struct.unpack("<" + kinds, data)


def _string(file: BinaryIO) -> str:
    (length,) = _unpack(file, "Q")
    if length > _LONGEST:
        raise _Damaged
    data = file.read(length)
    if len(data) < length:
        raise _Damaged
    return data.decode("utf-8", "replace")


def _scalar(file: BinaryIO, kind: int) -> _Value:
    if kind == _STRING:
        return _string(file)
    if kind not in _SCALARS:
        raise _Damaged
    return _unpack(file, _SCALARS[kind])[0]


def _array(file: BinaryIO, kept: bool) -> _Value:
    """Return the items of an array that is wanted; step over another."""
    kind, count = _unpack(file, "IQ")
    if count > _MOST_ITEMS:
        raise _Damaged
    if kind == _STRING:
        if kept:
            return tuple(_string(file) for _ in range(count))
        for _ in range(count):
            _string(file)
        return None
    if kind not in _SCALARS:
        raise _Damaged
    if kept:
        return _unpack(file, f"{count}{_SCALARS[kind]}")
    file.seek(count * struct.calcsize("<" + _SCALARS[kind]), 1)
    return None


def _number(fields: dict[str, _Value], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _remembering(fields: dict[str, _Value], architecture: str) -> int:
    layers = _number(fields, f"{architecture}.block_count")
    heads = _number(fields, f"{architecture}.attention.head_count")
    kept = _number(fields, f"{architecture}.attention.head_count_kv") or heads
    width = _number(fields, f"{architecture}.embedding_length") // heads if heads else 0
    key = _number(fields, f"{architecture}.attention.key_length") or width
    value = _number(fields, f"{architecture}.attention.value_length") or width
    return layers * kept * (key + value) * _HALF


def _controls(fields: dict[str, _Value]) -> tuple[str, ...]:
    tokens, kinds = (fields.get(name) for name in _KEPT)
    if not isinstance(tokens, tuple) or not isinstance(kinds, tuple):
        return ()
    return tuple(str(token) for token, kind in zip(tokens, kinds, strict=False) if kind == _CONTROL and token)
