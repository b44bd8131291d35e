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

from tocsin.console.faults import page_before
from tocsin.kernel.actors import Actor
from tocsin.kernel.permissions import permission as declared_permission
from tocsin.people import queries
from tocsin.people.models import Staff

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require(permission: str) -> Callable[[View[P]], View[P]]:
    """Decorator of a staff page: sign-in first, then the permission, anywhere at all; else a page that says
    so.

    Where exactly it is needed, and of what, the verb knows and checks.
    """
    declared_permission(permission)  # a wrong one is a fault at the start, not a door that never opens

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            staff(request).remember_actor()
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


def actor(request: HttpRequest) -> Actor:
    """The person signed in as they act, made once a request."""
    return staff(request).actor


def _to_login(request: HttpRequest) -> HttpResponse:
    htmx: Any = getattr(request, "htmx", False)
    login = redirect_to_login(_page_of(request, bool(htmx)))
    return HttpResponseClientRedirect(login.url) if htmx else login


def _page_of(request: HttpRequest, part: bool) -> str:
    """Where to go on after signing in: a form or a part of a page is no place to go, its page is."""
    if part or request.method not in ("GET", "HEAD"):
        return page_before(request) or "/"
    return request.get_full_path()
