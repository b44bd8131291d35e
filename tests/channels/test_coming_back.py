"""Our own mail, when it comes back, by whatever way and however changed; and another installation's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.channels.test_reading import ENVELOPE

from tocsin.channels.base import Outbound
from tocsin.channels.email.compose import compose
from tocsin.channels.email.read import read

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db  # for the clock
_NOBODYS = {**ENVELOPE, "own_message_id_domains": ["elsewhere.test"]}
OURS = Outbound(
    to="users@lists.example",
    from_address="support@example.test",
    subject="[T-0000013] Mail is down",
    text="We have received your message.",
    message_id="<a@tocsin.example.test>",
    auto_submitted="auto-replied",
)


def test_as_it_was() -> None:
    assert read(compose(OURS), _NOBODYS).machine == "own"


def test_through_a_list_that_writes_another_sender_subject_and_message_id() -> None:
    changed = (
        compose(OURS)
        .replace(b"Message-ID: <a@tocsin.example.test>", b"Message-ID: <1@lists.example>")
        .replace(b"From: support@example.test", b"From: Support via users <users@lists.example>")
        .replace(b"Subject: ", b"List-Id: <users.lists.example>\r\nSubject: [users] ")
        .replace(b"your message.", b"your message.\r\n-- \r\nusers mailing list")
    )
    assert read(changed, _NOBODYS).machine == "own"


def test_by_its_message_id_alone() -> None:
    stripped = b"\r\n".join(
        line for line in compose(OURS).split(b"\r\n") if not line.startswith((b"X-", b"Auto-Submitted"))
    )
    assert read(stripped, ENVELOPE).machine == "own"


def test_a_mail_of_another_installation_of_the_same_domain_is_read(settings: SettingsWrapper) -> None:
    settings.SECRET_KEY = "another installation's"
    theirs = compose(replace(OURS, auto_submitted=""))
    settings.SECRET_KEY = "ours"
    assert read(theirs, ENVELOPE).machine == ""


def test_a_seal_is_of_its_message_id() -> None:
    forged = compose(OURS).replace(b" <a@tocsin.example.test>", b" <b@tocsin.example.test>")
    assert read(forged, _NOBODYS).machine == "auto-reply"
