"""Events: written with the act, heard in floor order, and a failing listener takes nothing down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.harness.actors import acting

from tocsin.kernel import clock, events
from tocsin.kernel.events import Announced, handlers
from tocsin.kernel.models import LiveUpdate, LogEntry

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class KettleBoiled(events.Event, name="tests.kettle-boiled"):
    """Something happens in these tests."""

    kettle: str
    cups: tuple[int, ...] = ()

    def subjects(self) -> list[str]:
        return [self.kettle, "kitchen:1"]

    def topics(self) -> list[str]:
        return ["kitchen"]


@dataclass(frozen=True)
class TeaPoured(events.Event, name="tests.tea-poured"):
    """And something else."""

    cup: str


@dataclass(frozen=True)
class SteamRose(events.Signal, name="tests.steam-rose"):
    """And something passing."""

    kettle: str

    def topics(self) -> list[str]:
        return ["kitchen"]


heard: list[str] = []


@pytest.fixture(autouse=True)
def listeners() -> Iterator[None]:
    heard.clear()
    yield
    for event in (KettleBoiled, TeaPoured, SteamRose):
        handlers._handlers.pop(event, None)


def the_job() -> dict[str, Any]:
    return dict(ProcrastinateJob.objects.get().args)


def test_the_log_says_what_happened_to_what_who_did_it_and_why() -> None:
    with transaction.atomic():
        events.emit(KettleBoiled("K-1", (2, 3)), actor=acting("staff", 7), reason="tea")
    row = LogEntry.objects.get(name="tests.kettle-boiled")
    assert (row.subjects, row.actor, row.reason) == (["K-1", "kitchen:1"], "staff:7", "tea")
    assert events.from_data(KettleBoiled, row.data) == KettleBoiled("K-1", (2, 3))


def test_a_signal_is_told_and_shown_and_not_kept() -> None:
    events.subscribe(SteamRose, name="tests.hear-steam")(lambda one: heard.append(f"{one.id} {one.event}"))
    with transaction.atomic():
        events.emit(SteamRose("K-1"))
    assert heard == ["0 SteamRose(kettle='K-1')"]
    assert not LogEntry.objects.exists()
    assert LiveUpdate.objects.get().topics == ["kitchen"]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        events.emit(KettleBoiled("K-1"))


def test_a_handler_hears_everything_that_the_log_says() -> None:
    found: list[Announced[KettleBoiled]] = []
    events.subscribe(KettleBoiled, name="tests.hear")(lambda one: found.append(one))
    with transaction.atomic():
        events.emit(KettleBoiled("K-1"), actor=acting("staff", 7), reason="tea")
    row = LogEntry.objects.get()
    (one,) = found
    assert (one.id, one.at, one.actor, one.reason, one.subjects) == (
        row.pk,
        row.at,
        "staff:7",
        "tea",
        row.subjects,
    )


def test_a_handler_that_fails_becomes_a_job_and_the_others_still_hear() -> None:
    def spills(announced: Announced[KettleBoiled]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    events.subscribe(KettleBoiled, name="tests.spill")(spills)
    events.subscribe(KettleBoiled, name="tests.pour")(lambda one: heard.append(one.event.kettle))
    with transaction.atomic():
        events.emit(KettleBoiled("K-1"))
    assert heard == ["K-1"]
    assert LogEntry.objects.filter(name="tests.kettle-boiled").count() == 1
    assert (the_job()["event"], the_job()["handler"]) == ("tests.kettle-boiled", "tests.spill")


def test_who_listens_later_is_told_the_same_by_a_job_of_the_same_transaction() -> None:
    found: list[Announced[KettleBoiled]] = []
    events.subscribe(KettleBoiled, name="tests.write", later=True)(lambda one: found.append(one))
    with transaction.atomic():
        events.emit(KettleBoiled("K-1", (5,)), actor=acting("api", 3), reason="tea")
    assert found == []
    app.tasks["kernel.run-handler"](**the_job())
    row = LogEntry.objects.get()
    assert found == [Announced(KettleBoiled("K-1", (5,)), "api:3", "tea", row.at, row.pk)]


def test_a_job_finds_its_handler_after_the_function_was_renamed() -> None:
    events.subscribe(KettleBoiled, name="tests.write", later=True)(lambda one: heard.append("before"))
    with transaction.atomic():
        events.emit(KettleBoiled("K-1"))
    handlers._handlers.pop(KettleBoiled)

    @events.subscribe(KettleBoiled, name="tests.write", later=True)
    def called_otherwise_and_elsewhere(announced: Announced[KettleBoiled]) -> None:
        heard.append(f"after, {announced.event.kettle}")

    app.tasks["kernel.run-handler"](**the_job())
    assert heard == ["after, K-1"]


def test_a_job_whose_handler_is_gone_is_let_go(caplog: pytest.LogCaptureFixture) -> None:
    events.subscribe(KettleBoiled, name="tests.write", later=True)(lambda one: heard.append("never"))
    with transaction.atomic():
        events.emit(KettleBoiled("K-1"))
    handlers._handlers.pop(KettleBoiled)
    app.tasks["kernel.run-handler"](**the_job())
    assert heard == []
    assert "tests.write no longer listens to tests.kettle-boiled" in caplog.text


def test_names_are_written_down_and_nobody_has_anothers() -> None:
    with pytest.raises(ValueError, match=r"tests\.kettle-boiled"):
        type("Other", (events.Event,), {}, name="tests.kettle-boiled")
    with pytest.raises(ValueError, match="room"):
        type("Shapeless", (events.Event,), {}, name="KettleBoiled")
    with pytest.raises(TypeError):
        events.name_of(events.Event)
    events.subscribe(KettleBoiled, name="tests.hear")(lambda one: None)
    with pytest.raises(ValueError, match=r"tests\.hear"):
        events.subscribe(TeaPoured, name="tests.hear")(lambda one: None)


def test_an_act_that_is_undone_leaves_no_event_and_no_job() -> None:
    events.subscribe(KettleBoiled, name="tests.hear", later=True)(lambda one: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.emit(KettleBoiled("K-1"))
        raise ZeroDivisionError
    assert not LogEntry.objects.exists()
    assert not LiveUpdate.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_the_graph_names_events_signals_and_handlers() -> None:
    events.subscribe(KettleBoiled, name="tests.hear")(lambda one: None)
    lines = events.graph().splitlines()
    place = lines.index("tests.kettle-boiled")
    assert lines[place + 1] == "    → tests.hear (in the transaction)"
    assert "tests.steam-rose (signal)" in lines


def test_a_batch_is_heard_in_one_call_and_only_what_fails_becomes_a_job() -> None:
    batches: list[int] = []
    cold = ["K-1"]

    def counts(boiled: Sequence[Announced[KettleBoiled]]) -> None:
        if any(one.event.kettle in cold for one in boiled):
            raise ValueError("a cold kettle")
        batches.append(len(boiled))

    events.subscribe_together(KettleBoiled, name="tests.count")(counts)
    with transaction.atomic():
        events.emit_many([KettleBoiled("K-2"), KettleBoiled("K-3")])
        events.emit_many([KettleBoiled(f"K-{number}") for number in range(3)])
    assert batches == [2, 1, 1]
    assert the_job()["data"]["kettle"] == "K-1"
    cold.clear()
    app.tasks["kernel.run-handler"](**the_job())
    assert batches == [2, 1, 1, 1]


def test_a_batch_is_heard_in_the_order_of_its_events() -> None:
    events.subscribe_together(KettleBoiled, name="tests.boil")(
        lambda boiled: heard.extend(one.event.kettle for one in boiled)
    )
    events.subscribe(TeaPoured, name="tests.pour")(lambda one: heard.append(one.event.cup))
    with transaction.atomic():
        events.emit_many([TeaPoured("c-0"), KettleBoiled("K-1"), KettleBoiled("K-2"), TeaPoured("c-1")])
    assert heard == ["c-0", "K-1", "K-2", "c-1"]


def test_an_event_is_dated_by_the_clock() -> None:
    before = clock.now()
    with transaction.atomic():
        events.emit(TeaPoured("c-0"))
    assert before <= LogEntry.objects.get().at <= clock.now()
