"""The report: one HTML file that opens from disk and asks nothing of any network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from corpus.records import Article
from evals.report import charts
from evals.verdict.catalogue import CAUSES, FAMILIES, METRICS, TRANSFORM_NAMES
from evals.verdict.gating import Baseline, shown
from rag.citing import published_text

_ASSETS = Path(__file__).parent.parent / "assets"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_HEAT = (
    "pass",
    "short_em",
    "gold_cited",
    "recall@5",
    "citation_recall",
    "answer_grounded",
    "over_refusal",
    "refusal_recall",
)
_HITS = 10
_KEPT = (
    "status",
    "answer",
    "short_answer",
    "claims",
    "citations",
    "conflicts",
    "calculation",
    "as_of",
    "notices",
    "confidence",
)
_CITED = ("n", "article_id", "headline", "published", "published_inferred", "start", "end", "quote")


def report_html(
    summary: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    articles: Sequence[Article],
    baseline: Baseline | None,
) -> str:
    """Return the whole report. Everything that came from a question, an article or a system is escaped."""
    style = (_ASSETS / "report.css").read_text(encoding="utf-8")
    script = (_ASSETS / "report.js").read_text(encoding="utf-8")
    data = {
        "cases": [_slim(row, baseline) for row in rows],
        "articles": {
            one.id: {"text": one.text, "headline": one.headline, "published": published_text(one.published)}
            for one in articles
        },
        "families": FAMILIES,
        "causes": CAUSES,
        "transforms": TRANSFORM_NAMES,
        "metrics": {key: metric.label for key, metric in METRICS.items()},
    }
    body = "\n".join(
        filter(
            None,
            (
                _head(summary),
                _gates(summary),
                _metrics(summary),
                _judge(summary),
                _pictures(summary, rows),
                _heat(summary),
                _explorer(summary),
            ),
        )
    )
    return f"""<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>临平问答评测：{escape(summary["verdict"])}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
