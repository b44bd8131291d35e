"""What a poller fetched, written down together with how far it got."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tocsin.channels.email.imap import Fetched
from tocsin.kernel.errors import Conflict
from tocsin.mailroom.models import Mailbox
from tocsin.mailroom.services.intake import Arrival, write_down


@transaction.atomic(durable=True)
def store_fetched(
    mailbox_id: int, imap_url: str, uid_validity: int, messages: Sequence[Fetched]
) -> list[int]:
    """Write a batch of messages and the last UID down in one commit; their inbound ids.

    Raises Conflict when staff changed the mailbox's source meanwhile: the numbers then belong to the old one.
    """
    arrivals = [_arrival(mailbox_id, uid_validity, message) for message in messages]
    last_uid = max((message.uid for message in messages), default=0)
    row = Mailbox.objects.filter(pk=mailbox_id, imap_url=imap_url)
    if not row.update(uid_validity=uid_validity, last_uid=last_uid):
        raise Conflict("The mailbox is fetched from elsewhere now.")
    return write_down(arrivals)


@transaction.atomic(durable=True)
def store_popped(mailbox_id: int, url: str, messages: Sequence[tuple[str, bytes]]) -> list[int]:
    """As `store_fetched`, for POP3: each message with its lasting name. Raises Conflict."""
    if not Mailbox.objects.select_for_update().filter(pk=mailbox_id, imap_url=url).exists():
        raise Conflict("The mailbox is fetched from elsewhere now.")
    return write_down(
        [Arrival("email", pop_key(mailbox_id, name), content, mailbox_id) for name, content in messages]
    )


def pop_key(mailbox_id: int, name: str) -> str:
    """The source's own name for a message fetched by POP3."""
    return f"pop3:{mailbox_id}:{name}"


@transaction.atomic
def begin_anew(mailbox_id: int, uid_validity: int) -> None:
    """The server numbered its messages anew: all are fetched once more, and those we have are told by what
    they are."""
    Mailbox.objects.filter(pk=mailbox_id).update(uid_validity=uid_validity, last_uid=0)


def _arrival(mailbox_id: int, uid_validity: int, message: Fetched) -> Arrival:
    envelope = {"received_at": message.received_at.isoformat()} if message.received_at else {}
    key = f"imap:{mailbox_id}:{uid_validity}:{message.uid}"
    return Arrival("email", key, message.content, mailbox_id, envelope)
