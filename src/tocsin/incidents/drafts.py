"""Sentences to begin with, so that declaring takes seconds: what is broken and how badly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.incidents.models import Impact, IncidentStatus, Kind
from tocsin.kernel.translated import in_language

Names = Sequence[dict[str, str]]


def titles(names: Names, impact: str, kind: str, languages: Iterable[str]) -> dict[str, str]:
    """What is broken, as the heading, by language; empty while nothing is chosen."""
    found = {}
    for language in languages:
        with override(language):
            found[language] = _fill(_title(impact, kind), names, language)
    return found


def first_messages(names: Names, impact: str, kind: str, languages: Iterable[str]) -> dict[str, str]:
    """What customers are told first, by language; empty while nothing is chosen."""
    messages = {}
    for language in languages:
        with override(language):
            messages[language] = _fill(_first(impact, kind), names, language)
    return messages


def next_messages(names: Names, status: str, now: str, languages: Iterable[str]) -> dict[str, str]:
    """What customers are told next when the status, now `now`, becomes or stays `status`."""
    messages = {}
    for language in languages:
        with override(language):
            messages[language] = _fill(_still(status) if status == now else _next(status), names, language)
    return messages


def _fill(sentence: str, names: Names, language: str) -> str:
    parts = ", ".join(in_language(name, language) for name in names)
    return sentence % {"parts": parts} if parts else ""


def _title(impact: str, kind: str) -> str:
    if kind == Kind.SCHEDULED:
        return _("%(parts)s: planned maintenance")
    return {
        Impact.MINOR: _("%(parts)s: slow or unreliable"),
        Impact.MAJOR: _("%(parts)s: does not work for some customers"),
        Impact.CRITICAL: _("%(parts)s: does not work"),
    }[Impact(impact)]


def _first(impact: str, kind: str) -> str:
    if kind == Kind.SCHEDULED:
        return _("%(parts)s: we are doing planned maintenance. It may be unavailable during this time.")
    return {
        Impact.MINOR: _("%(parts)s: at the moment this is slow or fails now and then. We are working on it."),
        Impact.MAJOR: _(
            "%(parts)s: at the moment this does not work for some customers. "
            "We know about it and are working on the repair."
        ),
        Impact.CRITICAL: _(
            "%(parts)s: at the moment this does not work. We know about it and are working on the repair. "
            "You need not do anything."
        ),
    }[Impact(impact)]


def _still(status: str) -> str:
    """Work goes on, and nothing is claimed that was not said before."""
    return {
        IncidentStatus.SCHEDULED: _("%(parts)s: the planned maintenance stands as announced."),
        IncidentStatus.INVESTIGATING: _("%(parts)s: we are still looking for the cause."),
        IncidentStatus.IDENTIFIED: _(
            "%(parts)s: the cause is known, and we are still working on the repair."
        ),
        IncidentStatus.MONITORING: _("%(parts)s: we are still watching whether the repair holds."),
    }.get(IncidentStatus(status)) or _next(status)


def _next(status: str) -> str:
    return {
        IncidentStatus.INVESTIGATING: _("%(parts)s: we are still looking for the cause."),
        IncidentStatus.IDENTIFIED: _("%(parts)s: we have found the cause and are working on the repair."),
        IncidentStatus.MONITORING: _("%(parts)s: the repair is done, and we are watching whether it holds."),
        IncidentStatus.RESOLVED: _("%(parts)s: everything works again. We are sorry for the trouble."),
    }[IncidentStatus(status)]
