"""Arrays that grow at their end: what is made part by part, and of which a large corpus leaves little in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

_HELD = 1 << 22  # bytes of a column that stay in memory where it has a file
_AT_ONCE = 1 << 22  # bytes that are read at once


class Spill(Protocol):
    """A file that grows at its end."""

    def add(self, data: memoryview) -> None: ...

    def read(self, start: int, size: int) -> bytes: ...

    def remove(self) -> None:
        """Let the file go."""


class NewColumn(Protocol):
    """What makes an empty column: `Column` itself, all of which stays in memory, or one with a file for each."""

    def __call__(self, dtype: DTypeLike, width: int = 0) -> Column: ...


class Column:
    """Rows of one type, numbers or (with a `width`) arrays of so many, read by slices without a step.

    With a `spill`, what is more than a few megabytes lies there.
    """

    __slots__ = ("_held", "_spill", "_spilled", "_waiting", "dtype", "width")

    def __init__(self, dtype: DTypeLike, width: int = 0, spill: Spill | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self.width = width
        self._spill = spill
        self._spilled = 0  # rows
        self._held: list[NDArray[Any]] = []
        self._waiting = 0  # rows in `_held`

    def __len__(self) -> int:
        return self._spilled + self._waiting

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), self.width) if self.width else (len(self),)

    @property
    def nbytes(self) -> int:
        return len(self) * self._row

    def append(self, rows: NDArray[Any]) -> None:
        """Add rows, which must not change afterwards. Raises what the spill raises."""
        if rows.dtype != self.dtype or rows.shape[1:] != self.shape[1:]:
            raise ValueError(f"{rows.dtype} {rows.shape} for a column of {self.dtype} {self.shape}")
        self._held.append(rows)
        self._waiting += len(rows)
        if self._spill is not None and self._waiting * self._row > _HELD:
            for one in self._held:
                self._spill.add(np.ascontiguousarray(one).reshape(-1).view(np.uint8).data)
            self._spilled, self._held, self._waiting = len(self), [], 0

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        start, stop, step = rows.indices(len(self))
        if step != 1:
            raise ValueError("a column is read without a step")
        if len(self._held) > 1:
            self._held = [np.concatenate(self._held)]
        found = [one[max(0, start - self._spilled) : max(0, stop - self._spilled)] for one in self._held]
        if start < (last := min(stop, self._spilled)) and self._spill is not None:
            data = self._spill.read(start * self._row, (last - start) * self._row)
            found.insert(0, np.frombuffer(data, self.dtype).reshape(-1, *self.shape[1:]))
        if len(found) == 1:
            return found[0]
        return np.concatenate(found) if found else np.zeros((0, *self.shape[1:]), self.dtype)

    def chunks(self) -> Iterator[NDArray[Any]]:
        """Yield all rows, in order, so many at a time as need little memory."""
        step = max(1, _AT_ONCE // self._row)
        for first in range(0, len(self), step):
            yield self[first : first + step]

    def clear(self) -> None:
        """Let all rows go."""
        self._spilled, self._held, self._waiting = 0, [], 0
        if self._spill is not None:
            self._spill.remove()

    @property
    def _row(self) -> int:
        return self.dtype.itemsize * max(1, self.width)
