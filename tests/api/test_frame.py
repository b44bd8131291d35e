"""The API's frame: tokens, errors in one shape, idempotency, the description."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tocsin.people import queries as people
from tocsin.people import services as people_services

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> str:
    return people_services.create_api_token("tests")[1]


class Program:
    """A program that uses the API."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str) -> tuple[int, Any]:
        response = self.client.get(f"/api/v1{path}")
        return response.status_code, response.json()

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        raw = body if isinstance(body, str) else json.dumps(body)
        response = self.client.post(f"/api/v1{path}", raw, content_type="application/json", headers=headers)
        return response.status_code, response.json()


@pytest.fixture
def program(token: str) -> Program:
    return Program(token)


MAIL = {"key": "mail", "name": {"en": "Mail", "el": "Αλληλογραφία"}}
ELIA = {
    "key": "c1",
    "name": "Elia",
    "language": "el",
    "addresses": ["a@elia.example"],
    "components": ["mail"],
}


def test_without_a_valid_token_everything_is_401(token: str) -> None:
    for wrong in ("", "nonsense", token[:-1]):
        for path in ("/tickets", "/components", "/customers", "/incidents", "/inbound/1"):
            status, body = Program(wrong).get(path)
            assert (status, set(body)) == (401, {"error", "reasons", "fields"})
        status, _ = Program(wrong).post("/components", MAIL)
        assert status == 401
    assert not people.customers().items


def test_a_component_and_a_customer_are_created_then_brought_up_to_date(program: Program) -> None:
    assert program.post("/components", {**MAIL, "words": ["imap"], "service": "hosting"})[0] == 201
    status, component = program.post("/components", {**MAIL, "name": {"en": "E-mail"}})
    assert (status, component) == (
        201,
        {"key": "mail", "name": {"en": "E-mail"}, "words": ["imap"], "service": "hosting", "region": None},
    )
    status, made = program.post("/customers", ELIA)
    assert (status, made) == (201, {**ELIA, "tier": ""})
    status, again = program.post("/customers", {**ELIA, "name": "Elia SA", "tier": "gold"})
    assert (status, again["name"], again["tier"]) == (201, "Elia SA", "gold")
    assert program.get("/customers/c1") == (200, again)
    assert program.post("/customers", {"key": "c1", "name": "Elia SA"}) == (
        201,
        again,
    )  # what is left out stays
    assert program.get("/customers")[1]["items"] == [again]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/components", {"name": {"en": "Mail"}}, "key"),
        ("/components", {"key": "mail", "name": {}}, "name"),
        ("/components", {"key": "no spaces", "name": {"en": "x"}}, "key"),
        ("/components", {**MAIL, "colour": "red"}, "colour"),
        ("/customers", {**ELIA, "components": ["nothing"]}, "components"),
        ("/customers", {**ELIA, "components": [], "addresses": ["nobody"]}, "addresses"),
        ("/customers", {**ELIA, "components": [], "name": "a\x00b"}, "name"),
        ("/tickets", {"subject": "x", "text": "y"}, "requester"),
        ("/tickets", {"requester": {"address": "nobody"}, "subject": "x", "text": "y"}, "requester"),
        ("/tickets", {"requester": {"address": "a@b.example"}, "subject": " ", "text": "y"}, "subject"),
    ],
)
def test_bad_input_is_422_and_names_the_field(program: Program, path: str, body: Any, field: str) -> None:
    status, answer = program.post(path, body)
    assert status == 422
    assert answer["error"]
    assert any(name.split(".")[0] == field for name in answer["fields"]), answer


@pytest.mark.parametrize(
    "path",
    [
        "/customers?search=%00",
        "/customers/%00",
        "/tickets?requester=%00",
        "/tickets?incident=%00",
        "/tickets?cursor=WzUsIDVd",
    ],
)
def test_what_the_database_cannot_take_is_422(program: Program, path: str) -> None:
    status, body = program.get(path)
    assert (status, set(body)) == (422, {"error", "reasons", "fields"})


