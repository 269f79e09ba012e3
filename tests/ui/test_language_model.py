"""The settings of a language model, and the commands that ask one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.errors import SettingsError
from rag.answerer import ExtractiveAnswerer
from rag.llm import queries
from rag.llm.answerer import GenerativeAnswerer
from rag.llm.endpoints import Endpoint
from rag.llm.generator import LanguageModel, Timeouts
from tests.rag.model_server import Exchange, ModelServer, model_server, saying
from ui.service.language_model import with_model
from ui.settings import load_settings
from ui.trials import screenshots

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "临平2028工业目标是多少?"
POINT = "3000亿元"


def linping(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from ui.terminal.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env=os.environ | environment,
        input="",
    )


def liar(prompt: str) -> str:
    """Write one proven sentence and one lie; where no evidence is given, as for a query aid, ask the question again."""
    found = re.search(rf"^\[(\d+)\] .*{POINT}", prompt, re.MULTILINE)
    if found is None:
        return QUESTION
    return f"到2028年，临平全区规模以上工业产值突破{POINT}[{found[1]}]。到2028年突破4000亿元[{found[1]}]。"


def variables(server: ModelServer, **more: str) -> dict[str, str]:
    return {"LINPING_MODEL": "scripted", "LINPING_BASE_URL": server.base_url, "LINPING_MODEL_KEY": "sk-secret"} | more


def test_ask_shows_the_proven_sentence_and_counts_the_other(index_folder: Path) -> None:
    with model_server(saying(liar)) as server:
        done = linping("ask", QUESTION, "--answerer", "llm", "--index", str(index_folder), **variables(server))
        assert server.keys == ["Bearer sk-secret"]
    assert done.returncode == 0, done.stderr
    assert f"突破{POINT}。[1]" in done.stdout
    assert "4000亿元" not in done.stdout
    assert "有 1 句因缺少依据未显示" in done.stdout
    assert "sk-secret" not in done.stdout + done.stderr


def test_the_setting_chooses_the_answerer_and_the_flag_wins(index_folder: Path) -> None:
    with model_server(saying(liar)) as server:
        chosen = variables(server, LINPING_ANSWERER="llm")
        told = linping("ask", QUESTION, "--json", "--index", str(index_folder), **chosen)
        assert json.loads(told.stdout)["mode"] == "llm"
        told = linping("ask", QUESTION, "--json", "--answerer", "extractive", "--index", str(index_folder), **chosen)
        assert json.loads(told.stdout)["mode"] == "extractive"
        assert len(server.requests) == 1


def test_chat_asks_the_model_too(index_folder: Path) -> None:
    with model_server(saying(liar)) as server:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from ui.terminal.cli import main; main()",
                "chat",
                "--answerer",
                "llm",
                "--index",
                str(index_folder),
            ],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env=os.environ | variables(server),
            input=f"{QUESTION}\n/退出\n",
        )
    assert f"突破{POINT}。[1]" in done.stdout


def test_a_dead_endpoint_leaves_the_answer_and_one_sentence_for_the_operator(index_folder: Path) -> None:
    done = linping(
        "ask",
        QUESTION,
        "--answerer",
        "llm",
        "--index",
        str(index_folder),
        LINPING_MODEL="m",
        LINPING_BASE_URL="http://127.0.0.1:9/v1",
    )
    assert done.returncode == 0
    assert POINT in done.stdout
    assert "语言模型暂时不可用" in done.stdout
    assert "连不上语言模型服务" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "model"),
        ({"LINPING_MODEL": "m"}, "base_url"),
        ({"LINPING_MODEL": "m", "LINPING_BASE_URL": "https://api.openai.com/v1"}, "allow_overseas"),
        ({"LINPING_MODEL": "m", "LINPING_BASE_URL": "http://api.deepseek.com/v1"}, "https"),
        ({"LINPING_ANSWERER": "gpt"}, "answerer"),
        ({"LINPING_QUERY_AIDS": "rewrite,guess"}, "query_aids"),
        ({"LINPING_FIRST_TOKEN_TIMEOUT": "-1"}, "first_token_timeout"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence_and_code_9(
    environment: dict[str, str], words: str, index_folder: Path
) -> None:
    done = linping("ask", QUESTION, "--answerer", "llm", "--index", str(index_folder), **environment)
    assert done.returncode == 9
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_key_is_no_setting_and_no_command_shows_it(tmp_path: Path) -> None:
    file = tmp_path / "linping.toml"
    file.write_text('model_key = "sk-secret"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="model_key") as refused:
        load_settings({"LINPING_SETTINGS": str(file)})
    assert "sk-secret" not in str(refused.value)
    assert "sk-secret" not in linping("settings", LINPING_MODEL_KEY="sk-secret").stdout


def test_the_settings_reach_the_model(
    real_answerer: ExtractiveAnswerer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_time = queries._whole
    monkeypatch.setattr(queries, "_whole", lambda generation, until: in_time(generation, until + 60))  # a busy machine
    key = tmp_path / "key"
    key.write_text("sk-file", encoding="utf-8")
    key.chmod(0o600)
    with model_server(saying(liar)) as server:
        settings = load_settings(
            {
                "LINPING_MODEL": "m",
                "LINPING_BASE_URL": server.base_url,
                "LINPING_MODEL_KEY_FILE": str(key),
                "LINPING_QUERY_AIDS": "expand, decompose",
                "LINPING_SETTINGS": str(_empty(tmp_path)),
            }
        )
        assert settings.query_aids == ("expand", "decompose")
        built = with_model(real_answerer, settings, {})
        built.answer(QUESTION)
        assert server.requests[-1]["model"] == "m"
        assert set(server.keys) == {"Bearer sk-file"}
        asked = {request["messages"][0]["content"] for request in server.requests}  # a retry asks the same again
        assert len(asked) == 3  # two aids, and the answer


def _empty(folder: Path) -> Path:
    file = folder / "empty.toml"
    file.write_text("", encoding="utf-8")
    return file


@pytest.mark.browser
@pytest.mark.parametrize("how", ["停止", "tab closed"])
def test_f33_stopping_on_the_page_closes_the_request_within_two_seconds(
    how: str, real_answerer: ExtractiveAnswerer, chromium: Browser
) -> None:
    def hang(exchange: Exchange) -> None:
        exchange.begin()
        exchange.piece("到2028年")
        exchange.wait(90)

    with model_server(hang) as server:
        model = LanguageModel(Endpoint("scripted", server.base_url), Timeouts(3, 90, 90, 120))
        model.warm()
        with screenshots.running(GenerativeAnswerer(real_answerer, model)) as address:
            page = screenshots.opened(chromium, address, screenshots.SCREENS[0])
            page.fill("#question textarea", QUESTION)
            page.press("#question textarea", "Enter")
            until = time.monotonic() + 60
            while not server.requests and time.monotonic() < until:
                page.wait_for_timeout(50)
            page.wait_for_timeout(1000)
            stopped = time.monotonic()
            if how == "停止":
                page.click("#stop")
            else:
                page.close()
            while not server.gone and time.monotonic() - stopped < 10:
                time.sleep(0.02)
            assert server.gone[0] - stopped < 2
        model.close()
