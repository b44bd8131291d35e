"""Which conversation a mail answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from tocsin.desk.models import Message
from tocsin.mailroom import queries as mailroom
from tocsin.mailroom.queries import DeliveryView

_OWN = "message:"


@dataclass(frozen=True)
class Named:
    """What a Message-ID names: a ticket (0 for none), and of a mail of ours the `origin_ref`, such as
    `notice:7`, or '' where it is a message of the desk's own."""

    ticket_id: int
    is_ours: bool = False
    origin_ref: str = ""


def named_by(message_ids: Collection[str]) -> dict[str, Named]:
    """What these Message-IDs name, as far as they name anything: mails of customers and of ours. Three
    queries at most."""
    if not message_ids:
        return {}
    # What customers wrote; said twice, so that the partial index is used.
    theirs = Message.objects.filter(rfc_message_id__in=message_ids).exclude(rfc_message_id="")
    found = {
        name: Named(ticket)
        for name, ticket in theirs.order_by("-pk").values_list("rfc_message_id", "ticket_id")
    }
    ours = mailroom.delivery_by_message_ids(sorted(message_ids))
    tickets = _tickets_of(ours.values())
    for name, delivery in ours.items():
        origin = "" if delivery.origin_ref.startswith(_OWN) else delivery.origin_ref
        known = found[name].ticket_id if name in found else 0
        found[name] = Named(tickets.get(delivery.id, known), is_ours=True, origin_ref=origin)
    return found


def defects_in(ticket_ids: Collection[int]) -> dict[int, list[str]]:
    """What is remarked on messages of these tickets, as kept; one query."""
    rows = Message.objects.filter(ticket_id__in=ticket_ids).exclude(defects="")
    found: dict[int, list[str]] = defaultdict(list)
    for ticket, defects in rows.values_list("ticket_id", "defects"):
        found[ticket].append(defects)
    return found


def _tickets_of(deliveries: Collection[DeliveryView]) -> dict[int, int]:
    """The ticket in which each of these deliveries was written, by delivery."""
    if not deliveries:
        return {}
    own = {one.id: _number(one.origin_ref) for one in deliveries}
    told = Message.objects.filter(Q(pk__in=[pk for pk in own.values() if pk]) | Q(delivery_id__in=list(own)))
    rows = list(told.values_list("pk", "delivery_id", "ticket_id"))
    by_pk = {pk: ticket for pk, _delivery, ticket in rows}
    by_delivery = {delivery: ticket for _pk, delivery, ticket in rows if delivery}
    found = {delivery: by_delivery.get(delivery) or by_pk.get(pk) for delivery, pk in own.items()}
    return {delivery: ticket for delivery, ticket in found.items() if ticket}


def _number(origin_ref: str) -> int:
    """Of the message it brings to somebody else than the requester; 0 for another origin."""
    number = origin_ref.removeprefix(_OWN)
    return int(number) if origin_ref.startswith(_OWN) and number.isdecimal() and len(number) < 19 else 0
