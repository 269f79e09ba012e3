"""Thumbs: what is taken, what is refused, what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.service import feedback
from ui.service.feedback import Feedback, FeedbackBook


def test_a_thumb_is_read_as_it_was_sent() -> None:
    sent = b'{"answer_id": "ab12", "verdict": "down", "reason": "stale"}'
    assert Feedback.read(sent) == Feedback("ab12", "down", "stale")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"answer_id": "a b", "verdict": "up"}',
        b'{"answer_id": "a", "verdict": "sideways"}',
        b'{"answer_id": "a", "verdict": "up", "reason": "=cmd()"}',
        b'{"answer_id": "a", "verdict": ["up"], "reason": []}',
        b'{"answer_id": {"path": "/etc/passwd"}, "verdict": "up"}',
    ],
)
def test_what_the_page_cannot_send_is_refused(sent: bytes) -> None:
    assert Feedback.read(sent) is None


def test_each_thumb_is_one_line(tmp_path: Path) -> None:
    book = FeedbackBook(tmp_path / "new" / "feedback.jsonl")
    book.write(Feedback("a", "up", ""))
    book.write(Feedback("b", "down", "wrong"))
    written = [json.loads(line) for line in (tmp_path / "new" / "feedback.jsonl").read_text().splitlines()]
    assert [(row["answer_id"], row["verdict"], row["reason"]) for row in written] == [
        ("a", "up", ""),
        ("b", "down", "wrong"),
    ]
    assert set(written[0]) == {"at", "answer_id", "verdict", "reason"}


def test_a_full_book_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "_LARGEST", 10)
    path = tmp_path / "feedback.jsonl"
    book = FeedbackBook(path)
    for _ in range(5):
        book.write(Feedback("a", "up", ""))
    assert len(path.read_text().splitlines()) == 1
