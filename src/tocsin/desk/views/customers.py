"""The whole customer at a glance (R-A24)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tocsin.catalog import queries as catalog
from tocsin.desk import queries
from tocsin.desk.views.presenting import list_rows
from tocsin.people import queries as people
from tocsin.people.access import require, staff


@require_GET
@require("see_customers")
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer: contacts, what they use, every ticket; other rooms add theirs."""
    found = people.customer_by_id(customer_id)
    me = staff(request)
    page = queries.tickets_of_customer(found.pk, me, request.GET.get("cursor"))
    context = {
        "customer": found,
        "contacts": people.contacts_of(found.pk),
        "uses": catalog.components_of(found.pk),
        "rows": list_rows(request, page.items),
        "next": page.next,
        "sees_all": people.visible_departments(me) is None,
    }
    return render(request, "desk/customer.html", context)


@require_GET
@require("see_customers")
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """A person: their customer's page, or, when we know of none, their own tickets."""
    found = people.contact_by_id(contact_id)
    if found.customer_id:
        return redirect("desk:customer", found.customer_id)
    me = staff(request)
    page = queries.tickets_of_contact(found.pk, me, request.GET.get("cursor"))
    context = {
        "contact": found,
        "contacts": [found],
        "rows": list_rows(request, page.items),
        "next": page.next,
        "sees_all": people.visible_departments(me) is None,
    }
    return render(request, "desk/customer.html", context)
