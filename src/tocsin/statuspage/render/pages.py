"""The pages that people read, one variant a language; they need no JavaScript (interface.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tocsin.kernel.translated import in_language
from tocsin.statuspage.render import bars, matters, moments, words
from tocsin.statuspage.rules import (
    ComponentState,
    IncidentState,
    PageState,
    component_condition,
    faults,
    last_changed,
    lately_over,
    overall_condition,
    planned_maintenances,
    running_maintenances,
)

HTML = "text/html; charset=utf-8"
LATELY = 5
"""How many past matters the first page shows."""

_FOLDER = Path(__file__).resolve().parent.parent / "templates" / "statuspage"
_COLOURS = {"good": "#0a7d45", "warn": "#a86400", "bad": "#c8202f", "plan": "#3f55b8", "calm": "#5a6472"}
_ICONS = {
    "good": "%3Ccircle cx='8' cy='8' r='7'/%3E",
    "warn": "%3Cpath d='M8 1 16 15H0z'/%3E",
    "bad": "%3Cpath d='M1 1h14v14H1z'/%3E",
    "plan": "%3Cpath d='M8 0 16 8 8 16 0 8z'/%3E",
    "calm": "%3Ccircle cx='8' cy='8' r='7'/%3E",
}
_LANGUAGE_NAMES = {"en": "English", "el": "Ελληνικά", "hr": "Hrvatski", "es": "Español", "ru": "Русский"}


def pages(state: PageState) -> Iterator[tuple[str, bytes]]:
    """All pages with their paths, `/status/LANGUAGE/…`."""
    yield from _in_each_language(state, _in_one_language)


def archive_pages(state: PageState, month: date) -> Iterator[tuple[str, bytes]]:
    """The pages of one month of long ago; `state` holds exactly its incidents."""

    def of_the_month(state: PageState, language: str) -> Iterator[tuple[str, str]]:
        for incident in state.incidents:
            yield f"incidents/{incident.ref}/", incident_page(state, incident, language)
        page = history(state, [month], language, is_month=True, older=state.older_month)
        yield f"history/{month:%Y-%m}/", page

    yield from _in_each_language(state, of_the_month)


def _in_each_language(
    state: PageState, make: Callable[[PageState, str], Iterator[tuple[str, str]]]
) -> Iterator[tuple[str, bytes]]:
    for language in state.languages:
        with translation.override(language):
            for tail, html in make(state, language):
                yield f"/status/{language}/{tail}", html.encode()


def _in_one_language(state: PageState, language: str) -> Iterator[tuple[str, str]]:
    yield "", home(state, language)
    for incident in state.incidents:
        yield f"incidents/{incident.ref}/", incident_page(state, incident, language)
    months = _months(state)
    yield "history/", history(state, months[:3], language, is_month=False)
    for number, month in enumerate(months):
        if _rows_of(state, month):
            older = next((one for one in months[number + 1 :] if _rows_of(state, one)), state.older_month)
            page = history(state, [month], language, is_month=True, older=older)
            yield f"history/{month:%Y-%m}/", page
    yield "404.html", _page("missing", state, language, "404.html", {})


def home(state: PageState, language: str) -> str:
    """The first page: the answer, open matters, plans, ninety days, what lately was, the feeds."""
    first, more = words.answer_parts(state, language)
    facts = matters.Facts(state, language)
    over = lately_over(state)
    return _page(
        "home",
        state,
        language,
        "",
        {
            "tone": words.TONES[overall_condition(state)],
            "answer": first.then(more).filled(facts.plain_time),
            "answer_html": facts.html(first),
            "more_html": facts.html(more),
            "changed": facts.full_time(last_changed(state)),
            "open": [facts.matter(one) for one in [*faults(state), *running_maintenances(state)]],
            "planned": [facts.matter(one) for one in planned_maintenances(state)],
            "groups": _groups(state, language),
            "bar_path": bars.PATH,
            "past": [facts.matter(one, with_updates=False) for one in over[:LATELY]],
            "script": _file("page.js"),
        },
    )


def incident_page(state: PageState, incident: IncidentState, language: str) -> str:
    """One matter with everything that was said, newest first."""
    facts = matters.Facts(state, language)
    sentence = words.matter(state, incident, language).filled(facts.plain_time)
    values = {"one": facts.matter(incident), "answer": sentence}
    return _page("incident", state, language, f"incidents/{incident.ref}/", values)


def history(
    state: PageState, months: list[date], language: str, *, is_month: bool, older: date | None = None
) -> str:
    """What was, by month, newest first."""
    facts = matters.Facts(state, language)
    shown = [
        {
            "name": moments.month_name(month, language),
            "rows": [facts.matter(one, with_updates=False) for one in _rows_of(state, month)],
        }
        for month in months
    ]
    if not is_month:
        older = next((one for one in _months(state)[3:] if _rows_of(state, one)), state.older_month)
    link = {"path": f"{older:%Y-%m}", "name": moments.month_name(older, language)} if older else None
    tail = f"history/{months[0]:%Y-%m}/" if is_month else "history/"
    values = {
        "months": shown,
        "older": link,
        "is_month": is_month,
        "heading": _("History"),
        "answer": _("History"),
    }
    return _page("history", state, language, tail, values)


def base_path(state: PageState) -> str:
    """Where the pages lie on their host: `/status/`, or below the path of the installation's address."""
    return urlsplit(state.url).path.rstrip("/") + "/status/"


