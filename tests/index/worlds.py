"""A tiny index before and after one change, and how to tell which of the two a folder holds."""

from __future__ import annotations

from pathlib import Path

from index.storage.disk import OS_DISK, Disk
from index.storage.generations import Manifest
from index.storage.snapshot import Snapshot
from index.storage.store import Built, build_index, open_index
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block

OLD = MadeCorpus(
    (
        made_article("桥", "老城的石桥建于1782年。桥长四十二米，共有五孔。", "去年秋天，桥面重新铺了石板。"),
        made_article("茶", "山上的茶园今年收成三百担。采茶的人从清明忙到谷雨。"),
    )
)
NEW = MadeCorpus(
    (
        *OLD.articles,
        made_article("渡", "渡口每天开六班船，首班早上六点半。", "船票两元，老人免费。"),
    )
)
EMBEDDER = BigramEmbedder(dim=16)


def build(corpus: MadeCorpus, folder: Path, disk: Disk = OS_DISK, keep: int = 3) -> Built:
    return build_index(corpus, folder, EMBEDDER, split=one_passage_a_block, keep=keep, disk=disk)


def opened(folder: Path, disk: Disk = OS_DISK) -> Snapshot:
    return open_index(folder, EMBEDDER, disk=disk)


def state(folder: Path) -> str:
    """Return "old" or "new": which corpus a folder serves, whole and without a warning."""
    snapshot = opened(folder)
    assert snapshot.warnings == (), snapshot.warnings
    for name, corpus in (("old", OLD), ("new", NEW)):
        if snapshot.corpus_digest == corpus.digest:
            assert dict(snapshot.articles) == {article.id: article for article in corpus.articles}
            assert snapshot.search_sentences("石桥建于哪一年", 1)[0].sentence.text == "老城的石桥建于1782年。"
            return name
    raise AssertionError("neither the old nor the new corpus")


def manifest(folder: Path) -> Manifest:
    """Return the manifest of the generation that CURRENT names."""
    name = (folder / "CURRENT").read_text().split()[0]
    return Manifest.decode((folder / name / "MANIFEST.json").read_bytes())


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".tmp-")]
