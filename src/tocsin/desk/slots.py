"""What the desk puts into the console's frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.console import searching, slots
from tocsin.desk import queries
from tocsin.desk.events import QUEUE
from tocsin.kernel import live
from tocsin.people import queries as people
from tocsin.people.access import staff
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


def _tickets_found(request: HttpRequest, query: str) -> list[searching.Result]:
    from tocsin.desk import queries
    from tocsin.desk.views.presenting import requester_name, ticket_url

    me = staff(request)
    found = queries.search(query, me, size=searching.SHOWN)
    tickets = [queries.ticket_by_ref(found.jump, me)] if found.jump else found.items
    return [
        searching.Result(ticket_url(one.ref), one.subject or one.ref, f"{one.ref} · {requester_name(one)}")
        for one in tickets
    ]


def _customers_found(request: HttpRequest, customer_ids: Sequence[int]) -> list[searching.Result]:
    customers = {one.pk: one for one in people.customers_by_ids(customer_ids)}
    known = [customers[pk] for pk in customer_ids if pk in customers]
    return [searching.Result(reverse("desk:customer", args=[one.pk]), one.name, one.key) for one in known]


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
    "customer_section", "sections of a customer's page, such as what they were sent; subject: the customer"
)
slots.add_navigation(
    slots.NavigationEntry(
        10,
        _("Inbox"),
        "inbox",
        "desk:inbox",
        keys="g i",
        badge=_open_count,
        loud=True,
        visible=_reads,
        number=queries.number_of("open"),
        topics=(QUEUE,),
    )
)
live.register(live.Digest(QUEUE, queries.digest))
slots.fill("customer_row", slots.Piece(10, "desk/parts/customer_link.html", _nothing, _sees_customers))
slots.fill("settings", slots.Piece(15, "console/parts/settings_links.html", _letters, _manages))
slots.offer_search("desk:search")
searching.offer(searching.Kind("ticket", 10, _("Tickets"), "inbox", find=_tickets_found, visible=_reads))
searching.offer(
    searching.Kind(
        "customer", 20, _("Customers"), "building-2", present=_customers_found, visible=_sees_customers
    )
)
slots.offer_home("desk:inbox")
