"""A question as typed → the same question without what carries no meaning: width, script, fillers, politeness."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from corpus.chinese.text import clean, fold
from corpus.chinese.words import any_of

_SPACES = re.compile(r"[\s\u3000]+")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
_BESIDE_MARKS = re.compile(
    rf"(?<=[，。？！、；：“”《》（）]) | (?=[，。？！、；：“”《》（）])|(?<=[0-9]) (?=[{_HAN}])|(?<=[{_HAN}]) (?=[0-9])"
)
_TYPED_APART = 3.0  # characters: pieces shorter than this are words typed apart, longer ones are clauses
_REPEATED = re.compile(r"([?!。，,？！~～…、.])\1+")
_MARKS = "，。！？、；：,.!?;: ~～…—-"
_PERSON = "(?:你们?|您|大家|各位|亲|师傅|小编|小助手|机器人|同志|有人|谁)"

# What stands before a question and says nothing about it. Each may follow another.
_OPENING = re.compile(
    "^(?:"
    rf"(?:{_PERSON}好|哈喽|嗨|喂|hi|hello|hey|早上好|下午好|晚上好|早安|晚安)(?:呀|啊|哈)?(?=[{_MARKS}])|(?:你|您)好(?:呀|啊|哈)?(?=请|我|想|麻烦|问)"
    r"|(?:换|转|另)(?:一?个|下)(?:问题|话题)(?:吧|哈)?|再问(?:一?个|一?下|你)?(?:问题)?|下一个问题|接下来(?:我)?(?:想)?问|回到(?:刚才|前面)的?(?:问题|话题)|好的?(?=[,，、 ])|行(?=[,，、 ])|ok(?=[,，、 ])|明白了?(?=[,，、 ])|知道了(?=[,，、 ])|原来如此|嗯+|呃+|额+(?!度|定|外)|哦+|噢+|唉+|哎+呀?|诶+|欸+|啊(?=[,，、])|就是说?(?=[,，、 ]|那个|问|想)|那个(?=[,，、… .~嗯呃额啊那就我请想问])|那个啥|这个(?=[,，、…])|话说|对了|然后(?=[,，、 ]|我|请)"
    r"|(?:我)?(?:就)?(?:是)?(?:好)?(?:很)?(?:想要?|要|需要)(?:请?问|知道|了解|咨询|打听|查询|查|问|请教|确认|晓得)(?:一?下子?|一?哈|问)?(?:(?:你|您)们?)?(?:的是)?(?!题|卷|世|政|候|鼎)"
    r"|(?:可不可以|能不能|可以|能否|能|麻烦|劳驾|拜托|请求|烦请|请)?(?:你|您)?们?(?:可以|能)?(?:帮忙|帮|给|替|为|跟|和|告诉|告知|回答)(?:一?下)?(?:我们?|咱们?|俺)(?:查(?:一?查|询|找)?|看(?:一?看)?|找(?:一?找)?|问(?:一?问)?|搜(?:一?搜|索)?|解答)?(?:一?下|一哈)?(?!的|公司|家)"
    r"|(?:麻烦|劳驾|打扰|拜托|不好意思|冒昧)(?:你|您)?(?:了|下|一下)?(?:问(?:一?下)?)?|请教(?:一?下)?|请告诉(?:我)?|请查(?:一?下|询)?(?!处)|帮忙(?:查|看|问)?(?:一?下)?|求问|求助|求告知|咨询(?:一?下)(?!公司|服务)|打听(?:一?下|个事)|问(?:一?下|个问题|您?一?句)|请(?:问|说|讲|回答)(?:一?下)?|(?:有)?(?:谁|人)知道(?!的|了|他|她|它|这)"
    r"|(?:你|您)们?(?:知道|晓得|了解|清楚)(?:不知道|吗)?(?!的|了)|我(?:有个|的)问题(?:是|想问)?|有(?:一?个)?问题(?:想|要)?(?:请教|问|咨询)?(?:一?下)?|我(?:们)?(?:就)?问(?:问|一下|下)?(?!题|卷)|我查(?:一?下)|考考你|说一?下(?!子)"
    rf")(?:(?:一?下)?[哈啊呀哦](?![尔喽佛市密]))?[{_MARKS}]*(?:就是(?=那个|这个|说|问|想|，|,))?",
    re.IGNORECASE,
)
# What stands after it.
_CLOSING = re.compile(
    rf"[{_MARKS}]*(?:谢谢(?:你|您|大家|啦|了|哈|啊|先)*|多谢(?:了|啦)?|感谢(?:您|你|大家)?|谢啦|thx|thanks|thank you|拜托(?:了|啦)?|求解答?|求告知|在线等(?:挺急的|急)?|急+|跪求|麻烦(?:了|您了|你了)|辛苦(?:了|您了|你了)?|(?:请|麻烦|你|您)+(?:告诉|告知|回答)(?:一?下)?我?(?:一?下|吧|呗)?|(?:可以|能)(?:告诉|说|讲|介绍)(?:一?下)?(?:我|给我听)?吗|(?:你|您)?(?:知道|晓得|清楚)(?:吗|不|么|嘛|不知道)|please|pls)[{_MARKS}]*$",
    re.IGNORECASE,
)
_INNER = re.compile(
    rf"(?<=[{_HAN}])(?:[,，、… ]*(?:嗯+|呃+|额(?=[,，、…])|那个(?=[,，、…]|那个)|那个啥|这个那个|怎么说呢|就是那个)[,，、… ]*)(?=[{_HAN}])"
)
_ASKING = re.compile(rf"{any_of('rag/asks')}|[几呢]|介绍|[?？]|多[大久长高远]|么$")
_WH = re.compile(r"谁|什么|啥|哪|多少|几(?!乎|何)|怎么|如何|为何|何时")
_KNOWS = re.compile(r"[吗么嘛不](?=[?？。!！]*$)")


@cache
def _plain_character(character: str) -> str:
    """Return the half-width letter or digit, or the simplified character; punctuation and case stay as they are."""
    folded = fold(character)
    if "\u3400" <= character <= "\u9fff":
        return folded
    wide = unicodedata.normalize("NFKC", character)
    return wide if len(wide) == 1 and (wide.isalnum() or wide in "%+&") else character


def simplify(text: str) -> str:
    """Return `text` in simplified characters with half-width letters and digits, as long as before."""
    return "".join(map(_plain_character, text))


def tidy(question: str) -> str:
    """Return a question on one line: cleaned, single spaces, none between Han characters, marks not repeated."""
    line = _SPACES.sub(" ", clean(question)).strip()
    pieces = [len(piece) for piece in line.split(" ")]
    pauses = len(pieces) > 1 and sum(pieces) / len(pieces) > _TYPED_APART
    line = _BESIDE_MARKS.sub("", line)
    return _REPEATED.sub(r"\1", _BETWEEN_HAN.sub("，" if pauses else "", line))


def without_fillers(question: str) -> str:
    """Return `question` without greetings, politeness and hesitation around it; whole when nothing else would stay."""
    text = question
    while True:
        shorter = _OPENING.sub("", text, count=1)
        if shorter == text or not _says_something(shorter):
            break
        text = shorter
    while True:
        shorter = _CLOSING.sub("", text, count=1)
        if shorter == text or not _says_something(shorter):
            break
        text = shorter + ("?" if text[-1] in "?？" and shorter[-1] not in "?？" else "")
    if text != question and _WH.search(text):
        text = _KNOWS.sub("", text)  # 你知道…是谁吗 asks 是谁
    return _INNER.sub("", text).strip(" ,，、")


def _says_something(text: str) -> bool:
    return len(re.sub(r"[\W_]|[吗呢啊吧呀嘛哈]", "", text)) >= 2


def sounds_asking(text: str) -> bool:
    """Whether `text` holds a word or a mark that asks."""
    return _ASKING.search(text) is not None
