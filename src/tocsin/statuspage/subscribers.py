"""What changes the public pages. Each is a job after the commit; publishing twice is publishing once."""

from __future__ import annotations

from tocsin.catalog.events import ComponentSaved
from tocsin.incidents.events import IncidentDeclared, IncidentResolved, IncidentUpdated
from tocsin.kernel.events import subscribe
from tocsin.kernel.settings import SettingChanged
from tocsin.statuspage import services


@subscribe(IncidentDeclared, later=True)
def publish_declared(event: IncidentDeclared) -> None:
    """A Red Alert or a planned maintenance is on the page."""
    services.publish()


@subscribe(IncidentUpdated, later=True)
def publish_updated(event: IncidentUpdated) -> None:
    """Its news are."""
    services.publish()


@subscribe(IncidentResolved, later=True)
def publish_resolved(event: IncidentResolved) -> None:
    """All is green again."""
    services.publish()


@subscribe(ComponentSaved, later=True)
def publish_component(event: ComponentSaved) -> None:
    """The list of components is as the catalog has it."""
    services.publish()


@subscribe(SettingChanged, later=True)
def publish_company(event: SettingChanged) -> None:
    """The pages carry the company's name and are there in its languages, also those of long ago."""
    services.publish()
