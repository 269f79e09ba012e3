"""Every Chinese word that the lead desk shows or writes, and the words that it reads tables by."""

from __future__ import annotations

from typing import Final

OFFICE: Final = {"xlsx": "Excel 表格", "docx": "Word 文档"}
SAVE_AS: Final = {
    "pdf": "请重新导出为 PDF",
    "xlsx": "请用 Excel 或 WPS 另存为 .xlsx",
    "docx": "请用 Word 或 WPS 另存为 .docx",
}
KINDS: Final = "能读的是 .xlsx、.docx、.pdf、.csv、.txt、.eml，也可以直接粘贴邮件正文"

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
OUT_OF_MEMORY: Final = "解析需要的内存超过 {0} MB，请拆开后再传"
NESTED: Final = "内部嵌套太深，请另存后重试"

PDF_LOCKED: Final = "加了密码，请去掉密码后再传"
PDF_BROKEN: Final = "文件已损坏，或不是真正的 PDF，请重新导出后再传"
PDF_LONG: Final = "超过 {} 页，请拆开后再传"
PDF_SCAN: Final = "里面没有文字，像是扫描件，请先识别成文字（OCR），或把问题粘贴进来"
PDF_TABLE: Final = "第 {} 页表格 {}"

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
NO_BACKUP: Final = "没有 {} 这个文件。"
NOT_EMPTY: Final = "{} 里已有内容，没有动它；要放回备份，请先换一个空的数据库。"
GONE_MEANWHILE: Final = "它刚被别人删掉了，你的修改没有保存，请刷新后再看。"
SERVER: Final = "PostgreSQL 数据库 {}（{}）"
THIS_MACHINE: Final = "本机"
NO_POSTGRES: Final = (
    "设置 desk_database 要用 PostgreSQL，这里没有装它的驱动，请运行 pip install 'linping-qa[postgres]'。"
)
WRONG_ADDRESS: Final = (
    "设置 desk_database 的写法不对，应为 postgresql://用户名@主机:5432/数据库名；密码里的符号要写成 %40 这样。"
)
PERHAPS_KEPT: Final = "{} 在保存时断开了，不知道刚才的修改保存了没有，请刷新后核对。"
NOT_SCRUBBED: Final = "线索已经删除，但磁盘上还留着旧内容，请让数据库管理员运行 VACUUM FULL。原因：{}"


def server_away(name: str, said: str) -> str:
    """Say why a PostgreSQL server does not let us in."""
    if "password" in said:
        return f"{name} 不让登录：用户名或密码不对（{said}），请检查设置 desk_database。"
    return f"{name} 连不上（{said}），请检查它是否在运行、地址对不对、网络通不通；已保存的内容没有变。"


