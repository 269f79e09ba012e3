"""What a question asks for: the kind of answer, its unit, and where the words that ask stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.chinese.text import fold


class AnswerKind(StrEnum):
    """What a right answer would be."""

    QUANTITY = "quantity"
    DATE = "date"
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    NAME = "name"
    LIST = "list"
    DEFINITION = "definition"
    REASON = "reason"
    HOW = "how"
    YES_NO = "yes_no"
    COMPARISON = "comparison"
    CHANGE = "change"
    OTHER = "other"


SEVERAL = frozenset({AnswerKind.REASON, AnswerKind.HOW, AnswerKind.LIST, AnswerKind.DEFINITION, AnswerKind.CHANGE})  # kinds whose answer may take several sentences


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it asks for. `text` as cleaned, `folded` of the same length, `unit` after 多少/几 or empty.

    `focus` is the stretch of `text` that holds the interrogative; the whole when there is none.
    """

    text: str
    folded: str
    kind: AnswerKind
    unit: str = ""
    focus: tuple[int, int] = (0, 0)


_ORGANISATIONS = "公司|企业|单位|机构|部门|大学|学校|高校|医院|集团|研究院|研究所|银行|组织|协会|团队|政府|媒体|报社|报纸|厂|党派|政党|球队|球会|俱乐部|乐队|出版社|电视台|法院"
_PLACES = "区|市|省|县|镇|村|街道|国家|国|城市|城|地方|地区|地点|地|州|洲|岛|位置|小区|社区|园区|片区|路|街|场所|水域|地带|区域|方位|方向"
_PEOPLE = "人(?!才|工|数|口|员|群|生|气|物|类|次)|人物|专家|院士|教授|记者|作者|领导|书记|董事长|总经理|负责人|创始人|院长|所长|主任|导演|演员|皇帝|国王|总统|将军|学者|老师|歌手|球员|作家"
_ROLES = "者|长|人|员|任|手|记|授|演|角|师|家|理|帝|王|后|子|女|母|父|妻|夫|弟|兄|妹|姐|爷|裁|监|官|帅|将|敌|友|星|谁|席|事|掌门|教练|主编|编剧|主演|队|配音|对手|冠军|得主|原型|秘"
_DEGREE = "高|多|大|少|低|小|快|慢|长|早|晚|远|近|强|好|贵|便宜|重要|先"
# Nouns for an attribute: «X的目标是什么» asks for a thing to be named, «X是什么» for X to be explained.
_ATTRIBUTES = (
    "来源|起源|由来|出处|主体|名称|名字|全称|简称|别称|别名|本名|俗名|原名|笔名|英文名|专业|职业|职务|职位|身份|官职|头衔|目标|定位|目的|任务|使命|口号|主题|内容|标准|条件|要求|特点|特色|特征|优势|功能|作用"
    "|用途|意义|价值|影响|结果|后果|成果|措施|举措|做法|办法|方法|方式|手段|途径|渠道|理念|观点|看法|态度|评价|灵感|材料|原料|成分|颜色|形状|语言|首都|省会|首府|前身|总部|对手|关系|区别|差别"
    "|共同点|机构|单位|公司|产品|产业|型号|品牌|货币|宗教|工作|学位|称号|荣誉|奖项|强项|背景|基础|关键|核心|重点|方向|领域|对象|范围|程序|流程|步骤|责任|义务|权利|效力|后盾|代表作|作品|专辑"
)
_UNIT = r"(?:万|亿|千|百)*(?P<unit>[^\W\d_]{0,6})"
_NOT_HOW = "(?<![如为任因缘])"

