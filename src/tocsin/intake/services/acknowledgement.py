"""The one mail that tells a customer that we have it (R-A03).

Whether somebody gets one is known before the ticket is written, so it is written as acknowledged at once:
the table has many indexes, and a second writing would cost as much as the first. What the mail tells is known
when all rooms above have heard of the ticket: where an incident has taken it, the same mail tells its state,
and who is paused may get it after all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.desk import queries as desk_queries
from tocsin.desk import services as desk
from tocsin.desk.models import MessageKind
from tocsin.desk.queries import Tells
from tocsin.desk.services import NewMessage, NewTicket
from tocsin.intake import reasons
from tocsin.intake.services import letters
from tocsin.intake.services.pausing import Pace, Pause
from tocsin.kernel import clock
from tocsin.kernel.text import tagged_subject
from tocsin.mailroom.services import NewDelivery, write_deliveries
from tocsin.people import queries as people


@dataclass(frozen=True)
class Due:
    """A new ticket to acknowledge, and the mail to thread the acknowledgement to."""

    ticket: NewTicket
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Acknowledgements:
    """Those of a batch of new tickets: who gets one whatever comes, and who is paused."""

    due: Sequence[Due]
    paused: dict[int, Pause]
    pace: Pace


def expect_acknowledgements(due: Sequence[Due]) -> Acknowledgements:
    """Decide, before the tickets are written, who gets one; their tickets say so."""
    due = [one for one in due if desk.can_be_told(one.ticket)]
    pace = Pace([one.ticket for one in due])
    paused: dict[int, Pause] = {}
    for number, one in enumerate(due):
        pause = pace.pause(one.ticket, with_update=False)
        if pause:
            paused[number] = pause
        else:
            one.ticket.acknowledged_at = pace.now
            one.ticket.message_count += 1
    return Acknowledgements(due, paused, pace)


def acknowledge(expected: Acknowledgements) -> None:
    """Write them, now that all rooms have heard of the tickets, or a note that says why there is none. A few
    statements, whatever their number."""
    due, pace = expected.due, expected.pace
    if not due:
        return
    tells = desk_queries.to_tell([one.ticket.pk for one in due])
    paused = {
        number: pause
        for number, pause in expected.paused.items()
        if not tells[due[number].ticket.pk].update or pace.pause(due[number].ticket, with_update=True)
    }
    answered = [one for number, one in enumerate(due) if number not in paused]
    messages = _send(answered, tells)
    notes = [
        desk.note(due[number].ticket, reasons.PAUSED(who=pause.who, count=pause.count))
        for number, pause in paused.items()
    ]
    desk.new_messages([*messages, *notes])
    late = [due[number].ticket.pk for number in expected.paused]
    desk.count_messages(late, acknowledged=[due[n].ticket.pk for n in expected.paused if n not in paused])


def _send(due: Sequence[Due], tells: dict[int, Tells]) -> list[NewMessage]:
    """Write their deliveries; the messages of them are yet to be written."""
    if not due:
        return []
    company = people.company_name()
    messages = [_message(one.ticket, tells[one.ticket.pk], company) for one in due]
    desk.number_messages(messages)
    pairs = zip(due, messages, strict=True)
    deliveries = write_deliveries([_delivery(one, message) for one, message in pairs])
    for message, delivery in zip(messages, deliveries, strict=True):
        message.delivery_id = delivery
    return messages


def _message(ticket: NewTicket, tells: Tells, company: str) -> NewMessage:
    if tells.update:
        text = letters.acknowledgement_with_news(
            ref=ticket.ref, news=tells.update, company=company, language=ticket.language
        )
    else:
        minutes = tells.first_answer_minutes
        text = letters.acknowledgement(
            ref=ticket.ref, minutes=minutes, company=company, language=ticket.language
        )
    return NewMessage(
        ticket=ticket,
        kind=MessageKind.SYSTEM,
        channel=desk.delivery_channel(ticket),
        to_addresses=[ticket.requester_address],
        subject=tagged_subject(ticket.ref, letters.subject_or_default(ticket.subject, ticket.language)),
        text=text,
        machine="acknowledgement",
        searchable=False,
        at=clock.now(),
    )


def _delivery(one: Due, message: NewMessage) -> NewDelivery:
    ticket = one.ticket
    references = tuple(dict.fromkeys([*one.references, *([one.in_reply_to] if one.in_reply_to else [])]))
    return NewDelivery(
        channel=message.channel,
        to_address=ticket.requester_address,
        subject=message.subject,
        text=message.text,
        account_id=ticket.account_id,
        in_reply_to=one.in_reply_to,
        references=references[-desk.MOST_REFERENCES :],
        auto_submitted="auto-replied",
        origin_ref=f"message:{message.pk}",
        reply_token=ticket.ref,
        language=ticket.language,
    )
