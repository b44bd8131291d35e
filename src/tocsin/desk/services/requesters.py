"""Whose ticket it is: who forwarded a customer's mail to us, or wrote for them, is not who asks."""

from __future__ import annotations

from django.db import transaction

from tocsin.channels.registry import fold, likely_channel
from tocsin.desk import events, reasons
from tocsin.desk.models import MessageKind, Ticket
from tocsin.desk.services import records
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import emit
from tocsin.kernel.text import is_address
from tocsin.people import services as people_services


@transaction.atomic
def change_requester(ref: str, address: str, *, actor: Actor, name: str = "", reason: str = "") -> Ticket:
    """Make it the ticket of whoever has this mail address: they get the answers from now on, and whoever
    asked so far gets none. Verified only if a proven mail of theirs is in the conversation.

    Raises Refused when it is no address, Conflict when it is theirs already, NotFound.
    """
    ticket = records.locked(ref, actor)
    address = address.strip()
    if not is_address(address):
        raise Refused(reasons.NOT_MAIL(), ["address"])
    channel = likely_channel(address)
    old, folded = ticket.requester_address, fold(channel, address)
    before = ticket.customer_id
    if folded == fold(channel, old):
        raise Conflict(reasons.REQUESTER_ALREADY(address=old))
    theirs = people_services.get_or_create_contacts(channel, {address: name})[folded]
    records.update(
        ticket,
        requester=theirs.contact,
        requester_address=address,
        requester_channel=channel,
        customer=theirs.contact.customer,
        copied_addresses=[one for one in ticket.copied_addresses if one != folded],
        verified=_has_proven_mail(ticket, address),
    )
    also = (f"customer:{before}",) if before else ()
    change = events.TicketChanged.of(ticket, what="requester", old=old, new=address, also=also)
    emit(change, actor=actor, reason=reason)
    return ticket


def _has_proven_mail(ticket: Ticket, address: str) -> bool:
    wrote = ticket.messages.filter(kind=MessageKind.CUSTOMER, from_address__iexact=address, verified=True)
    return wrote.exists()
