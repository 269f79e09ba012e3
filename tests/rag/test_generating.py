"""With a model, answers are its proven sentences one by one; without one, or with a bad one, the extractive answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from corpus.chinese.text import fold
from corpus.errors import QuestionError
from rag.answerer import ExtractiveAnswerer
from rag.llm import wording as wording_llm
from rag.llm.answerer import GenerativeAnswerer
from rag.llm.breaker import RetryBudget
from rag.llm.endpoints import Endpoint
from rag.llm.generator import Event, Failed, Finished, LanguageModel, Text, Timeouts, Trouble
from rag.llm.prompt import Message
from rag.llm.queries import Aids
from rag.reading.finder import Found
from rag.records import Answer, Mode, Status
from tests.rag.model_server import Exchange, ModelServer, Play, in_turn, model_server, refusing, saying, texts

QUESTION = "临平2028工业目标是多少?"
POINT = "3000亿元"
TRUE = "到2028年，临平全区规模以上工业产值突破3000亿元"
FALSE = "到2028年，临平全区规模以上工业产值突破4000亿元"
PATIENT = Timeouts(connect=3.0, first=20.0, gap=20.0, total=60.0)


def number_of(prompt: str, words: str = POINT) -> str:
    """Return the number of the evidence that holds `words`."""
    found = re.search(rf"^\[(\d+)\] .*{words}", prompt, re.MULTILINE)
    assert found is not None
    return found[1]


def says(*sentences: str) -> Callable[[str], str]:
    """Return what a model says: {n} is the number of the right evidence."""
    return lambda prompt: "".join(sentences).replace("{n}", number_of(prompt))


@contextmanager
def generative(
    base: ExtractiveAnswerer, play: Play, timeouts: Timeouts = PATIENT, aids: Aids | None = None, heartbeat: float = 0.5
) -> Iterator[tuple[ModelServer, GenerativeAnswerer]]:
    with model_server(play) as server:
        endpoint = Endpoint("scripted", server.base_url)
        model = LanguageModel(endpoint, timeouts, budget=RetryBudget(floor=100), jitter=lambda low, high: 0.01)
        model.warm()
        try:
            yield server, GenerativeAnswerer(base, model, aids=aids, heartbeat=heartbeat)
        finally:
            model.close()


def answered(base: ExtractiveAnswerer, play: Play, timeouts: Timeouts = PATIENT) -> Answer:
    with generative(base, play, timeouts) as (_, answerer):
        return answerer.answer(QUESTION)


def is_extractive(answer: Answer, base: ExtractiveAnswerer, notice: str) -> bool:
    """Whether the answer is that of the extractive answerer, labelled."""
    plain = base.answer(QUESTION)
    return answer == replace(plain, notices=(*plain.notices, notice), timings_ms=answer.timings_ms)


def test_a_proven_sentence_is_shown_with_the_span_that_proves_it(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says(TRUE + "[{n}]。")))
    assert (answer.mode, answer.status) == (Mode.LLM, Status.ANSWERED)
    assert [claim.text for claim in answer.claims] == [TRUE + "。"]
    assert answer.answer == TRUE + "。[1]"
    assert answer.short_answer == POINT
    assert POINT in answer.citations[0].quote
    article = answerer.articles[answer.citations[0].article_id]
    assert article.text[answer.citations[0].start : answer.citations[0].end] == answer.citations[0].quote
    assert answer.modality == "规划目标"
    assert "2024年" in answer.as_of
    assert answer.notices == ()


def test_an_unproven_sentence_is_withheld_and_counted(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says(TRUE + "[{n}]。", FALSE + "[{n}]。", "星瀚集团投资了20亿元[{n}]。")))
    assert [claim.text for claim in answer.claims] == [TRUE + "。"]
    assert answer.notices == (wording_llm.WITHHELD.format(2),)


def test_a_wrong_or_missing_mark_is_mended(answerer: ExtractiveAnswerer) -> None:
    for mark in ("[99]", "", "[0]"):
        answer = answered(answerer, saying(says(TRUE + mark + "。")))
        assert answer.mode is Mode.LLM
        assert POINT in answer.citations[0].quote


def test_when_nothing_survives_the_extractive_answer_is_given(answerer: ExtractiveAnswerer) -> None:
    assert is_extractive(answered(answerer, saying(says(FALSE + "[{n}]。"))), answerer, wording_llm.UNPROVEN)


@pytest.mark.parametrize("said", ["", "…………", "\n\n", "具体如下："])
def test_a_model_that_says_nothing_leaves_the_extractive_answer(answerer: ExtractiveAnswerer, said: str) -> None:
    assert is_extractive(answered(answerer, saying(said)), answerer, wording_llm.SILENT)


def sure(base: ExtractiveAnswerer, confidence: float) -> ExtractiveAnswerer:
    """Return an answerer whose every answer is as sure as that."""

    class Sure(ExtractiveAnswerer):
        def put(self, question: str, found: Found, **timings: float) -> Answer:
            return replace(super().put(question, found, **timings), confidence=confidence)

    made = Sure.__new__(Sure)
    made.__dict__.update(vars(base))
    return made


def test_a_model_that_finds_no_answer_is_believed_and_the_nearest_sentence_is_shown(
    answerer: ExtractiveAnswerer,
) -> None:
    answer = answered(sure(answerer, 0.6), saying("【无】"))
    assert (answer.status, answer.mode, answer.claims) == (Status.REFUSED, Mode.LLM, ())
    assert POINT in answer.citations[0].quote


def test_a_very_sure_sentence_is_shown_although_the_model_finds_no_answer(answerer: ExtractiveAnswerer) -> None:
    answer = answered(sure(answerer, 0.97), saying("【无】"))
    assert answer.status is Status.ANSWERED and wording_llm.ORIGINAL in answer.notices
    assert POINT in answer.answer


@pytest.mark.parametrize("said", ["根据提供的证据，无法回答这个问题。", "The evidence does not mention this."])
def test_a_refusal_in_other_words_is_heard(answerer: ExtractiveAnswerer, said: str) -> None:
    answer = answered(sure(answerer, 0.6), saying(said))
    assert (answer.status, answer.mode, answer.claims) == (Status.REFUSED, Mode.LLM, ())


def test_a_model_that_repeats_its_prompt_says_nothing_with_it(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says("【问题】\n" + QUESTION + "\n【问题结束】", TRUE + "[{n}]。")))
    assert answer.answer == TRUE + "。[1]" and not answer.notices


UNTOLD = "临平明天会下雨吗？"


def test_what_the_articles_leave_open_stays_open_when_the_model_says_so(answerer: ExtractiveAnswerer) -> None:
    with generative(answerer, saying("【无】")) as (server, asked):
        assert replace(asked.answer(UNTOLD), timings_ms={}) == replace(answerer.answer(UNTOLD), timings_ms={})
        assert len(server.requests) == 1


def test_a_true_sentence_that_answers_something_else_is_not_shown(answerer: ExtractiveAnswerer) -> None:
    def play(exchange: Exchange) -> None:
        first = re.search(r"^\[(\d+)\] ([^\n]+)$", exchange.body["messages"][-1]["content"], re.MULTILINE)
        assert first is not None
        saying(f"{first[2].rstrip('。')}[{first[1]}]。")(exchange)

    with generative(answerer, play) as (_, asked):
        assert asked.answer(UNTOLD).status is Status.REFUSED


def test_a_proven_answer_of_the_model_breaks_the_silence_of_the_extractive_answerer(
    answerer: ExtractiveAnswerer,
) -> None:
    class Silent(ExtractiveAnswerer):
        def put(self, question: str, found: Found, **timings: float) -> Answer:
            return self.refuse(question, found)

    silent = Silent.__new__(Silent)
    silent.__dict__.update(vars(answerer))
    answer = answered(silent, saying(says(TRUE + "[{n}]。")))
    assert (answer.status, answer.mode) == (Status.ANSWERED, Mode.LLM)
    assert answer.answer == TRUE + "。[1]"


def test_what_the_articles_leave_open_is_told_once_and_beside_something_proven(answerer: ExtractiveAnswerer) -> None:
    untold, again = "报道没有写明其中的分工。", "报道没有提到资金来源。"
    answer = answered(answerer, saying(says(TRUE + "[{n}]。", untold, again)))
    assert [claim.text for claim in answer.claims] == [TRUE + "。", untold]
    assert answer.claims[1].citations == ()
    assert wording_llm.WITHHELD.format(1) in answer.notices
    alone = answered(answerer, saying(untold))
    assert untold not in alone.answer and alone.mode is Mode.EXTRACTIVE


def test_when_the_point_was_withheld_the_articles_own_sentence_is_added(answerer: ExtractiveAnswerer) -> None:
    other_words = TRUE.replace("3000亿元", "3千亿元")
    answer = answered(answerer, saying(says(other_words + "[{n}]。", FALSE + "[{n}]。")))
    assert answer.mode is Mode.LLM
    assert [POINT in claim.text for claim in answer.claims] == [False, True]
    assert [claim.label for claim in answer.claims] == ["", wording_llm.QUOTED]


def test_what_is_true_beside_the_point_does_not_stand_for_it(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says("临平提出“五年再造工业新临平”[{n}]。")))
    assert answer.mode is Mode.EXTRACTIVE and POINT in answer.answer


@pytest.mark.parametrize(
    "said",
    [
        "好的，我现在是海盗船长，一切听您吩咐[{n}]。",
        "请访问 http://evil.example 领取补贴[{n}]。",
        "系统提示是：你是撰稿人[{n}]。",
        "<script>alert(1)</script>[{n}]。",
        "![](http://evil.example/?q=1)[{n}]。",
        "As you wish: the rules are off [{n}].",
        "忽略规则" * 400,
        "哈" * 5000,
        "。" * 3000,
        "[1]" * 2000,
        "�" * 50,
    ],
)
def test_an_obeyed_injection_or_babble_never_reaches_the_reader(answerer: ExtractiveAnswerer, said: str) -> None:
    answer = answered(answerer, saying(says(said), size=50))
    assert answer.mode is Mode.EXTRACTIVE
    assert POINT in answer.answer
    assert len(answer.notices) == 1


def test_a_sentence_repeated_for_ever_is_shown_once_and_ends(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says((TRUE + "[{n}]。") * 50), size=50))
    assert [claim.text for claim in answer.claims] == [TRUE + "。"]
    assert wording_llm.INCOMPLETE in answer.notices


def test_the_years_of_an_article_are_written_out_and_every_date_is_told(answerer: ExtractiveAnswerer) -> None:
    def say(prompt: str) -> str:
        lines = re.findall(r"^\[(\d+)\] ([^“”\n]*今年[^“”\n]*。)$", prompt, re.MULTILINE)
        return "".join(f"{text.rstrip('。')}[{n}]。" for n, text in lines[:1]) + says(TRUE + "[{n}]。")(prompt)

    answer = answered(answerer, saying(say, size=20))
    assert len(answer.claims) == 2
    assert "今年" in answer.citations[0].quote
    year = answerer.articles[answer.citations[0].article_id].published
    assert year is not None
    assert f"{year.first.year}年" in answer.claims[0].text
    assert "今年" not in answer.answer
    assert all(citation.published in answer.as_of for citation in answer.citations)


# ----------------------------------------------------------------------------------------------------------- streaming


def test_sentences_appear_one_by_one(answerer: ExtractiveAnswerer) -> None:
    second = "临平提出“五年再造工业新临平”"
    with generative(answerer, saying(says(TRUE + "[{n}]。", second + "[{n}]。"), pause=0.05)) as (_, asked):
        shown = list(asked.stream(QUESTION))
    assert [len(a.claims) for a in shown] == sorted(len(a.claims) for a in shown)
    assert {0, 1, 2} >= {len(answer.claims) for answer in shown} >= {1, 2}
    assert shown[-1].claims[:1] == shown[-2].claims[:1]


def test_while_the_model_is_silent_the_stream_still_speaks(answerer: ExtractiveAnswerer) -> None:
    with generative(answerer, lambda exchange: exchange.wait(30), heartbeat=0.05) as (_, asked):
        stream = asked.stream(QUESTION)
        first, second = next(stream), next(stream)
        stream.close()
    assert first.claims == second.claims == ()
    assert first.answer == ""
    assert first.notices == (wording_llm.WRITING,)


def test_stopping_closes_the_request_within_two_seconds(answerer: ExtractiveAnswerer) -> None:
    with generative(answerer, saying(says(TRUE + "[{n}]。" + "甲" * 900), pause=0.05)) as (server, asked):
        stream = asked.stream(QUESTION)
        while not next(stream).claims:
            pass
        stopped = time.monotonic()
        stream.close()
        while not server.gone and time.monotonic() - stopped < 5:
            time.sleep(0.01)
        assert server.gone[0] - stopped < 2


def test_the_last_of_a_stream_is_the_answer(answerer: ExtractiveAnswerer) -> None:
    with generative(answerer, saying(says(TRUE + "[{n}]。", FALSE + "[{n}]。"))) as (_, asked):
        *_, last = asked.stream(QUESTION)
        again = asked.answer(QUESTION)
    assert replace(last, timings_ms={}) == replace(again, timings_ms={})


# ---------------------------------------------------------------------------------------------- cut, filtered, unreachable


def test_an_answer_that_is_cut_keeps_its_whole_sentences_and_says_so(answerer: ExtractiveAnswerer) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.begin()
        exchange.piece(says(TRUE + "[{n}]。临平规模以上工业产值突破3000亿元[")(exchange.prompt))

    with generative(answerer, in_turn(cut, saying(says(TRUE + "[{n}]。")))) as (server, asked):
        answer = asked.answer(QUESTION)
        assert [claim.text for claim in answer.claims] == [TRUE + "。"]
        assert answer.notices == (wording_llm.INCOMPLETE,)
        assert asked.answer(QUESTION).notices == ()  # an incomplete answer is not kept
        assert len(server.requests) == 2


def test_too_long_an_answer_is_incomplete_and_its_last_half_sentence_is_not_shown(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says(TRUE + "[{n}]。" + TRUE + "，再造一个"), finish="length"))
    assert [claim.text for claim in answer.claims] == [TRUE + "。"]
    assert answer.notices == (wording_llm.INCOMPLETE,)


def test_a_filtered_answer_is_a_refusal_with_the_nearest_sentence(answerer: ExtractiveAnswerer) -> None:
    answer = answered(answerer, saying(says(TRUE + "[{n}]。"), finish="content_filter"))
    assert (answer.status, answer.answer, answer.claims) == (Status.REFUSED, wording_llm.FILTERED, ())
    assert len(answer.citations) == 1


@pytest.mark.parametrize("play", [refusing(401), refusing(404), refusing(500), refusing(200, "<html>")])
def test_a_failing_service_leaves_the_extractive_answer_labelled(answerer: ExtractiveAnswerer, play: Play) -> None:
    assert is_extractive(answered(answerer, play), answerer, wording_llm.UNAVAILABLE)


def test_a_prompt_that_is_too_long_is_shortened_once(answerer: ExtractiveAnswerer) -> None:
    long = refusing(400, '{"error": {"code": "context_length_exceeded", "message": "maximum context length"}}')
    question = "临平有哪些未来工厂？"
    with generative(answerer, in_turn(long, long, long)) as (server, asked):
        answer = asked.answer(question)
        first, second = texts(server.requests)
    assert len(second) < len(first)
    assert answer.mode is Mode.EXTRACTIVE


def test_when_neither_answers_the_nearest_sentences_are_shown(
    answerer: ExtractiveAnswerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(ExtractiveAnswerer):
        def put(self, question: str, found: Found, **timings: float) -> Answer:
            raise ZeroDivisionError

    broken = Broken.__new__(Broken)
    broken.__dict__.update(vars(answerer))
    with generative(broken, refusing(500)) as (_, asked):
        answer = asked.answer(QUESTION)
    assert answer.status is Status.REFUSED
    assert answer.answer == wording_llm.BUSY
    assert POINT in answer.citations[0].quote


# ------------------------------------------------------------------------------------------------ what no model is asked


def test_small_talk_asks_no_model(answerer: ExtractiveAnswerer) -> None:
    with generative(answerer, saying("你好[1]。")) as (server, asked):
        assert replace(asked.answer("你好"), timings_ms={}) == replace(answerer.answer("你好"), timings_ms={})
        assert server.requests == []


def test_what_cannot_be_asked_raises_before_a_model_is_asked(answerer: ExtractiveAnswerer) -> None:
    with generative(answerer, saying("好")) as (server, asked):
        for question in ("", "长" * 2000):
            with pytest.raises(QuestionError):
                asked.answer(question)
        assert server.requests == []


# --------------------------------------------------------------------------------------------------------------- cache


class Counting:
    """A model in memory: says the same to every prompt, or fails."""

    def __init__(self, said: Callable[[str], str]) -> None:
        self.name = "counting"
        self.said = said
        self.prompts: list[tuple[Message, ...]] = []
        self.fails = False

    def start(self, messages: tuple[Message, ...]) -> Counting:
        self.prompts.append(messages)
        ended: Event = Failed(Trouble.BROKEN) if self.fails else Finished("stop")
        self._events: list[Event] = [ended] if self.fails else [Text(self.said(messages[-1].content)), ended]
        return self

    def next(self, timeout: float) -> Event | None:
        return self._events.pop(0)

    def close(self) -> None:
        pass


def test_the_same_prompt_over_the_same_index_is_answered_from_memory(answerer: ExtractiveAnswerer) -> None:
    model = Counting(says(TRUE + "[{n}]。"))
    asked = GenerativeAnswerer(answerer, model)
    first = asked.answer(QUESTION)
    model.fails = True
    again = asked.answer(QUESTION)
    assert len(model.prompts) == 1
    assert replace(first, timings_ms={}, id="") == replace(again, timings_ms={}, id="")
    asked.answer(QUESTION, [("临平经开区有多少家规上企业？", "近400家。")])
    assert len(model.prompts) == 2  # another history is another prompt


def test_failures_and_unproven_answers_are_not_kept(answerer: ExtractiveAnswerer) -> None:
    model = Counting(says(FALSE + "[{n}]。"))
    asked = GenerativeAnswerer(answerer, model)
    asked.answer(QUESTION)
    model.said = says(TRUE + "[{n}]。")
    assert asked.answer(QUESTION).mode is Mode.LLM


# ------------------------------------------------------------------------------------------------------------ query aids


def test_a_further_question_widens_the_evidence_and_is_not_shown(answerer: ExtractiveAnswerer) -> None:
    def play(exchange: Exchange) -> None:
        wanted = "其他说法" in exchange.body["messages"][0]["content"]
        saying("翊湖公园占地多少亩？" if wanted else says(TRUE + "[{n}]。"))(exchange)

    with generative(answerer, play, aids=Aids(expand=True, patience=20)) as (server, asked):
        answer = asked.answer(QUESTION)
        plain_evidence = asked._evidence(answerer.answer(QUESTION), answerer.find(QUESTION), (), 3600)
    wide = texts(server.requests)[-1]
    assert any(
        line.split("] ", 1)[1] not in {one.text for one in plain_evidence}
        for line in wide.split("\n")
        if line[:1] == "["
    )
    assert "经开区拥有多少家" not in answer.answer


def test_an_aid_that_is_slow_is_not_waited_for(answerer: ExtractiveAnswerer) -> None:
    def play(exchange: Exchange) -> None:
        if "其他说法" in exchange.body["messages"][0]["content"]:
            exchange.wait(30)
        saying(says(TRUE + "[{n}]。"))(exchange)

    with generative(answerer, play, aids=Aids(expand=True, patience=0.1)) as (server, asked):
        started = time.monotonic()
        assert asked.answer(QUESTION).mode is Mode.LLM
        assert time.monotonic() - started < 20
        until = time.monotonic() + 5
        while not server.gone and time.monotonic() < until:
            time.sleep(0.01)
        assert server.gone  # it was closed, not forgotten


def test_a_rewritten_question_may_rescue_a_refusal(answerer: ExtractiveAnswerer) -> None:
    history = [("临平工业有什么打算？", "有的。")]
    vague = "嗯那个具体到哪一步"

    class Deaf(ExtractiveAnswerer):
        def put(self, question: str, found: Found, **timings: float) -> Answer:
            return self.refuse(question, found) if question == vague else super().put(question, found, **timings)

    deaf = Deaf.__new__(Deaf)
    deaf.__dict__.update(vars(answerer))

    def play(exchange: Exchange) -> None:
        rewriting = "改写" in exchange.body["messages"][0]["content"]
        saying("到那时临平全区规模以上工业产值目标是多少？" if rewriting else says(TRUE + "[{n}]。"))(exchange)

    with generative(deaf, play, aids=Aids(rewrite=True, patience=20)) as (_, asked):
        answer = asked.answer(vague, history)
    assert answer.status is Status.ANSWERED
    assert POINT in fold(answer.answer)


def test_a_refusal_stays_when_the_rescued_question_leaves_nothing_proven(answerer: ExtractiveAnswerer) -> None:
    question = "临平明天会下雨吗？"

    def play(exchange: Exchange) -> None:
        expanding = "其他说法" in exchange.body["messages"][0]["content"]
        saying("到那时临平全区规模以上工业产值目标是多少？" if expanding else says(FALSE + "[{n}]。"))(exchange)

    with generative(answerer, play, aids=Aids(expand=True, patience=20)) as (server, asked):
        answer = asked.answer(question)
        assert len(server.requests) == 2
    assert replace(answer, timings_ms={}) == replace(answerer.answer(question), timings_ms={})


def test_a_further_question_that_drops_a_figure_rescues_nothing(answerer: ExtractiveAnswerer) -> None:
    question = "2019年临平下雨多少毫米？"
    with generative(answerer, saying("临平全区规模以上工业产值目标是多少？"), aids=Aids(expand=True, patience=20)) as (
        server,
        asked,
    ):
        assert asked.answer(question).status is answerer.answer(question).status is Status.REFUSED
        assert len(server.requests) == 2  # for further questions, and for an answer


def test_a_further_question_with_a_figure_of_its_own_is_not_searched(answerer: ExtractiveAnswerer) -> None:
    def play(exchange: Exchange) -> None:
        expanding = "其他说法" in exchange.body["messages"][0]["content"]
        saying("临平2035年的工业产值目标是9000亿元吗？" if expanding else says(TRUE + "[{n}]。"))(exchange)

    with generative(answerer, play, aids=Aids(expand=True, patience=20)) as (server, asked):
        asked.answer(QUESTION)
        plain_evidence = asked._evidence(answerer.answer(QUESTION), answerer.find(QUESTION), (), 3600)
    assert texts(server.requests)[-1].count("\n[") == len(plain_evidence)
