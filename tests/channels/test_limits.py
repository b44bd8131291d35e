"""Mails made to hurt: each is read in bounded time and memory, with a mark of what was left out."""

from __future__ import annotations

import base64
import os
import tracemalloc

import pytest
from tests.channels.corpus.case import mail, multipart, part, text_part
from tests.channels.test_reading import ENVELOPE
from tests.harness.cpu import at_most

from tocsin.channels.base import Inbound
from tocsin.channels.email import reasons
from tocsin.channels.email.read import read
from tocsin.kernel.reasons import Reason

MIB = 2**20


def quickly(raw: bytes, seconds: float = 4.0) -> Inbound:
    """Read within so much CPU time."""
    with at_most(seconds):
        return read(raw, ENVELOPE)


def says(inbound: Inbound, defect: Reason) -> bool:
    """Whether that is among its defects."""
    return any(defect.is_in(one) for one in inbound.defects)


def test_a_million_header_lines() -> None:
    inbound = quickly(
        b"From: maria@example.com\r\nSubject: Hi\r\n" + b"X-Spam: yes\r\n" * 1_000_000 + b"\r\nHello"
    )
    assert (inbound.from_address, inbound.subject, inbound.text) == ("maria@example.com", "Hi", "Hello")
    assert says(inbound, reasons.HEADER_CUT)


def test_a_million_header_lines_inside_a_part() -> None:
    inbound = quickly(multipart("mixed", text_part("Hi"), b"X-Spam: yes\r\n" * 1_000_000 + b"\r\nx"))
    assert inbound.text.startswith("Hi")
    assert says(inbound, reasons.HEADER_CUT)


def test_one_header_of_thirty_megabytes() -> None:
    inbound = quickly(b"Subject: " + b"x" * 30 * MIB + b"\r\nFrom: maria@example.com\r\n\r\nHello")
    assert len(inbound.subject) <= 65_536


def test_an_attachment_of_thirty_megabytes_in_bounded_memory() -> None:
    content = os.urandom(30 * MIB)
    raw = multipart(
        "mixed",
        text_part("Hi"),
        part(
            "Content-Type: application/zip; name=a.zip",
            "Content-Transfer-Encoding: base64",
            body=base64.encodebytes(content),
        ),
    )
    tracemalloc.start()
    inbound = quickly(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert inbound.attachments[0].content == content
    assert peak < 4 * len(content)


def test_thirty_megabytes_of_text() -> None:
    inbound = quickly(mail(body=b"line of text \xe1\xe2\r\n" * (2 * MIB)))
    assert len(inbound.text) <= 1_000_000
    assert reasons.TEXT_CUT(count=1_000_000) in inbound.defects


def test_a_hundred_thousand_parts() -> None:
    inbound = quickly(multipart("mixed", *[b"\r\nx"] * 100_000))
    assert reasons.PARTS_CUT(count=500) in inbound.defects


@pytest.mark.parametrize("depth", [19, 30, 2_000])
def test_mails_inside_mails(depth: int) -> None:
    inbound = quickly(
        mail("Content-Type: message/rfc822", body=b"Content-Type: message/rfc822\r\n\r\n" * depth + b"x")
    )
    assert says(inbound, reasons.DEPTH_CUT) == (depth > 19)


def test_multiparts_inside_multiparts() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5_000)
    )
    assert says(quickly(raw + b"\r\nHello"), reasons.DEPTH_CUT)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"Subject: " + b"=?utf-8?q?" * 200_000, id="encoded words never closed"),
        pytest.param(b"To: " + b"<" * 500_000, id="angles"),
        pytest.param(b"To: " + b'"(' * 250_000, id="quotes and comments"),
        pytest.param(b"To: " + b"a@b.cc," * 80_000, id="many addresses"),
        pytest.param(b"References: " + b"<a@" * 150_000, id="identifiers never closed"),
        pytest.param(b"Content-Type: text/plain" + b';a="' * 100_000, id="parameters never closed"),
        pytest.param(b"Content-Type: text/plain" + b";filename*0*=x" * 40_000, id="pieces of parameters"),
        pytest.param(b"Date: " + b"1 " * 200_000, id="date"),
        pytest.param(b"From: a@b.cc\r\n" + b"garbage\r\n" * 500_000, id="garbage lines"),
        pytest.param(b"From: a@b.cc\r\n" + b" \r\n" * 500_000, id="blank folds"),
        pytest.param(b"From: a@b.cc\r\n\r\n" + b"begin 644 x\r\n" * 100_000, id="uuencode never closed"),
        pytest.param(b"From: a@b.cc\r\n\r\n" + b"begin 644 x\r\nend\r\n" * 50_000, id="uuencode of nothing"),
        pytest.param(b"Content-Type: text/html\r\n\r\n" + b"<div>" * 400_000, id="deep HTML"),
        pytest.param(b"Content-Type: text/html\r\n\r\n" + b"<" * 2_000_000, id="angles in HTML"),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b" * 500_000, id="boundaries"
        ),
        pytest.param(b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> " * 500_000, id="quote signs"),
    ],
)
def test_what_would_take_long(raw: bytes) -> None:
    quickly(raw + b"\r\n\r\nHello", 5.0)
