"""Drawings for the report: inline SVG, coloured by the page's own variables, each with words for who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WIDE, _HIGH = 420, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 14, 34


def bar(told: Mapping[str, Any], *, low: float = 0.0, high: float = 1.0) -> str:
    """Return one metric as a bar from 0 with its interval, the floor and target as ticks, the baseline as a hollow bar."""

    def at(value: float) -> str:
        return f"{(min(max(value, low), high) - low) / (high - low) * 100:.2f}%"

    zero = at(0.0) if low < 0 else "0%"
    drawn = ['<rect class="track" x="0" y="8" width="100%" height="8" rx="4"/>']
    if "delta" in told:
        before = told["value"] - told["delta"]["value"]
        drawn.append(f'<rect class="ghost" x="{zero}" y="5" width="{at(before)}" height="14" rx="3"/>')
    drawn.append(f'<rect class="value" x="0" y="8" width="{at(told["value"])}" height="8" rx="4"/>')
    drawn.append(f'<line class="interval" x1="{at(told["low"])}" x2="{at(told["high"])}" y1="12" y2="12"/>')
    for bound in ("low", "high"):
        drawn.append(f'<line class="interval" x1="{at(told[bound])}" x2="{at(told[bound])}" y1="8.5" y2="15.5"/>')
    if "floor" in told:
        drawn.append(f'<line class="floor" x1="{at(told["floor"])}" x2="{at(told["floor"])}" y1="2" y2="22"/>')
    if "target" in told:
        drawn.append(f'<circle class="target" cx="{at(told["target"])}" cy="12" r="3.5"/>')
    return f'<svg class="bar" width="100%" height="24" aria-hidden="true">{"".join(drawn)}</svg>'


def lines(
    series: Sequence[tuple[str, Sequence[tuple[float, float]], str]],
    *,
    name: str,
    x: Sequence[tuple[float, str]],
    y: Sequence[tuple[float, str]],
    x_title: str,
    stepped: bool = False,
) -> str:
    """Return a line chart. A series is (what it is, points, CSS class); `x` and `y` are ticks, first and last the ends."""
    (left, _), (right, _) = x[0], x[-1]
    (bottom, _), (top, _) = y[0], y[-1]

    def across(value: float) -> float:
        return _LEFT + (value - left) / (right - left) * (_WIDE - _LEFT - _RIGHT)

    def up(value: float) -> float:
        return _HIGH - _BOTTOM - (value - bottom) / (top - bottom) * (_HIGH - _TOP - _BOTTOM)

    drawn: list[str] = []
    for value, label in y:
        drawn.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{up(value):.1f}" y2="{up(value):.1f}"/>'
        )
        drawn.append(
            f'<text class="tick" x="{_LEFT - 7}" y="{up(value) + 4:.1f}" text-anchor="end">{escape(label)}</text>'
        )
    for value, label in x:
        drawn.append(
            f'<text class="tick" x="{across(value):.1f}" y="{_HIGH - 16}" text-anchor="middle">{escape(label)}</text>'
        )
    drawn.append(f'<text class="tick" x="{_WIDE - _RIGHT}" y="{_HIGH - 2}" text-anchor="end">{escape(x_title)}</text>')
    for label, points, kind in series:
        path = ""
        for index, (px, py) in enumerate(points):
            if stepped and index:
                path += f"H{across(px):.1f}"
            path += f"{'M' if not index else 'L'}{across(px):.1f} {up(min(max(py, bottom), top)):.1f}"
        drawn.append(f'<path class="line {kind}" d="{path}"><title>{escape(label)}</title></path>')
        if len(points) <= 8:
            for px, py in points:
                drawn.append(
                    f'<circle class="dot {kind}" cx="{across(px):.1f}" cy="{up(py):.1f}" r="4"><title>{escape(label)} {py * 100:.1f}%</title></circle>'
                )
    return _svg("".join(drawn), name)


def dots(rows: Sequence[tuple[str, float, str]], *, name: str, mark: float | None = None) -> str:
    """Return a dot plot, one row each: (label, share, what to say); `mark` is a line through all rows."""
    high = 26 * len(rows) + 30
    left, right = 86, 46
    low = min([value for _, value, _ in rows] + ([mark] if mark is not None else []))
    start = max(0.0, (int(low * 10) - 1) / 10) if low < 1 else 0.0

    def across(value: float) -> float:
        return left + (value - start) / (1 - start) * (_WIDE - left - right)

    drawn: list[str] = []
    if mark is not None:
        drawn.append(f'<line class="floor" x1="{across(mark):.1f}" x2="{across(mark):.1f}" y1="4" y2="{high - 24}"/>')
    for index, (label, value, told) in enumerate(rows):
        y = 18 + 26 * index
        drawn.append(f'<text class="label" x="{left - 12}" y="{y + 4}" text-anchor="end">{escape(label)}</text>')
        drawn.append(f'<line class="grid" x1="{left}" x2="{_WIDE - right}" y1="{y}" y2="{y}"/>')
        drawn.append(
            f'<circle class="dot main" cx="{across(value):.1f}" cy="{y}" r="5"><title>{escape(told)}</title></circle>'
        )
        drawn.append(f'<text class="tick" x="{_WIDE - right + 10}" y="{y + 4}">{value * 100:.0f}%</text>')
    for value in (start, (start + 1) / 2, 1.0):
        drawn.append(
            f'<text class="tick" x="{across(value):.1f}" y="{high - 6}" text-anchor="middle">{value * 100:.0f}%</text>'
        )
    return _svg("".join(drawn), name, high)


def bars(rows: Sequence[tuple[str, int, str]], *, name: str) -> str:
    """Return counts as bars, one row each: (label, count, link)."""
    high = 30 * len(rows) + 8
    left, right = 96, 44
    most = max((count for _, count, _ in rows), default=1)
    drawn: list[str] = []
    for index, (label, count, link) in enumerate(rows):
        y = 6 + 30 * index
        wide = count / most * (_WIDE - left - right)
        drawn.append(
            f'<a href="{escape(link)}"><text class="label" x="{left - 12}" y="{y + 15}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="hit" x="0" y="{y - 4}" width="{_WIDE}" height="28"/>'
            f'<rect class="value" x="{left}" y="{y + 2}" width="{wide:.1f}" height="16" rx="3"/>'
            f'<text class="tick" x="{left + wide + 8:.1f}" y="{y + 15}">{count}</text></a>'
        )
    return _svg("".join(drawn), name, high)


def _svg(drawn: str, name: str, high: int = _HIGH) -> str:
    return f'<svg class="chart" viewBox="0 0 {_WIDE} {high}" role="group" aria-label="{escape(name)}">{drawn}</svg>'
