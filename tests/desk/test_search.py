"""Searching as staff do: tickets, customers, other kinds, on the page and in the palette; what is indexed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from tests.desk.office import arrive, arrive_one, mail
from tests.desk.test_pages import shown, signed_in
from tests.harness.statements import counted

from tocsin.console import searching
from tocsin.desk import queries, services
from tocsin.kernel import search
from tocsin.kernel.models import SearchDocument
from tocsin.kernel.search import documents
from tocsin.kernel.search.reindexing import reindex
from tocsin.people import services as people
from tocsin.people.access import staff
from tocsin.people.queries import visible_departments

if TYPE_CHECKING:
    from tests.desk.office import Office

pytestmark = pytest.mark.django_db


def words_of(kind: str) -> dict[int, tuple[int, int | None, str]]:
    rows = SearchDocument.objects.filter(kind=kind)
    return {part: rest for part, *rest in rows.values_list("part", "owner", "department", "search")}  # type: ignore[misc]


def test_documents_made_again_are_those_written_with_the_messages(office: Office) -> None:
    ticket = arrive_one("Το τιμολόγιο λείπει", Subject="Invoice", From="Maria <maria@customer.test>")
    services.reply(ticket.ref, "It is on its way.", actor=office.agent.actor)
    services.add_note(ticket.ref, "Look at the printer", actor=office.agent.actor)
    services.forward(ticket.ref, "sales", actor=office.agent.actor)
    written = words_of("ticket")
    assert len(written) == 4
    assert {department for _owner, department, _words in written.values()} == {office.sales.pk}
    SearchDocument.objects.all().delete()
    assert list(reindex("ticket"))[-1] == 1
    assert words_of("ticket") == written
    customers = words_of("customer")
    list(reindex("customer"))
    assert set(words_of("customer")) == {office.customer.pk}
    assert customers in ({}, words_of("customer"))


def test_a_ticket_that_moved_is_found_by_those_who_have_it(office: Office) -> None:
    ticket = arrive_one("The safe does not open")
    assert queries.search("safe", office.salesman).items == []
    services.forward(ticket.ref, "sales", actor=office.agent.actor)
    assert queries.search("safe", office.salesman).items == [ticket]


def test_it_is_said_whose_a_ticket_is_that_one_does_not_see(office: Office) -> None:
    arrive(mail("The safe does not open"), mail("The safe is empty"))
    found = queries.search("safe", office.salesman)
    assert (found.items, found.total, found.elsewhere) == ([], 0, {office.support.pk: 2})
    page = shown(signed_in(office.salesman), "/search/?q=safe")
    assert "2 tickets with these words belong to Support, which you do not see." in page
    assert "Nothing found" not in page
    assert "2 tickets found." in shown(signed_in(office.lead), "/search/?q=safe")


def test_pages_go_to_the_oldest(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.kernel.search.finding.WINDOW", 5)
    tickets = [one.ticket for one in arrive(*(mail(f"unicorn number {n}") for n in range(23)))]
    seen, cursor = [], None
    while True:
        found = queries.search("unicorn", office.agent, cursor, size=4)
        seen += found.items
        cursor = found.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 23
    assert seen[-1] in tickets[:3]
    assert "cursor=" in shown(signed_in(office.agent), "/search/?q=unicorn") or len(seen) < 26


# --- Customers --------------------------------------------------------------------------------------


def test_customers_are_found_by_any_of_their_words(office: Office) -> None:
    client = signed_in(office.agent)
    people.save_customer(key="AF-77", name="Ναυτιλιακή Αιγαίου", addresses=["info@aigaio.test"])
    for typed in ("αιγαιου", "AF-77", "info@aigaio.test", "aigaio.test", "ναυτιλ"):
        page = shown(client, f"/search/?q={typed}")
        assert "Ναυτιλιακή Αιγαίου" in page, typed
    people.save_customer(key="AF-77", name="Adriatic Lines", addresses=["info@aigaio.test"])
    assert "Adriatic Lines" not in shown(client, "/search/?q=αιγαιου")
    assert "Adriatic Lines" in shown(client, "/search/?q=adriatic")


def test_who_writes_for_a_customer_is_found_by_name_as_soon_as_we_hear_it(office: Office) -> None:
    people.save_customer(key="c7", name="Cedar", addresses=["post@cedar.test"])
    arrive_one(From="Zacharias Quill <post@cedar.test>")
    assert search.find_few("zacharias", ["customer"])["customer"]


def test_who_may_not_see_customers_finds_none(office: Office) -> None:
    observer = people.create_staff(
        email="o@example.test", name="O", role="observer", password="long enough", departments=[]
    )
    assert "Aegean Ferries" in shown(signed_in(office.agent), "/search/?q=aegean")
    assert "/customer/" not in shown(signed_in(observer), "/search/?q=aegean")
    assert "/customer/" not in shown(signed_in(observer), "/console/found/?q=aegean")


# --- Who finds what ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "departments", "tickets", "customers", "shelves_of"),
    [
        ("observer", [], "support sales", False, "everybody support sales"),
        ("observer", ["sales"], "sales", False, "everybody sales"),
        ("agent", [], "support sales", True, "everybody support sales"),
        ("agent", ["sales"], "sales", True, "everybody sales"),
        ("agent", ["support"], "support", True, "everybody support"),
        ("agent", ["support", "sales"], "support sales", True, "everybody support sales"),
        ("lead", [], "support sales", True, "everybody support sales"),
        ("admin", [], "support sales", True, "everybody support sales"),
    ],
)
def test_each_role_finds_its_own(
    office: Office,
    shelves: None,
    role: str,
    departments: list[str],
    tickets: str,
    customers: bool,
    shelves_of: str,
) -> None:
    """Tickets, customers, and a kind of a room above, on the page and in the palette. Who belongs to no
    department belongs to all of them."""
    for number, department in enumerate((None, office.support.pk, office.sales.pk)):
        words = search.to_tsvector_text([("aegean", "A")])
        search.write(
            "shelf", [search.Document(number, number, department, office.customer.created_at, words)]
        )
    refs = {key: arrive_one("The aegean is calm").ref for key in ("support", "sales")}
    services.forward(refs["sales"], "sales", actor=office.lead.actor)
    reader = people.create_staff(
        email="who@example.test", name="Who", role=role, password="long enough", departments=departments
    )
    client = signed_in(reader)
    for path in ("/search/?q=aegean", "/console/found/?q=aegean"):
        page = shown(client, path)
        assert {key for key, ref in refs.items() if f"/tickets/{ref}/" in page} == set(tickets.split()), path
        assert (f"/customer/{office.customer.pk}/" in page) is customers, path
        places = {key: f"/shelf/{n}/" for n, key in enumerate(("everybody", "support", "sales"))}
        assert {key for key, place in places.items() if place in page} == set(shelves_of.split()), path


def test_the_page_asks_the_same_for_few_and_for_many(office: Office) -> None:
    client = signed_in(office.agent)

    def asked() -> int:
        shown(client, "/search/?q=unicorn")
        with counted() as sent:
            shown(client, "/search/?q=unicorn")
        return len(sent)

    arrive_one("A unicorn")
    people.save_customer(key="u1", name="Unicorn", addresses=["u1@unicorn.test"])
    few = asked()
    arrive(*(mail(f"Unicorn number {n}") for n in range(40)))
    for number in range(2, 9):
        people.save_customer(key=f"u{number}", name="Unicorn", addresses=[f"u{number}@unicorn.test"])
    assert asked() <= few <= 16


# --- The palette, and kinds of rooms above ----------------------------------------------------------


def test_the_palette_finds_every_kind(office: Office) -> None:
    ticket = arrive_one("The ferry has left", Subject="Ferry")
    client = signed_in(office.agent)
    found = shown(client, "/console/found/?q=ferr")
    assert f"/tickets/{ticket.ref}/" in found
    assert f"/customer/{office.customer.pk}/" in found
    assert f"/tickets/{ticket.ref}/" in shown(client, f"/console/found/?q={ticket.ref}")
    assert shown(client, "/console/found/?q=%00").strip() == ""
    assert shown(client, "/console/found/").strip() == ""
    assert Client().get("/console/found/?q=ferr").status_code == 302


@pytest.fixture
def shelves() -> Iterator[None]:
    """A room above adds a kind of things, and nothing else is edited."""
    at = "2026-11-21T00:00:00+00:00"

    def made(numbers: list[int]) -> Iterator[search.Document]:
        from datetime import datetime

        for number in numbers:
            words = search.to_tsvector_text([(f"shelf{number}", "A")])
            yield search.Document(number, number, None, datetime.fromisoformat(at), words)

    search.register(search.Indexer("shelf", made, lambda after, most: [n for n in (1, 2) if n > after]))
    searching.offer(
        searching.Kind(
            "shelf",
            90,
            "Shelves",
            "archive",
            present=lambda request, owners: [searching.Result(f"/shelf/{n}/", f"Shelf {n}") for n in owners],
            departments=lambda request: visible_departments(staff(request)),
        )
    )
    yield
    searching.withdraw("shelf")
    documents.forget("shelf")


def test_a_room_above_adds_a_kind_of_things(office: Office, shelves: None) -> None:
    list(reindex("shelf"))
    client = signed_in(office.agent)
    page = shown(client, "/search/?q=shelf2")
    assert ("Shelves" in page, "Shelf 2" in page, "Shelf 1" in page) == (True, True, False)
    assert "/shelf/1/" in shown(client, "/console/found/?q=shelf")


# --- The command ------------------------------------------------------------------------------------


def test_reindexing_by_the_command(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import Namespace

    from tocsin.command import reindex as command
    from tocsin.command.faults import Fault

    arrive_one("The safe does not open")
    SearchDocument.objects.all().delete()
    assert queries.search("safe", office.agent).items == []
    assert command.run(Namespace(kind=["ticket", "customer"], batch=1, anew=False)) == 0
    assert len(queries.search("safe", office.agent).items) == 1
    assert "ticket: 1" in capsys.readouterr().out
    with pytest.raises(Fault, match="nothing"):
        command.run(Namespace(kind=["nothing"], batch=1, anew=False))
