"""Every Chinese word that the lead desk shows or writes, and the words that it reads tables by."""

from __future__ import annotations

from typing import Final

OFFICE: Final = {"xlsx": "Excel 表格", "docx": "Word 文档"}
SAVE_AS: Final = {"xlsx": "请用 Excel 或 WPS 另存为 .xlsx", "docx": "请用 Word 或 WPS 另存为 .docx"}
KINDS: Final = "能读的是 .xlsx、.docx、.csv、.txt、.eml，也可以直接粘贴邮件正文"

FILE_LARGE: Final = "{name}：文件超过 {most} MB，请拆开后再传。"
FILE_EMPTY: Final = "{name}：文件是空的，请检查是否保存完整。"
FILE_KIND: Final = "{name}：不支持 {suffix} 文件，{remedy}。"
NO_QUESTIONS: Final = "{name}：没有找到问题；表格请指明问题在哪一列，邮件请检查是否贴全。"
TOO_MANY: Final = "{name}：有 {found} 个问题，一次最多 {most} 个，请拆成几个文件。"
LOCKED: Final = "加了密码，或是旧版文件（.{old}），请去掉密码并另存为 .{kind}"
IS_PDF: Final = "后缀与内容不符，里面其实是 PDF，请把文字另存为 .docx 或 .txt"
IS_OTHER: Final = "后缀与内容不符，里面其实是{what}，请把后缀改成 .{kind} 后重试"
IS_TEXT: Final = "后缀与内容不符，里面其实是纯文本，请把后缀改成 .csv 或 .txt 后重试"
BROKEN: Final = "文件已损坏，或不是真正的 .{kind}，{save}"
BOMB: Final = "解开后过大，像是压缩炸弹，已拒绝；若是正常文件，请删去大图后再传"
ESCAPING: Final = "压缩包里有越出目录的文件名，已拒绝，{save}"
MACROS: Final = "里面有宏，已拒绝，{save}（不含宏）"
ENTITIES: Final = "里面有外部实体声明，已拒绝，{save}"
LINKED: Final = "里面有指向外部文件或数据的链接，已拒绝，请断开链接后再传"
NOT_TEXT: Final = "里面不是文字，请检查后缀是否正确"
MEMORY: Final = "解析需要的内存超过 {0} MB，请拆开后再传"
NESTED: Final = "内部嵌套太深，请另存后重试"

HIDDEN_SHEET: Final = "隐藏的工作表「{0}」没有读。"
HIDDEN_ROWS: Final = "{part}：隐藏的行里有 {count} 个问题，没有列入。"
CUT_SHEET: Final = "工作表「{0}」超过 {1} 行或 {2} 列，后面的没有读。"
NO_COLUMN: Final = "{part}：没有找到问题所在的列，没有读；需要时请指明。"
FORMULA_ANSWER: Final = "{part} {at} 的答复格里是公式，不会改动。"
NO_SUCH_PART: Final = "没有名为「{0}」的表；现有：{1}。"
WRONG_COLUMNS: Final = "「{0}」的写法不对：应为「表名:问题列:答复列」，如「Sheet1:B:D」，没有答复列时写 0。"

SHEET_PLACE: Final = "工作表「{part}」{at}"
TABLE_PLACE: Final = "{part} 第 {row} 行"
CSV_PLACE: Final = "第 {row} 行"
TABLE: Final = "表格 {0}"
PARAGRAPH_PLACE: Final = "第 {0} 段"
LINE_PLACE: Final = "第 {0} 行"
ANSWER_LINES: Final = ("答", "答：", "答:", "回复：", "答复：", "A：", "A:")

NEWER_STORE: Final = "{path} 是更新版本的程序写的（第 {found} 版，本程序认识到第 {known} 版），请升级程序后再打开。"
NO_LEAD: Final = "没有第 {} 号线索；现有：{}。"
NONE_YET: Final = "还没有"
NO_QUESTION: Final = "第 {} 号线索里没有第 {} 题。"
IS_LOCKED: Final = "第 {} 题已完成并锁定，要改请先退回。"
CHANGED_MEANWHILE: Final = "第 {} 题刚被{}改过，你的修改没有保存，请刷新后再改。"
PROGRAM: Final = "程序"
SOMEBODY: Final = "别人"
BACKUP_EXISTS: Final = "{} 已经存在，请给备份另起名字。"
BACKUP_BROKEN: Final = "备份 {} 没有通过检查，已删除，请检查磁盘后重试。"


def store_trouble(path: object, error: Exception) -> str:
    """Say why the file of leads cannot be used."""
    said = str(error)
    if "full" in said or "No space" in said:
        return f"{path} 写不进去：磁盘满了，请腾出空间后重试；原有内容没有变。"
    if "locked" in said:
        return f"{path} 正被别的程序占用，请稍后重试。"
    if "not a database" in said or "malformed" in said:
        return f"{path} 已损坏，请用备份替换它。"
    return f"{path} 读写不了（{said}），请检查路径和权限。"

NO_RULE: Final = "没有名为 {} 的规则；有：{}。"
WRONG_RULE: Final = "规则 {} 的值「{}」不对：{}。"
YES_NO: Final = {"是": True, "否": False, "true": True, "false": False}
RULES: Final = {
    "green": "绿色至少要多大的把握，0 到 1",
    "blue": "低于多大的把握要人来答，0 到 1",
    "months": "报道超过几个月就不给绿色，整数",
    "by_hand": "含有这些词的问题一律由人来答，用逗号隔开",
    "scoped": "数字说不清时间或范围时不给绿色，是或否",
    "inferred": "报道日期是推定的也可以给绿色，是或否",
}
COLOURS: Final = {"green": "可发出", "blue": "请过目", "yellow": "请人答"}
STATUSES: Final = {"open": "待答", "drafted": "已拟", "review": "审阅中", "done": "已完成"}
WHY_REFUSED: Final = "报道里没有找到答案"
WHY_BY_HAND: Final = "问到「{}」，按规定由人来答"
WHY_UNSURE: Final = "把握不够（{:.2f}）"
WHY_CONFLICT: Final = "报道里有不同的说法"
WHY_MODEL: Final = "由语言模型撰写"
WHY_NO_SCOPE: Final = "数字的时间或范围不明"
WHY_UNDATED: Final = "报道没有日期"
WHY_INFERRED: Final = "报道日期是推定的"
WHY_OLD: Final = "报道已超过 {} 个月"
WHY_REMEMBERED: Final = "用过的答复（{}）"
CRASHED: Final = "回答时出了错，已记入日志，可以再试一次"
RUNNING: Final = "第 {} 号线索正在回答，请等它完成，或先停止。"
