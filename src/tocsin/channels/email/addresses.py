"""Address fields: names, addresses, groups and comments, read as a person would."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.channels.email import words
from tocsin.channels.email.limits import ADDRESSES

_LONGEST_FIELD = 65_536
_LONGEST_ADDRESS = 320
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[^"\\]', re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]+@[^\s<>()\[\],;:\"@]+")
_QUOTED_LOCAL = re.compile(r'"((?:[^"\\]|\\.)+)"@([^\s<>()\[\],;:"@]+)$')
_ANGLE = re.compile(r"<([^<>]*)>")
_COMMENT = re.compile(r"\(((?:[^()\\]|\\.)*)\)")


@dataclass(frozen=True)
class Address:
    """A person's name ('' when not given) and address, the domain in lower case."""

    name: str
    address: str


def read_addresses(raw: bytes, hint: str = "") -> list[Address]:
    """Every address of a field, groups opened; what holds no address is left out."""
    text = words.plain_text(raw[:_LONGEST_FIELD], hint)
    found = (_read_one(piece, hint) for piece in _split(text)[:ADDRESSES])
    return [address for address in found if address]


def bare_address(text: str) -> str:
    """The address in a text, without brackets and names, its domain in lower case; '' when there is none."""
    text = text.strip().strip("<>").strip()
    quoted = _QUOTED_LOCAL.match(text)
    if quoted:
        return _normal(f'"{quoted.group(1)}"', quoted.group(2))
    match = _ADDRESS.search(text.replace("mailto:", ""))
    if not match:
        return ""
    local, _, domain = match.group().strip("'.`").rpartition("@")
    return _normal(local, domain)


def domain_of(address: str) -> str:
    """The domain in lower case."""
    return address.rpartition("@")[2].lower().rstrip(".")


def _normal(local: str, domain: str) -> str:
    host = domain.lower().rstrip(".'")
    address = f"{local}@{host}"
    return address if local and host and len(address) <= _LONGEST_ADDRESS else ""


def _split(text: str) -> list[str]:
    """At commas, semicolons and the colons of groups, outside quotes, brackets and comments."""
    if not any(sign in text for sign in ",;:"):
        return [text]
    pieces: list[str] = []
    current: list[str] = []
    depth = 0
    angle = False
    for sign in _TOKEN.findall(text):
        angle = sign == "<" or (angle and sign != ">")
        depth = max(0, depth + (sign == "(") - (sign == ")"))
        if depth or (angle and sign not in ",;"):
            current.append(sign)
        elif sign in (",", ";"):
            pieces.append("".join(current))
            current, angle = [], False
        elif sign == ":" and "@" not in "".join(current) and "=?" not in "".join(current):
            current = []  # the name of a group
        else:
            current.append(sign)
    pieces.append("".join(current))
    return pieces


def _read_one(piece: str, hint: str) -> Address | None:
    piece = piece.strip()
    if not piece:
        return None
    angle = _ANGLE.findall(piece)
    inside = next((one for one in reversed(angle) if "@" in one), "")
    address = (_address_in(inside) if inside else "") or _address_in(piece)
    if not address and "=?" in piece:
        decoded = words.decode_words(piece)
        return _read_one(decoded, hint) if "=?" not in decoded else None
    if not address:
        return None
    return Address(_name(piece, inside, address), address)


def _address_in(piece: str) -> str:
    if "(" not in piece:
        return bare_address(piece)
    without_comments = re.sub(r"\s*([.@])\s*", r"\1", _COMMENT.sub(" ", piece)).strip()
    return bare_address(without_comments) or bare_address(piece)


def _name(piece: str, inside: str, address: str) -> str:
    if inside:
        name = piece.replace(f"<{inside}>", " ")
        name = _COMMENT.sub("", name) if _COMMENT.sub("", name).strip() else name.strip(" ()")
    else:
        name = next(iter(_COMMENT.findall(piece)), "")
    name = re.sub(r"\\(.)", r"\1", name.strip().strip("\"'").strip())
    name = words.one_line(words.decode_words(name) if "=?" in name else name).strip("\"' ")
    return "" if name.lower() == address.lower() else name[:200]
