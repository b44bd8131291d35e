"""Mail that providers post to us: written down whole before they hear that we have it."""

from __future__ import annotations

import base64
import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.db import connection
from tests.harness import provider_reports
from tests.harness.provider_reports import Posted, mailgun_signature, signed, sns
from tests.harness.providers import Answer, Provider
from tests.mailroom.boxes import save_mailbox
from tests.mailroom.stand_ins import Upstairs
from tests.mailroom.test_providers import tell

from tocsin.channels.base import Inbound
from tocsin.channels.email.providers import fetching
from tocsin.mailroom import queries, services
from tocsin.mailroom.models import Account, InboundItem

pytestmark = pytest.mark.django_db(transaction=True)

# In KOI8-R without a word about it, with a lone NUL: no field of text could hold it.
RAW = (
    b"Received: from mx.customer.test by mx.provider.test; Sat, 21 Nov 2026 12:00:00 +0000\r\n"
    b"From: Maria <maria@customer.test>\r\nTo: help@example.test\r\n"
    b"Subject: \xf0\xcf\xde\xd4\xc1\r\nMessage-ID: <1@customer.test>\r\n"
    b"Authentication-Results: mx.example.test; dmarc=pass header.from=customer.test\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n'
    b"\xf0\xcf\xde\xd4\xc1 \xcc\xc5\xd6\xc9\xd4."
    b"\r\n--b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\r\n\r\n\x00\xff"
    b"\r\n--b--\r\n"
)
TEXT = "Καλημέρα,\r\nη ιστοσελίδα δεν ανοίγει — 10 €.\r\n"
PAGE = '<p>Καλημέρα <img src="cid:logo@x"></p>'
HEADERS = [
    ("Received", "from mx.customer.test by mx.provider.test; Sat, 21 Nov 2026 12:00:00 +0000"),
    ("Received", "from desk.customer.test by mx.customer.test; Sat, 21 Nov 2026 11:59:00 +0000"),
    ("From", "Μαρία Π., λογιστήριο <maria@customer.test>"),
    ("To", '"Help, Desk" <help@example.test>'),
    ("Subject", "Η ιστοσελίδα μας"),
    ("Message-ID", "<2@customer.test>"),
    ("In-Reply-To", "<m1@tocsin.example.test>"),
    ("References", "<m0@tocsin.example.test> <m1@tocsin.example.test>"),
    ("Date", "Sat, 21 Nov 2026 12:00:00 +0000"),
    ("X-Long", "one\r\n two"),
]
PDF, PNG = b"%PDF\x00\xff", b"\x89PNG\r\n"
NESTED = b"Subject: inside\r\n\r\nOld words\r\n"


@pytest.fixture(autouse=True)
def _webhooks_are_set_up(settings: Any, upstairs: Upstairs) -> None:
    for name, value in provider_reports.SETTINGS.items():
        setattr(settings, name, value)
    settings.TOCSIN_TRUSTED_AUTHSERV = ["mx.example.test"]
    services.ensure_accounts()
    save_mailbox(address="help@example.test", name="Help")


def form(fields: dict[str, bytes], files: dict[str, tuple[str, str, bytes]] | None = None) -> Posted:
    """As programs post forms with files."""
    pieces = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
        for name, value in fields.items()
    ]
    for name, (file_name, kind, content) in (files or {}).items():
        head = f'--B\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        pieces.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n")
    return Posted(b"".join(pieces) + b"--B--\r\n", "multipart/form-data; boundary=B")


def _mailgun_fields() -> dict[str, bytes]:
    return {name: value.encode() for name, value in mailgun_signature().items()}


_ENVELOPE = json.dumps({"to": ["help@example.test"], "from": "bounce@customer.test"}).encode()


