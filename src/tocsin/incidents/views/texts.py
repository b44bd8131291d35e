"""Drafted texts: renewed with every choice until somebody writes their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.incidents import forms


@dataclass(frozen=True)
class Text:
    """One text field: what stands in it, and what was drafted for it."""

    field: str
    name: str
    value: str
    draft: str
    language: str = ""

    @classmethod
    def of(
        cls, field: str, said: Mapping[str, str], draft: str, *, name: str = "", language: str = ""
    ) -> Text:
        """What somebody wrote stays; what was only drafted follows the new draft."""
        written = _lines(said.get(field))
        touched = written and written != _lines(said.get(_draft_field(field)))
        return cls(field, name, written if touched else draft, draft, language)

    @property
    def draft_field(self) -> str:
        """The hidden field that remembers the draft."""
        return _draft_field(self.field)


def texts_of(said: Mapping[str, str], drafts: Mapping[str, str]) -> list[Text]:
    """The message in each of the company's languages."""
    return [
        Text.of(f"message_{code}", said, drafts.get(code, ""), name=name, language=code)
        for code, name in forms.languages()
    ]


def titles_of(said: Mapping[str, str], drafts: Mapping[str, str]) -> list[Text]:
    """The title in each of the company's languages; its own comes first, and only that is needed."""
    fields = forms.title_fields()
    return [
        Text.of(fields[code], said, drafts.get(code, ""), name=name, language=code)
        for code, name in forms.languages()
    ]


def _draft_field(field: str) -> str:
    return f"draft_{field.removeprefix('message_')}"


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()
