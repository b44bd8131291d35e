"""A report about several recipients says of each what became of its mail."""

from __future__ import annotations

from tests.channels.corpus.case import mail
from tests.channels.corpus.machines import REPORT_OF_THREE
from tests.channels.test_reading import ENVELOPE

from tocsin.channels.email.read import read


def test_each_recipient_of_a_report() -> None:
    found = read(REPORT_OF_THREE, ENVELOPE)
    assert found.machine == "bounce"
    assert [(one.recipient, one.status, one.permanent, one.delayed) for one in found.bounces] == [
        ("one@example.com", "5.1.1", True, False),
        ("two@example.com", "5.2.2", True, False),
        ("three@example.com", "4.4.1", False, True),
    ]
    assert {one.original_message_id for one in found.bounces} == {"<m1@tocsin.example.test>"}
    assert found.bounce == found.bounces[0]
    assert found.bounces[1].words == "552 5.2.2 mailbox full"


def test_each_recipient_of_an_old_servers_words() -> None:
    header = (
        "Subject: Mail delivery failed",
        "X-Failed-Recipients: a@example.com, b@example.com",
        "Return-Path: <>",
    )
    body = "This message was created automatically by mail delivery software.\n550 5.1.1 Unknown user\n"
    found = read(mail(*header, body=body, sender="From: Mailer-Daemon@mx.example.com"), ENVELOPE)
    assert [one.recipient for one in found.bounces] == ["a@example.com", "b@example.com"]


def test_a_nul_in_a_recipient_does_not_reach_the_database() -> None:
    """Found by fuzzing."""
    body = (
        "Hi. This is the qmail-send program at mx.example.com.\nI'm afraid I wasn't able to deliver your "
        "message to the following addresses.\n\n<gone@example.com\x00>:\nRemote host said: 550 5.1.1 x\n"
    )
    sender = "From: MAILER-DAEMON@mx.example.com"
    found = read(mail("Subject: failure notice", "Return-Path: <>", body=body, sender=sender), ENVELOPE)
    assert [one.recipient for one in found.bounces] == ["gone@example.com"]


def test_a_nul_in_what_became_of_it_does_not_either() -> None:
    """Found by fuzzing."""
    raw = REPORT_OF_THREE.replace(b"Action: failed", b"Action: rel\x00ayed")
    raw = raw.replace(b"Action: delayed", b"Action: relayed").replace(b"Status: 5", b"Status: 2")
    found = read(raw, ENVELOPE)
    assert {one.words for one in found.bounces} == {"relayed", "delivered"}
