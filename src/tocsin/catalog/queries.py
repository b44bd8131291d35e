"""What other rooms ask about the company's services and who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Count, Exists, OuterRef

from tocsin.catalog import reasons
from tocsin.catalog.models import Component, Region, Service, Use
from tocsin.kernel.errors import NotFound, Refused


def components() -> list[Component]:
    """All components with service and region, in the order of the news page."""
    return list(
        Component.objects.select_related("service", "region").order_by("service__position", "position", "id")
    )


def services() -> list[Service]:
    """All services, in their order."""
    return list(Service.objects.all())


def regions() -> list[Region]:
    """All regions."""
    return list(Region.objects.order_by("id"))


def component_by_key(key: str) -> Component:
    """Raises NotFound when there is none."""
    found = Component.objects.filter(key=key).select_related("service", "region").first()
    if found is None:
        raise NotFound(reasons.NO_COMPONENT(key=key), ["component"])
    return found


def keys_used_by(customer_ids: Iterable[int]) -> dict[int, list[str]]:
    """Keys of the components that each customer uses; one query whatever their number."""
    rows = Use.objects.filter(customer_id__in=list(customer_ids)).order_by(
        "component__position", "component_id"
    )
    found: dict[int, list[str]] = {}
    for customer_id, key in rows.values_list("customer_id", "component__key"):
        found.setdefault(customer_id, []).append(key)
    return found


def components_by_key(keys: Sequence[str]) -> list[Component]:
    """The components with these keys. Raises Refused that names the first unknown one."""
    found = {
        component.key: component
        for component in Component.objects.filter(key__in=keys).select_related("service", "region")
    }
    for key in keys:
        if key not in found:
            raise Refused(reasons.NO_COMPONENT(key=key), ["components"])
    return [found[key] for key in dict.fromkeys(keys)]


def uses_any_of(component_ids: Sequence[int]) -> Exists:
    """Of customers, that they use any of these components; for `filter` on customers."""
    return Exists(Use.objects.filter(customer_id=OuterRef("pk"), component_id__in=list(component_ids)))


def customer_counts() -> dict[int, int]:
    """How many customers use each component, by its id."""
    rows = Use.objects.values("component_id").annotate(customers=Count("id"))
    return {row["component_id"]: row["customers"] for row in rows}


def components_of(customer_id: int) -> list[Component]:
    """What a customer uses."""
    return list(
        Component.objects.filter(uses__customer_id=customer_id)
        .select_related("service")
        .order_by("position", "id")
    )
