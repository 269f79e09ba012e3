"""The whole road as a LangChain Runnable: question and history in, Answer out, streamed or awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypedDict

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import run_in_executor

from rag.protocol import Answerer, History
from rag.records import Answer


class ChainQuestion(TypedDict, total=False):
    """What the chain takes. `history` holds (user, assistant) pairs, oldest first; none when left out."""

    question: str
    history: History


class AnswerChain(Runnable[ChainQuestion, Answer]):
    """Retrieve, rank, compose and prove, as one step that composes with other Runnables.

    Raises QuestionError for a question that cannot be asked; a refusal is an Answer.
    """

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def invoke(self, input: ChainQuestion, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Return the complete answer."""
        return self._call_with_config(lambda asking: self._answerer.answer(*_parts(asking)), input, config)

    async def ainvoke(self, input: ChainQuestion, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Return the complete answer; other tasks go on meanwhile."""
        return await run_in_executor(config, self.invoke, input, config)

    def stream(self, input: ChainQuestion, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:
        """Yield ever more complete answers; the last one is what `invoke` returns."""
        yield from self._answerer.stream(*_parts(input))

    async def astream(
        self, input: ChainQuestion, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Answer]:
        """Yield as `stream` does; other tasks go on meanwhile."""
        answers = self.stream(input, config)
        while (answer := await run_in_executor(config, next, answers, None)) is not None:
            yield answer


def _parts(asking: ChainQuestion) -> tuple[str, History]:
    return asking["question"], asking.get("history", ())
