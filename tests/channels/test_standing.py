"""Which refusals condemn an address, and which only refuse one mail."""

from __future__ import annotations

import pytest

from tocsin.channels.email.standing import is_nobody_there


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 <maria@customer.test>: Recipient address rejected: User unknown in virtual mailbox table",
        "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "550 5.1.2 Host unknown (Name server: customer.test: host not found)",
        "501 5.1.3 Bad recipient address syntax",
        "551 5.1.6 Mailbox has moved",
        "550 5.2.1 The email account that you tried to reach is disabled.",
        "550 maria@customer.test: User unknown",
        "550 No such user here",
        "550 Unknown user: maria",
        "550 Requested action not taken: mailbox not found",
        "550 Invalid recipient <maria@customer.test>",
        "550 The user maria does not exist",
        "550 Unrouteable address",
        "550 5.0.0 <maria@customer.test>... User unknown",
        "554 delivery error: dd This user doesn't have a yahoo.com account (maria@yahoo.test)",
        "550 This account has been disabled",
    ],
)
def test_nobody_is_there(words: str) -> None:
    assert is_nobody_there(words)
    assert is_nobody_there(words, "5.0.0")


@pytest.mark.parametrize(
    "words",
    [
        "552 5.2.2 Mailbox full",
        "552 5.2.2 <maria@customer.test>: Over quota; the user is unknown to have read mail",
        "550 5.7.1 Message rejected as spam by content scanning",
        "554 5.7.1 <maria@customer.test>: Relay access denied",
        "550 5.7.26 This mail is unauthenticated",
        "550 5.7.509 Access denied, sending domain does not pass DMARC verification",
        "552 5.3.4 Message size exceeds fixed limit",
        "550 5.4.1 Recipient address rejected: Access denied",
        "554 5.4.14 Hop count exceeded - possible mail loop",
        "550 5.5.0 Requested action not taken: mailbox unavailable",
        "550 5.0.0 Mail rejected",
        "550 5.1.8 <support@example.test>: Sender address rejected: Domain not found",
        "550 Requested action not taken: mailbox unavailable",
        "550 Unknown user is what spam filters say here: blocked by policy",
        "550 sender address: no such user",
        "554 Transaction failed",
        "",
    ],
)
def test_one_mail_is_refused(words: str) -> None:
    assert not is_nobody_there(words)
    assert not is_nobody_there(words, "5.0.0")


def test_the_servers_own_status_counts_more_than_the_reporters() -> None:
    assert is_nobody_there("smtp; 550 5.1.1 unknown", "5.0.0")
    assert is_nobody_there("", "5.1.1")
    assert not is_nobody_there("552 5.2.2 Mailbox full", "5.1.1")
    assert not is_nobody_there("550 User unknown", "5.7.1")
