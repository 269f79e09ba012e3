"""Building an index and opening it: everything that answering needs, in one generation on disk.

An index holds the articles themselves, so that answering never reads the corpus folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BadIndex
from corpus.records import Article
from index.search.embedding import AUTO, BUILTIN, Embedder, StaticEmbedder, load_embedder
from index.search.fusion import FusionWeights, load_weights
from index.storage import building, generations
from index.storage.building import (
    Progress,
    Splitter,
    embed,
    in_order,
    known_vectors,
    lay_out,
    require_passages,
    tabulate,
)
from index.storage.disk import OS_DISK, Disk
from index.storage.generations import (
    METRIC,
    SCHEMA,
    Damaged,
    FileEntry,
    Loaded,
    Manifest,
    Read,
    Report,
    file_entries,
    rebuild_command,
)
from index.storage.resuming import KeptVectors
from index.storage.snapshot import FILES, Snapshot, decode, passage_text
from index.storage.spilling import spilling

_SELF_QUERIES = 5
_SAME_VECTOR = 0.99  # cosine of one text embedded twice by one model; float16 costs less than 0.001


class ArticleSource(Protocol):
    """What is indexed: `corpus.loading.Corpus`, or anything that has these two."""

    @property
    def articles(self) -> Sequence[Article]: ...

    @property
    def digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. `changed` is false when the current generation already held exactly this.

    `embedded` texts went through the model, `reused` ones kept the vector of the generation before.
    """

    generation: str
    changed: bool
    articles: int
    passages: int
    sentences: int
    embedded: int
    reused: int
    warnings: tuple[str, ...] = ()


def open_index(
    folder: Path, embedder: Embedder, *, weights: FusionWeights | None = None, disk: Disk = OS_DISK
) -> Snapshot:
    """Return the current generation, every byte checked, or the newest whole one with a warning.

    Raises BadIndex when there is none, or when another embedder built it; StorageError when the folder cannot be read.
    """
    chosen = weights or load_weights(embedder.name)

    def checked(manifest: Manifest, files: Read) -> Snapshot:
        snapshot = decode(manifest, files, embedder, chosen)
        check_vectors(snapshot, folder, rebuild_command(folder))
        return snapshot

    def accept(manifest: Manifest) -> None:
        check_embedder(manifest, embedder, folder, rebuild_command(folder))

    loaded = generations.load(folder, FILES, accept, checked, disk)
    return replace(loaded.content, warnings=loaded.warnings)


def open_with(folder: Path, name: str) -> Snapshot:
    """Return the current generation as `open_index` does; `auto` names the embedder that built it."""
    if name == AUTO:
        name = generations.embedder_of(folder) or BUILTIN
    return open_index(folder, load_embedder(name))


def published(folder: Path, disk: Disk = OS_DISK) -> str:
    """Return what CURRENT says, empty when it is missing or garbage: a reader that follows sees by it that it changed.

    Raises StorageError when the folder cannot be read.
    """
    pointer = generations.current(folder, disk)
    return " ".join(pointer) if pointer else ""


def kept_generations(folder: Path, disk: Disk = OS_DISK) -> tuple[tuple[Manifest, ...], str]:
    """Return what the generations on disk say of themselves, newest first, and which of them is served. Raises StorageError."""
    pointer = generations.current(folder, disk)
    return generations.manifests(folder, disk), pointer[0] if pointer else ""


def roll_back(folder: Path, generation: str = "", disk: Disk = OS_DISK) -> Manifest:
    """Serve a generation that is there again, by default the one before; return what it says of itself.

    The folder of articles stays as it is: the next build publishes it anew. Raises BadIndex when there is no such generation
    or it is not whole, IndexBusy, StorageError.
    """
    with generations.writing(folder, disk) as writer:
        wanted = generations.earlier(*kept_generations(folder, disk), generation)
        return writer.go_back(wanted.generation, FILES)


def inspect_index(folder: Path, disk: Disk = OS_DISK) -> tuple[Report, ...]:
    """Return how every generation on disk is, newest first; hashes are checked, nothing is decoded."""
    return generations.inspect(folder, FILES, disk)


