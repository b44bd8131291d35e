"""What the mailroom's tests share: mails, and rooms above that only note what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from tests.harness.listening import only_hears

from tocsin.mailroom import queries, services
from tocsin.mailroom.events import AddressBounced, DeliveriesChanged, PostArrived


def make_mail(
    subject: str = "Hello", body: str = "It is down.", sender: str = "maria@customer.test", **headers: str
) -> bytes:
    """A plain mail; underscores in header names stand for dashes."""
    named = {"From": f"Maria <{sender}>", "To": "support@example.test", "Subject": subject}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Message-ID", f"<{abs(hash((subject, body, sender)))}@customer.test>")
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()


@dataclass
class Upstairs:
    """Stands where the desk stands: opens what arrives, keeps what it hears, fails where told to."""

    arrived: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    changes: list[tuple[int, ...]] = field(default_factory=list)
    bounced: list[AddressBounced] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    open_one: Callable[[int], None] | None = None

    def open_post(self, event: PostArrived) -> None:
        for inbound_id in event.inbound_ids:
            self.arrived.append(inbound_id)
            if self.open_one:
                self.open_one(inbound_id)
            self.subjects.append(queries.parsed_inbound(inbound_id).inbound.subject)
            services.mark_opened({inbound_id: f"T-{inbound_id:07d}"})

    def note_change(self, event: DeliveriesChanged) -> None:
        self.changes.append(event.ids)
        self.changed.extend(event.ids)

    def note_bounce(self, event: AddressBounced) -> None:
        self.bounced.append(event)


def put_in_place(one: Upstairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of all subscribers of the mailroom's events."""
    only_hears(monkeypatch, PostArrived, one.open_post)
    only_hears(monkeypatch, DeliveriesChanged, one.note_change)
    only_hears(monkeypatch, AddressBounced, one.note_bounce)
