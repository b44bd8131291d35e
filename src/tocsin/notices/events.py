"""What the notices room announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event


@dataclass(frozen=True)
class NoticeProgress(Event):
    """More of a matter's notices were written, sent or failed."""

    matter_ref: str

    @property
    def subject(self) -> str:
        """The matter."""
        return self.matter_ref

    def topics(self) -> list[str]:
        """Heard by the screens that show the matter's deliveries."""
        return [f"notice:{self.matter_ref}"]


@dataclass(frozen=True)
class SubscriptionChanged(Event):
    """A customer asked for no more mails about faults, or for them again."""

    customer_id: int
    subscribed: bool
