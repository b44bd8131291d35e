"""A company with two thousand customers, loaded at once."""

from __future__ import annotations

import psycopg

CUSTOMERS = 2_000
COMPONENT = "storage"

# Half of them Greek, half English; all use the component that will break.
_LOAD = """
WITH made AS (
    INSERT INTO people_customer (key, name, language, tier, created_at)
    SELECT 'c' || n, 'Customer ' || n, CASE WHEN n %% 2 = 0 THEN 'el' ELSE 'en' END, '', now()
    FROM generate_series(1, %(count)s) n RETURNING id, key
), met AS (
    INSERT INTO people_contact (customer_id, name, language, created_at)
    SELECT id, key, '', now() FROM made RETURNING id, name
), reached AS (
    INSERT INTO people_address (contact_id, channel, value, folded, managed, position, bounce_reason)
    SELECT id, 'email', name || '@customers.example', name || '@customers.example', true, 0, '' FROM met
)
INSERT INTO catalog_use (customer_id, component_id)
SELECT made.id, component.id FROM made, catalog_component component WHERE component.key = %(component)s
"""


def address(number: int) -> str:
    """Where customer `number` reads and writes."""
    return f"c{number}@customers.example"


def load_customers(database_url: str, count: int = CUSTOMERS) -> None:
    """Customers 1 … count, each with one address, all users of the component (which must be there)."""
    with psycopg.connect(database_url) as connection:
        connection.execute(_LOAD, {"count": count, "component": COMPONENT})
