"""What is already known around a batch of mails: senders, conversations, tickets, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from tocsin.desk.models import Message, Ticket
from tocsin.intake import rules
from tocsin.intake.services.reading import Reading
from tocsin.kernel.text import storable
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people
from tocsin.people import services as people_services

if TYPE_CHECKING:
    from tocsin.people.models import Address, Department

_OWN_ORIGIN = "message:"


@dataclass
class Surroundings:
    """The world as a batch finds it; grows with the tickets that the batch opens."""

    senders: dict[str, Address]
    our_addresses: frozenset[str]
    tickets: dict[int, Ticket]
    by_ref: dict[str, int]
    # Message-ID → ticket, of customers' mails and of ours.
    by_message_id: dict[str, int]
    # Message-ID of a delivery of ours → its origin_ref, such as `notice:7`.
    origins: dict[str, str]
    departments: dict[str, Department] = field(default_factory=dict)
    default_department: Department | None = None

    def clues(self, reading: Reading) -> rules.Clues:
        """The existing tickets that a mail points to."""
        return rules.Clues(
            headers=[self.by_message_id[one] for one in reading.answers if one in self.by_message_id],
            token=self.by_ref.get(reading.token_ref),
            subject=[self.by_ref[ref] for ref in reading.subject_refs if ref in self.by_ref],
        )

    def origin_of(self, reading: Reading) -> str:
        """The origin_ref of the delivery it answers, other than a message of the desk's own; mostly empty."""
        named = (self.origins[one] for one in reading.answers if one in self.origins)
        return next((origin for origin in named if not origin.startswith(_OWN_ORIGIN)), "")

    def answers_us(self, reading: Reading) -> bool:
        """Whether it answers anything we sent."""
        return any(one in self.origins for one in reading.answers)

    def may_join(self, reading: Reading, ticket_id: int) -> bool:
        """Whether the sender takes part in a conversation (R-A14)."""
        if not reading.sender:
            return False
        ticket, sender = self.tickets[ticket_id], self.senders[reading.sender]
        customer = sender.contact.customer_id
        return rules.is_participant(
            reading.sender,
            requester=people.fold_address(ticket.requester_address),
            copied=ticket.copied_addresses,
            same_customer=customer is not None and customer == ticket.customer_id,
            managed=sender.managed,
        )

    def is_ours(self, address: str) -> bool:
        """Whether it is one of our mailboxes, or a signed reply address of one."""
        return is_one_of(address, self.our_addresses)

    def department(self, key: str) -> Department:
        """By the key chosen in a form; an unknown one counts as none."""
        if not self.departments:
            self.default_department = people.default_department()
            self.departments = {one.key: one for one in people.departments()}
        assert self.default_department is not None
        return self.departments.get(key, self.default_department)

    def add(self, ticket: Ticket, reading: Reading) -> None:
        """A later mail of the same batch may answer this one."""
        self.tickets[ticket.pk] = ticket
        self.remember(reading, ticket.pk)

    def remember(self, reading: Reading, ticket_id: int) -> None:
        """Answers to this mail belong to this ticket."""
        if reading.message_id:
            self.by_message_id.setdefault(reading.message_id, ticket_id)


def look_around(readings: Sequence[Reading]) -> Surroundings:
    """Gather it; the tickets pointed to stay locked until the transaction ends."""
    named = {one for reading in readings for one in reading.answers}
    deliveries = mailroom.delivery_by_message_ids(sorted(named)) if named else {}
    origins = {message_id: delivery.origin_ref for message_id, delivery in deliveries.items()}
    by_message_id = _tickets_by_message_id(named, {key: one.id for key, one in deliveries.items()}, origins)
    refs = {ref for reading in readings for ref in (reading.token_ref, *reading.subject_refs) if ref}
    tickets = _lock(set(by_message_id.values()), refs)
    return Surroundings(
        senders=_senders(readings),
        our_addresses=mailroom.our_addresses(),
        tickets=tickets,
        by_ref={ticket.ref: ticket.pk for ticket in tickets.values()},
        by_message_id=by_message_id,
        origins=origins,
    )


def is_one_of(address: str, mailboxes: Set[str]) -> bool:
    """Whether it is one of these, or a signed reply address of one; folded."""
    return bool({address, rules.bare_mailbox(address)} & mailboxes)


def _senders(readings: Sequence[Reading]) -> dict[str, Address]:
    """Whoever wrote, by folded address; strangers become contacts."""
    found: dict[str, Address] = {}
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for reading in readings:
        names[reading.inbound.sender_channel].setdefault(
            reading.inbound.from_address[:320], storable(reading.inbound.from_name, 200)
        )
    for channel, people_there in names.items():
        found |= people_services.get_or_create_contacts(channel, people_there)
    return found


def _tickets_by_message_id(
    named: set[str], deliveries: dict[str, int], origins: dict[str, str]
) -> dict[str, int]:
    if not named:
        return {}
    # What customers wrote; said twice, so that the partial index is used.
    theirs = Message.objects.filter(rfc_message_id__in=named).exclude(rfc_message_id="")
    found = dict(theirs.order_by("-pk").values_list("rfc_message_id", "ticket_id"))
    own = {key: int(origin.removeprefix(_OWN_ORIGIN)) for key, origin in origins.items() if _is_own(origin)}
    told = Message.objects.filter(Q(pk__in=own.values()) | Q(delivery_id__in=deliveries.values()))
    rows = list(told.values_list("pk", "delivery_id", "ticket_id")) if deliveries else []
    by_pk = {pk: ticket for pk, _delivery, ticket in rows}
    by_delivery = {delivery: ticket for _pk, delivery, ticket in rows if delivery}
    for key, delivery in deliveries.items():
        ticket = by_delivery.get(delivery) or by_pk.get(own.get(key, 0))
        if ticket:
            found[key] = ticket
    return found


def _is_own(origin: str) -> bool:
    return origin.startswith(_OWN_ORIGIN) and origin.removeprefix(_OWN_ORIGIN).isdecimal()


def _lock(ids: set[int], refs: set[str]) -> dict[int, Ticket]:
    if not ids and not refs:
        return {}
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(Q(pk__in=ids) | Q(ref__in=refs))
    # In one order, so that two batches never wait for each other.
    return {ticket.pk: ticket for ticket in rows.order_by("pk")}
