"""What asks something in a questionnaire or a mail, and what only stands beside it. Pure.

The words below are those of forms and of correspondence in general; nothing here knows a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from corpus.chinese.numerals import COUNT
from corpus.chinese.text import split_sentences
from ui.splitting import asks as asks_plainly

_REQUEST: Final = re.compile(
    "(?:烦请|恳请|敬请|请|望|盼|麻烦|劳烦|需|需要|希望|能否|可否)(?:贵[区方司局办府]|您|你们|贵单位|各位|您方|我方)?(?:能|可以|再|予以|先|帮忙|协助|详细|简要|分别|另外?|对|就)?"
    "[^，。；？?]{0,12}?(?:介绍|提供|说明|列出|列举|告知|简述|概述|描述|明确|确认一下|解释|阐述|给出|补充)"
    "|(?:想|希望|需要|欲)(?:进一步|具体|先|详细|大致)?(?:了解|知道|请教|咨询|核实|确认)(?:一下|下)?"
    "|\\b(?:what|which|how|when|where|who|please (?:provide|describe|list|state|explain|specify))\\b",
    re.IGNORECASE,
)
# Speech acts about the correspondence itself: when to answer, to meet, to telephone; whether something has arrived.
_ABOUT_THE_MAIL: Final = re.compile(
    "(?:回复|答复|回信|回邮件|回电|反馈|联系|通(?:个)?(?:电话|话)|电话沟通|见面|会面|面谈|拜访|碰(?:个)?面|约(?:个)?时间|方便(?:的话|吗)?|有空|有时间|收到|查收|附件|发(?:给)?我|发来|转交|转达|抄送|打扰|近来|最近好|身体好|加(?:个)?微信|开会|会议|安排|去看看|看一看|参观|来访|宣传册|名片)"
)
_TOPICLESS: Final = re.compile(
    "(?:您|你|贵[区方司]|你们|我们?|我方|我司|本人|这|那|个|[上下本这]?周[一二三四五六日天末]?|星期[一二三四五六日天]|明天|今天|后天|上午|下午|[0-9一二三四五六七八九十]+[日号点天个月]|之前|以前|前|内|左右|什么|时候|何时|是否|能否|可否|可以|能不能|能|吗|呢|么|[,，。？?！!、；;：:\\s]|不知|请问|的话|一下|方便|麻烦|请|于|或|和|与|把|将|到|给|在|有|没有|没|了|的|尽快|及时|邮件|邮箱|文件|材料|表格|好|都|是不是|来|去|想|也|就|再|先|时间|上|下|里|这份|本|份|封|安排|行|合适)"
)
_ASIDE: Final = re.compile(
    r"^(?:[（(【\[]?(?:注|备注|说明|填表说明|填写说明|提示|示例|例如?|附)\s*\d{0,2}\s*[:：]|[*※★]\s*(?:注|为必填|必填))"
)
_IN_BRACKETS: Final = re.compile(r"[（(【\[][^（）()【】\[\]]*[)）】\]]。?")
_FORM_FIELD: Final = re.compile(
    "^(?:填表|填报|填写|制表|审核|经办|联系|公司|企业|单位|项目|投资方?|客户|提问|编制)?(?:人|人员|单位|部门|名称|姓名|电话|手机|邮箱|地址|日期|时间|负责人|联系方式|传真|职务|签字|签名|盖章|印章|（盖章）)\\s*(?:（[^）]{0,12}）)?\\s*[:：]?\\s*[_＿\\s]*$"
)
_TOTAL: Final = re.compile(
    "^(?:合\\s*计|总\\s*计|小\\s*计|以下空白|此页以下无正文|以上|完|end)\\s*[:：]?$", re.IGNORECASE
)
_PART_HEADING: Final = re.compile(
    "^(?:第[一二三四五六七八九十\\d]{1,3}(?:部分|章|节|类|项)|[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十]{1,3}[)）]|[A-Z][、．.]|[IVXⅠ-Ⅻ]{1,4}[、．.])"
)
_ASKS_TO_ANSWER: Final = re.compile(
    "(?:问题|疑问|问询|事项|几点|方面|如下|下列|以下|请教|咨询|了解)[^。？?]{0,12}[:：]$|(?:请|烦请)[^。？?]{0,16}(?:回答|解答|答复|介绍|提供|说明)[^。？?]{0,10}[:：]$"
    "|(?:问题|疑问|事项)$|\\b(?:questions?|following|below)\\b[^.?]{0,30}:$",
    re.IGNORECASE,
)
_ABOUT_US: Final = re.compile(r"^(?:我司|我们|我方|我公司|本公司|我是|我在|we\b|our\b|i\b|i'm\b)", re.IGNORECASE)
_MARK: Final = re.compile(
    r"\s*(?P<mark>[（(]\s?\d{1,3}(?:\.\d{1,2}){0,2}\s?[)）]|\d{1,3}(?:\.\d{1,2}){1,3}(?![\d%亿万])[、．.:：)）]?|\d{1,3}\s?[)）、．：:]|\d{1,3}\.(?!\d)|[（(]?[一二三四五六七八九十]{1,3}[)）][、．.]?|[一二三四五六七八九十]{1,3}[、．.:：]|[①-⑳]|[QqＱ]\s?\d{0,3}[:：.、]|问题?\s?\d{0,3}[:：]|[-•·▪●◆■□]\s)\s*"
)
_INLINE: Final = re.compile(
    r"(?P<mark>[（(]\s?\d{1,2}\s?[)）]|(?<![\d.])\d{1,2}(?:[)）、．](?!\d)|\.(?=\s?[^\d\s]))|[①-⑳]|(?:其)?[一二三四五六七八九十]是|第[一二三四五六七八九十][，,、：:]|(?:首先|其次|再次|再者|最后|另外|此外|还有)[，,是])"
)
_LEAD: Final = re.compile(
    r"^(?:您好|你好|尊敬的[^，,：:]{1,20}|各位[^，,：:]{0,10}|另外|此外|还有|最后|首先|其次|再次|再者|那么|所以|因此|对了|再就是|请问(?:一下)?|想请问(?:一下)?|我?想?问(?:一下|下)?)[，,：:！!。]\s*|^(?:另外|此外|还有|同时|顺便)[，,]?"
)
_POINTS_BACK: Final = re.compile("(?:^|[，,])(?:那么|那|它|它们|其|该|这|此|上述|前者|后者|当中|其中|里面)")
_CLAUSE: Final = re.compile("[，,；;]")
_VAGUE: Final = re.compile(
    "(?:了解|咨询|请教|知道|核实)(?:一下|下)?(?:贵[区方市县地司]|当地|您那里|你们|那边|有关|相关|以下|如下|下列|一些|几个|整体|总体|基本|大致|更多|具体|的)*"
    "(?:情况|信息|事宜|问题|内容|资料)?[。！!]?$"
)
_STRAY: Final = re.compile(r"^[\s（(]+|[\s、．.:：()（），,]+$")
_SHORTEST: Final = 2  # letters or digits


def asks(text: str) -> bool:
    """Tell whether a sentence asks us something about the subject, rather than when we shall answer."""
    rest = "，".join(one for one in _CLAUSE.split(text) if one.strip() and not about_the_mail(one))
    return (asks_plainly(rest) or _REQUEST.search(rest) is not None) and not _VAGUE.search(rest)


def about_the_mail(text: str) -> bool:
    """Tell whether a sentence speaks of the correspondence and of nothing else."""
    if not _ABOUT_THE_MAIL.search(text):
        return False
    rest = _TOPICLESS.sub("", _ABOUT_THE_MAIL.sub("", text))
    return sum(map(str.isalnum, rest)) < _SHORTEST


def is_item(text: str) -> bool:
    """Tell whether an item of a list or a column of questions is one: no note, no field of a form, no sum, nothing told."""
    bare = text.strip()
    letters = sum(one.isalpha() for one in bare)
    if letters < _SHORTEST or _ASIDE.match(bare) or _TOTAL.match(bare):
        return False
    return asks(bare) or not (_FORM_FIELD.match(bare) or _ABOUT_US.match(bare) or _IN_BRACKETS.fullmatch(bare))


def is_heading(text: str) -> bool:
    """Tell whether a line names a part of the questionnaire rather than asks: «一、基本情况» does, though 情况 may ask."""
    return _PART_HEADING.match(text.strip()) is not None and not asks(text.strip().removesuffix("情况"))


def announces(text: str) -> bool:
    """Tell whether a line says that questions follow, so that every item below it is one."""
    return _ASKS_TO_ANSWER.search(text.strip()) is not None


def unmarked(text: str) -> tuple[str, str]:
    """Return the number that a line begins with («3.2», empty for none) and the rest."""
    found = _MARK.match(text)
    if found is None:
        return "", text.strip()
    return _STRAY.sub("", found["mark"]), text[found.end() :].strip()


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """One question of running text: what it asks, its number, and the sentences before it in its paragraph."""

    text: str
    label: str
    context: str


def questions_of(paragraph: str, *, item: bool = False) -> Iterator[WrittenQuestion]:
    """Yield the questions of one paragraph in order; as an `item` of an announced list it is one, whatever it looks like."""
    label, text = unmarked(paragraph)
    pieces = _enumerated(paragraph if _INLINE.match(paragraph) else text)
    if len(pieces) < 2:
        yield from _sentences(text, label, item=item)
        return
    numbered = [piece for mark, piece in pieces if _value(mark)]
    all_ask = announces(pieces[0][1]) or any(map(asks, numbered)) or (not pieces[0][0] and asks(pieces[0][1]))
    for mark, piece in pieces:
        yield from _sentences(piece, mark or label, item=bool(_value(mark)) and all_ask)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the numbered questions of a cell («1. … 2. …»), the cell as it is when it numbers none."""
    pieces = [piece for mark, piece in _enumerated(text) if _value(mark)]
    return tuple(pieces) if len(pieces) > 1 else (text,)


