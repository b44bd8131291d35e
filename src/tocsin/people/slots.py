"""What the people room puts into the console's frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.console import slots
from tocsin.people import access, queries
from tocsin.people.permissions import MANAGE_SETTINGS


def manages(request: HttpRequest) -> bool:
    """Whether the reader may change settings."""
    return queries.may(request.user, MANAGE_SETTINGS)


def _opens_settings(request: HttpRequest) -> bool:
    return queries.manages(request.user)


def _pages(request: HttpRequest, subject: Any) -> dict[str, Any]:
    return {"pages": queries.settings_pages(access.staff(request))}


def _links(request: HttpRequest, subject: Any) -> dict[str, Any]:
    return {
        "icon_name": "users",
        "title": _("People"),
        "text": _(
            "Who works here, in which departments, what they may do, and which programs may use the API."
        ),
        "links": [
            (reverse("people:staff"), _("Staff")),
            (reverse("people:departments"), _("Departments")),
            (reverse("people:roles"), _("Roles")),
            (reverse("people:tokens"), _("API tokens")),
        ],
    }


slots.declare("settings", "links of the settings page, one piece a room")
slots.fill(
    "account", slots.Piece(10, "people/account.html", visible=lambda request: request.user.is_authenticated)
)
slots.offer_company(queries.company_name)
slots.fill("settings", slots.Piece(5, "people/parts/settings_pages.html", _pages, _opens_settings))
slots.fill("settings", slots.Piece(10, "console/parts/settings_links.html", _links, manages))
slots.add_navigation(
    slots.NavigationEntry(
        90, gettext_lazy("Settings"), "settings", "people:settings", keys="g s", visible=_opens_settings
    )
)
