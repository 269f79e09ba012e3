"""Three questionnaires as investors send them, built here: a sheet, a Word file, a mail. Every company in them is made up."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from typing import Any

COMPANY = "星澜精工股份有限公司"
INDUSTRY = (
    "青溪2028工业目标是多少?",
    "青溪有多少家设计企业？",
    "数谷去年比前年多招了多少人？",
    "智能装备、生物医药、时尚设计三大产业占比是多少？",
    "2025年规模以上工业增加值及增速",
    "近三年固定资产投资额分别是多少？",
    "主导产业有哪些？",
    "有没有精密零部件配套企业？请列举。",
    "区内上市公司数量",
    "国家级专精特新“小巨人”企业有多少家？",
    "最近三年引进的亿元以上项目有哪些？",
    "数谷2025年完成投资多少？",
    "规上工业企业亩均税收是多少？",
    "研发投入占地区生产总值的比重",
    "高新技术企业总数",
    "有哪些省级以上创新平台？",
    "外资企业的数量和主要来源地",
    "2025年进出口总额是多少？",
    "产业基金规模有多大？",
    "请介绍与高校的合作情况。",
    "中小企业贷款贴息力度",
)
LAND = (
    "现有可供工业用地面积多少亩？",
    "标准厂房的租金水平",
    "码头的租金是不是每年都涨？",
    "是否有可分割出让的楼宇？",
    "厂房层高和荷载一般是多少？",
    "容积率有什么要求？",
    "用地出让年限是多少年？",
    "项目从签约到拿地一般需要多长时间？",
    "园区有几家设计企业？",
    "是否允许先租后让？",
)
TRAFFIC = (
    "车站有哪些配套？",
    "高铁到省城要多久？",
    "距最近的机场多少公里？",
    "有没有铁路货运站？",
    "在建的城际铁路何时通车？",
    "园区有无通勤班车？",
    "最近的港口在哪里？",
    "高速公路出入口有几个？",
    "过江桥梁有几座？",
    "公共交通覆盖情况",
)
COSTS = (
    "工业用电价格",
    "工业用水价格是多少？",
    "天然气供应是否充足？",
    "污水处理能力是多少吨/日？",
    "是否集中供热？",
    "双回路供电能否保障？",
    "当地最低工资标准",
    "社保缴费比例是多少？",
    "制造业普工平均月薪",
    "每年应届毕业生有多少人？",
)
PEOPLE = (
    "常住人口有多少？",
    "数谷招收应届毕业生多少名？",
    "人才公寓有多少套？",
    "子女入学如何安排？",
    "三甲医院有几家？",
    "对高层次人才有什么补贴？",
    "职业院校有哪些专业？",
    "从业人员有多少？",
    "有几家书店？",
    "外籍人士办理居留许可需要多久？",
)
HIDDEN = INDUSTRY[5]
ALL = (*INDUSTRY, *LAND, *TRAFFIC, *COSTS, *PEOPLE)


@lru_cache(maxsize=1)
def sheet() -> bytes:
    """Return a workbook of two sheets of questions (41, one of them hidden, and 20), with titles, merged cells, colours, notes and a drop-down.

    A third sheet explains, a fourth is hidden; one row of the first is hidden, one answer is given already.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    told = book.active
    assert told is not None
    told.title = "填写说明"
    for line in ("各位老师好：", "请在「答复」一栏填写，数据请注明年份和来源。", "黄色为重点问题。"):
        told.append([line])
    thin = Border(*(Side(style="thin") for _ in range(4)))

    def fill(name: str, parts: tuple[tuple[str, tuple[str, ...]], ...], first: int) -> Any:
        page = book.create_sheet(name)
        page.merge_cells("A1:E1")
        page["A1"] = f"{COMPANY}选址调研问卷——{name}"
        page["A1"].font = Font(bold=True, size=16, color="FFFFFF")
        page["A1"].fill = PatternFill("solid", fgColor="1F4E78")
        page["A1"].alignment = Alignment(horizontal="center")
        page.append([])
        page.append(["序号", "类别", "问题", "答复", "备注"])
        for cell in page[3]:
            cell.font, cell.border, cell.fill = Font(bold=True), thin, PatternFill("solid", fgColor="BDD7EE")
        number, row = first, 4
        for title, questions in parts:
            page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
            page.cell(row, 1, title).fill = PatternFill("solid", fgColor="F2F2F2")
            row += 1
            page.merge_cells(start_row=row, start_column=2, end_row=row + len(questions) - 1, end_column=2)
            page.cell(row, 2, title.partition("、")[2])
            for question in questions:
                for column, value in enumerate((number, None, question, None, None), start=1):
                    if column != 2:
                        cell = page.cell(row, column, value)
                        cell.border = thin
                        cell.alignment = Alignment(wrap_text=True, vertical="top")
                if number % 7 == 0:
                    page.cell(row, 3).fill = PatternFill("solid", fgColor="FFF2CC")
                number, row = number + 1, row + 1
        page.cell(row, 1, "注：请于周五前返回。")
        page.cell(row + 1, 3, "填表人：")
        page.column_dimensions["C"].width, page.column_dimensions["D"].width = 46, 60
        page.freeze_panes = "A4"
        return page

    basics = fill("产业与空间", (("一、产业基础", INDUSTRY), ("二、土地与厂房", LAND), ("三、交通", TRAFFIC)), 1)
    rest = fill("要素与人才", (("四、成本", COSTS), ("五、人才与生活", PEOPLE)), 42)
    choice = DataValidation(type="list", formula1='"是,否,待核实"', allow_blank=True)
    rest.add_data_validation(choice)
    choice.add("D9")
    basics["E5"] = "=COUNTA(C5:C25)"
    basics["D9"] = "-5.2%"
    basics["E6"] = -0.052
    basics["E6"].number_format = "0.0%"
    basics.row_dimensions[10].hidden = True
    secret = book.create_sheet("内部")
    secret.append(["问题", "答复"])
    secret.append(["我们的底价是多少？", ""])
    secret.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@lru_cache(maxsize=1)
