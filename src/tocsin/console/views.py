"""The frame's own pages: a reader's choices of look, and the style guide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from tocsin.console import filtering, preferences, samples, searching
from tocsin.kernel import clock


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a choice of look and go back to where one was."""
    response = redirect(_way_back(request))
    try:
        preferences.remember(request, response, request.POST.get("name", ""), request.POST.get("value", ""))
    except (KeyError, ValueError):
        return HttpResponseBadRequest("There is no such choice.", content_type="text/plain")
    return response


def _way_back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


_LONGEST_QUERY = 200
_PIECES = {"top_bar", "alert_bar", "red_alert"}


@require_GET
@login_required
def piece(request: HttpRequest, name: str) -> HttpResponse:
    """One slot of the frame anew, for the live screens."""
    if name not in _PIECES:
        raise Http404(name)
    return render(request, "console/piece.html", {"name": name})


@require_GET
@login_required
def found(request: HttpRequest) -> HttpResponse:
    """What there is of every kind, as lines of the palette."""
    query = request.GET.get("q", "")[:_LONGEST_QUERY].strip()
    sections = searching.sections(request, query, everything=True) if query else []
    return render(request, "console/parts/palette_found.html", {"sections": sections})


@require_GET
@login_required
def filter_editor(request: HttpRequest, kind: str) -> HttpResponse:
    """The editor of a filter anew, after a change in its form."""
    draft = filtering.draft_from(request.GET) or filtering.DraftGroup()
    drawn = filtering.editor(kind, draft, filtering.context_of(request), do=request.GET.get("do", ""))
    return render(request, "console/parts/filter_editor.html", {"editor": drawn})


@require_GET
@login_required
def filter_values(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Values of a field that begin with what is being typed."""
    typed = request.GET.get(request.GET.get("for", ""), "")
    options = filtering.found(kind, key, typed, filtering.context_of(request))
    return render(request, "console/parts/filter_values.html", {"options": options})


@require_GET
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with plausible data, for those who build pages and for the tests."""
    return render(request, "console/styleguide.html", _specimens())


def _specimens() -> dict[str, Any]:
    now = clock.now()
    return {
        "rows": samples.rows(now),
        "choices": samples.choices(),
        "form": samples.SpecimenForm({"subject": "", "language": "el", "urgent": "on"}),
        "far": now + timedelta(hours=5),
        "near": now + timedelta(minutes=12, seconds=40),
        "late": now - timedelta(minutes=7),
        "earlier": now - timedelta(hours=3),
        "just": now - timedelta(seconds=20),
    }
