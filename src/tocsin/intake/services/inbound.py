"""From what came in to a ticket: identify → thread or open → write → announce → acknowledge (design §4)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, transaction

from tocsin.desk import events
from tocsin.desk.models import Message, MessageKind, Ticket
from tocsin.desk.rules import after_customer_wrote, is_from_person
from tocsin.desk.services import Step, records, take_steps
from tocsin.intake import reasons, rules
from tocsin.intake.services.acknowledgement import Due, acknowledge
from tocsin.intake.services.forwarding import hand_on
from tocsin.intake.services.reading import Reading, language_of, read
from tocsin.intake.services.reply_to import came_through, heed_reply_to
from tocsin.intake.services.surroundings import Surroundings, look_around
from tocsin.kernel.bulk import copy_in, take_ids
from tocsin.kernel.events import Event, emit_many
from tocsin.kernel.reasons import Kept, join
from tocsin.kernel.text import clean_subject, invitations, make_excerpt, storable
from tocsin.mailroom import queries as mailroom_queries
from tocsin.mailroom import services as mailroom
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.channels.base import InboundAttachment
    from tocsin.people.models import Address

log = logging.getLogger(__name__)

MOST_COPIED = 40
# The database being away is nobody's fault: the batch waits for its return instead of being set aside.
_NOT_THE_MAILS_FAULT = (OperationalError, InterfaceError)


def open_post(inbound_ids: Sequence[int]) -> None:
    """Open a batch of what came in. All together, for speed; when that fails each by itself, so that one
    poisonous mail is set aside and stops nobody (rule 3 of the house). Safe to run twice."""
    waiting = mailroom_queries.still_waiting(inbound_ids)
    readings = [reading for pk in inbound_ids if pk in waiting and (reading := _read(pk))]
    if not readings:
        return
    try:
        with transaction.atomic():
            _open(readings)
    except _NOT_THE_MAILS_FAULT:
        raise
    except Exception:
        log.warning(
            "a batch of %d is opened one by one, since one of them fails", len(readings), exc_info=True
        )
        for reading in readings:
            _open_alone(reading)


def _read(inbound_id: int) -> Reading | None:
    try:
        return read(mailroom_queries.parcel(inbound_id))
    except _NOT_THE_MAILS_FAULT:
        raise
    except Exception as error:
        _set_aside(inbound_id, error)
        return None


def _open_alone(reading: Reading) -> None:
    try:
        with transaction.atomic():
            _open([reading])
    except _NOT_THE_MAILS_FAULT:
        raise
    except Exception as error:
        _set_aside(reading.inbound_id, error)


def _set_aside(inbound_id: int, error: Exception) -> None:
    log.exception("inbound %s could not be opened and is set aside", inbound_id)
    said = f"{type(error).__name__}: {error}"[:500]
    mailroom.set_aside(inbound_id, reasons.NOT_OPENED(error=said))


@dataclass
class _Batch:
    """What a batch will write, gathered first and written in a few statements."""

    around: Surroundings
    company_language: str
    ids: list[int]
    opened: list[Ticket] = field(default_factory=list)
    joined: dict[int, Ticket] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    authors: list[Address] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    files: list[tuple[Message, InboundAttachment]] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    outcomes: dict[int, str] = field(default_factory=dict)
    ignored: dict[int, Kept] = field(default_factory=dict)


def _open(readings: Sequence[Reading]) -> None:
    readings = heed_reply_to(hand_on(readings))
    around = look_around(readings)
    ids = take_ids(Ticket, sum(not reading.has_clues for reading in readings))
    batch = _Batch(around, people.company_language(), ids)
    for reading in readings:
        _place(batch, reading)
    _write(batch)
    _announce(batch)
    acknowledge(batch.due)
    mailroom.mark_all_opened(batch.outcomes)
    for inbound_id, reason in batch.ignored.items():
        mailroom.ignore(inbound_id, reason)


def _place(batch: _Batch, reading: Reading) -> None:
    around = batch.around
    clues = around.clues(reading)
    place = rules.find_place(clues, lambda ticket: _may_join(around, reading, clues, ticket))
    joins = place.joins is not None
    if rules.is_noise(reading.inbound.machine, answers_us=around.answers_us(reading), joins=joins):
        batch.ignored[reading.inbound_id] = reasons.NO_TICKET()
        return
    if place.joins:
        has_read_it = reading.inbound.verified or place.joins in (*clues.headers, clues.token)
        ticket = _join(batch, reading, around.tickets[place.joins], brings_others=has_read_it)
    else:
        ticket = _begin(batch, reading)
    if place.near:
        batch.notes.append(_stands_near(ticket, around.tickets[place.near], reading))
        ticket.message_count += 1
    if reading.handed_on:
        batch.notes.append(records.note(ticket, reading.handed_on, at=reading.received_at))
        ticket.message_count += 1
    batch.outcomes[reading.inbound_id] = ticket.ref


def _may_join(around: Surroundings, reading: Reading, clues: rules.Clues, ticket: int) -> bool:
    """Whoever stands in Reply-To enters no conversation by that (anybody can write any address there), but
    the one that the same mailer opened for them, and only with its own Message-ID or reply address."""
    if not reading.through:
        return around.may_join(reading, ticket)
    asks = people.fold_address(around.tickets[ticket].requester_address)
    is_theirs = asks == reading.sender and ticket in (*clues.headers, clues.token)
    return is_theirs and came_through(ticket, reading.through)


def _begin(batch: _Batch, reading: Reading) -> Ticket:
    """A ticket of its own."""
    pk = batch.ids.pop(0) if batch.ids else take_ids(Ticket, 1)[0]
    ticket = _new_ticket(batch, reading, pk)
    batch.opened.append(ticket)
    batch.around.add(ticket, reading)
    _add_message(batch, reading, ticket)
    inbound = reading.inbound
    references = tuple(inbound.references[-records.MOST_REFERENCES :])
    batch.due.append(Due(ticket, reading.message_id, references, inbound.machine))
    return ticket


def _new_ticket(batch: _Batch, reading: Reading, pk: int) -> Ticket:
    inbound, sender = reading.inbound, batch.around.senders[reading.sender]
    account = reading.account
    customer = sender.contact.customer
    declared = (sender.contact.language, customer.language if customer else "")
    department_id = getattr(account, "department_id", None)
    if inbound.department or not department_id:
        department_id = batch.around.department(inbound.department).pk
    ticket = Ticket(
        pk=pk,
        ref=records.ticket_reference(pk),
        subject=storable(clean_subject(inbound.subject)),
        channel=inbound.channel,
        department_id=department_id,
        customer=customer,
        requester=sender.contact,
        requester_address=inbound.from_address.strip()[:320],
        requester_channel=inbound.sender_channel,
        verified=_is_verified(reading, sender),
        language=language_of(reading, declared=declared, company=batch.company_language),
        account_id=getattr(account, "pk", None),
        excerpt=make_excerpt(_preview(reading)),
        message_count=1,
        opened_at=reading.received_at,
        activity_at=reading.received_at,
    )
    ticket.copied_addresses = _copied(batch.around, reading, ticket)
    return ticket


def _preview(reading: Reading) -> str:
    """What the list shows of it; of a mail that is nothing but an invitation, the meeting's title."""
    words = reading.inbound.text.split()
    for file in reading.inbound.attachments:
        if file.content_type in invitations.TYPES and invitations.summary(file.content).split() == words:
            meeting = invitations.read_invitation(file.content)
            return (meeting and meeting.title) or reading.visible
    return reading.visible


