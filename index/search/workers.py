"""Texts embedded by several processes: what a large corpus is built with (`linping index --workers`)."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.search.embedding import Embedder, load_embedder
from index.search.encoder import EncoderEmbedder

Vectors = NDArray[np.float32]
_AHEAD = 2  # batches for each worker that wait or are worked at

_embedder: Embedder | None = None  # of this process, where it is a worker


def encoded(batches: Iterable[Sequence[str]], embedder: Embedder, workers: int = 1) -> Iterator[Vectors]:
    """Yield the vectors of each batch, in order. More than one worker are processes that load the embedder by its name.

    The vectors are those of one process. Raises ModelError when a worker loads another model than `embedder`.
    """
    if workers < 2:
        yield from (embedder.encode(batch) for batch in batches)
        return
    left = iter(batches)
    apart = multiprocessing.get_context(
        "spawn"
    )  # what is forked would share the threads of onnxruntime, which are not there
    with ProcessPoolExecutor(workers, apart, _begin, (embedder.name,)) as pool:
        waiting: deque[Future[tuple[str, Vectors]]] = deque()
        try:
            while True:
                waiting += [pool.submit(_encode, batch) for batch in islice(left, _AHEAD * workers - len(waiting))]
                if not waiting:
                    return
                fingerprint, vectors = waiting.popleft().result()
                if fingerprint != embedder.fingerprint:
                    raise ModelError(
                        f"向量模型「{embedder.name}」在另一个进程里不是同一个模型；请不加 --workers 再试。"
                    )
                yield vectors
        finally:
            for one in waiting:
                one.cancel()


def _begin(name: str) -> None:
    global _embedder
    loaded = load_embedder(name)
    _embedder = loaded.on_one_thread() if isinstance(loaded, EncoderEmbedder) else loaded


def _encode(texts: Sequence[str]) -> tuple[str, Vectors]:
    if _embedder is None:
        raise RuntimeError("not a worker")
    return _embedder.fingerprint, _embedder.encode(texts)