@pytest.mark.parametrize("address", ["a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "<a@b.test>", "a@"])
def test_a_requester_is_one_address_and_nothing_more(program: Program, address: str) -> None:
    ticket = {"requester": {"address": address}, "subject": "Mail", "text": "It does not arrive."}
    status, body = program.post("/tickets", ticket)
    assert (status, list(body["fields"])) == (422, ["requester"])


def test_a_moment_beyond_all_calendars_is_422(program: Program) -> None:
    update = {"status": "monitoring", "message": {"en": "x"}, "next_update_at": "9999-12-31T23:59:59-23:59"}
    status, body = program.post("/incidents/I-0000013/updates", update)
    assert (status, list(body["fields"])) == (422, ["next_update_at"])


def test_a_wrong_method_and_too_much_are_told_in_the_same_shape(program: Program) -> None:
    answer = program.client.delete("/api/v1/tickets")
    assert (answer.status_code, set(answer.json())) == (405, {"error", "reasons", "fields"})
    assert "POST" in answer["Allow"]
    large = {**MAIL, "words": ["x" * 6_000_000]}
    for headers in ({}, {"idempotency_key": "k1"}):
        status, body = program.post("/components", large, **headers)
        assert (status, set(body)) == (422, {"error", "reasons", "fields"})


def test_what_is_not_json_is_422(program: Program) -> None:
    for raw in ("{", "[]", "null", '"x"', "\x00"):
        status, body = program.post("/components", raw)
        assert (status, set(body)) == (422, {"error", "reasons", "fields"})


def test_what_is_not_there_is_404(program: Program) -> None:
    for path in (
        "/customers/c9",
        "/components/none",
        "/tickets/T-9999999",
        "/incidents/I-1",
        "/inbound/1",
        "/elsewhere",
    ):
        status, body = program.get(path)
        assert (status, set(body)) == (404, {"error", "reasons", "fields"}), path
    assert program.get(f"/inbound/{2**70}")[0] == 404


def test_an_error_is_a_code_with_values_and_english_for_whoever_asks(program: Program) -> None:
    body = program.client.get("/api/v1/customers/nobody", headers={"Accept-Language": "el"}).json()
    sentence = "There is no customer “nobody”."
    assert body == {
        "error": sentence,
        "reasons": [{"code": "people.no_customer", "values": {"key": "nobody"}, "text": sentence}],
        "fields": {"customer": sentence},
    }


def test_an_address_of_another_customer_is_409_and_changes_nothing(program: Program) -> None:
    program.post("/components", MAIL)
    program.post("/customers", ELIA)
    status, body = program.post("/customers", {**ELIA, "key": "c2"})
    assert (status, list(body["fields"])) == (409, ["addresses"])
    assert program.get("/customers/c2")[0] == 404


def test_the_same_key_acts_once_and_answers_the_same(program: Program) -> None:
    ticket = {"requester": {"address": "a@elia.example"}, "subject": "Mail", "text": "It does not arrive."}
    first = program.post("/tickets", ticket, idempotency_key="k1")
    again = program.post("/tickets", ticket, idempotency_key="k1")
    assert first[0] == 201
    assert again == first
    assert len(program.get("/tickets")[1]["items"]) == 1


def test_the_scheme_is_read_in_any_case(token: str) -> None:
    program = Program(token)
    program.client = Client(headers={"Authorization": f"bearer {token}"})
    assert program.get("/components")[0] == 200
    ticket = {"requester": {"address": "a@elia.example"}, "subject": "Mail", "text": "It does not arrive."}
    assert program.post("/tickets", ticket, idempotency_key="k1") == program.post(
        "/tickets", ticket, idempotency_key="k1"
    )


@pytest.mark.django_db(transaction=True)
def test_the_same_key_many_times_at_once_acts_once(token: str) -> None:
    ticket = {"requester": {"address": "a@elia.example"}, "subject": "Mail", "text": "It does not arrive."}

    def ask(_: int) -> Any:
        try:
            return Program(token).post("/tickets", ticket, idempotency_key="k1")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, range(8)))
    assert answers == [answers[0]] * 8
    assert answers[0][0] == 201
    assert len(Program(token).get("/tickets")[1]["items"]) == 1


