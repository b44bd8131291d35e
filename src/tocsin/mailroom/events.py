"""What the mailroom announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event, Signal
from tocsin.kernel.reasons import Kept

SILENCE = "silence"


@dataclass(frozen=True)
class PostArrived(Signal, name="mailroom.post-arrived"):
    """These were read and wait to be opened; told in the transaction that holds their rows, once a batch."""

    inbound_ids: tuple[int, ...]


@dataclass(frozen=True)
class DeliveriesChanged(Signal, name="mailroom.deliveries-changed"):
    """These deliveries were sent, failed, bounced or will be tried again; told once a batch."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class AddressBounced(Event, name="mailroom.address-bounced"):
    """A server said of an address of ours to write to that there is nobody."""

    address: str
    reason: Kept
    delivery_id: int
    origin_ref: str

    def subjects(self) -> list[str]:
        """The delivery."""
        return [f"delivery:{self.delivery_id}"]


@dataclass(frozen=True)
class ReaderObjected(Event, name="mailroom.reader-objected"):
    """A provider reports that the reader at an address called our mail spam (`what` is `complained`) or took
    the provider's way to unsubscribe (`unsubscribed`)."""

    address: str
    what: str
    delivery_id: int
    origin_ref: str

    def subjects(self) -> list[str]:
        """The delivery."""
        return [f"delivery:{self.delivery_id}"]


@dataclass(frozen=True)
class PostSetAside(Event, name="mailroom.post-set-aside"):
    """Something that came in could not be opened; a person looks at it (rule 3)."""

    inbound_id: int
    reason: Kept

    def subjects(self) -> list[str]:
        """What came in."""
        return [f"inbound:{self.inbound_id}"]


@dataclass(frozen=True)
class PostReadAgain(Event, name="mailroom.post-read-again"):
    """A person had a thing set aside put back into the spool."""

    inbound_id: int

    def subjects(self) -> list[str]:
        """What came in."""
        return [f"inbound:{self.inbound_id}"]


@dataclass(frozen=True)
class DeliveryTriedAgain(Event, name="mailroom.delivery-tried-again"):
    """A person had a failed delivery put back into the queue."""

    delivery_id: int

    def subjects(self) -> list[str]:
        """The delivery."""
        return [f"delivery:{self.delivery_id}"]


@dataclass(frozen=True)
class AccountSaved(Event, name="mailroom.account-saved"):
    """An account of a channel was added or its settings changed."""

    account_id: int

    def subjects(self) -> list[str]:
        """The account."""
        return [f"account:{self.account_id}"]


@dataclass(frozen=True)
class AccountLookedInto(Event, name="mailroom.account-looked-into"):
    """A person asked for an account to be looked into now."""

    account_id: int

    def subjects(self) -> list[str]:
        """The account."""
        return [f"account:{self.account_id}"]


@dataclass(frozen=True)
class AccountSilent(Event, name="mailroom.account-silent"):
    """Nothing has come to an account for longer than usual; told once a silence."""

    account_id: int

    def subjects(self) -> list[str]:
        """The account."""
        return [f"account:{self.account_id}"]

    def topics(self) -> list[str]:
        """The bar over every page shows it."""
        return [SILENCE]


@dataclass(frozen=True)
class AccountHeardAgain(Event, name="mailroom.account-heard-again"):
    """A message came to an account that had been silent for longer than usual."""

    account_id: int

    def subjects(self) -> list[str]:
        """The account."""
        return [f"account:{self.account_id}"]

    def topics(self) -> list[str]:
        """The bar goes away."""
        return [SILENCE]
