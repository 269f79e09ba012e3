"""The other clients that people have, each as it is sold: the official one for Node, LlamaIndex, and what Open WebUI sends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.fakes_ui import TARGET

HERE = Path(__file__).resolve().parent
QUESTION = "青溪2028工业目标是多少?"


def node_modules() -> Path | None:
    """Return where npm has put the client: beside the browser tests' rules, or where NODE_PATH says."""
    places = [
        HERE.parents[1] / ".venv" / "node_modules",
        *map(Path, filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep))),
    ]
    return next((place for place in places if (place / "openai").is_dir()), None)


@pytest.mark.skipif(shutil.which("node") is None or node_modules() is None, reason="needs node and npm's openai")
def test_the_official_client_for_node_asks_streams_and_reads_refusals(address: str, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules() or "")
    script = shutil.copy(HERE / "openai_client.mjs", tmp_path)
    done = subprocess.run(["node", script, address, QUESTION], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert got["whole"].startswith(f"突破3000亿元\n\n{TARGET}[1]")
    assert got["streamed"] == got["whole"]
    assert got["written"] == len(got["whole"])
    assert got["total"] == len(QUESTION) + len(got["whole"])
    assert [one["quote"] for one in got["citations"]] == [TARGET]
    assert got["refused"] == {"kind": "NotFoundError", "status": 404, "param": "model", "code": "model_not_found"}
    assert got["models"] == ["linping", "linping-embedding"]
    assert got["one"] == "linping"
    assert got["vectors"] == [16, 16]


def other_python() -> Path | None:
    """Return the interpreter of `make clients`, or the one that CLIENTS_PYTHON names."""
    named = Path(os.environ.get("CLIENTS_PYTHON", HERE.parents[1] / ".venv" / "clients" / "bin" / "python"))
    return named if named.is_file() else None


@pytest.mark.skipif(other_python() is None, reason="needs `make clients`")
def test_llamaindex_completes_chats_and_streams(address: str) -> None:
    command = [str(other_python()), str(HERE / "llamaindex_client.py"), address, QUESTION]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONPATH": ""}
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert got["chat"].startswith(f"突破3000亿元\n\n{TARGET}[1]")
    assert got["complete"] == got["streamed"] == got["chat"]
    assert got["written"] == len(got["chat"])
    assert got["refused"] == ["NotFoundError", 404]


def test_open_webui_lists_models_and_streams_with_its_own_fields(address: str) -> None:
    """The shapes of its `routers/openai.py` and `utils/middleware.py`: fields of its own, headers of its own."""
    sent = {
        "model": "linping",
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.7,
        "top_p": 0.9,
        "seed": 1,
        "presence_penalty": 0,
        "metadata": {"chat_id": "c1", "task": None},
        "user": {"name": "a"},
        "tools": [],
        "messages": [
            {"role": "system", "content": "你是助手"},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
    }
    headers = {"authorization": "Bearer none", "x-openwebui-user-name": "a", "x-openwebui-chat-id": "c1"}
    with httpx.Client(base_url=address, trust_env=False, timeout=60, headers=headers) as http:
        assert [one["id"] for one in http.get("v1/models").json()["data"]] == ["linping", "linping-embedding"]
        reply = http.post("v1/chat/completions", json=sent)
        refused = http.post("v1/chat/completions", json=sent | {"model": "gpt-4"})
    assert refused.status_code == 404
    assert "没有名为「gpt-4」的模型" in refused.json()["error"]["message"]  # which it shows as it is
    assert reply.status_code == 200, reply.text
    lines = [line for line in reply.text.splitlines() if line]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    text = "".join(one["choices"][0]["delta"].get("content") or "" for one in chunks if one["choices"])
    assert text.startswith(f"突破3000亿元\n\n{TARGET}[1]")
    assert chunks[-1]["usage"]["completion_tokens"] == len(text)
