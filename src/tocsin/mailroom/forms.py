"""Forms of the mailroom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.channels.accounts import Field
from tocsin.channels.protocol import Channel
from tocsin.people import queries as people

_KEPT = _("Kept encrypted and never shown.")
_KEPT_WHEN_EMPTY = _("Kept encrypted and never shown. Leave it empty to keep the present one.")


class AccountForm(forms.Form):
    """An account of a channel: what all have in common, and what the channel asks for."""

    name = forms.CharField(
        label=_("Name of the sender"), max_length=120, required=False, help_text=_("As customers see it")
    )
    department_id = forms.TypedChoiceField(
        label=_("Department"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Whose queue its messages go to"),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("The company's")), *settings.LANGUAGES],
        help_text=_("For writers whose language is not known"),
    )
    is_default = forms.BooleanField(
        label=_("The channel's default"),
        required=False,
        help_text=_("Takes what names none of our accounts, and writes where no other is named."),
    )
    is_enabled = forms.BooleanField(label=_("In use"), required=False, initial=True)
    watches_silence = forms.BooleanField(
        label=_("Warn when it is silent for longer than usual"),
        required=False,
        initial=True,
        help_text=_("What is usual is learned from its own messages, by hour and weekday."),
    )

    def __init__(self, kind: Channel, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        choices = [("", _("The default department")), *((one.pk, str(one)) for one in people.departments())]
        self.fields["department_id"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        for one in kind.fields:
            self.fields[one.key] = _form_field(one, is_new=is_new)
        first = [one.key for one in kind.fields if one.kind == "address"]
        asked = [one.key for one in kind.fields if one.kind != "address"]
        self.order_fields(
            [
                *first,
                "name",
                "department_id",
                "language",
                *asked,
                "is_default",
                "is_enabled",
                "watches_silence",
            ]
        )
        if not kind.can.sends:
            del self.fields["name"]

    def entered(self) -> dict[str, Any]:
        """As `services.save_account` takes it."""
        values = dict(self.cleaned_data)
        kinds = {one.key: one.kind for one in self.kind.fields}
        asked = {key: values.pop(key) for key in kinds}
        return values | {
            "address": next((asked[key] for key, kind in kinds.items() if kind == "address"), ""),
            "secrets": {key: asked[key] for key, kind in kinds.items() if kind == "secret" and asked[key]},
            "settings": {key: asked[key] for key, kind in kinds.items() if kind not in ("address", "secret")},
        }


def _form_field(asked: Field, *, is_new: bool) -> forms.Field:
    """A field of a form, as a channel declares it."""
    common: dict[str, Any] = {"label": asked.label, "help_text": asked.help, "required": asked.required}
    made: forms.Field
    if asked.kind == "flag":
        made = forms.BooleanField(**{**common, "required": False}, initial=asked.default)
    elif asked.kind == "choice":
        made = _Choice(**common, choices=list(asked.choices), initial=asked.default)
    elif asked.kind == "secret":
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        kept = _KEPT if is_new else _KEPT_WHEN_EMPTY
        made = forms.CharField(
            **{**common, "help_text": asked.help or kept, "required": asked.required and is_new},
            max_length=asked.longest,
            strip=False,
            widget=widget,
        )
    else:
        made = forms.CharField(**common, max_length=asked.longest, initial=asked.default)
    if asked.asked_if:
        field, values = asked.asked_if
        made.widget.attrs |= {"data-asked-if": field, "data-asked-with": " ".join(values) or "-"}
    return made


class _Choice(forms.ChoiceField):
    """A form that does not say takes the first."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial or "")


class ContactForm(forms.Form):
    """What a visitor writes to us. `website` is seen and filled by machines only."""

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        help_text=_("We answer to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    department = forms.ChoiceField(label=_("Whom is it for"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Message"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 9}))
    form_id = forms.UUIDField(widget=forms.HiddenInput)
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = people.departments()
        if len(found) > 1:
            choices = [("", _("I am not sure")), *((one.key, str(one)) for one in found)]
            self.fields["department"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["department"]

    @property
    def is_from_a_machine(self) -> bool:
        """Whether the field that people don't see was filled."""
        return bool(self.data.get("website"))
