"""How a reader likes the frame to look, kept in a cookie of this browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

ALLOWED = {"theme": ("auto", "light", "dark"), "rail": ("auto", "open", "collapsed")}
_YEAR_S = 365 * 86_400


def preference(request: HttpRequest, name: str) -> str:
    """The choice; `auto` when there is none or it is not one of ours."""
    value = request.COOKIES.get(f"tocsin_{name}", "auto")
    return value if value in ALLOWED[name] else "auto"


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice. Raises KeyError or ValueError when there is no such choice."""
    if value not in ALLOWED[name]:
        raise ValueError(value)
    response.set_cookie(f"tocsin_{name}", value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure())
