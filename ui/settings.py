"""Every setting, in one typed record: defaults, then a file, then the environment, the later wins.

Only this module and `ui.terminal.cli` read files of settings, flags or the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from corpus.errors import SettingsError
from rag.protocol import THRESHOLD

PREFIX = "LINPING_"
FILE_VARIABLE = "LINPING_SETTINGS"
MODEL_KEY_VARIABLE: Final = "LINPING_MODEL_KEY"  # not a setting: no file of settings and no command shows it
MILVUS_TOKEN_VARIABLE: Final = "LINPING_MILVUS_TOKEN"  # nor this one
_SERVER: Final = re.compile(r"postgres(?:ql)?://(?:[^@/?#\s]+@)?[^@/?#\s]*(?:/[^@/?#\s]*)?(?:\?[^@#\s]*)?")
_ROOT = Path(__file__).resolve().parent.parent


def _data_folder() -> Path:
    """Return where things are kept that nobody gave a place: in the project, or for an installed one in the user's data."""
    if (_ROOT / "pyproject.toml").is_file():
        return _ROOT / ".linping"
    named = os.environ.get("XDG_DATA_HOME", "")
    try:
        return (Path(named) if named else Path.home() / ".local" / "share") / "linping"
    except RuntimeError:  # no HOME, and a user id without a name
        return Path(".linping").absolute()


_HOME = _data_folder()


