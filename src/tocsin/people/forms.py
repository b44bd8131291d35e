"""Forms of the people room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.kernel.permissions import ALL, OWN, Permission, declared
from tocsin.kernel.settings import Change, Setting
from tocsin.people.models import Department, Role, Staff
from tocsin.people.queries import all_roles, company_languages, staff_channels
from tocsin.people.roles import SEEDED, reaches_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


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


class AddressForm(forms.Form):
    """One more address on which somebody is told things."""

    channel = forms.ChoiceField(label=_("Channel"))
    value = forms.CharField(label=_("Address"), max_length=320)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = staff_channels()  # type: ignore[attr-defined]  # a ChoiceField


class RoleField(forms.ChoiceField):
    """One of the roles, by its key."""

    def __init__(self, **more: Any) -> None:
        super().__init__(choices=lambda: [(role.pk, str(role)) for role in all_roles()], **more)


class StaffForm(forms.Form):
    """Somebody who works here."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    role = RoleField(label=_("Role"), initial="agent")
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


class SettingsForm(forms.Form):
    """The settings of one page; what is left empty is as by default."""

    def __init__(self, declared: Sequence[Setting[Any]], data: Any = None) -> None:
        super().__init__(data)
        self._declared = declared
        for setting in declared:
            for part in setting.kind.parts(setting.own(), setting.otherwise(), company_languages()):
                field, name = part.field, _field_name(setting, part.name)
                field.label = f"{setting.label} ({field.label})" if part.name else setting.label
                field.help_text = _help(setting, field) if not self._names(setting) else ""
                self.fields[name], self.initial[name] = field, part.initial

    def changes(self) -> list[Change]:
        """What was changed; to be asked of a valid form."""
        return [
            setting.to(setting.kind.joined(self._said(setting)))
            for setting in self._declared
            if any(name in self.changed_data for name in self._names(setting))
        ]

    def _names(self, setting: Setting[Any]) -> list[str]:
        return [name for name in self.fields if name.partition("__")[0] == setting.name]

    def _said(self, setting: Setting[Any]) -> dict[str, Any]:
        return {name.partition("__")[2]: self.cleaned_data[name] for name in self._names(setting)}


def _field_name(setting: Setting[Any], part: str) -> str:
    return f"{setting.name}__{part}" if part else setting.name


def _help(setting: Setting[Any], field: forms.Field) -> str:
    """What it is, in which unit, and what counts while it is empty; beside the first field of a setting."""
    sentences = [str(setting.help), str(field.help_text)]
    if default := field.widget.attrs.get("placeholder"):
        sentences.append(gettext("While nothing is set here, it is “%(value)s”.") % {"value": default})
    if setting.environment:
        sentences.append(gettext("In the environment it is %(name)s.") % {"name": setting.environment})
    return " ".join(sentence for sentence in sentences if sentence)


class RoleForm(TranslatedNameForm):
    """What a role is called, and what it permits where."""

    def __init__(self, role: Role | None, data: Any = None) -> None:
        super().__init__(data)
        known = reaches_of(role) if role else {}
        self._permissions = declared()
        if role and role.pk in SEEDED:
            self._show_the_name_it_has_anyway(SEEDED[role.pk])
        self.initial.update(self.initial_names(role.name) if role else {})
        departments = [(str(one.pk), str(one)) for one in Department.objects.all()]
        for one in self._permissions:
            self.fields[one.key] = _permission_field(one, departments)
            reach = [str(place) for place in known.get(one.key, [])]
            self.initial[one.key] = reach if one.per_department else bool(reach)

    def _show_the_name_it_has_anyway(self, name: StrPromise) -> None:
        for key, field in self.fields.items():
            field.required = False
            with translation.override(key.removeprefix("name_")):
                field.widget.attrs["placeholder"] = str(name)

    def grants(self) -> dict[str, list[int | str]]:
        """Where each permission holds; to be asked of a valid form."""
        said = {one.key: self.cleaned_data[one.key] for one in self._permissions}
        return {key: _reach(value) for key, value in said.items()}


def _permission_field(one: Permission, departments: list[tuple[str, str]]) -> forms.Field:
    if not one.per_department:
        return forms.BooleanField(label=one.label, required=False)
    return forms.MultipleChoiceField(
        label=one.label,
        choices=[(ALL, _("In all departments")), (OWN, _("In their own departments")), *departments],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Who belongs to no department belongs to all of them."),
    )


def _reach(value: bool | list[str]) -> list[int | str]:
    if isinstance(value, bool):
        return [ALL] if value else []
    return [int(place) if place.isdecimal() else place for place in value]


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for"), max_length=80)
    role = RoleField(label=_("Role"), help_text=_("What the program may do."))
    departments = forms.ModelMultipleChoiceField(
        Department.objects.all(),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whose tickets it reads and works on. None chosen: all of them."),
    )
