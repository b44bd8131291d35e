"""Mail that wants its answers elsewhere than at its sender: who asks, who is answered, who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.desk.office import CUSTOMER, STRANGER, Office, arrive, arrive_one, fresh, mail, sent
from tests.desk.test_pages import shown, signed_in

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Ticket
from tocsin.mailroom.models import Delivery
from tocsin.people import services as people

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

VISITOR = "ana@visitor.test"
MAILER = "mailer@shops.test"
PROVEN = "mx.example.test; dmarc=pass header.from=customer.test"


@pytest.fixture(autouse=True)
def known(settings: SettingsWrapper) -> None:
    settings.TOCSIN_TRUSTED_AUTHSERV = ["mx.example.test"]


def by_form(sender: str, **fields: Any) -> Ticket:
    """What a form's mailer sends for a visitor."""
    given = {"From": f"Our shop <{sender}>", "Reply_To": f"Ana <{VISITOR}>", "Subject": "From the shop"}
    return arrive_one(**(given | fields))


def notes(ticket: Ticket) -> list[str]:
    return [one.text for one in queries.conversation(ticket) if one.is_note]


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@ourshop.test",
        "No-Reply@ourshop.test",
        "do-not-reply@ourshop.test",
        "orders.noreply@ourshop.test",
        "wordpress@ourshop.test",
        "www-data@web1.ourshop.test",
        "support@example.test",
        "website@example.test",
        "shop@web.example.test",
    ],
)
def test_a_form_opens_the_ticket_of_who_filled_it_in(office: Office, sender: str) -> None:
    ticket = by_form(sender)
    assert (ticket.requester_address, ticket.requester.name, ticket.verified) == (VISITOR, "Ana", False)
    services.reply(ticket.ref, "It is on its way.", actor=office.agent.actor)
    assert [one.to_address for one in Delivery.objects.all()] == [VISITOR, VISITOR]  # acknowledged, too
    words = shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    assert f"Written through {sender.lower()}." in words


@pytest.mark.parametrize("entry", [MAILER, "Mailer@Shops.test", "shops.test", "@shops.test"])
def test_a_sender_from_the_settings(office: Office, settings: SettingsWrapper, entry: str) -> None:
    settings.TOCSIN_FORM_SENDERS = [entry]
    assert by_form(MAILER).requester_address == VISITOR


@pytest.mark.parametrize(
    "sender", [MAILER, "maria@gmail.com", "reply@ourshop.test", "webmaster@ourshop.test"]
)
def test_anybody_else_is_answered_at_their_own_address(office: Office, sender: str) -> None:
    ticket = by_form(sender)
    assert (ticket.requester_address, ticket.copied_addresses) == (sender, [])
    words = shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    assert f"It asks for answers at {VISITOR}." in words


def test_a_domain_where_everybody_may_write_is_nobodys_own(office: Office) -> None:
    from tocsin.mailroom.models import Account

    Account.objects.update(address="our.shop@gmail.com")
    assert by_form("maria@gmail.com").requester_address == "maria@gmail.com"


def test_a_colleague_writes_for_themselves(office: Office) -> None:
    assert by_form("agent@example.test").requester_address == "agent@example.test"


def test_a_customer_with_an_address_of_ours_writes_for_themselves(office: Office) -> None:
    people.save_customer(key="host", name="Hosted", addresses=["ana@example.test"])
    proven = "mx.example.test; dmarc=pass header.from=example.test"
    ticket = by_form("ana@example.test", Authentication_Results=proven)
    assert (ticket.requester_address, ticket.verified) == ("ana@example.test", True)
    assert ticket.customer and ticket.customer.key == "host"
    assert ticket.copied_addresses == [VISITOR]


def test_an_answer_within_the_company_is_no_form(office: Office) -> None:
    ticket = arrive_one()
    answer = f"{sent()[0].message_id}"
    other = by_form("accounts@example.test", In_Reply_To=answer)
    assert other.requester_address == "accounts@example.test"
    assert other.pk != ticket.pk


@pytest.mark.parametrize(
    "reply_to",
    [
        "",
        "noreply@ourshop.test",
        "support@example.test",
        f"{VISITOR}, {STRANGER}",
        "not an address",
        "support+T-1234567.ab@example.test",
    ],
)
def test_one_address_that_is_not_ours_or_none(office: Office, reply_to: str) -> None:
    ticket = by_form("noreply@ourshop.test", Reply_To=reply_to)
    assert ticket.requester_address == "noreply@ourshop.test"


def test_our_own_address_beside_it_does_not_count(office: Office) -> None:
    ticket = by_form("noreply@ourshop.test", Reply_To=f"support@example.test, {VISITOR}")
    assert ticket.requester_address == VISITOR


def test_what_stands_there_proves_nothing(office: Office) -> None:
    """A customer's address in the form, by a mailer whose own domain is proven."""
    passed = "mx.example.test; dmarc=pass header.from=ourshop.test"
    ticket = by_form("noreply@ourshop.test", Reply_To=CUSTOMER, Authentication_Results=passed)
    assert (ticket.requester_address, ticket.customer) == (CUSTOMER, office.customer)
    assert not ticket.verified
    assert not Message.objects.filter(ticket=ticket, verified=True).exists()


def test_nobody_enters_a_conversation_by_it(office: Office) -> None:
    """Neither by its number, nor by the Message-ID of our mail, which a stranger may have been shown."""
    theirs = arrive_one()
    clues = ({"Subject": f"[{theirs.ref}] More"}, {"In_Reply_To": sent()[0].message_id})
    for clue in clues:
        ticket = by_form("wordpress@ourshop.test", Reply_To=CUSTOMER, Cc=STRANGER, **clue)
        assert ticket.pk != theirs.pk
        assert ticket.copied_addresses == []
        assert theirs.ref in notes(ticket)[0] and "wordpress@ourshop.test" in notes(ticket)[0]
    assert fresh(theirs).message_count == 2  # the mail and its acknowledgement


