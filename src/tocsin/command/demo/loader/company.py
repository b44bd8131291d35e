"""The company itself, through the rooms' verbs."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.catalog import services as catalog
from tocsin.command.demo import company
from tocsin.command.demo.customers import CLIENTS, Client
from tocsin.command.demo.loader.house import House
from tocsin.kernel import clock
from tocsin.mailroom import queries as mailroom_queries
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Account
from tocsin.people import services as people
from tocsin.people.models import Department

_ACCOUNTS = {"support": "support", "sales": "sales", "accounting": "billing", "marketing": "hello"}
_OPEN_SINCE = timedelta(days=400)


def load_company(now: datetime) -> House:
    """Settings, departments, staff, accounts, components and customers."""
    people.save_company(name=company.NAME, language="", languages=company.LANGUAGES)
    departments = _departments()
    staff = {
        person.key: people.create_staff(
            email=person.address,
            name=person.name,
            role=person.role,
            password=person.password,
            departments=person.departments,
            language=person.language,
        )
        for person in company.STAFF
    }
    accounts = _accounts(departments)
    with clock.standing_at(now - _OPEN_SINCE):
        _components()
    for place, client in enumerate(CLIENTS):  # who came over the last years, not all today
        with clock.standing_at(now - timedelta(days=90 + 23 * place, hours=place % 9)):
            _customer(client)
    return House(staff, accounts)


def _departments() -> dict[str, Department]:
    return {
        key: people.save_department(key=key, name=name, first_answer_minutes=minutes, position=position)
        for position, (key, (name, minutes)) in enumerate(company.DEPARTMENTS.items())
    }


def _accounts(departments: dict[str, Department]) -> dict[str, Account]:
    mailroom.ensure_accounts()
    default = mailroom_queries.default_account("email")
    assert default is not None
    return {
        key: mailroom.save_account(
            "email",
            address=default.address if key == "support" else f"{local}@{company.DOMAIN}",
            account_id=default.pk if key == "support" else None,
            name=company.NAME,
            department_id=departments[key].pk,
            is_default=key == "support",
        )
        for key, local in _ACCOUNTS.items()
    }


def _components() -> None:
    for key, name in company.REGIONS.items():
        catalog.save_region(key=key, name=name)
    for position, (key, name) in enumerate(company.SERVICES.items()):
        catalog.save_service(key=key, name=name, position=position)
    for position, part in enumerate(company.COMPONENTS):
        catalog.save_component(
            key=part.key,
            name=part.name,
            words=part.words,
            service=part.service,
            region=part.region,
            position=position,
        )


def _customer(client: Client) -> None:
    customer, _ = people.save_customer(
        key=client.key,
        name=client.name,
        language=client.language,
        tier=client.tier,
        addresses=[client.address],
    )
    catalog.set_uses(customer.pk, client.components)
