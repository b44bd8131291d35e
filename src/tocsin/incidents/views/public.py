"""The page behind *This is not my problem*: GET shows, POST acts (R-C11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.incidents import links, services
from tocsin.kernel.errors import NotFound
from tocsin.people import queries as people


@csrf_exempt  # the signed token is the permission; whoever has it needs no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def not_my_problem(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the matter is another one; on POST put the ticket back into the queue."""
    try:
        claimed = services.decline(token) if request.method == "POST" else services.claimed(token)
    except NotFound:
        return _page(request, "incidents/unknown_link.html", "", status=404)
    ref = format_html('<span class="ticket-ref">{}</span>', claimed.ticket_ref)
    return _page(request, "incidents/not_my_problem.html", claimed.language, claimed=claimed, ref=ref)


def _page(
    request: HttpRequest, template: str, language: str, *, status: int = 200, **more: object
) -> HttpResponse:
    with override(language or people.company_language()):
        context = {"company": people.company_name(), "status_page": links.status_page_url(), **more}
        return render(request, template, context, status=status)
