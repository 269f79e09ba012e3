"""What a figure of a sentence says: of whom, which indicator, of which time, plan or result.

A figure is compared with others through these, never through a list of known figures. The words below are those of
statistics and of reporting in general; nothing here knows an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus.chinese.facts import Change, Measure, NameKind, Quantity, names
from corpus.chinese.text import fold, split_clauses
from corpus.chinese.timing import governs, modality
from corpus.chinese.words import any_of
from corpus.chunking import passages
from corpus.records import Article, Modality, Passage, Precision, Published, Span, TimeMention
from index.storage.snapshot import Snapshot
from rag.reading.homes import LANDS, home_of, places_of
from rag.reading.units import found_quantities

# Long forms of statistics and administration, and what they are usually shortened to.
_SHORTER = (
    ("规模以上", "规上"),
    ("规模工业", "规上工业"),
    ("限额以上", "限上"),
    ("地区生产总值", "gdp"),
    ("国内生产总值", "gdp"),
    ("生产总值", "gdp"),
    ("经济技术开发区", "经开区"),
    ("经济开发区", "经开区"),
    ("高新技术产业开发区", "高新区"),
    ("总产值", "产值"),
    ("销售收入", "营业收入"),
    ("营收", "营业收入"),
    ("研究与试验发展", "研发"),
    ("经济总量", "gdp"),
    ("常住人口", "人口"),
    ("员工", "职工"),
)
_LIGHT = f'{any_of("rag/light")}|集聚了?|聚集了?|汇聚了?|吸引了?|贡献了?|,|:|"'
_LEFT = re.compile(f"^(?:{_LIGHT})+")
_VERBS = f'{any_of("rag/figure_verbs")}|达到?了?|超过?|:|,|"'
_RIGHT = re.compile(f"(?:{_VERBS})+$")
_MOVED = re.compile(f"(?:{any_of('rag/moved')}|降低?)(?:至|到|为)|(?:增|升|降)至")
_GROWTH = re.compile(f"(?:同比|环比|年均|每年|比上年|比去年|较上年|较去年|累计)*(?:{any_of('rag/growth')}|增长率?)了?$")
_AGAINST = re.compile("(?:较|比|相比|相较)(?!重|例|率|较)[^,]{1,12}$")
_USUAL_BASE = re.compile("同期|上年|去年|同比")
_STOP = re.compile(r"[,.;:!?()、\"“”]")
_COUNTED = frozenset({Measure.COUNT, Measure.PEOPLE, Measure.BARE, Measure.AREA})
_WHOLE = re.compile("全(?P<level>[国省市区县镇])|(?<![主城市新园片社街小校景厂地])(?P<own>我[国省市区县]|本[省市区县])")
_BEFORE = 3  # sentences of the passage that are looked back for a subject


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of one sentence, `text` == article.text[start:end]; the quantity's offsets count within `text`.

    `indicator` and `subject` are folded and shortened for comparing, empty when they are not said. `growth` tells a rate
    of change from a level. `time` is the mention that dates it; None: as of the article.
    """

    article_id: str
    start: int
    end: int
    text: str
    quantity: Quantity
    indicator: str
    subject: str
    growth: bool
    time: TimeMention | None
    published: Published | None
    plan: bool

    @property
    def first(self) -> date | None:
        return self.time.first if self.time else self.published.first if self.published else None

    @property
    def last(self) -> date | None:
        return self.time.last if self.time else self.published.last if self.published else None

    @property
    def dated(self) -> bool:
        """Whether the sentence itself bounds the time."""
        return self.time is not None and self.time.precision is not Precision.OPEN and self.time.first is not None


def short_form(text: str) -> str:
    """Return `text` folded, with the long forms of statistics and administration shortened."""
    text = fold(text).replace('"', "")
    for long, short in _SHORTER:
        text = text.replace(long, short)
    return text


def short_forms(ending: str) -> tuple[str, ...]:
    """Return the short names of what a text may call by `ending` alone: 经开区 and 高新区 for 开发区."""
    return tuple(short for long, short in _SHORTER if long.endswith(ending))


@lru_cache(maxsize=16384)
def figures(passage: Passage, at: Span, article_text: str, published: Published | None) -> tuple[Figure, ...]:
    """Return the figures of the sentence `at` (offsets in the article) of `passage`, in order."""
    text = article_text[at.start : at.end]
    found = found_quantities(text)
    if not found:
        return ()
    sentence = _FigureSentence(passage, at, text, fold(text), article_text)
    made: list[Figure] = []
    for number, quantity in enumerate(found):
        indicator, growth = _indicator(sentence, found, number, made)
        made.append(
            Figure(
                passage.article_id,
                at.start,
                at.end,
                text,
                quantity,
                indicator,
                sentence.subject(quantity),
                growth,
                sentence.time(quantity),
                published,
                modality(text) is Modality.PLAN,
            )
        )
    return tuple(made)


