"""What visitors say about an answer, one JSON line each. Neither the question nor the visitor is in it."""

from __future__ import annotations

import errno
import json
import os
import re
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ui import wording

_ANSWER_ID: Final = re.compile(r"[\w.:-]{1,80}", re.ASCII)
_LARGEST: Final = 16 * 1024 * 1024  # bytes; a flood of thumbs must not fill the disk


@dataclass(frozen=True, slots=True)
class Feedback:
    """`verdict` is up or down; `reason` a key of `wording.REASONS`, or empty."""

    answer_id: str
    verdict: str
    reason: str

    @classmethod
    def read(cls, body: bytes) -> Feedback | None:
        """Return what was sent, or None when it is not one of the things the page can send."""
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(sent, dict):
            return None
        answer_id, verdict, reason = (sent.get(key, "") for key in ("answer_id", "verdict", "reason"))
        if not isinstance(answer_id, str) or not _ANSWER_ID.fullmatch(answer_id) or verdict not in ("up", "down"):
            return None
        if reason != "" and (not isinstance(reason, str) or reason not in wording.REASONS):
            return None
        return cls(answer_id, verdict, reason)


class FeedbackBook:
    """Appends to one file, which stops growing at 16 MiB. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, feedback: Feedback) -> None:
        """Append one line, or nothing. Raises OSError when the file cannot be written, the disk is full."""
        line = (json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(feedback)}) + "\n").encode()
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as book:
                size = os.fstat(book.fileno()).st_size
                if size >= _LARGEST:
                    return
                written = book.write(line)
                if written != len(line):  # else the next line would begin in the middle of this one
                    book.truncate(size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
