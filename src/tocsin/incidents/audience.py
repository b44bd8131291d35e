"""Whom an incident affects, frozen when it is declared. Used by this room's verbs only."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet, Value

from tocsin.catalog import queries as catalog
from tocsin.incidents.models import Affected
from tocsin.kernel.bulk import insert_from
from tocsin.people import queries as people
from tocsin.people.models import Customer


def freeze(incident_id: int, component_ids: Sequence[int]) -> int:
    """Write the audience down: every customer who uses any of the components; returns how many.

    With the declared language, else the company's; where they are told is asked when they are. One statement,
    whatever their number.
    """
    reached = people.with_language(_affected(component_ids), people.company_language())
    rows = reached.values_list(Value(incident_id), "pk", "spoken")
    return insert_from(Affected, ("incident_id", "customer_id", "language"), rows)


def preview(component_ids: Sequence[int], limit: int) -> tuple[int, list[str]]:
    """How many customers a declaration would tell, and the first names of them (R-D02)."""
    customers = _affected(component_ids)
    return customers.count(), list(customers.order_by("name", "id").values_list("name", flat=True)[:limit])


def _affected(component_ids: Sequence[int]) -> QuerySet[Customer]:
    return people.every_customer().filter(catalog.uses_any_of(component_ids))
