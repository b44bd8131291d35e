"""Posted forms, read as bytes: a raw mail in a field keeps every byte, and no file is left out."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from django.http import QueryDict

from tocsin.channels.email.limits import Budget
from tocsin.channels.email.parameters import read_value
from tocsin.channels.email.structure import read_structure

_MOST_FIELDS = 1_000


class File(io.BytesIO):
    """A posted file, as anymail's readers expect of Django's."""

    def __init__(self, name: str, content_type: str, content: bytes) -> None:
        super().__init__(content)
        self.name, self.content_type, self.charset = name, content_type, None


@dataclass
class Form:
    """Fields by name, the last of each, and files."""

    fields: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field as text; '' when there is none."""
        return self.fields.get(name, b"").decode("utf-8", "replace")

    def as_query(self) -> QueryDict:
        """All fields, for those who expect Django's."""
        found = QueryDict(mutable=True, encoding="utf-8")
        for name, value in self.fields.items():
            found[name] = value.decode("utf-8", "replace")
        return found


def read_form(body: bytes, content_type: str) -> Form:
    """Of either kind of form; an empty one when it is none."""
    if content_type.lower().startswith("multipart/form-data"):
        return _multipart(body, content_type)
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        return _url_encoded(body)
    return Form()


def _multipart(body: bytes, content_type: str) -> Form:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    form = Form()
    for part in read_structure(head + body, Budget()).children:
        disposition = read_value(part.fields.first("content-disposition"))
        name = disposition.text("name")
        if b"filename" in part.fields.first("content-disposition").lower():
            form.files[name] = File(disposition.text("filename"), part.content_type, part.content())
        elif name:
            form.fields[name] = part.content()
    return form


def _url_encoded(body: bytes) -> Form:
    # In Latin-1 every byte is a letter, and comes back as it was.
    pairs = parse_qsl(
        body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS
    )
    return Form({name: value.encode("latin-1") for name, value in pairs})
