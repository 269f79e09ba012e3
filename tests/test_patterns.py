"""F47: no pattern of ours can be made to think for long, whatever it is given."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

LONG = 10_000  # characters; a question has at most 1,000, a line of an article any number
SECONDS = 1.0  # of the processor: a linear pattern needs milliseconds, one that begins anew at each place much more
_LAYERS = ("corpus", "index", "rag", "ui")
_APART = ("training", "benchmark", "trials")  # run by those who build, on texts of their own
_PIECES = (
    "1", "１", "一", "十", "1,", "1.", "1-", "%", "年", "1年", "月1日", "万", "亿元", "第一", "a", "a ", " ", "\u3000", "\n", "\n\n", "。", "，", "、", "和、", "《", "》", "“",
    "（", "(", "<", "<a ", "-", "——", "|", "*", "#", "[", "[1]", "&", "=", "?", "？", "多少", "的", "临平", "企业", ":", "：", "/", "\\", "@", "_", "0x", "$",
)  # fmt: skip


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield each compiled pattern over text that a module holds, by its place."""
    seen: set[re.Pattern[str]] = set()
    for layer in _LAYERS:
        for found in pkgutil.walk_packages(importlib.import_module(layer).__path__, f"{layer}."):
            if any(part in found.name for part in _APART):
                continue
            try:
                module = importlib.import_module(found.name)
            except ImportError:
                continue  # an extra that is not installed
            for name, value in vars(module).items():
                for pattern in [value] if isinstance(value, re.Pattern) else [*_inside(value)]:
                    if isinstance(pattern.pattern, str) and pattern not in seen:
                        seen.add(pattern)
                        yield f"{found.name}.{name}", pattern


def _inside(value: object) -> Iterator[re.Pattern[str]]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list | frozenset) else ()
    for part in parts:
        if isinstance(part, re.Pattern):
            yield part
        elif isinstance(part, tuple):
            yield from _inside(part)


class TooLong(Exception):
    pass


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


def slow(pattern: re.Pattern[str], texts: list[str]) -> str | None:
    """Return the beginning of a text that `pattern` takes too long over."""
    for text in texts:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            for _ in pattern.finditer(text):
                pass
        except TooLong:
            return text[:20]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return None


@pytest.mark.slow
def test_f47_every_pattern_is_done_soon_with_whatever_repeats() -> None:
    texts = [(piece * LONG)[:LONG] + end for piece in _PIECES for end in ("", "\x00!")]
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        found = list(patterns())
        assert len(found) > 300
        assert slow(re.compile(r"(a+)+$"), texts) is not None, "the clock does not stop a slow pattern"
        assert {name: text for name, pattern in found if (text := slow(pattern, texts)) is not None} == {}
    finally:
        signal.signal(signal.SIGPROF, before)
