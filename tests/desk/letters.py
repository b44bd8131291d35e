"""Mails as they are shown: laid out, with pictures, files, invitations and other mails in them."""

from __future__ import annotations

import struct
import zlib
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.policy import SMTP

from tests.desk.office import CUSTOMER

NEWSLETTER = """
<html><head><style>.head { background: #103050; color: white } .p { margin: 0 }</style></head>
<body style="background:#f3f3f3"><table width="600" cellpadding="12">
<tr><td class="head"><h1>Our invoice</h1></td></tr>
<tr><td><p class="p">Please look at <b>line 4</b>: <a href="https://elsewhere.test/pay">www.bank.test/pay</a></p>
<p class="p"><img src="https://shop.test/banner.png" width="300" height="60" alt="Banner"></p>
<img src="https://shop.test/seen.gif" width="1" height="1"></td></tr></table></body></html>
"""
ANSWER = """
<div dir="ltr"><div>Still <b>nothing</b> arrives, see the <span style="color:rgb(0,0,0)">list</span>:</div>
<ul><li>invoices@</li><li>orders@</li></ul></div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Nov 16, 2026 at 10:22 AM Harbour
&lt;<a href="mailto:help@harbour.test">help@harbour.test</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote"><div>Which addresses?</div></blockquote></div>
"""
PLAIN_ANSWER = """Still nothing.

On Mon, Nov 16, 2026 at 10:22 AM Harbour <help@harbour.test> wrote:
> Which addresses?
"""
MEETING = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
SUMMARY:Move of the mail server
DTSTART;TZID=Europe/Athens:20261124T090000
DTEND;TZID=Europe/Athens:20261124T103000
LOCATION:Piraeus\\, pier 4
ORGANIZER;CN=Maria:mailto:maria@customer.test
END:VEVENT
END:VCALENDAR
"""


def letter(text: str = "Hello", html: str = "", *, subject: str = "A mail", **headers: str) -> EmailMessage:
    """A mail of the customer's; add files to it as one likes."""
    message = EmailMessage()
    given = {"From": f"Maria <{CUSTOMER}>", "To": "support@example.test", "Subject": subject, **headers}
    for name, value in given.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def with_pictures(count: int, size: int = 64) -> bytes:
    """An HTML mail that shows so many pictures in their places."""
    rows = "".join(f'<p>Picture {n}</p><img src="cid:p{n}@x" width="240" height="120">' for n in range(count))
    message = letter("Pictures", f"<h1>Pictures</h1>{rows}", subject="Pictures in their places")
    page = message.get_payload()[1]
    assert isinstance(page, EmailMessage)
    for n in range(count):
        page.add_related(
            png(size, n), "image", "png", cid=f"<p{n}@x>", filename=f"picture-{n}.png", disposition="inline"
        )
    return message.as_bytes(policy=SMTP)


def with_meeting(method: str = "REQUEST") -> bytes:
    """An invitation as calendars send it: beside the text, and once more as a file."""
    outer = MIMEMultipart("mixed")
    for name, value in letter(subject="Invitation").items():
        if name not in ("Content-Type", "Content-Transfer-Encoding", "MIME-Version"):
            outer[name] = value
    inner = MIMEMultipart("alternative")
    inner.attach(_calendar("You are invited.", "plain"))
    inner.attach(_calendar(MEETING.format(method=method), "calendar"))
    outer.attach(inner)
    file = _calendar(MEETING.format(method=method), "calendar")
    file.add_header("Content-Disposition", "attachment", filename="invite.ics")
    outer.attach(file)
    return outer.as_bytes(policy=SMTP)


def only_a_meeting() -> bytes:
    """An invitation without a word beside it."""
    mail = _calendar(MEETING.format(method="REQUEST"), "calendar")
    for name, value in letter(subject="Invitation").items():
        if name not in ("Content-Type", "Content-Transfer-Encoding", "MIME-Version"):
            mail[name] = value
    return mail.as_bytes(policy=SMTP)


def with_mail_inside() -> bytes:
    """A mail that was sent on as a file, with a file of its own."""
    inside = letter("The old words", "<p>The <b>old</b> words</p>", subject="What they wrote")
    inside.replace_header("From", "Ana <ana@elsewhere.test>")
    inside["Date"] = "Sat, 14 Nov 2026 10:00:00 +0200"
    inside.add_attachment(b"%PDF-1.4 old", maintype="application", subtype="pdf", filename="old.pdf")
    outer = letter("Please see below.", subject="Fwd: What they wrote")
    outer.add_attachment(inside)
    return outer.as_bytes(policy=SMTP)


def png(side: int, shade: int) -> bytes:
    """A picture of one colour."""
    colour = bytes([(shade * 37) % 256, (shade * 71) % 256, 160])
    rows = b"".join(b"\x00" + colour * side for _row in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _calendar(text: str, subtype: str) -> Message:
    part = Message()
    part["Content-Type"] = f"text/{subtype}; charset=utf-8"
    part["Content-Transfer-Encoding"] = "8bit"
    part.set_payload(text.encode())
    return part
