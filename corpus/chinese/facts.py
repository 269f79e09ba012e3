"""Quantities, dates and names in Chinese text, as values that compare.

Everything that states or checks a figure stands on this module: the short answer, the arithmetic, the verifier, the
metrics. All offsets are code points of the text that was given, half-open. Every function is pure; every pattern has
bounded repetition, so time grows with length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction

from corpus.chinese.numerals import VALUES, by_digit
from corpus.chinese.text import fold
from corpus.chinese.words import any_of, words


class Measure(StrEnum):
    """What kind of thing a quantity measures. Two kinds never compare, a bare number compares with all."""

    BARE = "bare"  # no unit was written
    MONEY = "money"
    SHARE = "share"  # %, 成, 分之, 倍: parts of a whole, in percent
    POINTS = "points"  # 个百分点: a difference of two shares, never a share
    AREA = "area"
    LENGTH = "length"
    DURATION = "duration"  # base 月 for calendar units, 秒 for clock units: a month has no fixed number of days
    MASS = "mass"
    VOLUME = "volume"
    ENERGY = "energy"
    POWER = "power"
    PRESSURE = "pressure"
    VOLTAGE = "voltage"
    TEMPERATURE = "temperature"
    DATA = "data"
    COMPUTE = "compute"
    AGE = "age"
    PEOPLE = "people"
    COUNT = "count"  # base is the measure word, or the first of those that count the same things
    RATE = "rate"  # one unit per another


class Approximation(StrEnum):
    """Where the true value lies, seen from the number that is printed."""

    EXACT = "exact"
    ABOUT = "about"
    ABOVE = "above"
    BELOW = "below"


class Change(IntEnum):
    """Whether the number is said to be a rise or a fall; NONE when it is a level or nothing is said."""

    FALL = -1
    NONE = 0
    RISE = 1


class Comparison(StrEnum):
    EQUAL = "equal"
    DIFFERENT = "different"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at `text`, which is source[start:end] and keeps 约, 超, 余, 左右.

    `low` and `high` are in `base` and are equal unless a range was written; `factor` is one `unit` in `base`. `unit` is
    as written, without 万 and 亿, and empty when none was written.
    """

    start: int
    end: int
    text: str
    low: Fraction
    high: Fraction
    measure: Measure
    base: str
    unit: str
    factor: Fraction
    approximation: Approximation = Approximation.EXACT
    change: Change = Change.NONE

    @property
    def value(self) -> Decimal:
        """The value in `base`, the lower bound of a range, to 28 significant digits."""
        return _decimal(self.low)

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    @property
    def is_exact(self) -> bool:
        """Whether it is one amount, without 约, 超, 近 …"""
        return not self.is_range and self.approximation is Approximation.EXACT


