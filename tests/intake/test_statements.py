"""How many statements a batch takes: not more for many mails than for a few, nor for six open incidents than
for one."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from tests.desk.office import arrive, mail, sent
from tests.harness.statements import counted
from tests.mailroom.boxes import save_mailbox

from tocsin.desk.models import Message
from tocsin.intake import services as intake
from tocsin.mailroom import queries
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Account

_numbers = itertools.count()
FEW, MANY = 3, 15
Mails = Callable[[int], list[bytes]]


@pytest.fixture
def company(db: None) -> object:
    from tests.incidents import company as companies

    save_mailbox(address="support@example.test", is_default=True)
    return companies.build()


def statements(mails: list[bytes]) -> int:
    """Those of opening them, from what was read to what became of it."""
    ids = mailroom.take_in_many(
        [
            mailroom.Arrival("email", f"counted:{next(_numbers)}", one, Account.objects.get().pk)
            for one in mails
        ]
    )
    queries.hold_parsed({pk: queries.parsed_inbound(pk) for pk in ids})
    try:
        with counted() as made:
            intake.open_inbound(ids)
    finally:
        queries.hold_parsed({})
    assert Message.objects.filter(inbound_id__in=ids).count() == len(mails)
    return len(made)


def new(count: int) -> list[bytes]:
    """Of strangers."""
    return [mail("I would like to order.", From=one) for one in strangers(count)]


def answers(count: int) -> list[bytes]:
    """To acknowledgements of ours, from those who got them."""
    writers = strangers(count)
    arrive(*(mail("I would like to order.", From=one) for one in writers))
    return [mail("One thing more.", From=one, In_Reply_To=sent(one)[-1].message_id) for one in writers]


def from_paused_senders(count: int) -> list[bytes]:
    """Of strangers who had five acknowledgements in this hour."""
    writers = strangers(count)
    for turn in range(5):
        arrive(*(mail(f"Turn {turn}.", From=one) for one in writers))
    return [mail("Once more.", From=one) for one in writers]


def about_mail(count: int) -> list[bytes]:
    """Of affected customers, who say what is broken."""
    return [mail("Mail is down.", From=f"c{number}@example.test") for number in range(count)]


def strangers(count: int) -> list[str]:
    return [f"w{number}@w{number}.test" for number in itertools.islice(_numbers, count)]


@pytest.mark.parametrize("mails", [new, answers, from_paused_senders])
@pytest.mark.parametrize("incidents", [0, 6])
def test_more_mails_take_no_more_statements(company: object, mails: Mails, incidents: int) -> None:
    for _ in range(incidents):
        company.declare("dns")
    few, many = mails(FEW), mails(MANY)
    statements(new(1))  # what a process asks once
    assert statements(few) == statements(many)


@pytest.mark.parametrize("mails", [new, answers])
def test_more_incidents_take_no_more_statements(company: object, mails: Mails) -> None:
    company.declare("dns")
    one, later = mails(FEW), mails(FEW)
    statements(new(1))
    with_one = statements(one)
    for _ in range(5):
        company.declare("dns")
    assert statements(later) == with_one


def test_mails_about_an_incident_take_no_more_statements_than_a_few(company: object) -> None:
    for number in range(MANY):
        company.customer(f"c{number}", "mail")
    for _ in range(6):
        company.declare("mail")
    statements(about_mail(1))
    few, many = (statements(about_mail(count)) for count in (FEW, MANY))
    assert few == many
