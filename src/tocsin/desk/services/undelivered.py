"""What becomes of agents' answers on their way: who waits for the customer hears that they never got it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tocsin.desk import events, reasons, rules
from tocsin.desk.models import Message, MessageKind, Ticket
from tocsin.desk.services import records
from tocsin.desk.services.statuses import change_status
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import NotFound, Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.mailroom import queries as mailroom
from tocsin.mailroom import services as mailroom_services
from tocsin.mailroom.queries import DeliveryView

_ORIGIN = "message:"
_LOST = frozenset({"failed", "bounced"})


@transaction.atomic
def note_deliveries(delivery_ids: Sequence[int]) -> None:
    """Show on their tickets how agents' answers fare. One that reached nobody brings its ticket back to the
    queue with the server's words: else all wait for an answer to what was never read."""
    told = [one for one in mailroom.deliveries_by_id(delivery_ids).values() if _message_id(one)]
    answers = _answers_among({_message_id(one) for one in told})
    of_answers = [(answers[_message_id(one)], one) for one in told if _message_id(one) in answers]
    if not of_answers:
        return
    lost = [(message, one) for message, one in of_answers if one.state in _LOST]
    for message, one in sorted(lost, key=lambda pair: pair[0].ticket_id):  # locked in the order of all others
        _bring_back(message, one)
    refs = dict.fromkeys(message.ticket.ref for message, _one in of_answers)
    emit(events.AnswersProgressed(tuple(refs)))


@transaction.atomic
def send_again(ref: str, delivery_id: int, *, actor: Actor) -> str:
    """Try once more to bring an answer to one recipient, and believe the address again; returns the address.

    Raises NotFound when the delivery is not of this ticket, Conflict when it has not failed.
    """
    ticket = records.locked(ref, actor)
    delivery = mailroom.deliveries_by_id([delivery_id]).get(delivery_id)
    if delivery is None or not _is_of(ticket, delivery):
        raise NotFound(reasons.NO_DELIVERY())
    mailroom_services.try_again(delivery_id, actor.cleared())
    emit(events.AnswersProgressed((ticket.ref,)))
    return delivery.to_address


@transaction.atomic
def believe_again(ref: str, address: str, *, actor: Actor) -> None:
    """Write to an address of a ticket again, whatever its server said before. Raises Refused for one that has
    no part in it, NotFound."""
    ticket = records.locked(ref, actor)
    if address not in (ticket.requester_address, *ticket.copied_addresses):
        raise Refused(reasons.NO_PART())
    mailroom_services.believe_again(records.delivery_channel(ticket), [address])


def _is_of(ticket: Ticket, delivery: DeliveryView) -> bool:
    messages = Message.objects.filter(ticket=ticket)
    return messages.filter(delivery_id=delivery.id).exists() or (
        messages.filter(pk=_message_id(delivery)).exists()
    )


def _message_id(delivery: DeliveryView) -> int:
    """Of the message it carries; 0 for anything else."""
    number = delivery.origin_ref.removeprefix(_ORIGIN)
    is_message = delivery.origin_ref.startswith(_ORIGIN) and number.isdecimal() and len(number) < 19
    return int(number) if is_message else 0


def _answers_among(message_ids: set[int]) -> dict[int, Message]:
    rows = Message.objects.filter(pk__in=message_ids, kind=MessageKind.AGENT)
    return {one.pk: one for one in rows.select_related("ticket").defer("text", "html")}


def _bring_back(message: Message, delivery: DeliveryView) -> None:
    ticket = records.locked(message.ticket.ref, SYSTEM)
    lost = events.TicketChanged.of(ticket, what="undelivered", new=delivery.to_address)
    emit(lost, reason=delivery.answer)
    status = rules.OPEN if ticket.status in rules.WAITING else ticket.status
    change_status(ticket, status, actor=SYSTEM, unread=True)
