"""The filter of a list: read from the page's address, changed in the panel above the list."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from tocsin.console import filtering
from tocsin.kernel import filters

KIND = "ticket"


@dataclass(frozen=True)
class Wanted:
    """What the list is filtered by. `text` is as in the address, `words` say it; `is_wrong`: it cannot be
    taken, and the editor shows why. `applied` is what the form says, in whole, for the address."""

    text: str = ""
    filter: filters.Filter | None = None
    words: list[str] = field(default_factory=list)
    editor: filtering.Editor | None = None
    is_wrong: bool = False
    applied: str | None = None


def wanted(request: HttpRequest) -> Wanted:
    """The list's filter, and the editor where it is open: `edit` in the address, or its form sent."""
    context = filtering.context_of(request)
    known = _known(request.GET.get("filter", ""), context)
    draft, do = filtering.draft_from(request.GET), request.GET.get("do", "")
    if draft is None:
        return _opened(known, context) if "edit" in request.GET and not known.editor else known
    if do:
        return _with(known, filtering.editor(KIND, draft, context, do=do))
    return _applied(known, draft, context)


def _known(text: str, context: filters.Context) -> Wanted:
    if not text:
        return Wanted()
    try:
        tree = filters.parse(text)
    except filters.BadFilter as wrong:
        empty = filtering.DraftGroup()
        return Wanted(editor=filtering.editor(KIND, empty, context, problems=wrong.fields), is_wrong=True)
    draft = filtering.draft_of(tree)
    made = _compiled(draft, context)
    if isinstance(made, filtering.Editor):
        return Wanted(text, editor=made, is_wrong=True)
    return Wanted("" if made.is_empty else compact(made), made, filtering.in_words(made))


def _opened(known: Wanted, context: filters.Context) -> Wanted:
    draft = filtering.draft_of(known.filter.tree) if known.filter else filtering.DraftGroup()
    return _with(known, filtering.editor(KIND, draft, context, do="open"))


def _applied(known: Wanted, draft: filtering.DraftGroup, context: filters.Context) -> Wanted:
    made = _compiled(draft, context)
    if isinstance(made, filtering.Editor):
        return _with(known, made)
    return Wanted(applied="" if made.is_empty else compact(made))


def _compiled(draft: filtering.DraftGroup, context: filters.Context) -> filters.Filter | filtering.Editor:
    """The filter, or the editor with what is wrong in it."""
    said, places = filtering.said(KIND, draft)
    try:
        return filters.compile(KIND, said, context)
    except filters.BadFilter as wrong:
        return filtering.editor(KIND, draft, context, problems=wrong.fields, places=places)


def _with(known: Wanted, editor: filtering.Editor) -> Wanted:
    return Wanted(known.text, known.filter, known.words, editor, known.is_wrong)


def compact(made: filters.Filter) -> str:
    """As the address carries it."""
    said: dict[str, Any] = made.as_json()
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)
