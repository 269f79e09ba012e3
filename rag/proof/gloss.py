"""An English sentence in the Chinese words that can prove it: figures, dates, names and terms, each by itself.

This is no translation and nobody reads it: it is the form in which `rag.proof.prover` checks an English answer against Chinese
spans. Whatever is not understood stays Latin, and then nothing proves the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

from rag.question.english import glossary

_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_UNITS = (
    ("percentage points?|percent points?", "个百分点"),
    ("percent|per cent|%", "%"),
    ("us dollars|usd|u\\.s\\. dollars", "美元"),
    ("yuan|rmb|cny", "元"),
    ("square kilomet(?:er|re)s?|sq\\.? ?km|km²|km2", "平方公里"),
    ("square met(?:er|re)s?|m²|m2", "平方米"),
    ("hectares?", "公顷"),
    ("mu", "亩"),
    ("kilomet(?:er|re)s?|km", "公里"),
    ("met(?:er|re)s?", "米"),
    ("minutes?", "分钟"),
    ("hours?", "小时"),
    ("days?", "天"),
    ("months?", "个月"),
    ("years?", "年"),
    ("tons?|tonnes?", "吨"),
    ("megawatts?|mw", "兆瓦"),
    ("people|persons|residents|employees|students|graduates|talents", "人"),
    ("companies|enterprises|firms|businesses", "家"),
    ("times", "倍"),
)
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT_PATTERN = "|".join(f"(?P<u{n}>{pattern})" for n, (pattern, _) in enumerate(_UNITS))
_BEFORE = {
    "超": "over|more than|above|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|at least|top(?:s|ped|ping)?|upwards of|greater than",
    "近": "nearly|almost|close to|just under|approaching",
    "约": "about|around|approximately|roughly|some",
    "不足": "less than|under|below|fewer than",
    "仅": "only|just",
}
_BEFORE_PATTERN = "|".join(f"(?P<b{n}>{pattern})" for n, pattern in enumerate(_BEFORE.values()))
_FIGURE = re.compile(
    rf"(?:\b(?:{_BEFORE_PATTERN})\s+)?(?P<sign>\$|¥|RMB\s?)?(?<![\w.]){_NUMBER}"
    rf"(?:[\s-]*(?P<scale>thousand|million|billion|trillion)\b)?(?:[\s-]*(?:{_UNIT_PATTERN})(?![a-z]))?(?P<plus>\+)?",
    re.IGNORECASE,
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "|".join([*_MONTHS, *(f"{month[:3]}\\.?" for month in _MONTHS)])
_DATES = (
    (re.compile(r"\bby (?:the )?end of (?P<y>(?:19|20)\d\d)\b", re.I), "到{y}年底"),
    (re.compile(r"\bby (?P<y>(?:19|20)\d\d)\b", re.I), "到{y}年"),
    (
        re.compile(rf"\b(?P<m>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b", re.I),
        "{y}年{m}月{d}日",
    ),
    (re.compile(rf"\b(?P<m>{_MONTH}),? (?P<y>(?:19|20)\d\d)\b", re.I), "{y}年{m}月"),
    (re.compile(r"\b(?:the )?first half of (?P<y>(?:19|20)\d\d)\b", re.I), "{y}年上半年"),
    (re.compile(r"\b(?:the )?second half of (?P<y>(?:19|20)\d\d)\b", re.I), "{y}年下半年"),
    (re.compile(r"\b(?:the )?end of (?P<y>(?:19|20)\d\d)\b", re.I), "{y}年底"),
    (
        re.compile(
            r"(?<![\d.,$¥])\b(?P<y>(?:19|20)\d\d)\b(?![.,]?\d)(?!\s*(?:yuan|rmb|companies|people|mu|km|%|percent))"
        ),
        "{y}年",
    ),
)
_SENSES = (
    (r"will|shall|is to|are to", "将"),
    (r"aims?|plans?|planned|targets?|goals?|expected|expects?|intends?|strives?", "计划"),
    (r"not|no|never|without|cannot|[a-z]+n't|neither|nor|none", "没有"),
    (r"up|rose|rise|risen|increas(?:e|es|ed|ing)|grew|grow|growth|grown|gain(?:ed)?|climbed", "增长"),
    (r"down|fell|fall|fallen|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|drop(?:s|ped)?|shrank|reduced", "下降"),
    (r"largest|biggest", "最大"),
    (r"highest", "最高"),
    (r"smallest", "最小"),
    (r"best", "最好"),
    (r"most", "最多"),
    (r"first", "第一"),
    (r"all|every|entire|whole", "全部"),
    (r"only|sole", "唯一"),
    (r"national|nationwide|country's", "全国"),
    (r"world|global|worldwide", "全球|世界"),
    (r"provincial|province's", "全省"),
    (r"free", "免费"),
    (r"guaranteed?|promised?", "保证"),
)
_SENSE = tuple((re.compile(rf"(?:{pattern})", re.I), tuple(words.split("|"))) for pattern, words in _SENSES)
_OPEN, _CLOSE = "\ue000", "\ue001"  # around the number of a figure that has its Chinese form already
_SAYS_NOTHING = """
the a an is are was were be been being am do does did has have had having to from of in on at by for with about into
after before between among within during through as than then that this these those it its he she his her him they
them their we our us you your i my me and or but if so there here also both each which who whose where when while
respectively including include includes included such namely reach reaches reached reaching total totals totaled
totalled totaling stand stands stood amount amounts amounted achieve achieved achieves record recorded report
reports reported reporting article articles according say says said state states stated note notes noted locate
located lies situated per via e.g. i.e. can could may would should make makes made home hosts host well year-on-year
yoy annual annually value valued worth accounting accounts accounted account making bringing reaching would-be over
out now currently already
"""
_IDLE = frozenset(_SAYS_NOTHING.split())
_WORD = re.compile(r"\ue000\d+\ue001|[A-Za-z][A-Za-z'-]*[0-9]*|[\u3400-\u9fff]+|[,;:]")
_TERM = 6  # words
_HAN = re.compile("[\u3400-\u9fff]")


def is_english(sentence: str) -> bool:
    """Whether a sentence is written in Latin letters, whatever Chinese names it holds."""
    return len(re.findall("[A-Za-z]", sentence)) > 2 * len(_HAN.findall(sentence))


def gloss(sentence: str, texts: Sequence[str]) -> str:
    """Return the Chinese words for an English sentence, those first that one of `texts` has; the rest stays as it is."""
    line = re.sub(f"[{_OPEN}{_CLOSE}]", " ", sentence).replace("’", "'")
    kept: list[str] = []  # figures and dates, which nothing may take apart again

    def keep(words: str) -> str:
        kept.append(words)
        return f" {_OPEN}{len(kept) - 1}{_CLOSE} "

    for pattern, form in _DATES:
        line = _replaced(pattern, line, lambda found, form=form: keep(_date(found, form)))  # type: ignore[misc]
    line = _replaced(_FIGURE, line, lambda found: keep(_figure(found)))
    tokens = _WORD.findall(line)
    known = glossary()
    parts: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in ",;:":
            parts.append("，")
        elif token[0] == _OPEN:
            parts.append(kept[int(token[1:-1])])
        elif _HAN.search(token):
            parts.append(token)
        elif token[0].isalpha():
            length, words = _longest(tokens, at, texts)
            lower = token.lower().removesuffix("'s")
            sense = next((meant for pattern, meant in _SENSE if pattern.fullmatch(lower)), None)
            if words and (length > 1 or sense is None):
                parts.append(words)
                at += length
                continue
            if sense is not None:
                parts.append(_chosen(sense, texts))
            elif lower not in _IDLE and (found := known.find([lower])):
                parts.append(_chosen(found, texts))
            elif lower not in _IDLE:
                parts.append(token)
        at += 1
    return _joined(parts) + "。"


def _date(found: re.Match[str], form: str) -> str:
    groups = found.groupdict()
    month = groups.get("m")
    number = next((n for n, name in enumerate(_MONTHS, 1) if month and name.startswith(month.lower()[:3])), 0)
    return form.format(y=groups["y"], m=number, d=int(groups["d"]) if groups.get("d") else "")


def _replaced(pattern: re.Pattern[str], line: str, form: Callable[[re.Match[str]], str]) -> str:
    """Return `line` with what matches replaced, but for what was replaced before."""
    parts = re.split(f"({_OPEN}\\d+{_CLOSE})", line)
    return "".join(part if part[:1] == _OPEN else pattern.sub(form, part) for part in parts)


def _figure(found: re.Match[str]) -> str:
    value = Fraction(found["number"].replace(",", "")) * _SCALES[(found["scale"] or "").lower()]
    unit = next((word for n, (_, word) in enumerate(_UNITS) if found[f"u{n}"]), "")
    if not unit and found["sign"]:
        unit = "美元" if found["sign"] == "$" else "元"
    before = next((word for n, word in enumerate(_BEFORE) if found[f"b{n}"]), "")
    return f"{before}{_scaled(value)}{'余' if found['plus'] else ''}{unit}"


def _scaled(value: Fraction) -> str:
    for size, word in ((10**8, "亿"), (10**4, "万")):
        if value >= size and (value / size * 10**4).denominator == 1:
            return f"{_plain(value / size)}{word}"
    return _plain(value)


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return format(round(float(value), 6), "f").rstrip("0")


def _longest(tokens: Sequence[str], at: int, texts: Sequence[str]) -> tuple[int, str]:
    """Return the longest term or name from `at`: how many tokens it has, and its Chinese words; (0, "") for none."""
    known = glossary()
    for length in range(min(_TERM, len(tokens) - at), 0, -1):
        part = tokens[at : at + length]
        if not all(token[0].isalpha() and token.isascii() for token in part):
            continue
        if length > 1 and (found := known.find([token.lower() for token in part])):
            return length, _chosen(found, texts)
        if length <= 4 and all(token[0].isupper() for token in part):
            letters = re.sub("[^a-z]", "", "".join(part).lower().removesuffix("'s"))
            if len(letters) >= 4 and (name := _name(letters, tuple(texts))):
                return length, name
    return 0, ""


def _chosen(words: Sequence[str], texts: Sequence[str]) -> str:
    return next((word for word in words if any(word in text for text in texts)), words[0])


@lru_cache(maxsize=512)
def _name(letters: str, texts: tuple[str, ...]) -> str:
    """Return the run of characters of `texts` that is read like `letters`; empty when there is none."""
    for text in texts:
        syllables = _syllables(text)
        for start in range(len(syllables)):
            read, end = "", start
            while end < len(syllables) and len(read) < len(letters) and syllables[end]:
                read += syllables[end]
                end += 1
            if read == letters:
                return text[start:end]
    return ""


@lru_cache(maxsize=512)
def _syllables(text: str) -> tuple[str, ...]:
    """Return the reading of each character; empty for what is no Chinese character."""
    from pypinyin import lazy_pinyin

    return tuple(
        syllable if _HAN.match(character) else ""
        for character, syllable in zip(text, lazy_pinyin(list(text), v_to_u=False), strict=True)
    )


def _joined(parts: Sequence[str]) -> str:
    """Return the parts apart from each other, but 增长 and 下降 right before their figure."""
    text = ""
    for part in parts:
        close = text.endswith(("增长", "下降")) and (part[:1].isdigit() or part[:1] in "超近约")
        text += part if close or part == "，" else f" {part}"
    return text.strip()
