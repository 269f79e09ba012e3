"""Settings and commands of a language model inside the process, and what doctor says of any."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import ModelError, SettingsError
from corpus.loading import Corpus
from rag.answerer import ExtractiveAnswerer
from rag.llm import local_model as local
from rag.llm.generator import Trouble
from rag.llm.local_model import LocalModel
from rag.llm.model_file import ModelFile, read_model_file
from tests.rag.gguf_files import babbler
from tests.rag.local_engine import Chunk, Play, ScriptedEngine, failure, saying
from tests.rag.model_server import model_server
from tests.rag.model_server import saying as serving
from tests.ui.test_language_model import linping
from ui import wording
from ui.page.render_views import about
from ui.service.checking import check_all
from ui.service.hosting import Hosting
from ui.service.language_model import local_model, model_name, wrapped
from ui.service.model_checking import check_model, tried
from ui.settings import Settings, load_settings

QUESTION = "临平2028工业目标是多少?"
FILE = ModelFile(Path("small.gguf"), 1 << 30, "llama", "small", 32768, 1000)


def model_of(play: Play) -> LocalModel:
    return LocalModel(FILE, load=ScriptedEngine(play).load, patience=10)


def obedient(prompt: Mapping[str, Any]) -> Iterable[Chunk]:
    """Answer the doctor's questions as they should be answered."""
    if "镇长" in prompt["messages"][-1]["content"]:
        return saying("【无】")(prompt)
    return saying("青禾镇2023年有图书馆", "3座[1]。")(prompt)


def stubborn(prompt: Mapping[str, Any]) -> Iterable[Chunk]:
    """Answer as small models do: no marks, and a whole sentence instead of a refusal."""
    if "镇长" in prompt["messages"][-1]["content"]:
        return saying("报道没有提到青禾镇的镇长是谁。")(prompt)
    return saying("青禾镇2023年有图书馆3座。")(prompt)


# ---------------------------------------------------------------------------------------------------------------- settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return babbler(tmp_path / "小模型.gguf", ["临平区有企业3家。"])


def test_without_the_extra_one_sentence_says_what_to_install(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(local, "version", missing)
    with pytest.raises(ModelError, match=r"pip install -e \"\.\[local\]\""):
        local_model(Settings(answerer="local", model_file=file))
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match=r"pip install -e \"\.\[local\]\""):
        local.load_engine(read_model_file(file), context=512, threads=1)


def test_without_a_file_the_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="model_file"):
        local_model(Settings(answerer="local"))


def test_the_settings_reach_the_model(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(local, "version", lambda _: "1")
    toml = tmp_path / "linping.toml"
    toml.write_text(
        f'answerer = "local"\nmodel_file = "{file}"\nmodel_threads = 3\nlocal_timeout = 90\n', encoding="utf-8"
    )
    settings = load_settings({"LINPING_SETTINGS": str(toml)})
    assert model_name(settings) == "小模型"
    assert local_model(settings).file.path == file
    assert Hosting.of(settings, "小模型").limits.seconds == 100
    assert load_settings({"LINPING_SETTINGS": str(toml), "LINPING_MODEL_FILE": ""}).model_file is None


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [(None, 10, "没有模型文件"), (b"PK\x03\x04", 10, "不是 GGUF 文件"), (b"GGUF\x03\x00", 10, "没有下载完整")],
)
def test_a_file_that_cannot_be_used_is_one_sentence_and_code_10(
    content: bytes | None, code: int, words: str, tmp_path: Path, index_folder: Path
) -> None:
    broken = tmp_path / "model.gguf"
    if content is not None:
        broken.write_bytes(content)
    done = linping("model", "check", str(broken), "--index", str(index_folder))
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert words in done.stderr
    told = {"LINPING_MODEL_FILE": str(broken)}
    done = linping("ask", QUESTION, "--answerer", "local", "--index", str(index_folder), **told)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_page_says_where_questions_go() -> None:
    here, there = Settings(answerer="local"), Settings(answerer="llm")
    assert wording.PRIVACY_LOCAL_MODEL in about(Hosting.of(here, "m"), 5, feedback=False)
    assert wording.PRIVACY_MODEL in about(Hosting.of(there, "m"), 5, feedback=False)
    assert wording.PRIVACY_MODEL not in about(Hosting.of(here, "m"), 5, feedback=False)


# ------------------------------------------------------------------------------------------------------------------ trying


