"""Answers written by hand as a very good model would write them, told to the product in a model's place.

`python -m evals.recorded record OUT` writes the prompt that the product sends for each question that has an answer;
`python -m evals.recorded replay` tells the answers and reports what the product makes of them: right, refused, true sentences
withheld and faulty ones released, each by kind. The answers are files of plain text in `evals/sets/recorded`:

    # dev-001                                                 the question: of dev, lay, lay_news, news_held, read_fresh, read_next
    paraphrase: 2023年临平…1067.27亿元。 <- 地区生产总值1067.27亿元   kind, sentence, words of the spans that it cites (… | …)
    -year: 2022年临平…1067.27亿元。 <- 地区生产总值1067.27亿元        the same with one subtle fault
    none                                                      the answer 【无】, in place of sentences

Evidence is cited by its words, so that its order in a prompt does not matter; that of the news, whose text is not ours, by
half-open offsets into it (`@235-244`). A sentence whose evidence the prompt does not hold is not told: nobody could have
written it. True sentences are told together, each faulty one alone.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from time import thread_time
from typing import Any

import click

from corpus.chinese.text import fold
from corpus.loading import load_corpus
from evals.cases import SETS, BadCase, EvalCase, read_cases
from evals.run.scoring import is_right
from evals.unseen import holds
from index.search.embedding import BUILTIN, STATIC, load_embedder
from index.storage.snapshot import Snapshot
from index.storage.store import ArticleSource, build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.llm.answerer import GenerativeAnswerer
from rag.llm.generator import Event, Finished, Text
from rag.llm.prompt import NO_ANSWER, Message
from rag.protocol import History
from rag.reading.finder import Found, Models
from rag.records import Answer, Mode, Status
from rag.training.news_questions import read_news, sample_rows
from rag.training.reading_sets import read_rows

FOLDER = SETS / "recorded"
TRUE = ("paraphrase", "calculation", "correction", "dated", "comparison", "absence", "ordinal", "name")
FAULTS = ("neighbour", "year", "scope", "cause", "plan", "who", "other")
_LINE = re.compile(r"(?P<fault>-?)(?P<kind>[a-z]+): (?P<text>.+?) <-(?P<words>.*)")
_EVIDENCE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_OFFSETS = re.compile(r"@(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class RecordedSentence:
    """One sentence of an answer, of a kind of TRUE or FAULTS; `words` stand in the spans that it cites."""

    text: str
    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """What is answered to the question `id`: nothing (【无】) where the articles leave it open."""

    id: str
    sentences: tuple[RecordedSentence, ...]
    faults: tuple[RecordedSentence, ...]


def read_replies(folder: Path = FOLDER, files: str = "*.txt") -> list[RecordedReply]:
    """Return the answers of all files of a folder. Raises BadCase naming the line that is none."""
    return [
        reply for path in sorted(folder.glob(files)) for reply in parse(path.read_text(encoding="utf-8"), path.name)
    ]


def parse(text: str, name: str = "") -> list[RecordedReply]:
    """Return the answers that a file tells. Raises BadCase."""
    replies: list[RecordedReply] = []
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{name} 第 {number} 行"
        if line.startswith("# "):
            if any(one.id == line[2:].strip() for one in replies):
                raise BadCase(f"{where}：{line[2:].strip()} 已经有回答了。")
            replies.append(RecordedReply(line[2:].strip(), (), ()))
        elif line.strip() and line != "none":
            found = _LINE.fullmatch(line)
            if found is None or not replies or found["kind"] not in (FAULTS if found["fault"] else TRUE):
                raise BadCase(f"{where} 不是“类别: 句子 <- 依据”：{line}")
            words = tuple(word.strip() for word in found["words"].split("|") if word.strip())
            one, last = RecordedSentence(found["text"], found["kind"], words), replies.pop()
            faults = (*last.faults, one) if found["fault"] else last.faults
            replies.append(RecordedReply(last.id, last.sentences if found["fault"] else (*last.sentences, one), faults))
    return replies


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question of any set. `case` is that of dev.jsonl, else None; `row` is the line of another set."""

    id: str
    question: str
    answerable: bool
    row: Mapping[str, Any]
    case: EvalCase | None = None

    def right(self, answer: Answer, articles: Mapping[str, Any]) -> bool:
        """Whether an answer is right, or rightly refused, as the set judges it."""
        if not self.answerable:
            return answer.status is not Status.ANSWERED
        if self.case is not None:
            return is_right(self.case, answer, articles) == 1
        return answer.status is Status.ANSWERED and any(holds(self.row, one) for one in answer.citations)