@dataclass(frozen=True, slots=True)
class DateFact:
    """A date as far as it is written. None: not said. `last_year`, `last_month`, `last_day` close a span, included.

    `part` is one of early, mid, late (of the month or year that is given), H1, H2, Q1 … Q4, Q1-3.
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    last_year: int | None = None
    last_month: int | None = None
    last_day: int | None = None
    hour: int | None = None
    minute: int | None = None


class NameKind(StrEnum):
    TITLE = "title"  # 《…》
    QUOTED = "quoted"  # “…”
    LATIN = "latin"  # a word or code with Latin letters
    PROPER = "proper"  # ends as names of organisations and places end


@dataclass(frozen=True, slots=True)
class Name:
    """A name at source[start:end] == text, without its quotation marks."""

    start: int
    end: int
    text: str
    kind: NameKind


# One line per base unit: measure, base, then what one of each unit is in that base. Counts: words on one line count the
# same things; two lines never compare, except that 个 counts any thing (see `compare`).
_UNITS = """
money 元 元=1 元人民币=1 元钱=1 块钱=1 圆=1
money 美元 美元=1 美金=1
money 欧元 欧元=1
money 日元 日元=1
money 英镑 英镑=1
money 韩元 韩元=1
money 卢布 卢布=1
money 澳元 澳元=1
money 加元 加元=1
money 港元 港元=1 港币=1
money 台币 台币=1 新台币=1
money 瑞士法郎 瑞士法郎=1
share % %=1 ‰=1/10 成=10 倍=100
points 个百分点 个百分点=1 百分点=1 个基点=1/100 基点=1/100
area 平方米 平方米=1 平米=1 平方=1 ㎡=1 m²=1 平方公里=1000000 平方千米=1000000 km²=1000000 公顷=10000 亩=2000/3
area 平方米 平方厘米=1/10000
length 米 米=1 m=1 公里=1000 千米=1000 km=1000 里=500 华里=500 厘米=1/100 公分=1/100 cm=1/100 毫米=1/1000 mm=1/1000
length 米 微米=1/1000000 纳米=1/1000000000 nm=1/1000000000 丈=10/3 尺=1/3
length 米 海里=1852 英里=1609344/1000 英尺=3048/10000 英寸=254/10000
duration 月 年=12 周年=12 个年头=12 个月=1 月=1 个季度=3 个世纪=1200 世纪=1200
duration 秒 秒=1 秒钟=1 s=1 h=3600 毫秒=1/1000 分钟=60 小时=3600 个小时=3600 个钟头=3600
duration 秒 天=86400 昼夜=86400 个昼夜=86400
duration 秒 周=604800 个星期=604800 星期=604800 个礼拜=604800
duration 工作日 个工作日=1 工作日=1
mass 克 微克=1/1000000 克=1 g=1 千克=1000 公斤=1000 kg=1000 斤=500 吨=1000000 毫克=1/1000 mg=1/1000
volume 升 升=1 公升=1 L=1 毫升=1/1000 mL=1/1000 ml=1/1000 立方米=1000 立方=1000 m³=1000
volume 升 立方英尺=28316846592/1000000000 桶=158987294928/1000000000
energy 千瓦时 度=1 度电=1 千瓦时=1 千瓦小时=1 kWh=1 兆瓦时=1000 MWh=1000 吉瓦时=1000000 GWh=1000000
power 瓦 瓦=1 千瓦=1000 kW=1000 KW=1000 兆瓦=1000000 MW=1000000 吉瓦=1000000000 GW=1000000000
pressure 帕 帕=1 百帕=100 千帕=1000 兆帕=1000000
voltage 伏 伏=1 千伏=1000 kV=1000
temperature 摄氏度 摄氏度=1 ℃=1
data GB GB=1 MB=1/1024 TB=1024 PB=1048576
compute P P=1 PFlops=1 PFLOPS=1 EFlops=1000 EFLOPS=1000
age 岁 岁=1 周岁=1
people 人 人=1 名=1 位=1 个人=1 口人=1
people 人次 人次=1
count 户 户=1
count 家 家=1 所=1 间=1
count 座 座=1 幢=1 栋=1
count 台 台=1 部=1
count 项 项=1 件=1 宗=1 起=1
count 处 处=1
count 场 场=1 场次=1
count 条 条=1 根=1
count 份 份=1 封=1
count 个 个=1
"""
_THING = "个"  # counts anything except people and households


def _read_units() -> dict[str, tuple[Measure, str, Fraction]]:
    units: dict[str, tuple[Measure, str, Fraction]] = {}
    for line in _UNITS.strip().splitlines():
        measure, base, *sizes = line.split()
        for size in sizes:
            word, _, number = size.partition("=")
            units[word] = (Measure(measure), base, Fraction(number))
    for word in words("corpus/measure_words"):
        units[word] = (Measure.COUNT, word, Fraction(1))
    return units


_UNIT = _read_units()
_UNIT_PATTERN = re.compile("|".join(sorted(map(re.escape, _UNIT), key=len, reverse=True)))
_LATIN_UNITS = frozenset(word for word in _UNIT if word.isascii() and word.isalpha())

# -------------------------------------------------------------------------------------------------------------- numbers

_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_HAN = "".join(VALUES) + "".join(_SMALL) + "".join(_BIG)
_NUMERAL_START = re.compile(rf"[0-9{_HAN}几数半]")
_TOKEN = re.compile(
    rf"[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,6}}(?![0-9])(?:\.[0-9]{{1,12}})?|[0-9]{{1,24}}(?:\.[0-9]{{1,12}})?"
    rf"|千(?![瓦克米伏卡焦赫帕])|百(?!分[点之]|帕)|[{_HAN.replace('千', '').replace('百', '')}]"
    rf"|点(?=[{''.join(VALUES)}])"
)
_LONGEST_NUMERAL = 24  # tokens


@dataclass(frozen=True, slots=True)
class _Number:
    low: Fraction
    high: Fraction
    end: int
    arabic: bool
    approximation: Approximation = Approximation.EXACT
    loose: bool = False  # scale words alone: 千亿, 百万


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _tokens(text: str, source: str, at: int) -> tuple[list[str], int]:
    found: list[str] = []
    while len(found) <= _LONGEST_NUMERAL:
        token = _TOKEN.match(text, at)
        if token is None:
            break
        word = token.group()
        if found and word[0].isdigit() and word[0].isascii() and found[-1][0] not in _BIG and found[-1] not in _SMALL:
            break
        if "," in word and not _grouped(source, token.start(), token.end()):
            word = re.match(r"[0-9]+", word).group()  # type: ignore[union-attr]
        found.append(word)
        at += len(word)
    return found, at


def _grouped(source: str, start: int, end: int) -> bool:
    """Whether the commas in source[start:end] part thousands: 、 never, a single ， only before 000 or a unit."""
    number = source[start:end]
    if "、" in number:
        return False
    if "，" not in number or number.count("，") > 1 or number.endswith("000"):
        return True
    return _UNIT_PATTERN.match(source, end) is not None


def _value(tokens: Sequence[str]) -> Fraction | None:
    """Return what a numeral says, None when it says nothing: 2亿3000万, 一百零五, 两千五, 五点二, 二〇二五."""
    total = ten_thousands = section = Fraction(0)
    digit: Fraction | None = None
    last = 1  # the scale before the digit: 两千五 is 2500
    zero = False
    for index, token in enumerate(tokens):
        if token == "点":
            decimals = tokens[index + 1 :]
            scale = [t for t in decimals if t in _BIG]
            places = "".join(str(VALUES[t]) for t in decimals if t in VALUES)
            if not places or len(scale) + len(places) != len(decimals) or len(scale) > 2:
                return None
            value = total + ten_thousands + section + (digit or 0) + Fraction(int(places), 10 ** len(places))
            for big in scale:
                value *= _BIG[big]
            return value
        if token in _SMALL:
            if zero and digit is None and section == 0 and total == 0 and ten_thousands == 0:
                return None
            section += (1 if digit is None else digit) * _SMALL[token]
            digit, last, zero = None, _SMALL[token], False
        elif token == "万":
            section += digit or 0
            if section == 0 and ten_thousands == 0:
                section = Fraction(1)
            ten_thousands = section * 10**4
            section, digit, last, zero = Fraction(0), None, 10**4, False
        elif token == "亿":
            whole = ten_thousands + section + (digit or 0)
            total += (whole if whole else 1) * 10**8
            ten_thousands = section = Fraction(0)
            digit, last, zero = None, 10**8, False
        elif token in VALUES:
            if digit is not None and not zero:
                return None
            digit = Fraction(VALUES[token])
            zero = zero or VALUES[token] == 0
            if VALUES[token] == 0:
                digit = None if index else Fraction(0)
        else:
            if digit is not None:
                return None
            digit = Fraction(token.replace(",", ""))
            last = 1
    if digit is not None and last >= 100 and not zero and tokens[-1] in VALUES:
        digit *= last // 10
    return total + ten_thousands + section + (digit or 0)


_NEIGHBOURS = re.compile("(?:一二|一两|两三|二三|三四|三五|四五|五六|六七|七八|八九)")


def _number(text: str, source: str, at: int) -> _Number | None:
    """Return the number that begins at `at`."""
    character = text[at]
    if character == "半":
        return _Number(Fraction(1, 2), Fraction(1, 2), at + 1, False)
    if character in "几数":
        tokens, end = _tokens(text, source, at + 1)
        if not tokens or tokens[0] not in "十百千万亿":
            return None
        low, high = _value(["两" if character == "数" else "二", *tokens]), _value(["九", *tokens])
        if low is None or high is None:
            return None
        return _Number(low, high, end, False, Approximation.ABOUT)
    tokens, end = _tokens(text, source, at)
    if not tokens or len(tokens) > _LONGEST_NUMERAL:
        return None
    arabic = tokens[0][0] in "0123456789"
    pair = "".join(tokens)
    for index in range(len(tokens) - 1):
        if _NEIGHBOURS.fullmatch(pair[index : index + 2]) and len(pair) == len(tokens):
            first = _value([*tokens[: index + 1], *tokens[index + 2 :]])
            second = _value([*tokens[:index], *tokens[index + 1 :]])
            if first is None or second is None or first >= second:
                return None
            return _Number(first, second, end, False, Approximation.ABOUT)
    value = _value(tokens)
    if value is None:
        written = by_digit(pair) if {"零", "〇"} & set(tokens) else None
        if written is None:
            return None
        value = Fraction(written)
    if power := _POWER.match(source, end):  # 1.2×10⁴: folded, the raised 4 would be a digit of the number
        raised = int(power[1].translate(_RAISED))
        return _Number(value * 10**raised, value * 10**raised, power.end(), True)
    approximation = Approximation.EXACT
    low = high = value
    more = _INNER.match(text, end)
    if more:
        scale = _value(["一", *more.group(2)]) if more.group(2) else Fraction(1)
        if scale is None:
            return None
        if more.group(1) == "几":
            if tokens[-1] not in _SMALL:
                return None
            step = _SMALL[tokens[-1]] // 10
            low, high = (value + step) * scale, (value + 9 * step) * scale
            approximation = Approximation.ABOUT
        else:
            low = high = value * scale
            approximation = Approximation.ABOUT if more.group(1) == "来" else Approximation.ABOVE
        end = more.end()
    loose = not arabic and all(token in _SMALL or token in _BIG for token in tokens)
    return _Number(low, high, end, arabic, approximation, loose)


_POWER = re.compile("[×xX✕*]10([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_INNER = re.compile(r"(余(?![杭姚额])|多(?!元化|样|少|维)|来(?![自到临访源])|几)([十百千万亿]{0,3})")

# ----------------------------------------------------------------------------------------------- what is not a quantity

_N = r"(?:[0-9]{1,4}|[一二三四五六七八九十百零〇两]{1,5})"
_NAMED = re.compile(
    r"(?=[+0-9A-Za-z\[第前排一二三四五六七八九十百零〇两( \t])(?:"
    + "|".join(
        (
            r"https?://[^\s一-鿿]{1,300}|www\.[^\s一-鿿]{1,200}|[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,100}",
            r"(?<![0-9])(?:1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8}|[48]00-[0-9]{3,4}-?[0-9]{3,4})"
            rf"(?![0-9.万亿]|{_UNIT_PATTERN.pattern})",
            rf"(?<![0-9])[48]00[0-9]{{7}}(?![0-9.万亿]|{_UNIT_PATTERN.pattern})",
            r"\+[0-9]{1,3}(?:-[0-9]{2,12}){1,3}",
            r"(?<![0-9.])0[0-9]{1,8}(?![0-9.])",  # a leading zero: a code
            r"[0-9]{5,6}(?=热线|专线|平台|政务服务)",
            r"\[(?:19|20)[0-9]{2}\][0-9]{1,5}号",
            rf"第{_N}(?:届{_N}次)?",
            rf"(?:(?<![目此之以当年月日天提向往眼生])前|(?i:top ?|no\.? ?)|排名){_N}"
            r"(?=[^0-9%万亿]|$)(?!个?(?:半|月|年|天|小时|周|日|季))",
            rf"{_N}(?:号线|号楼|号院|号馆|号厅|号门|号路|号文|号令|号机组|号(?!召|称)|强(?!度|化|烈|劲)|[aA]级)",
            r"[A-Za-z]{1,12}[-/]?[0-9]{1,8}(?![0-9.,]{0,9}[万亿%元多余家名人个项台辆条座])(?:\.[0-9]{1,3})?[A-Za-z0-9]{0,12}",
            r"[0-9]{1,6}\+[A-Za-z0-9+]{1,8}",
            r"(?<![0-9.])[0-9]{1,4}[:比][0-9]{1,4}(?![0-9%])",  # scores and ratios
            r"(?<![0-9])[0-9]{1,4}(?:\.[0-9]{1,4}){2,5}",  # versions, addresses
            r"(?<![0-9])[0-9]{2}后(?![,.;天])",
            r"(?m:^)[ \t]{0,4}[0-9]{1,2}(?:[.,](?![0-9])|\))|\((?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\)",
        )
    )
    + ")"
)
_IDIOM = re.compile(
    "(?=[一二两三四五六七八九十百千万零半数几点单])(?:"
    f"{any_of('corpus/number_idioms')}|千万(?=别|不要|要|不能|工程|莫|注意)|十分(?!之|钟)|万分(?!之)|四处(?=[走奔寻打张散逃])|三番[五两]次|[一二三四五六七八九]年级|[一二三四五六七八九]年(?:一贯)?制|万一(?!千|百)|八一(?![0-9])|十一(?=黄金周|长假|假期|国庆)|六一(?=儿童)|千年(?=古|之|文|老)|十里(?=长街|洋场)|万里(?!路)|单位:[万亿]元|数(?![百千万亿十])|半(?![年月天小个亩]|数(?:以上|的))|两(?={any_of('corpus/both')})|零(?![点一二三四五六七八九])|[一二两三四五](?=体化|手抓|起(?!案|事|重|涉|发)|带|时|旦|直|流|线|面|段)|一度(?!电)|[一二三四五六七八九](?=级|期)|[二三四五六七八]字"
    ")"
)
_ONLY = re.compile(r"(?:[仅只共]|只有|仅有|唯有|共有|共计|达)$")

# ------------------------------------------------------------------------------------------------------ around a number

_BEFORE = re.compile(
    "(?:(?P<verb>突破|冲破|跨越|跃上|跃升至|迈上|迈过|站上|(?<![打突冲])破|跨(?=$))"
    "|(?P<above>超过|超出|(?<!高)超|逾|多于|大于|高于|不低于|不少于|不小于|至少|最少|上)"
    f"|(?P<below>{any_of('corpus/less_than')}|未达到?|(?<![附邻最靠接逼将])近)"
    "|(?P<about>大约|大概|约为|(?<![节合预条公制签大特违缔履邀])约|大致|几近))(?P<link>了|达到|达|至|有)?$"
)
_AFTER = re.compile(
    "(?P<above>以上|之上|开外|有余|余(?![杭姚额])|多(?!元化|[样少种个名家项次年方了出])|\\+(?![0-9A-Za-z]))"
    "|(?P<below>以内|以下|之内|不到)|(?P<about>左右|上下|前后)"
)
_RISE = re.compile(
    "(?:增长|增加|上升|上涨|回升|攀升|增幅|涨幅|增速|(?<![新])增|涨)(?:了|达到?|约|近|超过?|逾|为|率为|率达)?$"
)
_SHARE_RISE = re.compile("(?:提高|提升|扩大|升)(?:了|达到?|约|近|超过?|逾|为)?$")
_FALL = re.compile(f"{any_of('corpus/went_down')}(?:了|达到?|约|近|超过?|逾|为)?$")
_CURRENCY_BEFORE = re.compile(r"(?:(US\$|\$)|(¥|RMB|人民币)|(€)|(£)) ?$")
_RANGE = re.compile("-{1,2}|~|至|到")
_PART = re.compile(rf"([0-9]{{1,9}}|[{_HAN}]{{1,6}})(?:个)?分之")
_SLASH_FRACTION = re.compile(r"([0-9]{1,2})/([0-9]{1,3})(?![0-9/.月])")
_DOUBLED = re.compile("翻了?(一|两|二|三|四|[1-4])?番")
_DOUBLINGS = {"两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
_HALVES = ("年", "天", "周", "小时", "个小时", "倍", "个月")

# After these words a unit is the beginning of another word. 家, 名, 位 after figures are always measure words.
_NOT_UNIT = {
    unit: re.compile("[" + "".join(word[-1] for word in words("corpus/not_units") if word[:-1] == unit) + "]")
    for unit in dict.fromkeys(word[:-1] for word in words("corpus/not_units"))
}
_NOT_UNIT["天"] = re.compile("[然空津下]|地(?!内)")


def is_unit(word: str) -> bool:
    """Whether a word is a unit of measurement and nothing more: 亿元, 万人, %, 平方公里."""
    if word in ("%", "％", "‰", "个百分点", "百分点"):
        return True
    multiples = len(word) - len(word.lstrip("十百千万亿"))  # 万人: the number's own 万 is written with the unit
    found = (_unit_at(word, begin, True) for begin in range(min(multiples, len(word) - 1) + 1)) if word else ()
    return any(unit and end == len(word) for unit, end in found)


def _unit_at(text: str, at: int, arabic: bool) -> tuple[str, int]:
    """Return the unit written at `at` and where it ends; "" when there is none."""
    found = _UNIT_PATTERN.match(text, at + 1 if text[at : at + 1] == " " else at)
    if found is None:
        return "", at
    word, end = found.group(), found.end()
    if word in _LATIN_UNITS and text[end : end + 1].isascii() and text[end : end + 1].isalnum():
        return "", at
    if word == "月":
        return "", at
    refused = _NOT_UNIT.get(word)
    if refused is not None and refused.match(text, end) and not (arabic and word in "家名位项条"):
        return "", at
    return word, end


def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of `text` in order; they never overlap.

    Years, dates, clock times, ordinals, ranks, scores, telephone and document numbers, product codes and idioms are not
    quantities; nor is 一 before a measure word (it is an article) unless 仅, 只, 共 … stands before it.
    """
    plain = _evened(text)
    names_ = bytearray(len(plain) + 1)
    for start, end in _not_quantities(plain, text):
        names_[start:end] = b"\1" * (end - start)
    found: list[Quantity] = []
    at = 0
    while (numeral := _NUMERAL_START.search(plain, at)) is not None:
        at = numeral.start()
        if names_[at]:
            at += 1
            continue
        quantity = _quantity(plain, text, at, found[-1].end if found else 0, names_)
        if quantity is None:
            token = _TOKEN.match(plain, at)
            at = token.end() if token else at + 1
            continue
        found.append(quantity)
        at = quantity.end
    found += _doublings(plain, text)
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _not_quantities(plain: str, text: str) -> Iterator[tuple[int, int]]:
    for fact in _dates(plain, text):
        yield fact.start, fact.end
    for pattern in (_NAMED, _IDIOM, _DOUBLED):
        for found in pattern.finditer(plain):
            yield found.span()