def _join(batch: _Batch, reading: Reading, ticket: Ticket, *, brings_others: bool) -> Ticket:
    """Another message of a conversation; a person's opens it again (R-A12).

    `brings_others`: whom it copies in gets our answers from now on. A mail that shows no more than a number,
    which anybody can guess, and a sender, which anybody can write, brings nobody.
    """
    machine = reading.inbound.machine
    ticket.message_count += 1
    if is_from_person(machine):
        ticket.unread = True
        ticket.activity_at = max(ticket.activity_at, reading.received_at)
        ticket.excerpt = make_excerpt(_preview(reading))
        ticket.copied_addresses = _copied(batch.around, reading, ticket, brings_others=brings_others)
    if ticket not in batch.opened:
        batch.joined[ticket.pk] = ticket
    batch.around.remember(reading, ticket.pk)
    _add_message(batch, reading, ticket)
    return ticket


def _steps(batch: _Batch) -> list[Step]:
    """Where the conversations that went on stand now, each by what a person wrote in it last."""
    said = {
        message.ticket_id: (message, author)
        for message, author in zip(batch.messages, batch.authors, strict=True)
        if is_from_person(message.machine)
    }
    return [_step(ticket, *said.get(ticket.pk, (None, None))) for ticket in batch.joined.values()]


