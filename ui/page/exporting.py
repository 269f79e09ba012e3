"""A conversation to keep: one record per turn, as plain text, as Markdown, as a Word file, sources numbered. Pure.

The page holds the records of its conversation and hands them back when somebody wants a file: nothing is stored here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote

from rag.records import Answer, Claim, Conflict, Mode
from ui import wording
from ui.addresses import permalink
from ui.page import showing
from ui.page.scoping import Scope, other_scope

MAX_TURNS: Final = 100
_LONGEST: Final = 8000  # characters of one text
_MOST: Final = 200  # lines or sources of one turn
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|~])")
_OPENING: Final = "“‘「『（(《〈【—：，、"
_LISTED: Final = re.compile(r"（[^（）]*；[^（）]*）$")
_MORE: Final = re.compile(r"−[^=]+= (\S+?)\s*$")
_WHICH: Final = re.compile("(?:哪|谁)[^，。？?]{0,8}?([大多高小少低])")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class NumberedSource:
    """One numbered source: what it is called, its words, and its place (`#article=…`) in the page."""

    n: int
    name: str
    quote: str
    link: str


@dataclass(frozen=True, slots=True)
class Record:
    """One turn as it leaves the page. `lines` carry [1]-style marks, `dated` is empty when nothing is known."""

    question: str
    short: str
    lines: tuple[str, ...]
    dated: str
    sources: tuple[NumberedSource, ...]
    label: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `Record.read` takes them back."""
        return asdict(self)

    @classmethod
    def read(cls, sent: object) -> Record | None:
        """Return the record that a page sent back; None when it is anything else."""
        if not isinstance(sent, dict):
            return None
        lines, sources = sent.get("lines"), sent.get("sources")
        if (
            not isinstance(lines, list | tuple)
            or not isinstance(sources, list | tuple)
            or max(len(lines), len(sources)) > _MOST
        ):
            return None
        read = [_source(one) for one in sources]
        texts = [sent.get(name) for name in ("question", "short", "dated", "label")]
        if not all(map(_is_text, [*texts, *lines])) or None in read:
            return None
        question, short, dated, label = map(str, texts)
        return cls(question, short, tuple(map(_plain, lines)), dated, tuple(filter(None, read)), label)


def _source(sent: object) -> NumberedSource | None:
    if not isinstance(sent, dict) or type(sent.get("n")) is not int:
        return None
    name, words, link = sent.get("name"), sent.get("quote"), sent.get("link")
    if not (_is_text(name) and _is_text(words) and _is_text(link) and str(link).startswith("#article=")):
        return None
    return NumberedSource(sent["n"], _plain(name), _plain(words), quote(str(link), safe="#=&%-_.~"))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _plain(text: object) -> str:
    return _UNPRINTABLE.sub("", str(text))


def record_of(answer: Answer, scope: Scope | None = None) -> Record:
    """Return what is worth keeping of an answer; the short answer with its period and scope, if it is what was asked."""
    scope = scope or Scope()
    instead = other_scope(scope) if scope.asked else ""
    lines = [line for line in (instead, showing.preface(answer), answer.calculation) if line]
    marks = [(claim, "".join(f"[{n}]" for n in claim.citations)) for claim in answer.claims]
    lines += [
        f"{claim.label}：{showing.said(claim)}{mark}" if claim.label else f"{showing.said(claim)}{mark}"
        for claim, mark in marks
    ]
    if not answer.claims:
        lines.append(answer.answer)
    lines += list(dict.fromkeys(difference(conflict, answer.claims) for conflict in answer.conflicts))
    short = short_of(answer)
    return Record(
        question=answer.question,
        short="" if scope.asked else f"{short}（{scope.text}）" if short and scope.text else short,
        lines=tuple(lines),
        dated=" · ".join(part for part in (_limited(answer), answer.modality, answer.as_of) if part),
        sources=tuple(
            NumberedSource(
                one.n,
                source_name(one.headline, one.publisher, one.published, one.published_inferred),
                one.quote,
                permalink(one.article_id, one.start, one.end, one.quote),
            )
            for one in answer.citations
        ),
        label=wording.AI_LABEL if answer.mode is Mode.LLM else wording.DISCLAIMER,
    )


def _limited(answer: Answer) -> str:
    """Return to which articles an answer was limited, in words; empty when to none."""
    begin, _, end = wording.LIMITED_TO.partition("{}")
    return next((one.rstrip("。") for one in answer.notices if one.startswith(begin) and one.endswith(end)), "")