def _doublings(plain: str, text: str) -> Iterator[Quantity]:
    """翻一番 is a rise by 100 %, 翻两番 by 300 %."""
    for found in _DOUBLED.finditer(plain):
        size = Fraction(100 * (2 ** _DOUBLINGS.get(found.group(1), 1) - 1))
        start, end = found.span()
        yield Quantity(
            start,
            end,
            text[start:end],
            size,
            size,
            Measure.SHARE,
            "%",
            "%",
            Fraction(1),
            Approximation.EXACT,
            Change.RISE,
        )


def _quantity(text: str, source: str, at: int, floor: int, names_: bytearray) -> Quantity | None:
    number = _fraction(text, source, at)
    unit = "%" if number else ""
    if number is None:
        number = _number(text, source, at)
        if number is None or (_LETTER.match(text, number.end) and not _unit_at(text, number.end, True)[0]):
            return None  # 415X, 5G
        if between := _AND_A_HALF.match(text, number.end):
            half = Fraction(1, 2)
            number = replace(number, low=number.low + half, high=number.high + half, end=between.end())
        unit, end = _unit_at(text, number.end, number.arabic)
        if between and text[number.end : number.end + 1] == "月":
            unit, end = "个月", number.end + 1
        if text[at] == "半" and text[number.end : number.end + 1] == "月":
            unit, end = "月", number.end + 1
        if _is_article(text, at, number, unit):
            return None
        number = replace(number, end=end)
        if unit == "成" and (part := _TENTHS.match(text, end)):
            more = Fraction(VALUES.get(part.group(), 5), 10)
            number = replace(number, low=number.low + more, high=number.high + more, end=part.end())
        if unit in _HALVES and text[end : end + 1] == "半":
            half = Fraction(1, 2)
            number = replace(number, low=number.low + half, high=number.high + half, end=end + 1)
        number, unit = _ranged(text, source, at, number, unit, names_)
        if not unit and not number.arabic and not _bare_allowed(text, at, number):
            return None
        if (
            unit == "元"
            and text[at] in "万亿"
            and text[at + 1] == "元"
            and not (_BEFORE.search(text, max(0, at - 4), at) or _THRESHOLD.match(text, number.end))
        ):
            return None
    if number.low == number.high == 0 and not number.arabic:
        return None
    return _finished(text, source, at, floor, number, unit)


