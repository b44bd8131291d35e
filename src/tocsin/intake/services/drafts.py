"""The desk's tickets and messages, made of what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from tocsin.channels.registry import fold
from tocsin.desk import events
from tocsin.desk import services as desk
from tocsin.desk.models import MessageKind, Ticket
from tocsin.desk.queries import is_from_person
from tocsin.desk.services import AnyTicket, NewMessage, NewTicket, Step
from tocsin.intake import reasons, rules
from tocsin.intake.rules import Clues
from tocsin.intake.services.acknowledgement import Due
from tocsin.intake.services.context import BatchContext
from tocsin.intake.services.parsing import InboundMessage
from tocsin.kernel.actors import Actor
from tocsin.kernel.events import Event
from tocsin.kernel.reasons import join
from tocsin.kernel.text import invitations, make_excerpt

if TYPE_CHECKING:
    from tocsin.people.models import Address

MOST_COPIED = 40
CONTINUED = ("unread", "activity_at", "excerpt", "copied_addresses", "message_count")
"""What a message changes in a ticket that is there, beside where it stands."""


@dataclass(frozen=True)
class Placed:
    """A message in the ticket that it `opens` or joins; `near` is another's, which it points to."""

    message: InboundMessage
    ticket: AnyTicket
    opens: bool
    near: AnyTicket | None

    @property
    def entries(self) -> int:
        """How many it becomes, with the notes beside it."""
        return 1 + (self.near is not None) + bool(self.message.forward_note)


def ticket_of(message: InboundMessage, context: BatchContext, *, department_id: int) -> NewTicket:
    """A ticket of its own, whose only entry it is so far."""
    inbound, account, sender = message.inbound, message.account, context.senders[message.sender]
    ticket = NewTicket(
        subject=inbound.subject,
        channel=inbound.channel,
        department_id=department_id,
        customer_id=sender.contact.customer_id,
        requester_id=sender.contact_id,
        requester_address=inbound.from_address,
        requester_channel=inbound.sender_channel,
        verified=_is_verified(message, sender),
        language=_language(message, sender, context.company_language),
        account_id=account.pk if account else None,
        excerpt=_preview(message),
        opened_at=message.received_at,
    )
    ticket.copied_addresses = _copied(ticket, message, context, brings_others=True)
    return ticket


def due_of(ticket: NewTicket, message: InboundMessage) -> list[Due]:
    """Its acknowledgement, threaded to the message; none to a machine."""
    references = tuple(message.inbound.references[-desk.MOST_REFERENCES :])
    return [] if message.inbound.machine else [Due(ticket, message.message_id, references)]


def go_on(ticket: AnyTicket, message: InboundMessage, context: BatchContext, clues: Clues[AnyTicket]) -> None:
    """Another message of a conversation. Whom it copies in gets our answers from now on; but a mail that
    shows no more than a number, which anybody can guess, and a sender, which anybody can write, brings
    nobody."""
    if not is_from_person(message.inbound.machine):
        return
    has_read_it = message.inbound.verified or ticket in (*clues.headers, clues.token)
    ticket.unread = True
    ticket.activity_at = max(ticket.activity_at or message.received_at, message.received_at)
    ticket.excerpt = make_excerpt(_preview(message))
    ticket.copied_addresses = _copied(ticket, message, context, brings_others=has_read_it)


def message_of(placed: Placed, context: BatchContext) -> NewMessage:
    """What was said, as an entry of the conversation."""
    message, inbound = placed.message, placed.message.inbound
    sender = context.senders[message.sender]
    customer = sender.contact.customer
    return NewMessage(
        ticket=placed.ticket,
        kind=MessageKind.CUSTOMER,
        channel=inbound.channel,
        from_name=inbound.from_name,
        from_address=inbound.from_address,
        to_addresses=inbound.to[:MOST_COPIED],
        cc_addresses=inbound.cc[:MOST_COPIED],
        subject=inbound.subject,
        text=message.text,
        visible_text=message.visible_text,
        html=message.html,
        verified=_is_verified(message, sender),
        defects=join(*message.defects),
        machine=inbound.machine,
        rfc_message_id=message.message_id,
        inbound_id=message.inbound_id,
        origin_ref=context.origin_of(message),
        files=inbound.attachments,
        customer_name=customer.name if customer else "",
        at=message.received_at,
    )


