"""Signatures as heads of support edit them."""

from __future__ import annotations

import pytest
from tests.desk.office import Office, arrive_one, sent
from tests.desk.test_pages import shown, signed_in

from tocsin.desk import services

pytestmark = pytest.mark.django_db


def test_a_head_edits_a_departments_signature_and_sees_it_first(office: Office) -> None:
    client = signed_in(office.lead)
    page = f"/settings/signatures/department/{office.support.pk}/"
    assert "Ana\nSupport, " in shown(client, page)
    words = {"text_en": "{agent}\r\nNight shift", "text_el": ""}
    previewed = client.post(f"{page}preview/", words).content.decode()
    assert "-- \nAna\nNight shift" in previewed
    assert "Night shift" not in shown(client, "/settings/signatures/")
    assert client.post(page, words).status_code == 302
    assert "Night shift" in shown(client, "/settings/signatures/")
    ticket = arrive_one()
    services.reply(ticket.ref, "Done.", actor=office.agent.actor)
    assert "-- \nNikos\nNight shift\n" in sent()[-1].payload["text"]


def test_a_mailbox_may_have_its_own(office: Office) -> None:
    client = signed_in(office.lead)
    assert "As Support signs" in shown(client, "/settings/signatures/")
    client.post(f"/settings/signatures/account/{office.mailbox.pk}/", {"text_en": "Box of {company}"})
    assert "As Support signs" not in shown(client, "/settings/signatures/")


def test_quoting_is_switched_on_and_off(office: Office) -> None:
    client, page = signed_in(office.lead), "/account/settings/tickets/"
    below = "Signature and their last message"
    ticket = arrive_one()
    assert below in shown(client, f"/tickets/{ticket.ref}/")
    assert client.post(page, {}).status_code == 302
    assert below not in shown(client, f"/tickets/{ticket.ref}/")
    assert client.post(page, {"desk_quote_last_message": "on"}).status_code == 302
    assert below in shown(client, f"/tickets/{ticket.ref}/")


def test_an_agent_has_no_business_there(office: Office) -> None:
    client = signed_in(office.agent)
    for address in ("/settings/signatures/", f"/settings/signatures/department/{office.support.pk}/"):
        shown(client, address, status=403)
    assert client.post("/account/settings/tickets/", {}).status_code == 403
    shown(signed_in(office.lead), "/settings/signatures/department/999/", status=404)