_AND_A_HALF = re.compile("个半(?=小时|钟头|月|百分点)")
_TENTHS = re.compile("[一二三四五六七八九半](?![十百千万亿个名家年月])")
_LETTER = re.compile("[A-Za-z]")
_THRESHOLD = re.compile("级|以上|大关")


def _fraction(text: str, source: str, at: int) -> _Number | None:
    """Return 三分之一, 百分之5.2, 1/3 or 一半 in percent."""
    if text.startswith(("一半", "半数"), at):
        return _Number(Fraction(50), Fraction(50), at + 2, False)
    if slash := _SLASH_FRACTION.match(text, at):
        above, below = int(slash.group(1)), int(slash.group(2))
        if 0 < above < below and text[at - 1 : at] not in tuple("/.0123456789"):
            return _Number(Fraction(100 * above, below), Fraction(100 * above, below), slash.end(), True)
        return None
    if part := _PART.match(text, at):
        below_ = _value([int_.group() for int_ in re.finditer("[0-9]+|.", part.group(1))])
        over = _number(text, source, part.end()) if part.end() < len(text) else None
        if below_ and over is not None:
            return replace(over, low=over.low / below_ * 100, high=over.high / below_ * 100)
    return None


def _is_article(text: str, at: int, number: _Number, unit: str) -> bool:
    """一 before a measure word counts nothing, unless something says that it is only one."""
    if (
        text[at : number.end] != "一"
        or not unit
        or unit == "人"
        or _UNIT[unit][0] not in (Measure.COUNT, Measure.PEOPLE)
    ):
        return False
    return _ONLY.search(text, max(0, at - 2), at) is None


