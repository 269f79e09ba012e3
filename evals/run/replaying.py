"""Answers and model replies on record: a whole evaluation again without a model, a network or chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.errors import LinpingError
from evals.cases import EvalCase
from evals.run.outcomes import CaseOutcome
from evals.run.worlds import World


class NotRecorded(LinpingError):
    """A replay was asked for something that was never recorded: an error of the run, never a live call."""

    exit_code = 20


class RecordedAnswers:
    """What a system answered, by question, history and articles; one JSON line each.

    In `replay` nothing is asked: a missing answer raises NotRecorded. Otherwise every answer is appended.
    """

    def __init__(self, path: Path, *, replay: bool) -> None:
        self._path = path
        self._replay = replay
        self._kept: dict[str, dict[str, Any]] = {}
        if path.is_file():
            rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
            self._kept = {row["key"]: row["outcome"] for row in rows}
        elif replay:
            raise NotRecorded(f"没有录制文件 {path}；先用 --record 录一次。")

    def get(self, case: EvalCase, world: World) -> CaseOutcome | None:
        """Return the recorded outcome; None when there is none and the system may be asked. Raises no error for a miss
        in a replay: the row becomes one.
        """
        kept = self._kept.get(_key(case, world))
        if kept is not None:
            return CaseOutcome.from_json({**kept, "id": case.id})
        return CaseOutcome(case.id, None, None, "没有录到这道题的回答") if self._replay else None

    def put(self, case: EvalCase, world: World, outcome: CaseOutcome) -> None:
        """Append an outcome, flushed at once."""
        key = _key(case, world)
        if self._replay or key in self._kept:
            return
        self._kept[key] = outcome.to_json()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "outcome": outcome.to_json()}, ensure_ascii=False) + "\n")


def _key(case: EvalCase, world: World) -> str:
    told = json.dumps([world.digest, case.question, [list(turn) for turn in case.history]], ensure_ascii=False)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def model_cache(path: Path, *, replay: bool) -> Any:
    """Return a LangChain cache of chat-model replies, for a model's `cache=`.

    The key is the SHA-256 of the messages and of the model with all its parameters, as LangChain tells them apart. In
    `replay` a reply that is missing raises NotRecorded: no model is ever called.
    """
    from langchain_core.caches import RETURN_VAL_TYPE, BaseCache
    from langchain_core.load import dumps, loads
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, Generation

    kept: dict[str, str] = {}
    if path.is_file():
        rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
        kept = {row["key"]: row["reply"] for row in rows}

    class Replies(BaseCache):
        def lookup(self, prompt: str, llm_string: str) -> RETURN_VAL_TYPE | None:
            reply = kept.get(reply_key(prompt, llm_string))
            if reply is None:
                if replay:
                    raise NotRecorded("没有录到模型对这段提示的回答；先用 --record 录一次。")
                return None
            found: Sequence[Generation] = loads(reply, allowed_objects=[ChatGeneration, Generation, AIMessage])
            return found

        def update(self, prompt: str, llm_string: str, return_val: RETURN_VAL_TYPE) -> None:
            key = reply_key(prompt, llm_string)
            kept[key] = dumps(list(return_val))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "reply": kept[key]}, ensure_ascii=False) + "\n")

        def clear(self, **_: Any) -> None:
            kept.clear()

    return Replies()


def reply_key(prompt: str, llm_string: str) -> str:
    return sha256(f"{llm_string}\0{prompt}".encode("utf-8", "surrogatepass")).hexdigest()
