"""What a page says to the browser so that it hears of changes (Server-Sent Events, design §2)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest

from tocsin.kernel import live

# One stream a page: the script asks each element which of these it cares for.
STAFF_TOPICS = ["queue", "ticket:*", "alert", "incident:*", "notice:*"]


def mark(request: HttpRequest) -> str:
    """The moment from which the page listens. A view calls it before it reads what it shows."""
    marked: str | None = getattr(request, "_live_mark", None)
    if marked is None:
        marked = live.current_snapshot()
        request._live_mark = marked  # type: ignore[attr-defined]  # a note on the request, as Django's own apps do
    return marked


def stream_url(request: HttpRequest, topics: list[str]) -> str:
    """The address of the page's stream: a token for who reads the page, and since when."""
    token = live.make_token(topics, str(request.user.pk))
    return "/live?" + urlencode({"token": token, "since": mark(request)})
