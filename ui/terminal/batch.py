"""Many questions at once: a file of rows in, a file of answers out, in the same order; what is done is not done again."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.errors import LinpingError, QuestionError, StorageError
from rag.protocol import Answerer, History


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of a batch: a question, or the reason why it is none."""

    id: str
    question: str
    history: History
    fault: str
    digest: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch did: `answered` new rows, `reused` rows of a run before, `failed` rows with an error inside."""

    answered: int
    reused: int
    failed: int

    def summary(self) -> str:
        reused = f"，沿用上次的 {self.reused} 行" if self.reused else ""
        failed = f"；{self.failed} 行没能回答，原因写在结果的 error 里" if self.failed else ""
        return f"完成 {self.answered + self.reused} 行{reused}{failed}。"


def answer_batch(answerer: Answerer, batch: Path, out: Path) -> Done:
    """Answer every row of `batch` and write one JSON line per row to `out`, in order.

    A run that was interrupted goes on where it stopped: rows of `out` whose question, history and index are the same are
    kept. One bad row becomes a line with an `error` and does not stop the rest. Raises QuestionError when `batch` cannot
    be read, StorageError when `out` cannot be written; `out` is then as it was before, or holds whole lines only.
    """
    from tqdm import tqdm

    if batch.resolve() == out.resolve():
        raise QuestionError(f"问题文件和结果文件是同一个：{batch}，请给结果另起名字。")
    rows = list(read_rows(batch))
    known = _finished(out, getattr(getattr(answerer, "snapshot", None), "generation", ""))
    partial = out.with_name(out.name + ".partial")
    known |= _finished(partial, getattr(getattr(answerer, "snapshot", None), "generation", ""))
    answered = reused = failed = 0
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            for row in tqdm(rows, desc="回答", unit="题", disable=not sys.stderr.isatty()):
                line = known.get(row.digest)
                if line is None:
                    line = json.dumps(_answered(answerer, row), ensure_ascii=False)
                    answered += 1
                else:
                    reused += 1
                failed += '"error": ' in line[:400] and "error" in json.loads(line)
                file.write(line + "\n")
                file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except OSError as error:
        raise StorageError(f"结果文件 {out} 写不进去：{_trouble(error)}；已完成的行保存在 {partial}。") from error
    return Done(answered, reused, failed)


def read_rows(batch: Path) -> Iterator[BatchLine]:
    """Yield the rows of a JSON Lines file; empty lines are skipped. Raises QuestionError when it cannot be read."""
    try:
        text = batch.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise QuestionError(f"问题文件 {batch} 不是 UTF-8 编码，请另存为 UTF-8 后再试。") from None
    except OSError as error:
        raise QuestionError(f"问题文件 {batch} 读不了：{_trouble(error)}。") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _row(number, line)


def _trouble(error: OSError) -> str:
    """Say in Chinese what the system says in English."""
    match error.errno:
        case errno.ENOENT:
            return "没有这个文件，请检查路径"
        case errno.EISDIR:
            return "它是一个文件夹"
        case errno.EACCES | errno.EPERM:
            return "没有权限"
        case errno.ENOSPC | errno.EDQUOT:
            return "磁盘满了"
        case errno.EROFS:
            return "磁盘是只读的"
        case _:
            return f"系统错误 {error.errno}"


def _row(number: int, line: str) -> BatchLine:
    digest = sha256(line.strip().encode("utf-8", "replace")).hexdigest()[:16]
    try:
        value: Any = json.loads(line)
    except ValueError:
        return BatchLine(
            f"第{number}行", "", (), f'第 {number} 行不是 JSON，请写成 {{"id": …, "question": …}}。', digest
        )
    if not isinstance(value, Mapping) or not isinstance(value.get("question"), str):
        return BatchLine(f"第{number}行", "", (), f"第 {number} 行没有文字的 question。", digest)
    history = value.get("history", [])
    turns = isinstance(history, list) and all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(said, str) for said in turn) for turn in history
    )
    row_id = str(value.get("id", f"第{number}行"))
    if not turns:
        return BatchLine(row_id, value["question"], (), f"第 {number} 行的 history 应为 [[问, 答], …]。", digest)
    return BatchLine(row_id, value["question"], tuple((user, said) for user, said in history), "", digest)


def _answered(answerer: Answerer, row: BatchLine) -> dict[str, Any]:
    head = {"id": row.id, "row": row.digest}
    if row.fault:
        return head | {"question": row.question, "error": row.fault}
    try:
        return answerer.answer(row.question, row.history).to_json() | head
    except LinpingError as error:
        return head | {"question": row.question, "error": str(error)}


def _finished(path: Path, generation: str) -> dict[str, str]:
    """Return the lines of an earlier run by row digest: whole, without error, of the same index generation."""
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue  # the line at which an interrupted run stopped
        if isinstance(value, dict) and "error" not in value and value.get("index_generation") == generation:
            found[str(value.get("row"))] = line
    return found
