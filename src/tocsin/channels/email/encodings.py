"""Transfer encodings back to bytes, however damaged."""

from __future__ import annotations

import binascii
import re
import string
from dataclasses import dataclass

_BASE64 = string.ascii_letters + string.digits + "+/=-_"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64.encode()))
_PADDING = re.compile(rb"=+")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200}?)[ \t]*\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True)
class UuFile:
    """A file found inside a text."""

    name: bytes
    content: bytes


_BASE64_NAMES = ("base64", "b", "b64", "base-64")
_QUOTED_NAMES = ("quoted-printable", "quoted", "quotedprintable", "q", "qp")
_UU_NAMES = ("x-uuencode", "uuencode", "uue", "x-uue")


def decode(raw: bytes, encoding: str, start: int = 0, end: int | None = None) -> bytes:
    """The bytes of `raw` between `start` and `end`, from `base64`, `quoted-printable` or uuencode by any of
    their names; else unchanged. What is large is decoded in place, without a copy of the encoded."""
    end = len(raw) if end is None else end
    name = encoding.replace("_", "-").strip(" ;:\"'")
    if name in _BASE64_NAMES:
        return from_base64(raw, start, end)
    if name in _QUOTED_NAMES:
        return binascii.a2b_qp(memoryview(raw)[start:end])
    data = raw[start:end]
    if name in _UU_NAMES:
        files, rest = split_uuencoded(data)
        return files[0].content if files else rest
    return data


def keeps_bytes(encoding: str) -> bool:
    """Whether `decode` leaves everything as it is."""
    name = encoding.replace("_", "-").strip(" ;:\"'")
    return name not in (*_BASE64_NAMES, *_QUOTED_NAMES, *_UU_NAMES)


def from_base64(raw: bytes, start: int = 0, end: int | None = None) -> bytes:
    """Base64 with foreign characters, missing padding, or several pieces one after the other."""
    end = len(raw) if end is None else end
    try:
        if raw.find(b"=", start, max(start, end - 6)) < 0:
            return binascii.a2b_base64(memoryview(raw)[start:end])
    except binascii.Error:
        pass
    letters = raw[start:end].translate(None, _NOT_BASE64).replace(b"-", b"+").replace(b"_", b"/")
    return b"".join(_piece(piece) for piece in _PADDING.split(letters) if piece)


def _piece(letters: bytes) -> bytes:
    whole = letters if len(letters) % 4 != 1 else letters[:-1]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def split_uuencoded(data: bytes) -> tuple[list[UuFile], bytes]:
    """The uuencoded files in a text, and the text without them."""
    files: list[UuFile] = []
    rest: list[bytes] = []
    position = 0
    while (begin := _UU_BEGIN.search(data, position)) and (end := _UU_END.search(data, begin.end())):
        content = _uu_lines(data[begin.end() : end.start()])
        if content is None:
            rest.append(data[position : begin.end()])
            position = begin.end()
            continue
        rest.append(data[position : begin.start()])
        files.append(UuFile(begin.group(1), content))
        position = end.end()
    rest.append(data[position:])
    return files, b"".join(rest)


def _uu_lines(data: bytes) -> bytes | None:
    """None when these lines are no uuencoding after all, such as a sentence that starts with “begin”."""
    decoded = []
    for line in data.splitlines():
        if not line.strip() or line in (b"`", b" "):
            continue
        piece = _uu_line(line)
        if piece is None:
            return None
        decoded.append(piece)
    return b"".join(decoded) if decoded else None


def _uu_line(line: bytes) -> bytes | None:
    if not all(0x20 <= byte <= 0x60 for byte in line):
        return None
    size = ((line[0] - 32) & 63) * 4 // 3
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Lines padded with rubbish by old encoders.
        try:
            return binascii.a2b_uu(line[: (size + 3) // 4 * 4 + 1])
        except binascii.Error:
            return None
