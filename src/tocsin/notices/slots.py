"""What the notices room puts into the console's frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tocsin.console import slots
from tocsin.notices import queries
from tocsin.people import queries as people


def _sees_customers(request: HttpRequest) -> bool:
    return people.may(request.user, "see_customers")


def _told(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """What this customer was sent when, and whether it arrived (R-D10)."""
    page = queries.notices_of_customer(subject.pk, cursor=request.GET.get("told"), size=10)
    return {
        "sent": [queries.as_sent(row) for row in page.items],
        "older": page.next,
        "refusal": queries.refusal_of(subject.pk),
    }


slots.fill("customer_section", slots.Piece(20, "notices/told.html", _told, _sees_customers))
