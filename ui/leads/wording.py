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
