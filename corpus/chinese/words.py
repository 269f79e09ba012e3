"""Lists of words, as data: one file each, `corpus/words/NAME.txt` and `rag/words/NAME.txt`.

The first line says what the words are and where they come from; the words follow, between white space.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from corpus.errors import ModelError

_ROOT = Path(__file__).resolve().parents[2]


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the words of `corpus/NAME` or `rag/NAME`, in the order of the file. Raises ModelError."""
    package, _, file = name.partition("/")
    path = _ROOT / package / "words" / f"{file}.txt"
    try:
        remark, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError) as error:
        raise ModelError(f"词表 {path} 缺失或已损坏，请重新安装本项目。") from error
    if not remark.startswith("# ") or not text.strip():
        raise ModelError(f"词表 {path} 第一行应以「# 」说明来历，其后是词语，请重新安装本项目。")
    return tuple(text.split())


@cache
def any_of(name: str) -> str:
    """Return a regular expression that matches any of the words, the longest first."""
    return "(?:" + "|".join(map(re.escape, sorted(words(name), key=len, reverse=True))) + ")"
