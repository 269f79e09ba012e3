"""Questions worth asking next: drawn from the articles' figures and names, kept only when the articles answer them."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus.chinese.facts import Change, Measure, NameKind, names
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Article
from rag.figures.figure import Figure, article_figures, short_form
from rag.records import Answer, Status

_TEMPLATES = (
    "{name}是什么？",
    "{name}未来有什么规划？",
    "{name}取得了哪些成绩？",
)
_NAMES = 12
_SURE = 0.6  # what is offered must be answered right: more surely than what is asked
_MOST_TRIED = 40  # questions; the page waits for them when it starts
_MOST_KEPT = 80
MOST_ARTICLES = 200  # the newest
_LONGEST_NAME = 12
_LONGEST_INDICATOR = 8
_CLAUSE = re.compile("[,;:。]")
_AT_FIRST = 6  # characters of a sentence: a time may stand there
_OFTEN = 2  # times that an article says a name that it is about
_NEAR = 600.0  # characters of an article within which two sentences likely speak of one thing
_UNASKED = frozenset({Measure.BARE, Measure.DURATION, Measure.AGE})
# What statistics count: a figure of one of these can be asked for by name.
_STATISTIC = re.compile(f"(?:{any_of('rag/statistics')}|gdp|总?面积|总?人口)$")
# What is counted in news and statistics: a question about 三朵花 helps nobody.
_COUNTED = re.compile(f"[\u4e00-\u9fff]{{0,8}}{any_of('rag/counted')}")

_DONE = re.compile(any_of("rag/added"))

Cited = tuple[str, int, int]  # article, start, end


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that some sentence should answer; `where` is that sentence, None when any will do."""

    question: str
    about: str
    where: Cited | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that was asked and surely answered, with the sentences that answered it."""

    question: str
    about: str
    cited: tuple[Cited, ...]


def frequent_names(articles: Iterable[Article], count: int = _NAMES) -> list[str]:
    """Return the names that most articles speak of, most first; names within longer ones give way to them."""
    speaking: Counter[str] = Counter()
    often: Counter[str] = Counter()
    for article in articles:
        found = [n.text for n in names(article.text) if n.kind is NameKind.PROPER and 3 <= len(n.text) <= _LONGEST_NAME]
        speaking.update(set(found))
        often.update(found)
    ranked = sorted(speaking, key=lambda name: (-speaking[name], -often[name], name))
    kept: list[str] = []
    for name in ranked:
        if often[name] > 1 and not any(name in other or other in name for other in kept):
            kept.append(name)
    return kept[:count]


def figure_question(figure: Figure) -> str | None:
    """Return a question that this figure answers; None when its sentence does not say of what it is in few words."""
    if figure.quantity.measure in _UNASKED or not _is_said_of_its_subject(figure):
        return None
    indicator, quantity = figure.indicator, figure.quantity
    subject = figure.subject.upper()
    if quantity.measure in (Measure.COUNT, Measure.PEOPLE):
        counted = _COUNTED.fullmatch(indicator) and _ends_with_noun(figure)
        if not counted:
            return None
        done = _DONE.match(indicator)
        if done:  # 新增骨干教师78名: so many were added, not so many there are
            return f"{subject}{done[0]}了多少{quantity.unit}{indicator[done.end() :]}？"
        return f"{subject}有多少{quantity.unit}{indicator}？"
    if quantity.measure is Measure.AREA and len(indicator) < 3:
        return f"{subject}面积有多大？"
    if not _STATISTIC.search(indicator) or "/" in indicator or len(indicator) > _LONGEST_INDICATOR:
        return None
    named = indicator.upper()
    if figure.growth:
        return f"{subject}{named}{'下降' if quantity.change is Change.FALL else '增长'}了多少？"
    if figure.plan and figure.time and figure.time.last:
        return f"到{figure.time.last.year}年，{subject}{named}的目标是多少？"
    return f"{subject}{named}是多少？"


def _is_said_of_its_subject(figure: Figure) -> bool:
    """Whether the subject stands in the figure's own clause before it, or begins the sentence."""
    if not figure.subject:
        return False
    before, subject, between = short_form(figure.text[: figure.quantity.start]).rpartition(figure.subject)
    return bool(subject) and (_CLAUSE.search(between) is None or len(before) <= _AT_FIRST)


def _ends_with_noun(figure: Figure) -> bool:
    """Tell whether number and noun end their clause: of 2200余家商户开展活动 nobody asks how many there are."""
    folded, quantity = fold(figure.text), figure.quantity
    if folded[: quantity.start].endswith(figure.indicator):
        rest = folded[quantity.end :]
    elif folded.startswith(figure.indicator, quantity.end):
        rest = folded[quantity.end + len(figure.indicator) :]
    else:
        return False
    return not rest or not rest[0].isalnum()


def drafts(articles: Sequence[Article]) -> Iterator[Draft]:
    """Yield questions to try: the figures of each article in turn, newest article first, and in between the names."""
    newest = sorted(articles, key=lambda a: str(a.published.last) if a.published else "", reverse=True)[:MOST_ARTICLES]
    seen: set[str] = set()
    for pair in zip_longest(_dealt([list(_of_figures(article)) for article in newest]), _of_names(newest)):
        for draft in filter(None, pair):
            if draft.question not in seen:
                seen.add(draft.question)
                yield draft


