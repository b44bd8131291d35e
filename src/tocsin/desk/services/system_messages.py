"""Mails in the system's own voice, in many tickets at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from tocsin.desk import events, rules
from tocsin.desk.models import Message, MessageKind, Ticket
from tocsin.desk.services import letters, records
from tocsin.desk.services.statuses import Step, take_steps
from tocsin.desk.services.writing import NewMessage, new_messages, number_messages
from tocsin.kernel import clock
from tocsin.kernel.events import emit, emit_many
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.kernel.text import storable, tagged_subject
from tocsin.mailroom.services import NewDelivery, write_deliveries

# Rows of one statement, and tickets named by one event, in a bulk of ten thousand.
_CHUNK = 500


@dataclass(frozen=True)
class SystemMessage:
    """A mail to a ticket's requester in the system's own voice, as a reply in the ticket.

    `text` is whole as given; `subject` defaults to the ticket's, channel and address to its requester's. With
    a `once_key` it is written once. What answers it carries `origin_ref`, such as `notice:7`; by default it
    answers the message itself. With a reason to `close_because` (see `kernel.reasons`) it closes the
    ticket."""

    ticket_id: int
    text: str
    subject: str = ""
    close_because: Kept = NOTHING
    once_key: str | None = None
    urgency: int = 0
    origin_ref: str = ""
    to_channel: str = ""
    to_address: str = ""


@transaction.atomic
def write_system_messages(messages: Sequence[SystemMessage]) -> dict[int, int]:
    """Write to the requesters of many tickets, as replies in them; returns each ticket's delivery.

    No statement grows with their number beyond its rows, and none is made per ticket. Tickets without an
    address are left out. What has a `once_key` that was used before is not written again; its delivery is
    returned as it is.
    """
    done = _written_before([one.once_key for one in messages if one.once_key])
    told = {one.ticket_id: done[one.once_key] for one in messages if one.once_key in done}
    new = [one for one in messages if one.once_key not in done]
    for start in range(0, len(new), _CHUNK):
        told |= _write_chunk(new[start : start + _CHUNK])
    return {ticket: delivery for ticket, delivery in told.items() if delivery}


@transaction.atomic
def redirect_messages(moved: Mapping[int, tuple[int, str, str]]) -> None:
    """Messages that did not get there go another way: old delivery → the new one, its channel and address."""
    rows = list(Message.objects.filter(delivery_id__in=moved).select_related("ticket")) if moved else []
    for row in rows:
        row.delivery_id, row.channel, address = moved[row.delivery_id or 0]
        row.to_addresses = [address]
    Message.objects.bulk_update(rows, ["delivery", "channel", "to_addresses"])
    if rows:
        emit(events.AnswersProgressed(tuple(dict.fromkeys(row.ticket.ref for row in rows))))


def _written_before(once_keys: list[str]) -> dict[str | None, int]:
    rows = Message.objects.filter(once_key__in=once_keys) if once_keys else Message.objects.none()
    return dict(rows.values_list("once_key", "delivery_id"))


def _write_chunk(chunk: Sequence[SystemMessage]) -> dict[int, int]:
    tickets = _held([one.ticket_id for one in chunk])
    wanted = [one for one in chunk if one.ticket_id in tickets]
    if not wanted:
        return {}
    rows = [_message(one, tickets[one.ticket_id]) for one in wanted]
    number_messages(rows)
    threads = records.thread_of(tickets)
    deliveries = write_deliveries(
        [
            _delivery(one, row, tickets[one.ticket_id], threads.get(one.ticket_id, ("", ())))
            for one, row in zip(wanted, rows, strict=True)
        ]
    )
    for row, delivery in zip(rows, deliveries, strict=True):
        row.delivery_id = delivery
    new_messages(rows)
    _note_told(wanted, rows, tickets)
    return {row.ticket_id: delivery for row, delivery in zip(rows, deliveries, strict=True)}


def _held(ticket_ids: list[int]) -> dict[int, Ticket]:
    return {ticket.pk: ticket for ticket in records.held(ticket_ids) if records.can_be_told(ticket)}


def _message(one: SystemMessage, ticket: Ticket) -> NewMessage:
    subject = one.subject or letters.subject_or_default(ticket.subject, ticket.language)
    return NewMessage(
        ticket=ticket,
        kind=MessageKind.SYSTEM,
        channel=one.to_channel or records.delivery_channel(ticket),
        to_addresses=[one.to_address or ticket.requester_address],
        subject=tagged_subject(ticket.ref, subject),
        text=storable(one.text),
        origin_ref=one.origin_ref,
        once_key=one.once_key,
        at=clock.now(),
    )


def _delivery(
    one: SystemMessage, message: NewMessage, ticket: Ticket, thread: tuple[str, tuple[str, ...]]
) -> NewDelivery:
    is_elsewhere = message.channel != records.delivery_channel(ticket)  # where no mail of the thread is known
    in_reply_to, references = ("", ()) if is_elsewhere else thread
    return NewDelivery(
        channel=message.channel,
        to_address=one.to_address or ticket.requester_address,
        subject=message.subject,
        text=message.text,
        account_id=ticket.account_id,
        in_reply_to=in_reply_to,
        references=references,
        auto_submitted="auto-generated",
        origin_ref=one.origin_ref or f"message:{message.pk}",
        once_key=one.once_key,
        urgency=one.urgency,
        reply_token=ticket.ref,
        language=ticket.language,
    )


def _note_told(
    told: Sequence[SystemMessage], messages: Sequence[NewMessage], tickets: Mapping[int, Ticket]
) -> None:
    """Counted, announced, and closed where that was wanted, each for its own reason."""
    emit_many(
        [events.SystemWrote.of(row.ticket, message_id=row.pk, origin_ref=row.origin_ref) for row in messages]
    )
    steps: dict[Kept, list[Step]] = defaultdict(list)
    for one, row in zip(told, messages, strict=True):
        ticket = tickets[one.ticket_id]
        ticket.message_count += 1
        steps[one.close_because].append(_step(ticket, row.pk, closes=bool(one.close_because)))
    for reason, some in steps.items():
        take_steps(some, reason=reason, columns=["message_count", "unread"])


def _step(ticket: Ticket, message_id: int, *, closes: bool) -> Step:
    if not closes or ticket.status == rules.CLOSED:
        return Step(ticket, ticket.status)
    ticket.unread = False
    return Step(ticket, rules.CLOSED, message_id=message_id)
