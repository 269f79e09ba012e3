"""What a sentence states: its figures, dates, names and content words, and how much of them a text holds.

Everything is seen from the sentence that wants proof; the text that shall prove it is a `Ground`. Pure functions; time
grows with length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from corpus.chinese.facts import (
    Approximation,
    Comparison,
    DateFact,
    Measure,
    Name,
    NameKind,
    Quantity,
    compare,
    dates,
    names,
    quantities,
)
from corpus.chinese.text import fold, split_clauses
from corpus.chinese.timing import modality, time_mentions
from corpus.chinese.words import any_of, words
from corpus.records import Modality, Published, Span, TimeMention
from rag.question.bigrams import is_ordinary, language
from rag.question.rewording import thesaurus

# Words that tie an answer together and say nothing by themselves: they need no proof.
LINKS = re.compile(any_of("rag/linking"))
_HAN = re.compile("[\u3400-\u9fff]")
_WORDLIKE = re.compile("[\u3400-\u9fffa-z]")
# Whoever adds one of these says more than the source does.
_STRONG = re.compile(f"{any_of('rag/strong')}|最[新强优佳]|每[个家户人名年月天]")
_STRONGEST = re.compile(f"(?:{_STRONG.pattern})+")  # 全国第一 is more than 全国 here and 第一 there
_OPPOSITES = tuple(
    (re.compile(first), re.compile(second))
    for first, second in (
        (any_of("rag/rises"), any_of("rag/falls")),
        ("盈利|赢利", "亏损"),
        ("流入|引进|引入|招引", "流出|迁出|外迁"),
        ("开工|动工|启动|开建", "竣工|完工|建成|落成|停工"),
        ("开放|开业|开馆|投用|启用", "关闭|停业|停用|停运|关停"),
        ("出口", "进口"),
        ("高于|超过|多于|领先", "低于|不及|少于|落后"),
        ("同意|批准|获批|通过审", "反对|拒绝|否决|驳回"),
        ("成功", "失败"),
        ("支持|鼓励", "限制|取缔"),
        ("上半年", "下半年"),
    )
)
_NEGATION = re.compile(
    "(?:不(?![断仅只但少同论管妨禁愧到足低超满下一光单动可小凡错过])|未(?!来|到|满)|没|毋|勿|并非|尚无|暂无|从无|无(?![人锡线论缝疑数界限边偿愧障污尘纺际柱界]))"
)
_NO_NEGATION = re.compile(any_of("rag/no_negation"))
_PLACES = re.compile(f"{any_of('rag/lands')}|{any_of('rag/cities')}")
_SURNAMES = frozenset(words("corpus/surnames"))
_SURNAME = any_of("corpus/surnames")
_PERSON = re.compile(
    rf"(?:{any_of('corpus/titles')}(?P<after>{_SURNAME}[\u4e00-\u9fff]{{1,2}}))"
    rf"|(?<![\u4e00-\u9fff])(?P<lead>{_SURNAME}[\u4e00-\u9fff]{{1,2}}?)(?={any_of('rag/says')}|创办|教授|博士|书记|区长)"
)
_NUMERAL = re.compile(
    "[一二三四五六七八九十]{1,3}[期届等](?=[^一-十待候于同])|[一二三四五六七八九十]级|第[一二三四五六七八九十百千两0-9]{1,6}|前[一二三四五六七八九十0-9]{1,4}(?=[名强位])|[0-9]+(?:[.,][0-9]+)*"
)
_RELATIVE = re.compile(f"{any_of('rag/relative')}|(?<![比较])上年")
_REPORTED = re.compile("报道|报导|刊发|日报|消息|文章|见报")
_EVERYDAY_PAIR = 8e-6  # of all pairs of characters
_LONGEST_NAME = 16  # characters: more in quotation marks is what somebody said
_OPENS = 2  # characters in which the subject of a span stands
_WIDER = {Approximation.ABOUT: (Approximation.EXACT, Approximation.ABOUT)}


@dataclass(frozen=True)
class Ground:
    """A stretch of an article that may prove something, with its headline and headings and the article's date."""

    text: str
    heading: str = ""
    published: Published | None = None
    before: str = ""  # what the reader of the span has read before it in the same article

    @cached_property
    def folded(self) -> str:
        return _bare(fold(self.text))

    @cached_property
    def evened(self) -> str:
        """The text as `fold` gives it, with its offsets."""
        return fold(self.text)

    @cached_property
    def folded_heading(self) -> str:
        return _bare(fold(self.heading))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def dates(self) -> tuple[DateFact, ...]:
        """The dates that are written, and with a year where the article's own date tells it."""
        written = dates(self.text)
        dated = []
        for fact in written:
            for mention in self.times:
                if fact.year is None and fact.hour is None and mention.start <= fact.start < mention.end:
                    years = {moment.year for moment in (mention.first, mention.last) if moment is not None}
                    if len(years) == 1:
                        dated.append(replace(fact, year=years.pop()))
        return (*written, *dated)

    @cached_property
    def times(self) -> tuple[TimeMention, ...]:
        return time_mentions(self.text, self.published)

    @cached_property
    def time_in_force(self) -> tuple[TimeMention, ...]:
        """The time that was named last before a span which names none of its own, at most one."""
        if any(mention.first is not None and mention.last is not None for mention in self.times):
            return ()
        earlier = time_mentions(self.before, self.published)
        return tuple(mention for mention in earlier if mention.first is not None and mention.last is not None)[-1:]

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        return tuple(_clauses(self.text))


