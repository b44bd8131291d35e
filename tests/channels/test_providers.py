"""Sending by providers, against stand-ins that answer as their interfaces do."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes
from types import SimpleNamespace
from typing import Any

import pytest
from tests.channels.test_sending import OURS, PLAIN, RICH, parsed
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import free_port
from tests.harness.providers import KEY, USUAL, Answer, Provider, message_id, seen
from tests.harness.waiting import PATIENCE_S

from tocsin.channels.base import Outbound, OutboundAttachment, Permanent, Retry
from tocsin.channels.email import routes
from tocsin.channels.email.channel import EmailChannel
from tocsin.channels.email.compose import compose
from tocsin.channels.email.providers import sending
from tocsin.channels.email.providers.sending import ProviderConnection
from tocsin.channels.email.providers.table import PROVIDERS, Account
from tocsin.channels.email.read import read
from tocsin.channels.email.smtp import SmtpConnection
from tocsin.kernel.reasons import in_english

pytestmark = pytest.mark.django_db
every_provider = pytest.mark.parametrize("provider", sorted(USUAL), indirect=True)
_FILES = (
    *RICH.attachments,
    OutboundAttachment("σημειώσεις.txt", "text/plain", "Καλημέρα\r\n".encode("iso-8859-7"), "", False),
    OutboundAttachment("forwarded.eml", "message/rfc822", b"Subject: x\r\n\r\ny\r\n", "", False),
)
FULL = replace(RICH, attachments=_FILES)


@every_provider
@pytest.mark.parametrize("outbound", [PLAIN, FULL], ids=["plain", "full"])
def test_nothing_is_lost(provider: Provider, outbound: Outbound) -> None:
    ProviderConnection(provider.url).send(outbound)
    it, mail = seen(provider.name, provider.sent[0]), parsed(outbound)
    assert it.to == outbound.to
    assert it.subject == outbound.subject
    assert outbound.from_name in it.sender and f"<{outbound.from_address}>" in it.sender
    assert it.reply_to == outbound.reply_to
    body, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert body and it.text == body.get_content().replace("\r\n", "\n")
    assert page and it.html == page.get_content().replace("\r\n", "\n")
    assert it.name == "m1"
    files = {one.name: one.content for one in outbound.attachments}
    pictures = [one.content_id for one in outbound.attachments if one.inline]
    assert sorted(one[2] for one in it.files) == sorted(files.values())
    if PROVIDERS[provider.name].takes_pictures:
        assert [one[3] for one in it.files if one[3]] == pictures
    assert {one[0] for one in it.files} - set(pictures) <= set(files)
    assert not any(one in (True, "yes", "enabled", "HtmlAndText") for one in it.tracking)


@every_provider
def test_headers_are_those_of_smtp(provider: Provider) -> None:
    ProviderConnection(provider.url).send(FULL)
    given = {name.lower(): value for name, value in seen(provider.name, provider.sent[0]).headers.items()}
    made = message_from_bytes(compose(FULL))
    names = ["Message-ID", "In-Reply-To", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Unsubscribe"]
    names += ["List-Unsubscribe-Post", "Content-Language", "X-Tocsin"]
    assert {name: given[name.lower()] for name in names} == {name: made[name] for name in names}
    references = given["references"].split()
    assert references[:2] == ["<c0@example.com>", "<c1@example.com>"]
    keeps = PROVIDERS[provider.name].keeps_message_id
    assert references[2:] == ([] if keeps else ["<m1@tocsin.example.test>"])  # answers come home by it
    assert (given.get("x-pm-keepid") == "true") == (provider.name == "postmark")


@every_provider
def test_the_receipt_names_the_message(provider: Provider) -> None:
    receipt = ProviderConnection(provider.url).send(PLAIN)
    key, _, name = receipt.provider_ref.partition(":")
    assert key == provider.name
    assert name in receipt.answer
    if key == "sendgrid":  # it names a mail otherwise in its answer than in its reports, so we do
        assert provider.sent[0].json["custom_args"]["tocsin_id"] == name
    else:
        assert name == message_id(key, 1)


_REFUSALS = [
    ("postmark", 422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'maria'."}, Permanent),
    (
        "postmark",
        422,
        {
            "ErrorCode": 406,
            "Message": "You tried to send to a recipient that has been marked as inactive.\n"
            "Found inactive addresses: maria@example.com.\nInactive recipients are ones that have generated"
            " a hard bounce or a spam complaint.",
        },
        Permanent,
    ),
    ("postmark", 422, {"ErrorCode": 400, "Message": "The 'From' address has no Sender Signature."}, Retry),
    ("postmark", 422, {"ErrorCode": 405, "Message": "You ran out of credits."}, Retry),
    ("postmark", 401, {"ErrorCode": 10, "Message": "No account with the supplied token."}, Retry),
    ("mailgun", 400, {"message": "'to' parameter is not a valid address. please check"}, Permanent),
    ("mailgun", 400, {"message": "Message rejected: the domain is not verified"}, Retry),
    ("mailgun", 401, b"Forbidden", Retry),
    ("mailgun", 404, {"message": "Domain not found: example.test"}, Retry),
    (
        "sendgrid",
        400,
        {
            "errors": [
                {"message": "Does not contain a valid address.", "field": "personalizations.0.to.0.email"}
            ]
        },
        Permanent,
    ),
    (
        "sendgrid",
        403,
        {"errors": [{"message": "The from address does not match a verified Sender Identity."}]},
        Retry,
    ),
    ("sendgrid", 413, {"errors": [{"message": "The size limit is exceeded"}]}, Permanent),
    (
        "brevo",
        400,
        {"code": "invalid_parameter", "message": "Invalid email address for recipient"},
        Permanent,
    ),
    ("brevo", 401, {"code": "unauthorized", "message": "Key not found"}, Retry),
    ("brevo", 402, {"code": "not_enough_credits", "message": "Not enough credits"}, Retry),
    (
        "mailjet",
        400,
        {
            "Messages": [
                {
                    "Status": "error",
                    "Errors": [
                        {"ErrorCode": "mj-0013", "ErrorMessage": '"maria" is an invalid email address.'}
                    ],
                }
            ]
        },
        Permanent,
    ),
    ("mailjet", 401, {"ErrorMessage": "API key authentication failure"}, Retry),
    ("sparkpost", 422, {"errors": [{"message": "invalid recipient address", "code": "1300"}]}, Permanent),
    ("sparkpost", 420, {"errors": [{"message": "Exceed Sending Limit (daily)", "code": "2100"}]}, Retry),
    ("resend", 422, {"name": "validation_error", "message": "Invalid `to` field"}, Permanent),
    ("resend", 403, {"name": "validation_error", "message": "The domain is not verified"}, Retry),
    ("resend", 503, b"<html><body>Bad gateway</body></html>", Retry),
]


@pytest.mark.parametrize(("provider", "status", "said", "error"), _REFUSALS, indirect=["provider"])
def test_a_refusal_is_the_mails_or_ours(
    provider: Provider, status: int, said: Any, error: type[Exception]
) -> None:
    provider.answers.append(Answer(status, said))
    with pytest.raises(error) as caught:
        ProviderConnection(provider.url).send(PLAIN)
    words = str(caught.value)
    assert words.startswith(f"{PROVIDERS[provider.name].label}: ")
    assert words.rpartition(": ")[2]
    assert "<" not in words
    if isinstance(caught.value, Retry):
        assert caught.value.connection  # the way is broken: the second route is taken, nobody is condemned
    assert isinstance(ProviderConnection(provider.url).send(PLAIN).answer, str)


def test_a_pause_is_kept(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(sending, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    provider.answers.append(Answer(429, {"Message": "Slow down"}, {"Retry-After": "20"}))
    connection = ProviderConnection(provider.url)
    for words in ("Slow down", "asked for a pause", "asked for a pause"):
        with pytest.raises(Retry, match=words) as caught:
            connection.send(PLAIN)
        assert caught.value.connection
    assert len(provider.sent) == 1
    seconds[0] += 20
    assert connection.send(PLAIN).answer
    assert len(provider.sent) == 2


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [("120", 119, 121), ("Wed, 21 Oct 2099 07:28:00 GMT", 3600, 3600), ("soon", 30, 30), ("", 30, 30)],
)
def test_retry_after_is_understood(provider: Provider, wish: str, least: float, most: float) -> None:
    provider.answers.append(Answer(429, {"Message": "Slow down"}, {"Retry-After": wish}))
    with pytest.raises(Retry) as caught:
        ProviderConnection(provider.url).send(PLAIN)
    assert least <= caught.value.after <= most


def test_a_provider_that_is_away(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_TIMEOUT_S", 0.3)
    provider.silent = True
    with pytest.raises(Retry, match="Postmark did not answer in time"):
        ProviderConnection(provider.url).send(PLAIN)
    with pytest.raises(Retry, match="Postmark cannot be reached") as caught:
        ProviderConnection(f"postmark://{KEY}@127.0.0.1:{free_port()}").send(PLAIN)
    assert caught.value.connection


def test_a_connection_is_kept_and_opened_anew(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = ProviderConnection(provider.url)
    connection.send(PLAIN)
    session = connection._backend.session if connection._backend else None
    connection.send(PLAIN)
    assert connection._backend and connection._backend.session is session
    monkeypatch.setattr(sending, "_IDLE_S", 0.0)
    connection.send(PLAIN)
    assert connection._backend.session is not session
    connection.close()
    assert len(provider.sent) == 3


@every_provider
def test_no_secret_is_told(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = Account.from_url(provider.url).secrets
    told = [repr(Account.from_url(provider.url)), str(ProviderConnection(provider.url).server)]
    provider.answers.append(Answer(400, {"message": f"bad key {secrets}"}))
    connection = ProviderConnection(provider.url)
    for _ in range(2):
        try:
            told.append(connection.send(PLAIN).answer)
        except (Permanent, Retry) as error:
            told.append(str(error))
    told += [connection.check(), caplog.text]
    assert not [words for words in told if any(one in words for one in secrets)]
    assert len(told) == 6


@every_provider
def test_check_asks_without_sending(provider: Provider) -> None:
    connection = ProviderConnection(provider.url)
    assert connection.check() == "knows our key"
    assert [one.method for one in provider.asked] == ["GET"]
    assert any(KEY in value or "Basic" in value for value in provider.asked[0].headers.values())
    path = provider.asked[0].path
    provider.files[path] = Answer(401, {"message": "who are you"})
    with pytest.raises(Retry, match="refuses our key: who are you"):
        connection.check()
    provider.files[path] = Answer(401, {"name": "restricted_api_key", "message": "may only send"})
    assert connection.check() == "knows our key"
    provider.files[path] = Answer(502, b"")
    with pytest.raises(Retry):
        connection.check()


@pytest.mark.parametrize(
    "url",
    ["postmark://", "postmark://@", "mailjet://one@", "amazon-ses://x@", "pigeon://x@", "brevo://x@?speed=9"],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"No provider|must look|no option"):
        Account.from_url(url)


def test_an_address_names_key_place_and_options() -> None:
    account = Account.from_url("mailgun://a%2Fb@api.eu.mailgun.net?sender_domain=mg.example.test")
    assert account.api == "https://api.eu.mailgun.net/v3/"
    assert account.settings == {"api_key": "a/b", "sender_domain": "mg.example.test"}
    assert Account.from_url("postmark://k@").api == "https://api.postmarkapp.com/"


def test_a_provider_is_a_route_like_any_other(
    provider: Provider, smtp_sink: SmtpSink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOMENT_S", 0.0)
    settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL = provider.url, smtp_sink.url
    email = EmailChannel()
    assert email.send(OURS, PLAIN).provider_ref == "postmark:" + message_id("postmark", 1)
    assert email.health(OURS).ok
    provider.answers.append(Answer(401, {"ErrorCode": 10, "Message": "Bad token"}))
    receipt = email.send(OURS, PLAIN)
    assert "second route" in in_english(receipt.answer)
    assert receipt.provider_ref == ""
    assert len(smtp_sink.messages) == 1


def test_a_mail_server_may_be_followed_by_a_provider(
    provider: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOMENT_S", 0.0)
    settings.TOCSIN_SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    settings.TOCSIN_SMTP_FALLBACK_URL = provider.url
    receipt = EmailChannel().send(OURS, PLAIN)
    assert "by the second route, Postmark" in in_english(receipt.answer)
    assert receipt.provider_ref == "postmark:" + message_id("postmark", 1)


def test_what_is_not_used_is_not_loaded() -> None:
    """Neither process that sends by SMTP pays for the provider libraries."""
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tocsin.project.settings'\n"
        "import django; django.setup()\n"
        "import tocsin.project.urls, tocsin.mailroom.loops\n"
        "print([name for name in ('anymail', 'requests', 'urllib3', 'boto3') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert done.stdout.strip() == "[]"


@every_provider
def test_our_mail_is_known_when_it_comes_back(provider: Provider) -> None:
    """Also under the Message-ID that the provider gave it."""
    ProviderConnection(provider.url).send(FULL)
    headers = seen(provider.name, provider.sent[0]).headers | {"From": "support@example.test"}
    if not PROVIDERS[provider.name].keeps_message_id:
        headers["Message-ID"] = "<other@provider.test>"
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\nHello\r\n"
    assert read(raw.encode(), {}).machine == "own"
    answer = raw.replace("X-Tocsin: ", "X-Other: ").replace("Auto-Submitted: auto-replied", "X-A: b")
    answer = answer.replace("X-Auto-Response-Suppress", "X-B").replace("List-Unsubscribe", "X-C")
    assert read(answer.encode(), {}).machine == ""


def test_amazon_names_the_mail_in_its_smtp_answer() -> None:
    amazon = SmtpConnection("smtp://user:password@email-smtp.eu-west-1.amazonaws.com:587")
    name = "0102019aa1b2c3d4-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-000000"
    assert amazon._provider_ref(f"250 Ok {name}") == f"amazon-ses:{name}"
    assert amazon._provider_ref("250 Ok") == ""
    assert SmtpConnection("smtp://127.0.0.1")._provider_ref(f"250 Ok {name}") == ""