def read_asked(ids: Iterable[str]) -> dict[str, SetQuestion]:
    """Return the questions of these ids. Raises BadCase for one that no set has."""
    found = {
        case.id: SetQuestion(case.id, case.question, case.expected == "answered", {}, case)
        for case in read_cases(SETS / "dev.jsonl")
    }
    for name in ("lay.jsonl", "lay_news.jsonl", "news_held.jsonl", "read_fresh.jsonl", "read_next.jsonl"):
        for line in (SETS / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["id"]] = SetQuestion(row["id"], row["question"], row["answerable"], row)
    wanted = list(ids)
    for one in wanted:
        if one not in found:
            raise BadCase(f"没有 {one} 这道题。")
    return {one: found[one] for one in wanted}


# ------------------------------------------------------------------------------------------------------ in a model's place


def told(sentence: RecordedSentence, prompt: str) -> str | None:
    """Return a sentence with the marks of the evidence that it cites; None where the prompt does not hold all of it."""
    lines = [(n, _letters(line)) for n, line in _EVIDENCE.findall(prompt)]
    numbers: list[str] = []
    for words in map(_letters, sentence.words):
        number = next((n for n, line in lines if words in line), None)
        if number is None:
            return None
        numbers.append(number)
    stop = "。" if sentence.text.endswith("。") else ""
    return sentence.text.removesuffix("。") + "".join(f"[{n}]" for n in dict.fromkeys(numbers)) + stop


class Recorder:
    """A language model that says what it is given; it keeps the prompts that it read."""

    def __init__(self) -> None:
        self.sentences: Sequence[RecordedSentence] = ()
        self.prompts: list[str] = []
        self.written: list[RecordedSentence] = []
        self.said = 0.0  # processor seconds of this thread when its words went out

    @property
    def name(self) -> str:
        """A new one for each answer: none may be taken from memory."""
        return f"recorded {len(self.prompts)}"

    def start(self, messages: Sequence[Message]) -> _Telling:
        """Begin to tell `sentences`, those that the prompt's evidence proves."""
        self.prompts.append(messages[-1].content)
        said = [(one, text) for one in self.sentences if (text := told(one, messages[-1].content)) is not None]
        self.written = [one for one, _ in said]
        return _Telling("\n".join(text for _, text in said) or NO_ANSWER, self)


class _Telling:
    def __init__(self, text: str, recorder: Recorder) -> None:
        self._events: list[Event] = [Finished("stop"), Text(text)]
        self._recorder = recorder

    def next(self, timeout: float) -> Event | None:
        self._recorder.said = thread_time()
        return self._events.pop()

    def close(self) -> None:
        self._events.clear()


class Recalling(ExtractiveAnswerer):
    """Looks for each question once, however often it is asked: for replays from one thread."""

    def __init__(self, snapshot: Snapshot, models: Models) -> None:
        super().__init__(snapshot, models)
        self._found: dict[str, Found] = {}
        self._put: dict[str, Answer] = {}

    def find(self, question: str, history: History = ()) -> Found:
        """Return what is known before words are chosen. Raises QuestionError."""
        if question not in self._found:
            self._found[question] = super().find(question, history)
        return self._found[question]

    def put(self, question: str, found: Found, **timings: float) -> Answer:
        """Return what was found put into words."""
        if question not in self._put:
            self._put[question] = super().put(question, found, **timings)
        return self._put[question]


# --------------------------------------------------------------------------------------------------------------- tallies


@dataclass
class ReplayReport:
    """How a replay ended. Counters by kind; `withheld` and `released` list what should not have been."""

    right: list[bool] = field(default_factory=list)
    alone: list[bool] = field(default_factory=list)  # right without a model
    refused: list[bool] = field(default_factory=list)
    refused_alone: list[bool] = field(default_factory=list)
    true: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    faulty: Counter[str] = field(default_factory=Counter)
    escaped: Counter[str] = field(default_factory=Counter)
    untold: int = 0
    wrong: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    proving: list[float] = field(
        default_factory=list
    )  # processor seconds from the model's words to the first sentence shown
    finding: list[float] = field(default_factory=list)  # those that the search of the same question took

    def __add__(self, other: ReplayReport) -> ReplayReport:
        return ReplayReport(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})


