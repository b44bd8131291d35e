"""Structured fields such as Content-Type: the value and its parameters, RFC 2231 in every mutation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from tocsin.channels.email import words
from tocsin.kernel.text import charsets

_LONGEST = 16_384
_PARAMETER = re.compile(
    rb""";\s*([^=;\s"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"(?=\s*(?:;|$))|([^;]*))""", re.DOTALL
)
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*?)$")
_COMMENT = re.compile(rb"\([^()]*\)\s*$")
_ESCAPED = re.compile(rb'\\(["\\])')
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True)
class Value:
    """`value` in lower case, and the parameters raw, by lower-case name as written (`filename*0*`)."""

    value: str
    parameters: dict[str, bytes] = field(default_factory=dict)

    def raw(self, name: str) -> bytes:
        """One parameter as bytes; b'' when it is not there."""
        if name in self.parameters:
            return self.parameters[name]
        return self.text(name).encode("utf-8")

    def text(self, name: str, hint: str = "") -> str:
        """One parameter as text: extended, in pieces, as encoded words, percent-encoded or raw 8-bit."""
        extended = _extended(self.parameters, name)
        plain = _plain(self.parameters.get(name, b""), hint)
        return plain if not extended or ("\ufffd" in extended and plain) else extended


def read_value(raw: bytes) -> Value:
    """The value and parameters of one field."""
    raw = raw[:_LONGEST]
    head = raw.partition(b";")[0]
    value = _COMMENT.sub(b"", head).strip().decode("ascii", "ignore").lower().strip("\"'")
    value = "".join(value.split())
    if b"=" not in raw:
        return Value(value)
    # Without any value, the parameters may still be there: `Content-Type: charset=utf-8`.
    rest = raw[len(head) :] if "=" not in value else b";" + raw
    return Value(value, _parameters(rest))


def _parameters(raw: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, quoted, bare in _PARAMETER.findall(raw):
        value = _ESCAPED.sub(rb"\1", quoted) if quoted else _bare(bare)
        found.setdefault(name.decode("ascii", "ignore").lower(), value)
    return found


def _bare(raw: bytes) -> bytes:
    """A value without quotes, or with quotes that do not match."""
    return _COMMENT.sub(b"", raw.strip()).strip().strip(b"\"'")


def _plain(raw: bytes, hint: str) -> str:
    text = words.header_text(raw.replace(b"\n", b""), hint)
    if _PERCENT.search(text) and not text.isspace():
        return _percent_decoded(text)
    return text


def _percent_decoded(text: str) -> str:
    """Some programs percent-encode a name without saying so; believed when it gives letters beyond ASCII."""
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text
    return text if decoded.isascii() else words.one_line(decoded)


def _extended(parameters: dict[str, bytes], name: str) -> str:
    pieces = sorted(_pieces(parameters, name))
    if not pieces:
        return ""
    charset, data = "", b""
    for number, is_encoded, raw in pieces:
        if is_encoded:
            if number == pieces[0][0]:
                charset, raw = _charset_prefix(raw)
            raw = unquote_to_bytes(raw)
        data += raw
    text = charsets.decode(data, charset)
    return words.one_line(words.decode_words(text) if "=?" in text else text)


def _pieces(parameters: dict[str, bytes], name: str) -> list[tuple[int, bool, bytes]]:
    found = []
    for key, raw in parameters.items():
        match = _NAME.match(key)
        if match and match.group(1) == name and "*" in key:
            found.append((int(match.group(2) or 0), bool(match.group(3)), raw))
    return found


def _charset_prefix(raw: bytes) -> tuple[str, bytes]:
    """`utf-8'el'%CE%91` → ("utf-8", b"%CE%91"); the quotes are often missing."""
    parts = raw.split(b"'", 2)
    if len(parts) == 3 and len(parts[0]) < 40:
        return parts[0].decode("ascii", "ignore"), parts[2]
    return "", raw
