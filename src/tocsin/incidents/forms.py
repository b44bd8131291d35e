"""The forms of the war room: quick choices first, exact values where somebody wants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.incidents.models import Impact, IncidentStatus, Kind
from tocsin.incidents.services import NewIncident, NewUpdate
from tocsin.kernel import clock
from tocsin.kernel.errors import Refused
from tocsin.people import queries as people

EXACT = "exact"
SINCE = [
    ("0", _("Now")),
    ("10", _("10 min ago")),
    ("30", _("30 min ago")),
    ("60", _("1 h ago")),
    (EXACT, _("At…")),
]
NEXT = [("15", _("15 min")), ("30", _("30 min")), ("60", _("1 h")), (EXACT, _("At…"))]
# The same words as everywhere; the last one says besides that it is the end.
STATUSES = [
    *(
        (one.value, one.label)
        for one in IncidentStatus
        if one.value in ("investigating", "identified", "monitoring")
    ),
    ("resolved", _("Works again (resolved)")),
]
_ANNOUNCED = (IncidentStatus.SCHEDULED.value, IncidentStatus.SCHEDULED.label)
# What a refused field of the verb is called in the forms.
_FIELD_OF = {"started_at": "since", "next_update_at": "next", "component_keys": "components"}


def statuses_from(now: str) -> list[tuple[str, Any]]:
    """What can be said of an incident that stands at `now`; announced work may stay as it was announced."""
    return [_ANNOUNCED, *STATUSES] if now == IncidentStatus.SCHEDULED else STATUSES


def languages() -> list[tuple[str, str]]:
    """The languages customers are told things in, by name: the company's own first."""
    names = dict(settings.LANGUAGES)
    return [(code, str(names.get(code, code))) for code in people.company_languages()]


def title_fields() -> dict[str, str]:
    """The field of the title in each language; the company's own is simply the title."""
    own = people.company_language()
    return {code: "title" if code == own else f"title_{code}" for code, _name in languages()}


class Exact(forms.DateTimeField):
    """A moment as browsers send it, in the reader's zone."""

    def __init__(self) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


class Telling(forms.Form):
    """What both forms share: a text for each language, and when the next news comes."""

    next = forms.ChoiceField(choices=NEXT, required=False)
    next_exact = Exact()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in languages():
            self.fields[f"message_{code}"] = forms.CharField(label=name, required=False)
            self.fields[f"draft_{code}"] = forms.CharField(required=False)

    def message(self) -> dict[str, str]:
        """What was written, by language."""
        return {code: self.cleaned_data.get(f"message_{code}", "") for code, _name in languages()}

    def next_update_at(self) -> datetime | None:
        """The chosen moment; None when none was chosen."""
        return _moment(self.cleaned_data.get("next", ""), self.cleaned_data.get("next_exact"), forward=True)

    def show(self, refused: Refused) -> None:
        """Put the sentences of a refused act beside their fields; what belongs to none goes on top."""
        for field, sentence in refused.fields.items():
            own = _FIELD_OF.get(field, field)
            self.add_error(own if own in self.fields else None, sentence)
        if not refused.fields:
            self.add_error(None, refused.message)


def problems_of(form: forms.Form | None) -> dict[str, str]:
    """A sentence for each field at fault; what belongs to none is `general`."""
    if form is None:
        return {}
    return {
        "general" if name == "__all__" else name: " ".join(map(str, said))
        for name, said in form.errors.items()
    }


class DeclareForm(Telling):
    """A Red Alert, or planned work."""

    kind = forms.ChoiceField(choices=Kind.choices, required=False)
    components = forms.MultipleChoiceField(required=False)
    impact = forms.ChoiceField(choices=Impact.choices, required=False)
    since = forms.ChoiceField(choices=SINCE, required=False)
    since_exact = Exact()
    scheduled_for = Exact()
    scheduled_until = Exact()
    words = forms.CharField(required=False)
    known_through = forms.IntegerField(required=False)
    anyway = forms.BooleanField(required=False)

    def __init__(self, *args: Any, component_keys: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        components = self.fields["components"]
        assert isinstance(components, forms.MultipleChoiceField)
        components.choices = [(key, key) for key in component_keys]
        for field in title_fields().values():
            self.fields[field] = self.fields[f"draft_{field}"] = forms.CharField(required=False)

    def titles(self) -> dict[str, str]:
        """What was written as the heading, by language."""
        return {code: self.cleaned_data.get(field, "") for code, field in title_fields().items()}

    def declaration(self, evidence: Sequence[str]) -> NewIncident:
        """What the form says, as the verb takes it."""
        said = self.cleaned_data
        return NewIncident(
            title=said["title"],
            titles=self.titles(),
            component_keys=said["components"],
            message=self.message(),
            next_update_at=self.next_update_at(),
            started_at=_moment(said["since"], said["since_exact"], forward=False),
            kind=said["kind"] or Kind.UNPLANNED,
            impact=said["impact"] or Impact.MAJOR,
            words=[word.strip() for word in said["words"].split(",") if word.strip()],
            scheduled_for=said["scheduled_for"],
            scheduled_until=said["scheduled_until"],
            evidence=evidence,
            known_through=said["known_through"],
        )


class UpdateForm(Telling):
    """The next word, or the last one."""

    status = forms.ChoiceField()
    after = forms.IntegerField(required=False)

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = self.fields["status"]
        assert isinstance(status, forms.ChoiceField)
        status.choices = statuses_from(now)

    def update(self) -> NewUpdate:
        """What the form says, as the verb takes it."""
        said = self.cleaned_data
        return NewUpdate(said["status"], self.message(), self.next_update_at(), said["after"])


def _moment(choice: str, exact: datetime | None, *, forward: bool) -> datetime | None:
    if choice == EXACT or not choice:
        return exact
    away = timedelta(minutes=int(choice))
    return clock.now() + away if forward else clock.now() - away
