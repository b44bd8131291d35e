"""What a poller fetched, written down together with how far it got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tocsin.channels.email.imap import Fetched
from tocsin.channels.email.pop import Popped
from tocsin.channels.email.uids import Uids
from tocsin.kernel.errors import Conflict
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom import queries, reasons, rules
from tocsin.mailroom.models import Afterwards, InboundItem, Mailbox
from tocsin.mailroom.services import verdicts
from tocsin.mailroom.services.intake import Arrival, write_down

LARGEST_MAIL = 60 * 2**20  # a file of 40 MiB is one of 55 on its way
BEGINNING = 2**20
"""Bytes that are taken of a message larger than that."""


@dataclass(frozen=True)
class Place:
    """Where a poller reads: the mailbox, its source, and the numbering that its UIDs belong to."""

    mailbox_id: int
    imap_url: str
    uid_validity: int
    numbering: int

    @classmethod
    def of(cls, mailbox: Mailbox) -> Place:
        """As the mailbox stands now."""
        return cls(mailbox.pk, mailbox.imap_url, mailbox.uid_validity or 0, mailbox.numbering)

    @property
    def prefix(self) -> str:
        """What the source keys of its messages begin with; the UID follows."""
        return queries.imap_prefix(self.mailbox_id, self.uid_validity, self.numbering)


@transaction.atomic(durable=True)
def store_fetched(
    place: Place, messages: Sequence[Fetched], *, up_to: int = 0, waiting: int | None = None
) -> list[int]:
    """Write a batch of messages down in one commit with how far we are; their inbound ids.

    `up_to` is the last UID that was asked for, `waiting` how many are left on the server. Raises Conflict
    when the mailbox's source or its numbering was changed meanwhile: the numbers then belong to the old one.
    """
    here = Mailbox.objects.select_for_update().filter(pk=place.mailbox_id, imap_url=place.imap_url)
    mailbox = here.filter(uid_validity=place.uid_validity, numbering=place.numbering).first()
    if mailbox is None:
        raise Conflict("The mailbox is fetched from elsewhere now.")
    ids = _write_down([_arrival(place, message) for message in messages])
    changes: dict[str, Any] = {"last_uid": max(mailbox.last_uid, up_to)}
    if waiting is not None:
        changes["waiting"] = waiting
    whole = Uids.of(one.uid for one in messages if not one.whole_size)
    if whole and mailbox.afterwards != Afterwards.KEEP:
        changes["untidied"] = str(Uids.parse(mailbox.untidied) | whole)
    here.update(**changes)
    return ids


@transaction.atomic(durable=True)
def store_popped(mailbox_id: int, url: str, messages: Sequence[tuple[str, Popped]]) -> list[int]:
    """As `store_fetched`, for POP3: each message with its lasting name. Raises Conflict."""
    if not Mailbox.objects.select_for_update().filter(pk=mailbox_id, imap_url=url).exists():
        raise Conflict("The mailbox is fetched from elsewhere now.")
    return _write_down(
        [
            Arrival("email", pop_key(mailbox_id, name), one.content, mailbox_id, _cut(one.whole_size))
            for name, one in messages
        ]
    )


def pop_key(mailbox_id: int, name: str) -> str:
    """The source's own name for a message fetched by POP3."""
    return f"pop3:{mailbox_id}:{name}"


@transaction.atomic
def begin_anew(mailbox_id: int, uid_validity: int) -> Place:
    """The server numbered its messages anew, or went back to an older state: all are fetched once more, and
    those we have are told by what they are."""
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    if mailbox.uid_validity is not None:
        mailbox.numbering += 1
    mailbox.uid_validity, mailbox.last_uid, mailbox.untidied = uid_validity, 0, ""
    mailbox.compared_at = None
    mailbox.save(update_fields=["uid_validity", "last_uid", "untidied", "numbering", "compared_at"])
    return Place.of(mailbox)


@transaction.atomic
def note_tidied(mailbox_id: int, done: Uids) -> None:
    """These were moved or deleted as wished."""
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    mailbox.untidied, mailbox.tidy_error = str(Uids.parse(mailbox.untidied) - done), NOTHING
    mailbox.save(update_fields=["untidied", "tidy_error"])


def note_tidy_error(mailbox_id: int, reason: Kept) -> None:
    """The server would not move or delete; shown to staff, and tried again."""
    Mailbox.objects.filter(pk=mailbox_id).update(tidy_error=reason)


def _arrival(place: Place, message: Fetched) -> Arrival:
    envelope = {"received_at": message.received_at.isoformat()} if message.received_at else {}
    envelope |= _cut(message.whole_size)
    return Arrival("email", f"{place.prefix}{message.uid}", message.content, place.mailbox_id, envelope)


def _cut(whole_size: int) -> dict[str, Any]:
    return {"whole_size": whole_size} if whole_size else {}


def _write_down(arrivals: list[Arrival]) -> list[int]:
    ids = write_down(arrivals)
    for pk, arrival in zip(ids, arrivals, strict=True):
        if "whole_size" in arrival.envelope:
            _put_aside(pk, arrival)
    return ids


def _put_aside(inbound_id: int, arrival: Arrival) -> None:
    """Only the beginning of it is here: a person decides, and nothing waits for it."""
    if not queries.still_waiting([inbound_id]):
        return  # it was known already
    seen = rules.glance(bytes(arrival.raw[: rules.GLANCE_BYTES]))
    InboundItem.objects.filter(pk=inbound_id).update(
        from_address=seen.from_address, message_subject=seen.subject
    )
    size, most = arrival.envelope["whole_size"] / 2**20, LARGEST_MAIL / 2**20
    verdicts.set_aside(inbound_id, reasons.BEGINNING_ONLY(size=round(size), most=round(most)))
