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
_SIDE_BY_SIDE = re.compile(
    "(?:各|这?[几两三]|不同的?|多)篇(?:文章|报道|稿子|新闻)?(?:里|中)?(?:都|各|分别|对|的|关于)?|(?:不同的?|[几两多各]次|各个?|历次|前后)(?:的)?(?:报道|文章|媒体)(?:里|中)?(?:都|各|分别|对|的)?"
    "|有的说.{1,14}有的说.{1,14}|(?:表述|说法|写法|口径)(?:上)?(?:有没有|有无|有什么|是否有?)?(?:出入|不同|差别|区别|矛盾|不一致|一致|统一)?(?:吗)?"
    "|(?:各|都)?(?:是)?怎么(?:说|写|讲|提到?|描述|表述|评价)的?|怎么回事|(?:提到的?)?都?列出来|都?提到(?:过|了)?什么"
)
_TIMES = "(?:19|20)[0-9]{2}年(?:初|底|末|[0-9]{1,2}月|上半年|下半年)?(?:的?(?:报道|文章))?"
_OF_TIMES = re.compile(f"{_TIMES}(?:和|与|跟|、|到){_TIMES}(?:的?(?:报道|文章))?(?:里|中)?(?:的)?")
_SIDES = re.compile("篇|报道|文章|媒体|有的说|表述|说法|写法|口径")


@dataclass(frozen=True, slots=True)
class Part:
    """One question of several; `name` is what tells it from the others, or empty."""

    question: str
    name: str = ""


def parts_of(question: str) -> tuple[Part, ...]:
    """Return the single questions in `question`, in its order; none when it asks one thing."""
    text = re.sub(r"\([^()]{1,8}\)", "", fold(question).strip().rstrip("?. "))
    each = _EACH.match(text)
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
_SAID = re.compile("有的说(?P<a>[^,]{1,12}?)[,]?有的说(?P<b>[^,?]{1,12})")


def alternatives(question: str) -> tuple[str, str] | None:
    """Return the two things between which `question` asks to choose; None when it does not."""
    text = fold(question).strip().rstrip("?. ")
    found = _SAID.search(text) or _OR.search(text)
    if found is None:
        return None
    return tuple(re.sub('^["]|["]$|(?:呢|啊|呀)$', "", found[name]) for name in "ab")  # type: ignore[return-value]
