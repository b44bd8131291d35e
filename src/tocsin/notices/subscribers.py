"""What the notices room listens to."""

from __future__ import annotations

from tocsin.kernel.events import Announced, emit_many, subscribe
from tocsin.mailroom.events import DeliveriesChanged, ReaderObjected
from tocsin.notices import queries, services
from tocsin.notices.events import NoticeProgress


@subscribe(DeliveriesChanged, name="notices.follow-up")
def follow_up(announced: Announced[DeliveriesChanged]) -> None:
    """Deliveries of notices went on: who was not reached is told elsewhere, and whoever looks at the record
    sees it."""
    refs = queries.records_of_deliveries(announced.event.ids)
    if refs:
        services.follow_up(announced.event.ids)
        emit_many([NoticeProgress(ref) for ref in refs])


@subscribe(ReaderObjected, name="notices.stop-telling")
def stop_telling(announced: Announced[ReaderObjected]) -> None:
    """A reader who called our mail spam, or unsubscribed at the provider, gets no more notices."""
    services.heed_objection(announced.event.address, is_complaint=announced.event.what == "complained")