def asks_goal(question: str) -> bool:
    """Tell whether a question (folded) asks for what was aimed at: 年初计划数, 增长目标."""
    return _GOAL_ASKED.search(question) is not None


def is_called_goal(text: str, amount: Span) -> bool:
    """Tell whether an amount is called a goal right where it stands: 年初计划的80万标箱, 7%的目标."""
    return bool(_GOAL_BEFORE.search(text, max(0, amount.start - _GOAL_NEAR), amount.start)) or bool(
        _GOAL_BEHIND.match(text, amount.end)
    )


_GOAL_ASKED = re.compile("目标|计划|原定|预期|预计")
_GOAL_BEFORE = re.compile("(?:目标|计划|原定|预期)的?(?:是|为|定在|定为|定|达到)?$")
_GOAL_BEHIND = re.compile("(?:左右|以上)?的?(?:年[度初])?(?:目标|计划数)")
_GOAL_NEAR = 8  # characters


def figures_at(snapshot: Snapshot, row: int) -> tuple[Figure, ...]:
    """Return the figures of the sentence in row `row`."""
    sentence = snapshot.sentences[row]
    article = snapshot.articles[sentence.article_id]
    passage = snapshot.passages[sentence.passage]
    return figures(passage, Span(sentence.start, sentence.end), article.text, article.published)


def article_figures(article: Article) -> Iterator[Figure]:
    """Yield the figures of every sentence of an article, in order."""
    for passage in passages(article):
        for sentence in passage.sentences:
            yield from figures(passage, sentence, article.text, article.published)


def _indicator(
    sentence: _FigureSentence, found: Sequence[Quantity], number: int, made: Sequence[Figure]
) -> tuple[str, bool]:
    """Return what the quantity measures, and whether it is a rate of change."""
    quantity = found[number]
    clause = sentence.clause_of(quantity.start)
    left = max(clause.start, found[number - 1].end if number else 0)
    before = _without_times(sentence, left, quantity.start)
    moved = _MOVED.search(before) is not None
    growth = quantity.change is not Change.NONE and not moved
    before = _RIGHT.sub("", before)
    inherited = made[-1].indicator if made else ""
    if growth:
        before = _GROWTH.sub("", before)
        base = _AGAINST.search(before)
        if base and not _USUAL_BASE.search(base.group()):
            return f"{inherited}/{base.group()}", True
        before = _AGAINST.sub("", before)
        before = re.sub("同比|环比|年均|每年", "", before)
    elif moved and len(before) < 8:
        before = ""
    follows = sentence.folded[quantity.end : quantity.end + 1]
    after = _noun_after(sentence.folded, quantity) if quantity.measure in _COUNTED and follows != "的" else ""
    before = _plain(before, sentence, left)
    if _ASIDE.match(before):
        before = ""
    if before.startswith("占") and inherited:
        before = inherited + before
    if after:
        return short_form(after), growth
    if len(before) < 2:
        return (inherited if growth or moved else ""), growth
    return before, growth


def _plain(before: str, sentence: _FigureSentence, left: int) -> str:
    """Return the words before a quantity without names, light verbs and the members of an enumeration."""
    before = re.split("[:;]|--", before)[-1]
    if "等" in before and (tail := before.rsplit("等", 1)[1]):
        before = tail
    elif listed := _LISTED.search(before):
        before = before[listed.end() :]
    for place in sorted(sentence.known_names(), key=len, reverse=True):
        before = before.replace(place, "")
    previous = None
    while previous != before:
        previous, before = before, _LEFT.sub("", before)
    return short_form(before)[-16:]


_ASIDE = re.compile(r"[()]|约?合|相当于|折合|即")
_LISTED = re.compile("(?:.*[,、])")


def _without_times(sentence: _FigureSentence, start: int, end: int) -> str:
    pieces, at = [], start
    for mention in sentence.mentions:
        if start <= mention.start and mention.end <= end:
            pieces.append(sentence.folded[at : mention.start])
            at = max(at, mention.end)
    return "".join([*pieces, sentence.folded[at:end]])


