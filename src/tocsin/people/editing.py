"""Editing a record by a form: shown, checked, saved by a verb; a refusal is said beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tocsin.console.toasts import toast
from tocsin.kernel.errors import Refused


def edit(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    back: str,
    save: Callable[[dict[str, Any]], object],
    *,
    template: str = "people/form.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the form, or save what was posted and go to the page named `back`; a `template` of its own shows
    `more` beside it."""
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except Refused as refused:
            named = [field for field in refused.fields if field in form.fields]
            form.add_error(named[0] if named else None, refused.message)
        else:
            toast(request, _("Saved."))
            return redirect(back)
    context = {"form": form, "title": title, "back": reverse(back), **(more or {})}
    return render(request, template, context)
