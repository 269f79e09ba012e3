"""The pages of the desk as HTML, drawn on the server. Pure: records in, text out, everything foreign escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from ui.addresses import permalink
from ui.leads import wording
from ui.leads.letters import name_of
from ui.leads.memory import Remembered, contradict
from ui.leads.news import Outdated
from ui.leads.proofs import lights
from ui.leads.replies import Colour, Reply, Said
from ui.leads.store import Comment, Edit, Item, Lead, QuestionStatus
from ui.leads.users import Deed, Role, Session
from ui.page.render import safe

_CUT: Final = 80  # characters of an answer in a row


def page(title: str, body: str, *, root: str, session: Session | None = None, version: str = "") -> str:
    """Return a whole page; `root` is what a proxy puts before our addresses."""
    bar = ""
    if session is not None:
        admin = f'<a href="{root}/desk/audit">{wording.AUDIT}</a>' if session.user.may(Role.ADMIN) else ""
        bar = (
            f'<nav><a href="{root}/desk">{wording.LEADS}</a><a href="{root}/desk/memory">{wording.MEMORY}</a>'
            f'<a href="{root}/desk/news">{wording.NEWS}</a><a href="{root}/desk/articles">{wording.SHELF}</a><a href="{root}/desk/policy">{wording.POLICY}</a>{admin}<span>{safe(session.user.name)}</span>'
            f'<form method="post" action="{root}/desk/logout">{secret(session)}<button>{wording.LOG_OUT}</button></form></nav>'
        )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><title>{safe(title)} · {wording.DESK}</title>'
        f'<link rel="stylesheet" href="{root}/page/assets/desk.css?{version}">'
        f'<script defer src="{root}/page/assets/desk.js?{version}"></script></head>'
        f'<body class="desk"><header><b>{wording.DESK}</b>{bar}</header><main>{body}</main></body></html>'
    )


def login_page(root: str, told: str = "") -> str:
    alert = f'<p role="alert" class="alert">{safe(told)}</p>' if told else ""
    body = (
        f'<form method="post" action="{root}/desk/login" class="login"><h1>{wording.LOG_IN}</h1>{alert}'
        f'<label>{wording.NAME}<input name="name" autocomplete="username" required maxlength="40" autofocus></label>'
        f'<label>{wording.PASSWORD}<input name="password" type="password" autocomplete="current-password" required maxlength="200"></label>'
        f"<button>{wording.LOG_IN}</button></form>"
    )
    return page(wording.LOG_IN, body, root=root)


def message_page(root: str, words: str, session: Session | None) -> str:
    return page(
        wording.DESK,
        f'<p role="alert" class="alert">{safe(words)}</p><p><a href="{root}/desk">{wording.BACK}</a></p>',
        root=root,
        session=session,
    )


def leads_page(root: str, session: Session, leads: Sequence[Lead], marked: Mapping[int, int]) -> str:
    """Return the list of leads with the form for a new one; `marked` counts the answers of a lead whose figures changed."""
    rows = "".join(_lead_row(root, one, marked.get(one.id, 0)) for one in leads)
    table = (
        f"<table><thead><tr>{''.join(f'<th>{name}</th>' for name in wording.LEAD_COLUMNS)}</tr></thead><tbody>{rows}</tbody></table>"
        if leads
        else f"<p>{wording.NO_LEADS}</p>"
    )
    form = ""
    if session.user.may(Role.STAFF):
        form = (
            f'<form method="post" action="{root}/desk/leads" enctype="multipart/form-data" class="new">{secret(session)}'
            f"<h2>{wording.NEW_LEAD}</h2>"
            f'<label>{wording.FILE}<input type="file" name="file" accept=".xlsx,.docx,.pdf,.csv,.txt,.eml"></label>'
            f'<label>{wording.PASTE}<textarea name="mail" rows="6"></textarea></label>'
            f'<label>{wording.CLIENT}<input name="client" maxlength="100"></label><label>{wording.DUE}<input type="date" name="due"></label>'
            f"<button>{wording.TAKE}</button></form>"
        )
    return page(wording.LEADS, f"<h1>{wording.LEADS}</h1>{table}{form}{_facts_form(root)}", root=root, session=session)


def _facts_form(root: str) -> str:
    """Return the form for a sheet of figures: topics to tick, one's own with its words, and the kind of file."""
    boxes = "".join(
        f'<label class="tick"><input type="checkbox" name="topic" value="{name}" checked>{name}</label>'
        for name in wording.FACT_TOPICS
    )
    kinds = "".join(f'<button name="kind" value="{kind}">{name}</button>' for kind, name in wording.FACT_FORMS.items())
    return (
        f'<form method="get" action="{root}/desk/facts" class="new facts"><h2>{wording.FACTS_TITLE}</h2><p>{boxes}</p>'
        f'<label>{wording.OWN_TOPIC}<input name="topic" maxlength="200" placeholder="{wording.OWN_TOPIC_EXAMPLE}"></label><p>{kinds}</p></form>'
    )