@dataclass(frozen=True)
class Statement:
    """A sentence without its citation marks, taken apart once."""

    text: str

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def dates(self) -> tuple[DateFact, ...]:
        return dates(self.text)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return names(self.text)

    def times(self, published: Published | None) -> tuple[TimeMention, ...]:
        """Return the times that are named, 今年 and the like as an article of that date means them."""
        return _times(self.text, published)

    @cached_property
    def masked(self) -> bytearray:
        """1 where a figure or date stands: those are proven by value, not by their characters."""
        taken = bytearray(len(self.text))
        spans = [(one.start, one.end) for one in self.quantities] + [(one.start, one.end) for one in self.dates]
        for start, end in spans:
            taken[start:end] = b"\1" * (end - start)
        return taken

    @cached_property
    def content(self) -> tuple[Span, ...]:
        """The runs of characters that say something: no figures, marks or linking words."""
        taken = bytearray(self.masked)
        for link in LINKS.finditer(self.folded):
            taken[link.start() : link.end()] = b"\1" * (link.end() - link.start())
        return tuple(_runs(self.folded, taken))

    @cached_property
    def words(self) -> tuple[Span, ...]:
        """The runs of characters outside figures and marks, linking words included."""
        return tuple(_runs(self.folded, self.masked))


@lru_cache(maxsize=1024)
def _times(text: str, published: Published | None) -> tuple[TimeMention, ...]:
    return time_mentions(text, published)


def _runs(folded: str, taken: bytearray) -> Iterator[Span]:
    start: int | None = None
    for at in range(len(folded) + 1):
        inside = at < len(folded) and not taken[at] and _WORDLIKE.match(folded[at]) is not None
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            yield Span(start, at)
            start = None


def _bare(folded: str) -> str:
    return re.sub("[\\s\"'·]", "", folded)


def _clauses(text: str) -> Iterator[str]:
    clause = ""
    for span in split_clauses(text, Span(0, len(text))):
        clause += text[span.start : span.end]
        if len(_HAN.findall(clause)) >= 4:
            yield clause
            clause = ""
    if clause.strip():
        yield clause


# ------------------------------------------------------------------------------------------------------------- figures


def same_amount(claimed: Quantity, printed: Quantity) -> bool:
    """Whether a figure is the printed one: value, unit, and 约 超 近 as printed; a claimed unit must be printed."""
    if compare(claimed, printed) is not Comparison.EQUAL:
        return False
    if claimed.measure is not printed.measure and (
        printed.measure is Measure.BARE or printed.measure not in (Measure.COUNT, Measure.PEOPLE)
    ):
        return False
    return printed.approximation in _WIDER.get(claimed.approximation, (claimed.approximation,))


def same_time(statement: Statement, claimed: Quantity, ground: Ground, printed: Quantity) -> bool:
    """Whether the time that is said of a figure may be the one that is printed of it; nothing said may be any time."""
    said = _last_time(statement.times(ground.published), claimed)
    given = _last_time(ground.times, printed)
    if said is None or given is None or None in (said.first, said.last, given.first, given.last):
        return True
    assert said.first and said.last and given.first and given.last
    return said.first <= given.last and given.first <= said.last


def _last_time(times: Sequence[TimeMention], quantity: Quantity) -> TimeMention | None:
    """Return the time that was named last before a figure, or else the first one of the sentence."""
    before = [mention for mention in times if mention.end <= quantity.start]
    after = [mention for mention in times if mention.start >= quantity.end]
    return before[-1] if before else after[0] if after else None