def _ranged(text: str, source: str, at: int, number: _Number, unit: str, names_: bytearray) -> tuple[_Number, str]:
    """Join 30-50人, 三至五年, 3万到5万元, 5%至10%; return what was given when no range begins here."""
    joint = _RANGE.match(text, number.end)
    if joint is None or joint.end() >= len(text) or names_[joint.end()] or not _NUMERAL_START.match(text, joint.end()):
        return number, unit
    other = _number(text, source, joint.end())
    if other is None:
        return number, unit
    other_unit, end = _unit_at(text, other.end, other.arabic)
    if (unit and other_unit != unit) or (not unit and not other_unit and joint.group()[0] not in "-~"):
        return number, unit
    low = number.low * (1 if unit else _shared_scale(text[at : number.end], text[joint.end() : other.end]))
    if low >= other.high:
        return number, unit
    return replace(number, low=low, high=other.high, end=end), other_unit


def _shared_scale(first: str, second: str) -> int:
    """3-5万: what the first number takes over from the second; 1 when it has its own scale or there is none."""
    if any(character in _BIG or character in _SMALL for character in first):
        return 1
    scale = 1
    for character in reversed(second):
        if character in _BIG:
            scale *= _BIG[character]
        elif character in _SMALL and second[0].isascii():
            scale *= _SMALL[character]
        else:
            break
    return scale


def _bare_allowed(text: str, at: int, number: _Number) -> bool:
    """A numeral in characters with no unit is a quantity only where nothing else is likely: 两万亿, 超百万, 千亿级."""
    words = text[at : number.end]
    if words == text:
        return True
    if len(words) == 1 or not any(character in "百千万亿" for character in words):
        return False
    if words == "千万":
        return _BEFORE.search(text, max(0, at - 4), at) is not None or text[number.end : number.end + 1] == "级"
    return True


def _finished(text: str, source: str, at: int, floor: int, number: _Number, unit: str) -> Quantity:
    """Add what stands around the number: sign, currency mark, 约, 以上, rise or fall, per what."""
    start, end, low, high = at, number.end, number.low, number.high
    approximation = number.approximation
    currency = _CURRENCY_BEFORE.search(text, max(floor, at - 5), at)
    if currency and unit in ("", "元"):
        unit = (
            unit if unit and currency.lastindex == 2 else ("美元", "元", "欧元", "英镑")[(currency.lastindex or 1) - 1]
        )
        start = currency.start()
    if text[start - 1 : start] == "-" and start > floor and source[start - 1] in "-－−" and _signed(text, start, unit):
        start, low, high = start - 1, -high, -low
    before = _BEFORE.search(text, max(floor, start - 6), start)
    if before and before.group() == "上" and text[at] not in "百千万亿":
        before = None
    if before:
        kind = next(name for name in ("verb", "above", "below", "about") if before.group(name))
        if approximation in (Approximation.EXACT, Approximation.ABOVE):
            approximation = Approximation.ABOVE if kind == "verb" else Approximation(kind)
        if kind != "verb" and not before.group("link"):
            start = before.start()
    if after := _AFTER.match(text, end):
        approximation = Approximation(after.lastgroup or "about")
        end = after.end()
        if not unit:
            unit, end = _unit_at(text, end, number.arabic)
    measure, base, factor = _UNIT.get(unit, (Measure.BARE, "", Fraction(1)))
    if unit == "度" and high < 10**4:  # 30度 may be warmth or an angle; electricity is counted in thousands
        measure, base = Measure.COUNT, "度"
    if unit and (per := _PER.match(text, end)):
        _, per_base, per_factor = _UNIT[per.group(1)]
        measure, base, factor = Measure.RATE, f"{base}/{per_base}", factor / per_factor
        unit, end = f"{unit}/{per.group(1)}", per.end()
    change = _change(text, max(0, at - 9), at, measure)
    text = source[start:end]
    return Quantity(start, end, text, low * factor, high * factor, measure, base, unit, factor, approximation, change)


_PER = re.compile(rf"/({_UNIT_PATTERN.pattern})")


