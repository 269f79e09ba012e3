"""A lead as a letter: greeting, answers by theme, numbered sources, label and contact. As a Word file or as Markdown."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from corpus.errors import UnreadableFile
from rag.records import Citation
from ui.leads import wording
from ui.leads.archives import check_package
from ui.leads.replies import Reply
from ui.leads.splicing import safe_text
from ui.leads.store import Item, Lead, LeadError
from ui.page.exporting import source_name

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who answers and how to be reached; the operator's settings."""

    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One question with what goes out: `lines` carry the letter's source numbers; `open` when a person answers later."""

    number: int
    question: str
    short: str
    lines: tuple[str, ...]
    dated: str
    open: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    title: str
    paragraphs: tuple[LetterItem, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a letter says, in order; `sources` are numbered from 1 across the whole."""

    title: str
    salutation: str
    opening: str
    themes: tuple[Theme, ...]
    unanswered: tuple[str, ...]
    sources: tuple[tuple[int, str, str], ...]  # number, name, quote
    label: str
    sender: Sender
    day: str


def letter_of(
    lead: Lead, items: Sequence[tuple[Item, Reply, str]], unanswered: Sequence[Item], sender: Sender, today: date
) -> Letter:
    """Return the letter of the replies that may go out, each with the mark that it must carry, if any."""
    numbers: dict[tuple[str, int, int], int] = {}
    cited: dict[int, Citation] = {}
    themes: dict[str, list[LetterItem]] = {}
    for item, reply, mark in items:
        own: dict[int, int] = {}
        for said in reply.said:
            for n in said.citations:
                source = next(one for one in reply.citations if one.n == n)
                key = (source.article_id, source.start, source.end)
                own[n] = numbers.setdefault(key, len(numbers) + 1)
                cited.setdefault(own[n], source)
        themes.setdefault(item.asked.section, []).append(_paragraph(item, reply, own, mark))
    model = any(reply.model for _, reply, _ in items)
    return Letter(
        title=wording.LETTER_TITLE.format(lead.title),
        salutation=wording.SALUTATION.format(lead.client) if lead.client else wording.SALUTATION_UNKNOWN,
        opening=wording.OPENING.format(len(items), len(unanswered))
        if unanswered
        else wording.OPENING_ALL.format(len(items)),
        themes=tuple(Theme(title or wording.NO_THEME, tuple(found)) for title, found in themes.items()),
        unanswered=tuple(f"{one.number}. {one.asked.text}" for one in unanswered),
        sources=tuple((n, name_of(one), one.quote) for n, one in cited.items()),
        label=wording.LABEL_MODEL if model else wording.LABEL,
        sender=sender,
        day=f"{today.year}年{today.month}月{today.day}日",
    )


def _paragraph(item: Item, reply: Reply, numbers: dict[int, int], mark: str) -> LetterItem:
    lines = lines_of(reply, numbers)
    return LetterItem(item.number, item.asked.text, reply.headline, lines, reply.dated, mark=mark)


def lines_of(reply: Reply, numbers: dict[int, int]) -> tuple[str, ...]:
    """Return the sentences of a reply with the marks of their sources, under `numbers`; how they differ comes last."""
    lines = [
        re.sub(r"\[\d{1,3}\]", "", one.text)
        + (
            f"〔{wording.UNSOURCED}〕"
            if not one.proven
            else "".join(f"[{numbers[n]}]" for n in dict.fromkeys(one.citations))
        )
        for one in reply.said
    ]
    differ = [wording.DIFFER.format("、".join(reply.notes))] if reply.notes and len(lines) > 1 else []
    return (*lines, *differ)


def name_of(source: Citation) -> str:
    """Return «《题》，报纸，日期（推定）»."""
    return source_name(source.headline, source.publisher, source.published, source.published_inferred)


def as_markdown(letter: Letter) -> str:
    """Return the letter as Markdown."""
    parts = [f"# {_plain(letter.title)}", "", _plain(letter.salutation), "", _plain(letter.opening), ""]
    for theme in letter.themes:
        parts += [f"## {_plain(theme.title)}", ""]
        for one in theme.paragraphs:
            parts += [f"### {one.number}. {_plain(one.question)}", ""]
            parts += [f"**{_plain(one.mark)}**", ""] if one.mark else []
            parts += [f"**{_plain(one.short)}**", ""] if one.short else []
            for line in one.lines:
                parts += [_plain(line), ""]
            parts += [f"*{_plain(one.dated)}*", ""] if one.dated else []
    if letter.unanswered:
        parts += [f"## {wording.UNANSWERED}", "", *(f"- {_plain(one)}" for one in letter.unanswered), ""]
    if letter.sources:
        parts += [f"## {wording.SOURCES}", ""]
        for n, name, quote in letter.sources:
            parts += [f"- \\[{n}\\] {_plain(name)}", f"  > {_plain(quote)}"]
        parts.append("")
    closing = [wording.CONTACT.format(letter.sender.contact)] if letter.sender.contact else []
    parts += [_plain(line) for line in (*closing, letter.sender.name, letter.day) if line]
    parts += ["", _plain(letter.label), ""]
    return "\n".join(parts)


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(safe_text(text).split()))


def as_docx(letter: Letter, template: Path | None = None) -> bytes:
    """Return the letter as a Word file, on the paper and in the styles of `template` when there is one. Raises UnreadableFile."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    file = docx.Document(io.BytesIO(_template(template))) if template else docx.Document()
    if template is None:
        normal = file.styles["Normal"]
        normal.font.name, normal.font.size = "Arial", Pt(11)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    grey = RGBColor(0x58, 0x60, 0x62)

    def heading(text: str, level: int) -> None:
        name = f"Heading {level}"
        if name in [style.name for style in file.styles]:
            file.add_paragraph(safe_text(text), style=name)
        else:
            file.add_paragraph().add_run(safe_text(text)).bold = True

    def quiet(text: str, size: int = 9) -> Any:
        paragraph = file.add_paragraph()
        run = paragraph.add_run(safe_text(text))
        run.font.size, run.font.color.rgb = Pt(size), grey
        paragraph.paragraph_format.space_after = Pt(3)
        return paragraph

    file.core_properties.title, file.core_properties.author = letter.title, letter.sender.name
    file.core_properties.comments = letter.label
    heading(letter.title, 1)
    file.add_paragraph(safe_text(letter.salutation))
    file.add_paragraph(safe_text(letter.opening))
    for theme in letter.themes:
        heading(theme.title, 2)
        for one in theme.paragraphs:
            file.add_paragraph().add_run(safe_text(f"{one.number}. {one.question}")).bold = True
            if one.mark:
                file.add_paragraph().add_run(one.mark).bold = True
            if one.short:
                run = file.add_paragraph().add_run(safe_text(one.short))
                run.bold, run.font.size = True, Pt(14)
            for line in one.lines:
                file.add_paragraph(safe_text(line))
            if one.dated:
                quiet(one.dated)
    if letter.unanswered:
        heading(wording.UNANSWERED, 2)
        for text in letter.unanswered:
            file.add_paragraph(safe_text(text))
    if letter.sources:
        heading(wording.SOURCES, 2)
        for n, name, quote in letter.sources:
            file.add_paragraph(safe_text(f"[{n}] {name}")).paragraph_format.space_after = Pt(0)
            quiet(f"「{quote}」")
    if letter.sender.contact:
        file.add_paragraph(safe_text(wording.CONTACT.format(letter.sender.contact)))
    for line in filter(None, (letter.sender.name, letter.day)):
        file.add_paragraph(safe_text(line)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    quiet(letter.label)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _template(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        check_package(data, "docx")
    except OSError as error:
        raise LeadError(wording.TEMPLATE_MISSING.format(path)) from error
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name}：{error}。") from error
    return data