def unbound(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether the words around a figure are those of another figure of the same kind: right number, wrong thing."""
    if _led_by_another(statement, quantity, grounds):
        return True
    own = (_around(statement.folded, quantity, statement.quantities), _counted(statement.folded, quantity))
    best = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for ground in grounds:
        for other in ground.quantities:
            comparison = compare(quantity, other)
            equal = comparison is Comparison.EQUAL
            if comparison is Comparison.INCOMPARABLE or not (equal or same_time(statement, quantity, ground, other)):
                continue
            theirs = (_around(ground.evened, other, ground.quantities), _counted(ground.evened, other))
            for at in (0, 1):
                shared = len(own[at] & theirs[at]) / len(own[at]) if len(own[at]) >= 2 else 0.0
                best[equal][at] = max(best[equal][at], shared)
    around, counted = (best[False][at] - best[True][at] for at in (0, 1))
    return (best[False][0] >= 0.6 and around >= 0.3) or (best[False][1] >= 0.6 and counted >= 0.5)


_NOUN = re.compile("[\u3400-\u9fff]{2,5}")
_LED_BY = re.compile("[\u3400-\u9fff]{3}$")


def _led_by_another(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether the three characters right before a figure stand right before another one of the kind, and not before it."""
    led = _LED_BY.search(statement.folded, 0, quantity.start)
    if led is None:
        return False
    found = {True: False, False: False}
    for ground in grounds:
        for other in ground.quantities:
            comparison = compare(quantity, other)
            equal = comparison is Comparison.EQUAL
            if comparison is Comparison.INCOMPARABLE or not ground.evened.endswith(led.group(), 0, other.start):
                continue
            if equal or same_time(statement, quantity, ground, other):
                found[equal] = True
    return found[False] and not found[True]


def _around(folded: str, quantity: Quantity, others: Sequence[Quantity]) -> set[str]:
    """Return the pairs of characters between the last figure of the kind and this one, and up to the next mark after it."""
    alike = [other for other in others if compare(quantity, other) is not Comparison.INCOMPARABLE]
    left = max((other.end for other in alike if other.end <= quantity.start), default=0)
    right = re.search("[,.;]", folded[quantity.end :])
    tail = folded[quantity.end : quantity.end + (right.start() if right else 8)][:8]
    return _pairs(re.sub("[0-9.]+", " ", folded[left : quantity.start] + " " + tail))


def _counted(folded: str, quantity: Quantity) -> set[str]:
    """Return the pairs of characters of what is counted, right after the figure; none for amounts."""
    if quantity.measure not in (Measure.COUNT, Measure.PEOPLE):
        return set()
    noun = _NOUN.match(folded, quantity.end)
    return _pairs(noun.group()) if noun else set()


def listed(statement: Statement, quantity: Quantity) -> bool:
    """Whether a count is that of the things which the sentence itself lists: 共3家：甲、乙和丙."""
    if quantity.measure is not Measure.COUNT or quantity.is_range or quantity.approximation is not Approximation.EXACT:
        return False
    before = re.split("[，。；：,;:是]|分为|有", statement.text[: quantity.start])[-1]
    if before.count("、") >= 1 and quantity.low == len(re.split("、|和|及", before)):
        return True  # 中国、韩国、印尼三个国家
    listing = re.search("[:：]|包括|分别是|有(?=[^，。；]{2,30}、)", statement.text[quantity.end :])
    if listing is None:
        return False
    body = re.split("[。；]", statement.text[quantity.end + listing.end() :])[0]
    items = [item for item in re.split("、|以及|和(?=[^、]*$)|及(?=[^、]*$)", body.rstrip("等。")) if item.strip()]
    return len(items) >= 2 and quantity.low == len(items)


# --------------------------------------------------------------------------------------------------------------- dates


def stated_date(statement: Statement, claimed: DateFact, grounds: Sequence[Ground], *, in_force: bool = False) -> bool:
    """Whether every part of a date is given by one of the grounds, written or by the article's own date.

    With figures in the sentence the date must be as fine as printed: what was reached in 2025年上半年 was not reached in
    2025年. The date of the article itself is proven in a sentence that speaks of the report. `in_force`: so is the time that
    was named last before a ground which names none.
    """
    coarse_is_well = not statement.quantities
    for ground in grounds:
        if any(_gives(fact, claimed, coarse_is_well) for fact in ground.dates):
            return True
        if _given_by_time(claimed, ground, coarse_is_well, in_force):
            return True
        if ground.published is not None and _REPORTED.search(statement.text[claimed.start : claimed.end + 12]):
            first, last = ground.published.first, ground.published.last
            wanted_last = (claimed.last_year or claimed.year, claimed.last_month or claimed.month)
            months = (last.year, last.month) if claimed.month else (last.year, None)
            day = claimed.day in (None, first.day)
            if claimed.year == first.year and claimed.month in (None, first.month) and wanted_last == months and day:
                return True
    return False


_PARTS = ("year", "month", "day", "last_year", "last_month", "last_day", "hour", "minute")


def _gives(printed: DateFact, claimed: DateFact, coarse_is_well: bool) -> bool:
    if claimed.part and claimed.part != printed.part:
        return False
    pairs = [(getattr(claimed, part), getattr(printed, part)) for part in _PARTS]
    if any(said is not None and said != given for said, given in pairs):
        return False
    if coarse_is_well:
        return True
    # «5月» for a printed «2025年5月» leaves out what the reader may know; «2025年» for it says more than is known.
    return claimed.part == printed.part and all(
        (said is None) == (given is None) for said, given in (*pairs[1:3], *pairs[4:6])
    )


def _given_by_time(claimed: DateFact, ground: Ground, coarse_is_well: bool, in_force: bool) -> bool:
    """Whether 今年上半年 and the like in the ground is the time that the claim writes out."""
    asked = _period(claimed)
    if asked is None:
        return False
    for mention in (*ground.times, *(ground.time_in_force if in_force else ())):
        if mention.first is None or mention.last is None:
            continue
        if (mention.first, mention.last) == asked:
            return True
        if coarse_is_well and asked[0] <= mention.first and mention.last <= asked[1]:
            return True
    return False


def _period(fact: DateFact) -> tuple[date, date] | None:
    found = [one for one in time_mentions(_spelt(fact), None) if one.first is not None and one.last is not None]
    if len(found) != 1 or found[0].first is None or found[0].last is None:
        return None
    return found[0].first, found[0].last


def _spelt(fact: DateFact) -> str:
    return fact.text


_YEARS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "后年": 2}
_YEAR_WORD = re.compile("|".join(_YEARS))


