"""Twelve ways in which the same question reaches us: typed wrong, in another script, spoken, turned round.

Each is a function of a question and a seeded source of chance; the same seed gives the same text. Figures survive all of
them. A transform returns the question unchanged where it has nothing to change; `variants` then leaves the base out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any

from evals.cases import EvalCase

SEED = 20261122
BASES = 25
_NUMERALS = "0-9０-９零〇一二三四五六七八九十百千万亿两"
_HAN = re.compile("[\u4e00-\u9fff]")
_ASKING = "什么哪谁几多少吗呢怎如何为啥是有的了和与在不没年月日"
_STOP = re.compile(r"[？?。！!，,；;、：:“”\"《》\s]+")


def polite(question: str, chance: Random) -> str:
    """Wrap the question in courtesies."""
    before = chance.choice(["您好，请问", "麻烦问下，", "我想了解，", "想咨询下："])
    return before + question.rstrip("？?。") + chance.choice(["？谢谢", "？谢谢您", "，能告诉我吗？"])


_SYNONYMS = (
    ("什么时候", "何时"),
    ("多少家", "几家"),
    ("多少位", "几位"),
    ("多少个", "几个"),
    ("为什么", "为何"),
    ("有哪些", "都有哪几个"),
    ("哪些", "哪几个"),
    ("是什么", "是啥"),
    ("叫什么", "名称是什么"),
    ("什么", "啥"),
    ("哪里", "什么地方"),
    ("如何", "怎样"),
    ("谁", "哪位"),
    ("有多大", "有多么大"),
    ("一共有多少", "总共有多少"),
    ("有多少", "总共有多少"),
    ("几月", "哪个月"),
    ("哪年", "什么年份"),
    ("哪家", "哪个"),
    ("企业", "公司"),
    ("怎么", "怎样"),
    ("多少", "几多"),
    ("哪个", "哪里的"),
)


def synonyms(question: str, _: Random) -> str:
    """Say the question words, and a common noun, with other words."""
    for old, new in _SYNONYMS:
        if old in question:
            return question.replace(old, new, 1)
    return question


def homophone(question: str, chance: Random) -> str:
    """Put another character of the same sound for one character, as an input method does."""
    sounds = _homophones()
    spots = [at for at in _words(question) if len(sounds.get(_sound(question[at]), "")) > 1]
    if not spots:
        return question
    at = chance.choice(spots)
    others = [one for one in sounds[_sound(question[at])] if one != question[at]]
    return question[:at] + chance.choice(others) + question[at + 1 :]


def dropped(question: str, chance: Random) -> str:
    """Leave out one character."""
    spots = _words(question)
    if len(spots) < 4:
        return question
    at = chance.choice(spots)
    return question[:at] + question[at + 1 :]


def traditional(question: str, _: Random) -> str:
    """Write in traditional characters."""
    return _opencc().convert(question)  # type: ignore[no-any-return]


_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def full_width(question: str, chance: Random) -> str:
    """Give Latin letters and digits full width, and slip in an ideographic space and an invisible one."""
    at = chance.choice(_words(question) or [0])
    wide = question.translate(_WIDE)
    return f"\u3000{wide[:at]}\u200b{wide[at:]}\u3000"


def pinyin(question: str, _: Random) -> str:
    """Write the question in pinyin without tones; figures stay."""
    parts = re.split(f"([{_NUMERALS}]+)", _STOP.sub(" ", question))
    return re.sub(" +", " ", " ".join(part if i % 2 else _spelled(part) for i, part in enumerate(parts))).strip()


def half_pinyin(question: str, chance: Random) -> str:
    """Write two neighbouring characters in pinyin."""
    spots = [at for at in _words(question) if at + 1 in _words(question)]
    if not spots:
        return question
    at = chance.choice(spots)
    return question[:at] + _spelled(question[at : at + 2]).replace(" ", "") + question[at + 2 :]


_ENGLISH = {
    "企业": "company",
    "公司": "company",
    "项目": "project",
    "面积": "size",
    "投资": "investment",
    "人才": "talent",
    "目标": "target",
    "产业": "industry",
    "产值": "output",
    "工厂": "factory",
    "公园": "park",
    "学校": "school",
    "医院": "hospital",
    "城市": "city",
    "小镇": "town",
    "设计": "design",
    "负责人": "leader",
    "文化": "culture",
    "建设": "construction",
    "地铁": "metro",
    "高铁": "high-speed rail",
    "电池": "battery",
    "机器人": "robot",
    "博物馆": "museum",
    "街道": "street",
    "技术": "technology",
    "发展": "development",
    "研究院": "institute",
    "中心": "center",
    "时间": "time",
    "老师": "teacher",
}


def english_words(question: str, _: Random) -> str:
    """Mix English in: the first noun that is in the table."""
    places = [(question.find(word), word) for word in _ENGLISH if word in question]
    return question.replace(min(places)[1], f" {_ENGLISH[min(places)[1]]} ", 1) if places else question


def spoken(question: str, chance: Random) -> str:
    """As a phone writes down what it hears: fillers, no marks."""
    bare = _STOP.sub("", question)
    start = chance.choice(["那个我想问下就是", "诶问下啊", "就是说那个"])
    return f"{start}{bare}{chance.choice(['啊', '呢', '来着', '呀'])}"


_TURN = re.compile(
    "^(?P<about>[^“《，：]{0,8}?(?:[“《][^”》]{1,14}[”》])?[^“《，：什哪谁几多吗怎为如]{0,10}?(?<=..))(?P<rest>(?:一共有|总共有|有(?!限)|是|叫|由"
    "|预计|获得|占地|位于|打算|计划(?=在|到|何)|要(?=[建打在做把])).{0,24}(?:什么|哪|谁|几|多少|多大|怎|为何|如何).{0,20})$"
)


def turned(question: str, _: Random) -> str:
    """Say what is asked first and what it is about last: 有多少家企业啊，算力小镇？"""
    found = _TURN.match(question.rstrip("？?。"))
    return f"{found['rest']}啊，{found['about']}？" if found else question


_NAMES = (
    ("临平经济技术开发区", "临平经开区"),
    ("临平经开区", "杭州临平经济技术开发区"),
    ("经开区", "经济技术开发区"),
    ("临平区(?!委)", "临平"),
    ("临平数智城", "数智城"),
    ("数智城", "临平数智城"),
    ("临平(?!新城|造|山|北|南|区|万|银|经)", "杭州市临平区"),
    ("算力小镇", "临平算力小镇"),
    ("艺尚小镇", "临平艺尚小镇"),
)


def names(question: str, _: Random) -> str:
    """Use the short name for the full one or the full one for the short; without any, say where we are."""
    for old, new in _NAMES:
        if found := re.search(f"(?:^|(?<=[，,、的在到]))(?:{old})", question):
            return question[: found.start()] + new + question[found.end() :]
    if "全国" in question:
        return question
    at = question.find("临平")
    return f"临平这边{question}" if at < 0 else f"{question[:at].removesuffix('杭州')}杭州{question[at:]}"


Transform = Callable[[str, Random], str]
TRANSFORMS: Mapping[str, Transform] = {
    "polite": polite,
    "synonyms": synonyms,
    "homophone": homophone,
    "dropped": dropped,
    "traditional": traditional,
    "full_width": full_width,
    "pinyin": pinyin,
    "half_pinyin": half_pinyin,
    "english_words": english_words,
    "spoken": spoken,
    "turned": turned,
    "names": names,
}


def variants(cases: Sequence[EvalCase], count: int = BASES) -> tuple[EvalCase, ...]:
    """Return every transform of `count` bases: answerable, asked without history, changed by all twelve.

    The bases are drawn by the hash of their ids, so that they stay when other cases come. Variants are cases of family
    `robustness` with their base's gold, evidence, cluster and split.
    """
    fit = [case for case in cases if _is_base(case)]
    drawn: list[EvalCase] = []
    seen: set[str] = set()
    for case in sorted(fit, key=lambda one: sha256(f"{SEED}:{one.id}".encode()).hexdigest()):
        if len(drawn) == count:
            break
        if case.cluster not in seen and all(changed(case, name) != case.question for name in TRANSFORMS):
            seen.add(case.cluster)
            drawn.append(case)
    return tuple(
        replace(
            case,
            id=f"{case.id}-{name.replace('_', '-')}",
            base_id=case.base_id,
            family="robustness",
            variant=name,
            question=changed(case, name),
            tags=(*case.tags, f"base:{case.id}"),
        )
        for case in drawn
        for name in TRANSFORMS
    )


def changed(case: EvalCase, name: str) -> str:
    """Return the question of `case` transformed, with chance that depends on the case and the transform alone."""
    return TRANSFORMS[name](case.question, Random(f"{SEED}:{case.id}:{name}"))


def _is_base(case: EvalCase) -> bool:
    plain = case.family not in ("typo", "pinyin", "traditional", "english", "everyday", "followup", "injection")
    alone = not case.history and not case.variant and case.as_of is None and case.planted is None
    return (
        plain and alone and case.answerable and len(case.must) == 1 and not case.forbidden and len(case.question) >= 10
    )


def _words(question: str) -> list[int]:
    """Return the offsets of Chinese characters that neither count nor ask."""
    return [
        at
        for at, one in enumerate(question)
        if _HAN.match(one) and one not in _ASKING and not re.match(f"[{_NUMERALS}]", one)
    ]


def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


def _spelled(text: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))


@cache
def _homophones() -> dict[str, str]:
    """Return the common characters (level 1 of GB 2312) by their sound without tone."""
    sounds: dict[str, str] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                character = bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                continue
            sound = _sound(character)
            sounds[sound] = sounds.get(sound, "") + character
    return sounds


@cache
def _opencc() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
