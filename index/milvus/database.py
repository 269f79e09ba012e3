"""One Milvus, by its address: a file for Milvus Lite, or a server. The only module that knows pymilvus."""

from __future__ import annotations

import base64
import contextlib
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError, StorageError

READING = 30  # seconds that a question waits for one reply
WRITING = 600  # seconds that building and opening wait
_PIECE = 16_000  # characters of at most four bytes each: a Milvus text holds 65,535 bytes
_AT_ONCE = 256  # rows that are written or read in one call
_SELDOM = {"grpc.keepalive_time_ms": 600_000}  # Milvus Lite cuts a line that is asked every few seconds if it lives
_SURROGATE = re.compile("[\ud800-\udfff]")

Row = Mapping[str, Any]


class MilvusDatabase:
    """Calls of Milvus whose every failure is one sentence. Connected when it is first asked; any thread may ask."""

    def __init__(self, uri: str, token: str = "") -> None:
        self.uri = uri
        self._token = token

    @property
    def file(self) -> Path | None:
        """Return the file of Milvus Lite; None for a server."""
        return None if self.uri.startswith(("http://", "https://")) else Path(self.uri)

    @cached_property
    def lite(self) -> bool:
        """Return whether Milvus Lite answers, at whichever address."""
        return "lite" in str(self.call("get_server_version")).lower()

    @cached_property
    def _client(self) -> Any:
        try:
            for name in ("milvus_lite", "grpc"):  # they print what they raise as well
                logging.getLogger(name).setLevel(logging.CRITICAL)
            from pymilvus import MilvusClient

            logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
            if self.file is not None:
                import milvus_lite  # noqa: F401

                self.file.parent.mkdir(parents=True, exist_ok=True)
        except ImportError as error:
            raise SettingsError('store = "milvus" 要装 milvus 附加包：pip install "linping-qa[milvus]"。') from error
        except OSError as error:
            raise StorageError(f"「{self.uri}」所在的文件夹建不了（{error.strerror}）；请检查 milvus_uri。") from error
        try:
            return MilvusClient(self.uri, token=self._token, timeout=READING, grpc_options=_SELDOM)
        except Exception as error:  # whatever its version raises: people need one sentence
            raise StorageError(self._no_connection()) from error

    def call(self, method: str, *given: Any, timeout: int = READING, **named: Any) -> Any:
        """Return what a method of MilvusClient returns. Raises StorageError, and SettingsError without pymilvus."""
        client = self._client
        try:
            return getattr(client, method)(*given, timeout=timeout, **named)
        except Exception as error:
            told = " ".join(str(getattr(error, "message", "") or error).split())[:200]
            raise StorageError(
                f"Milvus「{self.uri}」没有完成 {method}：{told}。请检查服务是否开着，再试一次。"
            ) from error

    def create(
        self, name: str, fields: Iterable[tuple[str, Mapping[str, Any]]], indexes: Iterable[Mapping[str, Any]]
    ) -> None:
        """Make a collection. What Milvus's function BM25 makes of the field that is analyzed goes into the field `bm25`."""
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        for field, how in fields:
            options = dict(how)
            schema.add_field(field, DataType[options.pop("type")], **options)
            if options.get("enable_analyzer"):
                schema.add_function(
                    Function(
                        name="bm25",
                        function_type=FunctionType.BM25,
                        input_field_names=[field],
                        output_field_names=["bm25"],
                    )
                )
        wanted = MilvusClient.prepare_index_params()
        for index in indexes:
            wanted.add_index(**index)
        self.call("create_collection", name, schema=schema, timeout=WRITING)
        self.call("create_index", name, wanted, timeout=WRITING, sync=False)  # loading waits for it

    def fill(self, name: str, rows: Iterable[Row]) -> int:
        """Send rows, and return how many; `settle` waits for them."""
        count = 0
        for batch in _batches(rows):
            self.call("insert", name, batch, timeout=WRITING)
            count += len(batch)
        return count

    def load(self, name: str) -> None:
        """Have a collection ready to be read."""
        self.call("load_collection", name, timeout=WRITING)

    def settle(self, name: str, count: int) -> None:
        """Return when each row can be read. Raises StorageError when they are not `count`."""
        self.call("flush", name, timeout=WRITING)
        self.load(name)
        if (held := self.count(name)) != count:
            raise StorageError(f"Milvus「{self.uri}」的 {name} 应有 {count} 行，实有 {held} 行；请再试一次。")

    def count(self, name: str) -> int:
        """Return how many rows a collection has, everything counted that was written before."""
        (told,) = self.call(
            "query", name, filter="", output_fields=["count(*)"], consistency_level="Strong", timeout=WRITING
        )
        return int(told["count(*)"])

    def rows(self, name: str, key: str, rows: range, *fields: str) -> Iterator[Row]:
        """Yield the rows whose `key`, the primary one, lies in a range, in its order."""
        for first in range(rows.start, rows.stop, _AT_ONCE):
            last = min(first + _AT_ONCE, rows.stop)
            found = self.call(
                "query", name, filter=f"{key} >= {first} and {key} < {last}", output_fields=[key, *fields]
            )
            yield from sorted(found, key=lambda row: int(row[key]))

    def keys(self, name: str, key: str, keys: range, step: int) -> set[int]:
        """Return which primary keys of a range are there, looked up `step` at a time; each time fewer than 16,384 may be."""
        found: set[int] = set()
        for first in range(keys.start, keys.stop, step):
            condition = f"{key} >= {first} and {key} < {min(first + step, keys.stop)}"
            held = self.call(
                "query", name, filter=condition, output_fields=[key], consistency_level="Strong", timeout=WRITING
            )
            found |= {int(one[key]) for one in held}
        return found

    def drop(self, names: Iterable[str]) -> None:
        """Remove collections; what cannot be removed stays for the next one who sweeps."""
        for name in names:
            with contextlib.suppress(StorageError):
                self.call("drop_collection", name, timeout=WRITING)

    def _no_connection(self) -> str:
        if self.file is not None:
            return (
                f"打不开 Milvus Lite 文件「{self.uri}」：可能有另一个进程正开着它（同一时间只能有一个），或者它已损坏。"
                "要几个进程共用，请改用 Milvus 服务，把 milvus_uri 设为它的地址。"
            )
        return f"连不上 Milvus「{self.uri}」：请检查 milvus_uri、令牌，以及服务是否开着。"


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def text_pieces(line: bytes) -> list[str]:
    """Return a line of JSON in pieces that a Milvus text can hold; half characters are escaped as JSON does."""
    text = _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", line.decode("utf-8", "surrogatepass"))
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


def bytes_pieces(data: bytes) -> list[str]:
    """Return any bytes in pieces that a Milvus text can hold."""
    text = base64.b64encode(data).decode()
    return [text[at : at + 4 * _PIECE] for at in range(0, len(text), 4 * _PIECE)]


def bytes_of(pieces: Sequence[str]) -> bytes:
    """Return the bytes that `bytes_pieces` cut up."""
    return base64.b64decode("".join(pieces))
