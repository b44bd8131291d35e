"""What the notices room listens to."""

from __future__ import annotations

from tocsin.kernel.events import Announced, emit_many, subscribe
from tocsin.mailroom.events import DeliveriesChanged, ReaderObjected
from tocsin.notices import queries, services
from tocsin.notices.events import NoticeProgress


@subscribe(DeliveriesChanged, name="notices.tell-screens")
def tell_the_screens(announced: Announced[DeliveriesChanged]) -> None:
    """Deliveries of notices went on: whoever looks at the record sees it."""
    refs = queries.records_of_deliveries(announced.event.ids)
    if refs:
        emit_many([NoticeProgress(ref) for ref in refs])


@subscribe(ReaderObjected, name="notices.stop-telling")
def stop_telling(announced: Announced[ReaderObjected]) -> None:
    """A reader who called our mail spam, or unsubscribed at the provider, gets no more notices."""
    services.heed_objection(announced.event.address, is_complaint=announced.event.what == "complained")
