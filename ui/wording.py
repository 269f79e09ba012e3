"""Every Chinese string that a reader of the page sees. Words that come from an article or an answer are not here."""

from __future__ import annotations

from typing import Final

from corpus.errors import BadIndex, LinpingError, ModelError, StorageError
from corpus.records import BlockKind

TITLE: Final = "临平问答"
TAGLINE: Final = "问临平的事，每句回答都附原文"
DISCLAIMER: Final = "回答摘自公开报道，由程序自动整理，请以原文为准"
AI_LABEL: Final = "本回答由人工智能生成，请以原文为准"

NAV_LABEL: Final = "页面"
NAV_CHAT: Final = "问答"
NAV_ARTICLES: Final = "文章"
SKIP_TO_INPUT: Final = "跳到提问框"
LOADING: Final = "正在打开临平问答……"
NO_SCRIPT: Final = "这个页面需要浏览器开启 JavaScript。"

WELCOME: Final = "想了解临平的什么？"
WELCOME_HOW: Final = "回答只取自下列公开报道；报道里没有的，会直说没有。点编号可看原文。"
OPENERS: Final = "可以这样问"
SOURCES_AT_HAND: Final = "现有报道"

INPUT_LABEL: Final = "问题"
INPUT_HINT: Final = "问一句话就好"
ASK: Final = "提问"
STOP: Final = "停止"
STOPPED: Final = "已停止，上面的内容可能不完整。"
TURNS_LABEL: Final = "问答记录"

EMPTY_QUESTION: Final = "还没有看到问题，请写一句话再提问。"
GARBLED_QUESTION: Final = "问题里没有可以辨认的文字，请换成一句普通的话。"
BAD_REQUEST: Final = "这个请求无法识别，请从页面上重新提问。"
LOST: Final = "与服务器的连接断了，请刷新页面后再问。"
NOT_OPEN: Final = "这里没有内容。"
BUSY: Final = "现在提问的人多，请过一会儿再问。"

PENDING: Final = "正在查找报道……"
PENDING_ANNOUNCED: Final = "正在查找"
LEAD: Final = "最接近的内容"
INFERRED: Final = "推定"
UNDATED: Final = "日期不详"
NO_PUBLISHER: Final = "出处不详"
CONTEXT: Final = "按上文理解为"
SUGGESTIONS: Final = "你还可以问"

EVIDENCE: Final = "依据"
EVIDENCE_COUNT: Final = "依据 {n} 处"
CHIP_NAME: Final = "依据 {n}：{headline}，{published}"
COPY: Final = "复制"
COPIED: Final = "已复制"
COPY_FAILED: Final = "浏览器不允许复制，请手动选择文字"
UP: Final = "有帮助"
DOWN: Final = "没帮助"
THANKS: Final = "已记下，谢谢"
FEEDBACK_FAILED: Final = "没有记下，请稍后再试"
WHAT_IS_WRONG: Final = "哪里有问题？"
REASONS: Final = {
    "wrong": "答案不对",
    "evidence": "依据不符",
    "missing": "没答到点上",
    "stale": "内容过时",
    "other": "其他",
}
ROW_LABEL: Final = "这条回答"

PANE_LABEL: Final = "原文"
PANE_EMPTY: Final = "点回答里的编号，这里会打开原文并标出那一句。"
CLOSE: Final = "关闭原文"
BACK: Final = "返回依据"
HANDLE: Final = "收起原文"
READ_WHOLE: Final = "读全文"
MARK_NAME: Final = "依据 {n}"
LINK: Final = "复制链接"
GAP: Final = "［原文缺失］"
LENGTH: Final = "{n} 字"
SHELF: Final = "全部文章"
SHELF_COUNT: Final = "共 {n} 篇，最近的在前"
INFERRED_BECAUSE: Final = "原文没有印出日期，按文中线索推定：{clue}"
NO_SUCH_ARTICLE: Final = "没有找到这篇文章，可能已经撤下。"
NO_SUCH_PLACE: Final = "原文已经更新，找不到链接所指的那一句；下面是现在的全文。"
ARTICLE_FAILED: Final = "原文没能打开，请稍后再点一次。"

COPY_QUESTION: Final = "问：{question}"
COPY_SOURCE: Final = "[{n}] 《{headline}》，{publisher}，{published}"

ANNOUNCE_SOURCES: Final = "依据 {n} 处。"

BROKEN_TITLE: Final = "这次没能回答"
BROKEN_STILL: Final = "文章仍可打开阅读。"
BROKEN_RETRY: Final = "请稍后再问一次；若仍不行，请把编号 {reference} 告诉维护人员。"
_BROKEN: Final[tuple[tuple[type[LinpingError], str], ...]] = (
    (BadIndex, "文章索引暂时不能用。"),
    (ModelError, "回答所用的模型暂时不能用。"),
    (StorageError, "服务器的存储出了问题。"),
)
_BROKEN_OTHERWISE: Final = "回答程序出了故障。"

KIND_TAGS: Final[dict[BlockKind, str]] = {
    BlockKind.CAPTION: "图片说明",
    BlockKind.EXPERT: "专家点评",
    BlockKind.EDITOR_NOTE: "编者按",
    BlockKind.CREDIT: "图片署名",
    BlockKind.DATA_SOURCE: "资料来源",
}


def too_long(limit: int) -> str:
    return f"问题太长了，请控制在 {limit:,} 字以内，分几次问。"


def broken(error: Exception) -> str:
    """Say what failed without the paths and details that belong in the log."""
    return next((words for kind, words in _BROKEN if isinstance(error, kind)), _BROKEN_OTHERWISE)


def port_taken(host: str, port: int) -> str:
    return f"地址 {host}:{port} 打不开，可能已被别的程序占用，请换一个端口。"
