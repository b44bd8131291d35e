"""What the notices room announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event


@dataclass(frozen=True)
class NoticeProgress(Event):
    """More of a record's notices were written, sent or failed."""

    record_ref: str

    @property
    def subject(self) -> str:
        """The record."""
        return self.record_ref

    def topics(self) -> list[str]:
        """Heard by the screens that show the record's deliveries."""
        return [f"notice:{self.record_ref}"]


@dataclass(frozen=True)
class SubscriptionChanged(Event):
    """A customer asked for no more mails about faults, or for them again."""

    customer_id: int
    subscribed: bool