def server_trouble(name: str, said: str, state: str) -> str:
    """Say why a statement failed; `state` is its five letters by the SQL standard."""
    match state[:2], state:
        case "53", _:
            return f"{name} 写不进去（{said}），请腾出磁盘空间后重试；原有内容没有变。"
        case _, "55P03" | "40P01":
            return f"{name} 正被别的程序占用，请稍后重试。"
        case "08" | "57" | "25", _:
            return f"{name} 断开了（{said}），刚才的修改没有保存，请稍后重试。"
    return f"{name} 读写不了（{said}），请检查它的权限和版本。"


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
YES_OR_NO: Final = {True: "是", False: "否"}
RULES: Final = {
    "green": "绿色至少要多大的把握，0 到 1",
    "blue": "低于多大的把握要人来答，0 到 1",
    "months": "报道超过几个月就不给绿色，整数；题目写明年份的除外",
    "by_hand": "含有这些词的问题一律由人来答，用逗号隔开",
    "scoped": "数字说不清时间或范围时不给绿色，是或否",
    "inferred": "数字的时间靠推定的报道日期得出时也给绿色，是或否",
}
COLOURS: Final = {"green": "可发出", "blue": "请过目", "yellow": "请人答"}
STATUSES: Final = {"open": "待答", "drafted": "已拟", "review": "审阅中", "done": "已完成"}
NEEDED: Final = "要答这一题，需要有公开报道说到「{}」，{}。收入这样的文章并发布之后，再点一次「全部作答」。"
NEEDED_ELSE: Final = "说清具体内容"
NEEDED_OF: Final = {
    "quantity": "给出数字，写明时间和范围（全区还是某个片区，全年还是某个时段）",
    "date": "给出日期或年份",
    "person": "写明是谁",
    "organisation": "写明是哪家单位",
    "place": "写明在哪里",
    "list": "逐一列出",
    "reason": "说明原因",
    "how": "说明做法或步骤",
    "yes_no": "说明是或不是",
    "comparison": "两边的数字口径和时间相同",
    "change": "给出先后两个时间的数字",
}
WHY_REFUSED: Final = "报道里没有找到答案"
WHY_BY_HAND: Final = "问到「{}」，按规定由人来答"
WHY_UNSURE: Final = "把握不够（{:.2f}）"
WHY_CONFLICT: Final = "报道里有不同的说法"
WHY_MODEL: Final = "由语言模型撰写"
WHY_NO_SCOPE: Final = "数字的时间或范围不明"
WHY_NOT_SHORT: Final = "没有能单独列出的短答"
WHY_SEVERAL: Final = "出自几篇报道"
WHY_UNDATED: Final = "报道没有日期"
WHY_INFERRED: Final = "数字的时间靠推定的报道日期"
WHY_OLD: Final = "报道已超过 {} 个月"
WHY_REMEMBERED: Final = "用过的答复（{}，{} 采纳）：{}"
CRASHED: Final = "回答时出了错，已记入日志，可以再试一次"
RUNNING: Final = "第 {} 号线索正在回答，请等它完成，或先停止。"

INFERRED: Final = "（推定）"
SOURCE_GONE: Final = "依据的报道已撤下或改动"
NOT_PROVEN: Final = "报道里没有这个说法"
FAULTS: Final = {
    "number": "数字「{0}」没有出处",
    "date": "时间「{0}」没有出处",
    "name": "名称「{0}」没有出处",
    "numeral": "数字「{0}」没有出处",
    "figure of another thing": "「{0}」在报道里说的是别的事",
    "overstated": "「{0}」说得比报道重",
    "reversed": "意思与报道相反",
    "plan told as result": "报道说的是计划，不是结果",
    "too long": "这句话太长，请分成几句",
    "says nothing": "这句话没有可以核对的内容",
}

