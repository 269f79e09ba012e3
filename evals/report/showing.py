"""Cases and runs in the terminal: what was asked, what came of it, where a fact lives, what changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.chinese.text import split_sentences
from corpus.records import Article
from evals.cases import BadCase
from evals.metrics.support import facts_in, folded, states
from evals.verdict.catalogue import CAUSES, FAMILIES, METRICS
from evals.verdict.gating import shown

_LEVELS = ("本句所引", "同一篇", "别的依据", "别的文章", "哪里都没有")
_COLOURS = (36, 32, 33, 35, 31)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def find_row(rows: Sequence[Mapping[str, Any]], case_id: str) -> Mapping[str, Any]:
    """Return the row of a case. Raises BadCase naming what is near."""
    row = next((one for one in rows if one["id"] == case_id), None)
    if row is None:
        near = [one["id"] for one in rows if one["id"].startswith(case_id[:5])][:5]
        raise BadCase(f"这次评测里没有 {case_id}{'；相近的有 ' + '、'.join(near) if near else ''}。")
    return row


def case_text(row: Mapping[str, Any], articles: Mapping[str, Article], *, colour: bool) -> str:
    """Return one case as text: question, answer with its facts marked by level, citations, gold, ranking."""
    paint = _painter(colour)
    lines = [paint(1, f"{row['id']} · {FAMILIES.get(row['family'], row['family'])} · {row['split']}")]
    for asked, said in row["history"]:
        lines += [f"  问：{asked}", f"  答：{said}"]
    lines.append(f"问：{row['question']}" + (f"（提问日 {row['as_of']}）" if row["as_of"] else ""))
    good = row["verdict"] == "PASS"
    lines.append(paint(32 if good else 31, "通过" if good else f"{CAUSES[row['cause']]}：{row['why']}"))
    answer = row["answer"]
    if answer:
        lines += ["", f"回答（{answer['status']}，把握 {answer['confidence'] * 100:.0f}%）"]
        if answer["short_answer"]:
            lines.append(f"  {_coloured(answer['short_answer'], row['facts'], -1, paint)}")
        for index, claim in enumerate(answer["claims"]):
            marks = "".join(f"[{n}]" for n in claim["citations"])
            lines.append(f"  {_coloured(claim['text'], row['facts'], index, paint)}{marks}")
        if not answer["claims"]:
            lines.append(f"  {answer['answer']}")
        for cited in answer["citations"]:
            gold = any(_touches(cited["article_id"], cited["start"], cited["end"], one) for one in row["evidence"])
            lines.append(
                f"  [{cited['n']}] {cited['article_id']}#{cited['start']}-{cited['end']}{'  ← 标准依据' if gold else ''}"
            )
        away = [fact for fact in row["facts"] if fact["level"] > 0]
        lines += [f"  {paint(_COLOURS[fact['level']], fact['text'])}：{_LEVELS[fact['level']]}" for fact in away]
    lines += ["", "标准答案"]
    lines += [
        f"  {'；'.join(fact['aliases'][0] for fact in row['gold'] if fact['must']) or '应当' + {'refused': '拒答', 'smalltalk': '寒暄'}.get(row['expected'], '作答')}"
    ]
    lines += [f"  {one['article_id']}#{one['start']}-{one['end']}  {one['quote']}" for one in row["evidence"]]
    if row["retrieved"] is not None:
        rank = row["gold_rank"]
        lines += ["", f"检索：标准依据{'排第 ' + str(rank) if rank else '没有找到' if row['evidence'] else '无'}"]
        for place, hit in enumerate(row["retrieved"][:10], start=1):
            article_id, start, end, score = hit[:4]
            mark = "←" if any(_touches(article_id, start, end, one) for one in row["evidence"]) else " "
            text = articles[article_id].text[start:end] if article_id in articles else "（混入的文章）"
            lines.append(
                f"  {place:>2} {mark} {'' if score is None else f'{score:.3f}'}  {text[:48]}".replace("\n", " ")
            )
    lines += [
        "",
        "指标  "
        + "  ".join(
            f"{METRICS[key].label if key in METRICS else key} {value:g}" for key, value in row["metrics"].items()
        ),
    ]
    return _UNPRINTABLE.sub("", "\n".join(lines)) if not colour else "\n".join(lines)


def _touches(article_id: str, start: int, end: int, evidence: Mapping[str, Any]) -> bool:
    return bool(evidence["article_id"] == article_id and start < evidence["end"] and evidence["start"] < end)


def _painter(colour: bool) -> Any:
    return lambda code, text: f"\x1b[{code}m{_UNPRINTABLE.sub('', text)}\x1b[0m" if colour else text


def _coloured(text: str, facts: Sequence[Mapping[str, Any]], claim: int, paint: Any) -> str:
    parts: list[str] = []
    at = 0
    for fact in sorted((one for one in facts if one["claim"] == claim), key=lambda one: (one["start"], -one["end"])):
        if fact["start"] < at:
            continue
        parts += [text[at : fact["start"]], paint(_COLOURS[fact["level"]], text[fact["start"] : fact["end"]])]
        at = fact["end"]
    return "".join([*parts, text[at:]])


def where_fact(fact: str, articles: Mapping[str, Article]) -> str:
    """Return every sentence of the corpus that states `fact`, a figure or date by value, other words by characters."""
    said = facts_in(fact)
    lines: list[str] = []
    for article in articles.values():
        for span in split_sentences(article.text):
            sentence = article.text[span.start : span.end]
            if folded(fact) in folded(sentence) or (said and all(states(one, sentence) for one in said)):
                lines.append(f"{article.id}#{span.start}-{span.end}  {sentence}")
    return "\n".join(lines) if lines else f"五篇文章里都没有「{fact}」。"


def comparison(rows_a: Sequence[Mapping[str, Any]], rows_b: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what differs between two runs: metrics, fixed, broken, both failing, other answers.

    All of it over the cases that both have, metrics over those of them that both measured.
    """
    a, b = {row["id"]: row for row in rows_a}, {row["id"]: row for row in rows_b}
    shared = [case_id for case_id in a if case_id in b]

    def failed(row: Mapping[str, Any]) -> bool:
        return bool(row["verdict"] != "PASS")

    def said(row: Mapping[str, Any]) -> tuple[Any, Any]:
        answer = row["answer"] or {}
        return answer.get("short_answer"), answer.get("answer")

    return {
        "metrics": _means([(a[one]["metrics"], b[one]["metrics"]) for one in shared]),
        "shared": len(shared),
        "broken": [one for one in shared if failed(b[one]) and not failed(a[one])],
        "fixed": [one for one in shared if failed(a[one]) and not failed(b[one])],
        "both_fail": [one for one in shared if failed(a[one]) and failed(b[one])],
        "changed": [one for one in shared if said(a[one]) != said(b[one])],
    }


