"""A server that runs follows its index: two servers over one folder, asked all the while."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from corpus.errors import BadIndex
from corpus.loading import load_corpus
from index.search.embedding import load_embedder
from index.storage.generations import CURRENT
from index.storage.store import build_index, kept_generations, roll_back
from index.storage.stores import FolderStore
from rag.answerer import ExtractiveAnswerer
from rag.records import Answer
from tests.fakes_ui import ARTICLES, ScriptedAnswerer, ScriptedSuggester
from tests.indexes import write_articles
from ui import wording
from ui.addresses import permalink
from ui.service import editions
from ui.service import wording as wording_serving
from ui.service.editions import Edition, IndexSource, Keeper
from ui.service.hosting import Hosting
from ui.settings import Settings
from ui.trials.screenshots import running
from ui.web.serving import index_source, site_of

SOON = 5.0  # seconds, as promised
BUSY = 25.0  # on a machine that does other work beside
POOL = "湖湾游泳馆改建竣工\n\n石泉晚报2025年3月8日讯 湖湾游泳馆改建竣工，总投资2600万元，设泳道10条。\n"
RINK = "北坡滑冰馆改建开工\n\n石泉晚报2025年3月2日讯 北坡滑冰馆改建昨日开工，总投资1900万元，预计年底完工。\n"
CASE = Path(__file__).parents[3] / "shared" / "cases" / "04" / "corpus"
ASK_POOL, ASK_RINK = "湖湾游泳馆改建总投资多少？", "北坡滑冰馆改建总投资多少？"


class World:
    """A folder of articles, its index, and two servers over it."""

    def __init__(self, home: Path) -> None:
        self.corpus = home / "文章"
        self.index = home / "索引"
        self.write(pool=POOL, rink=RINK)
        self.build()
        self.servers: list[httpx.Client] = []

    def write(self, **files: str) -> None:
        write_articles(self.corpus, {f"{name}.txt": text for name, text in files.items()})

    def build(self) -> str:
        return build_index(load_corpus(self.corpus), self.index, load_embedder()).generation

    def ask(self, question: str, server: int = 0) -> str:
        reply = self.servers[server].post("api/ask", json={"question": question})
        assert reply.status_code == 200, reply.text
        return f"{reply.json()['status']}：{reply.json()['short_answer'] or reply.json()['answer']}"

    def agree(self, what: Callable[[int], bool]) -> float:
        """Return the seconds until `what` holds of both servers."""
        started = time.monotonic()
        while not all(what(number) for number in (0, 1)):
            assert time.monotonic() - started < BUSY, "the servers do not follow"
            time.sleep(0.1)
        return time.monotonic() - started


@contextmanager
def serving(world: World) -> Iterator[str]:
    settings = Settings(feedback=None)
    source = index_source(settings, world.index)
    edition = source.first()
    with running(edition.answerer, site_of(edition, source, settings, Hosting())) as address:
        yield address


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("跟着索引"))
    with serving(made) as one, serving(made) as two:
        made.servers = [httpx.Client(base_url=address, trust_env=False, timeout=60) for address in (one, two)]
        yield made
        for client in made.servers:
            client.close()


def told_of(client: httpx.Client, cited: dict[str, Any]) -> tuple[str, str, str]:
    """Return what API and page say today of a citation: how it stands, in words, and the page when it has words for it."""
    sent = {"quote": cited["quote"], "start": cited["start"]}
    quoted = client.get(f"api/articles/{cited['article_id']}", params=sent).json()["quoted"]
    link = parse_qs(permalink(cited["article_id"], cited["start"], cited["end"], cited["quote"])[1:])
    mark = f"1:{link['span'][0]}~{link['print'][0]}:{link['says'][0]}"
    page = client.get(f"page/articles/{cited['article_id']}", params={"mark": mark}).text
    return quoted["standing"], quoted["note"], page if 'class="notice"' in page else ""


def test_an_edited_and_a_withdrawn_article_are_followed_without_a_failed_question(world: World) -> None:
    seen: list[str] = []
    failed: list[str] = []
    done = threading.Event()

    def keep_asking(number: int) -> None:
        with httpx.Client(base_url=world.servers[number].base_url, trust_env=False, timeout=60) as client:
            while not done.is_set():
                reply = client.post("api/ask", json={"question": ASK_POOL})
                if reply.status_code == 200:
                    seen.append(reply.json()["short_answer"] or reply.json()["answer"])
                else:
                    failed.append(reply.text)

    def page_of(number: int) -> str:
        return world.servers[number].get("").text

    assert "2600万" in world.ask(ASK_POOL)
    assert "1900万" in world.ask(ASK_RINK)
    started = time.monotonic()
    world.ask(ASK_POOL, 1)
    alone = time.monotonic() - started  # on a machine that is busy with other things all takes longer
    opened = world.servers[0].post("api/ask", json={"question": ASK_RINK}).json()["session"]
    (cited,) = world.servers[0].post("api/ask", json={"question": ASK_POOL}).json()["citations"]
    assert told_of(world.servers[0], cited) == ("same", "", "")
    threads = [threading.Thread(target=keep_asking, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        world.write(pool=POOL.replace("2600", "3100"))
        world.build()
        took = world.agree(lambda number: "3100万" in world.ask(ASK_POOL, number))
        (world.corpus / "rink.txt").unlink()
        world.build()
        took = max(took, world.agree(lambda number: "1900" not in world.ask(ASK_RINK, number)))
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert took < SOON + 20 * alone
    assert not failed
    assert all("2600万" in one or "3100万" in one for one in seen)
    assert "2600万" not in seen[-1]
    for number, client in enumerate(world.servers):
        for path in ("page/articles/rink", "api/articles/rink"):
            gone = client.get(path)
            assert gone.status_code == 410
            assert wording_serving.withdrawn("北坡滑冰馆改建开工") in gone.text
        assert client.get("api/articles/nobody").status_code == 404
        standing, note, page = told_of(client, cited)
        assert (standing, note) == ("changed", wording.CHANGED_SINCE)
        assert note in page and "3100万元" in page
        assert [one["id"] for one in client.get("api/articles").json()] == ["pool"]
        assert all("1900" not in row["value"] for row in client.get("api/figures").json())
        assert "北坡滑冰馆" not in page_of(number)
        assert client.get("readyz").json()["generation"] == "gen-000003"
        assert 'linping_index{generation="gen-000003"} 1.0' in client.get("metrics").text
    going_on = world.servers[0].post("api/ask", json={"question": "湖湾游泳馆有几条泳道？", "session": opened})
    assert going_on.status_code == 200
    assert "10条" in going_on.json()["answer"]


def test_an_earlier_generation_is_gone_back_to_and_forward_again(world: World) -> None:
    assert roll_back(world.index).generation == "gen-000002"
    world.agree(lambda number: "1900万" in world.ask(ASK_RINK, number))
    assert (
        world.servers[0].get("readyz").json() | {"generation": "gen-000002", "warnings": []}
        == world.servers[0].get("readyz").json()
    )
    assert world.servers[0].get("api/articles/rink").status_code == 200
    for wrong in ("gen-000002", "gen-000009", "../x"):
        with pytest.raises(BadIndex, match="gen-000003"):
            roll_back(world.index, wrong)
    damaged = world.index / "gen-000001" / "sentences.npys"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BadIndex, match="校验和"):
        roll_back(world.index, "gen-000001")
    damaged.write_bytes(whole)
    assert kept_generations(world.index)[1] == "gen-000002"
    roll_back(world.index, "gen-000003")
    world.agree(lambda number: "1900" not in world.ask(ASK_RINK, number))


def test_a_broken_generation_is_refused_with_a_notice_and_a_good_one_taken_up(world: World, tmp_path: Path) -> None:
    before = world.servers[0].get("readyz").json()["generation"]
    aside = tmp_path / "索引"
    shutil.copytree(world.index, aside)
    world.write(rink=RINK)
    broken = build_index(load_corpus(world.corpus), aside, load_embedder()).generation
    damaged = aside / broken / "sentences.npys"
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (aside / broken).rename(world.index / broken)
    (aside / CURRENT).replace(world.index / CURRENT)

    def notices(number: int) -> list[str]:
        return list(world.servers[number].get("readyz").json()["warnings"])

    world.agree(lambda number: bool(notices(number)))
    for number, client in enumerate(world.servers):
        assert broken in notices(number)[0]
        assert client.get("readyz").json()["generation"] == before
        assert "1900" not in world.ask(ASK_RINK, number)
        assert "linping_index_notices 1.0" in client.get("metrics").text
    shutil.rmtree(world.index / broken)
    world.build()
    world.agree(lambda number: "1900万" in world.ask(ASK_RINK, number) and not notices(number))
    assert world.servers[0].get("api/articles/rink").status_code == 200


def test_an_index_folder_that_is_gone_leaves_what_is_served(world: World) -> None:
    away = world.index.with_name("别处")
    world.index.rename(away)
    try:
        world.agree(lambda number: bool(world.servers[number].get("readyz").json()["warnings"]))
        assert all("3100万" in world.ask(ASK_POOL, number) for number in (0, 1))
    finally:
        away.rename(world.index)
    world.agree(lambda number: not world.servers[number].get("readyz").json()["warnings"])


def test_an_index_built_anew_under_the_same_number_is_news(tmp_path: Path) -> None:
    home = World(tmp_path)
    source = index_source(Settings(), home.index)
    source.first()
    assert source.news() is None
    shutil.rmtree(home.index)
    home.write(pool=POOL.replace("2600", "2700"))
    assert home.build() == "gen-000001"
    fresh = source.news()
    assert fresh is not None
    assert "2700万" in (fresh.answerer.answer(ASK_POOL).short_answer or "")
    assert source.news() is None


def test_what_cannot_be_made_into_an_edition_is_refused_and_tried_again(tmp_path: Path) -> None:
    home = World(tmp_path)
    now = [0.0]
    faults: list[Exception] = []

    def make(snapshot: object) -> Edition:
        if faults:
            raise faults.pop()
        return Edition(ScriptedAnswerer(), snapshot)  # type: ignore[arg-type]

    source = IndexSource(FolderStore(home.index), "builtin", make, lambda: now[0])
    source.first()
    home.write(pool=POOL.replace("2600", "2800"))
    home.build()
    faults += [MemoryError("/srv/secret"), BadIndex("向量模型不同。")]
    assert source.news() is None
    assert source.notices == ("向量模型不同；仍用 gen-000001 回答。",)
    assert source.news() is None
    assert len(faults) == 1, "tried again at once"
    now[0] = 60.0
    assert source.news() is None
    assert "secret" not in source.notices[0]
    now[0] = 120.0
    fresh = source.news()
    assert fresh is not None
    assert fresh.generation == "gen-000002"
    assert source.notices == ()


def test_what_is_offered_is_of_the_edition_that_is_served() -> None:
    class Few(ScriptedAnswerer):
        @property
        def articles(self) -> dict[str, object]:  # type: ignore[override]
            return dict(list(ARTICLES.items())[:1])

    class Once:
        notices = ()

        def __init__(self) -> None:
            self._left = [Edition(Few(), suggester=ScriptedSuggester())]

        def news(self) -> Edition | None:
            return self._left.pop() if self._left else None

    switched: list[Edition] = []
    offered: list[int] = []
    keeper = Keeper(
        Edition(ScriptedAnswerer()),
        None,
        switched.append,
        lambda _, openers: offered.append(len(openers)),
        lambda: False,
    )
    source = Once()
    assert keeper.look(source)
    assert not keeper.look(source)
    assert offered == [0, 4]  # at once nothing that may no longer be answered, then what is
    assert set(switched[0].withdrawn) == set(ARTICLES) - set(Few().articles)


def test_memory_is_given_back_once_after_an_edition_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twice:
        notices = ()

        def news(self) -> Edition | None:
            if not left:
                keeper.stop()
                return None
            return left.pop()

    editions.give_back()  # whatever the C library is
    left = [None, Edition(ScriptedAnswerer()), Edition(ScriptedAnswerer())]  # the last first
    given: list[int] = []
    monkeypatch.setattr(editions, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(editions, "give_back", lambda: given.append(len(left)))
    keeper = Keeper(Edition(ScriptedAnswerer()), Twice(), lambda _: None, lambda *_: None, lambda: False)
    keeper._follow(Twice())
    assert given == [2, 1], "after each of two, and not again"


def test_the_same_question_is_answered_once_and_a_follow_up_anew(real_answerer: ExtractiveAnswerer) -> None:
    from ui.service.caching import AnswerCache
    from ui.service.desk import Desk, Turn
    from ui.service.limits import Visitor

    asked: list[str] = []

    class Counting:
        articles = real_answerer.articles

        def answer(self, question: str, history: object = ()) -> Answer:
            raise AssertionError

        def stream(self, question: str, history: object = ()) -> Iterator[Answer]:
            asked.append(question)
            yield real_answerer.answer(question, history)  # type: ignore[arg-type]

    desk = Desk(Edition(Counting(), cache=AnswerCache(10)))  # type: ignore[arg-type]
    here = Visitor(local=True)

    def ask(question: str, before: tuple[Turn, ...] = ()) -> Answer:
        return list(desk.replies(question, before, here, "api"))[-1]

    first = ask("临平2028工业目标是多少?")
    for wording_of_it in ("临平２０２８工业目标是多少？", "臨平2028工業目標是多少?", " 临平2028工业目标是多少? "):
        again = ask(wording_of_it)
        alone = real_answerer.answer(wording_of_it.strip())
        assert again.question == wording_of_it.strip()
        assert (again.claims, again.citations, again.short_answer) == (
            alone.claims,
            alone.citations,
            alone.short_answer,
        )
    assert len(asked) == 1
    assert again.claims == first.claims
    ask("临平2028工业目标是多少?", (Turn("算力小镇在哪里？", "在临平。"),))
    assert len(asked) == 2
    desk.switch(Edition(Counting(), cache=AnswerCache(10)))  # type: ignore[arg-type]
    ask("临平2028工业目标是多少?")
    assert len(asked) == 3
    counted = desk.meter.exposition(desk.edition).decode()
    assert 'linping_cache_total{outcome="hit"} 3.0' in counted
    assert 'linping_cache_total{outcome="miss"} 2.0' in counted
    assert "linping_cached_answers 1.0" in counted


def test_the_cache_is_bounded_and_forgets() -> None:
    from ui.service.caching import FORGOTTEN_AFTER, AnswerCache

    now = [0.0]
    cache = AnswerCache(3, lambda: now[0])
    answers = ScriptedAnswerer()
    for number in range(10):
        cache.put(f"第{number}问", answers.answer(f"第{number}问"))
    assert len(cache) == 3
    assert cache.get("第6问") is None
    assert cache.get("第9问") is not None
    now[0] = FORGOTTEN_AFTER + 1
    assert cache.get("第9问") is None
    cache.put("新问", answers.answer("新问"))
    assert len(cache) == 1


@pytest.mark.skipif(not CASE.exists(), reason=f"no case at {CASE}")
def test_the_given_files_are_followed_when_one_is_edited_and_the_other_removed(tmp_path: Path) -> None:
    world = World(tmp_path)
    for file in world.corpus.iterdir():
        file.unlink()
    shutil.copytree(CASE, world.corpus, dirs_exist_ok=True, copy_function=shutil.copyfile)
    world.build()
    with serving(world) as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        world.servers = [client, client]
        west, east = "西门农贸市场改造总投资多少？", "东门菜场改造总投资多少？"
        assert "800万元" in world.ask(west) and "850万元" in world.ask(east)
        assert world.ask("南门农贸市场改造总投资多少？").startswith("refused")
        edited = world.corpus / "west.txt"
        edited.write_text(edited.read_text(encoding="utf-8").replace("800万", "950万"), encoding="utf-8")
        world.build()
        world.agree(lambda _: "950万元" in world.ask(west))
        edited.unlink()
        world.build()
        world.agree(lambda _: world.ask(west).startswith("refused"))
        assert "850万元" in world.ask(east)
