"""Every Chinese string that a reader of the page sees. Words that come from an article or an answer are not here."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Final

from corpus.errors import BadIndex, LinpingError, ModelError, StorageError
from corpus.records import BlockKind
from ui.splitting import MOST as MOST_AT_ONCE

TITLE: Final = "临平问答"
TAGLINE: Final = "问临平的事，每句回答都附原文"
DISCLAIMER: Final = "回答由 AI 摘自公开报道，请以原文为准"
AI_LABEL: Final = "本回答由人工智能生成，请以原文为准"

NAV_LABEL: Final = "页面"
NAV_CHAT: Final = "问答"
NAV_ARTICLES: Final = "文章"
SKIP_TO_INPUT: Final = "跳到提问框"
NO_SCRIPT: Final = "这个页面需要浏览器开启 JavaScript。"

WELCOME: Final = "想了解临平的什么？"
WELCOME_HOW: Final = "回答只取自下列公开报道；报道里没有的，会直说没有。点编号可看原文。"
OPENERS: Final = "可以这样问"
SOURCES_AT_HAND: Final = "现有报道"

INPUT_LABEL: Final = "问题"
INPUT_HINT: Final = "问一句话就好"
ASK: Final = "提问"
STOP: Final = "停止"
ONE_AT_A_TIME: Final = "上一个问题还在回答；可以先停止，或等它答完再问。"
STOPPED: Final = "已停止，上面的内容可能不完整。"
TURNS_LABEL: Final = "问答记录"

EMPTY_QUESTION: Final = "还没有看到问题，请写一句话再提问。"
GARBLED_QUESTION: Final = "问题里没有可以辨认的文字，请换成一句普通的话。"
BAD_REQUEST: Final = "这个请求无法识别，请从页面上重新提问。"
LOST: Final = "与服务器的连接断了，网络恢复后再按一次提问；前面的问答都还在。"
NOT_OPEN: Final = "这里没有内容。"
SLOW: Final = "网络慢，还在连接；问题已经记下，连上就问。"
BUSY: Final = "现在提问的人多，请过一会儿再问。"
CUT_SHORT: Final = "回答用时过长，已中止，内容不完整"

PENDING: Final = "正在查找报道……"
PENDING_ANNOUNCED: Final = "正在查找"
LEAD: Final = "最接近的内容"
COVERED: Final = "报道写到的"
COVERED_FOLLOWS: Final = "的内容见下。"  # as `rag.wording.ABOUT_FOLLOWS` ends
CHOICES: Final = "想问的是"
INFERRED: Final = "推定"
UNDATED: Final = "日期不详"
CONTEXT: Final = "按上文理解为"
SUGGESTIONS: Final = "你还可以问"

EVIDENCE: Final = "依据"
EVIDENCE_COUNT: Final = "依据 {n} 处"
CHIP_NAME: Final = "依据 {n}：{headline}，{published}"
COPY: Final = "复制"
AGAIN: Final = "改问"
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

FRESH: Final = "新对话"
KEPT: Final = "以前的对话"
KEPT_TITLE: Final = "以前的对话"
KEPT_HOW: Final = "只存在这个浏览器里，服务器上没有；在公用电脑上用完请删除。"
KEPT_OPEN: Final = "打开"
KEPT_WORD: Final = "导出 Word"
KEPT_MARKDOWN: Final = "导出 Markdown"
KEPT_FORGET: Final = "删除"
KEPT_FORGET_ALL: Final = "全部删除"
KEPT_NONE: Final = "还没有对话。"
KEPT_SURE: Final = "再点一次就删除"
KEPT_COUNT: Final = "{n} 个问题 · {date}"
KEPT_FAILED: Final = "浏览器存不下了，这段对话刷新后会丢失；可以先导出。"
EXPORT_FAILED: Final = "没能导出，请稍后再试。"
EXPORT_EMPTY: Final = "这段对话里还没有回答。"
EXPORT_LABEL_TURNS: Final = "人工智能生成合成内容：临平问答根据公开报道自动整理，请以原文为准"

OPEN_MARK: Final = "记为待查"
OPEN_MARKED: Final = "已记为待查"
OPEN_TITLE: Final = "待查的问题"
OPEN_HOW: Final = "报道里没有答案、想以后再查的问题，只存在这个浏览器里；再问有了答案，就从这里消去。"
OPEN_ASK: Final = "再问"
OPEN_DROP: Final = "删去"
OPEN_COPY: Final = "复制全部"
OPEN_NONE: Final = "还没有记下问题；回答说「没有提到」时，可以点「记为待查」。"

NARROW: Final = "限定范围"
NARROW_HOW: Final = "只在这些报道里找"
NARROW_YEAR: Final = "{}年的报道"
NARROW_MORE: Final = "从全部文章里选"
NARROW_OFF: Final = "取消限定"
ONLY_THIS: Final = "只问这篇"
LIMITED_TO: Final = "只在{}里找。"
LIMIT_MORE: Final = "等{n}篇"
LIMIT_PERIOD: Final = "{}的报道"
LIMIT_SINCE: Final = "{}以来的报道"
LIMIT_UNTIL: Final = "{}以前的报道"
LIMIT_EMPTY: Final = "所选的范围里没有报道，请放宽时间，或换几篇文章。"
LIMIT_UNKNOWN: Final = "没有编号为「{}」的文章，可能已经撤下；请取消对它的限定。"
LIMIT_NOT_HERE: Final = "现在不能限定范围，请取消后再问。"
LIMIT_MANY: Final = "一次最多限定 50 篇文章，请减少几篇。"
LIMIT_DATE: Final = "看不懂日期「{}」，请写成 2024、2024-05 或 2024-05-06。"
LIMIT_BACKWARDS: Final = "起始日期在截止日期之后，请对调。"

PANE_LABEL: Final = "原文"
CLOSE: Final = "关闭原文"
BACK: Final = "返回依据"
HANDLE: Final = "收起原文"
READ_WHOLE: Final = "读全文"
MARK_NAME: Final = "依据 {n}"
LINK: Final = "复制链接"
GAP: Final = "［原文缺失］"
LENGTH: Final = "{n} 字"
SHELF: Final = "全部文章"
SHELF_SEARCH: Final = "搜标题、报纸、日期"
SHELF_COUNT: Final = "共 {n} 篇，最近的在前"
INFERRED_BECAUSE: Final = "原文没有印出日期，按文中线索推定：{clue}"
NO_SUCH_ARTICLE: Final = "没有找到这篇文章，可能已经撤下。"
NO_SUCH_PLACE: Final = "原文已经更新，找不到链接所指的那一句；下面是现在的全文。"
CHANGED_SINCE: Final = "原文已经更新，引用过的那一句改了或不在了；标出的是开头相同的一句，请以现在的文字为准。"
MOVED_SINCE: Final = "原文在引用之后有变动；标出的这一句没有变。"
ARTICLE_FAILED: Final = "原文没能打开，请稍后再点一次。"

COPY_QUESTION: Final = "问：{question}"

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
    BlockKind.TABLE: "表格标题",
    BlockKind.ROW: "表格",
    BlockKind.LIST: "列表",
    BlockKind.NOTE: "注释",
}

NO_OPERATOR: Final = "对外提供服务，应当写明由谁提供：请填写设置 operator。"
NO_CONTACT: Final = "对外提供服务，应当有投诉渠道：请填写设置 contact。"
NO_KEYS: Final = "还没有接口钥匙，别处的程序用不了接口：需要时请填写设置 api_keys。"
API_ABOUT: Final = "根据公开报道回答有关杭州市临平区的问题，每句话都带出处。本机访问不用钥匙；别处访问在请求头里写 Authorization: Bearer 钥匙。"
API_LOCAL_ONLY: Final = "接口现在只对本机开放；要对外开放，请在设置 api_keys 里放好钥匙。"
API_KEY_NEEDED: Final = "这个接口要钥匙：请在请求头里写 Authorization: Bearer 钥匙。"
NO_SUCH_SESSION: Final = "没有找到这段对话，可能已经过期；不带 session 再问就会开始新的一段。"
NO_SEARCH: Final = "现在不能检索，请稍后再试。"
ONLY_TEXT: Final = "只能读文字，请去掉图片和声音再发。"
NO_USER_MESSAGE: Final = "消息里没有用户的问题，请至少发一条 role 为 user 的消息。"
WHOLE_AGAIN: Final = "以下是完整回答："
QUOTED_LABEL: Final = "以上是公开报道的原句，引用请注明文章和日期"
DOCS_TITLE: Final = "临平问答接口"
DOCS_OPENAPI: Final = "机器可读的说明："
DOCS_EXAMPLES: Final = "例子"
DOCS_RETURNS: Final = "返回："
DOCS_REQUIRED: Final = "，必填"
DOCS_MCP: Final = "地址 /mcp（Streamable HTTP），工具有 ask（提问）、search（找句子）、read_article（读文章）。"
MCP_INSTRUCTIONS: Final = (
    "回答关于杭州市临平区的问题，依据是公开报道；每句话都有出处，报道没有的会直说没有。引用时请带上文章标题和日期。"
)
MCP_ASK: Final = "问一个关于杭州临平的问题，得到有出处的回答；把返回的 session 再传回来可以接着问。没有依据时 status 是 refused，citations 是最接近的内容，不是答案。"
MCP_SEARCH: Final = "在报道里找最接近的句子，最多 k 句（1 到 50），带文章编号和位置，不作回答。"
MCP_READ: Final = (
    "按文章编号读全文；引用的 start、end 是 text 里的位置。给出引用的 quote 和 start，就说明这句引文现在还在不在。"
)

FIGURE_COLUMNS: Final = (
    "对象",
    "指标",
    "数值（原文）",
    "数",
    "单位",
    "类别",
    "增减",
    "性质",
    "截至",
    "时间推定",
    "文章",
    "文章编号",
    "位置",
    "原句",
    "链接",
    "标识",
)
MEASURES: Final = {
    "money": "金额",
    "count": "数量",
    "people": "人数",
    "share": "占比与增幅",
    "points": "百分点",
    "area": "面积",
    "length": "长度",
    "mass": "重量",
    "volume": "体积",
    "energy": "能量",
    "power": "功率",
    "pressure": "压力",
    "voltage": "电压",
    "temperature": "温度",
    "data": "数据量",
    "compute": "算力",
    "rate": "单价与速率",
    "duration": "时长",
    "age": "年龄",
    "bare": "未写单位",
}
FIGURES: Final = "数据"
FIGURES_HOW: Final = "报道里出现过的数字，共 {n} 个；点出处可看原句。"
FIGURES_COUNT: Final = "{n} 条"
FIGURE_HEADS: Final = ("指什么", "数值", "截至", "出处")
NO_FIGURES: Final = "没有符合条件的数字，换个词或放宽条件试试。"
RECURRING: Final = "先后出现的数字"
CHART_KEY: Final = "实心是已有的数，空心是规划目标；点一下看原句。"
SIEVE: Final = "筛选数据"
SIEVE_WORDS: Final = "搜指标、对象或原句"
SIEVE_MEASURE: Final = "全部类别"
SIEVE_NATURE: Final = "已有和规划"
SIEVE_ARTICLE: Final = "全部文章"
SIEVE_NAMES: Final = {"measure": "类别", "nature": "性质", "article": "文章", "order": "排序"}
ORDERS: Final = (
    ("clear", "明确的在前"),
    ("article", "按文章"),
    ("time", "按时间"),
    ("value", "按大小"),
    ("what", "按对象"),
)
EXPORT: Final = "导出 CSV"
EARLIER_PAGE: Final = "上一页"
LATER_PAGE: Final = "下一页"
PAGE_OF: Final = "第 {page} / {pages} 页"

CHRONICLE: Final = "年表"
CHRONICLE_HOW: Final = "报道里写明时间的句子，按它说的时间排列，最近的在前；「今年」「去年」按报道日期折算。"
CHRONICLE_JUMPS: Final = "跳到哪一年"
NO_CHRONICLE: Final = "现有报道里没有写明时间的句子。"
APPEARED: Final = "报道刊出"
LEFT_OUT: Final = "这一年还有 {n} 条没有列出，可以直接提问。"

WHY: Final = "为何选中这句"
WHY_FAILED: Final = "现在查不到，请稍后再试。"
WHY_WORDS: Final = "与问题相同的词"
WHY_NO_WORDS: Final = "没有"
WHY_BY_WORDS: Final = "按文字"
WHY_BY_MEANING: Final = "按意思"
WHY_FINAL: Final = "综合"
WHY_RANK: Final = "第 {n} 名"
WHY_NOTE: Final = "在全部报道里先挑出 {n} 句，再排名次；综合时还看时间、范围和上下文是否对得上。"
WHY_CONTEXT: Final = "这句由上下文带出：同一列举的一项，或同一件事的另一种说法。"

NAV_FIGURES: Final = "数据"
NAV_CHRONICLE: Final = "年表"
VIEW_LOADING: Final = "正在整理……"
VIEW_FAILED: Final = "没能打开，请稍后再点一次。"
SHARE: Final = "分享"
SHARE_TEXT: Final = "{question}——临平问答（回答由 AI 摘自公开报道）"
SHARED: Final = "链接已复制"
SHARED_OTHERWISE: Final = "报道或程序有更新，这里的回答与分享时不同。"

ABOUT: Final = "关于"
ABOUT_LINK: Final = "关于与投诉"
ABOUT_HOW_TITLE: Final = "怎样回答"
ABOUT_HOW: Final = "这里只根据收录的 {n} 篇公开报道回答。每句话都是报道原文，编号通向原文的那一句；报道没有写的，直说没有。标着「推定」的日期，是根据文中线索推断的。"
ABOUT_NO_MODEL: Final = "检索、排序和判断由本项目自己训练的小模型完成，没有使用生成式大语言模型。"
ABOUT_MODEL: Final = (
    "回答的文字由语言模型 {model} 写成，逐句与原文核对，没有依据的句子不显示；检索和核对由本项目自己训练的小模型完成。"
)
ABOUT_LABEL_TITLE: Final = "标识"
ABOUT_LABEL: Final = (
    "回答由人工智能整理，可能有错，请以原文为准，不作为办事依据。复制、分享和导出的内容都带这一标识，请不要去掉。"
)
PRIVACY_TITLE: Final = "隐私"
PRIVACY: Final = "不需要注册；问题的文字和访客的地址都不写入日志，对话存在访客自己的浏览器里，随时可以删除；服务器只在内存里记着上文，四小时不用就清除。不使用 Cookie 追踪，页面不连接别的网站。请不要在问题里写身份证号、电话等个人信息。"
PRIVACY_FEEDBACK: Final = "点「有帮助」「没帮助」时，只记下时间、回答的编号和所选的原因，不记问题和访客。"
PRIVACY_NO_FEEDBACK: Final = "这里没有收集评价。"
PRIVACY_MODEL: Final = "使用语言模型时，问题和找到的报道句子会发给模型服务。"
PRIVACY_LOCAL_MODEL: Final = "语言模型在本机运行，问题和报道句子不会发给任何别的服务。"
ABOUT_WHO_TITLE: Final = "谁在提供、怎样联系"
ABOUT_OPERATOR: Final = "提供者"
ABOUT_CONTACT: Final = "投诉与建议"
ABOUT_FILING: Final = "备案号"
ABOUT_NOT_SAID: Final = "未写明"
ABOUT_NO_CONTACT: Final = "未写明"
ABOUT_COMPLAIN: Final = "发现回答有误、报道侵权或内容不妥，请写明问题和回答，通过上面的方式告诉我们。"
ABOUT_API_TITLE: Final = "给程序用"
ABOUT_API: Final = "接口说明"

GROWTH: Final = "增减"
PLANNED: Final = "规划"
REPORTED: Final = "已有"
EXPORT_LABEL: Final = "本表由程序从公开报道中自动提取（人工智能生成合成内容），请以原文为准"


def other_scope(asked: str, period: str, told: str) -> str:
    number = f"{period}的数" if period and not period.endswith("报道") else "的这个数"
    return f"报道没有{asked}{number}，只有{told or '别处'}的："


def left_unasked(count: int) -> str:
    return f"一次最多回答 {MOST_AT_ONCE} 个问题，从这里起还有 {count} 个没有回答，请分次再问。"


def too_long(limit: int) -> str:
    return f"问题太长了，请控制在 {limit:,} 字以内，分几次问。"


def broken(error: Exception) -> str:
    """Say what failed without the paths and details that belong in the log."""
    return next((words for kind, words in _BROKEN if isinstance(error, kind)), _BROKEN_OTHERWISE)


def bad_fields(fields: Sequence[str]) -> str:
    named = "、".join(fields)
    return (
        f"请求里的 {named} 不合要求，请对照 /api/docs 修改。"
        if named
        else "请求不是合格的 JSON，请对照 /api/docs 修改。"
    )


def too_often(wait: float) -> str:
    return f"问得太快了，请 {_duration(wait)}后再问。"


def _duration(seconds: float) -> str:
    whole = max(1, ceil(seconds))
    if whole < 100:
        return f"{whole} 秒"
    return f"{ceil(whole / 60)} 分钟" if whole < 6000 else f"{ceil(whole / 3600)} 小时"


def keys_open(path: Path) -> str:
    return f"钥匙文件 {path} 别人也能读，请先运行 chmod 600 {path}。"


def keys_unreadable(path: Path) -> str:
    return f"钥匙文件 {path} 读不了，请检查设置 api_keys。"


def key_weak(path: Path, number: int, shortest: int) -> str:
    return f"钥匙文件 {path} 第 {number} 行不合要求：每行写「名称 钥匙」，钥匙至少 {shortest} 个字符。"
