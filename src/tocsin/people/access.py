"""The doors: who may open a staff page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from tocsin.people import queries
from tocsin.people.models import Staff

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require(permission: str) -> Callable[[View[P]], View[P]]:
    """Decorator of a staff page: sign-in first, then the permission; else a page that says so."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if not queries.may(request.user, permission):
                return render(request, "people/forbidden.html", status=403)
            return _for_them_alone(view(request, *args, **kwargs))

        return cast(View[P], guarded)

    return decorate


def _for_them_alone(response: HttpResponseBase) -> HttpResponseBase:
    """Kept by no cache on the way, and shown again by the browser only after asking us."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def staff(request: HttpRequest) -> Staff:
    """The person signed in; only behind `require`."""
    return cast(Staff, request.user)


def actor(request: HttpRequest) -> str:
    """How the event log names the person signed in."""
    return staff(request).actor


def _to_login(request: HttpRequest) -> HttpResponse:
    login = redirect_to_login(request.get_full_path())
    htmx: Any = getattr(request, "htmx", False)
    return HttpResponseClientRedirect(login.url) if htmx else login
