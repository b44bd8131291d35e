"""What stands under agents' answers: by department, or by the account they go out from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tocsin.console.toasts import toast
from tocsin.desk import reasons, services
from tocsin.desk.forms import SignatureForm
from tocsin.desk.queries import signatures
from tocsin.desk.services import letters
from tocsin.kernel.errors import NotFound
from tocsin.kernel.translated import in_language
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people
from tocsin.people.access import actor, require, staff
from tocsin.people.models import Department


@dataclass(frozen=True)
class Place:
    """A department or an account of ours, which may have a signature of its own."""

    kind: str
    id: int
    name: str
    department: Department

    @property
    def key(self) -> str:
        """As `queries.signatures` names it."""
        return f"{self.kind}:{self.id}"


@require_GET
@require("manage_settings")
def index(request: HttpRequest) -> HttpResponse:
    """Who signs how."""
    places = _places()
    written = [(place, signatures.texts_at(place.key)) for place in places]
    shown = [(place, bool(texts), _shown(request, place, texts)) for place, texts in written]
    return render(request, "desk/signatures.html", {"places": shown})


@require("manage_settings")
def edit(request: HttpRequest, kind: str, place_id: int) -> HttpResponse:
    """A place's signature in each of the company's languages, with how it will look."""
    place = _place(kind, place_id)
    texts = signatures.texts_at(place.key)
    form = SignatureForm(request.POST or None, texts=texts)
    if request.method == "POST" and form.is_valid():
        services.save_signature(place.key, form.texts(), actor=actor(request))
        toast(request, _("Saved."))
        return redirect("desk:signatures")
    texts = form.texts() if form.is_bound and form.is_valid() else texts
    context = {"place": place, "form": form, "previews": _previews(request, place, texts)}
    return render(request, "desk/signature.html", context, status=422 if form.errors else 200)


@require_POST
@require("manage_settings")
def preview(request: HttpRequest, kind: str, place_id: int) -> HttpResponse:
    """How what is being written will look; nothing is saved."""
    form = SignatureForm(request.POST)
    texts = form.texts() if form.is_valid() else {}
    context = {"previews": _previews(request, _place(kind, place_id), texts)}
    return render(request, "desk/parts/signature_preview.html", context)


def _places() -> list[Place]:
    departments = people.departments() or [people.default_department()]
    by_id = {one.pk: one for one in departments}
    return [
        *(Place("department", one.pk, str(one), one) for one in departments),
        *(
            Place("account", one.pk, str(one), by_id.get(one.department_id or 0, departments[0]))
            for one in mailroom.accounts()
            if mailroom.can_send(one)
        ),
    ]


def _place(kind: str, place_id: int) -> Place:
    found = next((one for one in _places() if (one.kind, one.id) == (kind, place_id)), None)
    if found is None:
        raise NotFound(reasons.NO_PLACE())
    return found


def _shown(request: HttpRequest, place: Place, texts: Mapping[str, str]) -> str:
    if not texts and place.kind == "account":
        return ""
    return _filled(request, place, texts, people.company_language())


def _previews(request: HttpRequest, place: Place, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    names = dict(settings.LANGUAGES)
    return [
        {
            "language": language,
            "name": names.get(language, language),
            "text": _filled(request, place, texts, language),
        }
        for language in people.company_languages()
    ]


def _filled(request: HttpRequest, place: Place, texts: Mapping[str, str], language: str) -> str:
    return letters.signature(
        agent=staff(request).name,
        department=in_language(place.department.name, language),
        company=people.company_name(),
        template=in_language(texts, language) or letters.DEFAULT_SIGNATURE,
    )
