"""Forms of the people room."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.people import queries, rules
from tocsin.people.models import Department, Role, Staff
from tocsin.people.queries import company_languages


class LoginForm(AuthenticationForm):
    """Address and password, with an error that gives nothing away."""

    error_messages = {
        "invalid_login": _("This address and password do not match. Check both and try again."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Mail address")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autofocus": True, "autocomplete": "username"}
        )

    def clean_username(self) -> str:
        """In one writing only, so that failed tries in different letters are counted together."""
        return str(self.cleaned_data["username"]).strip().upper().casefold()


class ProfileForm(forms.ModelForm[Staff]):
    """One's own language and time zone."""

    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the browser asks")), *settings.LANGUAGES], required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Staff
        fields = ["name", "language", "time_zone"]
        labels = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["time_zone"].choices = [("", _("The company's")), *zones]  # type: ignore[attr-defined]  # a ChoiceField


class StaffForm(forms.Form):
    """Somebody who works here."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    departments = forms.ModelMultipleChoiceField(
        Department.objects.all(),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whose tickets they see. None chosen: all of them."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the browser asks")), *settings.LANGUAGES], required=False
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. Leave it empty to keep the present one."),
        validators=[validate_password],
    )
    is_active = forms.BooleanField(label=_("May sign in"), required=False, initial=True)


class TranslatedNameForm(forms.Form):
    """A name in each of the company's languages; the first one is required."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(settings.LANGUAGES)
        for number, language in enumerate(company_languages()):
            label = format_lazy(
                "{name} ({language})", name=_("Name"), language=labels.get(language, language)
            )
            self.fields[f"name_{language}"] = forms.CharField(
                label=label, max_length=120, required=number == 0
            )
        self.order_fields(sorted(self.fields, key=lambda field: not field.startswith("name_")))

    def names(self) -> dict[str, str]:
        """The names given, by language."""
        filled = {key: value for key, value in self.cleaned_data.items() if key.startswith("name_") and value}
        return {key.removeprefix("name_"): value for key, value in filled.items()}

    @staticmethod
    def initial_names(name: dict[str, str]) -> dict[str, str]:
        """Initial values from names by language."""
        return {f"name_{language}": text for language, text in name.items()}


class DepartmentForm(TranslatedNameForm):
    """A department."""

    key = forms.SlugField(
        label=_("Key"), max_length=40, help_text=_("Short and without spaces, for programs: sales, support")
    )
    first_answer_minutes = forms.IntegerField(
        label=_("First answer within, in minutes"),
        min_value=1,
        max_value=60 * 24 * 30,
        initial=24 * 60,
        help_text=_("The acknowledgement tells the customer this, in words."),
    )
    position = forms.IntegerField(label=_("Position in lists"), min_value=0, max_value=999, initial=0)


class CompanyForm(forms.Form):
    """What customers know the company by; what is left empty is as the environment says."""

    name = forms.CharField(
        label=_("Name towards customers"), max_length=rules.LONGEST_COMPANY_NAME, required=False
    )
    language = forms.ChoiceField(
        label=_("The company's own language"),
        required=False,
        help_text=_(
            "For whoever's language we do not know, and first wherever texts are written. "
            "In the environment it is TOCSIN_LANGUAGE."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you write to customers in"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The news page, incidents and signatures are written in these; the company's own is always among "
            "them. Acknowledgements go out in the customer's language, whichever of the five it is."
        ),
    )

    def __init__(self, data: Any = None) -> None:
        written = queries.company_settings()
        chosen = {key.removeprefix("company_"): value for key, value in written.items()}
        super().__init__(data, initial=chosen | {"languages": queries.company_languages()})
        name, language = settings.TOCSIN_COMPANY, settings.TOCSIN_LANGUAGE
        self.fields["name"].help_text = _name_while_empty(name)
        self.fields["name"].widget.attrs["placeholder"] = name or rules.NAMELESS
        says = {"language": dict(settings.LANGUAGES).get(language, language)}
        unchosen = ("", gettext("As the environment says: %(language)s") % says)
        self.fields["language"].choices = [unchosen, *settings.LANGUAGES]  # type: ignore[attr-defined]  # a ChoiceField


def _name_while_empty(of_environment: str) -> str:
    if not of_environment:
        return gettext("While this is empty, customers read “%(name)s”.") % {"name": rules.NAMELESS}
    sentence = gettext("While this is empty, it is “%(name)s”, from the environment (TOCSIN_COMPANY).")
    return sentence % {"name": of_environment}


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for"), max_length=80)
