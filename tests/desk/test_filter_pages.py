"""The filter of a list as its reader gets it: in the address, above the list, with and without JavaScript."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from tests.desk.office import arrive, arrive_one, mail
from tests.desk.test_pages import queries_of, shown, signed_in

from tocsin.people import services as people

if TYPE_CHECKING:
    from tests.desk.office import Office

pytestmark = pytest.mark.django_db


def filtered(*said: dict[str, Any], view: str = "all") -> str:
    text = json.dumps({"version": 1, "all": list(said)})
    return f"/inbox/?view={view}&filter={quote(text)}"


def subject(contains: str) -> dict[str, Any]:
    return {"field": "subject", "is": "contains", "value": contains}


def test_a_filter_stands_in_the_address_and_goes_along(office: Office) -> None:
    client = signed_in(office.agent)
    invoice = arrive_one(Subject="The Invoice & co")
    other = arrive_one(Subject="Mail is down")
    address = filtered(subject("invoice"), view="open")
    page = shown(client, address)
    assert invoice.ref in page
    assert other.ref not in page
    assert "Subject contains invoice" in page
    links = [html.unescape(part.split('"')[0]) for part in page.split('href="')[1:]]
    ticket = next(link for link in links if invoice.ref in link)
    assert "filter=" in ticket
    assert "filter=" in next(link for link in links if "view=all" in link)
    beside = shown(client, ticket)
    assert f'data-row="{other.ref}"' not in beside
    live = next(part for part in beside.split('data-url="') if part.startswith("/inbox/rows/"))
    assert "filter=" in live.split('"')[0]
    rows = shown(client, address.replace("/inbox/", "/inbox/rows/"))
    assert (invoice.ref in rows, other.ref in rows) == (True, False)


def test_acts_lead_back_to_the_same_list(office: Office) -> None:
    client = signed_in(office.agent)
    ticket = arrive_one(Subject="The invoice")
    text = json.dumps({"version": 1, "all": [subject("invoice")]})
    kept = {"view": "all", "filter": text}
    answer = client.post("/inbox/act/", kept | {"pick": ticket.ref, "act": "status:closed"})
    assert parse_qs(urlsplit(answer["Location"]).query)["filter"] == [text]
    answer = client.post(f"/tickets/{ticket.ref}/note/", kept | {"text": "Seen", "once": "n1"})
    assert parse_qs(urlsplit(answer["Location"]).query)["filter"] == [text]


def test_the_form_becomes_an_address_that_can_be_shared(office: Office) -> None:
    client = signed_in(office.agent)
    page = shown(client, "/inbox/?view=mine&edit=1")
    assert 'name="c.0.field"' in page
    typed = {
        "view": "mine",
        "c.join": "any",
        "c.0.field": "subject",
        "c.0.was": "subject",
        "c.0.is": "contains",
        "c.0.value": "Rechnung",
        "c.1.field": "",
    }
    answer = client.get("/inbox/", typed)
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["view"] == ["mine"]
    assert json.loads(query["filter"][0]) == {"version": 1, "any": [subject("Rechnung")]}
    emptied = client.get("/inbox/", typed | {"c.0.field": ""})
    assert emptied["Location"] == "/inbox/?view=mine"


def test_without_javascript_the_buttons_work_too(office: Office) -> None:
    client = signed_in(office.agent)
    arrive_one(Subject="The invoice")
    text = json.dumps({"version": 1, "all": [subject("nothing")]})
    page = client.get("/inbox/", {"filter": text, "c.join": "all", "c.0.field": "status", "do": "add:"})
    shown_page = page.content.decode()
    assert 'name="c.1.field"' in shown_page
    assert "Subject contains nothing" not in shown_page  # the editor is open instead
    assert "No ticket passes the filter" in shown_page  # while the list keeps its filter


def test_what_cannot_be_taken_is_said_in_its_place(office: Office) -> None:
    client = signed_in(office.agent)
    ticket = arrive_one()
    form = {"c.join": "all", "c.0.field": "messages", "c.0.is": "greater", "c.0.value": ""}
    page = client.get("/inbox/", form).content.decode()
    assert "This must be a whole number." in page
    assert ticket.ref in page
    gone = shown(client, filtered({"field": "department", "is": "equals", "value": "closed-down"}))
    assert "There is no “closed-down” here." in gone
    assert ticket.ref not in gone
    for broken in ("{", "[]", '{"version":9,"all":[]}', "x" * 30_000):
        page = shown(client, f"/inbox/?filter={quote(broken)}")
        assert 'role="alert"' in page
        assert ticket.ref not in page


def test_the_editor_is_for_staff_and_drawn_anew_by_itself(office: Office) -> None:
    from django.test import Client

    address = "/console/filter/ticket/"
    assert Client().get(address).status_code == 302
    assert Client().get(f"{address}customer/").status_code == 302
    client = signed_in(office.agent)
    form = {"c.join": "all", "c.0.field": "department", "c.0.is": "one_of"}
    assert client.get(address, form).content.decode().count('type="checkbox"') == 2
    assert client.get("/console/filter/nothing/").status_code == 404


def test_customers_are_found_while_their_name_is_typed(office: Office) -> None:
    people.save_customer(key="c9", name="Adriatic Ferries", addresses=[])
    client = signed_in(office.agent)
    asked = {"for": "c.0.value", "c.0.value": "aeg"}
    assert client.get("/console/filter/ticket/customer/", asked).content.decode().split() == [
        "<option",
        'value="c1">Aegean',
        "Ferries</option>",
    ]


def test_a_filtered_page_costs_the_same_whatever_its_length(office: Office) -> None:
    client = signed_in(office.lead)
    address = filtered(
        subject("number"),
        {"field": "department", "is": "equals", "value": "support"},
        {"field": "customer", "is": "one_of", "value": ["c1"]},
        {"any": [{"field": "assignee", "is": "equals", "value": "me"}, {"field": "assignee", "is": "empty"}]},
    )
    arrive(mail(Subject="Number 0"), mail(Subject="Number 1"))
    few = queries_of(client, address)
    arrive(*(mail(Subject=f"Number {n}") for n in range(30)))
    assert queries_of(client, address) == few
    plain = queries_of(client, "/inbox/?view=all")
    assert few <= plain + 5  # the values of department and customer, twice, and where the page ends
