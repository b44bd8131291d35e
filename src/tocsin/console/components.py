"""Values that the component templates take, so that a room hands over words and not its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Chip:
    """A short mark in a list row, such as the alert that a ticket belongs to; `title` shows on hover."""

    label: str
    title: str = ""


@dataclass(slots=True)
class ListRow:
    """One list row of two lines (`{% list_row row %}`). `version` changes with what it shows.

    `due_at` was promised at `promised_at`. `priority` is low, normal, high or urgent; `channel_icon` a lucide
    name.
    """

    key: str
    href: str
    who: str
    subject: str
    excerpt: str
    at: datetime
    priority: str = "normal"
    channel_icon: str = "mail"
    channel_label: Text = ""
    due_at: datetime | None = None
    promised_at: datetime | None = None
    unread: bool = False
    mine: bool = False
    selected: bool = False
    current: bool = False
    status: str = ""
    status_icon: str = ""
    status_label: Text = ""
    owner: str = ""
    chips: tuple[Chip, ...] = ()
    version: str = ""


@dataclass(frozen=True)
class Choice:
    """One line of a quick menu that acts by POST (`console/parts/choice_menu.html`)."""

    value: str
    label: Text
    icon: str = ""
    priority: str = ""
    avatar: str = ""
    current: bool = False
