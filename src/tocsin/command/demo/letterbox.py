"""What a customer of the demo does: sends a mail, and opens the link in the answer."""

from __future__ import annotations

import email
import re
import urllib.request
import uuid
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from io import BytesIO
from pathlib import Path

from tocsin.command.demo import company
from tocsin.command.demo.customers import Client
from tocsin.command.demo.outage import mail_socket
from tocsin.command.demo.sink import mails_to
from tocsin.command.mail_in import deliver
from tocsin.kernel import clock

# As programs of these countries still send, where the text allows it.
_CHARSETS = {
    "el": "iso-8859-7",
    "ru": "windows-1251",
    "hr": "windows-1250",
    "es": "iso-8859-1",
    "en": "utf-8",
}


def send(data: Path, client: Client, subject: str, text: str) -> int:
    """Hand a mail in over the product's mail socket; returns the inbound id, which is committed then."""
    charset = _charset(client.language, subject + text)
    mail = MIMEText(text, "plain", charset)
    mail["From"] = formataddr((client.person, client.address))
    mail["To"] = company.MAIL_ADDRESS
    mail["Subject"] = Header(subject, charset).encode()
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@{client.domain}>"
    raw = mail.as_bytes()
    return int(deliver(BytesIO(raw), str(mail_socket(data)), company.MAIL_ADDRESS, client.address))


def press_not_my_problem(folder: Path, address: str, ticket_ref: str, url: str) -> str:
    """Open the link of the newest mail about this ticket and press its button; '' while there is no mail."""
    link = _link_in(folder, address, ticket_ref, url)
    if not link:
        return ""
    with urllib.request.urlopen(link, timeout=20) as page:  # noqa: S310 - our own http address
        page.read()
    with urllib.request.urlopen(link, data=b"", timeout=20) as answer:  # noqa: S310 - our own http address
        answer.read()
    return link


def _link_in(folder: Path, address: str, ticket_ref: str, url: str) -> str:
    for path in mails_to(folder, address):
        mail = email.message_from_bytes(path.read_bytes())
        text = _text(mail)
        found = re.search(re.escape(url) + r"/n/\S+", text)
        if found and ticket_ref in f"{mail['Subject']} {text}":
            return found[0]
    return ""


def _text(mail: email.message.Message) -> str:
    for part in mail.walk():
        payload = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
        if isinstance(payload, bytes):
            return payload.decode(part.get_content_charset() or "utf-8", "replace")
    return ""


def _charset(language: str, text: str) -> str:
    charset = _CHARSETS.get(language, "utf-8")
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return "utf-8"
    return charset
