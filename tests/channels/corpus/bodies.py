"""Bodies and files: HTML, flowed text, files in and around the text, mails inside mails."""

from __future__ import annotations

import base64
import binascii
import struct

from tests.channels.corpus.case import Case, mail, multipart, part, text_part

from tocsin.channels.email import reasons

_PDF = part(
    "Content-Type: application/pdf; name=bill.pdf",
    "Content-Transfer-Encoding: base64",
    body=base64.encodebytes(b"%PDF-1.4"),
)


def _named(*headers: str | bytes) -> bytes:
    return multipart("mixed", text_part(), part(*headers, body="x"))


def _uu(data: bytes, name: str) -> str:
    lines = [binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


_INNER = mail(
    "Subject: The first mail",
    'Content-Type: multipart/mixed; boundary="inner"',
    sender="From: ana@example.com",
    body=b"--inner\r\n" + text_part("Inner text") + b"\r\n--inner\r\n" + _PDF + b"\r\n--inner--",
)
_FORWARD = part("Content-Type: message/rfc822", body=_INNER)
_EVENT = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Συνάντηση\nDTSTART:20261124T090000Z\nLOCATION:Αθήνα\\, γραφείο\n"
    "END:VEVENT\nEND:VCALENDAR\n"
)


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(
    text: bytes, files: dict[bytes, bytes], *, message_class: bytes = b"", codepage: int = 0
) -> bytes:
    """What Outlook calls winmail.dat (MS-OXTNEF), with the fewest attributes; a message class is a string in
    the code page."""
    attributes = [attribute(1, 0x00089006, b"\x00\x00\x01\x00")]
    if codepage:
        attributes.append(attribute(1, 0x00069007, struct.pack("<II", codepage, 0)))
    if message_class:
        attributes.append(attribute(1, 0x00078008, message_class + b"\x00"))
    attributes.append(attribute(1, 0x0002800C, text + b"\x00"))
    for name, content in files.items():
        attributes.append(attribute(2, 0x00069002, b"\x01\x00" + b"\xff" * 4 + b"\x00" * 8))
        attributes.append(attribute(2, 0x00018010, name + b"\x00"))
        attributes.append(attribute(2, 0x0006800F, content))
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def winmail_part(data: bytes) -> bytes:
    return part(
        "Content-Type: application/ms-tnef; name=winmail.dat",
        "Content-Transfer-Encoding: base64",
        body=base64.encodebytes(data),
    )


_PICTURES = [
    part(
        "Content-Type: image/png",
        f"Content-ID: <p{number}@x>",
        "Content-Transfer-Encoding: base64",
        body="iVBORw0KGgo=",
    )
    for number in range(43)
]

