"""What becomes of mail on the server once it is here: never before the commit, and never somebody else's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.harness.mailservers import Dovecot, has_pop3
from tests.mailroom.boxes import host_of, place_of, save_mailbox
from tests.mailroom.reading import count_in, mail_program, read
from tests.mailroom.stand_ins import make_mail
from tests.mailroom.test_popping import pop

from tocsin.channels.email import filing, imap, imap_rounds, places, pop_rounds
from tocsin.channels.email.imap import ImapConnection
from tocsin.channels.email.imap_rounds import Fetcher
from tocsin.channels.hosting import Superseded
from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import in_english
from tocsin.mailroom.hosting import Host
from tocsin.mailroom.models import Account, InboundItem

pytestmark = pytest.mark.django_db(transaction=True)


def make_mailbox(dovecot: Dovecot, afterwards: str, move_to: str = "") -> Account:
    return save_mailbox(
        address="support@example.test", fetch_url=dovecot.url, afterwards=afterwards, move_to=move_to
    )


def deliver(dovecot: Dovecot, *subjects: str) -> None:
    for subject in subjects:
        dovecot.deliver(make_mail(subject))


def test_moved_into_a_folder_that_is_made(dovecot: Dovecot) -> None:
    mailbox = make_mailbox(dovecot, "move", "Προς αρχείο")
    deliver(dovecot, "one", "two")
    assert read(mailbox) == 2
    assert (count_in(dovecot), place_of(mailbox).untidied, place_of(mailbox).tidy_error) == (0, "", "")
    assert count_in(dovecot, '"&A6ADwQO,A8I- &A7EDwQPHA7UDrwO,-"') == 2
    assert read(mailbox) == 0


_ODD_NAMES = [
    "100%",
    "a*b",
    "%",
    "*",
    'Say "hi"',
    "back\\slash",
    "R&D",
    "日本 & 語",
    "😀 done",
    "#news",
    "e\u0301 ü",
]


@pytest.mark.parametrize("can_move", [True, False])
def test_moved_into_folders_with_odd_names(
    dovecot: Dovecot, can_move: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_program(dovecot) as other:
        for name in ('"100 of them"', "axb"):  # that a pattern would take for one of ours
            other.create(name)
    if not can_move:
        offers = frozenset({"UIDPLUS"})
        monkeypatch.setattr(
            ImapConnection, "_offers", property(lambda _: offers, lambda *_: None), raising=False
        )
    mailbox = make_mailbox(dovecot, "keep")
    for name in _ODD_NAMES:
        deliver(dovecot, *_ODD_NAMES[:2])
        mailbox = save_mailbox(
            account_id=mailbox.pk,
            address=mailbox.address,
            fetch_url=mailbox.settings["fetch_url"],
            password=dovecot.password,
            afterwards="move",
            move_to=name,
        )
        assert read(mailbox) == 2
        assert (place_of(mailbox).tidy_error, place_of(mailbox).untidied, count_in(dovecot)) == ("", "", 0), (
            name
        )
        place = dovecot.url.removesuffix("INBOX") + quote(name)
        with ImapConnection(place) as there:  # and what is there can be fetched from there
            assert len(there.uids()) == 2, name
    assert [count_in(dovecot, name) for name in ('"100 of them"', "axb")] == [0, 0]


def test_a_folder_that_takes_nothing_is_not_made_again(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = make_mailbox(dovecot, "move", "Full")
    with mail_program(dovecot) as other:
        other.create("Full")
    tell = filing._tell

    def full(client: Any, *command: Any) -> list[Any]:
        if command[0] == "MOVE":
            raise filing.FilingRefused("MOVE: [OVERQUOTA] Quota exceeded")
        return tell(client, *command)

    monkeypatch.setattr(filing, "_tell", full)
    deliver(dovecot, "one")
    assert read(mailbox) == 1
    assert place_of(mailbox).tidy_error == "MOVE: [OVERQUOTA] Quota exceeded"


def test_deleted_and_only_ours(dovecot: Dovecot) -> None:
    mailbox = make_mailbox(dovecot, "keep")
    deliver(dovecot, "kept before")
    read(mailbox)
    mailbox = save_mailbox(
        account_id=mailbox.pk,
        address=mailbox.address,
        fetch_url=mailbox.settings["fetch_url"],
        afterwards="delete",
    )
    with mail_program(dovecot) as other:
        other.store("1", "+FLAGS", r"(\Deleted)")
        deliver(dovecot, "deleted")
        assert read(mailbox) == 1
        assert count_in(dovecot) == 1  # what was there before stays, though marked by somebody else


def test_numbers_of_another_source_touch_nothing_here(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = make_mailbox(dovecot, "delete")
    deliver(dovecot, "one", "two")
    store = Host.take_in

    def store_and_move_house(*args: Any, **values: Any) -> list[int]:
        ids = store(*args, **values)
        save_mailbox(account_id=mailbox.pk, fetch_url="imaps://us@elsewhere.test/INBOX", afterwards="delete")
        return ids

    monkeypatch.setattr(Host, "take_in", store_and_move_house)
    with ImapConnection(dovecot.url) as connection, pytest.raises(Superseded):
        Fetcher(host_of(mailbox)).round(connection)
    assert count_in(dovecot) == 2


def test_a_process_that_ends_between_commit_and_move(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = make_mailbox(dovecot, "move", "Done")
    deliver(dovecot, "one", "two", "three")

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr(filing, "move", killed)
        read(mailbox)
    mailbox.refresh_from_db()
    assert (place_of(mailbox).untidied, count_in(dovecot), InboundItem.objects.count()) == ("1:3", 3, 3)
    assert read(mailbox) == 0
    assert (place_of(mailbox).untidied, count_in(dovecot), count_in(dovecot, "Done")) == ("", 0, 3)
    assert InboundItem.objects.count() == 3


def test_a_refusal_is_shown_and_fetching_goes_on(dovecot: Dovecot) -> None:
    mailbox = make_mailbox(dovecot, "move", "a//b..c")
    host = host_of(mailbox)
    for number in range(3):
        deliver(dovecot, f"mail {number}")
        assert read(mailbox, host) == 1
    assert "could not be made" in in_english(place_of(mailbox).tidy_error)
    assert (mailbox.last_error, place_of(mailbox).untidied, count_in(dovecot)) == ("", "1:3", 3)
    mailbox = save_mailbox(
        account_id=mailbox.pk,
        address=mailbox.address,
        fetch_url=mailbox.settings["fetch_url"],
        afterwards="move",
        move_to="B",
    )
    assert place_of(mailbox).tidy_error == ""
    assert read(mailbox) == 0
    assert (count_in(dovecot), count_in(dovecot, "B")) == (0, 3)


def test_a_huge_message_stays_where_it_is(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (imap_rounds, places):
        monkeypatch.setattr(module, "LARGEST_MAIL", 100_000)
    monkeypatch.setattr(imap_rounds, "BEGINNING", 5_000)
    monkeypatch.setattr(imap, "_BATCH_BYTES", 50_000)
    mailbox = make_mailbox(dovecot, "delete")
    deliver(dovecot, "before")
    dovecot.deliver(make_mail("huge", "x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 3000))
    deliver(dovecot, "after")
    assert read(mailbox) == 3
    assert count_in(dovecot) == 1
    aside = InboundItem.objects.get(state="set_aside")
    assert (aside.message_subject, aside.blob.size) == ("huge", 5_000)
    assert "whole message is in the mailbox" in in_english(aside.reason)
    assert InboundItem.objects.filter(state="spooled").count() == 2
    assert read(mailbox) == 0


@pytest.mark.skipif(not has_pop3(), reason="Dovecot's POP3 is missing: apt-get install dovecot-pop3d")
def test_pop_deletes_what_is_here(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = save_mailbox(address="support@example.test", fetch_url=dovecot.pop_url)
    deliver(dovecot, "kept before")
    assert pop(mailbox) == 1
    monkeypatch.setattr(pop_rounds, "LARGEST_MAIL", 100_000)
    mailbox = save_mailbox(
        account_id=mailbox.pk,
        address=mailbox.address,
        fetch_url=mailbox.settings["fetch_url"],
        afterwards="delete",
    )
    deliver(dovecot, "one", "two")
    dovecot.deliver(make_mail("huge", ("y" * 70 + "\r\n") * 3000))
    assert [pop(mailbox), count_in(dovecot), pop(mailbox)] == [3, 2, 0]
    found = place_of(mailbox).last_comparison
    assert (found.on_server, found.missing, mailbox.waiting) == (2, 0, 0)
    assert InboundItem.objects.filter(state="set_aside").count() == 1


@pytest.mark.parametrize(
    ("url", "afterwards", "move_to", "field"),
    [
        ("pop3s://u@h", "move", "Done", "afterwards"),
        ("imaps://u@h/INBOX", "move", " ", "move_to"),
        ("imaps://u@h", "move", "inbox", "move_to"),
        ("imaps://u@h", "move", "Do\nne", "move_to"),
        ("imaps://u@h", "move", "Do\x00ne", "move_to"),
        ("imaps://u@h", "move", "Done\ud800", "move_to"),
        ("imaps://u@h?tls=requird", "keep", "", "fetch_url"),
        ("imaps://u@h/?folder=x", "keep", "", "fetch_url"),
        ("imaps://u:1/2@h:x", "keep", "", "fetch_url"),
    ],
)
def test_settings_that_cannot_be(url: str, afterwards: str, move_to: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        save_mailbox(address="a@b.test", fetch_url=url, afterwards=afterwards, move_to=move_to)
    assert field in caught.value.fields


def test_a_folder_we_may_only_look_into(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = make_mailbox(dovecot, "delete")
    deliver(dovecot, "one")
    select = ImapConnection._select

    def read_only(imap: ImapConnection) -> None:
        select(imap)
        imap._opened().folder.set("INBOX", readonly=True)

    monkeypatch.setattr(ImapConnection, "_select", read_only)
    assert read(mailbox) == 1
    assert place_of(mailbox).tidy_error
    assert count_in(dovecot) == 1
