"""A question that leans on what was said before → one that stands alone.

Like replaces like: a new year takes the place of the old year, a new district that of the old district. Entities come
from the last question first, then from the last answer. A question with a topic of its own is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.chinese.words import words as words_of
from rag.question.bigrams import is_ordinary
from rag.question.topics import SURNAMES, Topic, TopicKind, find_topics
from rag.question.vocabulary import CorpusWords

_TURNS = 3  # how far back a follow-up may reach
_ANSWER = 600  # characters of an answer that are looked at

_CORRECTS = re.compile(
    r"^(?:不是(?:的|这个|啦|吧)?|不对|不|错了?|搞错了?|你?(?:理解|弄|听|看)错了?|no)?[,，。.!！、 ]*(?:我(?:是)?(?:问|说|指|想问|要问|想知道|要)的?(?:其实)?(?:不是[^,，。]{1,20}[,，。]?(?:而)?)?(?:是(?!否|不是))?|我的意思是|应该是|(?:我)?说错了?[,，]?(?:是|应该是)?|打错了?[,，]?(?:是|应该是)?|更正[:：,，]?)[,，:： ]*"
    r"|^(?:不是(?:的|这个|啦|吧)?|不对|错了)[,，。.!！、 ]+(?:是)?"
    r"|^(?:我)?不是(?:在)?(?:要)?(?:问|说|指|讲)[^,，。]{1,14}[,，。 ]+(?:而)?(?:是)?(?:我)?(?:是)?(?:要|想)?(?:问|说|指)?的?(?:是)?"
)
_LEAD = re.compile(
    r"^(?:那么|那(?=[^个家些座条里位边款项种儿天年时])|还有(?=[^多哪什谁几吗没])|再问(?:一?下)?|然后|另外|至于|接着|换成|要是换成|如果是|要是|若是|同样|以及|and |what about |how about )[,，]?(?:问一?下)?"
)
_ENDS = re.compile(
    r"(?:呢|又如何|又怎么样|又怎样|怎么样|如何|的话呢?|的情况(?:呢)?|也是(?:这样)?吗|(?:又|也)?(?:是)?(?:多少|几)?(?:呢))[?？。!！~]*$"
)
_ASKS = re.compile(
    rf"{any_of('rag/asks')}|几(?!乎|何)|多[大久长高远宽重深]|(?P<either>[\u4e00-\u9fff])[不没](?P=either)|么[?？]?$"
)
_BARE = re.compile(
    r"^(?P<why>(?:这是|那是)?(?:为什么|为啥|为何|怎么会|怎么回事|什么原因|原因(?:呢|是什么)?|凭什么|why)(?:呢|呀|啊|会这样|这样|这么说)*)[?？。!！]*$"
    r"|^(?P<more>还有(?:吗|呢|没有|别的(?:吗)?|其他的?(?:吗)?|哪些|什么|谁)?|(?:还有)?(?:别的|其他的?)(?:呢|吗|有哪些)?|更多|(?:说|讲)?(?:得)?(?:详细|具体)(?:一?点|一?些|说说|讲讲|呢)?|展开(?:说说|讲讲)|继续|然后呢|接着说|举(?:个)?例(?:子|说明)?|细说|more)[?？。!！]*$"
    r"|^(?P<how>(?:是)?(?:怎么|如何|怎样)(?:做|实现|办|做到|弄|搞)(?:到)?(?:的)?(?:呢)?|(?:那)?(?:怎么|如何)(?:做|办))[?？。!！]*$"
    rf"|^(?P<wh>(?:那|又)?(?:是)?(?:{any_of('rag/bare_asks')}|哪一?年|在哪里?|是?谁)(?:的|呢|呀|啊)*)[?？。!！]*$"
    r"|^(?P<sure>(?:真的|是真的|确定|当真|准确)(?:吗|么)?)[?？。!！]*$"
)
_COUNTED = "[个家位所座条项处款种]"
_POINTS = re.compile(
    rf"(?P<other>另外?一?(?:{_COUNTED}|[篇者边方])|其(?:余|他)的?(?:那)?(?:一?{_COUNTED})?)(?P<other_noun>[\u4e00-\u9fff]{{0,4}}?)(?=呢|是|在|有|的|叫|什么|何|由|多|[?？]|$)"
    rf"|(?:前面|刚才|刚刚|上面|之前|方才)(?:你)?(?:说|提|讲|问)?(?:到|过|起)?的?(?:那|这)?{_COUNTED}?(?P<recalled>[\u4e00-\u9fff]{{2,5}}?)(?=[,，、是叫有在能要怎什的呢?？]|$)"
    rf"|(?P<former>前者|(?:第一|前一|头一){_COUNTED})(?!区|字)"
    rf"|(?P<latter>后者|(?:第二|后一|最后一){_COUNTED})(?!区|字)"
    rf"|(?P<third>第三{_COUNTED})(?!区|字)"
    rf"|(?P<named>(?:该|此|这一?[个家座条项款所处种位次场部栋片]?|那[个家座条项款所处种位次场部栋片]|上述|刚才(?:那|说的){_COUNTED}?)(?P<noun>{any_of('rag/pointed_nouns')})(?!是|的人|些))"
    r"|(?P<person>(?<!其)[他她]们?(?!人|处|山))|(?P<thing>它们?|其(?=[^他中实次余它])|这(?=是|有|在|叫|又|也|能|会|怎|为|什)|那(?=是|有什么|在哪|叫|又是|个(?=是|在|叫|什|有|怎|多)))"
    r"|(?P<place>(?:这|那)(?:里|儿|边)(?!的?(?:广|公|桥))|当地|本地|此地)"
    r"|^(?P<this>这个|那个|这|那)(?=呢|是|叫|在|有|怎|多|什|何|[?？]|$)"
)
_PAIR = re.compile(r"[、和与跟及]|以及|,")
_SPEAKS = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,3}})(?:[,，])?(?:{any_of('rag/says')}|[是任])|(?<=[是为叫由])(?P<after>[\u4e00-\u9fff]{{2,3}})(?=[,，。.;；、]|$)|{any_of('corpus/titles')}(?P<titled>[\u4e00-\u9fff]{{2,3}})(?=[,，。、介说表认透是任在坦指的：: ]|$)"
)
_MARKS = re.compile(r"\[\d+\]|【\d+】|\*+|[#>`_]|…|没有提到「[^」]*」")  # and a refusal's own words for what was asked


@dataclass(frozen=True, slots=True)
class Resolved:
    """The question as it stands alone; `changed` when the history had a part in it."""

    question: str
    changed: bool


@dataclass(frozen=True, slots=True)
class _Turn:
    question: str
    answer: str
    topics: tuple[Topic, ...]
    said: str  # everything that was said so far


def changes_topic(question: str) -> bool:
    """Whether somebody says that what follows has nothing to do with what was said: 换个问题，…"""
    return _CHANGES.match(question) is not None


_CHANGES = re.compile(
    r"^(?:那|好的?|嗯|ok|行)?[,， ]*(?:我)?(?:们)?(?:换|转|另(?!一)|再)(?:一?个|一?下)?(?:别的)?(?:问题|话题)|^(?:我)?(?:想)?(?:另外|顺便)(?:再)?问(?:一?下|一?个|个)|^不(?:说|聊|问)这个了"
)


def resolve(question: str, history: Sequence[tuple[str, str]], words: CorpusWords) -> Resolved:
    """Return what `question` asks after `history` (standalone user questions and answers, oldest first)."""
    if not history:
        return Resolved(
            _LEAD.sub("", question) if _LEAD.match(question) and _ASKS.search(question) else question, False
        )
    asked, answered = history[-1]
    said = "\n".join(text[:_ANSWER] for turn in reversed(history[-_TURNS:]) for text in turn)
    turn = _Turn(asked, _MARKS.sub("", answered)[:_ANSWER], find_topics(asked, words), _MARKS.sub("", said))
    resolved = _resolve(question, turn, words)
    return Resolved(resolved, resolved != question)


def _resolve(question: str, turn: _Turn, words: CorpusWords) -> str:
    corrected = _CORRECTS.sub("", question) if _CORRECTS.match(question) else ""
    if len(re.sub(r"\W", "", corrected)) >= 2:
        if _ASKS.search(corrected):
            return _resolve_asking(corrected, turn, words)
        return _replace(corrected, turn, words)
    bare = _BARE.match(fold(question))
    if bare:
        return _bare(bare, question, turn)
    stripped = _LEAD.sub("", question)
    core = _ENDS.sub("", stripped)
    led = stripped != question
    if core and not _ASKS.search(core) and (core != stripped or led or _is_fragment(core, words)):
        pointed = _point(core, turn, words)
        if pointed == core and _POINTS.match(core):
            return f"{core}是{_asked_with(core)}？"
        return _replace(pointed, turn, words)
    return _resolve_asking(stripped if led else question, turn, words)


def _is_fragment(text: str, words: CorpusWords) -> bool:
    """Whether `text` asks nothing and names one thing: 经开区？ or 2028年"""
    bare = text.strip("?？。!！ ")
    found = find_topics(bare, words)
    return len(bare) <= 14 and len(found) == 1 and len(found[0].text) >= len(bare) - 1


def _resolve_asking(question: str, turn: _Turn, words: CorpusWords) -> str:
    pointed = _point(question, turn, words)
    if pointed != question:
        return pointed
    own = find_topics(question, words)
    if any(is_name(topic, words) for topic in own) or _POINTS.search(question):
        return question
    entity = _entity(turn, words)
    if not entity or entity in question:
        return question
    if _PARTIAL.match(question):
        what = [t.text for t in turn.topics if t.kind is TopicKind.MEASURE and t.text not in entity][:1]
        when = [t.text for t in turn.topics if t.kind is TopicKind.TIME][:1]
        return "".join([*when, entity, *what]) + question
    times = [topic.text for topic in turn.topics if topic.kind is TopicKind.TIME]
    has_time = any(topic.kind is TopicKind.TIME for topic in own)
    time = times[0] if times and not has_time and any(t.kind is TopicKind.MEASURE for t in own) else ""
    return f"{entity}{time}{_glue(question)}{question}"


_PARTIAL = re.compile(rf"^{any_of('rag/partial')}(?!大|长|远|高|久)")


def _glue(question: str) -> str:
    return (
        ""
        if re.match(
            rf"^(?:{any_of('rag/glue')}|\d)",
            question,
        )
        else "的"
    )


def is_name(topic: Topic, words: CorpusWords) -> bool:
    """Whether a topic names one thing rather than a class of things or an ordinary word."""
    text = fold(topic.text)
    if topic.kind is TopicKind.TIME or (topic.kind is TopicKind.MEASURE and len(text) <= 8 and not _has_place(text)):
        return False
    if topic.kind in (TopicKind.WORK, TopicKind.PERSON):
        return True
    if re.search(r"[a-z]{2}|[a-z]\d", text):
        return text not in ("gdp", "ai", "app", "vr", "r&d")
    if _GENERIC.fullmatch(text):
        return False
    if _WELL_KNOWN.fullmatch(text):
        return True
    if topic.kind is TopicKind.OTHER:
        return words.count(text) > (1 if len(text) == 2 else 0) and not is_ordinary(text)
    return True


_WELL_KNOWN = re.compile(f"(?:{any_of('rag/lands')}|{any_of('rag/cities')})(?:市|省)?")


def _has_place(text: str) -> bool:
    return re.match(r"[\u4e00-\u9fff]{2}(?:区|市|县|镇|省)", text) is not None


_CLASSES = any_of("rag/classes")
_VERBS = any_of("rag/generic_verbs")
_GENERIC = re.compile(
    rf"(?:(?:{any_of('rag/generic_starts')}|国家级?)?(?:{_CLASSES}|{_VERBS})){{1,3}}|[一二三四五六七八九十两几\d]+[\u4e00-\u9fff]{{1,2}}|.{{0,1}}"
)


def _entity(turn: _Turn, words: CorpusWords) -> str:
    """Return the thing that the last question was about; what its answer named, when it asked for that."""
    names = [topic for topic in turn.topics if is_name(topic, words)]
    if _IDENTITY.search(turn.question):
        named = _answered(turn, words, None)
        if named and named not in turn.question and (not names or _NAMING.search(turn.question)):
            return named
    if names:
        return _main(names).text
    things = "".join(topic.text for topic in turn.topics if topic.kind is TopicKind.OTHER)
    return things[:16] if len(things) > 2 else _answered(turn, words, None)


_IDENTITY = re.compile(
    rf"^(?:是)?谁|哪(?:一?[个家所座条位款种项])|叫什么|叫啥|(?:是|有)(?:什么|啥){any_of('rag/identity_nouns')}|另"
)

_NAMING = re.compile(r"叫什么|叫啥|^哪|^谁|是哪|(?:是|有)(?:什么|啥)|另")


def _main(names: Sequence[Topic]) -> Topic:
    """Return the most telling of several names: 临平新城 + 城市合伙人 → the one in quotation marks or the last place."""
    quoted = [name for name in names if name.kind is TopicKind.WORK]
    if quoted:
        return quoted[0]
    firm = [name for name in names if name.kind in (TopicKind.PERSON, TopicKind.ORGANISATION, TopicKind.PLACE)]
    return (firm or list(names))[0]


def _answered(turn: _Turn, words: CorpusWords, kind: TopicKind | None) -> str:
    """Return the first thing of a kind that the last answer names."""
    first = turn.answer[:200]
    if kind is TopicKind.PERSON:
        return _person(turn.answer)
    asked = fold(turn.question)
    if kind is None and re.search("谁|哪一?位|叫什么名字", asked) and (person := _person(turn.answer)):
        return person
    ending = re.search(
        r"(?:哪|另外?)一?[个家所座条位款种项]?(?P<noun>[\u4e00-\u9fff]{0,4}?)(?:的|是|有|在|呢|拿|把|转|被|[?？]|$)",
        asked,
    )
    if kind is None and ending and ending.group("noun"):
        same = [
            t.text for t in find_topics(first, words) if t.text.endswith(ending.group("noun")) and t.text not in asked
        ]
        if same:
            return same[0]
    quoted = re.search(r"[“《「]([^”》」]{2,20})[”》」]", first)
    firm = (TopicKind.PLACE, TopicKind.ORGANISATION, TopicKind.WORK, TopicKind.PERSON) if kind is None else (kind,)
    found = [topic for topic in find_topics(first, words) if topic.kind in firm and is_name(topic, words)]
    if kind is None and quoted and quoted.group(1) not in asked:
        return quoted.group(1)
    fresh = [topic for topic in found if topic.text not in asked]
    return (fresh or found)[0].text if found else ""


def _person(text: str) -> str:
    alone = re.fullmatch(r"\s*([\u4e00-\u9fff]{2,4})[。.]?\s*", text[:8].split("\n")[0])
    if alone and alone.group(1)[0] in SURNAMES:
        return alone.group(1)
    for found in _SPEAKS.finditer(text):
        name = found.group("titled") or found.group("after") or found.group("name")
        for length in (3, 2):
            part = name[-length:] if found.group("name") else name[:length]
            if len(part) == length and part[0] in SURNAMES:
                return part
    return ""


def _point(question: str, turn: _Turn, words: CorpusWords) -> str:
    """Return `question` with what points back replaced by what it points at."""
    found = _POINTS.search(question)
    if not found:
        return question
    group = found.lastgroup or ""
    kind = next(
        (
            name
            for name in ("other", "recalled", "former", "latter", "third", "named", "person", "thing", "place", "this")
            if found.group(name)
        ),
        group,
    )
    target = ""
    if kind in ("other", "former", "latter", "third"):
        target = _one_of(kind, turn, words, found.group("other_noun") or "")
    elif kind == "recalled":
        target = _said_before(found.group("recalled"), turn)
    elif kind == "person":
        names = [topic.text for topic in turn.topics if topic.kind is TopicKind.PERSON]
        target = names[0] if names else _person(turn.answer)
        if found.group().endswith("们"):
            firm = _first_of(turn, words, (TopicKind.ORGANISATION,))
            target = firm or _answered(turn, words, TopicKind.ORGANISATION) or target
    elif kind == "place":
        target = _first_of(turn, words, (TopicKind.PLACE, TopicKind.ORGANISATION)) or _entity(turn, words)
    elif kind == "named":
        noun = found.group("noun")
        if question[found.end() : found.end() + 1] in ("“", "《", '"'):
            return question
        target = _called(noun, turn, words)
        if not target:
            return question
    else:
        target = _entity(turn, words)
    if not target or target in question:
        return question
    after = question[found.end() :]
    glue = "的" if kind == "thing" and found.group() == "其" and not after.startswith("的") else ""
    return question[: found.start()] + target + glue + after


def _called(noun: str, turn: _Turn, words: CorpusWords) -> str:
    """Return what 该公司, 这座桥, 那位专家 stands for: the same ending first, then the same kind, then the topic."""
    if noun == "人" or noun in _PEOPLE:
        people = [topic.text for topic in turn.topics if topic.kind is TopicKind.PERSON]
        person = people[0] if people else _person(turn.answer)
        if person:
            return person
    names = [topic for topic in turn.topics if is_name(topic, words)]
    if re.search("^(?:是)?谁|哪(?:一?[家个所]|些)", turn.question) and noun in _FIRMS:
        answered = _answered(turn, words, TopicKind.ORGANISATION)
        if answered:
            return answered
    same = [topic.text for topic in names if topic.text.endswith(noun)]
    if same:
        return same[0]
    wanted = TopicKind.ORGANISATION if noun in _FIRMS else None
    if wanted:
        firms = [topic.text for topic in names if topic.kind is wanted]
        if firms or names:
            return firms[0] if firms else names[0].text
        answered = _answered(turn, words, wanted)
        if answered:
            return answered
    if re.search("谁|哪|什么|啥", turn.question):  # the last answer named it
        ending = [t.text for t in find_topics(turn.answer[:200], words) if t.text.endswith(noun) and t.text != noun]
        quoted = re.search(r"[“《「]([^”》」]{2,20})[”》」]", turn.answer[:200])
        if ending or quoted:
            return ending[0] if ending else quoted.group(1) if quoted else ""
    return _entity(turn, words)


_PEOPLE = frozenset(words_of("rag/people"))
_FIRMS = frozenset(["公司", "企业", "集团", "单位", "机构", "大学", "学校", "医院", "研究院", "院校", "高校"])


def _said_before(noun: str, turn: _Turn) -> str:
    """Return the longest term of the conversation, latest turn first, that ends with `noun`."""
    whole = re.compile(rf"[^\W的了和与及是有在将把被为能可使\d]{{0,6}}{re.escape(noun)}")
    for line in turn.said.split("\n"):
        found = [match.group() for match in whole.finditer(line) if match.group() != noun]
        if found:
            return max(found, key=len)
    return ""


def _first_of(turn: _Turn, words: CorpusWords, kinds: tuple[TopicKind, ...]) -> str:
    return next((topic.text for topic in turn.topics if topic.kind in kinds and is_name(topic, words)), "")


def _one_of(which: str, turn: _Turn, words: CorpusWords, noun: str = "") -> str:
    """Return the former, the latter, or the one that the last question did not name."""
    asked = [topic.text for topic in turn.topics if is_name(topic, words)]
    items = _listed(turn.question, words) or _listed(turn.answer, words)
    if which == "other":
        items = _listed(turn.answer, words) if not any(item in turn.question for item in items) else items
        rest = [item for item in items if item not in asked and not any(item in name or name in item for name in asked)]
        rest = [item for item in rest if item.endswith(noun)]
        if rest:
            return rest[0]
        endings = [t.text for t in turn.topics if noun and t.text.endswith(noun) and is_name(t, words)]
        return words.sibling(endings[0], noun) if endings else ""
    at = {"former": 0, "latter": -1, "third": 2}[which]
    if which == "latter" and len(items) > 2:
        at = 1
    return items[at] if len(items) > (at if at >= 0 else 1) else ""


def _listed(text: str, words: CorpusWords) -> list[str]:
    """Return the things that stand side by side in `text`: A和B, A、B、C."""
    found = [topic for topic in find_topics(text, words) if is_name(topic, words)]
    best: list[str] = []
    run: list[str] = []
    for at, topic in enumerate(found):
        gap = text[found[at - 1].end : topic.start].strip('”“"《》 ') if at else "x"
        if at and _PAIR.fullmatch(gap):
            run = run or [found[at - 1].text]
            run.append(topic.text)
        else:
            run = []
        if len(run) > len(best):
            best = list(run)
    return best


def _bare(bare: re.Match[str], question: str, turn: _Turn) -> str:
    asked = turn.question.rstrip("?？。!！ ")
    if bare.group("why"):
        statement = _ASKS_WHOLE.sub("", asked)
        statement = re.sub(r"(?:是|有|在|为|达|的|到)+$", "", re.sub(r"[呢吗呀啊]+$", "", statement)) or asked
        return f"为什么{statement}？"
    if bare.group("how"):
        statement = re.sub(r"(?:是|有|在|为|达|的|到)+$", "", _ASKS_WHOLE.sub("", asked)) or asked
        return f"{statement}是如何做到的？"
    if bare.group("wh"):
        entity = "".join(topic.text for topic in turn.topics if topic.kind is not TopicKind.TIME)
        return f"{entity}{question.lstrip('那又')}" if entity else f"{asked}，{question}"
    return f"{asked}？" if asked else question


_ASKS_WHOLE = re.compile(
    rf"(?:是|在|有|为|达|到)?(?:{any_of('rag/whole_asks')}|多少[个家名位亿万元项条座处种次年天台部公里平方米亩户间所倍%]*|哪一?[个年家位天些里儿]|几[个家名位项条座处种次年天月]|在哪里?)(?:的)?"
)


def _replace(fragment: str, turn: _Turn, words: CorpusWords) -> str:
    """Return the last question with `fragment` in the place of what it replaces there."""
    core = fragment.strip("?？。!！,， ")
    new = find_topics(core, words)
    if not new:
        return f"{core}，{turn.question}" if len(core) > 1 else turn.question
    asked = turn.question
    kinds = {topic.kind for topic in new}
    for topic in reversed(new):
        old = _counterpart(topic, turn.topics, words, kinds)
        if old is not None:
            asked = asked.replace(old.text, topic.text, 1) if old.text in asked else asked
        elif (whole := _recombined(topic, turn.topics, words)) is not None:
            asked = asked.replace(whole[0].text, whole[1], 1)
        elif topic.kind is TopicKind.MEASURE:
            asked = _asking_about(topic.text, turn, words)
        elif topic.kind is TopicKind.TIME:
            asked = topic.text + asked
        else:
            asked = f"{topic.text}{asked}"
    return asked


def _recombined(new: Topic, old: Sequence[Topic], words: CorpusWords) -> tuple[Topic, str] | None:
    """Return an old term and what it becomes with `new` as its first part: 工业增加值 + 农业 → 农业增加值."""
    if new.kind is TopicKind.TIME:
        return None
    for topic in reversed(old):
        for at in range(1, len(topic.text) - 1):
            whole = new.text + topic.text[at:]
            if topic.kind is not TopicKind.TIME and new.text not in topic.text and words.count(fold(whole)) > 0:
                return topic, whole
    return None


def _counterpart(new: Topic, old: Sequence[Topic], words: CorpusWords, kinds: set[TopicKind]) -> Topic | None:
    """Return the topic of the last question that `new` takes the place of."""
    same = [topic for topic in old if topic.kind is new.kind and topic.text != new.text]
    if new.kind is TopicKind.MEASURE and _RELATIVE.match(new.text):
        return None
    if new.kind in (TopicKind.TIME, TopicKind.MEASURE):
        return same[-1] if same else None
    if not is_name(new, words) and _recombined(new, old, words) is not None:
        return None
    if not is_name(new, words):
        generic = [t for t in old if not is_name(t, words) and t.kind not in (TopicKind.TIME, TopicKind.MEASURE)]
        return generic[-1] if generic else None
    named = [topic for topic in same if is_name(topic, words) or re.fullmatch("[全本][国省市区县]", topic.text)]
    ending = [topic for topic in named if topic.text[-1] == new.text[-1]]
    if ending or named:
        return (ending or named)[0]
    others = [t for t in old if is_name(t, words) and t.kind not in (TopicKind.TIME, TopicKind.MEASURE)]
    return others[0] if others else None


_RELATIVE = re.compile("^(?:增速|增幅|增长率|增长|同比(?:增长|增速|增幅)?|占比|比重|比例|占全[区市国省]比重?)$")


def _asking_about(measure: str, turn: _Turn, words: CorpusWords) -> str:
    """Return a question for another attribute of what was asked about."""
    entity = _entity(turn, words) or "".join(t.text for t in turn.topics if t.kind is TopicKind.OTHER)
    time = next((topic.text for topic in turn.topics if topic.kind is TopicKind.TIME), "")
    if _RELATIVE.match(measure):
        entity += "".join(t.text for t in turn.topics if t.kind is TopicKind.MEASURE and t.text not in entity)
    return f"{time}{entity}的{measure}是{_asked_with(measure)}？"


def _asked_with(measure: str) -> str:
    if re.search("地址|位置", measure):
        return "哪里"
    if re.search("时间|日期|年份", measure):
        return "什么时候"
    if _WHO.search(measure):
        return "谁"
    return "什么" if _WHAT.search(measure) else "多少"


_WHO = re.compile(f"{any_of('rag/people')}|{any_of('rag/posts')}|设计师")
_WHAT = re.compile(any_of("rag/what_measures"))
