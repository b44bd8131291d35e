"""The files that came with a mail, each under a name that can be stored and shown."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable

from tocsin.channels.base import InboundAttachment
from tocsin.channels.email import tnef, words
from tocsin.channels.email.bodies import is_file
from tocsin.channels.email.encodings import UuFile
from tocsin.channels.email.limits import Budget
from tocsin.channels.email.parameters import read_value
from tocsin.channels.email.structure import Part
from tocsin.kernel.text import charsets

_LONGEST_NAME = 150
# Line ends and marks that turn the reading direction, by which `gpj.exe` is shown as `exe.jpg`.
_DISGUISE = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PATH = re.compile(r"^.*[/\\]", re.DOTALL)
_EXTENSIONS = {
    "text/calendar": ".ics", "message/rfc822": ".eml", "message/global": ".eml", "text/plain": ".txt",
    "text/html": ".html", "image/jpeg": ".jpg", "application/ms-tnef": ".dat", "text/rfc822-headers": ".txt",
    "message/delivery-status": ".txt", "message/disposition-notification": ".txt", "text/x-vcard": ".vcf",
    "application/pgp-signature": ".asc", "application/octet-stream": "",
}  # fmt: skip


def read_files(
    parts: list[Part], uu_files: Iterable[UuFile], hint: str, budget: Budget
) -> list[InboundAttachment]:
    """Every file in order: winmail.dat opened, mails in the mail whole, with their own files after them."""
    found: list[InboundAttachment] = []
    for part in parts:
        if not budget.has_time():
            break
        found.extend(_files_of(part, hint, budget, len(found)))
    for uu_file in uu_files:
        name = safe_name(words.header_text(uu_file.name, hint))
        found.append(InboundAttachment(name or f"file-{len(found) + 1}", _type_for(name), uu_file.content))
    return found


def safe_name(name: str) -> str:
    """A file name without folders, control characters and disguises, of bounded length."""
    name = _PATH.sub("", _DISGUISE.sub("", charsets.clean(name))).strip(" .\"'")
    stem, dot, extension = name.rpartition(".")
    if len(name) > _LONGEST_NAME and dot and len(extension) < 12:
        return stem[: _LONGEST_NAME - len(extension) - 1] + dot + extension
    return name[:_LONGEST_NAME]


def _files_of(part: Part, hint: str, budget: Budget, count: int) -> list[InboundAttachment]:
    if part.content_type in ("message/rfc822", "message/global"):
        return _nested(part, hint, budget, count)
    one = _file(part, hint, count)
    if tnef.is_tnef(one):
        opened = tnef.files_in(one.content, budget)
        return opened or [one]
    return [one]


def _file(part: Part, hint: str, count: int) -> InboundAttachment:
    content_id = words.header_text(part.fields.first("content-id"), hint).strip("<> ")[:250]
    inline = bool(content_id) and part.fields.token("content-disposition") != "attachment"
    name = _declared_name(part, hint) or f"file-{count + 1}{_extension(part.content_type)}"
    return InboundAttachment(name, part.content_type, part.content(), content_id, inline)


def _nested(part: Part, hint: str, budget: Budget, count: int) -> list[InboundAttachment]:
    """A mail inside the mail as `.eml`, and its files, so that nobody needs a mail program for them."""
    inner = part.children[0] if part.children else None
    subject = words.header_text(inner.fields.first("subject"), hint) if inner else ""
    name = _declared_name(part, hint) or safe_name(subject.replace("/", "-").replace("\\", "-"))
    name = name or f"message-{count + 1}"
    name = name if name.lower().endswith((".eml", ".msg", ".txt")) else f"{name}.eml"
    content = inner.whole if inner else part.content()
    found = [InboundAttachment(name, "message/rfc822", content)]
    files = [one for one in inner.walk() if _is_file_inside(one)] if inner else []
    for one in files:
        if budget.has_time():
            found.append(_file(one, hint, count + len(found)))
    return found


def _is_file_inside(part: Part) -> bool:
    if part.main_type in ("multipart", "message"):
        return False
    return part.main_type != "text" or (is_file(part) and part.depth > 0)


def _declared_name(part: Part, hint: str) -> str:
    disposition = [read_value(raw).text("filename", hint) for raw in part.fields.all("content-disposition")]
    location = words.header_text(part.fields.first("content-location"), hint)
    described = words.header_text(part.fields.first("content-description"), hint)
    candidates = [*disposition, part.type.text("name", hint), part.type.text("filename", hint)]
    if "." in location[-6:]:
        candidates.append(location)
    if "." in described[-6:]:
        candidates.append(described)
    return next((safe for safe in map(safe_name, candidates) if safe), "")


def _extension(content_type: str) -> str:
    known = _EXTENSIONS.get(content_type)
    return known if known is not None else mimetypes.guess_extension(content_type) or ""


def _type_for(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
