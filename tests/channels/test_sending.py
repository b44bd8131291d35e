"""Composing and sending, against a real SMTP server on the loopback."""

from __future__ import annotations

import logging
import re
import socket
import threading
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from tests.channels.test_reading import ENVELOPE
from tests.harness.cpu import least_seconds
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import free_port

from tocsin.channels.accounts import Account
from tocsin.channels.base import Outbound, OutboundAttachment, Permanent, Retry
from tocsin.channels.email import machines
from tocsin.channels.email.compose import compose
from tocsin.channels.email.read import read
from tocsin.channels.email.server import Server
from tocsin.channels.email.smtp import SmtpConnection

pytestmark = pytest.mark.django_db

OURS = Account(1, "email", "support@example.test", settings={"signed_replies": True})
PLAIN = Outbound(
    to="maria@example.com",
    from_address="support@example.test",
    from_name="Example Hosting",
    subject="[T-0000017] Hello",
    text="Dear Maria,\nall is well.\n",
    message_id="<m1@tocsin.example.test>",
)
RICH = replace(
    PLAIN,
    subject="[T-0000017] Απάντηση στο μήνυμά σας για την ιστοσελίδα που δεν ανοίγει",
    text="Καλημέρα\n.\nFrom here",
    html='<p>Καλημέρα <img src="cid:logo@x"></p>',
    from_name="Υποστήριξη Ελλάδος",
    language="el",
    in_reply_to="<c1@example.com>",
    references=("<c0@example.com>", "<c1@example.com>"),
    reply_to="support+T-1.x@example.test",
    unsubscribe_url="https://example.test/u/abc",
    auto_submitted="auto-replied",
    attachments=(
        OutboundAttachment("Τιμολόγιο Νοεμβρίου.pdf", "application/pdf", b"%PDF", "", False),
        OutboundAttachment("logo.png", "image/png", b"\x89PNG", "logo@x", True),
    ),
)


