"""What the desk puts into the console's frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.console import slots
from tocsin.people import queries as people
from tocsin.people.permissions import MANAGE_SETTINGS, READ, SEE_CUSTOMERS


def _reads(request: HttpRequest) -> bool:
    return people.may(request.user, READ)


def _sees_customers(request: HttpRequest) -> bool:
    return people.may(request.user, SEE_CUSTOMERS)


def _open_count(request: HttpRequest) -> str | None:
    from tocsin.desk.views.inbox import open_count

    count = open_count(request)
    return str(count) if count else None


def _manages(request: HttpRequest) -> bool:
    return people.may(request.user, MANAGE_SETTINGS)


def _letters(request: HttpRequest, subject: Any) -> dict[str, Any]:
    return {
        "icon_name": "signature",
        "title": gettext("Answers"),
        "text": gettext("What stands under every answer of an agent, by department, mailbox and language."),
        "links": [(reverse("desk:signatures"), gettext("Signatures"))],
    }


def _nothing(request: HttpRequest, subject: Any) -> dict[str, Any]:
    return {}


slots.declare(
    "row_action",
    "in the list's head: acts offered from the list, such as declaring an alert; subject: the view's name",
)
slots.declare(
    "bulk_action", "buttons of the bar under a selection, inside its form; subject: the view's name"
)
slots.declare("side_panel", "cards of the context panel; subject: the ticket")
slots.declare("ticket_tab", "above a conversation; subject: the ticket")
slots.declare("ticket_action", "in the ticket's menu of acts; subject: the ticket")
slots.declare(
    "search_jump", "above what a search found: links to what the typed number names; subject: the query"
)
slots.declare(
    "customer_section", "sections of a customer's page, such as what they were sent; subject: the customer"
)
slots.add_navigation(
    slots.NavigationEntry(
        10, _("Inbox"), "inbox", "desk:inbox", keys="g i", badge=_open_count, loud=True, visible=_reads
    )
)
slots.fill("customer_row", slots.Piece(10, "desk/parts/customer_link.html", _nothing, _sees_customers))
slots.fill("settings", slots.Piece(15, "console/parts/settings_links.html", _letters, _manages))
slots.offer_search("desk:search")
slots.offer_home("desk:inbox")