def _lead_row(root: str, lead: Lead, marked: int) -> str:
    total = sum(lead.counts.values())
    warn = f' <mark class="changed">{wording.CHANGED} {marked}</mark>' if marked else ""
    return (
        f'<tr><td>{lead.id}</td><td><a href="{root}/desk/leads/{lead.id}">{safe(lead.title)}</a>{warn}</td><td>{safe(lead.client)}</td>'
        f"<td>{lead.counts['done']} / {total}</td><td>{safe(lead.owner)}</td><td>{safe(lead.due)}</td></tr>"
    )


def lead_page(
    root: str,
    session: Session,
    lead: Lead,
    items: Sequence[Item],
    marks: Sequence[Outdated],
    *,
    running: bool,
    first: str,
    moment: int,
) -> str:
    """Return the table of a lead's questions, as they are at a `moment`, with the pane beside it; `first` is the pane of the first question."""
    marked = {one.number for one in marks}
    rows = "".join(row(root, one, changed=one.number in marked) for one in items)
    here = f"{root}/desk/leads/{lead.id}"
    staff = session.user.may(Role.STAFF)
    tools = (
        (
            _button(session, f"{here}/answer", wording.ANSWER_ALL, "answer")
            + _button(session, f"{here}/stop", wording.STOP, "stop")
            + _button(session, f"{here}/green", wording.ACCEPT_GREEN, "green")
        )
        if staff
        else ""
    )
    outs = "".join(
        f'<form method="post" action="{here}/export">{secret(session)}<input type="hidden" name="kind" value="{kind}">'
        f"<button>{name}</button></form>"
        for kind, name in wording.EXPORTS.items()
    )
    outs += f'<a href="{here}/out">{wording.BEFORE_EXPORT}</a>'
    notices = "".join(f"<li>{safe(one)}</li>" for one in lead.notices)
    body = (
        f'<h1>{safe(lead.title)}</h1><p class="about">{safe(lead.client)} · {safe(lead.file_name)} · {wording.DUE} {safe(lead.due or "—")} · '
        f'{safe(lead.owner)} · {safe(wording.TAKEN_IN.format(lead.created_by, lead.created[:16]))}</p><ul class="notices">{notices}</ul>{_columns(session, here, lead) + _about(session, here, lead) if staff else ""}<div class="tools">{tools}{outs}</div>'
        f'<p class="state" role="status" data-running="{int(running)}"></p>'
        f'<div class="work" data-lead="{here}" data-form="{session.form}" data-moment="{moment}"><table class="questions"><thead><tr>'
        f"{''.join(f'<th>{name}</th>' for name in wording.QUESTION_COLUMNS)}</tr></thead><tbody>{rows}</tbody></table>"
        f'<section class="pane" aria-live="polite">{first}</section></div><p class="keys">{wording.KEYS}</p>'
    )
    return page(lead.title, body, root=root, session=session)


