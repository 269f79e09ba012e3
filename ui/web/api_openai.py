"""A door for OpenAI clients: chat completions, streaming and not, with citations in a field of their own; embeddings.

Only the user's own messages count. What a request puts into the mouth of the assistant or the system is not believed:
the conversation is rebuilt from what this server answered, or by answering again. What steers a sampling model
(temperature, seed …) has nothing to steer here; what a client would miss when it is ignored is obeyed or refused.
"""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from corpus.chinese.text import clean
from rag.answers.asked_back import offers_choices
from rag.records import Answer, Mode, Status
from ui import wording
from ui.page.exporting import source_name
from ui.service import wording as wording_serving
from ui.service.chores import Chore, ChoreKind, chore_of, done
from ui.service.counter import Counter, visitor
from ui.service.desk import Conversation, grown, last_of
from ui.service.limits import MAX_TURNS, Visitor
from ui.web.api import STREAM_HEADERS, label_of, one_line, told
from ui.web.refusing import NotAsked, error_body

log = logging.getLogger(__name__)

MODEL: Final = "linping"
EMBEDDER: Final = "linping-embedding"
_ANSWERED_AGAIN: Final = 3  # earlier questions that are answered again when nobody remembers them
_DOOR: Final = "openai"
_MOST_TEXTS: Final = 128  # of one request for embeddings
_LONGEST_TEXT: Final = 8000  # characters


