"""Forms of the mailroom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.mailroom.models import Afterwards
from tocsin.people import queries as people

_KEPT = _("Kept encrypted and never shown.")
_KEPT_WHEN_EMPTY = _("Kept encrypted and never shown. Leave it empty to keep the present one.")


class MailboxForm(forms.Form):
    """An address of ours and where its mail is fetched."""

    address = forms.EmailField(label=_("Mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name of the sender"), max_length=120, required=False, help_text=_("As customers see it")
    )
    department_id = forms.TypedChoiceField(
        label=_("Department"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Whose queue its mail goes to"),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("The company's")), *settings.LANGUAGES],
        help_text=_("For writers whose language is not known"),
    )
    imap_url = forms.CharField(
        label=_("Fetch from"),
        required=False,
        max_length=300,
        help_text=_(
            "Such as imaps://support@mail.example.org:993/INBOX, or pop3s://support@mail.example.org:995. "
            "Leave it empty when mail is handed in."
        ),
    )
    oauth_provider = forms.ChoiceField(
        label=_("Sign in by"),
        required=False,
        choices=[
            ("", _("Password")),
            ("microsoft", _("OAuth2 of Microsoft 365")),
            ("google", _("OAuth2 of Gmail")),
        ],
    )
    imap_password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_KEPT,
    )
    oauth_tenant = forms.RegexField(
        r"[\w.-]+",
        label=_("OAuth2: tenant"),
        required=False,
        max_length=100,
        help_text=_("Microsoft 365 only: the organisation's id or domain"),
    )
    oauth_client_id = forms.CharField(label=_("OAuth2: client id"), required=False, max_length=200)
    oauth_client_secret = forms.CharField(
        label=_("OAuth2: client secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_KEPT,
    )
    oauth_refresh_token = forms.CharField(
        label=_("OAuth2: refresh token"),
        required=False,
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_KEPT,
    )
    afterwards = forms.ChoiceField(
        label=_("Once a message is here"),
        required=False,
        choices=Afterwards.choices,
        help_text=_(
            "What becomes of it on the server, from now on. "
            "It is done only when the message is safely stored here."
        ),
    )
    move_to = forms.CharField(
        label=_("Folder to move it into"),
        required=False,
        max_length=200,
        help_text=_(
            "As the server names it, such as Processed or INBOX.Processed; "
            "it is made when missing. IMAP only."
        ),
    )
    signed_replies = forms.BooleanField(
        label=_("The mail server takes address+anything"),
        required=False,
        help_text=_("Then answers find their ticket even when the subject was changed."),
    )
    is_default = forms.BooleanField(
        label=_("Default mailbox"),
        required=False,
        help_text=_("Takes the mail that names none of our mailboxes."),
    )
    watches_silence = forms.BooleanField(
        label=_("Warn when it is silent for longer than usual"),
        required=False,
        initial=True,
        help_text=_("What is usual is learned from its own mail, by hour and weekday."),
    )

    def clean_afterwards(self) -> str:
        """A form that does not say keeps mail where it is."""
        return str(self.cleaned_data["afterwards"] or Afterwards.KEEP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("The default department")), *((one.pk, str(one)) for one in people.departments())]
        self.fields["department_id"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if self.initial:
            for name in ("imap_password", "oauth_client_secret", "oauth_refresh_token"):
                self.fields[name].help_text = _KEPT_WHEN_EMPTY


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
