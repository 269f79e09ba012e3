"""A door for OpenAI clients: POST /v1/chat/completions, streaming and not, with citations in a field of their own.

Only the user's own messages count. What a request puts into the mouth of the assistant or the system is not believed:
the conversation is rebuilt from what this server answered, or by answering again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from rag.answer import Answer, Status
from ui import wording
from ui.api import Counter, label_of, one_line, status_of, told, visitor
from ui.desk import Conversation, grown, last_of
from ui.exporting import source_name
from ui.limits import MAX_TURNS, Visitor

log = logging.getLogger(__name__)

MODEL: Final = "linping"
_ANSWERED_AGAIN: Final = 3  # earlier questions that are answered again when nobody remembers them
_DOOR: Final = "openai"


class Part(BaseModel):
    """A piece of a message; only text is understood."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """Return the text of the message. Raises HTTPException for a picture or a sound."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type != "text" for part in self.content):
            raise HTTPException(400, wording.ONLY_TEXT)
        return "".join(part.text for part in self.content)


class Completion(BaseModel):
    """A request as OpenAI clients send it; what steers a sampling model (temperature …) has nothing to steer here."""

    model_config = ConfigDict(extra="ignore")

    messages: list[Message] = Field(min_length=1, max_length=400)
    model: str = MODEL
    stream: bool = False
    n: int = Field(1, ge=1, le=1)


def openai_router(counter: Counter) -> APIRouter:
    """Return the routes under /v1."""
    api = APIRouter(prefix="/v1", tags=["OpenAI 兼容接口"])

    @api.get("/models", summary="模型")
    async def models(request: Request) -> dict[str, Any]:
        visitor(counter, request)
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}]}

    @api.post("/chat/completions", summary="对话补全", response_model=None)
    async def complete(sent: Completion, request: Request) -> Response:
        """按 OpenAI 的格式问答。正文带 [1] 这样的标记，`citations` 是引用；对话历史以服务器记下的为准。"""
        try:
            who = visitor(counter, request)
            questions = [message.words for message in sent.messages if message.role == "user"][-MAX_TURNS:]
            if not questions:
                raise HTTPException(400, wording.NO_USER_MESSAGE)
            before = await _rebuilt(counter, questions[:-1], who)
            answers = counter.desk.stream(questions[-1], before, who, _DOOR)
            if sent.stream:
                first = await anext(answers)  # what cannot be answered is refused before a stream has begun
                events = _chunks(counter, questions, before, first, answers)
                return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
            answer = await last_of(answers)
        except Exception as error:
            return _refused(error)
        _keep(counter, questions, before, answer)
        message = {"role": "assistant", "content": content_of(answer), "refusal": None, "citations": _citations(answer)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return JSONResponse({**_frame(answer, "chat.completion"), "choices": [choice], "linping": _extra(answer)})

    return api


def content_of(answer: Answer) -> str:
    """Return the answer as one text: the words with [1]-style marks, the dates, the sources, the label."""
    return text_so_far(answer) + closing(answer)


def text_so_far(answer: Answer) -> str:
    """Return what only grows while an answer streams."""
    if answer.status is not Status.ANSWERED or not answer.claims:
        return answer.answer
    return "\n".join(claim.text + "".join(f"[{n}]" for n in claim.citations) for claim in answer.claims)


def closing(answer: Answer) -> str:
    """Return what stands under the words of a complete answer."""
    lines = [answer.calculation] if answer.calculation else []
    lines += [f"{one.relation}：{one.note}" for one in answer.conflicts if one.note]
    if dates := " · ".join(filter(None, (answer.modality, answer.as_of))):
        lines.append(dates)
    if answer.status is Status.REFUSED and answer.citations:
        lines.append(f"{wording.LEAD}：{answer.citations[0].quote}[1]")
    sources = [
        f"[{one.n}] {source_name(one.headline, one.publisher, one.published, one.published_inferred)}"
        for one in answer.citations
    ]
    parts = ["\n".join(lines), "\n".join(sources), label_of(answer)]
    return "".join(f"\n\n{part}" for part in parts if part)


async def _rebuilt(counter: Counter, questions: Sequence[str], who: Visitor) -> Conversation:
    """Return the conversation so far: as this server remembers it, or answered again from the last few questions."""
    if not questions:
        return ()
    known = counter.sessions.find(_session(questions))
    if known is not None:
        return known
    conversation: Conversation = ()
    for question in questions[-_ANSWERED_AGAIN:]:
        answer = await counter.desk.answer(question, conversation, who, _DOOR)
        conversation = grown(conversation, question, answer)
    return conversation


def _keep(counter: Counter, questions: Sequence[str], before: Conversation, answer: Answer) -> None:
    counter.sessions.keep(_session(questions), grown(before, questions[-1], answer))


def _session(questions: Sequence[str]) -> str:
    """Return the id under which a conversation is kept: equal questions were answered equally."""
    return "openai " + sha256(json.dumps(list(questions)).encode()).hexdigest()


async def _chunks(
    counter: Counter, questions: Sequence[str], before: Conversation, first: Answer, rest: AsyncIterator[Answer]
) -> AsyncIterator[str]:
    def chunk(answer: Answer, delta: dict[str, Any], finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _data({**_frame(answer, "chat.completion.chunk"), "choices": [choice], **more})

    sent = ""
    answer = first
    yield chunk(first, {"role": "assistant", "content": ""})
    try:
        async for grown_answer in rest:
            words = text_so_far(answer)
            if answer.claims and words.startswith(sent):
                if words != sent:
                    yield chunk(answer, {"content": words[len(sent) :]})
                sent = words
            answer = grown_answer
    except Exception as error:
        log.exception("an answer broke off")
        yield _data({"error": {"message": told(error), "type": "server_error", "code": None, "param": None}})
        return
    whole = content_of(answer)
    left = whole[len(sent) :] if whole.startswith(sent) else f"\n\n{wording.WHOLE_AGAIN}\n{whole}"
    yield chunk(answer, {"content": left})
    _keep(counter, questions, before, answer)
    yield chunk(answer, {}, "stop", citations=_citations(answer), linping=_extra(answer))
    yield "data: [DONE]\n\n"


def _data(value: object) -> str:
    return f"data: {one_line(value)}\n\n"


def _frame(answer: Answer, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{answer.id}", "object": kind, "created": int(time.time()), "model": MODEL}


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [asdict(citation) for citation in answer.citations]


def _extra(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status.value, "short_answer": answer.short_answer, "as_of": answer.as_of,
        "conflicts": [asdict(conflict) for conflict in answer.conflicts], "suggestions": list(answer.suggestions),
        "label": label_of(answer),
    }  # fmt: skip


def _refused(error: Exception) -> Response:
    """Return an error as OpenAI clients read it."""
    status = status_of(error)
    if status >= 500:
        log.error("a completion failed", exc_info=error)
    kinds = {
        400: "invalid_request_error",
        401: "authentication_error",
        403: "permission_error",
        422: "invalid_request_error",
    }
    kind = kinds.get(status, "rate_limit_error" if status == 429 else "server_error")
    headers = dict(getattr(error, "headers", None) or {})
    if wait := getattr(error, "wait", 0):
        headers["Retry-After"] = str(max(1, round(wait)))
    told_error = {"message": told(error), "type": kind, "param": None, "code": None}
    return JSONResponse({"error": told_error}, status_code=status, headers=headers)