UNSOURCED: Final = "此句无报道依据"
UNREVIEWED: Final = "【草稿，未经人工确认】"
DIFFER: Final = "（以上各处{}，请注意区分。）"
LETTER_TITLE: Final = "关于「{}」的答复"
SALUTATION: Final = "尊敬的{}："
SALUTATION_UNKNOWN: Final = "尊敬的投资方："
OPENING: Final = "来函收悉。现就其中 {} 个问题答复如下，所依据的公开报道列于文末；另有 {} 个问题将由专人另行答复。"
OPENING_ALL: Final = "来函收悉。现就所提 {} 个问题答复如下，所依据的公开报道列于文末。"
NO_THEME: Final = "答复"
UNANSWERED: Final = "另行答复的问题"
SOURCES: Final = "依据"
CONTACT: Final = "联系方式：{}"
SHELF: Final = "文章"
SHELF_COLUMNS: Final = ("标题", "日期", "出处", "字数", "表", "列表", "图说", "缺字", "")
ADD_ARTICLE: Final = "收入一篇文章"
ARTICLE_FILE: Final = "文件（网页、Word、PDF、纯文本、Markdown）"
ARTICLE_ADDRESS: Final = "或网址"
ARTICLE_TITLE: Final = "或粘贴：标题"
ARTICLE_TEXT: Final = "正文"
ADD: Final = "收入"
CORRECT: Final = "改正"
WITHDRAW: Final = "移出"
RESTORE: Final = "放回"
REMOVED_FILES: Final = "移出的文件"
REFUSED_FILES: Final = "没有读成的文件"
PUBLISH: Final = "发布"
PUBLISH_HINT: Final = "以上改动发布之后才用来回答；发布要重建索引，各处的服务几秒内换上，正在问的人不受影响。"
PUBLISHING: Final = "正在发布，请稍候。"
SOURCE_UNREADABLE: Final = "{} 读不了（{}），请检查路径和权限。"
VERSIONS: Final = "各版索引"
VERSION_COLUMNS: Final = ("版本", "建成时间", "文章", "")
VERSION_NOW: Final = "现在用的"
ROLL_BACK: Final = "换回这一版"
ROLL_BACK_HINT: Final = "换回之后，各处的服务几秒内用那一版回答；文章文件夹不变，再发布会重新生效。"
SOURCE_FILE: Final = "原件"
SOURCE_TAKE: Final = "下载原件"
SOURCE_ELSEWHERE: Final = "这种文件不能在这里显示，请下载后对照。"
NOT_PUBLISHED: Final = "发布失败，原来的索引仍在使用；请查看服务的日志。"
PUBLISH_FAILED: Final = "上次发布没有成功：{}"
FETCH_CLOSED: Final = "没有开启从网址收入文章；请先在设置里写 fetch = true，或另存为文件后再收入。"
NO_ADDRESS: Final = "「{}」不是网址，请以 http:// 或 https:// 开头。"
NOTHING_GIVEN: Final = "请选一个文件，或填网址，或粘贴正文。"
NO_ARTICLE: Final = "没有编号为 {} 的文章。"
SHELF_CLOSED: Final = "这里没有开放文章管理。"
DIFFERENCES: Final = "与其他文章的出入"
NO_DIFFERENCES: Final = "没有发现与其他文章说法不同的数字。"
READ_AS: Final = "读成了这样"
KEEP_CHANGES: Final = "保存"
DATE_HINT: Final = "日期，如 2024-05-06"
PUBLISHER: Final = "出处，如 浙江日报"
HEADLINE: Final = "标题"
INFERRED_MARK: Final = "（推定）"
WARNINGS: Final = "注意"
FACT_TOPICS: Final = {
    "产业规模": ("产值", "增加值", "生产总值", "营业收入", "营收", "规上", "企业", "产业", "投资"),
    "空间与用地": ("面积", "用地", "平方公里", "亩", "公顷", "平方米", "厂房", "载体", "空间"),
    "交通": ("地铁", "高铁", "铁路", "高速", "公里", "分钟", "道路", "枢纽", "线路", "轨道"),
    "人才": ("人才", "大学生", "博士", "工程师", "毕业生", "高校", "院士", "专家"),
}
FACT_FORMS: Final = {"docx": "Word", "xlsx": "Excel", "pdf": "PDF"}
OWN_TOPIC: Final = "另加主题"
OWN_TOPIC_EXAMPLE: Final = "低空经济=低空,无人机"
FACTS_FILE: Final = "区情数据速览"
FACTS_TITLE: Final = "区情数据速览"
FACTS_LABEL: Final = "数据摘自公开报道，由程序自动整理，每个数字都附原句；对外使用前请人工审阅，并以原文为准。"
FACTS_MISSING: Final = "报道里没有找到与「{}」有关的数据。"
FACT_GROWTH: Final = "（增长）"
FACT_PLANNED: Final = "规划"
FACT_COLUMNS: Final = ("指标", "数值", "时间", "数", "单位", "依据")
WRONG_TOPIC: Final = "「{}」的写法不对：应为「主题=词,词」，或下列之一：{}。"
LABEL: Final = "本答复的内容摘自公开报道，由程序自动整理，经人工审阅；请以原文为准。"
LABEL_MODEL: Final = "本答复含人工智能生成的内容，每句均与公开报道核对，经人工审阅；请以原文为准。"
TEMPLATE_MISSING: Final = "模板 {} 读不了，请检查路径。"
ANSWERED_SUFFIX: Final = "（答复）"
LETTER_SUFFIX: Final = "（答复函）"
NOTHING_READY: Final = "第 {} 号线索还没有可以发出的答复：请先审阅并采纳，或加上「草稿」一并导出。"
LEFT_OUT: Final = "第 {} 题有一句没有放进去：「{}」（{}）。"
NO_ROOM_IN_MAIL: Final = "邮件没有可以填写的地方，请导出答复函。"
NO_ROOM_AT_ALL: Final = "原文件里没有可以填写的地方，请指明答复列，或导出答复函。"
NOT_FILLED: Final = "第 {} 题「{}」没有填进原文件：{}。"
GIVEN: Final = "答复格里已有内容"
CHOICES: Final = "答复格只能选给定的几项"
NO_ROOM: Final = "没有答复格"
NOT_FILLABLE: Final = "原文件的内部结构无法填写，请另存后重传，或导出答复函。"

