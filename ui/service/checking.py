"""`linping doctor`: is everything there, whole, and fit for the rest?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import LinpingError
from index.storage.snapshot import Snapshot
from index.storage.stores import IndexStore
from ui.service.stores import store_of
from ui.settings import Settings

_NAMED = 10  # articles that are named one by one
_LOW_DISK = 200 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    detail: str


def check_all(settings: Settings, index_dir: Path | None = None) -> list[Finding]:
    """Look at articles, embedder, index, models, disk and a language model that is set; no failure stops the rest."""
    return [
        looked_at("文章", lambda: _articles(settings.corpus, settings.ocr)),
        looked_at("向量模型", lambda: _embedder(settings.embedder)),
        looked_at("索引", lambda: _index(store_of(settings, index_dir), settings.embedder)),
        looked_at("问答模型", _models),
        looked_at("磁盘", lambda: _disk(store_of(settings, index_dir).folder or Path.cwd())),
        *([] if settings.answerer == "extractive" else [looked_at("语言模型", lambda: _language_model(settings))]),
    ]


def looked_at(what: str, look: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        good, detail = look()
    except LinpingError as error:
        return Finding(what, False, str(error))
    return Finding(what, good, detail)


def _articles(folder: Path, ocr: bool) -> tuple[bool, str]:
    from corpus.loading import load_corpus

    corpus = load_corpus(folder, ocr=ocr)
    faults = [refused.reason for refused in corpus.refused] + list(corpus.notices)
    return not faults, "；".join([f"{len(corpus.articles)} 篇（{folder}）", *faults])


def _embedder(name: str) -> tuple[bool, str]:
    from index.search.embedding import AUTO, BUILTIN, load_embedder

    embedder = load_embedder(BUILTIN if name == AUTO else name)
    return True, f"{embedder.name}，{embedder.dim} 维，{embedder.fingerprint[:8]}"


def _index(store: IndexStore, embedder: str) -> tuple[bool, str]:
    snapshot = store.open(embedder)
    size = f"{snapshot.generation}，{len(snapshot.articles)} 篇，{len(snapshot.sentences)} 句（{store.where}）"
    told = "".join(snapshot.warnings)
    damaged = {one.generation: one.problem for one in store.inspect() if one.problem and one.generation not in told}
    faults = [*snapshot.warnings, *(f"{generation} 已损坏：{problem}" for generation, problem in damaged.items())]
    if snapshot.generation not in damaged:
        faults += _stale(snapshot)
    return not faults, "；".join([size, *faults])


def _stale(snapshot: Snapshot) -> list[str]:
    """Return what tells of the articles that an older reader read, if there are any."""
    from corpus.repair.repairing import VERSION

    old = [article.id for article in snapshot.articles.values() if article.reading.version < VERSION]
    named = "、".join(old[:_NAMED]) + (" 等" if len(old) > _NAMED else "")
    return [f"{len(old)} 篇是旧版程序读的（{named}），请运行 linping index --reread 重读"] if old else []


def _models() -> tuple[bool, str]:
    from rag.reading.finder import Models

    Models.load()
    return True, "排序、置信度模型可用"


def _language_model(settings: Settings) -> tuple[bool, str]:
    from rag.llm.endpoints import masked
    from ui.service.language_model import local_model, remote_model
    from ui.service.model_checking import described, tried

    if settings.answerer == "local":
        local = local_model(settings)
        local.load()
        try:
            trial = tried(local, settings.local_timeout)
        finally:
            local.close()
        return trial.good, f"{described(local.file, local.context)}；{trial.told()}"
    remote = remote_model(settings)
    try:
        trial = tried(remote, settings.answer_timeout)
    finally:
        remote.close()
    return trial.good, f"{settings.model}（{masked(settings.base_url)}）；{trial.told()}"


def _disk(folder: Path) -> tuple[bool, str]:
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    return free >= _LOW_DISK, f"剩余 {free >> 20} MB"
