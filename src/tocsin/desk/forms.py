"""What agents type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.desk import rules
from tocsin.desk.services import NewTicket
from tocsin.desk.services.letters import DEFAULT_SIGNATURE
from tocsin.people import queries as people

MOST_BYTES = 25 * 2**20
"""Of all files of one answer together: what most mail servers take (R-A15)."""


@dataclass(frozen=True)
class Enclosure:
    """A file that an agent sends along."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


class SeveralFilesInput(forms.ClearableFileInput):
    """A file field that takes several."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """A list of files."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Each of them, checked as one file is."""
        given = data if isinstance(data, list) else [data] if data else []
        for one in given:
            if not one.size:
                raise forms.ValidationError(_("“%(name)s” is empty. Leave it out.") % {"name": one.name})
        return [super(SeveralFiles, self).clean(one, initial) for one in given]


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
        max_length=rules.LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_address(self) -> str:
        """One address and nothing more."""
        address = str(self.cleaned_data["address"]).strip()
        if not rules.is_address(address):
            raise forms.ValidationError(_("This is not a mail address."))
        return address

    def ticket(self) -> NewTicket:
        """What was written down; what was left out is said in words, since no message is empty."""
        said = self.cleaned_data
        subject, text = str(said["subject"]).strip(), str(said["text"]).strip().replace("\r\n", "\n")
        lines = [text or subject or gettext("Nothing was written down of the call.")]
        if said["call_back"].strip():
            number = {"number": said["call_back"].strip()}
            lines.append(gettext("Number to call back: %(number)s") % number)
        return NewTicket(
            requester_address=said["address"],
            subject=subject or gettext("Phone call"),
            text="\n\n".join(lines),
            channel="phone",
        )


class SignatureForm(forms.Form):
    """A signature in each of the company's languages."""

    def __init__(self, *args: Any, texts: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        for language in people.company_languages():
            self.fields[f"text_{language}"] = forms.CharField(
                label=names.get(language, language),
                required=False,
                max_length=1000,
                initial=(texts or {}).get(language, ""),
                widget=forms.Textarea(
                    attrs={"rows": 4, "dir": "auto", "lang": language, "placeholder": DEFAULT_SIGNATURE}
                ),
            )

    def texts(self) -> dict[str, str]:
        """What was written, by language."""
        said = {name.removeprefix("text_"): text for name, text in self.cleaned_data.items()}
        return {language: text.replace("\r\n", "\n") for language, text in said.items()}


class WriteForm(forms.Form):
    """A reply, or an internal note: which of the two says the address it is posted to."""

    text = forms.CharField(
        label=_("Text"),
        max_length=rules.LONGEST_TEXT,
        strip=False,
        error_messages={"required": _("Write something first.")},
    )
    attachments = SeveralFiles(label=_("Files"), required=False)
    once = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Only spaces are nothing."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Write something first."))
        return text.replace("\r\n", "\n")

    def clean_attachments(self) -> list[UploadedFile[Any]]:
        """Together not more than a mail carries."""
        files: list[UploadedFile[Any]] = self.cleaned_data["attachments"]
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            raise forms.ValidationError(
                _("The files are larger than 25 MB together. Leave one out, or send a link.")
            )
        return files

    def clean_seen(self) -> int | None:
        """The id of the newest message on the page; whatever else came there stops nobody."""
        return rules.number(str(self.cleaned_data["seen"]))

    def enclosures(self) -> list[Enclosure]:
        """The files, read."""
        return [
            Enclosure(file.name or "file", file.content_type or "application/octet-stream", file.read())
            for file in self.cleaned_data["attachments"]
        ]
