"""What the demo's customers send: mails byte for byte, as their programs would have written them."""

from __future__ import annotations

from collections.abc import Sequence
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from random import Random
from typing import Any

from tocsin.command.demo import company
from tocsin.command.demo.customers import Client
from tocsin.command.demo.files import File
from tocsin.command.demo.tickets import Case, Said
from tocsin.kernel.text import tagged_subject

_OUR_SERVER = f"mx.{company.DOMAIN}"


def sent_by(client: Client) -> dict[str, Any]:
    """What the company's mail server says of it: it has checked who sent it."""
    return {"mail_from": client.address, "trusted_authserv_ids": [_OUR_SERVER]}


def mail(
    random: Random, case: Case, said: Said, to: str, ref: str, thread: Sequence[str]
) -> tuple[bytes, str]:
    """The mail and its Message-ID; with a `ref` it answers the last of the thread."""
    client = case.client
    message_id = f"<{random.getrandbits(96):024x}@{client.domain}>"
    text = MIMEText(said.text, "plain", "utf-8")
    message: MIMEBase = text
    if said.file:
        message = MIMEMultipart("mixed", boundary="=_" + message_id[1:17])
        message.attach(text)
        message.attach(_part(said.file))
    message["Authentication-Results"] = f"{_OUR_SERVER}; dmarc=pass header.from={client.domain}"
    message["From"] = formataddr((client.person, client.address))
    message["To"] = to
    subject = f"Re: {tagged_subject(ref, case.subject)}" if ref else case.subject
    message["Subject"] = Header(subject, "utf-8").encode()
    message["Date"] = format_datetime(said.at)
    message["Message-ID"] = message_id
    if ref:
        message["In-Reply-To"] = thread[-1]
        message["References"] = " ".join(thread)
    return message.as_bytes(), message_id


def _part(file: File) -> MIMEBase:
    part = MIMEBase(*file.content_type.split("/"))
    part.set_payload(file.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=file.name)
    return part
