"""What changes the public pages. Each is a job after the commit; publishing twice is publishing once."""

from __future__ import annotations

from tocsin.catalog.events import ComponentSaved
from tocsin.incidents.events import IncidentDeclared, IncidentResolved, IncidentUpdated
from tocsin.kernel.events import Announced, subscribe
from tocsin.kernel.settings import SettingChanged
from tocsin.statuspage import services


@subscribe(IncidentDeclared, name="statuspage.publish-declared", later=True)
def publish_declared(announced: Announced[IncidentDeclared]) -> None:
    """A Red Alert or a planned maintenance is on the page."""
    services.publish()


@subscribe(IncidentUpdated, name="statuspage.publish-updated", later=True)
def publish_updated(announced: Announced[IncidentUpdated]) -> None:
    """Its news are."""
    services.publish()


@subscribe(IncidentResolved, name="statuspage.publish-resolved", later=True)
def publish_resolved(announced: Announced[IncidentResolved]) -> None:
    """All is green again."""
    services.publish()


@subscribe(ComponentSaved, name="statuspage.publish-component", later=True)
def publish_component(announced: Announced[ComponentSaved]) -> None:
    """The list of components is as the catalog has it."""
    services.publish()


@subscribe(SettingChanged, name="statuspage.publish-company", later=True)
def publish_company(announced: Announced[SettingChanged]) -> None:
    """The pages carry the company's name and are there in its languages, also those of long ago."""
    services.publish()
