"""What agents type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tocsin.desk import rules
from tocsin.desk.services.letters import DEFAULT_SIGNATURE
from tocsin.kernel.text import LONGEST_TEXT
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


class SignatureForm(forms.Form):
    """A signature in each of the company's languages."""

    def __init__(self, *args: Any, texts: Mapping[str, str] | None = None, **kwargs: Any) -> None:
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
        max_length=LONGEST_TEXT,
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
