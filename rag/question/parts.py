"""Questions that ask several things: the single questions in them, each of which can be searched alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.chinese.text import fold
from corpus.chinese.words import any_of

_ASKS = re.compile(f"{any_of('rag/asks')}|几(?!乎|何|经)|何[时地处人]|多[大久长高远宽]")
_AND = "(?:和|与|跟|、|以及|还有)"
_EACH = re.compile(
    rf"^(?P<a>[^,、?]{{2,30}}?){_AND}(?P<b>[^,、]{{2,20}}?)(?:这两[个者家项])?(?:各自|分别|各(?![篇次个地]))(?:的|又)?(?P<rest>[^,?]{{2,40}})$"
)
# «…，全区和园区各是多少»: what is asked of both stands before them.
_TOPIC_FIRST = re.compile("^(?P<topic>[^,?]{4,40}),(?P<rest>[^,?]+)$")
_ONLY_ASKS = re.compile("(?:是|有|为|达到?)?(?:多少|几何|什么|啥|怎样|如何)")
_ALIKE = re.compile(
    rf"^(?P<a>[^,、?]{{2,30}}?){_AND}(?P<b>[^,、?]{{2,20}}的[^,、?]{{2,12}}?)(?:是不是|是否|是)?"
    "(?:一样|相同|一致|一回事|同一[个批种]|有(?:什么|何|哪些)(?:不同|区别|差别|差异))的?(?:吗|么|不|呢)?$"
)
# What is asked of a thing: it is not asked again of the next one.
_OF_WHICH = re.compile(
    f"的?(?:{any_of('rag/of_which')}|(?:占地|建筑|规划|总)?面积|(?:常住|户籍|总)?人口|(?:总)?投资额?|(?:总)?产值)+$"
)
_OF_BOTH = re.compile("(?P<b>[^,、]{2,}?)的(?P<what>[^的,、]{1,8})$")
_RATE = re.compile("^(?:其)?(?:同比)?(?:增速|增幅|增长率|增长|占比|比重)$")
_JOINT = re.compile("(?:[,;?!]|(?<![0-9])[.](?![0-9]))+ *(?:又|还|并且?|以及|那么?|同时|另外|而且)?")
_LEADS = re.compile("^(?:又|还|并且?|以及|那么?|同时|另外|而且|其中)")
_MOST = 4  # questions in one
_TIME = re.compile("(?:19|20)[0-9]{2}年(?:上半年|下半年|底)?|今年|去年|上半年")

# Words that ask for the articles to be laid side by side, not for one of them.
_DIFFERENCE = "(?:出入|不同|差别|区别|矛盾|不一致|一致|统一)"
_SIDE_BY_SIDE = re.compile(
    f"(?:报道|文章|媒体)之间(?:的)?(?:说法|数字|数据)?(?:有没有|有无|是否有?)?{_DIFFERENCE}?(?:吗)?|(?:说|写|讲)的?(?:都|是否|是不是)?(?:一样|相同|一致)(?:吗|么)?"
    "|(?:各|这?[几两三]|不同的?|多)篇(?:文章|报道|稿子|新闻)?(?:里|中)?(?:都|各|分别|对|的|关于)?|(?:不同的?|[几两多各]次|各个?|历次|前后)(?:的)?(?:报道|文章|媒体)(?:里|中)?(?:都|各|分别|对|的)?"
    "|有的?说.{1,14}有的?说.{1,14}"
    f"|(?:表述|说法|写法|口径)(?:上)?(?:有没有|有无|有什么|是否有?)?{_DIFFERENCE}?(?:吗)?"
    "|(?:说|写|讲)的(?:都|各|分别)?是(?:什么|啥)|(?:各|都)?(?:是)?怎么(?:说|写|讲|提到?|描述|表述|评价)的?|怎么回事|(?:提到的?)?都?列出来|都?提到(?:过|了)?什么"
)
_TIMES = "(?:19|20)[0-9]{2}年(?:初|底|末|[0-9]{1,2}月|上半年|下半年)?(?:的?(?:报道|文章))?"
_OF_TIMES = re.compile(f"{_TIMES}(?:和|与|跟|、|到){_TIMES}(?:的?(?:报道|文章))?(?:里|中)?(?:的)?")
_SIDES = re.compile("篇|报道|文章|媒体|有的?说(?!明|法)|表述|说法|写法|口径")


@dataclass(frozen=True, slots=True)
class Part:
    """One question of several; `name` is what tells it from the others, or empty."""

    question: str
    name: str = ""


def parts_of(question: str) -> tuple[Part, ...]:
    """Return the single questions in `question`, in its order; none when it asks one thing."""
    text = re.sub(r"\([^()]{1,8}\)", "", fold(question).strip().rstrip("?. "))
    before = _TOPIC_FIRST.match(text)
    topic = before["topic"] if before and not _ASKS.search(before["topic"]) else ""
    if alike := _likened(before["rest"] if before and topic else text):
        return alike
    each = _EACH.match(before["rest"] if before and topic else text)
    if each and topic:
        return tuple(Part(_put_of(each[side], topic, each["rest"]), each[side]) for side in "ab")
    if each:
        a, b, rest = each["a"], each["b"], each["rest"]
        if of_both := _OF_BOTH.match(b):
            b, rest = of_both["b"], of_both["what"] + rest
        if not _RATE.match(b):
            rest = rest if _ASKS.search(rest) else rest + "是什么"
            time = _TIME.search(a)
            b = b if not time or _TIME.search(b) else time.group() + b
            return Part(f"{a}{_joined(rest)}", a), Part(f"{b}{_joined(rest)}", b)
    clauses = [clause for clause in _JOINT.split(text) if clause]
    asking = [clause for clause in clauses if _ASKS.search(clause)]
    told = next(
        (at for at, clause in enumerate(clauses) if clause in asking), 0
    )  # what is said before anything is asked
    if not 2 <= len(asking) <= _MOST or len(asking) != len(clauses) - told:
        return ()
    subject = _subject(asking[0])
    made = [Part(",".join([*clauses[:told], asking[0]]))]
    for clause in asking[1:]:
        clause = _LEADS.sub("", clause)
        made.append(Part(clause if _names_something(clause) else subject + clause))
    return tuple(made)


def _put_of(name: str, topic: str, rest: str) -> str:
    """Return what a topic that stands before two sides asks of one of them: 比重,全区 … 各是多少 is 全区比重是多少."""
    return f"{name}{topic}{rest}" if _ONLY_ASKS.fullmatch(rest) else f"{topic},{name}{rest}"


def _likened(text: str) -> tuple[Part, ...]:
    """Return either side of «甲的集群和乙的产业一样吗»: whether two things are alike, who is told both can see."""
    found = _ALIKE.match(text)
    if found is None or _SIDES.search(text):
        return ()
    a, b = found["a"], found["b"]
    if "的" not in a:
        a += "的" + b.rsplit("的", 1)[1]
    return Part(f"{a}是什么", a), Part(f"{b}是什么", b)


def _joined(rest: str) -> str:
    return rest if re.match("是|有|为|在|叫|达|属|位于|由|的|多少|几", rest) else "的" + rest


def _subject(clause: str) -> str:
    """Return what stands before the word that asks, without the verb that leads to it."""
    found = _ASKS.search(clause)
    before = clause[: found.start()] if found else clause
    before = re.sub(f"(?:{any_of('rag/subject_ends')}|达到?)+$", "", before)
    named = _OF_WHICH.sub("", before)
    return named if len(named) > 1 else before


def _names_something(clause: str) -> bool:
    """Whether a later clause brings its own subject: words enough before the word that asks."""
    found = _ASKS.search(clause)
    return found is not None and found.start() >= 6


def side_by_side(question: str) -> str:
    """Return what the articles are to be compared on, when `question` asks for that; else an empty string."""
    text = fold(question).strip().rstrip("?. ")
    if not _SIDES.search(text) or not _SIDE_BY_SIDE.search(text):
        return ""
    text = _OF_TIMES.sub("不同报道", text)
    rest = _SIDE_BY_SIDE.sub(" ", text.split("?")[0] if _ASKS.search(text.split("?")[0]) else text)
    rest = re.sub("[,;]| 的 ?$", " ", rest).strip()
    rest = re.sub("的(?= |$)", "", rest)
    return re.sub(" +", "", rest)


_OR = re.compile(
    "(?:到底|究竟)?(?:是|叫|为|该写成?|写作|应为|用)(?P<a>[^,是叫还]{2,14}?)[,]?还是(?:叫|写作)?(?P<b>[^,?]{2,14})"
)
_SAID = re.compile("有的?说(?!明|法)(?P<a>[^,]{1,12}?)[,]?有的?说(?P<b>[^,?]{1,12})")


def alternatives(question: str) -> tuple[str, str] | None:
    """Return the two things between which `question` asks to choose; None when it does not."""
    text = fold(question).strip().rstrip("?. ")
    found = _SAID.search(text) or _OR.search(text)
    if found is None:
        return None
    return tuple(re.sub('^["]|["]$|(?:呢|啊|呀)$', "", found[name]) for name in "ab")  # type: ignore[return-value]


def frame(question: str) -> str:
    """Return `question` without the two things between which it asks to choose: 三江口的 of «三江口的是甲区还是甲区新城»."""
    text = fold(question).strip().rstrip("?. ")
    found = _SAID.search(text) or _OR.search(text)
    return f"{text[: found.start()]}{text[found.end() :]}" if found else text


_FULL_NAME = re.compile("的?(?:(?:正式|完整|规范)的?(?:名称|名字)|全名|全称)")


def named_in_full(question: str) -> str:
    """Return the thing whose full name `question` asks for; an empty string when it asks for none."""
    text = side_by_side(question) or fold(question)
    found = _FULL_NAME.search(text)
    return re.sub("^(?:请问|那个|这个)+", "", text[: found.start()]) if found else ""


_BY_ITSELF = "(?:报道|文章)?正文|记者(?:的报道)?"
_BY_EXPERT = "专家(?:的?(?:点评|评论|解读|观点))?|点评|评论"
_VOICES = re.compile(f"(?:{_BY_ITSELF}){_AND}(?:{_BY_EXPERT})|(?:{_BY_EXPERT}){_AND}(?:{_BY_ITSELF})")
_SAY = re.compile(
    "(?:里|中|部分)?(?:各自?|分别|都|对|关于)*(?:(?:说|写|讲|提到?)(?:到|了)?的?)?(?:各自?|分别|都)?(?:是|有)?(?:哪些|什么|啥|怎么(?:说|看|写)的?|(?:一样|一致)吗)?$"
)


def of_two_voices(question: str) -> str:
    """Return on what `question` asks what an article says itself and what its expert says; else an empty string."""
    text = fold(question).strip().rstrip("?. ")
    if not _VOICES.search(text):
        return ""
    return re.sub("^(?:对于?|关于)|[, ]+$", "", re.sub("[, ]+", " ", _SAY.sub("", _VOICES.sub(" ", text))).strip())
