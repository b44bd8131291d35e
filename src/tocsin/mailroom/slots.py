"""What the mailroom puts into the console's frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.console import slots
from tocsin.mailroom import queries as mailroom
from tocsin.mailroom.events import SILENCE
from tocsin.people import queries
from tocsin.people.permissions import MANAGE_SETTINGS


def manages(request: HttpRequest) -> bool:
    """Whether the reader may change settings."""
    return queries.may(request.user, MANAGE_SETTINGS)


def _links(request: HttpRequest, subject: Any) -> dict[str, Any]:
    return {
        "icon_name": "mail",
        "title": _("Channels"),
        "text": _("Where messages come from, what could not be read, and what could not be delivered."),
        "links": [
            (reverse("mailroom:accounts"), _("Channels")),
            (reverse("mailroom:set-aside"), _("Set aside")),
            (reverse("mailroom:bounces"), _("Bounces that fit no mail")),
            (reverse("mailroom:outbox"), _("Outbox")),
            (reverse("mailroom:contact"), _("Contact form")),
        ],
    }


def _silent(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    found = mailroom.silent_accounts()
    return {"accounts": found} if found else None


slots.fill("alert_bar", slots.Piece(30, "mailroom/slots/silent.html", _silent, manages, topics=(SILENCE,)))
slots.fill("settings", slots.Piece(20, "console/parts/settings_links.html", _links, manages))
for _order, _label, _url_name in (
    (80, gettext_lazy("Channels"), "mailroom:accounts"),
    (81, gettext_lazy("Messages set aside"), "mailroom:set-aside"),
    (82, gettext_lazy("Outbox"), "mailroom:outbox"),
    (83, gettext_lazy("Bounces that fit no mail"), "mailroom:bounces"),
):
    slots.add_command(slots.PaletteCommand(_order, _label, _url_name, icon="mail", visible=manages))