def _signed(text: str, start: int, unit: str) -> bool:
    before = text[start - 2 : start - 1] if start >= 2 else ""
    return not (before.isascii() and before.isalnum()) and unit in (
        "",
        "%",
        "‰",
        "℃",
        "摄氏度",
        "元",
        "个百分点",
        "百分点",
    )


def _change(text: str, start: int, at: int, measure: Measure) -> Change:
    if _FALL.search(text, start, at):
        return Change.FALL
    if _RISE.search(text, start, at):
        return Change.RISE
    if measure in (Measure.SHARE, Measure.POINTS) and _SHARE_RISE.search(text, start, at):
        return Change.RISE
    return Change.NONE


# ---------------------------------------------------------------------------------------------------------------- dates

_YEAR = r"(?:19|20)[0-9]{2}|[一二][零〇九一二三四五六七八]{3}"
_MONTH = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_DAY = r"3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_PART_OF_YEAR = "上半年|下半年|前三季度|第?[一二三四1-4]季度"
_TO = "(?:-{1,2}|~|至|到)"
_DATE = re.compile(
    r"(?=[\"0-9〇零一二两三四五六七八九十上中下前第晚傍凌早])(?:"
    + "|".join(
        (
            '["](?P<q>十[一二三四五六]?五)"|(?P<q2>十[一二三四五六]?五)(?=规划|期间|时期|末|以来|开局|收官|以后)',
            rf"(?<![0-9])(?P<y1>{_YEAR})年?{_TO}(?P<y2>{_YEAR})(?:年|(?![0-9]))",
            r"(?<![0-9])(?P<iy>(?:19|20)[0-9]{2})(?P<sep>[-/.])(?P<im>1[0-2]|0?[1-9])(?P=sep)(?P<id>3[01]|[12][0-9]|0?[1-9])(?![0-9])",
            rf"(?<![0-9])(?P<y>{_YEAR}) ?年(?:的?(?P<yp>{_PART_OF_YEAR}|年?[初底末]|中(?=[,.;)]|$)|全年))?",
            rf"(?<![0-9个第])(?<![0-9]\.)(?P<m>{_MONTH})(?:月?{_TO}(?P<m2>{_MONTH}))? ?月"
            rf"(?:份| ?(?P<d>{_DAY})[日号]?(?:{_TO}(?P<d2>{_DAY}))? ?[日号]"
            r"|(?P<mp>[上中下]旬|[初底末]))?(?![季饼])",
            rf"(?P<p>{_PART_OF_YEAR})",
            r"(?<![0-9第个])(?<![0-9]\.)(?P<d3>3[01]|[12][0-9]|[1-9])日(?![益前后均产本常报游内间])",
            r"(?P<noon>上午|中午|下午|晚上|傍晚|凌晨|早上|早晨|晚)?(?:(?<![0-9])(?<![0-9][.:])(?P<h>[01]?[0-9]|2[0-4])|(?P<hh>二?十[一二三四五六七八九]?|[二两三四五六七八九]))"
            r"(?::(?P<n1>[0-5][0-9])(?![0-9])|(?P<o>[时点])(?:(?P<n2>[0-5]?[0-9])分?|(?P<n3>半)|整)?(?![间候代尚期段速空建要位一二三四五六七八九0-9个意]))",
            rf"(?<![0-9A-Za-z])(?<![0-9][.,:])(?P<by>(?:19|20)[0-9]{{2}})"
            rf"(?![0-9A-Za-z万亿千百多余]|[.,:][0-9]| ?(?:{_UNIT_PATTERN.pattern}))",
        )
    )
    + ")"
)
_PARTS = {
    "上旬": "early",
    "中旬": "mid",
    "下旬": "late",
    "初": "early",
    "年初": "early",
    "中": "mid",
    "底": "late",
    "年底": "late",
    "末": "late",
    "年末": "late",
    "上半年": "H1",
    "下半年": "H2",
    "前三季度": "Q1-3",
}


def whole_number(word: str) -> int | None:
    """Return what a short numeral says, digit by digit for a year: 12, 十二, 二〇二五; None when it says nothing."""
    if word.isascii():
        return int(word) if word.isdigit() else None
    if len(word) == 4 and (year := by_digit(word)) is not None:
        return year
    value = _value(list(word))
    return None if value is None or value.denominator != 1 else int(value)


def dates(text: str) -> tuple[DateFact, ...]:
    """Return the dates and clock times that `text` writes out, in order. 今年 is left to `corpus.chinese.timing`."""
    return tuple(_dates(_evened(text), text))


def _dates(plain: str, text: str) -> Iterator[DateFact]:
    waiting: DateFact | None = None  # a year, until we know whether a month stands right behind it
    for found in _DATE.finditer(plain):
        start, end = found.span()
        fact = _date(found.groupdict(), start, end, text[start:end])
        if waiting is not None:
            if (
                fact is not None
                and fact.month
                and fact.year is None
                and start - waiting.end in (0, 1)
                and plain[waiting.end : start] in ("", " ")
            ):
                fact = replace(fact, start=waiting.start, text=text[waiting.start : end], year=waiting.year)
            else:
                yield waiting
            waiting = None
        if fact is None:
            continue
        if found["y"] and not fact.part:
            waiting = fact
        else:
            yield fact
    if waiting is not None:
        yield waiting


def _date(groups: dict[str, str | None], start: int, end: int, text: str) -> DateFact | None:
    def number(name: str) -> int | None:
        word = groups[name]
        return whole_number(word) if word else None

    if plan := groups["q"] or groups["q2"]:
        first, last = plan_years(plan)
        return DateFact(start, end, text, year=first, last_year=last)
    if groups["y1"]:
        years = number("y1"), number("y2")
        if years[0] is None or years[1] is None or years[0] > years[1]:
            return None
        return DateFact(start, end, text, year=years[0], last_year=years[1])
    if groups["iy"]:
        return DateFact(start, end, text, number("iy"), number("im"), number("id"))
    if groups["y"]:
        return DateFact(start, end, text, number("y"), part=_part(groups["yp"]))
    if groups["m"]:
        part = _part(groups["mp"])
        return DateFact(start, end, text, None, number("m"), number("d"), part, None, number("m2"), number("d2"))
    if groups["p"]:
        return DateFact(start, end, text, part=_part(groups["p"]))
    if groups["d3"]:
        return DateFact(start, end, text, day=number("d3"))
    if groups["by"]:
        return DateFact(start, end, text, number("by"))
    hour = number("h") if groups["h"] else number("hh")
    minute = 30 if groups["n3"] else number("n1") or number("n2") or 0
    vague = not (groups["noon"] or groups["n1"] or groups["n2"] or groups["n3"])
    if hour is None or (vague and (groups["o"] == "点" or groups["hh"])):
        return None
    if groups["noon"] in ("下午", "晚上", "傍晚", "晚") and hour < 12:
        hour += 12
    return DateFact(start, end, text, hour=hour, minute=minute)


