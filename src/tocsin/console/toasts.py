"""Short answers to an act, with *undo* where it can be undone (interface.md, Words)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from tocsin.console.components import Text

_TONES = {"calm": messages.SUCCESS, "bad": messages.ERROR}


@dataclass(frozen=True)
class Undo:
    """Where the undo button posts to, and with which fields."""

    url: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Toast:
    """One toast as the page shows it."""

    text: str
    tone: str
    undo: Undo | None


def toast(request: HttpRequest, text: Text, *, undo: Undo | None = None, tone: str = "calm") -> None:
    """Tell the reader on the next page. `tone` is `calm`, or `bad` when something was not done."""
    extra = json.dumps(asdict(undo)) if undo else ""
    messages.add_message(request, _TONES[tone], str(text), extra_tags=extra)


def waiting_toasts(request: HttpRequest) -> list[Toast]:
    """The toasts not yet shown; reading them takes them."""
    return [_from_message(message) for message in messages.get_messages(request)]


def _from_message(message: Message) -> Toast:
    undo = Undo(**json.loads(message.extra_tags)) if (message.extra_tags or "").startswith("{") else None
    return Toast(str(message.message), "bad" if message.level >= messages.WARNING else "calm", undo)
