"""Customers by what they use: the database and the predicate agree."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.catalog import services as catalog
from tocsin.kernel import filters
from tocsin.people import services as people
from tocsin.people.models import Customer


@pytest.fixture
def customers(db: None) -> dict[str, Customer]:
    """Who uses mail and web, who mail alone, and who nothing."""
    for key in ("mail", "web"):
        catalog.save_component(key=key, name={"en": key.title()})
    found = {}
    for key, uses in {"both": ["mail", "web"], "one": ["mail"], "none": []}.items():
        found[key], _new = people.save_customer(key=key, name=f"Customer {key}", addresses=[])
        catalog.set_uses(found[key].pk, uses)
    return found


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("has_any", ["mail"], {"both", "one"}),
        ("has_any", ["web", "mail"], {"both", "one"}),
        ("has_all", ["web", "mail"], {"both"}),
        ("has_none", ["web"], {"one", "none"}),
        ("empty", None, {"none"}),
        ("not_empty", None, {"both", "one"}),
    ],
)
def test_customers_by_what_they_use(
    customers: dict[str, Customer], operator: str, value: Any, expected: set[str]
) -> None:
    said = {"field": "component", "is": operator} | ({"value": value} if value else {})
    one = filters.compile("customer", {"all": [said]})
    assert {row.key for row in Customer.objects.filter(one.q)} == expected
    with CaptureQueriesContext(connection) as captured:
        assert {row.key for row in one.select(list(customers.values()))} == expected
    assert len(captured) == 1


def test_a_component_that_there_is_not(customers: dict[str, Customer]) -> None:
    with pytest.raises(filters.BadFilter):
        filters.compile("customer", {"all": [{"field": "component", "is": "has_any", "value": ["phone"]}]})