def plan_years(name: str) -> tuple[int, int]:
    """Return the first and last year of a five-year plan: 十四五 is 2021 to 2025."""
    first = 2021 + 5 * ((whole_number(name[:-1]) or 10) - 14)
    return first, first + 4


def _part(word: str | None) -> str:
    if not word:
        return ""
    if word.endswith("季度") and word != "前三季度":
        return f"Q{whole_number(word.removeprefix('第')[0])}"
    return _PARTS.get(word, "")


def same_date(a: DateFact, b: DateFact) -> bool:
    """Whether two dates agree on every field that both give, and share at least one. A span counts as one field."""
    pairs: list[tuple[object, object]] = [(a.part or None, b.part or None), (a.hour, b.hour), (a.minute, b.minute)]
    for first, last in (("year", "last_year"), ("month", "last_month"), ("day", "last_day")):
        spans = [(getattr(date, first), getattr(date, last) or getattr(date, first)) for date in (a, b)]
        pairs.append(tuple(span if span[0] is not None else None for span in spans))  # type: ignore[arg-type]
    shared = [(left, right) for left, right in pairs if left is not None and right is not None]
    return bool(shared) and all(left == right for left, right in shared)


# ---------------------------------------------------------------------------------------------------------------- names

_TITLE = re.compile(r"《([^《》\n]{1,80})》")
_QUOTED = re.compile(r"[“「『]([^“”「」『』\n]{1,40})[”」』]")
_LATIN = re.compile(
    "[A-Za-zＡ-Ｚａ-ｚ][A-Za-z0-9Ａ-Ｚａ-ｚ０-９]{0,39}(?:[-+&.][A-Za-z0-9]{1,39}){0,5}"
    r"|[0-9]{1,6}(?:\+[A-Za-z]|[A-Z][A-Za-z]{0,5})(?![A-Za-z])"
)
_SUFFIX = re.compile(
    f'{any_of("corpus/name_ends")}|[物术书育技牌览档化案史料念]馆|{any_of("corpus/town_names")}|[东西南北]站|(?:科技|生物|药业|电器|电梯|股份|动力|服饰|新能)(?=[,.;:、)"》等的和与]|创始|董事|公司|负责|相关|$)|村(?![民落庄里])|镇(?![街江])|区(?![域块间别位内委长划级政分])|(?<![城超])市(?![场民长委值级域区政面])|省(?![级委市份会内])|县(?![级域委])'
)
_LEFT_STOP = frozenset(
    "的在与和及是了为将由对向从到被把于以等就也都还又而或并让使给跟同至有位个家名项座条这那该其据占较着"
    ",.;:!?\"'()[]<>《》、 \n\t"
)
_VERB_BEFORE = re.compile(any_of("corpus/before_names"))
_NO_NAME = re.compile("[0-9]|[全我各本老多两三几每某级]|[一二两三四五六七八九十]大")


def names(text: str) -> tuple[Name, ...]:
    """Return candidates for names in `text`, in order: titles, quotations, Latin words, and what ends as a name ends.

    The last kind is a guess without a dictionary: from the ending back to the nearest particle, mark or verb, at most
    16 characters; of two that begin alike the longer stays. Kinds may overlap (a name within a quotation).
    """
    folded = fold(text)
    found = [Name(m.start(1), m.end(1), m.group(1), NameKind.TITLE) for m in _TITLE.finditer(text)]
    found += [Name(m.start(1), m.end(1), m.group(1), NameKind.QUOTED) for m in _QUOTED.finditer(text)]
    found += [Name(m.start(), m.end(), m.group(), NameKind.LATIN) for m in _LATIN.finditer(text)]
    proper: dict[int, int] = {}
    for suffix in _SUFFIX.finditer(folded):
        start, floor = suffix.start(), max(0, suffix.start() - 16)
        while start > floor and folded[start - 1] not in _LEFT_STOP:
            start -= 1
        for verb in _VERB_BEFORE.finditer(folded, start, suffix.start()):
            start = verb.end()
        if start < suffix.start() and suffix.end() - start >= 3 and not _NO_NAME.match(folded, start):
            proper[start] = suffix.end()
    found += [Name(start, end, text[start:end], NameKind.PROPER) for start, end in proper.items()]
    return tuple(sorted(found, key=lambda name: (name.start, name.end)))


# ----------------------------------------------------------------------------------------------------------- comparison

_NOT_THINGS = frozenset({"户", "次", "天"})


def _written(quantity: Quantity) -> tuple[Fraction, Fraction]:
    return quantity.low / quantity.factor, quantity.high / quantity.factor