def replay(
    base: ExtractiveAnswerer, replies: Sequence[RecordedReply], asked: Mapping[str, SetQuestion]
) -> ReplayReport:
    """Tell every reply to the product over `base`; return what reached the reader."""
    report, model = ReplayReport(), Recorder()
    product = GenerativeAnswerer(base, model)
    for reply in replies:
        question = asked[reply.id]
        started = thread_time()
        plain = base.put(question.question, base.find(question.question))
        found = thread_time() - started
        model.sentences, model.written = reply.sentences, []
        answer, took = _told_first(product, model, question.question)
        if took is not None:
            report.proving.append(took)
            report.finding.append(found)
        report.untold += len(reply.sentences) - len(model.written)
        right = question.right(answer, base.articles)
        (report.right if question.answerable else report.refused).append(right)
        (report.alone if question.answerable else report.refused_alone).append(question.right(plain, base.articles))
        if not right:
            report.wrong.append(f"{reply.id} {question.question} → {answer.answer or answer.status.value}")
        for one in model.written:
            report.true[one.kind] += 1
            report.shown[one.kind] += (seen := shows(answer, one.text))
            if not seen:
                report.withheld.append(f"{reply.id} {one.kind}: {one.text}")
        _tell_faults(product, model, reply, question, report)
    return report


def _told_first(product: GenerativeAnswerer, model: Recorder, question: str) -> tuple[Answer, float | None]:
    """Return the answer, and how long its first sentence of the model took to be proven; None when none is shown."""
    took: float | None = None
    for answer in product.stream(question):
        if took is None and answer.mode is Mode.LLM and answer.claims and model.written:
            took = thread_time() - model.said
    return answer, took


def _tell_faults(
    product: GenerativeAnswerer, model: Recorder, reply: RecordedReply, question: SetQuestion, report: ReplayReport
) -> None:
    for one in reply.faults:
        model.sentences, model.written = [one], []
        answer = product.answer(question.question)
        if not model.written:
            continue
        report.faulty[one.kind] += 1
        if shows(answer, one.text):
            report.escaped[one.kind] += 1
            report.released.append(f"{reply.id} {one.kind}: {one.text}")


def shows(answer: Answer, sentence: str) -> bool:
    """Whether a reader sees a sentence of the model: 今年 and the like may be written out."""
    if answer.mode is not Mode.LLM:
        return False
    year = r"(?:19|20)\d\d年"
    pattern = re.compile(
        re.sub("[今去前明上]年", lambda word: f"(?:{word.group()}|{year})", re.escape(_letters(sentence)))
    )
    return any(pattern.fullmatch(_letters(claim.text)) for claim in answer.claims)


def _letters(text: str) -> str:
    return re.sub(r"[^\w%]", "", fold(text))


def table(reports: Mapping[str, ReplayReport]) -> str:
    """Return the report as Markdown: each set, then each kind."""
    rows = ["| set | right, no model | right | absent refused, no model | absent refused |", "|---|--:|--:|--:|--:|"]
    for name, one in reports.items():
        shares = (one.alone, one.right, one.refused_alone, one.refused)
        rows.append(f"| {name} | {' | '.join(_share(sum(values), len(values)) for values in shares)} |")
    whole = sum(reports.values(), ReplayReport())
    rows += [
        "",
        "| true sentences | told | withheld |",
        "|---|--:|--:|",
        *_kinds(whole.true, whole.true - whole.shown, TRUE),
    ]
    rows += ["", "| subtle faults | told | released |", "|---|--:|--:|", *_kinds(whole.faulty, whole.escaped, FAULTS)]
    if len(whole.proving) > 1:
        of_search = [
            proving / finding for proving, finding in zip(whole.proving, whole.finding, strict=True) if finding
        ]
        measured = (
            ("milliseconds of processor time", [1000 * one for one in whole.proving], 0),
            ("of the time of the search", of_search, 2),
        )
        rows += ["", "| the first sentence, proven after the model's words | median | 95 % |", "|---|--:|--:|"]
        rows += [
            f"| {what} | {median(of):.{places}f} | {quantiles(of, n=20)[-1]:.{places}f} |"
            for what, of, places in measured
            if len(of) > 1
        ]
    return "\n".join(rows)


def _kinds(told: Counter[str], against: Counter[str], kinds: Sequence[str]) -> Iterator[str]:
    for kind in (kind for kind in kinds if told[kind]):
        yield f"| {kind} | {told[kind]} | {_share(against[kind], told[kind])} |"
    yield f"| all | {told.total()} | {_share(against.total(), told.total())} |"


def _share(hits: int, count: int) -> str:
    return f"{hits / count:.3f} ({hits}/{count})" if count else ""


# ---------------------------------------------------------------------------------------------------------------- worlds


@dataclass(frozen=True, slots=True)
class RecordedWorld:
    """Replies about one set of articles, their offsets resolved, and whoever answers from these articles."""

    name: str
    base: ExtractiveAnswerer
    replies: tuple[RecordedReply, ...]


