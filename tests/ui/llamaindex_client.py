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
print(
    json.dumps(
        {
            "chat": llm.chat(asked).message.content,
            "complete": llm.complete(question).text,
            "streamed": "".join(one.delta or "" for one in llm.stream_chat(asked)),
        }
    )
)
