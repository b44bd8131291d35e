"""Pages of the catalog: what the company runs, and who uses it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tocsin.catalog import queries, services
from tocsin.catalog.forms import ComponentForm, CustomerForm
from tocsin.people import access
from tocsin.people import queries as people
from tocsin.people import services as people_services
from tocsin.people.editing import edit
from tocsin.people.permissions import MANAGE_CUSTOMERS, MANAGE_SETTINGS, SEE_CUSTOMERS


@access.require(MANAGE_SETTINGS)
def components(request: HttpRequest) -> HttpResponse:
    """All components and how many customers use each."""
    counts = queries.customer_counts()
    rows = [(component, counts.get(component.pk, 0)) for component in queries.components()]
    return render(request, "catalog/components.html", {"rows": rows})


@access.require(MANAGE_SETTINGS)
def component_add(request: HttpRequest) -> HttpResponse:
    """A new component."""
    return _edit_component(request, ComponentForm(request.POST or None), _("Add a component"))


@access.require(MANAGE_SETTINGS)
def component_edit(request: HttpRequest, key: str) -> HttpResponse:
    """A component's names, words and place; its key stays, since programs know it."""
    component = queries.component_by_key(key)
    initial = {
        **ComponentForm.initial_names(component.name),
        "key": component.key,
        "service": component.service.key if component.service else "",
        "region": component.region.key if component.region else "",
        "words": "\n".join(component.words),
        "position": component.position,
    }
    form = ComponentForm(request.POST or None, initial=initial)
    form.fields["key"].disabled = True
    return _edit_component(request, form, str(component))


@access.require(SEE_CUSTOMERS)
def customers(request: HttpRequest) -> HttpResponse:
    """All customers, newest first; `q` is the beginning of a name or key."""
    search = request.GET.get("q", "").strip()
    found = people.customers(search, request.GET.get("cursor"))
    return render(
        request,
        "catalog/customers.html",
        {"page": found, "search": search, "manages": people.may(request.user, MANAGE_CUSTOMERS)},
    )


@access.require(MANAGE_CUSTOMERS)
def customer_add(request: HttpRequest) -> HttpResponse:
    """A new customer."""
    return _edit_customer(request, CustomerForm(request.POST or None), _("Add a customer"))


@access.require(MANAGE_CUSTOMERS)
def customer_edit(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A customer's language, addresses and what they use."""
    customer = people.customer_by_id(customer_id)
    initial = {
        "key": customer.key,
        "name": customer.name,
        "language": customer.language,
        "tier": customer.tier,
        "addresses": "\n".join(people.management_addresses([customer_id]).get(customer_id, [])),
        "components": [component.key for component in queries.components_of(customer_id)],
    }
    form = CustomerForm(request.POST or None, initial=initial)
    form.fields["key"].disabled = True
    return _edit_customer(request, form, customer.name)


def _edit_component(request: HttpRequest, form: ComponentForm, title: str) -> HttpResponse:
    def save(values: dict[str, Any]) -> None:
        wanted = {name: values[name] for name in ("key", "words", "service", "region", "position")}
        services.save_component(**wanted, name=form.names(), actor=access.actor(request))

    return edit(request, form, title, "catalog:components", save)


def _edit_customer(request: HttpRequest, form: CustomerForm, title: str) -> HttpResponse:
    @transaction.atomic
    def save(values: dict[str, Any]) -> None:
        actor = access.actor(request)
        wanted = {name: values[name] for name in ("key", "name", "language", "tier", "addresses")}
        customer, _created = people_services.save_customer(**wanted, actor=actor)
        services.set_uses(customer.pk, [component.key for component in values["components"]], actor=actor)

    return edit(request, form, title, "catalog:customers", save)
