"""What the catalog puts into the console's frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.console import slots
from tocsin.people import queries
from tocsin.people.permissions import MANAGE_SETTINGS, SEE_CUSTOMERS


def _links(request: HttpRequest, subject: Any) -> dict[str, Any]:
    return {
        "icon_name": "boxes",
        "title": _("Catalog"),
        "text": _("What you run, in parts that can break by themselves, and which customer uses which."),
        "links": [
            (reverse("catalog:components"), _("Components")),
            (reverse("catalog:customers"), _("Customers")),
        ],
    }


def _manages(request: HttpRequest) -> bool:
    return queries.may(request.user, MANAGE_SETTINGS)


def _sees_customers(request: HttpRequest) -> bool:
    return queries.may(request.user, SEE_CUSTOMERS)


slots.declare(
    "customer_row", "at the end of a customer's row in the list of customers; subject: the customer"
)
slots.fill("settings", slots.Piece(20, "console/parts/settings_links.html", _links, _manages))
slots.add_navigation(
    slots.NavigationEntry(
        40, gettext_lazy("Customers"), "building-2", "catalog:customers", keys="g c", visible=_sees_customers
    )
)