def test_what_a_mailer_began_it_may_go_on_with(office: Office) -> None:
    """Another company's help desk, which writes as `noreply` and reads what comes to another address."""
    first = by_form("noreply@desk.test", Reply_To="case+17@desk.test")
    services.reply(first.ref, "Which case?", actor=office.agent.actor)
    ours = Delivery.objects.latest("id").message_id
    second = by_form("noreply@desk.test", Reply_To="case+17@desk.test", In_Reply_To=ours)
    assert second.pk == first.pk
    guessed = by_form("noreply@desk.test", Reply_To="case+17@desk.test", Subject=f"[{first.ref}] x")
    other_mailer = by_form("noreply@else.test", Reply_To="case+17@desk.test", In_Reply_To=ours)
    other_case = by_form("noreply@desk.test", Reply_To="case+18@desk.test", In_Reply_To=ours)
    assert first.pk not in {guessed.pk, other_mailer.pk, other_case.pk}


# --- Ordinary senders --------------------------------------------------------------------------------


def test_a_proven_sender_may_name_another_address(office: Office) -> None:
    ticket = arrive_one(Reply_To="team@customer.test", Authentication_Results=PROVEN)
    assert (ticket.requester_address, ticket.copied_addresses) == (CUSTOMER, ["team@customer.test"])
    services.reply(ticket.ref, "Thanks.", actor=office.agent.actor)
    assert [one.to_address for one in Delivery.objects.order_by("id")][1:] == [CUSTOMER, "team@customer.test"]


@pytest.mark.parametrize(
    "results", ["", "mx.example.test; dmarc=fail header.from=customer.test", "evil.test; dmarc=pass"]
)
def test_a_made_up_sender_gets_no_answer_elsewhere(office: Office, results: str) -> None:
    ticket = arrive_one(Reply_To=STRANGER, Authentication_Results=results)
    assert (ticket.requester_address, ticket.copied_addresses) == (CUSTOMER, [])
    services.reply(ticket.ref, "Thanks.", actor=office.agent.actor)
    assert {one.to_address for one in Delivery.objects.all()} == {CUSTOMER}


def test_a_later_mail_may_name_one_as_little(office: Office) -> None:
    ticket = arrive_one()
    again = arrive_one(In_Reply_To=sent()[0].message_id, Reply_To=STRANGER)
    assert again.pk == ticket.pk
    assert fresh(ticket).copied_addresses == []


@pytest.mark.parametrize(
    "reply_to", [CUSTOMER, "Maria+17@customer.test", "support@example.test", "no-reply@customer.test"]
)
@pytest.mark.parametrize("results", ["", PROVEN])
def test_ones_own_mailbox_and_one_that_nobody_reads_are_nothing_to_tell(
    office: Office, reply_to: str, results: str
) -> None:
    (message,) = arrive(mail(Reply_To=reply_to, Authentication_Results=results))
    assert (message.defects, message.ticket.copied_addresses) == ("", [])


def test_a_list_that_wants_answers_to_itself_gets_none(office: Office) -> None:
    fields = {"List_Id": "<talk.test>", "Reply_To": "talk@talk.test", "Authentication_Results": PROVEN}
    (message,) = arrive(mail(**fields))
    assert (message.machine, message.ticket.copied_addresses, message.defects) == ("list", [], "")


# --- Machines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "marks",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"List_Unsubscribe": "<mailto:x@shops.test>"},
    ],
)
def test_what_a_known_mailer_calls_generated_is_acknowledged(
    office: Office, settings: SettingsWrapper, marks: dict[str, str]
) -> None:
    settings.TOCSIN_FORM_SENDERS = [MAILER]
    (message,) = arrive(mail(From=MAILER, Reply_To=VISITOR, **marks))
    assert message.machine == ""
    assert len(sent(VISITOR)) == 1


def test_an_unknown_mailer_that_says_so_is_not_acknowledged(office: Office) -> None:
    fields = {"From": "noreply@ourshop.test", "Reply_To": VISITOR, "Auto_Submitted": "auto-generated"}
    (message,) = arrive(mail(**fields))
    assert (message.machine, message.from_address) == ("auto-reply", VISITOR)
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"Reply_To": VISITOR, "Auto_Submitted": "auto-replied"},
        {"Reply_To": "", "Auto_Submitted": "auto-generated"},
        {"Reply_To": VISITOR, "Auto_Submitted": "auto-generated", "In_Reply_To": "<x@y.test>"},
    ],
)
def test_a_known_mailer_that_answers_by_itself_is_a_machine(
    office: Office, settings: SettingsWrapper, fields: dict[str, str]
) -> None:
    settings.TOCSIN_FORM_SENDERS = [MAILER]
    (message,) = arrive(mail(From=MAILER, **fields))
    assert message.machine == "auto-reply"
    assert Delivery.objects.count() == 0


def test_mail_without_reply_to_asks_nothing_more(office: Office) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tocsin.channels.registry import channel
    from tocsin.intake.services.parsing import understand
    from tocsin.intake.services.reply_to import apply_reply_to
    from tocsin.kernel import clock
    from tocsin.mailroom.queries import ParsedInbound

    readings = [understand(ParsedInbound(1, channel("email").parse(mail(), {}), None, clock.now()))]
    with CaptureQueriesContext(connection) as asked:
        assert apply_reply_to(readings) == readings
    assert len(asked) == 0
