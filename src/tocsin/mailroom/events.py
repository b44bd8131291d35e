"""What the mailroom announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event
from tocsin.kernel.reasons import Kept


@dataclass(frozen=True)
class PostArrived(Event):
    """These were read and wait to be opened; told in the transaction that holds their rows, once a batch."""

    inbound_ids: tuple[int, ...]


@dataclass(frozen=True)
class DeliveriesChanged(Event):
    """These deliveries were sent, failed, bounced or will be tried again; told once a batch."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class AddressBounced(Event):
    """A server said of an address of ours to write to that there is nobody."""

    address: str
    reason: Kept
    delivery_id: int
    origin_ref: str


@dataclass(frozen=True)
class ReaderObjected(Event):
    """A provider reports that the reader at an address called our mail spam (`what` is `complained`) or took
    the provider's way to unsubscribe (`unsubscribed`)."""

    address: str
    what: str
    delivery_id: int
    origin_ref: str


@dataclass(frozen=True)
class PostSetAside(Event):
    """Something that came in could not be opened; a person looks at it (rule 3)."""

    inbound_id: int
    reason: Kept


@dataclass(frozen=True)
class PostReadAgain(Event):
    """A person had a thing set aside put back into the spool."""

    inbound_id: int


@dataclass(frozen=True)
class DeliveryTriedAgain(Event):
    """A person had a failed delivery put back into the queue."""

    delivery_id: int


@dataclass(frozen=True)
class MailboxSaved(Event):
    """A mailbox was added or its settings changed."""

    mailbox_id: int


@dataclass(frozen=True)
class MailboxLookedInto(Event):
    """A person asked for a mailbox to be fetched and compared with its server now."""

    mailbox_id: int


@dataclass(frozen=True)
class MailboxSilent(Event):
    """Nothing has come to a mailbox for longer than usual; told once a silence."""

    mailbox_id: int

    def topics(self) -> list[str]:
        """The bar over every page shows it."""
        return ["alert"]


@dataclass(frozen=True)
class MailboxHeardAgain(Event):
    """Mail came to a mailbox that had been silent for longer than usual."""

    mailbox_id: int

    def topics(self) -> list[str]:
        """The bar goes away."""
        return ["alert"]