# In order: the first that matches decides.
_KINDS: tuple[tuple[AnswerKind, tuple[str, ...]], ...] = (
    (
        AnswerKind.REASON,
        (
            r"(?<!表现)(?<!视)(?<!称)(?<!成)(?<!命名)(?<!作)(?<!认)为什么(?!\??$)",
            r"(?:是|又|却|这|那|,|^)为什么\??$|^为什么|为啥(?!\??$)|(?:是|,|^)为啥",
            r"为何(?!物|人)|缘何|因何|怎么会|怎么(?=这么|那么)|凭什么|什么原因|何种?原因|原因(?:是|在于|有|为|呢|\??$)|什么理由|理由是|何故|因为什么|由于什么|何以|靠的是什么|底气何在|\bwhy\b",
        ),
    ),
    (
        AnswerKind.COMPARISON,
        (
            rf"(?:哪一?[个家所座条种类年边方处项]|谁|哪里|哪儿|哪)[^?,。]{{0,14}}更(?:加|为)?(?:{_DEGREE})",
            rf"(?:和|与|跟|同|还是|,|、|比)[^?。]{{1,24}}(?:哪一?[个家所座条种类边方处项]|谁|哪里|哪儿|哪)[^?,。]{{0,8}}(?:最|更|比较)?(?:{_DEGREE})(?:一?[些点])?(?:\??$|[,? 多少几快高])",
            r"比(?!例|重|赛|分|亚迪|较好|如|喻|特|利|基尼|武|萨|划)[^?,。]{1,20}(?:更|还|要|高|多|少|低|大|小|快|慢|长|早|晚)(?:[^?,。]{0,4}(?:吗|多少|几|还是))",
            r"(?:多|少|快|低|高出|大|省)(?:出|了)?(?:多少|几)(?=倍|个百分点|个点|亿|万|家|个|名|平方|亩|时间|岁|年)(?<!至多少)(?<!至少几)|多多少|少多少|快多少",
            r"相差|差(?:距|额|值)?(?:是|有|了)?(?:多少|几|多大)|(?:还|离|距)[^?]{0,24}差|加起来|合计|总共加|之和|总和|几倍|多少倍(?!增)|对比|相比(?=[^?]{0,16}(?:多少|几|增|高|低|多|少|怎|如何|吗))|做?个?比较|孰",
            r"从[^?,]{2,20}到[^?]{1,30}(?:增加|增长|减少|下降|提高|提升|降低|多|少|涨)了?(?:多少|几)",
        ),
    ),
    (
        AnswerKind.CHANGE,
        (
            r"(?:有什么|有何|有哪些|怎样的?|哪些|什么|何种|有啥)(?:样的?)?(?:新|大|重大|明显)?变化|变化(?:趋势|情况|如何|大吗|了吗|了?什么|是)|怎么变|怎样变|如何变化|历年|(?:变化|发展|走|增长)趋势|前后.{0,6}(?:不同|变)|(?:状态|情况|进展)[^?]{0,4}变",
        ),
    ),
    (
        AnswerKind.LIST,
        (
            r"哪些|哪几(?!年)|(?:在|有|是)那些|分别(?:是|为|有|指|叫|在|位于|由|包括|来自|属于|担任|如何|怎么)|都(?:有|是|包括)(?:什么|谁|哪|啥)",
            r"[二两三四五六七八九十百\d](?:大|个|项|条|种|类|位|家|所|朵|座|方面)[^?,]{0,14}(?:是|为|指)(?:什么|啥|谁)|各[^?,自]{0,4}(?:多少|几)",
            r"(?<![具没只还])有(?:什么|啥|何)(?!时候|关系|区别|意思|名字|不同)(?=[^?,]{0,8}(?:\??$|,))|包[括含](?:什么|啥|谁|哪)|由(?:什么|哪)[^?]{0,6}(?:组成|构成)|列(?:出|举|一下)|各(?:是|有|为)|还有(?:谁|什么|啥|哪)|哪[二两三四五六七八九十]",
        ),
    ),
    (
        AnswerKind.DATE,
        (
            r"何时|什么时[候间刻期段](?!才能)|啥时候?|哪[一几]?个?(?:年(?!级)|月|天|日(?!报)|时候|时期|时间|时段|季度|世纪|朝代|年代|年度)|几月|几号(?!线|楼|馆|院)|几日(?!游)|几时|何年|何月|何日|多会儿?|什么(?:年代|朝代|日子|世纪|年份|日期)|几点(?!建议|意见|要求|措施)|几几年",
            r"^(?!.*(?:如何|怎么|怎样)).*(?:日期|年份|(?<!多少)(?<!多长)时间|生日|年代)(?:是|为)?(?:什么|啥|几|哪|多少)?\??$|\bwhen\b|what (?:year|date|time)",
        ),
    ),
    (
        AnswerKind.QUANTITY,
        (
            rf"多少|几(?!乎|何|经|内|回)|(?<![很许])多(?:[长高远重宽深久厚]|大(?!程度|学))(?!期|度|度是|级|度的)|占比|百分比|百分之|比重(?:是|有|为|\??$)|比例(?:是|有|为|\??$)|([{'多大高远长久'}])不\1|够不够",
            r"\bhow (?:many|much|long|large|big|far|old)\b",
            r"(?:数量|人数|面积|产值|总量|总额|增速|增幅|增长率|增加值|规模|金额|价格|长度|高度|人口|营收|投资额|费用|门槛费|年龄|户数|占比|gdp|编号|电话|号码)(?:是|为|达|有|和增速)?(?:什么|啥)?\??$",
        ),
    ),
    (
        AnswerKind.DEFINITION,
        (
            r"^(?!.{0,12}(?:的|由|被|跟|和|与|给|对|把))[^?,的]{2,4}(?<!"
            + ")(?<!".join(_ROLES.split("|"))
            + r")是(?:谁|什么人|何人|哪位)\??$",
        ),
    ),
    (
        AnswerKind.PERSON,
        (
            rf"谁|{_NOT_HOW}(?:哪一?位|何人|哪名)|(?:什么|哪一?个|何)(?:{_PEOPLE})|\bwho\b|\bwhom\b|姓(?:什么|啥|甚)",
            r"(?:人|长|经理|书记|主任|专家|员|家|师|者)的?(?:姓名|名字)?(?:是|叫)(?:什么名字|什么|啥|什么名|啥名)\??$",
        ),
    ),
    (
        AnswerKind.ORGANISATION,
        (
            rf"(?:哪|什么|{_NOT_HOW}何)(?:一?[个家所些间支])?(?:样的)?[^?,是的对把促让给在了]{{0,3}}?(?:{_ORGANISATIONS})(?!方案|政策|活动)|哪一?[家所]|\bwhich (?:company|organi[sz]ation|university)",
        ),
    ),
    (
        AnswerKind.PLACE,
        (
            rf"哪里|哪儿|在哪|位于哪|{_NOT_HOW}何[处地]|什么地方|(?:哪|什么|{_NOT_HOW}何)(?:一?[个座条片])?(?:{_PLACES})(?!理|位)|去哪|到哪|归哪|(?:坐落|位)于什么|出生地|籍贯|\bwhere\b",
        ),
    ),
    (
        AnswerKind.DEFINITION,
        (
            r"^什么是|什么意思|啥意思|含义|(?:是|有)(?:什么|啥|何)意|定义|何谓|何为|所谓|介绍(?:一?下)|讲讲|说说|聊聊|谈谈|科普|是干(?:什么|啥|嘛)的?|是做(?:什么|啥)的|干(?:什么|啥|嘛)用|是怎么(?:一?回事|个?东西)|了解一下|是(?:一?[个座种家])?(?:什么|啥)(?:样的?|东西|玩意|概念|理念|模式|机制|性质|单位|来头)|是(?:什么样|怎样|怎么样)的?(?:一?[个座种家])?|(?:具体)?(?:是)?指(?:的是)?(?:什么|啥)|\bwhat is\b|\bwhat's\b",
            rf"^(?![^?]{{0,20}}(?:的|用|从|以|在|靠|对|将|把|被|由|了|最))[^?,]{{1,18}}(?<!{')(?<!'.join(_ATTRIBUTES.split('|'))})(?:(?<!原)(?<!的)是|到底是|究竟是|是指)(?:个|一个)?(?:什么|啥|何物|什么东西)\??$",
            r"^什么(?:叫做?|算是?)[^?]{2,12}\??$",
        ),
    ),
    (
        AnswerKind.HOW,
        (
            r"如何|怎么|怎样|怎的|咋|何以|怎办|(?:通过|采用|用|以|利用|借助|运用)(?:了)?(?:什么|啥|哪种|何种)(?:样的?)?(?:方式|方法|办法|手段|途径|渠道|措施|形式|模式)|以何种|\bhow\b",
        ),
    ),
    (
        AnswerKind.YES_NO,
        (
            r"吗|(?P<either>[\u4e00-\u9fff])[不没](?P=either)|是否|有否|能否|可否|会否|需否|(?<![什怎那这多])么\??$|(?:了|过|有)没(?:有)?\??$|没有\??$|对吧|是吧|对不|不\??$|\b(?:is|are|does|did|do|has|have|can|will)\b",
        ),
    ),
    (
        AnswerKind.NAME,
        (r"(?:是|为|叫|指|在于|包括|指的是)\??$|什么|哪|何|啥|叫做?\??$|名(?:称|字)|\bwhat\b|\bwhich\b",),
    ),
    (AnswerKind.QUANTITY, (r"(?:数|率|额|值|量|数字)\??$",)),
)
_PATTERNS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(f"(?:{one})" for one in parts) if len(parts) > 1 else parts[0]))
    for kind, parts in _KINDS
)
_ASKED_UNIT = re.compile(rf"(?:多少|几)(?:个)?{_UNIT}")
_LATE_TIME = re.compile(r"[ ,]*(?:19|20)\d\d年?(?:[上下]半年)?$")  # 临平 gdp 2023 asks for a figure
_NOT_UNITS = frozenset("的了呢吗是在有到被会能和与及来过去达占比啊呀")
_COUNTED = frozenset({AnswerKind.QUANTITY, AnswerKind.COMPARISON, AnswerKind.LIST, AnswerKind.CHANGE})


def understand(question: str) -> Asked:
    """Return what `question` (already cleaned and standalone) asks for. Pure; never fails."""
    folded = fold(question)
    for text in dict.fromkeys((folded, _LATE_TIME.sub("", folded))):
        for kind, pattern in _PATTERNS:
            found = pattern.search(text)
            if found:
                return Asked(question, folded, kind, _unit(folded) if kind in _COUNTED else "", found.span())
    return Asked(question, folded, AnswerKind.OTHER, "", (0, len(folded)))


def _unit(folded: str) -> str:
    found = _ASKED_UNIT.search(folded)
    unit = found.group("unit") if found else ""
    return "" if unit[:1] in _NOT_UNITS else unit
