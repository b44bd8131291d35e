"""Every verb, role by role and department by department: who may, may; nobody else, by page, program or
otherwise."""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from tests.desk.office import Office, arrive_one
from tests.desk.office import build as build_office
from tests.desk.test_pages import signed_in

from tocsin.catalog import services as catalog
from tocsin.desk import services as desk
from tocsin.desk.models import Ticket
from tocsin.incidents import services as incidents
from tocsin.intake import services as intake
from tocsin.kernel import permissions, settings
from tocsin.kernel.actors import SYSTEM, Actor
from tocsin.kernel.errors import Forbidden, NotFound, Refused
from tocsin.mailroom import services as mailroom
from tocsin.people import services as people
from tocsin.people.models import Role, Staff
from tocsin.people.settings import COMPANY_NAME

pytestmark = pytest.mark.django_db

DEPARTMENTS = ("support", "sales")
ROLES = ("observer", "agent", "lead", "admin", "reader", "nobody")


@dataclass
class World:
    """A company with a ticket in each department, an incident, and somebody of each role in the support."""

    office: Office
    tickets: dict[str, Ticket]
    incident: str

    def person(self, role: str) -> Staff:
        return people.create_staff(
            email=f"{role}@company.test",
            name=role.title(),
            role=role,
            password="long enough indeed",
            departments=["support"],
        )


@pytest.fixture
def world() -> World:
    office = build_office()
    tickets = {"support": arrive_one("Mail is down"), "sales": arrive_one("An offer, please")}
    desk.forward(tickets["sales"].ref, "sales", actor=SYSTEM, tell=False)
    catalog.save_component(key="mail", name={"en": "Mail"})
    people.save_role(
        "", name={"en": "Reader"}, grants={"read": ["all"], "work_tickets": ["own"]}, actor=SYSTEM
    )
    people.save_role("", name={"en": "Nobody"}, grants={}, actor=SYSTEM)
    incident = incidents.declare(an_incident(), actor=SYSTEM)
    return World(office, tickets, incident.ref or "")


def an_incident() -> incidents.NewIncident:
    from datetime import timedelta

    from tocsin.kernel import clock

    now = clock.now()
    return incidents.NewIncident(
        title="Mail is down",
        component_keys=["mail"],
        message={"en": "We are on it."},
        next_update_at=now + timedelta(minutes=30),
        started_at=now,
    )


def a_call() -> intake.TicketRequest:
    return intake.TicketRequest("a@b.test", "Help", "Help me.")


def an_update() -> incidents.NewUpdate:
    from datetime import timedelta

    from tocsin.kernel import clock

    later = clock.now() + timedelta(minutes=30)
    return incidents.NewUpdate("identified", {"en": "We know why."}, next_update_at=later)


# --- The verbs, and what each needs ----------------------------------------------------------------------

Act = Callable[[World, str, Actor], object]

