"""Pages of settings are made from what rooms declare: a new setting needs no edit elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from tests.people.example_room.apps import Greeter
from tests.people.test_access import person, signed_in

from tocsin.kernel import settings
from tocsin.kernel.models import LogEntry, SettingRow

pytestmark = pytest.mark.django_db
ROOM = "tests.people.example_room"
PAGE = "/account/settings/greeting/"


@pytest.fixture
def room() -> Iterator[Any]:
    """The example room as Django starts it, which then offers its settings as any room does."""
    with settings.declared_temporarily():
        Greeter(ROOM, sys.modules[ROOM]).ready()
        yield sys.modules[f"{ROOM}.settings"]
    del sys.modules[f"{ROOM}.settings"]


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def fields_of(page: str) -> dict[str, Any]:
    """What a browser sends back of this page when nothing is touched."""
    from html_text import parse_html

    tree = parse_html(page).find(".//main//form")
    found = dict(tree.form_values())
    found["greeter_languages"] = [value for name, value in tree.form_values() if name == "greeter_languages"]
    return found


def test_a_room_that_declares_settings_has_a_page_for_them(room: ModuleType) -> None:
    client = signed_in(person("admin"))
    index = client.get("/account/settings/").content.decode()
    assert f'href="{PAGE}"' in index and "How visitors are greeted." in index
    page = shown(client)
    for label in ("Visitors are greeted", "Words (English)", "Words (Greek)", "Name", "Times", "Houses"):
        assert label in page
    assert "How often. While nothing is set here, it is “1”." in page
    assert "In hours. While nothing is set here, it is “3”." in page
    assert "As by default: Bows" in page
    assert "For nobody" not in page, "whoever may not change it does not see it"


def test_what_is_written_there_counts(room: ModuleType) -> None:
    client = signed_in(admin := person("admin"))
    values = {
        "greeter_greets": "on",
        "greeter_words__en": "Hello",
        "greeter_words__el": "Γεια σας",
        "greeter_name": "Igor",
        "greeter_letter": "One\r\ntwo",
        "greeter_times": "3",
        "greeter_pause": "36",
        "greeter_manner": "wave",
        "greeter_language": "hr",
        "greeter_languages": ["el", "en"],
        "greeter_houses": "north\r\nsouth",
        "greeter_password": "hunter2",
    }
    assert client.post(PAGE, values).status_code == 302
    assert room.GREETS.get() is True
    assert room.WORDS.get() == {"en": "Hello", "el": "Γεια σας"}
    assert (room.NAME.get(), room.LETTER.get()) == ("Igor", "One\ntwo")
    assert (room.TIMES.get(), room.PAUSE.get()) == (3, timedelta(hours=36))
    assert (room.MANNER.get(), room.LANGUAGE.get(), room.LANGUAGES.get()) == ("wave", "hr", ("en", "el"))
    assert (room.HOUSES.get(), room.PASSWORD.get()) == (("north", "south"), "hunter2")
    assert room.HIDDEN.get() is True
    assert set(LogEntry.objects.filter(name="kernel.setting-changed").values_list("actor", flat=True)) == {
        admin.actor.ref
    }


def test_saving_what_is_shown_changes_nothing(room: ModuleType) -> None:
    client = signed_in(person("admin"))
    assert client.post(PAGE, fields_of(shown(client))).status_code == 302
    assert not SettingRow.objects.exists()
    test_values = {"greeter_times": "2", "greeter_pause": "36", "greeter_houses": "a\r\nb"}
    client.post(PAGE, fields_of(shown(client)) | test_values | {"greeter_password": "hunter2"})
    page = shown(client)
    assert "hunter2" not in page
    events = LogEntry.objects.count()
    assert client.post(PAGE, fields_of(page)).status_code == 302
    assert LogEntry.objects.count() == events
    assert room.PASSWORD.get() == "hunter2"


def test_what_is_emptied_is_as_by_default(room: ModuleType) -> None:
    client = signed_in(person("admin"))
    client.post(PAGE, {"greeter_times": "2", "greeter_words__en": "Hi", "greeter_password": "hunter2"})
    client.post(PAGE, {"greeter_times": "", "greeter_words__en": "", "greeter_password__remove": "on"})
    assert (room.TIMES.get(), room.WORDS.get(), room.PASSWORD.get()) == (1, {"en": "Welcome"}, "")
    assert not SettingRow.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"greeter_times": "4"},
        {"greeter_pause": "0"},
        {"greeter_manner": "dance"},
        {"greeter_words__en": "x" * 81},
        {"greeter_houses": "longer than ten"},
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_saved(
    room: ModuleType, wrong: dict[str, str]
) -> None:
    client = signed_in(person("admin"))
    answer = client.post(PAGE, {"greeter_name": "Igor", **wrong})
    assert "field-error" in answer.content.decode()
    assert not SettingRow.objects.exists()


def test_a_page_is_there_for_who_may_change_something_on_it(room: ModuleType) -> None:
    client = signed_in(person("agent"))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"greeter_times": "2"}).status_code == 403
    assert client.get("/account/settings/").status_code == 403
    assert signed_in(person("admin")).get("/account/settings/nothing/").status_code == 403
    settings.declare(
        "greeter.open", room.GREETS.kind, False, page=room.GREETING, label="Open", permission="work_tickets"
    )
    page = shown(client)
    assert "Open" in page and "Visitors are greeted" not in page
    client.post(PAGE, {"greeter_open": "on", "greeter_times": "2"})
    assert list(SettingRow.objects.values_list("key", flat=True)) == ["greeter.open"]
    assert f'href="{PAGE}"' in client.get("/account/settings/").content.decode()
