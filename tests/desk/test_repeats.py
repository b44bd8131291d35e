"""The same answer from two tabs, by a double press, after going back: sent once, and no text is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.desk.office import CUSTOMER, OTHER_ADDRESS, Office, arrive_one, sent
from tests.desk.test_pages import signed_in

from tocsin.desk import services
from tocsin.desk.models import Message, Ticket
from tocsin.mailroom.models import Delivery

ANSWER = "It works again."


def press(
    client: Client, ticket: Ticket, once: str, text: str = ANSWER, act: str = "reply", **more: Any
) -> Any:
    form = {"text": text, "once": once, **more}
    return client.post(f"/tickets/{ticket.ref}/{act}/", form, follow=True)


def said(ticket: Ticket, kind: str = "agent") -> list[str]:
    rows = Message.objects.filter(ticket=ticket, kind=kind).order_by("id")
    return list(rows.values_list("text", flat=True))


def words(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_each_opening_of_the_page_has_a_name_of_its_own(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    pages = [client.get(f"/tickets/{ticket.ref}/").context["once"] for _opening in range(2)]
    assert pages[0] and pages[0] != pages[1]


def test_the_same_from_two_tabs_goes_once(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "tab-1")
    second = press(client, ticket, "tab-2", text=f"{ANSWER}\r\n")
    assert said(ticket) == [ANSWER]
    assert "You sent this answer already" in words(second)
    assert ANSWER in words(second)  # there, in the conversation
    assert second.context["reply_form"].data == {}
    assert len(sent()) == 2  # the acknowledgement, and the answer


def test_a_page_that_was_used_takes_no_second_text_and_keeps_it(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "page")
    second = press(client, ticket, "page", text="And tell me if not.")
    assert second.status_code == 422
    assert "differs from it and was not sent" in words(second)
    assert ">And tell me if not.</textarea>" in words(second)
    assert said(ticket) == [ANSWER]
    press(client, ticket, second.context["once"], text="And tell me if not.")
    assert said(ticket) == [ANSWER, "And tell me if not."]


def test_the_same_again_after_the_customer_wrote_is_meant(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1")
    arrive_one("No, it does not.", In_Reply_To=sent()[-1].message_id)
    press(client, ticket, "2")
    assert said(ticket) == [ANSWER, ANSWER]


def test_an_automatic_answer_in_between_changes_nothing(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1")
    arrive_one("I am away.", In_Reply_To=sent()[-1].message_id, Auto_Submitted="auto-replied")
    press(client, ticket, "2")
    assert said(ticket) == [ANSWER]


def test_a_reminder_in_the_same_words_days_later_is_meant(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1")
    for one in Message.objects.filter(ticket=ticket):
        Message.objects.filter(pk=one.pk).update(at=one.at - timedelta(days=2))
    press(client, ticket, "2")
    assert said(ticket) == [ANSWER, ANSWER]


def test_with_the_file_that_was_forgotten_it_is_another(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1")
    for once, content in (("2", b"one"), ("3", b"one"), ("4", b"two")):
        press(client, ticket, once, attachments=[SimpleUploadedFile("log.txt", content)])
    assert len(said(ticket)) == 3


def test_to_another_address_it_is_another(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1")
    services.change_requester(ticket.ref, OTHER_ADDRESS, actor=office.agent.actor)
    press(client, ticket, "2")
    assert len(sent(OTHER_ADDRESS)) == 1


def test_what_came_back_may_be_said_again(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1")
    Delivery.objects.filter(pk=sent(CUSTOMER)[-1].pk).update(state="bounced")
    press(client, ticket, "2")
    assert len(said(ticket)) == 2


def test_two_colleagues_may_say_the_same(office: Office) -> None:
    ticket = arrive_one()
    press(signed_in(office.agent), ticket, "1")
    press(signed_in(office.lead), ticket, "2")
    assert len(said(ticket)) == 2


def test_the_same_note_from_two_tabs_is_one(office: Office) -> None:
    client, ticket = signed_in(office.agent), arrive_one()
    press(client, ticket, "1", text="Looks like mx2.", act="note")
    second = press(client, ticket, "2", text="Looks like mx2.", act="note")
    assert said(ticket, "note") == ["Looks like mx2."]
    assert "You left this note already" in words(second)
    press(client, ticket, "3", text="Looks like mx2.")  # and told to the customer: another thing
    assert said(ticket) == ["Looks like mx2."]


def test_a_program_decides_for_itself(office: Office) -> None:
    ticket = arrive_one()
    for _time in range(2):
        services.reply(ticket.ref, ANSWER, actor=office.agent.actor)
    assert len(said(ticket)) == 2


def opened(client: Client, ticket: Ticket) -> str:
    """What the page had seen when it was opened."""
    field = re.search(r'name="seen" value="(\d+)"', words(client.get(f"/tickets/{ticket.ref}/")))
    assert field
    return field[1]


def test_an_answer_that_the_writer_has_not_seen_stops_theirs_once(office: Office) -> None:
    mine, hers, ticket = signed_in(office.agent), signed_in(office.lead), arrive_one()
    seen = opened(mine, ticket)
    press(hers, ticket, "hers", text="I am looking into it.", seen=opened(hers, ticket))
    stopped = press(mine, ticket, "mine", seen=seen)
    assert stopped.status_code == 422
    assert f"{office.lead.name} answered while you were writing." in words(stopped)
    assert f">{ANSWER}</textarea>" in words(stopped)
    assert said(ticket) == ["I am looking into it."]
    press(mine, ticket, stopped.context["once"], seen=stopped.context["seen"])
    assert said(ticket) == ["I am looking into it.", ANSWER]


def test_another_fault_of_the_form_does_not_hide_that_somebody_answered(office: Office) -> None:
    mine, ticket = signed_in(office.agent), arrive_one()
    seen = opened(mine, ticket)
    press(signed_in(office.lead), ticket, "hers", text="Hers.")
    empty = press(mine, ticket, "mine", text=" ", seen=seen)
    stopped = press(mine, ticket, "mine", seen=empty.context["seen"])
    assert "answered while you were writing" in words(stopped)
    assert said(ticket) == ["Hers."]


def test_notes_of_others_and_answers_of_ones_own_stop_nobody(office: Office) -> None:
    mine, ticket = signed_in(office.agent), arrive_one()
    seen = opened(mine, ticket)
    press(signed_in(office.lead), ticket, "note", text="Be kind.", act="note")
    arrive_one("And one thing more.", In_Reply_To=sent()[-1].message_id)
    press(mine, ticket, "1", seen=seen)
    press(mine, ticket, "2", text="And this.", seen=seen)
    assert said(ticket) == [ANSWER, "And this."]


def test_a_note_is_left_whoever_answered(office: Office) -> None:
    mine, ticket = signed_in(office.agent), arrive_one()
    seen = opened(mine, ticket)
    press(signed_in(office.lead), ticket, "hers")
    press(mine, ticket, "note", text="She knows him.", act="note", seen=seen)
    assert said(ticket, "note") == ["She knows him."]


def test_a_program_is_not_asked_what_it_saw(office: Office) -> None:
    ticket = arrive_one()
    press(signed_in(office.lead), ticket, "hers")
    services.reply(ticket.ref, "By a program.", actor=office.agent.actor)
    assert said(ticket) == [ANSWER, "By a program."]


def test_nonsense_in_place_of_what_was_seen_stops_nobody(office: Office) -> None:
    mine, ticket = signed_in(office.agent), arrive_one()
    for number, nonsense in enumerate(("", "x", "-1", "9" * 40)):
        press(mine, ticket, f"o{number}", text=f"{number}", seen=nonsense)
    assert said(ticket) == ["0", "1", "2", "3"]
