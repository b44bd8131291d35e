"""Small pieces of HTML that pages consist of: icons, shapes, people, times.

The tags of `{% load console %}` write them into templates, and `console.rows` into the rows of a list.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from tocsin.console import shapes, times

BLANK = SafeString("")
_NO_SHAPE = SafeString('<span class="shape"></span>')
_KEPT = 1024
"""How many different pieces of a kind are kept: there are few icons, labels and tones."""


# --- Signs ------------------------------------------------------------------------------------------


def icon(name: str, label: str = "") -> SafeString:
    """A lucide icon; with a `label` it speaks, without one it is decoration."""
    return _speaking_icon(name, str(label)) if label else _drawn(name)


@lru_cache(_KEPT)
def _drawn(name: str) -> SafeString:
    attributes = {"class": "icon", "aria_hidden": "true"}
    return SafeString(lucide(name, size=16, **attributes))


@lru_cache(_KEPT)
def _speaking_icon(name: str, label: str) -> SafeString:
    return format_html('{}<span class="sr">{}</span>', _drawn(name), label)


def titled_icon(name: str, label: str) -> SafeString:
    """A speaking icon whose label shows on hover, too."""
    return _titled_icon(name, str(label))


@lru_cache(_KEPT)
def _titled_icon(name: str, label: str) -> SafeString:
    return format_html('<span title="{}">{}</span>', label, icon(name, label))


def shape(name: str, tone: str = "", label: str = "") -> SafeString:
    """One of circle, triangle, square, half, diamond, hexagon, up, down; tone good, warn, bad, info, calm."""
    return _shape(name, tone, str(label))


@lru_cache(_KEPT)
def _shape(name: str, tone: str, label: str) -> SafeString:
    words = format_html('<span class="sr">{}</span>', label) if label else BLANK
    drawn = SafeString(shapes.drawing(name))
    return format_html('<span class="shape" data-tone="{}" title="{}">{}{}</span>', tone, label, drawn, words)


def priority(value: str) -> SafeString:
    """The shape of a priority: low ▽, high △, urgent ⬢; normal has none, its place is kept."""
    sign = shapes.PRIORITY.get(value)
    return shape(sign.shape, sign.tone, str(sign.label)) if sign else _NO_SHAPE


def health(value: str, words: bool = True) -> SafeString:
    """A component's state, shape and word: ● works ▲ degraded ■ down ◆ maintenance."""
    sign = shapes.HEALTH.get(value, shapes.HEALTH["unknown"])
    if not words:
        return shape(sign.shape, sign.tone, str(sign.label))
    return format_html('<span class="state-line">{}{}</span>', shape(sign.shape, sign.tone), sign.label)


def pill(label: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A status pill: in a tone it carries that tone's shape, otherwise a lucide icon."""
    return _pill(str(label), tone, icon_name)


@lru_cache(_KEPT)
def _pill(label: str, tone: str, icon_name: str) -> SafeString:
    sign = _drawn(icon_name) if icon_name else shape(shapes.TONES[tone], tone) if tone else BLANK
    tone_attribute = format_html(' data-tone="{}"', tone) if tone else BLANK
    return format_html('<span class="pill"{}>{}{}</span>', tone_attribute, sign, label)


# --- People -----------------------------------------------------------------------------------------


def avatar(name: str, kind: str = "", size: str = "") -> SafeString:
    """Initials in a circle. `kind` staff or nothing, `size` small, large or nothing."""
    classes = " ".join(["avatar", *(f"avatar-{variant}" for variant in (kind, size) if variant)])
    return SafeString(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')


@lru_cache(_KEPT)
def initials(name: str) -> str:
    """Up to two letters: first and last word of a name, or the start of an address."""
    words: list[str] = re.findall(r"\w+", name.partition("@")[0]) or ["?"]
    return "".join(word[:1] for word in (words[:1] + words[1:][-1:]))


# --- Words -------------------------------------------------------------------------------------------

# No address is without one of these inside a word; Django looks at every word that has one at its end, too.
_INSIDE_AN_ADDRESS = re.compile(r"\S[.:@]\S")


def linked(text: str) -> SafeString:
    """As Django's `urlize`, which takes longer than all else of a conversation: only lines that may hold an
    address are given to it."""
    lines = text.split("\n")
    return SafeString("\n".join(map(_linked, lines)))


def _linked(line: str) -> str:
    if _INSIDE_AN_ADDRESS.search(line):
        return urlize(line, nofollow=True, autoescape=True)
    return escape(line)


# --- Times ------------------------------------------------------------------------------------------


def age(at: datetime | None, zone: str | None = None) -> SafeString:
    """How long ago, ticking; the exact time on hover, the customer's own beside it where `zone` is given."""
    if at is None:
        return BLANK
    hover = times.exact(at) + (f" · {times.exact(at, zone)}" if zone else "")
    return SafeString(
        f'<time class="age" datetime="{at.isoformat()}" title="{escape(hover)}" data-age>'
        f"{escape(times.age(at))}</time>"
    )


def lasted(since: datetime | None) -> SafeString:
    """How long something lasts already, ticking: stands behind *for*, in the first minute too."""
    if since is None:
        return BLANK
    written = '<time class="age" datetime="{}" title="{}" data-age="moment">{}</time>'
    return format_html(written, since.isoformat(), times.exact(since), times.lasted(since))


def exact_time(at: datetime | None, zone: str | None = None) -> SafeString:
    """Date, time and zone."""
    if at is None:
        return BLANK
    return SafeString(f'<time datetime="{at.isoformat()}">{escape(times.exact(at, zone))}</time>')


def countdown(
    due: datetime | None, label: str = "", precise: bool = False, promised_at: datetime | None = None
) -> SafeString:
    """What is left until `due`: yellow for the last quarter since `promised_at`, then red with a plus.

    `precise` shows seconds.
    """
    if due is None:
        return BLANK
    near_s = times.near_seconds(due, promised_at)
    label = label or _("Due in")
    return SafeString(
        f'<time class="countdown" datetime="{due.isoformat()}" title="{escape(times.exact(due))}" data-due '
        f'data-near="{near_s}" data-stage="{times.stage(due, near_s)}"{" data-precise" if precise else ""}>'
        f'<span class="sr">{escape(label)} </span>'
        f"<span data-left>{escape(times.left(due, precise=precise))}</span></time>"
    )


def language() -> str:
    """The page's language code."""
    return get_language() or "en"
