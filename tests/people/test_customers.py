"""Customers, their addresses, and strangers who turn out to be customers."""

import pytest

from tocsin.kernel.errors import Conflict, Refused
from tocsin.people import queries, services
from tocsin.people.models import Contact

pytestmark = pytest.mark.django_db


def test_a_customer_is_created_then_brought_up_to_date_by_key() -> None:
    first, created = services.save_customer(
        key="c1", name="Elia", addresses=["a@elia.example", "b@elia.example"]
    )
    again, created_again = services.save_customer(
        key="c1", name="Elia SA", language="el", addresses=["b@elia.example"]
    )
    assert (created, created_again) == (True, False)
    assert first.pk == again.pk
    assert queries.customer_by_key("c1").name == "Elia SA"
    assert queries.management_addresses([first.pk]) == {first.pk: ["b@elia.example"]}


def test_an_address_that_is_let_go_is_still_known_but_no_longer_managed() -> None:
    customer, _ = services.save_customer(key="c1", name="Elia", addresses=["a@elia.example"])
    services.save_customer(key="c1", name="Elia", addresses=["b@elia.example"])
    contact = queries.contact_by_address("email", "A@Elia.example")
    assert contact is not None
    assert contact.customer == customer
    assert queries.management_addresses([customer.pk]) == {customer.pk: ["b@elia.example"]}


def test_a_stranger_becomes_the_customers_contact_when_the_address_is_named() -> None:
    found = services.get_or_create_contacts("email", {"New@Elia.example": "Nia"})
    stranger = found["new@elia.example"].contact
    assert stranger.customer is None
    customer, _ = services.save_customer(key="c1", name="Elia", addresses=["new@elia.example"])
    known = queries.contact_by_address("email", "new@elia.example")
    assert known is not None
    assert (known.pk, known.customer) == (stranger.pk, customer)


def test_an_address_of_another_customer_is_a_conflict_and_changes_nothing() -> None:
    services.save_customer(key="c1", name="Elia", addresses=["a@elia.example"])
    with pytest.raises(Conflict) as conflict:
        services.save_customer(key="c2", name="Petra", addresses=["A@elia.example"])
    assert "addresses" in conflict.value.fields
    with pytest.raises(Refused):
        queries.customer_by_key("c2")


@pytest.mark.parametrize(
    ("key", "name", "address", "field"),
    [
        ("", "Elia", "a@elia.example", "key"),
        ("c1", " ", "a@elia.example", "name"),
        ("c1", "Elia", "nobody", "addresses"),
    ],
)
def test_bad_input_names_its_field(key: str, name: str, address: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        services.save_customer(key=key, name=name, addresses=[address])
    assert field in refused.value.fields


def test_the_same_stranger_is_one_contact() -> None:
    first = services.get_or_create_contacts("email", {"x@example.org": "X"})
    assert services.get_or_create_contacts("email", {" X@EXAMPLE.org ": "Y"}) == first


def test_a_contacts_name_is_learnt_from_the_first_mail_that_says_it() -> None:
    services.save_customer(key="c1", name="Aegean Ferries", addresses=["maria@c.test", "nikos@c.test"])
    assert set(Contact.objects.values_list("name", flat=True)) == {""}
    named = {"Maria@c.test": "maria@c.test", "nikos@c.test": "Nikos P."}
    found = services.get_or_create_contacts("email", named)
    assert found["nikos@c.test"].contact.name == "Nikos P."
    assert found["maria@c.test"].contact.name == ""
    services.get_or_create_contacts("email", {"maria@c.test": "Maria K.", "nikos@c.test": "Somebody else"})
    names = Contact.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Maria K.", "Nikos P."]
