"""Who may do what, role by role, and what a token opens."""

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tocsin.kernel import permissions
from tocsin.kernel.errors import Conflict, Refused
from tocsin.people import queries, services
from tocsin.people.models import Staff
from tocsin.people.permissions import MANAGE_SETTINGS, READ, SEE_CUSTOMERS

pytestmark = pytest.mark.django_db
PASSWORD = "a good long password"

ALL = {one.key for one in permissions.declared()}
EXPECTED = {
    "observer": {READ},
    "agent": {READ, SEE_CUSTOMERS, "work_tickets", "declare_incidents", "update_incidents"},
    "lead": ALL,
    "admin": ALL,
}
SETTINGS_PAGES = [
    "/account/settings/",
    "/account/settings/company/",
    "/account/staff/",
    "/account/departments/",
    "/account/roles/",
    "/account/roles/add/",
    "/account/roles/agent/",
    "/account/tokens/",
    "/catalog/components/",
]


def person(role: str) -> Staff:
    return services.create_staff(email=f"{role}@example.org", name=role.title(), role=role, password=PASSWORD)


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", EXPECTED)
def test_each_role_carries_exactly_its_permissions(role: str) -> None:
    staff = person(role)
    assert {permission for permission in ALL if queries.may(staff, permission)} == EXPECTED[role]


def test_who_left_may_nothing() -> None:
    staff = person("admin")
    staff.is_active = False
    assert not any(queries.may(staff, permission) for permission in ALL)


@pytest.mark.parametrize("role", EXPECTED)
@pytest.mark.parametrize("address", SETTINGS_PAGES)
def test_settings_open_to_those_who_manage_them(role: str, address: str) -> None:
    status = signed_in(person(role)).get(address).status_code
    assert status == (200 if MANAGE_SETTINGS in EXPECTED[role] else 403)


@pytest.mark.parametrize("address", [*SETTINGS_PAGES, "/account/me/", "/catalog/customers/"])
def test_strangers_are_sent_to_the_sign_in_page(address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


def test_signing_in_with_password_in_any_case_of_the_address() -> None:
    person("agent")
    response = Client().post("/account/login/", {"username": "Agent@Example.org", "password": PASSWORD})
    assert response.status_code == 302
    wrong = Client().post("/account/login/", {"username": "agent@example.org", "password": "wrong"})
    assert "do not match" in wrong.content.decode()


def test_guessing_passwords_is_stopped() -> None:
    person("agent")
    client = Client(REMOTE_ADDR="127.0.0.9")
    answers = [
        client.post(
            "/account/login/", {"username": "agent@example.org", "password": f"wrong {number}"}
        ).status_code
        for number in range(10)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429
    said = client.post("/account/login/", {"username": "agent@example.org", "password": "wrong"})
    assert "15 minutes after the last try" in said.content.decode()
    right = client.post("/account/login/", {"username": "agent@example.org", "password": PASSWORD})
    assert right.status_code == 429


def test_a_token_opens_until_it_is_revoked_and_is_kept_only_as_a_hash() -> None:
    token, secret = services.create_api_token("billing")
    assert secret not in str(vars(token))
    assert queries.token_by_secret(secret) == token
    assert queries.token_by_secret(secret + "x") is None
    services.revoke_api_token(token.pk)
    assert queries.token_by_secret(secret) is None


def test_somebody_can_always_manage_settings() -> None:
    staff = person("admin")
    with pytest.raises(Conflict):
        services.change_staff(
            staff.pk,
            name="A",
            email=staff.email,
            role="agent",
            departments=[],
            language="",
            password="",
            is_active=True,
        )
    assert queries.staff_by_id(staff.pk).role_id == "admin"


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused):
        person("king")


def test_failed_sign_ins_are_counted_together_however_the_address_is_written() -> None:
    person("agent")
    for number in range(10):
        address = "agent@example.org"
        typed = address[:number].upper() + address[number:]
        answer = Client().post("/account/login/", {"username": f" {typed}", "password": "wrong"})
    assert answer.status_code == 429


def test_staff_pages_stay_in_no_cache_and_closed_after_signing_out() -> None:
    client = signed_in(person("agent"))
    assert client.get("/account/me/")["Cache-Control"] == "private, no-cache"
    client.post("/account/logout/")
    assert client.get("/account/me/").status_code == 302


@pytest.mark.parametrize("end", ["nothing", "sign out", "deactivated", "another password", "run out"])
def test_whose_a_session_is_ends_with_it(end: str) -> None:
    person("admin")
    agent = person("agent")
    browser = signed_in(agent)
    key = browser.session.session_key or ""
    assert queries.signed_in([key, "nobody's", ""]) == {key: str(agent.pk)}

    if end == "sign out":
        browser.post("/account/logout/")
    elif end == "run out":
        Session.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    elif end != "nothing":
        changes = {
            "is_active": end != "deactivated",
            "password": "" if end == "deactivated" else "some other one",
        }
        standing = {"name": "A", "email": agent.email, "role": "agent", "departments": [], "language": ""}
        services.change_staff(agent.pk, **standing, **changes)
    assert queries.signed_in([key]) == ({key: str(agent.pk)} if end == "nothing" else {})
