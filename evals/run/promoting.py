"""From a reader's 👎 to a draft case. What the page writes down holds neither the question nor the reader: an id, a verdict and
a reason. Whoever knows the question (a reader who wrote in, a colleague) gives it here; the id proves that it is that one.

A draft is no case yet: its fields `draft`, `answered` and `feedback` do not pass the schema, so that it cannot slip into a set
before somebody has read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from evals.cases import BadCase
from rag.protocol import Answerer
from rag.records import Answer

_PRIVATE: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,100}"), "〔邮箱〕"),
    (re.compile(r"(?:https?://|www\.)[^\s，。；）)]{1,300}"), "〔网址〕"),
    (re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])"), "〔证件号〕"),
    (re.compile(r"(?<![0-9])[0-9]{13,19}(?![0-9])"), "〔卡号〕"),
    (re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"), "〔电话〕"),
    (re.compile(r"(?<![0-9])0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])"), "〔电话〕"),
    (
        re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·-]?[A-Z0-9]{5,6}"),
        "〔车牌〕",
    ),
    (
        re.compile(
            r"[0-9一二三四五六七八九十]{1,4}(?:幢|栋|号楼|单元)[0-9一二三四五六七八九十]{0,4}(?:单元)?[0-9]{0,4}(?:室)?"
        ),
        "〔门牌〕",
    ),
    (re.compile(r"(?i:微信|wechat|qq)(?:号)?[:： ]?[A-Za-z0-9_-]{5,20}"), "〔账号〕"),
    (re.compile(r"(?:我叫|我是|本人|我的名字是)[\u4e00-\u9fff]{2,4}(?=[，,。；;！!？?\s]|$)"), "〔姓名〕"),
)


@dataclass(frozen=True, slots=True)
class Thumb:
    """One line of the page's feedback file."""

    at: str
    answer_id: str
    verdict: str
    reason: str


def redacted(text: str) -> str:
    """Return `text` without what tells who asked: telephone, mail, papers, cards, plates, doors, accounts, names given."""
    for pattern, word in _PRIVATE:
        text = pattern.sub(word, text)
    return text


def read_thumbs(path: Path) -> tuple[Thumb, ...]:
    """Return the lines of a feedback file; lines that are none are left out. Raises BadCase when it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCase(f"反馈文件 {path} 读不了：{error}；在设置 feedback 里指定文件后，网页才会记录 👍👎。") from error
    found: list[Thumb] = []
    for line in lines:
        try:
            row = json.loads(line)
            found.append(Thumb(row["at"], row["answer_id"], row["verdict"], row.get("reason", "")))
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(found)


def complaints(thumbs: Sequence[Thumb]) -> dict[str, list[Thumb]]:
    """Return the 👎 by answer, the most often complained about first."""
    found: dict[str, list[Thumb]] = {}
    for thumb in thumbs:
        if thumb.verdict == "down":
            found.setdefault(thumb.answer_id, []).append(thumb)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def draft(
    question: str,
    answerer: Answerer,
    thumbs: Sequence[Thumb],
    *,
    answer_id: str = "",
    correction: str = "",
    history: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return a draft case for a question. Raises BadCase when `answer_id` is given and the question did not lead to it."""
    answer = answerer.answer(question, history)
    if answer_id and answer.id != answer_id:
        raise BadCase(
            f"这个问题的回答编号是 {answer.id}，不是 {answer_id}；请核对问题（一字不差），索引更新过的编号也会变。"
        )
    told = [thumb for thumb in thumbs if thumb.answer_id == answer.id and thumb.verdict == "down"]
    clean = redacted(question)
    return {
        "id": f"user-report-{sha256(clean.encode()).hexdigest()[:8]}",
        "base_id": f"user-report-{sha256(clean.encode()).hexdigest()[:8]}",
        "family": "everyday",
        "variant": None,
        "lang": "zh-Hans",
        "voice": "public",
        "history": [[redacted(asked), redacted(said)] for asked, said in history],
        "question": clean,
        "answerable": None,
        "expected_status": None,
        "gold": [{"fact": "待定", "aliases": [redacted(correction)], "type": "text", "must": True}]
        if correction
        else [],
        "any": False,
        "evidence": [
            {"article": one.article_id, "start": one.start, "end": one.end, "quote": one.quote}
            for one in answer.citations
        ],
        "tags": ["user-report"],
        "split": "dev",
        "note": "请读原文后填写 answerable、expected_status、gold，核对 evidence，删去 draft、answered、feedback 三项。",
        "draft": True,
        "answered": _answered(answer),
        "feedback": {"count": len(told), "reasons": sorted({thumb.reason for thumb in told if thumb.reason})},
    }


def _answered(answer: Answer) -> Mapping[str, Any]:
    said = redacted(answer.answer)  # a refusal repeats the question
    return {"id": answer.id, "status": answer.status.value, "short_answer": answer.short_answer, "answer": said}


def append_draft(row: Mapping[str, Any], path: Path) -> bool:
    """Append a draft unless its question is there already; return whether it was new."""
    kept = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    if any(json.loads(line)["id"] == row["id"] for line in kept):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return True
