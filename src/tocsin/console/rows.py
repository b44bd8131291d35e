"""The rows of a list as HTML. Fifty of them are half of what a list's page costs, so no template writes them:
`tests/console/row.html` is the same as a template, and a test holds the two together."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tocsin.console import markup
from tocsin.console.components import Chip, ListRow

_IS_CURRENT = ' aria-current="page"'


def row_html(row: ListRow, *, pickable: bool = True) -> SafeString:
    """One row of two lines; with a box to select it where it is `pickable`."""
    key, who, subject = escape(row.key), escape(row.who), escape(row.subject)
    unread = _("unread")
    return SafeString(
        f'<li class="row" data-row="{key}" data-v="{row.version}"'
        f"{' data-unread' if row.unread else ''}{' data-current' if row.current else ''}>"
        f"{_pick(row, key) if pickable else ''}"
        f'<span class="row-signs">{markup.priority(row.priority)}'
        f"{markup.titled_icon(row.channel_icon, str(row.channel_label))}</span>"
        f'<div class="row-line"><span class="row-who">{who}</span>'
        f'<span class="row-side">{"".join(map(_chip, row.chips))}{_owner(row)}'
        f"{_status(row)}</span></div>"
        f'<div class="row-line"><span class="row-text"><a class="row-link" href="{escape(row.href)}"'
        f' aria-label="{who}: {subject}{", " + unread if row.unread else ""}"'
        f"{_IS_CURRENT if row.current else ''}>{subject}</a>"
        f'<span class="row-excerpt">{escape(row.excerpt)}</span></span>'
        f'<span class="row-due">{markup.countdown(row.due_at, promised_at=row.promised_at)}'
        f"{markup.age(row.at)}</span></div></li>\n"
    )


def _pick(row: ListRow, key: str) -> str:
    words = escape(_("Select %(who)s: %(subject)s") % {"who": row.who, "subject": row.subject})
    checked = " checked" if row.selected else ""
    return (
        f'<label class="row-pick"><input type="checkbox" name="pick" value="{key}"{checked}>'
        f'<span class="sr">{words}</span></label>'
    )


def _status(row: ListRow) -> str:
    return markup.titled_icon(row.status_icon, str(row.status_label)) if row.status_icon else ""


def _owner(row: ListRow) -> str:
    if row.mine:
        return _assigned_to_you(_("Assigned to you"))
    if not row.owner:
        return ""
    words = escape(_("Assigned to %(owner)s") % {"owner": row.owner})
    return (
        f'<span title="{escape(row.owner)}">{markup.avatar(row.owner, "", "small")}'
        f'<span class="sr">{words}</span></span>'
    )


@lru_cache(maxsize=32)
def _assigned_to_you(words: str) -> str:
    return f'<span class="row-mine" title="{escape(words)}">{markup.icon("user-round-check", words)}</span>'


def _chip(chip: Chip) -> str:
    title = f' title="{escape(chip.title)}"' if chip.title else ""
    return f'<span class="chip chip-accent"{title}><span>{escape(chip.label)}</span></span>'