def notes_of(placed: Placed) -> list[NewMessage]:
    """What an agent has to know about how it came here."""
    message, notes = placed.message, []
    if placed.near:
        sender = message.form_mailer or message.inbound.from_address
        if message.form_mailer:
            said = reasons.STANDS_NEAR_BY_FORM(other=placed.near.ref, sender=sender)
        elif sender:
            said = reasons.STANDS_NEAR(other=placed.near.ref, sender=sender)
        else:
            said = reasons.STANDS_NEAR_UNNAMED(other=placed.near.ref)
        notes.append(said)
    if message.forward_note:
        notes.append(message.forward_note)
    return [desk.note(placed.ticket, said, at=message.received_at) for said in notes]


def steps_of(placed: Sequence[Placed], said: Sequence[NewMessage], context: BatchContext) -> list[Step]:
    """Where the conversations that went on stand now: what a person wrote in one opens it again (R-A12)."""
    steps: dict[int, Step] = {}
    for one, message in zip(placed, said, strict=True):
        ticket = one.ticket
        if not isinstance(ticket, Ticket):
            continue
        steps.setdefault(ticket.pk, Step(ticket, ticket.status))
        if is_from_person(message.machine):
            steps[ticket.pk] = desk.customer_step(ticket, actor=actor_of(one, context), message_id=message.pk)
    return list(steps.values())


def event_of(placed: Placed, said: NewMessage) -> Event:
    """What the desk announces of it."""
    if placed.opens:
        return events.TicketOpened.of(placed.ticket, origin_ref=said.origin_ref)
    if not is_from_person(said.machine):
        return events.TicketChanged.of(placed.ticket, what="machine_mail", new=said.machine)
    return events.CustomerWrote.of(placed.ticket, message_id=said.pk, origin_ref=said.origin_ref)


def actor_of(placed: Placed, context: BatchContext) -> Actor:
    """Who acts by it."""
    return Actor.contact(context.senders[placed.message.sender].contact_id)


def _is_verified(message: InboundMessage, sender: Address) -> bool:
    """Proved to come from a management address of a customer (R-A09)."""
    return bool(message.inbound.verified and sender.managed and sender.contact.customer_id)


def _language(message: InboundMessage, sender: Address, company: str) -> str:
    """The language to write to the sender in (rule 4 of the house).

    What a form says was chosen by the person; what a mail's header says was often chosen by nobody.
    """
    contact, said = sender.contact, message.inbound.language
    chosen = said if message.inbound.language_chosen else ""
    return rules.choose_language(
        declared=(contact.language, contact.customer.language if contact.customer else "", chosen),
        detected=message.detected_language,
        hints=(said, message.account.language if message.account else "", company),
        offered=[code for code, _name in settings.LANGUAGES],
    )


def _preview(message: InboundMessage) -> str:
    """What the list shows of it; of a mail that is nothing but an invitation, the meeting's title."""
    words = message.inbound.text.split() if message.inbound.attachments else []
    for file in message.inbound.attachments:
        if file.content_type in invitations.TYPES and invitations.summary(file.content).split() == words:
            meeting = invitations.read_invitation(file.content)
            return (meeting and meeting.title) or message.visible_text
    return message.visible_text


def _copied(
    ticket: AnyTicket, message: InboundMessage, context: BatchContext, *, brings_others: bool
) -> list[str]:
    """Whom the customer copied in, over the whole conversation, and who else of them wrote: not us.

    Other addressees than those of the copy line count only beside one of ours: else the only addressee may
    be an alias of ours that we do not know.
    """
    told_directly = message.to if any(map(context.is_ours, (*message.to, *message.cc))) else ()
    brought = (*told_directly, *message.cc) if brings_others else ()
    requester = fold(ticket.requester_channel, ticket.requester_address)
    others = dict.fromkeys([*ticket.copied_addresses, message.sender, *brought, *message.also_to])
    kept = [one for one in others if one and one != requester and not context.is_ours(one)]
    return kept[:MOST_COPIED]
