"""A lead in the terminal: one line a question, or everything of one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ui.leads import wording
from ui.leads.letters import name_of
from ui.leads.news import Outdated
from ui.leads.replies import Reply
from ui.leads.store import Comment, Edit, Item

_WIDTH = 46  # characters of a question or an answer in a line


def item_row(item: Item, *, marked: bool = False) -> str:
    """Return one question as a line: number, status, colour, what is asked, the short answer."""
    colour = wording.COLOURS[item.reply.colour.value] if item.reply else "—"
    answer = _first(item.reply) if item.reply else item.trouble
    changed = f" ⚠{wording.CHANGED}" if marked else ""
    return f"{item.number:>4}  {wording.STATUSES[item.status.value]}  {colour}  {_cut(item.asked.text)}  {_cut(answer)}{changed}"


def item_page(item: Item, comments: Sequence[Comment], changes: Sequence[Edit], marks: Sequence[Outdated]) -> str:
    """Return everything of one question."""
    lines = [
        f"{item.number}. {item.asked.text}",
        f"{item.asked.place.told}  {wording.STATUSES[item.status.value]}  {item.owner}",
    ]
    if item.reply is None:
        lines.append(item.trouble or wording.NOT_ANSWERED)
    else:
        lines += ["", *reply_lines(item.reply)]
    lines += [wording.FIGURE_CHANGED.format(one.old, one.new or wording.SOURCE_GONE, one.article_id) for one in marks]
    lines += [f"{one.at} {one.who}：{one.said}" for one in comments]
    lines += [
        f"{one.at} {one.who or wording.PROGRAM} {wording.CHANGES.get(one.what, one.what)} {_cut(one.new)}"
        for one in changes
    ]
    return "\n".join(lines)


def reply_lines(reply: Reply) -> list[str]:
    """Return an answer as lines: short, sentences, date, sources; a refusal with the nearest passages."""
    lines = [
        f"{wording.COLOURS[reply.colour.value]}：{'；'.join(reply.reasons)}"
        if reply.reasons
        else wording.COLOURS[reply.colour.value]
    ]
    if reply.headline:
        lines.append(reply.headline)
    for said in reply.said:
        marks = "".join(f"[{n}]" for n in said.citations)
        lines.append(f"{said.text}{marks}" if said.proven else f"{said.text}  ←{said.fault}")
    lines += [reply.dated] if reply.dated else []
    lines += [reply.refusal] if reply.refusal and not reply.said else []
    cited = reply.citations if reply.said else reply.nearest
    lines += [wording.NEAREST] if cited and not reply.said else []
    for one in cited:
        lines += [f"[{one.n}] {name_of(one)}", f"    「{one.quote}」 {one.article_id}#{one.start}-{one.end}"]
    return lines


def _first(reply: Reply) -> str:
    return reply.headline or (reply.said[0].text if reply.said else reply.refusal)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
