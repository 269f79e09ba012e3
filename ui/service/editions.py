"""What is served: all that comes of one generation of the index, replaced as a whole when a new one is published."""

from __future__ import annotations

import ctypes
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol

from corpus.errors import LinpingError, QuestionError
from corpus.records import Article, latest_first
from index.search.hits import SentenceHit
from rag.protocol import Answerer, Limitable
from rag.question.limits import Limit
from rag.records import Answer
from ui import wording
from ui.service import wording as wording_serving
from ui.service.caching import AnswerCache
from ui.service.explaining import Explainer
from ui.service.figures import FigureBook

if TYPE_CHECKING:
    from index.storage.snapshot import Snapshot
    from index.storage.stores import IndexStore

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0  # seconds between two looks at what is published
_AGAIN_AFTER: Final = 30.0  # seconds until what could not be opened is tried again, though nothing else is published
_MOST_WITHDRAWN: Final = 10_000
_MOST_DRAWN: Final = 8  # views of an edition that stay drawn


class Library(Protocol):
    """What can be searched: an `index.storage.snapshot.Snapshot`, or anything like it."""

    @property
    def generation(self) -> str: ...

    @property
    def warnings(self) -> tuple[str, ...]: ...

    def search_sentences(self, question: str, k: int = 10) -> Sequence[SentenceHit]: ...


class Suggesting(Protocol):
    """What finds questions to ask next: a `rag.answers.suggestions.Suggester`, or anything like it."""

    def after(self, answer: Answer, told: Sequence[str] = ()) -> tuple[str, ...]: ...

    def openers(self, count: int = 4) -> tuple[str, ...]: ...

    def prepare(self, stop: Callable[[], bool], busy: Callable[[], bool]) -> None: ...


class ReadingShelf:
    """What is read out of the articles when somebody first asks for it, once; it goes when its edition goes."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self.articles = articles
        self._lock = Lock()
        self._reading = Lock()
        self._drawn: OrderedDict[Hashable, _Drawn] = OrderedDict()

    def drawn(self, view: Hashable, draw: Callable[[], str]) -> str:
        """Return what `draw` makes of a view, drawn once; the last few views are kept.

        Who wants a view that is being drawn waits for it, and for no other.
        """
        with self._lock:
            one = self._drawn.setdefault(view, _Drawn())
            self._drawn.move_to_end(view)
            while len(self._drawn) > _MOST_DRAWN:
                self._drawn.popitem(last=False)
        return one.text(draw)

    @property
    def figures(self) -> FigureBook:
        with self._reading:
            return self._figures

    @cached_property
    def _figures(self) -> FigureBook:
        return FigureBook.of(latest_first(self.articles))


class _Drawn:
    """A view that is drawn by whoever wants it first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._text: str | None = None

    def text(self, draw: Callable[[], str]) -> str:
        with self._lock:
            if self._text is None:
                self._text = draw()
            return self._text


@dataclass(frozen=True, eq=False)
class Edition:
    """One generation and what stands on it. Whoever answers takes one edition and keeps to it to the end.

    `library` is searched by programs, `finder` explains; None: not there. `cache` is for an answerer that says the same
    whenever it is asked the same; it goes when its edition goes. `withdrawn` are headlines, by id, of articles that earlier editions had.
    """

    answerer: Answerer
    library: Library | None = None
    finder: Explainer | None = None
    suggester: Suggesting | None = None
    cache: AnswerCache | None = None
    withdrawn: Mapping[str, str] = field(default_factory=dict)

    @property
    def articles(self) -> Mapping[str, Article]:
        return self.answerer.articles

    @property
    def generation(self) -> str:
        """Return the name of the generation; empty when it stands on none."""
        return self.library.generation if self.library else ""

    @cached_property
    def shelf(self) -> ReadingShelf:
        return ReadingShelf(self.articles)

    def within(self, limit: Limit) -> Edition:
        """Return this edition held to some of its articles. It offers nothing to ask next, for that may lie outside.

        Raises QuestionError when no article is left, or one is named that is not there.
        """
        unknown = sorted(limit.articles - self.articles.keys())
        if unknown:
            raise QuestionError(wording.LIMIT_UNKNOWN.format(unknown[0]))
        if not limit.of(self.articles):
            raise QuestionError(wording.LIMIT_EMPTY)
        if not isinstance(self.answerer, Limitable):
            raise QuestionError(wording.LIMIT_NOT_HERE)
        return replace(self, answerer=self.answerer.within(limit), suggester=None, cache=None)

    def after(self, before: Edition) -> Edition:
        """Return this edition as the follower of `before`: it knows what has been withdrawn since."""
        gone = {name: before.articles[name].headline for name in before.articles if name not in self.articles}
        known = {name: title for name, title in before.withdrawn.items() if name not in self.articles}
        return replace(self, withdrawn=dict([*known.items(), *gone.items()][-_MOST_WITHDRAWN:]))


