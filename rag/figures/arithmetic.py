"""Questions that need arithmetic: which operands, where they are printed, and the exact result as a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from corpus.chinese.facts import Approximation, Measure, Quantity, difference, display, growth, total
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.figures.conflicts import apart
from rag.figures.figure import Figure, short_form
from rag.question.parts import Part
from rag.reading.units import Wanted, fits


class Operation(StrEnum):
    """What is reckoned with two operands a and b."""

    DIFFERENCE = "difference"
    SUM = "sum"
    TIMES = "times"
    SHARE = "share"
    COMPARE = "compare"
    GROWTH = "growth"  # of one thing between two times; `b` is empty


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What a question wants reckoned. `a` and `b` are its words for the operands, `attribute` what of them is compared.

    `rate` when rates of growth are the operands; `less` when the smaller one is asked for.
    """

    operation: Operation
    a: str
    b: str
    attribute: str = ""
    rate: bool = False
    less: bool = False

    @property
    def compared(self) -> str:
        """The thing that is compared of both; empty where a verb stands in its place (下得多)."""
        return "" if self.attribute.endswith("得") else self.attribute


@dataclass(frozen=True, slots=True)
class Calculation:
    """A finished reckoning: the operands in the order of the formula `text`.

    In `text` {0}, {1} … stand where the numbers of their citations belong.
    """

    operands: tuple[Figure, ...]
    text: str
    short: str


