"""An answerer with a script: one question, one shape of card. `python -m tests.fakes_ui` serves it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.chinese.text import split_sentences
from corpus.errors import BadIndex, QuestionError
from corpus.records import Article, Block, BlockKind, Published, Segment
from index.search.hits import Sentence, SentenceHit
from rag.question.limits import Limit
from rag.question.preparation import prepare
from rag.question.vocabulary import CorpusWords
from rag.reading.candidates import Candidate
from rag.reading.finder import Found
from rag.reading.ranker import Ranked
from rag.records import Answer, Citation, Claim, Conflict, Mode, Status
from tests.fakes import BigramEmbedder
from ui.service.hosting import Hosting
from ui.web.server import Site

HARBOUR = "harbour-2024"
SCHOOLS = "schools-2026"
UNDATED = "undated"


def article(
    article_id: str,
    blocks: Sequence[tuple[BlockKind, str]],
    *,
    published: Published | None = None,
    publisher: str = "",
    authors: tuple[str, ...] = (),
    gaps_after: Sequence[str] = (),
) -> Article:
    """Return an article of these blocks; a gap stands after each of the words in `gaps_after`."""
    text = "\n".join(words for _, words in blocks)
    placed: list[Block] = []
    at = 0
    for kind, words in blocks:
        placed.append(Block(kind, at, at + len(words), level=2 if kind is BlockKind.HEADING else 0))
        at += len(words) + 1
    headline = next((words for kind, words in blocks if kind is BlockKind.HEADLINE), article_id)
    kicker = next((words for kind, words in blocks if kind is BlockKind.KICKER), "")
    return Article(
        id=article_id,
        text=text,
        blocks=tuple(placed),
        segments=(Segment(0, 0, len(text)),),
        gaps=tuple(text.index(words) + len(words) for words in gaps_after),
        headline=headline,
        kicker=kicker,
        authors=authors,
        publisher=publisher,
        published=published,
        file_name=f"{article_id}.txt",
        source_sha256=sha256(text.encode()).hexdigest(),
    )


HEADLINE, BODY, HEADING, CAPTION = BlockKind.HEADLINE, BlockKind.BODY, BlockKind.HEADING, BlockKind.CAPTION

ARTICLES: Mapping[str, Article] = {
    one.id: one
    for one in (
        article(
            HARBOUR,
            [
                (BlockKind.KICKER, "河港新篇"),
                (HEADLINE, "青溪：老码头“变形记”何以好看"),
                (BlockKind.BYLINE, "林一 周二"),
                (CAPTION, "俯瞰青溪老码头"),
                (BODY, "青溪区东北角的老码头，一百年前停满运丝的船。如今，这里是全区最热闹的创意园区。"),
                (HEADING, "产业：从丝到“智”"),
                (
                    BODY,
                    "园区负责人介绍，到2024年5月，园区已有设计企业800余家，从业人员1.2万名。"
                    "到2028年，青溪全区规模以上工业产值突破3000亿元，再造一个工业青溪。"
                    "其中，智能装备、生物医药、时尚设计三大产业占比将超过七成。",
                ),
                (BODY, "“我们只做一件事，把码头的故事讲给年轻人听。”招商办主任说，“租金三年不涨。”"),
                (HEADING, "交通：四十分钟的双城"),
                (BODY, "每天早晨7时，一列高铁从青溪站始发，40分钟即可直达省城。在建的还有一条城际铁路"),
                (
                    BODY,
                    "和三座过江桥梁。围绕车站，青溪布局了五项配套：公交首末站、共享单车港、人才驿站、共享会客厅、夜间食堂。",
                ),
                (BlockKind.CREDIT, "本版图片由青溪区提供"),
            ],
            published=Published(
                date(2024, 5, 1), date(2024, 6, 30), inferred=True, clue="“五一”假期刚过，老码头依旧人声鼎沸"
            ),
            publisher="青溪日报",
            authors=("林一", "周二"),
            gaps_after=("一条城际铁路",),
        ),
        article(
            SCHOOLS,
            [
                (HEADLINE, "青溪数谷五年答卷"),
                (BODY, "截至2026年1月，数谷集聚设计企业1,900余家，较启动时翻了一番多。2025年，数谷完成投资55.89亿元。"),
                (BODY, "去年，数谷招收应届毕业生1,300名；前年，这一数字是900名。"),
                (BlockKind.EXPERT, "数谷的路子，是先把人留住，再把产业留住。"),
            ],
            published=Published(date(2026, 1, 20), date(2026, 1, 20)),
            publisher="青溪日报",
        ),
        article(
            UNDATED,
            [
                (HEADLINE, "运河边的<b>慢</b>生活"),
                (BODY, "运河边新开了三家书店。<img src=x onerror=alert(1)>店主说，下雨天人最多。"),
            ],
        ),
    )
}


def citation(n: int, article_id: str, quote: str) -> Citation:
    """Return a citation of words that stand in the article; ValueError when they do not."""
    cited = ARTICLES[article_id]
    start = cited.text.index(quote)
    when = {HARBOUR: "2024年5—6月", SCHOOLS: "2026年1月20日", UNDATED: ""}[article_id]
    return Citation(
        n=n,
        article_id=article_id,
        headline=cited.headline,
        publisher=cited.publisher,
        published=when,
        published_inferred=cited.published is not None and cited.published.inferred,
        start=start,
        end=start + len(quote),
        source_start=start,
        source_end=start + len(quote),
        quote=quote,
    )


TARGET = "到2028年，青溪全区规模以上工业产值突破3000亿元，再造一个工业青溪。"
FIRMS_2024 = "园区负责人介绍，到2024年5月，园区已有设计企业800余家，从业人员1.2万名。"
FIRMS_2026 = "截至2026年1月，数谷集聚设计企业1,900余家，较启动时翻了一番多。"
HIRED = "去年，数谷招收应届毕业生1,300名；前年，这一数字是900名。"
STATION = "围绕车站，青溪布局了五项配套：公交首末站、共享单车港、人才驿站、共享会客厅、夜间食堂。"
RENT = "“我们只做一件事，把码头的故事讲给年轻人听。”招商办主任说，“租金三年不涨。”"
BOOKS = "运河边新开了三家书店。"


def _answer(question: str, **fields: object) -> Answer:
    plain = Answer(
        id=sha256(question.encode()).hexdigest()[:16],
        question=question,
        status=Status.ANSWERED,
        answer="",
        short_answer=None,
        claims=(),
        citations=(),
        as_of="",
        conflicts=(),
        confidence=0.9,
        mode=Mode.EXTRACTIVE,
        index_generation="gen-1",
    )
    answer = replace(plain, **fields)  # type: ignore[arg-type]
    return answer if answer.answer else replace(answer, answer="".join(claim.text for claim in answer.claims))


def _target(question: str) -> Answer:
    return _answer(
        question,
        short_answer="突破3000亿元",
        claims=(Claim(TARGET, (1,), value="突破3000亿元"),),
        citations=(citation(1, HARBOUR, TARGET),),
        modality="规划目标",
        as_of="据2024年5—6月报道（推定）",
        suggestions=("青溪有多少家设计企业？", "高铁到省城要多久？", "数谷去年比前年多招了多少人？"),
    )


def _over_time(question: str) -> Answer:
    return _answer(
        question,
        claims=(
            Claim(FIRMS_2024, (2,), value="800余家", label="2024年5月"),
            Claim(FIRMS_2026, (1,), value="1,900余家", label="2026年1月"),
        ),
        citations=(citation(1, SCHOOLS, FIRMS_2026), citation(2, HARBOUR, FIRMS_2024)),
        conflicts=(Conflict("设计企业", "时间不同", (1, 0), "两处数字相隔一年半，范围也不同（数谷·园区）"),),
        as_of="据2024年5—6月（推定）、2026年1月报道",
        suggestions=("青溪2028年的工业目标是多少？", "车站有哪些配套？"),
    )


def _calculated(question: str) -> Answer:
    return _answer(
        question,
        short_answer="400名",
        calculation="1,300[1] − 900[1] = 400 名",
        claims=(Claim(HIRED, (1,), value="1,300名"),),
        citations=(citation(1, SCHOOLS, HIRED),),
        as_of="据2026年1月报道",
        suggestions=("数谷2025年完成投资多少？",),
    )


def _listed(question: str) -> Answer:
    names = ("公交首末站", "共享单车港", "人才驿站", "共享会客厅", "夜间食堂")
    return _answer(
        question,
        short_answer="5项",
        claims=tuple(Claim(name, (1,), value=name, label=name) for name in names),
        citations=(citation(1, HARBOUR, STATION),),
        notices=("报道共列出 5 项",),
        as_of="据2024年5—6月报道（推定）",
        suggestions=("租金会涨吗？",),
    )


def _corrected(question: str) -> Answer:
    return _answer(
        question,
        notices=("报道中的说法不同",),
        claims=(Claim(RENT, (1,), value="租金三年不涨"),),
        citations=(citation(1, HARBOUR, RENT),),
        as_of="据2024年5—6月报道（推定）",
    )


def _refused(question: str) -> Answer:
    return _answer(
        question,
        status=Status.REFUSED,
        answer="现有报道没有提到青溪的房价。",
        citations=(citation(1, HARBOUR, RENT),),
        as_of="现有报道截至2026年1月20日",
        confidence=0.1,
        suggestions=("青溪2028年的工业目标是多少？", "车站有哪些配套？"),
    )


def _with_model(question: str) -> Answer:
    return _answer(
        question,
        mode=Mode.LLM,
        claims=(
            Claim("数谷2025年完成投资55.89亿元。", (1,), value="55.89亿元"),
            Claim("企业数量在启动后翻了一番多。", (2,)),
        ),
        citations=(
            citation(1, SCHOOLS, "2025年，数谷完成投资55.89亿元。"),
            citation(2, SCHOOLS, FIRMS_2026),
        ),
        notices=("有 1 句因缺少依据未显示",),
        as_of="据2026年1月报道",
        standalone="数谷2025年的进展如何？",
    )


def _small_talk(question: str) -> Answer:
    return _answer(
        question,
        status=Status.SMALLTALK,
        answer="你好。可以问我青溪的产业、交通和规划，每句回答都附原文。",
        suggestions=("青溪2028年的工业目标是多少？",),
    )


def _hostile(question: str) -> Answer:
    return _answer(
        question,
        short_answer="<img src=x onerror=alert(2)>",
        claims=(Claim(BOOKS, (1,), value="三家"), Claim("[x](javascript:alert(3)) **粗** `${alert(4)}` {{alert}}", ())),
        citations=(citation(1, UNDATED, BOOKS),),
    )


SCRIPT = {
    "青溪2028工业目标是多少?": _target,
    "青溪有多少家设计企业？": _over_time,
    "数谷去年比前年多招了多少人？": _calculated,
    "车站有哪些配套？": _listed,
    "码头的租金是不是每年都涨？": _corrected,
    "青溪的房价是多少？": _refused,
    "那数谷呢？": _with_model,
    "你好": _small_talk,
    "有几家书店？": _hostile,
}


class ScriptedAnswerer:
    """Answers by the script; «坏» breaks, «慢» grows for seconds or, but for «慢慢说», until stopped, «记得» tells the history, the rest is refused."""

    def __init__(self, pause: float = 0.0, articles: Mapping[str, Article] = ARTICLES) -> None:
        self._pause = pause  # seconds between two growing answers to «慢»
        self._articles = articles
        self.stopped = 0

    @property
    def articles(self) -> Mapping[str, Article]:
        return self._articles

    def within(self, limit: Limit) -> ScriptedAnswerer:
        return ScriptedAnswerer(self._pause, limit.of(ARTICLES))

    def answer(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        if question.startswith("坏"):
            raise BadIndex("索引 /srv/secret/index 已损坏，请运行 linping index 重建。")
        if question.startswith("崩"):
            raise ZeroDivisionError("/srv/secret traceback")
        if question.startswith("拒"):
            raise QuestionError("这个问题太宽了，请问得具体一些。")
        if question.startswith("记得"):
            told = "；".join(f"{said}→{answered[:12]}" for said, answered in history) or "还没有问过"
            return _answer(question, status=Status.SMALLTALK, answer=f"{len(history)} 轮：{told}")
        answer = SCRIPT.get(question, _refused)(question)
        held = all(cited.article_id in self._articles for cited in answer.citations)
        return answer if held else replace(_refused(question), citations=())

    def stream(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Iterator[Answer]:
        if not question.startswith("慢"):
            yield self.answer(question, history)
            return
        whole = _with_model(question)
        try:
            for n in range(30 if question == "慢慢说" else 3000):
                time.sleep(self._pause)
                yield replace(whole, claims=whole.claims[: 1 + n % 2], answer=f"第 {n} 次")
            yield whole
        except GeneratorExit:
            self.stopped += 1
            raise


class ScriptedLibrary:
    """Finds sentences by the characters they share with the question, the most first."""

    generation = "gen-1"
    warnings: tuple[str, ...] = ()
    embedder = BigramEmbedder(dim=16)

    def search_sentences(self, question: str, k: int = 10) -> tuple[SentenceHit, ...]:
        found = sorted(_sentences(), key=lambda one: -len(set(one.text) & set(question)))[:k]
        return tuple(
            SentenceHit(
                row=row,
                rank=row + 1,
                score=1.0,
                lexical=1.0,
                dense=0.5,
                lexical_rank=row + 1,
                dense_rank=row + 2 if row else None,
                matched=("青溪",) if "青溪" in one.text else (),
                sentence=one,
            )
            for row, one in enumerate(found)
        )


def _sentences() -> Iterator[Sentence]:
    for number, one in enumerate(ARTICLES.values()):
        for block in one.blocks:
            for span in split_sentences(one.text[block.start : block.end]):
                start, end = block.start + span.start, block.start + span.end
                yield Sentence(one.id, start, end, one.text[start:end], block.kind, number)


class ScriptedFinder:
    """Considers the library's sentences, those that share the most characters first."""

    def find(self, question: str) -> Found:
        words = CorpusWords.of(one.text for one in ARTICLES.values())
        return Found(
            prepare(question, (), words), tuple(map(_ranked, ScriptedLibrary().search_sentences(question))), 0.9
        )


