"""Web, worker and database are killed with -9 at random moments; nothing is lost, and nothing is doubled but
what a crash between the send and its record makes unavoidable, and that is marked.

One round: 300 mails come in by three ways and a notice goes to 2,000 customers. The seed is printed; a round
is run again by `SOAK_SEED=… make soak ARGS="-k round"`. `SOAK_ROUNDS` says how many rounds `make soak` runs.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.harness.mailservers import Dovecot, SmtpSink
from tests.harness.processes import Installation
from tests.harness.waiting import wait_until
from tests.soak import checks
from tests.soak.company import COMPONENT, CUSTOMERS, address, load_customers
from tests.soak.killing import EVERYTHING, Killer
from tests.soak.senders import DOMAIN, SUPPORT, Mail, Senders, make_mail

from tocsin.command.postgres import running_url

MAILS = 300
CONNECTIONS = 4
WORKERS = 2
INTAKE_S = 18.0
KILLING_S = 22.0
REST_S = 150.0
# A mail server that takes a moment for each mail, so that a kill finds some in flight.
SINK_PAUSE_S = 0.002
NOTICE = {
    "en": "Storage is down. We are working on it.",
    "el": "Η αποθήκευση δεν λειτουργεί. Το διορθώνουμε.",
}


@dataclass
class Site:
    """A running installation, who writes to it, and where its mail ends up."""

    installation: Installation
    up: Any
    sink: SmtpSink
    dovecot: Dovecot | None
    token: str

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """One request to the API; status 0 when nobody answered."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self.installation.url}/api/v1{path}", method=method, data=data, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (OSError, ValueError):
            return 0, None

    def call_until_answered(self, path: str, body: Any) -> Any:
        """POST with an Idempotency-Key, again and again as a careful program does."""
        key = uuid.uuid4().hex

        def answered() -> Any:
            status, answer = self.call("POST", path, body, key)
            assert status in {0, 201} or status >= 500, answer
            return answer if status == 201 else None

        return wait_until(answered, f"{path} is answered")


@pytest.fixture
def site(data_folder: Path, smtp_sink: SmtpSink) -> Iterator[Site]:
    dovecot = Dovecot() if shutil.which("dovecot") else None
    if dovecot:
        dovecot.start()
    installation = Installation(
        data_folder,
        TOCSIN_SMTP_URL=smtp_sink.url,
        TOCSIN_MAIL_FROM=SUPPORT,
        TOCSIN_SMTP_CONNECTIONS=str(CONNECTIONS),
        TOCSIN_WORKERS=str(WORKERS),
        TOCSIN_MOVABLE_CLOCK="",  # as in an installation, where no send waits for the database's time
        **({"TOCSIN_IMAP_URL": dovecot.url} if dovecot else {}),
    )
    smtp_sink.pause = SINK_PAUSE_S
    try:
        up = installation.start_up()
        token = installation.run("api-key", "create", "soak").stdout.decode().strip()
        one = Site(installation, up, smtp_sink, dovecot, token)
        one.call_until_answered(
            "/components", {"key": COMPONENT, "name": {"en": "Storage"}, "words": ["storage"]}
        )
        load_customers(str(running_url(data_folder)))
        yield one
    finally:
        installation.end()
        if dovecot:
            dovecot.end()


def make_mails(dice: random.Random) -> list[Mail]:
    """Questions of strangers; every tenth by a customer about what breaks, every twelfth a second mail."""
    mails: list[Mail] = []
    for number in range(MAILS):
        mark = f"m{number}-{dice.randrange(10**9)}"
        earlier = mails[-6] if number % 12 == 11 else None
        affected = number % 10 == 3
        sender = address(number + 1) if affected else f"w{number}@w{number}.{DOMAIN}"
        text = "My storage does not answer." if affected else "How do I change my invoice address?"
        mails.append(make_mail(mark, earlier.sender if earlier else sender, text, earlier))
    return mails


def send_all(senders: Senders, mails: list[Mail]) -> None:
    """By the command, by IMAP, and most by LMTP over two connections; a thread of mails goes one way."""
    by_command, by_imap, *by_lmtp = [mails[start::6] for start in range(6)]
    senders.start(senders.by_command, by_command, INTAKE_S)
    senders.start(senders.by_imap if senders.dovecot else senders.by_lmtp, by_imap, INTAKE_S)
    for part in by_lmtp:
        senders.start(senders.by_lmtp, part, INTAKE_S)


