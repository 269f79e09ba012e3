"""What a running server says to those who run it and to those who write programs for it, in Chinese."""

from __future__ import annotations

import errno
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from rag.quoting import Standing
from ui import wording

NOT_OPENED: Final = "新的索引打不开。"


def kept(problem: str, generation: str) -> str:
    return f"{problem.rstrip('。')}；仍用 {generation} 回答。"


def now_served(generation: str, articles: int) -> str:
    return f"已换用新的索引 {generation}，共 {articles} 篇文章。"


def standing(standings: Collection[Standing]) -> str:
    """Say what has become of quotes since, the worst of them; nothing when each stands where it stood."""
    told = {
        Standing.GONE: wording.NO_SUCH_PLACE,
        Standing.CHANGED: wording.CHANGED_SINCE,
        Standing.MOVED: wording.MOVED_SINCE,
    }
    return next((words for standing, words in told.items() if standing in standings), "")


def withdrawn(headline: str) -> str:
    return f"《{headline}》已经撤下，不再作为回答的依据。"


CHECK_INDEX: Final = "索引与回答"
CHECK_ADDRESS: Final = "监听的地址"
CHECK_TEMPORARY: Final = "临时文件夹"
CHECK_FEEDBACK: Final = "评价文件"
CHECK_HOSTING: Final = "对外服务"
CHECK_DESK: Final = "答复台的数据库"
NO_FEEDBACK: Final = "不保存评价"
COMPLETE: Final = "该填的都填了"
ONE_ANSWER: Final = "同一个问题只有一个回答，n 只能是 1。"
NO_LOGPROBS: Final = "回答取自报道原句，没有逐字的概率，请去掉 logprobs。"
ONLY_WORDS: Final = "只能用文字回答，请把 modalities 改成 text。"
NO_TOOLS: Final = "这里不调用工具，请把 tool_choice 改成 auto 或去掉。"
NO_SCHEMA: Final = "不能按给定的格式作答，response_format 只能是 text 或 json_object。"
FOUR_STOPS: Final = "stop 最多四个，且不能是空的。"
NO_TOKEN_NUMBERS: Final = "只认文字，不认 token 编号，请直接发送文字。"
TWO_LENGTHS: Final = "请求同时用 Content-Length 和 Transfer-Encoding 说明长度，请只用一个。"
NOT_NOTED: Final = "评价没有记下来：文件写不了，可能是磁盘满了。回答不受影响。"
NO_TEMPORARY: Final = "没有可以写的临时文件夹，网页开不了；请用环境变量 TMPDIR 指定一个（几 MB 就够）。"
EMPTY_TEXT: Final = "没有要计算向量的文字，或其中一段是空的。"


def no_such_model(name: str, known: Sequence[str]) -> str:
    return f"没有名为「{name[:80]}」的模型，可用的是 {'、'.join(known)}。"


def dimensions(dim: int) -> str:
    return f"向量只有 {dim} 维一种，请去掉 dimensions。"


def too_much_text(most: int, longest: int) -> str:
    return f"一次最多 {most} 段文字，每段最多 {longest:,} 字，请分几次发送。"


def not_listening(host: str, port: int, code: int | None) -> str:
    """Say why an address cannot be listened at; `code` is the system's errno."""
    if code == errno.EACCES:
        return f"没有权限监听端口 {port}，请换一个 1024 以上的端口。"
    if code in (errno.EADDRINUSE, errno.ENOSPC):
        return f"地址 {host}:{port} 打不开，可能已被别的程序占用，请换一个端口。"
    if code in (errno.EMFILE, errno.ENFILE):
        return f"打开的文件太多，地址 {host}:{port} 打不开；请调高文件句柄数（ulimit -n）。"
    return f"这台机器不能监听地址 {host}:{port}；只有 IPv6 时请用 --host ::1，对外服务请用 --host ::。"


def answers(generation: str, question: str) -> str:
    return f"{generation}，能回答「{question}」"


def nothing_to_ask(generation: str) -> str:
    return f"{generation} 里没有找到可以试问的内容，请检查文章"


def not_writable(path: Path) -> str:
    return f"{path} 写不了，请改设置 feedback，或设为空不保存"


NO_TRACES = "设置了 traces，但没有装 OpenTelemetry。请运行 pip install 'linping-qa[traces]'，或把 traces 设为空。"
