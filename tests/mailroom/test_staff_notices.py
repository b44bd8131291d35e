"""Telling staff: in their language, on their first address, and on the next where one does not take it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import get_language

from tocsin.kernel import clock
from tocsin.kernel.reasons import plain
from tocsin.mailroom import services
from tocsin.mailroom.models import Delivery, DeliveryState, StaffNotice
from tocsin.mailroom.services import StaffText, notify_staff, staff
from tocsin.mailroom.services.addresses import mark_dead
from tocsin.mailroom.services.upkeep import mark_unannounced
from tocsin.people import services as people
from tocsin.people.models import Staff, StaffAddress

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()


def person(name: str, *more: str, language: str = "") -> Staff:
    """Whose further addresses are proven."""
    made = people.create_staff(
        email=f"{name}@example.test",
        name=name,
        role="agent",
        password="a good long password",
        language=language,
    )
    for number, value in enumerate(more, 1):
        StaffAddress.objects.create(
            staff=made, channel="email", value=value, folded=value, position=number, verified_at=clock.now()
        )
    return made


def write(language: str) -> StaffText:
    assert get_language() == language
    return StaffText(f"Hello in {language}", f"Text in {language}")


def told() -> list[tuple[str, str]]:
    rows = Delivery.objects.order_by("pk")
    return [(one.to_address, one.payload["subject"]) for one in rows]


def becomes(delivery: Delivery, state: DeliveryState) -> None:
    """As the sender and the announcer do it."""
    Delivery.objects.filter(pk=delivery.pk).update(state=state, answer=plain("550 no"))
    mark_unannounced([delivery.pk])
    services.announce()


def test_each_in_their_language_and_the_same_never_twice() -> None:
    maria, ben = person("maria", language="el"), person("ben")
    gone = person("gone")
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    ids = notify_staff(
        [maria.pk, ben.pk, gone.pk], "test.kind", write, once="7", urgency=40, origin_ref="x:1"
    )
    assert sorted(told()) == [
        ("ben@example.test", "Hello in en"),
        ("maria@example.test", "Hello in el"),
    ]
    deliveries = Delivery.objects.filter(pk__in=ids)
    assert {(one.urgency, one.origin_ref) for one in deliveries} == {(40, "x:1")}
    assert {one.payload["auto_submitted"] for one in deliveries} == {"auto-generated"}
    lena = person("lena")
    assert len(notify_staff([maria.pk, ben.pk, lena.pk], "test.kind", write, once="7")) == 1
    assert len(notify_staff([maria.pk], "test.kind", write, once="8")) == 1
    assert len(notify_staff([maria.pk], "test.other", write)) == 1


def test_only_proven_addresses_in_their_order() -> None:
    maria = person("maria", "second@example.test")
    row = people.add_staff_address(maria.pk, "email", "unproven@example.test")
    second = StaffAddress.objects.get(value="second@example.test")
    own = StaffAddress.objects.get(is_sign_in=True)
    people.order_staff_addresses(maria.pk, [row.pk, second.pk, own.pk])
    notify_staff([maria.pk], "test.kind", write)
    assert told()[-1][0] == "second@example.test"
    assert StaffNotice.objects.get().others == [["email", "maria@example.test"]]


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.BOUNCED])
def test_what_is_not_taken_goes_to_the_next_until_none_is_left(state: DeliveryState) -> None:
    maria = person("maria", "second@example.test", "third@example.test")
    notify_staff([maria.pk], "test.kind", write, urgency=40, origin_ref="x:1")
    for address in ("second@example.test", "third@example.test"):
        becomes(StaffNotice.objects.get().delivery, state)
        delivery = StaffNotice.objects.get().delivery
        assert (delivery.to_address, delivery.urgency, delivery.origin_ref) == (address, 40, "x:1")
        assert delivery.payload["text"] == "Text in en"
    becomes(StaffNotice.objects.get().delivery, state)
    services.announce()
    assert [address for address, _ in told()] == [
        "maria@example.test",
        "second@example.test",
        "third@example.test",
    ]


def test_an_address_at_which_nobody_is_is_passed_over_at_once() -> None:
    maria = person("maria", "second@example.test")
    mark_dead("email", "maria@example.test", plain("550 5.1.1 no such user"))
    notify_staff([maria.pk], "test.kind", write)
    services.announce()
    states = [(one.to_address, one.state) for one in Delivery.objects.order_by("pk")]
    assert states == [("maria@example.test", "failed"), ("second@example.test", "queued")]


def test_what_nobody_takes_in_time_goes_to_the_next() -> None:
    maria, ben = person("maria", "second@example.test"), person("ben", "bens@example.test")
    notify_staff([maria.pk, ben.pk], "test.kind", write)
    of_ben = Delivery.objects.get(to_address="ben@example.test")
    becomes(of_ben, DeliveryState.SENT)
    clock.move(timedelta(minutes=4))
    assert staff.follow_up_late() == 0
    clock.move(timedelta(minutes=2))
    assert staff.follow_up_late() == 1
    assert [address for address, _ in told()][2:] == ["second@example.test"]
    clock.move(timedelta(hours=1))
    assert staff.follow_up_late() == 0
    # What waited so long and fails then is followed by nothing more: the later one counts.
    becomes(Delivery.objects.get(to_address="maria@example.test"), DeliveryState.FAILED)
    assert len(told()) == 3


def test_one_that_was_taken_and_comes_back_later_is_followed_up() -> None:
    maria = person("maria", "second@example.test")
    notify_staff([maria.pk], "test.kind", write)
    first = StaffNotice.objects.get().delivery
    becomes(first, DeliveryState.SENT)
    clock.move(timedelta(minutes=6))
    staff.follow_up_late()
    becomes(first, DeliveryState.BOUNCED)
    assert [address for address, _ in told()] == ["maria@example.test", "second@example.test"]


def test_many_people_take_no_more_statements() -> None:
    def statements(count: int, kind: str) -> int:
        people_told = [person(f"{kind}{number}", f"{kind}{number}@next.test").pk for number in range(count)]
        with CaptureQueriesContext(connection) as caught, transaction.atomic():
            notify_staff(people_told, f"test.{kind}", write, once="1")
        return len(caught)

    statements(1, "first")  # which makes the account that the environment names
    assert statements(3, "few") == statements(30, "many")


def test_nobody_is_told_of_deliveries_that_are_no_notices() -> None:
    maria = person("maria", "second@example.test")
    with transaction.atomic():
        (pk,) = services.write_deliveries(
            [services.NewDelivery("email", "maria@example.test", "Subject", "Text")]
        )
    becomes(Delivery.objects.get(pk=pk), DeliveryState.FAILED)
    assert (len(told()), maria.is_active) == (1, True)


def test_a_channel_that_we_left_holds_no_warning_up() -> None:
    maria = person("maria")
    StaffAddress.objects.create(
        staff=maria, channel="gone", value="@maria", folded="@maria", position=1, verified_at=clock.now()
    )
    StaffAddress.objects.filter(is_sign_in=True).update(position=2)
    notify_staff([maria.pk], "test.kind", write)
    assert (told()[0][0], StaffNotice.objects.get().others) == ("maria@example.test", [])
    StaffNotice.objects.update(others=[["gone", "@maria"]])
    becomes(StaffNotice.objects.get().delivery, DeliveryState.FAILED)
    assert len(told()) == 1
