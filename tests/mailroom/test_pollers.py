"""Fetching from a real Dovecot: all of it, once, whatever happens to numbers and connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from tests.harness.mailservers import Dovecot
from tests.harness.waiting import wait_until
from tests.mailroom.boxes import place_of, save_mailbox
from tests.mailroom.reading import read as fetch
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.channels.email.imap_rounds import Fetcher
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import queries, rules, running, services
from tocsin.mailroom.models import Account, InboundItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Account:
    return save_mailbox(address="support@example.test", is_default=True, fetch_url=dovecot.url)


def test_everything_once_and_then_what_is_new(dovecot: Dovecot, mailbox: Account, upstairs: Upstairs) -> None:
    for number in range(120):
        dovecot.deliver(make_mail(f"Mail {number}"))
    assert fetch(mailbox) == 120
    assert fetch(mailbox) == 0
    dovecot.deliver(make_mail("One more"))
    assert fetch(mailbox) == 1
    while services.drain():
        pass
    assert len(upstairs.subjects) == len(set(upstairs.subjects)) == 121
    mailbox.refresh_from_db()
    assert mailbox.last_success_at
    keys = list(InboundItem.objects.order_by("pk").values_list("source_key", flat=True)[:2])
    assert keys == [f"imap:{mailbox.pk}:{place_of(mailbox).uid_validity}:{uid}" for uid in (1, 2)]


def test_numbered_anew_nothing_is_lost_and_nothing_twice(
    dovecot: Dovecot, mailbox: Account, upstairs: Upstairs
) -> None:
    for number in range(5):
        dovecot.deliver(make_mail(f"Mail {number}"))
    fetch(mailbox)
    before = place_of(mailbox).uid_validity
    dovecot.stop()
    _forget_numbers(dovecot)
    wait_until(lambda: time.time() > before + 1)  # Dovecot takes the second of the clock as the new number
    dovecot.start()
    dovecot.deliver(make_mail("After"))
    fetch(mailbox)
    assert place_of(mailbox).uid_validity != before
    while services.drain():
        pass
    assert sorted(upstairs.subjects) == ["After", *(f"Mail {number}" for number in range(5))]
    assert InboundItem.objects.filter(state="ignored").count() == 5


def test_the_worker_loop_fetches_as_mail_comes_and_survives_the_server(
    dovecot: Dovecot, mailbox: Account, polling: threading.Event
) -> None:
    dovecot.deliver(make_mail("First"))
    wait_until(lambda: InboundItem.objects.count() == 1, "the first is fetched")
    dovecot.deliver(make_mail("Second"))
    wait_until(lambda: InboundItem.objects.count() == 2, "IDLE tells of the second")


def test_a_wrong_password_is_shown_and_never_written_in_the_open(dovecot: Dovecot) -> None:
    url = dovecot.url.replace(Dovecot.password, "wrong-one")
    one = save_mailbox(address="support@example.test", fetch_url=url)
    assert "wrong-one" not in one.settings["fetch_url"]
    assert b"wrong-one" not in bytes(one.secrets or b"")
    assert queries.account_value(one).secrets == {"password": "wrong-one"}
    stop = threading.Event()
    thread = threading.Thread(target=_poll_once, args=(one.pk, stop))
    thread.start()
    wait_until(lambda: Account.objects.get(pk=one.pk).last_error, "the error is noted")
    stop.set()
    thread.join()
    assert "wrong-one" not in Account.objects.get(pk=one.pk).last_error


def test_imap_address_of_the_environment_is_the_default_mailboxes(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TOCSIN_IMAP_URL", dovecot.url)
    services.ensure_accounts()
    (one,) = queries.accounts("email")
    assert (one.address, one.is_default) == ("support@example.test", True)
    assert queries.account_value(one).secrets["password"] == Dovecot.password
    services.ensure_accounts()
    assert queries.accounts("email") == [one]
    assert Account.objects.get(pk=one.pk).version == one.version  # nothing was saved once more


@pytest.fixture
def polling(mailbox: Account) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=running.keep_running, args=(stop,))
    thread.start()
    yield stop
    stop.set()
    thread.join()


def _poll_once(account_id: int, stop: threading.Event) -> None:
    running.Watch(account_id).run(stop)
    connections.close_all()


def _forget_numbers(dovecot: Dovecot) -> None:
    """As after a restore of the mail server: its list of numbers is gone, the messages are there."""
    box = Path(dovecot._folder) / "mail" / dovecot.user
    for name in box.iterdir():
        if name.name.startswith("dovecot"):
            name.unlink()


def test_pauses_grow_and_staff_end_them(dovecot: Dovecot) -> None:
    """A wrong password is tried more and more seldom; the right one, or a wish, is tried at once."""
    assert [rules.fetch_pause(n, wants_a_person=False) for n in (1, 2, 6, 50)] == [2, 4, 60, 60]
    assert [rules.fetch_pause(n, wants_a_person=True) for n in (1, 2, 6, 50)] == [60, 120, 900, 900]
    one = save_mailbox(
        address="support@example.test", fetch_url=dovecot.url.replace(Dovecot.password, "wrong-one")
    )
    stop, ended = threading.Event(), threading.Event()

    def poll() -> None:
        running.Watch(one.pk).run(stop)
        ended.set()
        connections.close_all()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        wait_until(lambda: Account.objects.get(pk=one.pk).last_trouble == "login", "the error is noted")
        services.look_now(one.pk)
        wait_until(ended.is_set, "the pause of a minute ends at once")
    finally:
        stop.set()
        thread.join()


def test_a_folder_that_was_renamed(dovecot: Dovecot) -> None:
    one = save_mailbox(address="support@example.test", fetch_url=dovecot.url.replace("INBOX", "Gone"))
    stop = threading.Event()
    thread = threading.Thread(target=_poll_once, args=(one.pk, stop))
    thread.start()
    wait_until(lambda: Account.objects.get(pk=one.pk).last_trouble == "folder", "the error is noted")
    stop.set()
    thread.join()
    assert "no such folder" in in_english(Account.objects.get(pk=one.pk).last_error)


def test_a_fault_of_our_own_is_seen_beside_the_mailbox(
    dovecot: Dovecot, mailbox: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise AttributeError("no such thing")

    monkeypatch.setattr(Fetcher, "round", broken)
    with pytest.raises(AttributeError):
        running.Watch(mailbox.pk).run(threading.Event())
    mailbox.refresh_from_db()
    assert in_english(mailbox.last_error) == "Fetching failed: AttributeError: no such thing"
