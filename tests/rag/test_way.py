"""The way of one question through the files: each step is entered once, in the order that docs/structure.md tells."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType

from rag.answerer import ExtractiveAnswerer
from rag.records import Status

ROOT = Path(__file__).resolve().parents[2]
STEPS = re.compile(r"^\| (\d+) \| `(rag/[\w/]+\.py)` \|", re.MULTILINE)


def test_a_question_goes_through_each_step_once(real_answerer: ExtractiveAnswerer) -> None:
    told = [path for _, path in STEPS.findall((ROOT / "docs" / "structure.md").read_text(encoding="utf-8"))]
    assert len(told) == 9
    entered: list[str] = []

    def follow(frame: FrameType, event: str, _: object) -> None:
        caller = frame.f_back
        if event == "call" and caller is not None and caller.f_code.co_filename.endswith("rag/answerer.py"):
            path = frame.f_code.co_filename.removeprefix(f"{ROOT}/")
            if path in told and path not in entered:
                entered.append(path)

    before = sys.getprofile()
    sys.setprofile(follow)
    try:
        answer = real_answerer.answer("临平2028工业目标是多少?")
    finally:
        sys.setprofile(before)
    assert answer.status is Status.ANSWERED
    assert entered == told