def _step(ticket: Ticket, message: Message | None, author: Address | None) -> Step:
    if message is None or author is None:
        return Step(ticket, ticket.status)
    status = after_customer_wrote(ticket.status, message.machine)
    return Step(ticket, status, f"contact:{author.contact_id}", message.pk)


def _add_message(batch: _Batch, reading: Reading, ticket: Ticket) -> None:
    inbound, sender = reading.inbound, batch.around.senders[reading.sender]
    message = Message(
        ticket=ticket,
        kind=MessageKind.CUSTOMER,
        channel=inbound.channel,
        from_name=storable(inbound.from_name, 200),
        from_address=storable(inbound.from_address, 320),
        to_addresses=list(inbound.to[:MOST_COPIED]),
        cc_addresses=list(inbound.cc[:MOST_COPIED]),
        subject=storable(inbound.subject, 2000),
        text=reading.text,
        visible_text=reading.visible,
        html=reading.html,
        verified=_is_verified(reading, sender),
        defects=join(*reading.defects),
        machine=inbound.machine,
        rfc_message_id=storable(reading.message_id),
        inbound_id=reading.inbound_id,
        origin_ref=batch.around.origin_of(reading),
        at=reading.received_at,
    )
    customer = sender.contact.customer
    names = [file.name for file in inbound.attachments]
    message.search = records.search_text(ticket, message, names, customer.name if customer else "")
    batch.messages.append(message)
    batch.authors.append(sender)
    batch.files += [(message, file) for file in inbound.attachments]


def _is_verified(reading: Reading, sender: Address) -> bool:
    """Proved to come from a management address of a customer (R-A09)."""
    return bool(reading.inbound.verified and sender.managed and sender.contact.customer_id)


def _copied(
    around: Surroundings, reading: Reading, ticket: Ticket, *, brings_others: bool = True
) -> list[str]:
    """Whom the customer copied in, over the whole conversation, and who else of them wrote: not us.

    Other addressees than those of the copy line count only beside one of ours: else the only addressee may
    be an alias of ours that we do not know.
    """
    told_directly = reading.addressees if any(map(around.is_ours, reading.everybody)) else ()
    brought = (*told_directly, *reading.copied) if brings_others else ()
    requester = people.fold_address(ticket.requester_address)
    others = dict.fromkeys([*ticket.copied_addresses, reading.sender, *brought, *reading.also_answer])
    kept = [one for one in others if one and one != requester and not around.is_ours(one)]
    return kept[:MOST_COPIED]


def _stands_near(ticket: Ticket, other: Ticket, reading: Reading) -> Message:
    if reading.through:
        said = reasons.STANDS_NEAR_BY_FORM(other=other.ref, sender=reading.through)
    elif reading.inbound.from_address:
        said = reasons.STANDS_NEAR(other=other.ref, sender=reading.inbound.from_address)
    else:
        said = reasons.STANDS_NEAR_UNNAMED(other=other.ref)
    return records.note(ticket, said, at=reading.received_at)


_JOINED_COLUMNS = ["unread", "activity_at", "excerpt", "copied_addresses", "message_count"]


def _write(batch: _Batch) -> None:
    messages = [*batch.messages, *batch.notes]
    for pk, message in zip(take_ids(Message, len(messages)), messages, strict=True):
        message.pk = pk
    copy_in(batch.opened)
    copy_in(messages)
    records.keep_files(batch.files)
    take_steps(_steps(batch), columns=_JOINED_COLUMNS)


def _announce(batch: _Batch) -> None:
    opened = {ticket.pk for ticket in batch.opened}
    first: set[int] = set()
    told: list[Event] = []
    for message in batch.messages:
        is_first = message.ticket_id in opened and message.ticket_id not in first
        first.add(message.ticket_id)
        told.append(_event(message, is_first))
    emit_many(told, actors=[f"contact:{author.contact_id}" for author in batch.authors])


def _event(message: Message, is_first: bool) -> Event:
    ticket = message.ticket
    if is_first:
        return events.TicketOpened.of(ticket, origin_ref=message.origin_ref)
    if not is_from_person(message.machine):
        return events.TicketChanged.of(ticket, what="machine_mail", new=message.machine)
    return events.CustomerWrote.of(ticket, message_id=message.pk, origin_ref=message.origin_ref)