def _columns(session: Session, here: str, lead: Lead) -> str:
    """Return the header of each table: a click on a name makes its column that of the questions, or of the answers."""
    forms = []
    for one in lead.layouts:
        taken = {one.columns.question: wording.QUESTION_COLUMN, one.columns.answer: wording.ANSWER_COLUMN}
        names = "".join(
            f'<th><button name="column" value="{at}" class="{"taken" if at in taken else ""}">{safe(name) or wording.COLUMN.format(at)}</button>'
            f"<br>{taken.get(at, '')}</th>"
            for at, name in enumerate(one.headers, start=1)
        )
        forms.append(
            f'<form method="post" action="{here}/columns">{secret(session)}<input type="hidden" name="part" value="{safe(one.part)}">'
            f'<input type="hidden" name="header" value="{one.columns.header}"><input type="hidden" name="question" value="{one.columns.question}">'
            f'<input type="hidden" name="answer" value="{one.columns.answer}"><p><b>{safe(one.part)}</b> {wording.CLICK_HEADER}'
            f'<label class="tick"><input type="radio" name="as" value="question" checked>{wording.QUESTION_COLUMN}</label>'
            f'<label class="tick"><input type="radio" name="as" value="answer">{wording.ANSWER_COLUMN}</label>'
            f'<button name="column" value="-1">{wording.NO_ANSWER_COLUMN}</button></p><table><tr>{names}</tr></table></form>'
        )
    return f'<details class="columns"><summary>{wording.COLUMNS}</summary>{"".join(forms)}</details>' if forms else ""


def _about(session: Session, here: str, lead: Lead) -> str:
    """Return the form for what a lead is called, whose it is and when it is due."""
    fields = "".join(
        f'<label>{name}<input name="{key}" value="{safe(value)}" maxlength="100"></label>'
        for key, name, value in (
            ("title", wording.TITLE, lead.title),
            ("client", wording.CLIENT, lead.client),
            ("owner", wording.OWNER, lead.owner),
        )
    )
    return (
        f'<details class="columns"><summary>{wording.ABOUT_LEAD}</summary><form method="post" action="{here}/set">{secret(session)}{fields}'
        f'<label>{wording.DUE}<input type="date" name="due" value="{safe(lead.due)}"></label><button>{wording.KEEP_CHANGES}</button></form></details>'
    )


def out_page(root: str, session: Session, lead: Lead, told: str, notices: Sequence[str]) -> str:
    """Return what would go out of a lead, what would stay at home and why, and the wishes for a file to send."""
    here = f"{root}/desk/leads/{lead.id}"
    kinds = "".join(f'<button name="kind" value="{kind}">{name}</button>' for kind, name in wording.EXPORTS.items())
    listed = "".join(f"<li>{safe(one)}</li>" for one in notices)
    body = (
        f'<h1>{wording.BEFORE_EXPORT} · <a href="{here}">{safe(lead.title)}</a></h1><p>{safe(told)}</p><ul>{listed}</ul>'
        f'<form method="post" action="{here}/export" enctype="multipart/form-data" class="new">{secret(session)}'
        f'<label class="tick"><input type="checkbox" name="drafts" value="1">{wording.WITH_DRAFTS}</label>'
        f'<label class="tick"><input type="checkbox" name="unsourced" value="1">{wording.WITH_UNSOURCED}</label>'
        f'<label>{wording.LETTER_TEMPLATE}<input type="file" name="template" accept=".docx"></label><p class="tools">{kinds}</p></form>'
    )
    return page(wording.BEFORE_EXPORT, body, root=root, session=session)


def policy_page(root: str, session: Session, rules: Mapping[str, str], told: str = "") -> str:
    """Return the rules of the colours as they are, with a form for those who may set them."""
    fields = "".join(f"<label>{safe(wording.RULES[name])}{_rule(name, value)}</label>" for name, value in rules.items())
    colours_ = "".join(
        f'<li><span class="colour {name}">{told_}</span> {wording.COLOUR_MEANS[name]}</li>'
        for name, told_ in wording.COLOURS.items()
    )
    button = (
        f"<button>{wording.KEEP_CHANGES}</button>"
        if session.user.may(Role.ADMIN)
        else f"<p>{wording.POLICY_BY_ADMIN}</p>"
    )
    note = f'<p role="status">{safe(told)}</p>' if told else ""
    body = (
        f'<h1>{wording.POLICY}</h1>{note}<ul class="notices">{colours_}</ul><p>{wording.POLICY_HINT}</p>'
        f'<form method="post" action="{root}/desk/policy" class="new">{secret(session)}{fields}{button}</form>'
    )
    return page(wording.POLICY, body, root=root, session=session)


def _rule(name: str, value: str) -> str:
    """Return the field of one rule: a choice of yes and no, or a line."""
    if value not in wording.YES_OR_NO.values():
        return f'<input name="{name}" value="{safe(value)}" maxlength="500">'
    options = "".join(f"<option{' selected' * (one == value)}>{one}</option>" for one in wording.YES_OR_NO.values())
    return f'<select name="{name}">{options}</select>'


