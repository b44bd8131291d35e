"""Open a ticket by hand or by a program: from the phone, the API, a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from tocsin.channels.registry import fold, likely_channel
from tocsin.desk import events
from tocsin.desk import queries as desk_queries
from tocsin.desk import services as desk
from tocsin.desk.models import MessageKind, Priority, Ticket
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.desk.services import WRITTEN_BY_STAFF, File, NewMessage, NewTicket
from tocsin.intake import reasons, rules
from tocsin.intake.services.acknowledgement import Due, acknowledge, expect_acknowledgements
from tocsin.intake.services.parsing import language_of
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.text import html_to_text, is_address, sanitise_html, storable
from tocsin.people import queries as people
from tocsin.people import services as people_services

if TYPE_CHECKING:
    from tocsin.people.models import Address


@dataclass(frozen=True)
class TicketRequest:
    """A contact of a customer that somebody writes down.

    `department` is a key, '' for the default; `language` is what the customer chose, '' to find out;
    `verified` says that whoever opens it knows that the requester is who they say (R-A09).
    """

    requester_address: str
    subject: str
    text: str
    requester_name: str = ""
    html: str = ""
    channel: str = WRITTEN_BY_STAFF
    department: str = ""
    language: str = ""
    priority: str = "normal"
    verified: bool = False
    attachments: Sequence[File] = ()
    acknowledge: bool = True


@transaction.atomic
def open_ticket(request: TicketRequest, *, actor: Actor = SYSTEM) -> Ticket:
    """A new ticket with its first message, announced, then acknowledged.

    Who may work on tickets at all may open one for any department, as they may pass one on there.
    Raises Forbidden, Refused naming the fields at fault, NotFound for an unknown department.
    """
    actor.check(WORK_TICKETS)
    _check(request)
    key = request.department
    department = people.department_by_key(key) if key else people.default_department()
    sender = _sender(request)
    text = storable(request.text or html_to_text(request.html))
    ticket = _ticket(request, text, sender, department.pk)
    acknowledgements = expect_acknowledgements([Due(ticket)] if request.acknowledge else [])
    desk.new_tickets([ticket])
    desk.new_messages([_message(request, text, ticket, sender)])
    emit(events.TicketOpened.of(ticket), actor=actor)
    acknowledge(acknowledgements)
    return desk_queries.ticket_by_ref(ticket.ref)


def _check(request: TicketRequest) -> None:
    address = request.requester_address
    required = {"requester": address, "subject": request.subject, "text": request.text or request.html}
    faults = {name: reasons.EMPTY() for name, value in required.items() if not value.strip()}
    if address.strip() and not is_address(address):
        faults["requester"] = reasons.NOT_MAIL()
    if request.priority not in Priority.values:
        faults["priority"] = reasons.USE_ONE_OF(known=", ".join(Priority.values))
    if request.language and request.language not in dict(settings.LANGUAGES):
        faults["language"] = reasons.USE_ONE_OF(known=", ".join(dict(settings.LANGUAGES)))
    if faults:
        raise Refused(reasons.NOT_LIKE_THIS(), faults)


def _sender(request: TicketRequest) -> Address:
    address = request.requester_address.strip()
    named = {address: storable(request.requester_name, 200)}
    channel = likely_channel(address)
    return people_services.get_or_create_contacts(channel, named)[fold(channel, address)]


def _ticket(request: TicketRequest, text: str, sender: Address, department_id: int) -> NewTicket:
    contact = sender.contact
    return NewTicket(
        subject=request.subject,
        channel=request.channel,
        department_id=department_id,
        priority=request.priority,
        customer_id=contact.customer_id,
        requester_id=contact.pk,
        requester_address=request.requester_address,
        requester_channel=sender.channel,
        verified=request.verified and sender.managed and contact.customer_id is not None,
        language=rules.choose_language(
            declared=(
                request.language,
                contact.language,
                contact.customer.language if contact.customer else "",
            ),
            detected=language_of(request.subject, text),
            hints=(people.company_language(),),
            offered=[code for code, _name in settings.LANGUAGES],
        ),
        excerpt=text,
        message_count=1,
        opened_at=clock.now(),
    )


def _message(request: TicketRequest, text: str, ticket: NewTicket, sender: Address) -> NewMessage:
    customer = sender.contact.customer
    return NewMessage(
        ticket=ticket,
        kind=MessageKind.CUSTOMER,
        channel=request.channel,
        from_name=request.requester_name,
        from_address=ticket.requester_address,
        subject=request.subject,
        text=text,
        html=storable(sanitise_html(request.html).html) if request.html else "",
        verified=ticket.verified,
        files=request.attachments,
        customer_name=customer.name if customer else "",
        at=ticket.opened_at,
    )
