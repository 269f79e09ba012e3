"""Tables, lists, notes, front matter, web pages and the line under the headline: read as what they are."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from corpus.chunking import passages
from corpus.decoding import SourceText
from corpus.errors import UnreadableFile
from corpus.formats.html import read_markup
from corpus.formats.markdown import read_markdown
from corpus.formats.tables import RawCell, spread, table_paragraphs
from corpus.lines.dating import printed_day
from corpus.loading import load_corpus
from corpus.records import Article, BlockKind
from corpus.repair.repairing import repair


def rows(*cells: list[str | RawCell]) -> list[str]:
    raw = [[cell if isinstance(cell, RawCell) else RawCell(cell) for cell in row] for row in cells]
    return [paragraph.text for paragraph in table_paragraphs(spread(raw), 0)]


def article(text: str, kind: str = "txt") -> Article:
    return repair(SourceText(f"a.{kind}", text, kind, "utf-8", ""))


def of_kind(found: Article, kind: BlockKind) -> list[str]:
    return [found.text[block.start : block.end] for block in found.blocks if block.kind is kind]


def test_a_row_tells_its_values_beside_their_headers_with_the_unit_behind() -> None:
    assert rows(["镇", "人口（万人）", "增速"], ["东桥镇", "3.1", "-0.4%"], ["西桥镇", "-", "持平"]) == [
        "东桥镇，人口3.1万人，增速-0.4%。",
        "西桥镇，人口：-，增速：持平。",
    ]


def test_a_merged_cell_holds_for_all_that_it_covers_and_the_unit_line_for_the_table() -> None:
    assert rows(
        [RawCell("各镇收支 单位：万元", 4)],
        [RawCell("镇", 1, 2), RawCell("收入", 2), RawCell("负责人", 1, 2)],
        ["计划", "实际"],
        [RawCell("东桥镇", 1, 2), "5", "6", "张三"],
        ["7", "8", "李四"],
        [RawCell("注：快报数", 4)],
    ) == [
        "各镇收支 单位：万元",
        "东桥镇，收入计划5万元，收入实际6万元，负责人：张三。",
        "东桥镇，收入计划7万元，收入实际8万元，负责人：李四。",
        "注：快报数",
    ]


def test_a_cell_over_several_columns_names_its_row_once() -> None:
    assert rows(["线路", "车站", "进站（万人次）"], ["一号线", "北门站", "12.5"], [RawCell("合计", 2), "28.9"]) == [
        "一号线，车站：北门站，进站12.5万人次。",
        "合计，进站28.9万人次。",
    ]


def test_a_table_of_labels_is_told_pair_by_pair() -> None:
    assert rows(["项目名称", "绕城路"], ["投资", "8亿元"], ["工期", "10个月"]) == [
        "项目名称：绕城路。",
        "投资：8亿元。",
        "工期：10个月。",
    ]


def test_front_matter_tables_lists_and_notes_of_markdown_are_no_body_text() -> None:
    page = (
        "---\ntitle: 各镇指标\ndate: 2025-02-03\nauthor: 王小明\n---\n\n# 各镇指标\n\n指标见表[^1]。\n\n"
        "| 镇 | 产值（亿元） |\n|---|--:|\n| 东桥镇 | 11.4 |\n\n```\n东桥镇99亿元\n```\n\n材料：\n\n1. 身份证\n2. 照片\n\n[^1]: 快报数。\n"
    )
    decoded = read_markdown(page.encode())
    found = repair(SourceText("a.md", decoded.text, "md", "", "", decoded.marks, decoded.about))
    assert (found.headline, found.authors) == ("各镇指标", ("王小明",))
    assert found.published is not None and found.published.first == date(2025, 2, 3)
    assert of_kind(found, BlockKind.ROW) == ["东桥镇，产值11.4亿元。"]
    assert of_kind(found, BlockKind.LIST) == ["材料：\n1．身份证\n2．照片"]
    assert of_kind(found, BlockKind.NOTE) == ["快报数。"]
    assert "99" not in found.text and "title" not in found.text
    (row,) = found.rows
    assert [found.text[cell.value.start : cell.value.end] for cell in row.cells] == ["东桥镇", "11.4亿元"]


def test_a_list_of_a_text_file_is_one_sentence_and_a_number_over_a_paragraph_a_heading() -> None:
    found = article(
        "办事指南\n\n需要以下材料：\n1．申请表；\n2．照片。\n\n一、时间\n工作日8时至17时。\n二、费用\n免费。"
    )
    assert of_kind(found, BlockKind.LIST) == ["需要以下材料：\n1．申请表；\n2．照片。"]
    assert of_kind(found, BlockKind.HEADING) == ["一、时间", "二、费用"]
    sentences = [found.text[s.start : s.end] for passage in passages(found) for s in passage.sentences]
    assert "需要以下材料：\n1．申请表；\n2．照片。" in sentences


@pytest.mark.parametrize(
    "line",
    [
        "2025-03-07 08:12:33 来源：山城日报 作者：李小红 编辑：王明",
        "2025年03月07日08:12  来源：山城日报",
        "发布日期：2025/3/7 8:12 浏览次数：128 字体：[大 中 小]",
        "2025.03.07 山城日报 第03版",
        "山城日报2025年3月7日讯（记者 李小红）",
        "二〇二五年三月七日",
        "20250307",
        "（2025年3月7日）",
        "发布时间：2025-03-07 08:12:33",
        "时间：2025-03-07  作者：李小红  来源：山城区人民政府办公室  点击数：356",
        "来源：山城日报 2025-03-07 08:12",
        "发布时间：25-03-0708:12",
        "最后更新: 2025-03-07 15:14:21",
        "2025-03-07 10:56:28 山城时报网",
        "发布日期：2025-03-07 责任编辑：王明",
    ],
)
def test_the_line_under_the_headline_tells_the_day_and_is_no_headline(line: str) -> None:
    found = article(f"山城新桥通车\n\n{line}\n\n今年以来，新桥完成投资1.5亿元，桥长100米。")
    assert found.headline == "山城新桥通车"
    assert found.published is not None
    assert (found.published.first, found.published.last, found.published.inferred) == (date(2025, 3, 7),) * 2 + (False,)


@pytest.mark.parametrize(
    "line", ["2025年2月7日　沙河日报", "2025-02-07 沙河日报 第03版", "沙河日报 2025.02.07", "（2025年2月7日） 沙河日报"]
)
def test_a_paper_beside_the_day_is_the_publisher(line: str) -> None:
    found = article(f"沙河水质连续三年改善\n\n{line}\n\n沙河干流设有七个水质监测断面，去年优良比例达到91.4%。")
    assert (found.headline, found.publisher) == ("沙河水质连续三年改善", "沙河日报")


LAYOUTS = [
    "{0}\n2024年5月12日  记者 周小舟\n\n{1}",
    "{0}\n\n2024年5月12日\n\n{1}",
    "{0}\n（2024年5月12日）\n{1}",
    "{0}\n作者：周小舟  时间：2024-05-12\n{1}",
    "标题：{0}\n日期：2024年5月12日\n来源：沙河日报\n正文：\n{1}",
    "{0}\n\n\n　　沙河日报2024年5月12日讯（记者 周小舟）{1}",
    "2024年5月12日\n{0}\n{1}",
    "沙河日报 2024年5月12日\n\n{0}\n\n{1}",
    "【{0}】\n2024年5月12日\n{1}",
    "{0}\n来源：沙河日报\n发布时间：2024-05-12 08:00\n\n{1}",
    "{0}\n\n沙河日报记者 周小舟\n2024年5月12日\n\n{1}",
    "　　{0}\n　　2024-05-12\n　　{1}",
    "# {0}\n\n2024.05.12 沙河日报 第03版\n\n{1}",
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_headline_and_day_are_found_however_title_date_line_and_text_are_laid_out(layout: str) -> None:
    title, body = "沙河县启动二号渠建设", "沙河县二号渠工程投资4亿元，预计2027年建成，可灌溉农田三万亩。"
    found = article(layout.format(title, body))
    assert found.headline.strip("【】") == title
    assert found.published is not None
    assert (found.published.first, found.published.last) == (date(2024, 5, 12),) * 2
    assert body in " ".join(of_kind(found, BlockKind.BODY)) or body in found.text


@pytest.mark.parametrize(
    "line",
    [
        "2024年5月6日，某区启动。",
        "2025年4月16日新闻发布会实录",
        "到2025年12月31日完成",
        "截至2024年6月30日",
        "该规定 发布于2024年3月1日，共八章。",
    ],
)
def test_a_sentence_that_tells_of_a_day_is_no_date_line(line: str) -> None:
    assert printed_day(line) is None


def test_a_posted_page_is_read_as_the_server_sends_it_without_its_furniture() -> None:
    page = """<html><head><meta property="og:title" content="河边夜市开张"></head><body><h1>河边夜市开张</h1>
    <script>var ct = "1747011600"; var nickname = "山城发布";</script>
    <div id="js_content" style="visibility: hidden; opacity: 0;"><p>点击上方蓝字关注我们</p>
    <p><span>夜市全长</span><span>640米，</span>设摊位200个，占地10<sup>4</sup>平方米<del>，投资9亿元</del>。</p>
    <p>往期推荐</p><ul><li><a href="#">地铁七号线通车，时速110公里</a></li><li><a href="#">樱花节</a></li></ul></div>
    <div>写留言 摊位其实有500个</div></body></html>"""
    found = read_markup(page)
    assert found.text == "# 河边夜市开张\n\n夜市全长640米，设摊位200个，占地10⁴平方米。"
    assert found.about.published and found.about.published.value == "2025-05-12"
    assert found.about.publisher and found.about.publisher.value == "山城发布"


def test_related_links_comments_and_navigation_are_not_the_article() -> None:
    body = "".join(f"<p>第{n}段说，新桥在{n}月完成投资{n}亿元，工程进展顺利，市民出行方便。</p>" for n in range(1, 7))
    page = f"""<html><head><title>新桥通车_山城新闻网</title></head><body><div class="nav"><a href=a>首页</a><a href=b>新闻</a></div>
    <div class="w"><h1>新桥通车</h1><div>2025-03-07 08:12 来源：山城日报 分享到：</div><div class="txt">{body}</div>
    <p>责任编辑：王明</p><div><h3>相关阅读</h3><p><a href=c>旧桥拆除</a></p></div><div class="comments"><p>我看投资有99亿元吧。</p></div></div>
    </body></html>"""
    found = read_markup(page)
    assert found.text.startswith("# 新桥通车\n\n第1段") and found.text.endswith("市民出行方便。")
    assert all(word not in found.text for word in ("99", "旧桥", "责任编辑", "首页", "来源"))
    assert found.about.published and found.about.published.value == "2025-03-07"
    assert found.about.publisher and found.about.publisher.value == "山城日报"


def test_lines_that_only_a_page_has_are_dropped_at_the_edges_of_an_article() -> None:
    body = "".join(f"<p>第{n}项工程投资{n}亿元，进展顺利，预计明年完工，市民出行更方便。</p>" for n in range(1, 6))
    page = f"""<html><head><title>新渠通水</title></head><body><div class="w"><h1>新渠通水</h1><p>2025-03-07 10:56:28 山城时报网</p>
    <p>上一篇 : 旧渠清淤</p><p>（原标题：山城新渠今日通水）</p>{body}<ul><li>原标题：山城新渠今日通水</li><li>责任编辑: 刘小声</li></ul>
    <p>【打印本页】【关闭窗口】</p></div><h4>APP精彩推荐</h4><p>谁家的大坝又高又长 2025-03-06107</p></body></html>"""
    found = read_markup(page)
    assert found.text.split("\n\n") == [
        "# 新渠通水",
        *(f"第{n}项工程投资{n}亿元，进展顺利，预计明年完工，市民出行更方便。" for n in range(1, 6)),
    ]
    assert found.about.publisher and found.about.publisher.value == "山城时报网"


def test_pages_that_read_badly_are_flagged_and_one_without_an_article_is_refused() -> None:
    shell = f"<html><head><title>新渠通水</title></head><body><h1>新渠通水</h1><p>正在加载，请稍候。</p><script>{'x=1;' * 9000}</script></body></html>"
    assert any("可能没有读全" in warning for warning in read_markup(shell).warnings)
    links = "".join(f"<p><a href={n}>沙河县第{n}号渠今天通水，投资{n}亿元</a></p>" for n in range(30))
    listing = f"<html><head><title>新闻目录</title></head><body><h1>新闻目录</h1>{links}</body></html>"
    assert any("大半是链接" in warning for warning in read_markup(listing).warnings)
    body = "".join(
        f"<p>第{n}项工程投资{n}亿元，进展顺利，预计明年完工，市民出行更方便，两岸更安全。</p>" for n in range(9)
    )
    assert (
        read_markup(f"<html><head><title>新渠通水</title></head><body><h1>新渠通水</h1>{body}</body></html>").warnings
        == ()
    )
    with pytest.raises(UnreadableFile, match="没有看得见的正文"):
        read_markup(
            "<html><head><title>登录</title></head><body><form><p>请登录后阅读全文</p><input></form></body></html>"
        )


def test_odd_names_links_and_devices_are_named_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "文"
    folder.mkdir()
    (folder / "好.txt").write_text("新桥今天通车，投资3亿元。", encoding="utf-8")
    with Path(os.fsdecode(os.fsencode(folder) + b"/\xb2\xe2.txt")).open("wb") as file:
        file.write("旧桥拆除。".encode())
    (tmp_path / "外.txt").write_text("不该读到。", encoding="utf-8")
    (folder / "密.txt").symlink_to(tmp_path / "外.txt")
    (folder / "夹").symlink_to(tmp_path)
    os.mkfifo(folder / "管.txt")
    (folder / "空.txt").touch()
    (folder / "断.txt").symlink_to("没有.txt")
    (folder / "圈.txt").symlink_to("圈.txt")
    (folder / "环").symlink_to(".")
    (folder / "零.txt").symlink_to("/dev/zero")
    (folder / "行\n末.txt").write_text("旧桥拆除。", encoding="utf-8")
    (folder / "锁.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
    (folder / "禁.txt").write_text("没有权限。", encoding="utf-8")
    opened = os.open

    def forbidding(path: Path, flags: int) -> int:  # whoever runs tests as root may read everything
        if Path(path).name == "禁.txt":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, flags)

    monkeypatch.setattr("corpus.reading.os.open", forbidding)
    corpus = load_corpus(folder)
    assert [one.file_name for one in corpus.articles] == ["好.txt"]
    why = {file.file_name: file.reason for file in corpus.refused}
    told = {
        "\\xb2\\xe2.txt": "乱码",
        "密.txt": "文件夹之外",
        "夹": "链接",
        "管.txt": "不是普通文件",
        "空.txt": "空的",
        "断.txt": "不存在",
        "圈.txt": "圈",
        "环": "链接",
        "零.txt": "文件夹之外",
        "行 末.txt": "看不见的字符",
        "锁.docx": "密码",
        "禁.txt": "没有读取权限",
    }
    assert why.keys() == told.keys() and all(reason in why[name] for name, reason in told.items())


def test_a_line_that_begins_with_a_closing_mark_goes_on_however_few_lines_there_are() -> None:
    found = article(
        "沙河县图书馆延长开放\n\n2024年5月12日\n\n全年举办讲座四十八场，参加者一万三千人\n。馆长说，明年加倍。"
    )
    assert of_kind(found, BlockKind.BODY) == ["全年举办讲座四十八场，参加者一万三千人。馆长说，明年加倍。"]


def test_a_markdown_file_with_the_line_ends_of_an_old_macintosh_reads_like_any_other() -> None:
    text = "# 青禾镇\n\n第一段。\n\n- 甲项\n- 乙项\n\n\n"
    told = read_markdown(text.encode())
    assert told.text and read_markdown(text.replace("\n", "\r").encode()) == told
    assert read_markdown(text.replace("\n", "\r\n").encode()) == told