def _page(template: str, state: PageState, language: str, tail: str, values: dict[str, Any]) -> str:
    base = base_path(state)
    tone = str(values.get("tone") or getattr(values.get("one"), "tone_now", "calm"))
    common = {
        "state": state,
        "language": language,
        "languages": [
            {"code": code, "name": _LANGUAGE_NAMES.get(code, code), "href": f"{base}{code}/{tail}"}
            for code in state.languages
        ],
        "base": base,
        "canonical": f"{state.url}/status/{language}/{tail}",
        "css": _file("page.css"),
        "tone_class": tone,
        "icon": _icon(tone),
        "zone": moments.zone_name(_zoned(state.now, state), language),
    }
    return render_to_string(f"statuspage/{template}.html", common | values)


def _icon(tone: str) -> SafeString:
    colour = quote(_COLOURS[tone])
    drawn = _ICONS[tone].replace("'", "%27")
    return mark_safe(  # noqa: S308 - constants only
        "data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 16 16%27"
        f" fill=%27{colour}%27%3E"
        f"{drawn}%3C/svg%3E"
    )


@lru_cache
def _file(name: str) -> str:
    """A file that is inlined, as one line."""
    return "".join(line.strip() for line in (_FOLDER / name).read_text("utf-8").splitlines())


def _zoned(at: datetime, state: PageState) -> datetime:
    return at.astimezone(state.zone)


def _months(state: PageState) -> list[date]:
    """This month and those before it, as far back as the state reaches, newest first."""
    last = state.today.replace(day=1)
    begun = (_zoned(one.begins_at, state).date().replace(day=1) for one in state.incidents)
    first = max(min([last, *begun]), state.since or date.min)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [_months_before(last, number) for number in range(count)]


def _months_before(month: date, count: int) -> date:
    years, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, index + 1, 1)


def _rows_of(state: PageState, month: date) -> list[IncidentState]:
    rows = [one for one in state.incidents if _zoned(one.begins_at, state).date().replace(day=1) == month]
    return sorted(rows, key=lambda one: one.begins_at, reverse=True)


def _groups(state: PageState, language: str) -> list[dict[str, Any]]:
    services = sorted(state.services, key=lambda one: one.position)
    named = [(in_language(dict(one.name), language), one.key) for one in services]
    known = {one.key for one in services}
    groups = [(name, [part for part in state.components if part.service == key]) for name, key in named]
    groups.append(("", [part for part in state.components if part.service not in known]))
    return [
        {"name": name, "parts": [_part(state, part, language) for part in parts]}
        for name, parts in groups
        if parts
    ]


def _part(state: PageState, component: ComponentState, language: str) -> dict[str, Any]:
    condition = component_condition(state, component.key)
    return {
        "name": in_language(dict(component.name), language),
        "tone": words.TONES[condition],
        "word": words.condition_word(condition),
        **bars.bar(state, component, language),
    }