def row(root: str, item: Item, *, changed: bool = False) -> str:
    """Return one question as a row of the table."""
    reply = item.reply
    colour = reply.colour.value if reply else "none"
    told = wording.COLOURS.get(colour, "")
    answer = (reply.headline or (reply.said[0].text if reply.said else reply.refusal)) if reply else item.trouble
    warn = f' <mark class="changed">{wording.CHANGED}</mark>' if changed else ""
    return (
        f'<tr id="q{item.number}" data-n="{item.number}" data-version="{item.version}" tabindex="-1"><td>{item.number}</td>'
        f'<td><a href="{root}/desk/leads/{item.lead_id}?n={item.number}">{safe(item.asked.text)}</a>{warn}</td>'
        f'<td class="answer">{safe(answer if len(answer) <= _CUT else answer[: _CUT - 1] + "…")}</td>'
        f'<td><span class="colour {colour}">{told}</span></td><td>{wording.STATUSES[item.status.value]}</td><td>{safe(item.owner)}</td></tr>'
    )


def pane(
    root: str,
    session: Session,
    item: Item,
    comments: Sequence[Comment],
    changes: Sequence[Edit],
    marks: Sequence[Outdated],
    others: Sequence[Remembered] = (),
    typing: str = "",
) -> str:
    """Return everything of one question: answer, proofs, what can be done, what is remembered of others like it, remarks and history.

    `typing` is what this person had typed and not saved.
    """
    reply = item.reply or Reply()
    parts = [f'<h2 data-n="{item.number}" data-version="{item.version}">{item.number}. {safe(item.asked.text)}</h2>']
    parts.append(
        f'<p class="about">{safe(item.asked.place.told)} · {wording.STATUSES[item.status.value]} · {safe(item.owner or "—")} · {wording.DUE} {safe(item.due or "—")}</p>'
    )
    parts += [
        f'<p class="alert">{safe(wording.FIGURE_CHANGED.format(one.old, one.new or wording.SOURCE_GONE, one.article_id))}</p>'
        for one in marks
    ]
    if item.trouble:
        parts.append(f'<p class="alert">{safe(item.trouble)}</p>')
    staff, hidden = session.user.may(Role.STAFF) and item.status is not QuestionStatus.DONE, _at(session, item)
    here = f"{root}/desk/leads/{item.lead_id}/{item.number}"
    take = f'<form method="post" action="{here}/take" class="inline" data-key="t">{hidden}<button name="nearest" value="{{}}">{wording.TAKE_PASSAGE}</button></form>'
    parts.append(
        f'<div class="reply">{reply_html(root, reply, take if staff else "")}</div>'
        if item.reply
        else f"<p>{wording.NOT_ANSWERED}</p>"
    )
    if session.user.may(Role.STAFF):
        parts.append(_actions(root, session, item, reply, typing))
    if others:
        put = f'<form method="post" action="{here}/replace" class="inline" data-key="p">{hidden}<button name="memory" value="{{}}">{wording.REPLACE}</button></form>'
        listed = "".join(
            f"<li>{safe(one.question)} → {safe(one.reply.headline or one.reply.said[0].text)}（{wording.AGES[one.age]}，{safe(one.day)}）{put.format(one.id) if staff else ''}</li>"
            for one in others
        )
        parts.append(f'<h3>{wording.REMEMBERED}</h3><ul class="others">{listed}</ul>')
    remarks = "".join(f"<li><b>{safe(one.who)}</b> {safe(one.at[:16])} {safe(one.said)}</li>" for one in comments)
    parts.append(f'<ul class="comments">{remarks}</ul>')
    history = "".join(
        f"<li>{safe(one.at[:16])} {safe(one.who or wording.PROGRAM)} {wording.CHANGES.get(one.what, safe(one.what))} {safe(_status(one.new))}</li>"
        for one in changes
    )
    parts.append(f"<details><summary>{wording.HISTORY}</summary><ul>{history}</ul></details>")
    return "".join(parts)


def _status(word: str) -> str:
    return wording.STATUSES.get(word) or wording.COLOURS.get(word) or word


def _at(session: Session, item: Item) -> str:
    """Return what every form carries that changes a question: whose it is, and as what it was seen."""
    return f'{secret(session)}<input type="hidden" name="version" value="{item.version}">'


