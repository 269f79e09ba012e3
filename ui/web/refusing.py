"""How a refusal looks: `detail` for our own doors, an `error` object for OpenAI clients. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import HTTPException
from fastapi.responses import JSONResponse

_KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    405: "invalid_request_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
}


class NotAsked(HTTPException):
    """What an OpenAI client may not ask; `param` names the field, `code` is one of OpenAI's."""

    def __init__(self, status: int, words: str, *, param: str, code: str | None = None) -> None:
        super().__init__(status, words)
        self.param = param
        self.code = code


def error_body(status: int, words: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Return an error as OpenAI clients read it."""
    kind = _KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": words, "type": kind, "param": param, "code": code}}


def refusal(
    path: str,
    status: int,
    words: str,
    headers: Mapping[str, str] | None = None,
    *,
    param: str | None = None,
    code: str | None = None,
) -> JSONResponse:
    """Return a refusal in the form of the door that `path` belongs to."""
    words = words.encode("utf-8", "replace").decode()  # a lone surrogate that was sent cannot be sent back
    param = param and param.encode("utf-8", "replace").decode()
    # Gradio's script shows `detail` of any answer that is not 200, 422 or 503.
    body = error_body(status, words, param, code) if path.startswith("/v1/") else {"detail": words}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))
