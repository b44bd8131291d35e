"""What the tables know around a batch of messages: who wrote, and the conversations that they point to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.channels.registry import fold
from tocsin.desk import queries as desk_queries
from tocsin.desk import services as desk
from tocsin.desk.queries import Named
from tocsin.desk.services import AnyTicket
from tocsin.intake import reasons, rules
from tocsin.intake.rules import Clues
from tocsin.intake.services.parsing import InboundMessage
from tocsin.kernel.text import storable
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people
from tocsin.people import services as people_services

if TYPE_CHECKING:
    from tocsin.people.models import Address


@dataclass
class BatchContext:
    """It grows with the tickets that the batch opens."""

    # By folded address; strangers are contacts by now.
    senders: dict[str, Address]
    our_addresses: frozenset[str]
    company_language: str
    tickets_by_ref: dict[str, AnyTicket]
    tickets_by_message_id: dict[str, AnyTicket]
    named: dict[str, Named]
    # What is remarked on the messages of tickets that form mailers point to.
    defects: dict[int, list[str]]

    def clues(self, message: InboundMessage) -> Clues[AnyTicket]:
        """The tickets that a message points to."""
        by_id, by_ref = self.tickets_by_message_id, self.tickets_by_ref
        return Clues(
            headers=[by_id[one] for one in message.answered_ids if one in by_id],
            token=by_ref.get(message.reply_ref),
            subject=[by_ref[ref] for ref in message.subject_refs if ref in by_ref],
        )

    def may_join(self, message: InboundMessage, clues: Clues[AnyTicket], ticket: AnyTicket) -> bool:
        """Whether its sender takes part in a conversation (R-A14).

        Whoever stands in Reply-To enters none by that (anybody can write any address there), but the one that
        the same mailer opened for them, and only with its own Message-ID or reply address.
        """
        requester = fold(ticket.requester_channel, ticket.requester_address)
        if message.form_mailer:
            mark = reasons.WRITTEN_THROUGH.mark(address=message.form_mailer)
            came_through = any(mark in kept for kept in self.defects.get(ticket.pk, ()))
            return requester == message.sender and ticket in (*clues.headers, clues.token) and came_through
        if not message.sender:
            return False
        sender = self.senders[message.sender]
        customer = sender.contact.customer_id
        return rules.is_participant(
            message.sender,
            requester=requester,
            copied=ticket.copied_addresses,
            same_customer=customer is not None and customer == ticket.customer_id,
            managed=sender.managed,
        )

    def answers_us(self, message: InboundMessage) -> bool:
        """Whether it answers anything we sent."""
        return any(self.named[one].is_ours for one in message.answered_ids if one in self.named)

    def origin_of(self, message: InboundMessage) -> str:
        """What caused the mail of ours that it answers, such as `notice:7`; mostly empty."""
        origins = (self.named[one].origin_ref for one in message.answered_ids if one in self.named)
        return next((origin for origin in origins if origin), "")

    def department_for(self, message: InboundMessage) -> int:
        """Where it goes: to the department chosen in a form, else the account's, else the first of all."""
        chosen = message.inbound.department
        account = message.account
        if account and account.department_id and not chosen:
            return account.department_id
        return self._departments.get(chosen) or next(iter(self._departments.values()))

    def is_ours(self, address: str) -> bool:
        """Whether it is one of our mailboxes, or a signed reply address of one."""
        return is_one_of(address, self.our_addresses)

    def remember(self, message: InboundMessage, ticket: AnyTicket) -> None:
        """A later message of the same batch may answer this one."""
        if message.message_id:
            self.tickets_by_message_id.setdefault(message.message_id, ticket)

    @cached_property
    def _departments(self) -> dict[str, int]:
        found = people.departments() or [people.default_department()]
        return {one.key: one.pk for one in found}


def gather_context(batch: Sequence[InboundMessage]) -> BatchContext:
    """In a few queries, whatever the batch's size; the tickets pointed to stay locked until its end."""
    named = desk_queries.named_by({one for message in batch for one in message.answered_ids})
    refs = {ref for message in batch for ref in (message.reply_ref, *message.subject_refs) if ref}
    tickets = desk.held({one.ticket_id for one in named.values() if one.ticket_id}, refs)
    by_id: dict[int, AnyTicket] = {ticket.pk: ticket for ticket in tickets}
    by_form = any(message.form_mailer for message in batch)
    return BatchContext(
        senders=_senders(batch),
        our_addresses=mailroom.our_addresses(),
        company_language=people.company_language(),
        tickets_by_ref={ticket.ref: ticket for ticket in tickets},
        tickets_by_message_id={
            name: by_id[one.ticket_id] for name, one in named.items() if one.ticket_id in by_id
        },
        named=named,
        defects=desk_queries.defects_in(by_id) if by_form and by_id else {},
    )


def is_one_of(address: str, mailboxes: Set[str]) -> bool:
    """Whether it is one of these, or a signed reply address of one; folded."""
    return bool({address, rules.bare_mailbox(address)} & mailboxes)


def _senders(batch: Sequence[InboundMessage]) -> dict[str, Address]:
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for message in batch:
        inbound = message.inbound
        names[inbound.sender_channel].setdefault(inbound.from_address[:320], storable(inbound.from_name, 200))
    found: dict[str, Address] = {}
    for channel, named in names.items():
        found |= people_services.get_or_create_contacts(channel, named)
    return found