def _actions(root: str, session: Session, item: Item, reply: Reply, typing: str) -> str:
    here = f"{root}/desk/leads/{item.lead_id}/{item.number}"
    hidden = _at(session, item)
    if item.status is QuestionStatus.DONE:
        return (
            f'<form method="post" action="{here}/reopen" data-key="r">{hidden}<button>{wording.REOPEN}</button></form>'
        )
    text = typing or "\n".join(one.text + "".join(f"[{n}]" for n in one.citations) for one in reply.said)
    unsaved = f'<p class="alert">{wording.UNSAVED}</p>' if typing else ""
    accept = (
        f'<form method="post" action="{here}/accept" data-key="a">{hidden}<button>{wording.ACCEPT}</button></form>'
        if reply.proven
        else ""
    )
    return (
        f'<div class="actions">{accept}'
        f'<form method="post" action="{here}/assign" data-key="o">{hidden}<input name="owner" value="{safe(item.owner)}" maxlength="40" aria-label="{wording.OWNER}" placeholder="{wording.OWNER}"><input type="date" name="due" value="{safe(item.due)}" aria-label="{wording.DUE}"><button>{wording.ASSIGN}</button></form>'
        f'<form method="post" action="{here}/comment" data-key="c">{secret(session)}<input name="said" maxlength="1000" aria-label="{wording.COMMENT}" placeholder="{wording.COMMENT}"><button>{wording.COMMENT}</button></form></div>'
        f'<form method="post" action="{here}/edit" class="edit" data-key="e">{hidden}{unsaved}<label>{wording.EDIT}<textarea name="text" rows="5">{safe(text)}</textarea></label>'
        f'<div class="proof" aria-live="polite"></div><button>{wording.SAVE}</button></form>'
    )


def reply_html(root: str, reply: Reply, take: str = "") -> str:
    """Return an answer: short answer, sentences with the marks of their sources, date, why this colour, sources.

    `take` is a form that puts a nearest passage, by its number, in the place of a refusal.
    """
    parts = [
        f'<p><span class="colour {reply.colour.value}">{wording.COLOURS[reply.colour.value]}</span> {safe("；".join(reply.reasons))}</p>'
    ]
    if reply.headline:
        parts.append(f'<p class="short">{safe(reply.headline)}</p>')
    parts.append(sentences_html(reply))
    if reply.notes:
        parts.append(f"<p>{safe(wording.DIFFER.format('、'.join(reply.notes)))}</p>")
    if reply.dated:
        parts.append(f'<p class="about">{safe(reply.dated)}</p>')
    if not reply.said:
        parts.append(f"<p>{safe(reply.refusal)}</p>" + (f"<p>{safe(reply.needed)}</p>" if reply.needed else ""))
    sources = reply.citations if reply.said else reply.nearest
    if sources and not reply.said:
        parts.append(f"<p>{wording.NEAREST}</p>")
    listed = "".join(
        f'<li value="{one.n}"><a href="{safe(f"{root}/{permalink(one.article_id, one.start, one.end, one.quote)}")}" target="_blank" rel="noopener">{safe(name_of(one))}</a><blockquote>{safe(one.quote)}</blockquote>{"" if reply.said else take.format(one.n)}</li>'
        for one in sources
    )
    parts.append(f'<ol class="sources">{listed}</ol>')
    return "".join(parts)


def sentences_html(reply: Reply) -> str:
    """Return the sentences of a reply with their proof; a figure that no source holds is lit up."""
    quotes = [one.quote for one in (*reply.citations, *reply.nearest)]
    return (
        '<ol class="said">'
        + "".join(
            f'<li class="{"proven" if one.proven else "dark"}">{_sentence(one, quotes)}</li>' for one in reply.said
        )
        + "</ol>"
    )


def _sentence(said: Said, quotes: Sequence[str]) -> str:
    if said.proven:
        return safe(said.text) + "".join(f'<sup class="source">[{n}]</sup>' for n in said.citations)
    pieces: list[str] = []
    at = 0
    for light in lights(said.text, quotes):
        if light.start >= at:
            pieces += [safe(said.text[at : light.start]), f"<mark>{safe(said.text[light.start : light.end])}</mark>"]
            at = light.end
    return (
        "".join(pieces) + safe(said.text[at:]) + f' <span class="fault">{safe(said.fault or wording.NOT_PROVEN)}</span>'
    )


