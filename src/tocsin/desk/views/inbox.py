"""The inbox: lists of tickets that fill themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tocsin.console import live
from tocsin.console.toasts import toast
from tocsin.desk import queries, rules, services
from tocsin.desk.models import Status
from tocsin.desk.views import filtering
from tocsin.desk.views.presenting import VIEWS, assignee_choices, list_query, list_rows
from tocsin.kernel.errors import Refused
from tocsin.kernel.paging import Page
from tocsin.people import queries as people
from tocsin.people.access import actor, require, staff

MOST_AT_ONCE = 200
_MOST_ROWS = 50


@require_GET
@require("read")
def inbox(request: HttpRequest) -> HttpResponse:
    """One of the lists, a page of it, and the editor of its filter."""
    live.mark(request)
    context = list_context(request)
    if context["wanted"].applied is not None:
        return redirect(_list_url(context["view"].key, context["wanted"].applied))
    counts = queries.counts(staff(request))
    request._desk_counts = counts  # type: ignore[attr-defined]  # the rail shows one of them too
    context["tabs"] = [
        {
            "view": view,
            "count": counts.get(view.key),
            "number": queries.number_of(view.key),
            "url": _list_url(view.key, context["filter"]),
        }
        for view in VIEWS.values()
    ]
    context["beside_url"] = _list_url(context["view"].key, context["filter"])
    context["filter_url"] = f"{context['beside_url']}&edit=1"
    context["may_work"] = people.may(request.user, "work_tickets")
    context["assignees"] = assignee_choices(staff(request), None)
    return render(request, "desk/inbox.html", context)


@require_GET
@require("read")
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of a list's first page, for the live screens; with `refs` those of a list that changed."""
    if "refs" not in request.GET:
        return render(request, "desk/parts/rows.html", list_context(request))
    context = beside_context(request)
    found = queries.rows_seen(request.GET["refs"].split(",")[:_MOST_ROWS], staff(request))
    return render(request, "desk/parts/rows.html", {"rows": list_rows(request, found, context["beside"])})


def beside_context(request: HttpRequest) -> dict[str, Any]:
    """The list that one came from, or is at: `view` and `filter` come from the address."""
    view = VIEWS.get(request.GET.get("view", ""), VIEWS["open"])
    wanted = filtering.wanted(request)
    live.want(request, wanted.text)
    return {
        "view": view,
        "wanted": wanted,
        "filter": wanted.text,
        "beside": list_query(view.key, wanted.text),
    }


def list_context(request: HttpRequest) -> dict[str, Any]:
    """A list with its rows; `cursor` comes from the address, too."""
    context = beside_context(request)
    page = _page(request, context["view"].key, context["wanted"], request.GET.get("cursor"))
    return {
        **context,
        "rows": list_rows(request, page.items, context["beside"]),
        "next": page.next,
        "looked_to": page.looked_to,
        "is_first_page": "cursor" not in request.GET,
    }


def _page(
    request: HttpRequest, view: str, wanted: filtering.Wanted, cursor: str | None
) -> Page[queries.TicketRow]:
    if wanted.is_wrong or wanted.applied is not None:
        return Page([], None)
    return queries.queue(view, staff(request), cursor, wanted=wanted.filter)


def _list_url(view: str, filter_text: str = "") -> str:
    return f"{reverse('desk:inbox')}?{list_query(view, filter_text)}"


def open_count(request: HttpRequest) -> queries.BoundedCount:
    """What the rail shows on every page; the inbox has counted it already."""
    counts: dict[str, queries.BoundedCount] = getattr(request, "_desk_counts", None) or queries.counts(
        staff(request), ["open"]
    )
    return counts["open"]


@require_POST
@require("work_tickets")
def act_on_many(request: HttpRequest) -> HttpResponse:
    """One act on every selected ticket: `status:closed`, or `assign:12`; what can't be done is counted."""
    refs = list(dict.fromkeys(request.POST.getlist("pick")))[:MOST_AT_ONCE]
    what, _colon, value = request.POST.get("act", "").partition(":")
    done = sum(_acted(request, ref, what, value) for ref in refs)
    toast(request, _told(done, len(refs)), tone="calm" if done == len(refs) else "bad")
    return redirect(_list_url(request.POST.get("view", "open"), request.POST.get("filter", "")))


def _acted(request: HttpRequest, ref: str, what: str, value: str) -> bool:
    try:
        if what == "status" and value in Status.values:
            services.set_status(ref, value, actor=actor(request))
        elif what == "assign" and (not value or rules.number(value)):
            services.assign(ref, rules.number(value), actor=actor(request))
        else:
            return False
    except Refused:
        return False
    return True


def _told(done: int, asked: int) -> str:
    if not asked:
        return _("Nothing was selected.")
    words = ngettext("%(count)s ticket changed.", "%(count)s tickets changed.", done) % {"count": done}
    left = asked - done
    rest = ngettext("%(count)s stayed as it was.", "%(count)s stayed as they were.", left) % {"count": left}
    return f"{words} {rest}" if left else words