def original(provider: str) -> Posted:
    """The raw mail as this provider posts it; where its form is text, in Base64 or in ASCII."""
    if provider == "mailgun":
        fields = {"recipient": b"help@example.test", "sender": b"bounce@customer.test", "body-mime": RAW}
        return form({**_mailgun_fields(), **fields})
    if provider == "sendgrid":
        return form({"email": RAW, "envelope": _ENVELOPE, "charsets": b"{}"})
    if provider == "sparkpost":
        content = {"email_rfc822": base64.b64encode(RAW).decode(), "email_rfc822_is_base64": True}
        relayed = {"content": content, "rcpt_to": "help@example.test", "msg_from": "bounce@customer.test"}
        return signed(
            "sparkpost", [{"msys": {}}, {"msys": {"relay_message": {**relayed, "protocol": "smtp"}}}]
        )
    event = {
        "notificationType": "Received",
        "receipt": {"recipients": ["help@example.test"], "action": {"type": "SNS", "encoding": "BASE64"}},
        "mail": {"messageId": "ses-1", "source": "bounce@customer.test"},
        "content": base64.b64encode(RAW).decode(),
    }
    return sns(event)


ORIGINALS = ["mailgun", "sendgrid", "sparkpost", "amazon-ses"]


@pytest.mark.parametrize("provider", ORIGINALS)
def test_every_byte_is_kept(provider: str) -> None:
    for _ in range(2):
        assert tell(provider, original(provider), "inbound") == 200
    (item,) = InboundItem.objects.all()
    assert b"".join(queries.read_blob(item.blob_id)) == RAW
    assert item.state == "spooled"
    assert item.account == Account.objects.get(address="help@example.test")
    assert item.envelope["mail_from"] == "bounce@customer.test"
    assert item.source_key.startswith(f"{provider}:")
    inbound = queries.parse_inbound(item).inbound
    assert (inbound.subject, inbound.text.strip()) == ("Почта", "Почта лежит.")


def test_headers_that_the_sender_wrote_vouch_for_nobody() -> None:
    """No server of ours stood before the provider, so nobody took out what a sender pretends."""
    tell("mailgun", original("mailgun"), "inbound")
    parsed = queries.parse_inbound(InboundItem.objects.get())
    assert not parsed.inbound.verified


def test_mailgun_may_url_encode() -> None:
    fields = {**_mailgun_fields(), "recipient": b"help@example.test", "body-mime": RAW}
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields.items()).encode()
    assert tell("mailgun", Posted(body, "application/x-www-form-urlencoded"), "inbound") == 200
    assert b"".join(queries.read_blob(InboundItem.objects.get().blob_id)) == RAW


def test_postmark_posts_raw_mail_as_text() -> None:
    raw = "From: Maria <maria@customer.test>\r\nSubject: Γεια\r\n\r\nΚαλημέρα\r\n"
    said = {
        "FromFull": {"Email": "maria@customer.test"},
        "RawEmail": raw,
        "MessageID": "pm-1",
        "OriginalRecipient": "help@example.test",
        "Headers": [{"Name": "Return-Path", "Value": "<bounce@customer.test>"}],
    }
    assert tell("postmark", Posted(json.dumps(said).encode()), "inbound") == 200
    item = InboundItem.objects.get()
    assert b"".join(queries.read_blob(item.blob_id)) == raw.encode()
    assert item.envelope["mail_from"] == "bounce@customer.test"


# --- Mails made again from fields ------------------------------------------------------------------


