"""What the loader keeps at hand while it writes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tocsin.channels.email.message_ids import message_id_domain
from tocsin.kernel.events import Event, name_of, to_data
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import plain
from tocsin.mailroom.models import Delivery, DeliveryState

if TYPE_CHECKING:
    from datetime import timedelta

    from tocsin.catalog.models import Component
    from tocsin.mailroom.models import Mailbox
    from tocsin.people.models import Contact, Customer, Department, Staff


@dataclass
class House:
    """The company as loaded, by key; what is to be written in bulk at the end."""

    staff: dict[str, Staff]
    departments: dict[str, Department]
    mailboxes: dict[str, Mailbox]
    components: dict[str, Component]
    customers: dict[str, Customer]
    contacts: dict[str, Contact]
    # The same installation of the demo looks the same every time.
    random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - made-up mail

    def message_id(self, domain: str = "") -> str:
        """As a mail program makes it."""
        return f"<{self.random.getrandbits(96):024x}@{domain or message_id_domain()}>"


def sent_delivery(
    house: House, *, at: datetime, took: timedelta, to: str, payload: dict[str, Any], **more: Any
) -> Delivery:
    """A delivery that a server accepted in the past."""
    return Delivery(
        channel="email",
        to_address=to,
        payload={key: value for key, value in payload.items() if value},
        message_id=house.message_id(),
        state=DeliveryState.SENT,
        attempts=1,
        answer=plain("250 2.0.0 kept"),
        created_at=at,
        tried_since=at,
        next_attempt_at=at,
        accepted_at=at + took,
        **more,
    )


def log_entry(event: Event, at: datetime, actor: str = "system", reason: str = "") -> LogEntry:
    """The log's entry of something in the past; no screen is woken."""
    return LogEntry(
        name=name_of(type(event)),
        subjects=event.subjects(),
        actor=actor,
        reason=plain(reason),
        data=to_data(event),
        at=at,
    )
