"""A mail made again from the fields into which a provider took it apart."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from email.utils import getaddresses
from typing import Any
from urllib.parse import quote

from tocsin.channels.email.compose import encoded

_NAME = re.compile(r"[!-9;-~]{1,100}")
_FOLDING = re.compile(r"[\r\n]+[ \t]*")
_OF_ADDRESSES = {"from", "to", "cc", "bcc", "reply-to", "sender"}


def rebuilt(message: Any) -> bytes:
    """The bytes of anymail's inbound message: every header in its order, text, page, pictures and files.

    The same fields give the same bytes.
    """
    lines = [_header(str(name), str(value)) for name, value in message.items() if _is_ours_to_keep(str(name))]
    lines.append("MIME-Version: 1.0")
    words = _multipart("alternative", _texts(message))
    shown = _multipart("related", [words, *map(_file, message.inlines)])
    body = _multipart("mixed", [shown, *map(_file, message.attachments)])
    return "".join(f"{line}\r\n" for line in lines if line).encode("utf-8", "replace") + body


def _is_ours_to_keep(name: str) -> bool:
    lowered = name.lower()
    return bool(_NAME.fullmatch(name)) and lowered != "mime-version" and not lowered.startswith("content-t")


def _header(name: str, value: str) -> str:
    """One field: ASCII stays as it is, other letters become encoded words, addresses stay addresses."""
    value = _FOLDING.sub(" ", value).strip()
    if value.isascii():
        return f"{name}: {value}"
    mailboxes = ", ".join(_mailboxes(value)) if name.lower() in _OF_ADDRESSES else ""
    if mailboxes:
        return f"{name}: {mailboxes}"
    return f"{name}: {encoded(value, len(name) + 2, always=True)}"


def _mailboxes(value: str) -> Iterator[str]:
    """Each address with its name. Decoded names have lost their quotes, and then are cut at their commas."""
    cut = ""
    for name, address in getaddresses([value]):
        if "@" in address:
            yield _mailbox(cut + name, address)
            cut = ""
        else:
            cut += f"{name or address}, "


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    shown = f'"{name}"'.replace("\\", "\\\\") if name.isascii() else encoded(name, 6, always=True)
    return f"{shown} <{address}>"


def _texts(message: Any) -> list[bytes]:
    given = [("plain", message.text), ("html", message.html)]
    return [
        _part([f"Content-Type: text/{kind}; charset=utf-8"], text.encode("utf-8", "replace"))
        for kind, text in given
        if text
    ] or [_part(["Content-Type: text/plain; charset=utf-8"], b"")]


def _file(part: Any) -> bytes:
    kind = part.get_content_type()
    name = _FOLDING.sub(" ", part.get_filename() or "")
    headers = [f"Content-Type: {kind}", f"Content-Disposition: {_disposition(part)}{_file_name(name)}"]
    content_id = _FOLDING.sub("", str(part.get("Content-ID", ""))).strip()
    if content_id.isascii() and content_id:
        headers.append(f"Content-ID: {content_id}")
    if kind == "message/rfc822":  # must not be encoded (RFC 2046)
        return "".join(f"{line}\r\n" for line in headers).encode() + b"\r\n" + _content(part)
    return _part(headers, _content(part))


def _disposition(part: Any) -> str:
    return "inline" if part.is_inline() else "attachment"


def _file_name(name: str) -> str:
    if not name:
        return ""
    if name.isascii() and not re.search(r'["\\\x00-\x1f]', name):
        return f'; filename="{name}"'
    return f"; filename*=utf-8''{quote(name.encode('utf-8', 'replace'), safe='')}"


def _content(part: Any) -> bytes:
    try:
        content: bytes = part.get_content_bytes() or b""
    except (ValueError, TypeError, LookupError, UnicodeError):  # a file that claims to be a multipart
        content = bytes(part)
    return content


def _part(headers: Iterable[str], content: bytes) -> bytes:
    head = "".join(f"{line}\r\n" for line in (*headers, "Content-Transfer-Encoding: base64"))
    return head.encode("utf-8", "replace") + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _multipart(kind: str, parts: list[bytes]) -> bytes:
    """As a part of its own; where there is but one, that one."""
    if len(parts) == 1:
        return parts[0]
    digest = hashlib.sha256()
    for one in parts:
        digest.update(one)
    boundary = f"=_{digest.hexdigest()[:32]}"
    inside = b"".join(f"--{boundary}\r\n".encode() + one + b"\r\n" for one in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    return head.encode() + inside + f"--{boundary}--\r\n".encode()