def parsed_fields(provider: str) -> Posted:
    """The same mail, taken apart, as this provider posts it."""
    headers = [list(one) for one in HEADERS]
    if provider == "mailgun":
        fields = {
            "recipient": "help@example.test",
            "sender": "bounce@customer.test",
            "message-headers": json.dumps(headers),
            "body-plain": TEXT,
            "body-html": PAGE,
            "attachment-count": "3",
            "content-id-map": json.dumps({"<logo@x>": "attachment-2"}),
        }
        files = {
            "attachment-1": ("Τιμολόγιο.pdf", "application/pdf", PDF),
            "attachment-2": ("logo.png", "image/png", PNG),
            "attachment-3": ("", "message/rfc822", NESTED),
        }
        return form({**_mailgun_fields(), **{name: value.encode() for name, value in fields.items()}}, files)
    if provider == "sendgrid":
        info = {
            "attachment1": {"filename": "Τιμολόγιο.pdf", "type": "application/pdf"},
            "attachment2": {"filename": "logo.png", "type": "image/png", "content-id": "logo@x"},
            "attachment3": {"filename": "", "type": "message/rfc822"},
        }
        fields = {
            "headers": "".join(f"{name}: {value}\n" for name, value in HEADERS),
            "text": TEXT,
            "html": PAGE,
            "envelope": _ENVELOPE.decode(),
            "attachment-info": json.dumps(info),
        }
        files = {
            "attachment1": ("Τιμολόγιο.pdf", "application/pdf", PDF),
            "attachment2": ("logo.png", "image/png", PNG),
            "attachment3": ("", "message/rfc822", NESTED),
        }
        return form({name: value.encode() for name, value in fields.items()}, files)
    if provider == "mailjet":
        grouped: dict[str, Any] = {}
        for name, value in HEADERS:
            grouped[name] = [*grouped[name], value] if name in grouped else [value]
        parts = [
            {"ContentRef": "Text-part", "Headers": {"Content-Type": "text/plain"}},
            {
                "ContentRef": "Attachment1",
                "Headers": {
                    "Content-Type": "application/pdf",
                    "Content-Disposition": "attachment; filename*=utf-8''%CE%A4%CE%B9%CE%BC%CE%BF%CE%BB%CF%8C"
                    "%CE%B3%CE%B9%CE%BF.pdf",
                },
            },
            {
                "ContentRef": "InlineAttachment1",
                "Headers": {
                    "Content-Type": 'image/png; name="logo.png"',
                    "Content-Disposition": 'inline; filename="logo.png"',
                    "Content-ID": "<logo@x>",
                },
            },
            {"ContentRef": "Attachment2", "Headers": {"Content-Type": "message/rfc822"}},
        ]
        said = {
            "Sender": "bounce@customer.test",
            "Recipient": "help@example.test",
            "Headers": {name: value[0] if len(value) == 1 else value for name, value in grouped.items()},
            "Parts": parts,
            "Text-part": TEXT,
            "Html-part": PAGE,
            "Attachment1": base64.b64encode(PDF).decode(),
            "InlineAttachment1": base64.b64encode(PNG).decode(),
            "Attachment2": base64.b64encode(NESTED).decode(),
        }
        return Posted(json.dumps(said).encode())
    said = {
        "FromFull": {"Email": "maria@customer.test", "Name": "Μαρία Π., λογιστήριο"},
        "ToFull": [{"Email": "help@example.test", "Name": "Help, Desk"}],
        "Subject": "Η ιστοσελίδα μας",
        "Date": "Sat, 21 Nov 2026 12:00:00 +0000",
        "MessageID": "pm-2",
        "OriginalRecipient": "help@example.test",
        "TextBody": TEXT,
        "HtmlBody": PAGE,
        "Headers": [
            {"Name": "Return-Path", "Value": "<bounce@customer.test>"},
            *({"Name": name, "Value": value} for name, value in HEADERS[:2] + HEADERS[5:8]),
        ],
        "Attachments": [
            {
                "Name": "Τιμολόγιο.pdf",
                "ContentType": "application/pdf",
                "Content": base64.b64encode(PDF).decode(),
            },
            {
                "Name": "logo.png",
                "ContentType": "image/png",
                "ContentID": "logo@x",
                "Content": base64.b64encode(PNG).decode(),
            },
            {"Name": "", "ContentType": "message/rfc822", "Content": base64.b64encode(NESTED).decode()},
        ],
    }
    return Posted(json.dumps(said).encode())


PARSED = ["mailgun", "sendgrid", "mailjet", "postmark"]