def memory_page(
    root: str,
    session: Session,
    sought: str,
    found: Sequence[Remembered],
    alike: Sequence[tuple[Remembered, Remembered]],
) -> str:
    """Return the remembered answers, and the pairs `alike` that ask the same, those that contradict each other first."""
    staff = session.user.may(Role.STAFF)
    rows = "".join(
        f"<tr><td>{one.id}</td><td>{safe(one.question)}</td><td>{safe(one.reply.headline or one.reply.said[0].text)}</td><td>{safe(one.who)} {safe(one.day)}</td>"
        f"<td>{wording.AGES[one.age]}</td><td>{_forget(root, session, one) if staff else ''}</td></tr>"
        for one in found
    )
    lists = ""
    for against, title in ((True, wording.CONTRADICTIONS), (False, wording.DUPLICATES)):
        pairs = "".join(
            f"<li>{a.id}：{safe(a.question)} → {safe(a.reply.headline or a.reply.said[0].text)} ／ {b.id}：{safe(b.question)} → {safe(b.reply.headline or b.reply.said[0].text)}</li>"
            for a, b in alike
            if contradict(a, b) is against
        )
        lists += f"<h2>{title}</h2><ul>{pairs}</ul>" if pairs else ""
    body = (
        f'<h1>{wording.MEMORY}</h1><form method="get"><input name="q" value="{safe(sought)}" aria-label="{wording.SEARCH}"><button>{wording.SEARCH}</button></form>'
        f'<table class="kept">{_head(wording.MEMORY_COLUMNS)}<tbody>{rows}</tbody></table>{lists}'
    )
    return page(wording.MEMORY, body, root=root, session=session)


def _article(root: str, mark: Outdated) -> str:
    """Return the name of the article that changed a figure; one that was taken out has no page."""
    name = safe(mark.article_id)
    return f'<a href="{root}/desk/articles/{quote(mark.article_id)}">{name}</a>' if mark.new else name


def _head(names: Sequence[str]) -> str:
    return f"<thead><tr>{''.join(f'<th>{name}</th>' for name in names)}</tr></thead>"


def _forget(root: str, session: Session, one: Remembered) -> str:
    return f'<form method="post" action="{root}/desk/memory/forget" class="inline">{secret(session)}<button name="memory" value="{one.id}">{wording.FORGET}</button></form>'


def news_page(root: str, session: Session, marks: Sequence[Outdated]) -> str:
    rows = "".join(
        f"<tr><td>{_where(root, one)}</td><td>{safe(one.old)}</td><td>{safe(one.new or wording.SOURCE_GONE)}</td><td>{safe(one.note)}</td>"
        f"<td>{_article(root, one)}</td></tr>"
        for one in marks
    )
    body = f"<h1>{wording.NEWS}</h1>" + (
        f'<table class="news">{_head(wording.NEWS_COLUMNS)}<tbody>{rows}</tbody></table>'
        if marks
        else f"<p>{wording.NO_NEWS}</p>"
    )
    return page(wording.NEWS, body, root=root, session=session)


def _where(root: str, mark: Outdated) -> str:
    if mark.lead is None:
        return safe(wording.IN_MEMORY.format(mark.memory))
    return f'<a href="{root}/desk/leads/{mark.lead}?n={mark.number}">{safe(wording.IN_LEAD.format(mark.lead, mark.number))}</a>'


def audit_page(root: str, session: Session, done: Sequence[Deed]) -> str:
    rows = "".join(
        f"<tr><td>{safe(one.at[:19])}</td><td>{safe(one.who)}</td><td>{safe(wording.AUDITED.get(one.what, one.what))}</td><td>{safe(one.about)}</td></tr>"
        for one in done
    )
    return page(
        wording.AUDIT, f"<h1>{wording.AUDIT}</h1><table><tbody>{rows}</tbody></table>", root=root, session=session
    )


def secret(session: Session) -> str:
    return f'<input type="hidden" name="form" value="{session.form}">'


def _button(session: Session, address: str, name: str, kind: str) -> str:
    return f'<form method="post" action="{address}" class="{kind}">{secret(session)}<button>{name}</button></form>'


def colours(items: Sequence[Item]) -> dict[str, int]:
    """Return how many answers there are of each colour."""
    return {one.value: sum(item.reply is not None and item.reply.colour is one for item in items) for one in Colour}