def _means(pairs: Sequence[tuple[Mapping[str, float], Mapping[str, float]]]) -> dict[str, list[float]]:
    means: dict[str, list[float]] = {}
    for key in METRICS:
        both = [(old[key], new[key]) for old, new in pairs if key in old and key in new]
        if both:
            means[key] = [sum(old for old, _ in both) / len(both), sum(new for _, new in both) / len(both)]
    return means


def comparison_text(found: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a comparison as text: metrics that moved, then the cases, broken ones first."""
    lines = [
        f"共有 {found['shared']} 题：变差 {len(found['broken'])}，变好 {len(found['fixed'])}，都没过 {len(found['both_fail'])}，回答有变 {len(found['changed'])}"
    ]
    for key, (old, new) in found["metrics"].items():
        if abs(new - old) >= 0.0005:
            better = (new < old) if METRICS[key].low_is_good else (new > old)
            lines.append(f"  {METRICS[key].label:　<8}{shown(old)} → {shown(new)}  {'好' if better else '差'}")
    for title, key in (("变差", "broken"), ("变好", "fixed")):
        if found[key]:
            lines += ["", title]
            lines += [
                f"  {one}  {rows[one]['question'][:40]}  {CAUSES.get(rows[one]['cause'], '')}"
                for one in found[key][:40]
            ]
    return "\n".join(lines)