def parsed(outbound: Outbound) -> EmailMessage:
    """As the standard library's strict parser sees it."""
    message = message_from_bytes(compose(outbound), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


class TestCompose:
    def test_our_reader_gets_back_what_we_wrote(self) -> None:
        back = read(compose(RICH), {**ENVELOPE, "own_message_id_domains": ["elsewhere.test"]})
        assert (back.subject, back.text.strip()) == (RICH.subject, RICH.text)
        assert RICH.html in back.html
        assert (back.from_name, back.from_address) == (RICH.from_name, RICH.from_address)
        assert (back.references, back.in_reply_to, back.language) == (
            RICH.references,
            ("<c1@example.com>",),
            "el",
        )
        assert [(one.name, one.content, one.inline) for one in back.attachments] == [
            ("logo.png", b"\x89PNG", True),
            ("Τιμολόγιο Νοεμβρίου.pdf", b"%PDF", False),
        ]
        assert back.machine == "own"

    def test_another_program_reads_it_too(self) -> None:
        message = parsed(RICH)
        assert message["Subject"] == RICH.subject
        assert message["From"].addresses[0].display_name == RICH.from_name
        assert message["Auto-Submitted"] == "auto-replied"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["List-Unsubscribe"] == "<https://example.test/u/abc>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        names = [part.get_filename() for part in message.walk() if part.get_filename()]
        assert names == ["logo.png", "Τιμολόγιο Νοεμβρίου.pdf"]
        assert message.get_body(("plain",)).get_content().split() == RICH.text.split()

    @pytest.mark.parametrize("outbound", [PLAIN, RICH])
    def test_lines_are_short_ascii_and_crlf(self, outbound: Outbound) -> None:
        data = compose(outbound)
        assert data.isascii()
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
        assert max(map(len, data.split(b"\r\n"))) <= 998
        header = data.partition(b"\r\n\r\n")[0]
        assert max(map(len, header.split(b"\r\n"))) <= 100

    def test_a_person_writes_without_marks_of_machines(self) -> None:
        message = parsed(PLAIN)
        assert not [
            name for name in message if name.lower() in ("auto-submitted", "list-unsubscribe", "precedence")
        ]

    @pytest.mark.parametrize(
        "evil", ["x\r\nBcc: eve@example.net", "x\nBcc: eve@example.net", "x\rBcc: a@b.cc", "x\x00\u2028y"]
    )
    @pytest.mark.parametrize(
        "field",
        [
            "subject",
            "from_name",
            "message_id",
            "in_reply_to",
            "language",
            "unsubscribe_url",
            "auto_submitted",
        ],
    )
    def test_nothing_can_be_injected(self, field: str, evil: str) -> None:
        message = message_from_bytes(compose(replace(PLAIN, **{field: evil})))
        assert "Bcc" not in message
        plain, page = message.get_payload()
        assert plain.get_payload().strip() == PLAIN.text.strip().replace("\n", "\r\n")
        assert page.get_content_type() == "text/html"

    @pytest.mark.parametrize(
        "evil",
        ["a@b.cc\r\nBcc: x@y.zz", "a b@c.dd", "no address", "a@b@c.dd", "<a@b.cc>", "a@b.cc,d@e.ff", ""],
    )
    @pytest.mark.parametrize("field", ["to", "from_address"])
    def test_no_address_is_refused_for_good(self, field: str, evil: str) -> None:
        with pytest.raises(Permanent, match="not a mail address"):
            compose(replace(PLAIN, **{field: evil}))

    def test_evil_names_and_references(self) -> None:
        evil = 'a"\r\nX-Evil: 1;.txt'
        file = OutboundAttachment(evil, "text/plain\r\nX-Evil: 1", b"x", "i@d>\r\nX-Evil: 1", True)
        message = message_from_bytes(
            compose(replace(PLAIN, attachments=(file,), references=("<a>\r\nX-Evil: 1",)))
        )
        assert not any("X-Evil" in part for part in message.walk())

    def test_long_things(self) -> None:
        many = tuple(f"<{number}@example.com>" for number in range(500))
        message = parsed(replace(PLAIN, references=many, text="x" * 5_000, subject="word " * 100))
        assert len(message["References"].split()) == 30
        assert message["References"].split()[0] == many[0]
        assert message["References"].split()[-1] == many[-1]
        assert message.get_body(("plain",)).get_content().strip() == "x" * 5_000

    def test_every_letter_has_a_page_made_of_its_text(self) -> None:
        letter = replace(
            PLAIN, text="Dear Maria,\n\nsee https://example.test/<x>\n\n-- \nNikos", language="el"
        )
        message = parsed(letter)
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]
        page = message.get_body(("html",)).get_content()
        assert '<html lang="el">' in page
        assert '<a href="https://example.test/">https://example.test/</a>&lt;x&gt;' in page
        assert "-- <br>" in page
        assert "<style" not in page and "class=" not in page and "<table" not in page

    def test_a_picture_among_the_words_lies_beside_the_page(self) -> None:
        kinds = [part.get_content_type() for part in parsed(RICH).walk()]
        assert kinds == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
            "application/pdf",
        ]

    @pytest.mark.parametrize(
        "text",
        ["Þ", "Καλημέρα " * 200, "emoji 🎉 " * 40, "tab\there", "=?utf-8?q?no?=", "\ud800 lone", "ä" * 80],
    )
    def test_subjects_and_texts_survive(self, text: str) -> None:
        back = read(compose(replace(PLAIN, subject=text, text=text)), ENVELOPE)
        kept = text.replace("\ud800", "?")
        assert back.text.strip() == kept.strip()
        assert back.subject == " ".join(text.replace("\ud800", "").split())[:500].strip()

    def test_international_domains(self) -> None:
        assert parsed(replace(PLAIN, to="maria@παράδειγμα.gr"))["To"] == "maria@xn--hxajbheg2az3al.gr"

    def test_a_plain_notice_costs_little(self) -> None:
        assert least_seconds(lambda: compose(PLAIN), 100) < 0.0015  # measured at 0.00015 s


