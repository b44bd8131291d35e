"""Rows copied in and brought up to date in one statement: the same rows as Django's own way makes."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, transaction

from tocsin.kernel import clock
from tocsin.kernel.bulk import copy_in, copy_values, take_ids, update_rows
from tocsin.kernel.models import LiveUpdate, LogEntry, SettingRow

pytestmark = pytest.mark.django_db
_ODD = "tab\t newline\n backslash\\ quote' ∞ \\N"


def an_event(name: str = "Something") -> LogEntry:
    return LogEntry(
        name=name,
        actor="system",
        reason=_ODD,
        data={"a": [1, None, _ODD]},
        subjects=["x", "y,{z}"],
        at=clock.now(),
    )


def test_copied_rows_are_what_was_written() -> None:
    written = [an_event("One"), an_event("Two")]
    copy_in(written)
    read = list(LogEntry.objects.order_by("pk"))
    for one, other in zip(written, read, strict=True):
        columns = ("name", "subjects", "reason", "data", "at")
        assert [getattr(one, name) for name in columns] == [getattr(other, name) for name in columns]


def test_copied_values_are_the_same_rows() -> None:
    names = ("data", "name", "actor", "subjects", "at")
    rows = [(data, "One", "system", ["x", _ODD], clock.now()) for data in ({"a": [1, None, _ODD]}, [], 0, "")]
    copy_values(LogEntry, names, rows)
    assert list(LogEntry.objects.order_by("pk").values_list(*names)) == rows
    assert set(LogEntry.objects.values_list("reason", flat=True)) == {""}
    copy_values(LiveUpdate, ("name", "topics", "at"), [("One", ["x"], clock.now())])
    assert LiveUpdate.objects.get().xid
    copy_values(SettingRow, ("key", "value"), [])
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_values(SettingRow, ("key", "value"), [("a", 1), ("a", 2)])


def test_columns_with_a_default_of_the_database_get_it() -> None:
    copy_in([LiveUpdate(name="One", topics=["x"], at=clock.now())])
    assert LiveUpdate.objects.get().xid


def test_keys_are_taken_first_where_others_name_them() -> None:
    ids = take_ids(LogEntry, 3)
    rows = [an_event() for _ in ids]
    for pk, row in zip(ids, rows, strict=True):
        row.pk = pk
    copy_in(rows)
    assert set(LogEntry.objects.values_list("pk", flat=True)) == set(ids)
    another = an_event()
    another.save()
    assert another.pk not in ids


def test_what_an_insert_refuses_is_refused() -> None:
    copy_in([SettingRow(key="a", value=1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in([SettingRow(key="b", value=1), SettingRow(key="a", value=2)])
    with pytest.raises(DataError), transaction.atomic():
        copy_in([an_event("x" * 81)])
    assert SettingRow.objects.count() == 1


def test_each_row_gets_its_own_values() -> None:
    ids = dict(zip("abc", take_ids(SettingRow, 3), strict=True))
    copy_in([SettingRow(pk=pk, key=key, value=0) for key, pk in ids.items()])
    changed = [SettingRow(pk=ids["a"], value={"odd": _ODD}), SettingRow(pk=ids["c"], value=[3])]
    update_rows(changed, ["value"])
    assert dict(SettingRow.objects.values_list("key", "value")) == {"a": {"odd": _ODD}, "b": 0, "c": [3]}


def test_what_is_too_long_is_refused_and_not_cut() -> None:
    row = an_event()
    row.save()
    row.name = "x" * 81
    with pytest.raises(DataError), transaction.atomic():
        update_rows([row], ["name"])