<script type="application/json" id="data">{_json(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _json(value: object) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _slim(row: Mapping[str, Any], baseline: Baseline | None) -> dict[str, Any]:
    """Return what the case explorer shows of a row: no score that it does not print, at most ten hits."""
    answer = row["answer"]
    kept: dict[str, Any] = {
        key: row[key]
        for key in (
            "id",
            "family",
            "split",
            "question",
            "history",
            "as_of",
            "expected",
            "gold",
            "verdict",
            "cause",
            "why",
            "metrics",
            "facts",
            "gold_rank",
            "error",
            "seconds",
        )
        if row[key] not in (None, "", [])
    }
    kept["evidence"] = [[one["article_id"], one["start"], one["end"], one["quote"]] for one in row["evidence"]]
    if row["variant"]:
        kept["variant"] = row["variant"]
    if row["planted"]:
        kept["planted"] = row["planted"]
    if answer:
        kept["answer"] = {key: answer[key] for key in _KEPT if answer.get(key)}
        kept["answer"]["citations"] = [{key: one[key] for key in _CITED} for one in answer["citations"]]
    if row["retrieved"]:
        kept["hits"] = [hit[:3] for hit in row["retrieved"][:_HITS]]
    if baseline is not None:
        flip = _flip(row, baseline)
        if flip:
            kept["flip"] = flip
    return kept


def _flip(row: Mapping[str, Any], baseline: Baseline) -> int:
    """Return 1 when the case is right now and was not, −1 the other way round, 0 otherwise."""
    for key in ("right", "variant_right", "useful_under_attack", "recall@10"):
        old = baseline.values.get(key, {}).get(row["id"])
        new = row["metrics"].get(key)
        if old is not None and new is not None and old != new:
            return 1 if new > old else -1
    return 0


def _head(summary: Mapping[str, Any]) -> str:
    ran, hashes = summary["run"], summary["hashes"]
    good = summary["code"] == 0
    reasons = "".join(f"<li>{escape(one)}</li>" for one in summary["reasons"])
    figures = [
        (key, summary["metrics"][key])
        for key in ("right", "answer_grounded", "citation_recall", "refusal_recall", "recall@5")
        if key in summary["metrics"]
    ]
    large = "".join(
        f"<div><dt>{escape(told['label'])}</dt><dd>{_big(told['value'])}</dd><dd class='range'>{shown(told['low'])}～{shown(told['high'])}</dd></div>"
        for _, told in figures[:4]
    )
    stage = "回答" if ran["stage"] == "answer" else "只检索"
    facts = [
        f"{ran['done']:,} 题" + (f"（应有 {ran['asked']:,}）" if ran["done"] != ran["asked"] else ""),
        f"通过 {ran['passed']:,} · 未过 {ran['failed']:,} · 出错 {ran['errors']:,}",
        f"{escape(ran['system'])} · {stage} · {escape(ran['sets'])}{' · ' + escape(ran['split']) if ran['split'] else ''}",
        escape(ran["started"].replace("T", " ").removesuffix("+00:00")) + (" UTC" if ran["started"] else ""),
    ]
    codes = f"题 {hashes['dataset'][:8]} · 文 {hashes['corpus'][:8]} · 模型 {hashes['models'][:8]} · 代码 {escape(hashes['code'])}"
    return f"""<header class="{"good" if good else "bad"}">
<p class="brand">临平问答 · 评测报告</p>
<h1>{escape(summary["verdict"])}</h1>
<ul class="reasons">{reasons}</ul>
<p class="facts">{"<span>" + "</span><span>".join(filter(None, facts)) + "</span>"}</p>
<dl class="large">{large}</dl>
<p class="codes">{codes}</p>
</header>"""


def _big(value: float) -> str:
    whole, _, part = f"{value * 100:.1f}".partition(".")
    return f"{whole}<small>.{part}%</small>"


def _gates(summary: Mapping[str, Any]) -> str:
    gates = summary["gates"]
    if not gates:
        return ""
    failed = "".join(_gate(gate) for gate in gates if gate["passed"] is not True)
    passed = "".join(_gate(gate) for gate in gates if gate["passed"] is True)
    broken = sum(gate["passed"] is False for gate in gates)
    told = f"{len(gates)} 道，{broken} 道没过" if broken else f"{len(gates)} 道，全部通过"
    head = f'<div class="line"><h2>关口</h2><span>{told}</span></div>'
    if not failed:
        return f'<section><details><summary>{head}</summary><ul class="gates">{passed}</ul></details></section>'
    kept = sum(gate["passed"] is True for gate in gates)
    others = (
        f'<details class="kept"><summary>通过的 {kept} 道</summary><ul class="gates">{passed}</ul></details>'
        if kept
        else ""
    )
    return f'<section>{head}<ul class="gates">{failed}</ul>{others}</section>'


def _gate(gate: Mapping[str, Any]) -> str:
    kind = {True: "pass", False: "fail", None: "none"}[gate["passed"]]
    cases = "".join(f'<a href="#case={escape(name)}">{escape(name)}</a>' for name in gate["cases"][:12])
    more = f"<span>等 {len(gate['cases'])} 题</span>" if len(gate["cases"]) > 12 else ""
    names = f'<p class="names">{cases}{more}</p>' if cases and gate["passed"] is False else ""
    return f'<li class="{kind}"><b>{escape(gate["told"])}</b>{names}</li>'


def _metrics(summary: Mapping[str, Any]) -> str:
    groups: dict[str, list[str]] = {}
    for key, told in summary["metrics"].items():
        metric = METRICS[key]
        low = -1.0 if key == "helpfulness" else 0.0
        value = f"{told['value']:.2f}" if key == "helpfulness" else shown(told["value"])
        delta = ""
        if "delta" in told and abs(told["delta"]["value"]) >= 0.0005:
            gain = told["delta"]["value"] * (-1 if metric.low_is_good else 1)
            delta = f'<i class="{"up" if gain > 0 else "down"}">{told["delta"]["value"] * 100:+.1f}</i>'
        note = " <em>越低越好</em>" if metric.low_is_good else ""
        missed = "floor" in told and (
            told["value"] > told["floor"] + 1e-9 if metric.low_is_good else told["value"] < told["floor"] - 1e-9
        )
        says = (
            f"{metric.meaning}。区间 {shown(told['low'])}～{shown(told['high'])}，{told['n']} 题 {told['clusters']} 组"
        )
        says += f"；底线 {shown(told['floor'])}，目标 {shown(told['target'])}" if "floor" in told else ""
        groups.setdefault(metric.group, []).append(
            f'<li class="{"low " if metric.low_is_good else ""}{"missed" if missed else ""}" title="{escape(says)}">'
            f'<span class="name">{escape(metric.label)}{note}</span>{charts.bar(told, low=low)}<span class="number">{value}{delta}</span>'
            f'<span class="says">{escape(says)}</span></li>'
        )
    parts = "".join(
        f'<div class="group"><h3>{escape(group)}</h3><ul>{"".join(items)}</ul></div>' for group, items in groups.items()
    )
    legend = (
        '<p class="legend"><span class="k-value">数值</span><span class="k-interval">95% 区间</span><span class="k-ghost">基线</span>'
        '<span class="k-floor">底线</span><span class="k-target">目标</span></p>'
    )
    return f'<section><h2>指标</h2>{legend}<div class="metrics">{parts}</div></section>'


_JUDGED = {"complete": "说全了要点", "follows": "句句能从引文得出"}


def _judge(summary: Mapping[str, Any]) -> str:
    """Return what a model that was asked to judge said, apart from everything that was measured; nothing without one."""
    lines: list[str] = []
    for key, told in summary.get("judge", {}).items():
        value = "没有能读的判断" if told["value"] is None else f"{shown(told['value'])}（{told['n']} 题）"
        errors = f"，{told['errors']} 次出错" if told["errors"] else ""
        lines.append(f"<li>{escape(_JUDGED.get(key, key))}：{value}{errors}</li>")
    says = "仅供参考，不作关口；出错的既不算对也不算错。"
    return (
        f'<section><h2>模型评判</h2><p class="note">{says}</p><ul class="judge">{"".join(lines)}</ul></section>'
        if lines
        else ""
    )


def _pictures(summary: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    metrics = summary["metrics"]
    figures: list[str] = []
    depths = [(k, metrics[f"recall@{k}"]["value"]) for k in (1, 3, 5, 10, 20) if f"recall@{k}" in metrics]
    if depths:
        parts = max(1, -int((min(value for _, value in depths) * 100 - 100) // 10))  # tenths from the lowest to 100 %
        ticks = [(1 - part / 10, f"{100 - 10 * part}%") for part in range(parts, -1, -1)]
        points = [(float(index), value) for index, (_, value) in enumerate(depths)]
        figures.append(
            _figure(
                "召回随段数",
                "前 k 段里有多少标准依据",
                charts.lines(
                    [("召回", points, "main")],
                    name="召回率随段数变化",
                    x=[(float(i), str(k)) for i, (k, _) in enumerate(depths)],
                    y=ticks,
                    x_title="前几段",
                ),
            )
        )
    if summary["curve"]:
        curve = [(float(x), float(y)) for x, y in summary["curve"]]
        top = max(0.1, (int(max(y for x, y in curve if x > 0.05) * 10) + 1) / 10)
        y = [(top * part / 4, f"{round(top * part * 25, 1):g}%") for part in range(5)]
        x = [(part / 4, f"{part * 25}%") for part in range(5)]
        figures.append(
            _figure(
                "风险与覆盖",
                "只答最有把握的那部分时，错的占多少",
                charts.lines(
                    [("错误率", curve, "main")],
                    name="风险与覆盖曲线",
                    x=x,
                    y=y,
                    x_title="作答的比例",
                ),
            )
        )
    table = summary["refusal"]
    if any(table.values()):
        figures.append(_figure("该答与该拒", "文章写没写，和答没答", _confusion(table)))
    if summary["transforms"]:
        base = metrics.get("variant_right", {}).get("value")
        rows_ = [
            (TRANSFORM_NAMES[name], value, f"{TRANSFORM_NAMES[name]} {value * 100:.0f}%，{n} 题")
            for name, (value, n) in summary["transforms"].items()
        ]
        rows_.sort(key=lambda row: -row[1])
        figures.append(_figure("换十二种说法", "竖线是平均", charts.dots(rows_, name="十二种改写的答对率", mark=base)))
    if summary["causes"]:
        counted = [(CAUSES[cause], count, f"#cause={cause}") for cause, count in summary["causes"].items()]
        figures.append(_figure("为什么没过", "每道题只记第一个原因", charts.bars(counted, name="失分原因")))
    seconds = sorted(row["seconds"] for row in rows if row["seconds"] > 0)
    if len(seconds) > 1:
        figures.append(_figure("用时", "多少题在这个时间以内", _latency(seconds)))
    return f'<section><h2>图</h2><div class="figures">{"".join(figures)}</div></section>' if figures else ""


def _latency(seconds: Sequence[float]) -> str:
    most = max(seconds[int(len(seconds) * 0.99) - 1], 1e-4) * 1000
    top = next(size * 10**power for power in range(-2, 9) for size in (1, 2, 4, 8) if size * 10**power >= most)
    step = max(1, len(seconds) // 120)
    points = [
        (0.0, 0.0),
        *(
            (seconds[at] * 1000, (at + 1) / len(seconds))
            for at in range(0, len(seconds), step)
            if seconds[at] * 1000 <= top
        ),
    ]
    x = [(top * part / 4, f"{top * part / 4:g}") for part in range(5)]
    y = [(part / 4, f"{part * 25}%") for part in range(5)]
    return charts.lines([("累计", points, "main")], name="用时的累计分布", x=x, y=y, x_title="毫秒", stepped=True)


def _confusion(table: Mapping[str, int]) -> str:
    def cell(key: str, good: bool) -> str:
        side = table[key.replace("answered", "refused")] + table[key.replace("refused", "answered")]
        share = table[key] / side if side else 0.0
        return f'<td class="{"good" if good else "bad"}"><b>{table[key]}</b><span>{share * 100:.1f}%</span></td>'

    return (
        '<table class="square"><thead><tr><td></td><th>答了</th><th>没答</th></tr></thead><tbody>'
        f"<tr><th>文章写了</th>{cell('answered_answerable', True)}{cell('refused_answerable', False)}</tr>"
        f"<tr><th>文章没写</th>{cell('answered_absent', False)}{cell('refused_absent', True)}</tr></tbody></table>"
    )


def _figure(title: str, says: str, drawn: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b><span>{escape(says)}</span></figcaption>{drawn}</figure>"


def _heat(summary: Mapping[str, Any]) -> str:
    families = summary["families"]
    shown_ = [key for key in _HEAT if any(key in means for means in families.values())]
    if not shown_:
        return ""
    head = "".join(f"<th>{'通过' if key == 'pass' else escape(METRICS[key].label)}</th>" for key in shown_)
    lines: list[str] = []
    for family, means in sorted(families.items(), key=lambda item: item[1].get("pass", [1.0])[0]):
        cells = ""
        for key in shown_:
            if key not in means:
                cells += '<td class="none" aria-label="没有测">·</td>'
                continue
            value, n = means[key]
            good = 1 - value if key != "pass" and METRICS[key].low_is_good else value
            cells += (
                f'<td style="--v:{max(0.0, min(1.0, (good - 0.4) / 0.6)):.3f}" title="{n} 题">{value * 100:.0f}</td>'
            )
        count = int(means.get("pass", [0, 0])[1])
        lines.append(
            f'<tr><th><a href="#family={escape(family)}">{escape(FAMILIES.get(family, family))}</a> <small>{count}</small></th>{cells}</tr>'
        )
    return (
        f'<section><h2>题型</h2><div class="scroll"><table class="heat"><thead><tr><td></td>{head}</tr></thead>'
        f'<tbody>{"".join(lines)}</tbody></table></div><p class="note">百分数；题型后的小字是题数；点题型看它的题。</p></section>'
    )


def _explorer(summary: Mapping[str, Any]) -> str:
    families = "".join(
        f'<option value="{escape(key)}">{escape(FAMILIES.get(key, key))}</option>' for key in summary["families"]
    )
    causes = "".join(f'<option value="{escape(key)}">{escape(CAUSES[key])}</option>' for key in summary["causes"])
    flips = (
        '<label>比基线<select id="flip"><option value="">全部</option><option value="-1">变差</option><option value="1">变好</option></select></label>'
        if summary["run"]["baseline"]
        else ""
    )
    return f"""<section id="explorer">
<h2>逐题</h2>
<form class="filters" role="search">
<label class="wide">找<input id="words" type="search" placeholder="题号、问题或回答里的字" autocomplete="off"></label>
<label>结果<select id="verdict"><option value="">全部</option><option value="FAIL">未过</option><option value="PASS">通过</option><option value="ERROR">出错</option></select></label>
<label>题型<select id="family"><option value="">全部</option>{families}</select></label>
<label>原因<select id="cause"><option value="">全部</option>{causes}</select></label>
<label>分卷<select id="split"><option value="">全部</option><option value="dev">dev</option><option value="test">test</option></select></label>
{flips}
</form>
<p id="count" role="status"></p>
<div class="cases"><ol id="list"></ol><article id="case" tabindex="0" hidden></article></div>
</section>"""
