"""An address is checked before anything is sent there, and a key shows nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from corpus.errors import SettingsError
from rag.llm.endpoints import Endpoint, checked_endpoint, is_local, masked, read_key


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:11434/v1",
        "http://localhost:8080/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.9:8000/v1",
        "http://ollama:11434/v1",
        "http://gpu.internal/v1",
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        "https://api.deepseek.com/v1",
        "https://open.bigmodel.cn/api/paas/v4",
        "https://api.moonshot.cn/v1",
    ],
)
def test_local_and_mainland_addresses_need_no_permission(address: str) -> None:
    assert checked_endpoint("m", address, None, overseas=False).base_url == address


@pytest.mark.parametrize(
    "address",
    [
        "https://api.openai.com/v1",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "https://api.moonshot.ai/v1",
        "https://api.deepseek.com.evil.example/v1",
        "https://8.8.8.8/v1",
        "https://evil-api.deepseek.com.example/v1",
        "https://notapi.deepseek.com.co/v1",
        "https://xn--fiqs8s.example/v1",
        "https://cn.example.com/v1",
    ],
)
def test_an_address_not_known_to_be_in_the_mainland_needs_permission(address: str) -> None:
    with pytest.raises(SettingsError, match="allow_overseas"):
        checked_endpoint("m", address, None, overseas=False)
    assert checked_endpoint("m", address, None, overseas=True).base_url == address


@pytest.mark.parametrize(
    ("model", "address", "words"),
    [
        ("", "http://127.0.0.1/v1", "model"),
        ("m", "", "base_url"),
        ("m", "ftp://x.cn/v1", "http"),
        ("m", "x.cn/v1", "http"),
        ("m", "https://user:secret@x.cn/v1", "用户名"),
        ("m", "https://x.cn/v1?key=secret", "参数"),
        ("m", "http://api.deepseek.com/v1", "https"),
        ("m", "http://127.0.0.1:port/v1", "地址"),
        ("m", "http://[::1/v1", "地址"),
    ],
)
def test_a_bad_address_is_refused_in_one_sentence_without_what_it_may_hide(
    model: str, address: str, words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        checked_endpoint(model, address, None, overseas=True)
    assert "secret" not in str(refused.value)


def test_only_private_names_are_local() -> None:
    assert is_local("http://10.0.0.3/v1")
    assert not is_local("https://localhost.example.com/v1")


def test_a_log_shows_scheme_and_host_alone() -> None:
    assert masked("https://a.cn:8443/tenant-17/v1") == "https://a.cn:8443"


def test_a_key_never_shows() -> None:
    endpoint = Endpoint("m", "http://127.0.0.1/v1", SecretStr("sk-secret"))
    assert "sk-secret" not in f"{endpoint!r} {endpoint}"


def test_the_key_comes_from_the_environment_or_from_a_file_that_others_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-file\n", encoding="utf-8")
    file.chmod(0o600)
    from_file = read_key({}, "KEY", file)
    assert from_file is not None
    assert from_file.get_secret_value() == "sk-file"
    from_environment = read_key({"KEY": "sk-env"}, "KEY", file)
    assert from_environment is not None
    assert from_environment.get_secret_value() == "sk-env"
    assert read_key({}, "KEY", None) is None
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_key({}, "KEY", file)
    with pytest.raises(SettingsError, match="读不了"):
        read_key({}, "KEY", tmp_path / "none")


def test_a_key_with_white_space_inside_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="KEY") as refused:
        read_key({"KEY": "sk-secret 密钥"}, "KEY", None)
    assert "sk-secret" not in str(refused.value)