_MORE = "[多少高低大小快慢长短重贵强]"
_ASK = "(?:多少|几(?!乎))"
_WHICH = "(?:哪一?[个家边项片座类种]|谁|哪里)"
_AND = "(?:和|与|跟|同(?!比)|、|还是)"
_CHANGED = "(?:增加|增长|提高|上升|减少|下降|多|少)"
_IN_ALL = "(?:一共|总共|共)?"
_FORMS: tuple[tuple[Operation, re.Pattern[str]], ...] = tuple(
    (operation, re.compile(pattern))
    for operation, pattern in (
        (
            Operation.SHARE,
            rf"^(?P<a>[^,]{{2,30}}?)(?:占|在)(?P<b>[^,]{{2,30}}?)(?:的|中|里)?(?:所?占)?的?(?:比重|比例|百分比|份额|百分之{_ASK}|{_ASK}成|多大)",
        ),
        (
            Operation.SHARE,
            r"^(?P<a>[^,]{2,30}?)占(?P<b>[^,]{2,30}?)的?多少$",
        ),
        (
            Operation.TIMES,
            rf"^(?P<a>[^,]{{2,30}}?)(?:是|为|相当于|有)(?P<b>[^,]{{2,30}}?)的?(?P<attribute>面积|人数|规模)?的?{_ASK}个?倍",
        ),
        (
            Operation.COMPARE,
            rf"^(?P<a>[^,]{{2,30}}?){_AND}(?P<b>[^,]{{2,30}}?)(?:相比)?[,的 ]*(?:(?:19|20)[0-9]{{2}}年[,]?)?{_WHICH}的?(?P<attribute>[^,]{{0,10}}?)(?:更|较|比较|最)?(?P<more>{_MORE})",
        ),
        (
            Operation.COMPARE,
            rf"^(?P<a>[^,]{{2,30}}?)(?P<attribute>面积|人数|增速|增长|产值|规模|数量)?(?P<more>{_MORE})还是(?P<b>[^,]{{2,30}}?)(?P=more)",
        ),
        (
            Operation.SUM,
            r"^(?P<a>[^,]{2,30}?)(?:和|与|跟|、|加上?)(?P<b>[^,]{1,30}?)(?:这?两[个项者家块])?(?:加起来|加在一起|合起来|合计|总共|一共|之和|总和|共(?!同|建))",
        ),
        (
            Operation.DIFFERENCE,
            rf"^(?P<a>[^,]{{2,30}}?)[,]?比(?!重|例)(?P<b>[^,]{{2,30}}?)(?P<attribute>面积|人数)?(?:还|要|更)?(?P<more>{_MORE}|增[加长多]|减少|上升|下降|提[高升])(?:了|出)?{_ASK}[个家名位]?(?P<tail>[^,个家名位人元亿万平公倍百]{{2,6}})?",
        ),
        (Operation.DIFFERENCE, rf"^(?P<a>[^,]{{2,30}}?)(?:距离?|离)(?P<b>[^,]{{2,30}}?)(?:还)?(?:差|缺|有){_ASK}"),
        (
            Operation.DIFFERENCE,
            rf"^(?P<a>[^,]{{2,30}}?)(?:和|与|跟|同(?!比))(?P<b>[^,]{{2,30}}?)(?:之间)?(?:的)?(?P<attribute>面积|人数)?(?:相差|差了?|差距是?){_ASK}",
        ),
        (
            Operation.GROWTH,
            rf"(?:从|由)?(?P<t>[0-9]{{4}}年.{{0,6}}?(?:到|至)[0-9]{{4}}年)[,的]*(?P<a>[^,]{{2,30}}?){_IN_ALL}{_CHANGED}了?{_ASK}",
        ),
        (
            Operation.GROWTH,
            rf"^(?P<a>[^,]{{2,30}}?)(?:从|由)(?P<t>[0-9]{{4}}年?.{{0,6}}?(?:到|至)[0-9]{{4}}年?)[^,]{{0,4}}?{_IN_ALL}{_CHANGED}了?{_ASK}",
        ),
        (
            Operation.GROWTH,
            rf"^(?P<a>[^,]{{2,30}}?)(?:前后|两次报道|这两年|两年间|比(?:之前|以前|原来|当时))[^,]{{0,8}}?{_CHANGED}了?{_ASK}",
        ),
    )
)
_OF_BOTH = frozenset({Operation.COMPARE, Operation.DIFFERENCE, Operation.SUM})
_LAST = re.compile("(?P<name>[^的]{2,})的(?P<what>[^的]{2,8})")
# What is measured whatever the words: 面积 by square metres, 人数 by people. Other attributes are named where they are told.
_MEASURED = re.compile("新增|面积|人数|规模|数量|总量|总数|总额|增[速长幅]|^[更较比最]+$")
_RATES = re.compile("增长|增速|增幅|涨幅")
_POINTS = re.compile("百分点")
_PERCENT = re.compile("百分之|%|几成|增幅|增长率|多少倍|几倍")
_YEAR = re.compile("(?:19|20)[0-9]{2}年(?:上半年|下半年|底|末)?|今年|去年|上半年|下半年")
_GOAL = re.compile("目标|规划|计划")
_IDLE = re.compile(f'{any_of("rag/sum_idle")}|[的了呢吗是在有把从由]|[()"?]')
_LEVEL = re.compile("(?:全|本|整个)([省市区县镇国])$")
_WHOLE = 20  # characters from 占 to the share
_PRINTED = 0.6  # of the words of part and of whole that a printed share must hold
_ENOUGH = 0.5  # of an operand's words that the figure's own words must hold


def task_of(question: str) -> Reckoning | None:
    """Return what `question` wants reckoned; None when it wants nothing of the kind, or not of two things."""
    text = fold(question).strip().rstrip("?. ")
    for operation, pattern in _FORMS:
        found = pattern.search(text)
        if found is None:
            continue
        groups = found.groupdict()
        a, b = groups["a"], groups.get("b") or ""
        more, attribute = groups.get("more") or "", groups.get("attribute") or groups.get("tail") or ""
        if operation in _OF_BOTH and "的" not in a and (of_both := _LAST.fullmatch(b)):  # 甲和乙的GDP
            b, attribute = of_both["name"], of_both["what"] + attribute
        if operation is Operation.COMPARE and re.search("百分点|增长|增速", text):
            return Reckoning(operation, *_shared(a, b), attribute, True, more in "少低小慢短")
        rate = bool(_POINTS.search(text)) and bool(_RATES.search(text))
        if b and not _content(b):  # 比2024年 …, 离2028年目标 …: another time of the same thing
            b += _GOAL.sub("", _YEAR.sub("", a))
        if operation is Operation.GROWTH:
            a = (groups.get("t") or "") + a
        return Reckoning(operation, *_shared(a, b), attribute, rate, more in "少低小慢短" and bool(more))
    return None


