"""What a page says to the browser so that it hears of changes (Server-Sent Events, design §2).

A view says what its page is about: `follow` for topics of events, `be_at` for the place where its reader is
seen by others, `want` for what the page's list shows. What every page shows (the rail's numbers, the bar
over it) its rooms have declared in their slots.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import HttpRequest

from tocsin.console import slots
from tocsin.kernel import live


@dataclass
class _Page:
    """What is known so far of the page that answers a request."""

    topics: list[str] = field(default_factory=list)
    place: str = ""
    interest: str = ""
    since: str = ""


def follow(request: HttpRequest, *topics: str) -> None:
    """Hear of these topics of events, such as `ticket:T-1`."""
    _page(request).topics.extend(topics)


def be_at(request: HttpRequest, place: str) -> None:
    """Who else is there sees the reader, and the reader them."""
    _page(request).place = place


def want(request: HttpRequest, interest: str) -> None:
    """What the page wants to be told in digests, as the digest's room reads it."""
    _page(request).interest = interest


def mark(request: HttpRequest, snapshot: str = "") -> str:
    """The moment from which the page listens. A view calls it before it reads what it shows; whoever knows an
    earlier one already names it."""
    page = _page(request)
    page.since = page.since or snapshot or live.current_snapshot()
    return page.since


def stream_url(request: HttpRequest) -> str:
    """The address of the page's stream: a token for who reads the page, and since when."""
    page = _page(request)
    topics = dict.fromkeys([*page.topics, *slots.topics(request)])
    granted = live.Pass(str(request.user.pk), tuple(topics), page.place, page.interest)
    return "/live?" + urlencode({"token": live.make_token(granted), "since": mark(request)})


def _page(request: HttpRequest) -> _Page:
    known: _Page | None = getattr(request, "_live_page", None)
    if known is None:
        known = request._live_page = _Page()  # type: ignore[attr-defined]  # a note on the request, as Django's own apps do
    return known