OF_A_TICKET: dict[str, Act] = {
    "desk.set_status": lambda world, ref, actor: desk.set_status(ref, "on_hold", actor=actor),
    "desk.set_priority": lambda world, ref, actor: desk.set_priority(ref, "urgent", actor=actor),
    "desk.assign": lambda world, ref, actor: desk.assign(ref, world.office.lead.pk, actor=actor),
    "desk.forward": lambda world, ref, actor: desk.forward(
        ref, {"support": "sales", "sales": "support"}[_department(ref)], actor=actor
    ),
    "desk.reply": lambda world, ref, actor: desk.reply(ref, "We are on it.", actor=actor),
    "desk.add_note": lambda world, ref, actor: desk.add_note(ref, "Hm.", actor=actor),
    "desk.mark_read": lambda world, ref, actor: desk.mark_read(ref, actor=actor),
    "desk.change_requester": lambda world, ref, actor: desk.change_requester(ref, "x@y.test", actor=actor),
    "desk.believe_again": lambda world, ref, actor: desk.believe_again(
        ref, Ticket.objects.get(ref=ref).requester_address, actor=actor
    ),
    "desk.send_again": lambda world, ref, actor: _send_again(ref, actor),
}
OF_AN_INCIDENTS_TICKET: dict[str, Act] = {
    "incidents.attach": lambda world, ref, actor: incidents.attach(world.incident, ref, actor=actor),
    "incidents.detach": lambda world, ref, actor: incidents.detach(world.incident, ref, actor=actor),
    "incidents.dismiss": lambda world, ref, actor: incidents.dismiss(world.incident, ref, actor=actor),
}
OTHERS: dict[str, tuple[str, Callable[[World, Actor], object]]] = {
    "intake.open_ticket": (
        "work_tickets",
        lambda world, actor: intake.open_ticket(a_call(), actor=actor),
    ),
    "incidents.declare": (
        "declare_incidents",
        lambda world, actor: incidents.declare(an_incident(), actor=actor),
    ),
    "incidents.post_update": (
        "update_incidents",
        lambda world, actor: incidents.post_update(world.incident, an_update(), actor=actor),
    ),
    "people.save_customer": (
        "manage_customers",
        lambda world, actor: people.save_customer(key="c9", name="New", actor=actor),
    ),
    "catalog.set_uses": (
        "manage_customers",
        lambda world, actor: catalog.set_uses(world.office.customer.pk, ["mail"], actor=actor),
    ),
    "catalog.save_component": (
        "manage_settings",
        lambda world, actor: catalog.save_component(key="dns", name={"en": "DNS"}, actor=actor),
    ),
    "people.create_staff": (
        "manage_settings",
        lambda world, actor: people.create_staff(
            email="new@company.test", name="New", role="agent", password="long enough", actor=actor
        ),
    ),
    "people.change_staff": (
        "manage_settings",
        lambda world, actor: people.change_staff(
            world.office.agent.pk,
            name="N",
            email="n@company.test",
            role="observer",
            departments=[],
            language="",
            password="",
            is_active=True,
            actor=actor,
        ),
    ),
    "people.set_password": (
        "manage_settings",
        lambda world, actor: people.set_password(world.office.agent.email, "some other one", actor=actor),
    ),
    "people.save_company": (
        "manage_settings",
        lambda world, actor: people.save_company(name="Us", language="en", languages=["en"], actor=actor),
    ),
    "people.save_department": (
        "manage_settings",
        lambda world, actor: people.save_department(key="new", name={"en": "New"}, actor=actor),
    ),
    "people.save_role": (
        "manage_settings",
        lambda world, actor: people.save_role("nobody", name={"en": "Nobody"}, grants={}, actor=actor),
    ),
    "people.remove_role": (
        "manage_settings",
        lambda world, actor: people.remove_role(_free_role(), actor=actor),
    ),
    "people.create_api_token": (
        "manage_settings",
        lambda world, actor: people.create_api_token("billing", actor=actor),
    ),
    "people.revoke_api_token": (
        "manage_settings",
        lambda world, actor: people.revoke_api_token(people.create_api_token("x")[0].pk, actor=actor),
    ),
    "desk.save_signature": (
        "manage_settings",
        lambda world, actor: desk.save_signature("department:1", {"en": "Yours"}, actor=actor),
    ),
    "settings.change": (
        "manage_settings",
        lambda world, actor: settings.change([COMPANY_NAME.to("Us")], actor=actor),
    ),
    "mailroom.save_account": (
        "manage_settings",
        lambda world, actor: mailroom.save_account("email", address="other@example.test", actor=actor),
    ),
    "mailroom.look_now": (
        "manage_settings",
        lambda world, actor: mailroom.look_now(world.office.mailbox.pk, actor=actor),
    ),
    "mailroom.read_again": ("manage_settings", lambda world, actor: _tolerant(mailroom.read_again, 0, actor)),
    "mailroom.try_again": ("manage_settings", lambda world, actor: _tolerant(mailroom.try_again, 0, actor)),
}
OF_ONESELF = {
    "people.add_staff_address": lambda staff_id, actor: people.add_staff_address(
        staff_id, "email", "me@home.test", actor=actor
    ),
    "people.prove_again": lambda staff_id, actor: people.prove_again(
        staff_id, _an_address(staff_id), actor=actor
    ),
    "people.confirm_staff_address": lambda staff_id, actor: people.confirm_staff_address(
        staff_id, _an_address(staff_id), "000000", actor=actor
    ),
    "people.remove_staff_address": lambda staff_id, actor: people.remove_staff_address(
        staff_id, _an_address(staff_id), actor=actor
    ),
    "people.order_staff_addresses": lambda staff_id, actor: people.order_staff_addresses(
        staff_id, [], actor=actor
    ),
}
# Called by verbs of upper rooms, which have checked: `actor` is for the log alone. And one read.
FOR_UPPER_ROOMS = {
    "desk.close_quietly",
    "desk.customer_step",
    "desk.link_tickets",
    "desk.unlink_ticket",
    "incidents.tickets_for",
}


def _department(ref: str) -> str:
    return Ticket.objects.select_related("department").get(ref=ref).department.key


def _send_again(ref: str, actor: Actor) -> None:
    try:
        desk.send_again(ref, 0, actor=actor)
    except NotFound as nothing:
        if "delivery" not in nothing.message:
            raise


