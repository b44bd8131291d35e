"""From the declaration to the public pages and back, on the real rooms."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.incidents import company as companies

from tocsin.incidents import services as incidents
from tocsin.kernel import clock
from tocsin.statuspage import queries, services
from tocsin.statuspage.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(settings: Any, tmp_path: Path) -> companies.Company:
    settings.TOCSIN_DATA = tmp_path
    return companies.build()


def told(path: str) -> Any:
    return json.loads(bytes(Document.objects.get(path=f"/status/{path}").body))


def page(path: str) -> str:
    return bytes(Document.objects.get(path=f"/status/{path}").body).decode()


def jobs_for(handler: str) -> int:
    return ProcrastinateJob.objects.filter(args__handler=f"statuspage.{handler}").count()


def test_declared_updated_resolved(company: companies.Company) -> None:
    services.publish()
    assert told("banner.json")["matters"] == []
    incident = company.declare()
    assert jobs_for("publish-declared") == 1
    services.publish()
    assert told("banner.json")["matters"][0]["colour"] == "red"
    assert told("api/v2/status.json")["status"]["indicator"] == "major"
    assert companies.MESSAGE["el"] in page("el/") and companies.MESSAGE["en"] in page("en/")
    assert f"/status/en/incidents/{incident.ref}/" in page("history.atom")
    update = incidents.NewUpdate(
        status="resolved", message={"en": "Works.", "el": "Όλα καλά."}, next_update_at=None
    )
    incidents.post_update(incident.ref or "", update, actor=company.agent.actor)
    assert jobs_for("publish-resolved") == 1
    services.publish()
    assert told("banner.json")["matters"][0]["colour"] == "green"
    assert told("api/v2/incidents/unresolved.json")["incidents"] == []
    assert "Everything works." in page("en/") and "Όλα καλά." in page(f"el/incidents/{incident.ref}/")


def test_reading_how_things_are_takes_a_fixed_number_of_queries(
    company: companies.Company, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    company.declare("mail")
    with CaptureQueriesContext(
        connection,
    ) as few:
        queries.page_state()
    for _ in range(3):
        company.declare("web")
    with django_assert_num_queries(len(few)):
        assert len(queries.page_state().incidents) == 4


def test_long_ago_stays_on_its_pages(company: companies.Company) -> None:
    incident = company.declare()
    update = incidents.NewUpdate(status="resolved", message=companies.MESSAGE, next_update_at=None)
    incidents.post_update(incident.ref or "", update, actor=company.agent.actor)
    month = incident.started_at.strftime("%Y-%m")
    clock.move(timedelta(days=400))
    services.publish()
    assert f"/status/en/history/{month}/" in page("en/history/")
    assert incident.title in page(f"en/history/{month}/")
    assert incident.title in page(f"en/incidents/{incident.ref}/")
    assert incident.title not in page("en/")
    assert len(told("api/v2/incidents.json")["incidents"]) == 1