def _ranked(hit: SentenceHit) -> Ranked:
    one = hit.sentence
    candidate = Candidate(
        row=hit.row,
        article_id=one.article_id,
        start=one.start,
        end=one.end,
        text=one.text,
        kind=one.kind,
        before="",
        after="",
        heading="",
        passage=one.text,
        position=hit.row,
        siblings=20,
        sentence_score=10.0 - hit.rank,
        passage_score=0.0,
        similarity=hit.rank / 100,
    )
    return Ranked(candidate, -float(hit.rank), np.zeros(1, dtype=np.float32))


class ScriptedSuggester:
    """Offers the script's questions, first those not told yet."""

    def after(self, answer: Answer, told: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(one for one in SCRIPT if one not in told and one != answer.question)[:3]

    def openers(self, count: int = 4) -> tuple[str, ...]:
        return tuple(SCRIPT)[:count]

    def prepare(self, stop: Callable[[], bool], busy: Callable[[], bool]) -> None:
        pass


def site(feedback: Path | None = None, hosting: Hosting | None = None) -> Site:
    """Return what is served beside the scripted answers."""
    return Site(
        tuple(SCRIPT)[:3], feedback, ScriptedLibrary(), ScriptedFinder(), ScriptedSuggester(), hosting or Hosting()
    )


def main() -> None:
    from ui.web.server import serve

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 7861
    serve(ScriptedAnswerer(pause=0.3), port=port, site=site(Path(".linping/feedback.jsonl")), started=print)


if __name__ == "__main__":
    main()
