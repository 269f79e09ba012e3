"""A server in a process of its own, as `linping serve` starts it, for the trials."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

COMMAND: Final = "from ui.terminal.cli import main; main()"
ASKED: Final = (
    "临平2028工业目标是多少?",
    "算力小镇有多少家企业？",
    "临平数智城面积多大？",
    "临平明天会下雨吗？",
    "临平有哪些未来工厂？",
    "艺尚小镇有多少家企业？",
    "临平经开区上半年规上工业产值是多少？",
    "你好",
    "临平GDP是多少？",
    "临平新城未来有什么规划？",
)


@contextmanager
def started(
    *arguments: str, code: str = COMMAND, nowhere: Path | None = None, **environment: str
) -> Iterator[tuple[str, int]]:
    """Run `code` with `arguments` until the block ends; give the address that it prints, and its process.

    With `nowhere`, a folder, thumbs and leads are kept there instead of where the settings say. Raises RuntimeError.
    """
    ours = {
        **os.environ,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    if nowhere is not None:
        ours |= {"LINPING_FEEDBACK": str(nowhere / "feedback.jsonl"), "LINPING_LEADS": str(nowhere / "leads.sqlite")}
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, env=ours
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if address := re.search(r"http://[\w.:\[\]]+/", line):
                    yield address[0], process.pid
                    return
            raise RuntimeError("the server did not start")
        finally:
            process.terminate()