def _shared(a: str, b: str) -> tuple[str, str]:
    """Return the operands with the year that is said once for both."""
    year = _YEAR.search(a)
    if b and year and not _YEAR.search(b):
        b = year.group() + b
    return a, b


def _content(words: str) -> set[str]:
    """Return the bigrams of the words that name an operand."""
    pieces = _IDLE.sub(" ", short_form(_YEAR.sub(" ", words))).split()
    return {piece[i : i + 2] for piece in pieces for i in range(max(1, len(piece) - 1))}


def queries(task: Reckoning) -> list[str]:
    """Return what to search for each operand that the question's own candidates may lack."""
    tail = "增长多少" if task.rate else f"{task.attribute}是多少"
    return [f"{words}{tail}" for words in (task.a, task.b) if words]


def calculate(task: Reckoning, figures: Sequence[Figure], what: Wanted | None) -> Calculation | None:
    """Return the reckoning, None when an operand is missing or the two do not go together."""
    try:
        if task.operation is Operation.GROWTH:
            return _over_time(task, figures, what)
        return _of_two(task, figures, what)
    except ValueError:  # ranges, unlike units, division by nothing: the facts refuse
        return None


def reckon(task: Reckoning, one: Figure, two: Figure) -> Calculation | None:
    """Return the reckoning with two figures; None when they are the same place or do not go together."""
    if _same_place(one, two) or not _go_together(one.quantity, two.quantity):
        return None
    try:
        return _worked_out(task, one, two)
    except ValueError:  # ranges, parts that are more than their whole, division by nothing
        return None


_ALL = re.compile(f"(?:一共|总共|合计|加起来|共计|总计|全部加).{{0,12}}{_ASK}|{_ASK}.{{0,6}}(?:加起来|合计)")
_ROSE = re.compile(f"(?:增加|增长|增多|减少|下降|上升|扩大|缩小|[多少])了{_ASK}")
_SAVED = re.compile(f"(?:省|节省|节约|缩短|压缩|减少|少|快)(?:下|掉)?了?{_ASK}")
_ONCE = re.compile("原先|原来|原本|以前|之前|此前|过去|从前|曾|由|从")


def within(question: str, sentence: Sequence[Figure], what: Wanted | None) -> Calculation | None:
    """Return what is reckoned with the figures of one sentence: an enumeration summed up, a before and an after.

    None when the question wants neither, or the sentence has no such figures.
    """
    text = fold(question)
    if _ALL.search(text):
        return _summed(sentence, what)
    risen = _two_levels(sentence, what) if _ROSE.search(text) else None
    return risen or (_before_and_after(sentence) if _SAVED.search(text) else None)


def _two_levels(sentence: Sequence[Figure], what: Wanted | None) -> Calculation | None:
    """2023年120家；2024年150家: the change between two dated levels of one thing, where no change is printed."""
    fitting = [one for one in sentence if what is None or fits(one.quantity, what)]
    if any(one.growth for one in fitting):
        return None
    for early, late in pairwise(fitting):
        alike = (early.subject, early.indicator) == (late.subject, late.indicator)
        if (
            alike
            and _go_together(early.quantity, late.quantity)
            and early.dated
            and late.dated
            and _before(early, late)
        ):
            if early.quantity.is_range or late.quantity.is_range or early.plan != late.plan:
                continue
            return _worked_out(Reckoning(Operation.DIFFERENCE, "", ""), late, early)
    return None


def _summed(sentence: Sequence[Figure], what: Wanted | None) -> Calculation | None:
    run: list[Figure] = []
    best: list[Figure] = []
    for figure in sentence:
        joined = run and "、" in (between := figure.text[run[-1].quantity.end : figure.quantity.start])
        if not (joined and not re.search("[，。；,;]", between) and _go_together(run[-1].quantity, figure.quantity)):
            run = []
        run.append(figure)
        best = list(run) if len(run) > len(best) else best
    if len(best) < _FEWEST or (what is not None and not fits(best[0].quantity, what)):
        return None
    try:
        result = total([figure.quantity for figure in best])
    except ValueError:
        return None
    terms = " + ".join(f"{figure.quantity.text}{{{place}}}" for place, figure in enumerate(best))
    return Calculation(tuple(best), f"{terms} = {result.text}", result.text)


