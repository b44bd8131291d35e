"""`tocsin doctor` on providers: whether they know us, and whether they can report."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.harness.processes import free_port
from tests.harness.provider_reports import SECRET
from tests.harness.providers import KEY, Answer, Provider
from tests.harness.waiting import PATIENCE_S

from tocsin.channels.email.checkups import outgoing_mail, provider_reports, second_route

_PLACE = "https://help.example.test"


def test_a_provider_that_knows_us(provider: Provider) -> None:
    assert outgoing_mail(provider.url).what == "Mail goes out by Postmark, which knows our key."
    assert outgoing_mail(provider.url).good
    assert [one.good for one in second_route(provider.url)] == [True]


def test_a_provider_that_does_not(provider: Provider) -> None:
    provider.files["/server"] = Answer(401, {"Message": f"The token {KEY} is unknown"})
    found = outgoing_mail(provider.url)
    assert not found.good
    assert found.what == "Postmark refuses our key: The token … is unknown"
    assert not outgoing_mail(f"postmark://{KEY}@127.0.0.1:{free_port()}").good
    assert KEY not in outgoing_mail(f"mailjet://{KEY}@").what


@pytest.mark.parametrize(
    ("urls", "secret", "key", "what"),
    [
        (["smtp://127.0.0.1", ""], "", "", []),
        (["postmark://k@", ""], "", "", ["No provider can tell what became of our mail."]),
        (["", "postmark://k@"], "a:b", "", ["TOCSIN_WEBHOOK_SECRET is no name and password, or too short."]),
        (["mailgun://k@", ""], SECRET, "", ["Mailgun's reports would not be believed."]),
        (
            ["mailgun://k@", "brevo://k@"],
            SECRET,
            "key",
            [
                f"Mailgun can report at {_PLACE}/channels/email/default/webhook/mailgun/tracking/.",
                f"Brevo can report at {_PLACE}/channels/email/default/webhook/brevo/tracking/.",
            ],
        ),
    ],
)
def test_whether_they_can_report(urls: list[str], secret: str, key: str, what: list[str]) -> None:
    findings = provider_reports(urls, secret, key, _PLACE)
    assert [one.what for one in findings] == what
    assert [one.good for one in findings] == ["can report" in one for one in what]


def test_mail_in_loads_none_of_it() -> None:
    code = (
        "import sys; import tocsin.command.mail_in\n"
        "print([name for name in ('anymail', 'requests', 'django', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
        env=dict(os.environ),
    )
    assert done.stdout.strip() == "[]"
