"""What the notices room listens to."""

from __future__ import annotations

from tocsin.kernel.events import emit_many, subscribe
from tocsin.mailroom.events import DeliveriesChanged, ReaderObjected
from tocsin.notices import queries, services
from tocsin.notices.events import NoticeProgress


@subscribe(DeliveriesChanged)
def tell_the_screens(event: DeliveriesChanged) -> None:
    """Deliveries of notices went on: whoever looks at the record sees it."""
    refs = queries.records_of_deliveries(event.ids)
    if refs:
        emit_many([NoticeProgress(ref) for ref in refs])


@subscribe(ReaderObjected)
def stop_telling(event: ReaderObjected) -> None:
    """A reader who called our mail spam, or unsubscribed at the provider, gets no more notices."""
    services.heed_objection(event.address, is_complaint=event.what == "complained")
