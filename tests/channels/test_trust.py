"""Whom to believe: verified senders, signed reply addresses, the mark on our own mail."""

from __future__ import annotations

from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.channels.corpus.case import mail
from tests.channels.test_reading import ENVELOPE

from tocsin.channels.email import auth, reply_address
from tocsin.channels.email.read import read

TRUSTING = {**ENVELOPE, "trusted_authserv_ids": ["mx.example.test"]}


def with_results(*results: str) -> bool:
    """Whether a mail with these Authentication-Results, topmost first, is verified."""
    return read(mail(*[f"Authentication-Results: {one}" for one in results]), TRUSTING).verified


class TestAuthenticationResults:
    @pytest.mark.parametrize(
        "results",
        [
            "mx.example.test; dkim=pass header.d=example.com",
            "mx.example.test; dkim=pass (2048-bit key) header.d=example.com header.i=@example.com",
            "mx.example.test; dkim=pass header.i=@mail.example.com",
            "mx.example.test; spf=pass smtp.mailfrom=maria@example.com",
            "mx.example.test; spf=pass (ok) smtp.mailfrom=bounces.example.com",
            "mx.example.test; dmarc=pass (p=none) header.from=example.com",
            "MX.Example.Test; spf=fail smtp.mailfrom=other.net; dkim=pass header.d=example.com",
            "mx.example.test;\r\n dkim=pass header.d=example.com;\r\n\tspf=none",
            "mx.example.test 1; x-google-dkim=pass; dkim=pass header.d=example.com; compauth=pass",
        ],
    )
    def test_verified(self, results: str) -> None:
        assert with_results(results)

    @pytest.mark.parametrize(
        "results",
        [
            "mx.example.test; none",
            "mx.example.test; dkim=fail header.d=example.com",
            "mx.example.test; dkim=pass header.d=evil.com",
            "mx.example.test; dkim=pass header.d=evilexample.com",
            "mx.example.test; dkim=pass header.d=com",
            "mx.example.test; spf=pass smtp.mailfrom=evil.com",
            "mx.example.test; spf=softfail smtp.mailfrom=example.com",
            "mx.example.test; spf=pass smtp.helo=example.com",
            "mx.example.test; dkim=pass header.d=example.com; dmarc=fail header.from=example.com",
            "mx.example.test; dmarc=pass header.from=evil.com",
            "evil.com; dkim=pass header.d=example.com",
            "mx.example.test.evil.com; dkim=pass header.d=example.com",
            "mx.example.test; x=(; dkim=pass header.d=example.com",
            "",
            ";;;===",
        ],
    )
    def test_not_verified(self, results: str) -> None:
        assert not with_results(results)

    def test_only_the_topmost_of_a_trusted_server_counts(self) -> None:
        good, bad = "mx.example.test; dkim=pass header.d=example.com", "mx.example.test; dkim=none"
        assert not with_results(bad, good)
        assert with_results(good, bad)
        assert with_results("other.test; dkim=fail header.d=example.com", good)

    def test_two_froms_are_never_verified(self) -> None:
        raw = mail(
            "Authentication-Results: mx.example.test; dkim=pass header.d=example.com", "From: x@evil.com"
        )
        assert not read(raw, TRUSTING).verified

    def test_nobody_is_trusted_by_default(self) -> None:
        raw = mail("Authentication-Results: mx.example.test; dkim=pass header.d=example.com")
        assert not read(raw, ENVELOPE).verified
        assert not read(raw, {**ENVELOPE, "trusted_authserv_ids": []}).verified


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("example.com", "example.com", True),
        ("mail.example.com", "example.com", True),
        ("example.com", "mail.example.com", True),
        ("a.example.com", "b.example.com", False),
        ("com.gr", "shop.com.gr", False),
        ("co.uk", "x.co.uk", False),
        ("github.io", "eve.github.io", False),
        ("eve.github.io", "mail.eve.github.io", True),
        ("kobe.jp", "x.kobe.jp", False),
        ("city.kobe.jp", "mail.city.kobe.jp", True),
        ("xn--p1ai", "x.xn--p1ai", False),
        ("a..com", "a..com", False),
        ("localhost", "localhost", False),
        ("corp.onmicrosoft.com", "eve.onmicrosoft.com", False),
        ("", "example.com", False),
        ("com", "example.com", False),
    ],
)
def test_alignment(one: str, other: str, expected: bool) -> None:
    assert auth.aligned(one, other) is expected


