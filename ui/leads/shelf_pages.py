"""The pages of the articles desk as HTML. Pure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from corpus.decoding import decode
from corpus.errors import UnreadableFile
from corpus.records import Article, BlockKind
from rag.citing import published_text
from rag.figures.survey import Disagreement
from ui.leads import wording
from ui.leads.apart import pictures_apart
from ui.leads.pages import page, secret
from ui.leads.shelf import FolderState, Version
from ui.leads.users import Role, Session
from ui.page.render import safe


def shelf_page(
    root: str, session: Session, reading: FolderState, state: tuple[bool, str], versions: Sequence[Version]
) -> str:
    """Return the list of articles as they lie in the folder, with what may be done to them, and the generations made of them."""
    articles, refused, removed = reading.corpus.articles, reading.corpus.refused, reading.removed
    staff = session.user.may(Role.STAFF)
    newest = sorted(articles, key=lambda one: str(one.published.last) if one.published else "", reverse=True)
    rows = "".join(_row(root, session, one, staff=staff) for one in newest)
    head = "".join(f"<th>{name}</th>" for name in wording.SHELF_COLUMNS)
    body = f"<h1>{wording.SHELF}</h1>{_publishing(root, session, state, staff=staff)}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    if refused:
        body += f"<h2>{wording.REFUSED_FILES}</h2><ul>{''.join(f'<li>{safe(one.reason)}</li>' for one in refused)}</ul>"
    if removed and staff:
        listed = "".join(
            f"<li>{safe(one)} {_button(root, session, 'restore', wording.RESTORE, file=one)}</li>" for one in removed
        )
        body += f"<h2>{wording.REMOVED_FILES}</h2><ul>{listed}</ul>"
    if versions:
        body += _versions(root, session, versions, staff=staff)
    if staff:
        body += (
            f'<form method="post" action="{root}/desk/articles" enctype="multipart/form-data" class="new">{secret(session)}'
            f"<h2>{wording.ADD_ARTICLE}</h2>"
            f'<label>{wording.ARTICLE_FILE}<input type="file" name="file" accept=".html,.htm,.docx,.pdf,.txt,.md"></label>'
            f'<label>{wording.ARTICLE_ADDRESS}<input name="address" type="url" maxlength="500"></label>'
            f'<label>{wording.ARTICLE_TITLE}<input name="title" maxlength="120"></label>'
            f'<label>{wording.ARTICLE_TEXT}<textarea name="text" rows="6"></textarea></label><button>{wording.ADD}</button></form>'
        )
    return page(wording.SHELF, body, root=root, session=session)


def _versions(root: str, session: Session, versions: Sequence[Version], *, staff: bool) -> str:
    """Return the generations that are kept; each but the one that is served can be gone back to."""
    rows = "".join(
        f"<tr><td>{safe(one.generation)}</td><td>{one.made}</td><td>{one.articles}</td>"
        f"<td>{wording.VERSION_NOW if one.now else _button(root, session, 'rollback', wording.ROLL_BACK, version=one.generation) if staff else ''}</td></tr>"
        for one in versions
    )
    head = "".join(f"<th>{name}</th>" for name in wording.VERSION_COLUMNS)
    return f"<h2>{wording.VERSIONS}</h2><p>{wording.ROLL_BACK_HINT}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def source_html(article: Article, data: bytes) -> str:
    """Return a file of an article to be looked at beside what was read: a web page without scripts, text, or pictures of pages."""
    suffix = PurePath(article.file_name).suffix.lower()
    try:
        if suffix == ".pdf":
            pictures, _ = pictures_apart(data)
            return "".join(
                f'<img alt="{wording.SOURCE_FILE} {n}" src="data:image/jpeg;base64,{one}">'
                for n, one in enumerate(pictures, start=1)
            )
        if suffix in (".html", ".htm"):
            return f'<iframe sandbox title="{wording.SOURCE_FILE}" srcdoc="{html.escape(decode(data).text)}"></iframe>'
        if suffix in (".txt", ".md"):
            return f"<pre>{safe(decode(data).text)}</pre>"
    except UnreadableFile as error:
        return f'<p class="alert">{safe(str(error))}</p>'
    return f"<p>{wording.SOURCE_ELSEWHERE}</p>"


def article_page(root: str, session: Session, article: Article, changes: Sequence[Disagreement], source: bytes) -> str:
    """Return one article as it was read beside its source, what may be corrected, and where other articles say otherwise."""
    form = ""
    if session.user.may(Role.STAFF):
        headline = "" if article.headline_inferred else article.headline
        day = published_text(article.published) if article.published and not article.published.inferred else ""
        form = (
            f'<form method="post" action="{root}/desk/articles/{quote(article.id)}/correct" class="new">{secret(session)}<h2>{wording.CORRECT}</h2>'
            f'<label>{wording.HEADLINE}<input name="headline" maxlength="200" value="{safe(headline)}" placeholder="{safe(article.headline)}"></label>'
            f'<label>{wording.DATE_HINT}<input name="published" maxlength="21" placeholder="{safe(day)}"></label>'
            f'<label>{wording.PUBLISHER}<input name="publisher" maxlength="100" value="{safe(article.publisher)}"></label><button>{wording.KEEP_CHANGES}</button></form>'
        )
    told = "".join(
        f"<li><b>{safe(one.subject)}</b> · {safe(one.relation)} · {safe(one.note)}"
        + "".join(f"<blockquote>{safe(said.when)}：{safe(said.quote)}</blockquote>" for said in (one.newer, one.older))
        + "</li>"
        for one in changes
    )
    warnings = "".join(f'<p class="alert">{wording.WARNINGS}：{safe(one)}</p>' for one in article.reading.warnings)
    read = "".join(
        f'<p class="read {block.kind.value}">{safe(article.text[block.start : block.end])}</p>'
        for block in article.blocks
    )
    body = (
        f"<h1>{safe(article.headline)}{wording.INFERRED_MARK * article.headline_inferred}</h1><p>{safe(_dated(article))} {safe(article.publisher)} · {safe(article.file_name)}</p>"
        f"{warnings}{form}<h2>{wording.DIFFERENCES}</h2>{f'<ul>{told}</ul>' if told else f'<p>{wording.NO_DIFFERENCES}</p>'}"
        f'<div class="beside"><section><h2>{wording.READ_AS}</h2>{read}</section><section class="original"><h2>{wording.SOURCE_FILE}</h2>'
        f'<p><a href="{root}/desk/articles/{quote(article.id)}/source" download>{wording.SOURCE_TAKE}</a></p>{source_html(article, source)}</section></div>'
    )
    return page(article.headline, body, root=root, session=session)


def _publishing(root: str, session: Session, state: tuple[bool, str], *, staff: bool) -> str:
    running, failed = state
    if running:
        return f'<p role="status">{wording.PUBLISHING}</p>'
    alert = f'<p role="alert" class="alert">{safe(wording.PUBLISH_FAILED.format(failed))}</p>' if failed else ""
    button = _button(root, session, "publish", wording.PUBLISH) if staff else ""
    return f"{alert}<p>{wording.PUBLISH_HINT}</p>{button}"


def _row(root: str, session: Session, article: Article, *, staff: bool) -> str:
    counts = (
        len(article.text),
        len({row.table for row in article.rows}),
        article.reading.lists,
        sum(block.kind is BlockKind.CAPTION for block in article.blocks),
        len(article.gaps),
    )
    warn = (
        f' <mark class="changed">{wording.WARNINGS} {len(article.reading.warnings)}</mark>'
        if article.reading.warnings
        else ""
    )
    away = _button(root, session, "withdraw", wording.WITHDRAW, article=article.id) if staff else ""
    return (
        f'<tr><td><a href="{root}/desk/articles/{quote(article.id)}">{safe(article.headline)}{wording.INFERRED_MARK * article.headline_inferred}</a>{warn}</td>'
        f"<td>{safe(_dated(article))}</td><td>{safe(article.publisher)}</td>{''.join(f'<td>{one}</td>' for one in counts)}<td>{away}</td></tr>"
    )


def _dated(article: Article) -> str:
    day = published_text(article.published)
    return day + wording.INFERRED_MARK * bool(article.published and article.published.inferred)


def _button(root: str, session: Session, action: str, name: str, **sent: str) -> str:
    hidden = "".join(f'<input type="hidden" name="{key}" value="{safe(value)}">' for key, value in sent.items())
    return f'<form method="post" action="{root}/desk/shelf/{action}" class="inline">{secret(session)}{hidden}<button>{name}</button></form>'
