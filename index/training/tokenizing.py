"""From training text to a tokenizer: characters folded as everywhere in this project, words found by Viterbi.

Words and their log-probabilities stand in a Unigram model of the `tokenizers` library, so reading a text needs no
dictionary of its own. Folding is part of the tokenizer: whoever loads it sees the same tokens.
"""

from __future__ import annotations

import base64
import json
import math
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

import numpy as np
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from corpus.chinese.text import clean, fold

UNKNOWN = "[UNK]"
# Runs of Han, of other letters, of digits; signs that are units. Punctuation and white space are dropped.
_PIECES = r"\p{Han}+|[\p{L}\p{M}&&[^\p{Han}]]+|\p{N}+|[%‰℃°$¥€]"
_BATCH = 2000
_LONGEST_WORD = 6  # characters of Han
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def folding_table() -> dict[str, str]:
    """Return what `corpus.chinese.text` does to single characters, where it does anything: one to one, or to nothing."""
    table = {}
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in {"Cs", "Co", "Cn"}:
            continue
        folded = fold(character) if clean(f"x{character}x") != "xx" else ""
        if folded != character:
            table[character] = folded
    return table


def tokenizer_of(words: Mapping[str, float]) -> Tokenizer:
    """Return a tokenizer over `words` (folded) with their weights, which need not sum to one."""
    total = sum(words.values())
    ordered = sorted(words, key=lambda word: (-words[word], word))
    vocabulary = [(UNKNOWN, 0.0), *((word, math.log(words[word] / total)) for word in ordered)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_PIECES), behavior="removed", invert=True)
    description = json.loads(tokenizer.to_str())
    charsmap = base64.b64encode(precompiled(folding_table())).decode()
    description["normalizer"] = {"type": "Precompiled", "precompiled_charsmap": charsmap}
    return Tokenizer.from_str(json.dumps(description, ensure_ascii=False))


def dictionary_words() -> dict[str, float]:
    """Return jieba's words with their frequencies, folded: what the first reading of the text knows."""
    words: Counter[str] = Counter()
    for line in resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, _kind = line.split(" ")
        folded = fold(word)
        if len(folded) <= _LONGEST_WORD and all(map(_HAN.match, folded)):
            words[folded] += int(frequency)
    return dict(words)


def count_words(texts: Iterable[str], extra: Iterable[str] = ()) -> Counter[str]:
    """Count words of `texts`, segmented with jieba's dictionary, `extra` names and whole Latin words and numbers."""
    known = dictionary_words()
    for name in extra:
        known.setdefault(fold(name), 3.0)
    texts = list(texts)
    latin = Counter(piece for text in texts for piece in re.findall(r"[a-z]+|[0-9]+", fold(text)))
    for piece, count in latin.items():
        if count >= 5:
            known[piece] = float(count)
    for character in {character for text in texts for character in fold(text)}:
        known.setdefault(character, 1.0)
    tokenizer = tokenizer_of(known)
    seen = np.zeros(tokenizer.get_vocab_size(), dtype=np.int64)
    for at in range(0, len(texts), _BATCH):
        for encoding in tokenizer.encode_batch_fast(texts[at : at + _BATCH], add_special_tokens=False):
            np.add.at(seen, encoding.ids, 1)
    return Counter({word: int(seen[row]) for word, row in tokenizer.get_vocab().items() if row and seen[row]})


def vocabulary(counts: Mapping[str, int], size: int) -> dict[str, float]:
    """Return the `size` words to keep with their weights: every single character seen, then the commonest words."""
    single = {word: count for word, count in counts.items() if len(word) == 1 and _is_token(word)}
    for character in "abcdefghijklmnopqrstuvwxyz0123456789%":
        single.setdefault(character, 1)
    longer = sorted((word for word in counts if len(word) > 1 and _is_token(word)), key=lambda w: (-counts[w], w))
    kept = longer[: max(0, size - len(single) - 1)]
    return {word: float(counts[word] if word in counts else single[word]) for word in [*single, *kept]}


def _is_token(word: str) -> bool:
    return word.isalnum() or word in "%‰℃°$¥€"


def components(tokens: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return (row, column) of every token and each shorter token inside it: what its vector is the sum of."""
    number = {token: row for row, token in enumerate(tokens)}
    rows: list[int] = []
    columns: list[int] = []
    for row, token in enumerate(tokens):
        parts = {row}
        if token != UNKNOWN and _HAN.match(token):
            parts |= {
                number[token[start:end]]
                for start in range(len(token))
                for end in range(start + 1, len(token) + 1)
                if token[start:end] in number
            }
        rows += [row] * len(parts)
        columns += sorted(parts)
    return rows, columns


def precompiled(table: Mapping[str, str]) -> bytes:
    """Return `table` as a SentencePiece character map: a double-array trie over UTF-8, then the replacements.

    A unit holds its label in bits 0-7, "has a value" in bit 8, and from bit 10 the offset to its children, xor-ed with
    its own place. Source: Yata et al., darts-clone, as read by the `spm_precompiled` crate.
    """
    replacements = bytearray()
    places: dict[str, int] = {}
    for text in sorted(set(table.values())):
        places[text] = len(replacements)
        replacements += text.encode() + b"\0"
    trie: dict[int, object] = {}
    for key, value in table.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})  # type: ignore[assignment]
        node[-1] = places[value]
    units = _double_array(trie)
    return struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + bytes(replacements)


def _double_array(trie: dict[int, object]) -> list[int]:
    units: dict[int, int] = {0: 0}
    bases: set[int] = set()
    start = 1
    waiting: list[tuple[int, dict[int, object]]] = [(0, trie)]
    while waiting:
        place, node = waiting.pop()
        labels = [max(byte, 0) for byte in node]  # the value of a key lies under label 0
        first = start
        base = first ^ labels[0]
        while base in bases or base == 0 or any((base ^ label) in units for label in labels):
            first += 1
            base = first ^ labels[0]
        start = max(start, first - 256)  # looking for every last gap would take quadratic time
        bases.add(base)
        units[place] |= (place ^ base) << 10
        for byte, child in node.items():
            if isinstance(child, dict):
                units[base ^ byte] = byte
                waiting.append((base ^ byte, child))
            else:
                units[place] |= 1 << 8
                units[base] = (1 << 31) | int(str(child))
    size = (max(units) | 255) + 1
    return [units.get(place, 0) for place in range(size)]
