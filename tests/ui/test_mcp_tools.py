"""The tools for other assistants, tried with the official client over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from mcp import Client

from tests.fakes_ui import ARTICLES, HARBOUR, TARGET
from tests.ui.conftest import awaited
from ui import wording


def with_client(address: str, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """Return what `work` returns when it is given a client connected to the server's tools."""

    async def run() -> Any:
        async with Client(f"{address}mcp") as client:
            return await work(client)

    return awaited(run())


def test_three_tools_are_offered_with_what_they_take(address: str) -> None:
    listed = with_client(address, lambda client: client.list_tools())
    assert {tool.name for tool in listed.tools} == {"ask", "search", "read_article"}
    ask = next(tool for tool in listed.tools if tool.name == "ask")
    assert ask.description == wording.MCP_ASK
    assert ask.input_schema["required"] == ["question"]


def test_ask_answers_with_evidence_and_label_and_goes_on(address: str) -> None:
    async def work(client: Client) -> list[Any]:
        first = await client.call_tool("ask", {"question": "青溪2028工业目标是多少?"})
        session = first.structured_content["session"]
        return [first, await client.call_tool("ask", {"question": "记得吗", "session": session})]

    first, second = with_client(address, work)
    answer = first.structured_content
    assert answer["short_answer"] == "突破3000亿元"
    assert answer["citations"][0]["quote"] == TARGET
    assert answer["label"] == wording.DISCLAIMER
    assert second.structured_content["answer"].startswith("1 轮：青溪2028工业目标是多少?→")


def test_search_finds_sentences_and_read_article_reads(address: str) -> None:
    async def work(client: Client) -> list[Any]:
        found = await client.call_tool("search", {"query": "设计企业", "k": 3})
        cited = {"article_id": HARBOUR, "quote": TARGET, "start": ARTICLES[HARBOUR].text.index(TARGET) + 9}
        read = await client.call_tool("read_article", {"article_id": HARBOUR})
        return [found, read, await client.call_tool("read_article", cited)]

    found, read, quoted = with_client(address, work)
    sentences = found.structured_content["sentences"]
    assert len(sentences) == 3
    assert all(ARTICLES[s["article_id"]].text[s["start"] : s["end"]] == s["quote"] for s in sentences)
    assert read.structured_content["text"] == ARTICLES[HARBOUR].text
    assert read.structured_content["quoted"] is None
    assert quoted.structured_content["quoted"]["standing"] == "moved"


@pytest.mark.parametrize(
    ("tool", "sent", "said"),
    [
        ("read_article", {"article_id": "../../etc/passwd"}, wording.NO_SUCH_ARTICLE),
        ("ask", {"question": ""}, wording.EMPTY_QUESTION),
        ("ask", {"question": "坏一次"}, "文章索引暂时不能用。"),
        ("ask", {"question": "问", "session": "made-up"}, wording.NO_SUCH_SESSION),
    ],
)
def test_a_failure_is_one_sentence_for_the_model(address: str, tool: str, sent: dict[str, Any], said: str) -> None:
    result = with_client(address, lambda client: client.call_tool(tool, sent))
    assert result.is_error
    assert said in result.content[0].text
    assert "secret" not in result.content[0].text
