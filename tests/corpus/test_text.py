import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.chinese.text import bare_title, clean, fold, split_clauses, split_sentences
from corpus.records import Span

# Each row: the text with ¦ where one sentence ends and the next begins. White space beside ¦ belongs to neither.
SENTENCES = [
    "产业是支撑发展的脊梁。¦制造业是根基。",
    "临平的制造业有多强？¦先看主阵地。",
    "好玩！¦好逛！¦好看！",
    "怎么转? ¦靠谁转?",
    "真的吗？！¦是的。",
    "上学更容易，看病更方便……¦临平扎实推进。",
    "没有句号的一行",
    "末句没有句号。¦后面还有半句",
    "第一段。\n¦第二段。",
    "标题\n¦正文。",
    "  前后有空白。  ¦  第二句。  ",
    "　　全角缩进。¦第二句。",
    # quotations keep who said them
    "“我们很高兴。”她说。¦然后走了。",
    "“道路平坦整洁。我们看在眼里，幸福在心里。”居民周阿姨高兴地说，现在处处都好。¦下一句。",
    "“这更是战略升维。”临平新城主要负责人这样定义。¦下一句。",
    "“减少构件对空间的占用。”项目负责人曹奕介绍。¦这里规划了产业展示。",
    "“希望它能连接过去与未来。”命名者张瑜灵这样期许。¦下一句。",
    "“多亏了平台，我们才搭上快车。”负责人张烈感慨，效率提升了35%。¦下一句。",
    "“推动企业延伸产业链。”相关负责人说。¦“很好。”¦散会。",
    "临平地方史学者解释道：“约1天的船程。所以客商多会在此休整。”¦下一句。",
    "他说：“好。”。¦下一句。",
    "他介绍：“一期已完工。二期在建！”¦三期呢？",
    "这就是“未来之城”。¦下一句。",
    "“一城一策”是关键。¦下一句。",
    "他说‘走吧。’然后走了。¦下一句。",
    "「今天很好。」他說。¦明天呢？",
    "『今天。』¦明天。",
    '他问"好吗?"然后走了。¦下一句。',
    "“安全第一。”¦道路两旁种满了树。",  # 道路 is no verb of saying
    "的人工智能方案商。”董事长桂曙光说。¦下一句。",  # the opening mark was lost in the source
    "“没有关上的引号。¦后面照样分句。¦再来一句。",
    # brackets and titles hold together
    "见《你好。世界》一书。¦下一句。",
    "总部（原址在此。后迁走）已启用。¦下一句。",
    "该园区(一期已完工!)正式开放。¦下一句。",
    "（全文完。）¦编后。",
    "【快讯。】¦正文。",
    "有（没有关上的括号。¦后面照样分句。",
    # numbers, addresses, Latin
    "同比增长3.5%。¦占比80.4%。",
    "同比增长6.4%.¦其中工业占七成.",
    "每天8:30开门，16:00关门。¦周一休息。",
    "详见http://example.com/?a=1&b=2。¦下一句。",
    "版本是XeSS 1.2.0.13。¦已发布。",
    "Linping is a district of Hangzhou. ¦It has three parks.",
    "The U.S. team came. ¦They left.",
    "Really? ¦Yes!",
    "项目已启动. ¦第二期在即.",
    # citation marks belong to the sentence before them
    "产值突破630亿元。[1]¦下一句。",
    "产值突破630亿元。[1][2]¦下一句。[3-4]¦末句。",
    "产值突破630亿元。①¦下一句。",
    "产值突破630亿元。【1】¦下一句。",
    "产值突破630亿元[1]。¦下一句。",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences_end_where_a_reader_would_end_them(marked):
    expected = [part.strip() for part in marked.split("¦")]
    text = marked.replace("¦", "")
    assert [text[span.start : span.end] for span in split_sentences(text)] == expected


def test_a_long_quotation_is_cut_at_its_own_full_stops():
    first = "我们" * 30 + "。"
    text = f"他说：“{first}{first}”会议结束。"
    assert [len(span) for span in split_sentences(text)] == [4 + 61, 62, 5]


@given(st.text(alphabet="临平1.5年。！？…“”‘’（）()《》\"' \nab?!,，：:[1]①", max_size=80))
def test_sentences_are_in_order_and_leave_out_only_white_space(text):
    at = 0
    for span in split_sentences(text):
        assert not text[at : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
        at = span.end
    assert not text[at:].strip()


@pytest.mark.parametrize("noise", ["“。", "（。", '"。', "。", "a. ", "”", "“说", "[1]", "?a"])
def test_splitting_noise_does_not_explode(noise):
    # One pass over 100,000 characters; with quadratic work this would not end while anybody waits.
    assert split_sentences(noise * (100_000 // len(noise)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("，。：；？！（）", ",.:;?!()"),
        ("“双城记”", '"双城记"'),
        ("「雙城記」", "“双城记”"),
        ("臨平區規模以上工業總產值", "临平区规模以上工业总产值"),
        ("ＩＮＰＡＲＫ", "inpark"),
        ("３５％", "35%"),
        ("RISC－V", "risc-v"),
        ("艺尚•小镇", "艺尚·小镇"),
        ("一、二", "一，二"),
    ],
)
def test_what_readers_take_for_the_same_folds_alike(one, other):
    assert fold(one) == fold(other)


@given(st.text(max_size=60))
def test_folding_keeps_every_offset(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_folding_keeps_apart_what_differs():
    assert len({fold(word) for word in ("3000亿元", "300亿元", "3000万元", "临平", "余杭")}) == 5


def test_cleaning_removes_what_nobody_typed():
    assert clean("\u202e临\u200b平\x00区\ud800\ufeff ") == "临平 区"


@pytest.mark.parametrize(
    ("printed", "bare"),
    [
        ("# 临平数智城:打造全域数智之城", "临平数智城:打造全域数智之城"),
        ("■ 邵天懿 陆宇岑", "邵天懿 陆宇岑"),
        ("## 破局开篇 ##", "破局开篇"),
        ("C# 语言", "C# 语言"),
        ("  ", ""),
    ],
)
def test_titles_lose_their_printed_marks(printed, bare):
    assert bare_title(printed) == bare


def test_clauses_touch_and_make_up_the_sentence():
    text = "到2028年，产值突破3,000亿元；力争（含时尚，医药）形成集群。"
    clauses = split_clauses(text, Span(0, len(text)))
    assert [text[clause.start : clause.end] for clause in clauses] == [
        "到2028年，",
        "产值突破3,000亿元；",
        "力争（含时尚，医药）形成集群。",
    ]