def _tolerant(verb: Callable[[int, Actor], object], pk: int, actor: Actor) -> None:
    """There is no such thing here, but whoever hears that was let in."""
    with contextlib.suppress(NotFound):
        verb(pk, actor)


def _free_role() -> str:
    return Role.objects.create(key="free", name={"en": "Free"}).pk


def _an_address(staff_id: int) -> int:
    from tocsin.people.models import StaffAddress

    return StaffAddress.objects.filter(staff_id=staff_id).latest("pk").pk


# --- The table ------------------------------------------------------------------------------------------

# Of the roles in the support: where they see tickets and where they work on them.
SEES = {
    "observer": {"support"},
    "agent": {"support"},
    "lead": set(DEPARTMENTS),
    "admin": set(DEPARTMENTS),
    "reader": set(DEPARTMENTS),
    "nobody": set(),
}
WORKS = SEES | {"observer": set(), "reader": {"support"}}
UPDATES = {"agent", "lead", "admin"}
MAY = {
    "work_tickets": {"agent", "lead", "admin", "reader"},
    "declare_incidents": UPDATES,
    "update_incidents": UPDATES,
    "manage_customers": {"lead", "admin"},
    "manage_settings": {"lead", "admin"},
}


def outcome(act: Callable[[], object]) -> str:
    """`done`, `forbidden`, or `unseen`."""
    try:
        act()
    except Forbidden:
        return "forbidden"
    except NotFound as error:
        assert "There is no" in error.message
        return "unseen"
    return "done"


