"""Forms of the people room."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from tocsin.people.models import Staff


class LoginForm(AuthenticationForm):
    """Address and password, with an error that gives nothing away."""

    error_messages = {
        "invalid_login": _("This address and password do not match. Check both and try again."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Mail address")
        self.fields["username"].widget = forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"})


class ProfileForm(forms.ModelForm[Staff]):
    """One's own language and time zone."""

    language = forms.ChoiceField(label=_("Language"), choices=[("", _("As the browser asks")), *settings.LANGUAGES], required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Staff
        fields = ["name", "language", "time_zone"]
        labels = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["time_zone"].choices = [("", _("The company's")), *zones]  # type: ignore[attr-defined]  # a ChoiceField
