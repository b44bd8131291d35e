"""Roles say what is permitted where; whoever manages settings edits them, and somebody always does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.harness.actors import acting

from tocsin.kernel import permissions, reasons
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.models import LogEntry
from tocsin.people import queries, services
from tocsin.people.models import Role, Staff

pytestmark = pytest.mark.django_db

PASSWORD = "a good long password"


@pytest.fixture
def departments() -> dict[str, int]:
    keys = ("support", "sales", "billing")
    return {key: services.save_department(key=key, name={"en": key.title()}).pk for key in keys}


def person(role: str, *departments: str) -> Staff:
    return services.create_staff(
        email=f"{role}@example.org", name=role.title(), role=role, password=PASSWORD, departments=departments
    )


def save(key: str = "", name: str = "", **grants: Any) -> Role:
    return services.save_role(key, name={"en": name} if name else {}, grants=grants, actor=acting())


def sees(staff: Staff) -> list[int] | None:
    return queries.visible_departments(Staff.objects.get(pk=staff.pk))


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_permission_holds_everywhere_in_ones_own_departments_or_in_certain_ones(
    departments: dict[str, int],
) -> None:
    support, sales, billing = departments.values()
    agent = person("agent", "support")
    assert sees(agent) == [support]
    save("agent", read=["own", sales])
    assert sees(agent) == [support, sales]
    save("agent", read=[billing])
    assert sees(agent) == [billing]
    save("agent", read=["all", sales])
    assert sees(agent) is None
    save("agent", read=[])
    assert sees(agent) == []
    assert not queries.may(Staff.objects.get(pk=agent.pk), "read")


def test_who_belongs_to_no_department_belongs_to_all(departments: dict[str, int]) -> None:
    assert sees(person("agent")) is None


def test_what_nobody_decided_is_as_it_comes_and_stays_so_for_permissions_of_later_editions() -> None:
    agent = person("agent")
    save("agent", see_customers=[])
    assert Role.objects.get(pk="agent").grants == {"see_customers": []}
    assert not queries.may(Staff.objects.get(pk=agent.pk), "see_customers")
    assert queries.may(Staff.objects.get(pk=agent.pk), "work_tickets")
    permissions.declare("fly", "Fly", seeded={"agent": "all"})
    try:
        assert queries.may(Staff.objects.get(pk=agent.pk), "fly")
        assert not queries.may(person("observer"), "fly")
    finally:
        permissions._declared.pop("fly")
        reasons._declared.pop("permissions.fly")


def test_a_change_is_in_the_log_with_what_was_and_what_is() -> None:
    save("agent", see_customers=[], read=["all"])
    entry = LogEntry.objects.get(name="people.role-saved")
    assert (entry.subjects, entry.actor) == (["role:agent"], "staff:7")
    assert entry.data["old"] == {"read": ["own"], "see_customers": ["all"]}
    assert entry.data["new"] == {"read": ["all"], "see_customers": []}


def test_a_role_of_ones_own_is_added_given_and_removed() -> None:
    role = save(name="Night shift", read=["all"])
    assert role.pk == "night-shift"
    assert save(name="Night shift").pk == "night-shift-2"
    assert save(name="Νυχτερινοί").pk == "role"
    somebody = person("night-shift")
    assert queries.may(somebody, "read")
    with pytest.raises(Conflict):
        services.remove_role("night-shift", actor=acting())
    services.remove_role("night-shift-2", actor=acting())
    assert not Role.objects.filter(pk="night-shift-2").exists()


@pytest.mark.parametrize("key", ["observer", "agent", "lead", "admin"])
def test_what_comes_with_tocsin_stays(key: str) -> None:
    with pytest.raises(Conflict):
        services.remove_role(key, actor=acting())


@pytest.mark.parametrize(
    ("grants", "field"),
    [
        ({"read": ["elsewhere"]}, "read"),
        ({"read": [999_999]}, "read"),
        ({"manage_settings": ["own"]}, "manage_settings"),
        ({"fly": ["all"]}, "fly"),
    ],
)
def test_what_a_role_cannot_permit_is_refused(grants: dict[str, Any], field: str) -> None:
    person("admin")
    with pytest.raises(Refused) as refused:
        services.save_role("agent", name={}, grants=grants, actor=acting())
    assert field in refused.value.fields


def test_names_are_asked_for_and_bounded() -> None:
    for name in ("", " ", "x" * 81):
        with pytest.raises(Refused):
            services.save_role("", name={"en": name}, grants={}, actor=acting())
    with pytest.raises(NotFound):
        save("king", "King")


@pytest.mark.parametrize("lost", ["manage_settings", "read"])
def test_nobody_can_lock_everybody_out(lost: str) -> None:
    person("admin")
    with pytest.raises(Conflict, match="Nobody would be left"):
        save("admin", **{lost: []})
    lead = person("lead")
    save("admin", **{lost: []})
    with pytest.raises(Conflict, match="Nobody would be left"):
        save("lead", **{lost: []})
    values = {"name": "L", "email": lead.email, "role": "agent", "departments": [], "language": ""}
    with pytest.raises(Conflict, match="Nobody would be left"):
        services.change_staff(lead.pk, **values, password="", is_active=True)


def test_the_page_says_where_and_a_change_holds_at_once(departments: dict[str, int]) -> None:
    admin, agent = signed_in(person("admin")), person("agent", "support")
    theirs = signed_in(agent)
    page = admin.get("/account/roles/agent/").content.decode()
    assert "Work on tickets" in page and "In their own departments" in page and "Sales" in page
    assert theirs.get("/catalog/customers/").status_code == 200
    posted = {
        "read": ["own", str(departments["sales"])],
        "work_tickets": ["own"],
        "declare_incidents": "on",
    }
    assert admin.post("/account/roles/agent/", posted).status_code == 302
    assert theirs.get("/catalog/customers/").status_code == 403
    assert sees(agent) == sorted([departments["support"], departments["sales"]])
    kept = Role.objects.get(pk="agent").grants
    assert kept["update_incidents"] == []
    assert kept["declare_incidents"] == ["all"]


def test_a_role_is_added_and_removed_on_its_page() -> None:
    admin = signed_in(person("admin"))
    assert admin.post("/account/roles/add/", {"name_en": "Guests", "read": ["all"]}).status_code == 302
    listed = admin.get("/account/roles/").content.decode()
    assert "Guests" in listed and "/account/roles/guests/remove/" in listed
    admin.post("/account/roles/guests/remove/")
    assert not Role.objects.filter(pk="guests").exists()
    refused = admin.post("/account/roles/agent/remove/", follow=True).content.decode()
    assert "comes with Tocsin" in refused


def test_giving_up_ones_last_right_is_refused_on_the_page() -> None:
    admin = signed_in(person("admin"))
    answer = admin.post("/account/roles/admin/", {"read": ["all"]}).content.decode()
    assert "Nobody would be left who may change settings." in answer


def test_a_token_has_a_role_and_departments(departments: dict[str, int]) -> None:
    admin = signed_in(person("admin"))
    posted = {"name": "Billing", "role": "observer", "departments": [departments["sales"]]}
    page = admin.post("/account/tokens/", posted).content.decode()
    assert "Observer" in page and "Sales" in page
    (token,) = queries.tokens()
    assert token.actor.departments("read") == [departments["sales"]]
    assert not token.actor.may("work_tickets")