class Settings(BaseModel):
    """What can be set. The description of each field is what `linping settings` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus: Path = Field(_ROOT / "corpus" / "articles", description="文章文件夹")
    ocr: bool = Field(False, description="认出扫描件（PDF）里的字，要装 ocr 附加包；认出的字可能有错，会注明")
    fetch: bool = Field(False, description="允许 linping articles add 后面写 https 网址，去取那一个网页")
    store: Literal["files", "milvus"] = Field(
        "files", description="索引存在哪里：files 是本机的文件夹 index；milvus 是 milvus_uri，要装 milvus 附加包"
    )
    index: Path = Field(_HOME / "index", description="索引文件夹")
    milvus_uri: str = Field(
        "",
        pattern=r"^(https?://[^\s@]+|.+\.db)?$",
        max_length=500,
        description="Milvus 的地址：以 .db 结尾的文件（Milvus Lite），或 http://127.0.0.1:19530；只在 store 为 milvus 时使用",
    )
    milvus_token_file: Path | None = Field(
        None, description="Milvus 令牌的文件，权限须为 0600；环境变量 LINPING_MILVUS_TOKEN 优先，令牌不写进设置文件"
    )
    embedder: str = Field(
        "auto",
        min_length=1,
        description="向量模型：auto（文章不多时用 builtin，很多时用 static）、builtin、static、本机文件夹，或 BAAI/bge-small-zh-v1.5 这样的模型名",
    )
    threshold: float = Field(THRESHOLD, ge=0.0, le=1.0, description="置信度低于它就不回答（0 到 1）")
    host: str = Field("127.0.0.1", description="网页监听的地址")
    port: int = Field(7860, ge=0, le=65535, description="网页监听的端口，0 为任选一个")
    feedback: Path | None = Field(
        _HOME / "feedback.jsonl", description="保存 👍👎 的文件（不含问题文字）；设为空则不保存"
    )
    leads: Path | None = Field(
        _HOME / "leads.sqlite", description="招商线索、记住的答复和用户的数据库；设为空则不开 /desk"
    )
    desk_database: SecretStr = Field(
        SecretStr(""),
        description="几台服务器合用一个招商数据库时它在哪里，如 postgresql://用户名@主机:5432/数据库名，要装 postgres 附加包；不为空时代替 leads",
    )
    openers: Path | None = Field(
        _ROOT / "openers.txt", description="打开网页时给出的问题，一行一个；设为空则由程序自己找"
    )
    api_keys: Path | None = Field(None, description="接口钥匙文件，每行「名称 钥匙」；本机访问不用钥匙，别处访问必须有")
    proxies: tuple[str, ...] = Field((), description="可信的反向代理地址；只有它们转来的访客地址才算数")
    sign_on_header: str = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        max_length=60,
        description="单点登录：反向代理在哪个请求头里写明已登录的用户名，如 X-Forwarded-User；只信 proxies 里的代理，用户仍须先用 linping users add 登记",
    )
    origins: tuple[str, ...] = Field(
        (), description="别的网站里允许调用接口的来源，如 http://localhost:3000；不在其中的网页读不到接口"
    )
    root_path: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        max_length=200,
        description="反向代理放在前面的路径，如 /qa；页面和接口都在它下面",
    )
    per_minute: int = Field(10, ge=0, description="每位访客每分钟最多提问几次，0 为不限；本机不限")
    per_day: int = Field(200, ge=0, description="每位访客每天最多提问几次，0 为不限；本机不限")
    cached_answers: int = Field(
        1000, ge=0, le=100_000, description="记住最近几个回答，别人再问同一句时不必重算，0 为不记；索引一换就全部忘掉"
    )
    log_format: Literal["text", "json"] = Field("text", description="日志的写法：text 给人看，json 每行一个 JSON")
    traces: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        max_length=500,
        description="OpenTelemetry 收集器的地址，如 http://127.0.0.1:4318/v1/traces，要装 traces 附加包；留空则不发，发的也不含问题文字",
    )
    operator: str = Field("", description="谁在提供这项服务，写在「关于」里")
    contact: str = Field("", description="投诉与建议的联系方式，写在「关于」里；公开提供服务时应当填写")
    filing: str = Field("", description="备案号，写在「关于」里")
    answerer: Literal["extractive", "llm", "local"] = Field(
        "extractive",
        description="谁来回答：extractive 只用原句；llm 请语言模型作答、逐句核对后显示；local 同 llm，模型是本机的文件 model_file",
    )
    model: str = Field("", max_length=200, description="语言模型的名称，如 qwen-plus；只在 answerer 为 llm 时使用")
    base_url: str = Field(
        "", max_length=500, description="语言模型的地址（与 OpenAI 接口兼容），如 http://127.0.0.1:11434/v1"
    )
    model_key_file: Path | None = Field(
        None, description="语言模型密钥的文件，权限须为 0600；环境变量 LINPING_MODEL_KEY 优先，密钥不写进设置文件"
    )
    allow_overseas: bool = Field(False, description="允许把问题发给不能确认在境内的语言模型")
    model_file: Path | None = Field(
        None, description="语言模型的 GGUF 文件，只在 answerer 为 local 时使用；先用 linping model check 看快慢"
    )
    model_threads: int = Field(
        0, ge=0, le=1024, description="本机语言模型用几个处理器，0 为全部；机器还做别的事时少给一个"
    )
    local_timeout: float = Field(240.0, gt=0, le=3600, description="本机语言模型一次回答最多几秒，排队也算在内")
    query_aids: tuple[Literal["rewrite", "expand", "decompose"], ...] = Field(
        (), description="请语言模型帮助检索：rewrite 改写追问，expand 换说法，decompose 拆分问题；来不及就不用"
    )
    connect_timeout: float = Field(3.0, gt=0, le=60, description="连接语言模型最多等几秒")
    first_token_timeout: float = Field(15.0, gt=0, le=300, description="等语言模型第一个字最多几秒")
    token_timeout: float = Field(10.0, gt=0, le=300, description="语言模型两个字之间最多等几秒")
    answer_timeout: float = Field(60.0, gt=0, le=600, description="语言模型一次回答最多几秒")

    @field_validator("desk_database")
    @classmethod
    def _whole_address(cls, value: SecretStr) -> SecretStr:
        """Refuse what PostgreSQL would split elsewhere: a part of a password must not become the name of a host."""
        if value.get_secret_value() and not _SERVER.fullmatch(value.get_secret_value()):
            raise ValueError("address")
        return value

    @property
    def desk(self) -> Path | SecretStr | None:
        """Return where the lead desk keeps what it holds: a file, a PostgreSQL server, or None for no desk."""
        return self.desk_database if self.desk_database.get_secret_value() else self.leads


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force. Raises SettingsError naming the setting that is wrong."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    path = Path(environment.get(FILE_VARIABLE, str(_ROOT / "linping.toml")))
    if path.is_file():
        values |= _read(path)
    elif FILE_VARIABLE in environment:
        raise SettingsError(f"设置文件 {path} 不存在，请检查环境变量 {FILE_VARIABLE}。")
    _refuse_unknown(environment)
    for name in Settings.model_fields:
        if PREFIX + name.upper() in environment:
            values[name] = _plain(name, environment[PREFIX + name.upper()])
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_first_fault(error)) from error


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """A misspelt variable must not be taken for one that is in force. Raises SettingsError."""
    known = [PREFIX + name.upper() for name in Settings.model_fields] + [
        FILE_VARIABLE,
        MODEL_KEY_VARIABLE,
        MILVUS_TOKEN_VARIABLE,
    ]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"是不是 {near[0]}？" if near else ""
            raise SettingsError(f"没有 {name} 这个环境变量。{hint}运行 linping settings 查看全部设置。")


def _plain(name: str, value: str) -> Any:
    """Return a variable's text as the setting takes it: lists between commas, nothing for an empty file name."""
    if name in ("proxies", "origins", "query_aids"):
        return [part.strip() for part in value.split(",") if part.strip()]
    return (
        None
        if name in ("feedback", "leads", "openers", "api_keys", "model_key_file", "model_file", "milvus_token_file")
        and not value
        else value
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"设置文件 {path} 读不了：{error}。") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    name = ".".join(map(str, fault["loc"]))
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(name, list(Settings.model_fields), 1)
        hint = f"是不是 {near[0]}？" if near else ""
        return f"没有名为 {name} 的设置。{hint}运行 linping settings 查看全部设置。"
    field = Settings.model_fields.get(str(fault["loc"][0]))
    meaning = f"：{field.description}" if field is not None and field.description else ""
    limits = _limits(fault.get("ctx", {}))
    value = "" if field is not None and field.annotation is SecretStr else f" {fault['input']!r}"
    return f"设置 {name} 的值{value} 不合要求{limits}{meaning}。"


def _limits(bounds: Mapping[str, Any]) -> str:
    """Say in Chinese what a value must be, as pydantic says it of a failed check."""
    words = {
        "ge": "不小于",
        "gt": "大于",
        "le": "不大于",
        "lt": "小于",
        "expected": "只能是",
        "min_length": "长度不小于",
        "max_length": "长度不大于",
    }
    told = [f"{words[key]} {str(value).replace(' or ', ' 或 ')}" for key, value in bounds.items() if key in words]
    return f"，要{'、'.join(told)}" if told and "expected" not in bounds else f"，{'、'.join(told)}" if told else ""
