"""Whom a mail wants to be answered, where that is not its sender: whether to do so is ours to decide.

Anybody can write anything into Reply-To, as into From. So what stands there proves nothing, makes nobody
verified, and lets nobody into a conversation:

* **Mailers that write for others**: those named in TOCSIN_FORM_SENDERS, addresses that by their name nobody
  reads, and senders of our own domain that are neither colleagues nor customers (a provider's have their
  addresses there). Answers to them are lost. Whoever stands in Reply-To asks, unproven, as if they had
  written by themselves.
* **Everybody else** is answered at their own address. Is the sender proven, the other address gets the
  answers, too, as if it had been copied in. Is the sender not, the agent is told where the answers were
  wanted: a made-up sender with a Reply-To of their own is how strangers get at what is meant for a customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from tocsin.desk.permissions import WORK_TICKETS
from tocsin.intake import reasons, rules
from tocsin.intake.services.context import is_one_of
from tocsin.intake.services.parsing import InboundMessage
from tocsin.kernel.reasons import Kept
from tocsin.kernel.text import is_address
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people

_MOST_NAMED = 3


def apply_reply_to(batch: Sequence[InboundMessage]) -> list[InboundMessage]:
    """The batch, with those that a mailer wrote for somebody as theirs; asks no table where no mail asks
    for answers elsewhere."""
    candidates = [one for one in batch if one.inbound.reply_to and not one.forward_note]
    if not candidates:
        return list(batch)
    ours = mailroom.our_addresses()
    known = _people_we_know({one.sender: one.inbound.sender_channel for one in candidates})
    applied = {one.inbound_id: _applied(one, ours, known) for one in candidates}
    return [applied.get(one.inbound_id, one) for one in batch]


def _people_we_know(senders: Mapping[str, str]) -> Set[str]:
    """Those of the senders that are colleagues or customers: people, even at our own domain."""
    customers = {
        folded
        for channel in sorted(set(senders.values()))
        for folded, one in people.addresses_by_value(channel, senders).items()
        if one.contact.customer_id and senders[folded] == channel
    }
    return customers | people.staff_by_addresses(senders, WORK_TICKETS).keys()


def _applied(message: InboundMessage, ours: Set[str], known: Set[str]) -> InboundMessage:
    asked = [one for one in message.inbound.reply_to if _is_elsewhere(one, message, ours)]
    if not asked:
        return message
    if len(asked) == 1 and _writes_for(message, message.fold(asked[0]), ours, known):
        return _as_theirs(message, asked[0])
    if message.inbound.machine:
        return message  # where a list or a robot wants its answers is nobody's concern
    if len(asked) == 1 and message.inbound.verified:
        return replace(message, also_to=(message.fold(asked[0]),))
    return _noting(message, reasons.ASKS_FOR_ANSWERS_AT(address=", ".join(asked[:_MOST_NAMED])))


def _is_elsewhere(address: str, message: InboundMessage, ours: Set[str]) -> bool:
    """An address that somebody reads, and neither ours nor the sender's own mailbox."""
    address = message.fold(address)
    if not is_address(address) or rules.is_unread(address):
        return False
    is_senders = rules.bare_mailbox(address) == rules.bare_mailbox(message.sender)
    return not is_senders and not is_one_of(address, ours)


def _writes_for(message: InboundMessage, asked: str, ours: Set[str], known: Set[str]) -> bool:
    """Whether the sender is a mailer, and whoever stands in Reply-To asks."""
    if message.inbound.by_form or rules.is_unread(message.sender):
        return True
    if message.sender in known or message.answered_ids or message.reply_ref:
        return False
    domains = {domain for one in ours if (domain := rules.paced_domain(one))}
    return rules.is_within(message.sender, domains) and not rules.is_within(asked, domains)


def _as_theirs(message: InboundMessage, address: str) -> InboundMessage:
    """As if they had written by themselves, unproven; whom the mailer addressed besides takes no part."""
    mailer = message.sender
    name = message.inbound.reply_to_name if message.inbound.reply_to[0] == address else ""
    inbound = replace(message.inbound, from_address=address, from_name=name, verified=False)
    theirs = replace(
        message,
        inbound=inbound,
        sender=message.fold(address),
        to=(),
        cc=(),
        form_mailer=mailer,
    )
    return _noting(theirs, reasons.WRITTEN_THROUGH(address=mailer))


def _noting(message: InboundMessage, defect: Kept) -> InboundMessage:
    return replace(message, defects=(*message.defects, defect))