def test_a_model_that_obeys_is_good() -> None:
    model = model_of(obedient)
    trial = tried(model, 10)
    model.close()
    assert trial.good
    assert (trial.pieces, trial.proven, trial.marked, trial.declined) == (2, True, True, True)
    assert "逐字到达" in trial.told()


def test_a_stubborn_format_is_told_and_good_all_the_same() -> None:
    model = model_of(stubborn)
    trial = tried(model, 10)
    model.close()
    assert trial.good
    assert (trial.pieces, trial.proven, trial.marked, trial.declined) == (1, True, False, False)
    assert all(words in trial.told() for words in ("不是流式", "没有标依据编号", "不写【无】"))


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (saying("青禾镇2023年有图书馆5座[1]。"), "内容没有依据"),
        (saying(""), "没有写字"),
        (lambda _: [failure("server_error")], "服务出错"),
    ],
)
def test_a_model_of_no_use_is_told_so(play: Play, words: str) -> None:
    model = model_of(play)
    trial = tried(model, 10)
    model.close()
    assert not trial.good
    assert words in trial.told()


def test_a_model_that_hangs_is_not_waited_for_longer_than_allowed() -> None:
    class Silent:
        name = "silent"

        def start(self, messages: object) -> Silent:
            return self

        def next(self, timeout: float) -> None:
            assert timeout <= 0.2

        def close(self) -> None:
            pass

    assert tried(Silent(), 0.2).trouble is Trouble.SLOW


def test_doctor_says_what_it_found_of_an_endpoint(index_folder: Path) -> None:
    def play(prompt: str) -> str:
        return "【无】" if "镇长" in prompt else "青禾镇2023年有图书馆3座[1]。"

    with model_server(serving(play)) as server:
        settings = Settings(answerer="llm", model="m", base_url=server.base_url)
        *_, found = check_all(settings, index_folder)
    assert (found.what, found.good) == ("语言模型", True)
    assert "第一个字" in found.detail
    assert "答不了时写【无】" in found.detail


def test_doctor_says_that_an_endpoint_is_not_there(index_folder: Path) -> None:
    *_, found = check_all(Settings(answerer="llm", model="m", base_url="http://127.0.0.1:9/v1"), index_folder)
    assert not found.good
    assert "连不上" in found.detail


def test_doctor_says_nothing_of_a_model_that_is_not_set_and_names_a_missing_file(index_folder: Path) -> None:
    assert all(finding.what != "语言模型" for finding in check_all(Settings(), index_folder))
    *_, found = check_all(Settings(answerer="local", model_file=Path("no.gguf")), index_folder)
    assert not found.good
    assert "no.gguf" in found.detail


def test_check_prints_size_memory_speed_and_seconds(real_answerer: ExtractiveAnswerer) -> None:
    def play(prompt: Mapping[str, Any]) -> Iterable[Chunk]:
        found = re.search(r"^\[(\d+)\] .*3000亿元", prompt["messages"][-1]["content"], re.MULTILINE)
        if found is None:
            return obedient(prompt)
        return saying(f"到2028年，临平全区规模以上工业产值突破3000亿元[{found[1]}]。")(prompt)

    said: list[str] = []
    check_model(model_of(play), Settings(), QUESTION, answerer=lambda: real_answerer, say=said.append)
    told = "\n".join(said)
    for words in (
        "1.00 GB",
        "上下文：8192 个词元",
        "预计内存：1.3",
        "载入：",
        "读题：50 个词元/秒",
        "写字：8.0 个词元/秒",
        "3000亿元。[1]",
        "核对无误",
    ):
        assert words in told, told


@pytest.mark.local
def test_check_and_ask_run_the_real_engine(corpus: Corpus, index_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    file = babbler(tmp_path / "babbler.gguf", [article.text for article in corpus.articles])
    few = {"LINPING_MODEL_THREADS": "1"}
    done = linping("model", "check", str(file), "--index", str(index_folder), **few)
    assert done.returncode == 0, done.stderr
    assert "读题：" in done.stdout
    assert "3000亿元" in done.stdout
    done = linping(
        "ask", QUESTION, "--answerer", "local", "--index", str(index_folder), LINPING_MODEL_FILE=str(file), **few
    )
    assert done.returncode == 0, done.stderr
    assert "3000亿元" in done.stdout


def test_one_model_serves_many_answerers(real_answerer: ExtractiveAnswerer) -> None:
    engine = ScriptedEngine(saying("【无】"))
    model = LocalModel(FILE, load=engine.load, patience=10)
    for _ in range(2):
        wrapped(real_answerer, model, Settings()).answer(QUESTION)
    model.close()
    assert engine.loads == 1
