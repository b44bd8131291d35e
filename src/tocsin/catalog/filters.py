"""Customers by what they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tocsin.catalog import queries
from tocsin.catalog.models import Use
from tocsin.kernel.filters import Choices, Context, Field, Option, Several, register


def _components(context: Context) -> Sequence[Option]:
    return [Option(one.key, str(one)) for one in queries.components()]


def _uses(operator: str, keys: Sequence[str] | None) -> Q:
    if operator in ("empty", "not_empty"):
        found = Q(pk__in=Use.objects.values("customer_id"))
        return found if operator == "not_empty" else ~found
    if operator == "has_all":
        every = Q()
        for key in keys or ():
            every &= Q(pk__in=Use.objects.filter(component__key=key).values("customer_id"))
        return every
    found = Q(pk__in=Use.objects.filter(component__key__in=keys or ()).values("customer_id"))
    return ~found if operator == "has_none" else found


def _used_by(customers: Sequence[Any]) -> Mapping[Any, Any]:
    return queries.keys_used_by(one.pk for one in customers)


register(
    "customer",
    Field("component", _("Uses"), Several(Choices(_components)), order=60, condition=_uses, load=_used_by),
)
