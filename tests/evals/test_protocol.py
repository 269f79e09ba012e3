"""Other systems: questions out without gold, answers in from the barest row to our own record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.records import Article
from evals.cases import BadCase, EvalCase
from evals.run.outcomes import ERROR
from evals.run.protocol import Recorded, read_answer, read_claims, write_questions
from evals.run.running import run
from rag.records import Status
from tests.evals.oracle import golden
from tests.evals.worlds import AGE, ARTICLES, BRIDGE


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("桥龄500年。[1]", [("桥龄500年。", (1,))]),
        ("桥龄500年[1]。它是七孔桥[2][3]。", [("桥龄500年。", (1,)), ("它是七孔桥。", (2, 3))]),
        ("桥龄500年[1,2]。", [("桥龄500年。", (1, 2))]),
        ("桥龄500年[1-3]。", [("桥龄500年。", (1, 2, 3))]),
        ("桥龄500年【1】。", [("桥龄500年。", (1,))]),
        ("桥龄500年［2］。", [("桥龄500年。", (2,))]),
        ("桥龄500年①②。", [("桥龄500年。", (1, 2))]),
        ("桥龄500年[^1]。", [("桥龄500年。", (1,))]),
        ("桥龄500年。\n[1][2]", [("桥龄500年。", (1, 2))]),
        ("桥龄500年。", [("桥龄500年。", ())]),
        ("面积1.5公里，占4.2%。下一句。", [("面积1.5公里，占4.2%。", ()), ("下一句。", ())]),
        ("他说：“很好。真的。”[1]", [("他说：“很好。真的。”", (1,))]),
    ],
)
def test_sentences_and_the_marks_on_them(text: str, claims: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(claim.text, claim.citations) for claim in read_claims(text)] == claims


def test_the_barest_answer_is_filled_in_from_the_articles() -> None:
    row = {
        "id": "age",
        "answer": "广济桥至今已有500年[1]。",
        "citations": [{"article_id": BRIDGE.id, "quote": "广济桥至今已有500年"}],
    }
    answer = read_answer(row, AGE, ARTICLES)
    (citation,) = answer.citations
    assert (citation.start, citation.end, citation.headline) == (0, 11, BRIDGE.headline)
    assert (answer.status, answer.claims[0].citations) == (Status.ANSWERED, (1,))


def test_a_quote_that_stands_nowhere_is_kept_as_it_is_and_not_exact() -> None:
    from evals.metrics.quote_exact import quotes_exact

    row = {"id": "age", "answer": "500年[1]。", "citations": [{"article_id": BRIDGE.id, "quote": "广济桥已有五百年"}]}
    assert not quotes_exact(read_answer(row, AGE, ARTICLES), ARTICLES)


@pytest.mark.parametrize(
    ("text", "status"),
    [("报道中没有提到这一点。", "refused"), ("没有提到造价，但桥龄500年[1]。", "answered"), ("500年。", "answered")],
)
def test_a_text_without_a_status_is_a_refusal_when_it_says_so_and_cites_nothing(text: str, status: str) -> None:
    assert read_answer({"id": "age", "answer": text}, AGE, ARTICLES).status.value == status


def test_our_own_record_comes_back_as_it_was() -> None:
    answer = golden(AGE, ARTICLES)
    assert read_answer(json.loads(json.dumps(answer.to_json())), AGE, ARTICLES) == answer


def test_questions_go_out_with_their_articles_and_without_gold(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    asked = [case for case in suite if case.as_of is not None][:3] + [
        case for case in suite if case.planted is not None
    ][:1]
    assert write_questions(asked, articles, tmp_path) == 4
    rows = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    for row, case in zip(rows, asked, strict=True):
        assert set(row) == {"id", "question", "history", "as_of", "world", "articles"}
        assert row["question"] == case.question
        for article_id in row["articles"]:
            assert (tmp_path / "articles" / row["world"] / f"{article_id}.txt").is_file()
    assert len({row["world"] for row in rows}) > 1


def test_answers_by_file_are_judged_and_a_missing_one_is_an_error(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    asked = [case for case in suite if case.family == "date"][:3]
    by_id = {article.id: article for article in articles}
    path = tmp_path / "peer.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({**golden(case, by_id).to_json(), "id": case.id}, ensure_ascii=False) for case in asked[:2]
        ),
        encoding="utf-8",
    )
    done = run(asked, Recorded.read(path), articles)
    assert [row.metrics.get("right") for row in done.rows] == [1.0, 1.0, None]
    assert done.rows[2].verdict == ERROR
    assert "recall@5" not in done.rows[0].metrics  # nobody told what was found: not measured, not 0


@pytest.mark.parametrize("line", ["no json", '{"answer": "没有编号"}', "[]"])
def test_a_file_of_something_else_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "peer.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(BadCase, match="第 1 行"):
        Recorded.read(path)
