"""API: declare a Red Alert, post its updates, read it with its figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.incidents import queries, services
from tocsin.kernel.rest import Filled, Input, Language, Moment, Name, Slug, Texts, actor, reader
from tocsin.kernel.translated import in_language
from tocsin.people import queries as people
from tocsin.people.permissions import READ

router = Router(tags=["incidents"])


class IncidentIn(Input):
    """What is declared. `message` is by language; `next_update_at` says when customers hear more.

    `title` is one text in the company's language, or texts by language: readers of others get the company's.
    """

    title: Name | Annotated[dict[Language, Name], Field(min_length=1)]
    kind: Literal["unplanned", "scheduled"] = "unplanned"
    impact: Literal["minor", "major", "critical"]
    components: list[Slug]
    started_at: Moment | None = None
    message: Texts
    next_update_at: Moment | None = None
    words: list[Annotated[Filled, Field(max_length=60)]] = []
    scheduled_for: Moment | None = None
    scheduled_until: Moment | None = None


class UpdateIn(Input):
    """What is said next; `next_update_at` is required unless it is resolved."""

    status: Literal["investigating", "identified", "monitoring", "resolved"]
    message: Texts
    next_update_at: Moment | None = None


class UpdateOut(Schema):
    """What was said at one moment."""

    status: str
    message: dict[str, str]
    at: Moment
    next_update_at: Moment | None


class FiguresOut(Schema):
    """How it went. Times in seconds from `started_at`; the rate is 0–1, null when nobody is affected."""

    time_to_declare_s: float
    time_to_first_notice_s: float | None
    affected: int
    informed: int
    informed_first: int
    informed_first_rate: float | None
    contacts_attached: int
    sent: int
    failed: int


class IncidentOut(Schema):
    """An incident; updates newest first. `title` is in the company's language, `titles` by language."""

    ref: str
    title: str
    titles: dict[str, str]
    kind: str
    impact: str
    status: str
    components: list[str]
    words: list[str]
    coordinator: str
    started_at: Moment
    declared_at: Moment
    scheduled_for: Moment | None
    scheduled_until: Moment | None
    next_update_at: Moment | None
    resolved_at: Moment | None
    updates: list[UpdateOut]


class IncidentWithFigures(IncidentOut):
    """An incident, and how it went so far."""

    figures: FiguresOut


class Incidents(Schema):
    """A page of incidents."""

    items: list[IncidentOut]
    next: str | None


@router.get("/incidents", response=Incidents)
def list_incidents(request: HttpRequest, cursor: str | None = None) -> dict[str, Any]:
    """All incidents, newest first, without figures."""
    reader(request, READ)
    found = queries.recent(cursor)
    return {"items": [_shape(queries.view_of(row)) for row in found.items], "next": found.next}


@router.get("/incidents/{ref}", response=IncidentWithFigures)
def get_incident(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One incident with its figures."""
    reader(request, READ)
    return _whole(ref)


@router.post("/incidents", response={201: IncidentWithFigures})
def declare(request: HttpRequest, payload: IncidentIn) -> Status[dict[str, Any]]:
    """Declare a Red Alert: customers are told, tickets attached, the news page shows it."""
    values = dict(payload)  # as Python values: `.dict()` writes times as text
    values |= _titles(values["title"])
    new = services.NewIncident(component_keys=values.pop("components"), **values)
    incident = services.declare(new, actor=actor(request))
    return Status(201, _whole(incident.ref))


@router.post("/incidents/{ref}/updates", response={201: IncidentWithFigures})
def post_update(request: HttpRequest, ref: str, payload: UpdateIn) -> Status[dict[str, Any]]:
    """Say what is new, everywhere; `resolved` ends the incident and answers every attached ticket."""
    update = services.post_update(ref, services.NewUpdate(**dict(payload)), actor=actor(request))
    return Status(201, _whole(update.incident.ref))


def _titles(given: str | dict[str, str]) -> dict[str, Any]:
    """What everybody gets, and what readers of each language get."""
    if isinstance(given, str):
        return {"title": given}
    return {"title": given.get(people.company_language()) or in_language(given, "en"), "titles": given}


def _whole(ref: str) -> dict[str, Any]:
    view = queries.incident_by_ref(ref)
    return {**_shape(view), "figures": asdict(queries.figures(view.ref))}


def _shape(view: queries.IncidentView) -> dict[str, Any]:
    return {
        **vars(view),
        "components": view.component_keys,
        "updates": [vars(update) for update in view.updates],
    }
