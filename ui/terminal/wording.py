"""What the command line says of itself."""

from __future__ import annotations

from difflib import get_close_matches

import click

ROOT = """临平问答：根据报道原文回答有关杭州市临平区的问题，每句话都标明出处。

\b
常用：
  linping ask "临平2028工业目标是多少?"
  linping chat
  linping serve

\b
退出码：0 正常；2 用法不对；3 其他错误；4 问题不合要求；5 文章文件夹有问题；
  6 索引缺失或损坏；7 别人正在写索引；8 磁盘满或不可写；9 设置不对；10 模型有问题；
  20 成批提问时有几行没能回答；21 有文件没有收入，其余的已经建好索引。
"""
ASK = "问一个问题，或用 --batch 成批提问。"
CHAT = "连续提问，记得上文。"
INDEX = "读取文章，建立或更新索引。"
WORKERS = "用几个进程计算向量（文章很多、用编码器时）；中途停下，下次接着算"
ONLY = "只收入这个文件的改动（已删去的就移出索引），别的文章不重新读；可多次给出"
ARTICLES = "查看、收入、移出文章。"
ARTICLES_LIST = "列出全部文章。"
ARTICLES_ADD = "收入一个文件（txt、md、html、pdf、docx）并更新索引；设置了 fetch 时也可以写 https 网址。"
ARTICLES_REMOVE = "移出一篇文章并更新索引，原文件会保留。"
ARTICLES_SPLIT = "把里面有几篇文章的一个文件（txt、md）拆成每篇一个文件，并更新索引；原文件会保留。"
ARTICLES_SET = "改正一篇文章的标题、日期或出处，并更新索引。"
ARTICLES_RESTORE = "把移出的文章放回来，并更新索引。"
ARTICLES_VERSIONS = "列出磁盘上还留着的各版索引，和现在用的是哪一版。"
ARTICLES_ROLLBACK = "换回上一版索引，或写明的那一版；各处的服务几秒内换上。文章文件夹不变，再建索引会重新生效。"
NO_VERSIONS = "还没有索引。"
VERSION_LINE = "{0.generation}  {0.articles} 篇，{0.passages} 段，{0.sentences} 句{1}"
VERSION_NOW = "  ← 现在用的"
ROLLED_BACK = "现在用的是 {0.generation}：{0.articles} 篇，{0.sentences} 句。文章文件夹没有变；改好之后运行 linping index 再发布。"
ARTICLES_SHOW = "显示一篇文章，可标出其中一段。"
ARTICLES_CONFLICTS = "列出说法不一样的地方：同一件事在不同时间、不同口径、不同文章里的数值，和写法不同的名称。"
NO_CONFLICTS = "没有找到说法不一样的地方。"
CONFLICTS_COUNT = "共 {} 处：{}。"
SERVE = "打开网页。"
DOCTOR = "检查索引、模型、文章和设置是否完好；设置了语言模型时，请它试答一句。"
MODEL = "本机语言模型的文件。"
MODEL_CHECK = "试用一个 GGUF 文件：多大、占多少内存、读写多快、答一个问题要几秒。"
MODEL_QUESTION = "临平2028工业目标是多少?"
SETTINGS = "列出全部设置和现在的值。"
SOME_FAILED = 20
SOME_REFUSED = 21
ACCOUNT_HEAD = ("文件", "类型", "标题（？为推定）", "日期", "字数", "表", "列表", "图说", "缺字", "提醒")
ACCOUNT_REST = "其余 {} 篇读得正常，没有逐一列出（linping articles list 可看全部）。"
REREAD_SAME = "已全部重读：{} 篇，读得和从前一样。"
REREAD_SUM = "已全部重读：{} 篇，其中 {} 篇和从前不同。"
REREAD_ONE = "重读后有变：{}（{}）。"
ACCOUNT_SUM = "共收入 {} 篇，没有收入 {} 个文件。"
STAGES = {"passages": "切分段落", "embedding": "计算向量", "terms": "建立词表", "writing": "写入索引"}

CHAT_HELLO = "直接输入问题；/来源 1 看出处，/全文 1 读整篇，/清空 忘掉上文，/帮助 看说明，/退出 结束。"
CHAT_HELP = """\
直接输入问题即可，可以接着上文追问。
  /来源 1   显示第 1 条依据所在的段落
  /全文 1   显示第 1 条依据所在的整篇文章
  /清空     忘掉上文
  /退出     结束"""
CHAT_CLEARED = "已清空上文。"
CHAT_NO_SOURCE = "上一个回答没有第 {} 条依据。"
CHAT_UNKNOWN = "没有「{}」这个命令，/帮助 看说明。"


def _expected(error: click.BadParameter) -> str:
    """Say what a value must be; click says it in English."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.IntRange):
        return f"要一个 {kind.min} 到 {kind.max} 之间的整数。"
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))}。"
    if isinstance(kind, click.Path):
        return "没有这个文件或文件夹，或者不能读。"
    numbers = {"integer": "要一个整数。", "float": "要一个数。"}
    return numbers.get(getattr(kind, "name", ""), error.message)


def _no_such_command(error: click.UsageError) -> str:
    """Say that there is no such command, and which one may be meant."""
    asked = error.message.removeprefix("No such command").strip(" .'\"")
    group = error.ctx.command if error.ctx is not None else None
    known = group.list_commands(error.ctx) if isinstance(group, click.Group) and error.ctx is not None else []
    near = get_close_matches(asked, known, 1, 0.5)
    return f"没有「{asked}」这个命令。" + (f"是不是 {near[0]}？" if near else "")


def usage_message(error: click.UsageError) -> str:
    """Return what is wrong with a command line, in Chinese."""
    if isinstance(error, click.NoSuchOption):
        return f"没有 {error.option_name} 这个选项。"
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param is not None and error.ctx is not None else ""
        return f"缺少{name}。"
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param is not None and error.param.opts else ""
        return f"{name} 的值不对：{_expected(error)}"
    if error.message.startswith("No such command"):
        return _no_such_command(error)
    if error.message.startswith("Got unexpected extra argument"):
        return "参数太多了；问题里有空格时请加引号。"
    if error.message == "Missing command.":
        return "还缺一个命令。"
    return error.message
