"""Mail that goes out by the sign-in of a mailbox kept here: from its settings to the other server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from tests.channels.oauth_smtp import OAuthSmtp
from tests.channels.token_server import TokenServer
from tests.mailroom.boxes import save_mailbox, sign_in_of
from tests.mailroom.test_outbox import make_due, new, write

from tocsin.channels.email import tokens
from tocsin.channels.email.oauth import OAuth, Use
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import queries, services
from tocsin.mailroom.models import Account, DeadAddress, Delivery
from tocsin.mailroom.services.accounts import KeptAccounts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_tokens_of_others() -> None:
    tokens._kept.clear()


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.stop()


@pytest.fixture
def server(provider: TokenServer, settings: Any) -> Iterator[OAuthSmtp]:
    one = OAuthSmtp(provider)
    one.start()
    settings.TOCSIN_SMTP_URL = one.url
    yield one
    one.stop()


@pytest.fixture
def oauth(provider: TokenServer) -> OAuth:
    return OAuth(f"{provider.url}/token", "client-1", provider.client_secret, provider.refresh_token)


@pytest.fixture
def mailbox(oauth: OAuth) -> Account:
    return save_mailbox(address="Support@example.test", is_default=True, oauth=oauth)


def dispatched() -> Delivery:
    """What became of one new delivery."""
    (pk,) = write(new())
    services.dispatch()
    return Delivery.objects.get(pk=pk)


def kept(mailbox: Account) -> OAuth:
    found = sign_in_of(mailbox)
    assert found
    return found


def test_by_the_sign_in_of_a_mailbox(server: OAuthSmtp, mailbox: Account) -> None:
    one = dispatched()
    assert (one.state, one.answer) == ("sent", "250 2.0.0 OK")
    assert len(server.messages) == 1


def test_a_new_refresh_token_is_kept_and_costs_the_others_no_token(
    server: OAuthSmtp, provider: TokenServer, mailbox: Account
) -> None:
    provider.rotates = True
    fetching = tokens.tokens_for(queries.account_value(mailbox), Use.IMAP)
    assert fetching
    assert fetching.access_token() == "access-1"
    assert dispatched().state == "sent"
    assert kept(mailbox).refresh_token == "refresh-2-s3cret"
    again = tokens.tokens_for(queries.account_value(Account.objects.get(pk=mailbox.pk)), Use.IMAP)
    assert again
    assert again.access_token() == "access-1"
    again.forget()
    assert again.access_token() == "access-3"  # by the refresh token that sending was given
    assert len(provider.asked) == 3


def test_what_staff_enter_is_used_from_then_on(
    server: OAuthSmtp, provider: TokenServer, mailbox: Account, oauth: OAuth
) -> None:
    provider.refresh_token = "entered-s3cret"
    one = dispatched()
    assert one.state == "deferred"
    assert "enter the new refresh token" in in_english(one.answer)
    assert "s3cret" not in in_english(one.answer)
    assert not DeadAddress.objects.exists()
    save_mailbox(
        account_id=mailbox.pk,
        address=mailbox.address,
        oauth=replace(oauth, refresh_token="entered-s3cret"),
    )
    make_due()
    services.dispatch()
    one.refresh_from_db()
    assert one.state == "sent"


def test_without_such_a_mailbox(server: OAuthSmtp) -> None:
    save_mailbox(address="other@example.test", is_default=True)
    one = dispatched()
    assert one.state == "deferred"
    assert "There is no mailbox support@example.test. Add it" in in_english(one.answer)
    save_mailbox(address="support@example.test", is_default=True)
    assert "has no sign-in by OAuth2" in in_english(dispatched().answer)


def test_with_another_key_than_when_it_was_sealed(server: OAuthSmtp, mailbox: Account, settings: Any) -> None:
    settings.SECRET_KEY = "another"
    one = dispatched()
    assert one.state == "deferred"
    assert "The sign-in of the mailbox support@example.test can't be read" in in_english(one.answer)


def test_an_address_that_is_wrong_is_the_routes_fault(server: OAuthSmtp, settings: Any) -> None:
    settings.TOCSIN_SMTP_URL = f"{server.url}&tls=requird"
    one = dispatched()
    assert one.state == "deferred"
    assert in_english(one.answer).startswith("TOCSIN_SMTP_URL: The server's address may say tls=required")


def test_a_database_that_is_away_is_not_the_deliverys(
    server: OAuthSmtp, mailbox: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: object, **named: object) -> None:
        raise OperationalError("away") from psycopg.OperationalError("away")

    (pk,) = write(new())
    with monkeypatch.context() as broken, pytest.raises(psycopg.OperationalError):
        broken.setattr(KeptAccounts, "of", away)
        services.dispatch()
    assert Delivery.objects.get(pk=pk).attempts == 0  # it was not tried, and will be when it is back
    services.dispatch()
    assert Delivery.objects.get(pk=pk).state == "sent"
