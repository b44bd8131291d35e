"""Outlook's winmail.dat: the files and the text inside it."""

from __future__ import annotations

import codecs
import logging
import mimetypes
from typing import TYPE_CHECKING

from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from tocsin.channels.base import InboundAttachment
from tocsin.channels.email.limits import Budget
from tocsin.kernel.text import charsets

if TYPE_CHECKING:
    from typing_extensions import Buffer

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_LARGEST = 60 * 2**20
_SIGNATURE = b"\x78\x9f\x3e\x22"
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it complains about every unknown property


def is_tnef(file: InboundAttachment) -> bool:
    """By type or name, and by its first bytes."""
    named = file.content_type in TYPES or file.name.lower() == "winmail.dat"
    return named and file.content.startswith(_SIGNATURE)


def files_in(data: bytes, budget: Budget) -> list[InboundAttachment]:
    """The files inside; none when there are none or it cannot be read (then winmail.dat itself is kept)."""
    from tocsin.channels.email.files import safe_name

    found = []
    parsed = _parse(data, budget)
    for number, one in enumerate(parsed.attachments if parsed else (), start=1):
        name = safe_name(charsets.clean(_name(one))) or f"file-{number}"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found.append(InboundAttachment(name, kind, _as_bytes(one.data)))
    return found


def text_in(data: bytes, budget: Budget) -> tuple[str, str]:
    """Text and HTML inside, each '' when there is none."""
    parsed = _parse(data, budget)
    if parsed is None:
        return "", ""
    return _asked(parsed, "body"), _asked(parsed, "htmlbody")


class _Winmail(TNEF):  # type: ignore[misc]  # the library is untyped
    """Its strings are read as those of a mail are: the code page that it names may be missing, unknown or
    untrue."""

    _named = "unknown"

    @property
    def codepage(self) -> str:
        """Of the strings inside; the library takes nothing but the name of a codec."""
        return f"{_CODEC}{self._named}"

    @codepage.setter
    def codepage(self, named: str | None) -> None:
        self._named = named or "unknown"


def _codec(name: str) -> codecs.CodecInfo | None:
    if not name.startswith(_CODEC):
        return None
    label = name.removeprefix(_CODEC)

    def decoded(data: Buffer, errors: str = "strict", /) -> tuple[str, int]:
        raw = bytes(data)
        return charsets.decode(raw, label), len(raw)

    return codecs.CodecInfo(codecs.utf_8_encode, decoded, name=name)


_CODEC = "tocsin_winmail_"
codecs.register(_codec)


def _parse(data: bytes, budget: Budget) -> TNEF | None:
    if len(data) > _LARGEST or not budget.has_time():
        return None
    try:
        return _Winmail(data, do_checksum=False)
    except Exception:
        budget.mark("winmail.dat cannot be opened")
        return None


def _name(attachment: TNEFAttachment) -> str:
    """The long name, else the short one, whose bytes are in the sender's code page and not in UTF-8."""
    try:
        long_name = attachment.long_filename()
    except UnicodeError:
        long_name = ""
    return _as_text(long_name or attachment._name)


def _asked(parsed: TNEF, what: str) -> str:
    try:
        return _as_text(getattr(parsed, what, ""))
    except (ValueError, LookupError, TypeError):  # what the library makes of damaged properties
        return ""


def _as_bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else b""


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return charsets.decode(value.rstrip(b"\x00"))
    return charsets.clean(str(value or ""))
