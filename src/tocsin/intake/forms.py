"""What staff write down of a call."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.intake.services import TicketRequest
from tocsin.kernel.text import LONGEST_TEXT, is_address


class CallForm(forms.Form):
    """A ticket written down by hand. Only the address is required; the rest is what one asks a caller."""

    address = forms.CharField(
        label=_("Mail address"),
        max_length=320,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the caller's mail address.")},
    )
    subject = forms.CharField(label=_("What it is about"), max_length=200, required=False)
    call_back = forms.CharField(
        label=_("Number to call back"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What they said"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_address(self) -> str:
        """One address and nothing more."""
        address = str(self.cleaned_data["address"]).strip()
        if not is_address(address):
            raise forms.ValidationError(_("This is not a mail address."))
        return address

    def ticket(self) -> TicketRequest:
        """What was written down; what was left out is said in words, since no message is empty."""
        said = self.cleaned_data
        subject, text = str(said["subject"]).strip(), str(said["text"]).strip().replace("\r\n", "\n")
        lines = [text or subject or gettext("Nothing was written down of the call.")]
        if said["call_back"].strip():
            number = {"number": said["call_back"].strip()}
            lines.append(gettext("Number to call back: %(number)s") % number)
        return TicketRequest(
            requester_address=said["address"],
            subject=subject or gettext("Phone call"),
            text="\n\n".join(lines),
            channel="phone",
        )
