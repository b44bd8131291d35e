"""What is shown where a page can't be: in our frame, with a way on, and nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import SettingsWrapper

    from tocsin.people.models import Staff

KEPT = "console/kept.js"
REPLY = "/tickets/T-0000018/reply/"


@pytest.fixture
def admin(db: None) -> Staff:
    from tocsin.people import services

    return services.create_staff(email="a@b.test", name="Ana", role="admin", password="long enough")


@pytest.fixture
def signed_in(admin: Staff) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("referer", "onwards"),
    [
        ("http://testserver/tickets/T-0000018/?view=all", "/tickets/T-0000018/%3Fview%3Dall"),
        ("http://elsewhere.test/inbox/", "/"),
        ("", "/"),
    ],
)
@pytest.mark.django_db
def test_after_a_form_the_sign_in_leads_back_to_its_page(referer: str, onwards: str) -> None:
    answer = Client().post(REPLY, {"text": "Hello"}, headers={"Referer": referer} if referer else {})
    assert answer["Location"] == f"/account/login/?next={onwards}"
    page = Client().get("/account/login/").content.decode()
    assert KEPT in page and "data-kept hidden>You were signed out before your text was sent" in page


@pytest.mark.django_db
def test_after_a_part_of_a_page_the_sign_in_leads_to_the_page() -> None:
    headers = {"HX-Request": "true", "Referer": "http://testserver/inbox/"}
    answer = Client().get("/inbox/rows/", headers=headers)
    assert answer["HX-Redirect"] == "/account/login/?next=/inbox/"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (REPLY, "/tickets/T-0000018/"),
        ("/alerts/I-0000018/updates/", "/alerts/I-0000018/"),
        ("/inbox/act/", "/inbox/"),
        ("/account/tokens/1/revoke/", "/account/tokens/"),
        ("/account/logout/", "/"),
    ],
)
def test_an_address_for_forms_leads_to_its_page_when_opened(
    signed_in: Client, address: str, page: str
) -> None:
    assert signed_in.get(address)["Location"] == page


def test_programs_are_still_told_which_methods_there_are(signed_in: Client) -> None:
    assert signed_in.get("/api/v1/messages").status_code in (401, 404, 405)
    assert signed_in.put("/inbox/act/").status_code == 405


def test_an_old_form_is_explained_and_leads_back(admin: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        REPLY, {"text": "Hello"}, headers={"Referer": "http://testserver/tickets/T-0000018/"}
    )
    said = answer.content.decode()
    assert answer.status_code == 403
    assert "kept in this browser" in said
    assert 'href="/tickets/T-0000018/"' in said
    assert KEPT in said
    assert "DEBUG" not in said


def test_nonsense_is_not_there_in_our_frame(signed_in: Client) -> None:
    for client, frame in ((signed_in, 'class="rail"'), (Client(), 'class="public"')):
        answer = client.get("/nonsense")
        assert answer.status_code == 404
        assert frame in answer.content.decode()
        assert "There is nothing here" in answer.content.decode()


def test_a_fault_of_ours_needs_no_database(django_db_blocker: DjangoDbBlocker) -> None:
    from tocsin.console import faults

    with django_db_blocker.block():
        answer = faults.our_fault(RequestFactory().get("/inbox/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_a_fault_in_a_view_is_shown_so(broken_view: None) -> None:
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


@pytest.fixture
def broken_view(settings: SettingsWrapper) -> None:
    settings.MIDDLEWARE = ["tests.console.test_faults.Broken"]


class Broken:
    """A middleware that fails, as when the database is away."""

    def __init__(self, get_response: object) -> None:
        """The rest is never asked."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Fail."""
        raise RuntimeError("broken")


def test_one_can_leave_and_change_the_look_from_ones_own_page(signed_in: Client) -> None:
    said = signed_in.get("/account/me/").content.decode().partition('id="main"')[2]
    assert "Sign out" in said
    assert 'data-look="theme"' in said