def _noun_after(folded: str, quantity: Quantity) -> str:
    tail = folded[quantity.end : quantity.end + 14]
    stop = _STOP.search(tail)
    noun = tail[: stop.start()] if stop else tail
    if _MOVED.match(noun):
        return ""
    return re.split(f"{any_of('rag/after_nouns')}|以(?!上)|达到?", noun.removeprefix("的"))[0]


@dataclass(slots=True)
class _FigureSentence:
    passage: Passage
    at: Span
    text: str
    folded: str
    article_text: str
    _clauses: list[Span] | None = None
    _names: list[tuple[int, int, str]] | None = None

    @property
    def mentions(self) -> list[_Mention]:
        base = self.at.start
        return [
            _Mention(m.start - base, m.end - base, m)
            for m in self.passage.times
            if self.at.start <= m.start < self.at.end
        ]

    @property
    def clauses(self) -> list[Span]:
        if self._clauses is None:
            self._clauses = split_clauses(self.text, Span(0, len(self.text)))
        return self._clauses

    def clause_of(self, at: int) -> Span:
        return next((clause for clause in self.clauses if clause.start <= at < clause.end), Span(0, len(self.text)))

    def known_names(self) -> set[str]:
        return {name for _, _, name in self.names()} | {
            stem + level for stem in places_of(self.article_text) for level in ("", "市", "区", "县", "省")
        }

    def names(self) -> list[tuple[int, int, str]]:
        """Return names and places of the sentence with where they stand, in order."""
        if self._names is None:
            self._names = _named(self.folded, self.text, self.article_text)
        return self._names

    def time(self, quantity: Quantity) -> TimeMention | None:
        """Return the mention that dates a quantity: the last before it in the sentence, else in the passage."""
        here = self.mentions
        first_to_last = _FROM.search(self.folded, 0, quantity.start)
        if first_to_last and len(here) >= 2 and here[0].end <= quantity.start:
            beginning = self.folded[max(0, quantity.start - 1)] in "从由"
            return here[0 if beginning else 1].mention
        solid = [m.mention for m in here if m.mention.precision is not Precision.OPEN or m.mention.first is None]
        base = self.at.start
        before = [m for m in solid if governs(self.folded, m.start - base, m.end - base, quantity.start)]
        if before:
            return before[-1]
        earlier = [m for m in self.passage.times if m.start < self.at.start and m.precision is not Precision.OPEN]
        if earlier and (earlier[-1].first or earlier[-1].last):
            return earlier[-1]
        return None

    def subject(self, quantity: Quantity) -> str:
        """Return of whom or what the quantity is said: the first name of the nearest clause that has one."""
        if own := _OWNER.match(self.folded, quantity.end):
            name = next((n for s, _, n in self.names() if own.end() <= s <= own.end() + 1), "")
            tail = _STOP.split(self.folded[own.end() : own.end() + 14])[0]
            pointed = re.search("[这该此][^,.]{0,3}$", self.folded[max(0, quantity.start - 4) : quantity.start])
            if name or (not pointed and quantity.measure in (Measure.AREA, Measure.LENGTH) and len(tail) <= 8):
                return canonical(name or tail)
        clauses = [clause for clause in reversed(self.clauses) if clause.start <= quantity.start]
        for acting in (True, False):  # 在甲市 … says where, and names whom only when nothing else does
            for clause in clauses:
                found = self._subject_within(clause.start, min(clause.end, quantity.start), acting)
                if found in LANDS and not self._governs(found, clause, quantity):
                    return ""  # a dateline, a company's name: countries and provinces are named for many reasons
                if found:
                    return canonical(found)
        sentences = [span for span in self.passage.sentences if span.start < self.at.start][-_BEFORE:]
        for span in reversed(sentences):
            text = self.article_text[span.start : span.end]
            named = [name for name in _named(fold(text), text, self.article_text) if name[2] not in LANDS]
            if named:
                return canonical(_first(named, fold(text)))
        return ""

    def _governs(self, land: str, clause: Span, quantity: Quantity) -> bool:
        """Whether a country or province stands right before what is measured of it: 浙江文化产业增加值 …"""
        between = self.folded[self.folded.find(land, clause.start) + len(land) : quantity.start]
        return clause.end >= quantity.start and len(between) <= _NEAR and not _OF_A_FIRM.search(between)

    def _subject_within(self, start: int, end: int, acting: bool) -> str:
        whole = _WHOLE.search(self.folded, start, end)
        if (
            whole
            and whole.start() <= start + 2
            and (home := home_of(self.article_text, whole["level"] or whole["own"][-1]))
        ):
            return home
        inside = [name for name in self.names() if start <= name[0] and name[1] <= end]
        if acting:
            inside = [name for name in inside if self.folded[name[0] - 1 : name[0]] not in _PREPOSITIONS]
        return _first(inside, self.folded) if inside else ""


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    mention: TimeMention