class TestSmtp:
    def test_one_connection_for_many(self, smtp_sink: SmtpSink) -> None:
        with SmtpConnection(smtp_sink.url) as connection:
            answers = [connection.send(PLAIN).answer for _ in range(5)]
        assert answers[0].startswith("250 ")
        assert (len(smtp_sink.messages), smtp_sink.connections) == (5, 1)
        assert smtp_sink.messages[0].text.split() == PLAIN.text.split()

    def test_a_recipient_refused_for_good(self, smtp_sink: SmtpSink) -> None:
        smtp_sink.fail("gone@example.com", "550 5.1.1 no such user here")
        with SmtpConnection(smtp_sink.url) as connection:
            with pytest.raises(Permanent, match=r"550 5\.1\.1 no such user here"):
                connection.send(replace(PLAIN, to="gone@example.com"))
            connection.send(PLAIN)
        assert (len(smtp_sink.messages), smtp_sink.connections) == (1, 1)

    def test_a_recipient_refused_for_now(self, smtp_sink: SmtpSink) -> None:
        smtp_sink.fail("grey@example.com", "451 4.7.1 greylisted", times=1)
        with SmtpConnection(smtp_sink.url) as connection:
            with pytest.raises(Retry, match="greylisted") as caught:
                connection.send(replace(PLAIN, to="grey@example.com"))
            assert caught.value.after > 0
            assert not caught.value.connection
            connection.send(replace(PLAIN, to="grey@example.com"))

    @pytest.mark.parametrize(
        ("reply", "kind"), [("554 5.7.1 spam", Permanent), ("452 4.3.1 disk full", Retry)]
    )
    def test_a_message_refused(self, smtp_sink: SmtpSink, reply: str, kind: type[Exception]) -> None:
        smtp_sink.fail_data(reply)
        with SmtpConnection(smtp_sink.url) as connection:
            with pytest.raises(kind, match=reply):
                connection.send(PLAIN)
            smtp_sink.fail_data()
            connection.send(PLAIN)

    def test_the_server_closes_for_today(self, smtp_sink: SmtpSink) -> None:
        smtp_sink.fail("maria@example.com", "421 4.3.2 closing", times=1)
        with SmtpConnection(smtp_sink.url) as connection:
            with pytest.raises(Retry) as caught:
                connection.send(PLAIN)
            assert caught.value.connection
            connection.send(PLAIN)

    def test_reconnects_after_the_server_was_down(self, smtp_sink: SmtpSink) -> None:
        with SmtpConnection(smtp_sink.url, timeout=5) as connection:
            connection.send(PLAIN)
            smtp_sink.stop()
            with pytest.raises(Retry) as caught:
                connection.send(PLAIN)
            assert caught.value.connection
            smtp_sink.start()
            connection.send(PLAIN)
        assert len(smtp_sink.messages) == 2

    def test_nobody_listens(self) -> None:
        with pytest.raises(Retry, match="Nobody listens") as caught:
            SmtpConnection(f"smtp://127.0.0.1:{free_port()}").send(PLAIN)
        assert caught.value.connection

    def test_a_server_that_says_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            connection = SmtpConnection(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
            with pytest.raises(Retry, match="did not answer") as caught:
                connection.send(PLAIN)
        assert caught.value.connection

    def test_an_international_address(self, smtp_sink: SmtpSink) -> None:
        with SmtpConnection(smtp_sink.url) as connection:
            connection.send(replace(PLAIN, to="μαρία@παράδειγμα.gr"))
            connection.send(PLAIN)
        assert smtp_sink.messages[0].rcpt_tos == ["μαρία@xn--hxajbheg2az3al.gr"]

    def test_no_secret_in_errors_and_logs(
        self, caplog: pytest.LogCaptureFixture, smtp_sink: SmtpSink
    ) -> None:
        caplog.set_level(logging.DEBUG)
        url = f"smtp://user:s3cr3t-word@127.0.0.1:{smtp_sink.port}"
        with pytest.raises(Retry) as caught:
            SmtpConnection(url).send(PLAIN)
        assert "s3cr3t-word" not in f"{caught.value!r} {caplog.text} {Server.from_url(url)!r}"

    @pytest.mark.parametrize("url", ["", "http://x", "smtp://", "mail.example.com:25"])
    def test_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(ValueError, match="smtp://host:port"):
            SmtpConnection(url)

    def test_threads_take_turns(self, smtp_sink: SmtpSink) -> None:
        with SmtpConnection(smtp_sink.url) as connection:
            threads = [threading.Thread(target=connection.send, args=(PLAIN,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(5)
            assert not any(thread.is_alive() for thread in threads)


def test_a_sent_mail_coming_back_is_our_own(smtp_sink: SmtpSink) -> None:
    with SmtpConnection(smtp_sink.url) as connection:
        connection.send(replace(PLAIN, message_id=""))
    assert read(smtp_sink.messages[0].content, {}).machine == "own"
    assert machines.Machine("own").bounces == ()
