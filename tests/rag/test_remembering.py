"""Answers are kept by index generation, model and prompt, the latest ones only."""

from __future__ import annotations

from dataclasses import replace

from rag.llm.memory import RecentAnswers
from rag.records import Answer, Mode, Status

ANSWER = Answer("1", "几？", Status.ANSWERED, "三。", None, (), (), "", (), 1.0, Mode.LLM, "gen-1")


def test_another_generation_model_or_prompt_is_another_answer() -> None:
    keys = {
        RecentAnswers.key(*parts)
        for parts in (("g1", "m", "p"), ("g2", "m", "p"), ("g1", "n", "p"), ("g1", "m", "q"), ("g1m", "", "p"))
    }
    assert len(keys) == 5


def test_the_one_not_used_for_longest_goes_first() -> None:
    cache = RecentAnswers(size=2)
    for key in ("a", "b"):
        cache.put(key, replace(ANSWER, id=key))
    assert cache.get("a") is not None
    cache.put("c", ANSWER)
    assert cache.get("b") is None
    found = cache.get("a")
    assert found is not None
    assert found.id == "a"
