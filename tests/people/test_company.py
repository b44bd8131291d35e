"""Settings → Company: name and languages towards customers; the environment has what is left empty."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.people.test_access import person, signed_in

from tocsin.kernel.errors import Refused
from tocsin.kernel.models import LogEntry, SettingRow
from tocsin.people import queries, rules, services

pytestmark = pytest.mark.django_db
PAGE = "/account/settings/company/"


@pytest.fixture
def environment(settings: Any) -> Any:
    settings.TOCSIN_COMPANY, settings.TOCSIN_LANGUAGE = "Anemona", "el"
    return settings


def saved(client: Client, **fields: Any) -> None:
    assert client.post(PAGE, posted(**fields)).status_code == 302


def posted(**fields: Any) -> dict[str, Any]:
    return {f"people_company_{name}": value for name, value in fields.items()}


def test_what_is_set_counts_and_what_is_empty_is_the_environments(environment: Any) -> None:
    assert queries.company() == rules.Company("Anemona", "el", ("el", "en"))
    client = signed_in(person("admin"))
    saved(client, name=" Tophost ", language="hr", languages=["en", "ru"])
    assert queries.company() == rules.Company("Tophost", "hr", ("hr", "en", "ru"))
    saved(client, languages=["en", "ru"])
    assert queries.company() == rules.Company("Anemona", "el", ("el", "en", "ru"))
    assert list(SettingRow.objects.values_list("key", flat=True)) == ["people.company_languages"]


def test_an_empty_installation_has_a_name() -> None:
    assert queries.company() == rules.Company("Support", "en", ("en", "el"))
    shown = signed_in(person("admin")).get(PAGE).content.decode()
    assert "While nothing is set here, it is “Support”. In the environment it is TOCSIN_COMPANY." in shown


def test_the_page_says_what_comes_from_the_environment(environment: Any) -> None:
    client = signed_in(person("admin"))
    shown = client.get(PAGE).content.decode()
    assert "While nothing is set here, it is “Anemona”. In the environment it is TOCSIN_COMPANY." in shown
    assert '<option value="" selected>As by default: Greek</option>' in shown
    saved(client, name="Tophost", language="hr", languages=["es"])
    shown = client.get(PAGE).content.decode()
    assert 'value="Tophost"' in shown
    assert '<option value="hr" selected>' in shown
    assert [code for code in ("en", "el", "hr", "es", "ru") if _is_ticked(shown, code)] == ["es"]


def _is_ticked(page: str, code: str) -> bool:
    box = page.split(f'name="people_company_languages" value="{code}"')[1].partition(">")[0]
    return "checked" in box


def test_the_settings_page_leads_there() -> None:
    assert f'href="{PAGE}"' in signed_in(person("lead")).get("/account/settings/").content.decode()


def test_a_change_is_in_the_log_with_who_made_it() -> None:
    admin = person("admin")
    saved(signed_in(admin), name="Tophost", languages=["es"])
    name, languages = LogEntry.objects.filter(name="kernel.setting-changed").order_by("pk")
    assert (name.actor, languages.actor) == (admin.actor.ref, admin.actor.ref)
    assert name.data == {"key": "people.company_name", "scope": "", "old": None, "new": "Tophost"}
    assert languages.data["new"] == ["es"]


@pytest.mark.parametrize("fields", [{"name": "n" * 121}, {"language": "de"}, {"languages": ["en", "de"]}])
def test_what_cannot_be_is_refused_by_page_and_verb(fields: dict[str, Any]) -> None:
    values = {"name": "", "language": "", "languages": ["en"], **fields}
    answer = signed_in(person("admin")).post(PAGE, posted(**values))
    assert "field-error" in answer.content.decode()
    with pytest.raises(Refused):
        services.save_company(**values)
    assert not SettingRow.objects.exists()


def test_a_name_is_one_line_since_it_stands_in_the_head_of_mails() -> None:
    services.save_company(name="Top\r\nBcc: x@example.org", language="", languages=[])
    assert queries.company_name() == "Top Bcc: x@example.org"


@pytest.mark.parametrize("role", ["agent", "observer"])
def test_only_those_who_manage_settings_change_it(role: str) -> None:
    assert signed_in(person(role)).post(PAGE, posted(name="Mine")).status_code == 403
    assert queries.company_name() == "Support"


def test_strangers_who_are_lost_read_the_companys_name() -> None:
    services.save_company(name="Tophost", language="", languages=[])
    assert "Tophost" in Client().get("/no/such/page/").content.decode()


@pytest.mark.parametrize(
    ("accepted", "language"), [("fr, de;q=0.5", "es"), ("", "es"), ("en-GB", "en"), ("hr", "hr")]
)
def test_a_visitor_whose_language_we_do_not_have_writes_in_the_companys(accepted: str, language: str) -> None:
    services.save_company(name="Tophost", language="es", languages=[])
    with translation.override("en"):  # what a request switches on stays on in its thread
        for path in ("/contact/", "/contact/thanks/"):
            page = Client(headers={"accept-language": accepted}).get(path).content.decode()
            assert f'<html lang="{language}"' in page and "Tophost" in page
