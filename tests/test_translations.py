"""Every word of the interface is there in every language: complete, of one mind, and on the pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.plurals import get_plural
from django.test import Client
from tests.harness import messages

PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])|%([sd%])")
MARKUP = re.compile(r"</?\w+>")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
PAGES = [
    "/account/login/",
    "/inbox/",
    "/search/",
    "/alerts/",
    "/alerts/declare/",
    "/account/settings/",
    "/account/me/",
    "/account/staff/add/",
    "/account/departments/",
    "/account/tokens/",
    "/catalog/components/add/",
    "/mailroom/channels/",
    "/mailroom/outbox/",
    "/mailroom/set-aside/",
    "/contact/",
]
NAMES = {"Tocsin", "JavaScript", "API", "IMAP", "Telegram", "TOCSIN_MAIL_FROM", "Ctrl", "Enter", "Shift"}
NAMES |= {"Support", "support"}  # the company of the tests, and the key of its department
EMAIL = "iva@company.test"
NAMES |= set(EMAIL.replace("@", ".").split("."))

Languages = pytest.mark.parametrize("language", messages.LANGUAGES)


def _words(catalog: Catalog) -> dict[tuple[Any, Any], Message]:
    return {(message.context, message.id): message for message in catalog if message.id}


def _texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _holes(text: str) -> list[tuple[str, ...]]:
    return sorted(found.groups("") for found in PLACEHOLDER.finditer(text))


@Languages
def test_the_catalogue_holds_all_words_that_the_sources_ask_for_and_no_others(language: str) -> None:
    asked_for = _words(messages.extracted())
    there = _words(messages.kept(language))
    assert [key for key in asked_for if key not in there] == [], "run `make messages`"
    assert [key for key in there if key not in asked_for] == [], "run `make messages`"


@Languages
def test_every_message_is_translated_with_all_its_forms(language: str) -> None:
    catalog = messages.kept(language)
    forms = get_plural(language).num_plurals
    assert catalog.num_plurals == forms
    for message in _words(catalog).values():
        assert not message.fuzzy, message.id
        assert len(_texts(message)) == (forms if message.pluralizable else 1), message.id
        assert all(text.strip() for text in _texts(message)), message.id


@Languages
def test_placeholders_and_markup_survive(language: str) -> None:
    for message in _words(messages.kept(language)).values():
        expected = _originals(message)[-1]
        for text in _texts(message):
            assert _holes(text) == _holes(expected), message.id
            assert MARKUP.findall(text) == MARKUP.findall(expected), message.id
            assert text.count("\n") == expected.count("\n"), message.id
            assert "!" not in text, message.id


@Languages
def test_the_file_is_as_the_tool_writes_it_and_compiles(language: str) -> None:
    catalog = messages.kept(language)
    path = messages.po_path(language)
    assert path.read_bytes() == messages.written(catalog, language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    assert len(read_mo(compiled)) == len(catalog)


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("el", {1: "1 πελάτης", 2: "2 πελάτες"}),
        ("hr", {1: "1 korisnik", 3: "3 korisnika", 21: "21 korisnik"}),
        ("es", {1: "1 cliente", 7: "7 clientes"}),
        ("ru", {1: "1 клиент", 2: "2 клиента", 5: "5 клиентов", 11: "11 клиентов", 21: "21 клиент"}),
    ],
)
def test_numbers_take_the_right_form(language: str, numbers: dict[int, str]) -> None:
    from django.utils.translation import ngettext, override

    with override(language):
        said = {n: ngettext("%(count)s customer", "%(count)s customers", n) % {"count": n} for n in numbers}
    assert said == numbers


class _Reader(HTMLParser):
    """What a reader of the page meets: its texts, and the attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unread = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread = tag if tag in {"script", "style", "option", "code"} else ""
        shown = {"title", "aria-label", "placeholder", "alt", "data-key-label"}
        self.texts += [value for name, value in attrs if name in shown and value]

    def handle_endtag(self, tag: str) -> None:
        self._unread = ""

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._unread:
            self.texts.append(" ".join(data.split()))


def _read(page: str) -> list[str]:
    reader = _Reader()
    reader.feed(page)
    return reader.texts


@pytest.fixture
def company(db: None) -> None:
    """A company whose inbox is empty, and whose own names can't be taken for English."""
    from tocsin.catalog import services as catalog
    from tocsin.people import services as people

    people.save_department(key="support", name={"en": "Ω"}, first_answer_minutes=120)
    people.create_staff(email=EMAIL, name="Ива Νίκου", role="admin", password="quite long enough")
    catalog.save_service(key="hosting", name={"en": "Φ"})
    catalog.save_component(key="mail", name={"en": "Ψ"}, service="hosting")


def _pages_in(language: str) -> dict[str, list[str]]:
    from tocsin.people.models import Staff

    lead = Staff.objects.get(email=EMAIL)
    Staff.objects.update(language=language)
    stranger, reader = Client(HTTP_ACCEPT_LANGUAGE=language), Client(HTTP_ACCEPT_LANGUAGE=language)
    reader.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    found = {}
    for path in PAGES:
        response = (stranger if path in {"/account/login/", "/contact/"} else reader).get(path)
        assert response.status_code == 200, path
        found[path] = _read(response.content.decode())
    return found


def _translated(language: str) -> dict[str, str]:
    """Messages whose translation differs from the English words."""
    return {
        message.id: message.string
        for message in _words(messages.kept(language)).values()
        if isinstance(message.id, str) and message.string != message.id
    }


@Languages
@pytest.mark.usefixtures("company")
def test_no_page_leaves_a_translated_message_in_english(language: str) -> None:
    translated = _translated(language)
    spoken = set(translated.values())
    left = {
        text: path
        for path, texts in _pages_in(language).items()
        for text in texts
        if text in translated and text not in spoken
    }
    assert left == {}


@pytest.mark.parametrize("language", ["el", "ru"])
@pytest.mark.usefixtures("company")
def test_no_page_has_words_that_nobody_gave_to_translation(language: str) -> None:
    """In alphabets that are not Latin a forgotten English word shows itself."""
    own = set(_translated(language).values())
    left = {
        text: path
        for path, texts in _pages_in(language).items()
        for text in texts
        if text not in own and set(LATIN_WORD.findall(text)) - NAMES
    }
    assert left == {}
