"""Values that the component templates take, so that a room hands over words and not its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.console.slots import Text


@dataclass(frozen=True)
class ListRow:
    """One list row of two lines (`console/parts/row.html`).

    `due_at` was promised at `promised_at`. `priority` is low, normal, high or urgent; `channel_icon` a lucide
    name. `subject_record` is handed to the `row_mark` slot and must need no query.
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
    chips: tuple[Text, ...] = ()
    subject_record: Any = None


@dataclass(frozen=True)
class Choice:
    """One line of a quick menu that acts by POST (`console/parts/choice_menu.html`)."""

    value: str
    label: Text
    icon: str = ""
    priority: str = ""
    avatar: str = ""
    current: bool = False
