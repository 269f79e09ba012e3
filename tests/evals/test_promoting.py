"""From a 👎 to a draft: nothing that tells who asked, nothing that passes for a case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases import BadCase, read_cases
from evals.run.promoting import Thumb, append_draft, complaints, draft, read_thumbs, redacted
from rag.answerer import ExtractiveAnswerer

ASKED = "算力小镇有多少家企业？"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("我叫李小明，电话13812345678，算力小镇有多少家企业？", "〔姓名〕，电话〔电话〕，算力小镇有多少家企业？"),
        ("邮箱 a.b@c.com 回我", "邮箱 〔邮箱〕 回我"),
        ("身份证330106199001011234能办吗", "身份证〔证件号〕能办吗"),
        ("浙A12345停哪", "〔车牌〕停哪"),
        ("打0571-86221234没人接", "打〔电话〕没人接"),
        ("看 https://x.y/z?id=1 这个", "看 〔网址〕 这个"),
        ("我住3幢2单元501室", "我住〔门牌〕"),
        ("加微信abc12345", "加〔账号〕"),
        ("3000亿元是哪一年的目标？", "3000亿元是哪一年的目标？"),
        ("2024年6月中旬组织了2200余家企业", "2024年6月中旬组织了2200余家企业"),
    ],
)
def test_what_tells_who_asked_is_taken_out_and_figures_stay(text: str, clean: str) -> None:
    assert redacted(text) == clean


def written(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "torn", encoding="utf-8")
    return path


def test_complaints_are_gathered_by_answer(tmp_path: Path) -> None:
    row = {"at": "2026-11-22T10:00:00+00:00", "answer_id": "a", "verdict": "down", "reason": "wrong"}
    path = written(
        tmp_path / "feedback.jsonl",
        row,
        {**row, "answer_id": "b"},
        {**row, "verdict": "up"},
        {**row, "answer_id": "b", "reason": ""},
    )
    found = complaints(read_thumbs(path))
    assert {name: len(told) for name, told in found.items()} == {"b": 2, "a": 1}
    assert list(found) == ["b", "a"]
    with pytest.raises(BadCase):
        read_thumbs(tmp_path / "none.jsonl")


def test_a_draft_holds_what_was_answered_and_is_no_case_yet(answerer: ExtractiveAnswerer, tmp_path: Path) -> None:
    answer = answerer.answer(ASKED)
    thumb = Thumb("2026-11-22", answer.id, "down", "stale")
    row = draft(ASKED, answerer, [thumb], answer_id=answer.id, correction="3000家，电话13812345678")
    assert row["feedback"] == {"count": 1, "reasons": ["stale"]}
    assert row["gold"][0]["aliases"] == ["3000家，电话〔电话〕"]
    assert [one["quote"] for one in row["evidence"]] == [citation.quote for citation in answer.citations]
    path = tmp_path / "drafts.jsonl"
    assert append_draft(row, path) and not append_draft(row, path)
    with pytest.raises(BadCase):
        read_cases(path)


def test_a_question_that_did_not_lead_to_that_answer_is_refused(answerer: ExtractiveAnswerer) -> None:
    with pytest.raises(BadCase, match="不是 0123456789abcdef"):
        draft(ASKED, answerer, [], answer_id="0123456789abcdef")


def test_a_refusal_that_repeats_the_question_is_redacted_too(answerer: ExtractiveAnswerer) -> None:
    row = draft("我叫王小二，电话13812345678，我家猫几岁了？", answerer, [])
    assert row["answered"]["status"] == "refused"
    assert "13812345678" not in json.dumps(row, ensure_ascii=False)
    assert "王小二" not in json.dumps(row, ensure_ascii=False)
