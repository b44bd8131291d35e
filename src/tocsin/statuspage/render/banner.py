"""What the banner in customers' programs is told: `/status/banner.json`, all languages in one (R-D03)."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.statuspage.render import words
from tocsin.statuspage.render.v2 import as_json
from tocsin.statuspage.rules import (
    GREEN_FOR,
    IncidentState,
    PageState,
    condition_of,
    faults,
    just_repaired,
    running_maintenances,
    soon_planned,
)

# What the banner knows by colour: weight only; a maintenance is a yellow with a shape of its own.
_COLOURS = {"bad": "red", "warn": "yellow", "plan": "yellow"}
_SHAPES = {"bad": "square", "warn": "triangle", "plan": "diamond"}


def banner_json(state: PageState) -> bytes:
    """Every matter to show, the gravest first.

    `id` changes with each update, so that one who closed the banner sees the next news. `until` is
    when it ends by itself, in milliseconds since 1970, or null. `at` fills the `{0}` of the texts.
    """
    shown = [*faults(state), *running_maintenances(state), *soon_planned(state)]
    matters = [_matter(state, one) for one in shown] + [_repaired(state, one) for one in just_repaired(state)]
    return as_json(
        {"default": state.language, "labels": _by_language(state, _labels), "matters": matters},
    )


def _matter(state: PageState, one: IncidentState) -> dict[str, Any]:
    tone = words.TONES[condition_of(one, state.now)]
    tone = "plan" if tone == "good" else tone  # announced: it is not felt yet
    return _shape(state, one, _COLOURS[tone], _SHAPES[tone], None)


def _repaired(state: PageState, one: IncidentState) -> dict[str, Any]:
    assert one.resolved_at
    return _shape(state, one, "green", "circle", round((one.resolved_at + GREEN_FOR).timestamp() * 1000))


def _shape(
    state: PageState, one: IncidentState, colour: str, shape: str, until: int | None
) -> dict[str, Any]:
    newest = one.updates[0].id if one.updates else 0
    return {
        "id": f"{one.ref}.{newest}.{colour}",
        "colour": colour,
        "shape": shape,
        "components": list(one.components),
        "until": until,
        "text": _by_language(state, lambda language: _text(state, one, language)),
        "link": {
            language: f"{state.url}/status/{language}/incidents/{one.ref}/" for language in state.languages
        },
    }


def _text(state: PageState, one: IncidentState, language: str) -> dict[str, Any]:
    sentence = words.matter(state, one, language).then(words.next_news(one, state.now))
    return {"say": sentence.text, "at": [round(at.timestamp() * 1000) for at in sentence.moments]}


def _labels(language: str) -> dict[str, str]:
    return {"more": _("Details"), "close": _("Close")}


def _by_language(state: PageState, make: Any) -> dict[str, Any]:
    answers = {}
    for language in state.languages:
        with translation.override(language):
            answers[language] = make(language)
    return answers