def _before_and_after(sentence: Sequence[Figure]) -> Calculation | None:
    """原先 … 2小时, 如今 … 10分钟: the difference in the smaller unit."""
    spans = [figure for figure in sentence if figure.quantity.measure is Measure.DURATION]
    for one, two in pairwise(spans):
        a, b = one.quantity, two.quantity
        if a.base != b.base or a.is_range or b.is_range or a.low <= b.low:
            continue
        if not _ONCE.search(one.text[max(0, a.start - 14) : a.start]):
            continue
        small = min(a, b, key=lambda quantity: quantity.factor)
        exact = a.approximation is b.approximation is Approximation.EXACT
        result = f"{'' if exact else '约'}{_rounded((a.low - b.low) / small.factor)}{small.unit}"
        return Calculation((one, two), f"{a.text}{{0}} − {b.text}{{1}} = {result}", result)
    return None


_FEWEST = 3  # figures that are summed up without being named


def operand(words: str, task: Reckoning, figures: Sequence[Figure], what: Wanted | None) -> list[tuple[float, Figure]]:
    """Return the figures that may be what `words` name, best first."""
    content = _content(words)
    if not content:
        return []
    attribute = _content(_MEASURED.sub("", task.compared))
    goal = _GOAL.search(words) is not None
    years = [int(y.group()[:4]) for y in _YEAR.finditer(fold(words)) if y.group()[:4].isdigit()]
    allowed = _content(words + task.attribute + "面积总量")
    found: list[tuple[float, Figure]] = []
    for figure in figures:
        if figure.growth != task.rate or not _measures(figure.quantity, what, task):
            continue
        own = figure.subject + "|" + figure.indicator + "|" + _nearby(figure)
        named = figure.subject + "|" + figure.indicator
        share, close = _covered(content, own), _covered(content, named)
        if task.operation is Operation.SHARE and words == task.a and not _ends_alike(words, own):
            continue
        if share < _ENOUGH or (attribute and _covered(attribute, own) < _ENOUGH):
            continue
        extra = _content(re.sub("^(?:这|该|此)[片座个家]?", "", figure.indicator)) - allowed
        score = share + 2 * close - 0.15 * min(4, len(extra))
        if years and figure.first and figure.last:
            inside = any(figure.first.year <= year <= figure.last.year for year in years)
            if figure.dated and not inside:
                continue
            score += 0.6 * inside
        score += (0.8 if goal else -0.5) * figure.plan - 0.8 * (goal and not figure.plan)
        found.append((score, figure))
    return sorted(found, key=lambda one: -one[0])


def _ends_alike(words: str, told: str) -> bool:
    """Whether what is measured, the last word for a part (产值), stands where a figure is told; a unit says it of what is counted."""
    last = short_form(_IDLE.sub("", words))[-2:]
    return last in told or _MEASURED.search(last) is not None


def _nearby(figure: Figure) -> str:
    """Return the words of the sentence right around the quantity, shortened."""
    start, end = figure.quantity.start, figure.quantity.end
    left = re.split("[，。；、,;]", figure.text[max(0, start - 24) : start])[-1]
    right = re.split("[，。；、,;]", figure.text[end : end + 14])[0]
    return short_form(left + "|" + right)


def _covered(content: set[str], text: str) -> float:
    return sum(piece in text for piece in content) / max(1, len(content))


def _measures(quantity: Quantity, what: Wanted | None, task: Reckoning) -> bool:
    if quantity.is_range or quantity.measure is Measure.BARE:
        return False
    if task.rate:
        return quantity.measure is Measure.SHARE
    if task.attribute == "面积":
        return quantity.measure is Measure.AREA
    if task.operation in (Operation.SHARE, Operation.TIMES):
        return quantity.measure not in (Measure.SHARE, Measure.POINTS, Measure.DURATION)
    if what is None or Measure.SHARE in what.measures:
        return quantity.measure not in (Measure.SHARE, Measure.POINTS, Measure.DURATION)
    return quantity.measure in what.measures and (not what.bases or quantity.base in what.bases)