def compare(a: Quantity, b: Quantity) -> Comparison:
    """Tell whether two quantities are the same amount, different amounts, or not to be compared.

    - Same measure and base: compared exactly in the base unit, both ends of a range, so 15亩 is 10000平方米.
    - One side without a unit: the numbers as written are compared, with 万 and 亿; 15 is 15亩, 3000 is not 3000亿元.
      So a bare answer may be right, and only where the text gives no other unit to contradict.
    - 个 counts any thing, so that 12个 is 12家 and 12项: which one stands before 企业 or 项目 is style. It counts no
      people, households or times. 家 and 座 do not compare; words that count the same things do (家 所, 座 幢 栋,
      台 部, 项 件). 人, 名, 位 are one unit, 人次 is another. `equal` is therefore not transitive: 12家 = 12个 = 12座.
    - 约, 超, 近 … never make different numbers equal, nor equal numbers different.
    - A rise is not a fall of the same size; a number that is said to be neither matches both.
    """
    bare = Measure.BARE in (a.measure, b.measure)
    things = a.measure == b.measure == Measure.COUNT and _THING in (a.base, b.base)
    if things and _NOT_THINGS & {a.base, b.base}:
        return Comparison.INCOMPARABLE
    if not bare and not things and (a.measure, a.base) != (b.measure, b.base):
        return Comparison.INCOMPARABLE
    if a.change * b.change < 0:
        return Comparison.DIFFERENT
    same = _written(a) == _written(b) if bare else (a.low, a.high) == (b.low, b.high)
    return Comparison.EQUAL if same else Comparison.DIFFERENT


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether `compare` can tell two quantities apart."""
    return compare(a, b) is not Comparison.INCOMPARABLE


def equal(a: Quantity, b: Quantity) -> bool:
    """Whether `compare` calls two quantities equal."""
    return compare(a, b) is Comparison.EQUAL


def may_agree(a: Quantity, b: Quantity) -> bool:
    """Whether both may hold of one value: 超2万亿元 and 2.03万亿元, 近400家 and 392家. About means within a tenth."""
    if not comparable(a, b):
        return False
    if equal(a, b):
        return True
    first, second = _bounds(a), _bounds(b)
    return first[0] <= second[1] and second[0] <= first[1]


def _bounds(quantity: Quantity) -> tuple[Fraction, Fraction]:
    tenth = abs(quantity.low) / 10
    low, high = quantity.low, quantity.high
    if quantity.approximation in (Approximation.ABOUT, Approximation.BELOW):
        low -= tenth
    if quantity.approximation in (Approximation.ABOUT, Approximation.ABOVE):
        high += tenth
    return low, high


# -------------------------------------------------------------------------------------------------- display, arithmetic

_WORDS = {Approximation.EXACT: "", Approximation.ABOUT: "约", Approximation.ABOVE: "超", Approximation.BELOW: "近"}


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return format(round(_decimal(value), 6).normalize(), "f")


def _scaled(value: Fraction) -> str:
    for size, word, places in ((10**12, "万亿", 4), (10**8, "亿", 4), (10**4, "万", 2)):
        scaled = value / size
        if abs(scaled) >= 1 and (scaled * 10**places).denominator == 1:
            return f"{_plain(scaled)}{word}"
    return _plain(value)


def display(quantity: Quantity, *, approximation: bool = True) -> str:
    """Return the quantity as a newspaper prints it, in its own unit: 3000亿元, 超1.2万人, 30至50人, 2/3."""
    low, high = _written(quantity)
    words = _WORDS[quantity.approximation] if approximation else ""
    if quantity.unit == "%" and low == high and (low * 10**6).denominator != 1 and low.denominator < 10**3:
        return f"{words}{low / 100}"
    show = _plain if quantity.measure in (Measure.SHARE, Measure.POINTS) else _scaled
    number = show(low) if low == high else f"{show(low)}至{show(high)}"
    return f"{words}{number}{quantity.unit}"


def _result(
    value: Fraction, approximate: bool, *, measure: Measure, base: str, unit: str, factor: Fraction
) -> Quantity:
    approximation = Approximation.ABOUT if approximate else Approximation.EXACT
    made = Quantity(0, 0, "", value, value, measure, base, unit, factor, approximation)
    text = display(made)
    return Quantity(0, len(text), text, value, value, measure, base, unit, factor, approximation)


def _checked(quantities_: Sequence[Quantity]) -> bool:
    """Return whether one of them is approximate; raise ValueError when they cannot be reckoned with each other."""
    first = quantities_[0]
    for quantity in quantities_:
        if quantity.is_range:
            raise ValueError(f"「{quantity.text}」是一个范围，不能直接计算，请给出确定的数值。")
        if (quantity.measure, quantity.base) != (first.measure, first.base):
            raise ValueError(f"「{first.text}」和「{quantity.text}」的单位不同，不能放在一起计算，请换成同一种单位。")
    return any(quantity.approximation is not Approximation.EXACT for quantity in quantities_)


def difference(a: Quantity, b: Quantity) -> Quantity:
    """Return a − b exactly in the unit of `a`; 个百分点 for two shares. Raises ValueError on unlike units, ranges."""
    approximate = _checked((a, b))
    if a.measure is Measure.SHARE:
        return _result(
            a.low - b.low, approximate, measure=Measure.POINTS, base="个百分点", unit="个百分点", factor=Fraction(1)
        )
    return _result(a.low - b.low, approximate, measure=a.measure, base=a.base, unit=a.unit, factor=a.factor)


def total(quantities_: Sequence[Quantity]) -> Quantity:
    """Return the exact sum in the unit of the first. Raises ValueError on none, on unlike units, on ranges."""
    if not quantities_:
        raise ValueError("没有可以相加的数值，请至少给出一个。")
    approximate = _checked(quantities_)
    first = quantities_[0]
    value = sum((quantity.low for quantity in quantities_), Fraction(0))
    return _result(value, approximate, measure=first.measure, base=first.base, unit=first.unit, factor=first.factor)


def growth(old: Quantity, new: Quantity) -> Quantity:
    """Return (new − old) / old in percent. Raises ValueError on unlike units and when `old` is zero."""
    approximate = _checked((old, new))
    if old.low == 0:
        raise ValueError(f"「{old.text}」为零，无法计算增幅，请换一个基期。")
    value = (new.low - old.low) / old.low * 100
    return _result(value, approximate, measure=Measure.SHARE, base="%", unit="%", factor=Fraction(1))


# -------------------------------------------------------------------------------------------------------------- folding

_UNEVEN = re.compile("[A-ZＡ-Ｚ⁰¹²³⁴-⁹₀-₉①-⒛㉑-㊿㈠-㉃㊀-㊉½-¾⅐-⅞]")
_HALF_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}


def _evened(text: str) -> str:
    """Return `fold(text)` with the case of Latin letters (MW, kW, 5G), and with ① and m² left as they are."""
    folded = fold(text)
    if not _UNEVEN.search(text):
        return folded
    characters = list(folded)
    for found in _UNEVEN.finditer(text.translate(_HALF_WIDTH)):
        characters[found.start()] = found.group()
    return "".join(characters)
