"""What is shown where Django has a bare page: nothing there, not allowed, an old form, a fault of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tocsin.console import slots


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: an address that leads nowhere."""
    text = _("The address is mistyped, or what was here is gone.")
    return _shown(request, 404, "map-pin-off", _("There is nothing here"), text)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this reader."""
    text = _("Your role does not include it. If you need it, ask the head of support.")
    return _shown(request, 403, "lock", _("This page is not open to you"), text)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that no browser of ours sends."""
    text = _("Nothing was changed. Go back and try again.")
    return _shown(request, 400, "circle-alert", _("This could not be understood"), text)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the sign that it comes from a page of ours, mostly one left open too long."""
    title = _("This page was open for too long")
    text = _(
        "Somebody signed in or out since it was opened, or this browser keeps no cookies, so nothing was "
        "sent or changed. An answer, a note, a call or an alert that you wrote is kept in this browser. Open "
        "the page again and send it from there."
    )
    back, label = page_before(request) or request.path, _("Open the page again")
    return _shown(request, 403, "rotate-ccw", title, text, back=back, back_label=label)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: needs neither the database nor the session, since they may be the very fault."""
    text = _("The fault is ours and is written in the log. Try again in a moment; what you wrote is kept.")
    context = _context("triangle-alert", _("Something went wrong"), text)
    return HttpResponse(render_to_string("console/fault.html", context), status=500)


def page_before(request: HttpRequest) -> str:
    """The page of ours from which a form was sent: its path and query; empty when nobody says."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def page_above(path: str) -> str:
    """The nearest page above an address that is none: `/tickets/T-…/reply/` → `/tickets/T-…/`."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"


def _shown(request: HttpRequest, status: int, icon: str, title: str, text: str, **more: str) -> HttpResponse:
    user = getattr(request, "user", None)  # not there yet when a middleware refused
    frame = "console/page.html" if user and user.is_authenticated else "console/public_page.html"
    context = _context(icon, title, text) | {"frame": frame} | more
    context["company"] = slots.company_name() or context["company"]
    return render(request, "console/fault.html", context, status=status)


def _context(icon: str, title: str, text: str) -> dict[str, Any]:
    return {
        "frame": "console/public_page.html",
        "company": settings.TOCSIN_COMPANY or "Tocsin",
        "icon_name": icon,
        "title": title,
        "text": text,
        "back": "/",
        "back_label": _("Back to the start"),
    }
