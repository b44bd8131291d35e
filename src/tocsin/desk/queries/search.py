"""Find tickets by anything that was ever said in them (R-A18)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tocsin.desk.models import Ticket
from tocsin.kernel import search as documents
from tocsin.kernel.references import guess_reference
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff

_LOOKS_LIKE_ID = re.compile(r"t-?\s?\d{2,19}|\d{2,19}", re.IGNORECASE)
_WHOLE_DIGITS = 7
_MISTYPED_DIGITS = 5


@dataclass(frozen=True)
class Found:
    """What a search found. `jump` is the ticket whose ID was typed; `mistyped` says that what was typed
    looks like an ID and is none: its check digit is wrong."""

    items: list[Ticket] = field(default_factory=list)
    next: str | None = None
    jump: str = ""
    mistyped: bool = False
    # How many there are; None where the words are too common to be counted.
    total: int | None = 0
    # How many more other departments have, by their ids.
    elsewhere: Mapping[int, int] = field(default_factory=dict)


def search(query: str, staff: Staff, cursor: str | None = None, *, size: int = 25) -> Found:
    """The best of the newest that match among what `staff` sees, a page of them. Six queries at most.

    An ID typed whole leads straight to its ticket; by its number without leading zeros the ticket is shown
    before what else was found. Raises Refused for a cursor that is not ours.
    """
    visible = people.visible_departments(staff)
    by_id = _by_id(query.strip(), visible) if _LOOKS_LIKE_ID.fullmatch(query.strip()) else Found()
    if by_id.jump or by_id.mistyped:
        return by_id
    page = documents.find("ticket", query, visible, cursor, size)
    rows = _rows(page.owners, visible)
    items = [rows[pk] for pk in page.owners if pk in rows]
    found = Found(items, page.next, total=page.total, elsewhere=page.elsewhere)
    return _with_first(found, by_id.items) if not cursor else found


def _by_id(typed: str, visible: list[int] | None) -> Found:
    has_letter = typed[:1] in "tT"
    digits = sum(letter.isdecimal() for letter in typed)
    reference = guess_reference(typed, "T")
    tickets = list(_rows([reference], visible, by="ref").values()) if reference else []
    # A few digits alone may be a room or a year: their ticket is offered beside what else there is.
    jumps = bool(tickets) and (has_letter or digits >= _WHOLE_DIGITS)
    # Digits alone may be a phone or an invoice number: those are searched for.
    mistyped = has_letter and digits >= _MISTYPED_DIGITS and reference is None
    return Found(items=tickets, jump=reference or "" if jumps else "", mistyped=mistyped)


def _with_first(found: Found, first: list[Ticket]) -> Found:
    known = {ticket.pk for ticket in first}
    return replace(found, items=[*first, *(one for one in found.items if one.pk not in known)])


def _rows(keys: list[int] | list[str], visible: list[int] | None, by: str = "pk") -> dict[int, Ticket]:
    rows = Ticket.objects.filter(**{f"{by}__in": keys})
    rows = rows if visible is None else rows.filter(department_id__in=visible)
    return {row.pk: row for row in rows.select_related("requester", "customer", "assignee", "department")}
