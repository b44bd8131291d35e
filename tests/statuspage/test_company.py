"""What staff set in Settings → Company is on the public pages and in mails at once, in every process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.harness.waiting import wait_until
from tests.incidents import company as companies
from tests.people.test_access import signed_in
from tests.statuspage.conftest import Served
from tests.statuspage.test_story import page, told

from tocsin.incidents import forms
from tocsin.kernel import clock
from tocsin.mailroom.models import Delivery
from tocsin.people import services as people
from tocsin.statuspage import services
from tocsin.statuspage.models import Document
from tocsin.statuspage.public import PublicApp


@pytest.fixture
def company(settings: Any, tmp_path: Path, db: None) -> companies.Company:
    settings.TOCSIN_DATA = tmp_path
    return companies.build()


def save(company: companies.Company, **fields: Any) -> None:
    posted = {f"people_company_{name}": value for name, value in fields.items()}
    assert signed_in(company.lead).post("/account/settings/company/", posted).status_code == 302


def acknowledgement(company: companies.Company, number: int) -> str:
    company.ticket(f"p{number}@example.test", "12345", subject="12345")
    return str(Delivery.objects.latest("pk").payload["text"])


def test_page_feed_banner_drafts_and_acknowledgements_change(company: companies.Company) -> None:
    services.publish()
    company.declare()
    assert "Support" in page("en/") and "Support" in page("history.atom")
    assert acknowledgement(company, 1).endswith("Support")

    save(company, name="Tophost", language="es", languages=["en", "ru"])
    assert ProcrastinateJob.objects.filter(args__handler="statuspage.publish-company").exists()
    services.publish()  # what that job does
    assert "Tophost" in page("en/") and "Tophost" in page("es/") and "Tophost" in page("history.atom")
    assert told("banner.json")["default"] == "es"
    assert told("banner.json")["matters"][0]["text"].keys() == {"en", "es", "ru"}
    assert [code for code, _name in forms.languages()] == ["es", "en", "ru"]
    spanish = acknowledgement(company, 2)
    assert spanish.endswith("Tophost") and "Hemos recibido" in spanish


def test_pages_in_a_language_no_longer_written_are_taken_down(
    company: companies.Company, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    def publish() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            services.publish()

    publish()
    assert (tmp_path / "status/el/index.html").exists()
    save(company, languages=["en"])
    publish()
    assert not Document.objects.filter(path__startswith="/status/el/").exists()
    assert not (tmp_path / "status/el").exists() and (tmp_path / "status/en/index.html").exists()


def test_months_of_long_ago_carry_the_name_and_the_languages_too(company: companies.Company) -> None:
    incident = company.declare()
    company.update(incident, "resolved")
    clock.move(timedelta(days=400))
    services.publish()
    save(company, name="Tophost", languages=["en", "hr"])
    services.publish()
    assert "Tophost" in page(f"en/incidents/{incident.ref}/")
    assert "Tophost" in page(f"hr/incidents/{incident.ref}/")


@pytest.mark.django_db(transaction=True)
def test_a_web_process_that_runs_already_answers_anew(
    settings: Any, tmp_path: Path, serve: Callable[[Any], Served]
) -> None:
    settings.TOCSIN_DATA = tmp_path
    url = serve(PublicApp()).url + "/status/"

    def get(path: str, language: str) -> httpx.Response:
        return httpx.get(url + path, headers={"Accept-Language": language})

    assert '<html lang="el">' in get("", "el").text
    people.save_company(name="Tophost", language="hr", languages=["en"])
    services.publish()
    wait_until(lambda: "Tophost" in get("", "en").text, "the new name is there")
    assert '<html lang="hr">' in get("", "el").text, "no longer written: the company's own"
    earlier = get("el/", "en")
    assert earlier.status_code == 200 and '<html lang="en">' in earlier.text, "mails still lead there"
    assert get("el/nothing/", "en").status_code == 404
    assert get("xx/", "en").status_code == 404
