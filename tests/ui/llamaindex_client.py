"""LlamaIndex against a server whose address comes as the first word; prints what it got, as JSON.

Its client wants another version of `openai` than ours is tried with, so it runs in an environment of its own.
"""

from __future__ import annotations

import json
import sys

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike

address, question = sys.argv[1:]
llm = OpenAILike(model="linping", api_base=f"{address}v1", api_key="none", is_chat_model=True, max_retries=0)
asked = [ChatMessage(role="user", content=question)]
chat = llm.chat(asked)
refused = ["", 0]
try:
    llm.chat(asked, model="gpt-4")
except Exception as error:
    refused = [type(error).__name__, getattr(error, "status_code", 0)]
print(
    json.dumps(
        {
            "chat": chat.message.content,
            "written": chat.raw.usage.completion_tokens,
            "refused": refused,
            "complete": llm.complete(question).text,
            "streamed": "".join(one.delta or "" for one in llm.stream_chat(asked)),
        }
    )
)
