"""What the notices room announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event, Signal


@dataclass(frozen=True)
class NoticeProgress(Signal, name="notices.progress"):
    """More of a record's notices were written, sent or failed."""

    record_ref: str

    def subjects(self) -> list[str]:
        """The record."""
        return [self.record_ref]

    def topics(self) -> list[str]:
        """Heard by the screens that show the record's deliveries."""
        return [f"notice:{self.record_ref}"]


@dataclass(frozen=True)
class SubscriptionChanged(Event, name="notices.subscription-changed"):
    """A customer asked for no more mails about faults, or for them again."""

    customer_id: int
    subscribed: bool

    def subjects(self) -> list[str]:
        """The customer."""
        return [f"customer:{self.customer_id}"]
