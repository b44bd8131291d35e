"""DKIM signatures: dkimpy, another program, finds them good; a broken key is told of and loses no mail."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.channels.keys import pem, write_rsa_key
from tests.channels.test_sending import PLAIN, RICH
from tests.harness.cpu import least_seconds
from tests.harness.mailservers import SmtpSink

from tocsin.channels.base import Outbound
from tocsin.channels.email import checkups, signing
from tocsin.channels.email.compose import compose
from tocsin.channels.email.signing import BrokenKey, Signer
from tocsin.channels.email.smtp import SmtpConnection

pytestmark = pytest.mark.django_db

NOTICE = replace(PLAIN, unsubscribe_url="https://example.test/u/abc", auto_submitted="auto-generated")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rsa_key(tmp_path_factory.mktemp("dkim") / "key.pem")


@pytest.fixture
def signer(key_file: Path) -> Signer:
    return Signer.from_file("example.test", "tocsin", str(key_file))


def holds(data: bytes, signer: Signer) -> bool:
    """As a receiving server checks it."""

    def look_up(name: bytes, timeout: float = 0) -> bytes:
        assert name == b"tocsin._domainkey.example.test."
        return signer.record().encode()

    return bool(dkim.verify(data, dnsfunc=look_up))


@pytest.mark.parametrize(
    "outbound",
    [
        PLAIN,
        RICH,
        NOTICE,
        replace(PLAIN, text=""),
        replace(PLAIN, text="trailing  \n\t\n  two   spaces\n\n\n"),
        replace(PLAIN, subject="  spaces   within \t it " * 20),
        replace(PLAIN, text=".\n..\nFrom here\n"),
        replace(PLAIN, to="μαρία@παράδειγμα.gr"),
    ],
)
def test_another_program_finds_it_good(outbound: Outbound, signer: Signer) -> None:
    assert holds(signer.sign(compose(outbound)), signer)


@pytest.mark.parametrize(
    "header",
    [
        *("From", "To", "Subject", "Date", "Message-ID", "Content-Type"),
        *("List-Unsubscribe", "List-Unsubscribe-Post"),
    ],
)
def test_what_is_changed_on_the_way_is_found(header: str, signer: Signer) -> None:
    data = signer.sign(compose(NOTICE))
    pattern = re.compile(rb"^" + header.encode() + rb": ", re.MULTILINE)
    assert pattern.search(data)
    assert not holds(pattern.sub(pattern.pattern[1:] + b"x", data, count=1), signer)
    assert not holds(data + b"more\r\n", signer)


@pytest.mark.parametrize(
    "header", [b"From: eve@example.net", b"Subject: other", b"Reply-To: eve@example.net"]
)
def test_nothing_can_be_added(header: bytes, signer: Signer) -> None:
    data = signer.sign(compose(NOTICE))
    assert not holds(data.replace(b"MIME-Version", header + b"\r\nMIME-Version", 1), signer)


def test_a_relay_may_fold_anew(signer: Signer) -> None:
    data = signer.sign(compose(replace(NOTICE, subject="a subject of several words")))
    assert holds(data.replace(b"of several", b"of\r\n  several", 1), signer)


def test_lines_stay_short(signer: Signer) -> None:
    header = signer.sign(compose(RICH)).partition(b"\r\n\r\n")[0]
    assert max(map(len, header.split(b"\r\n"))) <= 100


@pytest.fixture
def configured(settings: Any, key_file: Path) -> Callable[[Path], None]:
    """Set the key, and forget complaints of other tests."""

    def configure(path: Path = key_file) -> None:
        settings.TOCSIN_DKIM_DOMAIN = "example.test"
        settings.TOCSIN_DKIM_SELECTOR = "tocsin"
        settings.TOCSIN_DKIM_KEY_FILE = str(path)

    signing._complain.cache_clear()
    configure()
    return configure


def test_what_is_sent_is_signed(
    smtp_sink: SmtpSink, configured: Callable[[Path], None], signer: Signer
) -> None:
    with SmtpConnection(smtp_sink.url) as connection:
        connection.send(RICH)
        connection.send(replace(PLAIN, text=".\n..two\n"))
    assert all(holds(one.content, signer) for one in smtp_sink.messages)


def test_a_broken_key_loses_no_mail(
    smtp_sink: SmtpSink,
    configured: Callable[[Path], None],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    configured(tmp_path / "missing.pem")
    with SmtpConnection(smtp_sink.url) as connection:
        for _ in range(3):
            connection.send(PLAIN)
        assert [one.message["DKIM-Signature"] for one in smtp_sink.messages] == [None] * 3
        assert caplog.text.count("without a DKIM signature") == 1
        write_rsa_key(tmp_path / "missing.pem", 1024)
        connection.send(PLAIN)
    assert smtp_sink.messages[-1].message["DKIM-Signature"]


def test_a_changed_key_needs_no_restart(
    smtp_sink: SmtpSink, configured: Callable[[Path], None], tmp_path: Path
) -> None:
    path = write_rsa_key(tmp_path / "key.pem", 1024)
    configured(path)
    with SmtpConnection(smtp_sink.url) as connection:
        connection.send(PLAIN)
        write_rsa_key(path, 1024)
        os.utime(path, ns=(1, 1))
        connection.send(PLAIN)
    now = Signer.from_file("example.test", "tocsin", str(path))
    assert [holds(one.content, now) for one in smtp_sink.messages] == [False, True]


class TestBrokenKeys:
    """Each is named, by the log and by `tocsin doctor`, and no word of a key is said."""

    def broken(self, content: bytes, folder: Path, domain: str = "example.test") -> str:
        path = folder / "key.pem"
        path.write_bytes(content)
        with pytest.raises(BrokenKey) as caught:
            Signer.from_file(domain, "tocsin", str(path))
        (finding,) = checkups.signatures(domain, "tocsin", str(path))
        assert not finding.good
        assert finding.what == caught.value.reason
        assert "BEGIN" not in finding.what
        return finding.what

    def test_each_kind(self, tmp_path: Path, key_file: Path) -> None:
        good = key_file.read_bytes()
        assert "no private key" in self.broken(b"", tmp_path)
        assert "no private key" in self.broken(good[:300], tmp_path)
        assert "no private key" in self.broken(pem(rsa.generate_private_key(65537, 1024), "pass"), tmp_path)
        assert "no RSA key" in self.broken(pem(ec.generate_private_key(ec.SECP256R1())), tmp_path)
        assert "DOMAIN is not set" in self.broken(good, tmp_path, domain="")
        assert "DOMAIN is not set" in self.broken(good, tmp_path, domain="x.test; h=from")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        (finding,) = checkups.signatures("example.test", "tocsin", str(tmp_path / "none"))
        assert "cannot be read" in finding.what
        assert checkups.signatures("example.test", "tocsin", "")[0].what == "TOCSIN_DKIM_KEY_FILE is not set."
        assert checkups.signatures("", "", "") == []


def test_the_doctor_compares_with_dns(key_file: Path, signer: Signer) -> None:
    def look(record: str | None) -> list[bool]:
        found = checkups.signatures("example.test", "tocsin", str(key_file), lambda name: record)
        return [one.good for one in found]

    assert look(signer.record()) == [True, True]
    assert look(signer.record().replace("p=", "p= ")) == [True, True]
    assert look("v=DKIM1; k=rsa; p=MIIB") == [True, False]
    assert look(None) == [True, False]
    key_file.chmod(0o644)
    assert look(signer.record()) == [False, True]
    key_file.chmod(0o600)
    remedy = checkups.signatures("example.test", "tocsin", str(key_file), lambda name: None)[1].remedy
    assert signer.record() in remedy


def test_a_signature_costs_little(signer: Signer) -> None:
    data = compose(NOTICE)
    assert least_seconds(lambda: signer.sign(data), 20) < 0.01  # measured at 0.001 s