def word() -> bytes:
    """Return a Word questionnaire: a letter, a table of 8 questions with a merged part, a form, and 4 questions in lists."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    file = docx.Document()
    file.add_heading("投资考察问卷", level=1)
    file.add_paragraph(f"{COMPANY}拟在贵区设立华东总部，现就有关情况请教如下。请于下周三前回复可以吗？")
    file.add_heading("一、产业与交通", level=2)
    asked = (
        "青溪2028工业目标是多少?",
        "青溪有多少家设计企业？",
        "数谷去年比前年多招了多少人？",
        "车站有哪些配套？",
        "码头的租金是不是每年都涨？",
        "数谷2025年完成投资多少？",
        "常住人口",
        "有几家书店？",
    )
    table = file.add_table(rows=1, cols=3, style="Table Grid")
    for cell, name in zip(table.rows[0].cells, ("编号", "咨询事项", "贵方答复"), strict=True):
        cell.text = name
        shade = OxmlElement("w:shd")
        shade.set(qn("w:fill"), "D9E2F3")
        cell._tc.get_or_add_tcPr().append(shade)
    for number, question in enumerate(asked, start=1):
        if number == 5:
            part = table.add_row().cells
            part[0].merge(part[2]).text = "（二）空间与用地"
        cells = table.add_row().cells
        cells[0].text, cells[1].text = str(number), question
    form = file.add_table(rows=2, cols=2, style="Table Grid")
    for cell, text in zip(
        (form.cell(0, 0), form.cell(0, 1), form.cell(1, 0)), ("联系人：", "王某某", "联系电话："), strict=True
    ):
        cell.text = text
    file.add_heading("二、其他问题", level=2)
    file.add_paragraph("另有几个问题请一并答复：")
    file.add_paragraph("1. 高铁到省城要多久？")
    file.add_paragraph("答：")
    file.add_paragraph("2. 人才政策")
    file.add_paragraph("3、智能装备、生物医药、时尚设计三大产业占比是多少？")
    file.add_paragraph("我们重点关注数谷。目前那里有多少家设计企业？")
    file.add_paragraph("感谢支持！")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


MAIL = f"""发件人：陈静 <chen.jing@xinglan.example>
收件人：青溪区投资促进局
主题：关于在贵区投资设厂的几个问题