AGES: Final = {"fresh": "新近", "review": "该复核了", "outdated": "已过时"}
NOTHING_TO_ACCEPT: Final = "第 {} 题没有可以采纳的答复：请先改写，写到每句都有出处。"
NOT_REMEMBERED: Final = "没有编号为 {} 的用过的答复。"
NOTHING_TYPED: Final = "第 {} 题的答复是空的，没有保存。"
CHANGED: Final = "数字有变"
NOT_ANSWERED: Final = "还没有回答。"
FIGURE_CHANGED: Final = "⚠ 用到的数字有变：{} → {}（{}）"
CHANGES: Final = {
    "added": "收入",
    "drafted": "拟答",
    "edited": "改写",
    "replaced": "换成",
    "status": "改为",
    "owner": "交给",
    "due": "期限",
    "title": "标题",
    "client": "投资方",
    "exported": "导出",
    "columns": "重定问题列和答复列",
}
NEAREST: Final = "最接近的内容："

BAD_NAME: Final = "用户名要 1 到 40 个字，不能有看不见的字符。"
WEAK_PASSWORD: Final = "密码至少 {} 个字符，不能含有用户名。"
NO_USER: Final = "没有名为 {} 的用户。"

DESK: Final = "招商答复台"
LEADS: Final = "线索"
MEMORY: Final = "用过的答复"
NEWS: Final = "数字有变"
AUDIT: Final = "操作记录"
LOG_IN, LOG_OUT, NAME, PASSWORD, BACK = "登录", "退出", "用户名", "密码", "返回"
UNKNOWN_HERE: Final = "「{}」还没有登记，请管理员运行 linping users add。"
WRONG_LOGIN: Final = "用户名或密码不对。"
NOT_ALLOWED: Final = "你的角色不能做这件事，请找管理员。"
OLD_FORM: Final = "页面已过期，没有保存，请刷新后再试。"
BODY_LARGE: Final = "文件太大，或没有说明大小，请换成 20 MB 以内的文件。"
DESK_AWAY: Final = (
    "答复台的数据库现在连不上，已保存的内容没有变，刚才的修改没有保存；请稍后重试，还是不行请告诉管理员。"
)
DESK_CLOSED: Final = "答复台没有开放：请先用 linping users add 添加用户。"
LEAD_COLUMNS: Final = ("号", "线索", "投资方", "完成", "负责", "期限")
QUESTION_COLUMNS: Final = ("题", "问题", "答复", "", "状态", "负责")
NO_LEADS: Final = "还没有线索。"
NEW_LEAD, FILE, PASTE, CLIENT, DUE, TAKE = (
    "新线索",
    "问卷文件（也可以拖到这一页）",
    "或粘贴邮件",
    "投资方",
    "期限",
    "收入",
)
TAKEN_IN: Final = "由{}收入（{}）"
ANSWER_ALL, STOP, ACCEPT_GREEN = "全部作答", "停止", "采纳全部「可发出」"
EXPORTS: Final = {"original": "填进原文件", "letter": "答复函", "markdown": "Markdown"}
ACCEPT, EDIT, SAVE, ASSIGN, OWNER, COMMENT, REOPEN, HISTORY = (
    "采纳",
    "改写",
    "保存改写",
    "交给",
    "负责人",
    "留言",
    "退回修改",
    "改动记录",
)
KEYS: Final = "键盘：j 下一题，k 上一题，a 采纳，e 改写，p 换成用过的答复，t 采用最接近的一句，c 留言，o 交给，r 退回，Esc 离开输入框"
REMEMBERED: Final = "以前答过相近的"
SEARCH: Final = "查找"
POLICY: Final = "颜色规则"
POLICY_HINT: Final = "改了规则，还没有人审阅的答复马上按新规则换颜色；已经改写或采纳的不变。"
POLICY_BY_ADMIN: Final = "只有管理员可以改。"
POLICY_KEPT: Final = "已保存；{} 题换了颜色。"
COLOUR_MEANS: Final = {
    "green": "规则都满足，可以直接采纳发出",
    "blue": "有答案，采纳前看一眼为什么不是绿色",
    "yellow": "没有答案，或者规定由人来答",
}
BEFORE_EXPORT: Final = "导出前检查"
GOES_OUT: Final = "现在导出，会填 {} 题；没有采纳的 {} 题不放进去。"
WITH_DRAFTS: Final = "没有采纳的也放进去，每题前面写明「草稿，未经人工确认」"
WITH_UNSOURCED: Final = "没有出处的句子也放进去，句后写明「此句无报道依据」"
LETTER_TEMPLATE: Final = "答复函用的 Word 模板（不选就用缺省样式）"
ABOUT_LEAD: Final = "线索信息"
TITLE: Final = "标题"
CLICK_HEADER: Final = "点一下表头，把那一列设为"
TAKE_PASSAGE: Final = "采用这句"
REPLACE: Final = "换成这条"
UNSAVED: Final = "这是上次输入、还没有保存的改写。"
FORGET: Final = "忘掉"
DUPLICATES: Final = "问的是同一件事的答复"
MEMORY_COLUMNS: Final = ("号", "问题", "答复", "采纳", "新旧", "")
NEWS_COLUMNS: Final = ("用在", "旧数字", "新数字", "说明", "新文章")
CONTRADICTIONS: Final = "互相矛盾的答复"
NO_NEWS: Final = "没有答复用到的数字变了。"
IN_LEAD: Final = "第 {} 号线索第 {} 题"
IN_MEMORY: Final = "记住的答复 {}"
AUDITED: Final = {
    "login": "登录",
    "refused": "登录被拒",
    "user": "用户",
    "user removed": "移除用户",
    "lead": "收入线索",
    "export": "导出",
    "delete": "删除线索",
    "logout": "退出",
    "policy": "改规则",
    "article": "收入文章",
    "article corrected": "改正文章",
    "article withdraw": "移出文章",
    "article restore": "放回文章",
    "article publish": "发布",
    "article rollback": "换回旧版索引",
    "facts": "数据速览",
    "forget": "忘掉用过的答复",
    "lead set": "改线索信息",
}
PROGRESS: Final = "正在回答：{done} / {total}"
HERE: Final = "也在看：{}"
WORKED_ON: Final = "第 {} 号线索已有人审阅，不能再换列；请另收一份。"
COLUMNS, QUESTION_COLUMN, ANSWER_COLUMN, NO_ANSWER_COLUMN = "问题和答复在哪一列", "问题列", "答复列", "没有答复列"
COLUMN: Final = "第 {} 列"
