"""Declaring a Red Alert in under thirty seconds (R-C02)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.catalog import queries as catalog
from tocsin.console.toasts import toast
from tocsin.incidents import audience as audiences
from tocsin.incidents import drafts, forms, queries, services
from tocsin.incidents.models import Impact, Kind
from tocsin.incidents.rules import matching
from tocsin.incidents.tickets import TicketText
from tocsin.incidents.views.texts import texts_of, titles_of
from tocsin.kernel.errors import Refused
from tocsin.people.access import actor, require

_NAMES_SHOWN = 5
_MOST_EVIDENCE = 500
_IMPACTS = {
    Impact.MINOR: ("triangle", "warn"),
    Impact.MAJOR: ("half", "bad"),
    Impact.CRITICAL: ("square", "bad"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@require("declare_incidents")
def declare(request: HttpRequest) -> HttpResponseBase:
    """The form; from a list with the picked tickets as evidence; on *declare* the act."""
    evidence = request.POST.getlist("pick")[:_MOST_EVIDENCE]
    if request.method == "POST" and "declare" in request.POST:
        return _act(request, evidence)
    initial = _initial(request, evidence)
    return render(request, "incidents/declare.html", _context(initial, evidence))


@require_POST
@require("declare_incidents")
def audience(request: HttpRequest) -> HttpResponse:
    """Whom it would tell, and the texts that nobody has touched, for the form as it stands."""
    context = _context(request.POST, request.POST.getlist("pick")[:_MOST_EVIDENCE])
    return render(request, "incidents/parts/redraft.html", {**context, "oob": True})


def _act(request: HttpRequest, evidence: Sequence[str]) -> HttpResponse:
    keys = [component.key for component in catalog.components()]
    form = forms.DeclareForm(request.POST, component_keys=keys)
    try:
        if form.is_valid() and _meant(form):
            incident = services.declare(form.declaration(evidence), actor=actor(request))
            toast(request, _("Declared. The team sees it, and customers are being told."))
            return redirect("incidents:room", ref=incident.ref)
    except Refused as refused:
        form.show(refused)
    context = _context(request.POST, evidence, form=form)
    return render(request, "incidents/declare.html", context, status=422)


def _meant(form: forms.DeclareForm) -> bool:
    """Whether nothing of it has an alert already, or the declarer saw that and wants another one.

    What came after the form was opened is the verb's to refuse.
    """
    said = form.cleaned_data
    known_through = said["known_through"]
    seen = [
        one
        for one in _open_already(said["kind"], said["components"])
        if known_through is None or one.id <= known_through
    ]
    if seen and not said["anyway"]:
        form.add_error("anyway", _("Post an update there, or say that this is something else."))
    return not form.errors


def _open_already(kind: str, keys: Sequence[str]) -> list[queries.IncidentView]:
    """The alerts that are on for any of these components; planned work may well follow a fault."""
    if kind == Kind.SCHEDULED:
        return []
    return [one for one in queries.alerts_on() if set(one.component_keys) & set(keys)]


def _initial(request: HttpRequest, evidence: Sequence[str]) -> dict[str, Any]:
    """What the form begins with: what the picked tickets speak of, half an hour to the next news."""
    kind = request.GET.get("kind", Kind.UNPLANNED)
    return {
        "kind": kind if kind in Kind.values else Kind.UNPLANNED,
        "components": _spoken_of(services.tickets_for(actor(request), evidence))
        or request.GET.getlist("component"),
        "impact": Impact.MAJOR,
        "since": "10" if evidence else "0",
        "next": "30",
        "known_through": queries.newest_id(),
    }


def _spoken_of(found: Sequence[TicketText]) -> list[str]:
    """The component that most of the tickets name; none when they name none."""
    counts = {
        one.key: sum(_names(ticket.everything, one) for ticket in found) for one in catalog.components()
    }
    best = max(counts, key=lambda key: counts[key], default="")
    return [best] if counts.get(best) else []


def _names(text: str, component: Any) -> bool:
    known_by = matching.vocabulary([*component.name.values(), *component.words])
    return bool(matching.find(matching.Text(text), known_by.strong))


def _context(said: Any, evidence: Sequence[str], form: forms.DeclareForm | None = None) -> dict[str, Any]:
    """The form as it stands: `said` is what was chosen so far."""
    components = catalog.components()
    picked = said.getlist("components") if hasattr(said, "getlist") else said["components"]
    chosen = [one for one in components if one.key in picked]
    count, names = audiences.preview([one.pk for one in chosen], _NAMES_SHOWN)
    return {
        "said": said,
        "form": form,
        "problems": forms.problems_of(form),
        "components": _choices(components, chosen),
        "impacts": [(value, label, *_IMPACTS[Impact(value)]) for value, label in Impact.choices],
        "since_choices": forms.SINCE,
        "next_choices": forms.NEXT,
        "is_planned": said.get("kind") == Kind.SCHEDULED,
        "evidence": list(evidence),
        "already": _open_already(said.get("kind") or "", [one.key for one in chosen]),
        "count": count,
        "count_words": ngettext("%(count)s customer", "%(count)s customers", count) % {"count": count},
        "names": names,
        "more": max(0, count - len(names)),
        **_drafted(said, [one.name for one in chosen]),
    }


def _choices(components: Sequence[Any], chosen: Sequence[Any]) -> list[dict[str, Any]]:
    counts = catalog.customer_counts()
    return [{"one": one, "customers": counts.get(one.pk, 0), "chosen": one in chosen} for one in components]


def _drafted(said: Any, names: drafts.Names) -> dict[str, Any]:
    kind = said.get("kind") or Kind.UNPLANNED
    impact = said.get("impact") if said.get("impact") in Impact.values else Impact.MAJOR
    codes = [code for code, _name in forms.languages()]
    title, *other_titles = titles_of(said, drafts.titles(names, impact, kind, codes))
    return {
        "title": title,
        "other_titles": other_titles,
        "texts": texts_of(said, drafts.first_messages(names, impact, kind, codes)),
    }