def printed_share(task: Reckoning, figures: Sequence[Figure]) -> Figure | None:
    """Return the share that is asked for where an article prints it: it is quoted, not reckoned."""
    if task.operation is not Operation.SHARE:
        return None
    a, b, level = _content(task.a), _content(task.b), _level(task.b)
    for figure in figures:
        if figure.quantity.measure is not Measure.SHARE:
            continue
        part, sign, whole = short_form(figure.text[: figure.quantity.start]).rpartition("占")
        part += figure.subject
        if not sign or len(whole) > _WHOLE or _covered(a, part) < _PRINTED:
            continue
        if (level[1] in whole) if level else _covered(b, whole) >= _PRINTED:
            return figure
    return None


def _of_two(task: Reckoning, figures: Sequence[Figure], what: Wanted | None) -> Calculation | None:
    first, second = operand(task.a, task, figures, what), operand(task.b, task, figures, what)
    best: tuple[float, Figure, Figure] | None = None
    for one_score, one in first[:6]:
        for two_score, two in second[:6]:
            if _same_place(one, two) or not _go_together(one.quantity, two.quantity):
                continue
            if task.operation is Operation.SHARE and one.dated and two.dated and apart(one, two):
                continue
            if task.operation is Operation.SHARE and _is_whole_alone(task.b, two) and not _is_one_thing(one, two):
                continue
            score = one_score + two_score + 0.3 * (one.article_id == two.article_id)
            if task.operation is Operation.SHARE and one.subject != two.subject and two.subject not in task.b:
                score -= _OF_ANOTHER
            if task.operation in _ALIKE:
                score += 0.25 * _shared_end(one.indicator, two.indicator)
            if best is None or score > best[0]:
                best = (score, one, two)
    return _worked_out(task, best[1], best[2]) if best else None


def _is_whole_alone(words: str, figure: Figure) -> bool:
    """Whether the words for a whole name whose it is and not what: 杭州, for 杭州's GDP."""
    if _level(words):
        return True
    return _covered(_content(re.sub("[省市区县镇]$", "", words)), figure.subject) == 1


def _level(words: str) -> re.Match[str] | None:
    """Return what the words name when it is all of a place alone (全区), whatever the year; its only group is 区."""
    return _LEVEL.match(_YEAR.sub("", words))


def _is_one_thing(a: Figure, b: Figure) -> bool:
    return bool(a.indicator) and _shared_end(a.indicator, b.indicator) >= min(2, len(a.indicator))


def sides_of(question: str) -> tuple[Part, ...]:
    """Return what a comparison asks of either side (甲的GDP, 乙的GDP), each as a question; none when it compares nothing of both."""
    task = task_of(question)
    if task is None or task.operation not in (Operation.COMPARE, Operation.DIFFERENCE) or not task.compared:
        return ()
    folded = fold(question)

    def typed(words: str) -> str:
        at = folded.find(words)
        return words if at < 0 else question[at : at + len(words)]

    names = [typed(name) for name in (task.a, task.b) if name]
    return tuple(Part(f"{name}的{typed(task.compared)}是多少", name) for name in names)


def leaves_out_a_side(question: str, text: str) -> bool:
    """Tell whether a text, with what stands around it, lacks one of two named things that a question compares or reckons with."""
    task = task_of(question)
    if task is None or task.operation is Operation.GROWTH:
        return False
    named = ("" if _level(words) or _WHEN.search(_YEAR.sub("", words)) else words for words in (task.a, task.b))
    a, b = ({piece for piece in _content(words) if len(piece) > 1} for words in named)
    told = short_form(text)

    def is_missing(own: set[str]) -> bool:
        return bool(own) and _covered(own, told) < (_ENOUGH if len(own) <= _NAME else _TRACE)

    return bool(a and b) and (is_missing(a - b) or is_missing(b - a))


_WHEN = re.compile(
    "原[来先本]|[以之此从]前|过去|当[时初]|那会|刚|同期|上[年月周季]|去年|[前往]年|(?:时候?|前|后)$"
)  # another time of one thing
_NAME, _TRACE = 4, 0.1  # pairs of characters of a name; the share of longer words that must be told
_OF_ANOTHER = 1.0  # a part is of the whole of the same place, unless another one is named
_ALIKE = frozenset({Operation.DIFFERENCE, Operation.SUM, Operation.COMPARE, Operation.TIMES})