CASES = [
    Case(
        "HTML only",
        mail("Content-Type: text/html; charset=utf-8", body="<p>Καλημέρα</p><p>Δύο</p><script>x()</script>"),
        {"text_has": "Καλημέρα", "text_lacks": "x()", "html_has": "<p>"},
    ),
    Case(
        "text and HTML",
        multipart("alternative", text_part("plain"), text_part("<b>rich</b>", "html")),
        {"text": "plain", "html_has": "<b>rich</b>"},
    ),
    Case(
        "an empty text beside HTML",
        multipart("alternative", text_part(" \n"), text_part("<b>rich</b>", "html")),
        {"text": "rich"},
    ),
    Case(
        "HTML first",
        multipart("alternative", text_part("<b>rich</b>", "html"), text_part("plain")),
        {"text": "plain", "html_has": "rich"},
    ),
    Case(
        "texts around a picture",
        multipart("mixed", text_part("one"), _PICTURES[0], text_part("two")),
        {"text": "one\n\ntwo", "files": ["file-1.png"]},
    ),
    Case(
        "HTML and a footer of plain text",
        multipart("mixed", text_part("<p>rich</p>", "html"), text_part("a < b")),
        {"text_has": "a < b", "html_has": "a &lt; b"},
    ),
    Case(
        "flowed text",
        mail(
            "Content-Type: text/plain; format=flowed", body="This is one \nline.\n> quoted \n> too\n-- \nMe"
        ),
        {"text": "This is one line.\n> quoted too\n-- \nMe"},
    ),
    Case(
        "flowed text with DelSp",
        mail("Content-Type: text/plain; format=flowed; delsp=yes", body="Donau \ndampf"),
        {"text": "Donaudampf"},
    ),
    Case(
        "flowed and stuffed",
        mail("Content-Type: text/plain; format=flowed", body=" From me\n >not quoted"),
        {"text": "From me\n>not quoted"},
    ),
    Case(
        "a file in uuencode",
        mail(body="See below.\n\n" + _uu(b"data" * 30, "notes.txt") + "\nBye"),
        {"text_has": "Bye", "text_lacks": "begin 644", "files": ["notes.txt"]},
    ),
    Case(
        "a sentence that starts with begin",
        mail(body="begin 644 things\nthen do others\nend\n"),
        {"text_has": "then do others", "files": []},
    ),
    Case(
        "a part in uuencode",
        multipart(
            "mixed",
            text_part(),
            part(
                "Content-Type: text/csv; name=a.csv",
                "Content-Transfer-Encoding: x-uuencode",
                body=_uu(b"a,b", "a.csv"),
            ),
        ),
        {"files": ["a.csv"], "contents": [b"a,b"]},
    ),
    Case(
        "a file with a plain name",
        multipart("mixed", text_part(), _PDF),
        {"files": ["bill.pdf"], "contents": [b"%PDF-1.4"]},
    ),
    Case(
        "a file alone",
        mail(
            "Content-Type: application/zip; name=a.zip", "Content-Transfer-Encoding: base64", body="UEsDBA=="
        ),
        {"text": "", "files": ["a.zip"]},
    ),
    Case(
        "an RFC 2231 name",
        _named("Content-Disposition: attachment; filename*=utf-8''%CE%A4%CE%B9%CE%BC%CE%AE.pdf"),
        {"files": ["Τιμή.pdf"]},
    ),
    Case(
        "an RFC 2231 name in pieces",
        _named(
            "Content-Disposition: attachment;\r\n filename*1*=%CE%B9.pdf;\r\n filename*0*=utf-8'el'%CE%A4"
        ),
        {"files": ["Τι.pdf"]},
    ),
    Case(
        "a name cut inside a character",
        _named("Content-Disposition: attachment; filename*0*=utf-8''%CE; filename*1*=%A4.pdf"),
        {"files": ["Τ.pdf"]},
    ),
    Case(
        "pieces without a charset",
        _named('Content-Disposition: attachment; filename*0="long "; filename*1="name.pdf"'),
        {"files": ["long name.pdf"]},
    ),
    Case(
        "an extended name without quotes around the charset",
        _named("Content-Disposition: attachment; filename*=%D0%9F.pdf"),
        {"files": ["П.pdf"]},
    ),
    Case(
        "an extended name in quotes",
        _named("Content-Disposition: attachment; filename*=\"utf-8''%D0%9F.pdf\""),
        {"files": ["П.pdf"]},
    ),
    Case(
        "an extended and a plain name",
        _named("Content-Disposition: attachment; filename=x.pdf; filename*=utf-8''%D0%9F.pdf"),
        {"files": ["П.pdf"]},
    ),
    Case(
        "a name in encoded words",
        _named('Content-Disposition: attachment; filename="=?koi8-r?B?8NLJ18XULnBkZg==?="'),
        {"files": ["Привет.pdf"]},
    ),
    Case(
        "a name in folded encoded words",
        _named('Content-Type: application/pdf; name="=?utf-8?Q?=CE=91?=\r\n =?utf-8?Q?=CE=92.pdf?="'),
        {"files": ["ΑΒ.pdf"]},
    ),
    Case(
        "a raw 8-bit name",
        _named(b'Content-Disposition: attachment; filename="' + "Τιμολόγιο.pdf".encode("cp1253") + b'"'),
        {"files": ["Τιμολόγιο.pdf"]},
    ),
    Case(
        "a percent-encoded name",
        _named("Content-Disposition: attachment; filename=%D0%9F%D1%80.pdf"),
        {"files": ["Пр.pdf"]},
    ),
    Case(
        "a name with blanks, unquoted",
        _named("Content-Disposition: attachment; filename=my long file.pdf; size=3"),
        {"files": ["my long file.pdf"]},
    ),
    Case(
        "quotes inside a name",
        _named('Content-Disposition: attachment; filename="my "best" file.pdf"'),
        {"files": ['my "best" file.pdf']},
    ),
    Case(
        "a path as the name",
        _named('Content-Disposition: attachment; filename="C:\\Users\\m\\..\\bill.pdf"'),
        {"files": ["bill.pdf"]},
    ),
    Case(
        "a name that climbs",
        _named('Content-Disposition: attachment; filename="../../etc/passwd"'),
        {"files": ["passwd"]},
    ),
    Case(
        "a disguised name",
        _named("Content-Disposition: attachment; filename*=utf-8''%E2%80%AEgpj.exe"),
        {"files": ["gpj.exe"]},
    ),
    Case(
        "a name of line breaks",
        _named("Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab.txt"),
        {"files": ["a b.txt"]},
    ),
    Case(
        "a very long name",
        _named(f"Content-Disposition: attachment; filename={'x' * 900}.pdf"),
        {"files": ["x" * 146 + ".pdf"]},
    ),
    Case("no name at all", _named("Content-Type: image/jpeg"), {"files": ["file-1.jpg"]}),
    Case(
        "a name in the description",
        _named("Content-Type: application/pdf", "Content-Description: report.pdf"),
        {"files": ["report.pdf"]},
    ),
    Case(
        "a named text without a disposition",
        _named("Content-Type: text/plain; name=log.txt"),
        {"files": ["log.txt"], "text": "Hello"},
    ),
    Case(
        "a text shown in place",
        multipart("mixed", text_part("one"), part("Content-Disposition: inline", body="two")),
        {"text": "one\n\ntwo", "files": []},
    ),
    Case(
        "43 pictures in the text",
        multipart("related", text_part('<img src="cid:p0@x">', "html"), *_PICTURES),
        {"file_count": 43, "inline": True},
    ),
    Case(
        "a forwarded mail",
        multipart("mixed", text_part("See below"), _FORWARD),
        {"text": "See below", "files": ["The first mail.eml", "bill.pdf"]},
    ),
    Case(
        "nothing but a forwarded mail",
        multipart("mixed", _FORWARD),
        {"text": "Inner text", "files": ["The first mail.eml", "bill.pdf"]},
    ),
    Case(
        "a forwarded mail in base64",
        multipart(
            "mixed",
            text_part("See"),
            part(
                "Content-Type: message/rfc822",
                "Content-Transfer-Encoding: base64",
                body=base64.encodebytes(_INNER),
            ),
        ),
        {"files": ["The first mail.eml", "bill.pdf"]},
    ),
    Case(
        "an invitation beside a text",
        multipart("alternative", text_part("Come"), part("Content-Type: text/calendar", body=_EVENT)),
        {"text": "Come", "files": ["file-1.ics"]},
    ),
    Case(
        "nothing but an invitation",
        mail("Content-Type: text/calendar; charset=utf-8", body=_EVENT),
        {"text": "Συνάντηση\n2026-11-24 09:00 UTC\nΑθήνα, γραφείο", "files": ["file-1.ics"]},
    ),
    Case(
        "a signed mail",
        multipart("signed", text_part("signed"), part("Content-Type: application/pgp-signature", body="--")),
        {"text": "signed", "files": ["file-1.asc"]},
    ),
    Case(
        "winmail.dat with a file beside a text",
        multipart("mixed", text_part(), winmail_part(winmail(b"Hidden", {b"bill.pdf": b"%PDF"}))),
        {"text": "Hello", "files": ["bill.pdf"], "contents": [b"%PDF"]},
    ),
    Case(
        "winmail.dat that holds everything",
        multipart("mixed", winmail_part(winmail(b"Good morning", {b"a.txt": b"1", b"b.txt": b"2"}))),
        {"text": "Good morning", "files": ["a.txt", "b.txt"]},
    ),
    Case(
        "winmail.dat without a code page",
        multipart(
            "mixed",
            winmail_part(
                winmail(
                    "Grüße".encode("cp1252"),
                    {"Übersicht.txt".encode("cp1252"): b"1, 2"},
                    message_class=b"IPM.Note",
                )
            ),
        ),
        {"text": "Grüße", "files": ["Übersicht.txt"], "contents": [b"1, 2"]},
    ),
    Case(
        "winmail.dat with an untrue code page",
        multipart(
            "mixed",
            winmail_part(
                winmail(b"Good morning", {b"a.txt": b"1"}, message_class=b"IPM.N\xf6te", codepage=65001)
            ),
        ),
        {"text": "Good morning", "files": ["a.txt"]},
    ),
    Case(
        "winmail.dat with a code page that nobody has",
        multipart(
            "mixed",
            winmail_part(winmail(b"Good morning", {b"a.txt": b"1"}, message_class=b"IPM.Note", codepage=999)),
        ),
        {"text": "Good morning", "files": ["a.txt"]},
    ),
    Case(
        "winmail.dat that is none",
        _named("Content-Type: application/ms-tnef; name=winmail.dat"),
        {"files": ["winmail.dat"]},
    ),
    Case(
        "winmail.dat cut short",
        multipart(
            "mixed",
            text_part(),
            part(
                "Content-Type: application/ms-tnef; name=winmail.dat",
                "Content-Transfer-Encoding: base64",
                body=base64.b64encode(b"\x78\x9f\x3e\x22\x01\x00\x02\xff\xff"),
            ),
        ),
        {"files": ["winmail.dat"]},
    ),
    Case(
        "no closing boundary",
        multipart("mixed", text_part("one"), text_part("two")).removesuffix(b"--frontier--\r\n"),
        {"text_has": "two", "defect": reasons.LAST_PART_OPEN},
    ),
    Case(
        "a boundary that the header does not name",
        multipart("mixed", text_part("one")).replace(b'="frontier"', b"=other"),
        {"text": "one"},
    ),
    Case(
        "no boundary named",
        multipart("mixed", text_part("one")).replace(b'; boundary="frontier"', b""),
        {"text": "one"},
    ),
    Case(
        "a multipart that is plain text",
        mail("Content-Type: multipart/mixed; boundary=x", body="Only words"),
        {"text": "Only words", "defect": reasons.NO_PARTS},
    ),
    Case(
        "boundaries that begin alike",
        multipart(
            "mixed",
            multipart("alternative", text_part("in"), boundary="frontier2").removeprefix(
                b"From: maria@example.com\r\n"
            ),
            text_part("out"),
        ),
        {"text": "in\n\nout"},
    ),
    Case(
        "words before the first boundary only",
        mail(
            "Content-Type: multipart/mixed; boundary=x",
            body=b"The text stands here.\r\n--x\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--x--",
        ),
        {"text": "The text stands here.", "files": ["a.png"]},
    ),
    Case("a content type without a subtype", mail("Content-Type: text", body="Hello"), {"text": "Hello"}),
    Case(
        "two content types",
        mail("Content-Type: bogus", "Content-Type: text/html", body="<b>Hi</b>"),
        {"text": "Hi"},
    ),
    Case(
        "a parameter where the type should be",
        mail("Content-Type: charset=iso-8859-7", body="Γεια".encode("iso8859_7")),
        {"text": "Γεια"},
    ),
    Case("an empty body", mail(body=""), {"text": "", "html": ""}),
]