def with_years(text: str, published: Sequence[Published | None]) -> str | None:
    """Return `text` with 今年, 去年 … as the years that articles of these dates mean; None when that is not certain.

    A reader of an answer drawn from several articles would take them for his own year.
    """
    if not _YEAR_WORD.search(text):
        return text
    years = {year for one in published if one is not None for year in (one.first.year, one.last.year)}
    if len(years) != 1 or None in published:
        return None
    year = years.pop()
    return _YEAR_WORD.sub(lambda word: f"{year + _YEARS[word.group()]}年", text)


def places_named(statement: Statement) -> frozenset[str]:
    """Return the known places that a sentence names."""
    return frozenset(found.group() for found in _PLACES.finditer(statement.folded))


def relative_times(statement: Statement) -> tuple[str, ...]:
    """Return 今年, 去年 … of a sentence: they are proven only by the very word."""
    return tuple(found.group() for found in _RELATIVE.finditer(statement.folded))


# ------------------------------------------------------------------------------------------------- names and numerals


def unnamed(statement: Statement, grounds: Sequence[Ground], question: str = "") -> str:
    """Return the first name that no ground holds; empty when all are held.

    A name of the question may stand before the ground in its article: of it the ground speaks without naming it again.
    Words of the question may stand before a name (坐地铁9号线).
    """
    text = "\n".join(ground.folded for ground in grounds)
    asked = _bare(fold(question))
    spoken = spoken_of(statement, grounds, question)
    spaced = "\n".join(ground.evened for ground in grounds)
    context = text + "\n" + "\n".join(ground.folded_heading for ground in grounds)
    for name in statement.names:
        folded = _bare(fold(name.text))
        if not folded or (name.kind is NameKind.LATIN and _is_quantity(statement, name)):
            continue
        if name.text in spoken or any(_pointed_at(folded, ground) for ground in grounds):
            continue
        if name.kind is NameKind.LATIN and _has_word(fold(name.text).strip(), spaced):
            continue
        if name.kind is NameKind.PROPER:
            if not _held(_SINGLE.sub("", _PRONOUN.sub("", folded)), text, context, asked):
                return name.text
        elif not _has_word(folded, context if name.kind is NameKind.LATIN else text) and not (
            name.kind is NameKind.LATIN and _other_word(folded, context)
        ):
            return name.text
    for found in _PLACES.finditer(statement.folded):
        if found.group() not in context:
            return found.group()
    for person in _PERSON.finditer(statement.folded):
        called = person.group("after") or person.group("lead")
        if called not in text and called[:-1] not in text:
            return called
    return ""


def spoken_of(statement: Statement, grounds: Sequence[Ground], question: str) -> tuple[str, ...]:
    """Return the names of a sentence that its question asks about and that stand before the grounds, which name nothing else."""
    if any(_names_itself(ground) for ground in grounds):
        return ()
    asked, before = _bare(fold(question)), "\n".join(_bare(fold(ground.before)) for ground in grounds)
    return tuple(
        name.text
        for name in statement.names
        if (folded := _bare(fold(name.text))) and folded in asked and folded in before
    )


def _names_itself(ground: Ground) -> bool:
    """Whether a span begins with a name: then it speaks of that, and not of what was named before."""
    quoted = re.match('"[^"]*"', ground.evened)
    begin = (
        quoted.end() if quoted and quoted.end() > _LONGEST_NAME else 0
    )  # what somebody says names nobody who is spoken of
    if re.match('["]?(?:这|该|此|其|它|他|她)', ground.evened[begin:]):
        return False
    return any(begin <= name.start <= begin + _OPENS and len(name.text) <= _LONGEST_NAME for name in names(ground.text))


_POINTS = re.compile("这[家个座位款所项]|该[公企项]|其")


def _pointed_at(name: str, ground: Ground) -> bool:
    """Whether a span points back (这家企业) to the name that the first clause of the sentence before it ends with."""
    if _POINTS.search(ground.evened) is None:
        return False
    last = [one for one in re.split("[.!?\n]", fold(ground.before)) if one.strip()]
    return bool(last) and _bare(last[-1].split(",")[0]).endswith(name)