def test_the_same_key_for_another_request_is_409(program: Program) -> None:
    assert program.post("/components", MAIL, idempotency_key="k1")[0] == 201
    assert program.post("/components", {**MAIL, "key": "web"}, idempotency_key="k1")[0] == 409


def test_a_refused_request_may_be_mended_under_the_same_key(program: Program) -> None:
    assert program.post("/customers", ELIA, idempotency_key="k1")[0] == 422
    program.post("/components", MAIL)
    assert program.post("/customers", ELIA, idempotency_key="k1")[0] == 201


def test_the_description_is_there_for_everybody_and_names_all_of_it() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    paths = response.json()["paths"]
    for path in (
        "tickets",
        "tickets/{ref}",
        "tickets/{ref}/replies",
        "tickets/{ref}/notes",
        "inbound/{inbound_id}",
    ):
        assert f"/api/v1/{path}" in paths
    for path in ("incidents", "incidents/{ref}", "incidents/{ref}/updates", "components", "customers"):
        assert f"/api/v1/{path}" in paths


def test_a_ticket_is_opened_answered_and_noted(program: Program) -> None:
    new = {
        "requester": {"address": "a@elia.example", "name": "Eleni"},
        "subject": "Mail",
        "text": "It does not arrive.",
        "priority": "high",
    }
    status, ticket = program.post("/tickets", new)
    assert status == 201
    assert set(ticket) == {
        "ref", "subject", "status", "priority", "department", "language", "requester", "incident", "messages",
    }  # fmt: skip
    assert ticket["requester"] == {"name": "Eleni", "address": "a@elia.example", "verified": False}
    assert (ticket["priority"], ticket["incident"], ticket["messages"][0]["kind"]) == (
        "high",
        None,
        "customer",
    )
    assert program.post(f"/tickets/{ticket['ref']}/replies", {"text": "We look into it."})[0] == 201
    assert program.post(f"/tickets/{ticket['ref']}/replies", {"html": "<p>Press <b>here</b></p>"})[0] == 201
    assert program.post(f"/tickets/{ticket['ref']}/replies", {"html": "<p> </p>"})[0] == 422
    status, noted = program.post(f"/tickets/{ticket['ref'].lower()}/notes", {"text": "Queue is full."})
    assert status == 201
    said = [
        (message["kind"], message["text"]) for message in noted["messages"] if message["kind"] != "system"
    ]
    assert said == [
        ("customer", "It does not arrive."),
        ("agent", "We look into it."),
        ("agent", "Press here"),
        ("note", "Queue is full."),
    ]
    assert set(noted["messages"][0]) == {
        "id", "kind", "channel", "from", "to", "subject", "text", "html", "attachments", "at",
    }  # fmt: skip
    assert noted["status"] == "answered"
    assert program.get(f"/tickets/{ticket['ref']}") == (200, noted)


def test_a_mistyped_reference_is_404(program: Program) -> None:
    ticket = {"requester": {"address": "a@elia.example"}, "subject": "Mail", "text": "x"}
    ref = program.post("/tickets", ticket)[1]["ref"]
    wrong = ref[:-1] + str((int(ref[-1]) + 1) % 10)
    assert program.get(f"/tickets/{wrong}")[0] == 404
    assert program.post(f"/tickets/{wrong}/replies", {"text": "x"})[0] == 404


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "9" * 500])
def test_a_cursor_that_is_not_ours_is_422(program: Program, cursor: str) -> None:
    assert program.get(f"/tickets?cursor={cursor}")[0] == 422
