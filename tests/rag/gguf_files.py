"""GGUF files made by hand: as small as they can be, whole or broken.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_UINT32, _INT32, _FLOAT32, _STRING, _ARRAY = 4, 5, 6, 8, 9
_ALIGNMENT = 32
_TEMPLATE = "{% for message in messages %}{{ message.role }}：{{ message.content }}\n{% endfor %}assistant："
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
Value = int | float | str | Sequence[int] | Sequence[float] | Sequence[str]


def write_gguf(file: Path, fields: Mapping[str, Value], tensors: Mapping[str, NDArray[np.float32]]) -> Path:
    """Write a file of these fields and float32 tensors; the last axis of a tensor lies together, as in numpy."""
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(fields))]
    for name, value in fields.items():
        head += [_text(name), _value(value)]
    offset, body = 0, []
    for name, tensor in tensors.items():
        data = np.ascontiguousarray(tensor, dtype="<f4").tobytes()
        shape = tensor.shape[::-1]
        head.append(_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset))
        padding = -len(data) % _ALIGNMENT
        body.append(data + bytes(padding))
        offset += len(data) + padding
    before = b"".join(head)
    file.write_bytes(before + bytes(-len(before) % _ALIGNMENT) + b"".join(body))
    return file


def babbler(file: Path, texts: Sequence[str], *, context: int = 8192) -> Path:
    """Write a Llama of two small layers with random weights that knows the characters of `texts`."""
    special = ["<unk>", "<s>", "</s>"]
    tokens = special + [f"<0x{byte:02X}>" for byte in range(256)] + sorted(set("".join(texts)) - set("▁"))
    kinds = [_UNKNOWN, _CONTROL, _CONTROL] + [_BYTE] * 256
    width, inner, heads, layers = 32, 64, 2, 2
    random = np.random.default_rng(7)

    def weights(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, 0.3, shape).astype(np.float32)

    tensors = {"token_embd.weight": weights(len(tokens), width), "output_norm.weight": np.ones(width, np.float32)}
    for layer in range(layers):
        block = f"blk.{layer}."
        tensors |= {
            block + "attn_norm.weight": np.ones(width, np.float32),
            block + "attn_q.weight": weights(width, width),
            block + "attn_k.weight": weights(width, width),
            block + "attn_v.weight": weights(width, width),
            block + "attn_output.weight": weights(width, width),
            block + "ffn_norm.weight": np.ones(width, np.float32),
            block + "ffn_gate.weight": weights(inner, width),
            block + "ffn_up.weight": weights(inner, width),
            block + "ffn_down.weight": weights(width, inner),
        }
    fields: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "babbler",
        "llama.context_length": context,
        "llama.embedding_length": width,
        "llama.block_count": layers,
        "llama.feed_forward_length": inner,
        "llama.attention.head_count": heads,
        "llama.attention.head_count_kv": heads,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": width // heads,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [float(-at) for at in range(len(tokens))],
        "tokenizer.ggml.token_type": kinds + [_NORMAL] * (len(tokens) - len(kinds)),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.chat_template": _TEMPLATE,
    }
    return write_gguf(file, fields, tensors)


def _text(text: str) -> bytes:
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, int):
        return struct.pack("<II", _UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", _FLOAT32, value)
    if isinstance(value[0], str):
        return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + b"".join(_text(str(one)) for one in value)
    kind, sign = (_INT32, "i") if isinstance(value[0], int) else (_FLOAT32, "f")
    return struct.pack(f"<IIQ{len(value)}{sign}", _ARRAY, kind, len(value), *value)
