"""States of a company's pages to try the rendering on: a calm day, an outage, a busy day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.statuspage.rules import ComponentState, IncidentState, PageState, ServiceState, UpdateState

NOW = datetime(2026, 11, 20, 1, 25, tzinfo=UTC)
"""03:25 in Athens."""

LONG_AGO = NOW - timedelta(days=400)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def component(key: str, en: str, el: str, service: str = "", position: int = 0) -> ComponentState:
    return ComponentState(key, {"en": en, "el": el}, position, LONG_AGO, service)


def update(
    number: int, status: str, at: datetime, en: str, el: str = "", next_at: datetime | None = None
) -> UpdateState:
    message = {"en": en} | ({"el": el} if el else {})
    return UpdateState(number, status, message, at, next_at)


def fault(number: int, *, start: datetime, status: str = "investigating", **changes: object) -> IncidentState:
    one = IncidentState(
        ref=f"I-{number:07d}",
        title="Mail is not delivered",
        kind="unplanned",
        impact="major",
        status=status,
        components=("mail",),
        started_at=start,
        declared_at=start + minutes(6),
        updates=(
            update(number * 10, status, start + minutes(6), "We are looking into it.", "Το εξετάζουμε."),
        ),
    )
    return replace(one, **changes)


def repaired(number: int, *, start: datetime, lasted: timedelta, **changes: object) -> IncidentState:
    end = start + lasted
    said = (
        update(number * 10 + 1, "resolved", end, "It works again.", "Λειτουργεί ξανά."),
        update(number * 10, "investigating", start + minutes(5), "We are looking into it.", "Το εξετάζουμε."),
    )
    one = fault(number, start=start, status="resolved")
    return replace(one, **({"updates": said, "resolved_at": end} | changes))


def maintenance(number: int, *, start: datetime, lasts: timedelta, **changes: object) -> IncidentState:
    one = fault(number, start=NOW - timedelta(days=2))
    said = (
        update(
            number * 10,
            "investigating",
            NOW - timedelta(days=2),
            "New database servers.",
            "Νέοι διακομιστές.",
        ),
    )
    window = {"scheduled_for": start, "scheduled_until": start + lasts, "started_at": start}
    wanted = {
        "kind": "scheduled",
        "title": "Database upgrade",
        "components": ("db",),
        "updates": said,
    } | window
    return replace(one, **(wanted | changes))


def calm(**changes: object) -> PageState:
    """Everything works; one old fault."""
    state = PageState(
        company="Aegean Hosting",
        url="https://support.example.test",
        language="en",
        languages=("en", "el"),
        time_zone="Europe/Athens",
        now=NOW,
        services=(
            ServiceState("hosting", {"en": "Hosting", "el": "Φιλοξενία"}, 0),
            ServiceState("mailing", {"en": "Mail", "el": "Ταχυδρομείο"}, 1),
        ),
        components=(
            component("web", "Web hosting", "Φιλοξενία ιστοσελίδων", "hosting", 0),
            component("db", "Databases", "Βάσεις δεδομένων", "hosting", 1),
            component("mail", "Mail", "Ηλεκτρονικό ταχυδρομείο", "mailing", 2),
            component("webmail", "Webmail", "Webmail", "mailing", 3),
            component("portal", "Customer portal", "Πύλη πελατών", "", 4),
        ),
        incidents=(
            repaired(101, start=NOW - timedelta(days=12, hours=3), lasted=minutes(95), components=("web",),
                     title="Some web sites are slow", impact="minor"),
            repaired(100, start=NOW - timedelta(days=41), lasted=minutes(25), impact="critical"),
        ),
        since=datetime(2026, 8, 1).date(),
    )  # fmt: skip
    return replace(state, **changes)


def outage(**changes: object) -> PageState:
    """Mail has been down for some since 03:10; the cause is known; next news at 03:40."""
    start, next_at = NOW - minutes(15), NOW + minutes(15)
    said = (
        update(1031, "identified", NOW - minutes(2),
               "A disk of the mail store has failed. Mail is kept and comes later; nothing is lost.",
               "Χάλασε ένας δίσκος. Κανένα μήνυμα δεν χάνεται.", next_at),
        update(1030, "investigating", NOW - minutes(9), "We are looking into it.", "Το εξετάζουμε.", NOW),
    )  # fmt: skip
    broken = fault(103, start=start, status="identified", components=("mail", "webmail"), updates=said,
                   next_update_at=next_at)  # fmt: skip
    before = calm()
    return replace(before, incidents=(broken, *before.incidents), **changes)


def busy(**changes: object) -> PageState:
    """Two faults, one maintenance under way, one planned, one just repaired, and a full archive."""
    before = outage()
    soon = NOW + timedelta(hours=20)
    more = (
        fault(104, start=NOW - minutes(70), status="monitoring", impact="critical", components=("portal",),
              title="The customer portal was away"),
        maintenance(105, start=NOW - minutes(20), lasts=minutes(120)),
        maintenance(106, start=soon, lasts=minutes(60), components=("web", "db", "mail", "portal")),
        repaired(107, start=NOW - minutes(130), lasted=minutes(60), components=("web",),
                 title="Web sites answered slowly"),
    )  # fmt: skip
    old = tuple(_old(number) for number in range(1, 40))
    return replace(before, incidents=(*more, *before.incidents, *old), **changes)


def _old(number: int) -> IncidentState:
    return repaired(
        number,
        start=NOW - timedelta(days=number * 1.4),
        lasted=minutes(20 + number * 7),
        components=(("web", "db", "mail", "webmail", "portal")[number % 5],),
        impact=("minor", "major", "critical")[number % 3],
    )
