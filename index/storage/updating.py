"""A few articles changed in an index of many: its arrays are mended, not made anew.

The result is what building anew would give, byte for byte, in the time that it takes to write it.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chunking import passages
from corpus.errors import BadIndex
from corpus.records import Article
from index.search.columns import Column
from index.search.dense import shorten
from index.search.embedding import Embedder
from index.search.lexical import Vocabulary, count_terms
from index.search.words import WordCounts, count_words
from index.storage import generations, serial
from index.storage.building import Splitter, Tables, embed, in_order, require_passages, tabulate, write_list
from index.storage.disk import OS_DISK, Buffer, Content, Disk, Pieces
from index.storage.generations import Loaded, Manifest, Read, file_entries, rebuild_command
from index.storage.snapshot import ARRAYS, FILES, read_arrays, write_arrays
from index.storage.store import Built

Arrays = Mapping[str, NDArray[Any]]


def update_index(
    folder: Path,
    embedder: Embedder,
    changed: Sequence[Article],
    removed: Collection[str] = (),
    *,
    split: Splitter = passages,
    digest: str = "",
    keep: int = generations.KEPT,
    disk: Disk = OS_DISK,
) -> Built:
    """Publish the index in `folder` with the articles `changed` added or replaced and those of the ids `removed` gone.

    `digest` is that of the whole corpus, if anybody knows; else one that tells the corpora apart. Raises BadIndex when there
    is no index, another embedder built it, or nothing would be left; CorpusError, IndexBusy, StorageError, ModelError.
    """
    with generations.writing(folder, disk) as writer:
        before = _before(folder, embedder, disk)
        fresh = tabulate(in_order(changed), split, lambda *_: None) if changed else _NOTHING
        if changed:
            require_passages(len(fresh.passage_rows))
        files, coded, counts = _mended(before, fresh, frozenset(removed), embedder)
        manifest = replace(
            before.manifest,
            corpus_digest=digest or _digest(before.manifest, fresh, removed),
            articles=counts[0],
            passages=counts[1],
            sentences=counts[2],
            files=file_entries(files),
            vectors="coded" if coded else "flat",
        )
        warnings: tuple[str, ...] = ()
        same = not before.warnings and before.manifest.same_content(manifest)
        if not same:
            manifest = writer.commit(manifest, files)
            warnings = writer.collect(keep)
    return Built(
        manifest.generation, not same, *counts, len(fresh.texts), counts[1] - len(fresh.passage_texts), warnings
    )


_NOTHING = Tables(
    (),
    Column(np.uint8),
    (),
    (),
    np.zeros((0, 2), np.int32),
    np.zeros((0, 2), np.int32),
    np.zeros((0, 5), np.int32),
    [],
    [],
)


def _before(folder: Path, embedder: Embedder, disk: Disk) -> Loaded[Read]:
    loaded = generations.load(folder, FILES, lambda manifest: None, lambda manifest, files: files, disk)
    if (loaded.manifest.fingerprint, loaded.manifest.dim) != (embedder.fingerprint, embedder.dim):
        raise BadIndex(
            f"「{folder}」里的索引是另一个向量模型建的，不能只改几篇；请运行 {rebuild_command(folder)} 重建。"
        )
    return loaded


def _digest(manifest: Manifest, fresh: Tables, removed: Collection[str]) -> str:
    told = [manifest.corpus_digest.encode(), *fresh.each_line, *(name.encode() for name in sorted(removed))]
    return hashlib.sha256(b"\0".join(told)).hexdigest()


def _mended(
    before: Loaded[Read], fresh: Tables, removed: frozenset[str], embedder: Embedder
) -> tuple[dict[str, Content], bool, tuple[int, int, int]]:
    """Return the files, whether vectors have codes, and how many articles, passages and sentences there are."""
    read, apart = before.content, before.manifest.sentences_by == "themselves"
    listed = json.loads(bytes(read["articles.json"]))
    gone = removed | set(fresh.ids)
    kept = np.array([name not in gone for name in listed["ids"]], dtype=bool)
    ids = sorted([name for name, stays in zip(listed["ids"], kept, strict=True) if stays] + list(fresh.ids))
    if not ids:
        raise BadIndex("改完以后索引里就没有文章了；请先放入文章，再运行 linping index。")
    row_of = {name: row for row, name in enumerate(ids)}
    moved = np.array(
        [row_of.get(name, -1) if stays else -1 for name, stays in zip(listed["ids"], kept, strict=True)], np.int32
    )
    new_rows = np.array([row_of[name] for name in fresh.ids], dtype=np.int32)

    of_passages = dict(zip(ARRAYS, read_arrays(read["passages.npys"]), strict=True))
    of_sentences = dict(zip(ARRAYS, read_arrays(read["sentences.npys"]), strict=apart))
    old_vectors, *_ = read_arrays(read["vectors.npy"])
    border = len(of_passages["rows"])
    new_texts = fresh.passage_texts + (fresh.sentence_texts if apart else [])
    new_vectors = embed(new_texts, embedder, {}, lambda *_: None)[0][:]
    new_border = len(fresh.passage_texts)

    passages_at = _Places(moved[of_passages["rows"][:, 0]], new_rows[fresh.passage_rows[:, 0]])
    rows = passages_at.joined(of_passages["rows"], fresh.passage_rows)
    rows[:, 0] = passages_at.joined(moved[of_passages["rows"][:, 0]], new_rows[fresh.passage_rows[:, 0]])
    sentences_at = _Places(moved[of_sentences["rows"][:, 0]], new_rows[fresh.sentence_rows[:, 0]])
    sentence_rows = sentences_at.joined(of_sentences["rows"], fresh.sentence_rows)
    sentence_rows[:, 0] = sentences_at.joined(moved[of_sentences["rows"][:, 0]], new_rows[fresh.sentence_rows[:, 0]])
    sentence_rows[:, 1] = sentences_at.joined(
        passages_at.old[of_sentences["rows"][:, 1]], passages_at.new[fresh.sentence_rows[:, 1]]
    )
    vectors = passages_at.joined(old_vectors[:border], new_vectors[:new_border])
    if apart:
        vectors = np.concatenate([vectors, sentences_at.joined(old_vectors[border:], new_vectors[new_border:])])
    lines, ends = _lines(
        read["articles.jsonl"], listed["ends"], moved, dict(zip(new_rows.tolist(), fresh.each_line, strict=True))
    )
    articles_at = _Places(moved, new_rows)
    days = articles_at.joined(np.array(listed["days"], np.int32).reshape(-1, 2), fresh.days)
    codes = () if apart else shorten(vectors)
    files: dict[str, Content] = {
        "articles.json": write_list(ids, ends, days),
        "articles.jsonl": lines,
        "vectors.npy": write_arrays(vectors, *codes),
        "passages.npys": write_arrays(rows, *_terms(of_passages, passages_at, fresh.passage_texts)),
        "sentences.npys": write_arrays(
            sentence_rows, *(_terms(of_sentences, sentences_at, fresh.sentence_texts) if apart else ())
        ),
        "words.npys": write_arrays(*_words(read, listed["ends"], moved, new_rows, fresh.article_texts).arrays()),
    }
    return files, bool(codes), (len(ids), len(rows), len(sentence_rows))


class _Places:
    """Where old and new rows go: in the order of the articles that they belong to. -1 for what is gone."""

    def __init__(self, old_articles: NDArray[np.int32], new_articles: NDArray[np.int32]) -> None:
        self._stays = old_articles >= 0
        self._order = np.argsort(np.concatenate([old_articles[self._stays], new_articles]), kind="stable")
        place = np.empty(len(self._order), dtype=np.int32)
        place[self._order] = np.arange(len(self._order), dtype=np.int32)
        count = int(self._stays.sum())
        self.old = np.full(len(old_articles), -1, dtype=np.int32)
        self.old[self._stays] = place[:count]
        self.new = place[count:]

    def joined(self, old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        """Return the values of old rows and new ones in their places."""
        found: NDArray[Any] = np.concatenate([old[self._stays], new.astype(old.dtype)])[self._order]
        return found


def _lines(
    old: Buffer, ends: Sequence[int], moved: NDArray[np.int32], fresh: Mapping[int, bytes]
) -> tuple[Pieces, list[int]]:
    """Return articles.jsonl, the old lines uncopied, and where each line ends."""
    line_of: dict[int, Buffer] = dict(fresh)
    view = memoryview(old)
    for row, place in enumerate(moved.tolist()):
        if place >= 0:
            line_of[place] = view[ends[row - 1] if row else 0 : ends[row]]
    lines = [line_of[row] for row in range(len(line_of))]
    return Pieces(lines), list(accumulate(map(len, lines)))


def _words(
    read: Read,
    ends: Sequence[int],
    moved: NDArray[np.int32],
    new_rows: NDArray[np.int32],
    texts: Sequence[str],
) -> WordCounts:
    """Return the counts of before without the articles that are gone and with the new ones."""
    before = WordCounts.from_arrays(read_arrays(read["words.npys"]))
    lines = memoryview(read["articles.jsonl"])
    gone = np.flatnonzero(moved < 0).tolist()
    old = [serial.from_line(bytes(lines[ends[row - 1] if row else 0 : ends[row]]))[0].text for row in gone]
    return before.changed(count_words(old, gone), count_words(texts, new_rows.tolist()), lambda row: int(moved[row]))


def _terms(old: Arrays, at: _Places, texts: Sequence[str]) -> tuple[NDArray[Any], ...]:
    """Return terms, ends, starts, texts, counts and lengths with old rows moved and new texts counted in."""
    named, fresh = count_terms(texts)
    held = at.old[old["texts"]]
    stays = held >= 0
    if stays.all():
        starts, texts_of, counts = old["starts"].copy(), held, old["counts"]
    else:
        starts = np.concatenate([[0], np.cumsum(stays)])[old["starts"]]
        texts_of, counts = held[stays], old["counts"][stays]

    vocabulary = Vocabulary(old["terms"].data, old["ends"])
    sizes = np.diff(starts)
    grown = sizes.copy()
    places: list[NDArray[np.int64]] = []
    missing: list[tuple[int, bytes, int]] = []
    for number, term in enumerate(named):
        row = bisect_left(vocabulary, term)
        own = at.new[fresh.texts[fresh.starts[number] : fresh.starts[number + 1]]]
        if row < len(vocabulary) and vocabulary[row] == term:
            begin, end = int(starts[row]), int(starts[row + 1])
            places.append(begin + np.searchsorted(texts_of[begin:end], own))
            grown[row] += len(own)
        else:
            missing.append((row, term, len(own)))
            places.append(np.full(len(own), int(starts[row])))
    flat = np.concatenate(places) if places else np.zeros(0, np.int64)
    added = at.new[fresh.texts] if len(fresh.texts) else np.zeros(0, np.int32)
    texts_of, counts = _inserted(texts_of, flat, added), _inserted(counts, flat, fresh.counts)
    return (*_spelled(old, grown, missing), texts_of, counts, at.joined(old["lengths"], fresh.lengths))


def _inserted(old: NDArray[Any], places: NDArray[np.int64], new: NDArray[Any]) -> NDArray[Any]:
    """Return `old` with `new` before its `places`, which do not rise within a term alone: equal places keep their order."""
    return np.insert(old, places, new.astype(old.dtype)) if len(new) else old


def _spelled(
    old: Arrays, sizes: NDArray[np.int64], missing: Sequence[tuple[int, bytes, int]]
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return terms, ends and starts: those of the old terms that some text still holds, and the missing ones."""
    lengths = np.diff(np.concatenate([[0], old["ends"]]))
    used = sizes > 0
    terms = old["terms"]
    before = np.concatenate([[0], old["ends"]])
    rows = [row for row, _, _ in missing]
    blob: list[NDArray[np.uint8]] = []
    at = 0
    for row, term, _ in missing:
        blob += [terms[at : before[row]], np.frombuffer(term, np.uint8)]
        at = int(before[row])
    blob.append(terms[at:])
    lengths = np.insert(lengths, rows, [len(term) for _, term, _ in missing]) if missing else lengths
    sizes = np.insert(sizes, rows, [size for _, _, size in missing]) if missing else sizes
    kept = np.insert(used, rows, True) if missing else used
    spelled = np.concatenate(blob)
    if not kept.all():
        spelled = spelled[np.repeat(kept, lengths)]
        lengths, sizes = lengths[kept], sizes[kept]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return spelled, np.cumsum(lengths).astype(np.int64), starts
