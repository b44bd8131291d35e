"""Events: written with the act, heard in floor order, and a failing listener takes nothing down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tocsin.kernel import events
from tocsin.kernel.models import EventRow

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class KettleBoiled(events.Event):
    """Something happens in these tests."""

    kettle: str
    cups: tuple[int, ...] = ()

    @property
    def subject(self) -> str:
        return self.kettle

    def topics(self) -> list[str]:
        return ["kitchen"]


@dataclass(frozen=True)
class TeaPoured(events.Event):
    """And something else."""

    cup: str


heard: list[str] = []


@pytest.fixture(autouse=True)
def listeners() -> Iterator[None]:
    heard.clear()
    yield
    events._subscribers.pop(KettleBoiled, None)


def test_the_row_says_what_happened_who_did_it_and_why() -> None:
    with transaction.atomic():
        events.emit(KettleBoiled("K-1", (2, 3)), actor="staff:7", reason="tea")
    row = EventRow.objects.get(name="KettleBoiled")
    assert (row.subject, row.actor, row.reason, row.topics) == ("K-1", "staff:7", "tea", ["kitchen"])
    assert events.from_data(KettleBoiled, row.data) == KettleBoiled("K-1", (2, 3))


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        events.emit(KettleBoiled("K-1"))


def test_a_listener_that_fails_becomes_a_job_and_the_others_still_hear() -> None:
    def spills(event: KettleBoiled) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    def pours(event: KettleBoiled) -> None:
        heard.append(event.kettle)

    events.subscribe(KettleBoiled)(spills)
    events.subscribe(KettleBoiled)(pours)
    with transaction.atomic():
        events.emit(KettleBoiled("K-1"))
    assert heard == ["K-1"]
    assert EventRow.objects.filter(name="KettleBoiled").count() == 1
    job = ProcrastinateJob.objects.get()
    assert job.args["event"] == "KettleBoiled"
    assert job.args["subscriber"].endswith("spills")


def test_who_listens_later_is_told_by_a_job_of_the_same_transaction() -> None:
    def writes(event: KettleBoiled) -> None:
        heard.append(f"later {event.kettle} {event.cups}")

    events.subscribe(KettleBoiled, later=True)(writes)
    with transaction.atomic():
        events.emit(KettleBoiled("K-1", (5,)))
    assert heard == []
    job = ProcrastinateJob.objects.get()
    events.deliver(job.args["subscriber"], job.args["event"], job.args["data"])
    assert heard == ["later K-1 (5,)"]


def test_an_act_that_is_undone_leaves_no_event_and_no_job() -> None:
    events.subscribe(KettleBoiled, later=True)(lambda event: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.emit(KettleBoiled("K-1"))
        raise ZeroDivisionError
    assert not EventRow.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_the_graph_names_publisher_and_listener() -> None:
    events.subscribe(KettleBoiled)(lambda event: None)
    assert "KettleBoiled" in events.graph()
    assert "(in the transaction)" in events.graph()


def test_a_batch_is_heard_in_one_call_and_only_what_fails_becomes_a_job() -> None:
    batches: list[int] = []
    cold = ["K-1"]

    def counts(boiled: Sequence[KettleBoiled]) -> None:
        if any(one.kettle in cold for one in boiled):
            raise ValueError("a cold kettle")
        batches.append(len(boiled))

    events.subscribe_together(KettleBoiled)(counts)
    with transaction.atomic():
        events.emit_many([KettleBoiled("K-2"), KettleBoiled("K-3")])
        events.emit_many([KettleBoiled(f"K-{number}") for number in range(3)])
    assert batches == [2, 1, 1]
    job = ProcrastinateJob.objects.get()
    assert job.args["data"]["kettle"] == "K-1"
    cold.clear()
    events.deliver(job.args["subscriber"], job.args["event"], job.args["data"])
    assert batches == [2, 1, 1, 1]


def test_a_batch_is_heard_in_the_order_of_its_events() -> None:
    events.subscribe_together(KettleBoiled)(lambda boiled: heard.extend(one.kettle for one in boiled))
    events.subscribe(TeaPoured)(lambda poured: heard.append(poured.cup))
    try:
        with transaction.atomic():
            events.emit_many([TeaPoured("c-0"), KettleBoiled("K-1"), KettleBoiled("K-2"), TeaPoured("c-1")])
    finally:
        events._subscribers.pop(TeaPoured, None)
    assert heard == ["c-0", "K-1", "K-2", "c-1"]
