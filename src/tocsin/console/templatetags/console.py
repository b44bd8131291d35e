"""Template tags of the frame: icons, shapes, times, people, slots. `{% load console %}`."""

from __future__ import annotations

import json
import logging
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from tocsin.console import live, markup, rows, slots, toasts
from tocsin.console.components import ListRow
from tocsin.console.preferences import preference
from tocsin.console.words import script_words_now
from tocsin.kernel import clock, reasons

log = logging.getLogger(__name__)
register = template.Library()

for _piece_of_html in (
    markup.icon,
    markup.shape,
    markup.priority,
    markup.health,
    markup.pill,
    markup.avatar,
    markup.age,
    markup.lasted,
    markup.exact_time,
    markup.countdown,
    markup.language,
):
    register.simple_tag(_piece_of_html)


@register.simple_tag
def list_row(row: ListRow, pickable: bool = True) -> SafeString:
    """A row of a list; `pickable` gives it a box to select it."""
    return rows.row_html(row, pickable=pickable)


# --- Slots and the frame ----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, subject: Any = None) -> SafeString:
    """Everything that rooms put into a slot, for this reader and this subject."""
    request = context["request"]
    parts = ((_piece(piece, request, subject, name),) for piece in slots.pieces(name, request))
    return format_html_join("", "{}", parts)


def _piece(piece: slots.Piece, request: HttpRequest, subject: Any, name: str) -> SafeString:
    """One piece; a failing one becomes a quiet line and the page lives on."""
    try:
        context = piece.context(request, subject)
        if context is None:
            return markup.BLANK
        return render_to_string(piece.template, {**context, "subject": subject}, request=request)
    except Exception:
        log.exception("the piece %s in slot %s failed", piece.template, name)
        return render_to_string("console/parts/piece_failed.html")


@register.inclusion_tag("console/parts/rail_entries.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    """The rail's lines. The one whose address begins the page's own is the current one."""
    request = context["request"]
    path = context.get("at") or request.path
    entries = [_entry(entry, request) for entry in slots.navigation(request)]
    around = [entry["url"] for entry in entries if entry["url"] and path.startswith(entry["url"])]
    return {"entries": entries, "current": max(around, key=len, default="")}


def _entry(entry: slots.NavigationEntry, request: HttpRequest) -> dict[str, Any]:
    return {"entry": entry, "url": _address(entry.url_name), "badge": _badge(entry, request)}


def _badge(entry: slots.NavigationEntry, request: HttpRequest) -> int | str | None:
    try:
        return entry.badge(request) if entry.badge else None
    except Exception:
        log.exception("the badge of %s failed", entry.label)
        return None


@register.inclusion_tag("console/parts/palette.html", takes_context=True)
def palette(context: template.Context) -> dict[str, Any]:
    """The command palette: every page of the rail, then the rooms' own commands."""
    request = context["request"]
    known: list[slots.NavigationEntry | slots.PaletteCommand] = [
        *slots.navigation(request),
        *slots.commands(request),
    ]
    lines = [{"command": command, "url": _address(command.url_name)} for command in known]
    return {"lines": [line for line in lines if line["url"]], "search_url": _address(slots.search_url_name())}


@register.simple_tag
def search_address() -> str:
    """Where the top bar's search leads; empty when no room offers one."""
    return _address(slots.search_url_name())


@register.simple_tag
def home_address() -> str:
    """Where the mark at the top of the rail leads."""
    return _address(slots.home_url_name()) or "/"


def _address(url_name: str) -> str:
    """A page's address, empty when its room is not there."""
    try:
        return reverse(url_name) if url_name else ""
    except NoReverseMatch:
        log.debug("no page is called %s", url_name)
        return ""


@register.simple_tag(takes_context=True)
def waiting_toasts(context: template.Context) -> list[toasts.Toast]:
    """Toasts for this page; reading them takes them."""
    return toasts.waiting_toasts(context["request"])


@register.simple_tag(takes_context=True)
def stream_address(context: template.Context) -> str:
    """The page's live stream; none for who is not signed in."""
    request = context["request"]
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return ""
    return live.stream_url(request)


@register.simple_tag(takes_context=True)
def shown_anew(context: template.Context, name: str) -> SafeString:
    """Attributes of an element around a slot of the frame: it is shown anew after the events that concern
    it."""
    topics = slots.topics_of(name, context["request"])
    if not topics:
        return markup.BLANK
    attributes = 'data-live-topic="{}" data-live-url="{}"'
    return format_html(attributes, " ".join(topics), reverse("console:piece", args=[name]))


@register.simple_tag(takes_context=True)
def preferred(context: template.Context, name: str) -> str:
    """A reader's choice of look: `theme` (auto, light, dark) or `rail` (auto, open, collapsed)."""
    return preference(context["request"], name)


@register.simple_tag
def clock_now() -> str:
    """The server's present moment, from which the page's countdowns run."""
    return clock.now().isoformat()


@register.simple_tag
def direction() -> str:
    """`rtl` or `ltr` of the page's language."""
    return "rtl" if get_language_bidi() else "ltr"


@register.simple_tag
def script_words() -> str:
    """The few words that the scripts say, translated, as JSON for a meta tag."""
    return json.dumps(script_words_now())


# --- Forms ------------------------------------------------------------------------------------------

_CLASSES = {"select": "select", "textarea": "textarea"} | dict.fromkeys(
    ("checkbox", "radioselect", "checkboxselectmultiple"), ""
)


@register.inclusion_tag("console/parts/field.html")
def field(bound: Any, hint: str = "") -> dict[str, Any]:
    """A form field with label, hint and error, wired for screen readers."""
    widget = bound.field.widget
    kind = type(widget).__name__.lower().removesuffix("input")  # CheckboxInput is a checkbox
    hint = hint or bound.help_text
    classes = f"{_CLASSES.get(kind, 'input')} {widget.attrs.get('class', '')}".strip()
    control = bound.as_widget(attrs={"class": classes, **_described(bound, hint)})
    return {"bound": bound, "control": control, "kind": kind, "hint": hint}


def _described(bound: Any, hint: str) -> dict[str, str]:
    """Which sentences belong to the control, as a screen reader wants it told."""
    said = {"hint": bool(hint), "error": bool(bound.errors)}
    parts = [f"{bound.auto_id}_{part}" for part, there in said.items() if there]
    described = {"aria-describedby": " ".join(parts)} if parts else {}
    return described | ({"aria-invalid": "true"} if bound.errors else {})


@register.filter
def worded(kept: str) -> str:
    """A reason as `kernel.reasons` keeps it, in the reader's language."""
    return reasons.word(kept)


register.filter(markup.linked)


@register.filter
def breakable(address: str) -> SafeString:
    """A mail address that a narrow place breaks after its @, not within a word."""
    local, at, domain = address.rpartition("@")
    return format_html("{}@<wbr>{}", local, domain) if at else format_html("{}", address)


@register.filter
def marked_up(value: str) -> SafeString:
    """Text in which a room marked matches with U+E000 … U+E001: escaped, then shown as <mark>."""
    escaped = str(format_html("{}", value))
    return mark_safe(escaped.replace("\ue000", "<mark>").replace("\ue001", "</mark>"))  # noqa: S308  escaped above