_NEAR = 14  # characters between a country and the figure that is said of it
_OF_A_FIRM = re.compile("公司|股份|集团|收于|收报|[a-z]{2}\\)|\\([0-9]|经济网|新闻网|日讯|日电|北纬|东经|净利润")
_PREPOSITIONS = frozenset("在从向对与于给由到往把被以")
_FROM = re.compile("[从由自](?=[0-9一二])")
_OWNER = re.compile('(?:的|大的|长的)"?')


def _named(folded: str, text: str, article_text: str) -> list[tuple[int, int, str]]:
    """Return names that may be a subject: no members of enumerations, no quotations, cut at a place that begins them."""
    stems = places_of(article_text)
    whole = fold(article_text)
    found: list[tuple[int, int, str]] = []
    taken: list[tuple[int, int]] = []
    for name in names(text):
        if name.kind is not NameKind.PROPER:
            continue
        start, end = name.start, name.end
        cut = min((at for stem in stems if (at := folded.find(stem, start, end)) > start), default=start)
        if folded[start : start + 2] not in stems:
            start = cut
        taken.append((start, end))
        if folded[end : end + 1] == "生" or folded[start - 1 : start] == "、" or text[end : end + 1] in ("、", "等"):
            continue
        if folded[start : start + 2] not in stems and not _FIRM.search(folded[start:end]):
            start = _frequent(whole, folded, start, end)
        if (
            end - start >= 3
            and not _WHOLE.search(folded, start, end)
            and "级" not in folded[start:end]
            and not _COMMON.fullmatch(folded[start:end])
        ):
            found.append((start, end, folded[start:end]))
    for stem in stems:
        at = folded.find(stem)
        while at >= 0:
            level = folded[at + len(stem) : at + len(stem) + 1]
            end = at + len(stem) + (level in ("市", "区", "县", "省") and level != "")
            if _CODE.match(folded, end):  # 某地新能(603693): a company, not the place
                at = folded.find(stem, at + 1)
                continue
            if (
                not any(start <= at < stop for start, stop in taken)
                and not _MEMBER.match(text, end)
                and text[at - 1 : at] != "、"
            ):
                found.append((at, end, folded[at:end]))
            at = folded.find(stem, at + 1)
    return sorted(found)


_CODE = re.compile(r"[^,.;:!?\s()]{1,8}\([0-9a-z.]{5,12}\)")
_MEMBER = re.compile("[^，。,.;；：:“”与和]{0,5}(?:、|等)")


def _frequent(whole: str, folded: str, start: int, end: int) -> int:
    """Return where the part of a guessed name begins that the article uses most; `end` when it is used but once."""
    count = whole.count(folded[start:end])
    for at in range(start + 1, end - 2):
        if whole.count(folded[at:end]) >= max(2, 3 * count):
            return at
    return start if count > 1 else end


_FIRM = re.compile(f"{any_of('rag/firm_ends')}$")
_COMMON = re.compile(
    "(?:上市|本|该|母|子|分|总|控股|有限|股份有限|有限责任)?(?:公司|集团)|研究院|研究所|实验室|有限公司|开发区|经开区|[城老旧新住宅片社街小园校厂核心主]{1,5}[区村镇]|全?[省市区县][省市区县]?|这?[一两个座]?小镇"
)


def _first(named: Sequence[tuple[int, int, str]], folded: str) -> str:
    """Return the first name, unless it only qualifies a later one: 甲市工业的大本营乙区."""
    first = named[0]
    for later in named[1:]:
        between = folded[first[1] : later[0]]
        if "的" in between and not re.search("[,.]", between) and len(first[2]) <= 3 and len(between) <= 10:
            return later[2]
    return first[2]


def canonical(name: str) -> str:
    """Return a name for comparing: 杭州市临平区 → 临平, 临平经济技术开发区 → 临平经开区."""
    name = short_form(name)
    name = re.sub("^[\u4e00-\u9fff]{2,3}[省市](?=[\u4e00-\u9fff]{2,3}[市区县])", "", name)
    return re.sub("(?<=^[\u4e00-\u9fff]{2})[省市区县]$", "", name)
