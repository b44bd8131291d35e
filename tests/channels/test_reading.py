"""Every mail of the corpus reads as the person who wrote the case says it should."""

from __future__ import annotations

import dataclasses
import gzip
import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.channels.corpus import bodies, bounces, charsets, headers, machines, robots
from tests.channels.corpus.case import Case, mail

from tocsin.channels.base import Inbound, Unreadable
from tocsin.channels.email.read import read

ENVELOPE = {"received_at": "2026-11-20T10:00:00+00:00", "own_message_id_domains": ["tocsin.example.test"]}
ALL = [
    *charsets.CASES,
    *headers.CASES,
    *bodies.CASES,
    *machines.CASES,
    *bounces.CASES,
    *robots.CASES,
]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_reads_as_expected(case: Case) -> None:
    inbound = read(case.raw, ENVELOPE)
    for name, expected in case.expected.items():
        check(inbound, name, expected)
    assert_storable(inbound)


def check(inbound: Inbound, name: str, expected: Any) -> None:
    """One expectation."""
    checks = {
        "text_has": lambda: expected in inbound.text,
        "text_lacks": lambda: expected not in inbound.text,
        "html_has": lambda: expected in inbound.html,
        "defect": lambda: any(expected.is_in(one) for one in inbound.defects),
        "files": lambda: [one.name for one in inbound.attachments] == expected,
        "contents": lambda: [one.content for one in inbound.attachments] == expected,
        "file_count": lambda: len(inbound.attachments) == expected,
        "inline": lambda: all(one.inline is expected for one in inbound.attachments),
        "text": lambda: inbound.text.strip() == expected,
    }
    if name == "bounce" and expected is not None:
        found = {key: getattr(inbound.bounce, key, None) for key in expected}
        assert found == expected
    elif name in checks:
        assert checks[name](), f"{name}: {expected!r} in {inbound!r}"
    else:
        assert getattr(inbound, name) == expected


def assert_storable(inbound: Inbound) -> None:
    """PostgreSQL takes neither NUL nor lone surrogates."""
    texts = list(_texts(dataclasses.astuple(inbound)))
    for text in texts:
        assert "\x00" not in text
        text.encode("utf-8")


def _texts(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _texts(value)


def test_the_corpus_is_large_enough() -> None:
    assert len(ALL) >= 150
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("raw", [b"", b"\r\n", b" \n\t\n", b"\x00"])
def test_nothing_to_read_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(raw, ENVELOPE)


NOISE = random.Random(4).randbytes(3_000)


@pytest.mark.parametrize(
    "raw", [NOISE, b"\x89PNG\r\n\x1a\n" + NOISE, gzip.compress(NOISE), b"ab: " + NOISE], ids=range(4)
)
def test_what_is_no_mail_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="no mail"):
        read(raw, ENVELOPE)


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Received", "Message-ID"])
def test_noise_below_a_field_of_mail_is_a_mail(name: str) -> None:
    assert read(f"{name}: a\n\n".encode() + NOISE, ENVELOPE).channel == "email"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Καλημέρα σας, δεν δουλεύει τίποτα.", "cp1253"),
        ("おはようございます。動きません。", "cp932"),
        ("早上好，什么都不能用了。", "gb18030"),
        ("Добрый день, ничего не работает.", "utf-8"),
        ("Good morning\x07\x00\x00\x00\x00", "ascii"),
    ],
)
def test_words_without_a_header_are_a_mail(text: str, charset: str) -> None:
    assert text[:4] in read(text.encode(charset), ENVELOPE).text


class TestFingerprint:
    def test_same_mail_by_another_encoding(self) -> None:
        one = mail("Message-ID: <a@x.example>", "Content-Type: text/plain; charset=utf-8", body="Καλημέρα")
        other = mail(
            "Message-ID: <a@x.example>",
            "Content-Type: text/plain; charset=iso-8859-7",
            "Received: by x",
            body="Καλημέρα".encode("iso8859_7"),
        )
        assert read(one, ENVELOPE).fingerprint == read(other, ENVELOPE).fingerprint != ""

    @pytest.mark.parametrize("change", [b"Hellp", b"<b@x.example>", b"eve@example.com"])
    def test_another_mail(self, change: bytes) -> None:
        raw = mail("Message-ID: <a@x.example>")
        was = {
            b"Hellp": b"Hello",
            b"<b@x.example>": b"<a@x.example>",
            b"eve@example.com": b"maria@example.com",
        }
        assert read(raw, ENVELOPE).fingerprint != read(raw.replace(was[change], change), ENVELOPE).fingerprint

    def test_none_without_message_id(self) -> None:
        assert read(mail(), ENVELOPE).fingerprint == ""
