"""How Chinese characters sound and look: readings, near readings, and the syllables of plain pinyin.

The tables are built by `python -m rag.training.language` from pypinyin's (MIT) and from drawn characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.errors import ModelError

_FOLDER = Path(__file__).parent.parent / "models" / "language"
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_NEAR_INITIALS = {"l": "n"}
_NEAR_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"), ("ong", "on"))


def toneless(syllable: str) -> str:
    """Return a syllable without its tone, ü as v: lǜ → lv."""
    plain = unicodedata.normalize("NFD", syllable.lower().replace("ü", "v").replace("u\u0308", "v"))
    return re.sub(r"[^a-zv]", "", plain.replace("u\u0308", "v"))


@cache
def near(syllable: str) -> str:
    """Return the same string for syllables that many speakers do not tell apart: zh/z, n/l, ing/in, eng/en, ang/an."""
    for long, short in _NEAR:
        if syllable.startswith(long):
            syllable = short + syllable[2:]
            break
    syllable = _NEAR_INITIALS.get(syllable[:1], syllable[:1]) + syllable[1:]
    for long, short in _NEAR_FINALS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


@dataclass(frozen=True, slots=True)
class Sounds:
    """`readings[character]` are its syllables, commonest first; `characters[syllable]` who is read so, commonest first.

    `near_characters` is the same by `near(syllable)`; `shapes[character]` are those it may be mistaken for by eye.
    """

    readings: Mapping[str, tuple[str, ...]]
    characters: Mapping[str, str]
    near_characters: Mapping[str, str]
    shapes: Mapping[str, str]


@cache
def sounds() -> Sounds:
    """Return the tables that come with this project. Raises ModelError."""
    try:
        return read_sounds(
            (_FOLDER / "syllables.tsv").read_text(encoding="utf-8"),
            (_FOLDER / "shapes.tsv").read_text(encoding="utf-8"),
        )
    except OSError as error:
        raise ModelError(f"读音表 {_FOLDER} 缺失，请重新安装本项目。") from error


def read_sounds(syllables: str, shapes: str) -> Sounds:
    """Return the tables in lines «syllable TAB first readings TAB other readings» and «character TAB likenesses»."""
    readings: dict[str, list[str]] = {}
    characters: dict[str, str] = {}
    near_characters: dict[str, str] = {}
    rows = [line.split("\t") for line in syllables.splitlines() if line]
    for column in (1, 2):
        for row in rows:
            for character in row[column]:
                readings.setdefault(character, []).append(row[0])
            characters[row[0]] = characters.get(row[0], "") + row[column]
            near_characters[near(row[0])] = near_characters.get(near(row[0]), "") + row[column]
    likenesses = dict(line.split("\t") for line in shapes.splitlines() if line)
    mutual: dict[str, str] = {}
    for character, others in likenesses.items():
        for other in others:
            mutual[character] = mutual.get(character, "") + other
            mutual[other] = mutual.get(other, "") + character
    return Sounds({c: tuple(s) for c, s in readings.items()}, characters, near_characters, mutual)
