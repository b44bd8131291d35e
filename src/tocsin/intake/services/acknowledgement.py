"""The one mail that tells a customer that we have it (R-A03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import F, Q

from tocsin.desk.models import Message, MessageKind, Ticket
from tocsin.desk.services import letters, records
from tocsin.intake.services.pausing import pause_notes, paused_among
from tocsin.kernel import clock
from tocsin.kernel.bulk import copy_in, take_ids
from tocsin.kernel.text import tagged_subject
from tocsin.mailroom.services import NewDelivery, write_deliveries
from tocsin.people import queries as people


@dataclass(frozen=True)
class Due:
    """A new ticket to acknowledge, and the mail to thread the acknowledgement to."""

    ticket: Ticket
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    machine: str = ""


def acknowledge(due: Sequence[Due]) -> None:
    """Write the acknowledgements of new tickets, after all rooms above have heard of them: where an incident
    has taken one in the meantime, the same mail tells its state. Never to machines, nor to who looks like
    one, which a note says. A few statements, whatever their number."""
    due = [one for one in due if not one.machine and records.can_be_told(one.ticket)]
    if not due:
        return
    told = _what_to_tell([one.ticket.pk for one in due])
    with_news = {pk for pk, one in told.items() if one.has_news}
    paused = paused_among([one.ticket for one in due], with_news=with_news)
    messages = _send([one for one in due if one.ticket.pk not in paused], told)
    notes = pause_notes([(one.ticket, paused[one.ticket.pk]) for one in due if one.ticket.pk in paused])
    for pk, note in zip(take_ids(Message, len(notes)) if notes else [], notes, strict=True):
        note.pk = pk
    copy_in([*messages, *notes])
    tickets = Ticket.objects.filter(pk__in=[one.ticket.pk for one in due])
    is_paused = Q(pk__in=list(paused))
    tickets.exclude(is_paused).update(acknowledged_at=clock.now(), message_count=F("message_count") + 1)
    if paused:
        tickets.filter(is_paused).update(message_count=F("message_count") + 1)


def _send(due: Sequence[Due], told: Mapping[int, _Told]) -> list[Message]:
    """Write their deliveries; the messages of them, not yet saved."""
    if not due:
        return []
    company = people.company_name()
    ids = take_ids(Message, len(due))
    messages = [
        _message(pk, one, _text(one.ticket, told[one.ticket.pk], company))
        for pk, one in zip(ids, due, strict=True)
    ]
    deliveries = write_deliveries(
        [_delivery(one, message) for one, message in zip(due, messages, strict=True)]
    )
    for message, delivery in zip(messages, deliveries, strict=True):
        message.delivery_id = delivery
    return messages


class _Told(NamedTuple):
    """What the department promises, and how the ticket's linked record stands."""

    ticket_id: int
    minutes: int
    linked_ref: str
    linked_update: str

    @property
    def has_news(self) -> bool:
        """Whether the mail tells the linked record's state instead of a timeframe."""
        return bool(self.linked_ref and self.linked_update)


def _what_to_tell(ticket_ids: Sequence[int]) -> dict[int, _Told]:
    columns = ("pk", "department__first_answer_minutes", "linked_ref", "linked_update")
    rows = Ticket.objects.filter(pk__in=ticket_ids).values_list(*columns)
    return {row[0]: _Told(*row) for row in rows}


def _text(ticket: Ticket, told: _Told, company: str) -> str:
    if told.has_news:
        return letters.acknowledgement_with_news(
            ref=ticket.ref, news=told.linked_update, company=company, language=ticket.language
        )
    return letters.acknowledgement(
        ref=ticket.ref, minutes=told.minutes, company=company, language=ticket.language
    )


def _message(pk: int, one: Due, text: str) -> Message:
    ticket = one.ticket
    return Message(
        pk=pk,
        ticket=ticket,
        kind=MessageKind.SYSTEM,
        channel=records.delivery_channel(ticket),
        to_addresses=[ticket.requester_address],
        subject=tagged_subject(ticket.ref, letters.subject_or_default(ticket.subject, ticket.language)),
        text=text,
        visible_text=text,
        machine="acknowledgement",
        at=clock.now(),
    )


def _delivery(one: Due, message: Message) -> NewDelivery:
    ticket = one.ticket
    references = tuple(dict.fromkeys([*one.references, *([one.in_reply_to] if one.in_reply_to else [])]))
    return NewDelivery(
        channel=message.channel,
        to_address=ticket.requester_address,
        subject=message.subject,
        text=message.text,
        account_id=ticket.account_id,
        in_reply_to=one.in_reply_to,
        references=references[-records.MOST_REFERENCES :],
        auto_submitted="auto-replied",
        origin_ref=f"message:{message.pk}",
        reply_token=ticket.ref,
        language=ticket.language,
    )
