"""Search over everything, as one types (R-A18)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tocsin.console import searching
from tocsin.console.components import ListRow
from tocsin.desk import queries
from tocsin.desk.views.presenting import list_rows, ticket_url
from tocsin.kernel.search import highlight
from tocsin.people import queries as people
from tocsin.people.access import require, staff

_LONGEST_QUERY = 200
# How `marked_up` finds the words to mark; letters that no text has.
_OPEN, _CLOSE = "\ue000", "\ue001"


@require_GET
@require("read")
def search(request: HttpRequest) -> HttpResponse:
    """Tickets and customers; a whole ID leads straight to its ticket."""
    query = request.GET.get("q", "")[:_LONGEST_QUERY].strip()
    context = _found(request, query) if query else {}
    typing = bool(getattr(request, "htmx", False))
    if context.get("jump") and not typing:
        return redirect(ticket_url(context["jump"]))
    template = "desk/parts/results.html" if typing else "desk/search.html"
    return render(request, template, {"query": query, **context})


def _found(request: HttpRequest, query: str) -> dict[str, Any]:
    me = staff(request)
    cursor = request.GET.get("cursor")
    found = queries.search(query, me, cursor)
    rows = list_rows(request, map(queries.row_of, found.items))
    return {
        "found": found,
        "jump": found.jump,
        "results": [_result(row, query) for row in rows],
        "elsewhere": _elsewhere(found) if not cursor else [],
        "sections": searching.sections(request, query) if not cursor and not found.jump else [],
    }


def _elsewhere(found: queries.Found) -> list[tuple[str, int]]:
    """Whose tickets were found that the reader does not see, and how many."""
    if not found.elsewhere:
        return []
    counts = found.elsewhere
    return [(str(one), counts[one.pk]) for one in people.departments() if one.pk in counts]


def _result(row: ListRow, query: str) -> dict[str, Any]:
    return {
        "row": row,
        "who": marked(row.who, query),
        "subject": marked(row.subject, query),
        "excerpt": marked(row.excerpt, query),
    }


def marked(text: str, query: str) -> str:
    """The text with the query's words between two marks, for the `marked_up` filter."""
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    for start, end in reversed(highlight(text, query)):
        text = f"{text[:start]}{_OPEN}{text[start:end]}{_CLOSE}{text[end:]}"
    return text
