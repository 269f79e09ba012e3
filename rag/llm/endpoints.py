"""Where a language model is: checked before anything is sent there."""

from __future__ import annotations

import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from corpus.errors import SettingsError

# Hosts of services in the mainland whose names do not end in .cn.
_MAINLAND = (
    "dashscope.aliyuncs.com",
    "api.deepseek.com",
    "api.minimax.chat",
    "api.lingyiwanwu.com",
    "api.baichuan-ai.com",
    "qianfan.baidubce.com",
    "aip.baidubce.com",
    "ark.cn-beijing.volces.com",
    "api.hunyuan.cloud.tencent.com",
    "spark-api-open.xf-yun.com",
    "maas-api.cn-huabei-1.xf-yun.com",
    "api.stepfun.com",
    "api.sensenova.cn",
)
_LOCAL_NAMES = re.compile(r"localhost|[^.]+|.+\.(?:local|internal|lan|localhost|home\.arpa)")
_KEY = re.compile(r"[\x21-\x7e]{1,500}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at an OpenAI-compatible address. `key` is None where none is needed; it never shows in a repr."""

    model: str
    base_url: str
    key: SecretStr | None = field(default=None, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether the address is on this machine or in a private network."""
        return is_local(self.base_url)


def checked_endpoint(model: str, base_url: str, key: SecretStr | None, *, overseas: bool) -> Endpoint:
    """Return the endpoint. Raises SettingsError for an address that must not be used; nothing is sent anywhere.

    `overseas` allows one that is not known to be in the mainland of China: questions would leave the country.
    """
    if not model:
        raise SettingsError("没有指定语言模型，请设置 model（例如 qwen-plus），写法见 docs/llm.md。")
    if not base_url:
        raise SettingsError(
            "没有指定语言模型的地址，请设置 base_url（例如 http://127.0.0.1:11434/v1），写法见 docs/llm.md。"
        )
    parts = _parts(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("设置 base_url 不是 http 或 https 地址，请检查。")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError("设置 base_url 里不能带用户名、密码或参数；密钥请放在环境变量 LINPING_MODEL_KEY 里。")
    endpoint = Endpoint(model, base_url.rstrip("/"), key)
    if not endpoint.is_local:
        if parts.scheme != "https":
            raise SettingsError(f"设置 base_url 指向外部地址 {parts.hostname}，必须用 https。")
        if not overseas and not _in_mainland(parts.hostname):
            raise SettingsError(
                f"地址 {parts.hostname} 不能确认在境内，用它会把问题发到境外；确认可以这样做，请设置 allow_overseas = true。"
            )
    return endpoint


def _parts(base_url: str):  # type: ignore[no-untyped-def]  # urllib's result type depends on what it is given
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError as error:
        raise SettingsError("设置 base_url 不是有效的地址，请检查。") from error
    return parts


def is_local(base_url: str) -> bool:
    """Whether an address is on this machine or in a private network, by its name alone."""
    host = urlsplit(base_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _LOCAL_NAMES.fullmatch(host) is not None
    return address.is_private or address.is_loopback or address.is_link_local


def _in_mainland(host: str) -> bool:
    host = host.rstrip(".").lower()
    return host.endswith(".cn") or any(host == known or host.endswith(f".{known}") for known in _MAINLAND)


def masked(base_url: str) -> str:
    """Return scheme and host of an address: what a log may show."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def read_key(environment: Mapping[str, str], variable: str, file: Path | None) -> SecretStr | None:
    """Return the key from the environment, else from `file`, else None. Raises SettingsError; never shows the key."""
    text = environment.get(variable, "")
    where = f"环境变量 {variable}"
    if not text and file is not None:
        text, where = _read_file(file), f"密钥文件 {file}"
    text = text.strip()
    if not text:
        return None
    if not _KEY.fullmatch(text):
        raise SettingsError(f"{where} 里的密钥含有空格、换行或中文，请检查是否多复制了内容。")
    return SecretStr(text)


def _read_file(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SettingsError(f"密钥文件 {file} 别人也能读，请运行 chmod 600 {file}。")
            return opened.read(4096)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"密钥文件 {file} 读不了，请检查路径和权限。") from error
