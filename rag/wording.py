"""Every Chinese sentence that an answer says of its own, apart from quotes."""

from __future__ import annotations

from corpus.records import BlockKind
from rag.question.smalltalk import SmallTalk

VOICES = {BlockKind.BODY: "正文", BlockKind.EXPERT: "专家点评"}
_TALK = {
    SmallTalk.GREETING: "您好，我根据公开报道回答有关杭州市临平区的问题，每句话都标明出处。",
    SmallTalk.HOW_ARE_YOU: "我是一个程序，只回答报道里有的事；想了解临平的什么，直接问就行。",
    SmallTalk.THANKS: "不客气，还想了解临平的什么，可以接着问。",
    SmallTalk.FAREWELL: "再见，需要时再来问。",
    SmallTalk.PRAISE: "谢谢。答案都来自报道原文，请以原文为准。",
    SmallTalk.COMPLAINT: "抱歉没有答好。请换个说法，或写全名称和年份再问一次；也可以点「没帮助」告诉我们。",
    SmallTalk.WHO: "这里是临平问答：从公开报道里找出原话来回答，每句话都能点开出处。",
    SmallTalk.ABILITY: "可以问报道里的数字、日期、人物、企业、项目、规划和原因，例如「{example}」。报道没写的，我会直说没有。",
    SmallTalk.USAGE: "像平常说话一样问就行，例如「{example}」。点回答里的编号，可以看到原文里的那一句。",
    SmallTalk.MAKER: "这是一个开源程序，由项目的维护者制作；回答的内容来自已收录的报道。",
    SmallTalk.IS_AI: "是程序自动整理的，不是人工客服。回答摘自报道原文，请以原文为准。",
    SmallTalk.SOURCES: "回答全部摘自已收录的 {count} 篇报道（{period}），每句都标明出处，点编号可以核对原文。",
    SmallTalk.LANGUAGE: "可以用简体、繁体、拼音或英文提问；证据按报道原文（中文）给出。",
    SmallTalk.TEST: "可以用。试着问一个问题，例如「{example}」。",
    SmallTalk.INSTRUCTION: "这里只根据已收录的报道回答有关临平的问题，不执行其他指令。",
}
_ENGLISH_TALK = (
    "This service answers questions about Linping, Hangzhou from newspaper articles, with the source of every sentence."
)


def small_talk(kind: SmallTalk, *, example: str, count: int, period: str, english: bool = False) -> str:
    """Return what is said to small talk; `period` is the time that the articles span."""
    if english:
        return _ENGLISH_TALK
    return _TALK[kind].format(example=example, count=count, period=period or "日期不详")


def refusal(
    asked: str, period: str, *, has_lead: bool, english: bool = False, limited: bool = False, about: str = ""
) -> str:
    """Return the refusal of a question: what was looked for, up to when the articles reach, and that a lead follows.

    `limited`: only some of the articles were looked at. `about` is the thing that the lead tells of, if not the question's.
    """
    if english:
        reach = f" (articles of {period})" if period else ""
        return f"The articles{reach} do not say this." + (
            " The nearest thing they do say is below." if has_lead else ""
        )
    if limited:
        where = f"所选的报道（{period}）" if period else "所选的报道"
    else:
        where = f"现有报道（已收录{period}的报道）" if period else "现有报道"
    if about:
        return f"{where}没有提到「{shortened(asked)}」。{ABOUT_FOLLOWS.format(about)}"
    lead = "最接近的内容见下，供参考。" if has_lead else "换个说法，或写明名称和年份再试。"
    return f"{where}没有提到「{shortened(asked)}」。{lead}"


def of_the_whole(
    part: str, whole: str, when: str, value: str, period: str, *, english: bool = False, limited: bool = False
) -> str:
    """Return what is said when the articles tell the amount of the whole alone: `value` of `period`; `when` was asked for."""
    told = f"{value}（{period}）" if value and period else value
    if english:
        return f"The articles do not say this of {part}, only of the whole ({whole})" + (f": {told}." if told else ".")
    where = "所选的报道" if limited else "报道"
    number = f"{when}的数" if when else "的这个数"
    return f"{where}没有{part}{number}，只有{whole}的" + (f"：{told}。" if told else "，见下。")


def shortened(text: str, limit: int = 40) -> str:
    """Return `text` cut to `limit` characters, its last question mark left out."""
    text = text.strip().rstrip("?？。.!！ ")
    return text if len(text) <= limit else text[: limit - 1] + "…"


ASKED_BACK = "没有说明问的是哪一个，请从下面选，或写出名称再问。"
ABOUT_FOLLOWS = "报道里写到{}的内容见下。"
UNPROVEN = "找到的内容没能通过与原文的核对，因此没有显示。"
READ_AS = "已按「{}」理解。"
TIME_READ_AS = "「{}」是按{}理解的。"
SET_ASIDE = "问题里给程序的指令没有执行，只回答了其中的问题。"
QUESTION_EMPTY = "问题是空的，请输入想问的内容。"
QUESTION_LONG = "问题太长（{} 字），请缩短到 {} 字以内再问。"
PLAN = "规划目标"
CORRECTED = "报道中的说法不同："
LISTED = "报道共列出 {} 项。"
UNTOLD = "报道没有写明：{}。"