尊敬的李主任：

您好！上周电话里您提到可以把问题发给您，附件收到了吗？我司（{COMPANY}）正在长三角选址，想进一步了解贵区情况。

首先，青溪2028工业目标是多少?其次，产业方面我们做的是精密模具，智能装备、生物医药、时尚设计三大产业占比是多少？我们在新闻里看到了数谷。那里目前集聚了多少家设计企业？另外请介绍一下数谷2025年完成投资的情况。

人员和生活上有三点：1）数谷去年比前年多招了多少人？2）车站有哪些配套；3）码头的租金是不是每年都涨？

最后，从贵区坐高铁到省城要多久？常住人口有多少？

能否在本周五前回复？方便的话下周二上午我们通个电话。

祝好！
陈静
电话：13800000000，有什么问题随时联系？

------------------ 原始邮件 ------------------
发件人：李主任
您好，请问贵司计划投资多少？
"""
MAIL_QUESTIONS = (
    "青溪2028工业目标是多少?",
    "产业方面我们做的是精密模具，智能装备、生物医药、时尚设计三大产业占比是多少？",
    "那里目前集聚了多少家设计企业？",
    "请介绍一下数谷2025年完成投资的情况。",
    "数谷去年比前年多招了多少人？",
    "车站有哪些配套",
    "码头的租金是不是每年都涨？",
    "从贵区坐高铁到省城要多久？",
    "常住人口有多少？",
)


@lru_cache(maxsize=1)
def pdf(password: str = "") -> bytes:
    """Return a PDF questionnaire: two lines that ask nothing, a ruled table of three questions, and two more below."""
    from reportlab.lib import pdfencrypt
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    shape = ParagraphStyle("", fontName="STSong-Light", fontSize=11, leading=20)
    rows = [
        ["编号", "咨询事项", "贵方答复"],
        ["1", PDF_QUESTIONS[0], ""],
        ["2", PDF_QUESTIONS[1], ""],
        ["3", PDF_QUESTIONS[2], ""],
    ]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), "STSong-Light", 10)]
    out = io.BytesIO()
    story = [
        Paragraph(f"{COMPANY}投资考察问卷", shape),
        Paragraph("请于下周三前回复。", shape),
        Table(rows, style=grid),
        *(Paragraph(f"{number}. {one}", shape) for number, one in enumerate(PDF_QUESTIONS[3:], start=4)),
    ]
    encrypt = pdfencrypt.StandardEncryption(password, ownerPassword="o") if password else None
    SimpleDocTemplate(out, encrypt=encrypt).build(story)
    return out.getvalue()


def narrow_pdf(prose: list[str], rows: list[list[str]]) -> bytes:
    """Return a PDF in a narrow column: paragraphs that run over several lines, and below them a ruled table that does."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    chinese = ParagraphStyle("", fontName="STSong-Light", fontSize=11, leading=16, wordWrap="CJK")
    latin = ParagraphStyle("", fontName="Helvetica", fontSize=11, leading=16)
    out = io.BytesIO()
    table = Table(
        [[Paragraph(cell, chinese) for cell in row] for row in rows],
        colWidths=[130, 100],
        style=[("GRID", (0, 0), (-1, -1), 0.5, "black")],
    )
    paragraphs = [Paragraph(one, latin if one.isascii() else chinese) for one in prose]
    SimpleDocTemplate(out, leftMargin=150, rightMargin=150).build([*paragraphs, table])
    return out.getvalue()


PDF_QUESTIONS = (
    "青溪有多少家设计企业？",
    "数谷2025年完成投资多少？",
    "车站有哪些配套？",
    "高铁到省城要多久？",
    "常住人口有多少？",
)


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return out.getvalue()


def altered(data: bytes, **entries: bytes) -> bytes:
    """Return a package with entries added or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return zipped(**{name: package.read(name) for name in package.namelist()} | entries)
