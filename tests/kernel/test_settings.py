"""Settings: declared with a type, checked wherever they are given, changed by a verb that is logged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.harness.actors import acting

from tocsin.kernel import kept_settings, settings
from tocsin.kernel.actors import SYSTEM
from tocsin.kernel.errors import Refused
from tocsin.kernel.models import LogEntry, SettingRow
from tocsin.kernel.setting_types import (
    Choice,
    Duration,
    Lines,
    Number,
    Secret,
    SettingType,
    Switch,
    Text,
    Translated,
    language,
    languages,
)
from tocsin.kernel.settings import Setting, change, declare

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _of_this_test() -> Iterator[None]:
    with settings.declared_temporarily():
        yield


def number(default: int = 5) -> Setting[int]:
    return declare("example.number", Number(0, 9), default, label="Number")


KINDS: list[tuple[SettingType[Any], Any, Any]] = [
    (Switch(), True, "yes"),
    (Number(0, 9), 3, 10),
    (Number(-5, 5), -5, True),
    (Duration(DAY, 9 * DAY, "days"), 2 * DAY, 10 * DAY),
    (Duration(DAY, 9 * DAY, "days"), DAY, timedelta()),
    (Text(5), "Grüße", "x" * 6),
    (Text(20, lines=True), "one\ntwo", 7),
    (Choice([("a", "A"), ("b", "B")]), "b", "c"),
    (language(), "el", "de"),
    (languages(), ("en", "ru"), ("en", "de")),
    (Lines(2, 5), ("one", "two"), ("one", "two", "three")),
    (Lines(2, 5), ("αβγδε",), ("longer",)),
    (Translated(5), {"en": "One", "el": "Ένα"}, {"de": "Eins"}),
    (Translated(5), {"en": "One"}, {"en": "x" * 6}),
]


def _named(value: object) -> str:
    """The same in every process: some types show where they lie in memory."""
    return type(value).__name__ if isinstance(value, SettingType) else str(value)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "right", "wrong"), KINDS, ids=_named)
def test_every_type_is_kept_and_read_and_refuses(kind: SettingType[Any], right: Any, wrong: Any) -> None:
    default = kind.checked(right)
    one = declare("example.one", kind, default, label="One", scoped=True)
    change([one.to(right, "here")], actor=SYSTEM)
    assert one.own("here") == right
    assert one.own("elsewhere") is None
    for impossible in (wrong, object(), 7.5):
        with pytest.raises(Refused) as refused:
            change([one.to(impossible, "here")], actor=SYSTEM)
        assert list(refused.value.fields) == ["example_one"]
    assert one.get("here") == right


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        (Switch(), "1", True),
        (Number(0, 9), "7", 7),
        (Duration(DAY, 9 * DAY), "86400", DAY),
        (Text(20), " two\n words ", "two words"),
        (languages(), "ru,en", ("en", "ru")),
        (Lines(), "a.example, b.example,", ("a.example", "b.example")),
    ],
    ids=_named,
)
def test_every_type_reads_the_environment(kind: SettingType[Any], written: str, read: Any) -> None:
    assert kind.checked(written) == read


@pytest.mark.django_db
def test_the_console_counts_before_the_environment_and_that_before_the_default(settings: Any) -> None:
    settings.TOCSIN_EXAMPLE = ""
    one = declare("example.one", Number(0, 9), 1, label="One", environment="TOCSIN_EXAMPLE")
    assert one.get() == 1
    settings.TOCSIN_EXAMPLE = "2"
    assert one.get() == 2
    change([one.to(3)], actor=SYSTEM)
    assert one.get() == 3
    change([one.to(None)], actor=SYSTEM)
    assert one.get() == 2
    settings.TOCSIN_EXAMPLE = "many"
    assert one.get() == 1


@pytest.mark.django_db
def test_what_the_table_holds_and_nobody_declared_so_is_as_by_default() -> None:
    one = number()
    SettingRow.objects.create(key="example.number", value="many")
    SettingRow.objects.create(key="example.gone", value=1)
    assert one.get() == 5
    change([one.to(None)], actor=SYSTEM)
    assert not SettingRow.objects.filter(key="example.number").exists()


@pytest.mark.django_db
def test_a_change_is_in_the_log_with_old_and_new() -> None:
    one, text = number(), declare("example.text", Text(9), "", label="Text", scoped=True)
    change([one.to(7), text.to("Hello", "box:1")], actor=acting("staff", 3), reason="Because.")
    change([one.to(7), text.to("", "box:1")], actor=acting("staff", 4))
    rows = LogEntry.objects.filter(name="kernel.setting-changed").order_by("pk")
    assert [(row.actor, row.reason, row.data) for row in rows] == [
        ("staff:3", "Because.", {"key": "example.number", "scope": "", "old": None, "new": 7}),
        ("staff:3", "Because.", {"key": "example.text", "scope": "box:1", "old": None, "new": "Hello"}),
        ("staff:4", "", {"key": "example.text", "scope": "box:1", "old": "Hello", "new": None}),
    ]
    assert SettingRow.objects.get().value == 7


@pytest.mark.django_db
def test_a_secret_is_sealed_in_the_table_and_never_in_the_log(settings: Any) -> None:
    one = declare("example.password", Secret(20), "", label="Password")
    for secret in ("hunter2", "hunter3"):
        change([one.to(secret)], actor=SYSTEM)
        assert one.get() == secret
    change([one.to("hunter3")], actor=SYSTEM)
    rows = LogEntry.objects.filter(name="kernel.setting-changed").order_by("pk")
    assert [(row.data["old"], row.data["new"]) for row in rows] == [(None, "•••"), ("•••", "•••")]
    assert "hunter" not in str(SettingRow.objects.values_list("value", flat=True))
    settings.SECRET_KEY = "another installation's"
    kept_settings.drop()
    assert one.from_stored(SettingRow.objects.get().value) is None


@pytest.mark.django_db
def test_of_several_changes_all_are_made_or_none() -> None:
    one, other = number(), declare("example.other", Number(0, 9), 0, label="Other")
    with pytest.raises(Refused):
        change([one.to(1), other.to(10)], actor=SYSTEM)
    assert (one.get(), other.get()) == (5, 0)
    assert not LogEntry.objects.filter(name="kernel.setting-changed").exists()


@pytest.mark.parametrize("key", ["example.number", "number", "Example.number", "example.", "example.a b"])
def test_a_key_is_taken_once_and_names_its_room(key: str) -> None:
    number()
    with pytest.raises(ValueError, match="cannot be declared"):
        declare(key, Switch(), True, label="Again")


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_never_was(announcements_are_heard: None) -> None:
    one = number()
    assert one.get() == 5
    change([one.to(6)], actor=SYSTEM)
    with pytest.raises(RuntimeError), transaction.atomic():
        change([one.to(7)], actor=SYSTEM)
        assert one.get() == 7
        raise RuntimeError
    assert one.get() == 6
    with transaction.atomic():
        change([one.to(8)], actor=SYSTEM)
        with pytest.raises(RuntimeError), transaction.atomic():
            change([one.to(9)], actor=SYSTEM)
            assert one.get() == 9
            raise RuntimeError
        assert one.get() == 8
    assert one.get() == 8


@pytest.mark.django_db
def test_what_a_test_changed_is_gone_after_it_first() -> None:
    _leave_and_find_nothing()


@pytest.mark.django_db
def test_what_a_test_changed_is_gone_after_it_again(announcements_are_heard: None) -> None:
    _leave_and_find_nothing()


def _leave_and_find_nothing() -> None:
    one = number()
    assert one.get() == 5
    change([one.to(6)], actor=SYSTEM)
    assert one.get() == 6


@pytest.mark.django_db
def test_once_read_nothing_is_asked_again(
    announcements_are_heard: None, django_assert_num_queries: Any
) -> None:
    one, other = number(), declare("example.other", Switch(), True, label="Other", scoped=True)
    with django_assert_num_queries(1):
        assert (one.get(), other.get("here"), one.get(), other.get("there")) == (5, True, 5, True)
    kept_settings.drop()
    with django_assert_num_queries(1):
        assert (one.get(), one.get()) == (5, 5)


@pytest.mark.django_db
def test_with_nobody_listening_every_reading_asks(django_assert_num_queries: Any) -> None:
    one = number()
    with django_assert_num_queries(2):
        assert (one.get(), one.get()) == (5, 5)