def _of_figures(article: Article) -> Iterator[Draft]:
    told = short_form(article.text)
    for figure in article_figures(article):
        if (question := figure_question(figure)) and told.count(figure.subject) >= _OFTEN:
            yield Draft(question, figure.subject, (article.id, figure.start, figure.end))


def _of_names(articles: Sequence[Article]) -> Iterator[Draft]:
    """Yield each name in turn with the next template, so that the first few differ in both."""
    found = frequent_names(articles)
    for turn in range(len(_TEMPLATES)):
        for place, name in enumerate(found):
            yield Draft(_TEMPLATES[(turn + place) % len(_TEMPLATES)].format(name=name), name)


def _dealt(piles: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    for row in zip_longest(*piles):
        yield from filter(None, row)


class Suggester:
    """Finds out which questions the articles answer, a few at once or all in the background, and offers them.

    Safe to use from several threads: one prepares while others ask what to offer.
    """

    def __init__(self, articles: Sequence[Article], ask: Callable[[str], Answer], most: int = _MOST_KEPT) -> None:
        self._untried = drafts(articles)
        self._ask = ask
        self._most = most
        self._offers: list[Offer] = []
        self._lock = threading.Lock()

    @property
    def offers(self) -> tuple[Offer, ...]:
        return tuple(self._offers)

    def openers(self, count: int = 4) -> tuple[str, ...]:
        """Return at most `count` questions about different names, trying no more than the page can wait for."""
        for _ in range(_MOST_TRIED):
            if len(self._different()) >= count or not self.try_one():
                break
        return tuple(self._different()[:count])

    def _different(self) -> list[str]:
        first: dict[str, str] = {}
        for offer in self._offers:
            first.setdefault(offer.about, offer.question)
        return list(first.values())

    def prepare(self, stop: Callable[[], bool] = lambda: False, busy: Callable[[], bool] = lambda: False) -> None:
        """Try all drafts until `stop`. Visitors come first: waits while `busy`, and rests three times as long as it works."""
        while not stop():
            if busy():
                time.sleep(0.1)
                continue
            started = time.perf_counter()
            if not self.try_one():
                return
            time.sleep(min(1.0, 3 * (time.perf_counter() - started)))

    def try_one(self) -> bool:
        """Ask the next draft and keep it when it is surely answered; False when there is nothing left to try."""
        with self._lock:
            draft = next(self._untried, None) if len(self._offers) < self._most else None
            if draft is None:
                return False
            taken = {cited for offer in self._offers for cited in offer.cited}
        answer = self._ask(draft.question)
        cited = tuple((c.article_id, c.start, c.end) for c in answer.citations)
        if _good(draft, answer, cited) and not taken & set(cited[:1]):
            with self._lock:
                self._offers.append(Offer(draft.question, draft.about, cited))
        return True

    def after(self, answer: Answer, told: Collection[str] = (), count: int = 3) -> tuple[str, ...]:
        """Return at most `count` questions near to what `answer` cites, none of them among `told`.

        What the answer shows already is not asked for, but the lead of a refusal is: that much can be answered.
        """
        shown = [(c.article_id, c.start, c.end) for c in answer.citations]
        known = {_letters(question) for question in (*told, answer.question, answer.standalone)}
        answered = answer.status is Status.ANSWERED
        left = [
            offer
            for offer in self._offers
            if _letters(offer.question) not in known
            and not (answered and any(_overlap(offer.cited[0], s) for s in shown))
        ]
        words = answer.standalone + "".join(claim.text for claim in answer.claims)
        left.sort(key=lambda offer: -_nearness(offer, shown, words))  # stable: ties keep the order of the drafts
        kept: list[Offer] = []
        for spread in (True, False):  # of different sentences and, if possible, different names
            for offer in left:
                if len(kept) == count:
                    break
                if offer not in kept and not (spread and any(_alike(offer, one) for one in kept)):
                    kept.append(offer)
        return tuple(offer.question for offer in kept)


def _good(draft: Draft, answer: Answer, cited: Sequence[Cited]) -> bool:
    if answer.status is not Status.ANSWERED or answer.confidence < _SURE or not cited:
        return False
    if not answer.short_answer and len(answer.claims) < 2:  # one sentence that may only be near to what is asked
        return False
    if draft.where is not None:
        return any(_overlap(draft.where, one) for one in cited)
    said = (
        f"{re.escape(draft.about)}[^，。；]{{0,12}}[是为](?![0-9])"
        if draft.question.endswith("是什么？")
        else re.escape(draft.about)
    )
    return any(re.search(said, citation.quote) for citation in answer.citations)


def _overlap(a: Cited, b: Cited) -> bool:
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


def _nearness(offer: Offer, shown: Sequence[Cited], words: str) -> float:
    """Return how much a question has to do with what was shown, from 0 to 2."""
    article, start, _ = offer.cited[0]
    distances = [abs(start - one[1]) for one in shown if one[0] == article]
    near = _NEAR / (_NEAR + min(distances)) if distances else 0.0
    return near + (0.8 if offer.about and offer.about in words else 0.0)


def _alike(a: Offer, b: Offer) -> bool:
    return a.about == b.about or a.cited[0] == b.cited[0]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def suggestions(articles: Sequence[Article], ask: Callable[[str], Answer], count: int) -> list[str]:
    """Return at most `count` questions that `ask` answers surely, of different names."""
    return list(Suggester(articles, ask).openers(count))
