"""Whom an incident affects, frozen when it is declared. Used by this room's verbs only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from tocsin.people import queries as people

# The first address, whether mail to it works or not (the notice says so then); the language is the declared
# one, else the company's.
_FREEZE = """
INSERT INTO incidents_affected (incident_id, customer_id, address, language)
SELECT %(incident)s, customer.id, coalesce(first.value, ''),
       coalesce(nullif(customer.language, ''), nullif(first.language, ''), %(language)s)
FROM people_customer customer
LEFT JOIN LATERAL (
    SELECT address.value, contact.language
    FROM people_contact contact JOIN people_address address ON address.contact_id = contact.id
    WHERE contact.customer_id = customer.id AND address.channel = 'email'
    ORDER BY address.position, address.id LIMIT 1
) first ON true
WHERE EXISTS (
    SELECT 1 FROM catalog_use use
    WHERE use.customer_id = customer.id AND use.component_id = ANY(%(components)s)
)
"""
_COUNT = "SELECT count(DISTINCT customer_id) FROM catalog_use WHERE component_id = ANY(%(components)s)"
_NAMES = """
SELECT name FROM people_customer customer
WHERE EXISTS (SELECT 1 FROM catalog_use use
              WHERE use.customer_id = customer.id AND use.component_id = ANY(%(components)s))
ORDER BY name, id LIMIT %(limit)s
"""


def freeze(incident_id: int, component_ids: Sequence[int]) -> int:
    """Write the audience down: every customer who uses any of the components; returns how many.

    One statement, whatever their number.
    """
    values: dict[str, Any] = {
        "incident": incident_id,
        "components": list(component_ids),
        "language": people.company_language(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, values)
        return int(cursor.rowcount)


def preview(component_ids: Sequence[int], limit: int) -> tuple[int, list[str]]:
    """How many customers a declaration would tell, and the first names of them (R-D02)."""
    values: dict[str, Any] = {"components": list(component_ids), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        (count,) = cursor.fetchone()
        cursor.execute(_NAMES, values)
        return int(count), [name for (name,) in cursor.fetchall()]
