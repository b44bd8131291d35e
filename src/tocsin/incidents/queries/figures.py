"""The figures of an incident (R-C12); the glossary says what each word means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Q, Subquery

from tocsin.console.times import clockwork
from tocsin.incidents.models import Affected, Incident, LinkState, TicketLink
from tocsin.incidents.queries.reading import incident_row
from tocsin.notices import queries as notices


@dataclass(frozen=True)
class Figures:
    """Times in seconds from `started_at`; the rate is 0–1, None when nobody is affected."""

    time_to_declare_s: float
    time_to_first_notice_s: float | None
    affected: int
    informed: int
    informed_first: int
    informed_first_rate: float | None
    contacts_attached: int
    sent: int
    failed: int

    @property
    def clock_to_declare(self) -> str:
        """As people read it: `4:12`."""
        return clockwork(max(0, int(self.time_to_declare_s)))

    @property
    def clock_to_first_notice(self) -> str:
        """As people read it; empty while no notice was accepted."""
        return (
            "" if self.time_to_first_notice_s is None else clockwork(max(0, int(self.time_to_first_notice_s)))
        )

    @property
    def informed_first_percent(self) -> str:
        """As people read it; empty when nobody is affected. Only all are 100 %, and only none is 0 %."""
        rate = self.informed_first_rate
        if rate is None:
            return ""
        return f"{rate:.0%}" if rate in (0, 1) else f"{min(max(round(rate * 100), 1), 99)}%"


def figures(ref: str) -> Figures:
    """How it went so far; a handful of statements whatever the size of the audience. Raises NotFound."""
    incident = incident_row(ref)
    reach = _reach(incident)
    sent, failed = notices.totals(incident.ref)
    first = notices.first_accepted(incident.ref)
    return Figures(
        time_to_declare_s=_seconds(incident, incident.declared_at),
        time_to_first_notice_s=_seconds(incident, first) if first else None,
        affected=reach["affected"],
        informed=reach["informed"],
        informed_first=reach["first"],
        informed_first_rate=reach["first"] / reach["affected"] if reach["affected"] else None,
        contacts_attached=TicketLink.objects.filter(incident=incident, state=LinkState.ATTACHED).count(),
        sent=sent,
        failed=failed,
    )


def _reach(incident: Incident) -> dict[str, int]:
    """Affected, informed, and informed before they contacted us; who never did was informed first."""
    accepted = notices.informed(incident.ref).filter(customer=OuterRef("customer"))
    contacts = TicketLink.objects.filter(
        incident=OuterRef("incident"), customer=OuterRef("customer"), state=LinkState.ATTACHED
    )
    audience = Affected.objects.filter(incident=incident).annotate(
        told_at=Subquery(accepted.order_by("delivery__accepted_at").values("delivery__accepted_at")[:1]),
        asked_at=Subquery(contacts.order_by("received_at").values("received_at")[:1]),
    )
    return audience.aggregate(
        affected=Count("pk"),
        informed=Count("pk", filter=Q(told_at__isnull=False)),
        first=Count(
            "pk", filter=Q(told_at__isnull=False) & (Q(asked_at=None) | Q(told_at__lt=F("asked_at")))
        ),
    )


def _seconds(incident: Incident, at: datetime) -> float:
    return round((at - incident.started_at).total_seconds(), 3)