def difference(conflict: Conflict, claims: Sequence[Claim]) -> str:
    """Say once in what two statements differ, without the values, which stand beside it.

    A note that names the difference itself («指标不同：…») needs no other word for it.
    """
    note = _LISTED.sub("", conflict.note)
    if all(0 <= at < len(claims) and claims[at].value in note for at in conflict.claims):
        note = ""
    name, colon, _ = note.partition("：")
    if colon and name.endswith("不同"):
        return note
    return f"{conflict.relation}：{note}" if note else conflict.relation


def short_of(answer: Answer) -> str:
    """Return the short answer as it is shown: no bracket left open at its end, a comparison said as one."""
    short = (answer.short_answer or "").rstrip(_OPENING)
    if short.count("“") > short.count("”"):
        short += "”"
    made = _MORE.search(answer.calculation)
    asked = _WHICH.search(answer.question)
    if made and asked and not any(map(str.isdecimal, short)):
        return f"{short}更{asked[1]}，{'少' if asked[1] in '小少低' else '多'}{made[1]}"
    return short


def source_name(headline: str, publisher: str, published: str, inferred: bool) -> str:
    """Return «《题》，报纸，日期（推定）»; a publisher that nobody knows is not spoken of."""
    date = (published or wording.UNDATED) + (f"（{wording.INFERRED}）" if inferred else "")
    return "，".join(filter(None, (f"《{headline}》", publisher, date)))


def as_text(record: Record) -> str:
    """Return one turn as plain text with its sources and its label; a line with # in front is a link of the page."""
    head = [wording.COPY_QUESTION.format(question=record.question), record.short, *record.lines, record.dated]
    sources = [line for one in record.sources for line in (f"[{one.n}] {one.name}", f"「{one.quote}」", one.link)]
    parts = ["\n".join(filter(None, head)), "\n".join(sources), record.label]
    return "\n\n".join(filter(None, parts))


def as_markdown(records: Sequence[Record], address: str) -> str:
    """Return a conversation as Markdown; `address` is the page's own, put before every place in an article."""
    parts = [f"# {wording.TITLE}", ""]
    for record in records:
        parts += [f"## {_escaped(record.question)}", ""]
        parts += [f"**{_escaped(record.short)}**", ""] if record.short else []
        for line in record.lines:
            parts += [_escaped(line), ""]
        parts += [f"*{_escaped(record.dated)}*", ""] if record.dated else []
        for one in record.sources:
            parts += [
                f"- \\[{one.n}\\] {_escaped(one.name)}",
                f"  > {_escaped(one.quote)}",
                "",
                f"  <{address}{one.link}>",
            ]
        parts += ["", _escaped(record.label), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def as_docx(records: Sequence[Record], address: str) -> bytes:
    """Return a conversation as a Word file in which every source stands under its answer, numbered."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    file = docx.Document()
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    file.core_properties.title = wording.TITLE
    file.core_properties.author = wording.TITLE
    file.core_properties.comments = wording.EXPORT_LABEL_TURNS
    file.add_heading(wording.TITLE, level=1)
    grey = RGBColor(0x58, 0x60, 0x62)
    for record in records:
        file.add_heading(_plain(record.question), level=2)
        if record.short:
            short = file.add_paragraph().add_run(_plain(record.short))
            short.bold, short.font.size = True, Pt(16)
        for line in record.lines:
            file.add_paragraph(_plain(line))
        if record.dated:
            file.add_paragraph().add_run(_plain(record.dated)).font.color.rgb = grey
        for one in record.sources:
            file.add_paragraph(f"[{one.n}] {one.name}").paragraph_format.space_after = Pt(0)
            file.add_paragraph(f"「{one.quote}」").paragraph_format.space_after = Pt(0)
            run = file.add_paragraph().add_run(f"{address}{one.link}")
            run.font.size, run.font.color.rgb = Pt(8), grey
        file.add_paragraph().add_run(_plain(record.label)).font.color.rgb = grey
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def read_records(sent: object) -> list[Record] | None:
    """Return the records of a conversation that a page sent; None when it is anything else, or empty."""
    if not isinstance(sent, list) or not 0 < len(sent) <= MAX_TURNS:
        return None
    read = [Record.read(one) for one in sent]
    return None if None in read else [one for one in read if one is not None]
