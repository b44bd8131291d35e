"""Where staff are told things: added, proven by a code, put in order, removed; on their page and by those who
manage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from tocsin.kernel import clock
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.models import LogEntry
from tocsin.mailroom.models import Delivery
from tocsin.people import queries, services
from tocsin.people.models import Staff, StaffAddress

pytestmark = pytest.mark.django_db
DUTY = "duty-phone@example.test"


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()


def person(name: str, role: str = "agent") -> Staff:
    return services.create_staff(
        email=f"{name}@example.test", name=name.title(), role=role, password="a good long password"
    )


@pytest.fixture
def maria() -> Staff:
    return person("maria")


def browser(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def known(staff: Staff) -> list[str]:
    return [row.value for row in queries.addresses_of_staff(staff.pk)]


def used(staff: Staff) -> list[str]:
    (found,) = queries.reachable_staff([staff.pk])
    return [value for _channel, value in found.addresses]


def code_sent_to(address: str) -> str:
    delivery = Delivery.objects.filter(to_address=address).latest("pk")
    found = re.search(r"\b\d{6}\b", delivery.payload["text"])
    assert found
    return found[0]


def test_the_sign_in_address_is_theirs_from_the_start(maria: Staff) -> None:
    assert used(maria) == ["maria@example.test"]


def test_another_one_is_used_when_its_code_was_entered(maria: Staff) -> None:
    row = services.add_staff_address(maria.pk, "email", f" {DUTY} ", actor=maria.actor)
    assert (known(maria), used(maria)) == (["maria@example.test", DUTY], ["maria@example.test"])
    services.confirm_staff_address(maria.pk, row.pk, f" {code_sent_to(DUTY)[:3]} {code_sent_to(DUTY)[3:]} ")
    assert used(maria) == ["maria@example.test", DUTY]
    names = list(
        LogEntry.objects.filter(name="people.staff-addresses-changed").values_list("data__what", "actor")
    )
    assert names == [("added", maria.actor.ref), ("proven", "system")]


def test_no_code_is_kept_nor_logged(maria: Staff) -> None:
    row = services.add_staff_address(maria.pk, "email", DUTY)
    code = code_sent_to(DUTY)
    row.refresh_from_db()
    assert code not in row.code_digest
    assert not [one for one in LogEntry.objects.all() if code in str(one.data)]


def test_a_wrong_code_proves_nothing_and_five_of_them_end_the_right_one(maria: Staff) -> None:
    row = services.add_staff_address(maria.pk, "email", DUTY)
    right = code_sent_to(DUTY)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(Refused, match="not the code"):
            services.confirm_staff_address(maria.pk, row.pk, wrong)
    with pytest.raises(Refused, match="not the code"):
        services.confirm_staff_address(maria.pk, row.pk, right)
    assert used(maria) == ["maria@example.test"]


def test_a_code_holds_for_an_hour_and_another_one_replaces_it(maria: Staff) -> None:
    row = services.add_staff_address(maria.pk, "email", DUTY)
    first = code_sent_to(DUTY)
    with pytest.raises(Conflict, match="a moment ago"):
        services.prove_again(maria.pk, row.pk)
    clock.move(timedelta(minutes=61))
    with pytest.raises(Refused):
        services.confirm_staff_address(maria.pk, row.pk, first)
    services.prove_again(maria.pk, row.pk)
    second = code_sent_to(DUTY)
    services.confirm_staff_address(maria.pk, row.pk, second)
    assert used(maria)[-1] == DUTY
    with pytest.raises(Conflict, match="confirmed already"):
        services.prove_again(maria.pk, row.pk)


@pytest.mark.parametrize("value", ["", "nobody", "a b@example.test", "x@" + "y" * 400])
def test_what_is_no_address_is_refused(maria: Staff, value: str) -> None:
    with pytest.raises(Refused, match="no address"):
        services.add_staff_address(maria.pk, "email", value)


def test_what_can_not_be_added(maria: Staff) -> None:
    with pytest.raises(Refused, match="no such channel"):
        services.add_staff_address(maria.pk, "webform", DUTY)
    with pytest.raises(Conflict, match="there already"):
        services.add_staff_address(maria.pk, "email", "MARIA@example.test")
    for number in range(9):
        services.add_staff_address(maria.pk, "email", f"{number}@example.test")
    with pytest.raises(Conflict, match="up to 10"):
        services.add_staff_address(maria.pk, "email", DUTY)


def test_order_and_removal(maria: Staff) -> None:
    row = services.add_staff_address(maria.pk, "email", DUTY)
    services.confirm_staff_address(maria.pk, row.pk, code_sent_to(DUTY))
    own = StaffAddress.objects.get(staff=maria, is_sign_in=True)
    services.order_staff_addresses(maria.pk, [row.pk, own.pk])
    assert used(maria) == [DUTY, "maria@example.test"]
    with pytest.raises(Conflict, match="changed meanwhile"):
        services.order_staff_addresses(maria.pk, [row.pk])
    with pytest.raises(Conflict, match="sign in"):
        services.remove_staff_address(maria.pk, own.pk)
    services.remove_staff_address(maria.pk, row.pk)
    with pytest.raises(NotFound):
        services.remove_staff_address(maria.pk, row.pk)
    assert known(maria) == ["maria@example.test"]


def test_another_sign_in_address_takes_its_place(maria: Staff) -> None:
    row = services.add_staff_address(maria.pk, "email", DUTY)
    own = StaffAddress.objects.get(staff=maria, is_sign_in=True)
    services.order_staff_addresses(maria.pk, [row.pk, own.pk])
    person("head", "admin")
    services.change_staff(
        maria.pk,
        name="Maria",
        email="Maria.P@example.test",
        role="agent",
        departments=[],
        language="",
        password="",
        is_active=True,
    )
    assert known(maria) == [DUTY, "maria.p@example.test"]
    services.change_staff(
        maria.pk,
        name="Maria",
        email=DUTY,
        role="agent",
        departments=[],
        language="",
        password="",
        is_active=True,
    )
    assert (known(maria), used(maria)) == ([DUTY], [DUTY])


def test_who_left_is_reached_no_more(maria: Staff) -> None:
    Staff.objects.filter(pk=maria.pk).update(is_active=False)
    assert queries.reachable_staff([maria.pk]) == []


def test_on_ones_own_page(maria: Staff) -> None:
    client = browser(maria)
    assert "maria@<wbr>example.test" in client.get("/account/me/").content.decode()
    place = f"/account/staff/{maria.pk}/addresses/"
    answer = client.post(place, {"channel": "email", "value": DUTY})
    assert (answer.status_code, answer["Location"]) == (302, "/account/me/")
    row = StaffAddress.objects.get(value=DUTY)
    assert "not confirmed" in client.get("/account/me/").content.decode()
    wrong = client.post(f"{place}{row.pk}/", {"what": "confirm", "code": "nonsense"})
    assert (wrong.status_code, "not the code" in wrong.content.decode()) == (422, True)
    client.post(f"{place}{row.pk}/", {"what": "confirm", "code": code_sent_to(DUTY)})
    client.post(f"{place}{row.pk}/", {"what": "earlier"})
    assert used(maria) == [DUTY, "maria@example.test"]
    client.post(f"{place}{row.pk}/", {"what": "remove"})
    assert used(maria) == ["maria@example.test"]


def test_by_an_administrator_and_by_nobody_else(maria: Staff) -> None:
    admin, other = person("head", "admin"), person("ben")
    place = f"/account/staff/{maria.pk}/addresses/"
    assert "maria@<wbr>example.test" in browser(admin).get(f"/account/staff/{maria.pk}/").content.decode()
    answer = browser(admin).post(place, {"channel": "email", "value": DUTY, "from": "staff"})
    assert (answer.status_code, answer["Location"]) == (302, f"/account/staff/{maria.pk}/")
    row = StaffAddress.objects.get(value=DUTY)
    assert browser(other).post(place, {"channel": "email", "value": "x@example.test"}).status_code == 404
    assert browser(other).post(f"{place}{row.pk}/", {"what": "remove"}).status_code == 404
    # Nor by the address of one's own page with somebody else's row.
    mine = f"/account/staff/{other.pk}/addresses/{row.pk}/"
    assert browser(other).post(mine, {"what": "remove"}).status_code == 404
    assert known(maria) == ["maria@example.test", DUTY]
