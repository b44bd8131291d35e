"""Small files that customers of the demo company attach, made on the spot."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class File:
    """An attachment with its bytes."""

    name: str
    content_type: str
    content: bytes


@cache
def make_file(name: str, kind: str, domain: str, number: int) -> File:
    """A file of one of the `kinds` below, a little different for each `number`."""
    content_type, maker = _MAKERS[kind]
    return File(name, content_type, maker(domain, number))


def _zone(domain: str, number: int) -> bytes:
    return (
        f"$ORIGIN {domain}.\n$TTL 14400\n@ IN SOA ns1.anemona.example. hostmaster.anemona.example. "
        f"({2026000000 + number} 7200 3600 1209600 3600)\n"
        "@ IN NS ns1.anemona.example.\n@ IN NS ns2.anemona.example.\n"
        f"@ IN A 192.0.2.{number % 250}\nwww IN CNAME {domain}.\n@ IN MX 10 mx.anemona.example.\n"
    ).encode()


def _log(domain: str, number: int) -> bytes:
    lines = (
        f"[{10 + at // 60:02}:{at % 60:02}:07] {domain} GET /index.php {1800 + 37 * at} ms"
        for at in range(number % 17, number % 17 + 40)
    )
    return "\n".join(lines).encode()


def _headers(domain: str, number: int) -> bytes:
    return (
        f"Return-Path: <bounce-{number}@mailer.example>\nReceived: from host-{number % 250}.example "
        f"(203.0.113.{number % 250})\n by mx.anemona.example; Mon, 2 Mar 2026 08:11:04 +0200\n"
        f'From: "Invoice" <office@{domain}>\nTo: office@{domain}\nSubject: Overdue\n\nPlease pay today.\n'
    ).encode()


def _bounce(domain: str, number: int) -> bytes:
    return (
        f"Reporting-MTA: dns; out.anemona.example\nFinal-Recipient: rfc822; purchasing@bigcustomer.example\n"
        "Action: failed\nStatus: 5.7.1\n"
        f"Diagnostic-Code: smtp; 550 5.7.1 rejected by policy ({number}) for {domain}\n"
    ).encode()


def _picture(domain: str, number: int) -> bytes:
    """A window with a warning in it, as a PNG written by hand: no picture library is needed for it."""
    width, height = 320, 180
    shade = 200 + number % 40
    rows = (bytes([0]) + bytes(_pixels(y, width, height, shade)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"tEXt", b"Title\x00" + domain.encode()),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _pixels(y: int, width: int, height: int, shade: int) -> list[int]:
    if y < 18:
        return [90] * width
    bar = 70 < y < 78 or 90 < y < 96 or 104 < y < 110
    return [120 if bar and 60 < x < width - 60 - y // 2 else shade for x in range(width)]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pdf(domain: str, number: int) -> bytes:
    text = f"BT /F1 16 Tf 60 760 Td (Statement {number} - {domain}) Tj ET".encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, places = b"%PDF-1.4\n", []
    for place, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (place, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail


_MAKERS: dict[str, tuple[str, Callable[[str, int], bytes]]] = {
    "zone": ("text/plain", _zone),
    "log": ("text/plain", _log),
    "headers": ("text/plain", _headers),
    "bounce": ("text/plain", _bounce),
    "picture": ("image/png", _picture),
    "pdf": ("application/pdf", _pdf),
}