def build_index(
    corpus: ArticleSource,
    folder: Path,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    split: Splitter | None = None,
    keep: int = generations.KEPT,
    workers: int = 1,
    disk: Disk = OS_DISK,
) -> Built:
    """Publish an index of `corpus` in `folder` and return what was done.

    The bytes depend on the articles and the embedder alone: not on their order, nor on the generation before (as far as
    the embedder gives a text the same vector whatever else is in its batch; the built-in one does). A text that the
    generation before holds keeps its vector. `progress(stage, done, total)` is called as work goes on, with stages
    `passages`, `embedding`, `terms` and `writing`. `split` cuts articles, `corpus.chunking.passages` by default.
    With an embedder that takes long, `workers` processes embed, and what was embedded before a build was stopped is kept.

    Raises CorpusError when there is no article, IndexBusy, StorageError, ModelError when the embedder's vectors are
    unusable; the generation before is then still the current one.
    """
    tell = progress or (lambda stage, done, total: None)
    with generations.writing(folder, disk) as writer, spilling(folder, disk) as column:
        fast = isinstance(embedder, StaticEmbedder)  # embeds what it finds while a question waits
        most = building.APART_AT_MOST if fast else None
        tables = tabulate(in_order(corpus.articles), split or default_splitter(), tell, most, column)
        require_passages(len(tables.passage_rows))
        before = _before(folder, disk)
        kept = None if fast else KeptVectors(folder, embedder, disk)
        known = _known(before, embedder)
        vectors, embedded = embed(
            tables.texts, embedder, known, tell, workers=1 if fast else workers, kept=kept, column=column
        )
        files, coded = lay_out(tables, vectors, tell, column)
        counts = (len(tables.ids), len(tables.passage_rows), len(tables.sentence_rows))
        manifest = draft(embedder, corpus.digest, counts, file_entries(files), coded=coded, apart=tables.apart)
        changed = before is None or bool(before.warnings) or not before.manifest.same_content(manifest)
        warnings: tuple[str, ...] = ()
        tell("writing", 0, 1)
        if changed:
            manifest = writer.commit(manifest, files)
            warnings = writer.collect(keep)
        elif before is not None:
            manifest = before.manifest
        if kept is not None:
            kept.clear()
        tell("writing", 1, 1)
    reused = len(tables.texts) - embedded
    return Built(
        manifest.generation,
        changed,
        manifest.articles,
        manifest.passages,
        manifest.sentences,
        embedded,
        reused,
        warnings,
    )


def draft(
    embedder: Embedder,
    digest: str,
    counts: tuple[int, int, int],
    files: Sequence[FileEntry],
    *,
    coded: bool = False,
    apart: bool = True,
) -> Manifest:
    """Return what a generation says of itself before it has a name; `counts` are of articles, passages and sentences."""
    return Manifest(
        SCHEMA,
        "",
        embedder.name,
        embedder.fingerprint,
        embedder.dim,
        METRIC,
        digest,
        *counts,
        tuple(files),
        "coded" if coded else "flat",
        "themselves" if apart else "passages",
    )


def check_embedder(manifest: Manifest, embedder: Embedder, where: Path | str, rebuild: str) -> None:
    """Raise BadIndex when another embedder built the index: its vectors would find the wrong articles, quietly."""
    if (manifest.fingerprint, manifest.dim, manifest.metric) == (embedder.fingerprint, embedder.dim, METRIC):
        return
    raise BadIndex(
        f"「{where}」里的索引是用向量模型「{manifest.embedder}」（{manifest.dim} 维，{manifest.fingerprint[:8]}，"
        f"{manifest.metric}）建的，现在用的是「{embedder.name}」（{embedder.dim} 维，{embedder.fingerprint[:8]}，"
        f"{METRIC}），不能混用；请换回原来的模型，或运行 {rebuild} 重建。"
    )


def check_vectors(snapshot: Snapshot, where: Path | str, rebuild: str) -> None:
    """Ask stored vectors for themselves, and the model for texts that it embedded when the index was built.

    Raises Damaged, BadIndex.
    """
    apart = snapshot.sentences_within(snapshot.by_passage) is None
    for retriever in (snapshot.by_passage, snapshot.by_sentence) if apart else (snapshot.by_passage,):
        for vector in retriever.dense.vectors(_sample(len(retriever), _SELF_QUERIES)):
            if not vector.any():
                continue
            own = float(vector @ vector)
            _, scores = retriever.dense.search(vector, 1)
            if abs(own - 1) > 0.01 or abs(float(scores[0]) - own) > 0.01:
                raise Damaged("向量自检没有通过")
    rows = _sample(len(snapshot.passages), 2)
    fresh = snapshot.embedder.encode([passage_text(snapshot.passages[row]) for row in rows])
    for stored, vector in zip(snapshot.by_passage.dense.vectors(rows), fresh, strict=True):
        if (stored.any() or vector.any()) and float(stored @ vector) < _SAME_VECTOR:
            raise BadIndex(
                f"「{where}」里的向量和模型「{snapshot.embedder.name}」现在算出来的不一样；请运行 {rebuild} 重建。"
            )


def _sample(size: int, wanted: int) -> NDArray[np.int64]:
    """Return at most `wanted` rows spread evenly over `size`, without chance."""
    return np.unique(np.linspace(0, size - 1, min(size, wanted)).astype(np.int64))


def default_splitter() -> Splitter:
    from corpus.chunking import passages

    return passages


def _before(folder: Path, disk: Disk) -> Loaded[Read] | None:
    """Return the generation that is being replaced, whatever embedder built it; None when none is whole."""
    try:
        return generations.load(folder, FILES, lambda manifest: None, lambda manifest, files: files, disk)
    except BadIndex:
        return None


def _known(before: Loaded[Read] | None, embedder: Embedder) -> dict[str, NDArray[np.float16]]:
    """Return the vectors of the texts that this embedder embedded before."""
    if before is None or (before.manifest.fingerprint, before.manifest.dim) != (embedder.fingerprint, embedder.dim):
        return {}
    try:
        return known_vectors(decode(before.manifest, before.content, embedder, FusionWeights(1, 0, 0, 0)))
    except Damaged:
        return {}
