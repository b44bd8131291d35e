"""What a test mail is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A mail and the expected reading: `expected` by field of Inbound, plus `files` (names), `text_has`,
    `text_lacks`, `defect` (a part of one of them)."""

    name: str
    raw: bytes
    expected: dict[str, Any] = field(default_factory=dict)


def mail(
    *headers: str | bytes, body: str | bytes = "Hello", sender: str | bytes = "From: maria@example.com"
) -> bytes:
    """A message with CRLF line ends from header lines and a body; text is encoded as UTF-8."""
    lines = [one if isinstance(one, bytes) else one.encode() for one in (sender, *headers) if one]
    return b"\r\n".join([*lines, b"", _crlf(body)])


def multipart(
    subtype: str, *parts: bytes, boundary: str = "frontier", headers: tuple[str, ...] = ()
) -> bytes:
    """A message of several parts; each part is header lines, a blank line, and a body."""
    pieces = [b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts]
    body = b"".join(pieces) + f"--{boundary}--\r\n".encode()
    return mail(f'Content-Type: multipart/{subtype}; boundary="{boundary}"', *headers, body=body)


def part(*headers: str | bytes, body: str | bytes = "") -> bytes:
    """One part of a multipart."""
    return mail(*headers, body=body, sender="")


def text_part(text: str = "Hello", subtype: str = "plain") -> bytes:
    """A text in UTF-8."""
    return part(f"Content-Type: text/{subtype}; charset=utf-8", body=text)


def _crlf(body: str | bytes) -> bytes:
    data = body if isinstance(body, bytes) else body.encode()
    return data if b"\r\n" in data else data.replace(b"\n", b"\r\n")