def _sentences(text: str, label: str, *, item: bool) -> Iterator[WrittenQuestion]:
    spans = split_sentences(text)
    said = [text[span.start : span.end].strip() for span in spans]
    found = False
    for number, sentence in enumerate(said):
        plain = _without_lead(sentence)
        if asks(plain) and not announces(plain) and sum(map(str.isalnum, plain)) >= _SHORTEST:
            found = True
            context = "".join(said[max(0, number - 1) : number]) if _POINTS_BACK.search(plain) else ""
            yield WrittenQuestion(plain, label, context)
    if item and not found and is_item(text) and not about_the_mail(text) and not announces(text):
        yield WrittenQuestion(text.strip(), label, "")


def _enumerated(text: str) -> Sequence[tuple[str, str]]:
    """Return a paragraph cut at the numbers within it, the part before the first with an empty one.

    Numbers that count 1, 2, 3 may stand anywhere; joining words (首先, 一是) only where an item may begin.
    """
    found = list(_INLINE.finditer(text))
    counted = [one for one in found if _value(one["mark"])]
    rising = [_value(one["mark"]) for one in counted] == list(range(1, len(counted) + 1)) and len(counted) > 1
    marks = [one for one in found if (rising and one in counted) or _begins(text, one)]
    if len(marks) < 2:
        return [("", text)]
    cuts = [0, *(one.start() for one in marks), len(text)]
    pieces = [text[a:b] for a, b in pairwise(cuts)]
    labels = ["", *(_STRAY.sub("", one["mark"]) for one in marks)]
    bodies = [pieces[0], *(piece[len(one["mark"]) :] for piece, one in zip(pieces[1:], marks, strict=True))]
    return [(label, body.strip(" ；;，,")) for label, body in zip(labels, bodies, strict=True) if body.strip(" ；;，,")]


def _value(mark: str) -> int:
    """Return the number of a mark (2), ②, 二是; 0 for a joining word."""
    if digits := re.search(r"\d+", mark):
        return int(digits[0])
    if circled := re.search("[①-⑳]", mark):
        return ord(circled[0]) - ord("①") + 1
    counted = re.search(f"[{COUNT}]", mark)
    return COUNT.index(counted[0]) + 1 if counted and ("是" in mark or "第" in mark) else 0


def _begins(text: str, mark: re.Match[str]) -> bool:
    """Whether a number stands where an item may begin: at the start, or after a stop."""
    before = text[: mark.start()].rstrip()
    return not before or before[-1] in "。！？?!；;：:，,\n"


def _without_lead(sentence: str) -> str:
    """Return a sentence without greetings and joining words before what it asks."""
    while (found := _LEAD.match(sentence)) and len(sentence) > found.end():
        sentence = sentence[found.end() :]
    return sentence.strip()
