"""Open a ticket by hand or by a program: from the phone, the API, a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from tocsin.channels.registry import channel_of_address
from tocsin.desk import events
from tocsin.desk.models import Message, MessageKind, Priority, Ticket
from tocsin.desk.rules import rank_of
from tocsin.desk.services import records
from tocsin.desk.services.records import File
from tocsin.intake import reasons, rules
from tocsin.intake.services.acknowledgement import Due, acknowledge
from tocsin.kernel import clock
from tocsin.kernel.bulk import take_ids
from tocsin.kernel.errors import Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.text import (
    clean_subject,
    guess_language,
    html_to_text,
    is_address,
    make_excerpt,
    sanitise_html,
    storable,
)
from tocsin.people import queries as people
from tocsin.people import services as people_services
from tocsin.people.rules import SIGN_IN_CHANNEL

if TYPE_CHECKING:
    from tocsin.people.models import Address, Department


@dataclass(frozen=True)
class NewTicket:
    """A contact of a customer that somebody writes down.

    `department` is a key, '' for the default; `language` is what the customer chose, '' to find out;
    `verified` says that whoever opens it knows that the requester is who they say (R-A09).
    """

    requester_address: str
    subject: str
    text: str
    requester_name: str = ""
    html: str = ""
    channel: str = "console"
    department: str = ""
    language: str = ""
    priority: str = "normal"
    verified: bool = False
    attachments: Sequence[File] = ()
    acknowledge: bool = True


@transaction.atomic
def open_ticket(new: NewTicket, *, actor: str = SYSTEM) -> Ticket:
    """A new ticket with its first message, announced, then acknowledged.

    Raises Refused naming the fields at fault, NotFound for an unknown department.
    """
    _check(new)
    department = people.department_by_key(new.department) if new.department else people.default_department()
    sender = _sender(new)
    ticket = _ticket(new, sender, department)
    ticket.save(force_insert=True)
    message = _message(new, ticket)
    names = [file.name for file in new.attachments]
    message.search = records.search_text(
        ticket, message, names, ticket.customer.name if ticket.customer else ""
    )
    message.save(force_insert=True)
    records.keep_files([(message, file) for file in new.attachments])
    emit(events.TicketOpened.of(ticket), actor=actor)
    if new.acknowledge:
        acknowledge([Due(ticket)])
    ticket.refresh_from_db()
    return ticket


def _check(new: NewTicket) -> None:
    required = {"requester": new.requester_address, "subject": new.subject, "text": new.text or new.html}
    faults = {name: reasons.EMPTY() for name, value in required.items() if not value.strip()}
    if new.requester_address.strip() and not is_address(new.requester_address):
        faults["requester"] = reasons.NOT_MAIL()
    if new.priority not in Priority.values:
        faults["priority"] = reasons.USE_ONE_OF(known=", ".join(Priority.values))
    if new.language and new.language not in dict(settings.LANGUAGES):
        faults["language"] = reasons.USE_ONE_OF(known=", ".join(dict(settings.LANGUAGES)))
    if faults:
        raise Refused(reasons.NOT_LIKE_THIS(), faults)


def _sender(new: NewTicket) -> Address:
    address = new.requester_address.strip()
    found = people_services.get_or_create_contacts(
        channel_of_address(address) or SIGN_IN_CHANNEL, {address: storable(new.requester_name, 200)}
    )
    return found[people.fold_address(address)]


def _ticket(new: NewTicket, sender: Address, department: Department) -> Ticket:
    pk = take_ids(Ticket, 1)[0]
    now = clock.now()
    customer = sender.contact.customer
    return Ticket(
        pk=pk,
        ref=records.ticket_reference(pk),
        subject=storable(clean_subject(new.subject)),
        channel=new.channel,
        department=department,
        priority=new.priority,
        priority_rank=rank_of(new.priority),
        customer=customer,
        requester=sender.contact,
        requester_address=new.requester_address.strip()[:320],
        requester_channel=sender.channel,
        verified=new.verified and sender.managed and customer is not None,
        language=_language(new, sender),
        excerpt=make_excerpt(_words(new)),
        message_count=1,
        opened_at=now,
        activity_at=now,
    )


def _language(new: NewTicket, sender: Address) -> str:
    customer = sender.contact.customer
    return rules.choose_language(
        declared=(new.language, sender.contact.language, customer.language if customer else ""),
        detected=guess_language(f"{new.subject}\n{_words(new)}"),
        hints=(people.company_language(),),
        offered=[code for code, _name in settings.LANGUAGES],
    )


def _words(new: NewTicket) -> str:
    return storable(new.text or html_to_text(new.html))


def _message(new: NewTicket, ticket: Ticket) -> Message:
    return Message(
        ticket=ticket,
        kind=MessageKind.CUSTOMER,
        channel=new.channel,
        from_name=storable(new.requester_name, 200),
        from_address=ticket.requester_address,
        subject=storable(new.subject, 2000),
        text=_words(new),
        visible_text=_words(new),
        html=storable(sanitise_html(new.html).html) if new.html else "",
        verified=ticket.verified,
        at=ticket.opened_at,
    )