class TestOwnDkimCheck:
    @pytest.fixture
    def signed(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Signs with a key that the (replaced) name server publishes for example.com."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
        monkeypatch.setattr(auth, "_txt_record", lambda name, timeout=3: record)

        def sign(raw: bytes, domain: str = "example.com", **options: Any) -> bytes:
            return (
                bytes(dkim.sign(raw, b"s1", domain.encode(), private, include_headers=[b"from"], **options))
                + raw
            )

        return sign

    def test_a_true_signature(self, signed: Any) -> None:
        raw = signed(mail("Subject: Hi"))
        assert read(raw, {**ENVELOPE, "first_server": True}).verified
        assert not read(raw, ENVELOPE).verified

    def test_a_changed_text(self, signed: Any) -> None:
        assert not read(
            signed(mail()).replace(b"Hello", b"Hellp"), {**ENVELOPE, "first_server": True}
        ).verified

    def test_a_foreign_domain(self, signed: Any) -> None:
        assert not read(signed(mail(), domain="evil.com"), {**ENVELOPE, "first_server": True}).verified

    def test_a_signature_of_a_part_of_the_text(self, signed: Any) -> None:
        raw = signed(mail(), length=True)
        assert not read(raw + b"\r\nPay to another account.", {**ENVELOPE, "first_server": True}).verified

    def test_offline_it_is_not_proven(self) -> None:
        raw = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; h=from; bh=aGk=; b=aGk=\r\n" + mail()
        assert not read(raw, {**ENVELOPE, "first_server": True}).verified


class TestReplyAddress:
    SIGNED = property(lambda self: reply_address.sign("T-1234567", "support@example.test"))

    def test_looks_as_announced(self) -> None:
        assert self.SIGNED.startswith("support+T-1234567.")
        assert self.SIGNED.endswith("@example.test")

    def test_reads_back_in_any_case(self) -> None:
        for address in (self.SIGNED, self.SIGNED.upper(), self.SIGNED.lower(), f"<{self.SIGNED}>"):
            assert reply_address.read(address) == "T-1234567"

    @pytest.mark.parametrize(
        "change",
        [
            ("1234567", "1234568"),
            ("support", "sales"),
            ("example.test", "evil.test"),
            (".", ".0"),
            ("+", "-"),
        ],
    )
    def test_nobody_makes_one_up(self, change: tuple[str, str]) -> None:
        assert reply_address.read(self.SIGNED.replace(*change, 1)) is None

    @pytest.mark.parametrize(
        "address", ["", "support@example.test", "support+T-1@x", "a+b.c@d", "+.@", "x" * 10_000]
    )
    def test_other_addresses(self, address: str) -> None:
        assert reply_address.read(address) is None

    @pytest.mark.parametrize(
        ("token", "address"), [("", "a@b.cc"), ("a b", "a@b.cc"), ("T-1", "nobody"), ("T-1", "a b@c.dd")]
    )
    def test_what_cannot_be_signed(self, token: str, address: str) -> None:
        with pytest.raises(ValueError, match="No signed address"):
            reply_address.sign(token, address)

    def test_a_mail_to_it_carries_its_token(self) -> None:
        assert read(mail(f'To: "Support" <{self.SIGNED}>'), ENVELOPE).reply_token == "T-1234567"
        assert read(mail(f"Delivered-To: {self.SIGNED}"), ENVELOPE).reply_token == "T-1234567"
        assert read(mail(), {**ENVELOPE, "rcpt_tos": [self.SIGNED]}).reply_token == "T-1234567"
        assert read(mail("To: support+T-1234567.0000000000@example.test"), ENVELOPE).reply_token == ""