class MessagePart(BaseModel):
    """A piece of a message; only text is understood."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[MessagePart] | None = None

    @property
    def words(self) -> str:
        """Return the text of the message. Raises NotAsked for a picture or a sound."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type != "text" for part in self.content):
            raise NotAsked(400, wording.ONLY_TEXT, param="messages")
        return "".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ResponseFormat(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str


class Completion(BaseModel):
    """A request as OpenAI clients send it."""

    model_config = ConfigDict(extra="ignore")

    messages: list[ChatMessage] = Field(min_length=1, max_length=400)
    model: str = MODEL
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    stop: str | list[str] | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    response_format: ResponseFormat | None = None
    tool_choice: str | dict[str, Any] | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None

    def refuse_what_is_not_done(self) -> None:
        """Raise NotAsked, naming the field, for what would have to be ignored and be missed."""
        if self.model != MODEL:
            raise _no_such_model(self.model)
        if self.n not in (None, 1):
            raise NotAsked(400, wording_serving.ONE_ANSWER, param="n")
        if self.logprobs:
            raise NotAsked(400, wording_serving.NO_LOGPROBS, param="logprobs")
        if self.modalities and self.modalities != ["text"]:
            raise NotAsked(400, wording_serving.ONLY_WORDS, param="modalities")
        if self.tool_choice not in (None, "none", "auto"):
            raise NotAsked(400, wording_serving.NO_TOOLS, param="tool_choice")
        if self.response_format is not None and self.response_format.type not in ("text", "json_object"):
            raise NotAsked(400, wording_serving.NO_SCHEMA, param="response_format")
        if len(self.stops) > 4 or not all(self.stops):
            raise NotAsked(400, wording_serving.FOUR_STOPS, param="stop")

    @property
    def as_json(self) -> bool:
        return self.response_format is not None and self.response_format.type == "json_object"

    @property
    def stops(self) -> list[str]:
        return [self.stop] if isinstance(self.stop, str) else self.stop or []

    @property
    def most(self) -> int | None:
        """Return how many characters the answer may have; None: as many as it has."""
        return self.max_completion_tokens or self.max_tokens

    def cut(self, text: str) -> tuple[str, str]:
        """Return `text` as far as it may go, and why it ends there: stop or length."""
        text = text[: min((at for stop in self.stops if (at := text.find(stop)) >= 0), default=len(text))]
        if self.most is None or len(text) <= self.most:
            return text, "stop"
        return text[: self.most], "length"


class Texts(BaseModel):
    """What is to be embedded. Numbers of tokens are taken by the schema only to be refused in words."""

    model_config = ConfigDict(extra="ignore")

    input: str | list[str] | list[int] | list[list[int]]
    model: str = EMBEDDER
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


def openai_router(counter: Counter) -> APIRouter:
    """Return the routes under /v1."""
    api = APIRouter(prefix="/v1", tags=["OpenAI 兼容接口"])

    @api.get("/models", summary="模型")
    async def models(request: Request) -> dict[str, Any]:
        visitor(counter, request)
        return {"object": "list", "data": [_model(name) for name in _models(counter)]}

    @api.get("/models/{name:path}", summary="一个模型", responses={404: {}})
    async def one_model(name: str, request: Request) -> dict[str, Any]:
        visitor(counter, request)
        if name not in _models(counter):
            raise _no_such_model(name)
        return _model(name)

    @api.post("/chat/completions", summary="对话补全", response_model=None)
    async def complete(sent: Completion, request: Request) -> Response:
        """按 OpenAI 的格式问答。正文带 [1] 这样的标记，`citations` 是引用；对话历史以服务器记下的为准。

        `usage` 以一个字为一个 token；`stop`、`max_tokens`（按字数）、`response_format` 的 json_object 照办，办不到的会说明。
        """
        who = visitor(counter, request)
        sent.refuse_what_is_not_done()
        questions = [message.words for message in sent.messages if message.role == "user"][-MAX_TURNS:]
        if not questions:
            raise NotAsked(400, wording.NO_USER_MESSAGE, param="messages")
        chore = chore_of(questions[-1])
        if chore is not None:
            return _told_at_once(sent, await _chore_done(counter, chore, who))
        before = await _rebuilt(counter, questions[:-1], who)
        answers = counter.desk.stream(questions[-1], before, who, _DOOR)
        if sent.stream:
            first = await anext(answers)  # what cannot be answered is refused before a stream has begun
            events = _chunks(counter, sent, questions, before, first, answers)
            return StreamingResponse(events, media_type="text/event-stream", headers=STREAM_HEADERS)
        answer = await last_of(answers)
        _keep(counter, questions, before, answer)
        content, finish = sent.cut(_content(sent, answer))
        message = {"role": "assistant", "content": content, "refusal": None, "citations": _citations(answer)}
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        frame = _frame(answer.id, "chat.completion")
        return JSONResponse({**frame, "choices": [choice], "usage": _usage(sent, content), "linping": _extra(answer)})

    @api.post("/embeddings", summary="文字的向量", response_model=None)
    async def embeddings(sent: Texts, request: Request) -> Response:
        """用检索所用的向量模型把文字变成单位长度的向量；`encoding_format` 为 float 或 base64。"""
        who = visitor(counter, request)
        if sent.model != EMBEDDER:
            raise _no_such_model(sent.model)
        texts = _texts(sent.input)
        library = counter.desk.edition.library
        embedder = getattr(library, "embedder", None)
        if embedder is None:
            raise HTTPException(503, wording.NO_SEARCH)
        if sent.dimensions not in (None, embedder.dim):
            raise NotAsked(400, wording_serving.dimensions(embedder.dim), param="dimensions")
        counter.desk.counted(who, _DOOR)
        async with counter.desk.place(_DOOR):
            rows = await run_in_threadpool(embedder.encode, [clean(text) for text in texts])
        data = [
            {"object": "embedding", "index": at, "embedding": _numbers(row, sent.encoding_format)}
            for at, row in enumerate(rows)
        ]
        read = sum(map(len, texts))
        usage = {"prompt_tokens": read, "total_tokens": read}
        return JSONResponse({"object": "list", "data": data, "model": EMBEDDER, "usage": usage})

    return api


def _models(counter: Counter) -> tuple[str, ...]:
    embeds = getattr(counter.desk.edition.library, "embedder", None) is not None
    return (MODEL, EMBEDDER) if embeds else (MODEL,)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _no_such_model(name: str) -> NotAsked:
    return NotAsked(404, wording_serving.no_such_model(name, (MODEL, EMBEDDER)), param="model", code="model_not_found")


def _texts(sent: str | list[str] | list[int] | list[list[int]]) -> list[str]:
    """Return the texts to embed. Raises NotAsked for numbers of tokens, for none, too many or too long ones."""
    listed = [sent] if isinstance(sent, str) else sent
    texts = [text for text in listed if isinstance(text, str)]
    if len(texts) < len(listed):
        raise NotAsked(400, wording_serving.NO_TOKEN_NUMBERS, param="input")
    if not texts or not all(text.strip() for text in texts):
        raise NotAsked(400, wording_serving.EMPTY_TEXT, param="input")
    if len(texts) > _MOST_TEXTS or max(map(len, texts)) > _LONGEST_TEXT:
        raise NotAsked(400, wording_serving.too_much_text(_MOST_TEXTS, _LONGEST_TEXT), param="input")
    return texts


def _numbers(row: Any, encoding: str) -> list[float] | str:
    """Return a vector as JSON takes it: numbers, or its little-endian float32 bytes in base64."""
    return base64.b64encode(row.astype("<f4").tobytes()).decode() if encoding == "base64" else row.tolist()


def content_of(answer: Answer) -> str:
    """Return the answer as one text: short answer, words with [1]-style marks, dates, sources, label."""
    return text_so_far(answer) + closing(answer)


def text_so_far(answer: Answer) -> str:
    """Return what only grows while an answer streams."""
    if answer.status is not Status.ANSWERED or not answer.claims:
        return answer.answer
    sides = any(conflict.claims for conflict in answer.conflicts)
    lines = [
        (f"{claim.label}：" if sides and claim.label and not claim.text.startswith(claim.label) else "")
        + claim.text
        + "".join(f"[{n}]" for n in claim.citations)
        for claim in answer.claims
    ]
    short = answer.short_answer if answer.mode is Mode.EXTRACTIVE else None  # a model's may come last
    return "\n".join([f"{short}\n", *lines] if short and short != answer.claims[0].text else lines)


def closing(answer: Answer) -> str:
    """Return what stands under the words of a complete answer."""
    lines = [answer.calculation] if answer.calculation else []
    lines += [f"{one.relation}：{one.note}" for one in answer.conflicts if one.note]
    if dates := " · ".join(filter(None, (answer.modality, answer.as_of))):
        lines.append(dates)
    if offers_choices(answer):
        lines += [f"- {question}" for question in answer.suggestions]
    if answer.status is Status.REFUSED and answer.citations:
        lines.append(f"{wording.LEAD}：{answer.citations[0].quote}[1]")
    sources = [
        f"[{one.n}] {source_name(one.headline, one.publisher, one.published, one.published_inferred)}"
        for one in answer.citations
    ]
    parts = ["\n".join(lines), "\n".join(sources), label_of(answer)]
    return "".join(f"\n\n{part}" for part in parts if part)


def _content(sent: Completion, answer: Answer) -> str:
    if not sent.as_json:
        return content_of(answer)
    return json.dumps(
        {"answer": text_so_far(answer), **_extra(answer), "citations": _citations(answer)}, ensure_ascii=False
    )


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


async def _chore_done(counter: Counter, chore: Chore, who: Visitor) -> str:
    """Return what a chore wants; only what to ask next needs an answer, which is that of the conversation itself."""
    if chore.wanted is not ChoreKind.FOLLOW_UPS or not chore.questions:
        counter.desk.counted(who, _DOOR)
        return done(chore)
    before = await _rebuilt(counter, chore.questions[:-1], who)
    answer = await counter.desk.answer(chore.questions[-1], before, who, _DOOR)
    return done(chore, answer.suggestions)


def _told_at_once(sent: Completion, content: str) -> Response:
    frame_id = uuid4().hex[:16]
    if not sent.stream:
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        frame = _frame(frame_id, "chat.completion")
        return JSONResponse({**frame, "choices": [choice], "usage": _usage(sent, content)})

    async def events() -> AsyncIterator[str]:
        yield _chunk(sent, frame_id, {"role": "assistant", "content": content})
        yield _chunk(sent, frame_id, {}, "stop")
        for event in _ending(sent, frame_id, content):
            yield event

    return StreamingResponse(events(), media_type="text/event-stream", headers=STREAM_HEADERS)


def _keep(counter: Counter, questions: Sequence[str], before: Conversation, answer: Answer) -> None:
    counter.sessions.keep(_session(questions), grown(before, questions[-1], answer))


def _session(questions: Sequence[str]) -> str:
    """Return the id under which a conversation is kept: equal questions were answered equally."""
    return "openai " + sha256(json.dumps(list(questions)).encode()).hexdigest()


async def _chunks(
    counter: Counter,
    asked: Completion,
    questions: Sequence[str],
    before: Conversation,
    first: Answer,
    rest: AsyncIterator[Answer],
) -> AsyncIterator[str]:
    sent = ""
    answer = first
    in_pieces = not (asked.as_json or asked.stops or asked.most)  # where a text must end is known at its end
    yield _chunk(asked, first.id, {"role": "assistant", "content": ""})
    try:
        async for grown_answer in rest:
            words = text_so_far(answer)
            if in_pieces and answer.claims and words.startswith(sent):
                if words != sent:
                    yield _chunk(asked, answer.id, {"content": words[len(sent) :]})
                sent = words
            answer = grown_answer
    except Exception as error:
        log.exception("an answer broke off")
        yield _data(error_body(500, told(error)))
        return
    whole, finish = asked.cut(_content(asked, answer))
    left = whole[len(sent) :] if whole.startswith(sent) else f"\n\n{wording.WHOLE_AGAIN}\n{whole}"
    yield _chunk(asked, answer.id, {"content": left})
    _keep(counter, questions, before, answer)
    yield _chunk(asked, answer.id, {}, finish, citations=_citations(answer), linping=_extra(answer))
    for event in _ending(asked, answer.id, sent + left):
        yield event


def _chunk(asked: Completion, answer_id: str, delta: dict[str, Any], finish: str | None = None, **more: object) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    usage = {"usage": None} if _wants_usage(asked) else {}
    return _data({**_frame(answer_id, "chat.completion.chunk"), "choices": [choice], **usage, **more})


def _ending(asked: Completion, answer_id: str, content: str) -> list[str]:
    """Return what ends a stream: how much was read and written, when that was asked for, and the end itself."""
    frame = _frame(answer_id, "chat.completion.chunk")
    counted = [_data({**frame, "choices": [], "usage": _usage(asked, content)})] if _wants_usage(asked) else []
    return [*counted, "data: [DONE]\n\n"]


def _wants_usage(asked: Completion) -> bool:
    return asked.stream_options is not None and asked.stream_options.include_usage


def _usage(asked: Completion, content: str) -> dict[str, int]:
    """Return how much was read and written. One character counts as one token: nothing here has other tokens."""
    read = sum(len(message.words) for message in asked.messages if message.role == "user")
    return {"prompt_tokens": read, "completion_tokens": len(content), "total_tokens": read + len(content)}


def _data(value: object) -> str:
    return f"data: {one_line(value)}\n\n"


def _frame(answer_id: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{answer_id}", "object": kind, "created": int(time.time()), "model": MODEL}


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [asdict(citation) for citation in answer.citations]


def _extra(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status.value,
        "short_answer": answer.short_answer,
        "as_of": answer.as_of,
        "conflicts": [asdict(conflict) for conflict in answer.conflicts],
        "suggestions": list(answer.suggestions),
        "label": label_of(answer),
    }
