"""The verbs of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import transaction

from tocsin.catalog import events, queries, reasons
from tocsin.catalog.models import Component, Region, Service, Use
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.people.permissions import MANAGE_CUSTOMERS, MANAGE_SETTINGS

Group = TypeVar("Group", Service, Region)


@transaction.atomic
def save_region(*, key: str, name: dict[str, str]) -> Region:
    """Create a region or rename it, by its key."""
    return Region.objects.update_or_create(key=key, defaults={"name": name})[0]


@transaction.atomic
def save_service(*, key: str, name: dict[str, str], position: int = 0) -> Service:
    """Create a service or bring it up to date, by its key."""
    return Service.objects.update_or_create(key=key, defaults={"name": name, "position": position})[0]


@transaction.atomic
def save_component(
    *,
    key: str,
    name: dict[str, str],
    words: Sequence[str] | None = None,
    service: str | None = None,
    region: str | None = None,
    position: int | None = None,
    actor: Actor = SYSTEM,
) -> tuple[Component, bool]:
    """Create a component or bring it up to date by its key; whether it was created comes second.

    A service or region that is named and not known is made with its key as name, so that a program
    need not know an order; '' means none. What is None stays as it is. Raises Refused without key or name.
    """
    actor.check(MANAGE_SETTINGS)
    if not key.strip() or not any(text.strip() for text in name.values()):
        raise Refused(reasons.INCOMPLETE(), ["key" if not key.strip() else "name"])
    given: dict[str, Any] = {
        "name": name,
        "words": None if words is None else list(words),
        "position": position,
    }
    values = {field: value for field, value in given.items() if value is not None}
    if service is not None:
        values["service"] = _named(Service, service)
    if region is not None:
        values["region"] = _named(Region, region)
    component, created = Component.objects.update_or_create(
        key=key, defaults=values, create_defaults={**values, "created_at": clock.now()}
    )
    emit(events.ComponentSaved(component.pk, key, created), actor=actor)
    return component, created


def _named(kind: type[Group], key: str) -> Group | None:
    """The service or region of this key, made when it is new; None for ''."""
    return kind.objects.get_or_create(key=key, defaults={"name": {"en": key}})[0] if key else None


@transaction.atomic
def set_uses(customer_id: int, component_keys: Sequence[str], *, actor: Actor = SYSTEM) -> None:
    """What a customer uses, exactly. Raises Refused for an unknown component."""
    actor.check(MANAGE_CUSTOMERS)
    wanted = {component.pk for component in queries.components_by_key(component_keys)}
    Use.objects.filter(customer_id=customer_id).exclude(component_id__in=wanted).delete()
    rows = [Use(customer_id=customer_id, component_id=pk) for pk in wanted]
    Use.objects.bulk_create(rows, ignore_conflicts=True)
    emit(events.UsesSet(customer_id), actor=actor)