def _is_quantity(statement: Statement, name: Name) -> bool:
    return any(one.start < name.end and name.start < one.end for one in statement.quantities)


def _has_word(word: str, text: str) -> bool:
    """Whether a Latin word stands in the text as a whole word; Han words stand anywhere."""
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None


def _other_word(word: str, text: str) -> bool:
    return any(other in text for other in thesaurus().official.get(word, ()))


# A character of Chinese that was taken into a name of Latin letters: 坐G7556, HGT51F是.
_SINGLE = re.compile("^[\u4e00-\u9fff](?=[a-z0-9])|(?<=[a-z0-9])[\u4e00-\u9fff]$")
_PRONOUN = re.compile("^[^它他她]{0,3}[它他她]")
_DISTRICT = re.compile("[区市县省镇村]$")


def _held(name: str, text: str, context: str, asked: str = "") -> bool:
    """Whether a guessed name, or what remains of it after words that the text holds too, stands in the text.

    A name that only the headings hold is believed when the text names no other thing of the kind.
    """
    for start in range(0, max(1, len(name) - 1)):
        head, rest = name[:start], name[start:]
        if start and not (
            LINKS.fullmatch(head)
            or head in context
            or head in asked
            or _made_of_links(head, context)
            or (start == 1 and rest in context)
        ):
            continue
        if rest in text:
            return True
        if rest.endswith("地区") and rest[:-2] in context:  # 临平地区生产总值
            return True
        short = _DISTRICT.sub("", rest)
        if (
            len(short) >= 2
            and short != rest
            and short in text
            and not re.search(f"{short}[^区市县省镇村全]{{0,1}}[区市县省镇村]", text)
        ):
            return True
        if len(short) >= 2 and short != rest and re.search(f"{short}全?{rest[-1]}", text):
            return True
        if (rest in context or (len(short) >= 2 and short in context)) and not re.search(
            f"[\u3400-\u9fff]{{2}}{rest[-1]}(?![域块间别位内])", text
        ):
            return True
    return False


def _made_of_links(text: str, context: str) -> bool:
    """Whether nothing remains without linking words but what the context holds: 甲公司比, 报道说, and one verb: 甲公司授予"""
    pieces = [piece for piece in LINKS.sub(" ", text).split() if piece not in context]
    return all(len(piece) > 4 and piece[:-2] in context and is_ordinary(piece[-2:]) for piece in pieces)


