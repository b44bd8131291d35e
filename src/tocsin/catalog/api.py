"""API: components, and customers with what they use. Both create, or bring up to date by their key."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.catalog import queries, services
from tocsin.catalog.models import Component
from tocsin.kernel.rest import Filled, Input, Key, Language, Name, Slug, Text, Texts, actor, reader
from tocsin.people import queries as people
from tocsin.people import services as people_services
from tocsin.people.models import Customer
from tocsin.people.permissions import READ, SEE_CUSTOMERS

router = Router(tags=["catalog"])


class ComponentIn(Input):
    """A part that can break by itself; `words` are what customers call it, in any language.

    What is left out of an update stays as it is.
    """

    key: Slug
    name: Annotated[Texts, Field(min_length=1)]
    words: list[Annotated[Filled, Field(max_length=60)]] | None = None
    service: Slug | None = None
    region: Slug | None = None


class ComponentOut(Schema):
    """A component."""

    key: str
    name: dict[str, str]
    words: list[str]
    service: str | None
    region: str | None


class CustomerIn(Input):
    """A customer; `addresses` are its management addresses in the order in which notices try them. One that
    is not of mail is written `CHANNEL:ADDRESS`.

    What is left out of an update stays as it is.
    """

    key: Key
    name: Name
    language: Language | None = None
    tier: Annotated[Text, Field(max_length=40)] | None = None
    addresses: list[Filled] | None = None
    components: list[Slug] | None = None


class CustomerOut(Schema):
    """A customer and what they use."""

    key: str
    name: str
    language: str
    tier: str
    addresses: list[str]
    components: list[str]


class Customers(Schema):
    """A page of customers."""

    items: list[CustomerOut]
    next: str | None


@router.get("/components", response=dict[str, Any])
def list_components(request: HttpRequest) -> dict[str, Any]:
    """All components."""
    reader(request, READ)
    return {"items": [component_shape(row) for row in queries.components()], "next": None}


@router.get("/components/{key}", response=ComponentOut)
def get_component(request: HttpRequest, key: Slug) -> dict[str, Any]:
    """One component."""
    reader(request, READ)
    return component_shape(queries.component_by_key(key))


@router.post("/components", response={201: ComponentOut})
def save_component(request: HttpRequest, payload: ComponentIn) -> Status[dict[str, Any]]:
    """Create a component, or bring it up to date by its key."""
    component, _created = services.save_component(
        key=payload.key,
        name=dict(payload.name),
        words=payload.words,
        service=payload.service,
        region=payload.region,
        actor=actor(request),
    )
    return Status(201, component_shape(component))


@router.get("/customers", response=Customers)
def list_customers(request: HttpRequest, search: str = "", cursor: str | None = None) -> dict[str, Any]:
    """Customers, newest first; `search` is the beginning of a name or key."""
    reader(request, SEE_CUSTOMERS)
    found = people.customers(search, cursor)
    return {"items": customer_shapes(found.items), "next": found.next}


@router.get("/customers/{key}", response=CustomerOut)
def get_customer(request: HttpRequest, key: str) -> dict[str, Any]:
    """One customer."""
    reader(request, SEE_CUSTOMERS)
    return customer_shapes([people.customer_by_key(key)])[0]


@router.post("/customers", response={201: CustomerOut})
def save_customer(request: HttpRequest, payload: CustomerIn) -> Status[dict[str, Any]]:
    """Create a customer, or bring it up to date by its key."""
    with transaction.atomic():
        customer, _created = people_services.save_customer(
            key=payload.key,
            name=payload.name,
            language=payload.language,
            tier=payload.tier,
            addresses=payload.addresses,
            actor=actor(request),
        )
        if payload.components is not None:
            services.set_uses(customer.pk, payload.components, actor=actor(request))
    return Status(201, customer_shapes([customer])[0])


def component_shape(component: Component) -> dict[str, Any]:
    """As `ComponentOut`."""
    return {
        "key": component.key,
        "name": component.name,
        "words": component.words,
        "service": component.service.key if component.service else None,
        "region": component.region.key if component.region else None,
    }


def customer_shapes(customers: list[Customer]) -> list[dict[str, Any]]:
    """As `CustomerOut`, in two queries whatever their number."""
    ids = [customer.pk for customer in customers]
    addresses, keys = people.management_addresses(ids), queries.keys_used_by(ids)
    return [
        {
            "key": customer.key,
            "name": customer.name,
            "language": customer.language,
            "tier": customer.tier,
            "addresses": addresses.get(customer.pk, []),
            "components": keys.get(customer.pk, []),
        }
        for customer in customers
    ]
