"""The views for those who would rather look than ask: figures, years, why a sentence was found, who runs this. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Final

from corpus.records import Article, latest_first
from ui import wording
from ui.addresses import permalink
from ui.page.render import safe
from ui.service.chronicle import Entry, Year
from ui.service.explaining import Why
from ui.service.figures import FigureBook, FigureRow, Series, Wish, page_of
from ui.service.hosting import Hosting

_MOST_CHARTS: Final = 12
_WIDTH, _HEIGHT = 340, 150  # of a chart, in its own units
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 34, 34, 30


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def figures_view(book: FigureBook, articles: Mapping[str, Article]) -> str:
    """Return the whole view: what recurs as charts, a form to choose by, and the first rows."""
    return (
        f'<h2 class="shelf-title">{wording.FIGURES}</h2>'
        f'<p class="meta">{wording.FIGURES_HOW.format(n=len(book.rows))}</p>{_charts(book.series)}'
        f"{_form(book, articles)}"
        f'<div class="figure-rows" role="region" aria-live="polite" aria-label="{wording.FIGURES}">'
        f"{figure_rows(book, Wish())}</div>"
    )


def figure_rows(book: FigureBook, wish: Wish) -> str:
    """Return one page of the rows that fit, with how many there are."""
    rows = book.wanted(wish)
    if not rows:
        return f'<p class="says">{wording.NO_FIGURES}</p>'
    shown, pages = page_of(rows, wish.page)
    page = min(max(1, wish.page), pages)
    body = "".join(_figure_row(row) for row in shown)
    heads = "".join(f'<th scope="col">{head}</th>' for head in wording.FIGURE_HEADS)
    return (
        f'<p class="meta count-line">{wording.FIGURES_COUNT.format(n=len(rows))}</p>'
        f'<table class="figures"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{_pager(page, pages)}'
    )


def _figure_row(row: FigureRow) -> str:
    before, value, after = map(safe, row.around)
    what = f'<span class="what">{safe(row.what)}</span>' if row.what else ""
    tags = "".join(
        f' <span class="tag">{word}</span>'
        for word in ((wording.PLANNED,) if row.plan else ()) + ((wording.GROWTH,) if row.growth else ())
    )
    inferred = f' <span class="tag">{wording.INFERRED}</span>' if row.inferred else ""
    return (
        f'<tr><th scope="row">{what}<span class="around">{before}<b>{value}</b>{after}</span></th>'
        f'<td class="value" data-head="{wording.FIGURE_HEADS[1]}">{safe(row.value)}{tags}</td>'
        f'<td data-head="{wording.FIGURE_HEADS[2]}">{safe(row.as_of or wording.UNDATED)}{inferred}</td>'
        f'<td data-head="{wording.FIGURE_HEADS[3]}"><a href="{safe(permalink(row.article_id, row.start, row.end, row.sentence))}">'
        f"{safe(row.headline)}</a></td></tr>"
    )


def _pager(page: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = "".join(
        f'<button type="button" data-do="turn" data-page="{to}"{"" if 1 <= to <= pages else " disabled"}>'
        f"{words}</button>"
        for to, words in ((page - 1, wording.EARLIER_PAGE), (page + 1, wording.LATER_PAGE))
    )
    return f'<p class="pager">{links}<span class="meta">{wording.PAGE_OF.format(page=page, pages=pages)}</span></p>'


def _form(book: FigureBook, articles: Mapping[str, Article]) -> str:
    present = {row.measure for row in book.rows}
    measures = [(key, words) for key, words in wording.MEASURES.items() if key in present]
    told_of = {row.article_id for row in book.rows}
    titles = [(article.id, article.headline) for article in latest_first(articles) if article.id in told_of]
    return (
        f'<form class="sieve" role="search" aria-label="{wording.SIEVE}">'
        f'<input type="search" name="q" maxlength="200" placeholder="{wording.SIEVE_WORDS}"'
        f' aria-label="{wording.SIEVE_WORDS}"'
        f' autocomplete="off">'
        f"{_select('measure', wording.SIEVE_MEASURE, measures)}"
        f"{_select('nature', wording.SIEVE_NATURE, [('result', wording.REPORTED), ('plan', wording.PLANNED)])}"
        f"{_select('article', wording.SIEVE_ARTICLE, titles)}"
        f"{_select('order', '', wording.ORDERS)}"
        f'<a class="export" href="page/figures.csv" download>{wording.EXPORT}</a></form>'
    )


def _select(name: str, everything: str, options: Sequence[tuple[str, str]]) -> str:
    first = f'<option value="">{everything}</option>' if everything else ""
    rest = "".join(f'<option value="{safe(value)}">{safe(words)}</option>' for value, words in options)
    return f'<select name="{name}" aria-label="{wording.SIEVE_NAMES[name]}">{first}{rest}</select>'


def _charts(series: Sequence[Series]) -> str:
    if not series:
        return ""
    charts = "".join(_chart(one) for one in series[:_MOST_CHARTS])
    return (
        f'<section class="charts" aria-label="{wording.RECURRING}"><h3>{wording.RECURRING}</h3>'
        f'<p class="meta">{wording.CHART_KEY}</p>{charts}</section>'
    )


def _chart(series: Series) -> str:
    """Return a figure over time as SVG: a result is a full point, a plan a hollow one on a dashed line."""
    title = " · ".join(filter(None, (series.subject, series.indicator)))
    told = "；".join(f"{_when(point)} {point.value}{_planned(point)}" for point in series.points)
    days = [_day(point) for point in series.points]
    first, span = min(days), max(1, max(days) - min(days))
    most = max(point.number for point in series.points)
    least = min(0.0, *(point.number for point in series.points))
    places = [
        (
            _LEFT + (_WIDTH - _LEFT - _RIGHT) * (day - first) / span,
            _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (point.number - least) / ((most - least) or 1),
        )
        for day, point in zip(days, series.points, strict=True)
    ]
    lines = "".join(
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"{_dashed(point)}/>'
        for a, b, point in zip(places, places[1:], series.points[1:], strict=False)
    )
    points = "".join(
        _point(at, place, point, len(places))
        for at, (place, point) in enumerate(zip(places, series.points, strict=True))
    )
    base = f'<line class="base" x1="0" y1="{_HEIGHT - _BOTTOM}" x2="{_WIDTH}" y2="{_HEIGHT - _BOTTOM}"/>'
    return (
        f'<figure class="chart"><figcaption>{safe(title)}</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{safe(f"{title}：{told}")}">'
        f"{base}{lines}{points}</svg></figure>"
    )


def _point(at: int, place: tuple[float, float], point: FigureRow, count: int) -> str:
    x, y = place
    anchor = "start" if at == 0 and count > 1 else "end" if at == count - 1 else "middle"
    label_x = {"start": 4.0, "end": _WIDTH - 4.0}.get(anchor, x)
    link = safe(permalink(point.article_id, point.start, point.end, point.sentence))
    name = safe(f"{_when(point)} {point.value}{_planned(point)}")
    shape = "plan" if point.plan else "result"
    top = max(0.0, y - 28)
    reach = min(64.0, (_WIDTH - _LEFT - _RIGHT) / max(1, count - 1))  # a finger is wider than a point
    return (
        f'<a href="{link}" aria-label="{name}">'
        f'<rect x="{x - reach / 2:.1f}" y="{top:.1f}" width="{reach:.1f}" height="{_HEIGHT - top:.1f}"/>'
        f'<circle class="{shape}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        f'<text class="figure" x="{label_x:.1f}" y="{max(14.0, y - 12):.1f}" text-anchor="{anchor}">'
        f"{safe(point.value)}</text>"
        f'<text class="time" x="{label_x:.1f}" y="{_HEIGHT - 10}" text-anchor="{anchor}">'
        f"{safe(_when(point))}</text></a>"
    )


def _when(point: FigureRow) -> str:
    return point.as_of or wording.UNDATED


def _planned(point: FigureRow) -> str:
    return f"（{wording.PLANNED}）" if point.plan else ""


def _dashed(point: FigureRow) -> str:
    return ' stroke-dasharray="4 4"' if point.plan else ""


def _day(point: FigureRow) -> int:
    first, last = point.first or point.last or date.min, point.last or point.first or date.min
    return (first.toordinal() + last.toordinal()) // 2


# ── years ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def chronicle_view(years: Sequence[Year]) -> str:
    """Return what the articles tell of which year, the latest year first."""
    if not years:
        return f'<h2 class="shelf-title">{wording.CHRONICLE}</h2><p class="says">{wording.NO_CHRONICLE}</p>'
    jumps = "".join(f'<a href="#years" data-do="year" data-year="{one.year}">{one.year}</a>' for one in years)
    return (
        f'<h2 class="shelf-title">{wording.CHRONICLE}</h2><p class="meta">{wording.CHRONICLE_HOW}</p>'
        f'<p class="jumps" role="navigation" aria-label="{wording.CHRONICLE_JUMPS}">{jumps}</p>'
        f"{''.join(map(_year, years))}"
    )


def _year(year: Year) -> str:
    more = f'<p class="meta">{wording.LEFT_OUT.format(n=year.left_out)}</p>' if year.left_out else ""
    entries = "".join(map(_entry, year.entries))
    return (
        f'<section class="year" data-year="{year.year}"><h3 tabindex="-1">{year.year}</h3>'
        f'<ol class="happened">{entries}</ol>{more}</section>'
    )


def _entry(entry: Entry) -> str:
    tag = f' <span class="tag">{wording.INFERRED}</span>' if entry.inferred else ""
    plan = f' <span class="tag">{wording.PLANNED}</span>' if entry.plan else ""
    when = f'<p class="when">{safe(entry.when)}{tag}{plan}</p>'
    if entry.is_article:
        link = f"#article={escape(entry.article_id, quote=True)}"
        return f'<li class="appeared">{when}<p><a href="{link}">{wording.APPEARED}《{safe(entry.text)}》</a></p></li>'
    link = safe(permalink(entry.article_id, entry.start, entry.end, entry.text))
    return (
        f'<li class="{"plan" if entry.plan else "told"}">{when}<p class="tells">{safe(entry.text)}</p>'
        f'<p class="meta"><a href="{link}">《{safe(entry.headline)}》</a></p></li>'
    )


# ── why, and who ──────────────────────────────────────────────────────────────────────────────────────────────────────


def why(reason: Why) -> str:
    """Return why a sentence was found: the words it shares with the question, its rank by words and by meaning."""
    words = "、".join(f"「{safe(word)}」" for word in reason.matched) or wording.WHY_NO_WORDS
    ranks = [
        (wording.WHY_BY_WORDS, reason.by_words),
        (wording.WHY_BY_MEANING, reason.by_meaning),
        (wording.WHY_FINAL, reason.final),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{wording.WHY_RANK.format(n=rank)}</dd>" for name, rank in ranks if rank)
    note = wording.WHY_NOTE.format(n=reason.considered) if reason.final else wording.WHY_CONTEXT
    return f'<dl class="whys"><dt>{wording.WHY_WORDS}</dt><dd>{words}</dd>{rows}</dl><p class="meta">{note}</p>'


def about(hosting: Hosting, articles: int, *, feedback: bool) -> str:
    """Return the page that says who answers here, how, what is kept, and where to complain."""
    model = wording.ABOUT_MODEL.format(model=hosting.model) if hosting.model else wording.ABOUT_NO_MODEL
    runs = [
        (wording.ABOUT_OPERATOR, hosting.operator or wording.ABOUT_NOT_SAID),
        (wording.ABOUT_CONTACT, hosting.contact or wording.ABOUT_NO_CONTACT),
    ]
    if hosting.filing:
        runs.append((wording.ABOUT_FILING, hosting.filing))
    rows = "".join(f"<dt>{name}</dt><dd>{safe(words)}</dd>" for name, words in runs)
    kept = wording.PRIVACY_FEEDBACK if feedback else wording.PRIVACY_NO_FEEDBACK
    sent = [wording.PRIVACY_LOCAL_MODEL if hosting.model_here else wording.PRIVACY_MODEL] if hosting.model else []
    paragraphs = [
        (wording.ABOUT_HOW_TITLE, [wording.ABOUT_HOW.format(n=articles), model]),
        (wording.ABOUT_LABEL_TITLE, [wording.ABOUT_LABEL]),
        (wording.PRIVACY_TITLE, [wording.PRIVACY, kept, *sent]),
    ]
    told = "".join(
        f"<h3>{title}</h3>" + "".join(f"<p>{safe(words)}</p>" for words in said) for title, said in paragraphs
    )
    return (
        f'<h2 class="shelf-title">{wording.ABOUT}</h2>{told}<h3>{wording.ABOUT_WHO_TITLE}</h3>'
        f'<dl class="whys">{rows}</dl>'
        f"<p>{wording.ABOUT_COMPLAIN}</p><h3>{wording.ABOUT_API_TITLE}</h3>"
        f'<p><a class="out" href="api/docs">{wording.ABOUT_API}</a></p>'
    )
