"""What the parts of the war room show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tocsin.incidents import queries
from tocsin.incidents.events import UpdateOverdue
from tocsin.incidents.models import IncidentStatus, LinkState
from tocsin.incidents.queries import IncidentView
from tocsin.incidents.words import choose
from tocsin.kernel.events import name_of
from tocsin.kernel.translated import in_language
from tocsin.notices import queries as notices
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff

_NAMES_SHOWN = 4
_HAPPENINGS_SHOWN = 40

Namer = Callable[[str], str]


@dataclass(frozen=True)
class Entry:
    """One entry of the time line."""

    icon: str
    words: str
    at: datetime
    who: str = ""
    message: str = ""
    language: str = ""


def state(incident: IncidentView, staff: Staff) -> dict[str, Any]:
    """The first words: what, since when, whom, and the one thing to do next."""
    affected, names = queries.audience_of(incident.id, _NAMES_SHOWN)
    visible = people.visible_departments(staff)
    waiting = 0 if incident.is_over else queries.suggested_count(incident.id, visible=visible)
    return {
        "parts": ", ".join(in_language(one.name) for one in incident.components),
        "affected": affected,
        "names": names,
        "more": max(0, affected - len(names)),
        "waiting": waiting,
        "status_label": IncidentStatus(incident.status).label,
        "next_thing": _next_thing(incident, waiting),
    }


def _next_thing(incident: IncidentView, waiting: int) -> str:
    """`late`, `suggestions`, `update`, or nothing when it is over."""
    if incident.is_over:
        return ""
    if incident.is_overdue:
        return "late"
    return "suggestions" if waiting else "update"


def timeline(incident: IncidentView, staff: Staff) -> dict[str, Any]:
    """Updates with what was said, and what else happened, newest first."""
    name = cache(people.actor_name)
    entries = [_update_entry(one, name, is_first=one is incident.updates[-1]) for one in incident.updates]
    entries += _other_entries(queries.timeline(incident.ref, incident.declared_at, 200), name)
    return {"entries": sorted(entries, key=lambda entry: entry.at, reverse=True)[:_HAPPENINGS_SHOWN]}


def _update_entry(update: queries.UpdateView, name: Namer, *, is_first: bool) -> Entry:
    language = choose(update.message, get_language() or "en")
    label = IncidentStatus(update.status).label
    words = _("Declared: %(status)s") % {"status": label} if is_first else str(label)
    return Entry("megaphone", words, update.at, name(update.author), update.message[language], language)


def _other_entries(happenings: Iterable[queries.Happening], name: Namer) -> list[Entry]:
    """Tickets that came one after the other are one entry."""
    entries = []
    for (event, state), run in groupby(happenings, key=lambda one: (one.name, one.data.get("state"))):
        together = list(run)
        count = sum(len(_ids(one)) for one in together)
        words = _words(event, str(state), count)
        if words:
            entries.append(
                Entry(_ICONS.get(str(state), "clock-alert"), words, together[0].at, _who(together, name))
            )
    return entries


_ICONS = {
    LinkState.ATTACHED.value: "link",
    LinkState.SUGGESTED.value: "lightbulb",
    LinkState.DECLINED.value: "unlink",
}


def _words(event: str, state: str, count: int) -> str:
    if event == name_of(UpdateOverdue):
        return _("The promised update did not come. The coordinator was warned.")
    values = {"count": count}
    return {
        LinkState.ATTACHED.value: ngettext("%(count)s ticket attached", "%(count)s tickets attached", count),
        LinkState.SUGGESTED.value: ngettext(
            "%(count)s ticket suggested", "%(count)s tickets suggested", count
        ),
        LinkState.DECLINED.value: ngettext("%(count)s ticket let go", "%(count)s tickets let go", count),
    }[state] % values


def _ids(one: queries.Happening) -> list[int]:
    ids = one.data.get("ticket_ids")
    return ids if isinstance(ids, list) else []


def _who(together: list[queries.Happening], name: Namer) -> str:
    actors = {one.actor for one in together}
    return name(actors.pop()) if len(actors) == 1 else ""


def tickets(incident: IncidentView, staff: Staff) -> dict[str, Any]:
    """Suggested ones first while it goes on, then the attached ones; other departments' are only counted."""
    visible = people.visible_departments(staff)
    attached = queries.attached_tickets(incident.id, visible=visible)
    shown, whole = queries.attached_count(incident.id, visible=visible), queries.attached_count(incident.id)
    return {
        **({} if incident.is_over else _suggested(incident, visible)),
        "attached": attached,
        "attached_count": whole,
        "attached_more": max(0, shown - len(attached)),
        "attached_elsewhere": max(0, whole - shown),
    }


def _suggested(incident: IncidentView, visible: list[int] | None) -> dict[str, Any]:
    whole = queries.suggested_count(incident.id)
    return {
        "suggested": queries.suggested_tickets(incident.id, visible=visible),
        "suggested_count": whole,
        "suggested_elsewhere": whole - queries.suggested_count(incident.id, visible=visible),
    }


def deliveries(incident: IncidentView, staff: Staff) -> dict[str, Any]:
    """How far the notices are, whom they did not reach, and the figures."""
    affected, _names = queries.audience_of(incident.id, 0)
    return {
        "affected": affected,
        "notices": notices.notices_of(incident.ref),
        "not_reached": notices.not_reached(incident.ref, limit=20),
        "figures": queries.figures(incident.ref),
        "sees_customers": people.may(staff, "see_customers"),
    }