def _shared_end(a: str, b: str, most: int = 3) -> int:
    """Return how many of the last characters two indicators share: 农业增加值 goes with 工业增加值, not with 工业总产值."""
    same = 0
    while same < min(len(a), len(b), most) and a[-1 - same] == b[-1 - same]:
        same += 1
    return same


def _same_place(a: Figure, b: Figure) -> bool:
    return (a.article_id, a.start, a.quantity.start) == (b.article_id, b.start, b.quantity.start)


def _same_sentence(a: Figure, b: Figure) -> bool:
    return (a.article_id, a.start) == (b.article_id, b.start)


def _go_together(a: Quantity, b: Quantity) -> bool:
    return (a.measure, a.base) == (b.measure, b.base)


def _over_time(task: Reckoning, figures: Sequence[Figure], what: Wanted | None) -> Calculation | None:
    """Two figures of one thing: 从 … 增长至 … of one sentence, else of two times."""
    found = operand(task.a, Reckoning(task.operation, task.a, "", task.attribute), figures, what)
    for _, one in found[:6]:
        for _, two in found[:6]:
            if (one.subject, one.indicator) != (two.subject, two.indicator) or one.quantity is two.quantity:
                continue
            same = _same_sentence(one, two)
            if not _go_together(one.quantity, two.quantity) or one.plan or two.plan:
                continue
            if (same and one.quantity.start < two.quantity.start) or (
                not same and apart(one, two) and _before(one, two)
            ):
                return _worked_out(task, two, one)
    return None


def _before(a: Figure, b: Figure) -> bool:
    return a.last is not None and b.last is not None and a.last < b.last


def _worked_out(task: Reckoning, one: Figure, two: Figure) -> Calculation:
    a, b = one.quantity, two.quantity
    if task.operation is Operation.SUM:
        result = total((a, b))
        return Calculation((one, two), f"{a.text}{{0}} + {b.text}{{1}} = {_shown(result, a, b)}", result.text)
    if task.operation is Operation.TIMES:
        ratio = _rounded(a.low / b.low) + "倍"
        return Calculation(
            (one, two), f"{a.text}{{0}} ÷ {b.text}{{1}} {_equals(a, b, a.low / b.low, 2)} {ratio}", ratio
        )
    if task.operation is Operation.SHARE:
        share = a.low / b.low * 100
        if share > 100:
            raise ValueError(f"{a.text} is no part of {b.text}")
        text = f"{_rounded(share, 1)}%"
        return Calculation((one, two), f"{a.text}{{0}} ÷ {b.text}{{1}} {_equals(a, b, share, 1)} {text}", text)
    if task.operation is Operation.GROWTH and _PERCENT.search(task.attribute):
        rise = growth(b, a)
        text = f"{_rounded(rise.low, 1)}%"
        return Calculation((one, two), f"({a.text}{{0}} − {b.text}{{1}}) ÷ {b.text}{{1}} = {text}", text)
    swapped = a.low < b.low
    if swapped:
        one, two, a, b = two, one, b, a
    result = difference(a, b)
    text = f"{a.text}{{0}} − {b.text}{{1}} = {_shown(result, a, b)}"
    short = result.text
    if task.operation is Operation.COMPARE:
        larger, smaller = (task.b, task.a) if swapped else (task.a, task.b)
        short = _YEAR.sub("", smaller if task.less else larger).strip()
    return Calculation((one, two), text, short)


def _shown(result: Quantity, a: Quantity, b: Quantity) -> str:
    """Return the result in the scale of the operands, and spelt out when that differs."""
    for word, size in (("亿", 10**8), ("万", 10**4)):
        if word in a.text and word in b.text and word not in result.text and result.factor == 1:
            about = "约" if result.approximation is not Approximation.EXACT else ""
            return (
                f"{about}{_rounded(result.low / size, 6)}{word}{result.unit}（{display(result, approximation=False)}）"
            )
    return result.text


def _equals(a: Quantity, b: Quantity, value: Fraction, places: int) -> str:
    exact = a.approximation is b.approximation is Approximation.EXACT
    return "=" if exact and (value * 10**places).denominator == 1 else "≈"


def _rounded(value: Fraction, places: int = 2) -> str:
    text = f"{float(value):.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
