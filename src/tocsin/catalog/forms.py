"""Forms of the catalog."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.catalog.models import Component
from tocsin.people.forms import TranslatedNameForm


class ComponentForm(TranslatedNameForm):
    """A part that can break by itself."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=40,
        help_text=_("Short and without spaces, for programs: mail, web-hosting"),
    )
    service = forms.SlugField(
        label=_("Service"),
        max_length=40,
        required=False,
        help_text=_("What customers buy; groups components on the news page"),
    )
    region = forms.SlugField(label=_("Region"), max_length=40, required=False)
    words = forms.CharField(
        label=_("What customers call it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One word or phrase a line, in any language. A Red Alert recognises messages by them."),
    )
    position = forms.IntegerField(label=_("Position in lists"), min_value=0, max_value=999, initial=0)

    def clean_words(self) -> list[str]:
        """The lines that hold something, each once."""
        lines = (line.strip() for line in self.cleaned_data["words"].splitlines())
        return list(dict.fromkeys(line[:60] for line in lines if line))


class CustomerForm(forms.Form):
    """A customer: who they are, where they are told things, what they use."""

    key = forms.CharField(label=_("Key"), max_length=80, help_text=_("What your billing calls this customer"))
    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As they write")), *settings.LANGUAGES], required=False
    )
    tier = forms.CharField(label=_("Tier"), max_length=40, required=False)
    addresses = forms.CharField(
        label=_("Management addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One address a line, in the order in which they are tried. "
            "One that is not of mail has its channel and a colon before it."
        ),
    )
    components = forms.ModelMultipleChoiceField(
        Component.objects.order_by("position", "id"),
        label=_("What they use"),
        to_field_name="key",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_addresses(self) -> list[str]:
        """The lines that hold something."""
        return [line.strip() for line in self.cleaned_data["addresses"].splitlines() if line.strip()]
