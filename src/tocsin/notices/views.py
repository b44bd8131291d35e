"""The page behind a notice's unsubscribe link. GET never acts; POST needs no cookie (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.kernel.errors import NotFound
from tocsin.notices import links, queries, services
from tocsin.people import queries as people


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link does; act on POST. The signed token is the permission."""
    try:
        customer = people.customer_by_id(links.customer_of(token))
    except NotFound:
        return _page(request, "notices/unknown_link.html", people.company_language(), status=404)
    if request.method == "POST":
        act = services.subscribe_again if "again" in request.POST else services.unsubscribe
        act(customer.pk)
    done = queries.is_unsubscribed(customer.pk)
    return _page(request, "notices/unsubscribe.html", customer.language, customer=customer, done=done)


def _page(
    request: HttpRequest, template: str, language: str, status: int = 200, **context: object
) -> HttpResponse:
    with override(language or people.company_language()):
        return render(request, template, {"company": people.company_name(), **context}, status=status)