@pytest.mark.parametrize("department", DEPARTMENTS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", OF_A_TICKET)
def test_verbs_of_a_ticket(world: World, verb: str, role: str, department: str) -> None:
    expected = "unseen"
    if department in SEES[role]:
        expected = "done" if department in WORKS[role] else "forbidden"
    ref, actor = world.tickets[department].ref, world.person(role).actor
    assert outcome(lambda: OF_A_TICKET[verb](world, ref, actor)) == expected


@pytest.mark.parametrize("department", DEPARTMENTS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", OF_AN_INCIDENTS_TICKET)
def test_verbs_of_an_incidents_tickets(world: World, verb: str, role: str, department: str) -> None:
    expected = "forbidden"
    if role in UPDATES:
        expected = "done" if department in WORKS[role] else "unseen"
    ref, actor = world.tickets[department].ref, world.person(role).actor
    assert outcome(lambda: OF_AN_INCIDENTS_TICKET[verb](world, ref, actor)) == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", OTHERS)
def test_other_verbs(world: World, verb: str, role: str) -> None:
    permission, act = OTHERS[verb]
    actor = world.person(role).actor
    assert outcome(lambda: act(world, actor)) == ("done" if role in MAY[permission] else "forbidden")


@pytest.mark.parametrize("whose", ["own", "somebody else's"])
@pytest.mark.parametrize("role", ["observer", "admin"])
@pytest.mark.parametrize("verb", OF_ONESELF)
def test_verbs_of_ones_own_addresses(world: World, verb: str, role: str, whose: str) -> None:
    me = world.person(role)
    owner = me if whose == "own" else world.office.agent

    def act() -> None:
        try:
            OF_ONESELF[verb](owner.pk, me.actor)
        except NotFound:
            raise
        except Refused:
            pass  # not possible now, but they were let in

    assert outcome(act) == ("done" if whose == "own" or role == "admin" else "unseen")


ROOMS = {
    "people": people,
    "catalog": catalog,
    "mailroom": mailroom,
    "desk": desk,
    "intake": intake,
    "incidents": incidents,
    "settings": settings,
}


def verbs_that_ask_who_acts(module: ModuleType, home: str) -> list[str]:
    return [
        name
        for name, verb in inspect.getmembers(module, inspect.isfunction)
        if verb.__module__.startswith(home) and "actor" in inspect.signature(verb).parameters
    ]


def test_every_verb_that_asks_who_acts_is_in_the_table() -> None:
    found = {
        f"{room}.{name}"
        for room, module in ROOMS.items()
        for name in verbs_that_ask_who_acts(module, module.__name__.removesuffix(".services"))
        if not name.startswith("_")
    }
    tested = {*OF_A_TICKET, *OF_AN_INCIDENTS_TICKET, *OTHERS, *OF_ONESELF, *FOR_UPPER_ROOMS}
    assert found == tested


def test_every_room_with_verbs_that_ask_who_acts_is_looked_at() -> None:
    from django.apps import apps

    asking = set()
    for config in apps.get_app_configs():
        if not config.name.startswith("tocsin."):
            continue
        module = _services_of(config.name)
        if module and verbs_that_ask_who_acts(module, config.name):
            asking.add(config.label)
    assert asking <= set(ROOMS)


def _services_of(room: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"{room}.services")
    except ModuleNotFoundError:
        return None


# --- Pages and programs ------------------------------------------------------------------------------------

PAGES: dict[str, dict[str, Any]] = {
    "status/": {"status": "on_hold"},
    "priority/": {"priority": "urgent"},
    "assignee/": {"assignee": ""},
    "department/": {"department": "support"},
    "requester/": {"address": "x@y.test"},
    "reply/": {"text": "Hello"},
    "note/": {"text": "Hello"},
    "believe/": {"address": "maria@customer.test"},
    "deliveries/1/again/": {},
}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reaches_a_ticket_of_another_department(world: World, page: str) -> None:
    ticket = world.tickets["sales"]
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    answer = signed_in(world.person("agent")).post(f"/tickets/{ticket.ref}/{page}", PAGES[page])
    assert answer.status_code == 404
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


def test_acts_on_many_leave_those_of_another_department_alone(world: World) -> None:
    refs = [one.ref for one in world.tickets.values()]
    client = signed_in(world.person("agent"))
    client.post("/inbox/act/", {"pick": refs, "act": "status:closed"})
    status = {key: Ticket.objects.get(ref=one.ref).status for key, one in world.tickets.items()}
    assert status == {"support": "closed", "sales": "new"}


def test_who_reads_everywhere_and_works_in_one_department_sees_no_forms_elsewhere(world: World) -> None:
    client = signed_in(world.person("reader"))
    mine = client.get(f"/tickets/{world.tickets['support'].ref}/").content.decode()
    theirs = client.get(f"/tickets/{world.tickets['sales'].ref}/").content.decode()
    assert "reply/" in mine
    assert "reply/" not in theirs
    assert "An offer, please" in theirs
    address = f"/tickets/{world.tickets['sales'].ref}/note/"
    assert client.post(address, {"text": "Hm."}).status_code == 403


def program(role: str, *departments: str) -> Client:
    _token, secret = people.create_api_token(role, role=role, departments=departments)
    return Client(headers={"authorization": f"Bearer {secret}"})


READS = {
    "/api/v1/tickets": "read",
    "/api/v1/components": "read",
    "/api/v1/incidents": "read",
    "/api/v1/customers": "see_customers",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", READS)
def test_programs_read_what_their_role_permits(world: World, address: str, role: str) -> None:
    readers = set(ROLES) - {"nobody"} if READS[address] == "read" else UPDATES
    expected = 200 if role in readers else 403
    assert program(role).get(address).status_code == expected


def test_a_program_of_one_department_knows_nothing_of_the_others(world: World) -> None:
    api, ours, theirs = program("agent", "support"), world.tickets["support"], world.tickets["sales"]
    assert [one["ref"] for one in api.get("/api/v1/tickets").json()["items"]] == [ours.ref]
    assert api.get(f"/api/v1/tickets/{ours.ref}").status_code == 200
    assert api.get(f"/api/v1/tickets/{theirs.ref}").status_code == 404
    for act in ("notes", "replies"):
        send = {"data": {"text": "Hello"}, "content_type": "application/json"}
        assert api.post(f"/api/v1/tickets/{ours.ref}/{act}", **send).status_code == 201
        assert api.post(f"/api/v1/tickets/{theirs.ref}/{act}", **send).status_code == 404


WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "/api/v1/tickets": (
        "work_tickets",
        {"requester": {"address": "a@b.test"}, "subject": "Help", "text": "Help me."},
    ),
    "/api/v1/customers": ("manage_customers", {"key": "c9", "name": "New"}),
    "/api/v1/components": ("manage_settings", {"key": "dns", "name": {"en": "DNS"}}),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", WRITES)
def test_programs_do_what_their_role_permits(world: World, address: str, role: str) -> None:
    permission, body = WRITES[address]
    answer = program(role).post(address, body, content_type="application/json")
    assert answer.status_code == (201 if role in MAY[permission] else 403), answer.content
    if answer.status_code == 403:
        label = permissions.permission(permission).label
        assert answer.json()["error"] == f"You may not do this: {label}."
        assert answer.json()["reasons"][0]["code"] == "kernel.forbidden"


def test_a_revoked_token_and_somebody_who_left_may_nothing(world: World) -> None:
    token, _secret = people.create_api_token("old")
    people.revoke_api_token(token.pk)
    token.refresh_from_db()
    agent = world.office.agent
    agent.is_active = False
    for actor in (token.actor, agent.actor):
        assert not any(actor.may(one.key) for one in permissions.declared())