def unheld_numeral(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return the first ordinal, rank or code number that no ground holds; empty when all are held."""
    text = "\n".join(fold(ground.text) + "\n" + fold(ground.heading) for ground in grounds)
    for found in _NUMERAL.finditer(statement.folded):
        if all(statement.masked[found.start() : found.end()]):
            continue
        word = found.group()
        if word[0] in "第前" and not word[-1].isdigit():
            if word not in text:
                return word
        elif re.search(rf"(?<![0-9.]){re.escape(word)}(?![0-9]|[.,][0-9])", text) is None:
            return word
    return ""


def other_script(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return the first letter of a script that is neither Chinese nor Latin and that no ground holds; or nothing."""
    text = "\n".join(ground.evened for ground in grounds)
    return next(
        (
            letter
            for letter in statement.folded
            if letter.isalpha() and not _WORDLIKE.match(letter) and letter not in text
        ),
        "",
    )


# ------------------------------------------------------------------------------------------------------------- content


def cover(statement: Statement, grounds: Sequence[Ground]) -> float:
    """Return the share of the content characters that the grounds hold, from 0 to 1; 0 when there is no content."""
    held, total = _covered(statement, grounds)
    return held / total if total else 0.0


def content_length(statement: Statement) -> int:
    """Return how many characters of a sentence say something."""
    return sum(len(run) for run in statement.content)


def _covered(statement: Statement, grounds: Sequence[Ground], part: Span | None = None) -> tuple[float, int]:
    marks = covered_characters(statement, grounds)
    total, held = 0, 0.0
    for run in statement.content:
        for at in range(run.start, run.end):
            if part is None or part.start <= at < part.end:
                total += 1
                held += marks[at]
    return held, total


def covered_characters(statement: Statement, grounds: Sequence[Ground]) -> tuple[float, ...]:
    """Return for each character of the sentence 1 when the grounds hold it, one half when only a headline does, or 0.

    A character is held with its neighbour: single characters of Chinese are in every text. Words that the thesaurus gives
    for each other hold each other.
    """
    return _marks(statement.text, tuple((ground.folded, ground.folded_heading) for ground in grounds))


_TOKEN = re.compile("(?=[a-z0-9]*[a-z])(?=[a-z]*[0-9])[a-z0-9]{3,}")


@lru_cache(maxsize=4096)
def _marks(sentence: str, texts: tuple[tuple[str, str], ...]) -> tuple[float, ...]:
    statement = Statement(sentence)
    folded = statement.folded
    marks = [0.0] * len(folded)
    body = "\n".join(text for text, _ in texts)
    heading = "\n".join(head for _, head in texts)
    for run in statement.words:
        for at in range(run.start, run.end):
            pairs = [folded[low : low + 2] for low in (at - 1, at) if run.start <= low and low + 2 <= run.end]
            wanted = pairs or [folded[at]]
            if any(pair in body for pair in wanted):
                marks[at] = 1.0
            elif any(pair in heading for pair in wanted):
                marks[at] = 0.5
    for token in _TOKEN.finditer(folded):  # HGT51F, whose figure is no quantity
        if token.group() in body:
            marks[token.start() : token.end()] = [1.0] * len(token.group())
    for word, start in _known_words(folded):
        if any(_bare(other) in body for other in thesaurus().official.get(word, ())):
            marks[start : start + len(word)] = [1.0] * len(word)
    return tuple(marks)


def _known_words(folded: str) -> Iterator[tuple[str, int]]:
    for start, end in thesaurus().places(folded):
        yield folded[start:end], start


def weakest_clause(statement: Statement, grounds: Sequence[Ground], least: int) -> float:
    """Return the smallest cover of a clause with at least `least` content characters; 1 when there is none.

    A shorter clause counts when the grounds hold nothing of it: «华为牵头，» is an invention.
    """
    weakest = 1.0
    for clause in split_clauses(statement.text, Span(0, len(statement.text))):
        held, total = _covered(statement, grounds, clause)
        if total >= least or (total >= 2 and not held):
            weakest = min(weakest, held / total)
    return weakest


def unknown_word(statement: Statement, grounds: Sequence[Ground], known: str | None = None) -> str:
    """Return the first run of characters that no ground holds and that is no everyday Chinese: an invented name.

    A name may be made of everyday words: it is told by its place (由…, 据…介绍, an item of a list), and two or three
    characters that begin with a surname are taken for one unless their first pair is itself an everyday word. `known`: a short
    run that stands where no name stands, and that is not among these words that were found, is none.
    """
    marks = covered_characters(statement, grounds)
    for run in statement.words:
        at = run.start
        while at < run.end:
            begin = at
            while at < run.end and not marks[at]:
                at += 1
            found = without_links(statement.folded, begin, at)
            word = statement.folded[found.start : found.end]
            if len(word) >= 2:
                surname = word[0] in _SURNAMES and len(word) in (2, 3) and not _is_pair(word[:2])
                ordinary = is_ordinary(word) or (known is not None and len(word) <= _PLAIN and word not in known)
                if surname or not ordinary or _acts(statement.text, statement.folded, found.start, found.end):
                    return statement.text[found.start : found.end]
            at += 1
    return ""


_PLAIN = 2  # characters of words that are no name where none stands
_NO_NAME = re.compile("[的了着过得]")


def without_links(folded: str, begin: int, end: int) -> Span:
    """Return what remains of folded[begin:end] without linking words at its ends; those within a word of two stay."""
    while link := _NO_NAME.match(folded, begin, end) or LINKS.match(folded, begin, end):
        begin = link.end()
    while end > begin and _NO_NAME.match(folded, end - 1):
        end -= 1
    while end - begin > 2:
        last = next(
            (size for size in (3, 2, 1) if size < end - begin - 1 and LINKS.fullmatch(folded, end - size, end)), 0
        )
        if not last:
            break
        end -= last
    return Span(begin, end)


_BEFORE_AGENT = re.compile("(?:由|据|与|和|跟|被|向|给|随|来自|位于)$")
_HEAD_OF = re.compile("(?:为|是|叫|名为|称为|成为|的)$")
_AFTER_AGENT = re.compile(f"{any_of('rag/after_agents')}")


def _acts(text: str, folded: str, begin: int, end: int) -> bool:
    """Whether text[begin:end] stands where who or what is named: an agent, an item of a list, the head of a phrase."""
    after = folded[end : end + 3]
    opens = begin == 0 or not _WORDLIKE.match(folded[begin - 1])
    closes = not after or not _WORDLIKE.match(after[0])
    if (opens and text[end : end + 1] == "、") or (text[begin - 1 : begin] == "、" and closes):
        return True
    if _HEAD_OF.search(folded, max(0, begin - 3), begin):
        return closes
    led = _BEFORE_AGENT.search(folded, max(0, begin - 3), begin) is not None
    return (led or opens) and _AFTER_AGENT.match(after) is not None


def _is_pair(word: str) -> bool:
    at_large = language()
    return at_large.count(word) > _EVERYDAY_PAIR * at_large.total


def names_elsewhere(statement: Statement, grounds: Sequence[Ground], around: str) -> bool:
    """Whether words of a sentence that no ground holds stand in `around`, all that was found; or a place that none names."""
    marks = covered_characters(statement, grounds)
    for run in statement.content:
        text = "".join(statement.folded[at] if not marks[at] else " " for at in range(run.start, run.end))
        if any(len(word) >= 2 and word in around for word in text.split()):
            return True
    held = "\n".join(ground.folded for ground in grounds)
    return any(found.group() not in held for found in _PLACE_WORD.finditer(statement.folded))


_PLACE_WORD = re.compile("[\u4e00-\u9fff]{2}(?:[区县市省]|街道|镇|乡|村|经开区|开发区|新城)(?![域块间别内])")


def longest_foreign(statement: Statement, grounds: Sequence[Ground]) -> int:
    """Return the length of the longest run of content that no ground holds."""
    marks = covered_characters(statement, grounds)
    longest = 0
    for run in statement.content:
        length = 0
        for at in range(run.start, run.end):
            length = length + 1 if not marks[at] else 0
            longest = max(longest, length)
    return longest


# --------------------------------------------------------------------------------------------------- sense and strength


def overstated(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return the first strong word (首个, 最大, 全国第一 …) that no ground has; empty when all are there."""
    text = "\n".join(ground.folded + "\n" + ground.folded_heading for ground in grounds)
    lacking = [found for found in _STRONGEST.finditer(statement.folded) if found.group() not in text]
    return next((found.group() for found in lacking if not _is_said_so(found.group(), statement, grounds)), "")


def _is_said_so(word: str, statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether 全部 stands for 均 of the clause of the grounds that says the same."""
    clause = next((one for one in _clauses(statement.text) if word in fold(one)), "")
    nearest = _nearest(clause, grounds) if _WHOLE.fullmatch(word) else None
    return nearest is not None and _WHOLE.search(fold(nearest)) is not None


_WHOLE = re.compile("全部|所有|全都|均|一律|都")


_FIRST_OF = re.compile("(?:首|第一)[个家批座款支例项位](?P<what>[\u3400-\u9fff]{2})")


def first_of_another(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return what a sentence calls the first of its kind where the grounds say it of a narrower kind; or nothing.

    首个剧场 is more than 首个儿童剧场.
    """
    given = {found.group() for ground in grounds for found in _FIRST_OF.finditer(ground.evened)}
    return next(
        (found.group() for found in _FIRST_OF.finditer(statement.folded) if given and found.group() not in given), ""
    )


def reversed_sense(statement: Statement, grounds: Sequence[Ground], question: str = "") -> bool:
    """Whether the sentence says 下降 where the grounds say 增长, denies what they affirm, or the other way round."""
    text = "\n".join(ground.folded for ground in grounds).replace("建设成", "建成")
    for first, second in _OPPOSITES:
        for mine, other in ((first, second), (second, first)):
            if mine.search(statement.folded) and not mine.search(text) and other.search(text):
                return True
            if mine is second and mine.search(statement.folded) and not mine.search(text):
                return True  # a turn for the worse that the grounds do not tell
    text = "\n".join(ground.evened for ground in grounds)
    met = [
        (_denies(_unasked(clause, question)), nearest)
        for clause in _clauses(statement.text)
        if (nearest := _nearest(clause, grounds, 0.0 if _denies(clause) else 0.5)) is not None
        and (_denies(clause) or not _beside_denial(clause, nearest))
        and not _denied_alike(clause, text)
    ]
    # Two clauses of the sentence may share one of the source; one of them then says no for both.
    return any(denies != _denies(nearest) and (_denies(nearest), nearest) not in met for denies, nearest in met)


_DENIED = re.compile("[\u3400-\u9fff]{1,3}")


def _denied_alike(clause: str, text: str) -> bool:
    """Whether each thing that a clause denies is denied somewhere in the text: 不戴头盔 for 不佩戴头盔."""
    denied = [fold(clause)[found.end() : found.end() + 4] for found in _NEGATION.finditer(fold(clause))]
    theirs = [text[found.end() : found.end() + 6] for found in _NEGATION.finditer(text)]
    return bool(denied) and all(any(pair in other for pair in _pairs(word) for other in theirs) for word in denied)


def _beside_denial(clause: str, source: str) -> bool:
    """Whether a clause takes nothing of what a clause of the source denies: 三人同乘一车 of 三人同乘一车且未戴头盔."""
    denied = (_DENIED.match(fold(source), found.end()) for found in _NEGATION.finditer(fold(source)))
    words = [found.group() for found in denied if found]
    mine = fold(clause)
    return bool(words) and not any(pair in mine for word in words for pair in _pairs(word) or {word})


def _unasked(clause: str, question: str) -> str:
    """Return a clause without the denials that it takes over from the question to say when or what: 没修以前."""
    asked = fold(question)
    return re.sub(
        "[没未不](?!有)[\u4e00-\u9fff](?=[^,.;]{0,4}(?:前|时|的))",
        lambda found: "" if found.group() in asked else found.group(),
        clause,
    )


def _denies(clause: str) -> bool:
    plain = re.sub('"[^"]{1,4}"|([\u4e00-\u9fff])不\\1', "", fold(clause))  # 会不会 asks
    return _NEGATION.search(_NO_NEGATION.sub("", plain)) is not None


def _pairs(text: str) -> set[str]:
    words = re.sub("[^\u3400-\u9fffa-z0-9]", " ", fold(text)).split()
    return {first + second for word in words for first, second in pairwise(word)}


def _nearest(clause: str, grounds: Sequence[Ground], least: float = 0.5) -> str | None:
    """Return the clause of the grounds that shares most with `clause`; None when none shares `least` of it."""
    mine = _pairs(_NEGATION.sub("", clause))
    best, found = 0.0, None
    for ground in grounds:
        for other in ground.clauses:
            shared = len(mine & _pairs(_NEGATION.sub("", other))) / max(1, len(mine))
            if shared > best:
                best, found = shared, other
    return found if best >= least else None


_PURPOSE = re.compile("是指|为了|以便|是为|旨在|^要|^会|^还有|可以|能够?(?!级)|引导|鼓励|支持")
_DONE = re.compile("已(?!知)|夺得|荣获|建成|完成|竣工|投用|投入使用|实现了|达成|成了|落成")
_HAPPENED = re.compile("[\u4e00-\u9fff](?<![为除到])了(?![解望吗])")
_NOT_YET = re.compile(
    "将(?!军|近)|拟(?!人)|(?<!年度)计划|规划|目标|力争|预计|有望|即将|准备|打算|会(?=支持|引导|联动)|择机|致力于|正式动工|选址|努力|聚力|有望|排队|冲刺|旨在|正在(?!.{0,4}下)"
)
_COMING = re.compile('将(?!军|近|领|士|目标|原本)|即将|(?<![资度动年略展领])计划(?![”"》,.])|拟(?!人|态)|打算|预计')


def result_told_as_plan(statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether a sentence says of something that it is to come, and no ground does."""
    for clause in _clauses(statement.text):
        if not _COMING.search(fold(clause)):
            continue
        mine = _pairs(clause)
        alike = [one for ground in grounds for one in ground.clauses if len(mine & _pairs(one)) >= 0.15 * len(mine)]
        before = [text for one in alike for text in _up_to(one, grounds)]
        if before and not any(_NOT_YET.search(fold(one)) or modality(one) is Modality.PLAN for one in before):
            return True
    return False


def _told_as_done(statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether a clause says that something is done, and what the grounds say of it nearest is to come."""
    for clause in _clauses(statement.text):
        if not (_DONE.search(fold(clause)) or _HAPPENED.search(fold(clause))) or _NOT_YET.search(fold(clause)):
            continue
        nearest = _nearest(clause[-_PREDICATE:], grounds, 0.25)
        if nearest is None or re.search("已|了", nearest):
            continue
        before = next((one for one in _up_to(nearest, grounds)), "")
        done = _DONE.search(fold(nearest)) is not None
        if _NOT_YET.search(fold(nearest)) or (
            not done and modality(before) is Modality.PLAN and not _DONE.search(fold(before))
        ):
            return True
    return False


_PREDICATE = 10  # characters at the end of a clause that say what is done


def plan_told_as_result(statement: Statement, grounds: Sequence[Ground], question: str = "") -> bool:
    """Whether a goal is told as if it were reached. A date after the article's own is a goal by itself.

    A question about what is to come says so for its answer.
    """
    if _told_as_done(statement, grounds):
        return True
    if modality(statement.text) is Modality.PLAN or _PURPOSE.search(statement.folded):
        return False
    if not _DONE.search(statement.folded) and (
        _COMING.search(statement.folded) or (question and _ASKS_PLAN.search(fold(question)))
    ):
        return False
    newest = max((ground.published.last for ground in grounds if ground.published), default=None)
    if newest is not None and any(fact.year and fact.year > newest.year for fact in statement.dates):
        return False
    return any(
        modality(before) is Modality.PLAN
        for clause in _clauses(statement.text)
        for before in _up_to_nearest(clause, grounds)
    )


_ASKS_PLAN = re.compile(f"{any_of('rag/plan_asks')}|要(?!求|闻|点)|(?:建成|建好|完工|投用|开通|落成)之?后")


def _up_to_nearest(clause: str, grounds: Sequence[Ground]) -> Iterator[str]:
    nearest = _nearest(clause, grounds)
    if nearest is None or _DONE.search(fold(nearest)):
        return
    yield from _up_to(nearest, grounds)


def _up_to(nearest: str, grounds: Sequence[Ground]) -> Iterator[str]:
    """Yield the beginning of the ground that holds a clause, up to the end of that clause."""
    for ground in grounds:
        at = ground.text.find(nearest)
        if at >= 0:
            yield ground.text[: at + len(nearest)]
            return