def declare(site: Site) -> str:
    """Declare the alert; its reference."""
    body = {
        "title": "Storage is down",
        "impact": "critical",
        "components": [COMPONENT],
        "started_at": datetime.now(UTC).isoformat(),
        "message": NOTICE,
        "next_update_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    return str(site.call_until_answered("/incidents", body)["ref"])


def kill_round(site: Site, seed: int) -> dict[str, Any]:
    """One round; returns its figures. AssertionError when anything was lost or doubled."""
    dice = random.Random(seed)
    began = time.monotonic()
    data = site.installation.data
    senders = Senders(site.installation, site.dovecot, dice)
    killer = Killer(site.installation, site.up, site.sink, dice)
    send_all(senders, make_mails(dice))
    killer.start(KILLING_S)
    time.sleep(dice.uniform(0.0, KILLING_S / 2))
    ref = declare(site)
    senders.wait()
    killer.wait()
    last_kill = time.monotonic()
    checks.wait_for_rest(data, MAILS, REST_S)
    settled = time.monotonic()
    checks.check_nothing_stalled(data)
    figures = check_everything(site, senders, killer, ref)
    return {"s": round(settled - began, 1), "rest_s": round(settled - last_kill, 1), **figures}


def check_everything(site: Site, senders: Senders, killer: Killer, ref: str) -> dict[str, Any]:
    """Mails, notice, acknowledgements, marks and figures; what the round had to say."""
    data, received = site.installation.data, list(site.sink.messages)
    repeated = checks.check_mails(data, senders.acknowledged)
    in_doubt = checks.check_rows_and_sink_agree(data, received)
    customers = [address(number) for number in range(1, CUSTOMERS + 1)]
    writers = {mail.sender for mail in senders.acknowledged}
    notices = checks.check_notice(data, received, customers, writers, in_doubt)
    told = checks.check_acknowledgements(data, received, in_doubt)
    worker_deaths = killer.killed["worker"] + WORKERS * killer.killed[EVERYTHING]
    assert len(in_doubt) <= worker_deaths * CONNECTIONS
    check_figures(site, ref, data)
    return {
        "kills": dict(killer.killed),
        "attempts": senders.attempts,
        "mails": len(senders.acknowledged),
        "came twice, recognised": repeated,
        "sent": len(received),
        "marked maybe_twice": len(in_doubt),
        "really twice": notices + told,
    }


def check_figures(site: Site, ref: str, data: Path) -> None:
    """The incident's figures say what the rows and the sink say."""
    incident = wait_until(lambda: _answer(site, f"/incidents/{ref}"), "the API answers")
    figures = incident["figures"]
    assert (figures["affected"], figures["informed"]) == (CUSTOMERS, CUSTOMERS)
    assert (figures["sent"], figures["failed"]) == (CUSTOMERS, 0)
    (attached,) = checks.ask(data, "SELECT count(*) FROM desk_ticket WHERE linked_ref <> ''")[0]
    assert figures["contacts_attached"] == attached > 0
    (incidents,) = checks.ask(data, "SELECT count(*) FROM incidents_incident")[0]
    assert incidents == 1, "declared once, however often the program asked"


def _answer(site: Site, path: str) -> Any:
    status, answer = site.call("GET", path)
    return answer if status == 200 else None


def _seeds(rounds: int) -> list[int]:
    first = int(os.environ.get("SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    return [first + number for number in range(rounds)]


def run_round(site: Site, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """One round, its seed and figures printed, with the processes' words when it fails."""
    seed = _seeds(number + 1)[number]
    with capsys.disabled():
        print(f"\nkill round, seed {seed}: ", end="", flush=True)
    try:
        figures = kill_round(site, seed)
    except BaseException:
        print(site.up.output[-30_000:])
        raise
    with capsys.disabled():
        print(json.dumps(figures), flush=True)


@pytest.mark.processes
@pytest.mark.parametrize("number", range(2))
def test_nothing_is_lost_or_doubled(site: Site, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    run_round(site, number, capsys)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(int(os.environ.get("SOAK_ROUNDS", "20"))))
def test_soak_round(site: Site, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    run_round(site, number, capsys)
