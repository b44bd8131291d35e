"""The editor of filters, for any room's page: a form that the server draws anew after each change.

A page includes `console/parts/filter_editor.html` with an `Editor` inside a form of its own. What comes back
is read by `draft_from` and made JSON by `said`; a filter that cannot be taken is shown with its problems.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from tocsin.console.filtering.drawing import Editor, editor, found
from tocsin.console.filtering.form import Draft, DraftGroup, draft_from, draft_of, said
from tocsin.console.filtering.words import in_words
from tocsin.kernel import filters

__all__ = [
    "Draft",
    "DraftGroup",
    "Editor",
    "context_of",
    "draft_from",
    "draft_of",
    "editor",
    "found",
    "in_words",
    "said",
]


def context_of(request: HttpRequest) -> filters.Context:
    """What *me* and a day mean to who reads."""
    return filters.Context(zone=timezone.get_current_timezone(), reader=request.user)