def worlds(
    replies: Sequence[RecordedReply], asked: Mapping[str, SetQuestion], data: Path, articles: Path, folder: Path
) -> Iterator[RecordedWorld]:
    """Yield the world of our articles, then that of the news; the news is left out where its text is not to be had.

    Indexes are built in `folder`; what is there already is kept.
    """
    ours = [one for one in replies if "row" not in asked[one.id].row]
    models = Models.built_in()
    for name in ("dev", "lay"):
        yield RecordedWorld(
            name,
            _base(load_corpus(articles), folder / "ours", BUILTIN, models),
            tuple(one for one in ours if one.id.startswith(name)),
        )
    if not (data / "news_text.jsonl.gz").is_file():
        click.echo(f"{data} has no news_text: only the questions about our own articles are asked.", err=True)
        return
    news = [one for one in replies if "row" in asked[one.id].row]
    rows = {asked[one.id].row["row"] for one in news}
    texts = {number: row["text"] for number, row in enumerate(read_rows(data, "news_text")) if number in rows}
    told = tuple(_resolved(one, texts.get(asked[one.id].row["row"], "")) for one in news)
    yield RecordedWorld(
        "news", _base(read_news(data, sorted({*sample_rows(), *rows})), folder / "news", STATIC, models), told
    )


def _base(articles: ArticleSource, folder: Path, model: str, models: Models) -> ExtractiveAnswerer:
    embedder = load_embedder(model)
    build_index(articles, folder, embedder)
    return Recalling(open_index(folder, embedder), models)


def _resolved(reply: RecordedReply, text: str) -> RecordedReply:
    """Return a reply with the words that stand at its offsets into `text`."""

    def words(word: str) -> str:
        found = _OFFSETS.fullmatch(word)
        return text[int(found[1]) : int(found[2])] if found else word

    def all_of(sentences: Sequence[RecordedSentence]) -> tuple[RecordedSentence, ...]:
        return tuple(replace(one, words=tuple(map(words, one.words))) for one in sentences)

    return replace(reply, sentences=all_of(reply.sentences), faults=all_of(reply.faults))


@click.group()
def main() -> None:
    """Record the prompts of questions, or tell the answers that were written to them."""


_DATA = click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("../shared/data"))
_ARTICLES = click.option(
    "--articles", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("corpus/articles")
)
_INDEX = click.option(
    "--index",
    type=click.Path(file_okay=False, path_type=Path),
    help="where the indexes are kept; built anew when left out",
)


@main.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@_DATA
@_ARTICLES
@_INDEX
def record(out: Path, data: Path, articles: Path, index: Path | None) -> None:
    """Write {"id", "question", "prompt"} for every question to OUT, one a line."""
    replies = read_replies()
    asked = read_asked(one.id for one in replies)
    with tempfile.TemporaryDirectory() as folder, out.open("w", encoding="utf-8") as file:
        for world in worlds(replies, asked, data, articles, index or Path(folder)):
            model = Recorder()
            product = GenerativeAnswerer(world.base, model)
            for reply in world.replies:
                model.prompts.clear()
                product.answer(asked[reply.id].question)
                row = {"id": reply.id, "question": asked[reply.id].question, "prompt": "".join(model.prompts[:1])}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


@main.command(name="replay")
@click.option(
    "--list", "listing", is_flag=True, help="print every wrong answer, true sentence withheld and faulty one released"
)
@click.option(
    "--half",
    type=click.IntRange(0, 1),
    help="only the questions whose hash is even (0) or odd (1): look at one, report the other",
)
@click.option("--files", default="*.txt", help="only the answers of these files: 08.txt")
@_DATA
@_ARTICLES
@_INDEX
def replay_all(listing: bool, half: int | None, files: str, data: Path, articles: Path, index: Path | None) -> None:
    """Tell the answers and print what came of them."""
    replies = read_replies(files=files)
    asked = read_asked(one.id for one in replies)
    if half is not None:
        replies = [one for one in replies if sha256(asked[one.id].question.encode()).digest()[0] % 2 == half]
    with tempfile.TemporaryDirectory() as folder:
        reports = {
            world.name: replay(world.base, world.replies, asked)
            for world in worlds(replies, asked, data, articles, index or Path(folder))
        }
    click.echo(table(reports))
    if listing:
        for name, report in reports.items():
            for title in ("wrong", "withheld", "released"):
                click.echo("".join(f"\n{name} {title}: {one}" for one in getattr(report, title)))


if __name__ == "__main__":
    main()