class EditionSource(Protocol):
    """Where new editions come from."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what is wrong with what is published, in Chinese; empty when all is well."""

    def news(self) -> Edition | None:
        """Return the edition that should be served from now on; None while that is the one before. Never raises."""


class IndexSource:
    """A store that is followed: `make` puts answerer and all on a snapshot.

    A generation that cannot be opened is refused, and the one before goes on being served.
    """

    def __init__(
        self,
        store: IndexStore,
        embedder: str,
        make: Callable[[Snapshot], Edition],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.notices: tuple[str, ...] = ()
        self._store = store
        self._embedder = embedder
        self._make = make
        self._clock = clock
        self._seen = ""
        self._again = 0.0
        self._served = ("", "")

    def first(self) -> Edition:
        """Return the first edition. Raises BadIndex, StorageError."""
        self._seen = self._store.published()  # before the index is opened: what is published meanwhile is news
        self._again = self._clock() + _AGAIN_AFTER
        snapshot = self._store.open(self._embedder)
        edition = self._make(snapshot)
        self._served = (snapshot.generation, snapshot.corpus_digest)
        self.notices = snapshot.warnings
        return edition

    def news(self) -> Edition | None:
        """Return the edition of what is published now, when that has changed."""
        try:
            mark = self._store.published()
        except LinpingError as error:
            self._say((wording_serving.kept(str(error), self._served[0]),))
            return None
        if mark == self._seen and not (self.notices and self._clock() >= self._again):
            return None
        self._seen, self._again = mark, self._clock() + _AGAIN_AFTER
        try:
            snapshot = self._store.open(self._embedder)
            here = (snapshot.generation, snapshot.corpus_digest)
            if here == self._served:
                self._say(snapshot.warnings)
                return None
            if snapshot.warnings and _older(snapshot.generation, self._served[0]):
                self._say(tuple(wording_serving.kept(one, self._served[0]) for one in snapshot.warnings))
                return None
            edition = self._make(snapshot)
        except LinpingError as error:
            self._say((wording_serving.kept(str(error), self._served[0]),))
            return None
        except Exception:
            log.exception("a new generation could not be opened")
            self._say((wording_serving.kept(wording_serving.NOT_OPENED, self._served[0]),))
            return None
        self._served = here
        self._say(snapshot.warnings)
        return edition

    def _say(self, notices: tuple[str, ...]) -> None:
        for notice in notices:
            if notice not in self.notices:
                log.warning(notice)
        self.notices = notices


def _older(one: str, other: str) -> bool:
    """Tell whether one generation came before another: their numbers grow longer in time."""
    return (len(one), one) < (len(other), other)


def give_back() -> None:
    """Give the system back what the heap kept of an edition that has gone, where the C library can (glibc)."""
    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Keeper:
    """Keeps what is served at the newest edition, and finds out in the background what each can be asked.

    `switch` is given each new edition; `openers` the questions to begin with, empty until they have been tried.
    """

    def __init__(
        self,
        edition: Edition,
        source: EditionSource | None,
        switch: Callable[[Edition], None],
        openers: Callable[[Edition, Sequence[str]], None],
        busy: Callable[[], bool],
    ) -> None:
        self._edition = edition
        self._source = source
        self._switch = switch
        self._openers = openers
        self._busy = busy
        self._stop = threading.Event()
        self._superseded = threading.Event()

    def start(self) -> None:
        self._prepare()
        if self._source is not None:
            threading.Thread(target=self._follow, args=(self._source,), name="following", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        self._superseded.set()

    def look(self, source: EditionSource) -> bool:
        """Look once for news and serve them; tell whether there were any."""
        fresh = source.news()
        if fresh is None:
            return False
        edition = fresh.after(self._edition)
        self._superseded.set()
        self._edition = edition
        self._switch(edition)
        self._openers(edition, ())
        log.info(wording_serving.now_served(edition.generation, len(edition.articles)))
        if edition.suggester is not None:
            self._openers(edition, edition.suggester.openers())
        self._prepare()
        return True

    def _follow(self, source: EditionSource) -> None:
        switched = False
        while not self._stop.wait(LOOK_EVERY):
            try:
                if switched:
                    give_back()
                switched = self.look(source)
            except Exception:  # a fault here must not end the following
                log.exception("looking for a new index failed")

    def _prepare(self) -> None:
        superseded = self._superseded = threading.Event()
        suggester: Any = self._edition.suggester
        if suggester is not None and not self._stop.is_set():
            threading.Thread(
                target=suggester.prepare, args=(superseded.is_set, self._busy), name="preparing", daemon=True
            ).start()
