"""The pages of the war room, role by role and as plain forms without a script."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.incidents.company import Company

from tocsin.incidents import queries, services
from tocsin.incidents.models import Incident, TicketLink, Update
from tocsin.kernel import clock
from tocsin.people.models import Staff

FORM = {
    "declare": "1",
    "kind": "unplanned",
    "components": ["mail"],
    "impact": "critical",
    "since": "10",
    "title": "Mail is down",
    "message_en": "Mail is down.",
    "message_el": "Το mail δεν λειτουργεί.",
    "next": "30",
}
UPDATE = {"status": "identified", "message_en": "Found.", "message_el": "Βρέθηκε.", "next": "15"}


@pytest.fixture
def agent(company: Company, client: Client) -> Client:
    """Signed in as an agent."""
    client.force_login(company.agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _as(staff: Any) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_declared_from_the_plain_form(company: Company, agent: Client) -> None:
    company.customer("maria", "mail", language="el")
    response = agent.post("/alerts/declare/", FORM)
    incident = Incident.objects.get()
    assert response.headers["location"] == f"/alerts/{incident.ref}/"
    assert incident.impact == "critical"
    assert abs((incident.declared_at - incident.started_at).total_seconds() - 600) < 30
    assert queries.figures(incident.ref or "").affected == 1
    page = agent.get(f"/alerts/{incident.ref}/").content.decode()
    assert "1 customer affected" in page and "Maria" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"components": []}, "Choose at least one component"),
        ({"next": "exact"}, "Say when the next news comes"),
        ({"next": "exact", "next_exact": "2020-01-01T10:00"}, "must lie in the future"),
        ({"since": "exact"}, "Say since when"),
        ({"message_en": ""}, "Write what customers are told"),
        ({"title": ""}, "Say in a few words"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
    agent: Client, changes: dict[str, Any], sentence: str
) -> None:
    response = agent.post("/alerts/declare/", FORM | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Το mail δεν λειτουργεί." in response.content.decode()
    assert not Incident.objects.exists()


def test_from_the_list_the_tickets_suggest_the_component(company: Company, agent: Client) -> None:
    refs = [company.ticket(f"c{n}@example.test", "name servers do not answer").ref for n in range(2)]
    page = agent.post("/alerts/declare/", {"pick": refs, "view": "open"}).content.decode()
    assert 'value="dns" checked' in page
    assert not Incident.objects.exists()
    agent.post("/alerts/declare/", FORM | {"components": ["dns"], "pick": refs})
    assert TicketLink.objects.filter(state="attached").count() == 2


def test_drafts_follow_the_choices_until_somebody_writes(company: Company, agent: Client) -> None:
    company.customer("maria", "mail", "web")
    said = FORM | {"message_en": "Mail: drafted", "draft_en": "Mail: drafted", "components": ["web"]}
    page = agent.post("/alerts/declare/audience/", said).content.decode()
    assert "Web hosting: at the moment this does not work." in page
    assert "Το mail δεν λειτουργεί." in page, "what was written by hand stays"
    assert "Maria" in page


def test_declared_twice_by_one_double_click_is_one(company: Company, agent: Client) -> None:
    seen = {"known_through": str(queries.newest_id())}
    assert agent.post("/alerts/declare/", FORM | seen).status_code == 302
    again = agent.post("/alerts/declare/", FORM | seen)
    assert again.status_code == 422 and "a moment ago" in again.content.decode()
    assert Incident.objects.count() == 1


def test_updates_by_the_plain_form(company: Company, agent: Client) -> None:
    ref = company.declare().ref
    assert agent.post(f"/alerts/{ref}/updates/", UPDATE | {"next": ""}).status_code == 422
    assert agent.post(f"/alerts/{ref}/updates/", UPDATE).status_code == 302
    assert (
        agent.post(f"/alerts/{ref}/updates/", UPDATE | {"status": "resolved", "next": ""}).status_code == 302
    )
    assert agent.post(f"/alerts/{ref}/updates/", UPDATE).status_code == 422
    assert Update.objects.count() == 3
    page = agent.get(f"/alerts/{ref}/").content.decode()
    assert "works again" in page and "Post an update" not in page


ACTS = ["/alerts/declare/", "/alerts/declare/audience/"]
ON_ONE = ["updates/", "attach/", "detach/", "dismiss/"]


def test_an_observer_reads_and_changes_nothing(company: Company) -> None:
    ref = company.declare().ref
    observer = _as(company.observer)
    for address in [
        "/alerts/",
        f"/alerts/{ref}/",
        f"/alerts/{ref}/part/state/",
        f"/alerts/{ref}/part/deliveries/",
    ]:
        assert observer.get(address).status_code == 200
    for address in [*ACTS, *(f"/alerts/{ref}/{act}" for act in ON_ONE)]:
        assert observer.post(address, FORM).status_code == 403
    assert "Post an update" not in observer.get(f"/alerts/{ref}/").content.decode()
    assert "/alerts/declare/" not in observer.get(f"/alerts/{ref}/").content.decode()
    assert Incident.objects.count() == 1 and Update.objects.count() == 1


@pytest.mark.parametrize("role", ["lead", "agent"])
def test_agents_and_leads_may_declare(company: Company, role: str) -> None:
    assert _as(getattr(company, role)).post("/alerts/declare/", FORM).status_code == 302


def test_a_stranger_is_asked_to_sign_in(company: Company, client: Client) -> None:
    ref = company.declare().ref
    for address in ["/alerts/", f"/alerts/{ref}/", "/alerts/declare/"]:
        assert client.get(address).status_code == 302
        assert "login" in client.get(address).headers["location"]


@pytest.mark.parametrize("address", ["/alerts/I-0000000/", "/alerts/nonsense/", "/alerts/T-0000018/"])
def test_an_incident_that_is_none(agent: Client, address: str) -> None:
    assert agent.get(address).status_code == 404


def test_one_click_corrections(company: Company, agent: Client) -> None:
    company.customer("maria", "mail")
    ref = company.declare().ref
    ticket = company.ticket("maria@example.test", "mail is down")
    inside = {"ticket": ticket.ref, "next": f"/tickets/{ticket.ref}/"}
    assert agent.post(f"/alerts/{ref}/detach/", inside).headers["location"] == inside["next"]
    ticket.refresh_from_db()
    assert ticket.linked_ref == ""
    agent.post(f"/alerts/{ref}/attach/", inside | {"next": "https://evil.example/"})
    ticket.refresh_from_db()
    assert ticket.linked_ref == ref
    assert agent.post(f"/alerts/{ref}/attach/", {"ticket": "T-1"}).status_code == 302
    side = agent.get(f"/tickets/{ticket.ref}/").content.decode()
    assert "Attached to" in side and f"/alerts/{ref}/detach/" in side


def test_the_bar_is_over_every_page_and_turns_green(company: Company, agent: Client) -> None:
    assert "alertbar" not in agent.get("/alerts/").content.decode()
    incident = company.declare(title="All mail is gone")
    assert 'class="alertbar" data-tone="bad"' in agent.get("/inbox/").content.decode()
    company.update(incident, "resolved")
    assert 'class="alertbar" data-tone="good"' in _as(company.lead).get("/inbox/").content.decode()


def test_pages_cost_the_same_however_much_there_is(
    company: Company, agent: Client, announcements_are_heard: None, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        company.customer(f"c{number}", "mail")
        company.ticket(f"c{number}@example.test", "mail is down" if number % 2 else "it is not working")
    ref = company.declare().ref
    for _ in range(30):
        company.declare("dns")
    with django_assert_max_num_queries(45):
        assert agent.get(f"/alerts/{ref}/").status_code == 200
    with django_assert_max_num_queries(20):
        first = agent.get("/alerts/")
    assert first.content.decode().count("<article") == 25
    older = agent.get("/alerts/?cursor=" + services.__name__)
    assert older.status_code == 422


def test_a_page_asks_once_what_presses_now(company: Company, agent: Client) -> None:
    agent.post("/alerts/declare/", FORM)
    agent.get("/inbox/")
    with CaptureQueriesContext(connection) as caught:
        page = agent.get("/inbox/").content.decode()
    asked = [one["sql"] for one in caught if 'FROM "incidents_incident" LEFT' in one["sql"]]
    assert len(asked) == 1, asked
    assert "for <time" in page and ">less than a minute" not in page


def test_the_first_minute_reads_as_a_sentence(company: Company, agent: Client) -> None:
    agent.post("/alerts/declare/", FORM | {"since": "0"})
    page = agent.get(f"/alerts/{Incident.objects.get().ref}/").content.decode()
    assert "for now" not in page and ">less than a minute</time>" in page
    assert 'data-stage="far"' in page


def test_how_bad_it_is_differs_in_shape(company: Company, agent: Client) -> None:
    page = agent.get("/alerts/declare/").content.decode()
    signs = re.findall(r'name="impact".*?</svg>', page)
    assert len(signs) == len({re.sub(".*<svg", "", sign) for sign in signs}) == 3


def test_the_search_leads_to_an_alert_by_its_number(company: Company, agent: Client) -> None:
    ref = company.declare().ref
    digits = ref.removeprefix("I-").lstrip("0").zfill(2)
    for typed in (ref, ref.lower(), f"i{digits}", digits):
        assert f'href="/alerts/{ref}/"' in agent.get("/search/", {"q": typed}).content.decode(), typed
    found = agent.get("/search/", {"q": f"t{digits}"}, headers={"HX-Request": "true"})
    assert ref not in found.content.decode()


def test_texts_of_an_update_are_kept_as_drafts(company: Company, agent: Client) -> None:
    ref = company.declare().ref
    page = agent.get(f"/alerts/{ref}/").content.decode()
    assert f'data-draft="{ref}:message_en" data-draft-over' in page
    refused = agent.post(f"/alerts/{ref}/updates/", UPDATE | {"status": "nonsense"}).content.decode()
    assert f'data-draft="{ref}:message_en">Found.' in refused


def test_an_update_after_somebody_elses_end_is_not_dropped_in_silence(
    company: Company, agent: Client
) -> None:
    incident = company.declare()
    services.post_update(
        incident.ref or "", services.NewUpdate("resolved", {"en": "It works."}), actor=company.lead.actor
    )
    for said in (UPDATE, UPDATE | {"next": "", "after": "1"}):
        page = agent.post(f"/alerts/{incident.ref}/updates/", said)
        assert page.status_code == 422
        assert "Nothing was posted" in page.content.decode()
        assert "It was resolved a moment ago by Lead." in page.content.decode()
    assert "Nothing was posted" not in agent.get(f"/alerts/{incident.ref}/").content.decode()


def test_a_second_alert_on_the_same_part_needs_a_tick(company: Company, agent: Client) -> None:
    first = company.declare()
    chosen = FORM | {"known_through": str(queries.newest_id())}
    page = agent.post("/alerts/declare/audience/", chosen).content.decode()
    assert "there is an open alert" in page and f"/alerts/{first.ref}/#update" in page
    refused = agent.post("/alerts/declare/", chosen)
    assert refused.status_code == 422 and "Post an update there, or say" in refused.content.decode()
    assert (
        "open alert"
        not in agent.post("/alerts/declare/audience/", FORM | {"components": ["dns"]}).content.decode()
    )
    assert agent.post("/alerts/declare/", FORM | {"components": ["dns"]}).status_code == 302
    assert agent.post("/alerts/declare/", chosen | {"anyway": "1"}).status_code == 302
    assert Incident.objects.count() == 3


def test_the_end_is_called_an_end(company: Company, agent: Client) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    company.ticket("maria@example.test", "mail is down")
    address = f"/alerts/{incident.ref}/"
    assert "Post and tell 1 customer" in agent.get(address).content.decode()
    page = agent.post(f"{address}updates/?redraft=1", {"status": "resolved"}).content.decode()
    assert "Resolve: tell 1 customer, close 1 ticket</span>" in page
    company.update(incident, "identified")
    page = agent.get(address).content.decode()
    assert "Works again (resolved)" in page
    assert page.count("Cause found") >= 3, "form, banner and time line say it in the same words"


def _offered(page: str) -> tuple[str, str]:
    """The status that the update form begins with, and the English text in it."""
    status = re.search(r'name="status" value="(\w+)" checked', page)
    text = re.search(r'<textarea[^>]* name="message_en"[^>]*>([^<]*)<', page)
    assert status and text
    return status[1], text[1]


@pytest.mark.parametrize(
    ("stands", "text"),
    [
        ("investigating", "Mail: we are still looking for the cause."),
        ("identified", "Mail: the cause is known, and we are still working on the repair."),
        ("monitoring", "Mail: we are still watching whether the repair holds."),
    ],
)
def test_an_update_begins_with_what_is_true_already(
    company: Company, agent: Client, stands: str, text: str
) -> None:
    incident = company.declare()
    if stands != "investigating":
        company.update(incident, stands)
    assert _offered(agent.get(f"/alerts/{incident.ref}/").content.decode()) == (stands, text)
    other = agent.post(f"/alerts/{incident.ref}/updates/?redraft=1", {"status": "resolved"})
    assert "Mail: everything works again." in other.content.decode()


def test_announced_work_stays_announced_until_somebody_says_more(company: Company, agent: Client) -> None:
    now = clock.now()
    window = {"scheduled_for": now + timedelta(days=1), "scheduled_until": now + timedelta(days=1, hours=1)}
    incident = company.declare(kind="scheduled", **window)
    address = f"/alerts/{incident.ref}/"
    status, text = _offered(agent.get(address).content.decode())
    assert (status, text) == ("scheduled", "Mail: the planned maintenance stands as announced.")
    said = {"status": status, "message_en": text, "next": "30"}
    assert agent.post(f"{address}updates/", said).status_code == 302
    incident.refresh_from_db()
    assert incident.status == "scheduled"
    company.update(incident, "monitoring")
    assert 'value="scheduled"' not in agent.get(address).content.decode()
    assert agent.post(f"{address}updates/", said).status_code == 422


def test_the_green_bar_is_put_away_by_each_for_themselves(company: Company, agent: Client) -> None:
    incident = company.declare()
    company.update(incident, "resolved")
    assert "Resolved: Mail is down" not in agent.get("/inbox/").content.decode(), "who ended it knows"
    lead, observer = _as(company.lead), _as(company.observer)
    assert "Resolved: Mail is down" in lead.get("/inbox/").content.decode()
    assert lead.post(f"/alerts/{incident.ref}/seen/", {"next": "/inbox/"}).headers["location"] == "/inbox/"
    assert lead.post(f"/alerts/{incident.ref}/seen/", {"next": "//evil.test/"}).headers["location"] == "/"
    assert "Resolved: Mail is down" not in lead.get("/inbox/").content.decode()
    assert "Resolved: Mail is down" in observer.get("/inbox/").content.decode()


def test_why_a_ticket_is_attached_is_read_in_each_readers_language(company: Company, agent: Client) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    ticket = company.ticket("maria@example.test", "mail is down")
    for language, said in (
        ("en", "the customer is affected"),
        ("hr", "a korisnik je pogođen"),
        ("ru", "и клиент затронут"),
    ):
        Staff.objects.update(language=language)
        for page in (f"/alerts/{incident.ref}/", f"/tickets/{ticket.ref}/"):
            assert said in agent.get(page).content.decode(), (page, language)
    agent.post(f"/alerts/{incident.ref}/detach/", {"ticket": ticket.ref})
    assert "Agent" in TicketLink.objects.get().reason


def test_the_title_is_drafted_and_kept_in_each_language(company: Company, agent: Client) -> None:
    page = agent.post("/alerts/declare/audience/", {"components": ["mail"], "impact": "critical"})
    drafted = page.content.decode()
    assert 'name="title" maxlength="200" lang="en" value="Mail: does not work"' in drafted
    assert (
        'name="title_el" maxlength="200" lang="el" value="Ηλεκτρονικό ταχυδρομείο: δεν λειτουργεί"' in drafted
    )
    agent.post("/alerts/declare/", FORM | {"title": "No mail", "title_el": "Χωρίς email"})
    incident = Incident.objects.get()
    assert (incident.title, incident.titles) == ("No mail", {"en": "No mail", "el": "Χωρίς email"})
    Staff.objects.update(language="el")
    assert "Χωρίς email" in agent.get("/inbox/").content.decode(), "the bar is in the reader's language, too"


def test_a_title_in_one_language_is_enough(company: Company, agent: Client) -> None:
    assert agent.post("/alerts/declare/", FORM | {"title": "No mail", "title_el": " "}).status_code == 302
    incident = Incident.objects.get()
    assert incident.titles == {"en": "No mail"}
    assert incident.title_in("el") == incident.title_in("en") == "No mail"


def test_a_title_too_long_in_another_language_is_said(company: Company, agent: Client) -> None:
    refused = agent.post("/alerts/declare/", FORM | {"title_el": "χ" * 201})
    assert refused.status_code == 422
    assert "The title is too long" in refused.content.decode()
    assert not Incident.objects.exists()


def test_an_alert_is_found_by_its_words_in_every_language(company: Company, agent: Client) -> None:
    titles = {"en": "Mail is away", "el": "Δεν φεύγουν μηνύματα"}
    incident = company.declare(title="Mail is away", titles=titles)
    company.update(incident, "identified")
    for typed in ("away", "μηνυματα", "identified", incident.ref):
        for path in ("/search/", "/console/found/"):
            found = agent.get(path, {"q": typed}, headers={"HX-Request": "true"}).content.decode()
            assert found.count(f"/alerts/{incident.ref}/") == 1, (path, typed)