def taken_in() -> tuple[InboundItem, Inbound, EmailMessage]:
    """The one mail: as kept, as we read it, and as the standard library's strict parser sees it."""
    item = InboundItem.objects.get()
    message = message_from_bytes(b"".join(queries.read_blob(item.blob_id)), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return item, queries.parse_inbound(item).inbound, message


@pytest.mark.parametrize("provider", PARSED)
def test_a_mail_is_whole_again(provider: str) -> None:
    for _ in range(2):
        assert tell(provider, parsed_fields(provider), "inbound") == 200
    item, inbound, message = taken_in()
    assert (inbound.from_name, inbound.from_address) == ("Μαρία Π., λογιστήριο", "maria@customer.test")
    assert inbound.to == ("help@example.test",)
    assert inbound.subject == "Η ιστοσελίδα μας"
    assert inbound.message_id == "<2@customer.test>"
    assert inbound.in_reply_to == ("<m1@tocsin.example.test>",)
    assert inbound.references == ("<m0@tocsin.example.test>", "<m1@tocsin.example.test>")
    assert inbound.text.split() == TEXT.split()
    assert inbound.html.count("cid:logo@x") == 1
    files = {one.name: (one.content_type, one.content, one.inline) for one in inbound.attachments}
    assert files["Τιμολόγιο.pdf"] == ("application/pdf", PDF, False)
    assert files["logo.png"] == ("image/png", PNG, True)
    (nested,) = [one for one in inbound.attachments if one.content_type == "message/rfc822"]
    assert b"Old words" in nested.content and b"Subject: inside" in nested.content
    assert len(inbound.attachments) == 3
    assert not message.defects
    assert message["X-Long"] == (None if provider == "postmark" else "one two")
    assert [one[:20] for one in message.get_all("Received", [])] == [
        "from mx.customer.tes",
        "from desk.customer.t",
    ]
    assert item.envelope["mail_from"] == "bounce@customer.test"
    assert "first_server" not in item.envelope, "a signature over other bytes proves nothing"
    assert item.account and item.account.address == "help@example.test"


def test_sendgrid_says_which_charset_a_field_is_in() -> None:
    fields = {
        "headers": b"From: maria@customer.test\nSubject: x\n",
        "text": "Καλημέρα".encode("iso-8859-7"),
        "charsets": b'{"text": "iso-8859-7"}',
        "envelope": _ENVELOPE,
    }
    assert tell("sendgrid", form(fields), "inbound") == 200
    assert taken_in()[1].text.strip() == "Καλημέρα"


def test_a_header_cannot_smuggle_another_in() -> None:
    said = json.loads(parsed_fields("mailjet").body)
    said["Headers"]["Subject"] = "Hello\r\nBcc: all@example.test\r\n\r\nBody"
    said["Headers"]["X-Bad\r\nX-Other"] = "y"
    assert tell("mailjet", Posted(json.dumps(said).encode()), "inbound") == 200
    _item, inbound, message = taken_in()
    assert inbound.subject == "Hello Bcc: all@example.test Body"
    assert "Bcc" not in message and "X-Other" not in message


@pytest.mark.parametrize("provider", ["brevo"], indirect=True)
def test_brevo_keeps_the_files(provider: Provider, settings: Any) -> None:
    one = {
        "Uuid": ["u-1"],
        "RawTextBody": TEXT,
        "RawHtmlBody": PAGE,
        "Headers": {
            **dict(HEADERS[2:]),
            "Delivered-To": "help@example.test",
            "Return-Path": "<bounce@customer.test>",
        },
        "Attachments": [
            {"Name": "Τιμολόγιο.pdf", "ContentType": "application/pdf", "DownloadToken": "t/1"},
            {"Name": "old.txt", "ContentType": "text/plain", "DownloadToken": "t2"},
        ],
    }
    posted = Posted(json.dumps({"items": [one]}).encode())
    assert tell("brevo", posted, "inbound") == 400, "without a route there is no key to fetch with"
    settings.TOCSIN_SMTP_FALLBACK_URL = provider.url
    provider.files["/v3/inbound/attachments/t%2F1"] = Answer(503, {})
    assert tell("brevo", posted, "inbound") == 503
    assert not InboundItem.objects.exists()
    provider.files["/v3/inbound/attachments/t%2F1"] = Answer(200, PDF, {"Content-Type": "application/pdf"})
    provider.files["/v3/inbound/attachments/t2"] = Answer(404, {})
    assert tell("brevo", posted, "inbound") == 200
    _item, inbound, _message = taken_in()
    files = {one.name: one.content for one in inbound.attachments}
    assert files == {"Τιμολόγιο.pdf": PDF, "old.txt.txt": b"Brevo has this file no more.\n"}
    assert inbound.subject == "Η ιστοσελίδα μας"


@pytest.mark.parametrize("provider", ["resend"], indirect=True)
def test_resend_keeps_the_mail(provider: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TOCSIN_SMTP_URL = provider.url
    data = {"email_id": "e-1", "to": ["help@example.test"]}
    event = {"type": "email.received", "created_at": "2026-11-21T12:00:00Z", "data": data}
    posted = Posted(json.dumps(event).encode(), headers={"svix-id": "msg_1"})
    provider.files["/emails/receiving/e-1"] = Answer(200, {"id": "e-1", "raw": None})
    assert tell("resend", posted, "inbound") == 503, "it is not ready yet"
    raw_url = f"http://{provider.place}/raw"
    about = {"id": "e-1", "to": ["help@example.test"], "raw": {"download_url": raw_url}}
    provider.files["/emails/receiving/e-1"] = Answer(200, about)
    provider.files["/raw"] = Answer(200, RAW, {"Content-Type": "message/rfc822"})
    monkeypatch.setattr(fetching, "_LARGEST", 10)
    assert tell("resend", posted, "inbound") == 503
    monkeypatch.undo()
    provider.silent = True
    monkeypatch.setattr(fetching, "_TIMEOUT_S", 0.2)
    assert tell("resend", posted, "inbound") == 503
    provider.silent = False
    for _ in range(2):
        assert tell("resend", posted, "inbound") == 200
    item = InboundItem.objects.get()
    assert b"".join(queries.read_blob(item.blob_id)) == RAW
    assert item.account and item.account.address == "help@example.test"


# --- What is no mail, and what cannot be stored ----------------------------------------------------


@pytest.mark.parametrize("provider", ["postmark", "sparkpost", "brevo", "resend"])
def test_reports_at_the_address_for_mail_are_told_apart(provider: str) -> None:
    posted = provider_reports.post(provider, "delivered", provider_reports.Mail("1", "", "a@b.test"))
    assert tell(provider, posted, "inbound") == 400
    assert not InboundItem.objects.exists()


def test_mail_at_the_address_for_reports_is_told_apart() -> None:
    assert tell("postmark", parsed_fields("postmark"), "tracking") == 400


def test_what_cannot_be_read_is_kept_as_it_came() -> None:
    said = {"FromFull": {"Email": "maria@customer.test"}, "Attachments": [{"Name": "no content"}]}
    body = json.dumps(said).encode()
    assert tell("postmark", Posted(body), "inbound") == 200
    _item, inbound, _message = taken_in()
    assert inbound.machine == "auto-reply", "nobody is answered"
    assert [one.content for one in inbound.attachments] == [body]
    assert "could not be read" in inbound.text


def test_one_broken_mail_stops_no_other() -> None:
    good = json.loads(original("sparkpost").body)[1]
    bad = {"msys": {"relay_message": {"content": {}}}}
    assert tell("sparkpost", signed("sparkpost", [bad, good]), "inbound") == 200
    assert InboundItem.objects.count() == 2


@pytest.mark.parametrize("provider", ["mailgun", "amazon-ses"])
def test_a_forged_mail_is_refused(provider: str) -> None:
    good = original(provider)
    if provider == "mailgun":
        bad = Posted(good.body.replace(b"aaaa", b"aaab"), good.content_type)
    else:
        bad = Posted(good.body, good.content_type, {})
    assert tell(provider, bad, "inbound") == 403
    assert tell(provider, good, "inbound", Authorization="Basic eDp5") == 401
    assert not InboundItem.objects.exists()


def test_what_could_not_be_stored_shall_come_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailroom_inbounditem RENAME TO away")
        try:
            assert tell("mailgun", original("mailgun"), "inbound") == 503
        finally:
            cursor.execute("ALTER TABLE away RENAME TO mailroom_inbounditem")
    assert tell("mailgun", original("mailgun"), "inbound") == 200


def test_amazon_must_send_the_mail_itself() -> None:
    event = {"notificationType": "Received", "receipt": {"action": {"type": "S3"}}, "mail": {}}
    assert tell("amazon-ses", sns(event), "inbound") == 400


def test_large_mail_is_taken() -> None:
    """Beyond what Django takes of a form, which is meant for people."""
    raw = RAW + b"x" * (12 * 2**20)
    fields = {**_mailgun_fields(), "recipient": b"help@example.test", "body-mime": raw}
    assert tell("mailgun", form(fields), "inbound") == 200
    assert sum(map(len, queries.read_blob(InboundItem.objects.get().blob_id))) == len(raw)
